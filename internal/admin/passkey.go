package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/passkey"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// Passkey is one of somebody's.
type Passkey struct {
	KeyID  string
	Name   string
	Site   string
	MadeMs int64
	UsedMs int64
}

// maxPasskeys is how many somebody may have: a phone, a laptop, a tablet and spare keys.
const maxPasskeys = 12

// question is what is remembered between asking a browser for a passkey and its answer: sealed, in a cookie of that browser.
type question struct {
	For      string
	Session  ids.ID[Session]
	Ceremony passkey.Ceremony
}

// What a passkey is asked for.
const (
	KeyToSignIn = "in"
	KeyToProve  = "prove"
	KeyToAdd    = "add"
)

const questionPurpose = "a question for a passkey"

// errNoPasskeys is for addresses at which browsers have none.
func errNoPasskeys() error {
	return fault.New(fault.Invalid, "Passkeys do not work at this address of Ajar. Use another way to sign in.")
}

// errPasskey is the one answer to a passkey that does not fit, whatever is the matter with it.
func errPasskey(cause error) error {
	return fault.Wrap(fault.Forbidden, cause, "That passkey did not let you in. Perhaps it took too long, or it is not for Ajar any more. Please try again, or choose another way.")
}

// PasskeysAt tells whether browsers have passkeys at an address of Ajar.
func PasskeysAt(base string) bool {
	_, err := passkey.For(base)
	return err == nil
}

// Passkeys lists those of whoever a session belongs to.
func (s *Service) Passkeys(ctx context.Context, x Session) (out []Passkey, err error) {
	err = s.DB.View(ctx, access.Installation("list the passkeys of a colleague"), func(tx *db.Tx) error {
		out, err = db.All[Passkey](tx, `select key_id, name, site, made_ms, used_ms from admin_passkey where org = $1 and staff = $2 order by made_ms, key_id`, x.Org, x.Staff)
		return err
	})
	return out, err
}

// AskPasskey makes the question for a browser at an address of Ajar, and what it is to bring along with the answer.
func (s *Service) AskPasskey(ctx context.Context, base, what, token string) (options json.RawMessage, sealed string, err error) {
	site, err := passkey.For(base)
	if err != nil {
		return nil, "", errNoPasskeys()
	}
	q := question{For: what}
	now := s.DB.Clock().Now()
	switch what {
	case KeyToSignIn:
		options, q.Ceremony, err = site.Ask(now)
	case KeyToProve, KeyToAdd:
		var o passkey.Owner
		if q.Session, o, err = s.askedOwner(ctx, site, what, token); err != nil {
			return nil, "", err
		}
		if what == KeyToAdd {
			options, q.Ceremony, err = site.AskNew(o, now)
		} else {
			options, q.Ceremony, err = site.AskOwner(o, now)
		}
	default:
		return nil, "", fault.Gone("page")
	}
	if err != nil {
		return nil, "", err
	}
	plain, err := json.Marshal(q)
	if err != nil {
		return nil, "", err
	}
	sealed, err = s.Box.Seal(questionPurpose, plain)
	return options, sealed, err
}

// askedOwner is whose passkey is asked for in a session. Somebody who makes their first one is given a handle for it.
func (s *Service) askedOwner(ctx context.Context, site *passkey.Site, what, token string) (id ids.ID[Session], o passkey.Owner, err error) {
	err = s.DB.Update(ctx, access.Installation("ask a colleague for a passkey").Often(), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found {
			return errSignedOut()
		}
		id = x.ID
		if what == KeyToAdd {
			if _, err := s.mayChange(tx, token); err != nil {
				return err
			}
			if _, err := tx.Exec(`insert into admin_passkey_owner (handle, org, staff) values ($1, $2, $3) on conflict do nothing`, passkey.NewHandle(), x.Org, x.Staff); err != nil {
				return err
			}
		}
		if o, err = ownerOf(tx, x.Org, x.Staff, site.Name); err != nil {
			return err
		}
		if what == KeyToProve && len(o.Keys) == 0 {
			return fault.Gone("passkey")
		}
		if len(o.Keys) >= maxPasskeys && what == KeyToAdd {
			return fault.New(fault.Invalid, "You have %d passkeys already. Take one away that you do not use.", len(o.Keys))
		}
		return nil
	})
	return id, o, err
}

