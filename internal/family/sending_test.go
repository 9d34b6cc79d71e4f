package family

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

// work lets what is promised happen.
func work(t *testing.T, s *Service) {
	t.Helper()
	if _, err := s.Post.Round(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, s *Service, x school, adult roll.AdultID) (out []string) {
	t.Helper()
	f, err := s.LinksOf(context.Background(), x.as(roll.Office), x.amira)
	must(t, err)
	for _, a := range f.Adults {
		for _, l := range a.Links {
			if a.Adult.ID == adult {
				out = append(out, l.Went)
			}
		}
	}
	return out
}

// One link, to the way that was chosen and to no other; a form that is sent twice sends once; the page says what became of it.
func TestSendingOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx, office := context.Background(), a.as(roll.Office)
		last := a.posts(s)
		x, err := s.Sending(ctx, office, Wanted{Adult: a.mother, Pupil: a.amira})
		must(t, err)
		if len(x.Ways) != 2 || x.Tongue.Tag() != "ur" || x.Ways[0].Rank != roll.Untried {
			t.Fatalf("%+v", x)
		}
		w := Wanted{ID: x.Next, Adult: a.mother, Pupil: a.amira, Base: "https://ajar.example"}
		_, err = s.SendOne(ctx, office, w, x.Ways[1].Channel.ID)
		must(t, err)
		if last.Tongue != "ur" || last.Base != w.Base || last.School == "" {
			t.Errorf("the words are made from %+v", last)
		}
		if _, err := s.SendOne(ctx, office, w, x.Ways[1].Channel.ID); err == nil {
			t.Error("the same form sent another")
		}
		if _, err := s.SendOne(ctx, office, Wanted{Adult: a.mother, Pupil: a.amira}, ids.New[roll.Channel]()); err == nil {
			t.Error("it went to a phone that is not on the record")
		}
		if got := states(t, s, a, a.mother); len(got) != 1 || got[0] != "By text to …111. On its way" {
			t.Errorf("%q", got)
		}
		work(t, s)
		if got := states(t, s, a, a.mother); got[0] != "By text to …111. Sent" {
			t.Errorf("%q", got)
		}
		open(t, s, last.Made, Visit{})
		if got := states(t, s, a, a.mother); got[0] != "By text to …111. Arrived: it was opened" {
			t.Errorf("%q", got)
		}
		// A letter that lies at home stays good when a message follows it.
		letter := a.link(t, s, a.father)
		_, err = s.SendOne(ctx, office, Wanted{Adult: a.father, Pupil: a.amira}, 0)
		must(t, err)
		if o, _ := s.Look(ctx, Key{Secret: letter.Secret}); o.State != Open {
			t.Errorf("the letter ended with the message: %v", o.State)
		}
		// An order that comes before it leaves stops it; so does taking it back.
		a.order(t, s, a.fatherTie, "no_information")
		_, err = s.SendOne(ctx, office, Wanted{Adult: a.mother, Pupil: a.amira}, 0)
		must(t, err)
		f, err := s.LinksOf(ctx, office, a.amira)
		must(t, err)
		must(t, s.TakeBack(ctx, office, a.amira, f.Adults[0].Links[0].ID))
		work(t, s)
		must(t, s.DB.View(ctx, office, func(tx *db.Tx) error {
			for adult, why := range map[roll.AdultID]string{a.father: "An order in force says", a.mother: "it was taken back before it left"} {
				list, err := post.To(tx, int64(adult))
				must(t, err)
				if !slices.ContainsFunc(list, func(it post.Item) bool {
					return it.State == post.Stopped && strings.Contains(it.Trouble, why) && it.Body == ""
				}) {
					t.Errorf("%+v", list)
				}
			}
			return nil
		}))
	})
}

