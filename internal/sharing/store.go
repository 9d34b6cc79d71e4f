package sharing

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

const agreementColumns = `x.id, x.org_a, x.org_b, x.grouping, a.name as name_a, b.name as name_b, coalesce(g.name, '') as group_name, x.purpose, x.basis, x.review_on,
	x.signed_a, x.signed_b, x.starts, x.ends, x.ended_by, x.ended_name, x.ended_why, x.made_ms`

const agreementFrom = ` from sharing_agreement x join roll_org a on a.id = x.org_a join roll_org b on b.id = x.org_b left join roll_org g on g.id = x.grouping`

// agreementsOf lists what the organisation of the pass has signed, the latest first. The tables of agreements are the installation's: the organisation
// stands in every condition.
func agreementsOf(tx *db.Tx) (out []Agreement, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("list a school's agreements").Often(), func(in *db.Tx) error {
		out, err = db.All[Agreement](in, `select `+agreementColumns+agreementFrom+` where x.org_a = $1 or x.org_b = $1 order by x.ends desc, x.made_ms desc, x.id`, us)
		return err
	})
	return out, err
}

func agreementOf(tx *db.Tx, id AgreementID) (a Agreement, err error) {
	us, found := tx.Pass().Org(), false
	err = tx.Within(access.Installation("open a school's agreement").Often(), func(in *db.Tx) error {
		a, found, err = db.Maybe[Agreement](in, `select `+agreementColumns+agreementFrom+` where x.id = $2 and (x.org_a = $1 or x.org_b = $1)`, us, id)
		return err
	})
	if err == nil && !found {
		err = fault.Gone("agreement")
	}
	return a, err
}

func groupingsOf(tx *db.Tx) (out []roll.Org, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("list the clusters of a school").Often(), func(in *db.Tx) error {
		out, err = roll.GroupingsOf(in, roll.OrgID(us))
		return err
	})
	return out, err
}

// allow writes a decision, unless it says what holds already.
func allow(in *db.Tx, from, to roll.OrgID, f Flow, on bool, by string) error {
	was, err := givesNow(in, from, to, f, false)
	if err != nil {
		return err
	}
	decided, err := db.One[int](in, `select count(*) from sharing_flow where from_org = $1 and to_org = $2 and kind = $3`, from, to, string(f))
	if err != nil || decided > 0 && was == on {
		return err
	}
	_, err = in.Exec(`insert into sharing_flow (id, from_org, to_org, kind, allowed, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7)`, ids.New[Flow](), from, to, string(f), on, by, in.Now())
	return err
}

// gives tells what the latest decision was; otherwise holds where nobody has decided.
func gives(tx *db.Tx, from, to roll.OrgID, f Flow, otherwise bool) (on bool, err error) {
	err = tx.Within(access.Installation("see what flows between two organisations").Often(), func(in *db.Tx) error {
		on, err = givesNow(in, from, to, f, otherwise)
		return err
	})
	return on, err
}

func givesNow(in *db.Tx, from, to roll.OrgID, f Flow, otherwise bool) (bool, error) {
	n, found, err := db.Maybe[int](in, `select allowed from sharing_flow where from_org = $1 and to_org = $2 and kind = $3 order by at_ms desc, id desc limit 1`, from, to, string(f))
	if err != nil || !found {
		return otherwise, err
	}
	return n == 1, nil
}

const shareColumns = `f.id, f.agreement, f.pupil_id, f.purpose, f.note, f.told_on, f.told_how, f.starts, f.ends, f.by_name, f.made_ms, f.ended_name`

func sharesUnder(tx *db.Tx, id AgreementID) ([]Given, error) {
	return db.All[Given](tx, `select `+shareColumns+` from sharing_family f join roll_pupil p on p.org_id = f.org_id and p.id = f.pupil_id
		where f.org_id = $1 and f.agreement = $2 order by f.ends desc, p.sort_key, f.id`, id)
}

func sharesOf(tx *db.Tx, pupil roll.PupilID) ([]Share, error) {
	return db.All[Share](tx, `select `+shareColumns+` from sharing_family f where f.org_id = $1 and f.pupil_id = $2 order by f.ends desc, f.id`, pupil)
}

func shareByID(tx *db.Tx, id ids.ID[Share]) (Share, bool, error) {
	return db.Maybe[Share](tx, `select `+shareColumns+` from sharing_family f where f.org_id = $1 and f.id = $2`, id)
}

func insertShare(tx *db.Tx, x Share) error {
	_, err := tx.Exec(`insert into sharing_family (org_id, id, agreement, pupil_id, purpose, note, told_on, told_how, starts, ends, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, x.ID, x.Agreement, x.PupilID, x.Purpose, x.Note, x.ToldOn, x.ToldHow, x.Starts, x.Ends, x.ByName, tx.Now())
	return err
}

func endShare(tx *db.Tx, id ids.ID[Share], last, by string) error {
	_, err := tx.Exec(`update sharing_family set ends = $3, ended_name = $4 where org_id = $1 and id = $2 and ends > $3`, id, last, by)
	return err
}

const packColumns = `k.id, k.agreement, k.direction, k.other, k.pupil_id, k.pupil_name, k.why, k.body, k.by_name, k.made_ms, k.opened_ms, k.opened_by`

func packs(tx *db.Tx) ([]Pack, error) {
	return db.All[Pack](tx, `select `+packColumns+` from sharing_pack k where k.org_id = $1 order by k.made_ms desc, k.id`)
}

func packByID(tx *db.Tx, id ids.ID[Pack]) (Pack, bool, error) {
	return db.Maybe[Pack](tx, `select `+packColumns+` from sharing_pack k where k.org_id = $1 and k.id = $2`, id)
}

func insertPack(tx *db.Tx, k Pack) error {
	_, err := tx.Exec(`insert into sharing_pack (org_id, id, agreement, direction, other, pupil_id, pupil_name, why, body, by_name, made_ms)
		values ($1, $2, $3, $4, $5, cast($6 as bigint), $7, $8, $9, $10, $11)`, k.ID, k.Agreement, k.Direction, k.Other, k.PupilID, k.PupilName, k.Why, k.Body, k.ByName, tx.Now())
	return err
}

func openedPack(tx *db.Tx, id ids.ID[Pack], by string) error {
	_, err := tx.Exec(`update sharing_pack set opened_ms = $3, opened_by = $4 where org_id = $1 and id = $2 and opened_ms is null`, id, tx.Now(), by)
	return err
}

// decision is what one of two organisations decided about one flow.
type decision struct {
	FromOrg int64
	Kind    string
	Allowed int
	ByName  string
	AtMs    int64
}

func (d decision) direction(us int64) string {
	if d.FromOrg == us {
		return "given"
	}
	return "received"
}

func decisions(tx *db.Tx, other roll.OrgID) (out []decision, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("list what flowed between two schools"), func(in *db.Tx) error {
		out, err = db.All[decision](in, `select from_org, kind, allowed, by_name, at_ms from sharing_flow where from_org = $1 and to_org = $2 or from_org = $2 and to_org = $1 order by at_ms, id`, us, other)
		return err
	})
	return out, err
}
