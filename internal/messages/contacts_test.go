package messages

import (
	"context"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

func (x *ledgerSchool) log(t *testing.T, who string, l Logged, children ...string) ContactID {
	t.Helper()
	for _, c := range children {
		l.Pupils = append(l.Pupils, x.kids[c].String())
	}
	if l.Way == "" {
		l.Way = ByGate
	}
	if l.Tone == "" {
		l.Tone = Neutral
	}
	id, err := x.w.s.LogContact(t.Context(), x.as(who), l)
	ledgerMust(t, err)
	return id
}

func (x *ledgerSchool) order(t *testing.T, child, adult, kind string) {
	t.Helper()
	x.do(t, func(tx *db.Tx) error {
		tie, err := db.One[roll.TieID](tx, `select id from roll_tie where org_id = $1 and pupil_id = $2 and adult_id = $3`, x.kids[child], x.folk[adult])
		if err != nil {
			return err
		}
		_, err = tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, $2, $3, $4, 'court', '2026-01-01', 'test', 0)`, ids.New[roll.Order](), tie, kind)
		return err
	})
}

// V05 CHECK: a contact routed to the SENCO shows its owner and its age in days; unanswered after five school days it escalates.
func TestV05RoutedWithAnOwnerAndAnAge(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_setting (org_id, name, value, by_name, at_ms) values ($1, 'school.holidays', '2026-11-26', 'test', 0)`)
			return err
		})
		id := oak.log(t, "Kit", Logged{Words: "Mum asks whether Amira could have the bigger print again.", Tone: Neutral, Adult: oak.folk["Mum"].String(), Owner: oak.staff["Sar"].String()}, "Amira")
		look := func(who string) (v ContactView) {
			v, err := w.s.Contact(t.Context(), oak.as(who), id)
			ledgerMust(t, err)
			return v
		}
		waits := func(who string) WaitingList {
			x, err := w.s.WaitingContacts(t.Context(), oak.as(who))
			ledgerMust(t, err)
			return x
		}
		if v := look("Kit"); v.OwnerName != "Sara Senco" || v.Age != 0 || v.AdultName != "Mum Khan" || v.MayAnswer {
			t.Fatalf("%+v", v)
		}
		if x := waits("Sar"); len(x.Mine) != 1 || !x.Mine[0].MayAnswer {
			t.Fatalf("it waits for her: %+v", x)
		}
		w.on(t, "2026-11-24") // two school days on
		if v := look("Sar"); v.Age != 2 {
			t.Errorf("age %d on the Tuesday, want 2: the weekend does not count", v.Age)
		}
		w.on(t, "2026-11-27") // the holiday of the 26th does not count: four
		round := func() {
			_, err := w.s.Jobs.Round(context.Background())
			ledgerMust(t, err)
		}
		round()
		if v := look("Sar"); v.Age != 4 || v.EscalatedMs != nil {
			t.Errorf("after four school days: %+v", v.Contact)
		}
		if x := waits("Han"); len(x.Escalated) != 0 {
			t.Errorf("not yet before the head")
		}
		w.on(t, "2026-11-30")
		round()
		if v := look("Sar"); v.Age != 5 || v.EscalatedMs == nil {
			t.Fatalf("after five school days: age %d, escalated %v", v.Age, v.EscalatedMs)
		}
		if x := waits("Han"); len(x.Escalated) != 1 || x.Escalated[0].OwnerName != "Sara Senco" || x.Escalated[0].Age != 5 {
			t.Errorf("before the head, with owner and age: %+v", x.Escalated)
		}
		if x := waits("Lee"); len(x.Escalated) != 1 {
			t.Errorf("and before the leader: %+v", x.Escalated)
		}
		if x := waits("Sar"); len(x.Mine) != 1 {
			t.Error("and still on her own list: it is on both")
		}
		ledgerMust(t, w.s.AnswerContact(t.Context(), oak.as("Sar"), id, "Large print from Monday; I rang her."))
		if x := waits("Kit"); len(x.Asked) != 1 || x.Asked[0].Answer == "" || x.Asked[0].AnsweredBy != "Sar" {
			t.Errorf("who asked sees that it was answered: %+v", x.Asked)
		}
		if len(waits("Sar").Mine)+len(waits("Han").Escalated) != 0 {
			t.Error("answered, and still on a list")
		}
		if _, err := w.s.Contact(t.Context(), w.elm.as("Han"), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the other school: %v", err)
		}
	})
}

