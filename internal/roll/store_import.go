package roll

import (
	"strconv"
	"strings"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// This file holds the SQL of imports of people: what a book loads, how it writes, and what undo takes away.

// portion is how many changes a book holds back before it writes them.
const portion = 4000

// load reads what an import compares with. An organisation without people costs a handful of empty answers.
func (b *book) load() error {
	pupilAt, err := b.loadPupils()
	if err != nil {
		return err
	}
	adultAt, err := b.loadAdults()
	if err != nil {
		return err
	}
	if err := b.loadTies(pupilAt, adultAt); err != nil {
		return err
	}
	merged, err := mergeAliases(b.tx)
	if err != nil {
		return err
	}
	b.indexMerged(merged, adultAt)
	if err := b.loadStaff(); err != nil {
		return err
	}
	if err := b.loadClasses(pupilAt); err != nil {
		return err
	}
	return b.loadHands()
}

func (b *book) loadPupils() (map[PupilID]int32, error) {
	at := map[PupilID]int32{}
	err := db.Each(b.tx, func(p *Pupil) error {
		kept := *p
		e := &pupilEntry{Pupil: &kept, ID: p.ID}
		b.indexPupil(e)
		at[e.ID] = e.at
		return nil
	}, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 order by p.id`)
	return at, err
}

func (b *book) loadAdults() (map[AdultID]int32, error) {
	at := map[AdultID]int32{}
	err := db.Each(b.tx, func(a *Adult) error {
		kept := *a
		e := &adultEntry{Adult: &kept, ID: a.ID, child: none}
		e.key = personKey(a.Title, a.Forename, a.Surname, a.Name)
		b.indexAdult(e)
		at[e.ID] = e.at
		return nil
	}, `select `+adultColumns+` from roll_adult a where a.org_id = $1 order by a.id`)
	if err != nil || len(at) == 0 {
		return at, err
	}
	type row struct {
		AdultID AdultID
		Kind    string
		Folded  string
	}
	return at, db.Each(b.tx, func(c *row) error {
		a := b.adults[at[c.AdultID]]
		a.channels = append(a.channels, way{c.Folded, c.Kind == "email"})
		return nil
	}, `select adult_id, kind, folded from roll_channel where org_id = $1 order by adult_id, place, id`)
}

func (b *book) loadTies(pupilAt map[PupilID]int32, adultAt map[AdultID]int32) error {
	tieAdult := map[TieID]int32{}
	err := db.Each(b.tx, func(t *Tie) error {
		e := &tieEntry{Tie: *t, pupil: pupilAt[t.PupilID], adult: adultAt[t.AdultID]}
		b.indexTie(e)
		tieAdult[t.ID] = e.adult
		return nil
	}, `select `+tieColumns+` from roll_tie t where t.org_id = $1 order by t.id`)
	if err != nil || len(tieAdult) == 0 {
		return err
	}
	return db.Each(b.tx, func(t *TieID) error {
		b.ordered[*t] = true
		b.guarded[tieAdult[*t]] = true
		return nil
	}, `select tie_id from roll_order where org_id = $1 and starts <= $2 and ends >= $2`, b.today)
}

func (b *book) loadStaff() error {
	at := map[StaffID]int32{}
	err := db.Each(b.tx, func(s *Staff) error {
		e := &staffEntry{Staff: *s}
		b.indexStaff(e)
		at[e.ID] = e.at
		return nil
	}, `select `+staffColumns+` from roll_staff s where s.org_id = $1 order by s.id`)
	if err != nil || len(at) == 0 {
		return err
	}
	return db.Each(b.tx, func(id *StaffID) error {
		b.staff[at[*id]].roles = true
		return nil
	}, `select distinct staff_id from roll_staff_role where org_id = $1`)
}

func (b *book) loadClasses(pupilAt map[PupilID]int32) error {
	forms := map[ClassID]bool{}
	err := db.Each(b.tx, func(c *Class) error {
		b.indexClass(&classEntry{Class: *c})
		forms[c.ID] = c.Kind == "form"
		return nil
	}, `select id, local_id, title, kind, year, ends from roll_class where org_id = $1 order by id`)
	if err != nil || len(forms) == 0 {
		return err
	}
	type row struct {
		ID           MemberID
		LocalID      string
		ClassID      ClassID
		PupilID      *PupilID
		StaffID      *StaffID
		Starts, Ends string
	}
	return db.Each(b.tx, func(m *row) error {
		e := &memberEntry{ID: m.ID, LocalID: m.LocalID, ClassID: m.ClassID, Starts: m.Starts, Ends: m.Ends}
		if m.StaffID != nil {
			e.StaffID = *m.StaffID
		}
		if m.PupilID != nil {
			e.PupilID = *m.PupilID
			if at, loaded := pupilAt[e.PupilID]; loaded && forms[m.ClassID] && m.Ends >= b.today {
				p := b.pupils[at]
				p.forms = append(p.forms, int32(len(b.members)))
			}
		}
		b.indexMember(e)
		return nil
	}, `select id, local_id, class_id, pupil_id, staff_id, starts, ends from roll_member where org_id = $1 order by id`)
}

func (b *book) loadHands() error {
	type row struct {
		Record, Field string
		RowID         int64
	}
	if err := db.Each(b.tx, func(h *row) error {
		b.hands[hand{h.Record, h.RowID, h.Field}] = true
		return nil
	}, `select record, row_id, field from roll_hand where org_id = $1`); err != nil {
		return err
	}
	type listed struct {
		Record, Field, Theirs string
		RowID                 int64
	}
	return db.Each(b.tx, func(c *listed) error {
		b.listed[listedConflict{hand{c.Record, c.RowID, c.Field}, c.Theirs}] = true
		return nil
	}, `select record, row_id, field, theirs from roll_conflict where org_id = $1`)
}

// write puts what the book holds into the store, once there is a portion of it or at the end. In a preview it only lets go of it.
func (b *book) write(end bool) error {
	if b.held < portion && !end {
		return nil
	}
	if b.run.Apply {
		if err := b.insert(); err != nil {
			return err
		}
		if err := b.update(); err != nil {
			return err
		}
	}
	b.settle()
	return nil
}

// settle marks what was buffered as written. In a preview nothing is, but later changes to it must not count as changes of old records.
func (b *book) settle() {
	for _, e := range b.buffer.pupils {
		e.stage = written
		if b.numbered {
			e.Pupil = nil
		}
	}
	for _, e := range b.buffer.adults {
		e.stage = written
		if b.numbered {
			e.Adult, e.channels = nil, nil
		}
	}
	for _, e := range b.buffer.ties {
		e.stage = written
	}
	for _, e := range b.buffer.staff {
		e.stage = written
	}
	for _, e := range b.buffer.classes {
		e.stage = written
	}
	for _, e := range b.buffer.members {
		e.stage = written
	}
	buf := &b.buffer
	buf.pupils, buf.adults, buf.ties, buf.staff, buf.classes, buf.members = buf.pupils[:0], buf.adults[:0], buf.ties[:0], buf.staff[:0], buf.classes[:0], buf.members[:0]
	buf.channels, buf.roles = buf.channels[:0], buf.roles[:0]
	b.conflict, b.updates, b.held = b.conflict[:0], b.updates[:0], 0
}

// bulk inserts a list, one row of values for each entry.
func bulk[T any](b *book, table string, cols []string, list []T, row func(e T, v []any)) error {
	if len(list) == 0 {
		return nil
	}
	i, v := 0, make([]any, len(cols))
	_, err := b.tx.Bulk(table, cols, func() ([]any, bool) {
		if i == len(list) {
			return nil, false
		}
		row(list[i], v)
		i++
		return v, true
	})
	return err
}

var (
	pupilCols = []string{"id", "local_id", "upn", "forename", "surname", "known_as", "date_of_birth", "sex", "year", "sen", "first_language",
		"eal", "fsm", "pupil_premium", "looked_after", "young_carer", "address", "postcode", "starts", "ends", "search", "sort_key", "made_by"}
	adultCols   = []string{"id", "local_id", "title", "forename", "surname", "name", "speaks", "reads", "interpreter", "helps", "needs", "address", "postcode", "search", "sort_key", "made_by"}
	channelCols = []string{"id", "adult_id", "kind", "value", "folded", "place", "note", "made_by"}
	tieCols     = []string{"id", "pupil_id", "adult_id", "relationship", "responsibility", "source", "priority", "emergency", "lives_with", "letters", "starts", "ends", "made_by"}
	staffCols   = []string{"id", "local_id", "forename", "surname", "name", "email", "ends", "search", "sort_key", "made_by"}
	roleCols    = []string{"id", "staff_id", "role", "starts", "ends", "made_by"}
	classCols   = []string{"id", "local_id", "title", "kind", "year", "ends", "made_by"}
	memberCols  = []string{"id", "local_id", "class_id", "pupil_id", "staff_id", "starts", "ends", "made_by"}
)

func (b *book) insert() error {
	by := int64(b.run.Batch)
	if err := bulk(b, "roll_pupil", pupilCols, b.buffer.pupils, func(p *pupilEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = int64(p.ID), p.LocalID, p.UPN, p.Forename, p.Surname, p.KnownAs
		v[6], v[7], v[8], v[9], v[10] = p.DateOfBirth, p.Sex, p.Year, p.Sen, p.FirstLanguage
		v[11], v[12], v[13], v[14], v[15] = answerNumber(p.Eal), answerNumber(p.Fsm), answerNumber(p.PupilPremium), answerNumber(p.LookedAfter), answerNumber(p.YoungCarer)
		v[16], v[17], v[18], v[19], v[20], v[21], v[22] = p.Address, p.Postcode, p.Starts, p.Ends, PupilSearch(*p.Pupil), p.SortKey, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_adult", adultCols, b.buffer.adults, func(a *adultEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = int64(a.ID), a.LocalID, a.Title, a.Forename, a.Surname, a.Name
		v[6], v[7], v[8], v[9], v[10], v[11], v[12] = a.Speaks, a.Reads, answerNumber(a.Interpreter), a.Helps, a.Needs, a.Address, a.Postcode
		v[13], v[14], v[15] = AdultSearch(*a.Adult, a.channelList()), a.SortKey, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_channel", channelCols, b.buffer.channels, func(c channelRow, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = int64(ids.New[Channel]()), int64(c.adult), c.kind, c.value, c.folded, c.place, c.note, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_tie", tieCols, b.buffer.ties, func(t *tieEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4] = int64(t.ID), int64(t.PupilID), int64(t.AdultID), t.Relationship, t.Responsibility
		v[5], v[6], v[7], v[8], v[9] = t.Source, numberOrNull(t.Priority), answerNumber(t.Emergency), answerNumber(t.LivesWith), answerNumber(t.Letters)
		v[10], v[11], v[12] = t.Starts, t.Ends, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_staff", staffCols, b.buffer.staff, func(s *staffEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = int64(s.ID), s.LocalID, s.Forename, s.Surname, s.Name, s.Email
		v[6], v[7], v[8], v[9] = s.Ends, StaffSearch(s.Staff), s.SortKey, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_staff_role", roleCols, b.buffer.roles, func(r staffRoleRow, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = int64(ids.New[staffRoleRow]()), int64(r.staff), r.role, r.starts, r.ends, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_class", classCols, b.buffer.classes, func(c *classEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = int64(c.ID), c.LocalID, c.Title, c.Kind, c.Year, c.Ends, by
	}); err != nil {
		return err
	}
	if err := bulk(b, "roll_member", memberCols, b.buffer.members, func(m *memberEntry, v []any) {
		v[0], v[1], v[2], v[3], v[4] = int64(m.ID), m.LocalID, int64(m.ClassID), keyOrNull(int64(m.PupilID)), keyOrNull(int64(m.StaffID))
		v[5], v[6], v[7] = m.Starts, m.Ends, by
	}); err != nil {
		return err
	}
	for _, c := range b.conflict {
		if _, err := b.tx.Exec(`insert into roll_conflict (org_id, id, batch_id, record, row_id, field, ours, theirs, made_ms, made_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $3)`,
			ids.New[conflictRow](), b.run.Batch, c.record, c.row, c.field, c.ours, c.theirs, b.tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

func numberOrNull(n *int) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

func keyOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// update writes the changed fields, those of one record in one statement.
func (b *book) update() error {
	for i := 0; i < len(b.updates); {
		u := b.updates[i]
		set := []string{}
		args := []any{u.id}
		seen := map[string]bool{}
		for ; i < len(b.updates) && b.updates[i].table == u.table && b.updates[i].id == u.id && !seen[b.updates[i].col]; i++ {
			seen[b.updates[i].col] = true
			args = append(args, b.updates[i].val)
			set = append(set, b.updates[i].col+" = $"+strconv.Itoa(len(args)+1))
		}
		// Table and columns are words of our own source; values are parameters.
		if _, err := b.tx.Exec("update "+u.table+" set "+strings.Join(set, ", ")+" where org_id = $1 and id = $2", args...); err != nil {
			return err
		}
	}
	return nil
}

// found is what a record is found and sorted by.
type found struct{ Search, SortKey string }

// resort brings the search text and the sort key of a pupil up to date after one of the fields they are made of changed.
func (b *book) resort(p *pupilEntry) error {
	p.SortKey = SortKey(p.Surname, p.Forename)
	if p.stage == fresh {
		return nil
	}
	was, err := b.foundBy(p.record(), `select search, sort_key from roll_pupil where org_id = $1 and id = $2`)
	if err != nil {
		return err
	}
	return b.putFound(p.record(), was, found{PupilSearch(*p.Pupil), p.SortKey})
}

// resortAdult does the same for an adult, whose ways to be reached are searched too.
func (b *book) resortAdult(a *adultEntry) error {
	if a.stage == fresh {
		return nil
	}
	was, err := b.foundBy(a.record(), `select search, sort_key from roll_adult where org_id = $1 and id = $2`)
	if err != nil {
		return err
	}
	return b.putFound(a.record(), was, found{AdultSearch(*a.Adult, a.channelList()), a.SortKey})
}

// resortStaff does the same for a member of staff.
func (b *book) resortStaff(s *staffEntry) error {
	s.SortKey = SortKey(s.Surname, s.Forename)
	if s.stage == fresh {
		return nil
	}
	was, err := b.foundBy(s.record(), `select search, sort_key from roll_staff where org_id = $1 and id = $2`)
	if err != nil {
		return err
	}
	return b.putFound(s.record(), was, found{StaffSearch(s.Staff), s.SortKey})
}

// foundBy reads what the store has, or what this import has put since and may not have written yet.
func (b *book) foundBy(r record, query string) (found, error) {
	if f, ok := b.founds[r.id]; ok {
		return f, nil
	}
	f, _, err := db.Maybe[found](b.tx, query, r.id)
	return f, err
}

func (b *book) putFound(r record, was, now found) error {
	b.founds[r.id] = now
	if was.Search != now.Search {
		if err := b.put(r, "search", was.Search, now.Search); err != nil {
			return err
		}
	}
	if was.SortKey != now.SortKey {
		return b.put(r, "sort_key", was.SortKey, now.SortKey)
	}
	return nil
}

// madeTables are the tables whose rows an import of people makes, in the order in which they can be taken away.
var madeTables = []string{"roll_member", "roll_tie", "roll_channel", "roll_adult", "roll_staff_role", "roll_staff", "roll_class", "roll_pupil", "roll_conflict"}

// undoPeople takes back what an import of people made. What a person has changed by hand since is their work, and an undo never throws work away.
func (s *Service) undoPeople(u *batch.Undoing) error {
	n, err := db.One[int](u.Tx, `select count(*) from roll_hand h where h.org_id = $1 and (
		h.record = 'pupil' and h.row_id in (select id from roll_pupil where org_id = $1 and made_by = $2)
		or h.record = 'adult' and h.row_id in (select id from roll_adult where org_id = $1 and made_by = $2)
		or h.record = 'tie' and h.row_id in (select id from roll_tie where org_id = $1 and made_by = $2)
		or h.record = 'staff' and h.row_id in (select id from roll_staff where org_id = $1 and made_by = $2))`, u.Batch)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "This import can't be undone as a whole: %s of people it brought in have been changed by hand since, and that work would be lost. Release those changes first, or change the people by hand.", counts(n, "detail", "details"))
	}
	if s.UndoFacts != nil {
		if err := s.UndoFacts(u); err != nil {
			return err
		}
	}
	for _, t := range madeTables {
		if err := u.Remove(t); err != nil {
			return err
		}
	}
	return s.Changed.Publish(u.Tx, Changed{Why: "an import was undone"})
}

func postsByStaff(tx *db.Tx) (map[StaffID][]Post, error) {
	out := map[StaffID][]Post{}
	return out, db.Each(tx, func(p *Post) error { out[p.StaffID] = append(out[p.StaffID], *p); return nil },
		`select id, staff_id, role, starts, ends from roll_staff_role where org_id = $1 order by starts, id`)
}

// assignedCounts counts the pupils who are assigned to each colleague by name, today or ahead.
func assignedCounts(tx *db.Tx) (map[StaffID]int, error) {
	type row struct {
		StaffID StaffID
		N       int
	}
	out := map[StaffID]int{}
	return out, db.Each(tx, func(r *row) error { out[r.StaffID] = r.N; return nil }, `select g.staff_id, count(distinct g.pupil_id) as n
		from roll_assignment g join roll_pupil p on p.org_id = g.org_id and p.id = g.pupil_id
		where g.org_id = $1 and g.ends >= $2 and p.ends >= $2 group by g.staff_id`, tx.Today())
}

// coveringFor names the colleagues for whom each colleague stands in, today or ahead.
func coveringFor(tx *db.Tx) (map[StaffID][]string, error) {
	type row struct {
		StaffID StaffID
		Name    string
	}
	out := map[StaffID][]string{}
	return out, db.Each(tx, func(r *row) error { out[r.StaffID] = append(out[r.StaffID], r.Name); return nil }, `select distinct i.staff_id, s.name
		from roll_standin i join roll_staff s on s.org_id = i.org_id and s.id = i.away_id where i.org_id = $1 and i.ends >= $2 order by s.name`, tx.Today())
}

// leftBehind reads the pupils of colleagues whose last day is over or comes until a day, where the assignment goes on after it.
func leftBehind(tx *db.Tx, until string) (out []LeftBehind, err error) {
	type row struct {
		StaffID                    StaffID
		Name, Gone                 string
		ID                         PupilID
		Forename, Surname, KnownAs string
		Year                       string
		StaffKey, SortKey          string
	}
	err = db.Each(tx, func(r *row) error {
		if n := len(out); n == 0 || out[n-1].StaffID != r.StaffID {
			out = append(out, LeftBehind{StaffID: r.StaffID, Name: r.Name, Ends: r.Gone})
		}
		last := &out[len(out)-1]
		last.Pupils = append(last.Pupils, PupilHit{ID: r.ID, Forename: r.Forename, Surname: r.Surname, KnownAs: r.KnownAs, Year: r.Year})
		return nil
	}, `select distinct s.id as staff_id, s.name, s.ends as gone, s.sort_key as staff_key, p.id, p.forename, p.surname, p.known_as, p.year, p.sort_key
		from roll_assignment g
		join roll_staff s on s.org_id = g.org_id and s.id = g.staff_id
		join roll_pupil p on p.org_id = g.org_id and p.id = g.pupil_id
		where g.org_id = $1 and s.ends <= $3 and g.ends > s.ends and g.ends >= $2 and p.ends >= $2 and p.ends > s.ends
		order by s.ends, s.sort_key, s.id, p.sort_key, p.id`, tx.Today(), until)
	return out, err
}

func counts(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
