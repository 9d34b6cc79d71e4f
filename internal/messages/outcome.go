package messages

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Outcome is what became of a message.
type Outcome struct {
	Total, Arrived, Gone, Waiting, Failed, Unsure, Stopped int // of texts and e-mails, except Total
	ToPrint, Printed, ToCall, Called, Nothing, Trial       int
	Lines                                                  []CopyLine // those that need somebody, then the others
}

// Needs tells whether a copy waits for a person to do something.
func (l CopyLine) Needs() bool {
	return l.State == "none" || l.State == "open" || l.State == "post" && (l.PostState == post.Failed || l.PostState == post.Unknown || l.Arrived == "no")
}

// Stands says what became of a copy, in words.
func (l CopyLine) Stands() string {
	switch l.State {
	case "none":
		return "Not reached: " + l.Why
	case "trial":
		return "Trial: nothing was sent"
	case "stopped":
		return "Taken back before it left"
	case "open":
		return map[string]string{ByLetter: "To be printed", ByCall: "To be called"}[l.Way]
	case "done":
		return strings.TrimSpace(map[string]string{ByLetter: "Printed", ByCall: "Called"}[l.Way] + " " + l.Note)
	}
	return post.Item{State: l.PostState, Trouble: l.Trouble, Arrived: l.Arrived, ArrivedWords: l.ArrivedWords}.StateWords()
}

func (s *Service) outcome(tx *db.Tx, m Message) (o Outcome, err error) {
	if o.Lines, err = copiesOf(tx, m.ID); err != nil {
		return o, err
	}
	children, err := childrenOfCopies(tx, m.ID)
	if err != nil {
		return o, err
	}
	var all []roll.PupilID
	for i := range o.Lines {
		o.Lines[i].pupils = children[o.Lines[i].ID]
		all = append(all, o.Lines[i].pupils...)
	}
	names, err := pupilNames(tx, all)
	if err != nil {
		return o, err
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		var list []string
		for _, p := range l.pupils {
			list = append(list, names[p])
		}
		l.Children = strings.Join(list, ", ")
		o.count(*l)
	}
	slices.SortStableFunc(o.Lines, func(a, b CopyLine) int {
		return cmp.Compare(boolInt(b.Needs()), boolInt(a.Needs()))
	})
	return o, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (o *Outcome) count(l CopyLine) {
	o.Total++
	switch {
	case l.State == "none":
		o.Nothing++
	case l.State == "trial":
		o.Trial++
	case l.State == "stopped":
		o.Stopped++
	case l.Way == ByLetter && l.State == "open":
		o.ToPrint++
	case l.Way == ByLetter:
		o.Printed++
	case l.Way == ByCall && l.State == "open":
		o.ToCall++
	case l.Way == ByCall:
		o.Called++
	case l.PostState == post.Unknown:
		o.Unsure++
	case l.PostState == post.Waiting:
		o.Waiting++
	case l.PostState == post.Stopped:
		o.Stopped++
	case l.PostState == post.Failed, l.Arrived == "no":
		o.Failed++
	case l.Arrived == "yes":
		o.Arrived++
	default:
		o.Gone++
	}
}

// Listed is a message in the list, with how it stands.
type Listed struct {
	Message
	Adults, Trouble int
}

// StateWords says how a message stands at a moment.
func (m Message) StateWords(nowMs int64) string {
	switch m.State {
	case Draft:
		return "Draft"
	case Waiting:
		return "Waits for a second person"
	case TakenBack:
		return "Taken back"
	}
	if m.Trial {
		return "Trial"
	}
	if deref(m.LeavesMs) > nowMs {
		return "Leaves in a moment"
	}
	return "Sent"
}

// List shows the newest messages: one's own, and everybody's for those who may write to everyone.
func (s *Service) List(ctx context.Context, p access.Pass) (out []Listed, nowMs int64, err error) {
	scope, err := p.CheckNamed(Send)
	if err != nil {
		return nil, 0, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		nowMs = tx.Now()
		by := p.Who().Staff
		if scope == access.All {
			by = 0
		}
		list, err := messagesList(tx, by, 100)
		if err != nil {
			return err
		}
		counts, err := copyCounts(tx)
		for _, m := range list {
			out = append(out, Listed{m, counts[m.ID].Adults, counts[m.ID].Trouble})
		}
		return err
	})
	return out, nowMs, err
}

