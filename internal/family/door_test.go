package family

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

func (x school) link(t *testing.T, s *Service, adult roll.AdultID) Made {
	t.Helper()
	m, _, err := s.Give(context.Background(), x.as(roll.Office), Wanted{Adult: adult, Pupil: x.amira, Base: "https://ajar.example"})
	must(t, err)
	return m
}

// posts sets up a way out that keeps the last letter.
func (x school) posts(s *Service) *Letter {
	var last Letter
	s.Post = post.New(s.DB, jobs.New(s.DB, slog.New(slog.NewTextHandler(io.Discard, nil))))
	s.Post.Use(post.SMS, nowhere{})
	s.Post.May = post.Whether(post.Each(MayLeave))
	s.Words = func(_ say.Lang, _ string, l Letter) (string, string) { last = l; return "Subject", "Body" }
	return &last
}

type nowhere struct{}

func (nowhere) Send(context.Context, post.Ready) (string, error) { return "there", nil }

func open(t *testing.T, s *Service, m Made, v Visit) Let {
	t.Helper()
	l, err := s.Use(context.Background(), Key{Secret: m.Secret}, v)
	must(t, err)
	return l
}

func known(t *testing.T, s *Service, token string) (access.Who, bool) {
	t.Helper()
	who, ok, err := s.identify(context.Background(), token)
	must(t, err)
	return who, ok
}

