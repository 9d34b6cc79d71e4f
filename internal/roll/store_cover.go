package roll

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

const absenceColumns = `a.id, a.staff_id, a.starts, a.ends, a.by_name`

// absencesOf lists the absences of one member of staff, or of everyone.
func absencesOf(tx *db.Tx, staff StaffID) ([]Absence, error) {
	return db.All[Absence](tx, `select `+absenceColumns+` from roll_absence a where a.org_id = $1 and (cast($2 as bigint) = 0 or a.staff_id = $2) order by a.starts, a.id`, staff)
}

func absenceByID(tx *db.Tx, id AbsenceID) (Absence, error) {
	a, found, err := db.Maybe[Absence](tx, `select `+absenceColumns+` from roll_absence a where a.org_id = $1 and a.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("absence")
	}
	return a, err
}

func insertAbsence(tx *db.Tx, a Absence) error {
	_, err := tx.Exec(`insert into roll_absence (org_id, id, staff_id, starts, ends, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, a.ID, a.StaffID, a.Starts, a.Ends, a.ByName, tx.Now())
	return err
}

// endAbsence sets the last day; a last day before the first removes what never came to be.
func endAbsence(tx *db.Tx, a Absence, ends string) error {
	if ends < a.Starts {
		if _, err := tx.Exec(`delete from roll_cover where org_id = $1 and absence_id = $2`, a.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`delete from roll_absence where org_id = $1 and id = $2`, a.ID)
		return err
	}
	_, err := tx.Exec(`update roll_absence set ends = $3 where org_id = $1 and id = $2`, a.ID, ends)
	return err
}

// coversOf reads the covers within the days of their absences and the time at work of those who cover.
func coversOf(tx *db.Tx) ([]Cover, error) {
	return db.All[Cover](tx, `select c.id, c.absence_id, c.staff_id, c.pupil_id, c.by_name,
			case when c.starts > a.starts then c.starts else a.starts end as starts,
			case when c.ends <= a.ends and c.ends <= s.ends then c.ends when a.ends < s.ends then a.ends else s.ends end as ends
		from roll_cover c
		join roll_absence a on a.org_id = c.org_id and a.id = c.absence_id
		join roll_staff s on s.org_id = c.org_id and s.id = c.staff_id
		where c.org_id = $1 order by c.starts, c.made_ms, c.id`)
}

func insertCover(tx *db.Tx, c Cover) error {
	_, err := tx.Exec(`insert into roll_cover (org_id, id, absence_id, staff_id, pupil_id, starts, ends, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, c.AbsenceID, c.StaffID, c.PupilID, c.Starts, c.Ends, c.ByName, tx.Now())
	return err
}

// endCover ends a cover that has begun, and removes one that has not.
func endCover(tx *db.Tx, id CoverID, last string) (int64, error) {
	n, err := tx.Exec(`delete from roll_cover where org_id = $1 and id = $2 and starts > $3`, id, last)
	if err != nil || n > 0 {
		return n, err
	}
	return tx.Exec(`update roll_cover set ends = $3 where org_id = $1 and id = $2 and ends > $3`, id, last)
}

func replaceStandIns(tx *db.Tx, list []StandIn) error {
	if _, err := tx.Exec(`delete from roll_standin where org_id = $1`); err != nil {
		return err
	}
	for _, s := range list {
		through := ""
		for _, t := range s.Through {
			through += t.String() + " "
		}
		if _, err := tx.Exec(`insert into roll_standin (org_id, id, away_id, staff_id, pupil_id, starts, ends, through) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			ids.New[StandIn](), s.AwayID, s.StaffID, s.PupilID, s.Starts, s.Ends, through); err != nil {
			return err
		}
	}
	return nil
}

func assignedTo(tx *db.Tx, staff StaffID) ([]Assigned, error) {
	return db.All[Assigned](tx, `select g.pupil_id, g.staff_id, g.starts, case when p.ends < g.ends then p.ends else g.ends end as ends
		from roll_assignment g join roll_pupil p on p.org_id = g.org_id and p.id = g.pupil_id
		where g.org_id = $1 and g.staff_id = $2 order by p.sort_key, p.id, g.starts`, staff)
}

func standingIn(tx *db.Tx, staff StaffID) ([]StandingIn, error) {
	return db.All[StandingIn](tx, `select i.away_id, s.name, i.pupil_id, i.ends from roll_standin i join roll_staff s on s.org_id = i.org_id and s.id = i.away_id
		where i.org_id = $1 and i.staff_id = $2 and i.starts <= $3 and i.ends >= $3 order by s.sort_key, s.id, i.ends`, staff, tx.Today())
}

// reasonRows says by what a member of staff works with each pupil on the roll today.
func reasonRows(tx *db.Tx, staff StaffID, pupil PupilID) ([]reasonRow, error) {
	return db.All[reasonRow](tx, `select r.kind, r.what, r.away, r.ends, p.id, p.forename, p.surname, p.known_as, p.year
		from (
			select g.part as kind, '' as what, '' as away, g.ends, g.pupil_id from roll_assignment g
				where g.org_id = $1 and g.staff_id = $2 and g.starts <= $3 and g.ends >= $3
			union all
			select 'class', c.title, '', case when t.ends < m.ends then t.ends else m.ends end, m.pupil_id from roll_member t
				join roll_member m on m.org_id = t.org_id and m.class_id = t.class_id and m.pupil_id is not null and m.starts <= $3 and m.ends >= $3
				join roll_class c on c.org_id = t.org_id and c.id = t.class_id
				where t.org_id = $1 and t.staff_id = $2 and t.starts <= $3 and t.ends >= $3
			union all
			select 'standin', '', s.name, i.ends, g.pupil_id from roll_standin i
				join roll_staff s on s.org_id = i.org_id and s.id = i.away_id
				join roll_assignment g on g.org_id = i.org_id and g.staff_id = i.away_id and (i.pupil_id is null or i.pupil_id = g.pupil_id) and g.starts <= $3 and g.ends >= $3
				where i.org_id = $1 and i.staff_id = $2 and i.starts <= $3 and i.ends >= $3
			union all
			select 'standin', c.title, s.name, i.ends, m.pupil_id from roll_standin i
				join roll_staff s on s.org_id = i.org_id and s.id = i.away_id
				join roll_member t on t.org_id = i.org_id and t.staff_id = i.away_id and t.starts <= $3 and t.ends >= $3
				join roll_member m on m.org_id = t.org_id and m.class_id = t.class_id and m.pupil_id is not null and m.starts <= $3 and m.ends >= $3
					and (i.pupil_id is null or i.pupil_id = m.pupil_id)
				join roll_class c on c.org_id = t.org_id and c.id = t.class_id
				where i.org_id = $1 and i.staff_id = $2 and i.starts <= $3 and i.ends >= $3
		) r
		join roll_pupil p on p.org_id = $1 and p.id = r.pupil_id
		where p.starts <= $3 and p.ends >= $3 and (cast($4 as bigint) = 0 or p.id = $4)
		order by r.kind, r.what, r.away, p.sort_key, p.id`, staff, tx.Today(), pupil)
}
