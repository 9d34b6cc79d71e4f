package worry

import (
	"errors"
	"slices"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/prose"
)

// Error says which fields were not kept because they may hold a worry about a child's safety. It names the fields and holds none of
// their words. To pages it is the errors of those fields.
type Error struct {
	Fields []Waiting
}

// Waiting is a field whose text waits for a person: its name on the form, and what people call it.
type Waiting struct{ Field, Label string }

func (e *Error) Error() string {
	return "This may be a worry about a child's safety, so it was not kept: " + e.Labels() + "."
}

// Labels names the fields in a row.
func (e *Error) Labels() string {
	var out []string
	for _, w := range e.Fields {
		out = append(out, w.Label)
	}
	return strings.Join(out, "; ")
}

// Unwrap gives the errors of the fields, for forms.
func (e *Error) Unwrap() error {
	var f fault.Fields
	for _, w := range e.Fields {
		f.Add(w.Field, "%s: not kept, because it may be a worry about a child's safety.", w.Label)
	}
	return f
}

// As finds a Error in err.
func As(err error) (*Error, bool) {
	var w *Error
	ok := errors.As(err, &w)
	return w, ok
}

// Said is a text on its way into the store.
type Said struct {
	Waiting
	Text string
}

// Says names a text that was typed in a field.
func Says(field, label, text string) Said { return Said{Waiting{field, label}, text} }

// Keeper decides which texts may be kept. The zero Keeper has been told of nothing.
type Keeper struct {
	fine map[string]bool // sentences that somebody has just said are no worry
}

// Confirmed is the keeper for one request in which a person said of these texts that they are no worry about a child's safety.
func Confirmed(texts ...string) Keeper { return Keeper{fine: sentencesIn(texts)} }

// Fine tells whether a person has just said of a sentence that it is no worry.
func (k Keeper) Fine(sentence string) bool { return k.fine[sentence] }

// Heed refuses texts that may hold a worry, before anything of them is stored: the error is an *Error. stored are the texts that are kept
// already: a sentence that stands in one of them was confirmed when it was.
func (k Keeper) Heed(stored []string, list ...Said) error {
	var out Error
	var known map[string]bool
	for _, x := range list {
		found := Sentences(x.Text)
		if len(found) == 0 {
			continue
		}
		if known == nil {
			known = sentencesIn(stored)
		}
		if slices.ContainsFunc(found, func(c string) bool { return !k.fine[c] && !known[c] }) {
			out.Fields = append(out.Fields, x.Waiting)
		}
	}
	if len(out.Fields) == 0 {
		return nil
	}
	return &out
}

// Known gives the sentences of texts that may hold a worry, to ask whether one stands in them.
func Known(texts []string) map[string]bool { return sentencesIn(texts) }

func sentencesIn(texts []string) map[string]bool {
	out := map[string]bool{}
	for _, t := range texts {
		for _, c := range Sentences(t) {
			out[c] = true
		}
	}
	return out
}

// WithoutBeginnings takes out of a text the sentences with which a withheld one begins. The last word may have been half typed.
func WithoutBeginnings(text string, begun []string) string {
	if text == "" || len(begun) == 0 {
		return text
	}
	cut := prose.Sentences(text, prose.Tokens(text))
	for i := len(cut) - 1; i >= 0; i-- {
		words := foldSentence(text[cut[i].Start:cut[i].End])
		if words == "" || !slices.ContainsFunc(begun, func(b string) bool { return strings.HasPrefix(b, words) }) {
			continue
		}
		end := len(text)
		if i+1 < len(cut) {
			end = cut[i+1].Start
		}
		text = strings.TrimSpace(text[:cut[i].Start] + text[end:])
	}
	return text
}
