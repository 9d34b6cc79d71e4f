package messages

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// outbox stands for the gateway and the mail server.
type outbox struct {
	mu   sync.Mutex
	list []post.Ready
	fail error
}

func (o *outbox) Send(_ context.Context, r post.Ready) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return "", o.fail
	}
	o.list = append(o.list, r)
	return "", nil
}

func (o *outbox) to() (out []string) {
	for _, r := range o.list {
		out = append(out, r.Address)
	}
	slices.Sort(out)
	return out
}

// sendingWorld is the two schools with ways out. Mum has a mobile, Dad reads Urdu and has an e-mail, Gran is no parent, Bea asked to be called.
func sendingWorld(t *testing.T, body func(t *testing.T, w *ledgerWorld, out *outbox)) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		out := &outbox{}
		w.s.Post.Use(post.SMS, out)
		w.s.Post.Use(post.Email, out)
		w.s.Post.Sender = roll.Sender
		w.s.Post.May = post.All(post.Whether(roll.MayPost), MayLeave)
		for _, x := range []*ledgerSchool{w.oak, w.elm} {
			x.do(t, func(tx *db.Tx) error {
				for _, c := range []struct{ who, kind, value string }{{"Mum", "phone", "07700 900111"}, {"Dad", "email", "dad@home.example"}, {"Bea", "phone", "01632 960001"}} {
					if _, err := tx.Exec(`insert into roll_channel (org_id, id, adult_id, kind, value, folded, place) values ($1, $2, $3, $4, $5, $6, 1)`,
						ids.New[roll.Channel](), x.folk[c.who], c.kind, c.value, roll.FoldChannel(c.kind, c.value)); err != nil {
						return err
					}
				}
				if _, err := tx.Exec(`update roll_adult set helps = 'calls' where org_id = $1 and id = $2`, x.folk["Bea"]); err != nil {
					return err
				}
				for name, v := range map[string]string{"messages.live": "yes", "school.phone": "01632 960500", "messages.second_look": "2"} {
					if _, err := tx.Exec(`insert into roll_setting (org_id, name, value, by_name, at_ms) values ($1, $2, $3, 'x', 0)`, name, v); err != nil {
						return err
					}
				}
				return nil
			})
		}
		body(t, w, out)
	})
}

func (x *ledgerSchool) typed(kids ...string) Typed {
	t := Typed{Way: ByBest, Class: ClassService, Tone: Good, Subject: "The fair", Body: "Dear {adult}, {children} did well. Ring {phone}.", Short: "{children} did well today."}
	for _, k := range kids {
		t.Audience.Pupils = append(t.Audience.Pupils, x.kids[k])
	}
	return t
}

