package messages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// How a key contact comes to be one where nobody chose them. It is never silently empty: each says so.
const (
	ByDeputy     = "deputy"      // the one who was chosen does not work here any more
	ByKeyTeacher = "key teacher" // by today's assignment
	ByForm       = "form teacher"
	ByOffice     = "the school office"
)

// KeyContact is whom a family turns to about a child, on a day.
type KeyContact struct {
	Staff    roll.StaffID // 0 for the school office
	Name     string
	DeputyID roll.StaffID
	Deputy   string // the name of who stands beside them; empty for none
	Fallback string // how it is them although nobody chose them: ByDeputy, ByKeyTeacher, ByForm or ByOffice; empty when they were chosen
	Since    string // the day from which they were chosen
}

// Chosen tells whether somebody said that it is them.
func (k KeyContact) Chosen() bool { return k.Fallback == "" }

// Words says for staff who it is and how they come to be it.
func (k KeyContact) Words() string {
	switch k.Fallback {
	case ByDeputy:
		return k.Name + ", who was the deputy: the key contact does not work here any more"
	case ByKeyTeacher:
		return k.Name + ", as the key teacher: nobody has been chosen"
	case ByForm:
		return k.Name + ", as the form teacher: nobody has been chosen"
	case ByOffice:
		return "The school office: nobody has been chosen, and there is no key teacher or form teacher"
	}
	return k.Name
}

// KeyContactOf says who is the key contact of a child's family on a day. It asks no right: whoever sees the child, or writes to the family, may say it.
func KeyContactOf(tx *db.Tx, pupil roll.PupilID, day string) (KeyContact, error) {
	all, err := KeyContactsOf(tx, []roll.PupilID{pupil}, day)
	return all[pupil], err
}

// KeyContactsOf is KeyContactOf for many children at once; every one of them gets an answer. A day to come answers with what is arranged by today.
func KeyContactsOf(tx *db.Tx, pupils []roll.PupilID, day string) (map[roll.PupilID]KeyContact, error) {
	out := make(map[roll.PupilID]KeyContact, len(pupils))
	for part := range slices.Chunk(pupils, atOnce) {
		chosen, err := chosenKeys(tx, part, day)
		if err != nil {
			return nil, err
		}
		for _, c := range chosen { // the last that has begun counts
			k := KeyContact{Staff: c.StaffID, Name: c.Name, Since: c.Starts}
			if c.DeputyID != nil && c.DeputyEnds >= day {
				k.DeputyID, k.Deputy = *c.DeputyID, c.Deputy
			}
			if c.StaffEnds < day {
				k = KeyContact{Staff: k.DeputyID, Name: k.Deputy, Fallback: ByDeputy}
			}
			out[c.PupilID] = k
		}
		beside, err := besideKeys(tx, part, day)
		if err != nil {
			return nil, err
		}
		for _, b := range beside {
			if k, some := out[b.PupilID]; !some || k.Staff == 0 {
				out[b.PupilID] = KeyContact{Staff: b.StaffID, Name: b.Name, Fallback: b.How}
			}
		}
		for _, p := range part {
			if k, some := out[p]; !some || k.Staff == 0 {
				out[p] = KeyContact{Name: "The school office", Fallback: ByOffice}
			}
		}
	}
	return out, nil
}

// AnswersFor says who looks after what a family sends today: the key contact, or who covers for them while they are away, or their deputy. 0 is the office.
func AnswersFor(tx *db.Tx, pupil roll.PupilID) (roll.StaffID, error) {
	k, err := KeyContactOf(tx, pupil, tx.Today())
	if err != nil || k.Staff == 0 {
		return 0, err
	}
	return present(tx, k, pupil)
}

func present(tx *db.Tx, k KeyContact, pupil roll.PupilID) (roll.StaffID, error) {
	away, err := awayOn(tx, k.Staff, tx.Today())
	if err != nil || !away {
		return k.Staff, err
	}
	in, err := standInFor(tx, k.Staff, pupil, tx.Today())
	if err != nil || in != 0 {
		return in, err
	}
	if k.DeputyID != 0 {
		if away, err = awayOn(tx, k.DeputyID, tx.Today()); err != nil || !away {
			return k.DeputyID, err
		}
	}
	return k.Staff, nil // nobody covers; the first page of those who can mend it says so
}

