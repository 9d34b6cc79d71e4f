package messages

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Incoming is an answer or a message that a family sent by text or e-mail.
type Incoming struct {
	ID        int64  // the same however often it is handed over
	Way       string // post.SMS or post.Email
	From      string // the number or address, as the gateway gives it
	Text      string
	AtMs      int64
	Reference string // ours, when it answers something of ours; "" when that is not known
	Auto      bool   // a machine wrote it: a holiday notice, a list. It is kept out of the way and never answered
}

// Receive takes an answer in and puts it before whoever answers for the family: the key contact, or who covers for them. It finds the school by what was
// answered, else by who wrote to this number last. What comes from a number that nobody here knows is left alone. Handed over twice it is taken once.
func (s *Service) Receive(ctx context.Context, in Incoming) error {
	var org int64
	kind := "phone"
	if in.Way == post.Email {
		kind = "email"
	}
	folded := roll.FoldChannel(kind, in.From)
	if o, _, ok := post.ReadReference(in.Reference); ok {
		org = o
	} else {
		if err := s.DB.View(ctx, access.Installation("find the school that an answer is for").Often(), func(tx *db.Tx) error {
			list, err := linesTo(tx, kind, lineMark(folded))
			if len(list) > 0 {
				org = list[0]
			}
			return err
		}); err != nil || org == 0 {
			return err
		}
	}
	return s.DB.Update(ctx, access.System("take in what a family answered", org).Often(), func(tx *db.Tx) error {
		if had, err := contactByID(tx, ContactID(in.ID)); err != nil || len(had) > 0 {
			return err
		}
		return s.receive(tx, kind, folded, in)
	})
}

// lineMark is what stands for a number or an address in the list of the installation.
func lineMark(folded string) string {
	h := sha256.Sum256([]byte("messages.line " + folded))
	return hex.EncodeToString(h[:])
}

func (s *Service) receive(tx *db.Tx, kind, folded string, in Incoming) error {
	adult, c, err := s.sender(tx, kind, folded, in.Reference)
	if err != nil {
		return err
	}
	way := ByText
	if in.Way == post.Email {
		way = ByEmail
	}
	at := cmp.Or(in.AtMs, tx.Now())
	k := Contact{ID: ContactID(in.ID), Way: way, Direction: "in", Tone: Neutral, Words: firstOf(clean(in.Text), 4000), HappenedOn: dayOf(tx, at), AtMs: at, ByName: "", MadeMs: tx.Now(), Folded: folded}
	if c != nil {
		k.CopyID = c.ID
	}
	var children []roll.PupilID
	k.ByName = "An unknown number"
	if !adult.Zero() {
		k.AdultID = &adult
		if k.ByName, _, err = roll.AdultName(tx, adult); err != nil {
			return err
		}
		open, err := roll.OpenTo(tx, adult)
		if err != nil {
			return err
		}
		for _, t := range open {
			children = append(children, t.Pupil.ID)
		}
		if c != nil { // about the children that were written about, where they are known
			of, err := childrenOfCopy(tx, c.ID)
			if err != nil {
				return err
			}
			if both := slices.DeleteFunc(slices.Clone(of), func(p roll.PupilID) bool { return !slices.Contains(children, p) }); len(both) > 0 {
				children = both
			}
		}
	}
	said := ReadAnswer(in.Text)
	stopped, err := stopsOf(tx)
	if err != nil {
		return err
	}
	switch {
	case in.Auto:
	case said == SaidStop && kind == "phone":
		if err := putStop(tx, kind, folded, "stop", k.Words); err != nil {
			return err
		}
	case said == SaidStart && stopped[folded] == "stop":
		if _, err := endStops(tx, kind, folded, "stop", k.ByName); err != nil {
			return err
		}
	case said == SaidWrong:
		if err := putStop(tx, kind, folded, "wrong", k.Words); err != nil {
			return err
		}
	}
	if !in.Auto {
		if err := s.giveTo(tx, &k, children); err != nil {
			return err
		}
	}
	if err := putContact(tx, k, children); err != nil {
		return err
	}
	if k.AskedMs != nil {
		if err := s.promiseEscalation(tx, k); err != nil {
			return err
		}
	}
	if in.Auto || adult.Zero() {
		return nil
	}
	return s.acknowledge(tx, k, in, said, stopped[folded] == "stop")
}

// nextSchoolDay is a day, or the next one on which the school is open.
func nextSchoolDay(tx *db.Tx, day string) (string, error) {
	off, err := roll.DaysOff(tx)
	if err != nil {
		return "", err
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", err
	}
	for range 120 {
		if roll.SchoolDays(t.AddDate(0, 0, -1).Format(time.DateOnly), t.Format(time.DateOnly), off) > 0 {
			break
		}
		t = t.AddDate(0, 0, 1)
	}
	return t.Format(time.DateOnly), nil
}

