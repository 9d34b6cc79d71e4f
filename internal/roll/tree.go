package roll

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Branch is an organisation in the tree, with what belongs to it on a day.
type Branch struct {
	Org
	Starts, Ends string // of its membership in the branch above
	Members      []Branch
}

// Link is a membership seen from one end: the other organisation and the dates.
type Link struct {
	Org
	Starts, Ends string
}

// Turn is what became of an organisation: it merged, closed, split, changed its name or became an academy.
type Turn struct {
	OnDate        string
	How           string
	Before, After string // names; After is empty for a closure without a successor
	BeforeID      OrgID
	AfterID       *OrgID
}

// Words says what happened in a sentence.
func (t Turn) Words() string {
	switch {
	case t.How == "merger":
		return fmt.Sprintf("%s became part of %s", t.Before, t.After)
	case t.How == "academy":
		return fmt.Sprintf("%s became an academy, %s, with a new number in the register", t.Before, t.After)
	case t.How == "split":
		return fmt.Sprintf("%s was divided; %s came from it", t.Before, t.After)
	case t.How == "renamed":
		return fmt.Sprintf("%s is now called %s", t.Before, t.After)
	case t.After != "":
		return fmt.Sprintf("%s closed; %s followed it", t.Before, t.After)
	}
	return t.Before + " closed"
}

// OrgTree lists the groupings with their members on a day, and what belongs to none.
func (s *Service) OrgTree(ctx context.Context, p access.Pass, day string) (out []Branch, err error) {
	if _, err := p.Check(Directory); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, access.Installation("show the list of organisations"), func(tx *db.Tx) error {
		if day == "" {
			day = tx.Today()
		}
		out, err = orgTree(tx, day)
		return err
	})
	return out, err
}

func orgTree(tx *db.Tx, day string) ([]Branch, error) {
	all, err := db.All[Org](tx, `select `+orgColumns+` from roll_org o order by o.name, o.id`)
	if err != nil {
		return nil, err
	}
	type pair struct {
		Member, Grouping OrgID
		Starts, Ends     string
	}
	pairs, err := db.All[pair](tx, `select member, grouping, starts, ends from roll_membership where starts <= $1 and ends >= $1`, day)
	if err != nil {
		return nil, err
	}
	byID := map[OrgID]Org{}
	members := map[OrgID][]pair{}
	inOne := map[OrgID]bool{}
	for _, o := range all {
		byID[o.ID] = o
	}
	for _, m := range pairs {
		members[m.Grouping] = append(members[m.Grouping], m)
		inOne[m.Member] = true
	}
	// A grouping may be a member of another; a ring of them would never end, so a branch never holds one of its own roots.
	var grow func(o Org, above []OrgID) Branch
	grow = func(o Org, above []OrgID) Branch {
		b := Branch{Org: o}
		above = append(slices.Clone(above), o.ID)
		for _, m := range members[o.ID] {
			if slices.Contains(above, m.Member) {
				continue
			}
			child := grow(byID[m.Member], above)
			child.Starts, child.Ends = m.Starts, m.Ends
			b.Members = append(b.Members, child)
		}
		slices.SortStableFunc(b.Members, func(x, y Branch) int {
			return cmp.Or(cmp.Compare(typePlace(x.Type), typePlace(y.Type)), cmp.Compare(x.Name, y.Name))
		})
		return b
	}
	var out []Branch
	for _, o := range all {
		if !inOne[o.ID] {
			out = append(out, grow(o, nil))
		}
	}
	slices.SortStableFunc(out, func(x, y Branch) int {
		return cmp.Or(cmp.Compare(typePlace(x.Type), typePlace(y.Type)), cmp.Compare(x.Name, y.Name))
	})
	return out, nil
}

// typePlace sorts the kinds of organisation from the widest to the smallest.
func typePlace(t string) int {
	return slices.Index([]string{"authority", "trust", "cluster", "school", "centre", "agency"}, t)
}

