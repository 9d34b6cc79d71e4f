package awards

import (
	"encoding/json"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

const awardColumns = `a.id, a.title, a.owner, a.framework, a.version, a.months, a.parents, a.carried_from, a.frozen, a.outcome, a.awarded_on, a.expires, a.by_name, a.made_ms, a.ended_ms, a.ended_by, a.ended_why`

func awards(tx *db.Tx) ([]Award, error) {
	return db.All[Award](tx, `select `+awardColumns+` from awards_award a where a.org_id = $1 order by a.made_ms desc, a.id desc`)
}

func awardByID(tx *db.Tx, id AwardID) (Award, error) {
	a, found, err := db.Maybe[Award](tx, `select `+awardColumns+` from awards_award a where a.org_id = $1 and a.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("award")
	}
	return a, err
}

func insertAward(tx *db.Tx, a Award) error {
	_, err := tx.Exec(`insert into awards_award (org_id, id, title, owner, framework, version, months, parents, carried_from, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, cast($9 as bigint), $10, $11)`, a.ID, a.Title, a.Owner, a.Framework, a.Version, a.Months, a.Parents, a.CarriedFrom, tx.Pass().Who().Name, tx.Now())
	return err
}

func updateAward(tx *db.Tx, a Award) error {
	_, err := tx.Exec(`update awards_award set title = $3, owner = $4, months = $5, parents = $6 where org_id = $1 and id = $2`, a.ID, a.Title, a.Owner, a.Months, a.Parents)
	return err
}

func freeze(tx *db.Tx, id AwardID, no *int) error {
	_, err := tx.Exec(`update awards_award set frozen = cast($3 as integer) where org_id = $1 and id = $2`, id, no)
	return err
}

// decided keeps an outcome, unless somebody else has decided in between.
func decided(tx *db.Tx, a Award) error {
	n, err := tx.Exec(`update awards_award set outcome = $3, awarded_on = $4, expires = $5, frozen = null where org_id = $1 and id = $2 and outcome <> 'awarded' and frozen is not distinct from cast($6 as integer)`,
		a.ID, a.Outcome, a.AwardedOn, a.Expires, a.Frozen)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "It has been decided in the meantime.")
	}
	return err
}

func endAward(tx *db.Tx, id AwardID, at *int64, by, why string) error {
	_, err := tx.Exec(`update awards_award set ended_ms = cast($3 as bigint), ended_by = $4, ended_why = $5 where org_id = $1 and id = $2`, id, at, by, why)
	return err
}

const partColumns = `p.id, p.award_id, p.staff_id, s.name, p.part, p.by_name, p.made_ms, p.ended_ms`

const partFrom = ` from awards_part p join roll_staff s on s.org_id = p.org_id and s.id = p.staff_id`

// partsOf are those of an award, ended ones too, in the order in which they began.
func partsOf(tx *db.Tx, id AwardID) ([]Part, error) {
	return db.All[Part](tx, `select `+partColumns+partFrom+` where p.org_id = $1 and p.award_id = $2 order by p.made_ms, p.id`, id)
}

func insertPart(tx *db.Tx, p Part) error {
	_, err := tx.Exec(`insert into awards_part (org_id, id, award_id, staff_id, part, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, ids.New[Part](), p.AwardID, p.StaffID, p.Part, tx.Pass().Who().Name, tx.Now())
	return err
}

func endPart(tx *db.Tx, award AwardID, id PartID) (int64, error) {
	return tx.Exec(`update awards_part set ended_ms = $4 where org_id = $1 and award_id = $2 and id = $3 and ended_ms is null`, award, id, tx.Now())
}

func stepsOf(tx *db.Tx, id AwardID) ([]StepLine, error) {
	return db.All[StepLine](tx, `select t.step, t.how, t.day, t.audit_id, t.plan_id, t.words, t.by_name, t.at_ms from awards_step t where t.org_id = $1 and t.award_id = $2 and t.undone_ms is null`, id)
}

func insertStep(tx *db.Tx, award AwardID, l StepLine) error {
	_, err := tx.Exec(`insert into awards_step (org_id, id, award_id, step, how, day, audit_id, plan_id, words, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, cast($7 as bigint), cast($8 as bigint), $9, $10, $11)`,
		ids.New[StepLine](), award, l.Step, l.How, l.Day, l.AuditID, l.PlanID, l.Words, tx.Pass().Who().Name, tx.Now())
	return err
}

func undoStep(tx *db.Tx, award AwardID, step string) (int64, error) {
	return tx.Exec(`update awards_step set undone_ms = $4 where org_id = $1 and award_id = $2 and step = $3 and undone_ms is null`, award, step, tx.Now())
}

func shownIn(tx *db.Tx, id AwardID) ([]Shown, error) {
	return db.All[Shown](tx, `select m.id, m.evidence_id, m.objective, m.criterion, e.kind, e.title, e.address, e.file_name, m.words, m.by_name, m.at_ms, e.made_ms, m.carried, m.seen_on
		from awards_map m join audit_evidence e on e.org_id = m.org_id and e.id = m.evidence_id where m.org_id = $1 and m.award_id = $2 order by m.criterion, m.at_ms, m.id`, id)
}

func shownByID(tx *db.Tx, award AwardID, id ShownID) (Shown, error) {
	s, found, err := db.Maybe[Shown](tx, `select m.id, m.evidence_id, m.objective, m.criterion, e.kind, e.title, e.address, e.file_name, m.words, m.by_name, m.at_ms, e.made_ms, m.carried, m.seen_on
		from awards_map m join audit_evidence e on e.org_id = m.org_id and e.id = m.evidence_id where m.org_id = $1 and m.award_id = $2 and m.id = $3`, award, id)
	if err == nil && !found {
		err = fault.Gone("piece of evidence")
	}
	return s, err
}

// putShown shows a piece in one place; the same piece in the same place again changes its words.
func putShown(tx *db.Tx, award AwardID, s Shown) error {
	_, err := tx.Exec(`insert into awards_map (org_id, id, award_id, objective, criterion, evidence_id, words, carried, seen_on, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (org_id, award_id, objective, criterion, evidence_id) do update set words = excluded.words, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		ids.New[Shown](), award, s.Objective, s.Criterion, s.Evidence, s.Words, s.Carried, s.SeenOn, tx.Pass().Who().Name, tx.Now())
	return err
}

func setSeen(tx *db.Tx, award AwardID, id ShownID, words string) error {
	_, err := tx.Exec(`update awards_map set seen_on = $4, words = $5, by_name = $6, at_ms = $7 where org_id = $1 and award_id = $2 and id = $3`, award, id, tx.Today(), words, tx.Pass().Who().Name, tx.Now())
	return err
}

func dropShown(tx *db.Tx, award AwardID, id ShownID) (int64, error) {
	return tx.Exec(`delete from awards_map where org_id = $1 and award_id = $2 and id = $3`, award, id)
}

// uses counts in how many places of awards each piece of evidence stands.
func uses(tx *db.Tx) (map[audit.EvidenceID]int, error) {
	type row struct {
		EvidenceID audit.EvidenceID
		N          int
	}
	out := map[audit.EvidenceID]int{}
	list, err := db.All[row](tx, `select m.evidence_id, count(*) as n from awards_map m where m.org_id = $1 group by m.evidence_id`)
	for _, r := range list {
		out[r.EvidenceID] = r.N
	}
	return out, err
}

func commentsOf(tx *db.Tx, id AwardID) ([]Comment, error) {
	return db.All[Comment](tx, `select c.id, c.objective, c.visit_on, c.words, c.staff_id, c.by_name, c.at_ms from awards_comment c where c.org_id = $1 and c.award_id = $2 order by c.at_ms, c.id`, id)
}

func insertComment(tx *db.Tx, award AwardID, c Comment) error {
	_, err := tx.Exec(`insert into awards_comment (org_id, id, award_id, objective, visit_on, words, staff_id, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		ids.New[Comment](), award, c.Objective, c.VisitOn, c.Words, c.StaffID, tx.Pass().Who().Name, tx.Now())
	return err
}

func versionsOf(tx *db.Tx, id AwardID) ([]Version, error) {
	return db.All[Version](tx, `select v.no, v.day, v.by_name, v.at_ms, v.taken_back_ms from awards_version v where v.org_id = $1 and v.award_id = $2 order by v.no`, id)
}

func frozenPortfolio(tx *db.Tx, id AwardID, no int) (p Portfolio, err error) {
	body, found, err := db.Maybe[string](tx, `select v.body from awards_version v where v.org_id = $1 and v.award_id = $2 and v.no = $3`, id, no)
	if err != nil {
		return p, err
	}
	if !found {
		return p, fault.Gone("version")
	}
	return p, json.Unmarshal([]byte(body), &p)
}

func insertVersion(tx *db.Tx, id AwardID, no int, p Portfolio) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`insert into awards_version (org_id, award_id, no, day, body, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7) on conflict (org_id, award_id, no) do nothing`,
		id, no, tx.Today(), string(body), tx.Pass().Who().Name, tx.Now())
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "Somebody else has just said that it is ready.")
	}
	return err
}