// ownerOf is somebody with their passkeys of one site.
func ownerOf(tx *db.Tx, org roll.OrgID, staff roll.StaffID, site string) (o passkey.Owner, err error) {
	o.Handle, _, err = db.Maybe[string](tx, `select handle from admin_passkey_owner where org = $1 and staff = $2`, org, staff)
	if err != nil {
		return o, err
	}
	school, err := db.One[string](tx, `select name from roll_org where id = $1`, org)
	if err != nil {
		return o, err
	}
	if err := tx.Within(access.System("name the owner of a passkey", int64(org)), func(tx *db.Tx) error {
		type row struct{ Name, Email string }
		r, _, err := db.Maybe[row](tx, `select name, email from roll_staff where org_id = $1 and id = $2`, staff)
		o.Name, o.Display = r.Email, r.Name+", "+school
		if o.Name == "" {
			o.Name = r.Name
		}
		return err
	}); err != nil {
		return o, err
	}
	type row struct{ KeyID, Text string }
	rows, err := db.All[row](tx, `select key_id, text from admin_passkey where org = $1 and staff = $2 and site = $3 order by made_ms, key_id`, org, staff, site)
	for _, r := range rows {
		o.Keys = append(o.Keys, passkey.Key{ID: r.KeyID, Text: r.Text})
	}
	return o, err
}

func (s *Service) questioned(sealed, what string) (q question, err error) {
	plain, err := s.Box.Open(questionPurpose, sealed)
	if err == nil {
		err = json.Unmarshal(plain, &q)
	}
	if err == nil && q.For != what {
		err = errors.New("asked for something else")
	}
	if err != nil {
		return q, errPasskey(err)
	}
	return q, nil
}

// once lets an answer through the first time.
func once(tx *db.Tx, c passkey.Ceremony) error {
	if _, err := tx.Exec(`delete from admin_passkey_used where made_ms < $1`, tx.Now()-2*passkey.CeremonyLasts.Milliseconds()); err != nil {
		return err
	}
	n, err := tx.Exec(`insert into admin_passkey_used (challenge, made_ms) values ($1, $2) on conflict do nothing`, hash(c.Challenge()), tx.Now())
	if err == nil && n == 0 {
		err = errPasskey(errors.New("answered before"))
	}
	return err
}

