package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// ResetHours is how long a link to choose a password waits to be used when it was asked for at the door; one that an administrator gives waits as
// long as a sign-in link.
const ResetHours = 2

// Try is what somebody typed at the door, and what their browser brought along.
type Try struct {
	Address, Password string
	Source            string // where the request comes from
	Device            string // what the browser says about itself
	Known             string // the cookie of a device that was let in before
	Token             string // the cookie of a session that is still there; it ends
}

// In is how a right password was answered: with a session, or with a choice between those whom it fits.
type In struct {
	Token string
	Known string // the new value of the device's cookie
	// Choices is set when an address is shared, or when somebody works at two schools and has one password. Ticket proves that the password was right.
	Choices []Choice
	Ticket  string
}

// Choice is one of those whom an address and a password fit.
type Choice struct {
	Org           roll.OrgID
	Staff         roll.StaffID
	OrgName, Name string
}

// errWrong is the one answer for an unknown address, a wrong password and somebody who has left.
func errWrong() error {
	return fault.Field("password", "That address and that password do not fit together. Check both, and look at the caps lock. If you never chose a password here, or have forgotten it, ask for a link below.")
}

func foldAddress(a string) string { return strings.ToLower(strings.TrimSpace(a)) }

// SignIn lets somebody in by address and password. Unknown addresses cost the same work and get the same answer.
func (s *Service) SignIn(ctx context.Context, t Try) (in In, err error) {
	address := foldAddress(t.Address)
	if address == "" || t.Password == "" {
		return in, errWrong()
	}
	if len(t.Password) > 4*MaxPassword || len(address) > 320 {
		return in, errWrong()
	}
	known := s.openKnown(t.Known)
	var found []Account
	if err := s.DB.View(ctx, access.Installation("find whom an address means"), func(tx *db.Tx) error {
		found, err = accountsAt(tx, address)
		return err
	}); err != nil {
		return in, err
	}
	counts := tries{{tryKey("source", t.Source), perSource}, {tryKey("unknown", address), perUnknown}}
	if slices.ContainsFunc(found, func(a Account) bool { return known.has(a.Org, a.Staff) }) {
		counts = tries{{tryKey("device", known.ID, address), perDevice}} // strangers' guesses count for nothing here
	}
	n, err := s.count(ctx, counts)
	if err != nil {
		return in, err
	}
	var fits []Account
	for _, a := range orNobody(found) {
		ok, old, err := s.Hash.Check(ctx, a.Password, t.Password)
		if err != nil {
			return in, err
		}
		if !ok {
			continue
		}
		fits = append(fits, a)
		if old {
			s.raise(ctx, a, t.Password)
		}
	}
	err = s.DB.Update(ctx, access.Installation("sign somebody in with a password"), func(tx *db.Tx) error {
		for _, a := range fits {
			name, err := staffName(tx, a.Org, a.Staff)
			if err != nil {
				return err
			}
			if name == "" {
				continue
			}
			c := Choice{Org: a.Org, Staff: a.Staff, Name: name}
			if c.OrgName, err = db.One[string](tx, `select name from roll_org where id = $1`, a.Org); err != nil {
				return err
			}
			in.Choices = append(in.Choices, c)
		}
		if len(in.Choices) == 0 {
			for _, a := range found {
				if n <= 3 || n%10 == 0 { // a flood of guesses must not fill the trail
					if err := tell(tx, a.Org, a.Staff, trail.SignInFailed, "a wrong password"); err != nil {
						return err
					}
				}
			}
			return nil
		}
		for _, c := range counts {
			if err := forgive(tx, c.who, c.bound != perSource); err != nil {
				return err
			}
		}
		if len(in.Choices) > 1 {
			in.Ticket, err = s.ticket(tx.Now(), in.Choices)
			return err
		}
		return s.enter(tx, &in, in.Choices[0], t)
	})
	if err == nil && len(in.Choices) == 0 {
		err = errWrong()
	}
	return in, err
}

// orNobody puts one account that fits no password in the place of none, so that an unknown address takes the same work.
func orNobody(list []Account) []Account {
	if len(list) == 0 {
		return []Account{{}}
	}
	return list
}

// enter opens the session of one who was found.
func (s *Service) enter(tx *db.Tx, in *In, c Choice, t Try) (err error) {
	if old, found, err := sessionOf(tx, t.Token); err != nil {
		return err
	} else if found {
		if err := endSession(tx, old.ID); err != nil { // whoever put it there is out
			return err
		}
	}
	if in.Token, err = open(tx, Entry{Org: c.Org, Staff: c.Staff, Way: WayPassword, Device: t.Device}); err != nil {
		return err
	}
	in.Choices = []Choice{c}
	in.Known, err = s.remember(t.Known, c.Org, c.Staff)
	return err
}

