package admin

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/oidc"
	"ajar/internal/kit/testop"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

const ajarAt = "https://ajar.example"

// back are the addresses to which providers of these tests send people back.
func back(keys ...string) (out []string) {
	for _, k := range keys {
		out = append(out, ajarAt+"/sign-in/back/"+k)
	}
	return out
}

var everyBack = back("oak-other", "oak-microsoft", "oak-google", "elm-other", "all-other", "all-microsoft")

func says(sub, email string, more ...testop.Claims) testop.Claims {
	c := testop.Claims{"sub": sub, "name": "Somebody", "email": email, "email_verified": true}
	for _, m := range more {
		for k, v := range m {
			if v == nil {
				delete(c, k)
			} else {
				c[k] = v
			}
		}
	}
	return c
}

func form(r *testop.Realm) ProviderForm {
	return ProviderForm{Kind: Other, Issuer: r.Issuer, Client: testop.ClientID, Secret: testop.Secret, Domains: "oak.sch.uk", Inside: true, ByAddress: true}
}

// withProvider has both schools on the clock of the day, since a real provider lives today.
func withProvider(t *testing.T, body func(t *testing.T, s *Service, a, b place)) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		s.DB.SetClock(clock.System())
		mailAt(t, s, a, a.head, "head@oak.sch.uk")
		mailAt(t, s, a, a.teacher, "tom@oak.sch.uk")
		mailAt(t, s, b, b.head, "head@elm.sch.uk")
		body(t, s, a, b)
	})
}

func mailAt(t *testing.T, s *Service, p place, who roll.StaffID, email string) {
	t.Helper()
	in(t, s, p, func(tx *db.Tx) error {
		_, err := tx.Exec(`update roll_staff set email = $3 where org_id = $1 and id = $2`, who, email)
		return err
	})
	if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into admin_account (org, staff, address) values ($1, $2, $3) on conflict (org, staff) do update set address = excluded.address`, p.org.ID, who, strings.ToLower(email))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func set(t *testing.T, s *Service, org roll.OrgID, f ProviderForm) Provider {
	t.Helper()
	p, err := s.SetProviderByCommand(t.Context(), org, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// comes goes out, says at the provider who it is, and comes back.
func comes(t *testing.T, s *Service, p Provider, sub string) (Arrival, error) {
	t.Helper()
	return comesFor(t, s, p, sub, ToSignIn, "")
}

func comesFor(t *testing.T, s *Service, p Provider, sub, what, token string) (Arrival, error) {
	t.Helper()
	o, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: what, Next: "/pupils"}, token)
	if err != nil {
		return Arrival{}, err
	}
	at := testop.NewBrowser(t).SignIn(o.Address, sub)
	if at.Path != p.BackPath() {
		t.Errorf("sent back to %s", at)
	}
	return s.ComeBack(t.Context(), p.Key, o.Cookie, at.Query(), "test", token)
}

// lastTrail is the last entry in an organisation's trail of a kind.
func lastTrail(t *testing.T, s *Service, org int64, kind trail.Kind) (l trail.Line) {
	t.Helper()
	if err := s.DB.View(t.Context(), access.System("test", org), func(tx *db.Tx) error {
		list, err := trail.List(tx, trail.Filter{Kinds: []trail.Kind{kind}, Limit: 1})
		if len(list) > 0 {
			l = list[0]
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return l
}

func refusedWith(t *testing.T, what string, a Arrival, err error, want string) {
	t.Helper()
	sentence, safe := fault.Sentence(err)
	if a.Token != "" || len(a.Places) > 0 || a.Ticket != "" || !safe || !strings.Contains(sentence, want) {
		t.Errorf("%s: %v (%q), want %q", what, err, a.Token, want)
	}
}

func TestSignInByProvider(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("u1", "Head@Oak.sch.uk"))
		p := set(t, s, a.org.ID, form(r))
		if p.Key != "oak-other" || p.BackPath() != "/sign-in/back/oak-other" {
			t.Errorf("%+v", p)
		}
		got, err := comes(t, s, p, "u1")
		if err != nil || got.Next != "/pupils" {
			t.Fatal(got, err)
		}
		who, ok := whoIs(t, s, got.Token)
		if !ok || who.Staff != int64(a.head) || who.Org != a.key() || who.SecondFactorMs != 0 {
			t.Errorf("%v %+v", ok, who)
		}
		if x := stored[string](t, s, `select way || ' ' || provider from admin_session where token_hash = $1`, hash(got.Token)); x != "provider oak-other" {
			t.Errorf("the session began by %s", x)
		}
		if l := lastTrail(t, s, a.key(), trail.SignIn); l.Staff != int64(a.head) || l.Words != "with the school's account" {
			t.Errorf("%+v", l)
		}
		if l := lastTrail(t, s, a.key(), trail.RightChanged); l.Staff != int64(a.head) || !strings.Contains(l.Words, "linked by the address") {
			t.Errorf("%+v", l)
		}
		// From then on it is the account that counts, whatever its address says, and whoever else has that address now.
		r.Person(says("u1", "tom@oak.sch.uk"))
		r.Person(says("u2", "head@oak.sch.uk"))
		got, err = comes(t, s, p, "u1")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.head) {
			t.Errorf("%+v, %v", who, err)
		}
		got, err = comes(t, s, p, "u2")
		refusedWith(t, "another account with the address of somebody who is linked", got, err, "in another way until now")
		if l := lastTrail(t, s, a.key(), trail.SignInFailed); !strings.Contains(l.Words, "in another way") || strings.Contains(l.Words, "u2") {
			t.Errorf("%+v", l)
		}
		// Who has left stays out, though the account is linked.
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-01-01' where org_id = $1 and id = $2`, a.head)
			return err
		})
		got, err = comes(t, s, p, "u1")
		refusedWith(t, "a leaver", got, err, "")
	})
}

