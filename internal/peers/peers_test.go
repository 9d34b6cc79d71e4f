package peers

import (
	"strings"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

var gate = access.NewGate(roll.Rights(), audit.Rights(), Rights())

type place struct {
	org   roll.Org
	staff roll.StaffID
}

func (p place) as(role access.Role) access.Pass {
	return gate.Admit(access.Who{Org: int64(p.org.ID), OrgName: p.org.Name, Staff: int64(p.staff), Name: "Test " + string(role), Roles: []access.Role{role}})
}

// world is a cluster of three schools, and a school of another cluster.
type world struct {
	s             *Service
	audit         *audit.Service
	cluster, far  place
	oak, ash, elm place
	fir           place
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func both(t *testing.T, body func(t *testing.T, w *world)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{batch.Migrations(), roll.Migrations(), audit.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		w := &world{s: New(d, r), audit: audit.New(d, r)}
		w.cluster, w.far = w.place(t, "HILLS", "cluster", ""), w.place(t, "FAR", "cluster", "")
		w.oak, w.ash, w.elm = w.place(t, "OAK", "school", "HILLS"), w.place(t, "ASH", "school", "HILLS"), w.place(t, "ELM", "school", "HILLS")
		w.fir = w.place(t, "FIR", "school", "FAR")
		body(t, w)
	})
}

func (w *world) place(t *testing.T, code, kind, in string) (p place) {
	t.Helper()
	var err error
	p.org, err = w.s.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: kind}, in)
	must(t, err)
	must(t, w.s.DB.Update(t.Context(), access.System("test", int64(p.org.ID)), func(tx *db.Tx) error {
		if p.staff, err = roll.AddStaff(tx, "Hana Head", ""); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', 'Amira', 'Khan', '7', 'khan')`, ids.New[roll.Pupil]())
		return err
	}))
	return p
}

// closed gives a school a closed audit: strong at V1, and not yet there at V2.
func (w *world) closed(t *testing.T, p place) {
	t.Helper()
	head := p.as(roll.Head)
	id, err := w.audit.Start(t.Context(), head, audit.Setup{Framework: "engagement", Scope: audit.School})
	must(t, err)
	for code, n := range map[string]int{"V1": 4, "V2": 1} {
		must(t, w.audit.Agree(t.Context(), head, id, code, n, "We looked."))
	}
	must(t, w.audit.Close(t.Context(), head, id))
}

const v1 = "engagement/vision/V1"

func (w *world) offers(t *testing.T, p place) OfferID {
	t.Helper()
	w.closed(t, p)
	id, err := w.s.Offer(t.Context(), p.as(roll.Head), Offered{Key: v1, Words: "Come and hear how we wrote our sentence with parents.", Until: "2099-07-20"})
	must(t, err)
	return id
}

func (w *world) asked(t *testing.T) ExchangeID {
	t.Helper()
	x, err := w.s.Ask(t.Context(), w.ash.as(roll.Leader), w.offers(t, w.oak), "How did you begin, and who was in the room?")
	must(t, err)
	return x
}

