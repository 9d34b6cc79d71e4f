package web

import (
	"net/url"

	"ajar/internal/conversations"
	"ajar/internal/roll"
)

// The addresses of this capability. Other pages link here through these and never by hand.
const (
	MinePath       = "/conversations"
	ProgrammesPath = "/conversations/programmes"
	CoveragePath   = "/conversations/coverage"
)

// ProgrammePath is the page of a programme.
func ProgrammePath(id conversations.ProgrammeID) string { return ProgrammesPath + "/" + id.String() }

// ChoosePath takes pupils into a programme: POST with the field pupil once for each.
func ChoosePath(id conversations.ProgrammeID) string { return ProgrammePath(id) + "/choose" }

// NewProgrammePath begins a programme. A POST to it with pupils (the field pupil once for each) carries them along.
const NewProgrammePath = ProgrammesPath + "/new"

// RoundPath is the list of the families in a round.
func RoundPath(id conversations.RoundID) string { return "/conversations/rounds/" + id.String() }

// LettersPath prints the letters of a round.
func LettersPath(id conversations.RoundID) string { return RoundPath(id) + "/letters" }

// TalkPath is the page of one conversation.
func TalkPath(id conversations.TalkID) string { return "/conversations/talks/" + id.String() }

// proveFirst leads to the second step, and from there to a page.
func proveFirst(next string) string { return "/prove?next=" + url.QueryEscape(next) }

// mineOf is the working list: one's own, or everyone's.
func mineOf(all bool) string {
	if all {
		return MinePath + "?all=1"
	}
	return MinePath
}

// PreparePath is the preparation pack.
func PreparePath(id conversations.TalkID) string { return TalkPath(id) + "/prepare" }

// StepPath is one step of the page to use during the talk.
func StepPath(id conversations.TalkID, step string) string { return TalkPath(id) + "/talk/" + step }

// DraftPath takes drafts of a step while somebody types.
func DraftPath(id conversations.TalkID, step string) string { return TalkPath(id) + "/draft/" + step }

// SheetPath is the read-back sheet, for paper.
func SheetPath(id conversations.TalkID) string { return TalkPath(id) + "/sheet" }

// PaperPath is the empty form for a talk held on paper.
func PaperPath(id conversations.TalkID) string { return TalkPath(id) + "/paper" }

// CorrectPath makes a corrected version of the agreed text.
func CorrectPath(id conversations.TalkID) string { return TalkPath(id) + "/correct" }

// ReviewPath looks at the targets of a conversation.
func ReviewPath(id conversations.TalkID) string { return TalkPath(id) + "/review" }

// TargetPath takes the review of one target.
func TargetPath(id conversations.TargetID) string {
	return "/conversations/targets/" + id.String() + "/review"
}

// ReflectionPath is the short form that a colleague is asked to fill in.
func ReflectionPath(id conversations.ReflectionID) string {
	return "/conversations/reflections/" + id.String()
}

// SettlePath answers what an adult wrote by their link.
func SettlePath(id conversations.RemarkID) string {
	return "/conversations/remarks/" + id.String() + "/settle"
}

// CorrectForPath makes a corrected version, as an adult asked for by their link.
func CorrectForPath(talk conversations.TalkID, id conversations.RemarkID) string {
	return CorrectPath(talk) + "?remark=" + id.String()
}

// doPath is an action on a conversation: TalkPath/call and the like.
func doPath(id conversations.TalkID, what string) string { return TalkPath(id) + "/" + what }

func pupilPath(id roll.PupilID) string { return "/pupils/" + id.String() }

// CoverageOf is the page of the families reached in one programme.
func CoverageOf(id conversations.ProgrammeID) string {
	return CoveragePath + "?programme=" + id.String()
}