// tries are the counts that one try adds to.
type tries []struct {
	who   string
	bound bound
}

// count adds one try to each, in a transaction of its own so that it stays, and tells how many there were of the last. Too many are refused before any work is done.
func (s *Service) count(ctx context.Context, list tries) (n int, err error) {
	var full *bound
	err = s.DB.Update(ctx, access.Installation("count a try to sign in").Often(), func(tx *db.Tx) error {
		for _, c := range list {
			if n, err = attempt(tx, c.who, c.bound); err != nil {
				return err
			}
			if n > c.bound.tries && full == nil {
				full = &c.bound
			}
		}
		return nil
	})
	if err == nil && full != nil {
		err = tooMany(*full)
		if *full == perUnknown {
			err = fault.New(fault.Forbidden, "Somebody typed wrong passwords for this address too often, from devices that Ajar does not know. A device on which you have signed in before still lets you in. On this one, ask for a link below: it comes by e-mail at once.")
		}
	}
	return n, err
}

// raise keeps a right password under the present settings. That it could not be done harms nobody.
func (s *Service) raise(ctx context.Context, a Account, password string) {
	hashed, err := s.Hash.Make(ctx, password)
	if err != nil {
		return
	}
	_ = s.DB.Update(ctx, access.Installation("hash a password anew").Often(), func(tx *db.Tx) error { return raisePassword(tx, a, hashed) })
}

const ticketPurpose = "a right password that fits several people"

type ticket struct {
	People []person
	EndsMs int64
}

func (s *Service) ticket(now int64, list []Choice) (string, error) {
	t := ticket{EndsMs: now + (5 * time.Minute).Milliseconds()}
	for _, c := range list {
		t.People = append(t.People, person{c.Org, c.Staff})
	}
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return s.Box.Seal(ticketPurpose, b)
}

// Choose lets in one of those whom a right password fits.
func (s *Service) Choose(ctx context.Context, sealed string, org roll.OrgID, staff roll.StaffID, t Try) (in In, err error) {
	var k ticket
	b, err := s.Box.Open(ticketPurpose, sealed)
	if err == nil {
		err = json.Unmarshal(b, &k)
	}
	if err != nil || k.EndsMs < s.DB.Clock().Now().UnixMilli() || !slices.Contains(k.People, person{org, staff}) {
		return in, fault.New(fault.Forbidden, "That took too long. Please sign in once more.")
	}
	err = s.DB.Update(ctx, access.Installation("sign somebody in with a password"), func(tx *db.Tx) error {
		return s.enter(tx, &in, Choice{Org: org, Staff: staff}, t)
	})
	return in, err
}

const knownPurpose = "a device that was let in"

// knownDevice is what the cookie of a device says that was let in before.
type knownDevice struct {
	ID     string
	People []person
}

func (k knownDevice) has(org roll.OrgID, staff roll.StaffID) bool {
	return slices.Contains(k.People, person{org, staff})
}

func (s *Service) openKnown(sealed string) (k knownDevice) {
	b, err := s.Box.Open(knownPurpose, sealed)
	if err == nil {
		_ = json.Unmarshal(b, &k)
	}
	return k
}

// remember adds somebody to the cookie of a device.
func (s *Service) remember(sealed string, org roll.OrgID, staff roll.StaffID) (string, error) {
	k := s.openKnown(sealed)
	k.ID = cmp.Or(k.ID, newToken())
	k.People = append(slices.DeleteFunc(k.People, func(p person) bool { return p == person{org, staff} }), person{org, staff})
	k.People = k.People[max(0, len(k.People)-8):]
	b, err := json.Marshal(k)
	if err != nil {
		return "", err
	}
	return s.Box.Seal(knownPurpose, b)
}

// keepAddresses brings the addresses by which people are found at the door up to date with one school's roll.
func (s *Service) keepAddresses(tx *db.Tx, org roll.OrgID) error {
	want := map[roll.StaffID]string{}
	if err := tx.Within(access.System("read the addresses of staff for the door", int64(org)), func(tx *db.Tx) error {
		list, err := db.All[roll.Staff](tx, `select id, email from roll_staff where org_id = $1 and email <> '' and ends >= $2`, tx.Today())
		for _, m := range list {
			want[m.ID] = foldAddress(m.Email)
		}
		return err
	}); err != nil {
		return err
	}
	have, err := addressesOf(tx, org)
	if err != nil {
		return err
	}
	for _, a := range have {
		if a.Address == want[a.Staff] {
			delete(want, a.Staff)
		} else if want[a.Staff] == "" {
			want[a.Staff] = ""
		}
	}
	for staff, address := range want {
		if err := putAddress(tx, org, staff, address); err != nil {
			return err
		}
	}
	return nil
}

