package roll

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"fmt"
	"strings"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// This file holds the SQL of search, of edits by hand, of orders and of the pages about staff and classes.

// holdsAll is the condition that a column holds every term; it uses the arguments from $first on. The engines have no quick function for
// this in common: like works on both, but on SQLite it folds case letter by letter, which folded text does not need.
func holdsAll(e db.Engine, column string, first int, terms []string) (string, []any) {
	holds := " and instr(%s, $%d) > 0"
	if e == db.PostgreSQL {
		holds = " and strpos(%s, $%d) > 0"
	}
	var b strings.Builder
	var args []any
	for i, t := range terms {
		fmt.Fprintf(&b, holds, column, first+i)
		args = append(args, t)
	}
	return b.String(), args
}

func firstHitIDs[T any](list []searchHit, n int) []ids.ID[T] {
	var out []ids.ID[T]
	for _, m := range list[:min(n, len(list))] {
		out = append(out, ids.ID[T](m.ID))
	}
	return out
}

// argMarks writes $first, $first+1, … for a list of arguments, which PostgreSQL and SQLite both take.
func argMarks[T any](first int, list []T) (string, []any) {
	var b strings.Builder
	var args []any
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
		args = append(args, v)
	}
	return b.String(), args
}

// The people with all the terms are first found in the index that holds nothing but the text (migration 0005), then looked at.

func matchPupils(tx *db.Tx, staff int64, today string, terms []string) ([]searchHit, error) {
	like, args := holdsAll(tx.Engine(), "p.search", 5, terms)
	return db.All[searchHit](tx, `select q.id, q.sort_key, q.search from roll_pupil q where q.org_id = $1 and q.id in (
		select p.id from roll_pupil p where p.org_id = $1`+like+` and `+Sight+` limit $4)`,
		append([]any{staff, today, countHits + 1}, args...)...)
}

func matchAdults(tx *db.Tx, staff int64, today string, terms []string) ([]searchHit, error) {
	like, args := holdsAll(tx.Engine(), "a.search", 5, terms)
	return db.All[searchHit](tx, `select q.id, q.sort_key, q.search from roll_adult q where q.org_id = $1 and q.id in (
		select a.id from roll_adult a where a.org_id = $1`+like+` and `+adultSight+` limit $4)`,
		append([]any{staff, today, countHits + 1}, args...)...)
}

func matchStaff(tx *db.Tx, terms []string) ([]StaffHit, error) {
	like, args := holdsAll(tx.Engine(), "s.search", 3, terms)
	return db.All[StaffHit](tx, `select s.id, s.name, s.email, s.ends, s.sort_key from roll_staff s where s.org_id = $1`+like+` order by s.sort_key, s.id limit $2`,
		append([]any{showHits}, args...)...)
}

// formOf reads the title of the form that pupil p is in on a day ($3).
const formOf = `coalesce((select min(c.title) from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
	where m.org_id = p.org_id and m.pupil_id = p.id and c.kind = 'form' and m.starts <= $3 and m.ends >= $3), '')`

const hitColumns = `p.id, p.forename, p.surname, p.known_as, p.year, p.date_of_birth, p.starts, p.ends, p.sort_key`

func pupilHits(tx *db.Tx, list []PupilID) ([]PupilHit, error) {
	if len(list) == 0 {
		return nil, nil
	}
	in, args := argMarks(4, list)
	hits, err := db.All[PupilHit](tx, `select `+hitColumns+`, `+formOf+` as form from roll_pupil p where p.org_id = $1 and cast($2 as bigint) = 0 and p.id in (`+in+`)`,
		append([]any{0, tx.Today()}, args...)...)
	return inHitOrder(list, hits, func(h PupilHit) PupilID { return h.ID }), err
}

