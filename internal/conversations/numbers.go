package conversations

import (
	"context"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// dayBefore gives the date before a date that isDate accepts.
func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// dayWords writes a date for the log, as people read it.
func dayWords(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}

// Coverage counts the families of each year group as they stand today, for those who may see the figures in full.
func (s *Service) Coverage(ctx context.Context, p access.Pass, f Filter) (rows []CoverageRow, err error) {
	if err := p.CheckAll(Cover); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		rows, err = coverage(tx, f)
		return err
	})
	return rows, err
}

func coverage(tx *db.Tx, f Filter) ([]CoverageRow, error) {
	talks, err := talksBy(tx, f)
	return CountCoverage(talks, tx.Today()), err
}

// PublicCoverage is Coverage of one programme (the newest when none is named) with small numbers hidden, for governors, co-ordinators and paper that
// leaves the school. There is no table over several programmes, nor of one round: taking one table from another would give away what each hides.
func (s *Service) PublicCoverage(ctx context.Context, p access.Pass, programme ProgrammeID) (rows []PublicRow, total PublicRow, err error) {
	if _, err := p.Check(Cover); err != nil {
		return nil, total, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if programme == 0 {
			list, err := programmeLines(tx)
			if err != nil || len(list) == 0 {
				return err
			}
			programme = list[0].ID
		}
		full, err := coverage(tx, Filter{Programme: programme})
		rows, total = SuppressCoverage(full)
		return err
	})
	return rows, total, err
}

// ProgrammeNames lists the programmes by name for those who see figures only.
func (s *Service) ProgrammeNames(ctx context.Context, p access.Pass) (out []Programme, err error) {
	if _, err := p.Check(Cover); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := programmeLines(tx)
		for _, l := range list {
			out = append(out, l.Programme)
		}
		return err
	})
	return out, err
}

// Numbers are the figures of a programme or a round beside its coverage. Each says from how many it is made; what was not recorded is counted as
// missing and never as nought.
type Numbers struct {
	Held int
	// Days from talk to copy, in school days: twice the median of those with a copy.
	CopyDays2            int
	Copies, WithoutCopy  int
	CopiesInTime         int // within TheSuggestedCopyDays
	Targets, SchoolOwned int
	Met, Partly, Not     int
	Unreviewed           int
	TalksWithTargets     int
	Minutes              int
	TimeRecorded         int // conversations with at least one time recorded
	CoverPence           int
	CoverRecorded        int
	HourlyPence          int // 0: the school has set none
	TimePence            int
	Heard, Helped        [3]int // yes, partly, no
	AsOf                 string
}

// Answered is how many answered a question.
func Answered(a [3]int) int { return a[0] + a[1] + a[2] }

// Numbers makes the figures of a programme, a round or a year group.
func (s *Service) Numbers(ctx context.Context, p access.Pass, f Filter) (n Numbers, err error) {
	if err := p.CheckAll(Cover); err != nil {
		return n, err
	}
	f.Pupil, f.Staff = 0, 0
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		n, err = numbers(tx, f)
		return err
	})
	return n, err
}

