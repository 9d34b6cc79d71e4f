package roll

import (
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// AddStaff records someone who works for the organisation of the transaction.
func AddStaff(tx *db.Tx, name, email string) (StaffID, error) {
	id := ids.New[Staff]()
	n := ReadName(name)
	_, err := tx.Exec(`insert into roll_staff (org_id, id, forename, surname, name, email, search, sort_key) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, n.Forename, n.Surname, name, email, StaffSearch(Staff{Forename: n.Forename, Surname: n.Surname, Name: name, Email: email}), SortKey(n.Surname, n.Forename))
	if err != nil {
		return id, err
	}
	return id, trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(id), Words: "joined the staff"})
}

// GiveRole gives a member of staff a role from today, unless they hold it. Somebody from outside holds it for a year.
func GiveRole(tx *db.Tx, id StaffID, role access.Role) error {
	roles, err := RolesOf(tx, id)
	if err != nil {
		return err
	}
	for _, r := range roles {
		if r == role {
			return nil
		}
	}
	ends := ForGood
	if slices.Contains(Visitors, role) {
		ends = addDays(tx.Today(), 365)
	}
	_, err = tx.Exec(`insert into roll_staff_role (org_id, id, staff_id, role, starts, ends) values ($1, $2, $3, $4, $5, $6)`, ids.New[Staff](), id, role, tx.Today(), ends)
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "staff", Key: int64(id), Words: "was given the role " + string(role)})
}