func adultHits(tx *db.Tx, staff int64, today string, list []AdultID) ([]AdultHit, error) {
	if len(list) == 0 {
		return nil, nil
	}
	in, args := argMarks(2, list)
	hits, err := db.All[AdultHit](tx, `select a.id, a.name, a.sort_key from roll_adult a where a.org_id = $1 and a.id in (`+in+`)`, args...)
	if err != nil {
		return nil, err
	}
	in, args = argMarks(4, list)
	children, err := db.All[Child](tx, `select `+hitColumns+`, `+formOf+` as form, t.adult_id, t.relationship,
			exists (select 1 from roll_order o where o.org_id = t.org_id and o.tie_id = t.id and o.starts <= $3 and o.ends >= $3) as restricted
		from roll_tie t join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where t.org_id = $1 and `+Sight+` and t.adult_id in (`+in+`) order by p.sort_key, p.id`, append([]any{staff, today}, args...)...)
	if err != nil {
		return nil, err
	}
	hits = inHitOrder(list, hits, func(h AdultHit) AdultID { return h.ID })
	for i := range hits {
		for _, c := range children {
			if c.AdultID == hits[i].ID {
				hits[i].Children = append(hits[i].Children, c)
			}
		}
	}
	return hits, nil
}

func inHitOrder[K comparable, T any](keys []K, list []T, key func(T) K) []T {
	at := make(map[K]T, len(list))
	for _, v := range list {
		at[key(v)] = v
	}
	out := make([]T, 0, len(list))
	for _, k := range keys {
		if v, ok := at[k]; ok {
			out = append(out, v)
		}
	}
	return out
}

// adultSight is the condition that every list of adults (as a) carries; $2 and $3 are those of Sight. An adult without a child here is for those
// who see everybody.
const adultSight = `(cast($2 as bigint) = 0 or exists (select 1 from roll_tie t join roll_sight v on v.org_id = t.org_id and v.pupil_id = t.pupil_id
	where t.org_id = a.org_id and t.adult_id = a.id and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3))`

func seeAdult(tx *db.Tx, right access.Right, id AdultID) (Adult, error) {
	staff, today, err := SightArgs(tx, right)
	if err != nil {
		return Adult{}, err
	}
	a, found, err := db.Maybe[Adult](tx, `select `+adultColumns+` from roll_adult a where a.org_id = $1 and a.id = $4 and `+adultSight, staff, today, id)
	if err != nil {
		return a, err
	}
	if !found {
		return a, fault.Gone("adult")
	}
	return adultWithWays(tx, id)
}

func adultWithWays(tx *db.Tx, id AdultID) (Adult, error) {
	a, err := db.One[Adult](tx, `select `+adultColumns+` from roll_adult a where a.org_id = $1 and a.id = $2`, id)
	if err != nil {
		return a, err
	}
	a.Channels, err = db.All[Channel](tx, `select c.id, c.adult_id, c.kind, c.value, c.folded, c.place, c.note
		from roll_channel c where c.org_id = $1 and c.adult_id = $2 order by c.place, c.id`, id)
	return a, err
}

// likeRow is an adult found by name or by a way to reach them.
type likeRow struct {
	ID      AdultID
	SortKey string
	SameWay bool
}

func likeAdults(tx *db.Tx, staff int64, today, key string, folded []string) ([]likeRow, error) {
	var out []likeRow
	if strings.TrimSpace(key) != "" {
		named, err := db.All[likeRow](tx, `select a.id, a.sort_key, 0 as same_way from roll_adult a where a.org_id = $1 and a.sort_key = $4 and `+adultSight+`
			order by a.id limit 20`, staff, today, key)
		if err != nil {
			return nil, err
		}
		out = named
	}
	if len(folded) == 0 {
		return out, nil
	}
	in, args := argMarks(4, folded)
	reached, err := db.All[likeRow](tx, `select a.id, a.sort_key, 1 as same_way from roll_adult a
		where a.org_id = $1 and a.id in (select c.adult_id from roll_channel c where c.org_id = $1 and c.folded in (`+in+`)) and `+adultSight+`
		order by a.sort_key, a.id limit 20`, append([]any{staff, today}, args...)...)
	return append(out, reached...), err
}

// setByHand writes columns and marks them as set by hand. Table and columns come from our own lists.
func setByHand(tx *db.Tx, table, record string, row int64, set []handValue) error {
	for _, x := range set {
		n, err := tx.Exec(`update `+table+` set `+x.name+` = $3 where org_id = $1 and id = $2`, row, x.value)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Gone(record)
		}
		if err := markHand(tx, record, row, x.name); err != nil {
			return err
		}
	}
	return nil
}