func firstOf(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// sender finds whose answer it is: of what was answered; else, of the adults with this number, the one who was written to last.
func (s *Service) sender(tx *db.Tx, kind, folded, reference string) (roll.AdultID, *Copy, error) {
	if _, item, ok := post.ReadReference(reference); ok {
		c, found, err := copyOfItem(tx, int64(item))
		if err != nil {
			return 0, nil, err
		}
		if found {
			return c.AdultID, &c, nil
		}
	}
	adults, err := roll.AdultsBy(tx, kind, folded)
	if err != nil || len(adults) == 0 {
		return 0, nil, err
	}
	c, found, err := latestTo(tx, folded)
	switch {
	case err != nil:
		return 0, nil, err
	case found && slices.Contains(adults, c.AdultID):
		return c.AdultID, &c, nil
	case len(adults) == 1:
		return adults[0], nil, nil
	}
	return 0, nil, nil // two share the number, and nothing tells them apart
}

// giveTo says whose turn it is. What may be about a child's safety goes to the safeguarding lead at once, and to nobody else's eyes.
func (s *Service) giveTo(tx *db.Tx, k *Contact, children []roll.PupilID) error {
	k.AskedMs = now(tx)
	if worry.Possible(k.Words) {
		lead, err := holderOf(tx, roll.SafeguardingLead)
		if err == nil && lead == nil {
			lead, err = holderOf(tx, roll.Head)
		}
		k.OwnerID, k.Readers, k.Tone = lead, string(roll.SafeguardingLead), Concern
		return err
	}
	for _, p := range children { // the key contact, or who stands in for them today
		who, err := AnswersFor(tx, p)
		if err != nil {
			return err
		}
		if !who.Zero() {
			k.OwnerID = &who
			return nil
		}
	}
	who, err := holderOf(tx, roll.Office)
	k.OwnerID = who
	return err
}

// holderOf is somebody who holds a role today; nil for nobody.
func holderOf(tx *db.Tx, role access.Role) (*roll.StaffID, error) {
	people, err := roll.People(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		roles, err := roll.RolesOf(tx, p.ID)
		if err != nil {
			return nil, err
		}
		if slices.Contains(roles, role) {
			return &p.ID, nil
		}
	}
	return nil, nil
}

// acknowledge answers by itself where somebody would wonder: to STOP and START, and out of hours, when it says on which day somebody reads it. It answers one number at
// most once in twelve hours, so that two machines never talk to each other all night.
func (s *Service) acknowledge(tx *db.Tx, k Contact, in Incoming, said Said, wasStopped bool) error {
	if k.AdultID == nil || !s.Post.Open(in.Way) {
		return nil
	}
	a, found, err := roll.AdultAt(tx, *k.AdultID)
	if err != nil || !found {
		return err
	}
	l, _ := say.Reads(a.Reads)
	words := ""
	switch {
	case said == SaidStop && in.Way == post.SMS:
		words = l.Put(tStopped)
	case said == SaidStart && wasStopped:
		words = l.Put(tStarted)
	case said == SaidWrong || wasStopped:
		return nil
	default:
		q, err := quietOf(tx)
		if err != nil {
			return err
		}
		local := time.UnixMilli(tx.Now()).In(tx.DB().Clock().Zone())
		day, err := nextSchoolDay(tx, q.Until(local).Format(time.DateOnly))
		if err != nil {
			return err
		}
		if day == tx.Today() && !q.Until(local).After(local) {
			return nil // somebody is there
		}
		words = l.Put(tLater, say.Args{"day": l.Day(day)})
	}
	items, err := post.To(tx, int64(a.ID))
	if err != nil {
		return err
	}
	about := AboutAnswer
	if said == SaidWords || said == SaidStart && !wasStopped {
		about = AboutLater
		for _, it := range items {
			if it.About == AboutLater && it.MadeMs > tx.Now()-(12*time.Hour).Milliseconds() {
				return nil
			}
		}
	}
	school, _, err := roll.Sender(tx)
	if err != nil {
		return err
	}
	it := post.Item{Way: in.Way, Adult: int64(a.ID), About: about, Key: int64(k.ID), Address: in.From, Lang: l.Tag(), Subject: school, Body: words}
	if in.Way == post.SMS {
		it.Body = school + ": " + words
	}
	if !post.Fits(it.Way, it.Address) {
		return nil
	}
	_, err = s.Post.Send(tx, it)
	return err
}

// What the items of post belong to that Ajar answers by itself: to STOP and START, and out of hours.
const (
	AboutAnswer = "messages.answer"
	AboutLater  = "messages.later"
)

// Thread is what was said between the school and one adult, both ways, newest first.
type Thread struct {
	Adult    roll.Adult
	Children []roll.PupilHit
	Lines    []ThreadLine
	Stops    []Stop
}

// ThreadLine is one thing that was said.
type ThreadLine struct {
	AtMs      int64
	In        bool
	Way, Tone string
	Subject   string
	Words     string
	Who       string
	Stands    string
	Contact   *Contact
	Message   MessageID
}

// ThreadWith opens what was said with an adult, for whoever reads about one of their children.
func (s *Service) ThreadWith(ctx context.Context, p access.Pass, pupil roll.PupilID, adult roll.AdultID) (t Thread, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return t, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Read, pupil); err != nil {
			return err
		}
		rels, err := roll.Relations(tx, pupil)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rels, func(r roll.Relation) bool { return r.Adult.ID == adult })
		if i < 0 {
			return fault.Gone("family")
		}
		t.Adult = rels[i].Adult
		if t.Children, err = roll.NamesOf(tx, []roll.PupilID{pupil}); err != nil {
			return err
		}
		t.Lines, err = s.threadLines(tx, pupil, adult)
		if err != nil {
			return err
		}
		stops, err := stopList(tx)
		for _, x := range stops {
			if slices.ContainsFunc(t.Adult.Channels, func(c roll.Channel) bool { return c.Kind == x.Kind && c.Folded == x.Folded }) {
				t.Stops = append(t.Stops, x)
			}
		}
		return err
	})
	return t, err
}

