package roll

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// The keys of absences and covers.
type (
	AbsenceID = ids.ID[Absence]
	CoverID   = ids.ID[Cover]
)

// Absence is a stretch of days on which a member of staff is away. Nobody is asked why.
type Absence struct {
	ID           AbsenceID
	StaffID      StaffID
	Starts, Ends string
	ByName       string
}

// Cover is what was decided for an absence: this colleague, on these days, for all the pupils or for one of them.
type Cover struct {
	ID           CoverID
	AbsenceID    AbsenceID
	StaffID      StaffID
	PupilID      *PupilID
	Starts, Ends string
	ByName       string
}

// CoverLine is a cover as its page shows it.
type CoverLine struct {
	Cover
	Staff  string
	NoRole bool       // the colleague holds no role on the first day, and would see nobody
	Pupils []PupilHit // the pupils it is for; none for all of them
	IDs    []CoverID  // the rows of one decision: one for each pupil, or the one for all
}

// CoverGap is a Gap with names. For those who may not see all pupils the names are left out and N stays.
type CoverGap struct {
	Starts, Ends string
	N            int
	Pupils       []PupilHit
}

// OnwardCover is a stretch on which a cover is away too and somebody else has the pupils.
type OnwardCover struct {
	Staff, Through string
	Starts, Ends   string
}

// Away is one absence with all that its page shows.
type Away struct {
	Absence
	Name   string
	Over   bool
	Covers []CoverLine
	Onward []OnwardCover
	Gaps   []CoverGap
}

// Ahead are the absences of today and of the days to come, of one member of staff or (id zero) of everyone, with who covers and what nobody covers.
// Anyone who sees the list of staff sees who is away and who covers; names of pupils are for those who see everyone.
func (s *Service) Ahead(ctx context.Context, p access.Pass, id StaffID) (out []Away, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = ahead(tx, id)
		return err
	})
	return out, err
}

// Uncovered are the absences of the next four weeks in which somebody's pupils have nobody, for the first page of those who can mend it.
func Uncovered(tx *db.Tx) ([]Away, error) {
	if tx.Pass().Scope(Edit) < access.All {
		return nil, nil
	}
	all, err := ahead(tx, 0)
	if err != nil {
		return nil, err
	}
	last := addDays(tx.Today(), 28)
	return slices.DeleteFunc(all, func(a Away) bool { return len(a.Gaps) == 0 || a.Gaps[0].Starts > last }), nil
}

// AwayFields and CoverFields are the names of the fields of the two forms.
var (
	AwayFields  = []string{"starts", "ends", "cover"}
	CoverFields = []string{"starts", "ends", "cover"}
)

// RecordAway records that a member of staff is away, and who covers for all of their pupils when one is named.
func (s *Service) RecordAway(ctx context.Context, p access.Pass, staff StaffID, v Values) (id AbsenceID, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		who, err := staffByID(tx, staff)
		if err != nil {
			return err
		}
		r := &formReader{v: v}
		a := Absence{ID: ids.New[Absence](), StaffID: staff, Starts: r.date("starts"), Ends: r.end("ends"), ByName: p.Who().Name}
		if a.Starts == "" && len(r.faults) == 0 {
			a.Starts = tx.Today()
		}
		if a.Ends < a.Starts {
			r.faults.Add("ends", "The last day is before the first.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		was, err := absencesOf(tx, staff)
		if err != nil {
			return err
		}
		for _, b := range was {
			if !(span{a.Starts, a.Ends}).and(span{b.Starts, b.Ends}).empty() {
				return fault.Field("starts", "%s is recorded as away on some of these days already. Change that absence, or choose other days.", who.Name)
			}
		}
		if err := insertAbsence(tx, a); err != nil {
			return err
		}
		id = a.ID
		if strings.TrimSpace(v["cover"]) != "" {
			err := addCover(tx, a, Values{"cover": v["cover"]}, nil)
			if err != nil {
				return err
			}
		}
		if err := noteRight(tx, staff, "recorded as away, "+a.Starts+" to "+a.Ends); err != nil {
			return err
		}
		return follow(tx)
	})
	return id, err
}

// CoverFor names a colleague who covers an absence: for all of the pupils when none is named, and for all of its days when none are.
func (s *Service) CoverFor(ctx context.Context, p access.Pass, absence AbsenceID, v Values, pupils []PupilID) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := absenceByID(tx, absence)
		if err != nil {
			return err
		}
		if err := addCover(tx, a, v, pupils); err != nil {
			return err
		}
		return follow(tx)
	})
}