func markHand(tx *db.Tx, record string, row int64, name string) error {
	_, err := tx.Exec(`insert into roll_hand (org_id, record, row_id, field, by_name, at_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, record, row_id, field) do update set by_name = excluded.by_name, at_ms = excluded.at_ms`,
		record, row, name, tx.Pass().Who().Name, tx.Now())
	return err
}

func releaseHand(tx *db.Tx, record string, row int64, name string) error {
	_, err := tx.Exec(`delete from roll_hand where org_id = $1 and record = $2 and row_id = $3 and field = $4`, record, row, name)
	return err
}

// derivePupil writes what follows from the other columns.
func derivePupil(tx *db.Tx, p Pupil, upnAccepted bool) error {
	_, err := tx.Exec(`update roll_pupil set search = $3, sort_key = $4, upn_accepted = $5 where org_id = $1 and id = $2`, p.ID, PupilSearch(p), p.SortKey, upnAccepted)
	return err
}

func deriveAdult(tx *db.Tx, a Adult) error {
	_, err := tx.Exec(`update roll_adult set search = $3, sort_key = $4 where org_id = $1 and id = $2`, a.ID, AdultSearch(a, a.Channels), a.SortKey)
	return err
}

func deriveStaff(tx *db.Tx, s Staff) error {
	_, err := tx.Exec(`update roll_staff set search = $3, sort_key = $4 where org_id = $1 and id = $2`, s.ID, StaffSearch(s), s.SortKey)
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(s.ID), Words: "has other details, or another last day"})
}

// replaceWays puts the phones or the e-mail addresses of a form in place of those there were. One that stays keeps its row.
func replaceWays(tx *db.Tx, adult AdultID, old, now []Channel) error {
	kept := map[string]Channel{}
	for _, c := range old {
		kept[c.Value] = c
	}
	for _, c := range now {
		if was, ok := kept[c.Value]; ok {
			delete(kept, c.Value)
			if _, err := tx.Exec(`update roll_channel set place = $3, note = $4 where org_id = $1 and id = $2`, was.ID, c.Place, c.Note); err != nil {
				return err
			}
			continue
		}
		c.AdultID = adult
		if err := insertWay(tx, c); err != nil {
			return err
		}
	}
	for _, c := range kept {
		if _, err := tx.Exec(`delete from roll_channel where org_id = $1 and id = $2`, c.ID); err != nil {
			return err
		}
	}
	return nil
}

func insertWay(tx *db.Tx, c Channel) error {
	_, err := tx.Exec(`insert into roll_channel (org_id, id, adult_id, kind, value, folded, place, note) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		ids.New[Channel](), c.AdultID, c.Kind, c.Value, c.Folded, c.Place, c.Note)
	return err
}

func insertAdult(tx *db.Tx, a Adult) error {
	if _, err := tx.Exec(`insert into roll_adult (org_id, id, title, forename, surname, name, speaks, reads, interpreter, needs, helps, address, postcode, search, sort_key)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		a.ID, a.Title, a.Forename, a.Surname, a.Name, a.Speaks, a.Reads, pointed(a.Interpreter), a.Needs, a.Helps, a.Address, a.Postcode, AdultSearch(a, a.Channels), a.SortKey); err != nil {
		return err
	}
	for _, c := range a.Channels {
		c.AdultID = a.ID
		if err := insertWay(tx, c); err != nil {
			return err
		}
	}
	return nil
}

