package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/oidc"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// Why somebody is sent to a provider.
const (
	ToSignIn = "in"
	ToLink   = "link"  // somebody who is signed in links their account
	ToProve  = "prove" // somebody who is signed in proves a second factor, or that a locked session is theirs
)

// Errand is what is remembered while somebody is at a provider: sealed, in a cookie of the browser that was sent.
type Errand struct {
	Flow     oidc.Flow
	Provider string
	For      string
	Session  ids.ID[Session] // of ToLink and ToProve
	Next     string
	Held     string
}

const errandPurpose = "somebody who is at a provider"

// Out is somebody on their way to a provider.
type Out struct {
	Provider Provider
	Address  string
	Cookie   string // the sealed Errand
	State    string
}

// DoorProviders are the providers to offer at the door, and how many more there are. With one provider in the whole installation it is that; with several, the one
// that this device used last, while it is there.
func (s *Service) DoorProviders(ctx context.Context, last string) (offered []Provider, more bool, err error) {
	err = s.DB.View(ctx, access.Installation("list the sign-in providers at the door"), func(tx *db.Tx) error {
		some, err := db.All[Provider](tx, `select `+providerColumns+` from admin_provider p order by case when p.key = $1 then 0 else 1 end, p.key limit 2`, last)
		if err != nil || len(some) == 0 {
			return err
		}
		more = len(some) > 1
		if !more || some[0].Key == last {
			offered = some[:1]
		}
		return nil
	})
	return offered, more, err
}

// DoorProvider is one provider, by its key.
func (s *Service) DoorProvider(ctx context.Context, key string) (Provider, error) {
	return s.provider(ctx, key)
}