func (x school) order(t *testing.T, s *Service, tie roll.TieID, kind string) {
	t.Helper()
	must(t, s.DB.Update(context.Background(), access.System("test", x.org), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, $2, $3, $4, 'court', '2026-01-01', 'Pat', 1)`, ids.New[roll.Order](), tie, kind)
		return err
	}))
}

func right(t *testing.T, s *Service, token string) string {
	t.Helper()
	fresh, _, v, err := s.Prove(context.Background(), token, 0, ReadAnswer(Birth, "27 3 2015"))
	must(t, err)
	if v != Proved {
		t.Fatalf("the right answer: %v", v)
	}
	return fresh
}

// Looking at a link as often as a mail scanner does uses nothing up; the button remembers a device; five devices are enough; a browser that comes again
// takes none of them.
func TestALinkOpensByItsButton(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		m := a.link(t, s, a.mother)
		for range 20 {
			o, err := s.Look(ctx, Key{Secret: m.Secret})
			must(t, err)
			if o.State != Open || o.OrgName != "Oakfield" || o.Tongue != "ur" {
				t.Fatalf("%+v", o)
			}
		}
		first := open(t, s, m, Visit{Agent: "Chrome Android"})
		if first.Token == "" || first.Path != HomePath {
			t.Fatalf("%+v", first)
		}
		who, ok := known(t, s, first.Token)
		if !ok || who.Org != a.org || who.Adult != int64(a.mother) || who.Staff != 0 || who.SecondFactorMs != 0 || who.Name != "Sana Khan" || who.Roles[0] != roll.Parent {
			t.Fatalf("%+v %v", who, ok)
		}
		again := open(t, s, m, Visit{Token: first.Token})
		if _, ok := known(t, s, first.Token); ok || again.Token == first.Token {
			t.Error("the old key of the same browser still opens")
		}
		for i := 2; i <= Openings; i++ {
			if l := open(t, s, m, Visit{}); l.Token == "" {
				t.Errorf("device %d is refused", i)
			}
		}
		if l := open(t, s, m, Visit{}); l.State != Used || l.Token != "" {
			t.Errorf("one device too many: %+v", l.State)
		}
		if l := open(t, s, m, Visit{Token: again.Token}); l.Token == "" {
			t.Error("the first browser is refused when it comes again")
		}
		devices, err := s.DevicesOf(ctx, a.own(a.mother), again.Token)
		must(t, err)
		if len(devices) != Openings {
			t.Errorf("%d devices", len(devices))
		}
	})
}

// The code on paper opens the same link; a slip and a wrong code are told apart; guessing has to wait and the right family has not.
func TestTypedCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		m := a.link(t, s, a.mother)
		typed := func(code, from string) Tried {
			x, err := s.Type(ctx, code, from, Visit{})
			must(t, err)
			return x
		}
		if x := typed(m.Code[:12]+"ZZ", "192.0.2.9"); !x.Slip && x.Token != "" {
			t.Errorf("a slip: %+v", x)
		}
		for range freeGuesses {
			if x := typed(newCode(), "192.0.2.9"); x.State != Unknown || x.Token != "" {
				t.Fatalf("a guess opened something: %+v", x)
			}
		}
		if x := typed(m.Code, "192.0.2.9"); x.Wait == 0 || x.Token != "" {
			t.Errorf("the guesser need not wait: %+v", x.Wait)
		}
		if x := open(t, s, m, Visit{}); x.Token == "" {
			t.Error("the link on the same letter must not wait for anybody's guesses")
		}
		if x := typed(m.Code, "192.0.2.10"); x.Token == "" {
			t.Error("the right code from the next address is refused")
		}
	})
}

// An order, the end of a tie, or a child who leaves closes links and devices from the next request on. Nothing tells why, and the sister's link stays.
func TestOrdersCloseTheDoorAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		exec := func(sql string, args ...any) {
			must(t, s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err }))
		}
		for name, close := range map[string]func(){
			"an order": func() { a.order(t, s, a.fatherTie, "no_information") },
			"the end": func() {
				exec(`delete from roll_order where org_id = $1`)
				exec(`update roll_tie set ends = '2026-11-19' where org_id = $1 and id = $2`, a.fatherTie)
			},
			"leaving": func() {
				exec(`update roll_tie set ends = '9999-12-31' where org_id = $1`)
				exec(`update roll_pupil set ends = '2026-11-19' where org_id = $1 and id = $2`, a.amira)
			},
			"staff take back": nil,
		} {
			exec(`delete from roll_order where org_id = $1`)
			exec(`update roll_tie set ends = '9999-12-31' where org_id = $1`)
			exec(`update roll_pupil set ends = '9999-12-31' where org_id = $1`)
			m := a.link(t, s, a.father)
			device := right(t, s, open(t, s, m, Visit{}).Token)
			mothers := open(t, s, a.link(t, s, a.mother), Visit{}).Token
			if who, ok := known(t, s, device); !ok || who.SecondFactorMs == 0 {
				t.Fatalf("%s: not open before: %+v", name, who)
			}
			if close == nil {
				must(t, s.TakeBack(ctx, a.as(roll.Office), a.amira, m.Link))
			} else {
				close()
			}
			if _, ok := known(t, s, device); ok {
				t.Errorf("%s: the device still opens", name)
			}
			if o, err := s.Look(ctx, Key{Secret: m.Secret}); err != nil || o.State == Open || len(o.Readers) > 0 || o.Tongue != "" && o.State == Unknown {
				t.Errorf("%s: the link still opens: %+v %v", name, o, err)
			}
			if x := open(t, s, m, Visit{}); x.Token != "" {
				t.Errorf("%s: the button still works", name)
			}
			if _, ok := known(t, s, mothers); ok == (name == "leaving") {
				t.Errorf("%s: the mother's page: %v", name, ok)
			}
		}
		if n := count(t, s, `select count(*) from family_ask where org_id = $1`); n != 0 {
			t.Errorf("%d asks", n)
		}
	})
}

func count(t *testing.T, s *Service, sql string) (n int) {
	t.Helper()
	must(t, s.DB.View(context.Background(), testkit.A(), func(tx *db.Tx) (err error) { n, err = db.One[int](tx, sql); return err }))
	return n
}

// A secret of one school opens nothing of the other, nor do keys of the other's people.
func TestSchoolsAreApart(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		m := a.link(t, s, a.mother)
		who, _ := known(t, s, open(t, s, m, Visit{}).Token)
		if who.Org != a.org {
			t.Errorf("it opens %d", who.Org)
		}
		if _, _, err := s.Give(ctx, a.as(roll.Office), Wanted{Adult: b.mother, Pupil: a.amira}); err == nil {
			t.Error("a link for the other school's adult")
		}
		if err := s.TakeBack(ctx, b.as(roll.Office), b.amira, m.Link); err == nil {
			t.Error("the other school took the link back")
		}
		if _, err := s.ForgetDevices(ctx, b.as(roll.Office), b.amira, a.mother); err == nil {
			t.Error("the other school forgot the devices")
		}
		if _, ok := known(t, s, m.Secret); ok {
			t.Error("a link's secret works as a cookie")
		}
	})
}

// Five wrong answers pause; even the right one opens nothing then; afterwards it does. Half an answer is no guess.
func TestTheKnownFact(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		token := open(t, s, a.link(t, s, a.mother), Visit{}).Token
		try := func(kind Kind, text string) Verdict {
			_, _, v, err := s.Prove(ctx, token, 0, ReadAnswer(kind, text))
			must(t, err)
			return v
		}
		for range 10 {
			if v := try(Birth, "27 3"); v != Incomplete {
				t.Fatalf("half a date: %v", v)
			}
		}
		for i := range Tries {
			if v := try(Birth, "28 3 2015"); v != Wrong {
				t.Fatalf("wrong answer %d: %v", i, v)
			}
		}
		if v := try(Birth, "27 3 2015"); v != NotAsked {
			t.Errorf("the right answer during the pause: %v", v)
		}
		q, err := s.Question(ctx, token, 0, "")
		must(t, err)
		if q.Paused.IsZero() {
			t.Error("the page does not say that it waits")
		}
		// The pause is of this device; a new link from the school helps at once.
		right(t, s, open(t, s, a.link(t, s, a.mother), Visit{}).Token)
		later(s, 31*time.Minute)
		if v := try(Postcode, "qx1 1aa"); v != Proved {
			t.Errorf("afterwards: %v", v)
		}
		if who, _ := known(t, s, token); who.SecondFactorMs == 0 {
			t.Error("it does not count")
		}
		later(s, ProofAlone+time.Hour)
		if who, ok := known(t, s, token); !ok || who.SecondFactorMs != 0 {
			t.Error("a month later it has to be asked again")
		}
		later(s, DeviceLength)
		if _, ok := known(t, s, token); ok {
			t.Error("the device is remembered for longer than 90 days")
		}
		must(t, s.Sweep(ctx))
	})
}

// On a device that two adults use, each says who they are and answers something that the other does not know. Neither sees the other's page meanwhile.
func TestSharedDevice(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		mother := right(t, s, open(t, s, a.link(t, s, a.mother), Visit{}).Token)
		father := open(t, s, a.link(t, s, a.father), Visit{Token: mother}).Token
		if _, ok := known(t, s, father); ok {
			t.Error("the second reader is let in without saying anything that the first does not know")
		}
		q, err := s.Question(ctx, father, 0, "")
		must(t, err)
		if len(q.Choices) != 2 || q.Fact.Kind == Birth || !q.Shared {
			t.Fatalf("%+v", q)
		}
		if _, _, v, err := s.Prove(ctx, father, 0, ReadAnswer(Birth, "27 3 2015")); err != nil || v == Proved {
			t.Errorf("both parents know the date of birth, and it is taken: %v %v", v, err)
		}
		father, _, v, err := s.Prove(ctx, father, 0, ReadAnswer(Postcode, "QX9 9ZZ"))
		must(t, err)
		if who, ok := known(t, s, father); v != Proved || !ok || who.Adult != int64(a.father) {
			t.Fatalf("%v %v %+v", v, ok, who)
		}
		// He hands the tablet over: she chooses her name, and his browser key can't become hers without her answer.
		var hers ReaderID
		for _, c := range q.Choices {
			if c.Adult == a.mother {
				hers = c.Reader
			}
		}
		if _, _, v, _ := s.Prove(ctx, father, hers, ReadAnswer(Postcode, "QX9 9ZZ")); v != Wrong {
			t.Errorf("his postcode opens hers: %v", v)
		}
		again, _, v, err := s.Prove(ctx, father, hers, ReadAnswer(Postcode, "QX1 1AA"))
		must(t, err)
		if who, ok := known(t, s, again); v != Proved || !ok || who.Adult != int64(a.mother) || again == father {
			t.Errorf("%v %v %+v", v, ok, who)
		}
		later(s, ProofShared+time.Minute)
		if _, ok := known(t, s, again); ok {
			t.Error("a shared device still opens after the sitting")
		}
		must(t, s.Close(ctx, again))
		if _, ok := known(t, s, again); ok {
			t.Error("a closed page opens")
		}
	})
}

// A link that was sent to a phone which two adults share asks who is reading, and gives the other one their own page, never the thing.
func TestSharedPhone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		sent := a.posts(s)
		m := a.link(t, s, a.mother)
		must(t, s.NewOne(ctx, Key{Code: m.Code}))
		if sent.Secret == "" || sent.Secret == m.Secret {
			t.Fatal("no new link was sent")
		}
		l := open(t, s, sent.Made, Visit{})
		if l.Token != "" || len(l.Readers) != 2 || l.Readers[0].First != "Sana" || l.Readers[1].First != "Noor" {
			t.Fatalf("%+v", l)
		}
		if x := open(t, s, sent.Made, Visit{As: a.father}); x.Token != "" {
			t.Error("somebody else chose themselves")
		}
		gran := open(t, s, sent.Made, Visit{As: a.gran})
		if _, ok := known(t, s, gran.Token); ok || gran.Token == "" || gran.Path != HomePath {
			t.Errorf("let in before the fact: %+v", gran)
		}
		fresh, _, v, err := s.Prove(ctx, gran.Token, 0, ReadAnswer(Postcode, "QX5 5MM"))
		must(t, err)
		if who, ok := known(t, s, fresh); v != Proved || !ok || who.Adult != int64(a.gran) {
			t.Errorf("%v %+v", v, who)
		}
	})
}

// A new link goes to a channel that the school holds; without a way out the office is told, once. Asked about nothing, nothing happens.
func TestNewLinks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		m := a.link(t, s, a.mother)
		later(s, (LinkDays+2)*24*time.Hour)
		if o, err := s.Look(ctx, Key{Secret: m.Secret}); err != nil || o.State != Over {
			t.Fatalf("%v %v", o.State, err)
		}
		for range 3 {
			must(t, s.NewOne(ctx, Key{Secret: m.Secret}))
		}
		for _, k := range []Key{{Secret: newSecret()}, {Code: newCode()}, {Secret: ""}, {Code: "x"}} {
			must(t, s.NewOne(ctx, k))
		}
		list, err := s.AsksOf(ctx, a.as(roll.Office))
		must(t, err)
		if len(list) != 1 || list[0].AdultID != a.mother || list[0].Name != "Sana Khan" || list[0].PupilID == nil {
			t.Fatalf("%+v", list)
		}
		if other, err := s.AsksOf(ctx, b.as(roll.Office)); err != nil || len(other) != 0 {
			t.Errorf("the other school reads %+v %v", other, err)
		}
		a.link(t, s, a.mother)
		if list, _ := s.AsksOf(ctx, a.as(roll.Office)); len(list) != 0 {
			t.Error("a new letter does not take it off the list")
		}
	})
}

// A form that is sent twice makes one link; a new letter ends the one that nobody opened, and not the one that somebody did.
func TestLettersReplaceEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		w := Wanted{ID: newID[Link](), Adult: a.mother, Pupil: a.amira}
		one, _, err := s.Give(ctx, a.as(roll.Office), w)
		must(t, err)
		if _, _, err := s.Give(ctx, a.as(roll.Office), w); err == nil {
			t.Error("the same form made another link")
		}
		two := a.link(t, s, a.mother)
		if o, _ := s.Look(ctx, Key{Secret: one.Secret}); o.State != Taken {
			t.Errorf("the lost letter: %v", o.State)
		}
		open(t, s, two, Visit{})
		a.link(t, s, a.mother)
		if o, _ := s.Look(ctx, Key{Secret: two.Secret}); o.State != Open {
			t.Errorf("a link in use was ended: %v", o.State)
		}
		f, err := s.LinksOf(ctx, a.as(roll.Office), a.amira)
		must(t, err)
		if len(f.Adults) != 2 || len(f.Adults[0].Links) != 3 || f.Adults[0].Tongue != "Urdu" {
			t.Errorf("%+v", f.Adults)
		}
		a.order(t, s, a.fatherTie, "no_contact")
		if f, _ := s.LinksOf(ctx, a.as(roll.Office), a.amira); len(f.Adults) != 1 || f.Closed != 1 {
			t.Errorf("a father under an order is offered a link: %+v", f)
		}
	})
}

// What is done at this door stands in the trail of the school, and the chain holds.
func TestTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		token := open(t, s, a.link(t, s, a.mother), Visit{}).Token
		_, _, _, err := s.Prove(ctx, token, 0, ReadAnswer(Birth, "1 1 2001"))
		must(t, err)
		must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) error {
			type entry struct {
				Kind, Who, Words string
				Adult            int64
			}
			list, err := db.All[entry](tx, `select kind, who, words, adult from trail_entry where org_id = $1 order by id`)
			var links []entry
			for _, e := range list {
				if e.Kind == string(trail.Link) {
					links = append(links, e)
				}
			}
			if len(links) != 3 || links[0].Who != "Pat Test" || links[1].Adult != int64(a.mother) || links[2].Words != "a wrong answer to the known fact" {
				t.Errorf("%+v", list)
			}
			return err
		}))
	})
}

// A wish changes nothing before it is accepted, touches nobody else, holds against imports afterwards, and its state is told.
func TestWishes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		own, office := a.own(a.mother), a.as(roll.Office)
		change := func(name, field, was, wish string) FormWish {
			return FormWish{name, roll.OwnChange{Field: field, Was: was, Wish: wish}}
		}
		n, err := s.Propose(ctx, own, []FormWish{change("phone_1", "phone", a.sharedPhone, "07700 900333"), change("postcode", "postcode", "QX1 1AA", "qx2 2bb"), change("needs", "needs", "", ""), change("x", "sort_key", "", "x")})
		if err != nil || n != 2 {
			t.Fatalf("%d %v", n, err)
		}
		if n, err := s.Propose(ctx, own, []FormWish{change("postcode", "postcode", "QX1 1AA", "QX2 2BB")}); err != nil || n != 1 {
			t.Fatalf("sent twice: %d %v", n, err)
		}
		_, err = s.Propose(ctx, own, []FormWish{change("phone_2", "phone", a.motherPhone, "12"), change("email_new", "email", "", "nobody"), change("name", "name", "Sana Khan", ""), change("address", "address", "an old one", "new")})
		slips, _ := err.(Slips)
		if len(slips) != 4 || slips[0].Kind != BadPhone || slips[1].Kind != BadEmail || slips[2].Kind != NoName || slips[3].Kind != Stale {
			t.Fatalf("%v %+v", err, slips)
		}
		waiting, _, err := s.WishesOf(ctx, office)
		must(t, err)
		if len(waiting) != 2 || waiting[0].Name != "Sana Khan" || waiting[0].Children[0] != "Amira Khan" {
			t.Fatalf("%+v", waiting)
		}
		holds := func(adult roll.AdultID) roll.Adult {
			var x roll.Adult
			must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) (err error) { x, _, err = roll.AdultAt(tx, adult); return err }))
			return x
		}
		if x := holds(a.mother); x.Postcode != "QX1 1AA" || x.Channels[0].Value != a.sharedPhone {
			t.Errorf("changed before anybody accepted: %+v", x)
		}
		if home, _ := s.HomeOf(ctx, own); home.Waiting != 2 {
			t.Errorf("%d wait", home.Waiting)
		}
		for _, w := range waiting {
			if w.Field == "phone" {
				must(t, ignore(s.Accept(ctx, office, w.ID)))
				if _, err := s.Accept(ctx, office, w.ID); err == nil {
					t.Error("accepted twice")
				}
			} else {
				must(t, s.Decline(ctx, office, w.ID, "Please bring a letter with the new address."))
			}
		}
		x := holds(a.mother)
		if x.Postcode != "QX1 1AA" || x.Channels[0].Value != "07700 900333" || x.Channels[1].Value != a.motherPhone {
			t.Errorf("%+v", x)
		}
		if g := holds(a.gran); g.Channels[0].Value != a.sharedPhone {
			t.Error("the one who shared the phone lost it")
		}
		hand := func() (by string) {
			must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) (err error) {
				by, err = db.One[string](tx, `select by_name from roll_hand where org_id = $1 and record = 'adult' and row_id = $2 and field = 'phone'`, a.mother)
				return err
			}))
			return by
		}
		if by := hand(); by != "Sana Khan (parent), accepted by Pat Test" {
			t.Errorf("the hand is %q", by)
		}
		m, err := s.MeOf(ctx, own)
		must(t, err)
		states := map[string]string{}
		for _, w := range m.Wishes {
			states[w.Field] = w.State + w.Reason
		}
		if states["phone"] != "accepted" || states["postcode"] != "declinedPlease bring a letter with the new address." {
			t.Errorf("%v", states)
		}
		// The record moved on since they asked: accepting would undo what a colleague did.
		must(t, ignore(s.Propose(ctx, own, []FormWish{change("needs", "needs", "", "Large print")})))
		must(t, s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_adult set needs = 'An interpreter' where org_id = $1 and id = $2`, a.mother)
			return err
		}))
		waiting, _, _ = s.WishesOf(ctx, office)
		if _, err := s.Accept(ctx, office, waiting[0].ID); err == nil || waiting[0].Now != "An interpreter" {
			t.Errorf("%v %+v", err, waiting[0])
		}
	})
}
