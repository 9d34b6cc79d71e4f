package barriers

import (
	"context"
	"math"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// Cohort is a named group of pupils whom the school has chosen to reach, with the reason.
type Cohort struct {
	ID           CohortID
	Name         string
	Reason       string
	Starts, Ends string
	EndReview    string
	ByName       string
	MadeMs       int64
	Pupils       int `db:"pupils"` // in it today
}

// Ended tells whether the cohort was closed.
func (c Cohort) Ended() bool { return c.Ends != roll.ForGood }

// CohortID is the key of a cohort.
type CohortID = ids.ID[Cohort]

// Member is a pupil's time in a cohort. A person put them in and, when it ended, a person took them out.
type Member struct {
	ID               ids.ID[Member]
	CohortID         CohortID
	PupilID          roll.PupilID
	Starts, Ends     string
	ReasonIn         string
	ReasonOut        string
	ByIn, ByOut      string
	Forename         string
	Surname, KnownAs string
	Year             string
	IFactor          *int
	Baseline         []Baseline `db:"-"`
	Today            []Baseline `db:"-"` // read for the page of the cohort, for those who are in it
}

// Left tells whether the pupil was taken out again.
func (m Member) Left() bool { return m.Ends != roll.ForGood }

// Name is how the pupil stands in a list.
func (m Member) Name() string {
	return roll.Pupil{Forename: m.Forename, Surname: m.Surname, KnownAs: m.KnownAs}.ListName()
}

// Baseline is one measure as it was on the day a pupil came into a cohort. It stays as it is.
type Baseline struct {
	MemberID ids.ID[Member]
	Measure  string
	Shown    string
	Number   *float64
	AsOf     string
	Source   string
}

// StartCohort begins a cohort with the pupils that a person chose, and freezes their baseline.
func (s *Service) StartCohort(ctx context.Context, p access.Pass, name, reason string, pupils []roll.PupilID) (id CohortID, err error) {
	if err := p.CheckAll(Choose); err != nil {
		return 0, err
	}
	name, reason = strings.TrimSpace(name), strings.TrimSpace(reason)
	var f fault.Fields
	if name == "" {
		f.Add("name", "Give the cohort a name that people will know it by, for example \"Year 8 autumn\".")
	}
	if reason == "" {
		f.Add("reason", "Say in a sentence why these pupils. It stands in the record of each of them, and a family may ask to see it.")
	}
	if len(pupils) == 0 {
		f.Add("pupil", "Choose at least one pupil.")
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	if _, err := s.Refresh(ctx, p.Org()); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		id = ids.New[Cohort]()
		if _, err := tx.Exec(`insert into barriers_cohort (org_id, id, name, reason, starts, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`,
			id, name, reason, tx.Today(), p.Who().Name, tx.Now()); err != nil {
			return err
		}
		return join(tx, id, pupils, reason)
	})
	return id, err
}

// Add puts pupils into a cohort, each with the reason.
func (s *Service) Add(ctx context.Context, p access.Pass, cohort CohortID, pupils []roll.PupilID, reason string) error {
	if err := p.CheckAll(Choose); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return fault.Field("reason", "Say in a sentence why. It stands in the record of the pupil.")
	}
	if len(pupils) == 0 {
		return fault.Field("pupil", "Choose at least one pupil.")
	}
	if _, err := s.Refresh(ctx, p.Org()); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		c, err := cohortOf(tx, cohort)
		if err != nil {
			return err
		}
		if c.Ended() {
			return fault.New(fault.Conflict, "This cohort is closed. Start another, or add the pupils to one that goes on.")
		}
		return join(tx, cohort, pupils, strings.TrimSpace(reason))
	})
}

func join(tx *db.Tx, cohort CohortID, pupils []roll.PupilID, reason string) error {
	for _, id := range pupils {
		if _, err := roll.Enter(tx, See, id); err != nil {
			return err
		}
		already, err := db.One[int](tx, `select count(*) from barriers_member where org_id = $1 and cohort_id = $2 and pupil_id = $3 and ends >= $4`, cohort, id, tx.Today())
		if err != nil {
			return err
		}
		if already > 0 {
			continue
		}
		member := ids.New[Member]()
		// A pupil who was taken out and comes back on the same day goes on with the same row.
		if _, err := tx.Exec(`insert into barriers_member (org_id, id, cohort_id, pupil_id, starts, reason_in, by_in) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (org_id, cohort_id, pupil_id, starts) do update set ends = '9999-12-31', reason_in = excluded.reason_in, by_in = excluded.by_in, reason_out = '', by_out = ''`,
			member, cohort, id, tx.Today(), reason, tx.Pass().Who().Name); err != nil {
			return err
		}
		if err := freeze(tx, member, id); err != nil {
			return err
		}
	}
	return nil
}