// ProvidersFor finds the providers of an e-mail address by what it ends in. It tells nothing about whose address it is.
func (s *Service) ProvidersFor(ctx context.Context, address string) (out []Provider, err error) {
	end := domainOf(address)
	if end == "" {
		return nil, fault.Field("address", "Type your school e-mail address, such as r.okafor@oakfield.sch.uk.")
	}
	err = s.DB.View(ctx, access.Installation("find the sign-in provider of an address"), func(tx *db.Tx) error {
		all, err := db.All[Provider](tx, `select `+providerColumns+` from admin_provider p where ',' || p.domains || ',' like '%,' || $1 || ',%' escape '!' order by p.org desc, p.key`, plainLike(end))
		if err != nil {
			return err
		}
		out = slices.DeleteFunc(all, func(p Provider) bool { return !slices.Contains(p.DomainList(), end) })
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fault.Field("address", "No school here signs in by accounts that end in @%s. Check the address, or sign in another way.", end)
	}
	return out, err
}

func plainLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// SendOut sends somebody to a provider. Base is the address of Ajar as the browser knows it, hint the e-mail address that was typed already.
func (s *Service) SendOut(ctx context.Context, key, base, hint string, e Errand, token string) (o Out, err error) {
	if e.For != ToSignIn { // first, so that whoever has no session learns nothing about providers
		if _, found, err := s.SessionOf(ctx, token); err != nil || !found {
			return o, cmp.Or(err, error(errSignedOut()))
		}
	}
	p, err := s.provider(ctx, key)
	if err != nil {
		return o, err
	}
	ask := oidc.Ask{Redirect: base + p.BackPath(), Hint: hint, Choose: e.For == ToSignIn && hint == "" && p.Kind != Other}
	if p.Factor == FactorACR {
		ask.ACR = p.ACR
	}
	if p.Kind == Google && len(p.DomainList()) == 1 {
		ask.Domain = p.DomainList()[0]
	}
	if e.For != ToSignIn {
		if e.Session, ask.Hint, err = s.mayGo(ctx, p, e.For, token); err != nil {
			return o, err
		}
		ask.Fresh = e.For == ToProve
	}
	set, err := s.opened(p)
	if err != nil {
		return o, err
	}
	address, flow, err := s.asks.Begin(ctx, set, ask)
	if err != nil {
		s.note("somebody could not be sent to a provider", p, err)
		return o, providerTrouble(p, err)
	}
	e.Flow, e.Provider = flow, p.Key
	plain, err := json.Marshal(e)
	if err != nil {
		return o, err
	}
	sealed, err := s.Box.Seal(errandPurpose, plain)
	return Out{Provider: p, Address: address, Cookie: sealed, State: flow.State}, err
}

// mayGo tells whether a session may go to a provider for more than signing in.
func (s *Service) mayGo(ctx context.Context, p Provider, why, token string) (id ids.ID[Session], hint string, err error) {
	err = s.DB.View(ctx, access.Installation("look whether somebody may go to a provider"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found {
			return errSignedOut()
		}
		if !p.House() && p.Org != x.Org {
			return fault.Gone("way to sign in")
		}
		id = x.ID
		if why == ToLink {
			_, err := s.mayChange(tx, token)
			return err
		}
		hint, found, err = db.Maybe[string](tx, `select address from admin_identity where org = $1 and staff = $2 and provider = $3`, x.Org, x.Staff, p.Key)
		if err == nil && (!found || !p.Renews()) {
			err = fault.Gone("way to sign in")
		}
		return err
	})
	return id, hint, err
}

// IsNotFresh tells whether an error asks for a second factor proved just now.
func IsNotFresh(err error) bool { return errors.Is(err, ErrNotFresh) }

// hasProviderFactor tells whether somebody has an account at a provider whose second factor counts and that can be asked to ask again.
func hasProviderFactor(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (bool, error) {
	n, err := db.One[int](tx, `select count(*) from admin_provider p join admin_identity i on i.provider = p.key where i.org = $1 and i.staff = $2 and p.factor <> 'no' and p.kind <> 'google'`, org, staff)
	return n > 0, err
}

// Arrival is somebody who came back.
type Arrival struct {
	Provider Provider
	For      string
	Token    string // the new value of the session's cookie; empty while a school has to be chosen
	Next     string
	Held     string
	Places   []Place // the schools to choose from
	Ticket   string  // what the choice is made with: sealed, for a cookie
	Weak     bool    // a proof that shows who it is, and is no second factor
}

// Place is a school in which somebody works.
type Place struct {
	Org   roll.OrgID
	Staff roll.StaffID
	Name  string
}

// ComeBack takes what the browser brought back from a provider. Sealed is its cookie, token its session if it has one.
func (s *Service) ComeBack(ctx context.Context, key, sealed string, back url.Values, device, token string) (a Arrival, err error) {
	plain, err := s.Box.Open(errandPurpose, sealed)
	var e Errand
	if err == nil {
		err = json.Unmarshal(plain, &e)
	}
	if err != nil || e.Provider != key {
		return a, fault.New(fault.Forbidden, "This way in is too old, or was used before. Please begin again.")
	}
	a.For, a.Next, a.Held = e.For, e.Next, e.Held
	if a.Provider, err = s.provider(ctx, key); err != nil {
		return a, err
	}
	set, err := s.opened(a.Provider)
	if err != nil {
		return a, err
	}
	who, err := s.asks.Finish(ctx, set, e.Flow, back)
	if err != nil {
		s.note("somebody came back from a provider and was not signed in", a.Provider, err)
		return a, providerTrouble(a.Provider, err)
	}
	acc, err := a.Provider.reads(who)
	if err != nil {
		return a, err
	}
	switch e.For {
	case ToSignIn:
		return s.arrive(ctx, a, acc, who, device)
	case ToLink:
		a.Token = token
		return a, s.link(ctx, a.Provider, acc, e.Session, token)
	case ToProve:
		a.Weak = !acc.Strong
		a.Token, err = s.proveByProvider(ctx, a.Provider, acc, e.Session, token)
		return a, err
	}
	return a, fault.Gone("page")
}

// placeTicket is a choice between schools that waits.
type placeTicket struct {
	Provider, Issuer, Subject string
	FactorMs                  int64
	Next                      string
	AtMs                      int64
}

const (
	placePurpose = "a choice between schools"
	placeLasts   = 5 * time.Minute
)

// arrive signs in whoever came back.
func (s *Service) arrive(ctx context.Context, a Arrival, acc account, who oidc.Person, device string) (Arrival, error) {
	var refused error
	err := s.DB.Update(ctx, access.Installation("sign in by a provider"), func(tx *db.Tx) error {
		t := placeTicket{Provider: a.Provider.Key, Issuer: acc.Issuer, Subject: acc.Subject, Next: a.Next, AtMs: tx.Now()}
		if acc.Strong {
			// It counts for the session, and not as proved just now: the provider may have asked this morning.
			t.FactorMs = max(tx.Now()-FreshLength.Milliseconds()-1, min(who.AuthMs, tx.Now()))
		}
		places, err := placesOf(tx, a.Provider, acc)
		if err != nil {
			return err
		}
		if len(places) == 0 {
			if places, refused, err = s.firstTime(tx, a.Provider, acc); err != nil {
				return err
			}
		}
		if refused != nil {
			return s.refuse(tx, a.Provider, refused)
		}
		if len(places) == 1 {
			a.Token, err = enterPlace(tx, t, acc.Address, places[0], device)
			return err
		}
		plain, err := json.Marshal(t)
		if err != nil {
			return err
		}
		a.Places = places
		a.Ticket, err = s.Box.Seal(placePurpose, plain)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		a.Token = ""
	}
	return a, err
}

// placesOf are the schools in which an account is a colleague who still works there. A provider of one school opens that school and no other.
func placesOf(tx *db.Tx, p Provider, acc account) (out []Place, err error) {
	type row struct{ Org, Staff int64 }
	rows, err := db.All[row](tx, `select i.org, i.staff from admin_identity i where i.issuer = $1 and i.subject = $2 and (i.org = $3 or cast($3 as bigint) = 0) order by i.org`, acc.Issuer, acc.Subject, p.Org)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		x := Place{Org: roll.OrgID(r.Org), Staff: roll.StaffID(r.Staff)}
		name, err := staffName(tx, x.Org, x.Staff)
		if err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		if x.Name, err = db.One[string](tx, `select name from roll_org where id = $1`, x.Org); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// enterPlace opens the session.
func enterPlace(tx *db.Tx, t placeTicket, address string, place Place, device string) (string, error) {
	token, err := open(tx, Entry{Org: place.Org, Staff: place.Staff, Way: WayProvider, Device: device, FactorMs: t.FactorMs})
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(`update admin_session set provider = $2 where token_hash = $1`, hash(token), t.Provider); err != nil {
		return "", err
	}
	_, err = tx.Exec(`update admin_identity set used_ms = $4, address = case when $5 = '' then address else $5 end where issuer = $1 and subject = $2 and org = $3`, t.Issuer, t.Subject, place.Org, tx.Now(), address)
	return token, err
}

// ChoosePlace signs in at one of several schools.
func (s *Service) ChoosePlace(ctx context.Context, sealed string, org roll.OrgID, device string) (token, next string, err error) {
	gone := fault.New(fault.Forbidden, "You took a while to choose, so please begin again.")
	plain, err := s.Box.Open(placePurpose, sealed)
	var t placeTicket
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return "", "", gone
	}
	err = s.DB.Update(ctx, access.Installation("sign in by a provider"), func(tx *db.Tx) error {
		p, found, err := providerByKey(tx, t.Provider)
		if err != nil {
			return err
		}
		if age := tx.Now() - t.AtMs; !found || age < 0 || age > placeLasts.Milliseconds() {
			return gone
		}
		places, err := placesOf(tx, p, account{Issuer: t.Issuer, Subject: t.Subject})
		if err != nil {
			return err
		}
		for _, x := range places {
			if x.Org == org {
				token, err = enterPlace(tx, t, "", x, device)
				return err
			}
		}
		return gone
	})
	return token, t.Next, err
}

// firstTime finds somebody who comes by this account for the first time, where the school allows it: by an address that is proved to be theirs, and that exactly one
// colleague has. Somebody who has a way of their own already is not found so: they sign in by it once and link the account themselves, so that whoever looks after a
// provider can't become a colleague who did not ask for it.
func (s *Service) firstTime(tx *db.Tx, p Provider, acc account) (out []Place, refused, err error) {
	unknown := fault.New(fault.Forbidden, "%s told us who you are, but Ajar does not know yet which colleague that is. Ask the person who looks after Ajar in your school for a personal link. Sign in by it once, and link this account under \"How you sign in\".", capital(p.Label))
	if !p.ByAddress || !acc.Trusted {
		return nil, unknown, nil
	}
	orgs := []roll.OrgID{p.Org}
	if p.House() {
		if orgs, err = db.All[roll.OrgID](tx, `select distinct org from admin_account where address = $1`, strings.ToLower(acc.Address)); err != nil {
			return nil, nil, err
		}
	}
	for _, org := range orgs {
		staff, n, err := staffByAddress(tx, org, acc.Address)
		if err != nil {
			return nil, nil, err
		}
		if n > 1 {
			return nil, fault.New(fault.Forbidden, "Several colleagues have your e-mail address, so Ajar can't tell which one you are. Ask the person who looks after Ajar in your school for a personal link. Sign in by it once, and link this account under \"How you sign in\"."), nil
		}
		if n == 0 {
			continue
		}
		has, err := hasOwnWay(tx, org, staff, acc.Issuer)
		if err != nil {
			return nil, nil, err
		}
		if has {
			refused = fault.New(fault.Forbidden, "You sign in to Ajar in another way until now. Do that once more, and link your account under \"How you sign in\". After that this button lets you in.")
			continue
		}
		if err := keepIdentity(tx, p, acc, org, staff, "linked by the address "+acc.Address); err != nil {
			return nil, nil, err
		}
	}
	if out, err = placesOf(tx, p, acc); err != nil || len(out) > 0 {
		return out, nil, err
	}
	if refused != nil {
		return nil, refused, nil
	}
	return nil, unknown, nil
}

// staffByAddress finds colleagues of one school by their e-mail address.
func staffByAddress(tx *db.Tx, org roll.OrgID, address string) (staff roll.StaffID, n int, err error) {
	err = tx.Within(access.System("find the colleague of an address", int64(org)), func(tx *db.Tx) error {
		type row struct {
			ID    roll.StaffID
			Email string
		}
		rows, err := db.All[row](tx, `select id, email from roll_staff where org_id = $1 and ends >= $2 and email <> ''`, tx.Today())
		for _, r := range rows {
			if sameAddress(r.Email, address) {
				staff = r.ID
				n++
			}
		}
		return err
	})
	return staff, n, err
}

// hasOwnWay tells whether somebody can sign in by themselves already, or is linked to another account of the same provider.
func hasOwnWay(tx *db.Tx, org roll.OrgID, staff roll.StaffID, issuer string) (bool, error) {
	n, err := db.One[int](tx, `select (select count(*) from admin_account a where a.org = $1 and a.staff = $2 and a.password <> '') + (select count(*) from admin_passkey k where k.org = $1 and k.staff = $2)
		+ (select count(*) from admin_factor f where f.org = $1 and f.staff = $2 and f.proved_ms > 0) + (select count(*) from admin_identity i where i.org = $1 and i.staff = $2 and i.issuer = $3)`, org, staff, issuer)
	return n > 0, err
}

// keepIdentity links an account.
func keepIdentity(tx *db.Tx, p Provider, acc account, org roll.OrgID, staff roll.StaffID, words string) error {
	n, err := tx.Exec(`insert into admin_identity (issuer, subject, org, staff, provider, address, made_ms) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (issuer, subject, org) do update set provider = excluded.provider, address = excluded.address where admin_identity.staff = excluded.staff`, acc.Issuer, acc.Subject, org, staff, p.Key, acc.Address, tx.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This account is linked to another colleague of your school. If that is a mistake, ask the person who looks after Ajar to take it away there.")
	}
	return tell(tx, org, staff, trail.RightChanged, fmt.Sprintf("account at %s %s", p.Label, words))
}

// refuse writes down that somebody was turned away. For a provider of the installation it stands in the trail of the house.
func (s *Service) refuse(tx *db.Tx, p Provider, why error) error {
	sentence, _ := fault.Sentence(why)
	return trail.WriteAs(tx, access.Who{Org: int64(p.Org), Name: "Somebody"}, trail.Entry{Kind: trail.SignInFailed, Words: "by " + p.Label + ". " + sentence})
}

// link links the account to the colleague whose session it is.
func (s *Service) link(ctx context.Context, p Provider, acc account, session ids.ID[Session], token string) error {
	return s.DB.Update(ctx, access.Installation("link an account to a colleague"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || x.ID == 0 || x.ID != session || !p.House() && p.Org != x.Org {
			return errSignedOut()
		}
		if _, err := s.mayChange(tx, token); err != nil {
			return err
		}
		if n, err := db.One[int](tx, `select count(*) from admin_identity where org = $1 and staff = $2 and issuer = $3 and subject <> $4`, x.Org, x.Staff, acc.Issuer, acc.Subject); err != nil || n > 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "Another account at %s is linked already. Take that away first.", p.Label)
			}
			return err
		}
		return keepIdentity(tx, p, acc, x.Org, x.Staff, "linked by themselves")
	})
}

