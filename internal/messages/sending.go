package messages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// About is what the items of post belong to that carry a message; their key is the message's.
const About = "messages.message"

// What a message may hold at most, in characters. A text of six parts is the longest that every gateway takes.
const (
	MaxTitle   = 120
	MaxSubject = 150
	MaxBody    = 3500
	MaxShort   = 900
)

// Typed is a message as it is being written, in English.
type Typed struct {
	Title     string
	Audience  Audience
	Way       string
	Class     string
	Tone      string
	Sensitive bool
	Subject   string
	Body      string
	Short     string
	Template  TemplateID
}

// Planned is one adult who gets a message, how, and in which words.
type Planned struct {
	Adult    roll.Adult
	Children []roll.PupilHit
	Going
	In   Chosen   // the language, and why
	Post []string // the address for a letter
}

// Plan is what would happen if a message were sent now.
type Plan struct {
	Title   string // whom it is for, in words
	Pupils  int
	To      []Planned
	Not     []Planned       // adults whom nothing reaches; Why says so
	Nobody  []roll.PupilHit // children none of whose adults gets it
	LeftOut int             // adults kept out by an order
	Barred  []string        // who they are, for those who record orders
}

// Counted is how many adults get a message by one way in one language.
type Counted struct {
	Way      string
	Lang     say.Lang
	Standing string
	English  bool // not the language they read
	Adults   int
	Parts    int // of one text
}

// Counts tells it for each way and language.
func (p Plan) Counts() (out []Counted) {
	for _, x := range p.To {
		if x.Way == ByCall { // a person speaks; the language of words on a screen is nothing to them
			x.In.Note, x.In.Standing = false, Original
		}
		i := slices.IndexFunc(out, func(c Counted) bool {
			return c.Way == x.Way && c.Lang.Tag() == x.In.Lang && c.Standing == x.In.Standing && c.English == x.In.Note
		})
		if i < 0 {
			out = append(out, Counted{Way: x.Way, Lang: say.Tongue(x.In.Lang), Standing: x.In.Standing, English: x.In.Note})
			i = len(out) - 1
		}
		out[i].Adults++
	}
	slices.SortStableFunc(out, func(a, b Counted) int {
		return cmp.Or(slices.Index(wayOrder, a.Way)-slices.Index(wayOrder, b.Way), b.Adults-a.Adults)
	})
	return out
}

var wayOrder = []string{ByText, ByEmail, ByLetter, ByCall}

// By counts the adults whom one way reaches.
func (p Plan) By(way string) (n int) {
	for _, x := range p.To {
		if x.Way == way {
			n++
		}
	}
	return n
}

func (s *Service) plan(tx *db.Tx, m Message, words []Words) (out Plan, err error) {
	a, err := ReadAudience(m.Audience)
	if err != nil {
		return out, err
	}
	title, pupils, err := s.pupilsOf(tx, Send, a)
	if err != nil {
		return out, err
	}
	out.Title, out.Pupils = title, len(pupils)
	keys := make([]roll.PupilID, len(pupils))
	for i, p := range pupils {
		keys[i] = p.ID
	}
	of, err := roll.RelationsOf(tx, keys)
	if err != nil {
		return out, err
	}
	only, mayKnow := idsOf(a.Adults), tx.Pass().Scope(roll.Orders) == access.All
	at := map[roll.AdultID]int{}
	var list []Planned
	letters := map[roll.AdultID]bool{}
	for _, p := range pupils {
		reached := false
		for _, r := range of[p.ID] {
			if len(only) > 0 && !only[r.Adult.ID] || len(only) == 0 && !r.Tie.Parent() {
				continue
			}
			if ok, why := roll.May(r, roll.Contact|roll.Information, tx.Today()); !ok {
				if len(r.InForceOn(tx.Today())) > 0 {
					out.LeftOut++
					if mayKnow {
						out.Barred = append(out.Barred, r.Adult.Name+", about "+p.Name()+": "+why)
					}
				}
				continue
			}
			reached = true
			i, had := at[r.Adult.ID]
			if !had {
				i = len(list)
				at[r.Adult.ID] = i
				list = append(list, Planned{Adult: r.Adult, Post: r.Post})
			}
			list[i].Children = append(list[i].Children, p)
			if len(list[i].Post) == 0 {
				list[i].Post = r.Post
			}
			letters[r.Adult.ID] = letters[r.Adult.ID] || r.GetsLetters()
		}
		if !reached {
			out.Nobody = append(out.Nobody, p)
		}
	}
	if err := s.choose(tx, m, words, list, letters); err != nil {
		return out, err
	}
	for _, x := range list {
		if x.Way == ByNone {
			out.Not = append(out.Not, x)
		} else {
			out.To = append(out.To, x)
		}
	}
	byName := func(a, b Planned) int {
		return cmp.Or(cmp.Compare(a.Adult.SortKey, b.Adult.SortKey), cmp.Compare(a.Adult.ID, b.Adult.ID))
	}
	slices.SortFunc(out.To, byName)
	slices.SortFunc(out.Not, byName)
	return out, nil
}