func (s *Service) threadLines(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []ThreadLine, err error) {
	copies, err := copiesTo(tx, adult, pupil)
	if err != nil {
		return nil, err
	}
	for _, l := range copies {
		m, _, err := messageByID(tx, l.MessageID)
		if err != nil {
			return nil, err
		}
		words, err := wordsOf(tx, l.MessageID)
		if err != nil {
			return nil, err
		}
		line := ThreadLine{AtMs: cmp.Or(deref(m.LeavesMs), m.ChangedMs), Way: l.Way, Tone: m.Tone, Who: m.ByName, Stands: l.Stands(), Message: m.ID}
		for _, w := range words {
			if w.Lang == l.Lang {
				line.Subject, line.Words = w.Subject, w.Body
				if l.Way == ByText {
					line.Words = cmp.Or(w.Short, w.Body)
				}
			}
		}
		out = append(out, line)
	}
	contacts, err := contactsOfPupil(tx, pupil)
	if err != nil {
		return nil, err
	}
	if contacts, err = dress(tx, contacts); err != nil {
		return nil, err
	}
	for i := range contacts {
		c := contacts[i].Contact
		if c.AdultID == nil || *c.AdultID != adult || c.StruckMs != nil {
			continue
		}
		line := ThreadLine{AtMs: c.AtMs, In: c.Direction == "in", Way: c.Way, Tone: c.Tone, Words: c.Words, Who: c.ByName, Contact: &c}
		if contacts[i].Hidden {
			line.Words, line.Contact = "", nil
			line.Stands = "For certain colleagues only. Ask the safeguarding lead."
		} else if c.AnsweredMs != nil {
			line.Stands = "Answered by " + c.AnsweredBy + ": " + c.Answer
		} else if c.AskedMs != nil {
			line.Stands = "Waits for an answer"
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b ThreadLine) int { return cmp.Compare(b.AtMs, a.AtMs) })
	return out, nil
}

// Unstop lets a number or an address be used again, with who said so.
func (s *Service) Unstop(ctx context.Context, p access.Pass, pupil roll.PupilID, adult roll.AdultID, kind, folded string) error {
	if _, err := p.CheckNamed(Send); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Send, pupil); err != nil {
			return err
		}
		a, found, err := roll.AdultAt(tx, adult)
		if err != nil {
			return err
		}
		rels, err := roll.Relations(tx, pupil)
		if err != nil {
			return err
		}
		tied := slices.ContainsFunc(rels, func(r roll.Relation) bool { return r.Adult.ID == adult })
		if !found || !tied || !slices.ContainsFunc(a.Channels, func(c roll.Channel) bool { return c.Kind == kind && c.Folded == folded }) {
			return fault.Gone("family")
		}
		n, err := endStops(tx, kind, folded, "", p.Who().Name)
		if err == nil && n == 0 {
			err = fault.Gone("family")
		}
		return err
	})
}

// Reachable are the adults of a child whom one may write to today, by name.
func Reachable(tx *db.Tx, p roll.Pupil) (out []roll.Adult, err error) {
	rels, err := roll.Relations(tx, p.ID)
	for _, r := range rels {
		if ok, _ := roll.May(r, roll.Contact|roll.Information, tx.Today()); ok {
			out = append(out, r.Adult)
		}
	}
	return out, err
}