// Offer is what the page for a new message offers to write to.
func (s *Service) Offer(ctx context.Context, p access.Pass) (c Choices, err error) {
	scope, err := p.CheckNamed(Send)
	if err != nil {
		return c, err
	}
	c.All = scope == access.All
	if c.Classes, err = s.Roll.Classes(ctx, p); err != nil {
		return c, err
	}
	for _, x := range c.Classes {
		if x.Year != "" && !slices.Contains(c.Years, x.Year) {
			c.Years = append(c.Years, x.Year)
		}
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		for _, src := range s.Audiences {
			groups, err := src.List(tx)
			if err != nil {
				return err
			}
			if len(groups) > 0 {
				c.Groups = append(c.Groups, Offered{src, groups})
			}
		}
		return nil
	})
	return c, err
}

// weigh looks at what families have heard this term, for the page before bad news is sent. It is asked of few children alone: of a whole school it would say nothing.
func (s *Service) weigh(tx *db.Tx, v *View) error {
	if v.Tone != Concern || v.Plan.Pupils > 30 {
		return nil
	}
	var list []roll.PupilHit
	var keys []roll.PupilID
	for _, x := range v.Plan.To {
		for _, c := range x.Children {
			if !slices.Contains(keys, c.ID) {
				keys, list = append(keys, c.ID), append(list, c)
			}
		}
	}
	of, err := BalanceOf(tx, keys)
	for _, c := range list {
		b := of[c.ID]
		if b.All() == 0 {
			v.FirstBad = append(v.FirstBad, c.Name())
		}
		v.Balance = append(v.Balance, BalanceNote{c.Name(), b})
	}
	return err
}

// Letter is one letter of a message, ready for paper.
type Letter struct {
	Copy    Copy
	Adult   roll.Adult
	Post    []string
	Lang    string
	Subject string
	Body    string
	Large   bool
	Date    string // YYYY-MM-DD
}

// Day is the day of the letter, as its language writes it.
func (l Letter) Day() string { return say.Tongue(l.Lang).Day(l.Date) }

// SchoolAddress is the school's address, line by line, for the head of letters.
func (s *Service) SchoolAddress(ctx context.Context, p access.Pass) (lines []string, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		text, err := roll.Setting(tx, "school.address")
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
		return err
	})
	return lines, err
}

// Letters are the letters of a message that are to be printed, as they stand now: whoever is under an order by now is not among them.
func (s *Service) Letters(ctx context.Context, p access.Pass, id MessageID) (m Message, out []Letter, school string, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return m, nil, "", err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		m, out, school, err = s.letters(tx, id)
		return err
	})
	return m, out, school, err
}

