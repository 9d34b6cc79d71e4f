package notes

import (
	"slices"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

const columns = `n.id, n.pupil_id, n.happened_on, x.seen, x.said, x.did, n.restricted, n.family, n.author_id, n.by_name, n.version, n.made_ms, n.struck_ms, n.struck_by, n.struck_why`

const from = ` from notes_note n join notes_text x on x.org_id = n.org_id and x.note_id = n.id and x.version = n.version`

func notesOf(tx *db.Tx, pupil roll.PupilID) ([]Note, error) {
	list, err := db.All[Note](tx, `select `+columns+from+` where n.org_id = $1 and n.pupil_id = $2 order by n.happened_on desc, n.made_ms desc, n.id`, pupil)
	if err != nil {
		return nil, err
	}
	return withReaders(tx, list)
}

// noteByID finds a note of a child whom the caller enters next.
func noteByID(tx *db.Tx, id NoteID) (Note, bool, error) {
	list, err := db.All[Note](tx, `select `+columns+from+` where n.org_id = $1 and n.id = $2`, id)
	if err != nil || len(list) == 0 {
		return Note{}, false, err
	}
	list, err = withReaders(tx, list)
	return list[0], true, err
}

func withReaders(tx *db.Tx, list []Note) ([]Note, error) {
	for i, n := range list {
		if !n.Restricted {
			continue
		}
		var err error
		if list[i].Readers, err = db.All[Reader](tx, `select r.note_id, r.role, r.staff_id, coalesce(s.name, '') as name
			from notes_reader r left join roll_staff s on s.org_id = r.org_id and s.id = r.staff_id
			where r.org_id = $1 and r.note_id = $2 order by r.role, s.sort_key, r.id`, n.ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

type hit struct {
	Note
	Forename, Surname, KnownAs string
}

// search finds notes with all the words about pupils in sight; it stops when keep says so. Nothing of what keep refuses leaves this room.
func search(tx *db.Tx, words []string, keep func(hit) (bool, error)) error {
	staff, today, err := roll.SightArgs(tx, See)
	if err != nil {
		return err
	}
	first, plain, most := "", 1, latest // without a word: the latest that everyone may read who sees the child
	if len(words) > 0 {
		first, plain, most = words[0], 0, 1<<31-1
	}
	list, err := db.All[hit](tx, `select `+columns+`, p.forename, p.surname, p.known_as`+from+`
		join roll_pupil p on p.org_id = n.org_id and p.id = n.pupil_id
		where n.org_id = $1 and n.struck_ms is null and n.search like $4 and (cast($5 as bigint) = 0 or n.restricted = 0) and `+roll.Sight+`
		order by n.happened_on desc, n.made_ms desc, n.id limit $6`, staff, today, "%"+first+"%", plain, most)
	if err != nil {
		return err
	}
	for _, h := range list {
		all := folded(h.Note)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) }) {
			continue
		}
		one, err := withReaders(tx, []Note{h.Note})
		if err != nil {
			return err
		}
		h.Note = one[0]
		if more, err := keep(h); err != nil || !more {
			return err
		}
	}
	return nil
}

func insertNote(tx *db.Tx, n Note, readers []Reader) error {
	if _, err := tx.Exec(`insert into notes_note (org_id, id, pupil_id, happened_on, restricted, family, author_id, by_name, version, search, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)`, n.ID, n.PupilID, n.HappenedOn, n.Restricted, n.Family, n.AuthorID, n.ByName, folded(n), tx.Now()); err != nil {
		return err
	}
	return insertWords(tx, n, readers)
}

func updateNote(tx *db.Tx, n Note, readers []Reader) error {
	if _, err := tx.Exec(`update notes_note set happened_on = $3, restricted = $4, family = $5, version = $6, search = $7 where org_id = $1 and id = $2`,
		n.ID, n.HappenedOn, n.Restricted, n.Family, n.Version, folded(n)); err != nil {
		return err
	}
	if _, err := tx.Exec(`delete from notes_reader where org_id = $1 and note_id = $2`, n.ID); err != nil {
		return err
	}
	return insertWords(tx, n, readers)
}

func insertWords(tx *db.Tx, n Note, readers []Reader) error {
	for _, r := range readers {
		if _, err := tx.Exec(`insert into notes_reader (org_id, id, note_id, role, staff_id) values ($1, $2, $3, $4, $5)`, ids.New[Reader](), n.ID, r.Role, r.StaffID); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`insert into notes_text (org_id, note_id, version, happened_on, seen, said, did, readers, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		n.ID, max(n.Version, 1), n.HappenedOn, n.Seen, n.Said, n.Did, readerWords(n.Restricted, readers), tx.Pass().Who().Name, tx.Now())
	return err
}

func folded(n Note) string { return roll.Fold(n.Seen + " " + n.Said + " " + n.Did) }

func versionsOf(tx *db.Tx, id NoteID) ([]Version, error) {
	return db.All[Version](tx, `select x.version, x.happened_on, x.seen, x.said, x.did, x.readers, x.by_name, x.made_ms from notes_text x
		where x.org_id = $1 and x.note_id = $2 order by x.version desc`, id)
}

func strike(tx *db.Tx, id NoteID, why string) error {
	_, err := tx.Exec(`update notes_note set struck_ms = $3, struck_by = $4, struck_why = $5 where org_id = $1 and id = $2 and struck_ms is null`, id, tx.Now(), tx.Pass().Who().Name, why)
	return err
}

func draftOf(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID, note NoteID) (body string, at int64, err error) {
	type row struct {
		Body string
		AtMs int64
	}
	d, _, err := db.Maybe[row](tx, `select body, at_ms from notes_draft where org_id = $1 and staff_id = $2 and pupil_id = $3 and note_id = $4`, staff, pupil, note)
	return d.Body, d.AtMs, err
}

func putDraft(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID, note NoteID, body string) error {
	_, err := tx.Exec(`insert into notes_draft (org_id, staff_id, pupil_id, note_id, body, at_ms) values ($1, $2, $3, $4, $5, $6)
		on conflict (org_id, staff_id, pupil_id, note_id) do update set body = excluded.body, at_ms = excluded.at_ms`, staff, pupil, note, body, tx.Now())
	return err
}

func dropDraft(tx *db.Tx, staff roll.StaffID, pupil roll.PupilID, note NoteID) error {
	_, err := tx.Exec(`delete from notes_draft where org_id = $1 and staff_id = $2 and pupil_id = $3 and note_id = $4`, staff, pupil, note)
	return err
}

// leads names the safeguarding leads of today.
func leads(tx *db.Tx) ([]string, error) {
	return db.All[string](tx, `select distinct s.name from roll_staff_role r join roll_staff s on s.org_id = r.org_id and s.id = r.staff_id
		where r.org_id = $1 and r.role = 'safeguarding_lead' and r.starts <= $2 and r.ends >= $2 and s.ends >= $2 order by s.name`, tx.Today())
}