// choose decides for each adult by what and in which words.
func (s *Service) choose(tx *db.Tx, m Message, words []Words, list []Planned, letters map[roll.AdultID]bool) error {
	adults := make([]int64, len(list))
	for i, x := range list {
		adults[i] = int64(x.Adult.ID)
	}
	tries, err := triesOf(tx, adults, tx.Now()-tryAge.Milliseconds())
	if err != nil {
		return err
	}
	seen := map[roll.AdultID]int64{}
	if s.Seen != nil {
		if seen, err = s.Seen(tx, tx.Now()-tryAge.Milliseconds()); err != nil {
			return err
		}
	}
	stopped, err := stopsOf(tx)
	if err != nil {
		return err
	}
	consent, err := consents(tx)
	if err != nil {
		return err
	}
	saying, err := SayingOf(tx, words, m.Sensitive)
	if err != nil {
		return err
	}
	short := slices.ContainsFunc(words, func(w Words) bool { return w.Lang == "en" && w.Short != "" })
	for i := range list {
		x := &list[i]
		tried := tries[int64(x.Adult.ID)]
		for k := range tried { // a link opened after a message to the only way tried shows that it came
			tried[k].Opened = tried[k].Opened || tried[k].State == post.Sent && seen[x.Adult.ID] > tried[k].OnMs && len(tried) == 1
		}
		x.In = LanguageFor(saying, x.Adult.Reads)
		ask := Ask{Way: m.Way, Tone: m.Tone, Class: m.Class, Text: short}
		if x.In.Person {
			ask.Way = ByCall
		}
		x.Going = Choose(x.Adult, roll.RankWays(x.Adult.Channels, tried, s.Post.Open), stopped, len(x.Post) > 0, letters[x.Adult.ID], ask)
		if x.In.Person {
			x.Why = x.In.Why
		}
		if m.Class == ClassPromotional && !consent[x.Adult.ID] {
			x.Going = Going{Way: ByNone, Why: "has not asked for offers"}
		}
	}
	return nil
}

// tryAge is how far back messages are looked at to learn what reaches an adult.
const tryAge = 180 * 24 * time.Hour

// View is a message with its words and what would happen now, or what became of it.
type View struct {
	Message
	English Words
	Others  []Words
	Plan    *Plan // while it has not been sent
	Live    bool  // messages leave the school
	Many    int   // above so many adults a second person looks
	Pence   float64
	Quiet   time.Time // when it may leave, if it were sent now
	NowMs   int64
	// SchoolName stands before each text.
	SchoolName string
	Held       int  // seconds until it leaves
	MayLook    bool // the pass may look it through for somebody else
	Mine       bool
	Outcome    Outcome
	Balance    []BalanceNote
	Samples    []Sample // what the first adult of each kind would read
	FirstBad   []string // children whose families would hear bad news as the first thing from the school
}

