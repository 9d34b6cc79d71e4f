package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"strconv"
	"time"

	"ajar/internal/admin"
	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/barriers"
	"ajar/internal/conversations"
	door "ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/messages"
	"ajar/internal/notes"
	"ajar/internal/peers"
	"ajar/internal/plans"
	"ajar/internal/practice"
	"ajar/internal/progress"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

// Seed is where the demo grows from.
const Seed = 1208

// Parts are the capabilities that the demo is handed to.
type Parts struct {
	DB            *db.DB
	Gate          *access.Gate
	Imports       *batch.Service
	Roll          *roll.Service
	Admin         *admin.Service
	Family        *door.Service
	Progress      *progress.Service
	Audit         *audit.Service
	Barriers      *barriers.Service
	Plans         *plans.Service
	Conversations *conversations.Service
	Notes         *notes.Service
	Sharing       *sharing.Service
	Practice      *practice.Service
	Peers         *peers.Service
	Awards        *awards.Service
	Messages      *messages.Service
}

// ClusterCode is the code of the demo's cluster; when it is there, the demo is.
const ClusterCode = "HARROWLINKS"

// Loaded tells whether the demo is in this data.
func Loaded(ctx context.Context, r *roll.Service) (bool, error) {
	_, err := r.OrgByCode(ctx, ClusterCode)
	if fault.KindOf(err) == fault.Invalid {
		return false, nil
	}
	return err == nil, err
}

// Alone tells whether the demo is all there is in this data, so that nothing real is near when visitors look around.
func Alone(ctx context.Context, r *roll.Service) (bool, error) {
	there, err := Loaded(ctx, r)
	if err != nil || !there {
		return false, err
	}
	list, err := r.Orgs(ctx)
	return len(list) == len(places)+2, err
}

// Load makes the demo as of today and hands it to the capabilities. say is told what goes on.
func Load(ctx context.Context, p Parts, say func(string)) error {
	l := &loader{Parts: p, ctx: ctx, m: newMaker(Seed), real: p.DB.Clock(), say: say, teams: map[string]people{}}
	defer p.DB.SetClock(l.real)
	now := l.real.Now()
	l.today = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	l.cal = calendarTo(l.today)
	return l.everything()
}

type loader struct {
	Parts
	ctx   context.Context
	m     *maker
	real  clock.Clock
	today time.Time
	cal   calendar
	say   func(string)

	offered []offer
	teams   map[string]people // by code of the school
}

// at moves the clock to a working hour of a day, so that what the capabilities note has the day on which it would have happened.
func (l *loader) at(day time.Time, hour int) {
	l.DB.SetClock(clock.At(time.Date(day.Year(), day.Month(), day.Day(), hour, 12, 0, 0, time.UTC)))
}

func (l *loader) everything() error {
	l.at(l.cal.years[0].weeks[0], 8)
	if err := l.organisations(); err != nil {
		return err
	}
	if err := l.objectives(); err != nil {
		return fmt.Errorf("the objectives of the council and the cluster: %w", err)
	}
	for i, pl := range places {
		if pl.phase == "" {
			continue
		}
		o, err := l.Roll.OrgByCode(l.ctx, pl.code)
		if err != nil {
			return err
		}
		if err := l.school(pl, o, i); err != nil {
			return fmt.Errorf("making %s: %w", pl.name, err)
		}
	}
	if err := l.together(); err != nil {
		return fmt.Errorf("audits of the cluster: %w", err)
	}
	if err := l.helping(); err != nil {
		return fmt.Errorf("helping each other: %w", err)
	}
	if err := l.stories(); err != nil {
		return fmt.Errorf("stories: %w", err)
	}
	for _, pl := range places[:2] {
		o, err := l.Roll.OrgByCode(l.ctx, pl.code)
		if err != nil {
			return err
		}
		if _, err := l.Barriers.Refresh(l.ctx, int64(o.ID)); err != nil {
			return err
		}
	}
	return l.guests()
}

