package plans

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

const planColumns = `p.id, p.title, p.starts, p.ends, p.lead_id, coalesce(s.name, '') as lead_name, p.shared, p.closed_ms, p.closed_by, p.by_name, p.made_ms`

const planFrom = ` from plans_plan p left join roll_staff s on s.org_id = p.org_id and s.id = p.lead_id`

func plansOf(tx *db.Tx) ([]Plan, error) {
	return db.All[Plan](tx, `select `+planColumns+planFrom+` where p.org_id = $1 order by p.starts desc, p.made_ms desc, p.id`)
}

func planByID(tx *db.Tx, id PlanID) (Plan, error) {
	p, found, err := db.Maybe[Plan](tx, `select `+planColumns+planFrom+` where p.org_id = $1 and p.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("plan")
	}
	return p, err
}

func insertPlan(tx *db.Tx, p Plan) error {
	_, err := tx.Exec(`insert into plans_plan (org_id, id, title, starts, ends, lead_id, by_name, made_ms) values ($1, $2, $3, $4, $5, cast($6 as bigint), $7, $8)`,
		p.ID, p.Title, p.Starts, p.Ends, p.LeadID, tx.Pass().Who().Name, tx.Now())
	return err
}

func updatePlan(tx *db.Tx, p Plan) error {
	_, err := tx.Exec(`update plans_plan set title = $3, starts = $4, ends = $5, lead_id = cast($6 as bigint) where org_id = $1 and id = $2`, p.ID, p.Title, p.Starts, p.Ends, p.LeadID)
	return err
}

func sharePlan(tx *db.Tx, id PlanID, on bool) error {
	_, err := tx.Exec(`update plans_plan set shared = $3 where org_id = $1 and id = $2`, id, on)
	return err
}

func closePlan(tx *db.Tx, id PlanID, at *int64, by string) error {
	_, err := tx.Exec(`update plans_plan set closed_ms = cast($3 as bigint), closed_by = $4 where org_id = $1 and id = $2`, id, at, by)
	return err
}

const actionColumns = `a.id, a.plan_id, a.theme, a.words, a.owner_id, coalesce(s.name, '') as owner_name, a.due, a.measure, a.planned_pence, a.spent_pence, a.funding, a.status, a.stopped_why,
	a.done_on, a.source_kind, a.source_key, a.source_words, a.source_link, a.carried_from, a.version, a.removed_ms, a.removed_by, a.made_ms,
	coalesce((select max(e.at_ms) from plans_entry e where e.org_id = a.org_id and e.action_id = a.id and e.kind <> 'reminded'), a.made_ms) as touched_ms`

const actionFrom = ` from plans_action a left join roll_staff s on s.org_id = a.org_id and s.id = a.owner_id`

func actionsOf(tx *db.Tx, plan PlanID) ([]Action, error) {
	return db.All[Action](tx, `select `+actionColumns+actionFrom+` where a.org_id = $1 and a.plan_id = $2 and a.removed_ms is null order by a.theme, a.due, a.made_ms, a.id`, plan)
}

// actionsFrom are those of all plans that came from a kind of gap; one that was carried on counts where it goes on.
func actionsFrom(tx *db.Tx, kind string) ([]Action, error) {
	return db.All[Action](tx, `select `+actionColumns+actionFrom+` where a.org_id = $1 and a.source_kind = $2 and a.removed_ms is null and a.status <> 'carried' order by a.due, a.made_ms, a.id`, kind)
}

func removedOf(tx *db.Tx, plan PlanID) ([]Action, error) {
	return db.All[Action](tx, `select `+actionColumns+actionFrom+` where a.org_id = $1 and a.plan_id = $2 and a.removed_ms is not null order by a.removed_ms desc, a.id`, plan)
}

// waitingActions are those of open plans that have not come to an end, of one owner or, with 0, of everyone.
func waitingActions(tx *db.Tx, owner roll.StaffID, until string) ([]Action, error) {
	return db.All[Action](tx, `select `+actionColumns+actionFrom+` join plans_plan p on p.org_id = a.org_id and p.id = a.plan_id
		where a.org_id = $1 and p.closed_ms is null and a.removed_ms is null and a.status in ('todo', 'going') and a.due <= $2 and (cast($3 as bigint) = 0 or a.owner_id = cast($3 as bigint))
		order by a.due, a.made_ms, a.id`, until, int64(owner))
}

func actionByID(tx *db.Tx, id ActionID) (Action, error) {
	a, found, err := db.Maybe[Action](tx, `select `+actionColumns+actionFrom+` where a.org_id = $1 and a.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("action")
	}
	return a, err
}