// Short names them with their part, for a list.
func (k KeyContact) Short() string {
	switch k.Fallback {
	case "":
		return k.Name
	case ByOffice:
		return "the school office"
	}
	return k.Name + ", " + k.Fallback
}

// KeyChoice is what the form of a key contact says.
type KeyChoice struct {
	Staff, Deputy string // keys, as typed
	From          string // the day from which; empty for today
	Siblings      bool   // for all brothers and sisters too
}

// KeyView is the page of a child's key contact.
type KeyView struct {
	Pupil    roll.Pupil
	Now      KeyContact
	Answers  string // who answers today, when the key contact is away
	Past     []KeyRow
	Siblings []Sibling
	Today    string
	MayKeep  bool
}

// Sibling is a brother or sister on the roll, with their own key contact.
type Sibling struct {
	Pupil roll.PupilID
	Name  string
	Key   KeyContact
}

// KeyRow is one stretch of days on which somebody is, was or will be the key contact.
type KeyRow struct {
	ID         ids.ID[KeyRow]
	PupilID    roll.PupilID
	StaffID    roll.StaffID
	Name       string
	StaffEnds  string
	DeputyID   *roll.StaffID
	Deputy     string
	DeputyEnds string
	Starts     string
	Ends       string
	ByName     string
	MadeMs     int64
}

// Key opens a child's key contact with how it came to be, for those who see the child.
func (s *Service) Key(ctx context.Context, p access.Pass, pupil roll.PupilID) (v KeyView, err error) {
	if _, err := p.CheckNamed(roll.See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := roll.Enter(tx, roll.See, pupil)
		if err != nil {
			return err
		}
		v, err = KeyViewIn(tx, child)
		return err
	})
	return v, err
}

// KeyViewIn is the same about a child who has been entered, for the panel of their page.
func KeyViewIn(tx *db.Tx, child roll.Pupil) (v KeyView, err error) {
	v.Pupil, v.Today, v.MayKeep = child, tx.Today(), tx.Pass().Scope(Keys) == access.All
	if v.Now, err = KeyContactOf(tx, child.ID, v.Today); err != nil {
		return v, err
	}
	if v.Now.Staff != 0 {
		who, err := present(tx, v.Now, child.ID)
		if err != nil {
			return v, err
		}
		if who != v.Now.Staff {
			if v.Answers, err = staffName(tx, who); err != nil {
				return v, err
			}
		}
	}
	if v.Past, err = keyRows(tx, child.ID); err != nil || !v.MayKeep {
		return v, err
	}
	others, err := roll.Siblings(tx, child.ID)
	if err != nil {
		return v, err
	}
	names, err := pupilNames(tx, others)
	if err != nil {
		return v, err
	}
	keys, err := KeyContactsOf(tx, others, v.Today)
	for _, o := range others {
		v.Siblings = append(v.Siblings, Sibling{Pupil: o, Name: names[o], Key: keys[o]})
	}
	return v, err
}

// SetKey says who is the key contact of a child from a day on, and of the brothers and sisters when asked. Whoever was it ends the day before, and what
// was arranged for later falls away: there is exactly one on every day. unseen are children whom the colleague does not see by themself, which is no
// hindrance and worth saying.
func (s *Service) SetKey(ctx context.Context, p access.Pass, pupil roll.PupilID, c KeyChoice) (children int, unseen []string, err error) {
	if err := p.CheckAll(Keys); err != nil {
		return 0, nil, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Keys, pupil); err != nil {
			return err
		}
		list := []roll.PupilID{pupil}
		if c.Siblings {
			others, err := roll.Siblings(tx, pupil)
			if err != nil {
				return err
			}
			list = append(list, others...)
		}
		k, err := readKey(tx, c)
		if err != nil {
			return err
		}
		children, unseen, err = setKeys(tx, k, list)
		return err
	})
	return children, unseen, err
}

// KeyGroup says whose key contacts are set at once: a class or a year group, all of it or only the children without one who was chosen.
type KeyGroup struct {
	Class   roll.ClassID
	Year    string
	Missing bool
}

