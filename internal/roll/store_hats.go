package roll

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
)

// This file holds the SQL of hats.

func hatOfStaff(tx *db.Tx, staff StaffID) (Hat, bool, error) {
	return db.Maybe[Hat](tx, `select h.id, h.staff_id, h.adult_id, h.by_name, h.made_ms, a.name from roll_hat h
		join roll_adult a on a.org_id = h.org_id and a.id = h.adult_id where h.org_id = $1 and h.staff_id = $2`, staff)
}

// colleagueOf names the member of staff who is an adult; empty for none.
func colleagueOf(tx *db.Tx, adult AdultID) (string, error) {
	name, _, err := db.Maybe[string](tx, `select s.name from roll_hat h join roll_staff s on s.org_id = h.org_id and s.id = h.staff_id
		where h.org_id = $1 and h.adult_id = $2 order by s.id`, adult)
	return name, err
}

func ordersOnOwnTie(tx *db.Tx, adult AdultID, pupil PupilID) (int, error) {
	return db.One[int](tx, `select count(*) from roll_tie t join roll_order o on o.org_id = t.org_id and o.tie_id = t.id
		where t.org_id = $1 and t.adult_id = $2 and t.pupil_id = $3 and o.starts <= $4 and o.ends >= $4`, adult, pupil, tx.Today())
}

func insertHat(tx *db.Tx, h Hat) error {
	_, err := tx.Exec(`insert into roll_hat (org_id, id, staff_id, adult_id, by_name, made_ms) values ($1, $2, $3, $4, $5, $6)`, h.ID, h.StaffID, h.AdultID, h.ByName, tx.Now())
	return err
}

func dropHat(tx *db.Tx, staff StaffID) (int64, error) {
	return tx.Exec(`delete from roll_hat where org_id = $1 and staff_id = $2`, staff)
}

func holdersOf(tx *db.Tx, role access.Role) ([]Staff, error) {
	return db.All[Staff](tx, `select `+staffColumns+` from roll_staff s where s.org_id = $1 and s.ends >= $3
		and exists (select 1 from roll_staff_role r where r.org_id = s.org_id and r.staff_id = s.id and r.role = $2 and r.starts <= $3 and r.ends >= $3)
		order by s.sort_key, s.id`, role, tx.Today())
}

// endOwnAssignments ends what a member of staff does by name for children of an adult; it answers the children's names.
func endOwnAssignments(tx *db.Tx, staff StaffID, adult AdultID, last string) (names []string, err error) {
	type row struct {
		ID                ids.ID[Worker]
		Forename, Surname string
		KnownAs, Starts   string
	}
	list, err := db.All[row](tx, `select g.id, p.forename, p.surname, p.known_as, g.starts from roll_assignment g
		join roll_pupil p on p.org_id = g.org_id and p.id = g.pupil_id
		where g.org_id = $1 and g.staff_id = $2 and g.ends >= $4
			and exists (select 1 from roll_tie t where t.org_id = g.org_id and t.pupil_id = g.pupil_id and t.adult_id = $3) order by g.id`, staff, adult, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		// One that began today or later never held: it ends before it began, which no list shows.
		if _, err := tx.Exec(`update roll_assignment set ends = $3 where org_id = $1 and id = $2`, x.ID, last); err != nil {
			return nil, err
		}
		names = append(names, Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name())
	}
	return names, nil
}
