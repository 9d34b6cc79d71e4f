package barriers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Filter narrows the list of today. The zero value is everyone.
type Filter struct {
	Year    string
	Class   string // title of a class or form
	AtLeast int    // I factor
	Barrier string // code of a barrier that is counted
	Unknown string // code of a barrier that is not known
	Words   string // part of a name
	Cohort  string // "in" for those in a cohort now, "out" for those in none
	Sort    string // i_factor, name or year, with a minus in front the other way round; the highest I factor first when empty
	From    int    // how many to leave out
	Most    int    // how many to show; 0 for all
}

// Row is one pupil of today's list.
type Row struct {
	ID       roll.PupilID
	LocalID  string
	UPN      string `db:"upn"`
	Forename string
	Surname  string
	KnownAs  string
	Year     string
	Form     string
	IFactor  int
	Met      string
	Unknown  string
	Key      string // name of the key teacher
	Cohorts  int
	Total    int // of the whole filtered list
}

// Name is how the pupil stands in a list.
func (r Row) Name() string {
	return roll.Pupil{Forename: r.Forename, Surname: r.Surname, KnownAs: r.KnownAs}.ListName()
}

// Codes are the barriers counted.
func (r Row) Codes() []string { return uncodes(r.Met) }

// NotKnown are the barriers that could not be decided.
func (r Row) NotKnown() []string { return uncodes(r.Unknown) }

// orders are the ways to sort; only these texts ever reach the store.
var orders = map[string]string{
	"i_factor":  "s.i_factor, p.sort_key, p.id",
	"-i_factor": "s.i_factor desc, p.sort_key, p.id",
	"name":      "p.sort_key, p.id",
	"-name":     "p.sort_key desc, p.id",
	"year":      "case when p.year in ('N1', 'N2') then 0 when p.year = 'R' then 1 when p.year in ('', 'X') then 3 else 2 end, length(p.year), p.year, s.i_factor desc, p.sort_key, p.id",
	"-year":     "case when p.year in ('N1', 'N2') then 0 when p.year = 'R' then 1 when p.year in ('', 'X') then 3 else 2 end desc, length(p.year) desc, p.year desc, s.i_factor desc, p.sort_key, p.id",
}

// Shown is a page of today's list with what its filter needs.
type Shown struct {
	Day      string
	Rows     []Row
	Total    int // of the whole filtered list
	Everyone int // of all whom the pass may see
	Years    []string
	Forms    []string
	Rules    []RuleText // those in force, for labels
}

// Labels gives the label of each code.
func (s Shown) Labels() map[string]string { return labels(s.Rules) }

// List gives a page of today's list.
func (s *Service) List(ctx context.Context, p access.Pass, f Filter) (out Shown, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return out, err
	}
	err = s.upToDate(ctx, p, func(tx *db.Tx) error {
		out = Shown{Day: tx.Today()}
		all, err := recorded(tx)
		if err != nil {
			return err
		}
		out.Rules = inForce(all, out.Day)
		if out.Rows, err = List(tx, f); err != nil {
			return err
		}
		if len(out.Rows) == 0 && f.From > 0 { // a page beyond the end, from an old link
			f.From = 0
			if out.Rows, err = List(tx, f); err != nil {
				return err
			}
		}
		if len(out.Rows) > 0 {
			out.Total = out.Rows[0].Total
		}
		return out.choices(tx)
	})
	return out, err
}

// yearGroups reads one index and no row; p stands for the pupil in roll.Sight.
const yearGroups = `select p.year, count(*) as n
	from (select org_id, pupil_id as id, year from barriers_standing where org_id = $1 and to_on = '9999-12-31') p
	where ` + roll.Sight + `
	group by p.year`

// choices reads what the list can be narrowed by.
func (s *Shown) choices(tx *db.Tx) error {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return err
	}
	type group struct {
		Year string
		N    int
	}
	groups, err := db.All[group](tx, yearGroups, staff, today)
	if err != nil {
		return err
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(YearPlace(a.Year), YearPlace(b.Year)) })
	for _, g := range groups {
		s.Everyone += g.N
		if g.Year != "" {
			s.Years = append(s.Years, g.Year)
		}
	}
	s.Forms, err = db.All[string](tx, `select c.title from roll_class c where c.org_id = $1 and c.kind = 'form' and c.ends >= $2 order by length(c.title), c.title`, today)
	return err
}

// YearPlace is where a year group stands among the others: nursery, Reception, 1 to 14, then what is something else.
func YearPlace(year string) int {
	return roll.YearGroup(year).Order()
}