func TestWhoIsNotFoundByTheirAddress(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("u1", "head@oak.sch.uk", testop.Claims{"email_verified": false}), says("u2", "head@elsewhere.sch.uk"), says("u3", "nobody@oak.sch.uk"),
			says("u4", "head@oak.sch.uk"), says("u5", "head@oak.sch.uk", testop.Claims{"email": nil}), says("u6", "head@oak.sch.uk@evil.sch.uk"), says("u7", "head@oak.sch.uk "))
		f := form(r)
		p := set(t, s, a.org.ID, f)
		unknown := "does not know yet which colleague"
		for _, x := range []struct{ sub, what, want string }{
			{"u1", "an address that is not proved", unknown}, {"u2", "an address of another domain", unknown}, {"u3", "nobody's address", unknown}, {"u5", "no address", unknown},
			{"u6", "an address that looks like another", unknown}, {"u7", "an address with a space", unknown},
		} {
			got, err := comes(t, s, p, x.sub)
			refusedWith(t, x.what, got, err, x.want)
		}
		f.ByAddress = false
		set(t, s, a.org.ID, f)
		got, err := comes(t, s, p, "u4")
		refusedWith(t, "where the school does not allow it", got, err, unknown)
		f.ByAddress = true
		set(t, s, a.org.ID, f)
		mailAt(t, s, a, a.teacher, "HEAD@oak.sch.uk")
		got, err = comes(t, s, p, "u4")
		refusedWith(t, "two colleagues with one address", got, err, "Several colleagues")
		mailAt(t, s, a, a.teacher, "tom@oak.sch.uk")
		if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
			_, err := tx.Exec(`update admin_account set password = 'x' where org = $1 and staff = $2`, a.org.ID, a.head)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		got, err = comes(t, s, p, "u4")
		refusedWith(t, "somebody with a password of their own", got, err, "in another way until now")
		if n := stored[int](t, s, `select count(*) from admin_identity`); n != 0 {
			t.Errorf("%d accounts are linked", n)
		}
		if n := stored[int](t, s, `select count(*) from admin_session`); n != 0 {
			t.Errorf("%d sessions are open", n)
		}
		in(t, s, a, func(tx *db.Tx) error {
			people, err := roll.People(tx)
			if len(people) != 2 {
				t.Errorf("signing in made people: %d", len(people))
			}
			return err
		})
	})
}