func TestHandedOnStaysAsOldAsItIs(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		id := oak.log(t, "Kit", Logged{Words: "Asks about the trip.", Owner: oak.staff["Sar"].String()}, "Amira")
		w.on(t, "2026-11-25")
		ledgerMust(t, w.s.RouteContact(t.Context(), oak.as("Sar"), id, oak.staff["Olu"].String()))
		v, err := w.s.Contact(t.Context(), oak.as("Olu"), id)
		ledgerMust(t, err)
		if v.Age != 3 || v.OwnerName != "Olu Office" {
			t.Errorf("age %d with %s", v.Age, v.OwnerName)
		}
		// A colleague who does not see the child can't be asked about them.
		if err := w.s.RouteContact(t.Context(), oak.as("Sar"), id, oak.staff["Tom"].String()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
		// While the owner is away it stands on the list of who covers, and says for whom.
		_, err = w.s.Roll.RecordAway(t.Context(), oak.as("Han"), oak.staff["Olu"], roll.Values{"starts": "2026-11-25", "ends": "2026-11-30", "cover": oak.staff["Fay"].String()})
		ledgerMust(t, err)
		x, err := w.s.WaitingContacts(t.Context(), oak.as("Fay"))
		ledgerMust(t, err)
		if len(x.Mine) != 1 || x.Mine[0].Cover != "Olu Office" || !x.Mine[0].MayAnswer {
			t.Errorf("%+v", x.Mine)
		}
		ledgerMust(t, w.s.AnswerContact(t.Context(), oak.as("Fay"), id, "Told her."))
		// An owner who has left leaves it before those who lead.
		id = oak.log(t, "Han", Logged{Words: "Asks about shoes.", Owner: oak.staff["Kit"].String()}, "Amira")
		oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-11-24' where org_id = $1 and id = $2`, oak.staff["Kit"])
			return err
		})
		x, err = w.s.WaitingContacts(t.Context(), oak.as("Lee"))
		ledgerMust(t, err)
		if len(x.Escalated) != 1 || x.Escalated[0].ID != id {
			t.Errorf("of a leaver: %+v", x.Escalated)
		}
	})
}

func TestContactsAreForThoseWhoSeeTheChild(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, ctx := w.oak, t.Context()
		oak.order(t, "Amira", "Dad", "no_contact")
		v, err := w.s.LogForm(ctx, oak.as("Kit"), oak.kids["Amira"])
		ledgerMust(t, err)
		for _, a := range v.Adults {
			if a.Name == "Dad Khan" {
				t.Error("an adult under an order is offered")
			}
		}
		if _, err := w.s.LogContact(ctx, oak.as("Kit"), Logged{Pupils: []string{oak.kids["Amira"].String()}, Adult: oak.folk["Dad"].String(), Way: ByCall, Tone: Good}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("spoken with an adult under an order: %v", err)
		}
		if len(v.Siblings) != 0 {
			t.Errorf("the key teacher sees none of the others: %+v", v.Siblings)
		}
		head, err := w.s.LogForm(ctx, oak.as("Han"), oak.kids["Amira"])
		ledgerMust(t, err)
		if len(head.Siblings) != 2 {
			t.Errorf("the head sees brother and half-sister: %+v", head.Siblings)
		}
		// A child who is not theirs looks like one who is not there, with a sibling as well.
		for _, children := range [][]string{{"Cai"}, {"Amira", "Cai"}} {
			l := Logged{Way: ByGate, Tone: Good}
			for _, c := range children {
				l.Pupils = append(l.Pupils, oak.kids[c].String())
			}
			if _, err := w.s.LogContact(ctx, oak.as("Kit"), l); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v: %v", children, err)
			}
		}
		id := oak.log(t, "Han", Logged{Words: "About both.", Tone: Good}, "Amira", "Bilal")
		c, err := w.s.Contact(ctx, oak.as("Kit"), id)
		ledgerMust(t, err)
		if len(c.Children) != 1 || c.Children[0].Name != "Amira Khan" {
			t.Errorf("the key teacher reads of the brother: %+v", c.Children)
		}
		if _, err := w.s.Contact(ctx, oak.as("Tom"), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a teacher of neither: %v", err)
		}
		// Words for some roles only.
		id = oak.log(t, "Sar", Logged{Words: "About the plan for support.", Roles: []string{"senco", "head"}}, "Amira")
		if _, err := w.s.Contact(ctx, oak.as("Kit"), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("words for others: %v", err)
		}
		list, err := w.s.ContactsOf(ctx, oak.as("Kit"), oak.kids["Amira"])
		ledgerMust(t, err)
		if list.Hidden != 1 || len(list.Lines) != 1 || strings.Contains(list.Lines[0].Words, "support") {
			t.Errorf("%+v", list)
		}
		if _, err := w.s.Contact(ctx, oak.as("Han"), id); err != nil {
			t.Errorf("the head was named: %v", err)
		}
		// Never about one's own family, whatever the role, and not as owner either.
		oak.do(t, func(tx *db.Tx) error {
			hat := ids.New[roll.Hat]()
			_, err := tx.Exec(`insert into roll_hat (org_id, id, staff_id, adult_id, by_name, made_ms) values ($1, $2, $3, $4, 'test', 0)`, hat, oak.staff["Sar"], oak.folk["Mum"])
			return err
		})
		sara := access.Who{Org: int64(oak.org.ID), OrgName: oak.org.Name, Staff: int64(oak.staff["Sar"]), Name: "Sar", Roles: []access.Role{roll.Senco}}
		oak.do(t, func(tx *db.Tx) error {
			h, err := roll.HatOf(tx, oak.staff["Sar"])
			sara.Hat = int64(h)
			return err
		})
		own := ledgerGate.Admit(sara)
		if _, err := w.s.ContactsOf(ctx, own, oak.kids["Amira"]); err == nil {
			t.Errorf("her own child: %v", err)
		}
		if _, err := w.s.Contact(ctx, own, id); err == nil {
			t.Error("what she wrote before about what is now her own family opens")
		}
		can, err := w.s.LogForm(ctx, oak.as("Han"), oak.kids["Amira"])
		ledgerMust(t, err)
		for _, x := range can.Staff {
			if strings.HasPrefix(x.Words, "Sara") {
				t.Error("she can be asked about her own child")
			}
		}
	})
}

