package family

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// A link goes by text or e-mail to a way that the school holds, in the words of the adult's language. Orders are asked when it is written, and once more
// when it leaves the house (MayLeave). Its words say whom it is from and hold nothing about a child.

// About is what the items of post belong to that carry a link.
const About = "family.link"

// Grace is how long a link that goes to many waits before it leaves, so that it can be taken back.
const Grace = 5 * time.Minute

// Batch is one sending to many.
type Batch struct{}

// BatchID is its key. The page that shows the preview makes it, so that a form sent twice sends once.
type BatchID = ids.ID[Batch]

// CanSend tells whether any way out of the house has been set up.
func (s *Service) CanSend() bool {
	return s.Post != nil && s.Words != nil && (s.Post.Open(post.SMS) || s.Post.Open(post.Email))
}

func (s *Service) waysOf(tx *db.Tx, a roll.Adult) ([]roll.Way, error) {
	if !s.CanSend() {
		return nil, nil
	}
	links, err := linksOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	items, err := wentTo(tx, a.ID)
	if err != nil {
		return nil, err
	}
	var tries []roll.Try
	for _, l := range links {
		if l.SentKind == "" {
			continue
		}
		t := roll.Try{Kind: l.SentKind, Folded: l.SentFolded, OnMs: l.MadeMs, Opened: l.Opened > 0}
		if it, ok := items[l.ID]; ok {
			t.State, t.Trouble, t.Arrived = it.State, it.Trouble, it.Arrived
			if it.Arrived == "no" {
				t.Trouble = it.ArrivedWords
			}
		}
		tries = append(tries, t)
	}
	return roll.RankWays(a.Channels, tries, s.Post.Open), nil
}

// wentTo reads the items that carried links to an adult.
func wentTo(tx *db.Tx, adult roll.AdultID) (map[LinkID]post.Item, error) {
	list, err := post.To(tx, int64(adult))
	out := map[LinkID]post.Item{}
	for _, it := range list {
		if it.About == About {
			out[LinkID(it.Key)] = it
		}
	}
	return out, err
}

// MayLeave is asked about each item just before it leaves the house: the link still opens, and the adult may be written to and told about the child.
func MayLeave(tx *db.Tx, it post.Item) (string, error) {
	if it.About != About {
		return "", nil
	}
	l, found, err := linkByID(tx, LinkID(it.Key))
	if err != nil {
		return "", err
	}
	if !found || l.RevokedMs != nil {
		return "The link was taken back before it left.", nil
	}
	why, err := roll.WhyNot(tx, l.AdultID, roll.PupilID(it.Pupil), roll.Contact|roll.Information)
	if err != nil || why != "" {
		return why, err
	}
	children, err := roll.OpenTo(tx, l.AdultID)
	if err == nil && !slices.ContainsFunc(children, func(c roll.TiedPupil) bool { return it.Pupil == 0 || c.Pupil.ID == roll.PupilID(it.Pupil) }) {
		why = "The child is not on the roll any more."
	}
	return why, err
}

// send makes a link and writes the message that carries it.
func (s *Service) send(tx *db.Tx, a roll.Adult, w Wanted, way roll.Way, notBefore int64) (Made, error) {
	w.Way = BySent
	m, err := s.issue(tx, a, w)
	if err != nil {
		return m, err
	}
	if err := markSent(tx, m.Link, way.Channel.Kind, way.Channel.Folded); err != nil {
		return m, err
	}
	school, _, err := roll.Sender(tx)
	if err != nil {
		return m, err
	}
	phone, err := roll.Setting(tx, "school.phone")
	if err != nil {
		return m, err
	}
	subject, body := s.Words(say.Tongue(m.Tongue), way.By, Letter{Made: m, School: school, Phone: phone, Base: w.Base})
	_, err = s.Post.Send(tx, post.Item{Way: way.By, Adult: int64(a.ID), Pupil: int64(w.Pupil), About: About, Key: int64(m.Link), Address: way.Channel.Value,
		Lang: say.Tongue(m.Tongue).Tag(), Subject: subject, Body: body, NotBefore: notBefore})
	return m, err
}

// Letter is what the words of a message are made from.
type Letter struct {
	Made
	School, Phone, Base string
}