func (s *Service) letters(tx *db.Tx, id MessageID) (m Message, out []Letter, school string, err error) {
	if m, err = mine(tx, id); err != nil {
		return m, nil, "", err
	}
	if m.State != Held && m.State != Gone {
		return m, nil, "", fault.New(fault.Conflict, "This message has not been sent, so there are no letters yet.")
	}
	if deref(m.LeavesMs) > tx.Now() {
		return m, nil, "", fault.New(fault.Conflict, "Letters can be printed in a few minutes, when the message can't be taken back any more.")
	}
	words, err := wordsOf(tx, id)
	if err != nil {
		return m, nil, "", err
	}
	by := map[string]Words{}
	for _, w := range words {
		by[w.Lang] = w
	}
	lines, err := copiesOf(tx, id)
	if err != nil {
		return m, nil, "", err
	}
	children, err := childrenOfCopies(tx, id)
	if err != nil {
		return m, nil, "", err
	}
	var plan Plan
	var copies []Copy
	for _, l := range lines {
		if l.Way != ByLetter || l.State != "open" && l.State != "done" {
			continue
		}
		x, ok, err := s.again(tx, l.Copy, children[l.ID])
		if err != nil {
			return m, nil, "", err
		}
		if ok {
			plan.To, copies = append(plan.To, x), append(copies, l.Copy)
		}
	}
	items, err := s.lettersFor(tx, View{Message: m, Plan: &plan}, by)
	if err != nil {
		return m, nil, "", err
	}
	for i, x := range plan.To {
		out = append(out, Letter{Copy: copies[i], Adult: x.Adult, Post: x.Post, Lang: x.In.Lang, Subject: items[i].Subject, Body: items[i].Body, Large: x.Adult.Wants("large_print"), Date: dayOf(tx, deref(m.LeavesMs))})
	}
	school, _, err = roll.Sender(tx)
	return m, out, school, err
}

// again is a copy as it was planned, for words that are made anew; false when an order or the end of a tie came in between.
func (s *Service) again(tx *db.Tx, c Copy, children []roll.PupilID) (x Planned, ok bool, err error) {
	var concerns []roll.Concern
	for _, p := range children {
		concerns = append(concerns, roll.Concern{Adult: c.AdultID, Pupil: p})
	}
	why, err := roll.WhyNotEach(tx, concerns, roll.Contact|roll.Information)
	if err != nil || slices.ContainsFunc(why, func(w string) bool { return w != "" }) {
		return x, false, err
	}
	if x.Adult, ok, err = roll.AdultAt(tx, c.AdultID); err != nil || !ok {
		return x, false, err
	}
	if x.Children, err = roll.NamesOf(tx, children); err != nil {
		return x, false, err
	}
	of, err := roll.RelationsOf(tx, children)
	for _, rels := range of {
		for _, r := range rels {
			if r.Adult.ID == c.AdultID && len(x.Post) == 0 {
				x.Post = r.Post
			}
		}
	}
	x.Going, x.In = Going{Way: c.Way, Why: c.Why}, Chosen{Lang: c.Lang, Standing: c.Standing}
	// What went with the words is found anew from the same rule: the words themselves are kept with the message.
	if words, err := wordsOf(tx, c.MessageID); err != nil {
		return x, false, err
	} else if again, err := SayingOf(tx, words, false); err != nil {
		return x, false, err
	} else if in := LanguageFor(again, x.Adult.Reads); in.Lang == c.Lang {
		x.In = in
	}
	return x, true, err
}

// Printed marks the letters of a message as printed.
func (s *Service) Printed(ctx context.Context, p access.Pass, id MessageID) (n int, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		_, list, _, err := s.letters(tx, id)
		if err != nil {
			return err
		}
		for _, l := range list {
			k, err := endCopy(tx, l.Copy.ID, "", p.Who().Name)
			if err != nil {
				return err
			}
			n += int(k)
		}
		return nil
	})
	return n, err
}

// CallLine is a call that is to be made.
type CallLine struct {
	CopyLine
	Message Message
	Words   Words
	Phones  []roll.Channel
	Helps   string
	Reads   string
	Speaks  string
	Interp  bool
}

// Calls are the calls to make for messages one may see, oldest first. Whoever is under an order by now is not among them.
func (s *Service) Calls(ctx context.Context, p access.Pass) (out []CallLine, err error) {
	if _, err := p.CheckNamed(Log); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := openCopies(tx, ByCall)
		if err != nil {
			return err
		}
		for _, l := range list {
			line, ok, err := s.callLine(tx, l)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, line)
			}
		}
		return nil
	})
	return out, err
}

