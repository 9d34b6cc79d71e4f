package conversations

import (
	"encoding/json"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// assigned is the condition of Own in this capability: $2 is the member of staff or 0 for everyone, $3 is today. It asks for an assignment by name;
// teaching a class of the child's, which is enough for roll.Sight, does not open what a family said. Who stands in for an assigned colleague counts.
const assigned = `(cast($2 as bigint) = 0 or exists (select 1 from roll_named g where g.org_id = t.org_id and g.pupil_id = t.pupil_id and g.staff_id = $2 and g.starts <= $3 and g.ends >= $3))`

const talkColumns = `t.id, t.programme_id, t.round_id, t.pupil_id, t.adult_id, t.year, t.key_staff_id, t.invited_on, t.reply, t.meet_on, t.meet_at, t.place, t.with_whom,
	t.declined_why, t.outcome, t.outcome_on, t.missed_why, t.tips, t.began_ms, t.finalised_ms, t.next_on, t.prep_minutes, t.talk_minutes, t.writeup_minutes, t.cover_pence, t.cover_from`

const selectLine = `select ` + talkColumns + `, p.forename, p.surname, p.known_as, coalesce(a.name, '') as adult_name, coalesce(s.name, '') as key_teacher,
	r.title as round_title, r.number as round_number, r.opens, r.closes, m.name as programme, coalesce(d.version, 0) as drafted
	from conversations_talk t
	join conversations_round r on r.org_id = t.org_id and r.id = t.round_id
	join conversations_programme m on m.org_id = t.org_id and m.id = t.programme_id
	join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
	left join roll_adult a on a.org_id = t.org_id and a.id = t.adult_id
	left join roll_staff s on s.org_id = t.org_id and s.id = t.key_staff_id
	left join conversations_draft d on d.org_id = t.org_id and d.talk_id = t.id
	where t.org_id = $1 and ` + assigned

func lineByID(tx *db.Tx, staff int64, today string, id TalkID) (Line, bool, error) {
	return db.Maybe[Line](tx, selectLine+` and t.id = $4`, staff, today, id)
}

const filterTalks = ` and (cast($4 as bigint) = 0 or t.programme_id = $4) and (cast($5 as bigint) = 0 or t.round_id = $5) and (cast($6 as bigint) = 0 or t.pupil_id = $6)
	and (cast($7 as text) = '' or t.year = $7) and (cast($8 as bigint) = 0 or t.key_staff_id = $8)`

func linesBy(tx *db.Tx, staff int64, today string, f Filter) ([]Line, error) {
	return db.All[Line](tx, selectLine+filterTalks+` order by r.opens, r.number, p.sort_key, p.id, t.adult_id nulls first`,
		staff, today, f.Programme, f.Round, f.Pupil, f.Year, f.Staff)
}

// talksBy lists conversations without names, for counting.
func talksBy(tx *db.Tx, f Filter) ([]Talk, error) {
	return db.All[Talk](tx, `select `+talkColumns+` from conversations_talk t where t.org_id = $1 and cast($2 as bigint) = 0 and cast($3 as text) = ''`+filterTalks+` order by t.id`,
		0, "", f.Programme, f.Round, f.Pupil, f.Year, f.Staff)
}

const programmeColumns = `m.id, m.name, m.starts, m.ends, m.cohort_id, m.cohort_name, m.by_name, m.made_ms`

func addProgramme(tx *db.Tx, p Programme) error {
	_, err := tx.Exec(`insert into conversations_programme (org_id, id, name, starts, ends, cohort_id, cohort_name, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, p.ID, p.Name, p.Starts, p.Ends, p.CohortID, p.CohortName, p.ByName, p.MadeMs)
	return err
}

func programmeByID(tx *db.Tx, id ProgrammeID) (Programme, bool, error) {
	return db.Maybe[Programme](tx, `select `+programmeColumns+` from conversations_programme m where m.org_id = $1 and m.id = $2`, id)
}

func programmeLines(tx *db.Tx) ([]ProgrammeLine, error) {
	return db.All[ProgrammeLine](tx, `select `+programmeColumns+`,
		(select count(distinct t.pupil_id) from conversations_talk t where t.org_id = m.org_id and t.programme_id = m.id) as pupils,
		(select count(*) from conversations_round r where r.org_id = m.org_id and r.programme_id = m.id) as rounds
		from conversations_programme m where m.org_id = $1 order by m.starts desc, m.made_ms desc, m.id`)
}

const roundColumns = `r.id, r.programme_id, r.number, r.title, r.kind, r.opens, r.closes, r.offered, r.learned`

func addRound(tx *db.Tx, r Round) error {
	_, err := tx.Exec(`insert into conversations_round (org_id, id, programme_id, number, title, kind, opens, closes, offered)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.ID, r.ProgrammeID, r.Number, r.Title, r.Kind, r.Opens, r.Closes, r.Offered)
	return err
}

func setRound(tx *db.Tx, id RoundID, title, opens, closes, offered string) (int64, error) {
	return tx.Exec(`update conversations_round set title = $3, opens = $4, closes = $5, offered = $6 where org_id = $1 and id = $2`, id, title, opens, closes, offered)
}

func setLearned(tx *db.Tx, id RoundID, learned string) (int64, error) {
	return tx.Exec(`update conversations_round set learned = $3 where org_id = $1 and id = $2`, id, learned)
}

func roundByID(tx *db.Tx, id RoundID) (Round, bool, error) {
	return db.Maybe[Round](tx, `select `+roundColumns+` from conversations_round r where r.org_id = $1 and r.id = $2`, id)
}

func programmeRounds(tx *db.Tx, id ProgrammeID) ([]Round, error) {
	return db.All[Round](tx, `select `+roundColumns+` from conversations_round r where r.org_id = $1 and r.programme_id = $2 order by r.number, r.id`, id)
}

// addTalk keeps a conversation unless the family has one in the round; it tells how many were kept.
func addTalk(tx *db.Tx, t Talk) (int64, error) {
	return tx.Exec(`insert into conversations_talk (org_id, id, programme_id, round_id, pupil_id, adult_id, year, key_staff_id, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
		t.ID, t.ProgrammeID, t.RoundID, t.PupilID, key(t.AdultID), t.Year, key(t.KeyStaffID), tx.Now())
}

// familiesOf lists the families of a programme once each, with who holds their conversations now.
func familiesOf(tx *db.Tx, id ProgrammeID) ([]Talk, error) {
	return db.All[Talk](tx, `select t.pupil_id, t.adult_id, max(p.year) as year, max(t.key_staff_id) as key_staff_id from conversations_talk t
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where t.org_id = $1 and t.programme_id = $2 and t.outcome <> 'held' group by t.pupil_id, t.adult_id`, id)
}

// unbegun is the condition of a conversation that nobody was asked to and nothing hangs on.
const unbegun = ` where org_id = $1 and programme_id = $2 and pupil_id = $3 and invited_on = '' and reply = '' and outcome = ''
	and not exists (select 1 from conversations_contact c where c.org_id = conversations_talk.org_id and c.talk_id = conversations_talk.id)
	and not exists (select 1 from conversations_draft c where c.org_id = conversations_talk.org_id and c.talk_id = conversations_talk.id)
	and not exists (select 1 from conversations_reflection c where c.org_id = conversations_talk.org_id and c.talk_id = conversations_talk.id)
	and not exists (select 1 from conversations_target c where c.org_id = conversations_talk.org_id and c.reviewed_in = conversations_talk.id)`

func dropUnbegun(tx *db.Tx, programme ProgrammeID, pupil roll.PupilID) (int64, error) {
	if _, err := tx.Exec(`delete from conversations_invitation where org_id = $1 and talk_id in (select id from conversations_talk`+unbegun+`)`, programme, pupil); err != nil {
		return 0, err
	}
	return tx.Exec(`delete from conversations_talk`+unbegun, programme, pupil)
}

func dropUnsent(tx *db.Tx, talk TalkID, adult roll.AdultID) error {
	_, err := tx.Exec(`delete from conversations_invitation where org_id = $1 and talk_id = $2 and adult_id = $3 and sent_on = ''`, talk, adult)
	return err
}

func pupilsIn(tx *db.Tx, g Group) ([]roll.Pupil, error) {
	return db.All[roll.Pupil](tx, `select p.id, p.forename, p.surname, p.known_as, p.year from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2
		and (cast($3 as text) = '' or p.year = $3)
		and (cast($4 as bigint) = 0 or exists (select 1 from roll_member m where m.org_id = p.org_id and m.pupil_id = p.id and m.class_id = $4 and m.starts <= $2 and m.ends >= $2))
		order by p.sort_key, p.id`, tx.Today(), g.Year, g.Class)
}

func yearsOnRoll(tx *db.Tx) ([]string, error) {
	return db.All[string](tx, `select p.year from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2 and p.year <> '' group by p.year order by p.year`, tx.Today())
}

func classesOnRoll(tx *db.Tx) ([]roll.Class, error) {
	return db.All[roll.Class](tx, `select c.id, c.title, c.kind, c.year from roll_class c where c.org_id = $1 and c.ends >= $2 order by c.title, c.id`, tx.Today())
}

// worksWith tells whether a colleague may open a question about a pupil: by class, by name, or because their part is the whole school.
func worksWith(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID) (bool, error) {
	n, err := db.One[int](tx, `select (select count(*) from roll_sight v where v.org_id = $1 and v.staff_id = $2 and v.pupil_id = $3 and v.starts <= $4 and v.ends >= $4)
		+ (select count(*) from roll_staff_role o where o.org_id = $1 and o.staff_id = $2 and o.role in ('head', 'leader', 'senco') and o.starts <= $4 and o.ends >= $4)`, staff, pupil, tx.Today())
	return n > 0, err
}

func keyTeacherOf(tx *db.Tx, pupil roll.PupilID) (*roll.StaffID, error) {
	id, found, err := db.Maybe[roll.StaffID](tx, `select g.staff_id from roll_assignment g where g.org_id = $1 and g.pupil_id = $2 and g.part = 'key_teacher' and g.starts <= $3 and g.ends >= $3
		order by g.starts desc, g.id desc limit 1`, pupil, tx.Today())
	if err != nil || !found {
		return nil, err
	}
	return &id, nil
}

// keyTeacherNow is who is key teacher of the child of a conversation on the day $2.
const keyTeacherNow = `(select max(g.staff_id) from roll_assignment g where g.org_id = conversations_talk.org_id and g.pupil_id = conversations_talk.pupil_id
	and g.part = 'key_teacher' and g.starts <= $2 and g.ends >= $2)`

// followKeyTeachers gives the conversations still to be held to whoever is key teacher today.
func followKeyTeachers(tx *db.Tx) error {
	_, err := tx.Exec(`update conversations_talk set key_staff_id = `+keyTeacherNow+` where org_id = $1 and outcome <> 'held' and key_staff_id is distinct from `+keyTeacherNow, tx.Today())
	return err
}

const invitationColumns = `i.id, i.talk_id, i.adult_id, i.channel, i.write_in, i.interpreter, i.offered, i.suits, i.sent_on, i.printed_ms, i.by_name`

func invitationsOf(tx *db.Tx, f Filter) ([]Invitation, error) {
	return db.All[Invitation](tx, `select `+invitationColumns+` from conversations_invitation i join conversations_talk t on t.org_id = i.org_id and t.id = i.talk_id
		where i.org_id = $1 and t.round_id = $2 order by i.made_ms, i.id`, f.Round)
}

// unsentLetters gives the conversation of each letter that is ready to be printed. Who is barred since then is left out when they are printed.
func unsentLetters(tx *db.Tx) ([]TalkID, error) {
	return db.All[TalkID](tx, `select i.talk_id from conversations_invitation i where i.org_id = $1 and i.channel = 'letter' and i.sent_on = ''`)
}

func talkInvitations(tx *db.Tx, id TalkID) ([]Invitation, error) {
	return db.All[Invitation](tx, `select `+invitationColumns+` from conversations_invitation i where i.org_id = $1 and i.talk_id = $2 order by i.made_ms, i.id`, id)
}

func putInvitation(tx *db.Tx, i Invitation) error {
	_, err := tx.Exec(`insert into conversations_invitation (org_id, id, talk_id, adult_id, channel, write_in, interpreter, offered, suits, sent_on, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (org_id, talk_id, adult_id) do update set channel = excluded.channel, write_in = excluded.write_in, interpreter = excluded.interpreter,
		offered = excluded.offered, suits = excluded.suits, sent_on = case when excluded.sent_on = '' then conversations_invitation.sent_on else excluded.sent_on end, by_name = excluded.by_name`,
		i.ID, i.TalkID, i.AdultID, i.Channel, i.WriteIn, i.Interpreter, i.Offered, i.Suits, i.SentOn, i.ByName, tx.Now())
	return err
}

// addInvitation keeps an invitation unless there is one.
func addInvitation(tx *db.Tx, i Invitation) error {
	_, err := tx.Exec(`insert into conversations_invitation (org_id, id, talk_id, adult_id, channel, write_in, interpreter, sent_on, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (org_id, talk_id, adult_id) do nothing`,
		i.ID, i.TalkID, i.AdultID, i.Channel, i.WriteIn, i.Interpreter, i.SentOn, i.ByName, tx.Now())
	return err
}

func markSent(tx *db.Tx, id InvitationID, on string) error {
	_, err := tx.Exec(`update conversations_invitation set sent_on = $3, printed_ms = $4 where org_id = $1 and id = $2`, id, on, tx.Now())
	return err
}

// setInvited keeps the first day on which the family was asked.
func setInvited(tx *db.Tx, id TalkID, on string) error {
	_, err := tx.Exec(`update conversations_talk set invited_on = $3 where org_id = $1 and id = $2 and (invited_on = '' or invited_on > $3)`, id, on)
	return err
}

func setTime(tx *db.Tx, id TalkID, t Time) error {
	_, err := tx.Exec(`update conversations_talk set reply = 'agreed', meet_on = $3, meet_at = $4, place = $5, with_whom = $6, declined_why = '', outcome = '', outcome_on = '', missed_why = '',
		invited_on = case when invited_on = '' then $7 else invited_on end where org_id = $1 and id = $2`, id, t.MeetOn, t.MeetAt, t.Place, t.WithWhom, t.On)
	return err
}

func setDeclined(tx *db.Tx, id TalkID, on, why string) error {
	_, err := tx.Exec(`update conversations_talk set reply = 'declined', declined_why = $4, meet_on = '', meet_at = '', outcome = '', outcome_on = '', missed_why = '',
		invited_on = case when invited_on = '' then $3 else invited_on end where org_id = $1 and id = $2`, id, on, why)
	return err
}

func setOutcome(tx *db.Tx, id TalkID, outcome, on, why string) error {
	_, err := tx.Exec(`update conversations_talk set outcome = $3, outcome_on = $4, missed_why = $5 where org_id = $1 and id = $2`, id, outcome, on, why)
	return err
}

func clearReply(tx *db.Tx, id TalkID) error {
	_, err := tx.Exec(`update conversations_talk set reply = '', declined_why = '', meet_on = '', meet_at = '', outcome = '', outcome_on = '', missed_why = '' where org_id = $1 and id = $2`, id)
	return err
}

func addContact(tx *db.Tx, c Contact) error {
	_, err := tx.Exec(`insert into conversations_contact (org_id, id, talk_id, adult_id, kind, on_date, at_time, answered, outcome, note, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		ids.New[Contact](), c.TalkID, key(c.AdultID), c.Kind, c.OnDate, c.AtTime, c.Answered, c.Outcome, c.Note, tx.Pass().Who().Name, tx.Now())
	return err
}

func contactsOf(tx *db.Tx, id TalkID) ([]Contact, error) {
	return db.All[Contact](tx, `select c.talk_id, c.adult_id, coalesce(a.name, '') as adult, c.kind, c.on_date, c.at_time, c.answered, c.outcome, c.note, c.by_name, c.made_ms
		from conversations_contact c left join roll_adult a on a.org_id = c.org_id and a.id = c.adult_id
		where c.org_id = $1 and c.talk_id = $2 order by c.on_date desc, c.made_ms desc, c.id desc`, id)
}

const reflectionColumns = `f.id, f.talk_id, f.staff_id, s.name as staff, f.asked_by, f.asked_ms, f.well, f.help, f.answered_ms`

func addReflection(tx *db.Tx, id ReflectionID, talk TalkID, staff roll.StaffID) (int64, error) {
	return tx.Exec(`insert into conversations_reflection (org_id, id, talk_id, staff_id, asked_by, asked_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, talk_id, staff_id) do nothing`, id, talk, staff, tx.Pass().Who().Name, tx.Now())
}

func reflectionsOf(tx *db.Tx, talk TalkID) ([]Reflection, error) {
	return db.All[Reflection](tx, `select `+reflectionColumns+` from conversations_reflection f join roll_staff s on s.org_id = f.org_id and s.id = f.staff_id
		where f.org_id = $1 and f.talk_id = $2 order by f.asked_ms, f.id`, talk)
}

func askByID(tx *db.Tx, id ReflectionID) (a Ask, pupil roll.PupilID, found bool, err error) {
	type row struct {
		Ask
		PupilID roll.PupilID
	}
	r, found, err := db.Maybe[row](tx, `select `+reflectionColumns+`, p.forename, p.surname, p.known_as, t.meet_on, t.pupil_id from conversations_reflection f
		join roll_staff s on s.org_id = f.org_id and s.id = f.staff_id
		join conversations_talk t on t.org_id = f.org_id and t.id = f.talk_id
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where f.org_id = $1 and f.id = $2`, id)
	return r.Ask, r.PupilID, found, err
}

// asksOf lists the questions that wait for a member of staff about pupils they still work with, and whose talk is not written up.
func asksOf(tx *db.Tx, staff int64) ([]Ask, error) {
	return db.All[Ask](tx, `select `+reflectionColumns+`, p.forename, p.surname, p.known_as, t.meet_on from conversations_reflection f
		join roll_staff s on s.org_id = f.org_id and s.id = f.staff_id
		join conversations_talk t on t.org_id = f.org_id and t.id = f.talk_id
		join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id
		where f.org_id = $1 and f.staff_id = $2 and f.answered_ms is null and t.finalised_ms is null
		order by f.asked_ms, f.id`, staff)
}

func answerReflection(tx *db.Tx, id ReflectionID, well, help string) error {
	_, err := tx.Exec(`update conversations_reflection set well = $3, help = $4, answered_ms = $5 where org_id = $1 and id = $2`, id, well, help, tx.Now())
	return err
}

type draftRow struct {
	Version int
	Writer  string
	Body    string
	ByName  string
	AtMs    int64
}

func (r draftRow) draft() (Draft, error) {
	d := Draft{Version: r.Version, Writer: r.Writer, ByName: r.ByName, AtMs: r.AtMs}
	return d, json.Unmarshal([]byte(r.Body), &d.Notes)
}

func draftOf(tx *db.Tx, talk TalkID) (Draft, bool, error) {
	r, found, err := db.Maybe[draftRow](tx, `select version, writer, body, by_name, at_ms from conversations_draft where org_id = $1 and talk_id = $2`, talk)
	if err != nil || !found {
		return Draft{}, found, err
	}
	d, err := r.draft()
	return d, true, err
}

func putDraft(tx *db.Tx, talk TalkID, d Draft, body string) error {
	if _, err := tx.Exec(`insert into conversations_draft (org_id, talk_id, version, writer, body, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (org_id, talk_id) do update set version = excluded.version, writer = excluded.writer, body = excluded.body, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		talk, d.Version, d.Writer, body, d.ByName, d.AtMs); err != nil {
		return err
	}
	if _, err := tx.Exec(`update conversations_talk set began_ms = $3 where org_id = $1 and id = $2 and began_ms is null`, talk, d.AtMs); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into conversations_draft_past (org_id, talk_id, version, body, by_name, at_ms) values ($1, $2, $3, $4, $5, $6)`, talk, d.Version, body, d.ByName, d.AtMs)
	return err
}

func setPastDraft(tx *db.Tx, talk TalkID, version int, body string) error {
	_, err := tx.Exec(`update conversations_draft_past set body = $4 where org_id = $1 and talk_id = $2 and version = $3`, talk, version, body)
	return err
}

func pruneDrafts(tx *db.Tx, talk TalkID, before int64, latest int) error {
	_, err := tx.Exec(`delete from conversations_draft_past where org_id = $1 and talk_id = $2 and at_ms < $3 and version <> $4`, talk, before, latest)
	return err
}

func pastDrafts(tx *db.Tx, talk TalkID) ([]Draft, error) {
	rows, err := db.All[draftRow](tx, `select version, '' as writer, body, by_name, at_ms from conversations_draft_past where org_id = $1 and talk_id = $2 order by version desc`, talk)
	if err != nil {
		return nil, err
	}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		if out[i], err = r.draft(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const textColumns = `x.id, x.talk_id, x.version, x.body, x.reading_age, x.why_harder, x.corrected_by, coalesce(a.name, '') as corrector, x.changed, x.by_name, x.made_ms`

func addText(tx *db.Tx, t Text) error {
	body, err := json.Marshal(t.Agreed)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert into conversations_text (org_id, id, talk_id, version, body, reading_age, why_harder, corrected_by, changed, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, t.ID, t.TalkID, t.Version, string(body), t.ReadingAge, t.WhyHarder, key(t.CorrectedBy), t.Changed, tx.Pass().Who().Name, tx.Now())
	return err
}

func textsOf(tx *db.Tx, talk TalkID) ([]Text, error) {
	list, err := db.All[Text](tx, `select `+textColumns+` from conversations_text x left join roll_adult a on a.org_id = x.org_id and a.id = x.corrected_by
		where x.org_id = $1 and x.talk_id = $2 order by x.version desc`, talk)
	for i := range list {
		if err == nil {
			err = json.Unmarshal([]byte(list[i].Body), &list[i].Agreed)
		}
	}
	return list, err
}

func lastText(tx *db.Tx, talk TalkID) (Text, bool, error) {
	list, err := textsOf(tx, talk)
	if err != nil || len(list) == 0 {
		return Text{}, false, err
	}
	return list[0], true, nil
}

func closeTalk(tx *db.Tx, talk TalkID, next string) error {
	_, err := tx.Exec(`update conversations_talk set finalised_ms = coalesce(finalised_ms, $3), next_on = $4 where org_id = $1 and id = $2`, talk, tx.Now(), next)
	return err
}

const targetColumns = `g.id, g.talk_id, g.pupil_id, g.place, g.words, g.owner, g.who, g.due, g.measure, g.version, g.state, g.why, g.next, g.next_words, g.reviewed_on, g.reviewed_by`

func targetsOf(tx *db.Tx, talk TalkID) ([]Target, error) {
	return db.All[Target](tx, `select `+targetColumns+` from conversations_target g where g.org_id = $1 and g.talk_id = $2 and g.dropped = 0 order by g.place, g.id`, talk)
}

func targetByID(tx *db.Tx, id TargetID) (Target, bool, error) {
	return db.Maybe[Target](tx, `select `+targetColumns+` from conversations_target g where g.org_id = $1 and g.id = $2 and g.dropped = 0`, id)
}

// openTargets are the family's targets that nobody has looked at yet, or that are to go on. What was agreed with a separated parent alone stays with them.
func openTargets(tx *db.Tx, pupil roll.PupilID) ([]Target, error) {
	return db.All[Target](tx, `select `+targetColumns+` from conversations_target g join conversations_talk t on t.org_id = g.org_id and t.id = g.talk_id
		where g.org_id = $1 and g.pupil_id = $2 and g.dropped = 0 and t.adult_id is null and (g.state = '' or g.next in ('keep', 'change'))
		order by g.due, g.place, g.id`, pupil)
}

// lastTargets are those of the family's conversations before this one that are still open, or were looked at in it. What was agreed with a separated parent
// alone comes back only in that parent's own conversation.
func lastTargets(tx *db.Tx, l Line) ([]Target, error) {
	return db.All[Target](tx, `select `+targetColumns+` from conversations_target g
		join conversations_talk t on t.org_id = g.org_id and t.id = g.talk_id
		join conversations_round r on r.org_id = t.org_id and r.id = t.round_id
		where g.org_id = $1 and g.pupil_id = $2 and g.dropped = 0 and g.talk_id <> $3 and r.opens <= $4 and (t.adult_id is null or t.adult_id = $5)
		and (g.state = '' or g.reviewed_in = $3 or g.next in ('keep', 'change') and not exists (
			select 1 from conversations_talk n join conversations_round nr on nr.org_id = n.org_id and nr.id = n.round_id
			where n.org_id = g.org_id and n.pupil_id = g.pupil_id and n.finalised_ms is not null and n.id <> g.talk_id and n.id <> $3
			and (n.adult_id is null or n.adult_id = $5) and nr.opens > r.opens and nr.opens <= $4))
		order by r.opens, g.talk_id, g.place`, l.PupilID, l.ID, l.Opens, coalesceAdult(l.AdultID))
}

func coalesceAdult(a *roll.AdultID) roll.AdultID {
	if a == nil {
		return 0
	}
	return *a
}

func putTarget(tx *db.Tx, t Target) error {
	_, err := tx.Exec(`insert into conversations_target (org_id, id, talk_id, pupil_id, place, words, owner, who, due, measure, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (org_id, id) do update set words = excluded.words, owner = excluded.owner, who = excluded.who, due = excluded.due, measure = excluded.measure, version = excluded.version, dropped = 0`,
		t.ID, t.TalkID, t.PupilID, t.Place, t.Words, t.Owner, t.Who, t.Due, t.Measure, t.Version)
	return err
}

func dropTargets(tx *db.Tx, talk TalkID, keep int) error {
	_, err := tx.Exec(`update conversations_target set dropped = 1 where org_id = $1 and talk_id = $2 and place > $3`, talk, keep)
	return err
}

func reviewTarget(tx *db.Tx, t Target, in *TalkID) error {
	_, err := tx.Exec(`update conversations_target set state = $3, why = $4, next = $5, next_words = $6, reviewed_on = $7, reviewed_by = $8, reviewed_in = $9
		where org_id = $1 and id = $2`, t.ID, t.State, t.Why, t.Next, t.NextWords, t.ReviewedOn, t.ReviewedBy, key(in))
	return err
}

func putAgreement(tx *db.Tx, talk TalkID, version int, adult *roll.AdultID, on, way string) error {
	_, err := tx.Exec(`insert into conversations_agreement (org_id, id, talk_id, version, adult_id, on_date, way, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`, ids.New[Agreement](), talk, version, key(adult), on, way, tx.Pass().Who().Name, tx.Now())
	return err
}

func agreementsOf(tx *db.Tx, talk TalkID) ([]Agreement, error) {
	return db.All[Agreement](tx, `select g.version, g.adult_id, coalesce(a.name, '') as adult, g.on_date, g.way, g.by_name from conversations_agreement g
		left join roll_adult a on a.org_id = g.org_id and a.id = g.adult_id where g.org_id = $1 and g.talk_id = $2 order by g.version desc, g.on_date, g.id`, talk)
}

func addCopy(tx *db.Tx, talk TalkID, version int, adult roll.AdultID, on, way string) error {
	_, err := tx.Exec(`insert into conversations_copy (org_id, id, talk_id, version, adult_id, on_date, way, by_name, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, ids.New[Copy](), talk, version, adult, on, way, tx.Pass().Who().Name, tx.Now())
	return err
}

func copiesOf(tx *db.Tx, talk TalkID) ([]Copy, error) {
	return db.All[Copy](tx, `select c.version, c.adult_id, a.name as adult, c.on_date, c.way from conversations_copy c join roll_adult a on a.org_id = c.org_id and a.id = c.adult_id
		where c.org_id = $1 and c.talk_id = $2 order by c.on_date, c.id`, talk)
}

func setTips(tx *db.Tx, talk TalkID, tips string) error {
	_, err := tx.Exec(`update conversations_talk set tips = $3 where org_id = $1 and id = $2`, talk, tips)
	return err
}

func setCost(tx *db.Tx, talk TalkID, c Cost) error {
	_, err := tx.Exec(`update conversations_talk set prep_minutes = $3, talk_minutes = $4, writeup_minutes = $5, cover_pence = $6, cover_from = $7 where org_id = $1 and id = $2`,
		talk, c.Prep, c.Talk, c.Writeup, c.CoverPence, c.CoverFrom)
	return err
}

func putFeedback(tx *db.Tx, talk TalkID, f Feedback) error {
	_, err := tx.Exec(`insert into conversations_feedback (org_id, id, talk_id, adult_id, heard, helped, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (org_id, talk_id, adult_id) do update set heard = excluded.heard, helped = excluded.helped, by_name = excluded.by_name, made_ms = excluded.made_ms`,
		ids.New[Feedback](), talk, f.AdultID, f.Heard, f.Helped, tx.Pass().Who().Name, tx.Now())
	return err
}

func feedbackOf(tx *db.Tx, talk TalkID) ([]Feedback, error) {
	return db.All[Feedback](tx, `select f.adult_id, a.name as adult, f.heard, f.helped from conversations_feedback f join roll_adult a on a.org_id = f.org_id and a.id = f.adult_id
		where f.org_id = $1 and f.talk_id = $2 order by f.made_ms, f.id`, talk)
}

// joined is the condition on a conversation t for figures about a programme, a round or a year group.
const joined = ` and (cast($2 as bigint) = 0 or t.programme_id = $2) and (cast($3 as bigint) = 0 or t.round_id = $3) and (cast($4 as text) = '' or t.year = $4)`

func targetCounts(tx *db.Tx, f Filter) ([]targetCount, error) {
	return db.All[targetCount](tx, `select g.owner, g.state, count(*) as n from conversations_target g join conversations_talk t on t.org_id = g.org_id and t.id = g.talk_id
		where g.org_id = $1 and g.dropped = 0`+joined+` group by g.owner, g.state`, f.Programme, f.Round, f.Year)
}

type targetCount struct {
	Owner, State string
	N            int
}

// firstCopies gives, for each conversation held, the day it was held and the day of its first copy; empty for none yet.
func firstCopies(tx *db.Tx, f Filter) ([]copyDays, error) {
	return db.All[copyDays](tx, `select t.outcome_on, coalesce((select min(c.on_date) from conversations_copy c where c.org_id = t.org_id and c.talk_id = t.id), '') as copied_on
		from conversations_talk t where t.org_id = $1 and t.outcome = 'held'`+joined, f.Programme, f.Round, f.Year)
}

type copyDays struct{ OutcomeOn, CopiedOn string }

func feedbackCounts(tx *db.Tx, f Filter) ([]Feedback, error) {
	return db.All[Feedback](tx, `select b.heard, b.helped from conversations_feedback b join conversations_talk t on t.org_id = b.org_id and t.id = b.talk_id
		where b.org_id = $1`+joined, f.Programme, f.Round, f.Year)
}

// key hands a key that may be missing to a statement. A nil pointer to a key can't go there itself: the driver would ask it for its value.
func key[T any](id *ids.ID[T]) any {
	if id == nil {
		return nil
	}
	return int64(*id)
}

// sentRow is one thing that went to an adult, with the round it belongs to.
type sentRow struct {
	OnDate, Kind, Outcome, Round string
	Version                      int
}

func contactsWith(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) ([]sentRow, error) {
	return db.All[sentRow](tx, `select c.on_date, c.kind, c.outcome, r.title as round, 0 as version from conversations_contact c
		join conversations_talk t on t.org_id = c.org_id and t.id = c.talk_id
		join conversations_round r on r.org_id = t.org_id and r.id = t.round_id
		where c.org_id = $1 and t.pupil_id = $2 and c.adult_id = $3 order by c.on_date desc, c.made_ms desc, c.id`, pupil, adult)
}

func copiesWith(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) ([]sentRow, error) {
	return db.All[sentRow](tx, `select c.on_date, c.way as kind, '' as outcome, r.title as round, c.version from conversations_copy c
		join conversations_talk t on t.org_id = c.org_id and t.id = c.talk_id
		join conversations_round r on r.org_id = t.org_id and r.id = t.round_id
		where c.org_id = $1 and t.pupil_id = $2 and c.adult_id = $3 order by c.on_date desc, c.made_ms desc, c.id`, pupil, adult)
}

func invitationsWith(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) ([]sentRow, error) {
	return db.All[sentRow](tx, `select i.sent_on as on_date, i.channel as kind, t.meet_on as outcome, r.title as round, 0 as version from conversations_invitation i
		join conversations_talk t on t.org_id = i.org_id and t.id = i.talk_id
		join conversations_round r on r.org_id = t.org_id and r.id = t.round_id
		where i.org_id = $1 and t.pupil_id = $2 and i.adult_id = $3 order by i.sent_on desc, i.id`, pupil, adult)
}
