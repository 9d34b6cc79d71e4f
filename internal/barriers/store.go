package barriers

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

func number(n int) string { return strconv.Itoa(n) }

func oneDecimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// Recorded is a rule as the school has kept it.
type Recorded struct {
	ID         ids.ID[Recorded]
	Code       string
	Label      string
	WhenText   string
	FromOn     string
	EndedOn    string
	ByName     string
	RecordedMs int64
	ReplacedMs *int64
}

func recorded(tx *db.Tx) ([]Recorded, error) {
	return db.All[Recorded](tx, `select id, code, label, when_text, from_on, ended_on, by_name, recorded_ms, replaced_ms
		from barriers_rule where org_id = $1 order by code, from_on, recorded_ms, id`)
}

// label is what the rule is called; without words of its own, its code.
func (r RuleText) label() string { return cmp.Or(r.Label, r.Code) }

// record keeps one rule beside those there are.
func record(tx *db.Tx, all []Recorded, r RuleText, c *RulesChanged) error {
	r.Label = r.label()
	known := false
	for _, old := range all {
		if old.ReplacedMs != nil || old.Code != r.Code {
			continue
		}
		known = true
		if old.FromOn != r.From {
			continue
		}
		if old.WhenText == r.When && old.Label == r.Label && old.EndedOn == roll.ForGood {
			c.Same++
			return nil
		}
		if _, err := tx.Exec(`update barriers_rule set replaced_ms = $3 where org_id = $1 and id = $2`, old.ID, tx.Now()); err != nil {
			return err
		}
	}
	if known {
		c.Updated++
	} else {
		c.Created++
	}
	return insertRule(tx, r)
}