// Sending is the page before one link is sent.
type Sending struct {
	Pupil  roll.Pupil
	Adult  roll.Adult
	Ways   []roll.Way
	Opens  string // what the link opens, in words
	Tongue say.Lang
	Phone  string
	School string
	Calls  bool // they asked to be called instead
	Ends   string
	Next   LinkID
}

// Sending shows how one adult of a pupil would be reached, and by what first.
func (s *Service) Sending(ctx context.Context, p access.Pass, w Wanted) (out Sending, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var r roll.Relation
		if out.Pupil, r, err = enterGiven(tx, w.Pupil, w.Adult); err != nil {
			return err
		}
		if err := s.sureOf(tx, r, out.Pupil, w); err != nil {
			return err
		}
		out.Adult, out.Opens, out.Calls = r.Adult, s.wordsOf(w.Thing), !r.GetsLetters()
		if out.Ways, err = s.waysOf(tx, r.Adult); err != nil {
			return err
		}
		tag, err := tongueFor(tx, r.Adult)
		if err != nil {
			return err
		}
		out.Tongue = say.Tongue(tag)
		days, err := linkDays(tx)
		if err != nil {
			return err
		}
		out.Ends = dayOf(lastMoment(tx.Now(), days))
		if out.School, _, err = roll.Sender(tx); err != nil {
			return err
		}
		out.Phone, err = roll.Setting(tx, "school.phone")
		return err
	})
	out.Next = newID[Link]()
	return out, err
}

// SendOne sends a link to one adult of a pupil, by a way that the school holds. Channel names it; none takes what reaches them best.
func (s *Service) SendOne(ctx context.Context, p access.Pass, w Wanted, channel ids.ID[roll.Channel]) (to roll.Way, err error) {
	if _, err := p.CheckNamed(Give); err != nil {
		return to, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		pupil, r, err := enterGiven(tx, w.Pupil, w.Adult)
		if err != nil {
			return err
		}
		if err := s.sureOf(tx, r, pupil, w); err != nil {
			return err
		}
		ways, err := s.waysOf(tx, r.Adult)
		if err != nil {
			return err
		}
		ok := false
		if to, ok = roll.Best(ways); !channel.Zero() {
			i := slices.IndexFunc(ways, func(x roll.Way) bool { return x.Channel.ID == channel && x.Rank > roll.Closed })
			if ok = i >= 0; ok {
				to = ways[i]
			}
		}
		if !ok {
			return fault.Field("way", "Choose where the link goes. The phone or address that stood here may have been changed meanwhile.")
		}
		_, err = s.send(tx, r.Adult, w, to, 0)
		return err
	})
	return to, err
}

// Reached is one adult who gets a link, and how.
type Reached struct {
	Adult  roll.Adult
	Child  string
	Way    roll.Way
	Tongue say.Lang

	want Wanted
	form string
	post []string
}

// Unreached is one adult who gets none, and why.
type Unreached struct {
	Adult string
	Child string
	Why   string
	Pupil roll.PupilID
}

// Plan is what would happen if a link went to many.
type Plan struct {
	To      []Reached
	Paper   []Reached // whom no message reaches, and a letter may
	Have    int       // who has such a link already
	Not     []Unreached
	Nothing int // adults for whom there is nothing to open yet
	LeftOut int // kept out by an order or the end of a tie; named in Not only to those who may know of orders
	Ends    string
	Next    BatchID
}

// Children counts the children whom the adults of a plan belong to.
func (p Plan) Children() int {
	seen := map[roll.PupilID]bool{}
	for _, r := range p.To {
		seen[r.want.Pupil] = true
	}
	return len(seen)
}

// Plan looks who of many would get a link, by what, and who not. Nothing is written.
func (s *Service) Plan(ctx context.Context, p access.Pass, list []Wanted) (out Plan, err error) {
	if err := p.CheckAll(Give); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = s.plan(tx, list)
		return err
	})
	out.Next = newID[Batch]()
	return out, err
}

// goal is what one link would be for: an adult and what it opens.
type goal struct {
	adult roll.AdultID
	thing string
	key   int64
}

