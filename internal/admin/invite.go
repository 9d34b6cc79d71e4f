package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// Accounts opens the list of who can sign in and how, and what is done about it: invitations, ending sessions, taking a second step away.
var Accounts = access.Right{Key: "admin.accounts", Words: "see who can sign in and how, and invite colleagues", Roles: map[access.Role]access.Scope{
	roll.Head: access.All, roll.Administrator: access.All}, Proof: true}

// Rights lists those of the door for the gate.
func Rights() []access.Right { return []access.Right{Accounts, Providers} }

// PasswordPath is where a link to choose a password leads.
func PasswordPath(secret string) string { return "/password/" + secret }

// ByMail tells whether links can go to staff by e-mail: there is a mail server, and it is known how this Ajar is reached.
func (s *Service) ByMail() bool { return s.Post != nil && s.Post.Open(post.Email) && s.Address != "" }

// Forgotten sends a link to choose a password to whoever an address belongs to. It answers nothing, and it does its work after the answer, so that
// nobody learns whether the address is known. Asked too often it does nothing more.
func (s *Service) Forgotten(ctx context.Context, address, source string) {
	address = foldAddress(address)
	if address == "" || len(address) > 320 || !s.ByMail() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	s.background.Go(func() {
		defer cancel()
		if _, err := s.count(ctx, tries{{tryKey("forgotten by", source), bound{30, time.Hour}}, {tryKey("forgotten", address), bound{4, time.Hour}}}); err != nil {
			return
		}
		var people []Account
		if err := s.DB.View(ctx, access.Installation("find whom an address means"), func(tx *db.Tx) (err error) {
			people, err = peopleAt(tx, address)
			return err
		}); err != nil {
			return
		}
		for _, a := range people {
			_ = s.mailLink(ctx, access.System("send a link to choose a password that was asked for at the door", int64(a.Org)), a.Staff, ResetHours)
		}
	})
}

// Wait waits for what is done after answers.
func (s *Service) Wait() { s.background.Wait() }

// mailLink makes a link to choose a password and sends it to the person's own address.
func (s *Service) mailLink(ctx context.Context, p access.Pass, staff roll.StaffID, hours int) error {
	secret := newToken()
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		m, found, err := db.Maybe[roll.Staff](tx, `select id, name, email from roll_staff where org_id = $1 and id = $2 and ends >= $3`, staff, tx.Today())
		if err != nil {
			return err
		}
		if !found {
			return fault.Gone("person")
		}
		school, _, err := roll.Sender(tx)
		if err != nil {
			return err
		}
		if err := tx.Within(access.Installation("make a link to choose a password"), func(tx *db.Tx) error {
			return putReset(tx, secret, ids.ID[roll.Org](p.Org()), staff, tx.Now()+int64(hours)*3600*1000)
		}); err != nil {
			return err
		}
		if _, err := s.Post.Send(tx, post.Item{Way: post.Email, Staff: int64(staff), About: "admin.password", Key: int64(staff), Address: strings.TrimSpace(m.Email), Lang: "en",
			Subject: "Choose your password for Ajar",
			Body: fmt.Sprintf("Dear %s,\n\nwith this link you choose the password with which you sign in to Ajar at %s:\n\n%s\n\nIt works once, within %d hours. Nobody from your school or from Ajar will ever ask you for your password.\n\nIf you did not ask for this, you need do nothing: your present password stays as it is.\n",
				m.Name, school, s.Address+PasswordPath(secret), hours)}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "sent a link to choose a password by e-mail"})
	})
}

// CanSignIn is one line of the list of who can sign in.
type CanSignIn struct {
	Staff      roll.StaffID
	Name       string
	Email      string
	Roles      []access.Role
	PasswordMs int64
	AppMs      int64 // since when they have an app or a passkey
	LinkedMs   int64 // since when a school account lets them in
	Open       int   // devices on which they are signed in
	SeenMs     int64 // when one of those was last used
}

// Ways says how somebody can sign in.
func (c CanSignIn) Ways() string {
	if c.PasswordMs > 0 {
		return "Password"
	}
	return "Not yet"
}

