package messages

import (
	"encoding/json"
	"strings"
	"testing"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// message puts a message about a child into the store as it stands after it has left.
func (x *ledgerSchool) message(t *testing.T, child, tone, state, copyState, itemState string, adults ...string) MessageID {
	t.Helper()
	id := ids.New[Message]()
	x.do(t, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into messages_message (org_id, id, title, class, tone, way, audience, state, by_name, made_ms, changed_ms) values ($1, $2, 'x', 'service', $3, 'best', '{}', $4, 'test', $5, $5)`, id, tone, state, tx.Now()); err != nil {
			return err
		}
		for _, a := range adults {
			c, item := ids.New[Copy](), int64(0)
			if itemState != "" {
				item = int64(ids.New[Copy]())
				if _, err := tx.Exec(`insert into post_item (org_id, id, way, adult, about, key, address, body, state, by_name, made_ms, done_ms) values ($1, $2, 'sms', $3, 'messages.copy', $4, 'x', '', $5, 'test', $6, $6)`, item, x.folk[a], c, itemState, tx.Now()); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(`insert into messages_copy (org_id, id, message_id, adult_id, way, lang, item_id, state, done_ms) values ($1, $2, $3, $4, $5, 'en', $6, $7, $8)`, c, id, x.folk[a], map[bool]string{true: "text", false: "call"}[item != 0], item, copyState, tx.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(`insert into messages_child (org_id, copy_id, pupil_id) values ($1, $2, $3)`, c, x.kids[child]); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// V04 CHECK: a child with three contacts of concern and none that is good in a term is on the list; the school's share is families whose only contacts were
// concerns, of families with any.
func TestV04OnlyHearWhenItGoesWrong(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		report := func() BalanceReport {
			r, err := w.s.Balances(t.Context(), oak.as("Han"), "")
			ledgerMust(t, err)
			return r
		}
		for range 2 {
			oak.log(t, "Han", Logged{Tone: Concern}, "Cai")
		}
		if r := report(); len(r.OnlyWrong) != 0 || r.School.Contacted != 1 || r.School.OnlyConcern != 1 || r.Term != "Autumn 2026" {
			t.Fatalf("two concerns: %+v", r)
		}
		oak.message(t, "Cai", Concern, "gone", "post", "sent", "Bea", "Gran") // the third is a text, and one for the child however many adults got it
		r := report()
		if len(r.OnlyWrong) != 1 || r.OnlyWrong[0].Name != "Cai Khan" || r.OnlyWrong[0].Concern != 3 || r.OnlyWrong[0].Good != 0 || !r.OnlyWrong[0].LastThreeConcerns {
			t.Fatalf("three concerns and nothing good: %+v", r.OnlyWrong)
		}
		// What nobody heard counts for nothing: a call without an answer, a stopped copy, one that was taken back, one still waiting; and what the family came to say.
		oak.log(t, "Han", Logged{Tone: Good, Way: ByCall, Outcome: NoAnswer}, "Cai")
		oak.log(t, "Han", Logged{Tone: Good, In: true}, "Cai")
		oak.message(t, "Cai", Good, "gone", "stopped", "stopped", "Bea")
		oak.message(t, "Cai", Good, "taken_back", "post", "sent", "Bea")
		oak.message(t, "Cai", Good, "held", "post", "waiting", "Bea")
		oak.message(t, "Cai", Good, "gone", "trial", "", "Bea")
		struck := oak.log(t, "Han", Logged{Tone: Good}, "Cai")
		ledgerMust(t, w.s.StrikeContact(t.Context(), oak.as("Han"), struck, "another child"))
		if r = report(); len(r.OnlyWrong) != 1 || r.School.Good != 0 {
			t.Fatalf("something unheard counted as good: %+v", r.School)
		}
		// The other family: one concern about the brother, one good word about the sister: a family that hears both.
		oak.log(t, "Han", Logged{Tone: Concern}, "Bilal")
		if r = report(); r.School.Contacted != 2 || r.School.OnlyConcern != 2 {
			t.Fatalf("%+v", r.School)
		}
		oak.message(t, "Amira", Good, "gone", "done", "", "Mum") // a call that was made
		r = report()
		if r.School.Families != 2 || r.School.Contacted != 2 || r.School.OnlyConcern != 1 {
			t.Fatalf("families are counted once, with all their children: %+v", r.School)
		}
		if share, ok := r.School.Share(); !ok || share != 50 {
			t.Errorf("share %v", share)
		}
		// One good word takes the child off the list; last term's are no longer counted.
		oak.log(t, "Han", Logged{Tone: Good, Way: ByCard}, "Cai")
		if r = report(); len(r.OnlyWrong) != 0 {
			t.Errorf("%+v", r.OnlyWrong)
		}
		w.on(t, "2027-01-08")
		if r = report(); r.School.Contacted != 0 || r.Term != "Spring 2027" {
			t.Errorf("a new term: %+v", r.School)
		}
		if r, err := w.s.Balances(t.Context(), oak.as("Han"), "2026-11-20"); err != nil || r.School.Contacted != 2 {
			t.Errorf("and the old one can still be seen: %+v %v", r.School, err)
		}
		if r, err := w.s.Balances(t.Context(), w.elm.as("Han"), "2026-11-20"); err != nil || r.School.Contacted != 0 {
			t.Errorf("the other school: %+v %v", r.School, err)
		}
	})
}

func TestV04ThePromptBeforeSending(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		of := func() (out map[roll.PupilID]Balance) {
			oak.do(t, func(tx *db.Tx) (err error) {
				out, err = BalanceOf(tx, []roll.PupilID{oak.kids["Amira"], oak.kids["Cai"]})
				return err
			})
			return out
		}
		oak.log(t, "Han", Logged{Tone: Good}, "Amira")
		w.on(t, "2026-11-23")
		for range 3 {
			oak.log(t, "Han", Logged{Tone: Concern}, "Amira")
		}
		b := of()
		if x := b[oak.kids["Amira"]]; x.Concern != 3 || x.Good != 1 || !x.LastThreeConcerns || x.OnlyWrong() {
			t.Errorf("%+v", x)
		}
		if x, ok := b[oak.kids["Cai"]]; !ok || x.All() != 0 || x.LastThreeConcerns {
			t.Errorf("nothing heard is an answer too: %+v", x)
		}
		w.on(t, "2026-11-24")
		oak.log(t, "Han", Logged{Tone: Neutral}, "Amira")
		if of()[oak.kids["Amira"]].LastThreeConcerns {
			t.Error("the last one was none")
		}
	})
}

func TestSuppressSplits(t *testing.T) {
	groups := []Split{{"7", 30, 12}, {"8", 28, 2}, {"9", 26, 11}, {"10", 40, 20}}
	total := Split{"all", 124, 45}
	out, sum := SuppressSplits(groups, total)
	if out[1].N.Mark != "small" || out[1].Of.Mark == "" || out[1].N.N != 0 {
		t.Errorf("two families are shown: %+v", out[1])
	}
	if out[2].N.Mark == "" || out[0].N.Mark != "" || out[3].N.Mark != "" {
		t.Errorf("the next smallest goes with it, so that nothing can be subtracted: %+v", out)
	}
	if sum.N.N != 45 || sum.Percent != "36 %" {
		t.Errorf("%+v", sum)
	}
	// No pair of what is shown gives a number from 1 to 4: what is hidden together is not small.
	n, rest := total.N, total.Of-total.N
	for _, p := range out {
		n, rest = n-p.N.N, rest-p.Rest.N
	}
	if few(n) || few(rest) {
		t.Errorf("the difference is %d and %d", n, rest)
	}
	b, err := json.Marshal(out[1])
	if err != nil || strings.Contains(string(b), `"N":2`) {
		t.Errorf("%s %v", b, err)
	}
	if out, sum := SuppressSplits([]Split{{"7", 3, 1}}, Split{"all", 3, 1}); out[0].Of.Mark == "" || sum.Of.Mark == "" {
		t.Error("three families are shown")
	}
	if out, _ := SuppressSplits([]Split{{"7", 0, 0}, {"8", 20, 0}}, Split{"all", 20, 0}); out[0].Of.String() != "0" || out[1].N.String() != "0" {
		t.Error("a true nought is shown as nought")
	}
}

func TestBalanceFiguresNameNobody(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		w.oak.log(t, "Han", Logged{Tone: Concern}, "Cai")
		governor := w.oak.as("Olu", roll.Governor)
		f, err := w.s.BalanceFigures(t.Context(), governor)
		ledgerMust(t, err)
		if f.School.Of.Mark != "small" || f.School.N.N != 0 || f.School.Percent != "" {
			t.Errorf("one family is shown to governors: %+v", f)
		}
		if _, err := w.s.Balances(t.Context(), governor, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("names for governors: %v", err)
		}
	})
}
