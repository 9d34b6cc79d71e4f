package admin

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

// Each verb, and what each role is given by it.
func TestWhoSeesWhat(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		var shown []string
		panel := func(name string, order int, need access.Right) {
			s.AddHome(HomePanel{Order: order, Need: need, Show: func(tx *db.Tx) (web.Component, error) {
				if tx.Pass().Org() != a.key() {
					name += " of another organisation"
				}
				shown = append(shown, name)
				return nil, nil
			}})
		}
		panel("last", 9, roll.Directory)
		panel("first", 1, roll.Directory)
		panel("secret", 5, roll.Settings)
		verbs := map[string]func(p access.Pass) (string, error){
			"Home": func(p access.Pass) (string, error) {
				shown = nil
				_, _, waits, err := s.Home(context.Background(), p)
				if waits {
					shown = append(shown, "and more")
				}
				return strings.Join(shown, " "), err
			},
		}
		gate := access.NewGate(roll.Rights())
		tries := testkit.Try(t, a.key())
		for _, c := range []struct {
			verb   string
			role   access.Role
			want   string
			proved int64
		}{{"Home", roll.Teacher, "first last", 1}, {"Home", roll.Head, "first secret last", 1}, {"Home", roll.Head, "first last and more", 0}, {"Home", "stranger", "", 1}} {
			p := gate.Admit(access.Who{Org: a.key(), Roles: []access.Role{c.role}, SecondFactorMs: c.proved})
			got, err := verbs[c.verb](p)
			if c.want == "" {
				tries.ShownNothing(c.verb, p)
			} else {
				tries.Did(c.verb, true, p, err)
			}
			if err != nil || got != c.want {
				t.Errorf("%s as %s: %s, %v", c.verb, c.role, got, err)
			}
		}
		for name, verb := range verbs {
			got, err := verb(access.Pass{})
			tries.Did(name, false, access.Pass{}, err)
			other := gate.Admit(access.Who{Org: b.key(), Roles: []access.Role{roll.Head}})
			_, otherErr := verb(other)
			tries.Did(name, false, other, otherErr)
			if err == nil || got != "" {
				t.Errorf("%s without a pass: %s", name, got)
			}
		}
	})
}

// Who may look after how colleagues sign in: heads and administrators, each in their own school.
func TestWhoMayLookAfterSignIn(t *testing.T) {
	mailing(t, func(t *testing.T, s *Service, _ *sent, a, b place) {
		address(t, s, a, a.teacher, "t@oak.example")
		ctx := t.Context()
		verbs := map[string]func(p access.Pass, who roll.StaffID) error{
			"WhoCanSignIn": func(p access.Pass, who roll.StaffID) error {
				list, err := s.WhoCanSignIn(ctx, p)
				if err == nil && !slices.ContainsFunc(list, func(c CanSignIn) bool { return c.Staff == who }) {
					err = fault.Gone("person")
				}
				return err
			},
			"ColleagueSignsIn": func(p access.Pass, who roll.StaffID) error { _, err := s.ColleagueSignsIn(ctx, p, who); return err },
			"Invite":           func(p access.Pass, who roll.StaffID) error { return s.Invite(ctx, p, who) },
			"HandLink":         func(p access.Pass, who roll.StaffID) error { _, err := s.HandLink(ctx, p, who); return err },
			"RemoveFactors":    func(p access.Pass, who roll.StaffID) error { return s.RemoveFactors(ctx, p, who) },
			"SignOutColleague": func(p access.Pass, who roll.StaffID) error { _, err := s.SignOutColleague(ctx, p, who); return err },
		}
		gate := access.NewGate(roll.Rights(), Rights())
		tries := testkit.Try(t, a.key())
		for verb, do := range verbs {
			for _, c := range []struct {
				name string
				pass access.Pass
				ok   bool
			}{
				{"a head", gate.Admit(access.Who{Org: a.key(), Staff: int64(a.head), Name: "Hetty Head", Roles: []access.Role{roll.Head}}), true},
				{"an administrator", gate.Admit(access.Who{Org: a.key(), Staff: 5, Name: "Adam", Roles: []access.Role{roll.Administrator}}), true},
				{"a teacher", gate.Admit(access.Who{Org: a.key(), Staff: 6, Name: "Tom", Roles: []access.Role{roll.Teacher}}), false},
				{"a governor", gate.Admit(access.Who{Org: a.key(), Staff: 7, Name: "Gus", Roles: []access.Role{roll.Governor}}), false},
				{"the head of another school", gate.Admit(access.Who{Org: b.key(), Staff: int64(b.head), Name: "Hetty Head", Roles: []access.Role{roll.Head}}), false},
				{"nobody", access.Pass{}, false},
			} {
				err := do(c.pass, a.teacher)
				tries.Did(verb, c.ok, c.pass, err)
				if (err == nil) != c.ok {
					t.Errorf("%s as %s: %v", verb, c.name, err)
				}
			}
		}
	})
}

