package messages

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// The balance of contact (V04): half of all parents say that the school only calls when something is wrong. It counts what families heard from the school, in a
// term: contacts that colleagues noted, and messages that went out. A call that nobody answered was not heard; a message that was stopped, taken back or only a
// trial was not either; what a family came to say is theirs and no news from the school. A call made for a message is counted as that message.

// EnoughConcerns is how many contacts of concern, with no good one, put a child on the list of those who only hear when it goes wrong (V04).
const EnoughConcerns = 3

// Balance is what a child's family heard in a term.
type Balance struct {
	Good, Neutral, Concern int
	LastThreeConcerns      bool // the last three contacts of the term were all concerns
}

// All is how often they heard from the school at all.
func (b Balance) All() int { return b.Good + b.Neutral + b.Concern }

// OnlyWrong tells whether the family only hears when it goes wrong.
func (b Balance) OnlyWrong() bool { return b.Concern >= EnoughConcerns && b.Good == 0 }

// heard is one contact or message that the family of a child heard.
type heard struct {
	PupilID roll.PupilID
	Tone    string
	AtMs    int64
}

// TermOf is the school term that a day lies in: its first and last day, and its name. Easter moves, so that the summer term begins with 12 April, as the figures of
// attendance have it.
func TermOf(day string) (from, to, name string) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day, day, day
	}
	y := strconv.Itoa(t.Year())
	switch d := day[5:]; {
	case d >= "08-20":
		return y + "-08-20", y + "-12-31", "Autumn " + y
	case d < "04-12":
		return y + "-01-01", y + "-04-11", "Spring " + y
	}
	return y + "-04-12", y + "-08-19", "Summer " + y
}

// BalanceOf counts for children what their families heard in the term of today, for the question before a message is sent. Every child gets an answer. It asks
// no right: the caller has been let in to the children.
func BalanceOf(tx *db.Tx, pupils []roll.PupilID) (map[roll.PupilID]Balance, error) {
	out := make(map[roll.PupilID]Balance, len(pupils))
	from, to, _ := TermOf(tx.Today())
	for part := range slices.Chunk(pupils, atOnce) {
		for _, p := range part {
			out[p] = Balance{}
		}
		list, err := heardBy(tx, part, startOf(tx, from), startOf(tx, nextDay(to)))
		if err != nil {
			return nil, err
		}
		tally(out, list)
	}
	return out, nil
}

func balanceOf(tx *db.Tx, pupil roll.PupilID) (Balance, error) {
	all, err := BalanceOf(tx, []roll.PupilID{pupil})
	return all[pupil], err
}

// tally counts what was heard; the list comes in the order of time.
func tally(out map[roll.PupilID]Balance, list []heard) {
	slices.SortStableFunc(list, func(a, b heard) int { return cmp.Compare(a.AtMs, b.AtMs) })
	inARow := map[roll.PupilID]int{}
	for _, h := range list {
		b := out[h.PupilID]
		switch h.Tone {
		case Good:
			b.Good++
		case Concern:
			b.Concern++
		default:
			b.Neutral++
		}
		if inARow[h.PupilID]++; h.Tone != Concern {
			inARow[h.PupilID] = 0
		}
		b.LastThreeConcerns = inARow[h.PupilID] >= 3
		out[h.PupilID] = b
	}
}

// startOf is the moment at which a day begins where the school is.
func startOf(tx *db.Tx, day string) int64 {
	t, err := time.ParseInLocation(time.DateOnly, day, tx.DB().Clock().Zone())
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}

// BalanceLine is a child whose family only hears when it goes wrong.
type BalanceLine struct {
	Pupil   roll.PupilID `json:"-"`
	LocalID string       `json:"pupil"`
	Name    string       `json:"name"`
	Year    string       `json:"year"`
	Balance
}

// BalanceRow is one group of families: how many were in contact at all, and how many heard nothing but concern.
type BalanceRow struct {
	Group                                        string
	Families, Contacted, OnlyConcern, GoodFamily int
	Good, Neutral, Concern                       int
}

// Share is families whose only contacts were concerns, of families with any contact, in per cent; false when there were none.
func (r BalanceRow) Share() (float64, bool) {
	if r.Contacted == 0 {
		return 0, false
	}
	return 100 * float64(r.OnlyConcern) / float64(r.Contacted), true
}

