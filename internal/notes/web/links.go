package web

import (
	"ajar/internal/notes"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
)

// SearchPath is the search in notes.
const SearchPath = "/notes"

// AboutPath is the page of the notes about a child.
func AboutPath(id roll.PupilID) string { return rollweb.PupilPath(id) + "/notes" }

func newPath(id roll.PupilID) string   { return AboutPath(id) + "/new" }
func draftPath(id roll.PupilID) string { return AboutPath(id) + "/draft" }
func dropPath(id roll.PupilID) string  { return AboutPath(id) + "/drop" }
func printPath(id roll.PupilID) string { return AboutPath(id) + "/print" }

func notePath(id notes.NoteID) string       { return SearchPath + "/" + id.String() }
func noteDraftPath(id notes.NoteID) string  { return notePath(id) + "/draft" }
func noteStrikePath(id notes.NoteID) string { return notePath(id) + "/strike" }