// Whoever looks after the provider of one school can say what they like about themselves. It opens that school and no other.
func TestAProviderOpensItsOwnSchoolOnly(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("u1", "head@elm.sch.uk"), says("u2", "head@oak.sch.uk"))
		f := form(r)
		f.Domains = "oak.sch.uk, elm.sch.uk"
		pa := set(t, s, a.org.ID, f)
		got, err := comes(t, s, pa, "u1")
		refusedWith(t, "the address of another school's head", got, err, "does not know yet")
		// Both schools use the same provider. An account that is known at one is nobody at the other.
		pb := set(t, s, b.org.ID, f)
		if got, err = comes(t, s, pb, "u1"); err != nil {
			t.Fatal(err)
		}
		if who, _ := whoIs(t, s, got.Token); who.Org != b.key() || who.Staff != int64(b.head) {
			t.Errorf("%+v", who)
		}
		got, err = comes(t, s, pa, "u1")
		refusedWith(t, "known at the other school", got, err, "does not know yet")
		// What one provider sends back is not taken at the address of another.
		o, err := s.SendOut(t.Context(), pa.Key, ajarAt, "", Errand{For: ToSignIn}, "")
		if err != nil {
			t.Fatal(err)
		}
		at := testop.NewBrowser(t).SignIn(o.Address, "u1")
		got, err = s.ComeBack(t.Context(), pb.Key, o.Cookie, at.Query(), "test", "")
		refusedWith(t, "carried over to another provider", got, err, "too old, or was used before")
		for name, sealed := range map[string]string{"no cookie": "", "a cookie that was made up": "box1.AAAA", "a cookie for something else": mustSeal(t, s)} {
			got, err = s.ComeBack(t.Context(), pa.Key, sealed, at.Query(), "test", "")
			refusedWith(t, name, got, err, "too old, or was used before")
		}
		// A session of one school is neither linked nor proved by the provider of another.
		token := session(t, s, b, b.head)
		for _, what := range []string{ToLink, ToProve} {
			if _, err := comesFor(t, s, pa, "u2", what, token); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := stored[int](t, s, `select count(*) from admin_identity where org = $1`, a.org.ID); n != 0 {
			t.Errorf("%d accounts are linked at the first school", n)
		}
	})
}

func mustSeal(t *testing.T, s *Service) string {
	t.Helper()
	sealed, err := s.Box.Seal("something else", []byte(`{"Provider":"oak-other","For":"in"}`))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestProviderOfTheInstallation(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		mailAt(t, s, b, b.teacher, "tom@trust.org.uk")
		mailAt(t, s, a, a.teacher, "tom@trust.org.uk")
		r := testop.New(t, everyBack, says("u1", "tom@trust.org.uk"), says("u2", "head@elm.sch.uk"), says("u3", "head@oak.sch.uk"))
		f := form(r)
		f.Domains = "trust.org.uk elm.sch.uk"
		p := set(t, s, 0, f)
		if p.Key != "all-other" || !p.House() {
			t.Errorf("%+v", p)
		}
		got, err := comes(t, s, p, "u2")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Org != b.key() || who.Staff != int64(b.head) {
			t.Errorf("%+v %v", who, err)
		}
		got, err = comes(t, s, p, "u3")
		refusedWith(t, "an address of another domain", got, err, "does not know yet")
		// Somebody who works at two schools chooses.
		got, err = comes(t, s, p, "u1")
		if err != nil || got.Token != "" || len(got.Places) != 2 || got.Ticket == "" {
			t.Fatalf("%+v %v", got, err)
		}
		for _, x := range []place{a, b} {
			token, next, err := s.ChoosePlace(t.Context(), got.Ticket, x.org.ID, "test")
			if who, _ := whoIs(t, s, token); err != nil || next != "/pupils" || who.Org != x.key() || who.Staff != int64(x.teacher) {
				t.Errorf("%+v %v", who, err)
			}
		}
		// They leave one of the two: there is nothing left to choose.
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-01-01' where org_id = $1 and id = $2`, a.teacher)
			return err
		})
		if token, _, err := s.ChoosePlace(t.Context(), got.Ticket, a.org.ID, "test"); err == nil || token != "" {
			t.Errorf("a leaver chose the school they left: %v", err)
		}
		for name, ticket := range map[string]string{"none": "", "made up": "box1.x", "for something else": mustSeal(t, s)} {
			if token, _, err := s.ChoosePlace(t.Context(), ticket, b.org.ID, "test"); err == nil || token != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		now := time.Now()
		s.DB.SetClock(clock.At(now.Add(placeLasts + time.Minute)))
		if token, _, err := s.ChoosePlace(t.Context(), got.Ticket, b.org.ID, "test"); err == nil || token != "" {
			t.Errorf("an hour later: %v", err)
		}
		s.DB.SetClock(clock.System())
		if got, err = comes(t, s, p, "u1"); err != nil || got.Token == "" {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestMicrosoft(t *testing.T) {
	const tenant, stranger = "72f988bf-86f1-41af-91ab-2d7cd011db47", "11111111-2222-3333-4444-555555555555"
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		ms := func(sub, oid, tid string, more ...testop.Claims) testop.Claims {
			return says(sub, "head@oak.sch.uk", append([]testop.Claims{{"oid": oid, "tid": tid, "email_verified": nil}}, more...)...)
		}
		r := testop.New(t, everyBack, ms("s1", "o1", stranger), ms("s2", "o2", tenant, testop.Claims{"xms_edov": false}), ms("s4", "", tenant), ms("s5", "o5", tenant, testop.Claims{"email": "head@evil.sch.uk"}), ms("s6", "o6", tenant), ms("s7", "o6", tenant, testop.Claims{"email": "renamed@oak.sch.uk"}))
		f := form(r)
		f.Kind, f.Tenants = Microsoft, strings.ToUpper(tenant)
		p := set(t, s, a.org.ID, f)
		for _, x := range []struct{ sub, what, want string }{
			{"s1", "another directory with our head's address", "of another school"}, {"s2", "an address that Microsoft has not seen proved", "does not know yet"},
			{"s4", "no person", "which person of your school"}, {"s5", "another domain", "does not know yet"},
		} {
			got, err := comes(t, s, p, x.sub)
			refusedWith(t, x.what, got, err, x.want)
		}
		got, err := comes(t, s, p, "s6")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.head) {
			t.Fatalf("%+v %v", who, err)
		}
		// A new registration of the application gives the same person another sub; they stay who they are.
		got, err = comes(t, s, p, "s7")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.head) {
			t.Errorf("%+v %v", who, err)
		}
	})
	// Several directories of one trust, and a guest: by the rules alone.
	p := Provider{Kind: Microsoft, Tenants: tenant + "," + stranger, Domains: "oak.sch.uk"}
	who := oidc.Person{Issuer: "i", Subject: "s", Tenant: strings.ToUpper(stranger), Object: "o", Email: "a@oak.sch.uk"}
	if x, err := p.reads(who); err != nil || x.Subject != "o" || !x.Trusted {
		t.Errorf("%+v %v", x, err)
	}
	who.Guest = true
	if x, err := p.reads(who); err != nil || x.Trusted {
		t.Errorf("a guest: %+v %v", x, err)
	}
	who.Guest, who.Email, who.Preferred = false, "", "b@oak.sch.uk"
	if x, err := p.reads(who); err != nil || x.Address != "b@oak.sch.uk" || !x.Trusted {
		t.Errorf("%+v %v", x, err)
	}
}