// BalanceReport is the balance of a school in a term, for those who may know names.
type BalanceReport struct {
	Term, From, To string
	School         BalanceRow
	Years          []BalanceRow
	OnlyWrong      []BalanceLine // children with three concerns or more and nothing good
	Partial        bool          // the pass sees some children only, and the report is about their families
}

// Balances reads the balance of the term of today, or of the term that a day lies in, about the children whom the pass may see.
func (s *Service) Balances(ctx context.Context, p access.Pass, day string) (out BalanceReport, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = balances(tx, day)
		return err
	})
	return out, err
}

func balances(tx *db.Tx, day string) (out BalanceReport, err error) {
	out.From, out.To, out.Term = TermOf(cmp.Or(day, tx.Today()))
	out.Partial = tx.Pass().Scope(Read) < access.All
	pupils, err := roll.Pupils(tx, Read)
	if err != nil {
		return out, err
	}
	list, err := heardByAll(tx, startOf(tx, out.From), startOf(tx, nextDay(out.To)))
	if err != nil {
		return out, err
	}
	families, err := roll.Families(tx)
	if err != nil {
		return out, err
	}
	of := map[roll.PupilID]Balance{}
	tally(of, list)
	out.School, out.Years = sumBalance(pupils, families, of)
	for _, p := range pupils {
		if b := of[p.ID]; b.OnlyWrong() {
			out.OnlyWrong = append(out.OnlyWrong, BalanceLine{Pupil: p.ID, LocalID: p.LocalID, Name: p.Name(), Year: p.Year, Balance: b})
		}
	}
	slices.SortStableFunc(out.OnlyWrong, func(a, b BalanceLine) int { return b.Concern - a.Concern })
	return out, nil
}

// sumBalance counts families once: all their children together, in the school; and in a year group the children of theirs who are in it.
func sumBalance(pupils []roll.Pupil, families map[roll.PupilID]roll.PupilID, of map[roll.PupilID]Balance) (school BalanceRow, years []BalanceRow) {
	whole, byYear := map[roll.PupilID]Balance{}, map[string]map[roll.PupilID]Balance{}
	add := func(to map[roll.PupilID]Balance, f roll.PupilID, b Balance) {
		x := to[f]
		x.Good, x.Neutral, x.Concern = x.Good+b.Good, x.Neutral+b.Neutral, x.Concern+b.Concern
		to[f] = x
	}
	for _, p := range pupils {
		f := families[p.ID]
		add(whole, f, of[p.ID])
		if byYear[p.Year] == nil {
			byYear[p.Year] = map[roll.PupilID]Balance{}
		}
		add(byYear[p.Year], f, of[p.ID])
	}
	school = balanceRow("The whole school", whole)
	for y, list := range byYear {
		years = append(years, balanceRow(y, list))
	}
	slices.SortFunc(years, func(a, b BalanceRow) int {
		return cmp.Or(roll.YearGroup(a.Group).Order()-roll.YearGroup(b.Group).Order(), cmp.Compare(a.Group, b.Group))
	})
	return school, years
}

func balanceRow(group string, list map[roll.PupilID]Balance) BalanceRow {
	r := BalanceRow{Group: group, Families: len(list)}
	for _, b := range list {
		r.Good, r.Neutral, r.Concern = r.Good+b.Good, r.Neutral+b.Neutral, r.Concern+b.Concern
		if b.All() > 0 {
			r.Contacted++
		}
		if b.Good > 0 {
			r.GoodFamily++
		}
		if b.Concern > 0 && b.Good == 0 && b.Neutral == 0 {
			r.OnlyConcern++
		}
	}
	return r
}

// Count is a figure that leaves the staff circle.
type Count struct {
	N    int
	Mark string // "", "small" (1 to 4) or "hidden", so that a small one beside it can't be worked out
}

// String is what pages and files show alike.
func (c Count) String() string {
	switch c.Mark {
	case "small":
		return "fewer than 5"
	case "hidden":
		return "hidden"
	}
	return strconv.Itoa(c.N)
}