// Each verb about providers: who may, who may not, another school, and nobody.
func TestWhoSetsProviders(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		f := ProviderForm{Kind: Google, Client: "c", Secret: "s", Domains: "oak.sch.uk"}
		set(t, s, a.org.ID, f)
		ctx := t.Context()
		verbs := map[string]func(p access.Pass) (string, error){
			"ProvidersShown": func(p access.Pass) (string, error) {
				list, err := s.ProvidersShown(ctx, p)
				if len(list) == 0 {
					return "", err
				}
				return list[0].Key, err
			},
			"SetProvider": func(p access.Pass) (string, error) {
				x, err := s.SetProvider(ctx, p, f)
				return x.Key, err
			},
			"ProviderPeople": func(p access.Pass) (string, error) {
				n, err := s.ProviderPeople(ctx, p)
				if err != nil || n == nil {
					return "", err
				}
				return "counted", err
			},
			"BackAddress": func(p access.Pass) (string, error) { return s.BackAddress(ctx, p, ajarAt, Google) },
			"TestProvider": func(p access.Pass) (string, error) {
				nobody := f
				nobody.Issuer, nobody.Inside = "http://127.0.0.1:9", true
				set(t, s, a.org.ID, nobody)
				x, _, err := s.TestProvider(ctx, p, "oak-google")
				if fault.KindOf(err) == fault.Unavailable {
					err = nil // it was asked
				}
				return x.Key, err
			},
			"RemoveProvider": func(p access.Pass) (string, error) {
				if err := s.RemoveProvider(ctx, p, "oak-google"); err != nil {
					return "", err
				}
				set(t, s, a.org.ID, f)
				return "removed", nil
			},
		}
		own := map[string]string{"ProvidersShown": "oak-google", "SetProvider": "oak-google", "ProviderPeople": "counted", "BackAddress": ajarAt + "/sign-in/back/oak-google", "TestProvider": "oak-google", "RemoveProvider": "removed"}
		foreign := map[string]string{"SetProvider": "elm-google", "ProviderPeople": "counted", "BackAddress": ajarAt + "/sign-in/back/elm-google"}
		tries := testkit.Try(t, a.key())
		for name, verb := range verbs {
			for _, role := range []access.Role{roll.Head, roll.Administrator} {
				got, err := verb(passOf(s, a, role))
				tries.Did(name, true, passOf(s, a, role), err)
				if err != nil || got != own[name] {
					t.Errorf("%s as %s: %q, %v", name, role, got, err)
				}
			}
			for _, role := range []access.Role{roll.Teacher, roll.Office, roll.SafeguardingLead, "stranger"} {
				got, err := verb(passOf(s, a, role))
				tries.Did(name, false, passOf(s, a, role), err)
				if fault.KindOf(err) != fault.NotFound || got != "" {
					t.Errorf("%s as %s: %q, %v", name, role, got, err)
				}
			}
			got, err := verb(access.Pass{})
			tries.Did(name, false, access.Pass{}, err)
			if err == nil || got != "" {
				t.Errorf("%s without a pass: %q", name, got)
			}
		}
		for name, verb := range verbs { // the other school has none yet, and finds nothing of this one's
			if name == "SetProvider" {
				continue
			}
			got, err := verb(passOf(s, b, roll.Head))
			tries.Did(name, false, passOf(s, b, roll.Head), err)
			if got != foreign[name] && got != "" || strings.Contains(got, "oak") {
				t.Errorf("%s at another school: %q, %v", name, got, err)
			}
		}
		got, err := verbs["SetProvider"](passOf(s, b, roll.Head))
		tries.Did("SetProvider", false, passOf(s, b, roll.Head), err)
		if err != nil || got != "elm-google" {
			t.Errorf("%q %v", got, err)
		}
	})
}
