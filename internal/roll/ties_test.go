package roll

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
)

func TestTieForm(t *testing.T) {
	was := Tie{Starts: Always, Ends: ForGood}
	base := Values{"relationship": "father", "responsibility": "yes"}
	with := func(pairs ...string) Values {
		v := Values{}
		for k, x := range base {
			v[k] = x
		}
		for i := 0; i < len(pairs); i += 2 {
			v[pairs[i]] = pairs[i+1]
		}
		return v
	}
	cases := []struct {
		name  string
		v     Values
		field string // where it is wrong; "" when it is taken
		holds func(Tie) bool
	}{
		{"both homes", with("stays", "3,1,2", "stays_words", "every other weekend"), "", func(x Tie) bool {
			return x.Stays == "1,2,3" && *x.LivesWith && x.LivesText() == "Yes: Monday to Wednesday; every other weekend"
		}},
		{"days and not living there", with("stays", "5", "lives_with", "no"), "lives_with", nil},
		{"a day that is none", with("stays", "8"), "stays", nil},
		{"a source with its papers", with("source", "birth_certificate", "source_seen", "3/9/2026"), "", func(x Tie) bool { return x.Source == "birth_certificate" && x.SourceSeen == "2026-09-03" }},
		{"a source in the words of an office", with("source", "on birth certificate"), "", func(x Tie) bool { return x.Source == "birth_certificate" }},
		{"a source of nothing known", with("source", "court_order", "responsibility", "unknown"), "responsibility", nil},
		{"papers of nothing", with("source_seen", "3/9/2026"), "source", nil},
		{"papers of what was only told", with("source", "told", "source_seen", "3/9/2026"), "source", nil},
		{"papers seen tomorrow", with("source", "adoption", "source_seen", "21/11/2026"), "source_seen", nil},
		{"a source that is none", with("source", "hearsay"), "source", nil},
		{"an emergency and no letters", with("emergency", "yes", "letters", "no"), "", func(x Tie) bool { return *x.Emergency && !*x.Letters }},
		{"nothing more is known", base, "", func(x Tie) bool {
			return x.Emergency == nil && x.Letters == nil && x.LivesWith == nil && x.Source == "" && x.Stays == ""
		}},
	}
	for _, c := range cases {
		got, err := readTie(was, c.v, "2026-11-20")
		if c.field != "" {
			if f := fault.AsFields(err); !slices.ContainsFunc(f, func(x *fault.Error) bool { return x.Field == c.field }) {
				t.Errorf("%s: %v, want something about %s", c.name, err, c.field)
			}
			continue
		}
		if err != nil || !c.holds(got) {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
		again, err := readTie(was, TieValues(got), "2026-11-20")
		if err != nil || seenMark(tieColumnValues(again)) != seenMark(tieColumnValues(got)) {
			t.Errorf("%s: saving the form again changes it: %+v %v", c.name, again, err)
		}
	}
}

func TestDaysInWords(t *testing.T) {
	for stays, want := range map[string]string{"": "", "1": "Monday", "1,2": "Monday and Tuesday", "1,2,3": "Monday to Wednesday", "1,3,5": "Monday, Wednesday and Friday",
		"4,5,6,7": "Thursday to Sunday", "1,2,3,6": "Monday to Wednesday and Saturday", "1,2,3,4,5,6,7": "Every day"} {
		if got := (Tie{Stays: stays}).StaysText(); got != want {
			t.Errorf("%q: %q, want %q", stays, got, want)
		}
	}
}

func TestHelps(t *testing.T) {
	for _, c := range []struct{ in, keys, rest string }{
		{"", "", ""},
		{"Large print", "large_print", ""},
		{"bsl; A call instead of a letter", "calls,bsl", ""},
		{"easy-read, not on Fridays", "easy_words", "not on Fridays"},
		{"calls,large_print", "calls,large_print", ""},
		{"Braille / braille", "braille", ""},
	} {
		if keys, rest := ParseHelps(c.in); keys != c.keys || rest != c.rest {
			t.Errorf("%q: %q and %q", c.in, keys, rest)
		}
	}
	for _, h := range Helps {
		if keys, rest := ParseHelps(h.Words); keys != h.Key || rest != "" {
			t.Errorf("%q is read as %q and %q", h.Words, keys, rest)
		}
	}
}

// A letter may go to the child's address only where the child has one home and nobody must not learn of it.
func TestWhereLettersGo(t *testing.T) {
	yes, no := true, false
	open := Tie{Starts: Always, Ends: ForGood}
	lives := open
	lives.LivesWith = &yes
	away := open
	away.LivesWith = &no
	days := lives
	days.Stays = "1,2"
	at := func(tie Tie, street string, orders ...Order) Relation {
		return Relation{Tie: tie, Adult: Adult{Address: street}, Orders: orders}
	}
	order := Order{Kind: "no_address", Starts: Always, Ends: ForGood}
	child := home{Address: "4 Elm Row\nQuayside", Postcode: "QX1 1AA"}
	elm := "4 Elm Row, Quayside, QX1 1AA"
	for _, c := range []struct {
		name string
		all  []Relation
		want string // where a letter to the first goes
	}{
		{"one home", []Relation{at(lives, ""), at(away, "")}, elm},
		{"two parents in one home", []Relation{at(lives, ""), at(lives, "")}, elm},
		{"their own address first", []Relation{at(lives, "9 Quay Street")}, "9 Quay Street"},
		{"the child does not live there", []Relation{at(away, ""), at(lives, "")}, ""},
		{"nobody has said", []Relation{at(open, "")}, ""},
		{"two homes with days", []Relation{at(days, ""), at(lives, "")}, ""},
		{"another home is known", []Relation{at(lives, ""), at(lives, "9 Quay Street")}, ""},
		{"an order in the family", []Relation{at(lives, ""), at(away, "", order)}, ""},
	} {
		if got := strings.Join(postLines(c.all[0], child, c.all, "2026-11-20"), ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What is set by hand stays when a file says something else, and an edit keeps what its form does not ask.
func TestTieIsKeptAndGuarded(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, p := context.Background(), as(testkit.OrgA, a.head, Office)
		v := Values{"relationship": "mother", "responsibility": "yes", "source": "court_order", "source_seen": "3/9/2026", "emergency": "yes", "lives_with": "yes", "stays": "1,2,3",
			"stays_words": "half of the holidays", "letters": "no"}
		if err := a.s.EditTie(ctx, p, a.zoe, a.mumTie, v, ""); err != nil {
			t.Fatal(err)
		}
		if err := a.s.EditAdult(ctx, p, a.zoe, a.mum, Values{"forename": "Mária", "surname": "Łuczak", "helps": "large_print,calls", "needs": "not on Fridays"}, Ways{{Kind: "phone", Value: "07700 900123"}}, ""); err != nil {
			t.Fatal(err)
		}
		r, err := a.s.Open(ctx, p, a.zoe)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := r.Relation(a.mumTie)
		if rel.Tie.Source != "court_order" || rel.Tie.SourceSeen != "2026-09-03" || !*rel.Tie.Emergency || rel.Tie.StaysText() != "Monday to Wednesday; half of the holidays" || *rel.Tie.Letters {
			t.Errorf("%+v", rel.Tie)
		}
		if rel.GetsLetters() || !rel.Adult.Wants("large_print") || rel.Adult.HelpWords() != "Large print; A call instead of a letter; not on Fridays" && rel.Adult.HelpWords() != "A call instead of a letter; Large print; not on Fridays" {
			t.Errorf("%+v: %q", rel.Adult, rel.Adult.HelpWords())
		}
		for _, f := range []string{"source", "source_seen", "emergency", "stays", "stays_words", "letters"} {
			if _, ok := r.HandOn("tie", int64(a.mumTie), f); !ok {
				t.Errorf("%s is not marked as set by hand", f)
			}
		}
		if how := r.HowWeKnow(rel, func(int64) string { return "" }); how != "Court order; papers seen on 3 September 2026" {
			t.Errorf("how we know: %q", how)
		}
		if other, _ := b.s.Open(ctx, as(testkit.OrgB, b.head, Office), b.zoe); len(other.Hands) != 0 {
			t.Error("the other school's record changed")
		}
	})
}

func TestContacts(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, p := context.Background(), as(testkit.OrgA, a.head, Office)
		both := Group{Class: a.form}
		c, err := a.s.Contacts(ctx, p, both)
		if err != nil {
			t.Fatal(err)
		}
		// The twins' mother has one label for both; the aunt has one because the child lives with her.
		var labels []string
		for _, l := range c.Labels {
			labels = append(labels, l.Adult.Name+" for "+strings.Join(l.Children, " and ")+" at "+strings.Join(l.Post, ", "))
		}
		want := []string{"Ana de la Cruz for Zoe de la Cruz at 12 Mill Lane, AB1 2CD", "Mária Łuczak for Zia O'Brien-Łuczak and Zozo O'Brien-Łuczak (Zoë) at 12 Mill Lane, AB1 2CD",
			"Sean O'Brien for Zozo O'Brien-Łuczak (Zoë) at 12 Mill Lane, AB1 2CD"}
		slices.Sort(labels)
		if !slices.Equal(labels, want) {
			t.Errorf("labels %q\nwant %q", labels, want)
		}
		// How families are reached adds up to the pupils, and narrows the list; everyone is everyone whom the pass sees.
		every, err := a.s.Contacts(ctx, p, Group{Everyone: true})
		if err != nil || len(every.Pupils) < len(c.Pupils) {
			t.Fatalf("everyone: %d pupils, %v", len(every.Pupils), err)
		}
		sum := 0
		for _, by := range ReachedWays {
			only, err := a.s.Contacts(ctx, p, Group{Everyone: true, Only: by})
			if err != nil || len(only.Pupils) != every.Reach[by] {
				t.Errorf("%s: %d pupils, and %d are counted (%v)", by, len(only.Pupils), every.Reach[by], err)
			}
			sum += every.Reach[by]
		}
		if sum != len(every.Pupils) {
			t.Errorf("%d of %d pupils are counted: %v", sum, len(every.Pupils), every.Reach)
		}
		v := OrderValues("2026-11-20")
		v["kind"], v["decided_by"] = "supervised", "family court"
		if _, err := a.s.AddOrder(ctx, p, a.zoe, a.dadTie, v); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			role access.Role
			why  int
		}{{Office, 1}, {Leader, 0}} {
			c, err = a.s.Contacts(ctx, as(testkit.OrgA, a.head, x.role), both)
			if err != nil || c.LeftOut != 1 || len(c.Why) != x.why {
				t.Errorf("%s: %d left out, %q, %v", x.role, c.LeftOut, c.Why, err)
			}
			for _, l := range c.Lines {
				if l.Adult.ID == a.dad {
					t.Errorf("%s: the father under an order stands on the list", x.role)
				}
			}
		}
		// With an order in the family the child's address is nobody's to be guessed.
		if len(c.ByHand) != 0 && c.ByHand[0].Adult.ID != a.mum {
			t.Errorf("by hand: %+v", c.ByHand)
		}
		// A key teacher has labels for their own pupils alone, and another school has nothing here.
		own, err := a.s.Contacts(ctx, as(testkit.OrgA, a.teacher, KeyTeacher), both)
		if err != nil || len(own.Pupils) != 1 || own.Pupils[0].ID != a.zoe {
			t.Errorf("a key teacher has %+v, %v", own.Pupils, err)
		}
		for _, g := range []Group{both, {Pupils: []PupilID{a.zoe}}} {
			if _, err := a.s.Contacts(ctx, as(testkit.OrgB, b.head, Office), g); fault.KindOf(err) != fault.NotFound {
				t.Errorf("another school: %v", err)
			}
		}
		if _, err := a.s.Contacts(ctx, p, Group{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("nobody chosen: %v", err)
		}
	})
}

