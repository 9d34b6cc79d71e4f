package messages

import "ajar/internal/roll"

// mergePart says what follows an adult whom the office makes one with another. Where both had a copy of one message, both stay: they went out.
func mergePart() roll.MergePart {
	return roll.MergePart{Name: "messages", Adults: []roll.MergeColumn{
		{Table: "messages_copy", Column: "adult_id", One: "message", Many: "messages"},
		{Table: "messages_consent", Column: "adult_id", One: "wish for offers", Many: "wishes for offers"},
		{Table: "messages_contact", Column: "adult_id", One: "note of a contact", Many: "notes of contacts"},
	}}
}