// MarshalJSON gives the number, or the words in its place.
func (c Count) MarshalJSON() ([]byte, error) {
	if c.Mark == "" {
		return []byte(strconv.Itoa(c.N)), nil
	}
	return strconv.AppendQuote(nil, c.String()), nil
}

// Part is one group of something counted as so many of so many, with small numbers hidden. A hidden one holds no number.
type Part struct {
	Group   string
	Of      Count
	N       Count
	Rest    Count
	Percent string // empty when it may not be shown, or there is nothing to divide by
}

// Split is one group before anything is hidden.
type Split struct {
	Group string
	Of, N int
}

func few(n int) bool { return n >= 1 && n <= 4 }

// SuppressSplits hides what could point at a family (domain 5.11), where the figure is computed. In a group both parts are hidden as soon as one of them is 1 to
// 4, and the whole group where there are fewer than five families in it. Where just one group is hidden the total gives it away, so that another one goes with
// it: the next smallest. With two groups or fewer left out of many there is nothing to subtract. A percentage is shown from ten up only, and never beside a
// hidden number.
func SuppressSplits(groups []Split, total Split) (out []Part, sum Part) {
	hidden := make([]bool, len(groups))
	some := 0
	hide := func(i int) {
		if !hidden[i] {
			hidden[i] = true
			some++
		}
	}
	for i, g := range groups {
		if few(g.Of) || few(g.N) || few(g.Of-g.N) {
			hide(i)
		}
	}
	totalHidden := few(total.Of) || few(total.N) || few(total.Of-total.N)
	// What is hidden must not be the difference of the total and the rest: one alone never is, and several only when together they are not small.
	for some > 0 && !totalHidden && some < len(groups) {
		n, rest := 0, 0
		for i, g := range groups {
			if hidden[i] {
				n, rest = n+g.N, rest+g.Of-g.N
			}
		}
		if some > 1 && !few(n) && !few(rest) {
			break
		}
		next := -1
		for i, g := range groups {
			if !hidden[i] && g.Of > 0 && (next < 0 || g.Of < groups[next].Of) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		hide(next)
	}
	show := func(g Split, hide bool) Part {
		p := Part{Group: g.Group, Of: Count{N: g.Of}, N: Count{N: g.N}, Rest: Count{N: g.Of - g.N}}
		if hide {
			p.Of, p.N, p.Rest = mark(g.Of), mark(g.N), mark(g.Of-g.N)
			return p
		}
		if g.Of >= 10 {
			p.Percent = strconv.Itoa((200*g.N+g.Of)/(2*g.Of)) + " %"
		}
		return p
	}
	for i, g := range groups {
		out = append(out, show(g, hidden[i]))
	}
	return out, show(total, totalHidden)
}

func mark(n int) Count {
	if few(n) {
		return Count{Mark: "small"}
	}
	return Count{Mark: "hidden"}
}

// BalanceFigures is what governors see of the balance: how many families were in contact with the school, and how many of those heard nothing but concern.
type BalanceFigures struct {
	Term   string
	School Part
	Years  []Part
}

// BalanceFigures reads the counts, small numbers hidden, for everybody who sees figures.
func (s *Service) BalanceFigures(ctx context.Context, p access.Pass) (out BalanceFigures, err error) {
	if _, err := p.Check(Figures); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		from, to, term := TermOf(tx.Today())
		out.Term = term
		list, err := heardByAll(tx, startOf(tx, from), startOf(tx, nextDay(to)))
		if err != nil {
			return err
		}
		families, err := roll.Families(tx)
		if err != nil {
			return err
		}
		all, err := namesOfRoll(tx)
		if err != nil {
			return err
		}
		pupils := make([]roll.Pupil, len(all))
		for i, x := range all {
			pupils[i] = roll.Pupil{ID: x.Pupil, Year: x.Year}
		}
		of := map[roll.PupilID]Balance{}
		tally(of, list)
		school, years := sumBalance(pupils, families, of)
		var groups []Split
		for _, y := range years {
			groups = append(groups, Split{y.Group, y.Contacted, y.OnlyConcern})
		}
		// A family with children in two year groups stands in both, so that the years don't add up to the school; hidden ones are protected all the same.
		out.Years, out.School = SuppressSplits(groups, Split{school.Group, school.Contacted, school.OnlyConcern})
		return nil
	})
	return out, err
}