func insertTie(tx *db.Tx, t Tie) error {
	n, err := tx.Exec(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility, source, source_seen, priority, emergency, lives_with, stays, stays_words, letters,
		starts, ends) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict (org_id, pupil_id, adult_id) do nothing`,
		t.ID, t.PupilID, t.AdultID, t.Relationship, t.Responsibility, t.Source, t.SourceSeen, pointed(t.Priority), pointed(t.Emergency), pointed(t.LivesWith), t.Stays,
		t.StaysWords, pointed(t.Letters), t.Starts, t.Ends)
	if err == nil && n == 0 {
		err = fault.Field("adult", "This adult is on the child's record already. Change what is recorded there instead.")
	}
	return err
}

func handsOf(tx *db.Tx, pupil PupilID) ([]Hand, error) {
	return db.All[Hand](tx, `select h.record, h.row_id, h.field, h.by_name, h.at_ms from roll_hand h where h.org_id = $1 and (
		h.record = 'pupil' and h.row_id = $2
		or h.record = 'tie' and h.row_id in (select t.id from roll_tie t where t.org_id = $1 and t.pupil_id = $2)
		or h.record = 'adult' and h.row_id in (select t.adult_id from roll_tie t where t.org_id = $1 and t.pupil_id = $2)) order by h.at_ms desc, h.record, h.field`, pupil)
}

const conflictColumns = `c.id, c.batch_id, c.record, c.row_id, c.field, c.ours, c.theirs, c.made_ms`

func openConflicts(tx *db.Tx) ([]Conflict, error) {
	list, err := db.All[Conflict](tx, `select `+conflictColumns+`, coalesce(b.file_name, '') as file from roll_conflict c
		left join batch_batch b on b.org_id = c.org_id and b.id = c.batch_id
		where c.org_id = $1 and c.settled_ms is null order by c.made_ms desc, c.id limit 500`)
	if err != nil {
		return nil, err
	}
	type named struct {
		Who   string
		Pupil PupilID
	}
	for i, c := range list {
		var n named
		switch c.Record {
		case "pupil":
			p, found, err := db.Maybe[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.id = $2`, c.RowID)
			if err != nil {
				return nil, err
			}
			if found {
				n = named{p.Name(), p.ID}
			}
		case "adult":
			n, _, err = db.Maybe[named](tx, `select a.name as who, coalesce((select min(t.pupil_id) from roll_tie t where t.org_id = a.org_id and t.adult_id = a.id), 0) as pupil
				from roll_adult a where a.org_id = $1 and a.id = $2`, c.RowID)
		case "tie":
			n, _, err = db.Maybe[named](tx, `select a.name as who, t.pupil_id as pupil from roll_tie t join roll_adult a on a.org_id = t.org_id and a.id = t.adult_id
				where t.org_id = $1 and t.id = $2`, c.RowID)
		case "staff":
			n, _, err = db.Maybe[named](tx, `select s.name as who, 0 as pupil from roll_staff s where s.org_id = $1 and s.id = $2`, c.RowID)
		}
		if err != nil {
			return nil, err
		}
		list[i].Who, list[i].Pupil = n.Who, n.Pupil
	}
	return list, nil
}

func openConflict(tx *db.Tx, id ids.ID[Conflict]) (Conflict, error) {
	c, found, err := db.Maybe[Conflict](tx, `select `+conflictColumns+` from roll_conflict c where c.org_id = $1 and c.id = $2 and c.settled_ms is null`, id)
	if err == nil && !found {
		err = fault.Gone("difference")
	}
	return c, err
}

// settle ends every open difference about the same field: they all ask the same question.
func settle(tx *db.Tx, c Conflict, how string) error {
	_, err := tx.Exec(`update roll_conflict set settled_ms = $5, settled = $6 where org_id = $1 and record = $2 and row_id = $3 and field = $4 and settled_ms is null`,
		c.Record, c.RowID, c.Field, tx.Now(), how)
	return err
}

func insertOrder(tx *db.Tx, o Order) error {
	_, err := tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, evidence_seen, starts, ends, review_on, note, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		o.ID, o.TieID, o.Kind, o.DecidedBy, o.EvidenceSeen, o.Starts, o.Ends, o.ReviewOn, o.Note, o.ByName, tx.Now())
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.Order, About: "order", Key: int64(o.ID), Words: "recorded: " + OrderWords[o.Kind]})
}

func endOrder(tx *db.Tx, id OrderID, ends, note string) error {
	_, err := tx.Exec(`update roll_order set ends = $3, note = $4 where org_id = $1 and id = $2`, id, ends, note)
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.Order, About: "order", Key: int64(id), Words: "ends on " + ends})
}