// Sample is a message as one adult would read it.
type Sample struct{ Adult, Way, Lang, Subject, Body string }

// samples writes it for the first adult who gets a text and the first who gets more; what can't be written is an error of the words, which the page shows.
func (s *Service) samples(tx *db.Tx, plan Plan, words []Words) (out []Sample, err error) {
	by := map[string]Words{}
	for _, w := range words {
		by[w.Lang] = w
	}
	h, err := s.headOf(tx, plan.To, by)
	if err != nil {
		return nil, err
	}
	text, more := false, false
	for _, x := range plan.To {
		if x.Way == ByText && text || x.Way != ByText && more || x.Way == ByCall {
			continue
		}
		it, err := h.write(x)
		if err != nil {
			return nil, err
		}
		if x.Way == ByText {
			text, it.Subject = true, ""
		} else {
			more = true
		}
		out = append(out, Sample{x.Adult.Name, x.Way, it.Lang, it.Subject, it.Body})
	}
	return out, nil
}

// BalanceNote is what the page before sending says about one child.
type BalanceNote struct {
	Child string
	Balance
}

// NeedsLook tells whether a second person has to look before it leaves.
func (v View) NeedsLook() bool { return v.Plan != nil && len(v.Plan.To) > v.Many }

// Save keeps a message as it is being written. A new one has no key.
func (s *Service) Save(ctx context.Context, p access.Pass, id MessageID, t Typed, seen int) (MessageID, error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, err
	}
	t.clean()
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if !id.Zero() { // what is not theirs looks the same whatever the form says
			if _, err := mine(tx, id); err != nil {
				return err
			}
		}
		if err := t.check(); err != nil {
			return err
		}
		title, _, err := s.pupilsOf(tx, Send, t.Audience)
		if err != nil {
			return err
		}
		m := Message{ID: id, Version: 1, State: Draft, ByName: p.Who().Name, MadeMs: tx.Now()}
		var stored []string
		if id.Zero() {
			m.ID = ids.New[Message]()
			if n := p.Who().Staff; n != 0 {
				who := roll.StaffID(n)
				m.MadeBy = &who
			}
		} else {
			if m, err = mine(tx, id); err != nil {
				return err
			}
			if m.State != Draft && m.State != Waiting {
				return fault.New(fault.Conflict, "This message has been sent already. Write a new one.")
			}
			if m.Version != seen {
				return fault.New(fault.Conflict, "Somebody has changed this message since you opened it. Open it again; what you typed is still on this page.")
			}
			was, err := wordsOf(tx, id)
			if err != nil {
				return err
			}
			for _, w := range was {
				stored = append(stored, w.Subject, w.Body, w.Short)
			}
			m.Version++
			m.State, m.AskedMs = Draft, nil // whoever looked it through looked at other words
		}
		if err := s.keeper.Heed(stored, worry.Says("subject", "Subject", t.Subject), worry.Says("body", "Message", t.Body), worry.Says("short", "Text message", t.Short)); err != nil {
			return err
		}
		m.Title, m.Class, m.Tone, m.Sensitive, m.Way = cmp.Or(t.Title, t.Subject, firstWords(cmp.Or(t.Short, t.Body))), t.Class, t.Tone, t.Sensitive, t.Way
		m.Audience, m.AudienceWords, m.ChangedMs = t.Audience.write(), title, tx.Now()
		m.TemplateID = nil
		if !t.Template.Zero() {
			m.TemplateID = &t.Template
		}
		id = m.ID
		if err := putMessage(tx, m); err != nil {
			return err
		}
		english := Words{Lang: "en", Subject: t.Subject, Body: t.Body, Short: t.Short, Standing: Original, ByName: m.ByName}
		others, err := othersFor(tx, m, english)
		if err != nil {
			return err
		}
		if err := dropWords(tx, m.ID); err != nil {
			return err
		}
		for _, w := range append([]Words{english}, others...) {
			if err := putWords(tx, m.ID, w); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// othersFor finds the words of a message in other languages: those of its template while its English stands as the template has it, or of the phrases that it is made of.
func othersFor(tx *db.Tx, m Message, english Words) (out []Words, err error) {
	if m.TemplateID != nil {
		t, was, saying, err := TemplateSaying(tx, *m.TemplateID)
		if err != nil {
			return nil, err
		}
		roles := tx.Pass().Who().Roles
		if !MaySend(t, roles) {
			return nil, fault.New(fault.Forbidden, "This template is for other colleagues to send: %s.", roleWords(t))
		}
		if t.EndedMs == nil && was.Body == english.Body && was.Short == english.Short && was.Subject == english.Subject {
			return slices.DeleteFunc(saying.Words, func(w Words) bool { return w.Lang == "en" }), nil
		}
	}
	out, whole, err := PhraseWords(tx, english)
	if !whole {
		out = nil
	}
	return slices.DeleteFunc(out, func(w Words) bool { return w.Lang == "en" }), err
}

func roleWords(t Template) string {
	var out []string
	for _, r := range t.RoleList() {
		out = append(out, roll.RoleWords[access.Role(r)])
	}
	return strings.Join(out, ", ")
}

func (t *Typed) clean() {
	t.Title, t.Subject = oneLine(t.Title), oneLine(t.Subject)
	t.Body, t.Short = clean(t.Body), clean(t.Short)
}

func oneLine(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }

func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""), "\r\n", "\n"))
}

