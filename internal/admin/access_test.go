package admin

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
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
				_, _, err := s.Home(context.Background(), p)
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
		}{{"Home", roll.Teacher, "first last", 1}, {"Home", roll.Head, "first secret last", 1}, {"Home", roll.Head, "first last", 0}, {"Home", "stranger", "", 1}} {
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