// List reads a page of today's list within a transaction.
func List(tx *db.Tx, f Filter) ([]Row, error) {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return nil, err
	}
	q, args := listQuery(f)
	return db.All[Row](tx, q, append([]any{staff, today}, args...)...)
}

// listQuery puts the statement together from fixed pieces; what a person typed is only ever an argument. $2 and $3 are those of roll.Sight.
func listQuery(f Filter) (string, []any) {
	var args []any
	var where strings.Builder
	and := func(text string, v any) {
		args = append(args, v)
		where.WriteString(" and " + strings.ReplaceAll(text, "?", "$"+number(len(args)+3)))
	}
	if f.Year != "" {
		and("s.year = ?", f.Year)
	}
	if f.Class != "" {
		and(`exists (select 1 from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
			where m.org_id = p.org_id and m.pupil_id = p.id and c.title = ? and m.starts <= $3 and m.ends >= $3)`, f.Class)
	}
	if f.AtLeast > 0 {
		and("s.i_factor >= ?", f.AtLeast)
	}
	if f.Barrier != "" {
		and("replace(s.met, ?, '') <> s.met", ","+f.Barrier+",")
	}
	if f.Unknown != "" {
		and("replace(s.unknown, ?, '') <> s.unknown", ","+f.Unknown+",")
	}
	for _, w := range strings.Fields(roll.Fold(f.Words)) {
		and("p.search like ?", "%"+w+"%")
	}
	switch f.Cohort {
	case "in":
		where.WriteString(" and exists (select 1 from barriers_member b where b.org_id = p.org_id and b.pupil_id = p.id and b.starts <= $3 and b.ends >= $3)")
	case "out":
		where.WriteString(" and not exists (select 1 from barriers_member b where b.org_id = p.org_id and b.pupil_id = p.id and b.starts <= $3 and b.ends >= $3)")
	}
	order, ok := orders[f.Sort]
	if !ok {
		order = orders["-i_factor"]
	}
	limit := ""
	if f.Most > 0 {
		args = append(args, f.Most, f.From)
		limit = " limit $" + number(len(args)+2) + " offset $" + number(len(args)+3)
	}
	// What stands beside a pupil is looked up for the page alone, after it has been cut.
	q := `with page as (
		select p.id, p.local_id, p.upn, p.forename, p.surname, p.known_as, p.year, s.i_factor, s.met, s.unknown, count(*) over () as total, row_number() over (order by ` + order + `) as place
		from barriers_standing s
		join roll_pupil p on p.org_id = s.org_id and p.id = s.pupil_id
		where s.org_id = $1 and s.to_on = '9999-12-31' and ` + roll.Sight + where.String() + `
		order by place` + limit + `)
		select h.id, h.local_id, h.upn, h.forename, h.surname, h.known_as, h.year, h.i_factor, h.met, h.unknown, h.total,
		coalesce((select min(c.title) from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
			where m.org_id = $1 and m.pupil_id = h.id and c.kind = 'form' and m.starts <= $3 and m.ends >= $3), '') as form,
		coalesce((select min(st.name) from roll_assignment a join roll_staff st on st.org_id = a.org_id and st.id = a.staff_id
			where a.org_id = $1 and a.pupil_id = h.id and a.part = 'key_teacher' and a.starts <= $3 and a.ends >= $3), '') as key,
		(select count(*) from barriers_member b where b.org_id = $1 and b.pupil_id = h.id and b.starts <= $3 and b.ends >= $3) as cohorts
		from page h
		order by h.place`
	return q, args
}

// Waiting is how many pupils have three or more barriers and are in no cohort, among all whom the pass may see.
type Waiting struct {
	Pupils, Everyone int
	Day              string // when the list was worked out last; empty for never
}

// WaitingIn counts them for the first page, as the list stands; it is not worked out again for that.
func WaitingIn(tx *db.Tx) (w Waiting, err error) {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return w, err
	}
	if w.Day, _, err = db.Maybe[string](tx, `select worked_on from barriers_state where org_id = $1`); err != nil || w.Day == "" {
		return w, err
	}
	type row struct{ Pupils, Everyone int }
	x, err := db.One[row](tx, `select count(*) as everyone,
		coalesce(sum(case when s.i_factor >= 3 and not exists (select 1 from barriers_member b
			where b.org_id = p.org_id and b.pupil_id = p.id and b.starts <= $3 and b.ends >= $3) then 1 else 0 end), 0) as pupils
		from barriers_standing s
		join roll_pupil p on p.org_id = s.org_id and p.id = s.pupil_id
		where s.org_id = $1 and s.to_on = '9999-12-31' and `+roll.Sight, staff, today)
	w.Pupils, w.Everyone = x.Pupils, x.Everyone
	return w, err
}