func (x *ledgerSchool) later(t *testing.T, after time.Duration) {
	x.w.s.DB.SetClock(clock.At(testkit.Day.Add(after)))
	if _, err := x.w.s.Post.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// send writes a message and sends it as the page shows it.
func (x *ledgerSchool) send(t *testing.T, p access.Pass, typed Typed) MessageID {
	t.Helper()
	id, err := x.w.s.Save(t.Context(), p, 0, typed, 0)
	ledgerMust(t, err)
	v, err := x.w.s.Open(t.Context(), p, id)
	ledgerMust(t, err)
	_, err = x.w.s.SendIt(t.Context(), p, id, v.Version, len(v.Plan.To))
	ledgerMust(t, err)
	return id
}

// Each adult once, however many children; by what reaches them, in the language they read or with a line in it; who asked for a call is on the list of calls; who is no
// parent is not written to. The words name the children, the school and the key contact.
func TestEachAdultOnceByWhatReachesThem(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx := t.Context()
		head := w.oak.as("Han", roll.Head)
		ledgerMust(t, w.s.DB.Update(ctx, w.oak.as("Han", roll.Head), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_setting set value = '100' where org_id = $1 and name = 'messages.second_look'`)
			return err
		}))
		id, err := w.s.Save(ctx, head, 0, w.oak.typed("Amira", "Bilal", "Cai", "Dua"), 0)
		ledgerMust(t, err)
		v, err := w.s.Open(ctx, head, id)
		ledgerMust(t, err)
		how := map[string]string{}
		for _, x := range v.Plan.To {
			how[x.Adult.Name] = x.Way + " " + x.In.Lang + " " + hits(x.Children)
		}
		if len(v.Plan.To) != 3 || how["Mum Khan"] != "text en Amira Khan, Bilal Khan" || how["Dad Khan"] != "email en Amira Khan, Dua Khan" || how["Bea Khan"] != "call en Cai Khan" {
			t.Fatalf("%v; not %+v", how, v.Plan.Not)
		}
		if _, err := w.s.SendIt(ctx, head, id, v.Version, 2); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another number than the page showed: %v", err)
		}
		if _, err := w.s.SendIt(ctx, head, id, v.Version+1, 3); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another version: %v", err)
		}
		_, err = w.s.SendIt(ctx, head, id, v.Version, 3)
		ledgerMust(t, err)
		w.oak.later(t, 4*time.Minute)
		if len(out.list) != 0 {
			t.Fatal("it left before its time")
		}
		w.oak.later(t, 6*time.Minute)
		if got := out.to(); !slices.Equal(got, []string{"07700 900111", "dad@home.example"}) {
			t.Fatalf("%v", got)
		}
		for _, r := range out.list {
			switch r.Address {
			case "07700 900111":
				if r.Body != "OAK House: Amira and Bilal did well today." {
					t.Errorf("the text: %q", r.Body)
				}
			default:
				if !strings.Contains(r.Body, "Dear Dad Khan, Amira and Dua did well. Ring 01632 960500.") || !strings.Contains(r.Body, "یہ انگریزی میں ہے") || !strings.Contains(r.Body, "Kit Key") || !strings.Contains(r.HTML, "<") {
					t.Errorf("the e-mail: %q", r.Body)
				}
			}
		}
		calls, err := w.s.Calls(ctx, head)
		if err != nil || len(calls) != 1 || calls[0].Adult != "Bea Khan" {
			t.Fatalf("%+v %v", calls, err)
		}
		ledgerMust(t, w.s.Called(ctx, head, calls[0].ID, NoAnswer, ""))
		if again, _ := w.s.Calls(ctx, head); len(again) != 1 {
			t.Error("a call that found nobody left the list")
		}
		ledgerMust(t, w.s.Called(ctx, head, calls[0].ID, Spoke, "She was glad."))
		if again, _ := w.s.Calls(ctx, head); len(again) != 0 {
			t.Error("the call stays on the list")
		}
		v, err = w.s.Open(ctx, head, id)
		if o := v.Outcome; err != nil || o.Total != 3 || o.Gone != 2 || o.Called != 1 {
			t.Errorf("%+v %v", o, err)
		}
		if _, err := w.s.Open(ctx, w.elm.as("Han", roll.Head), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another school opens it: %v", err)
		}
	})
}

func hits(list []roll.PupilHit) string {
	var out []string
	for _, h := range list {
		out = append(out, h.Name())
	}
	return strings.Join(out, ", ")
}

// What can be taken back is: for half a minute to one, for five to many, and after that what still waits. Nobody has received anything then.
func TestAMessageIsTakenBack(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		head := w.oak.as("Han", roll.Head)
		id := w.oak.send(t, head, w.oak.typed("Bilal"))
		kept, gone, err := w.s.TakeBack(t.Context(), head, id)
		if err != nil || kept != 1 || gone != 0 {
			t.Fatalf("%d %d %v", kept, gone, err)
		}
		w.oak.later(t, time.Hour)
		if len(out.list) != 0 {
			t.Fatal("it left all the same")
		}
		id = w.oak.send(t, head, w.oak.typed("Bilal"))
		w.oak.later(t, time.Hour+time.Minute)
		if len(out.list) != 1 {
			t.Fatal("it did not leave")
		}
		if _, _, err := w.s.TakeBack(t.Context(), head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back after it had left: %v", err)
		}
	})
}

// Above the school's bound a second person looks, and never the one who wrote it. A change asks for another look.
func TestASecondPersonLooks(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx, s := t.Context(), w.s
		office, head, leader := w.oak.as("Olu", roll.Office), w.oak.as("Han", roll.Head), w.oak.as("Lee", roll.Leader)
		typed := w.oak.typed("Amira", "Cai")
		id := w.oak.send(t, office, typed)
		v, err := s.Open(ctx, office, id)
		if err != nil || v.State != Waiting {
			t.Fatalf("%s %v", v.State, err)
		}
		if err := s.LookThrough(ctx, office, id, v.Version, len(v.Plan.To)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the office looks through: %v", err)
		}
		_, err = s.Save(ctx, office, id, typed, v.Version)
		ledgerMust(t, err)
		if err := s.LookThrough(ctx, head, id, v.Version, len(v.Plan.To)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("looked through what was changed: %v", err)
		}
		v, err = s.Open(ctx, office, id)
		ledgerMust(t, err)
		_, err = s.SendIt(ctx, office, id, v.Version, len(v.Plan.To))
		ledgerMust(t, err)
		ledgerMust(t, s.LookThrough(ctx, head, id, v.Version, len(v.Plan.To)))
		w.oak.later(t, 6*time.Minute)
		if len(out.list) == 0 {
			t.Error("it did not leave after the look")
		}
		own := w.oak.send(t, leader, typed)
		v, err = s.Open(ctx, leader, own)
		ledgerMust(t, err)
		if err := s.LookThrough(ctx, leader, own, v.Version, len(v.Plan.To)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("looked through their own: %v", err)
		}
	})
}

// Until the school goes live, families receive nothing and the sender sees what they would read. Bad news is a call. Quiet hours hold a text until morning and let an
// urgent one go. An order made after the sending stops it.
func TestTrialBadNewsQuietHoursAndOrders(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx, s := t.Context(), w.s
		head := w.oak.as("Han", roll.Head)
		set := func(name, value string) {
			w.oak.do(t, func(tx *db.Tx) error {
				_, err := tx.Exec(`update roll_setting set value = $3 where org_id = $1 and name = $2`, name, value)
				return err
			})
		}
		set("messages.live", "no")
		id := w.oak.send(t, head, w.oak.typed("Bilal"))
		w.oak.later(t, time.Minute)
		if len(out.list) != 1 || !strings.HasSuffix(out.list[0].Address, "@OAK.example.org") || !strings.Contains(out.list[0].Subject, "Trial, text") || !strings.Contains(out.list[0].Body, "Bilal did well today.") {
			t.Fatalf("%+v", out.list)
		}
		if v, _ := s.Open(ctx, head, id); v.Outcome.Trial != 1 {
			t.Errorf("%+v", v.Outcome)
		}
		set("messages.live", "yes")
		out.list = nil

		bad := w.oak.typed("Bilal")
		bad.Tone = Concern
		id, err := s.Save(ctx, head, 0, bad, 0)
		ledgerMust(t, err)
		v, err := s.Open(ctx, head, id)
		if err != nil || v.Plan.To[0].Way != ByCall || len(v.FirstBad) != 1 {
			t.Errorf("%+v %v, %v", v.Plan.To, v.FirstBad, err)
		}

		s.DB.SetClock(clock.At(testkit.Day.Add(9 * time.Hour))) // 19:30
		w.oak.send(t, head, w.oak.typed("Bilal"))
		urgent := w.oak.typed("Bilal")
		urgent.Class, urgent.Short = ClassUrgent, "School is closed tomorrow."
		w.oak.send(t, head, urgent)
		w.oak.later(t, 10*time.Hour)
		if len(out.list) != 1 || !strings.Contains(out.list[0].Body, "closed") {
			t.Fatalf("in the evening: %+v", out.list)
		}
		w.oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) select org_id, $2, id, 'no_contact', 'court', '2026-11-20', 'x', 0 from roll_tie where org_id = $1 and adult_id = $3 and pupil_id = $4`, ids.New[roll.Order](), w.oak.folk["Mum"], w.oak.kids["Bilal"])
			return err
		})
		w.oak.later(t, 21*time.Hour+time.Minute)
		if len(out.list) != 1 {
			t.Errorf("an order came in between: %+v", out.list)
		}
		id, err = s.Save(ctx, head, 0, w.oak.typed("Bilal"), 0)
		ledgerMust(t, err)
		if v, _ = s.Open(ctx, head, id); len(v.Plan.To) != 0 || v.Plan.LeftOut != 1 || len(v.Plan.Barred) != 1 {
			t.Errorf("%+v", v.Plan)
		}
	})
}

