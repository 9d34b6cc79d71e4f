package conversations

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

func pupilOf(tx *db.Tx, talk TalkID) (roll.PupilID, bool, error) {
	return db.Maybe[roll.PupilID](tx, `select t.pupil_id from conversations_talk t where t.org_id = $1 and t.id = $2`, talk)
}

func keyTeacherName(tx *db.Tx, talk TalkID) (string, error) {
	name, _, err := db.Maybe[string](tx, `select s.name from conversations_talk t join roll_staff s on s.org_id = t.org_id and s.id = t.key_staff_id
		where t.org_id = $1 and t.id = $2`, talk)
	return name, err
}

// familyParts lists the conversations about a child with what one adult has to do with each. Those that are another adult's own are left out.
func familyParts(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID, talk TalkID) ([]Part, error) {
	return db.All[Part](tx, `with who as (
			select i.talk_id, i.adult_id from conversations_invitation i join conversations_talk t on t.org_id = i.org_id and t.id = i.talk_id where i.org_id = $1 and t.pupil_id = $2
			union all
			select c.talk_id, c.adult_id from conversations_contact c join conversations_talk t on t.org_id = c.org_id and t.id = c.talk_id where c.org_id = $1 and t.pupil_id = $2 and c.adult_id is not null
			union all
			select g.talk_id, g.adult_id from conversations_agreement g join conversations_talk t on t.org_id = g.org_id and t.id = g.talk_id where g.org_id = $1 and t.pupil_id = $2 and g.adult_id is not null
			union all
			select k.talk_id, k.adult_id from conversations_copy k join conversations_talk t on t.org_id = k.org_id and t.id = k.talk_id where k.org_id = $1 and t.pupil_id = $2
		)
		select `+talkColumns+`,
			case when exists (select 1 from who w where w.talk_id = t.id and w.adult_id = $3) then 1 else 0 end as took,
			case when exists (select 1 from who w where w.talk_id = t.id) then 1 else 0 end as anyone,
			case when exists (select 1 from conversations_talk o where o.org_id = t.org_id and o.round_id = t.round_id and o.pupil_id = t.pupil_id and o.adult_id = $3 and o.id <> t.id) then 1 else 0 end as elsewhere,
			coalesce((select max(x.version) from conversations_text x where x.org_id = t.org_id and x.talk_id = t.id), 0) as version,
			coalesce((select max(g.version) from conversations_agreement g where g.org_id = t.org_id and g.talk_id = t.id and g.adult_id = $3), 0) as agreed_to,
			coalesce((select max(r.settled_ms) from conversations_remark r where r.org_id = t.org_id and r.talk_id = t.id and r.adult_id = $3 and r.state in ('accepted', 'declined')), 0) as settled_ms
		from conversations_talk t
		join conversations_round n on n.org_id = t.org_id and n.id = t.round_id
		where t.org_id = $1 and t.pupil_id = $2 and (t.adult_id is null or t.adult_id = $3) and (cast($4 as bigint) = 0 or t.id = $4)
		order by n.opens, n.number, t.id`, pupil, adult, talk)
}

const remarkColumns = `r.id, r.talk_id, r.adult_id, a.name as adult, r.kind, r.version, r.words, r.tongue, r.made_ms, r.state, r.answer, r.settled_ms, r.by_name`

func addRemark(tx *db.Tx, r Remark) error {
	_, err := tx.Exec(`insert into conversations_remark (org_id, id, talk_id, adult_id, kind, version, words, tongue, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict do nothing`, r.ID, r.TalkID, r.AdultID, r.Kind, r.Version, r.Words, r.Tongue, tx.Now())
	return err
}

func remarkByID(tx *db.Tx, id RemarkID) (Remark, bool, error) {
	return db.Maybe[Remark](tx, `select `+remarkColumns+` from conversations_remark r join roll_adult a on a.org_id = r.org_id and a.id = r.adult_id
		where r.org_id = $1 and r.id = $2`, id)
}

// remarksOf lists the remarks about a conversation, newest first; of one adult where one is named.
func remarksOf(tx *db.Tx, talk TalkID, adult roll.AdultID) ([]Remark, error) {
	return db.All[Remark](tx, `select `+remarkColumns+` from conversations_remark r join roll_adult a on a.org_id = r.org_id and a.id = r.adult_id
		where r.org_id = $1 and r.talk_id = $2 and (cast($3 as bigint) = 0 or r.adult_id = $3) order by r.made_ms desc, r.id`, talk, adult)
}

// waitingRemarks lists what waits for an answer in the whole school, oldest first; the caller keeps what the pass may read.
func waitingRemarks(tx *db.Tx) ([]RemarkLine, error) {
	return db.All[RemarkLine](tx, `select `+remarkColumns+`, p.forename, p.surname, p.known_as from conversations_remark r
		join roll_adult a on a.org_id = r.org_id and a.id = r.adult_id
		join conversations_talk t on t.org_id = r.org_id and t.id = r.talk_id
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where r.org_id = $1 and r.state = 'waiting' order by r.made_ms, r.id`)
}

func settleRemark(tx *db.Tx, id RemarkID, state, answer string) error {
	_, err := tx.Exec(`update conversations_remark set state = $3, answer = $4, settled_ms = $5, by_name = $6 where org_id = $1 and id = $2 and state = 'waiting'`,
		id, state, answer, tx.Now(), tx.Pass().Who().Name)
	return err
}

type invited struct {
	AdultID roll.AdultID
	PupilID roll.PupilID
	TalkID  TalkID
}

// invitedIn lists who was invited to which conversation of a programme, of pupils who are on the roll.
func invitedIn(tx *db.Tx, programme ProgrammeID) ([]invited, error) {
	return db.All[invited](tx, `select i.adult_id, t.pupil_id, i.talk_id from conversations_invitation i
		join conversations_talk t on t.org_id = i.org_id and t.id = i.talk_id
		join conversations_round n on n.org_id = t.org_id and n.id = t.round_id
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where i.org_id = $1 and n.programme_id = $2 and p.starts <= $3 and p.ends >= $3
		order by p.sort_key, p.id, i.adult_id, n.number, i.talk_id`, programme, tx.Today())
}
