package messages

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// TemplateWords are a template's words in one language, with who answers for them.
type TemplateWords struct {
	TemplateID TemplateID
	Words
	OfVersion int
	AtMs      int64
}

const templateColumns = `id, title, class, tone, sensitive, way, roles, version, by_name, made_ms, ended_ms, ready`

func templates(tx *db.Tx) ([]Template, error) {
	return db.All[Template](tx, `select `+templateColumns+` from messages_template where org_id = $1 and ended_ms is null order by title, id`)
}

func templateByID(tx *db.Tx, id TemplateID) (Template, error) {
	t, found, err := db.Maybe[Template](tx, `select `+templateColumns+` from messages_template where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("template")
	}
	return t, err
}

func insertTemplate(tx *db.Tx, t Template) error {
	_, err := tx.Exec(`insert into messages_template (org_id, id, title, class, tone, sensitive, way, roles, version, by_name, made_ms, ready) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ID, t.Title, t.Class, t.Tone, t.Sensitive, t.Way, t.Roles, t.Version, tx.Pass().Who().Name, tx.Now(), t.Ready)
	return err
}

// updateTemplate writes over the version that was seen, and tells whether that was still the one.
func updateTemplate(tx *db.Tx, t Template, seen int) (bool, error) {
	n, err := tx.Exec(`update messages_template set title = $3, class = $4, tone = $5, sensitive = $6, way = $7, roles = $8, version = $9, by_name = $10 where org_id = $1 and id = $2 and version = $11`,
		t.ID, t.Title, t.Class, t.Tone, t.Sensitive, t.Way, t.Roles, t.Version, tx.Pass().Who().Name, seen)
	return n == 1, err
}

func endTemplate(tx *db.Tx, id TemplateID, at *int64) error {
	_, err := tx.Exec(`update messages_template set ended_ms = cast($3 as bigint) where org_id = $1 and id = $2`, id, at)
	return err
}

const templateWordsColumns = `template_id, lang, subject, body, short, standing, of_version, by_name, at_ms`

func templateWords(tx *db.Tx, id TemplateID) ([]TemplateWords, error) {
	return db.All[TemplateWords](tx, `select `+templateWordsColumns+` from messages_template_words where org_id = $1 and template_id = $2 order by lang`, id)
}

func wordsOfTemplates(tx *db.Tx) ([]TemplateWords, error) {
	return db.All[TemplateWords](tx, `select w.template_id, w.lang, w.subject, w.body, w.short, w.standing, w.of_version, w.by_name, w.at_ms
		from messages_template_words w join messages_template t on t.org_id = w.org_id and t.id = w.template_id
		where w.org_id = $1 and t.ended_ms is null order by w.template_id, w.lang`)
}

func putTemplateWords(tx *db.Tx, w TemplateWords) error {
	_, err := tx.Exec(`insert into messages_template_words (org_id, template_id, lang, subject, body, short, standing, of_version, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (org_id, template_id, lang) do update set subject = excluded.subject, body = excluded.body, short = excluded.short, standing = excluded.standing, of_version = excluded.of_version, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		w.TemplateID, w.Lang, w.Subject, w.Body, w.Short, w.Standing, w.OfVersion, w.ByName, tx.Now())
	return err
}

func wordingOf(tx *db.Tx) (Wording, error) {
	w, _, err := db.Maybe[Wording](tx, `select drafts, machine, by_name, changed_ms from messages_wording where org_id = $1`)
	return w, err
}

func putWording(tx *db.Tx, w Wording) error {
	_, err := tx.Exec(`insert into messages_wording (org_id, drafts, machine, by_name, changed_ms) values ($1, $2, $3, $4, $5)
		on conflict (org_id) do update set drafts = excluded.drafts, machine = excluded.machine, by_name = excluded.by_name, changed_ms = excluded.changed_ms`, w.Drafts, w.Machine, tx.Pass().Who().Name, tx.Now())
	return err
}

type phraseRow struct {
	Phrase, Lang, English, Words, Standing, ByName string
	AtMs                                           int64
}

func phraseRows(tx *db.Tx) ([]phraseRow, error) {
	return db.All[phraseRow](tx, `select phrase, lang, english, words, standing, by_name, at_ms from messages_phrase_words where org_id = $1 order by phrase, lang`)
}

func putPhraseRow(tx *db.Tx, r phraseRow) error {
	_, err := tx.Exec(`insert into messages_phrase_words (org_id, phrase, lang, english, words, standing, by_name, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (org_id, phrase, lang) do update set english = excluded.english, words = excluded.words, standing = excluded.standing, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		r.Phrase, r.Lang, r.English, r.Words, r.Standing, r.ByName, tx.Now())
	return err
}