// KeepAddresses does so for every school; it is done every hour, and for one school when its staff come in by a file.
func (s *Service) KeepAddresses(ctx context.Context) error {
	orgs, err := s.Roll.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if err := s.DB.Update(ctx, access.Installation("keep the addresses for the door").Often(), func(tx *db.Tx) error { return s.keepAddresses(tx, o.ID) }); err != nil {
			return fmt.Errorf("the addresses of %s: %w", o.Code, err)
		}
	}
	return nil
}

// own are the words that a password of this person must not be made of, and their address.
func (s *Service) own(tx *db.Tx, p person) (words []string, err error) {
	school, err := db.One[string](tx, `select name from roll_org where id = $1`, p.Org)
	if err != nil {
		return nil, err
	}
	err = tx.Within(access.System("name the person who chooses a password", int64(p.Org)), func(tx *db.Tx) error {
		m, _, err := db.Maybe[roll.Staff](tx, `select name, email from roll_staff where org_id = $1 and id = $2`, p.Staff)
		words = []string{m.Name, m.Email, school}
		return err
	})
	return words, err
}

// Invited is what a link to choose a password says before it is used.
type Invited struct {
	Name, OrgName, Address string
	Has                    bool // there is a password already
}

// Invitation looks at a link to choose a password, and changes nothing.
func (s *Service) Invitation(ctx context.Context, secret string) (v Invited, err error) {
	err = s.DB.View(ctx, access.Installation("look at a link to choose a password"), func(tx *db.Tx) error {
		p, found, err := resetOf(tx, secret)
		if err != nil {
			return err
		}
		if !found {
			return errOldLink()
		}
		w, err := s.own(tx, p)
		if err != nil {
			return err
		}
		v.Name, v.Address, v.OrgName = w[0], w[1], w[2]
		a, _, err := accountOf(tx, p.Org, p.Staff)
		v.Has = a.Password != ""
		return err
	})
	return v, err
}

func errOldLink() error {
	return fault.New(fault.Forbidden, "This link has been used, or is too old. Ask for a new one on the page to sign in, or ask the person who looks after Ajar in your school.")
}

// ChooseByLink sets a password by a link, ends every session of that person, and lets them in.
func (s *Service) ChooseByLink(ctx context.Context, secret, password string, t Try) (in In, err error) {
	var w []string
	if err := s.DB.View(ctx, access.Installation("look at a link to choose a password"), func(tx *db.Tx) error {
		p, found, err := resetOf(tx, secret)
		if err == nil && !found {
			err = errOldLink()
		}
		if err == nil {
			w, err = s.own(tx, p)
		}
		return err
	}); err != nil {
		return in, err
	}
	if err := CheckPassword(password, w...); err != nil {
		return in, err
	}
	hashed, err := s.Hash.Make(ctx, password)
	if err != nil {
		return in, err
	}
	err = s.DB.Update(ctx, access.Installation("choose a password by a link"), func(tx *db.Tx) error {
		p, found, err := useReset(tx, secret)
		if err != nil {
			return err
		}
		if !found {
			return errOldLink()
		}
		if err := s.setPassword(tx, p, hashed, "chose a password by a link"); err != nil {
			return err
		}
		if _, err := endSessions(tx, p.Org, p.Staff, 0); err != nil {
			return err
		}
		return s.enter(tx, &in, Choice{Org: p.Org, Staff: p.Staff}, t)
	})
	return in, err
}

func (s *Service) setPassword(tx *db.Tx, p person, hashed, words string) error {
	if err := putPassword(tx, p.Org, p.Staff, hashed); err != nil {
		return err
	}
	if err := s.keepAddresses(tx, p.Org); err != nil {
		return err
	}
	if err := dropLinks(tx, p.Org, p.Staff); err != nil {
		return err
	}
	return tell(tx, p.Org, p.Staff, trail.RightChanged, words)
}