// A school offers help only where its own audit says that it stands well, or with words that say why.
func TestP02OffersWhereTheAuditStands(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, head := t.Context(), w.oak.as(roll.Head)
		if list, err := w.s.Choices(ctx, head); err != nil || len(list) != 0 {
			t.Errorf("without an audit: %v %v", list, err)
		}
		w.closed(t, w.oak)
		list, err := w.s.Choices(ctx, head)
		must(t, err)
		if !list[0].Stands || list[0].Criterion != "V1" || list[1].Stands {
			t.Errorf("the strengths come first: %+v %+v", list[0], list[1])
		}
		below := Offered{Key: "engagement/vision/V2", Words: "We have tried much.", Until: "2099-07-20"}
		if _, err := w.s.Offer(ctx, head, below); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "why you can help all the same") {
			t.Errorf("below the benchmark: %v", err)
		}
		below.Why = "We have come from nowhere, and know each stone of the way."
		_, err = w.s.Offer(ctx, head, below)
		must(t, err)
		for _, bad := range []Offered{{Key: "engagement/vision/V9", Words: "x", Until: "2099-07-20"}, {Key: v1, Until: "2099-07-20"}, {Key: v1, Words: "x", Until: "2020-01-01"}, {Key: v1, Words: "x"}} {
			if _, err := w.s.Offer(ctx, head, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// Who has the gap and belongs to the same cluster sees the offer; nobody else does; and from the next request on not after it was taken back.
func TestP02TheOfferStandsBesideTheGap(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.offers(t, w.oak)
		seen := func(p place) int {
			list, err := w.s.HelpWith(ctx, p.as(roll.Teacher), "engagement", "vision", "V1")
			must(t, err)
			return len(list)
		}
		if seen(w.ash) != 1 || seen(w.elm) != 1 || seen(w.oak) != 0 || seen(w.fir) != 0 {
			t.Errorf("seen by ash %d, elm %d, oak itself %d, another cluster %d", seen(w.ash), seen(w.elm), seen(w.oak), seen(w.fir))
		}
		if list, err := w.s.HelpWith(ctx, w.ash.as(roll.Teacher), "engagement", "vision", "V2"); err != nil || len(list) != 0 {
			t.Errorf("beside another gap: %v %v", list, err)
		}
		if _, err := w.s.Ask(ctx, w.fir.as(roll.Head), id, "May we?"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("asked from another cluster: %v", err)
		}
		must(t, w.s.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) error { // Elm left the cluster
			_, err := tx.Exec(`update roll_membership set ends = '2020-01-01', starts = '2019-01-01' where member = $1`, w.elm.org.ID)
			return err
		}))
		if seen(w.elm) != 0 {
			t.Error("who has left still sees it")
		}
		must(t, w.s.Withdraw(ctx, w.oak.as(roll.Head), id))
		if seen(w.ash) != 0 {
			t.Error("it was taken back")
		}
	})
}

