package messages

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

const issueColumns = `id, month, title, intro, version, by_name, made_ms, published_ms, published_on, published_by`

func issues(tx *db.Tx) ([]Issue, error) {
	return db.All[Issue](tx, `select `+issueColumns+` from messages_issue where org_id = $1 order by month desc, made_ms desc, id`)
}

func issueByID(tx *db.Tx, id IssueID) (Issue, error) {
	x, found, err := db.Maybe[Issue](tx, `select `+issueColumns+` from messages_issue where org_id = $1 and id = $2`, id)
	if err == nil && !found {
		err = fault.Gone("issue")
	}
	return x, err
}

func insertIssue(tx *db.Tx, x Issue) error {
	_, err := tx.Exec(`insert into messages_issue (org_id, id, month, title, intro, by_name, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, x.ID, x.Month, x.Title, x.Intro, tx.Pass().Who().Name, tx.Now())
	return err
}

func updateIssue(tx *db.Tx, x Issue, seen int) (bool, error) {
	n, err := tx.Exec(`update messages_issue set month = $3, title = $4, intro = $5, version = version + 1 where org_id = $1 and id = $2 and version = $6`, x.ID, x.Month, x.Title, x.Intro, seen)
	return n == 1, err
}

func publishIssue(tx *db.Tx, id IssueID, at *int64, on, by string) error {
	_, err := tx.Exec(`update messages_issue set published_ms = cast($3 as bigint), published_on = $4, published_by = $5 where org_id = $1 and id = $2`, id, at, on, by)
	return err
}

func issueItems(tx *db.Tx, id IssueID) ([]Item, error) {
	return db.All[Item](tx, `select id, issue_id, kind, day, title, words, link, source from messages_issue_item where org_id = $1 and issue_id = $2 order by kind, day, made_ms, id`, id)
}

func itemByID(tx *db.Tx, issue IssueID, id ItemID) (Item, error) {
	x, found, err := db.Maybe[Item](tx, `select id, issue_id, kind, day, title, words, link, source from messages_issue_item where org_id = $1 and issue_id = $2 and id = $3`, issue, id)
	if err == nil && !found {
		err = fault.Gone("piece of the issue")
	}
	return x, err
}

func putItem(tx *db.Tx, x Item) error {
	_, err := tx.Exec(`insert into messages_issue_item (org_id, id, issue_id, kind, day, title, words, link, source, made_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (org_id, id) do update set kind = excluded.kind, day = excluded.day, title = excluded.title, words = excluded.words, link = excluded.link`,
		x.ID, x.IssueID, x.Kind, x.Day, x.Title, x.Words, x.Link, x.Source, tx.Now())
	return err
}

func dropItem(tx *db.Tx, issue IssueID, id ItemID) error {
	_, err := tx.Exec(`delete from messages_issue_item where org_id = $1 and issue_id = $2 and id = $3`, issue, id)
	return err
}

func issuePictures(tx *db.Tx, id IssueID) ([]Picture, error) {
	return db.All[Picture](tx, `select id, issue_id, kind, alt, length(body) as size from messages_issue_picture where org_id = $1 and issue_id = $2 order by made_ms, id`, id)
}

func pictureByID(tx *db.Tx, issue IssueID, id PictureID) (p Picture, err error) {
	p, found, err := db.Maybe[Picture](tx, `select id, issue_id, kind, alt, length(body) as size, body from messages_issue_picture where org_id = $1 and issue_id = $2 and id = $3`, issue, id)
	if err == nil && !found {
		err = fault.Gone("picture")
	}
	return p, err
}

func insertPicture(tx *db.Tx, p Picture) error {
	_, err := tx.Exec(`insert into messages_issue_picture (org_id, id, issue_id, kind, alt, body, made_ms) values ($1, $2, $3, $4, $5, $6, $7)`, p.ID, p.IssueID, p.Kind, p.Alt, p.Body, tx.Now())
	return err
}

func dropPicture(tx *db.Tx, issue IssueID, id PictureID) error {
	_, err := tx.Exec(`delete from messages_issue_picture where org_id = $1 and issue_id = $2 and id = $3`, issue, id)
	return err
}
