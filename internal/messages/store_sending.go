package messages

import (
	"slices"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

const messageColumns = `m.id, m.title, m.class, m.tone, m.sensitive, m.way, m.audience, m.audience_words, m.template_id, m.state, m.version, m.trial, m.made_by, m.by_name, m.made_ms, m.changed_ms,
	m.asked_ms, m.approved_by, m.approved_name, m.approved_ms, m.leaves_ms, m.ended_ms, m.ended_by`

func putMessage(tx *db.Tx, m Message) error {
	_, err := tx.Exec(`insert into messages_message (org_id, id, title, class, tone, sensitive, way, audience, audience_words, template_id, state, version, trial, made_by, by_name, made_ms, changed_ms,
			asked_ms, approved_by, approved_name, approved_ms, leaves_ms, ended_ms, ended_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		on conflict (org_id, id) do update set title = excluded.title, class = excluded.class, tone = excluded.tone, sensitive = excluded.sensitive, way = excluded.way, audience = excluded.audience,
			audience_words = excluded.audience_words, template_id = excluded.template_id, state = excluded.state, version = excluded.version, trial = excluded.trial, changed_ms = excluded.changed_ms,
			asked_ms = excluded.asked_ms, approved_by = excluded.approved_by, approved_name = excluded.approved_name, approved_ms = excluded.approved_ms, leaves_ms = excluded.leaves_ms,
			ended_ms = excluded.ended_ms, ended_by = excluded.ended_by`,
		m.ID, m.Title, m.Class, m.Tone, m.Sensitive, m.Way, m.Audience, m.AudienceWords, m.TemplateID, m.State, m.Version, m.Trial, m.MadeBy, m.ByName, m.MadeMs, m.ChangedMs,
		m.AskedMs, m.ApprovedBy, m.ApprovedName, m.ApprovedMs, m.LeavesMs, m.EndedMs, m.EndedBy)
	return err
}

func messageByID(tx *db.Tx, id MessageID) (Message, bool, error) {
	return db.Maybe[Message](tx, `select `+messageColumns+` from messages_message m where m.org_id = $1 and m.id = $2`, id)
}

// messagesList lists the newest messages, of one author or of everybody (0).
func messagesList(tx *db.Tx, by int64, n int) ([]Message, error) {
	return db.All[Message](tx, `select `+messageColumns+` from messages_message m where m.org_id = $1 and m.state <> 'thrown_away' and (cast($2 as bigint) = 0 or m.made_by = $2) order by m.changed_ms desc, m.id limit $3`, by, n)
}

func putWords(tx *db.Tx, id MessageID, w Words) error {
	_, err := tx.Exec(`insert into messages_words (org_id, message_id, lang, subject, body, short, standing, by_name) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (org_id, message_id, lang) do update set subject = excluded.subject, body = excluded.body, short = excluded.short, standing = excluded.standing, by_name = excluded.by_name`,
		id, w.Lang, w.Subject, w.Body, w.Short, w.Standing, w.ByName)
	return err
}

func dropWords(tx *db.Tx, id MessageID) error {
	_, err := tx.Exec(`delete from messages_words where org_id = $1 and message_id = $2`, id)
	return err
}

func wordsOf(tx *db.Tx, id MessageID) ([]Words, error) {
	return db.All[Words](tx, `select lang, subject, body, short, standing, by_name from messages_words where org_id = $1 and message_id = $2 order by lang`, id)
}

func putCopy(tx *db.Tx, c Copy, children []roll.PupilHit) error {
	if _, err := tx.Exec(`insert into messages_copy (org_id, id, message_id, adult_id, way, lang, standing, why, folded, item_id, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.MessageID, c.AdultID, c.Way, c.Lang, c.Standing, c.Why, c.Folded, c.ItemID, c.State); err != nil {
		return err
	}
	for _, p := range children {
		if _, err := tx.Exec(`insert into messages_child (org_id, copy_id, pupil_id) values ($1, $2, $3)`, c.ID, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// stopCopies ends the copies that have not gone, and counts those that have. What post has stopped is read back from its items.
func stopCopies(tx *db.Tx, id MessageID, by string) (kept, gone int, err error) {
	n, err := tx.Exec(`update messages_copy set state = 'stopped', done_ms = $3, done_by = $4 where org_id = $1 and message_id = $2
		and (state in ('open', 'trial') or state = 'post' and exists (select 1 from post_item i where i.org_id = $1 and i.id = messages_copy.item_id and i.state = 'stopped'))`, id, tx.Now(), by)
	if err != nil {
		return 0, 0, err
	}
	gone, err = db.One[int](tx, `select count(*) from messages_copy where org_id = $1 and message_id = $2 and state in ('post', 'done')`, id)
	return int(n), gone, err
}

func childrenOfItem(tx *db.Tx, item int64) ([]roll.PupilID, error) {
	return db.All[roll.PupilID](tx, `select c.pupil_id from messages_copy m join messages_child c on c.org_id = m.org_id and c.copy_id = m.id where m.org_id = $1 and m.item_id = $2 and m.item_id <> 0`, item)
}

// stopsOf are the numbers and addresses that are not to be used, folded, and why.
func stopsOf(tx *db.Tx) (map[string]string, error) {
	type row struct{ Folded, Why string }
	list, err := db.All[row](tx, `select folded, why from messages_stop where org_id = $1 and ended_ms is null order by since_ms`)
	out := make(map[string]string, len(list))
	for _, x := range list {
		out[x.Folded] = x.Why
	}
	return out, err
}

// Stop is a number or an address that is not to be used.
type Stop struct {
	ID           ids.ID[Stop]
	Kind, Folded string
	Why, Words   string
	SinceMs      int64
	ByName       string
	EndedMs      *int64
	EndedBy      string
}

func stopList(tx *db.Tx) ([]Stop, error) {
	return db.All[Stop](tx, `select id, kind, folded, why, words, since_ms, by_name, ended_ms, ended_by from messages_stop where org_id = $1 and ended_ms is null order by since_ms desc, id`)
}

func putStop(tx *db.Tx, kind, folded, why, words string) error {
	_, err := tx.Exec(`insert into messages_stop (org_id, id, kind, folded, why, words, since_ms, by_name) select $1, $2, $3, $4, $5, $6, $7, $8
		where not exists (select 1 from messages_stop x where x.org_id = $1 and x.kind = $3 and x.folded = $4 and x.why = $5 and x.ended_ms is null)`,
		ids.New[Stop](), kind, folded, why, words, tx.Now(), tx.Pass().Who().Name)
	return err
}

// endStops ends what kept a number or an address from being used, for one reason or for all (empty).
func endStops(tx *db.Tx, kind, folded, why, by string) (int64, error) {
	return tx.Exec(`update messages_stop set ended_ms = $5, ended_by = $6 where org_id = $1 and kind = $2 and folded = $3 and ended_ms is null and (cast($4 as text) = '' or why = $4)`, kind, folded, why, tx.Now(), by)
}

// consents are the adults who asked for offers.
func consents(tx *db.Tx) (map[roll.AdultID]bool, error) {
	list, err := db.All[roll.AdultID](tx, `select adult_id from messages_consent where org_id = $1 and ended_ms is null`)
	return idsOf(list), err
}

// triesOf reads by what messages went to adults since a moment, and what came of each. Sixteen adults in a statement; what is left over is filled up with 0, which nobody has.
func triesOf(tx *db.Tx, adults []int64, since int64) (map[int64][]roll.Try, error) {
	type row struct {
		Adult                        int64
		Way, Address, State, Arrived string
		Trouble, ArrivedWords        string
		MadeMs                       int64
	}
	out := map[int64][]roll.Try{}
	for some := range slices.Chunk(adults, 16) {
		args := []any{since}
		for i := range 16 {
			if i < len(some) {
				args = append(args, some[i])
			} else {
				args = append(args, int64(0))
			}
		}
		list, err := db.All[row](tx, `select adult, way, address, state, arrived, trouble, arrived_words, made_ms from post_item
			where org_id = $1 and made_ms >= $2 and adult in ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`, args...)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			kind := "phone"
			if x.Way == post.Email {
				kind = "email"
			}
			t := roll.Try{Kind: kind, Folded: roll.FoldChannel(kind, x.Address), OnMs: x.MadeMs, State: x.State, Arrived: x.Arrived, Trouble: x.Trouble}
			if x.Arrived == "no" {
				t.Trouble = x.ArrivedWords
			}
			out[x.Adult] = append(out[x.Adult], t)
		}
	}
	return out, nil
}

// CopyLine is a copy with whom it is for and what became of it.
type CopyLine struct {
	Copy
	Adult        string
	SortKey      string
	PostState    string // of the item of post, if it is one
	Trouble      string
	Arrived      string
	ArrivedWords string
	Children     string `db:"-"`
	pupils       []roll.PupilID
}

const copyLine = `select c.id, c.message_id, c.adult_id, c.way, c.lang, c.standing, c.why, c.folded, c.item_id, c.state, c.done_ms, c.done_by, c.note, a.name as adult, a.sort_key,
	coalesce(case when i.unsure = 1 then 'unknown' else i.state end, '') as post_state, coalesce(i.trouble, '') as trouble, coalesce(i.arrived, '') as arrived, coalesce(i.arrived_words, '') as arrived_words
	from messages_copy c join roll_adult a on a.org_id = c.org_id and a.id = c.adult_id left join post_item i on i.org_id = c.org_id and i.id = c.item_id and c.item_id <> 0`

func copiesOf(tx *db.Tx, id MessageID) ([]CopyLine, error) {
	return db.All[CopyLine](tx, copyLine+` where c.org_id = $1 and c.message_id = $2 order by a.sort_key, a.id`, id)
}

func copyByID(tx *db.Tx, id CopyID) (CopyLine, bool, error) {
	return db.Maybe[CopyLine](tx, copyLine+` where c.org_id = $1 and c.id = $2`, id)
}

// openCopies are the calls to make, or the letters to print, of messages that stand.
func openCopies(tx *db.Tx, way string) ([]CopyLine, error) {
	return db.All[CopyLine](tx, copyLine+` join messages_message m on m.org_id = c.org_id and m.id = c.message_id
		where c.org_id = $1 and c.way = $2 and c.state = 'open' and m.state in ('held', 'gone') and m.leaves_ms <= $3 order by m.made_ms, a.sort_key, c.id`, way, tx.Now())
}

func childrenOfCopies(tx *db.Tx, id MessageID) (map[CopyID][]roll.PupilID, error) {
	type row struct {
		CopyID  CopyID
		PupilID roll.PupilID
	}
	list, err := db.All[row](tx, `select c.copy_id, c.pupil_id from messages_child c join messages_copy m on m.org_id = c.org_id and m.id = c.copy_id where c.org_id = $1 and m.message_id = $2`, id)
	out := map[CopyID][]roll.PupilID{}
	for _, x := range list {
		out[x.CopyID] = append(out[x.CopyID], x.PupilID)
	}
	return out, err
}

func childrenOfCopy(tx *db.Tx, id CopyID) ([]roll.PupilID, error) {
	return db.All[roll.PupilID](tx, `select pupil_id from messages_child where org_id = $1 and copy_id = $2 order by pupil_id`, id)
}

func endCopy(tx *db.Tx, id CopyID, note, by string) (int64, error) {
	return tx.Exec(`update messages_copy set state = 'done', done_ms = $3, done_by = $4, note = $5 where org_id = $1 and id = $2 and state = 'open'`, id, tx.Now(), by, note)
}

// linesTo are the organisations that wrote to a number or an address, the latest first, so that an answer finds its school. Only a mark of it is kept.
func linesTo(tx *db.Tx, kind, mark string) ([]int64, error) {
	return db.All[int64](tx, `select org from messages_line where kind = $1 and mark = $2 order by at_ms desc, org`, kind, mark)
}

func putLine(tx *db.Tx, kind, mark string, org int64) error {
	_, err := tx.Exec(`insert into messages_line (kind, mark, org, at_ms) values ($1, $2, $3, $4) on conflict (kind, mark, org) do update set at_ms = excluded.at_ms`, kind, mark, org, tx.Now())
	return err
}

// latestTo is the newest copy that went to a number or an address, with its adult.
func latestTo(tx *db.Tx, folded string) (Copy, bool, error) {
	return db.Maybe[Copy](tx, `select c.id, c.message_id, c.adult_id, c.way, c.lang, c.standing, c.why, c.folded, c.item_id, c.state from messages_copy c
		where c.org_id = $1 and c.folded = $2 and c.state = 'post' order by c.id desc limit 1`, folded)
}

func copyOfItem(tx *db.Tx, item int64) (Copy, bool, error) {
	return db.Maybe[Copy](tx, `select c.id, c.message_id, c.adult_id, c.way, c.lang, c.standing, c.why, c.folded, c.item_id, c.state from messages_copy c where c.org_id = $1 and c.item_id = $2 and c.item_id <> 0`, item)
}

type copyCount struct {
	MessageID       MessageID
	Adults, Trouble int
}

// copyCounts are the adults of the messages of the last year, and how many of them need somebody.
func copyCounts(tx *db.Tx) (map[MessageID]copyCount, error) {
	list, err := db.All[copyCount](tx, `select c.message_id, count(*) as adults, count(*) filter (where c.state in ('none', 'open') or i.state = 'failed' or i.unsure = 1 or i.arrived = 'no') as trouble
		from messages_copy c join messages_message m on m.org_id = c.org_id and m.id = c.message_id left join post_item i on i.org_id = c.org_id and i.id = c.item_id and c.item_id <> 0
		where c.org_id = $1 and m.changed_ms >= $2 and m.state in ('held', 'gone') group by c.message_id`, tx.Now()-365*24*3600*1000)
	out := map[MessageID]copyCount{}
	for _, x := range list {
		out[x.MessageID] = x
	}
	return out, err
}

// putContact keeps a contact with the children whom it is about.
func putContact(tx *db.Tx, c Contact, children []roll.PupilID) error {
	if err := insertContact(tx, c); err != nil {
		return err
	}
	for _, p := range children {
		if err := insertAbout(tx, c.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// copiesTo are the copies for an adult about a child, newest first.
func copiesTo(tx *db.Tx, adult roll.AdultID, pupil roll.PupilID) ([]CopyLine, error) {
	return db.All[CopyLine](tx, copyLine+` join messages_child x on x.org_id = c.org_id and x.copy_id = c.id join messages_message m on m.org_id = c.org_id and m.id = c.message_id
		where c.org_id = $1 and c.adult_id = $2 and x.pupil_id = $3 and m.state in ('held', 'gone', 'taken_back') order by m.changed_ms desc, c.id limit 200`, adult, pupil)
}
