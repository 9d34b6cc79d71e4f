package messages

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

const contactColumns = `c.id, c.adult_id, c.way, c.direction, c.tone, c.words, c.outcome, c.lang, c.happened_on, c.at_ms, c.staff_id, c.by_name, c.made_ms, c.copy_id, c.folded,
	c.owner_id, c.asked_ms, c.escalated_ms, c.answered_ms, c.answered_by, c.answer, c.readers, c.struck_ms, c.struck_by, c.struck_why,
	coalesce(a.name, '') as adult_name, coalesce(o.name, '') as owner_name, coalesce(o.ends, '') as owner_ends
	from messages_contact c left join roll_adult a on a.org_id = c.org_id and a.id = c.adult_id left join roll_staff o on o.org_id = c.org_id and o.id = c.owner_id`

func contactsOfPupil(tx *db.Tx, pupil roll.PupilID) ([]ContactLine, error) {
	return db.All[ContactLine](tx, `select `+contactColumns+` where c.org_id = $1 and c.id in (select m.contact_id from messages_about m where m.org_id = $1 and m.pupil_id = $2)
		order by c.at_ms desc, c.id limit 500`, pupil)
}

func contactByID(tx *db.Tx, id ContactID) ([]ContactLine, error) {
	return db.All[ContactLine](tx, `select `+contactColumns+` where c.org_id = $1 and c.id = $2`, id)
}

func contactsWaiting(tx *db.Tx) ([]ContactLine, error) {
	return db.All[ContactLine](tx, `select `+contactColumns+` where c.org_id = $1 and c.asked_ms is not null and c.answered_ms is null and c.struck_ms is null order by c.asked_ms, c.id limit 2000`)
}

// contactsAnswered are what somebody handed to others and was answered since a moment.
func contactsAnswered(tx *db.Tx, staff roll.StaffID, since int64) ([]ContactLine, error) {
	return db.All[ContactLine](tx, `select `+contactColumns+` where c.org_id = $1 and c.staff_id = $2 and c.owner_id is not null and c.owner_id <> c.staff_id and c.answered_ms >= $3 order by c.answered_ms desc, c.id limit 20`, staff, since)
}

