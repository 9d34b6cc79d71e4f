// Package notes is what colleagues write down for each other about a child: what was seen, what was said, what was done.
//
// A note is for everyone who sees the child, or restricted to its author, the safeguarding lead, and the roles and people named on it. A restricted
// note shows to others that it is there and whom to ask, never what it says, when it was or who wrote it: on pages, in search, in counts and on
// paper. Nothing is deleted: a change keeps the words before it, and a note entered in error is struck through with the reason.
//
// A worry about a child's safety is never kept here (roll/worry): the page shows the school's own route. Families read a note only where it is
// marked for them; what the school holds says that notes are kept, and whom to ask.
//
// Tables: notes_note, notes_text (every version of the words), notes_reader (who may read a restricted one), notes_draft (what somebody has begun).
//
// Begin reading at notes.go, then MayRead in rules.go, which alone decides who reads.
package notes