func TestGoogle(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("g1", "head@oak.sch.uk"), says("g2", "head@oak.sch.uk", testop.Claims{"hd": "evil.example"}), says("g3", "head@oak.sch.uk", testop.Claims{"hd": "OAK.sch.uk"}))
		f := form(r)
		f.Kind = Google
		p := set(t, s, a.org.ID, f)
		for _, sub := range []string{"g1", "g2"} {
			got, err := comes(t, s, p, sub)
			refusedWith(t, sub, got, err, "not one of your school's")
		}
		got, err := comes(t, s, p, "g3")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.head) {
			t.Errorf("%+v %v", who, err)
		}
		o, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: ToSignIn}, "")
		if err != nil || !strings.Contains(o.Address, "hd=oak.sch.uk") {
			t.Errorf("%s %v", o.Address, err)
		}
		if _, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: ToProve}, got.Token); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Google can't ask again, and is offered: %v", err)
		}
	})
}

func TestTheProvidersSecondFactor(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("weak", "head@oak.sch.uk"), says("strong", "tom@oak.sch.uk", testop.Claims{"amr": []string{"pwd", "mfa"}}))
		f := form(r)
		p := set(t, s, a.org.ID, f)
		for _, sub := range []string{"weak", "strong"} {
			if _, err := comes(t, s, p, sub); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range []struct {
			factor, acr  string
			weak, strong bool
		}{{FactorNo, "", false, false}, {FactorAMR, "", false, true}, {FactorACR, "mfa", false, true}, {FactorACR, "other", false, false}, {FactorAlways, "", true, true}} {
			f.Factor, f.ACR = x.factor, x.acr
			p = set(t, s, a.org.ID, f)
			for sub, want := range map[string]bool{"weak": x.weak, "strong": x.strong} {
				got, err := comes(t, s, p, sub)
				if err != nil {
					t.Fatal(err)
				}
				who, _ := whoIs(t, s, got.Token)
				if (who.SecondFactorMs > 0) != want {
					t.Errorf("%s %s: %s came in with a second factor at %d", x.factor, x.acr, sub, who.SecondFactorMs)
				}
				// However it counts for the day, it is no proof of this minute: the provider may not have asked at all.
				if err := s.DB.View(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
					fresh, err := s.fresh(tx, got.Token)
					if fresh {
						t.Errorf("%s: signing in counts as asked just now", x.factor)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		// Asked again, it is.
		f.Factor, f.ACR = FactorAMR, ""
		p = set(t, s, a.org.ID, f)
		got, err := comes(t, s, p, "strong")
		if err != nil {
			t.Fatal(err)
		}
		again, err := comesFor(t, s, p, "strong", ToProve, got.Token)
		if err != nil || again.Weak || again.Token == got.Token || again.Next != "/pupils" {
			t.Fatalf("%+v %v", again, err)
		}
		if _, ok := whoIs(t, s, got.Token); ok {
			t.Error("the old cookie still opens the session")
		}
		if err := s.DB.View(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
			if fresh, err := s.fresh(tx, again.Token); err != nil || !fresh {
				t.Errorf("asked again, and not fresh: %v", err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if l := lastTrail(t, s, a.key(), trail.SignIn); !strings.HasPrefix(l.Words, "second step at") || l.Staff != int64(a.teacher) {
			t.Errorf("%+v", l)
		}
		// With somebody else's account it is not.
		refused, err := comesFor(t, s, p, "weak", ToProve, again.Token)
		refusedWith(t, "somebody else's account", refused, err, "somebody else's account")
		if l := lastTrail(t, s, a.key(), trail.SignInFailed); l.Staff != int64(a.teacher) {
			t.Errorf("%+v", l)
		}
		// Without a second factor there it unlocks, and proves nothing.
		weak, err := comes(t, s, p, "weak")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Lock(t.Context(), weak.Token); err != nil {
			t.Fatal(err)
		}
		if who, _ := whoIs(t, s, weak.Token); !who.Locked {
			t.Fatal("not locked")
		}
		weak, err = comesFor(t, s, p, "weak", ToProve, weak.Token)
		if who, _ := whoIs(t, s, weak.Token); err != nil || !weak.Weak || who.Locked || who.SecondFactorMs != 0 {
			t.Errorf("%+v %+v %v", weak, who, err)
		}
		// The answer to one session's question proves no other session.
		o, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: ToProve}, again.Token)
		if err != nil {
			t.Fatal(err)
		}
		at := testop.NewBrowser(t).SignIn(o.Address, "strong")
		other := session(t, s, a, a.teacher)
		if x, err := s.ComeBack(t.Context(), p.Key, o.Cookie, at.Query(), "test", other); err == nil || x.Token != "" {
			t.Errorf("another session was proved: %+v", x)
		}
	})
}

func TestLinkingAnAccount(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("u1", "somebody@private.example", testop.Claims{"email_verified": false}), says("u2", "tom@oak.sch.uk"))
		f := form(r)
		f.ByAddress = false
		p := set(t, s, a.org.ID, f)
		head, tom := session(t, s, a, a.head), session(t, s, a, a.teacher)
		if got, err := comesFor(t, s, p, "u1", ToLink, head); err != nil || got.Token != head {
			t.Fatalf("%+v %v", got, err)
		}
		x, _, _ := s.SessionOf(t.Context(), head)
		linked, more, err := s.Accounts(t.Context(), x)
		if err != nil || len(linked) != 1 || linked[0].Address != "somebody@private.example" || len(more) != 0 {
			t.Errorf("%+v %+v %v", linked, more, err)
		}
		got, err := comes(t, s, p, "u1")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.head) {
			t.Errorf("%+v %v", who, err)
		}
		// One account is one colleague.
		refused, err := comesFor(t, s, p, "u1", ToLink, tom)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%+v %v", refused, err)
		}
		// And one colleague has one account there.
		if _, err := comesFor(t, s, p, "u2", ToLink, head); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second account: %v", err)
		}
		// The answer to one session's wish links no other.
		o, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: ToLink}, tom)
		if err != nil {
			t.Fatal(err)
		}
		at := testop.NewBrowser(t).SignIn(o.Address, "u2")
		if _, err := s.ComeBack(t.Context(), p.Key, o.Cookie, at.Query(), "test", head); err == nil {
			t.Error("an account was linked to whoever was signed in")
		}
		if err := s.Unlink(t.Context(), p.Key, tom); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else's account: %v", err)
		}
		if err := s.Unlink(t.Context(), p.Key, head); err != nil {
			t.Fatal(err)
		}
		got, err = comes(t, s, p, "u1")
		refusedWith(t, "taken away", got, err, "does not know yet")
		// Once a second factor counts there, a session without it changes nothing.
		f.Factor = FactorAlways
		set(t, s, a.org.ID, f)
		if _, err := comesFor(t, s, p, "u1", ToLink, head); err != nil {
			t.Fatal(err)
		}
		if err := s.Unlink(t.Context(), p.Key, head); !IsNotFresh(err) {
			t.Errorf("without a proof: %v", err)
		}
		proved, err := comesFor(t, s, p, "u1", ToProve, head)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Unlink(t.Context(), p.Key, proved.Token); err != nil {
			t.Errorf("with a proof: %v", err)
		}
		for _, nobody := range []string{"", "x", head} {
			if err := s.Unlink(t.Context(), p.Key, nobody); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%.5q: %v", nobody, err)
			}
		}
	})
}