// proveByProvider counts what the provider has asked just now.
func (s *Service) proveByProvider(ctx context.Context, p Provider, acc account, session ids.ID[Session], token string) (fresh string, err error) {
	var refused error
	err = s.DB.Update(ctx, access.Installation("prove a session by a provider"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || x.ID == 0 || x.ID != session {
			return errSignedOut()
		}
		_, found, err = db.Maybe[string](tx, `select provider from admin_identity where issuer = $1 and subject = $2 and org = $3 and staff = $4`, acc.Issuer, acc.Subject, x.Org, x.Staff)
		switch {
		case err != nil:
			return err
		case !found:
			refused = fault.New(fault.Forbidden, "That was somebody else's account. Please use yours.")
			return tell(tx, x.Org, x.Staff, trail.SignInFailed, "a second step with somebody else's account at "+p.Label)
		case acc.Strong:
			if fresh, err = s.proved(tx, token); err != nil {
				return err
			}
			return tell(tx, x.Org, x.Staff, trail.SignIn, "second step at "+p.Label)
		}
		// Where the provider's second factor does not count, it still shows that a locked session is theirs.
		fresh, err = s.unlocked(tx, token)
		return err
	})
	if err == nil {
		err = refused
	}
	return fresh, err
}

// Linked is an account that belongs to somebody.
type Linked struct {
	Provider string
	Label    string
	Address  string
	MadeMs   int64
	UsedMs   int64
}

