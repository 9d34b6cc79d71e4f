package web

import (
	"slices"

	"ajar/internal/conversations"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

const noWorryWords = "This is not a worry about a child's safety; keep what I wrote"

func noWorryOptions(w *conversations.WorryError) []ui.Option {
	var out []ui.Option
	for _, f := range w.Fields {
		label := noWorryWords
		if len(w.Fields) > 1 {
			label = f.Label + ": " + noWorryWords
		}
		out = append(out, ui.Option{Value: f.Field, Label: label})
	}
	return out
}

// keeping is the service for this request: with what the person said is no worry about a child's safety.
func (h pages) keeping(q *web.Req) *conversations.Service {
	var texts []string
	for _, field := range q.Texts("no_worry") {
		texts = append(texts, q.Texts(field)...)
	}
	return h.s.Keeping(texts...)
}

// heldBack is the page of a form that was not kept: the route, and all that was typed.
type heldBack struct {
	Action string
	Route  roll.Route
	Worry  *conversations.WorryError
	Carry  []ui.HiddenInput
	Typed  []typedField
}

type typedField struct{ Field, Label, Text string }

// holdBack answers a form whose words may be a worry. Nothing of the form was stored; everything typed comes back, to be changed and sent again.
func (h pages) holdBack(q *web.Req, w *conversations.WorryError) error {
	v := heldBack{Action: q.R.URL.Path, Worry: w}
	var err error
	if v.Route, err = h.s.Roll.SafeguardingRoute(q.Context(), q.Pass); err != nil {
		return err
	}
	held := map[string]bool{"no_worry": true}
	for _, f := range w.Fields {
		held[f.Field] = true
		v.Typed = append(v.Typed, typedField{f.Field, f.Label, q.Text(f.Field)})
	}
	var names []string
	for name := range q.R.PostForm {
		if !held[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range q.Texts(name) {
			v.Carry = append(v.Carry, ui.HiddenInput{Name: name, Value: value})
		}
	}
	d := ui.From(q, "Worried about a child's safety?")
	for _, f := range w.Fields {
		d.Errors.Add(f.Field, f.Label+": this was not kept. Take the words out, or say that it is no such worry.")
	}
	return q.Again(heldBackPage(d, v))
}
