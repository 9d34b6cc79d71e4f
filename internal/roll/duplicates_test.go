package roll

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// dump writes down every row of an organisation, apart from what the merges themselves keep.
func dump(t *testing.T, s *Service, p access.Pass) string {
	t.Helper()
	var lines []string
	err := s.DB.View(context.Background(), p, func(tx *db.Tx) error {
		for _, table := range []string{"roll_pupil", "roll_adult", "roll_channel", "roll_tie", "roll_order", "roll_staff", "roll_staff_role", "roll_class", "roll_member",
			"roll_assignment", "roll_hand", "roll_conflict", "roll_setting", "roll_apart", "roll_hat"} {
			rows, err := db.Whole(tx, "select * from "+table+" where org_id = $1")
			if err != nil {
				return err
			}
			for _, r := range rows {
				line := table
				for _, c := range r {
					line += fmt.Sprintf(" %s=%#v", c.Name, c.Value)
				}
				lines = append(lines, line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range x {
		if !slices.Contains(y, l) {
			return "gone:  " + l
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			return "extra: " + l
		}
	}
	return ""
}

func inOrg(t *testing.T, s *Service, p access.Pass, f func(tx *db.Tx) error) {
	t.Helper()
	if err := s.DB.Update(context.Background(), p, f); err != nil {
		t.Fatal(err)
	}
}

// another adds an adult with ways to reach them, for tests.
func another(t *testing.T, c school, p access.Pass, a Adult, ways ...string) AdultID {
	t.Helper()
	a.ID = ids.New[Adult]()
	if a.Name == "" {
		a.Name = strings.TrimSpace(a.Forename + " " + a.Surname)
	}
	a.SortKey = SortKey(a.Surname, a.Forename)
	place := map[string]int{}
	for _, w := range ways {
		kind := "phone"
		if strings.Contains(w, "@") {
			kind = "email"
		}
		place[kind]++
		a.Channels = append(a.Channels, Channel{Kind: kind, Value: w, Folded: FoldChannel(kind, w), Place: place[kind]})
	}
	inOrg(t, c.s, p, func(tx *db.Tx) error {
		if err := insertAdult(tx, a); err != nil {
			return err
		}
		_, err := tx.Exec(`update roll_adult set local_id = $3 where org_id = $1 and id = $2`, a.ID, a.LocalID)
		return err
	})
	return a.ID
}

func tied(t *testing.T, c school, p access.Pass, pupil PupilID, adult AdultID, change func(*Tie)) TieID {
	t.Helper()
	x := Tie{ID: ids.New[Tie](), PupilID: pupil, AdultID: adult, Relationship: "mother", Responsibility: "unknown", Starts: Always, Ends: ForGood}
	if change != nil {
		change(&x)
	}
	inOrg(t, c.s, p, func(tx *db.Tx) error { return insertTie(tx, x) })
	return x.ID
}

func order(t *testing.T, c school, p access.Pass, tie TieID, kind string) OrderID {
	t.Helper()
	id := ids.New[Order]()
	inOrg(t, c.s, p, func(tx *db.Tx) error {
		return insertOrder(tx, Order{ID: id, TieID: tie, Kind: kind, DecidedBy: "court", Starts: "2026-01-01", Ends: ForGood, ByName: "Test"})
	})
	return id
}

func TestCompareNames(t *testing.T) {
	n := func(title, forename, surname string) PersonName {
		return PersonName{Title: title, Forename: forename, Surname: surname, Text: strings.TrimSpace(forename + " " + surname)}
	}
	for _, c := range []struct {
		a, b PersonName
		want likeness
	}{
		{n("", "Maria", "Luczak"), n("", "Mária", "Łuczak"), sameName},
		{n("", "Ann-Marie", "O'Brien"), n("", "Ann Marie", "OBrien"), sameName},
		{n("Mrs", "", "Khan"), n("Mrs", "Amira", "Khan"), nearName},
		{n("Mr", "J", "Khan"), n("Mrs", "J", "Khan"), otherName},
		{n("", "K", "Smith"), n("", "Kate", "Smith"), nearName},
		{n("", "Katherine", "Smith"), n("", "Kathrine", "Smith"), nearName},
		{n("", "Nadia", "Rahman"), n("", "Nadai", "Rahman"), nearName},
		{n("", "Ali", "Rahman"), n("", "Ala", "Rahman"), otherName}, // short names differ by a letter and are two people
		{n("", "Samira", "Ali"), n("", "Ali", "Samira"), nearName},
		{n("", "John", "Smith"), n("", "Joan", "Smith"), nearName}, // offered beside a shared phone, and a person looks
		{n("", "John", "Smith"), n("", "Peter", "Smith"), otherName},
		{n("", "", "Smith"), n("", "", ""), otherName},
	} {
		if got := compareNames(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %d, not %d", c.a, c.b, got, c.want)
		}
		if got := compareNames(c.b, c.a); got != c.want {
			t.Errorf("%v and %v the other way round: %d, not %d", c.b, c.a, got, c.want)
		}
	}
}

// Which pairs the list offers, and which it must not: never by a name alone, never by a phone or an e-mail address alone.
func TestSuspects(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, pa := context.Background(), testkit.A()
		for _, c := range []struct {
			name string
			x, y func() AdultID
			want string // part of the reason; empty for a pair that must not be offered
		}{
			{"same name, same phone written otherwise", func() AdultID { return another(t, a, pa, Adult{Forename: "Priya", Surname: "Nair"}, "07700 900201") },
				func() AdultID { return another(t, a, pa, Adult{Forename: "priya", Surname: "NAIR"}, "+447700900201") }, "The same name and the same phone"},
			{"same name, same e-mail", func() AdultID { return another(t, a, pa, Adult{Forename: "Eva", Surname: "Nowak"}, "eva@example.org") },
				func() AdultID { return another(t, a, pa, Adult{Forename: "Eva", Surname: "Nowak"}, "Eva@Example.org") }, "the same e-mail address"},
			{"an initial, same phone", func() AdultID { return another(t, a, pa, Adult{Forename: "Owen", Surname: "Pryce"}, "07700 900202") },
				func() AdultID { return another(t, a, pa, Adult{Forename: "O", Surname: "Pryce"}, "07700900202") }, "Nearly the same name"},
			{"same name, same address", func() AdultID {
				return another(t, a, pa, Adult{Forename: "Ida", Surname: "Holm", Address: "5 Long Row", Postcode: "AB1 2CD"})
			}, func() AdultID {
				return another(t, a, pa, Adult{Forename: "Ida", Surname: "Holm", Address: "5, Long Row", Postcode: "ab12cd"})
			}, "the same address"},
			{"same number of the school's system", func() AdultID { return another(t, a, pa, Adult{LocalID: "G77", Forename: "Lena", Surname: "Fox"}) },
				func() AdultID { return another(t, a, pa, Adult{LocalID: "G77", Forename: "Helena", Surname: "Fuchs"}) }, "The same number"},
			{"a name alone", func() AdultID { return another(t, a, pa, Adult{Forename: "Tom", Surname: "Marsh"}, "07700 900203") },
				func() AdultID { return another(t, a, pa, Adult{Forename: "Tom", Surname: "Marsh"}, "07700 900204") }, ""},
			{"a phone alone", func() AdultID { return another(t, a, pa, Adult{Forename: "Una", Surname: "Reid"}, "07700 900205") },
				func() AdultID { return another(t, a, pa, Adult{Forename: "Greg", Surname: "Vance"}, "07700 900205") }, ""},
			{"an e-mail address alone", func() AdultID {
				return another(t, a, pa, Adult{Forename: "Una", Surname: "Blake"}, "family@example.org")
			},
				func() AdultID {
					return another(t, a, pa, Adult{Forename: "Karl", Surname: "Dunn"}, "family@example.org")
				}, ""},
			{"mother and father with one initial and one phone", func() AdultID {
				return another(t, a, pa, Adult{Title: "Mr", Forename: "S", Surname: "Aziz"}, "07700 900206")
			},
				func() AdultID {
					return another(t, a, pa, Adult{Title: "Mrs", Forename: "S", Surname: "Aziz"}, "07700 900206")
				}, ""},
			{"same name, another house", func() AdultID {
				return another(t, a, pa, Adult{Forename: "Bo", Surname: "Lindt", Address: "9 High Street", Postcode: "AB1 2CD"})
			}, func() AdultID {
				return another(t, a, pa, Adult{Forename: "Bo", Surname: "Lindt", Address: "9 High Street", Postcode: "ZZ9 9ZZ"})
			}, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				x, y := c.x(), c.y()
				list, err := a.s.Suspects(ctx, as(testkit.OrgA, a.head, Head), 0)
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, s := range list.Pairs {
					if pairOf(s.A.ID, s.B.ID) == pairOf(x, y) {
						got = strings.Join(s.Reasons, " ")
					}
				}
				if c.want == "" && got != "" || !strings.Contains(got, c.want) {
					t.Errorf("%q, not %q", got, c.want)
				}
				if c.want == "" {
					return
				}
				if err := a.s.KeepApart(ctx, as(testkit.OrgA, a.head, Head), y, x, true); err != nil {
					t.Fatal(err)
				}
				again, err := a.s.Suspects(ctx, as(testkit.OrgA, a.head, Head), 0)
				if err != nil {
					t.Fatal(err)
				}
				if again.Total != list.Total-1 || again.Apart != list.Apart+1 {
					t.Errorf("after “not the same person” there are %d of %d, and %d apart", again.Total, list.Total, again.Apart)
				}
			})
		}
		other, err := b.s.Suspects(ctx, as(testkit.OrgB, b.head, Head), 0)
		if err != nil || other.Total != 0 {
			t.Errorf("the other school is offered %d pairs: %v", other.Total, err)
		}
	})
}

// tangle makes two records of one mother with everything that can hang on them: a child of each, a child of both with an order on the record that
// goes, a shared phone, marks of hands, a difference with a file, and a pair that was kept apart.
func tangle(t *testing.T, c school, p access.Pass) (stays, gone AdultID, shared TieID) {
	t.Helper()
	stays = another(t, c, p, Adult{LocalID: "C1", Forename: "Nadia", Surname: "Rahman", Speaks: "Bengali"}, "07700 900301", "nadia@example.org")
	gone = another(t, c, p, Adult{Title: "Mrs", Forename: "N", Surname: "Rahman", Reads: "English", Speaks: "English", Address: "4 Quay", Postcode: "AB1 2CD"}, "07700900301", "07700 900302")
	one := 1
	yes := true
	tied(t, c, p, c.zoe, stays, nil)
	tied(t, c, p, c.other, stays, func(x *Tie) { x.Priority = &one; x.Responsibility = "yes"; x.LivesWith = &yes })
	tied(t, c, p, c.zia, gone, func(x *Tie) { x.Relationship = "carer" })
	no := false
	shared = tied(t, c, p, c.other, gone, func(x *Tie) { x.Ends = "2026-12-31"; x.Responsibility = "no"; x.LivesWith = &no })
	order(t, c, p, shared, "no_information")
	inOrg(t, c.s, p, func(tx *db.Tx) error {
		for _, f := range []string{"address", "speaks", "phone"} {
			if err := markHand(tx, "adult", int64(gone), f); err != nil {
				return err
			}
		}
		if err := markHand(tx, "tie", int64(shared), "ends"); err != nil {
			return err
		}
		if err := setApart(tx, pairOf(gone, c.aunt)[0], pairOf(gone, c.aunt)[1], "Test"); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into roll_conflict (org_id, id, batch_id, record, row_id, field, ours, theirs, made_ms) values ($1, $2, 1, 'adult', $3, 'speaks', 'English', 'Welsh', 1)`, ids.New[Conflict](), gone)
		return err
	})
	return stays, gone, shared
}

func TestMergeAndUndo(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, head := context.Background(), as(testkit.OrgA, a.head, Head)
		stays, gone, _ := tangle(t, a, testkit.A())
		before, otherSchool := dump(t, a.s, testkit.A()), dump(t, b.s, testkit.B())

		pre, err := a.s.Pair(ctx, head, gone, stays, nil)
		if err != nil {
			t.Fatal(err)
		}
		if pre.Stays.Adult.ID != stays {
			t.Error("the record with a number of the school's own system does not stay")
		}
		if len(pre.Shared) != 1 || len(pre.Shared[0].Orders()) != 1 || len(pre.Stops) != 0 {
			t.Fatalf("shared %+v, stops %v", pre.Shared, pre.Stops)
		}
		id, err := a.s.MergeAdults(ctx, head, stays, gone, Values{"field.name": OfStays, "field.speaks": OfGone}, pre.Seen)
		if err != nil {
			t.Fatal(err)
		}
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			if _, err := adultByID(tx, gone); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the second record is still here: %v", err)
			}
			m, err := adultWithWays(tx, stays)
			if err != nil {
				return err
			}
			if m.Name != "Nadia Rahman" || m.Speaks != "English" || m.Reads != "English" || m.Address != "4 Quay" || len(m.Channels) != 3 {
				t.Errorf("the record holds %+v", m)
			}
			ties, err := tiesOfAdult(tx, stays)
			if err != nil || len(ties) != 3 {
				t.Errorf("%d ties, %v", len(ties), err)
			}
			rels, err := Relations(tx, a.other)
			if err != nil {
				return err
			}
			for _, r := range rels {
				if r.Adult.ID != stays {
					continue
				}
				if len(r.InForceOn(tx.Today())) != 1 || !r.Barred(tx.Today()) {
					t.Error("the order of the record that went does not hold on the tie that stayed")
				}
				if r.Tie.Ends != "2026-12-31" || r.Tie.Responsibility != "no" || *r.Tie.LivesWith || *r.Tie.Priority != 1 {
					t.Errorf("the stricter tie did not win: %+v", r.Tie)
				}
			}
			marks, err := handMarks(tx, "adult", int64(stays))
			if fmt.Sprint(marks) != "[address forename name phone speaks surname title]" {
				t.Errorf("marks of hands: %v", marks)
			}
			return err
		})
		found, err := a.s.Find(ctx, head, "900302 rahman")
		if err != nil || len(found.Adults) != 1 || len(found.Adults[0].Children) != 3 {
			t.Errorf("the joined record is not found by the other's phone: %+v, %v", found.Adults, err)
		}
		list, err := a.s.Merges(ctx, head)
		if err != nil || len(list) != 1 || list[0].GoneName != "N Rahman" || len(list[0].Happened()) == 0 {
			t.Errorf("merges: %+v, %v", list, err)
		}
		if _, err := a.s.UndoMerge(ctx, as(testkit.OrgB, b.head, Head), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another school undoes it: %v", err)
		}
		m, err := a.s.UndoMerge(ctx, head, id)
		if err != nil {
			t.Fatal(err)
		}
		if m.Kept != "" {
			t.Errorf("something was left: %s", m.Kept)
		}
		if d := firstDifference(before, dump(t, a.s, testkit.A())); d != "" {
			t.Errorf("after the undo not everything is as it was:\n%s", d)
		}
		if _, err := a.s.UndoMerge(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		if d := firstDifference(otherSchool, dump(t, b.s, testkit.B())); d != "" {
			t.Errorf("the other school was touched: %s", d)
		}
	})
}

// The same as the journey of a merge that went wrong: what was decided meanwhile is not lost, and nothing opens by undoing.
func TestUndoOpensNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx, head := context.Background(), as(testkit.OrgA, a.head, Head)
		x := another(t, a, testkit.A(), Adult{Forename: "Nadia", Surname: "Rahman"}, "07700 900301")
		y := another(t, a, testkit.A(), Adult{Forename: "Nadia", Surname: "Rahman"}, "07700 900301")
		tied(t, a, testkit.A(), a.other, x, nil)
		tied(t, a, testkit.A(), a.other, y, nil)
		id, err := a.s.MergeAdults(ctx, head, x, y, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		var tie TieID
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			list, err := tiesOfAdult(tx, x)
			tie = list[0].TieID
			return err
		})
		order(t, a, testkit.A(), tie, "no_contact")
		if err := a.s.EditTie(ctx, head, a.other, tie, Values{"relationship": "mother", "responsibility": "unknown", "ends": "2026-12-01"}, ""); err != nil {
			t.Fatal(err)
		}
		if err := a.s.EditAdult(ctx, head, a.other, x, Values{"forename": "Nadia", "surname": "Rahman", "speaks": "Urdu"}, Ways{{Kind: "phone", Value: "07700 900301"}}, ""); err != nil {
			t.Fatal(err)
		}
		m, err := a.s.UndoMerge(ctx, head, id)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.Kept, "order") {
			t.Errorf("nothing is said of the order: %q", m.Kept)
		}
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			rels, err := Relations(tx, a.other)
			for _, r := range rels {
				if r.Adult.ID != x && r.Adult.ID != y {
					continue
				}
				if len(r.InForceOn(tx.Today())) != 1 {
					t.Errorf("the order made meanwhile does not hold for %v", r.Adult.ID)
				}
				if r.Tie.Ends != "2026-12-01" {
					t.Errorf("the tie that ended meanwhile is open again: %s", r.Tie.Ends)
				}
			}
			return err
		})
	})
}

func TestMergeIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx, head := context.Background(), as(testkit.OrgA, a.head, Head)
		x := another(t, a, testkit.A(), Adult{Forename: "Eva", Surname: "Nowak"}, "07700 900401")
		y := another(t, a, testkit.A(), Adult{Forename: "Eva", Surname: "Nowak"}, "07700 900401")
		z := another(t, a, testkit.A(), Adult{Forename: "Eva", Surname: "Nowak"}, "07700 900401")
		before := dump(t, a.s, testkit.A())
		pre, err := a.s.Pair(ctx, head, x, y, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			do   func() error
			want fault.Kind
		}{
			{"with itself", func() error { _, err := a.s.MergeAdults(ctx, head, x, x, nil, ""); return err }, fault.NotFound},
			{"with an adult of another school", func() error { _, err := a.s.MergeAdults(ctx, head, x, b.mum, nil, ""); return err }, fault.NotFound},
			{"with one who is not there", func() error { _, err := a.s.MergeAdults(ctx, head, x, ids.New[Adult](), nil, ""); return err }, fault.NotFound},
			{"from an old page", func() error { _, err := a.s.MergeAdults(ctx, head, x, y, nil, "old"); return err }, fault.Invalid},
		} {
			if err := c.do(); fault.KindOf(err) != c.want || err == nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if d := firstDifference(before, dump(t, a.s, testkit.A())); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
		first, err := a.s.MergeAdults(ctx, head, x, y, nil, pre.Seen)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.s.MergeAdults(ctx, head, x, y, nil, pre.Seen); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a second press of the button: %v", err)
		}
		second, err := a.s.MergeAdults(ctx, head, z, x, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.s.UndoMerge(ctx, head, first); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the first was undone while the second rests on it: %v", err)
		}
		for _, id := range []MergeID{second, first} {
			if _, err := a.s.UndoMerge(ctx, head, id); err != nil {
				t.Fatal(err)
			}
		}
		if d := firstDifference(before, dump(t, a.s, testkit.A())); d != "" {
			t.Errorf("after both undos: %s", d)
		}
	})
}

func TestMergeJournalIsSwept(t *testing.T) {
	onBoth(t, func(t *testing.T, a, _ school) {
		ctx, head := context.Background(), as(testkit.OrgA, a.head, Head)
		x := another(t, a, testkit.A(), Adult{Forename: "Eva", Surname: "Nowak"})
		y := another(t, a, testkit.A(), Adult{Forename: "Eva", Surname: "Nowak"})
		id, err := a.s.MergeAdults(ctx, head, x, y, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		steps := func() (n int) {
			inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
				n, err = db.One[int](tx, `select count(*) from roll_merge_step where org_id = $1`)
				return err
			})
			return n
		}
		if err := a.s.SweepMerges(ctx, testkit.A()); err != nil || steps() == 0 {
			t.Fatalf("the journal of today is gone: %v", err)
		}
		inOrg(t, a.s, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_merge set made_ms = made_ms - $2 where org_id = $1`, (UndoDays+1)*dayMs)
			return err
		})
		if err := a.s.SweepMerges(ctx, testkit.A()); err != nil || steps() != 0 {
			t.Fatalf("the old journal is still here: %v", err)
		}
		if _, err := a.s.UndoMerge(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone after %d days: %v", UndoDays+1, err)
		}
	})
}
