package family

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// Ask of Issue: for whom, to what, and how it leaves the house.
type Wanted struct {
	// ID is made by the page that shows the form, so that a form sent twice makes one link; zero makes one here.
	ID       LinkID
	Adult    roll.AdultID
	Pupil    roll.PupilID // the child whose page it was made from; zero when it is about none
	Thing    string       // Page when empty
	ThingKey int64
	Way      string // ByLetter when empty
	Base     string // how this Ajar is reached from outside, as the colleague sees it who makes the link
	Batch    BatchID
	Keys     []int64 // for Plan: the newest of these that the adult can open
	Since    *int64  // for Plan: whoever has been given such a link since then, which still opens, is left out
}

// Issue makes a link and a code in the transaction of its cause. The caller has checked that this adult may be written to about the child; the link
// itself asks again each time somebody opens it. What nobody has opened yet of the same thing is taken back: a new letter replaces the lost one.
func (s *Service) Issue(tx *db.Tx, w Wanted) (Made, error) {
	a, found, err := roll.AdultAt(tx, w.Adult)
	if err != nil || !found {
		if err == nil {
			err = fault.Gone("adult")
		}
		return Made{}, err
	}
	return s.issue(tx, a, w)
}

func (s *Service) issue(tx *db.Tx, a roll.Adult, w Wanted) (m Made, err error) {
	if w.ID.Zero() {
		w.ID = newID[Link]()
	}
	if w.Thing == "" {
		w.Thing = Page
	}
	if w.Way == "" {
		w.Way = ByLetter
	}
	days, err := linkDays(tx)
	if err != nil {
		return m, err
	}
	ends := lastMoment(tx.Now(), days)
	l := Link{ID: w.ID, AdultID: a.ID, Thing: w.Thing, ThingKey: w.ThingKey, Way: w.Way, Base: w.Base, Batch: w.Batch, EndsMs: ends, ByName: tx.Pass().Who().Name}
	if tx.Pass().Who().Adult != 0 || tx.Pass().Reason() != "" {
		l.ByName = ""
	}
	if !w.Pupil.Zero() {
		l.PupilID = &w.Pupil
	}
	fresh, err := insertLink(tx, l)
	if err != nil {
		return m, err
	}
	if !fresh {
		return m, fault.New(fault.Conflict, "This link has been made already, and its code was shown once. If the letter is lost, make another: the lost one then stops working.")
	}
	if _, err := revokeWaiting(tx, l, "a newer one was made"); err != nil {
		return m, err
	}
	if _, err := doneAsks(tx, a.ID, w.Thing, w.ThingKey, l.ByName); err != nil {
		return m, err
	}
	m = Made{Link: l.ID, Adult: a, Secret: newSecret(), Code: newCode(), Ends: dayOf(ends)}
	if m.Tongue, err = tongueFor(tx, a); err != nil {
		return m, err
	}
	org := tx.Pass().Org()
	code, _ := readCode(m.Code)
	if err := tx.Within(access.Installation("keep the hashes of a personal link"), func(tx *db.Tx) error {
		if err := insertKey(tx, hash(ofLink, m.Secret), key{Org: org, Link: l.ID, EndsMs: ends}); err != nil {
			return err
		}
		return insertKey(tx, hash(ofCode, code), key{Org: org, Link: l.ID, Code: true, EndsMs: ends})
	}); err != nil {
		return m, err
	}
	return m, s.note(tx, a.ID, "made a personal link: "+s.wordsOf(w.Thing))
}

// linkDays is how long the school lets a link live.
func linkDays(tx *db.Tx) (int, error) {
	v, err := roll.Setting(tx, SettingDays)
	if n, bad := strconv.Atoi(v); bad == nil && n > 0 {
		return n, err
	}
	return LinkDays, err
}

// lastMoment is the end of a day in the school's zone, so that "until 3 March" on a letter is true all through that day. An hour over, when the clocks
// change, harms nobody.
func lastMoment(now int64, days int) int64 {
	t := time.UnixMilli(now).UTC()
	return time.Date(t.Year(), t.Month(), t.Day()+days+1, 0, 0, 0, 0, time.UTC).UnixMilli() - 1
}

func dayOf(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }

// wordsOf says to staff what a link opens.
func (s *Service) wordsOf(thing string) string {
	if t, ok := s.thing(thing); ok {
		return t.Words
	}
	return "their own page"
}

// Family is a pupil's page of links: the adults, and what each has.
type Family struct {
	Pupil  roll.Pupil
	Adults []AdultLinks
	Things []string
	Closed int // adults whom an order or the end of a tie keeps out
	Next   LinkID
	Sends  bool // a way out of the house has been set up
}

// AdultLinks is one adult who may be given links about the child.
type AdultLinks struct {
	Adult   roll.Adult
	Tie     roll.Tie
	Links   []Link
	Devices []Device
	Shared  []string // who else is reached by one of their phones or addresses
	Items   []Offered
	Tongue  string // the language the adult chose or reads, in English words
	Next    LinkID
	Joined  bool // they see this school's record together with that of another
}