func numbers(tx *db.Tx, f Filter) (n Numbers, err error) {
	n.AsOf = tx.Today()
	talks, err := talksBy(tx, f)
	if err != nil {
		return n, err
	}
	for _, t := range talks {
		if t.Outcome == "held" {
			n.Held++
		}
		if t.FinalisedMs != nil {
			n.TalksWithTargets++
		}
		recorded := false
		for _, m := range []*int{t.PrepMinutes, t.TalkMinutes, t.WriteupMinutes} {
			if m != nil {
				recorded = true
				n.Minutes += *m
			}
		}
		if recorded {
			n.TimeRecorded++
		}
		if t.CoverPence != nil {
			n.CoverRecorded++
			n.CoverPence += *t.CoverPence
		}
	}
	if n.HourlyPence, err = numberSetting(tx, SettingHourly, 0); err != nil {
		return n, err
	}
	n.TimePence = TimeCost(n.Minutes, n.HourlyPence)
	holidays, err := roll.Setting(tx, SettingHolidays)
	if err != nil {
		return n, err
	}
	off, _ := roll.ParseHolidays(holidays)
	copies, err := firstCopies(tx, f)
	if err != nil {
		return n, err
	}
	var days []int
	for _, c := range copies {
		if c.CopiedOn == "" {
			n.WithoutCopy++
			continue
		}
		d := roll.SchoolDays(c.OutcomeOn, c.CopiedOn, off)
		days = append(days, d)
		if d <= TheSuggestedCopyDays {
			n.CopiesInTime++
		}
	}
	n.Copies = len(days)
	n.CopyDays2, _ = Median2(days)
	targets, err := targetCounts(tx, f)
	if err != nil {
		return n, err
	}
	for _, t := range targets {
		n.Targets += t.N
		if t.Owner == "school" {
			n.SchoolOwned += t.N
		}
		switch t.State {
		case "met":
			n.Met += t.N
		case "partly":
			n.Partly += t.N
		case "not":
			n.Not += t.N
		default:
			n.Unreviewed += t.N
		}
	}
	answers, err := feedbackCounts(tx, f)
	for _, a := range answers {
		count(&n.Heard, a.Heard)
		count(&n.Helped, a.Helped)
	}
	return n, err
}

func count(to *[3]int, answer string) {
	for i, c := range Answers {
		if c.Key == answer {
			to[i]++
		}
	}
}

// Mine is the working list of a member of staff: what is agreed, what waits, what is due.
type Mine struct {
	Today      string
	All        bool   // the list is the whole school's, because the person asked for that
	ThisWeek   []Line // times agreed from today for seven days
	ToRecord   []Line // the agreed time has passed and nothing is recorded
	ToWriteUp  []Line // held, and not written up
	NoReply    []Line
	NotInvited []Line
	DueReviews []DueTarget
	Asks       []Ask        // what colleagues ask of me
	Remarks    []RemarkLine // what families wrote by their link, and wait to be answered
	Total      int
	Waits      bool              // targets or remarks are there that open after the second step
	Covering   []roll.StandingIn // for whom the person stands in today; their conversations are on this list
}

// Desk is what a person finds on the first page: figures, and no names.
type Desk struct {
	ThisWeek, ToRecord, ToWriteUp, DueReviews, Asks int
	Remarks                                         int // what families wrote by their link
	Letters, Calls                                  int // for the office: letters to print, families without a reply
	Office                                          bool
	Covered                                         *CoverageRow // for those who see the figures in full
	Programme                                       string
}

// Empty tells whether nothing is there to be said.
func (d Desk) Empty() bool { return d == Desk{Office: d.Office} }

// DeskIn makes the panel of the first page inside the transaction of the page; the pass decides what is in it.
func DeskIn(tx *db.Tx) (d Desk, err error) {
	p := tx.Pass()
	if p.Scope(Hold) >= access.Own && p.Who().Staff != 0 {
		m, err := mine(tx, false)
		if err != nil {
			return d, err
		}
		d.ThisWeek, d.ToRecord, d.ToWriteUp, d.DueReviews, d.Asks, d.Remarks = len(m.ThisWeek), len(m.ToRecord), len(m.ToWriteUp), len(m.DueReviews), len(m.Asks), len(m.Remarks)
	}
	if p.Scope(Invite) == access.All && p.Scope(Plan) < access.All {
		d.Office = true
		wrote, err := waitingRemarks(tx)
		if err != nil {
			return d, err
		}
		for _, r := range wrote {
			if r.AboutTime() {
				d.Remarks++
			}
		}
		if d.Letters, d.Calls, err = deskCounts(tx); err != nil {
			return d, err
		}
	}
	if p.Scope(Cover) < access.All {
		return d, nil
	}
	list, err := programmeLines(tx)
	if err != nil || len(list) == 0 {
		return d, err
	}
	rows, err := coverage(tx, Filter{Programme: list[0].ID})
	if err != nil {
		return d, err
	}
	total := TotalCoverage(rows)
	d.Covered, d.Programme = &total, list[0].Name
	return d, nil
}