func (t Typed) check() error {
	var f fault.Fields
	room := func(name, what, text string, most int) {
		if n := utf8.RuneCountInString(text); n > most {
			f.Add(name, "%s has %d characters, and there is room for %d.", what, n, most)
		}
	}
	if t.Audience.Zero() {
		f.Add("to", "Choose whose families this is for.")
	}
	if !slices.Contains([]string{ByBest, ByText, ByEmail, ByLetter, ByCall}, t.Way) {
		f.Add("way", "Choose how it goes.")
	}
	if !listed(Classes, t.Class) {
		f.Add("class", "Choose what kind of message this is.")
	}
	if !listed(Tones, t.Tone) {
		f.Add("tone", "Say whether this is good news, a concern, or neither.")
	}
	switch {
	case t.Body == "" && t.Short == "":
		f.Add("body", "Write what you want to say.")
	case t.Way == ByText && t.Short == "":
		f.Add("short", "Write the words of the text message.")
	case t.Way == ByEmail && t.Body == "":
		f.Add("body", "Write the words of the e-mail.")
	}
	if t.Body != "" && t.Subject == "" && t.Way != ByText && t.Way != ByCall {
		f.Add("subject", "Write a subject: it stands above the letter and in the list of e-mails.")
	}
	room("title", "The name", t.Title, MaxTitle)
	room("subject", "The subject", t.Subject, MaxSubject)
	room("body", "The message", t.Body, MaxBody)
	room("short", "The text message", t.Short, MaxShort)
	for _, w := range []struct{ name, text string }{{"subject", t.Subject}, {"body", t.Body}, {"short", t.Short}} {
		for _, x := range pieces(w.text) {
			if x.bad != "" {
				f.Add(w.name, "%s", x.bad)
			}
		}
	}
	return f.Err()
}

func firstWords(s string) string {
	s = oneLine(s)
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

// mine opens a message for whoever wrote it, and for those who may look through others'.
func mine(tx *db.Tx, id MessageID) (Message, error) {
	m, found, err := messageByID(tx, id)
	if err != nil {
		return m, err
	}
	own := m.MadeBy != nil && int64(*m.MadeBy) == tx.Pass().Who().Staff && tx.Pass().Who().Staff != 0
	if !found || m.State == ThrownAway || !own && tx.Pass().Scope(Send) != access.All {
		return m, fault.Gone("message")
	}
	return m, nil
}

// Open shows a message: what would happen if it were sent now, or what became of it.
func (s *Service) Open(ctx context.Context, p access.Pass, id MessageID) (v View, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v, err = s.view(tx, id)
		return err
	})
	return v, err
}

