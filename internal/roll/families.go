package roll

import (
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// What a family is, where families are counted or looked after together: children on the roll who share an adult whom education law calls a parent of both
// (Tie.Parent), by ties in force. Siblings are the children who share one with a child. A family, for counting, is everybody who is joined that way, so that a
// half-brother on each side is still one family and every child is in exactly one. It is never an address, and it tells nobody anything about another home: it is
// asked for what staff do, not for what families are shown.

type parentTie struct {
	PupilID        PupilID
	AdultID        AdultID
	Relationship   string
	Responsibility string
	LivesWith      *bool
}

const parentTies = `select t.pupil_id, t.adult_id, t.relationship, t.responsibility, t.lives_with from roll_tie t join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
	where t.org_id = $1 and t.starts <= $2 and t.ends >= $2 and p.starts <= $2 and p.ends >= $2`

// readTies keeps the ties of those whom education law calls a parent.
func readTies(tx *db.Tx, query string, args ...any) (out []parentTie, err error) {
	err = db.Each(tx, func(t *parentTie) error {
		if (Tie{Relationship: t.Relationship, Responsibility: t.Responsibility, LivesWith: t.LivesWith}).Parent() {
			out = append(out, *t)
		}
		return nil
	}, query, args...)
	return out, err
}

// Siblings lists the other children on the roll today who share a parent with a child, by name. It asks no right: the caller has.
func Siblings(tx *db.Tx, pupil PupilID) (out []PupilID, err error) {
	ties, err := readTies(tx, parentTies+` and t.adult_id in (select m.adult_id from roll_tie m where m.org_id = $1 and m.pupil_id = $3) order by p.sort_key, p.id, t.id`, tx.Today(), pupil)
	if err != nil {
		return nil, err
	}
	mine := map[AdultID]bool{}
	for _, t := range ties {
		if t.PupilID == pupil {
			mine[t.AdultID] = true
		}
	}
	for _, t := range ties {
		if t.PupilID != pupil && mine[t.AdultID] && !slices.Contains(out, t.PupilID) {
			out = append(out, t.PupilID)
		}
	}
	return out, nil
}

// Families tells for every child on the roll today to which family they belong: the key of one of its children, the same for all of them.
func Families(tx *db.Tx) (map[PupilID]PupilID, error) {
	ties, err := readTies(tx, parentTies, tx.Today())
	if err != nil {
		return nil, err
	}
	all, err := db.All[PupilID](tx, `select p.id from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2`, tx.Today())
	if err != nil {
		return nil, err
	}
	return familiesOf(all, ties), nil
}

// familiesOf joins children who share an adult, however long the chain is.
func familiesOf(all []PupilID, ties []parentTie) map[PupilID]PupilID {
	up := make(map[PupilID]PupilID, len(all))
	for _, p := range all {
		up[p] = p
	}
	top := func(p PupilID) PupilID {
		for up[p] != p {
			up[p] = up[up[p]]
			p = up[p]
		}
		return p
	}
	first := map[AdultID]PupilID{}
	for _, t := range ties {
		other, seen := first[t.AdultID]
		if !seen {
			first[t.AdultID] = t.PupilID
			continue
		}
		a, b := top(other), top(t.PupilID)
		up[max(a, b)] = min(a, b)
	}
	out := make(map[PupilID]PupilID, len(all))
	for _, p := range all {
		out[p] = top(p)
	}
	return out
}

// SeenBy tells which of some pupils a member of staff sees today, by role or by working with them: for a page that hands something to a colleague, and should say
// when they could not open the child. It asks no right: the caller has.
func SeenBy(tx *db.Tx, staff StaffID, pupils []PupilID) (map[PupilID]bool, error) {
	roles, err := RolesOf(tx, staff)
	if err != nil {
		return nil, err
	}
	out := make(map[PupilID]bool, len(pupils))
	for _, r := range roles {
		if See.Roles[r] == access.All {
			for _, p := range pupils {
				out[p] = true
			}
			return out, nil
		}
	}
	named := slices.ContainsFunc(roles, func(r access.Role) bool { return See.Roles[r] == access.Own })
	if !named {
		return out, nil
	}
	list, err := db.All[PupilID](tx, `select distinct v.pupil_id from roll_sight v where v.org_id = $1 and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3`, staff, tx.Today())
	for _, p := range list {
		if slices.Contains(pupils, p) {
			out[p] = true
		}
	}
	return out, err
}