const teachersOf = `coalesce((select string_agg(s.name, ', ' order by s.sort_key, s.id) from roll_member w join roll_staff s on s.org_id = w.org_id and s.id = w.staff_id
	where w.org_id = c.org_id and w.class_id = c.id and w.starts <= $3 and w.ends >= $3), '')`

func placesOf(tx *db.Tx, pupil PupilID) ([]Place, error) {
	return db.All[Place](tx, `select c.id as class_id, c.title, c.kind, `+teachersOf+` as teachers
		from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id
		where m.org_id = $1 and m.pupil_id = $2 and m.starts <= $3 and m.ends >= $3 order by c.kind desc, c.title, c.id`, pupil, tx.Today())
}

func workersOf(tx *db.Tx, pupil PupilID) ([]Worker, error) {
	return db.All[Worker](tx, `select g.id as assignment_id, g.staff_id, s.name, g.part, g.starts, g.ends, g.reason
		from roll_assignment g join roll_staff s on s.org_id = g.org_id and s.id = g.staff_id
		where g.org_id = $1 and g.pupil_id = $2 order by g.ends desc, g.starts desc, g.id`, pupil)
}

func broughtBy(tx *db.Tx, pupil PupilID) (string, error) {
	type made struct {
		FileName string
		DoneMs   *int64
	}
	m, found, err := db.Maybe[made](tx, `select b.file_name, b.done_ms from roll_pupil p join batch_batch b on b.org_id = p.org_id and b.id = p.made_by
		where p.org_id = $1 and p.id = $2`, pupil)
	if err != nil || !found {
		return "", err
	}
	if m.DoneMs == nil {
		return m.FileName, nil
	}
	return m.FileName + ", " + time.UnixMilli(*m.DoneMs).UTC().Format("2 January 2006"), nil
}

func colleagues(tx *db.Tx) ([]Colleague, error) {
	staff, err := db.All[Staff](tx, `select `+staffColumns+` from roll_staff s where s.org_id = $1
		order by case when s.ends >= $2 then 0 else 1 end, s.sort_key, s.id`, tx.Today())
	if err != nil {
		return nil, err
	}
	posts, err := db.All[Post](tx, `select r.id, r.staff_id, r.role, r.starts, r.ends from roll_staff_role r where r.org_id = $1 order by r.starts, r.role, r.id`)
	if err != nil {
		return nil, err
	}
	type count struct {
		StaffID StaffID
		N       int
	}
	counts, err := db.All[count](tx, `select g.staff_id, count(distinct g.pupil_id) as n from roll_assignment g
		where g.org_id = $1 and g.starts <= $2 and g.ends >= $2 group by g.staff_id`, tx.Today())
	if err != nil {
		return nil, err
	}
	out := make([]Colleague, len(staff))
	at := make(map[StaffID]*Colleague, len(staff))
	for i, s := range staff {
		out[i].Staff = s
		at[s.ID] = &out[i]
	}
	for _, p := range posts {
		if c := at[p.StaffID]; c != nil {
			c.Posts = append(c.Posts, p)
		}
	}
	for _, n := range counts {
		if c := at[n.StaffID]; c != nil {
			c.Pupils = n.N
		}
	}
	return out, nil
}

func staffByID(tx *db.Tx, id StaffID) (Staff, error) {
	s, found, err := db.Maybe[Staff](tx, `select `+staffColumns+` from roll_staff s where s.org_id = $1 and s.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("colleague")
	}
	return s, err
}

func insertStaff(tx *db.Tx, s Staff) error {
	_, err := tx.Exec(`insert into roll_staff (org_id, id, forename, surname, name, email, ends, search, sort_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Forename, s.Surname, s.Name, s.Email, s.Ends, StaffSearch(s), s.SortKey)
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(s.ID), Words: "joined the staff"})
}

func insertPost(tx *db.Tx, p Post) error {
	_, err := tx.Exec(`insert into roll_staff_role (org_id, id, staff_id, role, starts, ends) values ($1, $2, $3, $4, $5, $6)`, p.ID, p.StaffID, p.Role, p.Starts, p.Ends)
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(p.StaffID), Words: "was given the role " + string(p.Role) + " from " + p.Starts + until(p.Ends)})
}