// addCover keeps what was decided. A cover lends pupils and never rights: the colleague sees them as far as their own roles go.
func addCover(tx *db.Tx, a Absence, v Values, pupils []PupilID) error {
	r := &formReader{v: v}
	c := Cover{AbsenceID: a.ID, Starts: max(a.Starts, r.date("starts")), Ends: min(a.Ends, r.end("ends")), ByName: tx.Pass().Who().Name}
	id, err := ids.Parse[Staff](v["cover"])
	if err != nil {
		r.faults.Add("cover", "Choose the colleague who covers.")
	}
	if c.Ends < c.Starts {
		r.faults.Add("ends", "These days are not within the absence.")
	}
	if id == a.StaffID {
		r.faults.Add("cover", "Nobody covers for themselves. Choose a colleague.")
	}
	if len(pupils) > 2000 {
		r.faults.Add("pupil", "Choose at most 2,000 pupils at a time, or leave all unticked for all of them.")
	}
	if err := r.faults.Err(); err != nil {
		return err
	}
	who, err := staffByID(tx, id)
	if err != nil {
		return err
	}
	if who.Ends < c.Starts {
		return fault.Field("cover", "%s will have left by then. Choose someone else.", who.Name)
	}
	c.StaffID = id
	of := "all pupils"
	if len(pupils) > 0 {
		of = fmt.Sprintf("%d pupils", len(pupils))
	}
	if err := noteRight(tx, id, fmt.Sprintf("covers %s of the colleague %s, %s to %s", of, a.StaffID, c.Starts, c.Ends)); err != nil {
		return err
	}
	if len(pupils) == 0 {
		c.ID = ids.New[Cover]()
		return insertCover(tx, c)
	}
	theirs, err := assignedTo(tx, a.StaffID)
	if err != nil {
		return err
	}
	for _, one := range pupils {
		if !slices.ContainsFunc(theirs, func(g Assigned) bool { return g.PupilID == one }) {
			return fault.Gone("pupil")
		}
		c.ID, c.PupilID = ids.New[Cover](), &one
		if err := insertCover(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// EndCover takes covers back from tomorrow on. What was covered until today stays on record, since somebody saw those pupils by it.
func (s *Service) EndCover(ctx context.Context, p access.Pass, list []CoverID) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		for _, id := range list {
			n, err := endCover(tx, id, dayBefore(tx.Today()))
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.Gone("cover")
			}
		}
		if err := noteRight(tx, 0, fmt.Sprintf("a cover was ended (%d rows)", len(list))); err != nil {
			return err
		}
		return follow(tx)
	})
}

// ComeBack says the last day on which somebody is away. The day after, everything is theirs again by itself. A last day before the first one takes
// the absence back, as recorded by mistake, as long as no day of it has passed.
func (s *Service) ComeBack(ctx context.Context, p access.Pass, absence AbsenceID, v Values) error {
	if err := p.CheckAll(Edit); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := absenceByID(tx, absence)
		if err != nil {
			return err
		}
		r := &formReader{v: v}
		ends := r.date("ends")
		if ends == "" && len(r.faults) == 0 {
			r.faults.Add("ends", "Write the last day on which they are away.")
		}
		if err := r.faults.Err(); err != nil {
			return err
		}
		if ends < a.Starts && a.Starts < tx.Today() {
			return fault.Field("ends", "The absence began on %s, and somebody may have covered since. The last day can't be before that.", DayInWords(a.Starts))
		}
		if err := endAbsence(tx, a, ends); err != nil {
			return err
		}
		if err := noteRight(tx, a.StaffID, "last day away is "+ends); err != nil {
			return err
		}
		return follow(tx)
	})
}

// follow works out anew who stands in for whom. There are few absences at a time, so that everything is done at once.
func follow(tx *db.Tx) error {
	absences, covers, err := covering(tx)
	if err != nil {
		return err
	}
	return replaceStandIns(tx, StandIns(absences, covers))
}

// covering reads what was decided; a cover ends with the last day at work of the colleague who covers.
func covering(tx *db.Tx) (absences []Absence, covers []Cover, err error) {
	if absences, err = absencesOf(tx, 0); err != nil {
		return nil, nil, err
	}
	covers, err = coversOf(tx)
	return absences, covers, err
}