func childrenOf(tx *db.Tx, list []ContactID) (map[ContactID][]ContactChild, error) {
	type row struct {
		ContactChild
		Forename, Surname, KnownAs string
	}
	out := make(map[ContactID][]ContactChild, len(list))
	for i := 0; i < len(list); i += atOnce {
		in, args := numbered(2, list[i:min(i+atOnce, len(list))])
		if err := db.Each(tx, func(x *row) error {
			x.Name = roll.Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name()
			out[x.ContactID] = append(out[x.ContactID], x.ContactChild)
			return nil
		}, `select m.contact_id, p.id as pupil, p.year, p.forename, p.surname, p.known_as from messages_about m join roll_pupil p on p.org_id = m.org_id and p.id = m.pupil_id
			where m.org_id = $1 and m.contact_id in (`+in+`) order by p.sort_key, p.id`, args...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func insertContact(tx *db.Tx, c Contact) error {
	_, err := tx.Exec(`insert into messages_contact (org_id, id, adult_id, way, direction, tone, words, outcome, lang, happened_on, at_ms, staff_id, by_name, made_ms, copy_id, folded, owner_id, asked_ms, readers)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		c.ID, c.AdultID, c.Way, c.Direction, c.Tone, c.Words, c.Outcome, c.Lang, c.HappenedOn, c.AtMs, c.StaffID, c.ByName, c.MadeMs, c.CopyID, c.Folded, c.OwnerID, c.AskedMs, c.Readers)
	return err
}

func insertAbout(tx *db.Tx, id ContactID, pupil roll.PupilID) error {
	_, err := tx.Exec(`insert into messages_about (org_id, contact_id, pupil_id) values ($1, $2, $3) on conflict (org_id, contact_id, pupil_id) do nothing`, id, pupil)
	return err
}

func setOwner(tx *db.Tx, id ContactID, owner roll.StaffID, asked int64) error {
	_, err := tx.Exec(`update messages_contact set owner_id = $3, asked_ms = $4 where org_id = $1 and id = $2`, id, owner, asked)
	return err
}

func answerContact(tx *db.Tx, id ContactID, words string) error {
	_, err := tx.Exec(`update messages_contact set answered_ms = $3, answered_by = $4, answer = $5 where org_id = $1 and id = $2 and answered_ms is null`, id, tx.Now(), tx.Pass().Who().Name, words)
	return err
}

func strikeContact(tx *db.Tx, id ContactID, why string) error {
	_, err := tx.Exec(`update messages_contact set struck_ms = $3, struck_by = $4, struck_why = $5 where org_id = $1 and id = $2 and struck_ms is null`, id, tx.Now(), tx.Pass().Who().Name, why)
	return err
}

func escalateContact(tx *db.Tx, id ContactID) error {
	_, err := tx.Exec(`update messages_contact set escalated_ms = $3 where org_id = $1 and id = $2 and escalated_ms is null and answered_ms is null`, id, tx.Now())
	return err
}

type colleagueRow struct {
	StaffID roll.StaffID
	Name    string
	Role    access.Role
	Works   bool
}

// colleaguesFor are the staff of today with each of their roles, and whether they work with a child.
func colleaguesFor(tx *db.Tx, pupil roll.PupilID) ([]colleagueRow, error) {
	return db.All[colleagueRow](tx, `select s.id as staff_id, s.name, r.role,
			exists (select 1 from roll_sight v where v.org_id = s.org_id and v.staff_id = s.id and v.pupil_id = $3 and v.starts <= $2 and v.ends >= $2) as works
		from roll_staff s join roll_staff_role r on r.org_id = s.org_id and r.staff_id = s.id and r.starts <= $2 and r.ends >= $2
		where s.org_id = $1 and s.ends >= $2 order by s.sort_key, s.id, r.role`, tx.Today(), pupil)
}

// lately are the children about whom somebody noted a contact last, each once.
func lately(tx *db.Tx, staff roll.StaffID) ([]ContactChild, error) {
	type row struct {
		Pupil                      roll.PupilID
		Year                       string
		Forename, Surname, KnownAs string
		Last                       int64
	}
	list, err := db.All[row](tx, `select p.id as pupil, p.year, p.forename, p.surname, p.known_as, max(c.made_ms) as last
		from messages_contact c join messages_about m on m.org_id = c.org_id and m.contact_id = c.id join roll_pupil p on p.org_id = m.org_id and p.id = m.pupil_id
		where c.org_id = $1 and c.staff_id = $2 and p.ends >= $3 group by p.id, p.year, p.forename, p.surname, p.known_as order by last desc, p.id limit 6`, staff, tx.Today())
	var out []ContactChild
	for _, x := range list {
		out = append(out, ContactChild{Pupil: x.Pupil, Year: x.Year, Name: roll.Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name()})
	}
	return out, err
}

func logDraft(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID) (body string, at int64, err error) {
	type row struct {
		Body string
		AtMs int64
	}
	d, _, err := db.Maybe[row](tx, `select body, at_ms from messages_log_draft where org_id = $1 and staff_id = $2 and pupil_id = $3`, staff, pupil)
	return d.Body, d.AtMs, err
}

func putLogDraft(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID, body string) error {
	_, err := tx.Exec(`insert into messages_log_draft (org_id, staff_id, pupil_id, body, at_ms) values ($1, $2, $3, $4, $5)
		on conflict (org_id, staff_id, pupil_id) do update set body = excluded.body, at_ms = excluded.at_ms`, staff, pupil, body, tx.Now())
	return err
}

func dropLogDraft(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID) error {
	_, err := tx.Exec(`delete from messages_log_draft where org_id = $1 and staff_id = $2 and pupil_id = $3`, staff, pupil)
	return err
}

// Noted tells whether the school has noted a contact with an adult about a child, for the page on which a family reads what the school holds. It says no more than that, and
// asks no right: the door has let the adult in to the child.
func Noted(tx *db.Tx, adult roll.AdultID, pupil roll.PupilID) (bool, error) {
	_, found, err := db.Maybe[int](tx, `select 1 from messages_contact c join messages_about m on m.org_id = c.org_id and m.contact_id = c.id
		where c.org_id = $1 and c.adult_id = $2 and m.pupil_id = $3 and c.struck_ms is null limit 1`, adult, pupil)
	return found, err
}