// freeze writes down what is measured about a pupil today. A row that went on (see join) has its baseline already, under the older key.
func freeze(tx *db.Tx, member ids.ID[Member], pupil roll.PupilID) error {
	there, err := db.One[int](tx, `select count(*) from barriers_member where org_id = $1 and id = $2`, member)
	if err != nil || there == 0 {
		return err
	}
	list, err := measured(tx, pupil)
	if err != nil {
		return err
	}
	for _, b := range list {
		if _, err := tx.Exec(`insert into barriers_baseline (org_id, id, member_id, measure, shown, number, as_of, source, frozen_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			ids.New[Baseline](), member, b.Measure, b.Shown, b.Number, b.AsOf, b.Source, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// measured is what a cohort looks at: attendance, the latest results, and the I factor, as they are today. What is not known is left out.
func measured(tx *db.Tx, pupil roll.PupilID) (out []Baseline, err error) {
	snap, err := progress.One(tx, pupil, tx.Today())
	if err != nil {
		return nil, err
	}
	if a := snap.Attendance; a.Known {
		out = append(out, Baseline{Measure: AttendanceMeasure, Shown: oneDecimal(a.Percent) + " %", Number: &a.Percent, AsOf: a.AsOf(), Source: a.Source()})
	}
	for _, r := range snap.Results {
		b := Baseline{Measure: r.Subject + " (" + scaleWords(r.Scale) + ")", Shown: r.Text, AsOf: r.On, Source: r.Source}
		if r.HasValue {
			b.Number = &r.Value
		}
		out = append(out, b)
	}
	type row struct {
		IFactor int
		FromOn  string
	}
	st, found, err := db.Maybe[row](tx, `select i_factor, from_on from barriers_standing where org_id = $1 and pupil_id = $2 and to_on = '9999-12-31'`, pupil)
	if err != nil || !found {
		return out, err
	}
	n := float64(st.IFactor)
	return append(out, Baseline{Measure: IFactorMeasure, Shown: number(st.IFactor), Number: &n, AsOf: st.FromOn, Source: "the school's barrier rules"}), nil
}

// Measures of a baseline that every school has; the others are named after the result.
const (
	AttendanceMeasure = "attendance"
	IFactorMeasure    = "I factor"
)

// Compared is a measure on the day a pupil came into a cohort beside the same measure today. Direction says how it moved and never whether that is due to
// anything.
type Compared struct {
	Measure   string
	Then, Now Baseline
	Direction string
}

// Beside puts each measure of the baseline beside today's; what is newly known stands alone.
func (m Member) Beside() (out []Compared) {
	now := map[string]Baseline{}
	for _, b := range m.Today {
		now[b.Measure] = b
	}
	for _, then := range m.Baseline {
		c := Compared{Measure: then.Measure, Then: then, Now: now[then.Measure]}
		c.Direction = direction(then, c.Now)
		out = append(out, c)
		delete(now, then.Measure)
	}
	for _, b := range m.Today {
		if _, left := now[b.Measure]; left {
			out = append(out, Compared{Measure: b.Measure, Now: b, Direction: "not known then"})
		}
	}
	return out
}

// direction says how a measure moved, in plain words.
func direction(then, now Baseline) string {
	switch {
	case now.Shown == "":
		return "not known now"
	case then.Number == nil || now.Number == nil:
		if then.Shown == now.Shown {
			return "the same"
		}
		return "from " + then.Shown + " to " + now.Shown
	}
	gain := math.Round((*now.Number-*then.Number)*100) / 100
	amount := strconv.FormatFloat(math.Abs(gain), 'f', -1, 64)
	if then.Measure == AttendanceMeasure {
		gain = math.Round(gain*10) / 10
		amount = oneDecimal(math.Abs(gain)) + " percentage points"
	}
	switch {
	case gain > 0:
		return "up " + amount
	case gain < 0:
		return "down " + amount
	}
	return "the same"
}

// Remove takes a pupil out of a cohort from today, with the reason. The time in it stays on record.
func (s *Service) Remove(ctx context.Context, p access.Pass, cohort CohortID, pupil roll.PupilID, reason string) error {
	if err := p.CheckAll(Choose); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return fault.Field("reason", "Say in a sentence why this pupil leaves the cohort.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if own, err := roll.OwnChild(tx, pupil); err != nil || own {
			if err == nil {
				err = roll.NotOwn(tx)
			}
			return err
		}
		n, err := tx.Exec(`update barriers_member set ends = $5, reason_out = $6, by_out = $7 where org_id = $1 and cohort_id = $2 and pupil_id = $3 and ends >= $4`,
			cohort, pupil, tx.Today(), dayBefore(tx.Today()), strings.TrimSpace(reason), p.Who().Name)
		if err == nil && n == 0 {
			err = fault.Gone("pupil in this cohort")
		}
		return err
	})
}

// EndCohort closes a cohort with a review in words.
func (s *Service) EndCohort(ctx context.Context, p access.Pass, id CohortID, review string) error {
	if err := p.CheckAll(Choose); err != nil {
		return err
	}
	if strings.TrimSpace(review) == "" {
		return fault.Field("review", "Write what came of it, in a sentence or two, before the cohort is closed.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		n, err := tx.Exec(`update barriers_cohort set ends = $3, end_review = $4 where org_id = $1 and id = $2 and ends = '9999-12-31'`, id, tx.Today(), strings.TrimSpace(review))
		if err == nil && n == 0 {
			err = fault.Gone("open cohort")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(`update barriers_member set ends = $3, reason_out = $4, by_out = $5 where org_id = $1 and cohort_id = $2 and ends = '9999-12-31'`,
			id, dayBefore(tx.Today()), "The cohort was closed.", p.Who().Name)
		return err
	})
}

const cohortColumns = `c.id, c.name, c.reason, c.starts, c.ends, c.end_review, c.by_name, c.made_ms,
	(select count(*) from barriers_member m where m.org_id = c.org_id and m.cohort_id = c.id and m.starts <= $2 and m.ends >= $2) as pupils`

func cohortOf(tx *db.Tx, id CohortID) (Cohort, error) {
	c, found, err := db.Maybe[Cohort](tx, `select `+cohortColumns+` from barriers_cohort c where c.org_id = $1 and c.id = $3`, tx.Today(), id)
	if err == nil && !found {
		err = fault.Gone("cohort")
	}
	return c, err
}

// Cohorts lists the cohorts, those that go on first.
func (s *Service) Cohorts(ctx context.Context, p access.Pass) (out []Cohort, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = CohortsIn(tx)
		return err
	})
	return out, err
}

// CohortsIn is Cohorts within a transaction; none for a pass that may not see them.
func CohortsIn(tx *db.Tx) ([]Cohort, error) {
	if !tx.Pass().Has(See) {
		return nil, nil
	}
	return db.All[Cohort](tx, `select `+cohortColumns+` from barriers_cohort c where c.org_id = $1 order by c.ends desc, c.starts desc, c.id desc`, tx.Today())
}

// Cohort reads one cohort with those of its pupils, past ones too, whom the pass may see, and their baselines.
func (s *Service) Cohort(ctx context.Context, p access.Pass, id CohortID) (c Cohort, members []Member, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		c, members, err = CohortIn(tx, id)
		return err
	})
	return c, members, err
}

// CohortToday is Cohort with what is measured today beside the baselines, for those of its pupils who are in it and, by their place in the list, from
// one number up to another; a large cohort is read a page at a time.
func (s *Service) CohortToday(ctx context.Context, p access.Pass, id CohortID, from, most int) (c Cohort, members []Member, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return c, nil, err
	}
	err = s.upToDate(ctx, p, func(tx *db.Tx) error {
		if c, members, err = CohortIn(tx, id); err != nil {
			return err
		}
		place := 0
		for i := range members {
			if members[i].Left() {
				continue
			}
			if place++; place <= from || place > from+most {
				continue
			}
			if members[i].Today, err = measured(tx, members[i].PupilID); err != nil {
				return err
			}
		}
		return nil
	})
	return c, members, err
}

// CohortIn is Cohort within a transaction, for capabilities above.
func CohortIn(tx *db.Tx, id CohortID) (c Cohort, members []Member, err error) {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return c, nil, err
	}
	if c, err = cohortOf(tx, id); err != nil {
		return c, nil, err
	}
	members, err = db.All[Member](tx, `select m.id, m.cohort_id, m.pupil_id, m.starts, m.ends, m.reason_in, m.reason_out, m.by_in, m.by_out,
		p.forename, p.surname, p.known_as, p.year, s.i_factor
		from barriers_member m
		join roll_pupil p on p.org_id = m.org_id and p.id = m.pupil_id
		left join barriers_standing s on s.org_id = m.org_id and s.pupil_id = m.pupil_id and s.to_on = '9999-12-31'
		where m.org_id = $1 and m.cohort_id = $4 and `+roll.Sight+`
		order by m.ends desc, p.sort_key, p.id`, staff, today, id)
	if err != nil {
		return c, nil, err
	}
	base, err := db.All[Baseline](tx, `select b.member_id, b.measure, b.shown, b.number, b.as_of, b.source
		from barriers_baseline b
		join barriers_member m on m.org_id = b.org_id and m.id = b.member_id
		where b.org_id = $1 and m.cohort_id = $2 order by b.id`, id)
	if err != nil {
		return c, nil, err
	}
	by := map[ids.ID[Member]][]Baseline{}
	for _, b := range base {
		by[b.MemberID] = append(by[b.MemberID], b)
	}
	for i := range members {
		members[i].Baseline = by[members[i].ID]
	}
	return c, members, nil
}

func scaleWords(scale string) string {
	s := progress.LookUpScale(scale)
	if s.Words == "" {
		return s.Name
	}
	return s.Words
}
