package roll

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Group says which pupils a list is about: the pupils of a class, of a year group, some that somebody ticked, or everyone; and of those perhaps only
// the pupils whose families are reached in one way.
type Group struct {
	Class    ClassID
	Year     string
	Pupils   []PupilID
	Everyone bool
	Only     ReachedBy
}

// ReachedBy is the best way by which the school reaches the family of a pupil: what is written on a screen before what is spoken before what is printed.
type ReachedBy string

// The ways, best first; each pupil is counted in one.
const (
	ByEmail ReachedBy = "email"
	ByPhone ReachedBy = "phone" // a phone, and no e-mail
	ByPaper ReachedBy = "paper" // an address, and neither phone nor e-mail
	ByNone  ReachedBy = "none"  // nothing that the school may use
)

// ReachedWays lists them.
var ReachedWays = []ReachedBy{ByEmail, ByPhone, ByPaper, ByNone}

// Zero tells whether nobody was chosen.
func (g Group) Zero() bool {
	return g.Class.Zero() && g.Year == "" && len(g.Pupils) == 0 && !g.Everyone
}

// ContactLine is one adult of one child, as a list shows them.
type ContactLine struct {
	Pupil PupilHit
	Relation
}

// Addressee is one adult to whom something goes by post, once for all the children of the group it is about.
type Addressee struct {
	Adult    Adult
	Post     []string
	Children []string
}

// Lines is the address as it stands in a window: the adult alone, never "the parents of" and never anybody else in the house.
func (a Addressee) Lines() []string { return append([]string{a.Adult.Name}, a.Post...) }

// Contacts are the adults of a group of pupils who may stand on a list: labels, a printed list, a file. An adult under any order is on none of them.
type Contacts struct {
	Title     string
	Group     Group
	Pupils    []PupilHit
	Lines     []ContactLine     // everyone who may stand on a list
	Labels    []Addressee       // who gets letters, one label each
	ByHand    []Addressee       // would get letters, and no address is known
	NoLetters []Addressee       // asked not to get letters, or to be called instead
	Nobody    []PupilHit        // pupils none of whose adults can be written to from this list
	Reach     map[ReachedBy]int // pupils of the whole group, by how their families are reached; they add up
	LeftOut   int               // adults left out because of an order
	Why       []string          // who they are, for those who record orders
}

// Contacts gathers the adults of a group of pupils for labels, lists and files. Orders are looked up now.
func (s *Service) Contacts(ctx context.Context, p access.Pass, g Group) (out Contacts, err error) {
	if _, err := p.CheckNamed(Mail); err != nil {
		return out, err
	}
	if g.Zero() {
		return out, fault.Field("group", "Choose a class, a year group or some pupils first.")
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = contactsFor(tx, g)
		return err
	})
	return out, err
}

func contactsFor(tx *db.Tx, g Group) (out Contacts, err error) {
	out.Group = g
	if out.Title, out.Pupils, err = GroupFor(tx, Mail, g); err != nil {
		return out, err
	}
	ids := make([]PupilID, len(out.Pupils))
	for i, p := range out.Pupils {
		ids[i] = p.ID
	}
	of, err := RelationsOf(tx, ids)
	if err != nil {
		return out, err
	}
	today := tx.Today()
	out.Reach = map[ReachedBy]int{}
	for _, p := range out.Pupils {
		out.Reach[reachedBy(of[p.ID], today)]++
	}
	if g.Only != "" {
		out.Pupils = slices.DeleteFunc(out.Pupils, func(p PupilHit) bool { return reachedBy(of[p.ID], today) != g.Only })
	}
	posted := map[AdultID]*Addressee{}
	kinds := map[AdultID]*[]Addressee{}
	var order []AdultID
	for _, p := range out.Pupils {
		reached := false
		for _, r := range of[p.ID] {
			if ok, _ := May(r, Contact|Lists, today); !ok {
				if len(r.InForceOn(today)) > 0 {
					out.LeftOut++
					mayKnow, err := KnowsOrders(tx, p.ID)
					if err != nil {
						return out, err
					}
					if mayKnow {
						out.Why = append(out.Why, leftOut(r, p, today))
					}
				}
				continue
			}
			out.Lines = append(out.Lines, ContactLine{p, r})
			if !r.Tie.Parent() {
				continue
			}
			a := posted[r.Adult.ID]
			if a == nil {
				a = &Addressee{Adult: r.Adult, Post: r.Post}
				posted[r.Adult.ID], order = a, append(order, r.Adult.ID)
			}
			if len(a.Post) == 0 {
				a.Post = r.Post
			}
			a.Children = append(a.Children, p.Name())
			into := &out.Labels
			switch {
			case !r.GetsLetters():
				into = &out.NoLetters
			case len(a.Post) == 0:
				into = &out.ByHand
			}
			// Whoever gets letters about one of the children has a label, even when another tie says to call.
			if kinds[r.Adult.ID] == nil || into != &out.NoLetters && kinds[r.Adult.ID] != &out.Labels {
				kinds[r.Adult.ID] = into
			}
			reached = true
		}
		if !reached {
			out.Nobody = append(out.Nobody, p)
		}
	}
	for _, id := range order {
		*kinds[id] = append(*kinds[id], *posted[id])
	}
	byName := func(a, b Addressee) int {
		return cmp.Or(cmp.Compare(a.Adult.SortKey, b.Adult.SortKey), cmp.Compare(a.Adult.ID, b.Adult.ID))
	}
	for _, list := range [][]Addressee{out.Labels, out.ByHand, out.NoLetters} {
		slices.SortFunc(list, byName)
	}
	return out, nil
}

