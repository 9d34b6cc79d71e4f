package web

import (
	"strings"

	"ajar/internal/family"
	"ajar/internal/kit/say"
)

// What rooms beside this one hold about a child, as the family's door says it. They can't be imported from here, so app brings the figures.

// AttendanceTitle, ResultsTitle and NotesTitle head their sections.
var (
	AttendanceTitle = tAttendance
	ResultsTitle    = tResults
	NotesTitle      = tNotes
)

// AttendanceRows says attendance in half days, which is how a register counts.
func AttendanceRows(attended, possible, authorised, unauthorised int, split bool, from, to string) []family.Row {
	out := []family.Row{{Label: tAttended, Said: tAttendedOf, Told: say.Args{"here": attended, "possible": possible}}}
	if split {
		out = append(out, family.Row{Label: tMissedExcuse, Said: tPlain, Told: say.Args{"n": authorised}}, family.Row{Label: tMissed, Said: tPlain, Told: say.Args{"n": unauthorised}})
	}
	return append(out, spanRows(from, to)...)
}

// PercentRow is attendance that came as a percentage, without the days behind it.
func PercentRow(percent, from, to string) []family.Row {
	return append([]family.Row{{Label: tAttended, Value: percent}}, spanRows(from, to)...)
}

func spanRows(from, to string) []family.Row {
	if from == "" || to == "" {
		return nil
	}
	return []family.Row{{Label: tFrom, Day: from}, {Label: tTo, Day: to}}
}

// ResultRow is one result: the subject, the day, and the result as the school has it.
func ResultRow(subject, result, day string) family.Row {
	return family.Row{Label: tResultOn, Args: say.Args{"subject": subject}, Day: day, Value: result}
}

// NoteRow is a note that is marked for the family: the day, who wrote it, and what was seen, said and done in their own words.
func NoteRow(day, by string, words ...string) family.Row {
	var said []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			said = append(said, w)
		}
	}
	return family.Row{Label: tNoteOn, Args: say.Args{"name": by}, Day: day, Value: strings.Join(said, " ")}
}

// OtherNotesRow says that there are notes which colleagues wrote for each other, and no more of them than that.
func OtherNotesRow() family.Row { return family.Row{Label: tNotesOther, Said: tNotesAsk} }