// An answer lands with the key contact, threaded to the family; STOP is obeyed and START ends it; out of hours somebody is told when it is read; a wrong number is marked;
// what may be about a child's safety goes to the safeguarding lead alone. Another school that holds the same number sees nothing of it.
func TestAnswersFindWhoAnswersForTheFamily(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx, s := t.Context(), w.s
		head := w.oak.as("Han", roll.Head)
		w.oak.send(t, head, w.oak.typed("Amira"))
		w.oak.later(t, time.Minute)
		if len(out.list) != 2 {
			w.oak.later(t, 6*time.Minute)
		}
		n := int64(0)
		from := func(text string, auto bool) {
			t.Helper()
			n++
			in := Incoming{ID: 1000 + n, Way: post.SMS, From: "+447700900111", Text: text, AtMs: testkit.Day.Add(time.Hour).UnixMilli(), Auto: auto}
			for range 2 { // a gateway says everything twice
				ledgerMust(t, s.Receive(ctx, in))
			}
		}
		from("Thank you so much!", false)
		waiting := func(x *ledgerSchool, who string, role access.Role) []ContactLine {
			t.Helper()
			l, err := s.WaitingContacts(ctx, x.as(who, role))
			ledgerMust(t, err)
			return l.Mine
		}
		mine := waiting(w.oak, "Kit", roll.KeyTeacher)
		if len(mine) != 1 || mine[0].Words != "Thank you so much!" || mine[0].AdultName != "Mum Khan" || mine[0].Children[0].Name != "Amira Khan" || len(mine[0].Children) != 1 {
			t.Fatalf("%+v", mine)
		}
		if other := waiting(w.elm, "Kit", roll.KeyTeacher); len(other) != 0 {
			t.Errorf("another school has %+v", other)
		}
		th, err := s.ThreadWith(ctx, head, w.oak.kids["Amira"], w.oak.folk["Mum"])
		if err != nil || len(th.Lines) != 2 || !th.Lines[0].In || th.Lines[1].Message.Zero() {
			t.Fatalf("%+v %v", th.Lines, err)
		}
		if _, err := s.ThreadWith(ctx, w.elm.as("Han", roll.Head), w.oak.kids["Amira"], w.oak.folk["Mum"]); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another school: %v", err)
		}

		out.list = nil
		from("STOP", false)
		w.oak.later(t, time.Hour)
		if len(out.list) != 1 || !strings.Contains(out.list[0].Body, "no more texts") {
			t.Errorf("to STOP: %+v", out.list)
		}
		id, err := s.Save(ctx, head, 0, w.oak.typed("Bilal"), 0)
		ledgerMust(t, err)
		v, err := s.Open(ctx, head, id)
		ledgerMust(t, err)
		if len(v.Plan.To)+len(v.Plan.Not) != 1 || len(v.Plan.To) == 1 && v.Plan.To[0].Way == ByText {
			t.Errorf("after STOP: %+v %+v", v.Plan.To, v.Plan.Not)
		}
		from("start", false)
		if v, _ = s.Open(ctx, head, id); len(v.Plan.To) != 1 || v.Plan.To[0].Way != ByText {
			t.Errorf("after START: %+v", v.Plan.To)
		}

		w.oak.later(t, 2*time.Hour)
		out.list = nil
		s.DB.SetClock(clock.At(testkit.Day.Add(10 * time.Hour))) // Friday evening
		from("Is there school on Monday?", false)
		from("And swimming?", false)
		from("I am on holiday", true)
		w.oak.later(t, 10*time.Hour+time.Minute)
		if len(out.list) != 1 || !strings.Contains(out.list[0].Body, "23 November") {
			t.Errorf("out of hours: %+v", out.list)
		}
		from("my ex hits her and I am scared for her", false)
		for _, l := range waiting(w.oak, "Kit", roll.KeyTeacher) {
			if strings.Contains(l.Words, "hits") {
				t.Error("a worry went to the key contact")
			}
		}
		from("Sorry, wrong number", false)
		if v, _ = s.Open(ctx, head, id); len(v.Plan.To) != 0 {
			t.Errorf("after a wrong number: %+v", v.Plan.To)
		}
		ledgerMust(t, s.Unstop(ctx, head, w.oak.kids["Bilal"], w.oak.folk["Mum"], "phone", roll.FoldChannel("phone", "07700 900111")))
		if v, _ = s.Open(ctx, head, id); len(v.Plan.To) != 1 {
			t.Errorf("after it was put right: %+v", v.Plan.To)
		}
		// A stranger's text changes nothing anywhere.
		ledgerMust(t, s.Receive(ctx, Incoming{ID: 5, Way: post.SMS, From: "+447700900999", Text: "hello"}))
	})
}