func ahead(tx *db.Tx, id StaffID) ([]Away, error) {
	absences, covers, err := covering(tx)
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	if !slices.ContainsFunc(absences, func(a Absence) bool { return (id == 0 || a.StaffID == id) && a.Ends >= today }) {
		return nil, nil
	}
	staff, err := colleagues(tx)
	if err != nil {
		return nil, err
	}
	at := map[StaffID]Colleague{}
	for _, c := range staff {
		at[c.ID] = c
	}
	standIns := StandIns(absences, covers)
	var out []Away
	for _, a := range absences {
		if id != 0 && a.StaffID != id || a.Ends < today {
			continue
		}
		w := Away{Absence: a, Name: at[a.StaffID].Name}
		if w.Covers, err = coverLines(tx, a, covers, at); err != nil {
			return nil, err
		}
		for _, s := range standIns {
			if s.AwayID != a.StaffID || len(s.Through) == 0 || (span{s.Starts, s.Ends}).and(span{a.Starts, a.Ends}).empty() {
				continue
			}
			o := OnwardCover{Staff: at[s.StaffID].Name, Through: at[s.Through[len(s.Through)-1]].Name, Starts: s.Starts, Ends: s.Ends}
			if !slices.Contains(w.Onward, o) {
				w.Onward = append(w.Onward, o)
			}
		}
		if w.Gaps, err = coverGaps(tx, a, standIns); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func coverLines(tx *db.Tx, a Absence, covers []Cover, at map[StaffID]Colleague) (out []CoverLine, err error) {
	named := tx.Pass().Scope(See) == access.All
	for _, c := range covers {
		if c.AbsenceID != a.ID || c.Ends < c.Starts || c.Ends < tx.Today() {
			continue
		}
		i := slices.IndexFunc(out, func(l CoverLine) bool {
			return l.StaffID == c.StaffID && l.Starts == c.Starts && l.Ends == c.Ends && (l.PupilID == nil) == (c.PupilID == nil)
		})
		if i < 0 {
			i = len(out)
			who := at[c.StaffID]
			out = append(out, CoverLine{Cover: c, Staff: who.Name, NoRole: !slices.ContainsFunc(who.Posts, func(p Post) bool { return p.HeldOn(max(c.Starts, tx.Today())) })})
		}
		out[i].IDs = append(out[i].IDs, c.ID)
		if c.PupilID != nil && named {
			hits, err := pupilHits(tx, []PupilID{*c.PupilID})
			if err != nil {
				return nil, err
			}
			out[i].Pupils = append(out[i].Pupils, hits...)
		}
	}
	return out, nil
}

func coverGaps(tx *db.Tx, a Absence, standIns []StandIn) (out []CoverGap, err error) {
	theirs, err := assignedTo(tx, a.StaffID)
	if err != nil {
		return nil, err
	}
	for _, g := range Gaps(a, theirs, standIns, tx.Today()) {
		line := CoverGap{Starts: g.Starts, Ends: g.Ends, N: len(g.Pupils)}
		if tx.Pass().Scope(See) == access.All {
			if line.Pupils, err = pupilHits(tx, g.Pupils); err != nil {
				return nil, err
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// CoverablePupils are the pupils assigned to a member of staff by name from today on, whom a cover can be for one by one.
func (s *Service) CoverablePupils(ctx context.Context, p access.Pass, staff StaffID) (out []PupilHit, err error) {
	if err := p.CheckAll(Edit); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		theirs, err := assignedTo(tx, staff)
		if err != nil {
			return err
		}
		var list []PupilID
		for _, g := range theirs {
			if g.Ends >= tx.Today() && !slices.Contains(list, g.PupilID) {
				list = append(list, g.PupilID)
			}
		}
		out, err = pupilHits(tx, list)
		return err
	})
	return out, err
}

// StandingIn is somebody for whom the person of the pass stands in today.
type StandingIn struct {
	AwayID  StaffID
	Name    string
	PupilID *PupilID // one pupil; nil for all of theirs
	Ends    string
}

// For tells whether this cover is for a pupil of somebody.
func (s StandingIn) For(away StaffID, pupil PupilID) bool {
	return s.AwayID == away && (s.PupilID == nil || *s.PupilID == pupil)
}

// CoveringFor lists for whom the person of the pass stands in today.
func CoveringFor(tx *db.Tx) ([]StandingIn, error) {
	return standingIn(tx, StaffID(tx.Pass().Who().Staff))
}

// noteRight writes to the trail that somebody may see more or less than before.
func noteRight(tx *db.Tx, staff StaffID, words string) error {
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: words})
}