// The CHECK of P02: a visit is logged on both sides, and both read both.
func TestP02AVisitIsLoggedOnBothSides(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, oak, ash := t.Context(), w.oak.as(roll.Head), w.ash.as(roll.Leader)
		id := w.asked(t)
		if _, err := w.s.Ask(ctx, ash, w.row(t, id).Offer, "Again?"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		if err := w.s.Visit(ctx, ash, id, Visited{On: "2026-11-20", About: "x", Next: "x"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("before a yes: %v", err)
		}
		if err := w.s.Answer(ctx, ash, id, true, "Yes"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the one who asked answers: %v", err)
		}
		must(t, w.s.Answer(ctx, oak, id, true, "Ring the office on a Monday."))
		must(t, w.s.Visit(ctx, w.ash.as(roll.FamilyWorker), id, Visited{On: "2026-11-20", About: "We sat in on a morning with parents.", Next: "We try one in January."}))
		v, err := w.s.Exchange(ctx, oak, id)
		must(t, err)
		if len(v.Visits) != 1 || v.Visits[0].Both() || v.Visits[0].Logs[0].OrgName != "ASH House" {
			t.Errorf("one side: %+v", v.Visits)
		}
		must(t, w.s.Visit(ctx, oak, id, Visited{Visit: v.Visits[0].ID, About: "Two colleagues came, and asked about the first letter.", Next: "We send the letter."}))
		for _, p := range []access.Pass{oak, ash} {
			v, err := w.s.Exchange(ctx, p, id)
			must(t, err)
			if len(v.Visits) != 1 || !v.Visits[0].Both() || v.Visits[0].OnDay != "2026-11-20" || v.Words != "How did you begin, and who was in the room?" {
				t.Errorf("both sides: %+v", v)
			}
			if mine, ok := v.Visits[0].By(p.Org()); !ok || mine.Next == "" {
				t.Errorf("our side: %+v", v.Visits[0])
			}
		}
		if _, err := w.s.Exchange(ctx, w.elm.as(roll.Head), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a third school reads it: %v", err)
		}
		for _, bad := range []Visited{{On: "2099-01-01", About: "x", Next: "x"}, {On: "", About: "x", Next: "x"}, {On: "2026-11-20", Next: "x"}, {On: "2026-11-20", About: "x"}} {
			if err := w.s.Visit(ctx, ash, id, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		must(t, w.s.Finish(ctx, ash, id))
		if err := w.s.Visit(ctx, ash, id, Visited{On: "2026-11-21", About: "x", Next: "x"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("after the end: %v", err)
		}
	})
}

func (w *world) row(t *testing.T, id ExchangeID) Exchange {
	t.Helper()
	v, err := w.s.Exchange(t.Context(), w.ash.as(roll.Head), id)
	must(t, err)
	return v.Exchange
}

// The other half of the CHECK: no pupil data in the exchange. A name on the roll of the school that writes is refused in every text that leaves it, and kept only when a
// person says that it is nobody's. A worry about a child's safety is not kept either.
func TestP02NoPupilDataInTheExchange(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, oak, ash := t.Context(), w.oak.as(roll.Head), w.ash.as(roll.Head)
		offer := w.offers(t, w.oak)
		id, err := w.s.Ask(ctx, ash, offer, "How did you begin?")
		must(t, err)
		const named, grave = "We talked about how Amira Khan settled in.", "She told us that her dad hits her."
		texts := map[string]func(s *Service, text string) error{
			"words of an offer": func(s *Service, text string) error {
				_, err := s.Offer(ctx, oak, Offered{Key: v1, Words: text, Until: "2099-07-20"})
				return err
			},
			"why of an offer": func(s *Service, text string) error {
				_, err := s.Offer(ctx, oak, Offered{Key: "engagement/vision/V2", Words: "Come.", Why: text, Until: "2099-07-20"})
				return err
			},
			"request": func(s *Service, text string) error {
				_, err := s.Ask(ctx, w.elm.as(roll.Head), offer, text)
				return err
			},
			"answer": func(s *Service, text string) error { return s.Answer(ctx, oak, id, true, text) },
			"visit's about": func(s *Service, text string) error {
				return s.Visit(ctx, ash, id, Visited{On: "2026-11-20", About: text, Next: "Nothing"})
			},
			"visit's next": func(s *Service, text string) error {
				return s.Visit(ctx, oak, id, Visited{On: "2026-11-20", About: "A morning", Next: text})
			},
		}
		for _, name := range []string{"words of an offer", "why of an offer", "request", "answer", "visit's about", "visit's next"} {
			do := texts[name]
			err := do(w.s, named)
			n, ok := Named(err)
			if !ok || len(n.Found) != 2 || n.Found[0].Word != "Amira" || len(n.Unwrap().(fault.Fields)) == 0 {
				t.Errorf("%s: %v", name, err)
			}
			if _, ok := worry.As(do(w.s, grave)); !ok {
				t.Errorf("%s keeps a worry", name)
			}
			if err := do(w.s.Keeping(false, true, grave), grave); err == nil {
				t.Errorf("%s: a worry is not answered by saying that there is no name", name)
			}
			must(t, do(w.s.Keeping(false, true, named), named))
		}
		for _, side := range []access.Pass{oak, ash} { // whatever was refused is not there
			v, err := w.s.Exchange(ctx, side, id)
			must(t, err)
			for _, visit := range v.Visits {
				for _, l := range visit.Logs {
					if strings.Contains(l.About+l.Next, "hits") {
						t.Errorf("kept: %+v", l)
					}
				}
			}
		}
		// The schools' own names are none.
		must(t, w.s.DB.Update(ctx, access.System("test", int64(w.elm.org.ID)), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P2', 'Sam', 'House', '7', 'house')`, ids.New[roll.Pupil]())
			return err
		}))
		second := w.offers(t, w.ash)
		if _, err := w.s.Ask(ctx, w.elm.as(roll.Head), second, "May we see ASH House in the morning?"); err != nil {
			t.Errorf("a school's own name: %v", err)
		}
	})
}

// Who helped whom is read in the cluster where both want it, and not a moment longer.
func TestP02ThanksNeedBoth(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ctx, oak, ash := t.Context(), w.oak.as(roll.Head), w.ash.as(roll.Head)
		id := w.asked(t)
		must(t, w.s.Answer(ctx, oak, id, true, "Yes, come."))
		if err := w.s.Thank(ctx, ash, id, true); fault.KindOf(err) != fault.Conflict {
			t.Errorf("before a visit: %v", err)
		}
		must(t, w.s.Visit(ctx, ash, id, Visited{On: "2026-11-20", About: "A morning", Next: "Nothing"}))
		read := func(p place) int {
			list, err := w.s.Helped(ctx, p.as(roll.Coordinator))
			must(t, err)
			return len(list)
		}
		must(t, w.s.Thank(ctx, ash, id, true))
		if read(w.cluster) != 0 {
			t.Error("one side is enough")
		}
		must(t, w.s.Thank(ctx, oak, id, true))
		if read(w.cluster) != 1 || read(w.far) != 0 || read(w.oak) != 0 {
			t.Errorf("cluster %d, another %d", read(w.cluster), read(w.far))
		}
		must(t, w.s.Thank(ctx, oak, id, false))
		if read(w.cluster) != 0 {
			t.Error("taken back")
		}
	})
}