// nextOf is the action in which an earlier one went on.
func nextOf(tx *db.Tx, id ActionID) (ActionID, PlanID, error) {
	type row struct {
		ID     ActionID
		PlanID PlanID
	}
	r, _, err := db.Maybe[row](tx, `select id, plan_id from plans_action where org_id = $1 and carried_from = $2 and removed_ms is null order by made_ms, id limit 1`, id)
	return r.ID, r.PlanID, err
}

func insertAction(tx *db.Tx, a Action) error {
	_, err := tx.Exec(`insert into plans_action (org_id, id, plan_id, theme, words, owner_id, due, measure, planned_pence, spent_pence, funding, status, source_kind, source_key, source_words, source_link, carried_from, made_ms)
		values ($1, $2, $3, $4, $5, cast($6 as bigint), $7, $8, cast($9 as bigint), cast($10 as bigint), $11, $12, $13, $14, $15, $16, cast($17 as bigint), $18)`,
		a.ID, a.PlanID, a.Theme, a.Words, a.OwnerID, a.Due, a.Measure, a.PlannedPence, a.SpentPence, a.Funding, a.Status, a.SourceKind, a.SourceKey, a.SourceWords, a.SourceLink, a.CarriedFrom, tx.Now())
	return err
}

// updateAction writes a new version, if nobody has written one in between.
func updateAction(tx *db.Tx, a Action) (bool, error) {
	n, err := tx.Exec(`update plans_action set theme = $3, words = $4, owner_id = cast($5 as bigint), due = $6, measure = $7, planned_pence = cast($8 as bigint), spent_pence = cast($9 as bigint), funding = $10,
		status = $11, stopped_why = $12, done_on = $13, version = version + 1 where org_id = $1 and id = $2 and version = $14`,
		a.ID, a.Theme, a.Words, a.OwnerID, a.Due, a.Measure, a.PlannedPence, a.SpentPence, a.Funding, a.Status, a.StoppedWhy, a.DoneOn, a.Version)
	return n == 1, err
}

func removeAction(tx *db.Tx, id ActionID, at *int64, by string) (int64, error) {
	return tx.Exec(`update plans_action set removed_ms = cast($3 as bigint), removed_by = $4 where org_id = $1 and id = $2`, id, at, by)
}

func entriesOf(tx *db.Tx, id ActionID) ([]Entry, error) {
	return db.All[Entry](tx, `select id, action_id, kind, words, was, now, by_name, at_ms from plans_entry where org_id = $1 and action_id = $2 order by at_ms desc, id desc`, id)
}

// entriesSince are the lines of a plan's actions since a moment, for the page that says what has happened.
func entriesSince(tx *db.Tx, plan PlanID, since int64) ([]Entry, error) {
	return db.All[Entry](tx, `select e.id, e.action_id, e.kind, e.words, e.was, e.now, e.by_name, e.at_ms from plans_entry e join plans_action a on a.org_id = e.org_id and a.id = e.action_id
		where e.org_id = $1 and a.plan_id = $2 and a.removed_ms is null and e.at_ms >= $3 and e.kind in ('note', 'status', 'evidence') order by e.at_ms desc, e.id desc`, plan, since)
}