// Many at once: who is reached and who is not, and why; one form sends once; it can be taken back until somebody opened it; an order counts to the last.
func TestSendingMany(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx, office := context.Background(), a.as(roll.Office)
		a.posts(s)
		must(t, s.DB.Update(ctx, office, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_channel set value = '01632 960999' where org_id = $1 and adult_id = $2`, a.gran)
			return err
		}))
		list := []Wanted{{Adult: a.mother, Pupil: a.amira}, {Adult: a.father, Pupil: a.amira}, {Adult: a.gran, Pupil: a.ben}, {Adult: a.mother, Pupil: a.amira}}
		p, err := s.Plan(ctx, office, list)
		must(t, err)
		if len(p.To) != 2 || p.Children() != 1 || len(p.Not) != 1 || p.Not[0].Adult != "Noor Khan" || p.Not[0].Why != "only 01632 960999 is held, which is not a mobile number" {
			t.Fatalf("%+v", p)
		}
		a.order(t, s, a.fatherTie, "no_contact")
		if p, err = s.Plan(ctx, office, list); err != nil || len(p.To) != 1 || p.LeftOut != 1 {
			t.Errorf("with an order: %+v, %v", p, err)
		}
		batch := ids.New[Batch]()
		for range 2 {
			n, err := s.SendMany(ctx, office, batch, list)
			if must(t, err); n != 1 {
				t.Errorf("%d were sent", n)
			}
		}
		work(t, s)
		g, err := s.BatchOf(ctx, office, batch)
		if must(t, err); g.Waiting != 1 || g.All() != 1 {
			t.Errorf("%+v", g)
		}
		if other, err := s.BatchOf(ctx, b.as(roll.Office), batch); err != nil || other.All() != 0 {
			t.Errorf("the other school counts %+v, %v", other, err)
		}
		n, err := s.TakeBatchBack(ctx, office, batch)
		if must(t, err); n != 1 {
			t.Errorf("%d were taken back", n)
		}
		later(s, Grace+time.Minute)
		work(t, s)
		if g, _ := s.BatchOf(ctx, office, batch); g.Stopped != 1 || g.Sent != 0 || len(g.Trouble) != 0 {
			t.Errorf("%+v", g)
		}
		// Once more, and this time an order comes in the five minutes.
		batch = ids.New[Batch]()
		n, err = s.SendMany(ctx, office, batch, list)
		if must(t, err); n != 1 {
			t.Errorf("%d", n)
		}
		a.order(t, s, a.motherTie, "no_information")
		later(s, Grace+time.Minute)
		work(t, s)
		if g, _ := s.BatchOf(ctx, office, batch); g.Stopped != 1 || len(g.Trouble) != 1 || g.Trouble[0].Adult != "Sana Khan" {
			t.Errorf("%+v", g)
		}
	})
}

// Letters for many: for those whom no message reaches or for everybody, one for each adult however many children, each with a link and a code that open; who has one
// is left out of the next, orders count, and one form makes them once.
func TestLettersToMany(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx, office := context.Background(), a.as(roll.Office)
		a.posts(s)
		must(t, s.DB.Update(ctx, office, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_channel set value = '01632 960999' where org_id = $1 and adult_id = $2`, a.gran)
			return err
		}))
		s.Offer(Thing{Key: "test.ask", Words: "a question", Path: func(int64) string { return "/f/ask" }, Items: func(*db.Tx, roll.AdultID, roll.TiedPupil) ([]Item, error) { return []Item{{Key: 7}}, nil }})
		first := int64(0)
		want := func(adult roll.AdultID, pupil roll.PupilID) Wanted {
			return Wanted{Adult: adult, Pupil: pupil, Thing: "test.ask", Keys: []int64{7}, Since: &first}
		}
		list := []Wanted{want(a.mother, a.amira), want(a.father, a.amira), want(a.gran, a.ben), want(a.mother, a.amira)}
		p, err := s.Plan(ctx, office, list)
		must(t, err)
		if len(p.To) != 2 || len(p.Paper) != 1 || p.Paper[0].Adult.ID != a.gran || p.Have != 0 || len(p.Not) != 1 {
			t.Fatalf("%+v", p)
		}
		batch := ids.New[Batch]()
		made, left, err := s.LetterMany(ctx, office, batch, list, false)
		must(t, err)
		if len(made) != 1 || left != 0 || made[0].Adult.ID != a.gran || made[0].Code == "" {
			t.Fatalf("%+v %d", made, left)
		}
		if o, err := s.Look(ctx, Key{Secret: made[0].Secret}); err != nil || o.State != Open {
			t.Errorf("the letter opens nothing: %+v %v", o, err)
		}
		if _, _, err := s.LetterMany(ctx, office, batch, list, false); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one form made letters twice: %v", err)
		}
		if p, err = s.Plan(ctx, office, list); err != nil || len(p.Paper) != 0 || p.Have != 1 {
			t.Errorf("who has a letter is asked again: %+v %v", p, err)
		}
		a.order(t, s, a.fatherTie, "no_information")
		if made, _, err = s.LetterMany(ctx, office, ids.New[Batch](), list, true); err != nil || len(made) != 1 || made[0].Adult.ID != a.mother || made[0].Tongue != "ur" {
			t.Errorf("for everybody else: %+v %v", made, err)
		}
		if n, err := s.AskedSoFar(ctx, office, "test.ask", 7); err != nil || n != (Asked{Letters: 2}) {
			t.Errorf("asked so far: %+v %v", n, err)
		}
		if n, err := s.AskedSoFar(ctx, b.as(roll.Office), "test.ask", 7); err != nil || n != (Asked{}) {
			t.Errorf("the other school counts %+v %v", n, err)
		}
		// Asked again, from now on: everybody is in it, and the older letter of the same adult opens nothing.
		later(s, time.Hour)
		again := s.DB.Clock().Now().UnixMilli()
		first = again
		if p, err = s.Plan(ctx, office, list); err != nil || len(p.To) != 1 || len(p.Paper) != 1 || p.Have != 0 {
			t.Errorf("again: %+v %v", p, err)
		}
		newer, _, err := s.LetterMany(ctx, office, ids.New[Batch](), list, false)
		must(t, err)
		if len(newer) != 1 || newer[0].Adult.ID != a.gran {
			t.Fatalf("%+v", newer)
		}
		if _, _, err := s.LetterMany(ctx, office, 0, list, true); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a batch: %v", err)
		}
	})
}

