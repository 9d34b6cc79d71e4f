package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

// A second opinion. The table of rights is written as policies in another language, and an engine that others made is asked everything that the gate
// can be asked: each right, for everybody with one role and with each two, about figures, a pupil of theirs, another pupil and one of another
// organisation. It and the gate agree on each answer.
func TestGateAgreesWithAnotherEngine(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	roles := append([]access.Role{"stranger", roll.Parent}, roll.Roles...)
	var who [][]access.Role
	for i, x := range roles {
		who = append(who, []access.Role{x})
		for _, y := range roles[i+1:] {
			who = append(who, []access.Role{x, y})
		}
	}
	conditions := map[access.Scope]string{
		access.Counts: `resource.org == principal.org && resource.figures`,
		access.Own:    `resource.org == principal.org && (resource.figures || resource.own)`,
		access.All:    `resource.org == principal.org`,
	}
	things := map[string]cedar.RecordMap{
		"figures": {"org": cedar.Long(1), "figures": cedar.True, "own": cedar.False},
		"own":     {"org": cedar.Long(1), "figures": cedar.False, "own": cedar.True},
		"other":   {"org": cedar.Long(1), "figures": cedar.False, "own": cedar.False},
		"foreign": {"org": cedar.Long(2), "figures": cedar.False, "own": cedar.True},
	}
	asked, granted := 0, 0
	for _, right := range a.Gate.Rights() {
		set := cedar.NewPolicySet()
		for role, scope := range right.Roles {
			if scope == access.None {
				continue
			}
			var p cedar.Policy
			text := fmt.Sprintf("permit (principal in Role::%q, action == Action::%q, resource) when { %s };", role, right.Key, conditions[scope])
			if err := p.UnmarshalCedar([]byte(text)); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			set.Add(cedar.PolicyID(role), &p)
		}
		for _, held := range who {
			var parents []cedar.EntityUID
			for _, r := range held {
				parents = append(parents, cedar.NewEntityUID("Role", cedar.String(r)))
			}
			person := cedar.NewEntityUID("Person", "p")
			pass := a.Gate.Admit(access.Who{Org: 1, Staff: 2, Roles: held})
			for name, attributes := range things {
				thing := cedar.NewEntityUID("Thing", cedar.String(name))
				entities := cedar.EntityMap{
					person: {UID: person, Parents: cedar.NewEntityUIDSet(parents...), Attributes: cedar.NewRecord(cedar.RecordMap{"org": cedar.Long(1)})},
					thing:  {UID: thing, Attributes: cedar.NewRecord(attributes)},
				}
				said, _ := cedar.Authorize(set, entities, cedar.Request{Principal: person, Action: cedar.NewEntityUID("Action", cedar.String(right.Key)), Resource: thing})
				_, figures := pass.Check(right)
				_, named := pass.CheckNamed(right)
				ours := map[string]bool{"figures": figures == nil, "own": named == nil, "other": pass.CheckAll(right) == nil, "foreign": false}[name]
				if bool(said) != ours {
					t.Errorf("%s, %s, for %s: the gate says %v, the other engine %v", right.Key, name, strings.Trim(fmt.Sprint(held), "[]"), ours, bool(said))
				}
				asked++
				if ours {
					granted++
				}
			}
		}
	}
	if asked < 10_000 || granted < 1_000 || granted > asked*3/4 {
		t.Errorf("%d questions, %d granted: the comparison is broken", asked, granted)
	}
}