// Offered is a thing that a link can be made for.
type Offered struct {
	Thing string
	Key   int64
	Words string
}

// LinksOf opens the links about one pupil for staff.
func (s *Service) LinksOf(ctx context.Context, p access.Pass, pupil roll.PupilID) (f Family, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return f, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if f.Pupil, err = roll.Enter(tx, Give, pupil); err != nil {
			return err
		}
		rels, err := roll.Relations(tx, pupil)
		if err != nil {
			return err
		}
		for _, r := range rels {
			if !given(r, tx.Today()) {
				f.Closed++
				continue
			}
			a, err := s.adultLinks(tx, f.Pupil, r)
			if err != nil {
				return err
			}
			f.Adults = append(f.Adults, a)
		}
		return nil
	})
	f.Next, f.Sends = newID[Link](), s.CanSend()
	return f, err
}

// given tells whether a link about the child may be handed to this adult: they may be written to and told.
func given(r roll.Relation, day string) bool {
	contact, _ := roll.May(r, roll.Contact, day)
	told, _ := roll.May(r, roll.Information, day)
	return contact && told
}

// tellApart adds the second line to what would be called the same, such as the questions of two audits that are open at once.
func tellApart(list []Offered, notes []string) {
	times := map[string]int{}
	for _, o := range list {
		times[o.Words]++
	}
	for i := range list {
		if times[list[i].Words] > 1 && notes[i] != "" {
			list[i].Words += " " + notes[i]
		}
	}
}

func (s *Service) adultLinks(tx *db.Tx, pupil roll.Pupil, r roll.Relation) (out AdultLinks, err error) {
	out = AdultLinks{Adult: r.Adult, Tie: r.Tie, Next: newID[Link]()}
	if out.Links, err = linksOf(tx, r.Adult.ID); err != nil {
		return out, err
	}
	org := tx.Pass().Org()
	var byLink map[LinkID]int
	if err := tx.Within(access.Installation("list the devices of an adult"), func(tx *db.Tx) error {
		if byLink, err = devicesBy(tx, org, r.Adult.ID, tx.Now()); err != nil {
			return err
		}
		out.Devices, err = devicesOf(tx, org, r.Adult.ID, tx.Now())
		return err
	}); err != nil {
		return out, err
	}
	for i := range out.Links {
		l := &out.Links[i]
		l.Devices, l.ThingWords, l.AdultName = byLink[l.ID], s.wordsOf(l.Thing), r.Adult.Name
		l.StillOpens = stateOf(*l, 1, tx.Now()) == Open
		l.StateWords = linkWords(*l, tx.Now())
		if l.Went, err = wentWords(tx, *l); err != nil {
			return out, err
		}
	}
	child := roll.TiedPupil{Pupil: pupil, Relation: r}
	var notes []string
	for _, t := range s.things {
		items, err := t.Items(tx, r.Adult.ID, child)
		if err != nil {
			return out, err
		}
		for _, i := range items {
			en := say.Tongue("en")
			out.Items = append(out.Items, Offered{t.Key, i.Key, en.Put(i.Title, i.Args)})
			notes = append(notes, en.Put(i.Note, i.Told))
		}
	}
	tellApart(out.Items, notes)
	if out.Joined, err = roll.SeenTogether(tx, r.Adult.ID); err != nil {
		return out, err
	}
	tongue, err := tongueOf(tx, r.Adult.ID)
	if err != nil {
		return out, err
	}
	if l, ok := say.Known(tongue); ok && tongue != "" {
		out.Tongue = l.English()
	} else if l, ok := say.Reads(r.Adult.Reads); ok {
		out.Tongue = l.English()
	}
	return out, nil
}

func linkWords(l Link, now int64) string {
	day := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }
	switch stateOf(l, 1, now) {
	case Taken:
		return "Taken back on " + day(*l.RevokedMs) + ": " + l.RevokedWhy
	case Over:
		return "Ended on " + day(l.EndsMs)
	case Used:
		return fmt.Sprintf("Opened on %d devices, which is as many as one link opens", l.Opened)
	}
	switch l.Opened {
	case 0:
		return "Not opened yet; works until " + day(l.EndsMs)
	case 1:
		return "Opened on " + day(*l.OpenedMs) + "; works until " + day(l.EndsMs)
	}
	return fmt.Sprintf("Opened on %d devices, last on %s; works until %s", l.Opened, day(*l.OpenedMs), day(l.EndsMs))
}

