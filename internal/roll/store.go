package roll

import (
	"fmt"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
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
	// An adult without a child here is for those who see everybody.
	return db.All[searchHit](tx, `select q.id, q.sort_key, q.search from roll_adult q where q.org_id = $1 and q.id in (
		select a.id from roll_adult a where a.org_id = $1`+like+`
		and (cast($2 as bigint) = 0 or exists (select 1 from roll_tie t join roll_sight v on v.org_id = t.org_id and v.pupil_id = t.pupil_id
			where t.org_id = a.org_id and t.adult_id = a.id and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3)) limit $4)`,
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
