package roll

import (
	"cmp"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
)

// WhyNot tells why a matter about a child may not reach an adult today; "" when it may. Without a child (0) it is about the adult alone, and one tie
// in force that allows it is enough. It reads the ties and orders anew: whoever sends something that was written earlier asks it just before.
func WhyNot(tx *db.Tx, adult AdultID, pupil PupilID, what Matter) (string, error) {
	why, err := WhyNotEach(tx, []Concern{{adult, pupil}}, what)
	if err != nil {
		return "", err
	}
	return why[0], nil
}

// Concern is an adult and the child that something for them is about; 0 for no child in particular.
type Concern struct {
	Adult AdultID
	Pupil PupilID
}

// WhyNotEach is WhyNot for many at once.
func WhyNotEach(tx *db.Tx, list []Concern, what Matter) ([]string, error) {
	ties, orders := map[AdultID][]Tie{}, map[ids.ID[Tie]][]Order{}
	seen := map[AdultID]bool{}
	var ask []AdultID
	for _, c := range list {
		if !seen[c.Adult] {
			seen[c.Adult] = true
			ask = append(ask, c.Adult)
		}
	}
	for some := range slices.Chunk(ask, atOnce) {
		found, err := tiesOfAdults(tx, some)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			ties[t.AdultID] = append(ties[t.AdultID], t)
		}
		held, err := ordersOfAdults(tx, some)
		if err != nil {
			return nil, err
		}
		for _, o := range held {
			orders[o.TieID] = append(orders[o.TieID], o)
		}
	}
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = "They are not tied to this child any more."
		if c.Pupil == 0 {
			out[i] = "They are not tied to any child here any more."
		}
		for _, t := range ties[c.Adult] {
			if c.Pupil != 0 && t.PupilID != c.Pupil {
				continue
			}
			ok, not := May(Relation{Tie: t, Orders: orders[t.ID]}, what, tx.Today())
			if out[i] = not; ok {
				out[i] = ""
				break
			}
		}
	}
	return out, nil
}

// MayPost is what post asks just before messages leave.
func MayPost(tx *db.Tx, items []post.Item) ([]string, error) {
	out := make([]string, len(items))
	var list []Concern
	var at []int
	for i, it := range items {
		if it.Staff == 0 {
			list, at = append(list, Concern{AdultID(it.Adult), PupilID(it.Pupil)}), append(at, i)
			continue
		}
		email, works, err := db.Maybe[string](tx, `select email from roll_staff where org_id = $1 and id = $2 and ends >= $3`, it.Staff, tx.Today())
		switch {
		case err != nil:
			return nil, err
		case !works:
			out[i] = "They do not work here any more."
		case !strings.EqualFold(strings.TrimSpace(email), it.Address):
			out[i] = "Their e-mail address was changed in between."
		}
	}
	why, err := WhyNotEach(tx, list, Contact)
	for k, i := range at {
		if err == nil {
			out[i] = why[k]
		}
	}
	return out, err
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

// StaffEmail is the e-mail address of a colleague who works here; empty for none.
func StaffEmail(tx *db.Tx, id StaffID) (string, error) {
	v, _, err := db.Maybe[string](tx, `select email from roll_staff where org_id = $1 and id = $2 and ends >= $3`, id, tx.Today())
	return v, err
}

// NamesOf reads what pupils are called, for rooms that name them beside something of their own. It asks no right: the caller has.
func NamesOf(tx *db.Tx, list []PupilID) ([]PupilHit, error) { return pupilHits(tx, list) }