func takeBackVersion(tx *db.Tx, id AwardID, no int) error {
	_, err := tx.Exec(`update awards_version set taken_back_ms = $4 where org_id = $1 and award_id = $2 and no = $3`, id, no, tx.Now())
	return err
}

func verdictsOf(tx *db.Tx, id AwardID) ([]Verdict, error) {
	return db.All[Verdict](tx, `select v.no, v.objective, v.met, v.words, v.staff_id, v.by_name, v.at_ms from awards_verdict v where v.org_id = $1 and v.award_id = $2 order by v.no, v.at_ms, v.objective`, id)
}

func putVerdict(tx *db.Tx, id AwardID, v Verdict) error {
	_, err := tx.Exec(`insert into awards_verdict (org_id, award_id, no, objective, met, words, staff_id, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (org_id, award_id, no, objective) do update set met = excluded.met, words = excluded.words, staff_id = excluded.staff_id, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		id, v.No, v.Objective, v.Met, v.Words, v.StaffID, tx.Pass().Who().Name, tx.Now())
	return err
}

func decisionsOf(tx *db.Tx, id AwardID) ([]Decision, error) {
	return db.All[Decision](tx, `select d.no, d.outcome, d.day, d.words, d.staff_id, d.decided_by, d.certificate, d.by_name, d.at_ms from awards_decision d where d.org_id = $1 and d.award_id = $2 order by d.at_ms, d.id`, id)
}

func insertDecision(tx *db.Tx, id AwardID, d Decision) error {
	_, err := tx.Exec(`insert into awards_decision (org_id, award_id, id, no, outcome, day, words, staff_id, decided_by, certificate, by_name, at_ms)
		values ($1, $2, $3, cast($4 as integer), $5, $6, $7, cast($8 as bigint), $9, $10, $11, $12)`,
		id, ids.New[Decision](), d.No, d.Outcome, d.Day, d.Words, d.StaffID, d.DecidedBy, d.Certificate, tx.Pass().Who().Name, tx.Now())
	return err
}

// markReminded notes that a reminder was due, and tells whether it is the first time.
func markReminded(tx *db.Tx, id AwardID, months, sent int) (bool, error) {
	n, err := tx.Exec(`insert into awards_reminder (org_id, award_id, months, sent, at_ms) values ($1, $2, $3, $4, $5) on conflict (org_id, award_id, months) do nothing`, id, months, sent, tx.Now())
	return n == 1, err
}

func countReminded(tx *db.Tx, id AwardID, months, sent int) error {
	_, err := tx.Exec(`update awards_reminder set sent = $4 where org_id = $1 and award_id = $2 and months = $3`, id, months, sent)
	return err
}

// TooLate stands in place of a number for a reminder that had passed when it was looked at, so that nobody was sent it.
const TooLate = -1

// Reminded is a reminder that was due.
type Reminded struct {
	Months int
	Sent   int // to how many people a message went; TooLate for one that had passed
	AtMs   int64
}

func remindedOf(tx *db.Tx, id AwardID) ([]Reminded, error) {
	return db.All[Reminded](tx, `select r.months, r.sent, r.at_ms from awards_reminder r where r.org_id = $1 and r.award_id = $2 order by r.at_ms, r.months desc`, id)
}

// colleague is a member of staff, gone ones too, for finding out who is the same person.
type colleague struct {
	ID    roll.StaffID
	Name  string
	Email string
	Ends  string
	Adult *int64 // whom they are besides, by their hat
}

func colleagues(tx *db.Tx) ([]colleague, error) {
	return db.All[colleague](tx, `select s.id, s.name, s.email, s.ends, (select max(h.adult_id) from roll_hat h where h.org_id = s.org_id and h.staff_id = s.id) as adult
		from roll_staff s where s.org_id = $1 order by s.sort_key, s.id`)
}

type held struct {
	StaffID      roll.StaffID
	Role         access.Role
	Starts, Ends string
}

// rolesHeld are all roles that anybody ever held.
func rolesHeld(tx *db.Tx) ([]held, error) {
	return db.All[held](tx, `select r.staff_id, r.role, r.starts, r.ends from roll_staff_role r where r.org_id = $1 and r.ends >= r.starts order by r.starts, r.id`)
}

// grouping tells whether the organisation of the transaction is one that others belong to.
func grouping(tx *db.Tx) (yes bool, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("see whether an award is a cluster's own").Often(), func(in *db.Tx) error {
		o, _, err := db.Maybe[roll.Org](in, `select id, code, name, type from roll_org where id = $1`, us)
		yes = o.Grouping()
		return err
	})
	return yes, err
}

// planNamed and auditNamed are the words for what a step points to.
func planNamed(list []plans.Plan, id plans.PlanID) (plans.Plan, bool) {
	for _, p := range list {
		if p.ID == id {
			return p, true
		}
	}
	return plans.Plan{}, false
}

func auditNamed(list []audit.Audit, id audit.AuditID) (audit.Audit, bool) {
	for _, a := range list {
		if a.ID == id {
			return a, true
		}
	}
	return audit.Audit{}, false
}