func TestProviderTroubles(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r := testop.New(t, everyBack, says("u1", "head@oak.sch.uk"))
		f := form(r)
		f.Label = "the school account"
		p := set(t, s, a.org.ID, f)
		got, err := comes(t, s, p, "")
		refusedWith(t, "pressed Cancel", got, err, "You came back from the school account without signing in")
		f.Secret = "another"
		p = set(t, s, a.org.ID, f)
		got, err = comes(t, s, p, "u1")
		refusedWith(t, "a wrong secret", got, err, "do not understand each other")
		f.Secret = testop.Secret
		p = set(t, s, a.org.ID, f)
		o, err := s.SendOut(t.Context(), p.Key, ajarAt, "", Errand{For: ToSignIn}, "")
		if err != nil {
			t.Fatal(err)
		}
		at := testop.NewBrowser(t).SignIn(o.Address, "u1")
		if got, err = s.ComeBack(t.Context(), p.Key, o.Cookie, at.Query(), "test", ""); err != nil || got.Token == "" {
			t.Fatal(err)
		}
		got, err = s.ComeBack(t.Context(), p.Key, o.Cookie, at.Query(), "test", "")
		refusedWith(t, "brought back twice", got, err, "too old, or was used before")
		r.Down(true)
		if _, err := s.AskProvider(t.Context(), p); fault.KindOf(err) != fault.Unavailable || !strings.HasPrefix(err.Error(), "The school account does not answer") {
			t.Errorf("down: %v", err)
		}
		f.Issuer = "http://127.0.0.1:9"
		p = set(t, s, a.org.ID, f)
		got, err = comes(t, s, p, "u1")
		refusedWith(t, "nobody there", got, err, "does not answer at the moment")
		if _, err := comes(t, s, Provider{Key: "nowhere"}, "u1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a provider that is none: %v", err)
		}
		forged := url.Values{"state": {"x"}, "code": {"x"}}
		got, err = s.ComeBack(t.Context(), p.Key, o.Cookie, forged, "test", "")
		refusedWith(t, "forged", got, err, "too old, or was used before")
	})
}