func (s *Service) view(tx *db.Tx, id MessageID) (v View, err error) {
	if v.Message, err = mine(tx, id); err != nil {
		return v, err
	}
	words, err := wordsOf(tx, id)
	if err != nil {
		return v, err
	}
	for _, w := range words {
		if w.Lang == "en" {
			v.English = w
		} else {
			v.Others = append(v.Others, w)
		}
	}
	if err := v.settings(tx); err != nil {
		return v, err
	}
	who := tx.Pass().Who()
	v.Mine = v.MadeBy != nil && int64(*v.MadeBy) == who.Staff && who.Staff != 0
	v.MayLook = tx.Pass().Scope(Approve) == access.All && !v.Mine
	switch v.State {
	case Draft, Waiting:
		plan, err := s.plan(tx, v.Message, words)
		if err != nil {
			return v, err
		}
		v.Plan = &plan
		if v.Samples, err = s.samples(tx, plan, words); err != nil && fault.KindOf(err) != fault.Invalid {
			return v, err
		}
		return v, s.weigh(tx, &v)
	}
	v.Outcome, err = s.outcome(tx, v.Message)
	if left := deref(v.LeavesMs) - tx.Now(); v.State == Held && left > 0 {
		v.Held = int((left + 999) / 1000)
	}
	return v, err
}

func (v *View) settings(tx *db.Tx) error {
	live, err := roll.Decided(tx, "messages.live")
	if err != nil {
		return err
	}
	many, err := roll.Decided(tx, "messages.second_look")
	if err != nil {
		return err
	}
	pence, err := roll.Decided(tx, "messages.part_pence")
	if err != nil {
		return err
	}
	v.Live = live == "yes"
	v.Many, _ = strconv.Atoi(many)
	v.Pence, _ = strconv.ParseFloat(pence, 64)
	q, err := quietOf(tx)
	if err != nil {
		return err
	}
	v.NowMs = tx.Now()
	if v.SchoolName, _, err = roll.Sender(tx); err != nil {
		return err
	}
	v.Quiet = time.UnixMilli(tx.Now()).In(tx.DB().Clock().Zone())
	if v.Class != ClassUrgent {
		v.Quiet = q.Until(v.Quiet)
	}
	return nil
}

func quietOf(tx *db.Tx) (Quiet, error) {
	text, err := roll.Decided(tx, "messages.quiet")
	if err != nil {
		return Quiet{}, err
	}
	from, to, ok := roll.ReadHours(text)
	if !ok {
		return DefaultQuiet, nil
	}
	return Quiet{from, to}, nil
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// SendIt sends a message to as many adults as the page showed. To more than the school's bound it asks for a second person's look instead. It tells what it did: the
// new state of the message.
func (s *Service) SendIt(ctx context.Context, p access.Pass, id MessageID, version, adults int) (state string, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := s.view(tx, id)
		if err != nil {
			return err
		}
		if err := v.still(version, adults); err != nil {
			return err
		}
		switch {
		case v.State == Waiting:
			return fault.New(fault.Conflict, "This message waits for a second person.")
		case v.NeedsLook():
			state = Waiting
			m := v.Message
			m.State, m.AskedMs = Waiting, now(tx)
			return putMessage(tx, m)
		}
		state = Held
		return s.release(tx, v)
	})
	return state, err
}

// LookThrough lets a message go that waits for a second person. Nobody looks through their own.
func (s *Service) LookThrough(ctx context.Context, p access.Pass, id MessageID, version, adults int) error {
	if err := p.CheckAll(Approve); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := s.view(tx, id)
		if err != nil {
			return err
		}
		if v.State != Waiting {
			return fault.New(fault.Conflict, "This message does not wait for anybody.")
		}
		if !v.MayLook {
			return fault.New(fault.Forbidden, "You wrote this message yourself. Somebody else looks it through.")
		}
		if err := v.still(version, adults); err != nil {
			return err
		}
		who := roll.StaffID(p.Who().Staff)
		v.ApprovedBy, v.ApprovedName, v.ApprovedMs = &who, p.Who().Name, now(tx)
		if who == 0 {
			v.ApprovedBy = nil
		}
		return s.release(tx, v)
	})
}