func (l *loader) organisations() error {
	why := "make the demo"
	if _, err := l.Roll.AddOrg(l.ctx, why, roll.Org{Code: "HARROWCOUNCIL", Name: "Harrowmere Council", Type: "authority", Place: "Harrowmere"}, ""); err != nil {
		return err
	}
	schools, centres := 8, 2
	if _, err := l.Roll.AddOrg(l.ctx, why, roll.Org{Code: ClusterCode, Name: "Harrowmere Links", Type: "cluster", Place: "Harrowmere", StatedSchools: &schools, StatedCentres: &centres,
		Context: "A town of mills and new estates; many families have come from elsewhere in the last ten years."}, "HARROWCOUNCIL"); err != nil {
		return err
	}
	for _, p := range places {
		o := roll.Org{Code: p.code, Name: p.name, Type: "school", Phase: p.phase, Place: "Harrowmere"}
		if p.phase == "" {
			o.Type = "centre"
		} else {
			fsm := float64(p.fsm)
			o.FSMPercent = &fsm
		}
		if _, err := l.Roll.AddOrg(l.ctx, why, o, ClusterCode); err != nil {
			return err
		}
	}
	return nil
}

// school makes one school: its staff, its pupils with what is measured about them, its rules, and its conversations.
func (l *loader) school(p place, o roll.Org, index int) error {
	l.say(p.name)
	system := access.System("make the demo", int64(o.ID))
	st, err := l.staff(p, o, system)
	if err != nil {
		return err
	}
	l.teams[p.code] = st
	pupils := l.m.school(p, l.cal.years[1].start)
	start := l.cal.years[1].weeks[0]
	l.at(start, 9)
	if _, err := l.Imports.Import(st.office, batch.Order{Kind: "pupils", Input: batch.Bytes("roll.csv", pupilsSheet(pupils))}, l.ctx); err != nil {
		return fmt.Errorf("pupils: %w", err)
	}
	ids, err := l.keys(system)
	if err != nil {
		return err
	}
	if err := l.DB.Update(l.ctx, system, func(tx *db.Tx) error {
		_, err := progress.PutWeeks(tx, l.marks(pupils, ids))
		return err
	}); err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	if p.phase == "secondary" {
		if err := l.orders(st.head, pupils, ids); err != nil {
			return fmt.Errorf("orders: %w", err)
		}
	}
	var rows [][]string
	for _, c := range pupils {
		for _, r := range l.m.results(c, p.phase, l.cal) {
			rows = append(rows, []string{r.pupil, r.subject, r.scale, r.value, r.date})
		}
	}
	if err := l.sheet(st.office, "results", "results.csv", []string{"pupil_id", "subject", "scale", "value", "date"}, rows); err != nil {
		return err
	}
	// The last file came in the day before yesterday, so that there is one to undo.
	l.at(weekday(l.today.AddDate(0, 0, -4)), 11)
	rows = rows[:0]
	for _, c := range pupils {
		for _, n := range l.m.counts(c, l.cal) {
			rows = append(rows, []string{n.pupil, n.date, n.kind, strconv.Itoa(n.n)})
		}
	}
	if err := l.sheet(st.office, "counts", "points.csv", []string{"pupil_id", "date", "kind", "count"}, rows); err != nil {
		return err
	}
	if err := l.decide(st, p, o); err != nil {
		return err
	}
	if p.phase == "secondary" {
		if err := l.plansOf(st); err != nil {
			return fmt.Errorf("plans: %w", err)
		}
		if err := l.practiceOf(st); err != nil {
			return fmt.Errorf("practice: %w", err)
		}
		if err := l.wordingOf(st); err != nil {
			return fmt.Errorf("templates and the newsletter: %w", err)
		}
	}
	if index < 2 {
		if err := l.contactsOf(p, st, pupils, ids); err != nil {
			return fmt.Errorf("contacts: %w", err)
		}
	}
	if index > 1 {
		return nil // the smaller schools have not begun with conversations
	}
	if err := l.converse(p, o, st, pupils, ids); err != nil || p.phase != "secondary" {
		return err
	}
	return l.audits(st)
}

