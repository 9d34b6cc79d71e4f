package ui

import (
	"context"

	"github.com/a-h/templ"
)

// HeadingData is an h1 with what belongs to it.
type HeadingData struct {
	Text, Caption string
	Tag           TagData
	Actions       templ.Component // buttons and links at the right
}

// TagData is a Tag as a value.
type TagData struct {
	Colour Colour
	Text   string
}

// QuoteData is what somebody said.
type QuoteData struct {
	Text, By string
	Lang     string // of the words, where it is not the page's
}

func (q QuoteData) langAttrs() templ.Attributes {
	if q.Lang == "" {
		return templ.Attributes{"dir": "auto"}
	}
	return templ.Attributes{"lang": q.Lang, "dir": Direction(q.Lang)}
}

// Colour is one of the few that tags and timelines may have.
type Colour string

// The colours of Tag and Timeline.
const (
	Grey  Colour = "grey"
	Plum  Colour = "plum"  // in hand, current
	Green Colour = "green" // done, met, agreed
	Amber Colour = "amber" // waiting, due soon, partly
	Red   Colour = "red"   // overdue, refused, an order in force
)

func (c Colour) class() string {
	switch c {
	case Plum, Green, Amber, Red:
		return string(c)
	}
	return string(Grey)
}

// SummaryRow is one line of a SummaryList. Content, when set, stands in place of Value; an empty Value is "Not known".
type SummaryRow struct {
	Key, Value string
	Content    templ.Component
	Source     string // "from the import of 3 September", "changed by hand"
	Actions    []Link // the key is added for those who cannot see the line: "Change" + "date of birth"
}

// StepState is how far a step is.
type StepState string

// The states of a Step.
const (
	StepToDo StepState = "todo"
	StepNow  StepState = "now"
	StepDone StepState = "done"
)

// Step is one stage of a way.
type Step struct {
	Label, Href string
	State       StepState
	Note        string // in place of "Done", "You are here", "To do"
}

func (s Step) state() string {
	switch s.State {
	case StepNow, StepDone:
		return string(s.State)
	}
	return string(StepToDo)
}

func (s Step) stateWord(ctx context.Context) string {
	switch s.State {
	case StepNow:
		return word(ctx, "ui.step.now", "You are here")
	case StepDone:
		return word(ctx, "ui.step.done", "Done")
	}
	return word(ctx, "ui.step.todo", "To do")
}

// TimelineEvent is one thing that happened. When is as people read it, Datetime as machines do.
type TimelineEvent struct {
	Title, When, Datetime, By, Href, Text string
	Colour                                Colour
	Body                                  templ.Component
}

// EmptyData is a list that has nothing in it yet, or a search that found nothing.
type EmptyData struct {
	Title, Text string
	Action      ButtonData
}

// Card is one place to go.
type Card struct{ Title, Href, Text, Note string }