// SetKeys says it for a class or a year group, with the brothers and sisters where the choice asks for them.
func (s *Service) SetKeys(ctx context.Context, p access.Pass, g KeyGroup, c KeyChoice) (children int, unseen []string, err error) {
	if err := p.CheckAll(Keys); err != nil {
		return 0, nil, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if g.Class == 0 && g.Year == "" {
			return fault.Field("group", "Choose a class or a year group.")
		}
		k, err := readKey(tx, c)
		if err != nil {
			return err
		}
		list, err := pupilsOfGroup(tx, g.Class, g.Year)
		if err != nil {
			return err
		}
		if c.Siblings {
			families, err := roll.Families(tx)
			if err != nil {
				return err
			}
			in := map[roll.PupilID]bool{}
			for _, one := range list {
				in[families[one]] = true
			}
			list = nil
			for one, f := range families {
				if in[f] {
					list = append(list, one)
				}
			}
			slices.Sort(list)
		}
		if g.Missing {
			now, err := KeyContactsOf(tx, list, k.Starts)
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(one roll.PupilID) bool { return now[one].Chosen() })
		}
		if len(list) == 0 {
			return fault.Field("group", "There is no child in this group for whom it would change.")
		}
		children, unseen, err = setKeys(tx, k, list)
		return err
	})
	return children, unseen, err
}

// HandOver gives all the families of one colleague to another from a day on. Deputies stay, unless the new one was the deputy.
func (s *Service) HandOver(ctx context.Context, p access.Pass, from roll.StaffID, c KeyChoice) (children int, unseen []string, err error) {
	if err := p.CheckAll(Keys); err != nil {
		return 0, nil, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		k, err := readKey(tx, c)
		if err != nil {
			return err
		}
		if k.StaffID == from {
			return fault.Field("staff", "They have these families already. Choose a colleague.")
		}
		rows, err := keysHeldBy(tx, from, k.Starts)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.Conflict, "There is nothing to hand over: on that day no family has them as its key contact.")
		}
		type part struct {
			deputy roll.StaffID
			starts string
		}
		parts := map[part][]roll.PupilID{}
		for _, r := range rows {
			x := part{starts: max(k.Starts, r.Starts)}
			if k.DeputyID != nil {
				x.deputy = *k.DeputyID
			} else if r.DeputyID != nil && *r.DeputyID != k.StaffID && r.DeputyEnds >= k.Starts {
				x.deputy = *r.DeputyID
			}
			parts[x] = append(parts[x], r.PupilID)
		}
		for x, list := range parts {
			with := k
			with.DeputyID, with.Starts = nil, x.starts
			if x.deputy != 0 {
				with.DeputyID = new(x.deputy)
			}
			n, not, err := setKeys(tx, with, list)
			if err != nil {
				return err
			}
			children, unseen = children+n, append(unseen, not...)
		}
		return nil
	})
	return children, unseen, err
}

// readKey checks a choice: both work here on the day, and they are two.
func readKey(tx *db.Tx, c KeyChoice) (k KeyRow, err error) {
	var f fault.Fields
	k.Starts = tx.Today()
	if c.From != "" {
		d, err := roll.ParseDate(c.From, roll.DateStyle{})
		switch {
		case err != nil:
			f.Add("from", "“%s” is not a date. Write it as day, month and year, like 27 3 2027.", c.From)
		case d.ISO < tx.Today():
			f.Add("from", "This day is over. Who was the key contact then stays on record; choose today or a day to come.")
		default:
			k.Starts = d.ISO
		}
	}
	staff, err := roll.People(tx)
	if err != nil {
		return k, err
	}
	find := func(field, text, none string) roll.StaffID {
		id, err := ids.Parse[roll.Staff](text)
		at := slices.IndexFunc(staff, func(x roll.Staff) bool { return x.ID == id })
		switch {
		case err != nil || at < 0:
			f.Add(field, "%s", none)
		case staff[at].Ends < k.Starts:
			f.Add(field, "%s will have left by then: their last day is %s.", staff[at].Name, roll.DayInWords(staff[at].Ends))
		}
		return id
	}
	k.StaffID = find("staff", c.Staff, "Choose the colleague who will be the key contact.")
	if c.Deputy != "" {
		d := find("deputy", c.Deputy, "Choose the deputy from the list, or leave it empty.")
		if d == k.StaffID {
			f.Add("deputy", "The deputy is somebody else than the key contact.")
		}
		k.DeputyID = &d
	}
	return k, f.Err()
}