func (s *Service) plan(tx *db.Tx, list []Wanted) (out Plan, err error) {
	days, err := linkDays(tx)
	if err != nil {
		return out, err
	}
	out.Ends = dayOf(lastMoment(tx.Now(), days))
	pupils, rels, err := familiesOf(tx, list)
	if err != nil {
		return out, err
	}
	has, err := haveLinks(tx, list)
	if err != nil {
		return out, err
	}
	done := map[goal]bool{} // one link, however many children
	var not []Unreached
	var whose []goal
	for _, w := range list {
		if w.Thing == "" {
			w.Thing = Page
		}
		pupil := pupils[w.Pupil]
		i := slices.IndexFunc(rels[w.Pupil], func(r roll.Relation) bool { return r.Adult.ID == w.Adult })
		if i < 0 || !given(rels[w.Pupil][i], tx.Today()) {
			out.LeftOut++
			mayKnow, err := roll.KnowsOrders(tx, pupil.ID)
			if err != nil {
				return out, err
			}
			if i >= 0 && mayKnow {
				_, why := roll.May(rels[w.Pupil][i], roll.Contact|roll.Information, tx.Today())
				not, whose = append(not, Unreached{rels[w.Pupil][i].Adult.Name, pupil.Name(), why, pupil.ID}), append(whose, goal{})
			}
			continue
		}
		r := rels[w.Pupil][i]
		g := goal{w.Adult, w.Thing, 0}
		if w.Thing != Page {
			if w.ThingKey, err = s.first(tx, r, pupil, w); err != nil {
				return out, err
			}
			if g.key = w.ThingKey; g.key == 0 {
				out.Nothing++
				continue
			}
		}
		if done[g] {
			continue
		}
		if has[g] {
			out.Have, done[g] = out.Have+1, true
			continue
		}
		miss := func(why string) {
			not, whose = append(not, Unreached{r.Adult.Name, pupil.Name(), why, pupil.ID}), append(whose, g)
		}
		if !r.GetsLetters() {
			miss("asked to be called instead")
			continue
		}
		ways, err := s.waysOf(tx, r.Adult)
		if err != nil {
			return out, err
		}
		tag, err := tongueFor(tx, r.Adult)
		if err != nil {
			return out, err
		}
		done[g] = true
		x := Reached{Adult: r.Adult, Child: pupil.Name(), Tongue: say.Tongue(tag), want: w, form: pupil.Year, post: r.Post}
		way, ok := roll.Best(ways)
		if !ok {
			not, whose = append(not, Unreached{r.Adult.Name, pupil.Name(), roll.NoWay(ways), pupil.ID}), append(whose, goal{})
			out.Paper = append(out.Paper, x)
			continue
		}
		x.Way = way
		out.To = append(out.To, x)
	}
	for i, u := range not { // by another child of theirs they may be reached all the same
		if !done[whose[i]] {
			out.Not = append(out.Not, u)
		}
	}
	return out, nil
}

// familiesOf opens the children of a sending, and reads the adults of all of them at once. For whom a list is open needs no entering one by one.
func familiesOf(tx *db.Tx, list []Wanted) (map[roll.PupilID]roll.Pupil, map[roll.PupilID][]roll.Relation, error) {
	pupils := map[roll.PupilID]roll.Pupil{}
	if len(list) > 50 {
		all, err := roll.Pupils(tx, Give)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range all {
			pupils[p.ID] = p
		}
	}
	var ids []roll.PupilID
	seen := map[roll.PupilID]bool{}
	for _, w := range list {
		if seen[w.Pupil] {
			continue
		}
		seen[w.Pupil], ids = true, append(ids, w.Pupil)
		if _, open := pupils[w.Pupil]; open {
			continue
		}
		p, err := roll.Enter(tx, Give, w.Pupil)
		if err != nil {
			return nil, nil, err
		}
		pupils[w.Pupil] = p
	}
	rels, err := roll.RelationsOf(tx, ids)
	return pupils, rels, err
}

// haveLinks finds who has a link to the thing already that was made since the moment that is wanted.
func haveLinks(tx *db.Tx, list []Wanted) (map[goal]bool, error) {
	out := map[goal]bool{}
	read := map[goal]bool{}
	for _, w := range list {
		for _, key := range w.Keys {
			g := goal{0, w.Thing, key}
			if w.Since == nil || read[g] {
				continue
			}
			read[g] = true
			adults, err := adultsWithLink(tx, w.Thing, key, *w.Since)
			if err != nil {
				return nil, err
			}
			for _, a := range adults {
				out[goal{a, w.Thing, key}] = true
			}
		}
	}
	return out, nil
}