func TestContactsKeepNoWorryAndLoseNoWord(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, ctx := w.oak, t.Context()
		p, child := oak.as("Kit"), oak.kids["Amira"]
		l := Logged{Pupils: []string{child.String()}, Way: ByGate, Tone: Concern, Words: "She told me her dad hits her."}
		_, err := w.s.LogContact(ctx, p, l)
		if _, ok := worry.As(err); !ok {
			t.Fatalf("a worry was kept: %v", err)
		}
		if _, ok := worry.As(w.s.SaveLogDraft(ctx, p, child, l)); !ok {
			t.Error("the draft kept it")
		}
		v, err := w.s.LogForm(ctx, p, child)
		ledgerMust(t, err)
		if v.SavedMs == 0 || v.Draft.Words != "" || v.Draft.Tone != Concern {
			t.Errorf("all else is kept: %+v", v.Draft)
		}
		if _, err := w.s.Keeping(l.Words).LogContact(ctx, p, l); err != nil {
			t.Errorf("a person said that it is none: %v", err)
		}
		if v, err = w.s.LogForm(ctx, p, child); err != nil || v.SavedMs != 0 {
			t.Errorf("the draft outlived what came of it: %+v %v", v.Draft, err)
		}
		id := oak.log(t, "Kit", Logged{Words: "About the wrong child."}, "Amira")
		if err := w.s.StrikeContact(ctx, oak.as("Olu"), id, "wrong"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("struck by another: %v", err)
		}
		ledgerMust(t, w.s.StrikeContact(ctx, p, id, "It was Aaliyah."))
		c, err := w.s.Contact(ctx, p, id)
		ledgerMust(t, err)
		if c.StruckMs == nil || c.StruckWhy != "It was Aaliyah." || c.Words == "" {
			t.Errorf("never deleted: %+v", c.Contact)
		}
	})
}

func TestEscalatesAtIsFiveSchoolDaysToTheHour(t *testing.T) {
	off := []roll.Dates{{From: "2026-12-19", To: "2027-01-03"}}
	for asked, want := range map[string]string{"2026-11-20 10:30": "2026-11-27 10:30", "2026-11-21 09:00": "2026-11-27 09:00", "2026-12-16 15:00": "2027-01-06 15:00"} {
		at, _ := time.ParseInLocation("2006-01-02 15:04", asked, clock.London())
		if got := time.UnixMilli(escalatesAt(at.UnixMilli(), off, clock.London())).In(clock.London()).Format("2006-01-02 15:04"); got != want {
			t.Errorf("asked %s: %s, want %s", asked, got, want)
		}
	}
}