// callLine opens a call for whoever may note contacts with all of its children.
func (s *Service) callLine(tx *db.Tx, l CopyLine) (c CallLine, ok bool, err error) {
	children, err := childrenOfCopy(tx, l.ID)
	if err != nil {
		return c, false, err
	}
	for _, p := range children {
		if _, err := roll.Enter(tx, Log, p); fault.KindOf(err) == fault.NotFound {
			return c, false, nil
		} else if err != nil {
			return c, false, err
		}
	}
	x, ok, err := s.again(tx, l.Copy, children)
	if err != nil || !ok {
		return c, false, err
	}
	if c.Message, _, err = messageByID(tx, l.MessageID); err != nil {
		return c, false, err
	}
	words, err := wordsOf(tx, l.MessageID)
	for _, w := range words {
		if w.Lang == "en" {
			c.Words = w
		}
	}
	var names []string
	for _, p := range x.Children {
		names = append(names, p.Name())
	}
	l.Children = strings.Join(names, ", ")
	c.CopyLine = l
	for _, ch := range x.Adult.Channels {
		if ch.Kind == "phone" {
			c.Phones = append(c.Phones, ch)
		}
	}
	c.Helps, c.Reads, c.Speaks, c.Interp = x.Adult.HelpWords(), x.Adult.Reads, x.Adult.Speaks, deref(x.Adult.Interpreter)
	return c, true, err
}

// Call opens one call that is to be made.
func (s *Service) Call(ctx context.Context, p access.Pass, id CopyID) (c CallLine, err error) {
	if _, err := p.CheckNamed(Log); err != nil {
		return c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		l, found, err := copyByID(tx, id)
		if err != nil {
			return err
		}
		ok := found && l.Way == ByCall && l.State == "open"
		if ok {
			c, ok, err = s.callLine(tx, l)
		}
		if err == nil && !ok {
			err = fault.Gone("call")
		}
		return err
	})
	return c, err
}

// Called keeps what came of a call that a message asked for. A call that found nobody stays on the list.
func (s *Service) Called(ctx context.Context, p access.Pass, id CopyID, outcome, words string) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	if !slices.Contains([]string{"spoke", "no_answer", "left_word"}, outcome) {
		return fault.Field("outcome", "Say what came of the call.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, found, err := copyByID(tx, id)
		if err != nil {
			return err
		}
		if !found || l.Way != ByCall || l.State != "open" {
			return fault.Gone("call")
		}
		c, ok, err := s.callLine(tx, l)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Gone("call")
		}
		if err := s.keeper.Heed(nil, worry.Says("words", "Words", words)); err != nil {
			return err
		}
		children, err := childrenOfCopy(tx, id)
		if err != nil {
			return err
		}
		adult := l.AdultID
		contact := Contact{ID: ids.New[Contact](), AdultID: &adult, Way: ByCall, Direction: "out", Tone: c.Message.Tone, Words: clean(words), Outcome: outcome, HappenedOn: tx.Today(), AtMs: tx.Now(),
			ByName: p.Who().Name, MadeMs: tx.Now(), CopyID: id}
		if n := p.Who().Staff; n != 0 {
			who := roll.StaffID(n)
			contact.StaffID = &who
		}
		if err := putContact(tx, contact, children); err != nil || outcome == "no_answer" {
			return err
		}
		_, err = endCopy(tx, id, map[string]string{"spoke": "and spoke with them", "left_word": "and left word"}[outcome], p.Who().Name)
		return err
	})
}

// Decide is a person's word about copies in doubt: whether they are sent again.
func (s *Service) Decide(ctx context.Context, p access.Pass, id MessageID, copies []CopyID, again bool) (n int, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := mine(tx, id); err != nil {
			return err
		}
		for _, c := range copies {
			l, found, err := copyByID(tx, c)
			if err != nil {
				return err
			}
			if !found || l.MessageID != id || l.PostState != post.Unknown {
				return fault.New(fault.Conflict, "What became of some of these is known by now. Look at the page again.")
			}
			if err := s.Post.Decide(tx, ids.ID[post.Item](l.ItemID), again); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
