package conversations

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/roll/worry"
)

// WorryError says which fields were not kept because they may hold a worry about a child's safety.
type WorryError = worry.Error

// Waiting is a field whose text waits for a person.
type Waiting = worry.Waiting

// AsWorry finds a WorryError in err.
func AsWorry(err error) (*WorryError, bool) { return worry.As(err) }

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety. What is stored
// that way is not asked about again; nothing else of the answer is kept.
func (s *Service) Keeping(texts ...string) *Service {
	out := *s
	out.keeper = worry.Confirmed(texts...)
	return &out
}

func waiting(field, label string) Waiting { return Waiting{Field: field, Label: label} }

// piece is one field of the notes that holds free text.
type piece struct {
	Waiting
	text *string
	list bool // one line of several; lines move, so that what is stored at the same place may be another one
}

// pieces are all of them. The notes must not share lists with others when they are to be changed: see own.
func (n *Notes) pieces() []piece {
	out := []piece{
		{waiting("present", "Who is here"), &n.Present, false}, {waiting("confidential", "What is shared, and with whom"), &n.Confidential, false},
		{waiting("parent", "The parent's words"), &n.Parent, false}, {waiting("child", "What the child says"), &n.Child, false},
		{waiting("strengths", "What goes well"), &n.Strengths, false}, {waiting("in_the_way", "What gets in the way"), &n.InTheWay, false},
		{waiting("later", "For another time"), &n.Later, false}, {waiting("summary", "Summary"), &n.Summary, false},
		{waiting("changes", "What the parent would put differently"), &n.Changes, false},
		{waiting("shared_with", "Who will see this"), &n.SharedWith, false}, {waiting("why_harder", "Why the text has to stay as it is"), &n.WhyHarder, false},
		// Dates are kept as they are typed until they are dates.
		{waiting("next_on", "When we talk again"), &n.NextOn, false},
	}
	for i := range n.Priorities {
		out = append(out, piece{waiting(PriorityField(i), "Priority "+strconv.Itoa(i+1)), &n.Priorities[i], true})
	}
	return append(out, goalPieces(n.Goals)...)
}

func goalPieces(goals []Goal) []piece {
	var out []piece
	for i := range goals {
		g, of := &goals[i], "Target "+strconv.Itoa(i+1)
		out = append(out, piece{waiting(GoalField(i, "words"), of+", what will be done"), &g.Words, true}, piece{waiting(GoalField(i, "who"), of+", who exactly"), &g.Who, true},
			piece{waiting(GoalField(i, "measure"), of+", how we will know"), &g.Measure, true}, piece{waiting(GoalField(i, "due"), of+", by when"), &g.Due, true})
	}
	return out
}

func (a *Agreed) pieces() []piece {
	out := []piece{
		{waiting("present", "Who is here"), &a.Present, false}, {waiting("told_us", "What you told us"), &a.ToldUs, false}, {waiting("summary", "In short"), &a.Summary, false},
		{waiting("child", "What the child says"), &a.Child, false}, {waiting("strengths", "What goes well"), &a.Strengths, false},
		{waiting("in_the_way", "What gets in the way"), &a.InTheWay, false}, {waiting("shared_with", "Who sees this"), &a.SharedWith, false},
		{waiting("priorities", "What matters most now"), new(strings.Join(a.Priorities, "\n")), false}, {waiting("next_on", "When we talk again"), &a.NextOn, false},
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

func saidOf(list []piece) []worry.Said {
	var out []worry.Said
	for _, p := range list {
		out = append(out, worry.Said{Waiting: p.Waiting, Text: *p.text})
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
	err := s.keeper.Heed(textsIn(stored.pieces()), saidOf(n.pieces())...)
	waits, ok := AsWorry(err)
	if !ok {
		return n, err
	}
	var begun []string
	for _, w := range waits.Fields {
		for _, p := range n.pieces() {
			if p.Field != w.Field {
				continue
			}
			begun = append(begun, worry.Sentences(*p.text)...)
			*p.text = ""
			for _, was := range stored.pieces() {
				if was.Field == w.Field && !was.list {
					*p.text = *was.text
				}
			}
		}
	}
	n.Priorities = slices.DeleteFunc(n.Priorities, func(p string) bool { return strings.TrimSpace(p) == "" })
	known := worry.Known(textsIn(stored.pieces()))
	begun = slices.DeleteFunc(begun, func(c string) bool { return known[c] || s.keeper.Fine(c) })
	for _, p := range n.pieces() {
		*p.text = worry.WithoutBeginnings(*p.text, begun)
	}
	if err := forgetBeginnings(tx, talk, begun); err != nil {
		return n, err
	}
	return n, waits
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
			*p.text = worry.WithoutBeginnings(*p.text, begun)
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
