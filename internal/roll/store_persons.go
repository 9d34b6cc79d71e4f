package roll

import (
	"slices"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

// This file holds the SQL of adults in several schools. roll_person_part belongs to the installation; the handle of a school reaches in it only the
// rows of that school, as $1 says.

func connected(tx *db.Tx, a, b OrgID) (bool, error) {
	n, err := db.One[int](tx, `select count(*) from roll_membership x join roll_membership y on y.grouping = x.grouping
		where x.member = $1 and y.member = $2 and x.starts <= $3 and x.ends >= $3 and y.starts <= $3 and y.ends >= $3`, a, b, tx.Today())
	return n > 0, err
}

func hasNeighbours(tx *db.Tx, org OrgID) (bool, error) {
	n, err := db.One[int](tx, `select count(*) from roll_membership x join roll_membership y on y.grouping = x.grouping and y.member <> x.member
		where x.member = $1 and x.starts <= $2 and x.ends >= $2 and y.starts <= $2 and y.ends >= $2`, org, tx.Today())
	return n > 0, err
}

func personOf(tx *db.Tx, org OrgID, adult AdultID) (ids.ID[Person], error) {
	p, _, err := db.Maybe[ids.ID[Person]](tx, `select person from roll_person_part where org = $1 and adult = $2 and ended_ms is null`, org, adult)
	return p, err
}

func addPart(tx *db.Tx, person ids.ID[Person], org OrgID, adult AdultID) error {
	_, err := tx.Exec(`insert into roll_person_part (id, person, org, adult, made_ms) values ($1, $2, $3, $4, $5) on conflict do nothing`, ids.New[Person](), person, org, adult, tx.Now())
	return err
}

func movePerson(tx *db.Tx, from, to ids.ID[Person]) error {
	_, err := tx.Exec(`update roll_person_part set person = $2 where person = $1`, from, to)
	return err
}

func endPart(tx *db.Tx, id ids.ID[Person], by string) error {
	_, err := tx.Exec(`update roll_person_part set ended_ms = $2, ended_by = $3 where id = $1 and ended_ms is null`, id, tx.Now(), by)
	return err
}

// keysOfAdult are the key of an adult and those of records that were joined with theirs since.
func keysOfAdult(tx *db.Tx, adult AdultID) ([]AdultID, error) {
	aliases, err := mergeAliases(tx)
	out := []AdultID{adult}
	for i := 0; i < len(out); i++ {
		for _, a := range aliases {
			if a.Stays == out[i] && !slices.Contains(out, a.Gone) {
				out = append(out, a.Gone)
			}
		}
	}
	return out, err
}

// presentKey follows a key to the record that it was joined with.
func presentKey(tx *db.Tx, adult AdultID) (AdultID, error) {
	aliases, err := mergeAliases(tx)
	for range aliases {
		for _, a := range aliases {
			if a.Gone == adult {
				adult = a.Stays
			}
		}
	}
	return adult, err
}

func partsTogether(tx *db.Tx, org OrgID, keys []AdultID) ([]personPart, error) {
	in, args := argMarks(3, keys)
	return db.All[personPart](tx, `select p.id, p.person, p.org, p.adult from roll_person_part p
		where p.ended_ms is null and p.person in (select q.person from roll_person_part q where q.org = $1 and q.ended_ms is null and q.adult in (`+in+`))
			and (p.org = $1 or exists (select 1 from roll_membership x join roll_membership y on y.grouping = x.grouping
				where x.member = $1 and y.member = p.org and x.starts <= $2 and x.ends >= $2 and y.starts <= $2 and y.ends >= $2))
		order by case when p.org = $1 then 0 else 1 end, p.made_ms, p.id`, append([]any{org, tx.Today()}, args...)...)
}

func endPartsHere(tx *db.Tx, keys []AdultID) (int64, error) {
	in, args := argMarks(3, keys)
	return tx.Exec(`update roll_person_part set ended_ms = $2, ended_by = 'school' where org = $1 and ended_ms is null and adult in (`+in+`)`, append([]any{tx.Now()}, args...)...)
}

func personHere(tx *db.Tx, keys []AdultID) (ids.ID[Person], error) {
	in, args := argMarks(2, keys)
	p, _, err := db.Maybe[ids.ID[Person]](tx, `select person from roll_person_part where org = $1 and ended_ms is null and adult in (`+in+`)`, args...)
	return p, err
}

// otherParts are the records of a person in schools that are connected with the one of the handle.
func otherParts(tx *db.Tx, person ids.ID[Person]) ([]personPart, error) {
	return db.All[personPart](tx, `select p.id, p.person, p.org, p.adult from roll_person_part p
		where p.person = $2 and p.org <> $1 and p.ended_ms is null and exists (select 1 from roll_membership x join roll_membership y on y.grouping = x.grouping
			where x.member = $1 and y.member = p.org and x.starts <= $3 and x.ends >= $3 and y.starts <= $3 and y.ends >= $3) order by p.id`, person, tx.Today())
}

func schoolName(tx *db.Tx, org OrgID) (string, error) {
	name, _, err := db.Maybe[string](tx, `select name from roll_org where id = $1 and id = $2`, org)
	return name, err
}

func ordersByUPN(tx *db.Tx, upn string, adult AdultID) (int, error) {
	return db.One[int](tx, `select count(*) from roll_pupil p join roll_tie t on t.org_id = p.org_id and t.pupil_id = p.id
		join roll_order o on o.org_id = t.org_id and o.tie_id = t.id
		where p.org_id = $1 and p.upn = $2 and t.adult_id = $3 and o.starts <= $4 and o.ends >= $4`, upn, adult, tx.Today())
}