// Accounts are the accounts of whoever a session belongs to, and the providers with which they could link one more.
func (s *Service) Accounts(ctx context.Context, x Session) (linked []Linked, more []Provider, err error) {
	err = s.DB.View(ctx, access.Installation("list the accounts of a colleague"), func(tx *db.Tx) error {
		if linked, err = db.All[Linked](tx, `select i.provider, p.label, i.address, i.made_ms, i.used_ms from admin_identity i join admin_provider p on p.key = i.provider where i.org = $1 and i.staff = $2 order by i.provider`, x.Org, x.Staff); err != nil {
			return err
		}
		more, err = db.All[Provider](tx, `select `+providerColumns+` from admin_provider p where p.org in (0, $1) and not exists (select 1 from admin_identity i where i.provider = p.key and i.org = $1 and i.staff = $2) order by p.org desc, p.key`, x.Org, x.Staff)
		return err
	})
	return linked, more, err
}

// Unlink takes an account away from whoever a session belongs to.
func (s *Service) Unlink(ctx context.Context, key, token string) error {
	return s.DB.Update(ctx, access.Installation("unlink an account from a colleague"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		p, _, err := providerByKey(tx, key)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`delete from admin_identity where org = $1 and staff = $2 and provider = $3`, x.Org, x.Staff, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Gone("account")
		}
		return tell(tx, x.Org, x.Staff, trail.RightChanged, "account at "+p.Label+" taken away by themselves")
	})
}