// until says when something ends, for the trail; nothing when it does not.
func until(ends string) string {
	if ends == ForGood {
		return ""
	}
	return " until " + ends
}

func postByID(tx *db.Tx, staff StaffID, id ids.ID[Post]) (Post, error) {
	p, found, err := db.Maybe[Post](tx, `select r.id, r.staff_id, r.role, r.starts, r.ends from roll_staff_role r where r.org_id = $1 and r.staff_id = $2 and r.id = $3`, staff, id)
	if err == nil && !found {
		err = fault.Gone("role")
	}
	return p, err
}

func endPost(tx *db.Tx, staff StaffID, id ids.ID[Post], ends string) (int64, error) {
	n, err := tx.Exec(`update roll_staff_role set ends = $4 where org_id = $1 and staff_id = $2 and id = $3`, staff, id, ends)
	if err != nil || n == 0 {
		return n, err
	}
	return n, trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(staff), Words: "has a role until " + ends})
}

func inCharge(tx *db.Tx) (int, error) {
	return db.One[int](tx, `select count(*) from roll_staff_role r join roll_staff s on s.org_id = r.org_id and s.id = r.staff_id
		where r.org_id = $1 and r.role in ('head', 'administrator') and r.ends >= $2 and s.ends >= $2`, tx.Today())
}

func classRows(tx *db.Tx, staff int64, today string) ([]ClassRow, error) {
	return db.All[ClassRow](tx, `select c.id, c.local_id, c.title, c.kind, c.year, c.ends, `+teachersOf+` as teachers,
			(select count(distinct p.id) from roll_member m join roll_pupil p on p.org_id = m.org_id and p.id = m.pupil_id
				where m.org_id = c.org_id and m.class_id = c.id and m.starts <= $3 and m.ends >= $3 and p.ends >= $3 and `+Sight+`) as pupils
		from roll_class c where c.org_id = $1 and c.ends >= $3 and (cast($2 as bigint) = 0
			or exists (select 1 from roll_member w where w.org_id = c.org_id and w.class_id = c.id and w.staff_id = $2 and w.starts <= $3 and w.ends >= $3)
			or exists (select 1 from roll_member y join roll_sight v on v.org_id = y.org_id and v.pupil_id = y.pupil_id
				where y.org_id = c.org_id and y.class_id = c.id and y.starts <= $3 and y.ends >= $3 and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3))
		order by c.title, c.id`, staff, today)
}

// workerName names who works with pupil p in a part today.
const workerName = `coalesce((select min(s.name) from roll_assignment g join roll_staff s on s.org_id = g.org_id and s.id = g.staff_id
	where g.org_id = p.org_id and g.pupil_id = p.id and g.starts <= $3 and g.ends >= $3 and g.part = `

func classPupils(tx *db.Tx, staff int64, today string, id ClassID) ([]ClassPupil, error) {
	return db.All[ClassPupil](tx, `select `+hitColumns+`, `+formOf+` as form, `+workerName+`'key_teacher'), '') as key_teacher, `+workerName+`'family_worker'), '') as family_worker
		from roll_pupil p where p.org_id = $1 and p.ends >= $3 and `+Sight+`
			and exists (select 1 from roll_member m where m.org_id = p.org_id and m.class_id = $4 and m.pupil_id = p.id and m.starts <= $3 and m.ends >= $3)
		order by p.sort_key, p.id`, staff, today, id)
}

func endKeyTeachers(tx *db.Tx, by ids.ID[Assignment], pupil PupilID, from, last string) error {
	_, err := tx.Exec(`update roll_assignment set ended_from = ends, ended_by = $5, ends = $4
		where org_id = $1 and pupil_id = $2 and part = 'key_teacher' and ends >= $3`, pupil, from, last, by)
	return err
}

func insertAssignment(tx *db.Tx, by ids.ID[Assignment], pupil PupilID, a AssignPreview) error {
	_, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts, ends, reason, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		ids.New[Worker](), pupil, a.Staff.ID, a.Part, a.Starts, ForGood, a.Reason, by)
	return err
}