func insertEntry(tx *db.Tx, e Entry) error {
	_, err := tx.Exec(`insert into plans_entry (org_id, id, action_id, kind, words, was, now, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		ids.New[Entry](), e.ActionID, e.Kind, e.Words, e.Was, e.Now, tx.Pass().Who().Name, tx.Now())
	return err
}

func evidenceOf(tx *db.Tx, id ActionID) ([]Evidence, error) {
	return db.All[Evidence](tx, `select id, action_id, words, link, by_name, made_ms, removed_ms from plans_evidence where org_id = $1 and action_id = $2 and removed_ms is null order by made_ms, id`, id)
}

func evidenceCounts(tx *db.Tx, plan PlanID) (map[ActionID]int, error) {
	type row struct {
		ActionID ActionID
		N        int
	}
	out := map[ActionID]int{}
	list, err := db.All[row](tx, `select e.action_id, count(*) as n from plans_evidence e join plans_action a on a.org_id = e.org_id and a.id = e.action_id
		where e.org_id = $1 and a.plan_id = $2 and e.removed_ms is null group by e.action_id`, plan)
	for _, r := range list {
		out[r.ActionID] = r.N
	}
	return out, err
}

func insertEvidence(tx *db.Tx, e Evidence) error {
	_, err := tx.Exec(`insert into plans_evidence (org_id, id, action_id, words, link, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, e.ID, e.ActionID, e.Words, e.Link, tx.Pass().Who().Name, tx.Now())
	return err
}

func dropEvidence(tx *db.Tx, action ActionID, id ids.ID[Evidence]) (int64, error) {
	return tx.Exec(`update plans_evidence set removed_ms = $4 where org_id = $1 and action_id = $2 and id = $3 and removed_ms is null`, action, id, tx.Now())
}

const objectiveColumns = `o.id, o.code, o.words, o.above_org, o.above_id, o.starts, o.ends, o.by_name, o.made_ms`

func objectivesOf(tx *db.Tx) ([]Objective, error) {
	return db.All[Objective](tx, `select `+objectiveColumns+` from plans_objective o where o.org_id = $1 order by o.code, o.made_ms, o.id`)
}

func insertObjective(tx *db.Tx, o Objective) error {
	_, err := tx.Exec(`insert into plans_objective (org_id, id, code, words, above_org, above_id, starts, by_name, made_ms) values ($1, $2, $3, $4, cast($5 as bigint), cast($6 as bigint), $7, $8, $9)`,
		o.ID, o.Code, o.Words, o.AboveOrg, o.AboveID, o.Starts, tx.Pass().Who().Name, tx.Now())
	return err
}

func updateObjective(tx *db.Tx, o Objective) (int64, error) {
	return tx.Exec(`update plans_objective set code = $3, words = $4, above_org = cast($5 as bigint), above_id = cast($6 as bigint), ends = $7 where org_id = $1 and id = $2`, o.ID, o.Code, o.Words, o.AboveOrg, o.AboveID, o.Ends)
}

// Link is that an action serves an objective.
type linkRow struct {
	ActionID     ActionID
	ObjectiveOrg roll.OrgID
	ObjectiveID  ObjectiveID
	MadeMs       int64
}

func (l linkRow) ref() Ref { return Ref{l.ObjectiveOrg, l.ObjectiveID} }

func linksOf(tx *db.Tx, action ActionID) ([]linkRow, error) {
	return db.All[linkRow](tx, `select action_id, objective_org, objective_id, made_ms from plans_link where org_id = $1 and action_id = $2 order by made_ms, id`, action)
}

func linksOfPlan(tx *db.Tx, plan PlanID) ([]linkRow, error) {
	return db.All[linkRow](tx, `select l.action_id, l.objective_org, l.objective_id, l.made_ms from plans_link l join plans_action a on a.org_id = l.org_id and a.id = l.action_id
		where l.org_id = $1 and a.plan_id = $2 and a.removed_ms is null order by l.made_ms, l.id`, plan)
}

func insertLink(tx *db.Tx, action ActionID, r Ref) error {
	_, err := tx.Exec(`insert into plans_link (org_id, id, action_id, objective_org, objective_id, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (org_id, action_id, objective_org, objective_id) do nothing`, ids.New[linkRow](), action, r.Org, r.ID, tx.Pass().Who().Name, tx.Now())
	return err
}

func dropLink(tx *db.Tx, action ActionID, r Ref) error {
	_, err := tx.Exec(`delete from plans_link where org_id = $1 and action_id = $2 and objective_org = $3 and objective_id = $4`, action, r.Org, r.ID)
	return err
}

// served is an action that serves an objective, with its last sign of life.
type served struct {
	Action
	ObjectiveOrg roll.OrgID
	ObjectiveID  ObjectiveID
	LinkedMs     int64
}

func (x served) ref() Ref { return Ref{x.ObjectiveOrg, x.ObjectiveID} }

// last is the later of the link and the last line about the action.
func (x served) last() int64 { return max(x.LinkedMs, x.TouchedMs) }

// servedBy lists the linked actions that have not been removed; with sharedOnly those of plans that the head lets be counted.
func servedBy(tx *db.Tx, sharedOnly bool) ([]served, error) {
	return db.All[served](tx, `select `+actionColumns+`, l.objective_org, l.objective_id, l.made_ms as linked_ms`+actionFrom+`
		join plans_link l on l.org_id = a.org_id and l.action_id = a.id join plans_plan p on p.org_id = a.org_id and p.id = a.plan_id
		where a.org_id = $1 and a.removed_ms is null and (p.shared = 1 or $2 = 0) order by a.due, a.id`, sharedOnly)
}

func yardsticks(tx *db.Tx) ([]yardstick, error) {
	return db.All[yardstick](tx, `select measure, objective_org, objective_id from plans_yardstick where org_id = $1 order by made_ms, id`)
}

type yardstick struct {
	Measure      string
	ObjectiveOrg roll.OrgID
	ObjectiveID  ObjectiveID
}

func putYardstick(tx *db.Tx, measure string, r Ref, on bool) error {
	if !on {
		_, err := tx.Exec(`delete from plans_yardstick where org_id = $1 and measure = $2 and objective_org = $3 and objective_id = $4`, measure, r.Org, r.ID)
		return err
	}
	_, err := tx.Exec(`insert into plans_yardstick (org_id, id, measure, objective_org, objective_id, made_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, measure, objective_org, objective_id) do nothing`, ids.New[yardstick](), measure, r.Org, r.ID, tx.Now())
	return err
}

func visions(tx *db.Tx) ([]Vision, error) {
	return db.All[Vision](tx, `select id, words, adopted_on, consulted, by_name, made_ms from plans_vision where org_id = $1 order by adopted_on desc, made_ms desc, id`)
}

func insertVision(tx *db.Tx, v Vision) error {
	_, err := tx.Exec(`insert into plans_vision (org_id, id, words, adopted_on, consulted, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, ids.New[Vision](), v.Words, v.AdoptedOn, v.Consulted, tx.Pass().Who().Name, tx.Now())
	return err
}

const consultationColumns = `id, whom, how, due, done_on, came_of_it, by_name, made_ms`

func consultations(tx *db.Tx) ([]Consultation, error) {
	return db.All[Consultation](tx, `select `+consultationColumns+` from plans_consultation where org_id = $1 order by case when done_on = '' then 0 else 1 end, due, made_ms, id`)
}

func consultationByID(tx *db.Tx, id ids.ID[Consultation]) (Consultation, error) {
	c, found, err := db.Maybe[Consultation](tx, `select `+consultationColumns+` from plans_consultation where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("consultation")
	}
	return c, err
}

func insertConsultation(tx *db.Tx, c Consultation) error {
	_, err := tx.Exec(`insert into plans_consultation (org_id, id, whom, how, due, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Whom, c.How, c.Due, tx.Pass().Who().Name, tx.Now())
	return err
}

func doneConsultation(tx *db.Tx, c Consultation) (int64, error) {
	return tx.Exec(`update plans_consultation set done_on = $3, came_of_it = $4 where org_id = $1 and id = $2 and done_on = ''`, c.ID, c.DoneOn, c.CameOfIt)
}

func dropConsultation(tx *db.Tx, id ids.ID[Consultation]) (int64, error) {
	return tx.Exec(`delete from plans_consultation where org_id = $1 and id = $2 and done_on = ''`, id)
}

// ownOrg is the organisation of the transaction.
func ownOrg(tx *db.Tx) (o roll.Org, err error) {
	us := tx.Pass().Org()
	err = tx.Within(access.Installation("name the organisation of a plan").Often(), func(in *db.Tx) error {
		o, _, err = db.Maybe[roll.Org](in, `select id, code, name, type from roll_org where id = $1`, us)
		return err
	})
	o.ID = roll.OrgID(us)
	return o, err
}

// above lists the groupings that the organisation of the transaction belongs to today, the widest last, each once.
func above(tx *db.Tx) (out []roll.Org, err error) {
	us := roll.OrgID(tx.Pass().Org())
	err = tx.Within(access.Installation("find whose objectives an organisation follows").Often(), func(in *db.Tx) error {
		seen := map[roll.OrgID]bool{us: true}
		for next := []roll.OrgID{us}; len(next) > 0; {
			id := next[0]
			next = next[1:]
			list, err := roll.GroupingsOf(in, id)
			if err != nil {
				return err
			}
			for _, g := range list {
				if !seen[g.ID] {
					seen[g.ID] = true
					out = append(out, g)
					next = append(next, g.ID)
				}
			}
		}
		return nil
	})
	return out, err
}

// emailOf is a colleague's address while they work here.
func emailOf(tx *db.Tx, id roll.StaffID) (string, error) {
	e, _, err := db.Maybe[string](tx, `select email from roll_staff where org_id = $1 and id = $2 and ends >= $3`, id, tx.Today())
	return e, err
}

// roleOf says the part of a colleague in words, for pages without names.
func rolesOf(tx *db.Tx) (map[roll.StaffID]string, error) {
	type row struct {
		StaffID roll.StaffID
		Role    access.Role
	}
	out := map[roll.StaffID]string{}
	list, err := db.All[row](tx, `select staff_id, role from roll_staff_role where org_id = $1 and starts <= $2 and ends >= $2 order by role`, tx.Today())
	for _, role := range roll.Roles {
		for _, r := range list {
			if r.Role == role && out[r.StaffID] == "" {
				out[r.StaffID] = roll.RoleWords[role]
			}
		}
	}
	return out, err
}