func (l *loader) sheet(pass access.Pass, kind, name string, header []string, rows [][]string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(header); err != nil {
		return err
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	rep, err := l.Imports.Import(pass, batch.Order{Kind: kind, Input: batch.Bytes(name, b.Bytes())}, l.ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if rep.Refused > 0 {
		return fmt.Errorf("%s: %d rows refused, the first because %s", kind, rep.Refused, rep.Refusals[0].Reason)
	}
	return nil
}

func pupilsSheet(pupils []pupil) []byte {
	header := []string{"pupil_id", "upn", "forename", "surname", "known_as", "date_of_birth", "sex", "year", "class", "sen", "first_language", "eal", "fsm", "pupil_premium", "looked_after", "young_carer", "address", "postcode"}
	for i := 1; i <= 3; i++ {
		for _, f := range []string{"name", "relationship", "responsibility", "email", "phone", "language", "reads", "interpreter", "lives_with", "priority"} {
			header = append(header, fmt.Sprintf("parent_%d_%s", i, f))
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header)
	yes := func(v bool) string {
		if v {
			return "yes"
		}
		return "no"
	}
	for _, c := range pupils {
		row := []string{c.id, c.upn, c.forename, c.surname, c.knownAs, c.born.Format(time.DateOnly), c.sex, c.year, c.class, c.sen, c.language, yes(c.eal), yes(c.fsm), yes(c.premium), yes(c.lookedAfter), yes(c.carer), c.address, c.postcode}
		for i := range 3 {
			if i >= len(c.parents) {
				row = append(row, make([]string, 10)...)
				continue
			}
			q := c.parents[i]
			row = append(row, q.name, q.relationship, q.responsibility, q.email, q.phone, q.language, q.reads, q.interpreter, q.livesWith, strconv.Itoa(i+1))
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

// keys finds the records that the import made, by the school's own numbers.
func (l *loader) keys(pass access.Pass) (map[string]roll.PupilID, error) {
	out := map[string]roll.PupilID{}
	err := l.DB.View(l.ctx, pass, func(tx *db.Tx) error {
		list, err := roll.Pupils(tx, roll.See)
		for _, p := range list {
			out[p.LocalID] = p.ID
		}
		return err
	})
	return out, err
}

func (l *loader) marks(pupils []pupil, ids map[string]roll.PupilID) iter.Seq2[roll.PupilID, progress.Week] {
	return func(yield func(roll.PupilID, progress.Week) bool) {
		for _, c := range pupils {
			going := true
			l.m.weeks(c, l.cal, func(w progress.Week) {
				if i := yearIndex(c, w, l.cal); going && i {
					going = yield(ids[c.id], w)
				}
			})
			if !going {
				return
			}
		}
	}
}

// yearIndex tells whether a child was in this school in the week: the youngest came this September.
func yearIndex(c pupil, w progress.Week, cal calendar) bool {
	if c.year != "R" && c.year != "7" {
		return true
	}
	return w.Monday >= cal.years[1].weeks[0].Format(time.DateOnly)
}

// orders puts a few orders on ties: one that forbids contact, one that keeps an address secret, and one that is over.
func (l *loader) orders(head access.Pass, pupils []pupil, ids map[string]roll.PupilID) error {
	forms := []roll.Values{
		{"kind": "no_contact", "decided_by": "Family court; the office has seen the order", "starts": day(l.today.AddDate(0, -7, 0)), "evidence_seen": day(l.today.AddDate(0, -7, 2)), "review_on": day(l.today.AddDate(0, 5, 0))},
		{"kind": "no_address", "decided_by": "Asked for by the mother, agreed by the safeguarding lead", "starts": day(l.today.AddDate(0, -3, 0)), "review_on": day(l.today.AddDate(0, 3, 0))},
		{"kind": "supervised", "decided_by": "Family court", "starts": day(l.today.AddDate(-1, -4, 0)), "ends": day(l.today.AddDate(0, -2, 0)), "evidence_seen": day(l.today.AddDate(-1, -4, 1))},
	}
	for _, c := range pupils {
		if len(forms) == 0 {
			return nil
		}
		if len(c.parents) < 2 || c.parents[1].livesWith != "no" || c.parents[1].relationship != "Father" {
			continue
		}
		var tie roll.TieID
		if err := l.DB.View(l.ctx, head, func(tx *db.Tx) error {
			rel, err := roll.Relations(tx, ids[c.id])
			for _, r := range rel {
				if r.Adult.Name == c.parents[1].name {
					tie = r.Tie.ID
				}
			}
			return err
		}); err != nil {
			return err
		}
		if tie.Zero() {
			continue
		}
		if _, err := l.Roll.AddOrder(l.ctx, head, ids[c.id], tie, forms[0]); err != nil {
			return err
		}
		forms = forms[1:]
	}
	return nil
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// rules of the demo schools, as a school would write them.
func rules(phase string) []barriers.RuleText {
	list := []barriers.RuleText{
		{Code: "attendance", Label: "Attendance below 90 %", When: `attendance.percent < 90.0`},
		{Code: "sen", Label: "Special educational needs", When: `sen in ["K", "E"]`},
		{Code: "premium", Label: "Pupil premium", When: `pupil_premium`},
		{Code: "reading", Label: "Reading below 90", When: `result["reading:standardised"].value < 90.0`},
		{Code: "care", Label: "Looked after", When: `looked_after`},
		{Code: "carer", Label: "Young carer", When: `young_carer`},
		{Code: "behaviour", Label: "Five or more behaviour points", When: `behaviour.incidents >= 5`},
	}
	if phase == "secondary" {
		list = append(list, barriers.RuleText{Code: "homework", Label: "Ten or more pieces of homework missed", When: `homework.missed >= 10`})
	}
	return list
}

// decide gives a school its settings and rules, and has the list worked out on a few days, so that it has a history.
func (l *loader) decide(st people, p place, o roll.Org) error {
	for name, value := range map[string]string{
		"safeguarding.lead":           st.lead,
		"safeguarding.deputy":         st.deputy,
		"safeguarding.phone":          fmt.Sprintf("0113 496 0%03d", 100+int(p.code[0])),
		"safeguarding.out_of_hours":   "0113 496 0999 (Harrowmere Council, all night)",
		"safeguarding.words":          "Go and find one of us now, or ring. Don't wait until the end of the day, don't promise to keep a secret, and don't write it here. In danger: 999.",
		"attendance.target":           "95",
		conversations.SettingHourly:   "2850",
		conversations.SettingAddress:  p.name + "\n1 School Lane\nHarrowmere\nZZ1 1AA",
		conversations.SettingPhone:    fmt.Sprintf("0113 496 0%03d", 400+int(p.code[0])),
		conversations.SettingHolidays: l.cal.holidays(),
	} {
		if err := l.Roll.SetSetting(l.ctx, st.head, name, value); err != nil {
			return err
		}
	}
	start := l.cal.years[1].weeks[0]
	l.at(start.AddDate(0, 0, 3), 15)
	list := rules(p.phase)
	for i := range list {
		list[i].From = day(l.cal.years[0].weeks[0])
	}
	if p.phase == "secondary" { // the threshold was another one last year
		list = append([]barriers.RuleText{{Code: "attendance", Label: "Attendance below 85 %", When: `attendance.percent < 85.0`, From: day(l.cal.years[0].weeks[0])}}, list...)
		list[1].From = day(start)
	}
	if _, err := l.Barriers.SetRules(l.ctx, st.head, list); err != nil {
		return err
	}
	for _, weeks := range []int{2, 5} {
		if at := start.AddDate(0, 0, 7*weeks+4); at.Before(l.today) {
			l.at(at, 16)
			if _, err := l.Barriers.Refresh(l.ctx, int64(o.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}