func TestOrderIsForeseenAndReviewed(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, p := context.Background(), as(testkit.OrgA, a.head, SafeguardingLead)
		a.s.UseOutlets([]Outlet{
			{Key: "x.letters", Words: "Letters", Needs: Contact, Sent: func(*db.Tx, PupilID, AdultID) ([]Sent, error) {
				return []Sent{{On: "2026-11-02", Words: "Letter"}}, nil
			}},
			{Key: "x.reports", Words: "Reports", Needs: Report},
		})
		if err := a.s.TieAdult(ctx, as(testkit.OrgA, a.head, Office), a.zia, a.dad, Values{"relationship": "father", "responsibility": "yes"}); err != nil {
			t.Fatal(err)
		}
		v := OrderValues("2026-11-20")
		v["kind"], v["decided_by"], v["review_on"] = "reports_only", "family court", "10/12/2026"
		pre, err := a.s.PreviewOrder(ctx, p, a.zoe, a.dadTie, v)
		if err != nil || !slices.Equal(pre.Lost(), []string{"Letters"}) || !slices.Equal(pre.Kept(), []string{"Reports"}) || len(pre.Sent) != 1 || pre.Sent[0].List[0].On != "2026-11-02" ||
			len(pre.Children) != 1 || pre.Children[0].ID != a.zia {
			t.Fatalf("%+v %v", pre, err)
		}
		id, err := a.s.AddOrder(ctx, p, a.zoe, a.dadTie, v)
		if err != nil {
			t.Fatal(err)
		}
		due, err := a.s.OrderReviews(ctx, p)
		if err != nil || len(due) != 1 || due[0].Order.ID != id || due[0].Overdue || due[0].Adult != "Sean O'Brien" || due[0].Pupil != "Zozo O'Brien-Łuczak" {
			t.Fatalf("%+v %v", due, err)
		}
		if none, err := b.s.OrderReviews(ctx, as(testkit.OrgB, b.head, SafeguardingLead)); err != nil || len(none) != 0 {
			t.Errorf("the other school is reminded of %+v, %v", none, err)
		}
		for field, bad := range map[string]Values{"found": {"review_on": "1/6/2027"}, "review_on": {"found": "Asked the court.", "review_on": "1/6/2026"}} {
			if f := fault.AsFields(a.s.LookedAt(ctx, p, a.zoe, id, bad)); !slices.ContainsFunc(f, func(x *fault.Error) bool { return x.Field == field }) {
				t.Errorf("%v was taken: %v", bad, f)
			}
		}
		if err := a.s.LookedAt(ctx, p, a.zoe, id, Values{"found": "The court confirmed it.", "review_on": "1/6/2027"}); err != nil {
			t.Fatal(err)
		}
		if due, err = a.s.OrderReviews(ctx, p); err != nil || len(due) != 0 {
			t.Errorf("looked at, and still due: %+v %v", due, err)
		}
		r, err := a.s.Open(ctx, p, a.zoe)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := r.Relation(a.dadTie)
		if len(rel.InForceOn("2026-11-20")) != 1 || !strings.Contains(rel.Orders[0].Note, "Looked at again by Test Person on 2026-11-20: The court confirmed it.") {
			t.Errorf("%+v", rel.Orders)
		}
	})
}