func now(tx *db.Tx) *int64 { n := tx.Now(); return &n }

// still refuses what has changed since the page was shown: other words, or another number of adults.
func (v View) still(version, adults int) error {
	switch {
	case v.Plan == nil:
		return fault.New(fault.Conflict, "This message has been sent already.")
	case v.Version != version:
		return fault.New(fault.Conflict, "Somebody has changed this message since you opened the page. Look at it again before it goes.")
	case len(v.Plan.To) == 0:
		return fault.New(fault.Invalid, "There is nobody whom this message could go to. The page says why.")
	case len(v.Plan.To) != adults:
		return fault.New(fault.Conflict, "It would go to %d adults now, and the page showed %d. Somebody has changed the roll. Look again before it goes.", len(v.Plan.To), adults)
	}
	return nil
}

// release writes a copy for everybody and queues what leaves by itself.
func (s *Service) release(tx *db.Tx, v View) error {
	m := v.Message
	leaves := tx.Now() + Grace(len(v.Plan.To)).Milliseconds()
	m.State, m.Trial, m.LeavesMs = Held, !v.Live, &leaves
	if err := putMessage(tx, m); err != nil {
		return err
	}
	by := map[string]Words{"en": v.English}
	for _, w := range v.Others {
		by[w.Lang] = w
	}
	rank := post.Usual
	switch {
	case m.Class == ClassUrgent:
		rank = post.Urgent
	case len(v.Plan.To) > 20:
		rank = post.Bulk
	}
	made, err := s.lettersFor(tx, v, by)
	if err != nil {
		return err
	}
	samples := map[string]bool{}
	for i, x := range append(slices.Clone(v.Plan.To), v.Plan.Not...) {
		c := Copy{ID: ids.New[Copy](), MessageID: m.ID, AdultID: x.Adult.ID, Way: x.Way, Lang: x.In.Lang, Standing: x.In.Standing, Why: x.Why, Folded: x.Channel.Folded, State: "open"}
		switch {
		case x.Way == ByNone:
			c.State = "none"
		case m.Trial:
			c.State = "trial"
			if err := s.sample(tx, m, x, made[i], samples); err != nil {
				return err
			}
		case x.Way == ByText || x.Way == ByEmail:
			c.State = "post"
			it := made[i]
			it.Way, it.Adult, it.About, it.Key, it.Address, it.Rank, it.NotBefore = post.SMS, int64(x.Adult.ID), About, int64(m.ID), x.Channel.Value, rank, max(leaves, v.Quiet.UnixMilli())
			if x.Way == ByEmail {
				it.Way, it.ReplyTo = post.Email, post.AnswerHere
			}
			if len(x.Children) == 1 {
				it.Pupil = int64(x.Children[0].ID)
			}
			id, err := s.Post.Send(tx, it)
			if err != nil {
				return err
			}
			c.ItemID = int64(id)
			org := tx.Pass().Org()
			if err := tx.Within(access.Installation("note which school wrote to a number").Often(), func(in *db.Tx) error {
				return putLine(in, x.Channel.Kind, lineMark(x.Channel.Folded), org)
			}); err != nil {
				return err
			}
		}
		if err := putCopy(tx, c, x.Children); err != nil {
			return err
		}
	}
	return nil
}

// sample sends whoever tries things out what the first adult of each way and language would read.
func (s *Service) sample(tx *db.Tx, m Message, x Planned, it post.Item, done map[string]bool) error {
	if m.MadeBy == nil || done[x.Way+x.In.Lang] || !s.Post.Open(post.Email) || it.Body == "" {
		return nil
	}
	done[x.Way+x.In.Lang] = true
	address, err := roll.StaffEmail(tx, *m.MadeBy)
	if err != nil || !post.Fits(post.Email, address) {
		return err
	}
	it.Way, it.Staff, it.About, it.Key, it.Address = post.Email, int64(*m.MadeBy), "messages.sample", int64(m.ID), address
	it.Subject = fmt.Sprintf("Trial, %s, %s: %s", lower(WayWords(x.Way)), say.Tongue(x.In.Lang).English(), cmp.Or(it.Subject, m.Title))
	_, err = s.Post.Send(tx, it)
	return err
}