// Counted is how many schools and centres stand below a branch, through all its levels, each once.
func (b Branch) Counted() (schools, centres int) {
	seen := map[OrgID]bool{}
	var walk func(Branch)
	walk = func(x Branch) {
		for _, m := range x.Members {
			if seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			switch m.Type {
			case "school":
				schools++
			case "centre":
				centres++
			}
			walk(m)
		}
	}
	walk(b)
	return schools, centres
}

// Doubts says where what a grouping states of itself and what is counted differ. They are told and never mended: only people know which is right.
func (b Branch) Doubts() (out []string) {
	schools, centres := b.Counted()
	if b.StatedSchools != nil && *b.StatedSchools != schools {
		out = append(out, fmt.Sprintf("%s is said to have %d schools; %d are listed here.", b.Name, *b.StatedSchools, schools))
	}
	if b.StatedCentres != nil && *b.StatedCentres != centres {
		out = append(out, fmt.Sprintf("%s is said to have %d children's centres; %d are listed here.", b.Name, *b.StatedCentres, centres))
	}
	return out
}

// FSMRange is the lowest and the highest share of free school meals among the schools of a branch. It is never a mean: percentages do not roll up.
func (b Branch) FSMRange() (low, high float64, from, missing int) {
	seen := map[OrgID]bool{}
	var walk func(Branch)
	walk = func(x Branch) {
		for _, m := range x.Members {
			walk(m)
			if m.Type != "school" || seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			if m.FSMPercent == nil {
				missing++
				continue
			}
			if from == 0 || *m.FSMPercent < low {
				low = *m.FSMPercent
			}
			if from == 0 || *m.FSMPercent > high {
				high = *m.FSMPercent
			}
			from++
		}
	}
	walk(b)
	return low, high, from, missing
}

// OrgPage is one organisation with its members on a day, the groupings it is or was in, and its history.
type OrgPage struct {
	Branch
	Day       string
	Groupings []Link
	History   []Turn
}

// Org opens one organisation.
func (s *Service) Org(ctx context.Context, p access.Pass, id OrgID, day string) (out OrgPage, err error) {
	if _, err := p.Check(Directory); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, access.Installation("show one organisation"), func(tx *db.Tx) error {
		if day == "" {
			day = tx.Today()
		}
		out, err = orgPage(tx, id, day)
		return err
	})
	return out, err
}

func orgPage(tx *db.Tx, id OrgID, day string) (out OrgPage, err error) {
	out.Day = day
	tree, err := orgTree(tx, day)
	if err != nil {
		return out, err
	}
	var look func([]Branch) bool
	look = func(list []Branch) bool {
		for _, b := range list {
			if b.ID == id {
				out.Branch = b
				return true
			}
			if look(b.Members) {
				return true
			}
		}
		return false
	}
	if !look(tree) {
		return out, fault.Gone("organisation")
	}
	out.Groupings, err = db.All[Link](tx, `select `+orgColumns+`, m.starts, m.ends from roll_org o join roll_membership m on m.grouping = o.id
		where m.member = $1 order by m.ends desc, m.starts desc, o.name`, id)
	if err != nil {
		return out, err
	}
	out.History, err = db.All[Turn](tx, `select x.on_date, x.how, b.name as before, b.id as before_id, coalesce(a.name, '') as after, a.id as after_id
		from roll_succession x join roll_org b on b.id = x.predecessor left join roll_org a on a.id = x.successor
		where x.predecessor = $1 or x.successor = $1 order by x.on_date, x.id`, id)
	return out, err
}

// PlaceOrg adds an organisation from the page. It needs the right over the list; AddOrg itself is for the command and for imports.
func (s *Service) PlaceOrg(ctx context.Context, p access.Pass, o Org, in string) (Org, error) {
	if err := p.CheckAll(Organise); err != nil {
		return o, err
	}
	// A member's figures go up to its grouping, so only the grouping's own people may say who belongs to it.
	if in != "" {
		g, err := s.OrgByCode(ctx, in)
		if err != nil {
			return o, err
		}
		if int64(g.ID) != p.Org() {
			return o, fault.Field("in", "Only the people of %s can say who belongs to it. Add the organisation without, and ask them.", g.Name)
		}
	}
	return s.AddOrg(ctx, "add an organisation from its page", o, in)
}