// WhoCanSignIn lists everybody who works there with how they can sign in, and never what with.
func (s *Service) WhoCanSignIn(ctx context.Context, p access.Pass) (out []CanSignIn, err error) {
	if err := p.CheckAll(Accounts); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		people, err := roll.People(tx)
		if err != nil {
			return err
		}
		var has []standing
		if err := tx.Within(access.Installation("see how the people of a school sign in"), func(in *db.Tx) error {
			has, err = standings(in, ids.ID[roll.Org](p.Org()))
			return err
		}); err != nil {
			return err
		}
		for _, m := range people {
			c := CanSignIn{Staff: m.ID, Name: m.Name, Email: m.Email}
			if c.Roles, err = roll.RolesOf(tx, m.ID); err != nil {
				return err
			}
			if i := slices.IndexFunc(has, func(x standing) bool { return x.Staff == m.ID }); i >= 0 {
				c.PasswordMs, c.AppMs, c.LinkedMs, c.Open, c.SeenMs = has[i].PasswordMs, has[i].AppMs, has[i].LinkedMs, has[i].Open, has[i].SeenMs
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// Colleague is one person on the page about how they sign in.
type Colleague struct {
	CanSignIn
	ByMail bool
	// MayHand tells whether a link may be shown on the screen: whoever sees it could use it, so not for somebody who may do more than oneself.
	MayHand bool
	Why     string // why not
}

// ColleagueSignsIn is the page about one person.
func (s *Service) ColleagueSignsIn(ctx context.Context, p access.Pass, staff roll.StaffID) (c Colleague, err error) {
	list, err := s.WhoCanSignIn(ctx, p)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(list, func(x CanSignIn) bool { return x.Staff == staff })
	if i < 0 {
		return c, fault.Gone("person")
	}
	c.CanSignIn, c.ByMail = list[i], s.ByMail() && list[i].Email != ""
	c.Why = mayHand(p, c.CanSignIn)
	c.MayHand = c.Why == ""
	return c, nil
}

// mayHand decides who may hold a link that lets in as somebody else: whoever may do everything that this person may. An administrator may hand a first
// link to anybody who has no way in yet, as an administrator may give any role; from then on it would be a way to become them.
func mayHand(p access.Pass, c CanSignIn) string {
	if int64(c.Staff) == p.Who().Staff {
		return "This is you. How you sign in yourself stands under your own name."
	}
	if slices.Contains(p.Who().Roles, roll.Administrator) && c.PasswordMs == 0 && c.AppMs == 0 && c.LinkedMs == 0 && c.Open == 0 {
		return ""
	}
	for _, r := range c.Roles {
		if beyond := p.Beyond(r); len(beyond) > 0 {
			return fmt.Sprintf("%s can %s, and you can't. So you can't hold a link with which one could sign in as them, or take their second step away. Send a link to their own e-mail address, or ask a colleague who may do as much as they may. Whoever runs Ajar can do it by command.", c.Name, beyond[0].Words)
		}
	}
	return ""
}

// Invite sends somebody a link to choose a password, to their own address.
func (s *Service) Invite(ctx context.Context, p access.Pass, staff roll.StaffID) error {
	c, err := s.ColleagueSignsIn(ctx, p, staff)
	if err != nil {
		return err
	}
	if !c.ByMail {
		return fault.New(fault.Conflict, "That can't go by e-mail: there is no address for %s, or no mail server is set up.", c.Name)
	}
	return s.mailLink(ctx, p, staff, LinkHours)
}

// HandLink makes a link to choose a password that is shown on the screen once.
func (s *Service) HandLink(ctx context.Context, p access.Pass, staff roll.StaffID) (secret string, err error) {
	c, err := s.ColleagueSignsIn(ctx, p, staff)
	if err != nil {
		return "", err
	}
	if !c.MayHand {
		return "", fault.New(fault.Conflict, "%s", c.Why)
	}
	secret = newToken()
	return secret, s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := tx.Within(access.Installation("make a link to choose a password"), func(in *db.Tx) error {
			return putReset(in, secret, ids.ID[roll.Org](p.Org()), staff, in.Now()+LinkHours*3600*1000)
		}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "made a link to choose a password"})
	})
}

// SignOutColleague ends every session of somebody, and every link they have not used.
func (s *Service) SignOutColleague(ctx context.Context, p access.Pass, staff roll.StaffID) (n int64, err error) {
	c, err := s.ColleagueSignsIn(ctx, p, staff)
	if err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := tx.Within(access.Installation("end the sessions of a colleague"), func(in *db.Tx) error {
			if n, err = endSessions(in, ids.ID[roll.Org](p.Org()), c.Staff, 0); err != nil {
				return err
			}
			return dropLinks(in, ids.ID[roll.Org](p.Org()), c.Staff)
		}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "signed them out everywhere"})
	})
	return n, err
}

// RemoveFactors takes the second steps of somebody away who has lost their phone. They sign in with their password and set up another.
func (s *Service) RemoveFactors(ctx context.Context, p access.Pass, staff roll.StaffID) error {
	c, err := s.ColleagueSignsIn(ctx, p, staff)
	if err != nil {
		return err
	}
	if !c.MayHand {
		return fault.New(fault.Conflict, "%s", c.Why)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := tx.Within(access.Installation("take the second step of a colleague away"), func(in *db.Tx) error {
			return s.removeAll(in, ids.ID[roll.Org](p.Org()), staff)
		}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "took their second step away"})
	})
}

// removeAll removes every second factor of somebody and ends their sessions. Other ways add theirs to s.removers.
func (s *Service) removeAll(tx *db.Tx, org roll.OrgID, staff roll.StaffID) error {
	if err := removeApp(tx, org, staff, func() error { return nil }); err != nil {
		return err
	}
	for _, f := range s.removers {
		if err := f(tx, org, staff); err != nil {
			return err
		}
	}
	_, err := endSessions(tx, org, staff, 0)
	return err
}

// RemoveFactorsOf does so by command, for somebody who is named.
func (s *Service) RemoveFactorsOf(ctx context.Context, org roll.Org, name string) error {
	return s.DB.Update(ctx, access.System("take a second step away by command", int64(org.ID)), func(tx *db.Tx) error {
		same, err := db.All[roll.StaffID](tx, `select id from roll_staff where org_id = $1 and name = $2 and ends >= $3`, name, tx.Today())
		if err != nil {
			return err
		}
		if len(same) != 1 {
			return fault.Field("name", "%d people called %q work there, so nobody's second step was taken away.", len(same), name)
		}
		if err := tx.Within(access.Installation("take a second step away by command"), func(in *db.Tx) error { return s.removeAll(in, org.ID, same[0]) }); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(same[0]), Words: "took their second step away"})
	})
}
