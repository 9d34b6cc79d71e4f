package conversations

import (
	"fmt"

	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// mergePart says how conversations follow when two records of one adult become one.
var mergePart = roll.MergePart{
	Name: "conversations",
	Adults: []roll.MergeColumn{
		{Table: "conversations_talk", Column: "adult_id", One: "conversation of their own", Many: "conversations of their own"},
		// Of two invitations to one conversation the one that was sent is kept, and of two sent the first.
		{Table: "conversations_invitation", Column: "adult_id", Unique: []string{"talk_id"}, Prefer: "case when sent_on = '' then 1 else 0 end, sent_on", One: "invitation", Many: "invitations"},
		{Table: "conversations_contact", Column: "adult_id", One: "call or reply in the log", Many: "calls and replies in the log"},
		{Table: "conversations_text", Column: "corrected_by", One: "correction", Many: "corrections"},
		{Table: "conversations_agreement", Column: "adult_id", Unique: []string{"talk_id", "version"}, Prefer: "on_date", One: "agreement", Many: "agreements"},
		{Table: "conversations_remark", Column: "adult_id", One: "remark by link", Many: "remarks by link"},
		{Table: "conversations_copy", Column: "adult_id", One: "copy given", Many: "copies given"},
		{Table: "conversations_feedback", Column: "adult_id", Unique: []string{"talk_id"}, Prefer: "made_ms", One: "answer about a talk", Many: "answers about talks"},
	},
	Stop: stopMerge,
}

// stopMerge refuses while both records have a conversation of their own about one child in one round: two conversations can't be made one, and
// which of them is the family's is for a person to say.
func stopMerge(tx *db.Tx, stays, gone roll.AdultID) (out []string, err error) {
	list, err := doubledTalks(tx, stays, gone)
	for _, x := range list {
		out = append(out, fmt.Sprintf("Both records have a conversation of their own about %s in the round “%s”. Take one of the two out of the programme first, the one that nobody has held.",
			roll.Pupil{Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs}.Name(), x.Title))
	}
	return out, err
}
