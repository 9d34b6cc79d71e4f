package access

import (
	"strings"
	"testing"

	"ajar/internal/kit/fault"
)

var (
	see    = Right{Key: "thing.see", Words: "see things", Roles: map[Role]Scope{"head": All, "teacher": Own, "governor": Counts}}
	change = Right{Key: "thing.change", Words: "change things", Roles: map[Role]Scope{"head": All}}
)

func TestScopes(t *testing.T) {
	g := NewGate([]Right{see}, []Right{change})
	cases := []struct {
		roles              []Role
		scope              Scope
		check, named, all  bool // may see: at all, by name, everyone
		changes            bool
		explained, changed string
	}{
		{nil, None, false, false, false, false, "You can see things: nothing.", "You can change things: nothing."},
		{[]Role{"stranger"}, None, false, false, false, false, "You can see things: nothing.", "You can change things: nothing."},
		{[]Role{"governor"}, Counts, true, false, false, false, "You can see things: figures only, no names.", "You can change things: nothing."},
		{[]Role{"teacher"}, Own, true, true, false, false, "You can see things: the people they work with.", "You can change things: nothing."},
		{[]Role{"head"}, All, true, true, true, true, "You can see things: everyone in the organisation.", "You can change things: everyone in the organisation."},
		// The widest role wins, in whatever order they come.
		{[]Role{"teacher", "governor"}, Own, true, true, false, false, "", ""},
		{[]Role{"governor", "teacher"}, Own, true, true, false, false, "", ""},
		{[]Role{"governor", "head", "stranger"}, All, true, true, true, true, "", ""},
	}
	for _, c := range cases {
		p := g.Admit(Who{Org: 7, Staff: 3, Name: "Pat", Roles: c.roles})
		if !p.Valid() || p.Org() != 7 || p.Who().Staff != 3 || p.Global() || p.Reason() != "" {
			t.Errorf("%v: %+v", c.roles, p)
		}
		s, err := p.Check(see)
		_, named := p.CheckNamed(see)
		if p.Scope(see) != c.scope || p.Has(see) != c.check || (err == nil) != c.check || c.check && s != c.scope || (named == nil) != c.named || (p.CheckAll(see) == nil) != c.all || p.Has(change) != c.changes {
			t.Errorf("%v: scope %v, check %v %v, named %v, all %v, changes %v", c.roles, p.Scope(see), s, err, named, p.CheckAll(see), p.Has(change))
		}
		if c.explained != "" && (p.Explain(see) != c.explained || p.Explain(change) != c.changed) {
			t.Errorf("%v: %q, %q", c.roles, p.Explain(see), p.Explain(change))
		}
	}
}

// A check that fails says the same for every right and never which right it was.
func TestDeniedSaysNothing(t *testing.T) {
	p := NewGate([]Right{see, change}).Admit(Who{Org: 7, Roles: []Role{"governor"}})
	_, a := p.Check(change)
	_, b := p.CheckNamed(see)
	for _, err := range []error{a, b, p.CheckAll(see), Denied()} {
		if fault.KindOf(err) != fault.NotFound || err.Error() != Denied().Error() || strings.Contains(err.Error(), "thing.") {
			t.Errorf("got %v", err)
		}
	}
}

// A right that no capability listed is held by nobody, even if it names the role.
func TestRightThatTheGateDoesNotKnow(t *testing.T) {
	if NewGate([]Right{see}).Admit(Who{Org: 7, Roles: []Role{"head"}}).Has(change) {
		t.Error("an unlisted right was held")
	}
}

func TestZeroPassOpensNothing(t *testing.T) {
	var p Pass
	if p.Valid() || p.Has(see) || p.Scope(see) != None || p.CheckAll(see) == nil || p.Org() != 0 || p.Global() {
		t.Errorf("%+v", p)
	}
	if _, err := p.Check(see); err == nil {
		t.Error("it passed a check")
	}
	if _, err := p.CheckNamed(see); err == nil {
		t.Error("it passed a check for named people")
	}
}

func TestSystemWork(t *testing.T) {
	p := System("test", 7)
	if !p.Valid() || p.Org() != 7 || p.Reason() != "test" || p.Global() || p.Scope(see) != All || p.CheckAll(change) != nil {
		t.Errorf("%+v", p)
	}
	i := Installation("test")
	if !i.Valid() || i.Org() != 0 || !i.Global() || i.Reason() != "test" {
		t.Errorf("%+v", i)
	}
}

func TestMistakesStopTheStart(t *testing.T) {
	for name, f := range map[string]func(){
		"a right twice":                       func() { NewGate([]Right{see}, []Right{change, see}) },
		"a right without a key":               func() { NewGate([]Right{{Words: "x"}}) },
		"system work without a reason":        func() { System("", 7) },
		"system work without an organisation": func() { System("test", 0) },
		"the installation without a reason":   func() { Installation("") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			f()
		}()
	}
}

func TestRightsAreListedByKey(t *testing.T) {
	list := NewGate([]Right{see}, []Right{change}).Rights()
	if len(list) != 2 || list[0].Key != "thing.change" || list[1].Key != "thing.see" {
		t.Errorf("%v", list)
	}
}
