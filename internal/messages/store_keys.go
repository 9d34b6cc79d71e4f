package messages

import (
	"fmt"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// atOnce is how many keys one statement asks for.
const atOnce = 500

// numbered writes $first, $first+1, … for a list of keys, and gives them as arguments.
func numbered[T any](first int, list []T) (string, []any) {
	var b strings.Builder
	args := make([]any, len(list))
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
		args[i] = v
	}
	return b.String(), args
}

const keyColumns = `k.id, k.pupil_id, k.staff_id, s.name, s.ends as staff_ends, k.deputy_id, coalesce(d.name, '') as deputy, coalesce(d.ends, '') as deputy_ends, k.starts, k.ends, k.by_name, k.made_ms
	from messages_key k join roll_staff s on s.org_id = k.org_id and s.id = k.staff_id left join roll_staff d on d.org_id = k.org_id and d.id = k.deputy_id`

// chosenKeys are the rows in force on a day, the last to begin at the end.
func chosenKeys(tx *db.Tx, pupils []roll.PupilID, day string) ([]KeyRow, error) {
	in, args := numbered(3, pupils)
	return db.All[KeyRow](tx, `select `+keyColumns+` where k.org_id = $1 and k.starts <= $2 and k.ends >= $2 and k.pupil_id in (`+in+`) order by k.starts, k.made_ms, k.id`, append([]any{day}, args...)...)
}

type besideRow struct {
	PupilID roll.PupilID
	StaffID roll.StaffID
	Name    string
	How     string
	Place   int
}

// besideKeys are who it is without a choice: the key teacher of the day, else who takes the form.
func besideKeys(tx *db.Tx, pupils []roll.PupilID, day string) (out []besideRow, err error) {
	in, args := numbered(3, pupils)
	list, err := db.All[besideRow](tx, `select x.pupil_id, x.staff_id, s.name, x.how, x.place from (
			select g.pupil_id, g.staff_id, 'key teacher' as how, 1 as place, g.starts from roll_assignment g
				where g.org_id = $1 and g.part = 'key_teacher' and g.starts <= $2 and g.ends >= $2 and g.pupil_id in (`+in+`)
			union all
			select m.pupil_id, t.staff_id, 'form teacher', 2, t.starts from roll_member m
				join roll_class c on c.org_id = m.org_id and c.id = m.class_id and c.kind = 'form'
				join roll_member t on t.org_id = m.org_id and t.class_id = m.class_id and t.staff_id is not null and t.starts <= $2 and t.ends >= $2
				where m.org_id = $1 and m.starts <= $2 and m.ends >= $2 and m.pupil_id in (`+in+`)
		) x join roll_staff s on s.org_id = $1 and s.id = x.staff_id and s.ends >= $2
		order by x.place, x.starts desc, s.sort_key, s.id`, append([]any{day}, args...)...)
	seen := map[roll.PupilID]bool{}
	for _, b := range list {
		if !seen[b.PupilID] {
			seen[b.PupilID] = true
			out = append(out, b)
		}
	}
	return out, err
}

func keyRows(tx *db.Tx, pupil roll.PupilID) ([]KeyRow, error) {
	return db.All[KeyRow](tx, `select `+keyColumns+` where k.org_id = $1 and k.pupil_id = $2 order by k.starts desc, k.made_ms desc, k.id`, pupil)
}

// keysHeldBy are the rows of one colleague that are in force on a day or begin later.
func keysHeldBy(tx *db.Tx, staff roll.StaffID, day string) ([]KeyRow, error) {
	return db.All[KeyRow](tx, `select `+keyColumns+` join roll_pupil p on p.org_id = k.org_id and p.id = k.pupil_id
		where k.org_id = $1 and k.staff_id = $2 and k.ends >= $3 and p.ends >= $3 order by p.sort_key, p.id, k.starts`, staff, day)
}

// keysOfLeavers are the rows of colleagues whose last day is known and that go on after it.
func keysOfLeavers(tx *db.Tx) ([]KeyRow, error) {
	return db.All[KeyRow](tx, `select `+keyColumns+` join roll_pupil p on p.org_id = k.org_id and p.id = k.pupil_id
		where k.org_id = $1 and s.ends < '9999-12-31' and k.ends > s.ends and k.ends >= $2 and p.starts <= $2 and p.ends > s.ends and p.ends >= $2 order by s.ends, s.sort_key, s.id, p.sort_key, p.id`, tx.Today())
}