// TakeBack keeps from leaving what has not left. It tells how many copies that were, and how many had gone.
func (s *Service) TakeBack(ctx context.Context, p access.Pass, id MessageID) (kept, gone int, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		m, err := mine(tx, id)
		if err != nil {
			return err
		}
		if m.State != Held && m.State != Gone {
			return fault.New(fault.Conflict, "There is nothing to take back: this message has not been sent.")
		}
		if _, err := post.Stop(tx, About, int64(id), "It was taken back by "+p.Who().Name+"."); err != nil {
			return err
		}
		if kept, gone, err = stopCopies(tx, id, p.Who().Name); err != nil {
			return err
		}
		if kept == 0 {
			return fault.New(fault.Conflict, "Everything has left already. Write another message to put it right.")
		}
		m.State, m.EndedMs, m.EndedBy = TakenBack, now(tx), p.Who().Name
		return putMessage(tx, m)
	})
	return kept, gone, err
}

// Throw throws a message away that was never sent.
func (s *Service) Throw(ctx context.Context, p access.Pass, id MessageID) error {
	if _, err := p.CheckNamed(Send); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		m, err := mine(tx, id)
		if err != nil {
			return err
		}
		if m.State != Draft && m.State != Waiting {
			return fault.New(fault.Conflict, "This message has been sent. It stays on the record.")
		}
		m.State, m.EndedMs, m.EndedBy = ThrownAway, now(tx), p.Who().Name
		return putMessage(tx, m)
	})
}

// MayLeave is asked about items just before they leave: the message still stands, its hours have come, its number still wants it, and no order about any of the
// children it names was made in between.
func MayLeave(tx *db.Tx, list []post.Item) ([]post.Verdict, error) {
	out := make([]post.Verdict, len(list))
	var at []int
	for i, it := range list {
		if it.About == About {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return out, nil
	}
	stopped, err := stopsOf(tx)
	if err != nil {
		return nil, err
	}
	q, err := quietOf(tx)
	if err != nil {
		return nil, err
	}
	local := time.UnixMilli(tx.Now()).In(tx.DB().Clock().Zone())
	known := map[int64]Message{}
	var concerns []roll.Concern
	var of []int
	for _, i := range at {
		it := list[i]
		m, had := known[it.Key]
		if !had {
			if m, _, err = messageByID(tx, MessageID(it.Key)); err != nil {
				return nil, err
			}
			known[it.Key] = m
		}
		kind := "phone"
		if it.Way == post.Email {
			kind = "email"
		}
		switch why := stopped[roll.FoldChannel(kind, it.Address)]; {
		case m.State != Held && m.State != Gone:
			out[i].Why = "It was taken back."
		case why == "wrong":
			out[i].Why = "The number belongs to somebody else."
		case why != "":
			out[i].Why = "They asked for no more messages there."
		case m.Class != ClassUrgent:
			if end := q.Until(local); end.After(local) {
				out[i].Until = end.UnixMilli()
			}
		}
		children := []roll.PupilID{roll.PupilID(it.Pupil)}
		if it.Pupil == 0 {
			if children, err = childrenOfItem(tx, int64(it.ID)); err != nil {
				return nil, err
			}
		}
		for _, c := range children {
			concerns, of = append(concerns, roll.Concern{Adult: roll.AdultID(it.Adult), Pupil: c}), append(of, i)
		}
	}
	why, err := roll.WhyNotEach(tx, concerns, roll.Contact|roll.Information)
	for k, w := range why {
		if w != "" {
			out[of[k]].Why = w
		}
	}
	return out, err
}