// ProofProviders are the providers at which whoever a session belongs to can prove themselves: strong ones count as a second factor, the others only unlock.
func (s *Service) ProofProviders(ctx context.Context, x Session) (strong, others []Provider, err error) {
	err = s.DB.View(ctx, access.Installation("list where a session can be proved"), func(tx *db.Tx) error {
		all, err := db.All[Provider](tx, `select `+providerColumns+` from admin_provider p where exists (select 1 from admin_identity i where i.provider = p.key and i.org = $1 and i.staff = $2) order by p.key`, x.Org, x.Staff)
		for _, p := range all {
			switch {
			case !p.Renews():
			case p.Factor == FactorNo:
				others = append(others, p)
			default:
				strong = append(strong, p)
			}
		}
		return err
	})
	return strong, others, err
}

// LogoutAt is where whoever this session belongs to signs out of the provider as well; empty when it began elsewhere.
func (s *Service) LogoutAt(ctx context.Context, token string) (key string, err error) {
	err = s.DB.View(ctx, access.Installation("find the session of a request"), func(tx *db.Tx) error {
		key, _, err = db.Maybe[string](tx, `select provider from admin_session where token_hash = $1`, hash(token))
		return err
	})
	return key, err
}

// LogoutAddress is the provider's own page to sign out, with the way back to Ajar; empty where it has none.
func (s *Service) LogoutAddress(ctx context.Context, key, back string) (Provider, string) {
	p, err := s.provider(ctx, key)
	if err != nil {
		return p, ""
	}
	return p, s.asks.Logout(ctx, p.settings(""), back)
}
