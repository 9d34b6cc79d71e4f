package conversations

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// WorryError says which fields were not kept because they may hold a worry about a child's safety. It names the fields and holds none of
// their words. To pages it is the errors of those fields.
type WorryError struct {
	Fields []Waiting
}

// Waiting is a field whose text waits for a person: its name on the form, and what people call it.
type Waiting struct{ Field, Label string }

func (e *WorryError) Error() string {
	return "This may be a worry about a child's safety, so it was not kept: " + e.Labels() + "."
}

// Labels names the fields in a row.
func (e *WorryError) Labels() string {
	var out []string
	for _, w := range e.Fields {
		out = append(out, w.Label)
	}
	return strings.Join(out, "; ")
}

// Unwrap gives the errors of the fields, for forms.
func (e *WorryError) Unwrap() error {
	var f fault.Fields
	for _, w := range e.Fields {
		f.Add(w.Field, "%s: this may be a worry about a child's safety, so it was not kept. Pass it on in the school's own way and take the words out, or say that it is no such worry.", w.Label)
	}
	return f
}

// AsWorry finds a WorryError in err.
func AsWorry(err error) (*WorryError, bool) {
	var w *WorryError
	ok := errors.As(err, &w)
	return w, ok
}

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety. What is stored
// that way is not asked about again; nothing else of the answer is kept.
func (s *Service) Keeping(texts ...string) *Service {
	out := *s
	out.fine = map[string]bool{}
	for _, t := range texts {
		for _, c := range concerning(t) {
			out.fine[c] = true
		}
	}
	return &out
}

// said is a text on its way into the store.
type said struct {
	Waiting
	Text string
}

func says(field, label, text string) said { return said{Waiting{field, label}, text} }

// heed refuses texts that may hold a worry, before anything of them is stored. stored are the texts that are kept already: a sentence that
// stands in one of them was confirmed when it was.
func (s *Service) heed(stored []string, list ...said) error {
	var out WorryError
	var known map[string]bool
	for _, x := range list {
		found := concerning(x.Text)
		if len(found) == 0 {
			continue
		}
		if known == nil {
			known = sentencesIn(stored)
		}
		if s.worries(found, known) {
			out.Fields = append(out.Fields, x.Waiting)
		}
	}
	if len(out.Fields) == 0 {
		return nil
	}
	return &out
}

func (s *Service) worries(found []string, known map[string]bool) bool {
	return slices.ContainsFunc(found, func(c string) bool { return !s.fine[c] && !known[c] })
}

func sentencesIn(texts []string) map[string]bool {
	out := map[string]bool{}
	for _, t := range texts {
		for _, c := range concerning(t) {
			out[c] = true
		}
	}
	return out
}

// piece is one field of the notes that holds free text.
type piece struct {
	Waiting
	text *string
	list bool // one line of several; lines move, so that what is stored at the same place may be another one
}

// pieces are all of them. The notes must not share lists with others when they are to be changed: see own.
func (n *Notes) pieces() []piece {
	out := []piece{
		{Waiting{"present", "Who is here"}, &n.Present, false}, {Waiting{"confidential", "What is shared, and with whom"}, &n.Confidential, false},
		{Waiting{"parent", "The parent's words"}, &n.Parent, false}, {Waiting{"child", "What the child says"}, &n.Child, false},
		{Waiting{"strengths", "What goes well"}, &n.Strengths, false}, {Waiting{"in_the_way", "What gets in the way"}, &n.InTheWay, false},
		{Waiting{"later", "For another time"}, &n.Later, false}, {Waiting{"summary", "Summary"}, &n.Summary, false},
		{Waiting{"changes", "What the parent would put differently"}, &n.Changes, false},
		{Waiting{"shared_with", "Who will see this"}, &n.SharedWith, false}, {Waiting{"why_harder", "Why the text has to stay as it is"}, &n.WhyHarder, false},
		// Dates are kept as they are typed until they are dates.
		{Waiting{"next_on", "When we talk again"}, &n.NextOn, false},
	}
	for i := range n.Priorities {
		out = append(out, piece{Waiting{PriorityField(i), "Priority " + strconv.Itoa(i+1)}, &n.Priorities[i], true})
	}
	return append(out, goalPieces(n.Goals)...)
}