// setKeys keeps one choice for some children. Nobody is the key contact of their own family.
func setKeys(tx *db.Tx, k KeyRow, list []roll.PupilID) (children int, unseen []string, err error) {
	seen, err := roll.SeenBy(tx, k.StaffID, list)
	if err != nil {
		return 0, nil, err
	}
	names, err := pupilNames(tx, list)
	if err != nil {
		return 0, nil, err
	}
	for _, one := range list {
		for _, who := range []*roll.StaffID{&k.StaffID, k.DeputyID} {
			if who == nil {
				continue
			}
			own, err := roll.IsOwnChild(tx, *who, one)
			if err != nil {
				return 0, nil, err
			}
			if own {
				return 0, nil, fault.Field("staff", "This is the colleague's own family. Choose somebody else for %s.", names[one])
			}
		}
		if err := endKeys(tx, one, k.Starts); err != nil {
			return 0, nil, err
		}
		row := k
		row.ID, row.PupilID = ids.New[KeyRow](), one
		if err := insertKey(tx, row); err != nil {
			return 0, nil, err
		}
		if !seen[one] {
			unseen = append(unseen, names[one])
		}
		children++
	}
	return children, unseen, nil
}

// KeyLoad is how many families and children one colleague has, with their last day when it is known.
type KeyLoad struct {
	Staff              roll.StaffID
	Name, Ends         string
	Families, Children int
}

// Lacking are the families of one colleague who leaves, or has left, for whom nobody is chosen after that.
type Lacking struct {
	Staff    roll.StaffID
	Name     string
	Ends     string
	Families []LackingFamily
}

// LackingFamily is one of them, by its children.
type LackingFamily struct {
	Children []Sibling
	Then     string // who it would be by itself
}

// KeyOverview is the page of key contacts.
type KeyOverview struct {
	Today    string
	Families int // on the roll
	Without  int // families no child of which has somebody who was chosen
	Falling  map[string]int
	Loads    []KeyLoad
	Lacking  []Lacking
	Missing  []Sibling // the first children without one, by name
	Staff    []roll.Staff
	Classes  []roll.Listed
	Years    []string
}

// mostMissing is how many children without a chosen key contact the page names; the rest are counted.
const mostMissing = 50

// KeyContacts reads the page of key contacts: how many families each colleague has, who leaves without a successor, who has nobody.
func (s *Service) KeyContacts(ctx context.Context, p access.Pass) (o KeyOverview, err error) {
	if err := p.CheckAll(Keys); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o, err = keyOverview(tx)
		return err
	})
	return o, err
}

func keyOverview(tx *db.Tx) (o KeyOverview, err error) {
	o.Today, o.Falling = tx.Today(), map[string]int{}
	families, err := roll.Families(tx)
	if err != nil {
		return o, err
	}
	all, err := namesOfRoll(tx)
	if err != nil {
		return o, err
	}
	pupils := make([]roll.PupilID, len(all))
	for i, x := range all {
		pupils[i] = x.Pupil
	}
	keys, err := KeyContactsOf(tx, pupils, o.Today)
	if err != nil {
		return o, err
	}
	loads, seen := map[roll.StaffID]*KeyLoad{}, map[[2]int64]bool{}
	chosen, fallen := map[roll.PupilID]bool{}, map[roll.PupilID]string{}
	for _, x := range all {
		f, k := families[x.Pupil], keys[x.Pupil]
		if !k.Chosen() {
			if fallen[f] == "" {
				fallen[f] = k.Fallback
			}
			if len(o.Missing) < mostMissing {
				o.Missing = append(o.Missing, Sibling{Pupil: x.Pupil, Name: x.Name, Key: k})
			}
			continue
		}
		chosen[f] = true
		if loads[k.Staff] == nil {
			loads[k.Staff] = &KeyLoad{Staff: k.Staff, Name: k.Name}
		}
		loads[k.Staff].Children++
		if at := [2]int64{int64(k.Staff), int64(f)}; !seen[at] {
			seen[at] = true
			loads[k.Staff].Families++
		}
	}
	distinct := map[roll.PupilID]bool{}
	for _, f := range families {
		distinct[f] = true
	}
	o.Families = len(distinct)
	for f := range distinct {
		if !chosen[f] {
			o.Without++
			o.Falling[fallen[f]]++
		}
	}
	if o.Staff, err = roll.People(tx); err != nil {
		return o, err
	}
	for _, x := range o.Staff {
		if l := loads[x.ID]; l != nil && x.Ends < roll.ForGood {
			l.Ends = x.Ends
		}
	}
	for _, l := range loads {
		o.Loads = append(o.Loads, *l)
	}
	slices.SortFunc(o.Loads, func(a, b KeyLoad) int {
		return cmp.Or(b.Families-a.Families, cmp.Compare(a.Name, b.Name), cmp.Compare(a.Staff, b.Staff))
	})
	if o.Lacking, err = lacking(tx, families); err != nil {
		return o, err
	}
	if o.Classes, err = classChoices(tx); err != nil {
		return o, err
	}
	o.Years, err = yearsOnRoll(tx)
	slices.SortFunc(o.Years, func(a, b string) int { return roll.YearGroup(a).Order() - roll.YearGroup(b).Order() })
	return o, err
}