// AddPasskey keeps what the browser made. The first second factor of somebody proves their session as well: the device has just checked who holds it.
func (s *Service) AddPasskey(ctx context.Context, base, sealed string, answer []byte, name, token string) (fresh string, err error) {
	q, err := s.questioned(sealed, KeyToAdd)
	if err != nil {
		return "", err
	}
	site, err := passkey.For(base)
	if err != nil {
		return "", errNoPasskeys()
	}
	name = strings.Join(strings.Fields(name), " ")
	if len(name) > 60 {
		return "", fault.Field("name", "Give it a shorter name, such as \"My phone\".")
	}
	err = s.DB.Update(ctx, access.Installation("keep a passkey"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		if x.ID == 0 || x.ID != q.Session {
			return errSignedOut()
		}
		o, err := ownerOf(tx, x.Org, x.Staff, site.Name)
		if err != nil {
			return err
		}
		k, err := site.Made(o, q.Ceremony, answer, s.DB.Clock().Now())
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "No passkey was made. Please try again, or use another device.")
		}
		if err := once(tx, q.Ceremony); err != nil {
			return err
		}
		if name == "" {
			name = fmt.Sprintf("Passkey %d", len(o.Keys)+1)
		}
		n, err := tx.Exec(`insert into admin_passkey (key_id, org, staff, site, name, text, made_ms) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, k.ID, x.Org, x.Staff, site.Name, name, k.Text, tx.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "That passkey is known already.")
		}
		if err := tell(tx, x.Org, x.Staff, trail.RightChanged, "passkey added: "+name); err != nil {
			return err
		}
		fresh, err = s.proved(tx, token)
		return err
	})
	return fresh, err
}

// RemovePasskey takes one away from whoever a session belongs to.
func (s *Service) RemovePasskey(ctx context.Context, keyID, token string) error {
	return s.DB.Update(ctx, access.Installation("take a passkey away"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		name, found, err := db.Maybe[string](tx, `delete from admin_passkey where key_id = $1 and org = $2 and staff = $3 returning name`, keyID, x.Org, x.Staff)
		if err != nil {
			return err
		}
		if !found {
			return fault.Gone("passkey")
		}
		return tell(tx, x.Org, x.Staff, trail.RightChanged, "passkey taken away: "+name)
	})
}

// check takes an answer and gives whose key it was. Who has left is refused by open.
func (s *Service) check(tx *db.Tx, base string, q question, answer []byte) (x Place, name string, err error) {
	site, err := passkey.For(base)
	if err != nil {
		return x, "", errNoPasskeys()
	}
	type row struct{ Org, Staff int64 }
	_, k, err := site.Check(q.Ceremony, answer, s.DB.Clock().Now(), func(handle, key string) (passkey.Owner, error) {
		r, found, err := db.Maybe[row](tx, `select org, staff from admin_passkey_owner where handle = $1`, handle)
		if err != nil {
			return passkey.Owner{}, err
		}
		if !found {
			return passkey.Owner{}, errPasskey(errors.New("nobody has this handle"))
		}
		x = Place{Org: roll.OrgID(r.Org), Staff: roll.StaffID(r.Staff)}
		return ownerOf(tx, x.Org, x.Staff, site.Name)
	})
	var wrong *passkey.Problem
	if errors.As(err, &wrong) {
		return x, "", errPasskey(err)
	}
	if err != nil {
		return x, "", err
	}
	if err := once(tx, q.Ceremony); err != nil {
		return x, "", err
	}
	name, err = db.One[string](tx, `update admin_passkey set text = $2, used_ms = $3 where key_id = $1 returning name`, k.ID, k.Text, tx.Now())
	return x, name, err
}

// UsePasskey signs in by a passkey, which is two factors in one.
func (s *Service) UsePasskey(ctx context.Context, base, sealed string, answer []byte, device string) (token string, err error) {
	q, err := s.questioned(sealed, KeyToSignIn)
	if err != nil {
		return "", err
	}
	var at Place
	err = s.DB.Update(ctx, access.Installation("sign in by a passkey"), func(tx *db.Tx) error {
		if at, _, err = s.check(tx, base, q, answer); err != nil {
			return err
		}
		token, err = open(tx, Entry{Org: at.Org, Staff: at.Staff, Way: WayPasskey, Device: device, FactorMs: tx.Now()})
		return err
	})
	if err != nil {
		return "", s.refusedPasskey(ctx, at, err)
	}
	return token, nil
}

// ProveByPasskey proves a session by a passkey of whoever it belongs to.
func (s *Service) ProveByPasskey(ctx context.Context, base, sealed string, answer []byte, token string) (fresh string, err error) {
	q, err := s.questioned(sealed, KeyToProve)
	if err != nil {
		return "", err
	}
	var at Place
	err = s.DB.Update(ctx, access.Installation("prove a session by a passkey"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || x.ID == 0 || x.ID != q.Session {
			return errSignedOut()
		}
		var name string
		if at, name, err = s.check(tx, base, q, answer); err != nil {
			return err
		}
		if at.Org != x.Org || at.Staff != x.Staff {
			return errPasskey(errors.New("somebody else's"))
		}
		if fresh, err = s.proved(tx, token); err != nil {
			return err
		}
		return tell(tx, x.Org, x.Staff, trail.SignIn, "second step by passkey: "+name)
	})
	if err != nil {
		return "", s.refusedPasskey(ctx, at, err)
	}
	return fresh, nil
}

// refusedPasskey writes down that a passkey did not fit, where it is known whose it was meant to be.
func (s *Service) refusedPasskey(ctx context.Context, at Place, why error) error {
	if s.Log != nil {
		s.Log.Warn("a passkey was refused", "error", why.Error())
	}
	if at.Org == 0 || fault.KindOf(why) != fault.Forbidden {
		return why
	}
	words := "with a passkey"
	if errors.Is(why, passkey.ErrCopied) {
		words = "with a passkey of which there may be a copy: it counts backwards"
	}
	if err := s.DB.Update(ctx, access.Installation("write down that a passkey was refused"), func(tx *db.Tx) error {
		return tell(tx, at.Org, at.Staff, trail.SignInFailed, words)
	}); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// hasPasskey tells whether somebody has one.
func hasPasskey(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (bool, error) {
	n, err := db.One[int](tx, `select count(*) from admin_passkey where org = $1 and staff = $2`, org, staff)
	return n > 0, err
}

// dropPasskeys takes all of somebody's away, when they have lost what they prove themselves with.
func dropPasskeys(tx *db.Tx, org roll.OrgID, staff roll.StaffID) error {
	_, err := tx.Exec(`delete from admin_passkey where org = $1 and staff = $2`, org, staff)
	return err
}