func goalPieces(goals []Goal) []piece {
	var out []piece
	for i := range goals {
		g, of := &goals[i], "Target "+strconv.Itoa(i+1)
		out = append(out, piece{Waiting{GoalField(i, "words"), of + ", what will be done"}, &g.Words, true}, piece{Waiting{GoalField(i, "who"), of + ", who exactly"}, &g.Who, true},
			piece{Waiting{GoalField(i, "measure"), of + ", how we will know"}, &g.Measure, true}, piece{Waiting{GoalField(i, "due"), of + ", by when"}, &g.Due, true})
	}
	return out
}

func (a *Agreed) pieces() []piece {
	out := []piece{
		{Waiting{"present", "Who is here"}, &a.Present, false}, {Waiting{"told_us", "What you told us"}, &a.ToldUs, false}, {Waiting{"summary", "In short"}, &a.Summary, false},
		{Waiting{"child", "What the child says"}, &a.Child, false}, {Waiting{"strengths", "What goes well"}, &a.Strengths, false},
		{Waiting{"in_the_way", "What gets in the way"}, &a.InTheWay, false}, {Waiting{"shared_with", "Who sees this"}, &a.SharedWith, false},
		{Waiting{"priorities", "What matters most now"}, new(strings.Join(a.Priorities, "\n")), false}, {Waiting{"next_on", "When we talk again"}, &a.NextOn, false},
	}
	return append(out, goalPieces(a.Goals)...)
}

// PriorityField is the id of a priority on its form.
func PriorityField(i int) string {
	if i == 0 {
		return "priority"
	}
	return "priority-" + strconv.Itoa(i+1)
}

// TextsOf gives the texts of named fields of the notes, as Keeping wants them.
func TextsOf(n Notes, fields []string) []string {
	var out []string
	for _, p := range n.pieces() {
		if slices.Contains(fields, p.Field) {
			out = append(out, *p.text)
		}
	}
	return out
}

func textsIn(list []piece) []string {
	var out []string
	for _, p := range list {
		out = append(out, *p.text)
	}
	return out
}

func saidOf(list []piece) []said {
	var out []said
	for _, p := range list {
		out = append(out, said{p.Waiting, *p.text})
	}
	return out
}

// own makes copies of the lists, so that changing these notes changes no others.
func (n Notes) own() Notes {
	n.Priorities, n.Goals = slices.Clone(n.Priorities), slices.Clone(n.Goals)
	return n
}

// withhold gives the notes that may be stored: a field that may hold a worry stays as it was stored before. A page saves while somebody types,
// so that the first words of the sentence may be stored by now; they are taken out as well, here and from the earlier states.
func (s *Service) withhold(tx *db.Tx, talk TalkID, stored, n Notes) (Notes, error) {
	stored, n = stored.own(), n.own()
	err := s.heed(textsIn(stored.pieces()), saidOf(n.pieces())...)
	worry, ok := AsWorry(err)
	if !ok {
		return n, err
	}
	var begun []string
	for _, w := range worry.Fields {
		for _, p := range n.pieces() {
			if p.Field != w.Field {
				continue
			}
			begun = append(begun, concerning(*p.text)...)
			*p.text = ""
			for _, was := range stored.pieces() {
				if was.Field == w.Field && !was.list {
					*p.text = *was.text
				}
			}
		}
	}
	n.Priorities = slices.DeleteFunc(n.Priorities, func(p string) bool { return strings.TrimSpace(p) == "" })
	known := sentencesIn(textsIn(stored.pieces()))
	begun = slices.DeleteFunc(begun, func(c string) bool { return known[c] || s.fine[c] })
	for _, p := range n.pieces() {
		*p.text = withoutBeginnings(*p.text, begun)
	}
	if err := forgetBeginnings(tx, talk, begun); err != nil {
		return n, err
	}
	return n, worry
}

// forgetBeginnings takes the first words of withheld sentences out of the states that are kept.
func forgetBeginnings(tx *db.Tx, talk TalkID, begun []string) error {
	past, err := pastDrafts(tx, talk)
	if err != nil {
		return err
	}
	for _, d := range past {
		before, err := json.Marshal(d.Notes)
		if err != nil {
			return err
		}
		for _, p := range d.Notes.pieces() {
			*p.text = withoutBeginnings(*p.text, begun)
		}
		after, err := json.Marshal(d.Notes)
		if err != nil {
			return err
		}
		if string(before) != string(after) {
			if err := setPastDraft(tx, talk, d.Version, string(after)); err != nil {
				return err
			}
		}
	}
	return nil
}

// withoutBeginnings takes out of a text the sentences with which a withheld one begins. The last word may have been half typed.
func withoutBeginnings(text string, begun []string) string {
	if text == "" || len(begun) == 0 {
		return text
	}
	cut := cutSentences(text, tokens(text))
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