func passOf(s *Service, p place, roles ...access.Role) access.Pass {
	return access.NewGate(roll.Rights(), []access.Right{Trail, Providers}).Admit(access.Who{Org: p.key(), Staff: int64(p.head), Name: "Hetty Head", Roles: roles, SecondFactorMs: 1})
}

func TestSettingAProvider(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx, head := t.Context(), passOf(s, a, roll.Head)
		f := ProviderForm{Kind: Google, Client: "client.apps", Secret: "very secret", Domains: "@Oak.sch.uk", Inside: true}
		p, err := s.SetProvider(ctx, head, f)
		if err != nil || p.Key != "oak-google" || p.Issuer != "https://accounts.google.com" || p.Domains != "oak.sch.uk" || p.Label != "Google" || p.Factor != FactorNo || p.Inside {
			t.Fatalf("%+v %v", p, err)
		}
		if kept := stored[string](t, s, `select secret from admin_provider`); strings.Contains(kept, "secret") || !strings.HasPrefix(kept, "box1.") {
			t.Errorf("kept %s", kept)
		}
		// What is sealed for one provider is of no use at another.
		if _, err := s.opened(Provider{Key: "elm-google", Secret: p.Secret, Label: "x"}); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
		if x, err := s.opened(p); err != nil || x.Secret != "very secret" {
			t.Errorf("%+v %v", x, err)
		}
		f.Secret, f.Label = "", "our Google"
		if p, err = s.SetProvider(ctx, head, f); err != nil || p.Label != "our Google" {
			t.Fatal(err)
		}
		if x, err := s.opened(p); err != nil || x.Secret != "very secret" {
			t.Errorf("a secret that is left empty stays: %+v %v", x, err)
		}
		if l := lastTrail(t, s, a.key(), trail.RightChanged); l.Staff != int64(a.head) || !strings.Contains(l.Words, "our Google") || strings.Contains(l.Words, "very secret") {
			t.Errorf("%+v", l)
		}
		ms := ProviderForm{Kind: Microsoft, Client: "c", Secret: "s", Domains: "oak.sch.uk", Tenants: "72f988bf-86f1-41af-91ab-2d7cd011db47"}
		if p, err := s.SetProvider(ctx, head, ms); err != nil || p.Issuer != "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0" || p.Discovery != "" {
			t.Errorf("%+v %v", p, err)
		}
		ms.Tenants += ", 11111111-2222-3333-4444-555555555555"
		if p, err := s.SetProviderByCommand(ctx, 0, ms); err != nil || p.Issuer != "https://login.microsoftonline.com/{tenantid}/v2.0" || len(p.settings("").Tenants) != 2 || p.settings("").Check() != nil {
			t.Errorf("%+v %v", p, err)
		}
		for field, wrong := range map[string]ProviderForm{
			"kind":    {Kind: "saml"},
			"client":  {Kind: Google, Secret: "s", Domains: "oak.sch.uk"},
			"secret":  {Kind: Other, Issuer: "https://a.example", Client: "c", Domains: "oak.sch.uk"},
			"issuer":  {Kind: Other, Client: "c", Secret: "s", Domains: "oak.sch.uk"},
			"domains": {Kind: Google, Client: "c", Secret: "s"},
			"tenants": {Kind: Microsoft, Client: "c", Secret: "s", Domains: "oak.sch.uk", Tenants: "common"},
			"acr":     {Kind: Google, Client: "c", Secret: "s", Domains: "oak.sch.uk", Factor: FactorACR},
			"factor":  {Kind: Google, Client: "c", Secret: "s", Domains: "oak.sch.uk", Factor: "perhaps"},
		} {
			_, err := s.SetProvider(ctx, head, wrong)
			if got := fault.AsFields(err); len(got) != 1 || got[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, issuer := range []string{"http://a.example", "https://127.0.0.1", "https://10.0.0.1/x", "https://u:p@a.example", "a.example", "javascript:alert(1)", "https://a.example?x=1"} {
			if _, err := s.SetProvider(ctx, head, ProviderForm{Kind: Other, Issuer: issuer, Client: "c", Secret: "s", Domains: "oak.sch.uk", Inside: true}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", issuer, err)
			}
		}
		for _, d := range []string{"gmail.com", "oak.sch.uk, outlook.com", "oak", "*.sch.uk", "oak.sch.uk%"} {
			if _, err := s.SetProvider(ctx, head, ProviderForm{Kind: Google, Client: "c", Secret: "s", Domains: d}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", d, err)
			}
		}
		// By the end of an address.
		for _, x := range []struct{ typed, want string }{{"r@OAK.sch.uk", "oak-google oak-microsoft all-microsoft"}, {"r@elm.sch.uk", ""}, {"r@k.sch.uk", ""}, {"r@%.sch.uk", ""}, {"oak.sch.uk", ""}, {"", ""}} {
			list, err := s.ProvidersFor(ctx, x.typed)
			var keys []string
			for _, p := range list {
				keys = append(keys, p.Key)
			}
			if got := strings.Join(keys, " "); got != x.want || (err == nil) != (x.want != "") {
				t.Errorf("%s: %s, %v", x.typed, got, err)
			}
		}
		// Taken away: by its own school only, and whoever came in by it is out.
		token := session(t, s, a, a.head)
		if err := s.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into admin_identity (issuer, subject, org, staff, provider, made_ms) values ('i', 's', $1, $2, 'oak-google', 0)`, a.org.ID, a.head); err != nil {
				return err
			}
			_, err := tx.Exec(`update admin_session set provider = 'oak-google' where token_hash = $1`, hash(token))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.ProviderPeople(ctx, head); err != nil || n["oak-google"] != 1 {
			t.Errorf("%v %v", n, err)
		}
		for _, key := range []string{"oak-google", "all-microsoft", "x"} {
			if err := s.RemoveProvider(ctx, passOf(s, b, roll.Head), key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("another school took %s away: %v", key, err)
			}
		}
		if _, ok := whoIs(t, s, token); !ok {
			t.Fatal("out too early")
		}
		if err := s.RemoveProvider(ctx, head, "oak-google"); err != nil {
			t.Fatal(err)
		}
		if _, ok := whoIs(t, s, token); ok {
			t.Error("still signed in by a provider that is gone")
		}
		if n := stored[int](t, s, `select count(*) from admin_identity`); n != 0 {
			t.Errorf("%d accounts are still linked", n)
		}
	})
}

// Another directory is another set of people: nobody stays linked by an account of the old one.
func TestAnotherIssuerForgetsItsPeople(t *testing.T) {
	withProvider(t, func(t *testing.T, s *Service, a, b place) {
		r, other := testop.New(t, everyBack, says("u1", "head@oak.sch.uk")), testop.New(t, everyBack, says("u1", "tom@oak.sch.uk"))
		p := set(t, s, a.org.ID, form(r))
		got, err := comes(t, s, p, "u1")
		if err != nil {
			t.Fatal(err)
		}
		p = set(t, s, a.org.ID, form(other))
		if _, ok := whoIs(t, s, got.Token); ok {
			t.Error("a session of the old provider is still open")
		}
		got, err = comes(t, s, p, "u1")
		if who, _ := whoIs(t, s, got.Token); err != nil || who.Staff != int64(a.teacher) {
			t.Errorf("%+v %v", who, err)
		}
	})
}

func TestProvidersAtTheDoor(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := t.Context()
		if some, more, err := s.DoorProviders(ctx, ""); err != nil || len(some) != 0 || more {
			t.Errorf("%v %v %v", some, more, err)
		}
		f := ProviderForm{Kind: Google, Client: "c", Secret: "s", Domains: "oak.sch.uk"}
		set(t, s, a.org.ID, f)
		if some, more, err := s.DoorProviders(ctx, "x"); err != nil || len(some) != 1 || some[0].OrgName != "OAK School" || more {
			t.Errorf("%v %v %v", some, more, err)
		}
		set(t, s, b.org.ID, f)
		if some, more, err := s.DoorProviders(ctx, ""); err != nil || len(some) != 0 || !more {
			t.Errorf("%v %v %v", some, more, err)
		}
		for _, key := range []string{"elm-google", "oak-google"} {
			if some, more, err := s.DoorProviders(ctx, key); err != nil || len(some) != 1 || some[0].Key != key || !more {
				t.Errorf("%v %v %v", some, more, err)
			}
		}
	})
}

// Whoever has a passkey or a school account has a way in: from then on an administrator can't hold a link with which to become them.
func TestALinkIsNoWayAroundAPasskeyOrAnAccount(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		gate := access.NewGate(roll.Rights(), Rights(), []access.Right{{Key: "test.secret", Words: "read what only heads read", Roles: map[access.Role]access.Scope{roll.Head: access.All}}})
		admin := gate.Admit(access.Who{Org: a.key(), Staff: 5, Name: "Adam", Roles: []access.Role{roll.Administrator}, SecondFactorMs: 1})
		may := func() bool {
			t.Helper()
			c, err := s.ColleagueSignsIn(t.Context(), admin, a.head)
			if err != nil {
				t.Fatal(err)
			}
			return c.MayHand
		}
		if !may() {
			t.Fatal("a head without any way in gets no first link")
		}
		p := set(t, s, a.org.ID, ProviderForm{Kind: Google, Client: "c", Secret: "s", Domains: "oak.sch.uk"})
		update := func(query string, args ...any) {
			t.Helper()
			if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		update(`insert into admin_identity (issuer, subject, org, staff, provider, made_ms) values ('i', 's', $1, $2, $3, 7)`, a.org.ID, a.head, p.Key)
		if c, err := s.ColleagueSignsIn(t.Context(), admin, a.head); err != nil || c.LinkedMs != 7 || may() {
			t.Errorf("with a school account: %+v %v", c, err)
		}
		update(`delete from admin_identity`)
		if !may() {
			t.Error("still closed")
		}
		token := session(t, s, a, a.head)
		_, fresh := adds(t, s, token)
		if err := s.SignOut(t.Context(), fresh); err != nil {
			t.Fatal(err)
		}
		if may() {
			t.Error("with a passkey a link is handed over")
		}
	})
}