// lacking lists the families for whom nobody is chosen after their key contact's last day.
func lacking(tx *db.Tx, families map[roll.PupilID]roll.PupilID) (out []Lacking, err error) {
	rows, err := keysOfLeavers(tx)
	if err != nil {
		return nil, err
	}
	type at struct {
		staff roll.StaffID
		day   string
	}
	groups := map[at][]KeyRow{}
	var order []at
	for _, r := range rows {
		day := max(tx.Today(), nextDay(r.StaffEnds))
		if r.Starts > day || r.Ends < day {
			continue // somebody else is arranged for by then, or it ends before they leave
		}
		k := at{r.StaffID, day}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	for _, k := range order {
		var pupils []roll.PupilID
		for _, r := range groups[k] {
			pupils = append(pupils, r.PupilID)
		}
		then, err := KeyContactsOf(tx, pupils, k.day)
		if err != nil {
			return nil, err
		}
		names, err := pupilNames(tx, pupils)
		if err != nil {
			return nil, err
		}
		l := Lacking{Staff: k.staff, Name: groups[k][0].Name, Ends: groups[k][0].StaffEnds}
		place := map[roll.PupilID]int{}
		for _, one := range pupils {
			if then[one].Chosen() || families[one] == 0 {
				continue
			}
			i, seen := place[families[one]]
			if !seen {
				i = len(l.Families)
				place[families[one]] = i
				l.Families = append(l.Families, LackingFamily{Then: then[one].Short()})
			}
			l.Families[i].Children = append(l.Families[i].Children, Sibling{Pupil: one, Name: names[one], Key: then[one]})
		}
		if len(l.Families) > 0 {
			out = append(out, l)
		}
	}
	return out, nil
}

// KeysHome is what the first page says about key contacts to those who look after them.
type KeysHome struct {
	Without int
	Lacking []Lacking
}

// KeysIn reads it. Nothing for those who do not look after them, and nothing while a school has not begun to choose key contacts.
func KeysIn(tx *db.Tx) (h KeysHome, err error) {
	if tx.Pass().Scope(Keys) < access.All {
		return h, nil
	}
	begun, err := keysBegun(tx)
	if err != nil || !begun {
		return h, err
	}
	o, err := keyOverview(tx)
	return KeysHome{Without: o.Without, Lacking: o.Lacking}, err
}

func nextDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || day >= roll.ForGood {
		return roll.ForGood
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// UnseenWords says which children the chosen colleague does not see by themself.
func UnseenWords(name string, list []string) string {
	switch {
	case len(list) == 0:
		return ""
	case len(list) == 1:
		return fmt.Sprintf("%s does not work with %s, so that the child's page stays closed to them. Assign them on the page of staff if it should open.", name, list[0])
	}
	return fmt.Sprintf("%s does not work with %d of these children, so that their pages stay closed to them. Assign them on the page of staff if they should open.", name, len(list))
}

// AfterLast is the day on which somebody else can take over: the day after the last day, or today when that is over.
func AfterLast(l Lacking, today string) string { return max(today, nextDay(l.Ends)) }
