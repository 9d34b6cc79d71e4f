package roll

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// Every kind of order against every matter: what is left to the adult while it binds.
func TestMay(t *testing.T) {
	left := map[string]Matter{
		"":               Contact | Information | Report | Lists | Address,
		"no_contact":     0,
		"no_information": 0,
		"reports_only":   Report,
		"supervised":     Contact | Information | Report,
		"no_address":     Contact | Information | Report,
		"of next year":   0, // a kind that a newer version wrote
	}
	for _, kind := range OrderKinds {
		if _, ok := left[kind]; !ok {
			t.Errorf("the kind %q has no line here", kind)
		}
	}
	const before, first, during, last, after = "2026-05-31", "2026-06-01", "2026-08-01", "2026-12-01", "2026-12-02"
	for kind, may := range left {
		r := Relation{Tie: Tie{Starts: Always, Ends: ForGood}}
		if kind != "" {
			r.Orders = []Order{{Kind: kind, Starts: first, Ends: last}}
		}
		for _, what := range Matters {
			for _, day := range []string{before, first, during, last, after} {
				binds := first <= day && day <= last
				ok, why := May(r, what, day)
				if want := !binds || may&what != 0; ok != want {
					t.Errorf("%q, %s on %s: %v, want %v", kind, what, day, ok, want)
				}
				if ok != (why == "") {
					t.Errorf("%q, %s on %s: %v with the reason %q", kind, what, day, ok, why)
				}
			}
		}
		// Asked for two at once, both must be left.
		if ok, _ := May(r, Contact|Address, during); ok != (may&Contact != 0 && may&Address != 0) {
			t.Errorf("%q: contact with the address is %v", kind, ok)
		}
	}
}

// The strictest order of several holds, and a tie that is over or not begun leaves nothing.
func TestMayWithSeveralOrdersAndOutsideTheTie(t *testing.T) {
	open := Tie{Starts: Always, Ends: ForGood}
	order := func(kind string) Order { return Order{Kind: kind, Starts: Always, Ends: ForGood} }
	cases := []struct {
		name string
		r    Relation
		may  Matter
	}{
		{"supervised and reports only", Relation{Tie: open, Orders: []Order{order("supervised"), order("reports_only")}}, Report},
		{"reports only and no contact", Relation{Tie: open, Orders: []Order{order("reports_only"), order("no_contact")}}, 0},
		{"a tie of last year", Relation{Tie: Tie{Starts: Always, Ends: "2025-12-31"}}, 0},
		{"a tie of next year", Relation{Tie: Tie{Starts: "2027-01-01", Ends: ForGood}}, 0},
	}
	for _, c := range cases {
		for _, what := range Matters {
			if ok, _ := May(c.r, what, "2026-11-20"); ok != (c.may&what != 0) {
				t.Errorf("%s: %s is %v", c.name, what, ok)
			}
		}
	}
}

// The record, the preview and the decision speak with one voice: an order that forbids something says so in words.
func TestStopsSayWhatIsForbidden(t *testing.T) {
	for _, kind := range OrderKinds {
		if len(Stops(kind)) == 0 || !strings.Contains(strings.Join(Stops(kind), " "), "address") {
			t.Errorf("%s: %q does not say that the other home stays hidden", kind, Stops(kind))
		}
		if forbids[kind]&Address == 0 || forbids[kind]&Lists == 0 {
			t.Errorf("%s does not hide the other home, or lets lists of many families through", kind)
		}
	}
}

func TestEnterTied(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		ownWords := access.Right{Key: "test.own", Words: "see their own", Roles: scopes{Parent: access.Own}}
		staffOnly := access.Right{Key: "test.staff", Words: "see", Roles: scopes{Head: access.All}}
		gate := access.NewGate([]access.Right{ownWords, staffOnly})
		parent := func(org int64, adult AdultID) access.Pass {
			return gate.Admit(access.Who{Org: org, Adult: int64(adult), Roles: []access.Role{Parent}})
		}
		enter := func(p access.Pass, r access.Right, pupil PupilID) (name string, err error) {
			err = a.s.DB.View(ctx, p, func(tx *db.Tx) error {
				x, rel, err := EnterTied(tx, r, pupil)
				if err == nil && (rel.Tie.PupilID != pupil || int64(rel.Adult.ID) != p.Who().Adult) {
					t.Errorf("the relation is of %v and %v", rel.Tie.PupilID, rel.Adult.ID)
				}
				name = x.Name()
				return err
			})
			return name, err
		}
		if name, err := enter(parent(testkit.OrgA, a.dad), ownWords, a.zoe); err != nil || name != "Zozo O'Brien-Łuczak" {
			t.Fatalf("their own child: %q %v", name, err)
		}
		_, missing := enter(parent(testkit.OrgA, a.dad), ownWords, ids.New[Pupil]())
		for what, c := range map[string]struct {
			p     access.Pass
			r     access.Right
			pupil PupilID
		}{
			"another family's child":         {parent(testkit.OrgA, a.aunt), ownWords, a.zoe},
			"the twin, whom no tie joins":    {parent(testkit.OrgA, a.dad), ownWords, a.zia},
			"the other school's child":       {parent(testkit.OrgA, a.dad), ownWords, b.zoe},
			"the other school":               {parent(testkit.OrgB, a.dad), ownWords, a.zoe},
			"a right that parents lack":      {parent(testkit.OrgA, a.dad), staffOnly, a.zoe},
			"staff, who come by Enter":       {gate.Admit(access.Who{Org: testkit.OrgA, Staff: int64(a.head), Roles: []access.Role{Head}}), staffOnly, a.zoe},
			"a parent's role without a name": {parent(testkit.OrgA, 0), ownWords, a.zoe},
		} {
			if name, err := enter(c.p, c.r, c.pupil); fault.KindOf(err) != fault.NotFound || name != "" {
				t.Errorf("%s: %q %v", what, name, err)
			}
		}
		for _, kind := range OrderKinds {
			v := OrderValues("2026-11-20")
			v["kind"], v["decided_by"], v["starts"] = kind, "family court", "20/11/2026"
			id, err := a.s.AddOrder(ctx, as(testkit.OrgA, a.head, Head), a.zoe, a.dadTie, v)
			if err != nil {
				t.Fatal(err)
			}
			_, err = enter(parent(testkit.OrgA, a.dad), ownWords, a.zoe)
			closed := Order{Kind: kind}.Forbids(Information)
			if closed != (fault.KindOf(err) == fault.NotFound) || closed && err.Error() != missing.Error() {
				t.Errorf("%s: %v, and a child who is not there: %v", kind, err, missing)
			}
			if name, err := enter(parent(testkit.OrgA, a.mum), ownWords, a.zoe); err != nil {
				t.Errorf("%s on the father closes the mother out: %q %v", kind, name, err)
			}
			err = a.s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error { return endOrder(tx, id, "2026-11-19", "over") })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := enter(parent(testkit.OrgA, a.dad), ownWords, a.zoe); err != nil {
				t.Errorf("%s is over: %v", kind, err)
			}
		}
	})
}