// deskCounts counts what waits for the office in the rounds that are open: letters that are ready and not sent, and families to be called.
func deskCounts(tx *db.Tx) (letters, calls int, err error) {
	list, err := lines(tx, Invite, Filter{})
	if err != nil {
		return 0, 0, err
	}
	ready, err := unsentLetters(tx)
	if err != nil {
		return 0, 0, err
	}
	unsent := map[TalkID]int{}
	for _, id := range ready {
		unsent[id]++
	}
	today := tx.Today()
	for _, l := range list {
		if l.Opens > today || l.Closes < today {
			continue
		}
		letters += unsent[l.ID]
		if l.Standing == NoReply {
			calls++
		}
	}
	return letters, calls, nil
}

// DueTarget is an open target whose day has come.
type DueTarget struct {
	Target
	PupilName string
}

// Mine makes the list. Someone who may see everyone's conversations sees their own by default, and everyone's when all is set.
func (s *Service) Mine(ctx context.Context, p access.Pass, all bool) (m Mine, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return m, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		m, err = mine(tx, all)
		return err
	})
	// What was agreed and what families wrote about it opens after the second step; the first page counts it.
	found := len(m.DueReviews) + len(m.Remarks)
	if !p.Open(Read) {
		m.DueReviews = nil
	}
	m.Remarks = slices.DeleteFunc(m.Remarks, func(r RemarkLine) bool { return !p.Open(r.rightTo()) })
	m.Waits = len(m.DueReviews)+len(m.Remarks) < found
	return m, err
}

func mine(tx *db.Tx, all bool) (m Mine, err error) {
	m.Today, m.All = tx.Today(), all
	me := tx.Pass().Who().Staff
	list, err := lines(tx, See, Filter{})
	if err != nil {
		return m, err
	}
	if m.Covering, err = roll.CoveringFor(tx); err != nil {
		return m, err
	}
	read := tx.Pass().Scope(Read)
	week := addDays(m.Today, 7)
	mineToo := map[TalkID]bool{}
	for _, l := range list {
		own := l.KeyStaffID != nil && (int64(*l.KeyStaffID) == me || slices.ContainsFunc(m.Covering, func(c roll.StandingIn) bool { return c.For(*l.KeyStaffID, l.PupilID) }))
		if !own && !all && tx.Pass().Scope(See) == access.All {
			continue
		}
		m.Total++
		mineToo[l.ID] = true
		switch {
		case l.Standing == ToCome && l.MeetOn < m.Today:
			m.ToRecord = append(m.ToRecord, l)
		case l.Standing == ToCome && l.MeetOn <= week:
			m.ThisWeek = append(m.ThisWeek, l)
		case l.Standing == Held && l.FinalisedMs == nil:
			m.ToWriteUp = append(m.ToWriteUp, l)
		case l.Standing == NoReply:
			m.NoReply = append(m.NoReply, l)
		case l.Standing == NotInvited && l.Opens <= m.Today && l.Closes >= m.Today:
			m.NotInvited = append(m.NotInvited, l)
		}
		if read >= access.Own && l.FinalisedMs != nil {
			targets, err := targetsOf(tx, l.ID)
			if err != nil {
				return m, err
			}
			for _, t := range targets {
				if t.State == "" && t.Due <= week {
					m.DueReviews = append(m.DueReviews, DueTarget{t, l.PupilName()})
				}
			}
		}
	}
	wrote, err := waitingRemarks(tx)
	if err != nil {
		return m, err
	}
	for _, r := range wrote {
		if mineToo[r.TalkID] && tx.Pass().Scope(r.rightTo()) >= access.Own {
			m.Remarks = append(m.Remarks, r)
		}
	}
	if tx.Pass().Has(Reflect) && me != 0 {
		m.Asks, err = asksOf(tx, me)
	}
	return m, err
}

func addDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// Record is everything about one conversation that a page shows. The parts about what was said are empty for those who may not read it.
type Record struct {
	Line        Line
	Round       Round
	MayRead     bool
	Waits       bool // what was said and agreed opens after the second step
	MayHold     bool
	Adults      []Person
	Barred      int // adults left out because of an order
	BarredWhy   []string
	Invitations []Invitation
	Contacts    []Contact
	Texts       []Text // newest first
	Agreements  []Agreement
	Copies      []Copy
	Targets     []Target
	Feedback    []Feedback
	Reflections []Reflection
	Remarks     []Remark // what the family wrote by their link, newest first
	Today       string
}

// Person is an adult who can be asked to a conversation.
type Person struct {
	Relation roll.Relation
	Usual    bool // asked as a matter of course
	Asked    bool // there is an invitation
}

// One opens a conversation.
func (s *Service) One(ctx context.Context, p access.Pass, id TalkID) (r Record, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return r, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		r, err = record(tx, id)
		return err
	})
	return r, err
}

func record(tx *db.Tx, id TalkID) (r Record, err error) {
	if r.Line, err = enter(tx, See, id); err != nil {
		return r, err
	}
	r.Today = tx.Today()
	if r.Round, _, err = roundByID(tx, r.Line.RoundID); err != nil {
		return r, err
	}
	if r.Invitations, err = talkInvitations(tx, id); err != nil {
		return r, err
	}
	if err = people(tx, &r); err != nil {
		return r, err
	}
	if r.Contacts, err = contactsOf(tx, id); err != nil {
		return r, err
	}
	_, notHold := enter(tx, Hold, id)
	if fault.KindOf(notHold) == fault.Internal && notHold != nil {
		return r, notHold
	}
	r.MayHold = notHold == nil
	if r.Remarks, err = remarksFor(tx, id, tx.Pass().Scope(Invite) >= access.Own, r.MayHold && tx.Pass().Open(Hold)); err != nil {
		return r, err
	}
	if _, err := enter(tx, Read, id); err == nil && !tx.Pass().Open(Read) {
		r.Waits = r.Line.Standing == Held || r.Line.FinalisedMs != nil
		return r, nil
	} else if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return r, nil
		}
		return r, err
	}
	r.MayRead = true
	if r.Texts, err = textsOf(tx, id); err != nil {
		return r, err
	}
	if r.Agreements, err = agreementsOf(tx, id); err != nil {
		return r, err
	}
	if r.Copies, err = copiesOf(tx, id); err != nil {
		return r, err
	}
	if r.Targets, err = targetsOf(tx, id); err != nil {
		return r, err
	}
	if r.Feedback, err = feedbackOf(tx, id); err != nil {
		return r, err
	}
	r.Reflections, err = reflectionsOf(tx, id)
	return r, err
}

// people sorts the adults of the pupil into those who can be asked and those an order bars.
func people(tx *db.Tx, r *Record) error {
	relations, err := roll.Relations(tx, r.Line.PupilID)
	if err != nil {
		return err
	}
	mayKnow, err := roll.KnowsOrders(tx, r.Line.PupilID)
	if err != nil {
		return err
	}
	for _, rel := range relations {
		if r.Line.AdultID != nil && *r.Line.AdultID != rel.Adult.ID {
			continue
		}
		switch WhoToAsk(rel, tx.Today()) {
		case AskBarred:
			if inOrder(rel, tx.Today()) {
				r.Barred++
				if mayKnow {
					r.BarredWhy = append(r.BarredWhy, leftOutWords(rel, r.Line, tx.Today()))
				}
			}
		case AskUsual:
			r.Adults = append(r.Adults, Person{Relation: rel, Usual: true})
		default:
			r.Adults = append(r.Adults, Person{Relation: rel})
		}
	}
	for i := range r.Adults {
		for _, inv := range r.Invitations {
			r.Adults[i].Asked = r.Adults[i].Asked || inv.AdultID == r.Adults[i].Relation.Adult.ID
		}
	}
	return nil
}