// reachedBy is the best way to any of the adults who are written to as a matter of course and whom no order keeps from it.
func reachedBy(of []Relation, today string) ReachedBy {
	best := ByNone
	for _, r := range of {
		if ok, _ := May(r, Contact|Lists, today); !ok || !r.Tie.Parent() {
			continue
		}
		switch {
		case r.Adult.Ways("email") != "":
			return ByEmail
		case r.Adult.Ways("phone") != "":
			best = ByPhone
		case len(r.Post) > 0 && best == ByNone:
			best = ByPaper
		}
	}
	return best
}

func leftOut(r Relation, p PupilHit, today string) string {
	var kinds []string
	for _, o := range r.InForceOn(today) {
		w := o.Words()
		kinds = append(kinds, strings.ToLower(w[:1])+w[1:])
	}
	return r.Adult.Name + ", about " + p.Name() + ": " + strings.Join(kinds, "; ")
}

// GroupFor finds the pupils of a group whom the pass may see for a right, by name. A class or a pupil who is not theirs is not there.
func GroupFor(tx *db.Tx, right access.Right, g Group) (title string, list []PupilHit, err error) {
	staff, today, err := SightArgs(tx, right)
	if err != nil {
		return "", nil, err
	}
	switch {
	case !g.Class.Zero():
		c, found, err := db.Maybe[Class](tx, `select c.id, c.local_id, c.title, c.kind, c.year, c.ends from roll_class c where c.org_id = $1 and c.id = $2`, g.Class)
		if err != nil {
			return "", nil, err
		}
		title = c.Title
		list, err = classHits(tx, staff, today, g.Class)
		if err == nil && (!found || len(list) == 0) {
			err = fault.Gone("class")
		}
		return title, list, err
	case g.Everyone:
		list, err = everyHit(tx, staff, today)
		return "Everyone", list, err
	case g.Year != "":
		list, err = yearHits(tx, staff, today, g.Year)
		return YearGroup(g.Year).Words(), list, err
	}
	for part := range slices.Chunk(g.Pupils, 500) {
		some, err := someHits(tx, staff, today, part)
		if err != nil {
			return "", nil, err
		}
		list = append(list, some...)
	}
	if len(list) == 0 {
		return "", nil, fault.Gone("pupil")
	}
	return counts(len(list), "pupil", "pupils"), list, nil
}

// Parent tells whether the adult of a tie is one whom education law calls a parent (s.576 Education Act 1996): parents, people with parental
// responsibility, and people the child lives with. Letters go to them as a matter of course; to others when a person decides so.
func (t Tie) Parent() bool {
	if t.Responsibility == "yes" || t.LivesWith != nil && *t.LivesWith {
		return true
	}
	switch ParseRelationship(t.Relationship) {
	case RelationMother, RelationFather, RelationParent, RelationAdoptive, RelationGuardian, RelationFosterCarer, RelationCarer:
		return true
	}
	return false
}

// Handing says to whom a paper about a child may be given, and to whom not.
type Handing struct{ To, NotTo []Relation }

// Handing opens a pupil and says to whom a paper about them may be given today.
func (s *Service) Handing(ctx context.Context, p access.Pass, pupil PupilID) (h Handing, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return h, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := Enter(tx, See, pupil); err != nil {
			return err
		}
		h, err = HandingOf(tx, pupil, Information)
		return err
	})
	return h, err
}

// HandingOf sorts the adults of a pupil who has been entered by whether a matter may reach them.
func HandingOf(tx *db.Tx, pupil PupilID, what Matter) (h Handing, err error) {
	rels, err := Relations(tx, pupil)
	for _, r := range rels {
		switch ok, _ := May(r, what, tx.Today()); {
		case ok:
			h.To = append(h.To, r)
		case len(r.InForceOn(tx.Today())) > 0:
			h.NotTo = append(h.NotTo, r)
		}
	}
	return h, err
}

// Words says it in one line, for the bar above a paper that is about to be printed.
func (h Handing) Words() string {
	names := func(list []Relation) string {
		var out []string
		for _, r := range list {
			out = append(out, r.Adult.Name)
		}
		return strings.Join(out, " or ")
	}
	if len(h.NotTo) == 0 {
		return ""
	}
	not := "Not to be given to " + names(h.NotTo) + ": an order is in force."
	if len(h.To) == 0 {
		return not + " There is nobody on the record to whom it may be given."
	}
	return not + " It may be given to " + names(h.To) + "."
}