func undoAssignments(tx *db.Tx, by ids.ID[Assignment]) (int64, error) {
	if _, err := tx.Exec(`update roll_assignment set ends = ended_from, ended_by = null, ended_from = '' where org_id = $1 and ended_by = $2`, by); err != nil {
		return 0, err
	}
	return tx.Exec(`delete from roll_assignment where org_id = $1 and made_by = $2`, by)
}

func endAssignment(tx *db.Tx, pupil PupilID, id ids.ID[Worker], ends string) (int64, error) {
	return tx.Exec(`update roll_assignment set ends = $4 where org_id = $1 and pupil_id = $2 and id = $3 and starts <= $4`, pupil, id, ends)
}

const groupHit = `select ` + hitColumns + `, ` + formOf + ` as form from roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and ` + Sight

func classHits(tx *db.Tx, staff int64, today string, class ClassID) ([]PupilHit, error) {
	return db.All[PupilHit](tx, groupHit+` and exists (select 1 from roll_member w where w.org_id = p.org_id and w.pupil_id = p.id and w.class_id = $4 and w.starts <= $3 and w.ends >= $3)
		order by p.sort_key, p.id`, staff, today, class)
}

func yearHits(tx *db.Tx, staff int64, today, year string) ([]PupilHit, error) {
	return db.All[PupilHit](tx, groupHit+` and p.year = $4 order by p.sort_key, p.id`, staff, today, year)
}

func everyHit(tx *db.Tx, staff int64, today string) ([]PupilHit, error) {
	return db.All[PupilHit](tx, groupHit+` order by p.sort_key, p.id`, staff, today)
}

func someHits(tx *db.Tx, staff int64, today string, pupils []PupilID) ([]PupilHit, error) {
	in, args := argMarks(4, pupils)
	return db.All[PupilHit](tx, groupHit+` and p.id in (`+in+`) order by p.sort_key, p.id`, append([]any{staff, today}, args...)...)
}

// reviewRow is an order with the names a list of reviews shows.
type reviewRow struct {
	ID                         OrderID
	TieID                      TieID
	Kind, DecidedBy            string
	Starts, Ends, ReviewOn     string
	PupilID                    PupilID
	Forename, Surname, KnownAs string
	Adult                      string
}

func reviewsUntil(tx *db.Tx, staff int64, today, until string) ([]reviewRow, error) {
	return db.All[reviewRow](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.starts, o.ends, o.review_on, p.id as pupil_id, p.forename, p.surname, p.known_as, a.name as adult
		from roll_order o join roll_tie t on t.org_id = o.org_id and t.id = o.tie_id
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		join roll_adult a on a.org_id = t.org_id and a.id = t.adult_id
		where o.org_id = $1 and o.review_on <> '' and o.review_on <= $4 and o.ends >= $3 and `+Sight+` order by o.review_on, o.id`, staff, today, until)
}

func reviewOrder(tx *db.Tx, id OrderID, next, note string) error {
	if _, err := tx.Exec(`update roll_order set review_on = $3, note = $4 where org_id = $1 and id = $2`, id, next, note); err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.Order, About: "order", Key: int64(id), Words: "looked at again"})
}

// atOnce is how many adults one of the next two statements asks about. What is left over is filled up with 0, which nobody has.
const atOnce = 16

const theseAdults = `t.org_id = $1 and t.adult_id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

func tiesOfAdults(tx *db.Tx, list []AdultID) ([]Tie, error) {
	return db.All[Tie](tx, `select `+tieColumns+` from roll_tie t where `+theseAdults+` order by t.adult_id, t.id`, sixteen(list)...)
}

func ordersOfAdults(tx *db.Tx, list []AdultID) ([]Order, error) {
	return db.All[Order](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.evidence_seen, o.starts, o.ends, o.review_on, o.note, o.by_name
		from roll_order o join roll_tie t on t.org_id = o.org_id and t.id = o.tie_id where `+theseAdults, sixteen(list)...)
}

func sixteen(list []AdultID) []any {
	out := make([]any, atOnce)
	for i := range out {
		out[i] = int64(0)
		if i < len(list) {
			out[i] = list[i]
		}
	}
	return out
}