// SetPassword changes one's own password. Whoever has one types it; whoever has a second factor has proved it within the last minutes. Every other
// session ends, and this one gets a new key.
func (s *Service) SetPassword(ctx context.Context, token, old, password string) (fresh string, err error) {
	var x Session
	var a Account
	var w []string
	if err := s.DB.View(ctx, access.Installation("see who changes their password"), func(tx *db.Tx) (err error) {
		if x, err = s.mayChange(tx, token); err != nil {
			return err
		}
		if a, _, err = accountOf(tx, x.Org, x.Staff); err != nil {
			return err
		}
		w, err = s.own(tx, person{x.Org, x.Staff})
		return err
	}); err != nil {
		return "", err
	}
	key := tryKey("session", x.ID.String())
	if a.Password != "" {
		if _, err := s.count(ctx, tries{{key, perSession}}); err != nil {
			return "", err
		}
		ok, _, err := s.Hash.Check(ctx, a.Password, old)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", fault.Field("old", "That is not your present password.")
		}
	}
	if err := CheckPassword(password, w...); err != nil {
		return "", err
	}
	hashed, err := s.Hash.Make(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, access.Installation("change one's own password"), func(tx *db.Tx) error {
		if err := forgive(tx, key, true); err != nil {
			return err
		}
		if err := s.setPassword(tx, person{x.Org, x.Staff}, hashed, "changed their own password"); err != nil {
			return err
		}
		if x.ID == 0 {
			return errNoNumber()
		}
		if _, err := endSessions(tx, x.Org, x.Staff, x.ID); err != nil {
			return err
		}
		fresh, err = renew(tx, token, false)
		return err
	})
	return fresh, err
}

// ErrNotFresh says that the ways to sign in can be changed only just after a second factor was proved.
var ErrNotFresh = fault.New(fault.Forbidden, "Before you change how you sign in, Ajar asks once more that it is you.")

// mayChange finds the session of somebody who wants to change how they sign in, and asks for a fresh proof from whoever has something to prove with.
func (s *Service) mayChange(tx *db.Tx, token string) (x Session, err error) {
	x, found, err := sessionOf(tx, token)
	if err != nil {
		return x, err
	}
	if !found || x.LockedMs > 0 {
		return x, errSignedOut()
	}
	if x.Way == WayDemo {
		return x, fault.New(fault.Forbidden, "This person is made up, so how they sign in stays as it is.")
	}
	has, err := s.hasFactor(tx, x.Org, x.Staff)
	if err != nil || !has {
		return x, err
	}
	if ok, err := s.fresh(tx, token); err != nil || ok {
		return x, err
	}
	return x, ErrNotFresh
}

// hasFactor tells whether somebody has anything to prove with. Other ways add theirs to s.factors.
func (s *Service) hasFactor(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (bool, error) {
	if _, found, err := factorOf(tx, org, staff); err != nil || found {
		return found, err
	}
	for _, f := range s.factors {
		if has, err := f(tx, org, staff); err != nil || has {
			return has, err
		}
	}
	return false, nil
}

// UnlockByPassword opens a locked session with the password of whoever it belongs to.
func (s *Service) UnlockByPassword(ctx context.Context, token, password string) (fresh string, err error) {
	x, found, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	if !found {
		return "", errSignedOut()
	}
	var a Account
	if err := s.DB.View(ctx, access.Installation("find the password of a locked session"), func(tx *db.Tx) error {
		a, _, err = accountOf(tx, x.Org, x.Staff)
		return err
	}); err != nil {
		return "", err
	}
	key := tryKey("session", x.ID.String())
	if _, err := s.count(ctx, tries{{key, perSession}}); err != nil {
		return "", err
	}
	ok, _, err := s.Hash.Check(ctx, a.Password, password)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.Field("password", "That is not your password.")
	}
	err = s.DB.Update(ctx, access.Installation("unlock a session"), func(tx *db.Tx) error {
		if err := forgive(tx, key, true); err != nil {
			return err
		}
		if err := tell(tx, x.Org, x.Staff, trail.SignIn, "unlocked with the password"); err != nil {
			return err
		}
		fresh, err = s.unlocked(tx, token)
		return err
	})
	return fresh, err
}

// HasPassword tells whether the person of a session has one.
func (s *Service) HasPassword(ctx context.Context, x Session) (has bool, address string, err error) {
	err = s.DB.View(ctx, access.Installation("see whether somebody has a password"), func(tx *db.Tx) error {
		a, _, err := accountOf(tx, x.Org, x.Staff)
		has = a.Password != ""
		if err != nil {
			return err
		}
		return tx.Within(access.System("see by which address somebody signs in", int64(x.Org)), func(tx *db.Tx) error {
			address, _, err = db.Maybe[string](tx, `select email from roll_staff where org_id = $1 and id = $2`, x.Staff)
			return err
		})
	})
	return has, address, err
}