// Letters are printed for those without another way, in a moment at which an order is asked again; and what nobody knows about is decided by a person.
func TestLettersAndDoubt(t *testing.T) {
	sendingWorld(t, func(t *testing.T, w *ledgerWorld, out *outbox) {
		ctx, s := t.Context(), w.s
		head := w.oak.as("Han", roll.Head)
		w.oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_adult set address = '1 Road', postcode = 'AB1 2CD' where org_id = $1 and id = $2`, w.oak.folk["Dad"])
			return err
		})
		typed := w.oak.typed("Dua")
		typed.Way = ByLetter
		id := w.oak.send(t, head, typed)
		if _, _, _, err := s.Letters(ctx, head, id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("printed while it can be taken back: %v", err)
		}
		w.oak.later(t, time.Minute)
		_, list, school, err := s.Letters(ctx, head, id)
		if err != nil || len(list) != 1 || school != "OAK House" || !strings.Contains(list[0].Body, "Dear Dad Khan, Dua did well.") || len(list[0].Post) == 0 {
			t.Fatalf("%+v %v", list, err)
		}
		if n, err := s.Printed(ctx, head, id); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		out.fail = post.Doubt(errors.New("no answer"))
		id = w.oak.send(t, head, w.oak.typed("Bilal"))
		w.oak.later(t, 3*time.Minute)
		out.fail = nil
		v, err := s.Open(ctx, head, id)
		if err != nil || v.Outcome.Unsure != 1 {
			t.Fatalf("%+v %v", v.Outcome, err)
		}
		if _, err := s.Decide(ctx, w.elm.as("Han", roll.Head), id, []CopyID{v.Outcome.Lines[0].ID}, true); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another school decides: %v", err)
		}
		if n, err := s.Decide(ctx, head, id, []CopyID{v.Outcome.Lines[0].ID}, true); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		w.oak.later(t, time.Hour)
		if len(out.list) != 1 {
			t.Errorf("%d left", len(out.list))
		}
	})
}
