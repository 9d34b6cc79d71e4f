// Package access decides who may. It makes the Pass, and a Pass is the only way to a database handle.
// It knows no school word: the names of roles and rights come from the capabilities (their rights.go) and meet here.
package access

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"ajar/internal/kit/fault"
)

// Scope is how much of an organisation a right opens.
type Scope int

// The scopes, each wider than the one before.
const (
	None   Scope = iota
	Counts       // figures about groups, never a named person
	Own          // the people this member of staff is assigned to or teaches
	All          // everyone in the organisation
)

// String says the scope in words for the page of rights.
func (s Scope) String() string {
	return [...]string{"nothing", "figures only, no names", "the people they work with", "everyone in the organisation"}[s]
}

// Role is the name of a part that a person plays in an organisation, such as "head". The list is roll's.
type Role string

// Right is something that can be done, with the roles that may do it and how widely. Declared in a capability's rights.go.
type Right struct {
	Key   string // capability.verb, such as "roll.see"
	Words string // finishes the sentence "You can …"
	Roles map[Role]Scope
	// NotKin says that what it opens is never for somebody about their own family, whatever their role. The capability that knows families keeps to it.
	NotKin bool
	// Proof asks for a second factor, once a session, before a page with this right opens. Routes keep to it; see kit/web.
	Proof bool
}

// Who is the person asking, as sign-in found them.
type Who struct {
	Org     int64
	OrgName string // as pages show it
	Staff   int64  // the roll's key of the member of staff; 0 for none
	Adult   int64  // the roll's key of the parent or carer who came by the family's door; 0 for staff
	Name    string
	Roles   []Role
	// SecondFactorMs is when this session last proved a second factor; 0 for never. For a parent it is one more fact that the school knows.
	SecondFactorMs int64
	Hat            int64 // the key of what joins this member of staff to a family here; 0 for none
	// Locked says that the session was left alone for too long: it opens nothing until whoever it belongs to shows that it is them.
	Locked bool
	LockMs int64 // after how long without use the session locks; 0 for never
}

// Pass is proof that a check was made: for whom, in which organisation, with what scope for each right. Only this package makes one.
type Pass struct {
	who    Who
	scopes map[string]Scope
	gate   *Gate  // of a person's pass
	system string // why Ajar itself acts, when no person does
	global bool
	often  bool
}

// Gate knows every right and issues passes.
type Gate struct {
	rights []Right
}

// NewGate collects the rights of all capabilities. Two rights with one key are a mistake of the programmer and stop the start.
func NewGate(rights ...[]Right) *Gate {
	g := &Gate{}
	seen := map[string]bool{}
	for _, list := range rights {
		for _, r := range list {
			if r.Key == "" || seen[r.Key] {
				panic(fmt.Sprintf("access: right %q is declared twice or has no key", r.Key))
			}
			seen[r.Key] = true
			g.rights = append(g.rights, r)
		}
	}
	sort.Slice(g.rights, func(i, j int) bool { return g.rights[i].Key < g.rights[j].Key })
	return g
}

// Rights lists every right by key, for the page that shows them in words.
func (g *Gate) Rights() []Right { return slices.Clone(g.rights) }

// Admit makes the pass of a person who has been identified. What they may do with it is asked right by right.
func (g *Gate) Admit(w Who) Pass {
	p := Pass{who: w, gate: g, scopes: make(map[string]Scope, len(g.rights))}
	for _, r := range g.rights {
		for _, role := range w.Roles {
			if s := r.Roles[role]; s > p.scopes[r.Key] {
				p.scopes[r.Key] = s
			}
		}
	}
	return p
}

// System is a pass for Ajar's own work in one organisation. The reason is kept and can be searched for in the source.
func System(why string, org int64) Pass {
	if why == "" || org == 0 {
		panic("access: system work needs a reason and an organisation")
	}
	return Pass{who: Who{Org: org, Name: "Ajar"}, system: why}
}

// Installation is a pass for the few tables that belong to no organisation: the register of organisations, sessions, migrations.
func Installation(why string) Pass {
	if why == "" {
		panic("access: work on the installation needs a reason")
	}
	return Pass{who: Who{Name: "Ajar"}, system: why, global: true}
}

// Often marks work that Ajar does all day long beside what people do, such as noting that a session is in use. The trail keeps it once an hour.
func (p Pass) Often() Pass {
	p.often = p.system != ""
	return p
}

// IsOften tells whether this is work of every hour.
func (p Pass) IsOften() bool { return p.often }

// Org is the organisation whose rows this pass opens.
func (p Pass) Org() int64 { return p.who.Org }

// Who is the person behind the pass.
func (p Pass) Who() Who { return p.who }

// Reason says why Ajar acts by itself; empty for a person's pass.
func (p Pass) Reason() string { return p.system }

// Global tells whether this is a pass for the installation's own tables.
func (p Pass) Global() bool { return p.global }

// Valid tells whether a gate made this pass; the zero Pass opens nothing.
func (p Pass) Valid() bool { return p.scopes != nil || p.system != "" }

// Scope tells how widely the pass holds a right.
func (p Pass) Scope(r Right) Scope {
	if p.system != "" {
		return All
	}
	return p.scopes[r.Key]
}

// Has tells whether the pass holds a right at all, for menus and buttons.
func (p Pass) Has(r Right) bool { return p.Scope(r) > None }

// Beyond lists what a role would open more widely than this pass does. Empty means that whoever holds the pass may hand the role on without giving
// away more than they have.
func (p Pass) Beyond(role Role) (out []Right) {
	if p.gate == nil {
		return nil
	}
	for _, r := range p.gate.rights {
		if r.Roles[role] > p.scopes[r.Key] {
			out = append(out, r)
		}
	}
	return out
}

// Check is the first line of every service verb: it answers the scope, or the same "not found" that a stranger would see.
func (p Pass) Check(r Right) (Scope, error) {
	s := p.Scope(r)
	if s == None {
		return None, Denied()
	}
	return s, nil
}

// CheckNamed is Check for a verb that handles named people: figures-only is not enough.
func (p Pass) CheckNamed(r Right) (Scope, error) {
	s, err := p.Check(r)
	if err == nil && s < Own {
		return None, Denied()
	}
	return s, err
}

// CheckAll is Check for a verb that concerns the whole organisation, such as an import.
func (p Pass) CheckAll(r Right) error {
	if p.Scope(r) < All {
		return Denied()
	}
	return nil
}

// Denied is the one answer for a page that is not there and for one that the person may not open.
func Denied() error {
	return fault.New(fault.NotFound, "There is nothing here that you can open. The address may be wrong, or this may not be part of your work in Ajar. If you need it, ask the person who looks after Ajar in your school.")
}

// Proved tells whether the person behind the pass has proved a second factor in this session. Ajar itself has nothing to prove.
func (p Pass) Proved() bool { return p.system != "" || p.who.SecondFactorMs > 0 }

// Open tells whether the pass holds a right and, where the right asks for it, a second factor was proved. Pieces of pages that show what lies behind
// such a right ask this; the route of the page itself may ask for less.
func (p Pass) Open(r Right) bool { return p.Has(r) && (!r.Proof || p.Proved()) }

// OpenScope is how widely the pass opens a right now: nothing while the right asks for a second factor and none was proved.
func (p Pass) OpenScope(r Right) Scope {
	if !p.Open(r) {
		return None
	}
	return p.Scope(r)
}

// Explain says what the pass opens, in words: "You can see pupils: the people they work with."
func (p Pass) Explain(r Right) string {
	return strings.TrimSpace("You can " + r.Words + ": " + p.Scope(r).String() + ".")
}