// A new link for one that is over goes to the best way that the school holds and to the address that staff used; three a day and no more. What was opened by
// another way before is tried first, and a child who is closed by now is left out of it.
func TestANewLinkIsSentAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		last := a.posts(s)
		m := a.link(t, s, a.mother)
		later(s, (LinkDays+2)*24*time.Hour)
		for range 5 {
			must(t, s.NewOne(ctx, Key{Secret: m.Secret}))
		}
		must(t, s.NewOne(ctx, Key{Secret: newSecret()}))
		if last.Base != "https://ajar.example" || last.Secret == m.Secret {
			t.Errorf("%+v", last)
		}
		must(t, s.DB.View(ctx, a.as(roll.Office), func(tx *db.Tx) error {
			list, err := post.To(tx, int64(a.mother))
			if len(list) != answersToday || list[0].Address != a.sharedPhone {
				t.Errorf("%d went: %+v", len(list), list)
			}
			return err
		}))
		if asks, _ := s.AsksOf(ctx, a.as(roll.Office)); len(asks) != 0 {
			t.Errorf("the office is asked as well: %+v", asks)
		}
		// An order closes the door for good: nothing goes, and the office is not asked to send what opens nothing.
		f := a.link(t, s, a.father)
		a.order(t, s, a.fatherTie, "no_contact")
		must(t, s.NewOne(ctx, Key{Secret: f.Secret}))
		must(t, s.DB.View(ctx, a.as(roll.Office), func(tx *db.Tx) error {
			list, err := post.To(tx, int64(a.father))
			if len(list) != 0 {
				t.Errorf("%+v", list)
			}
			return err
		}))
	})
}

// A letter goes to the adult's own address or, where they have none, to that of the child who lives with them; never to the other home.
func TestWhereALetterGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		post := func(adult roll.AdultID) string {
			m, _, err := s.Give(context.Background(), a.as(roll.Office), Wanted{Adult: adult, Pupil: a.amira})
			must(t, err)
			return strings.Join(m.Post, ", ")
		}
		if got := post(a.father); got != "1 Street, QX9 9ZZ" {
			t.Errorf("his own: %q", got)
		}
		must(t, s.DB.Update(context.Background(), a.as(roll.Office), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_adult set address = '', postcode = '' where org_id = $1`)
			return err
		}))
		if got := post(a.mother); got != "4 Elm Row, QX1 1AA" {
			t.Errorf("the home of the child who lives with her: %q", got)
		}
		if got := post(a.father); got != "" {
			t.Errorf("the other home: %q", got)
		}
	})
}

// What stopped a message in the last minute is an order. Its words, and that it was this adult, are for those who record orders, and for nobody about their own child.
func TestAnOrderThatStoppedALinkIsNotTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Service, a, b school) {
		ctx, office := context.Background(), a.as(roll.Office)
		a.posts(s)
		list := []Wanted{{Adult: a.mother, Pupil: a.amira}, {Adult: a.father, Pupil: a.amira}}
		batch := ids.New[Batch]()
		_, err := s.SendMany(ctx, office, batch, list)
		must(t, err)
		a.order(t, s, a.fatherTie, "no_contact")
		later(s, Grace+time.Minute)
		work(t, s)
		var kin roll.StaffID
		must(t, s.DB.Update(ctx, office, func(tx *db.Tx) (err error) {
			if kin, err = roll.AddStaff(tx, "Sana Khan", ""); err != nil {
				return err
			}
			_, err = tx.Exec(`insert into roll_hat (org_id, id, staff_id, adult_id, by_name, made_ms) values ($1, $2, $3, $4, 'Test', $5)`, ids.New[roll.Hat](), kin, a.mother, tx.Now())
			return err
		}))
		mother := gate.Admit(access.Who{Org: a.org, Staff: int64(kin), Name: "Test", Roles: []access.Role{roll.Office}, SecondFactorMs: 1})
		unproved := office.Who()
		unproved.SecondFactorMs = 0
		for name, who := range map[string]access.Pass{"the office": office, "the SENCO": a.as(roll.Senco), "a leader": a.as(roll.Leader), "the mother, who works in the office": mother, "the office before its second step": gate.Admit(unproved)} {
			g, err := s.BatchOf(ctx, who, batch)
			must(t, err)
			p, err := s.Plan(ctx, who, list)
			must(t, err)
			var sent []Link
			must(t, s.DB.View(ctx, who, func(tx *db.Tx) error { sent, err = s.SentAbout(tx, a.amira, 9); return err }))
			told := fmt.Sprint(g.Trouble, p.Not)
			for _, l := range sent {
				told += l.Went
			}
			if g.Stopped != 1 || g.Sent != 1 || p.LeftOut != 1 || len(sent) != 2 {
				t.Errorf("%s counts %+v, %d left out, %d sent", name, g, p.LeftOut, len(sent))
			}
			if knows := strings.Contains(told, "An order"); knows != (name == "the office") {
				t.Errorf("%s is told %q", name, told)
			}
			if named := len(g.Trouble)+len(p.Not) > 0; named != (name == "the office") {
				t.Errorf("%s reads who it was: %+v %+v", name, g.Trouble, p.Not)
			}
		}
	})
}
