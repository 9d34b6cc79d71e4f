package roll

import (
	"cmp"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/post"
)

// WhyNot tells why a matter about a child may not reach an adult today; "" when it may. Without a child (0) it is about the adult alone, and one tie
// in force that allows it is enough. It reads the ties and orders anew: whoever sends something that was written earlier asks it just before.
func WhyNot(tx *db.Tx, adult AdultID, pupil PupilID, what Matter) (string, error) {
	ties, err := db.All[Tie](tx, `select `+tieColumns+` from roll_tie t where t.org_id = $1 and t.adult_id = $2 and (cast($3 as bigint) = 0 or t.pupil_id = $3)`, adult, pupil)
	if err != nil {
		return "", err
	}
	why := "They are not tied to this child any more."
	if pupil == 0 {
		why = "They are not tied to any child here any more."
	}
	for _, t := range ties {
		orders, err := db.All[Order](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.evidence_seen, o.starts, o.ends, o.review_on, o.note, o.by_name
			from roll_order o where o.org_id = $1 and o.tie_id = $2`, t.ID)
		if err != nil {
			return "", err
		}
		ok, not := May(Relation{Tie: t, Orders: orders}, what, tx.Today())
		if ok {
			return "", nil
		}
		why = not
	}
	return why, nil
}

// MayPost is what post asks just before a message leaves.
func MayPost(tx *db.Tx, it post.Item) (string, error) {
	if it.Staff != 0 {
		email, works, err := db.Maybe[string](tx, `select email from roll_staff where org_id = $1 and id = $2 and ends >= $3`, it.Staff, tx.Today())
		switch {
		case err != nil:
			return "", err
		case !works:
			return "They do not work here any more.", nil
		case !strings.EqualFold(strings.TrimSpace(email), it.Address):
			return "Their e-mail address was changed in between.", nil
		}
		return "", nil
	}
	return WhyNot(tx, AdultID(it.Adult), PupilID(it.Pupil), Contact)
}

// Sender is the school's name and the address that answers to its messages go to, for post.
func Sender(tx *db.Tx) (name, replyTo string, err error) {
	org := tx.Pass().Org()
	if err := tx.Within(access.Installation("name the school that writes"), func(in *db.Tx) error {
		name, _, err = db.Maybe[string](in, `select name from roll_org where id = $1`, org)
		return err
	}); err != nil {
		return "", "", err
	}
	replyTo, err = Setting(tx, "school.email")
	return cmp.Or(name, "Ajar"), replyTo, err
}