// first finds the newest of the things wanted that this adult can open; 0 when there is none.
func (s *Service) first(tx *db.Tx, r roll.Relation, pupil roll.Pupil, w Wanted) (int64, error) {
	t, ok := s.thing(w.Thing)
	if !ok {
		return 0, fault.Gone("sheet")
	}
	items, err := t.Items(tx, r.Adult.ID, roll.TiedPupil{Pupil: pupil, Relation: r})
	for _, i := range items {
		if slices.Contains(w.Keys, i.Key) {
			return i.Key, err
		}
	}
	return 0, err
}

// SendMany sends a link to each of many whom the school can reach, as they stand in this moment. They leave after Grace.
func (s *Service) SendMany(ctx context.Context, p access.Pass, batch BatchID, list []Wanted) (sent int, err error) {
	if err := p.CheckAll(Give); err != nil {
		return 0, err
	}
	if batch.Zero() {
		return 0, fault.New(fault.Invalid, "This form is not whole. Open the page again.")
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if before, err := linksIn(tx, batch); err != nil || len(before) > 0 {
			sent = len(before)
			return err // sent twice
		}
		plan, err := s.plan(tx, list)
		if err != nil {
			return err
		}
		for _, r := range plan.To {
			w := r.want
			w.Batch, w.ID = batch, inBatch(batch, w)
			if _, err := s.send(tx, r.Adult, w, r.Way, tx.Now()+Grace.Milliseconds()); err != nil {
				return err
			}
			sent++
		}
		return nil
	})
	return sent, err
}

// inBatch is the key of a link within a batch: the same for the same adult and thing, so that two forms sent at once make one link.
func inBatch(batch BatchID, w Wanted) LinkID {
	h := sha256.Sum256([]byte(batch.String() + w.Adult.String() + w.Thing + strconv.FormatInt(w.ThingKey, 10)))
	return LinkID(binary.BigEndian.Uint64(h[:]) >> 1)
}

// MostLetters is how many letters are made at once: as many as a printer takes and a browser shows. Whoever has one is left out of the next.
const MostLetters = 150

// Lettered is one letter of many: the link, and whose parent it is for.
type Lettered struct {
	Made
	Child, Form string
}

// Letter is how a letter to them would be, with a link and a code that open nothing.
func (r Reached) Letter() Lettered {
	return Lettered{Made{Adult: r.Adult, Secret: "…", Code: "…", Ends: "2000-01-01", Tongue: r.Tongue.Tag(), Post: r.post}, r.Child, r.form}
}

// LetterMany makes a link on paper for those whom no message reaches, or for everybody, as they stand in this moment: MostLetters of them, and left tells how many are
// still without.
func (s *Service) LetterMany(ctx context.Context, p access.Pass, batch BatchID, list []Wanted, everybody bool) (out []Lettered, left int, err error) {
	if err := p.CheckAll(Give); err != nil {
		return nil, 0, err
	}
	if batch.Zero() {
		return nil, 0, fault.New(fault.Invalid, "This form is not whole. Open the page again.")
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if before, err := linksIn(tx, batch); err != nil || len(before) > 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "These letters have been made already, and their codes were shown once. If they are lost, go back and ask those who have a link again: the lost ones then stop working.")
			}
			return err
		}
		plan, err := s.plan(tx, list)
		if err != nil {
			return err
		}
		to := plan.Paper
		if everybody {
			to = append(slices.Clone(plan.Paper), plan.To...)
		}
		slices.SortStableFunc(to, func(a, b Reached) int { return strings.Compare(a.form, b.form) })
		left = max(0, len(to)-MostLetters)
		for _, r := range to[:len(to)-left] {
			w := r.want
			w.Batch, w.ID, w.Way = batch, inBatch(batch, w), ByLetter
			m, err := s.issue(tx, r.Adult, w)
			if err != nil {
				return err
			}
			m.Post = r.post
			out = append(out, Lettered{m, r.Child, r.form})
		}
		return nil
	})
	return out, left, err
}

// Asked is how many adults have been given a link to one thing that still counts, by the way it went. Who has answered is not known here.
type Asked struct{ Letters, Messages, Others int }

