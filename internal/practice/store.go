package practice

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

const policySelect = `select p.id, p.title, p.owner_id, coalesce(s.name, '') as owner_name, coalesce(r.on_day, '') as last_on, coalesce(r.consulted, '') as consulted, coalesce(r.barriers, '') as barriers, p.made_ms, p.removed_ms
	from practice_policy p left join roll_staff s on s.org_id = p.org_id and s.id = p.owner_id
	left join practice_review r on r.org_id = p.org_id and r.id = (select x.id from practice_review x where x.org_id = p.org_id and x.policy_id = p.id order by x.on_day desc, x.made_ms desc, x.id desc limit 1)
	where p.org_id = $1`

func policies(tx *db.Tx) ([]Policy, error) {
	return db.All[Policy](tx, policySelect+` and p.removed_ms is null order by coalesce(r.on_day, ''), p.title, p.id`)
}

func policyByID(tx *db.Tx, id ids.ID[Policy]) (Policy, error) {
	p, found, err := db.Maybe[Policy](tx, policySelect+` and p.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("policy")
	}
	return p, err
}

func reviewsOf(tx *db.Tx, id ids.ID[Policy]) ([]Review, error) {
	return db.All[Review](tx, `select id, policy_id, on_day, consulted, barriers, by_name, made_ms from practice_review where org_id = $1 and policy_id = $2 order by on_day desc, made_ms desc, id desc`, id)
}

func putPolicy(tx *db.Tx, p Policy) error {
	_, err := tx.Exec(`insert into practice_policy (org_id, id, title, owner_id, made_ms) values ($1, $2, $3, cast($4 as bigint), $5)
		on conflict (org_id, id) do update set title = excluded.title, owner_id = excluded.owner_id`, p.ID, p.Title, p.OwnerID, tx.Now())
	return err
}

func removePolicy(tx *db.Tx, id ids.ID[Policy], at *int64) error {
	_, err := tx.Exec(`update practice_policy set removed_ms = cast($3 as bigint) where org_id = $1 and id = $2`, id, at)
	return err
}

func insertReview(tx *db.Tx, r Review) error {
	_, err := tx.Exec(`insert into practice_review (org_id, id, policy_id, on_day, consulted, barriers, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		ids.New[Review](), r.PolicyID, r.OnDay, r.Consulted, r.Barriers, tx.Pass().Who().Name, tx.Now())
	return err
}

const dutyColumns = `id, title, duty, note, by_name, made_ms`

func duties(tx *db.Tx) ([]Duty, error) {
	return db.All[Duty](tx, `select `+dutyColumns+` from practice_duty where org_id = $1 and removed_ms is null order by title, id`)
}

func dutyByID(tx *db.Tx, id ids.ID[Duty]) (Duty, error) {
	d, found, err := db.Maybe[Duty](tx, `select `+dutyColumns+` from practice_duty where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("role")
	}
	return d, err
}

func putDuty(tx *db.Tx, d Duty) error {
	_, err := tx.Exec(`insert into practice_duty (org_id, id, title, duty, note, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (org_id, id) do update set title = excluded.title, duty = excluded.duty, note = excluded.note, by_name = excluded.by_name, made_ms = excluded.made_ms`, d.ID, d.Title, d.Duty, d.Note, tx.Pass().Who().Name, tx.Now())
	return err
}

func removeDuty(tx *db.Tx, id ids.ID[Duty], at *int64) error {
	_, err := tx.Exec(`update practice_duty set removed_ms = cast($3 as bigint) where org_id = $1 and id = $2`, id, at)
	return err
}

const activityColumns = `id, title, kind, on_day, outcome, published_on, ask_until, made_ms, removed_ms`

func activities(tx *db.Tx) ([]Activity, error) {
	return db.All[Activity](tx, `select `+activityColumns+` from practice_activity where org_id = $1 and removed_ms is null order by on_day desc, made_ms desc, id`)
}

func activityByID(tx *db.Tx, id ids.ID[Activity]) (Activity, error) {
	a, found, err := db.Maybe[Activity](tx, `select `+activityColumns+` from practice_activity where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("activity")
	}
	return a, err
}

func putActivity(tx *db.Tx, a Activity) error {
	_, err := tx.Exec(`insert into practice_activity (org_id, id, title, kind, on_day, outcome, published_on, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (org_id, id) do update set title = excluded.title, kind = excluded.kind, on_day = excluded.on_day, outcome = excluded.outcome, published_on = excluded.published_on`,
		a.ID, a.Title, a.Kind, a.OnDay, a.Outcome, a.PublishedOn, tx.Now())
	return err
}

func removeActivity(tx *db.Tx, id ids.ID[Activity], at *int64) error {
	_, err := tx.Exec(`update practice_activity set removed_ms = cast($3 as bigint) where org_id = $1 and id = $2`, id, at)
	return err
}

type rungRow struct {
	ActivityID ids.ID[Activity]
	Side       string
	Rung       Rung
	N          int
}

func rungs(tx *db.Tx) ([]rungRow, error) {
	return db.All[rungRow](tx, `select r.activity_id, r.side, r.rung, count(*) as n from practice_rung r join practice_activity a on a.org_id = r.org_id and a.id = r.activity_id
		where r.org_id = $1 and a.removed_ms is null group by r.activity_id, r.side, r.rung order by r.activity_id, r.side, r.rung`)
}

// own is the rung that a member of staff has chosen; 0 for none.
func own(tx *db.Tx, id ids.ID[Activity], staff roll.StaffID) (Rung, error) {
	r, _, err := db.Maybe[int](tx, `select rung from practice_rung where org_id = $1 and activity_id = $2 and side = 'staff' and staff_id = $3`, id, staff)
	return Rung(r), err
}

func putStaffRung(tx *db.Tx, id ids.ID[Activity], staff roll.StaffID, r Rung) error {
	if _, err := tx.Exec(`delete from practice_rung where org_id = $1 and activity_id = $2 and side = 'staff' and staff_id = $3`, id, staff); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into practice_rung (org_id, id, activity_id, side, rung, staff_id, by_name, made_ms) values ($1, $2, $3, 'staff', $4, $5, $6, $7)`, ids.New[rungRow](), id, int(r), staff, tx.Pass().Who().Name, tx.Now())
	return err
}

func highestRung(tx *db.Tx, id ids.ID[Activity]) (Rung, error) {
	n, err := db.One[int](tx, `select coalesce(max(rung), 0) from practice_rung where org_id = $1 and activity_id = $2`, id)
	return Rung(n), err
}

func sharesOf(tx *db.Tx, id ids.ID[Activity]) ([]Shared, error) {
	return db.All[Shared](tx, `select id, activity_id, how, what, on_day, by_name, made_ms from practice_share where org_id = $1 and activity_id = $2 order by on_day, id`, id)
}

func insertShare(tx *db.Tx, s Shared) error {
	_, err := tx.Exec(`insert into practice_share (org_id, id, activity_id, how, what, on_day, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`, ids.New[Shared](), s.ActivityID, s.How, s.What, s.OnDay, tx.Pass().Who().Name, tx.Now())
	return err
}

func dropShare(tx *db.Tx, activity ids.ID[Activity], id ids.ID[Shared]) (int64, error) {
	return tx.Exec(`delete from practice_share where org_id = $1 and activity_id = $2 and id = $3`, activity, id)
}

const storySelect = `select s.id, s.title, s.situation, s.did, s.changed, s.learned, s.theme, s.phase, s.context, s.objective, s.family, s.consent, s.consent_on, s.consent_how, s.confirmed, s.confirmed_by,
	s.confirmed_why, s.stated, s.stated_words, s.stated_by, s.state, s.published_ms, s.author_id, s.by_name, s.version, s.made_ms,
	(select count(*) from practice_use u where u.org_id = s.org_id and u.story_id = s.id and u.kind = 'view') as views,
	(select count(*) from practice_use u where u.org_id = s.org_id and u.story_id = s.id and u.kind = 'request') as requests
	from practice_story s where s.org_id = $1`

func stories(tx *db.Tx) ([]Story, error) {
	return db.All[Story](tx, storySelect+` order by s.made_ms desc, s.id`)
}

func storyByID(tx *db.Tx, id StoryID) (Story, error) {
	s, found, err := db.Maybe[Story](tx, storySelect+` and s.id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("story")
	}
	return s, err
}

func insertStory(tx *db.Tx, s Story) error {
	_, err := tx.Exec(`insert into practice_story (org_id, id, title, situation, did, changed, learned, theme, phase, context, objective, family, consent, consent_on, consent_how, stated, stated_words, stated_by, state, author_id, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, cast($16 as bigint), $17, $18, 'draft', cast($19 as bigint), $20, $21)`, s.ID, s.Title, s.Situation, s.Did, s.Changed, s.Learned, s.Theme, s.Phase, s.Context, s.Objective, s.Family,
		s.Consent, s.ConsentOn, s.ConsentHow, s.Stated, s.StatedWords, s.StatedBy, s.AuthorID, tx.Pass().Who().Name, tx.Now())
	return err
}

func updateStory(tx *db.Tx, s Story) (bool, error) {
	n, err := tx.Exec(`update practice_story set title = $3, situation = $4, did = $5, changed = $6, learned = $7, theme = $8, phase = $9, context = $10, objective = $11, family = $12, consent = $13, consent_on = $14,
		consent_how = $15, stated = cast($16 as bigint), stated_words = $17, stated_by = $18, state = $19, published_ms = cast($20 as bigint), confirmed = $21, confirmed_by = $22, confirmed_why = $23, version = version + 1
		where org_id = $1 and id = $2 and version = $24`, s.ID, s.Title, s.Situation, s.Did, s.Changed, s.Learned, s.Theme, s.Phase, s.Context, s.Objective, s.Family, s.Consent, s.ConsentOn, s.ConsentHow, s.Stated, s.StatedWords, s.StatedBy,
		s.State, s.PublishedMs, s.Confirmed, s.ConfirmedBy, s.ConfirmedWhy, s.Version)
	return n == 1, err
}

func insertUse(tx *db.Tx, id StoryID, kind, whom string) error {
	_, err := tx.Exec(`insert into practice_use (org_id, id, story_id, kind, whom, at_ms) values ($1, $2, $3, $4, $5, $6)`, ids.New[Story](), id, kind, whom, tx.Now())
	return err
}