func insertRule(tx *db.Tx, r RuleText) error {
	_, err := tx.Exec(`insert into barriers_rule (org_id, id, code, label, when_text, from_on, by_name, recorded_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		ids.New[Recorded](), r.Code, r.Label, r.When, r.From, tx.Pass().Who().Name, tx.Now())
	return err
}

// endRule lets a rule hold until yesterday; one that began today or later never held.
func endRule(tx *db.Tx, r Recorded) error {
	_, err := tx.Exec(`update barriers_rule set ended_on = $3 where org_id = $1 and id = $2`, r.ID, dayBefore(tx.Today()))
	return err
}

func dayBefore(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, -1).Format(time.DateOnly)
}

func markStale(tx *db.Tx) error {
	_, err := tx.Exec(`update barriers_state set stale = 1 where org_id = $1`)
	return err
}

func isFresh(tx *db.Tx) (bool, error) {
	type row struct {
		Stale    bool
		WorkedOn string
	}
	x, found, err := db.Maybe[row](tx, `select stale, worked_on from barriers_state where org_id = $1`)
	// A clock that was put back must not write a list of a day before one that was shown.
	return found && (!x.Stale && x.WorkedOn == tx.Today() || x.WorkedOn > tx.Today()), err
}

func markFresh(tx *db.Tx) error {
	_, err := tx.Exec(`insert into barriers_state (org_id, stale, first_on, worked_on, worked_ms) values ($1, 0, $2, $2, $3)
		on conflict (org_id) do update set stale = 0, worked_on = excluded.worked_on, worked_ms = excluded.worked_ms`, tx.Today(), tx.Now())
	return err
}

// takeTurn makes the row of the organisation, or locks the one there is until the end of the transaction, so that on PostgreSQL two
// requests do not write the same standings side by side. SQLite has one writer anyway.
func takeTurn(tx *db.Tx) error {
	_, err := tx.Exec(`insert into barriers_state (org_id, stale, first_on, worked_on, worked_ms) values ($1, 1, $2, '', 0)
		on conflict (org_id) do update set stale = barriers_state.stale`, tx.Today())
	return err
}

// firstDay is the first day of which lists were kept; for an organisation without any it lies in the future of every day.
func firstDay(tx *db.Tx) (string, error) {
	d, found, err := db.Maybe[string](tx, `select first_on from barriers_state where org_id = $1`)
	if err == nil && !found {
		d = roll.ForGood
	}
	return d, err
}

// writer keeps the standings that differ from those in force.
type writer struct {
	tx    *db.Tx
	old   map[roll.PupilID]current
	today string
	add   [][]any
}

type current struct {
	PupilID roll.PupilID
	FromOn  string
	Print   int64
}

func newWriter(tx *db.Tx) (*writer, error) {
	w := &writer{tx: tx, old: map[roll.PupilID]current{}, today: tx.Today()}
	err := db.Each(tx, func(c *current) error { w.old[c.PupilID] = *c; return nil },
		`select pupil_id, from_on, print from barriers_standing where org_id = $1 and to_on = '9999-12-31'`)
	return w, err
}

// put keeps a pupil's standing if what went into it has changed. Several changes of one day leave the last.
func (w *writer) put(sub *subject, print int64, make func() Standing) error {
	id := sub.ID
	old, there := w.old[id]
	delete(w.old, id)
	if there && old.Print == print {
		return nil
	}
	s := make()
	because, err := json.Marshal(s.Because)
	if err != nil {
		return err
	}
	met, unknown := codes(s.Met), codes(s.Unknown)
	if there && old.FromOn == w.today {
		_, err := w.tx.Exec(`update barriers_standing set i_factor = $4, unknown_n = $5, met = $6, unknown = $7, because = $8, print = $9, year = $10
			where org_id = $1 and pupil_id = $2 and from_on = $3`, id, w.today, s.IFactor, len(s.Unknown), met, unknown, string(because), print, sub.Year)
		return err
	}
	if there {
		if err := w.end(old); err != nil {
			return err
		}
	}
	w.add = append(w.add, []any{id, w.today, s.IFactor, len(s.Unknown), met, unknown, string(because), print, sub.Year})
	if len(w.add) >= 2000 {
		return w.flush()
	}
	return nil
}

func (w *writer) end(c current) error {
	_, err := w.tx.Exec(`update barriers_standing set to_on = $4 where org_id = $1 and pupil_id = $2 and from_on = $3`, c.PupilID, c.FromOn, dayBefore(w.today))
	return err
}

func (w *writer) flush() error {
	i := 0
	_, err := w.tx.Bulk("barriers_standing", []string{"pupil_id", "from_on", "i_factor", "unknown_n", "met", "unknown", "because", "print", "year"}, func() ([]any, bool) {
		if i == len(w.add) {
			return nil, false
		}
		i++
		return w.add[i-1], true
	})
	w.add = w.add[:0]
	return err
}

// close ends the standing of pupils who are no longer on the roll.
func (w *writer) close() error {
	for _, c := range w.old {
		if c.FromOn == w.today {
			if _, err := w.tx.Exec(`delete from barriers_standing where org_id = $1 and pupil_id = $2 and from_on = $3`, c.PupilID, c.FromOn); err != nil {
				return err
			}
			continue
		}
		if err := w.end(c); err != nil {
			return err
		}
	}
	return w.flush()
}

// codes joins codes with a comma at both ends, so that one can be looked for with like.
func codes(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "," + strings.Join(list, ",") + ","
}

func uncodes(s string) []string {
	s = strings.Trim(s, ",")
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ",")
}

// kept reads the list of a day as it was kept.
func kept(tx *db.Tx, day string) (out []Line, err error) {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return nil, err
	}
	type row struct {
		ID                                        roll.PupilID
		LocalID                                   string
		UPN                                       string `db:"upn"`
		Forename, Surname, KnownAs, Year, SortKey string
		IFactor                                   int
		Met, Unknown, Because                     string
	}
	err = db.Each(tx, func(r *row) error {
		named := roll.Pupil{Forename: r.Forename, Surname: r.Surname, KnownAs: r.KnownAs}
		l := Line{Pupil: r.ID, PupilID: r.LocalID, UPN: r.UPN, Name: named.Name(), ListName: named.ListName(), Year: r.Year,
			IFactor: r.IFactor, Unknown: uncodes(r.Unknown), Met: uncodes(r.Met), SortKey: r.SortKey}
		if err := json.Unmarshal([]byte(r.Because), &l.Because); err != nil {
			return err
		}
		out = append(out, l)
		return nil
	}, `select p.id, p.local_id, p.upn, p.forename, p.surname, p.known_as, s.year, p.sort_key, s.i_factor, s.met, s.unknown, s.because
		from barriers_standing s
		join roll_pupil p on p.org_id = s.org_id and p.id = s.pupil_id
		where s.org_id = $1 and s.from_on <= $4 and s.to_on >= $4 and `+roll.Sight, staff, today, day)
	return out, err
}

// inSight gives the pupils that the pass may see by name; nil for everyone.
func inSight(tx *db.Tx) (map[roll.PupilID]bool, error) {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil || staff == 0 {
		return nil, err
	}
	seen := map[roll.PupilID]bool{}
	err = db.Each(tx, func(id *roll.PupilID) error { seen[*id] = true; return nil }, `select p.id from roll_pupil p where p.org_id = $1 and `+roll.Sight, staff, today)
	return seen, err
}