func keysBegun(tx *db.Tx) (bool, error) {
	_, found, err := db.Maybe[int](tx, `select 1 from messages_key where org_id = $1 limit 1`)
	return found, err
}

// endKeys ends what was in force before a day, and takes away what would begin on it or later.
func endKeys(tx *db.Tx, pupil roll.PupilID, day string) error {
	if _, err := tx.Exec(`delete from messages_key where org_id = $1 and pupil_id = $2 and starts >= $3`, pupil, day); err != nil {
		return err
	}
	_, err := tx.Exec(`update messages_key set ends = $4 where org_id = $1 and pupil_id = $2 and ends >= $3`, pupil, day, dayBefore(day))
	return err
}

func insertKey(tx *db.Tx, k KeyRow) error {
	_, err := tx.Exec(`insert into messages_key (org_id, id, pupil_id, staff_id, deputy_id, starts, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.ID, k.PupilID, k.StaffID, k.DeputyID, k.Starts, tx.Pass().Who().Name, tx.Now())
	return err
}

func awayOn(tx *db.Tx, staff roll.StaffID, day string) (bool, error) {
	_, away, err := db.Maybe[int](tx, `select 1 from roll_absence a where a.org_id = $1 and a.staff_id = $2 and a.starts <= $3 and a.ends >= $3 limit 1`, staff, day)
	return away, err
}

// standInFor is who has a child of somebody who is away; one who was named for this child goes before one for all.
func standInFor(tx *db.Tx, away roll.StaffID, pupil roll.PupilID, day string) (roll.StaffID, error) {
	id, _, err := db.Maybe[roll.StaffID](tx, `select i.staff_id from roll_standin i where i.org_id = $1 and i.away_id = $2 and (i.pupil_id is null or i.pupil_id = $3)
		and i.starts <= $4 and i.ends >= $4 order by i.pupil_id nulls last, i.id limit 1`, away, pupil, day)
	return id, err
}

func staffName(tx *db.Tx, id roll.StaffID) (string, error) {
	name, _, err := db.Maybe[string](tx, `select s.name from roll_staff s where s.org_id = $1 and s.id = $2`, id)
	return name, err
}

type pupilName struct {
	Pupil                      roll.PupilID
	Name                       string
	Year                       string
	Forename, Surname, KnownAs string
}

func pupilNames(tx *db.Tx, list []roll.PupilID) (map[roll.PupilID]string, error) {
	out := make(map[roll.PupilID]string, len(list))
	for i := 0; i < len(list); i += atOnce {
		in, args := numbered(2, list[i:min(i+atOnce, len(list))])
		if err := db.Each(tx, func(x *pupilName) error {
			out[x.Pupil] = roll.Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name()
			return nil
		}, `select p.id as pupil, p.forename, p.surname, p.known_as from roll_pupil p where p.org_id = $1 and p.id in (`+in+`)`, args...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// namesOfRoll are the children on the roll today, by name.
func namesOfRoll(tx *db.Tx) ([]pupilName, error) {
	list, err := db.All[pupilName](tx, `select p.id as pupil, p.forename, p.surname, p.known_as, p.year from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2 order by p.sort_key, p.id`, tx.Today())
	for i, x := range list {
		list[i].Name = roll.Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name()
	}
	return list, err
}

// pupilsOfGroup are the children on the roll of a class, or of a year group.
func pupilsOfGroup(tx *db.Tx, class roll.ClassID, year string) ([]roll.PupilID, error) {
	return db.All[roll.PupilID](tx, `select p.id from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2
		and (cast($3 as text) = '' or p.year = $3)
		and (cast($4 as bigint) = 0 or exists (select 1 from roll_member m where m.org_id = p.org_id and m.pupil_id = p.id and m.class_id = $4 and m.starts <= $2 and m.ends >= $2))
		order by p.sort_key, p.id`, tx.Today(), year, class)
}

func classChoices(tx *db.Tx) (out []roll.Listed, err error) {
	type row struct {
		ID    roll.ClassID
		Title string
	}
	list, err := db.All[row](tx, `select c.id, c.title from roll_class c where c.org_id = $1 and c.ends >= $2 and c.kind = 'form' order by c.title, c.id`, tx.Today())
	for _, c := range list {
		out = append(out, roll.Listed{Key: c.ID.String(), Words: c.Title})
	}
	return out, err
}

func yearsOnRoll(tx *db.Tx) ([]string, error) {
	return db.All[string](tx, `select distinct p.year from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2 and p.year <> '' order by p.year`, tx.Today())
}
