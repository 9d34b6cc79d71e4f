package web

import (
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func goneAssignment() error { return fault.Gone("assignment") }

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func classKind(kind string) string {
	switch kind {
	case "form":
		return "Form"
	case "group":
		return "Group"
	}
	return "Class"
}

func yearWords(y string) string {
	if y == "" {
		return "–"
	}
	return roll.YearGroup(y).Words()
}

// namesOf writes up to ten names and how many more there are.
func namesOf(list []roll.PupilHit) string {
	var out []string
	for i, h := range list {
		if i == 10 {
			return strings.Join(out, ", ") + " and " + plural(len(list)-10, "other", "others")
		}
		out = append(out, h.Name())
	}
	return strings.Join(out, ", ")
}

func classColumns(chosen map[string]bool, canEdit bool) []ui.Column[roll.ClassPupil] {
	cols := []ui.Column[roll.ClassPupil]{
		{Head: "Pupil", RowHead: true, Cell: func(p roll.ClassPupil) templ.Component { return ui.LinkTo(PupilPath(p.ID), p.Name()) }},
		{Head: "Year and form", Text: func(p roll.ClassPupil) string { return p.Place() }},
		{Head: "Key teacher", Text: func(p roll.ClassPupil) string { return orText(p.KeyTeacher, "None") }},
		{Head: "Family worker", Text: func(p roll.ClassPupil) string { return orText(p.FamilyWorker, "None") }},
	}
	if !canEdit {
		return cols
	}
	box := ui.Column[roll.ClassPupil]{Head: "Choose", NoPrint: true, Cell: func(p roll.ClassPupil) templ.Component {
		return ui.RowCheck("pupil", p.ID.String(), "Choose "+p.Name(), chosen[p.ID.String()])
	}}
	return append([]ui.Column[roll.ClassPupil]{box}, cols...)
}

func takenBy(teachers string) string {
	if teachers == "" {
		return "Nobody is recorded as taking it."
	}
	return "Taken by " + teachers + "."
}
