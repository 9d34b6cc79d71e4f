package family

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// mergePart says how the family's door follows when two records of one adult become one. Links of the record that goes are taken back: who holds one
// proved to know something of that record, and it must not open the children of the other. Browsers that were let in by it close with it.
var mergePart = roll.MergePart{
	Name: "family",
	Adults: []roll.MergeColumn{
		{Table: "family_link", Column: "adult_id", One: "personal link, which is taken back,", Many: "personal links, which are taken back,"},
		{Table: "family_wish", Column: "adult_id", One: "wish to change details", Many: "wishes to change details"},
		{Table: "family_ask", Column: "adult_id", One: "request for a new link", Many: "requests for a new link"},
		{Table: "family_choice", Column: "adult_id", Self: true},
	},
	Move: func(m *roll.Merging) error {
		if err := takeLinksBack(m); err != nil {
			return err
		}
		return carryChoice(m)
	},
}

type openLink struct {
	ID        LinkID
	RevokedMs *int64
}

// takeLinksBack runs after the links were moved: those that the journal moved are found among the links of the record that stays by their own key.
func takeLinksBack(m *roll.Merging) error {
	for _, id := range m.MovedRows("family_link") {
		l, found, err := db.Maybe[openLink](m.Tx, `select id, revoked_ms from family_link where org_id = $1 and id = $2 and revoked_ms is null`, id)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := m.Set("family_link", roll.ByID(l.ID), "revoked_ms", nil, m.Tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

type choice struct {
	Tongue string
	AtMs   int64
}

// carryChoice keeps the language that was chosen, unless the record that stays has one of its own.
func carryChoice(m *roll.Merging) error {
	theirs, found, err := db.Maybe[choice](m.Tx, `select tongue, at_ms from family_choice where org_id = $1 and adult_id = $2`, m.Gone)
	if err != nil || !found {
		return err
	}
	if err := m.Remove("family_choice", roll.Key{{Name: "adult_id", Value: int64(m.Gone)}}); err != nil {
		return err
	}
	_, ours, err := db.Maybe[choice](m.Tx, `select tongue, at_ms from family_choice where org_id = $1 and adult_id = $2`, m.Stays)
	if err != nil || ours {
		return err
	}
	at := roll.Key{{Name: "adult_id", Value: int64(m.Stays)}}
	return m.Add("family_choice", at, []db.Column{{Name: "adult_id", Value: int64(m.Stays)}, {Name: "tongue", Value: theirs.Tongue}, {Name: "at_ms", Value: theirs.AtMs}})
}