// AskedSoFar counts whom a thing was offered to.
func (s *Service) AskedSoFar(ctx context.Context, p access.Pass, thing string, key int64) (out Asked, err error) {
	if err := p.CheckAll(Give); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = askedSoFar(tx, thing, key)
		return err
	})
	return out, err
}

// Gone is what became of a sending to many.
type Gone struct {
	Waiting, Sent, Stopped, Failed, Opened int
	Trouble                                []Unreached
}

// All counts them.
func (g Gone) All() int { return g.Waiting + g.Sent + g.Stopped + g.Failed }

// BatchOf tells what became of a sending to many.
func (s *Service) BatchOf(ctx context.Context, p access.Pass, batch BatchID) (g Gone, err error) {
	if err := p.CheckAll(Give); err != nil {
		return g, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := linksIn(tx, batch)
		if err != nil {
			return err
		}
		for _, l := range list {
			if l.Opened > 0 {
				g.Opened++
			}
			items, err := post.Of(tx, About, int64(l.ID))
			if err != nil {
				return err
			}
			for _, it := range items[:min(1, len(items))] {
				switch it.State {
				case post.Waiting:
					g.Waiting++
				case post.Sent:
					g.Sent++
				case post.Stopped:
					g.Stopped++
				default:
					g.Failed++
				}
				if it.State == post.Failed || barred(l, it) {
					tell, err := mayBeTold(tx, l, it)
					if err != nil {
						return err
					}
					if !tell {
						continue // counted as stopped, and not named: the name would say that there is an order
					}
					name, _, err := roll.AdultName(tx, l.AdultID)
					if err != nil {
						return err
					}
					u := Unreached{Adult: name, Why: it.StateWords()}
					if l.PupilID != nil {
						u.Pupil = *l.PupilID
					}
					g.Trouble = append(g.Trouble, u)
				}
			}
		}
		return nil
	})
	return g, err
}

// barred tells an item that an order or the end of a tie has stopped from one that was taken back.
func barred(l Link, it post.Item) bool { return it.State == post.Stopped && l.RevokedMs == nil }

// mayBeTold tells whether the person of the pass may read what became of an item. What an order stopped is for those who record orders.
func mayBeTold(tx *db.Tx, l Link, it post.Item) (bool, error) {
	if !barred(l, it) {
		return true, nil
	}
	var pupil roll.PupilID
	if l.PupilID != nil {
		pupil = *l.PupilID
	}
	return roll.KnowsOrders(tx, pupil)
}

// TakeBatchBack takes back the links of a sending to many that nobody has opened: those that wait do not leave, the others open nothing.
func (s *Service) TakeBatchBack(ctx context.Context, p access.Pass, batch BatchID) (n int, err error) {
	if err := p.CheckAll(Give); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		list, err := linksIn(tx, batch)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.Gone("sending")
		}
		for _, l := range list {
			if l.Opened > 0 || l.RevokedMs != nil {
				continue
			}
			if err := s.takeBack(tx, l, p.Who().Name); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// SentAbout lists the links that were sent to adults about a pupil, newest first, with what became of each.
func (s *Service) SentAbout(tx *db.Tx, pupil roll.PupilID, n int) (out []Link, err error) {
	list, err := sentAbout(tx, pupil, n)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if l.AdultName, _, err = roll.AdultName(tx, l.AdultID); err != nil {
			return nil, err
		}
		l.ThingWords = s.wordsOf(l.Thing)
		if l.Went, err = wentWords(tx, l); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// wentWords says how a link left the house and what is known of it: that it was opened is the one proof that it arrived.
func wentWords(tx *db.Tx, l Link) (string, error) {
	if l.Way != BySent {
		return "", nil
	}
	items, err := post.Of(tx, About, int64(l.ID))
	if err != nil || len(items) == 0 {
		return "", err
	}
	it := items[0]
	how := map[string]string{post.SMS: "By text to ", post.Email: "By e-mail to "}[it.Way] + it.Masked() + ". "
	switch {
	case l.Opened > 0:
		return how + "Arrived: it was opened", nil
	case it.State == post.Waiting && it.Trouble == "" && l.Batch != 0:
		return how + "Leaves in a few minutes", nil
	}
	tell, err := mayBeTold(tx, l, it)
	if err == nil && !tell {
		return how + "It did not leave", nil
	}
	return how + it.StateWords(), err
}