// enterGiven opens a pupil for staff and finds an adult of theirs who may be given links.
func enterGiven(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (roll.Pupil, roll.Relation, error) {
	p, err := roll.Enter(tx, Give, pupil)
	if err != nil {
		return p, roll.Relation{}, err
	}
	rels, err := roll.Relations(tx, pupil)
	if err != nil {
		return p, roll.Relation{}, err
	}
	for _, r := range rels {
		if r.Adult.ID == adult && given(r, tx.Today()) {
			return p, r, nil
		}
	}
	return p, roll.Relation{}, fault.Gone("adult")
}

// Give makes a link for one adult of a pupil. The answer holds the secret and the code, which nobody sees again.
func (s *Service) Give(ctx context.Context, p access.Pass, w Wanted) (m Made, pupil roll.Pupil, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return m, pupil, err
	}
	if w.Way != "" && w.Way != ByLetter && w.Way != ByCopy {
		return m, pupil, fault.Field("way", "Choose whether to print the link or to copy it.")
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		var r roll.Relation
		if pupil, r, err = enterGiven(tx, w.Pupil, w.Adult); err != nil {
			return err
		}
		if err := s.sureOf(tx, r, pupil, w); err != nil {
			return err
		}
		m, err = s.issue(tx, r.Adult, w)
		m.Post = r.Post
		return err
	})
	return m, pupil, err
}

// sureOf refuses a link to a thing that is not this adult's.
func (s *Service) sureOf(tx *db.Tx, r roll.Relation, pupil roll.Pupil, w Wanted) error {
	if w.Thing == "" || w.Thing == Page {
		return nil
	}
	t, ok := s.thing(w.Thing)
	if !ok {
		return fault.Gone("sheet")
	}
	items, err := t.Items(tx, r.Adult.ID, roll.TiedPupil{Pupil: pupil, Relation: r})
	if err != nil {
		return err
	}
	for _, i := range items {
		if i.Key == w.ThingKey {
			return nil
		}
	}
	return fault.Gone("sheet")
}

// TakeBack ends a link and forgets the devices that it opened.
func (s *Service) TakeBack(ctx context.Context, p access.Pass, pupil roll.PupilID, id LinkID) error {
	if _, err := p.CheckNamed(Give); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		l, found, err := linkByID(tx, id)
		if err != nil {
			return err
		}
		if !found {
			return fault.Gone("link")
		}
		// Taking back is open for an adult under an order, too: what can only close is never refused.
		if err := tiedTo(tx, pupil, l.AdultID); err != nil {
			return err
		}
		return s.takeBack(tx, l, p.Who().Name)
	})
}

// takeBack ends a link, keeps it from leaving if it has not left yet, and forgets the devices that it opened.
func (s *Service) takeBack(tx *db.Tx, l Link, by string) error {
	if _, err := revokeLink(tx, l.ID, "by "+by); err != nil {
		return err
	}
	if s.Post != nil {
		if _, err := post.Stop(tx, About, int64(l.ID), "it was taken back before it left."); err != nil {
			return err
		}
	}
	org := tx.Pass().Org()
	if err := tx.Within(access.Installation("forget the devices of a link that was taken back"), func(tx *db.Tx) error {
		_, err := dropReadersBy(tx, org, l.ID)
		return err
	}); err != nil {
		return err
	}
	return s.note(tx, l.AdultID, "took back a personal link: "+s.wordsOf(l.Thing))
}

// ForgetDevices forgets every device of an adult, for a phone that was lost.
func (s *Service) ForgetDevices(ctx context.Context, p access.Pass, pupil roll.PupilID, adult roll.AdultID) (n int64, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := tiedTo(tx, pupil, adult); err != nil {
			return err
		}
		if err := tx.Within(access.Installation("forget the devices of an adult"), func(tx *db.Tx) error {
			n, err = dropReadersOf(tx, p.Org(), adult)
			return err
		}); err != nil {
			return err
		}
		return s.note(tx, adult, "forgot the devices")
	})
	return n, err
}

func tiedTo(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) error {
	if _, err := roll.Enter(tx, Give, pupil); err != nil {
		return err
	}
	rels, err := roll.Relations(tx, pupil)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.Adult.ID == adult {
			return nil
		}
	}
	return fault.Gone("adult")
}

// AsksOf lists who asked for a new link and could not be sent one.
func (s *Service) AsksOf(ctx context.Context, p access.Pass) (out []Ask, err error) {
	if err := p.CheckAll(Give); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := waitingAsks(tx)
		if err != nil {
			return err
		}
		for _, a := range list {
			// An adult who is kept out by now is no longer offered: the office would be asked to send a link that opens nothing.
			children, err := roll.OpenTo(tx, a.AdultID)
			if err != nil {
				return err
			}
			if len(children) == 0 {
				continue
			}
			adult, found, err := roll.AdultAt(tx, a.AdultID)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			if a.PupilID == nil {
				a.PupilID = &children[0].Pupil.ID
			}
			a.Name, a.Reached = adult.Name, strings.Trim(adult.Ways("phone")+", "+adult.Ways("email"), ", ")
			out = append(out, a)
		}
		return nil
	})
	return out, err
}

// AskDone marks that somebody was helped in another way, for example by a call.
func (s *Service) AskDone(ctx context.Context, p access.Pass, id AskID) error {
	if err := p.CheckAll(Give); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		n, err := doneAsk(tx, id, p.Who().Name)
		if err == nil && n == 0 {
			err = fault.Gone("request")
		}
		return err
	})
}
