package sharing

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// place is a school with a child, the child's mother and father.
type place struct {
	org         roll.Org
	child       roll.PupilID
	fathersTie  roll.TieID
	childsNames string
}

func (p place) key() int64 { return int64(p.org.ID) }

// world is three schools, of which Oak and Ash belong to a cluster's idea and Elm has no part in anything.
type world struct {
	s             *Service
	oak, ash, elm place
	cluster       roll.Org
	more          *int
}

var gate = access.NewGate(roll.Rights(), Rights())

func (w world) as(p place, roles ...access.Role) access.Pass {
	return gate.Admit(access.Who{Org: p.key(), OrgName: p.org.Name, Name: "Head of " + p.org.Name, Staff: 7, Roles: roles})
}

func both(t *testing.T, body func(t *testing.T, w world)) {
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		w := world{s: New(d, r), more: new(int)}
		var err error
		if w.cluster, err = r.AddOrg(t.Context(), "test", roll.Org{Code: "HILLS", Name: "Hills cluster", Type: "cluster"}, ""); err != nil {
			t.Fatal(err)
		}
		w.oak, w.ash, w.elm = w.school(t, "OAK", "HILLS"), w.school(t, "ASH", ""), w.school(t, "ELM", "")
		body(t, w)
	})
}

func (w world) school(t *testing.T, code, in string) (p place) {
	t.Helper()
	var err error
	if p.org, err = w.s.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " School", Type: "school"}, in); err != nil {
		t.Fatal(err)
	}
	p.child = ids.New[roll.Pupil]()
	p.childsNames = "Kit " + strings.ToLower(code)
	if err := w.s.DB.Update(t.Context(), access.System("test", p.key()), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key, address) values ($1, $2, $3, 'Kit', $4, '7', $4, '4 Elm Row')`, p.child, p.child.String(), strings.ToLower(code))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, a := range [][2]string{{"Mira", "mother"}, {"Falk", "father"}} {
		id, err := w.s.Roll.AddAdult(t.Context(), w.as(p, roll.Head), p.child, roll.Values{"forename": a[0], "surname": code, "relationship": a[1], "responsibility": "yes", "address": "9 Quay Street"}, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.s.Roll.Open(t.Context(), w.as(p, roll.Head), p.child)
		if err != nil {
			t.Fatal(err)
		}
		for _, rel := range r.Relations {
			if rel.Adult.ID == id {
				p.fathersTie = rel.Tie.ID
			}
		}
	}
	return p
}

// other makes a school that has signed nothing yet.
func (w world) other(t *testing.T) place {
	*w.more++
	return w.school(t, fmt.Sprint("NEW", *w.more), "")
}

func terms(gives ...Flow) Terms {
	return Terms{Purpose: "Families tell their story once.", Basis: "Public task", ReviewOn: "2027-11-20", Gives: gives}
}

// agree has Oak invite and Ash sign.
func (w world) agree(t *testing.T, oakGives, ashGives []Flow) AgreementID {
	t.Helper()
	code, err := w.s.Invite(t.Context(), w.as(w.oak, roll.Head), terms(oakGives...))
	if err != nil {
		t.Fatal(err)
	}
	id, err := w.s.Sign(t.Context(), w.as(w.ash, roll.Head), strings.ToLower(strings.ReplaceAll(code, "-", " ")), ashGives)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w world) family(id AgreementID) Share {
	return Share{Agreement: id, PupilID: w.oak.child, Purpose: "His sister is with you.", Note: "Mira likes to be rung after four.", ToldOn: "2026-11-19", ToldHow: "by phone", Ends: "2027-07-20"}
}

func (w world) share(t *testing.T, id AgreementID) ids.ID[Share] {
	t.Helper()
	x, err := w.s.Share(t.Context(), w.as(w.oak, roll.Head), w.family(id))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (w world) theirs(t *testing.T, p place, id AgreementID) []Theirs {
	t.Helper()
	_, list, err := w.s.Theirs(t.Context(), w.as(p, roll.Head), id)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCodeIsSignedOnce(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx := context.Background()
		tm := terms(Counts, Named)
		tm.Grouping = w.cluster.ID
		code, err := w.s.Invite(ctx, w.as(w.oak, roll.Head), tm)
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.s.Enter(ctx, w.as(w.ash, roll.Head), code)
		if err != nil || o.OrgName != "OAK School" || o.GroupName != "Hills cluster" || len(o.GivesFlows()) != 2 || o.Purpose != tm.Purpose {
			t.Fatalf("%+v, %v", o, err)
		}
		if _, err := w.s.Enter(ctx, w.as(w.oak, roll.Head), code); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "own school") {
			t.Errorf("its own school: %v", err)
		}
		for _, wrong := range []string{"", "x", code[1:], code + "A", strings.Repeat("A", 5000), "0000-0000-0000"} {
			if _, err := w.s.Enter(ctx, w.as(w.ash, roll.Head), wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%.20q: %v", wrong, err)
			}
		}
		id, err := w.s.Sign(ctx, w.as(w.ash, roll.Head), code, []Flow{Counts})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []place{w.ash, w.elm} {
			if _, err := w.s.Sign(ctx, w.as(p, roll.Head), code, nil); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s signs a used code: %v", p.org.Name, err)
			}
		}
		a, err := w.s.Agreement(ctx, w.as(w.oak, roll.Head), id)
		if err != nil || !a.Force || a.OtherName != "ASH School" || !a.Gives[Counts] || !a.Gives[Named] || a.Gives[PackFor] || !a.Gets[Counts] || a.Gets[Named] || a.SignedA != "Head of OAK School" || a.SignedB != "Head of ASH School" {
			t.Errorf("%+v, %v", a, err)
		}
		ash, err := w.s.Overview(ctx, w.as(w.ash, roll.Head))
		if err != nil || len(ash.Groups) != 1 || ash.Groups[0].Name != "Hills cluster" || !ash.Groups[0].Counts || len(ash.Partners) != 1 {
			t.Errorf("Ash: %+v, %v", ash, err)
		}
		if elm, err := w.s.Overview(ctx, w.as(w.elm, roll.Head)); err != nil || len(elm.Groups)+len(elm.Partners) != 0 {
			t.Errorf("Elm: %+v, %v", elm, err)
		}
		// A second agreement between the same two would be two truths.
		again, err := w.s.Invite(ctx, w.as(w.ash, roll.Head), terms())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Sign(ctx, w.as(w.oak, roll.Head), again, nil); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "already") {
			t.Errorf("a second one: %v", err)
		}
		// Only a cluster of one's own can be offered, and codes get old.
		tm.Grouping = w.cluster.ID
		if _, err := w.s.Invite(ctx, w.as(w.elm, roll.Head), tm); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Elm offers a cluster that is not its own: %v", err)
		}
		old, err := w.s.Invite(ctx, w.as(w.elm, roll.Head), terms())
		if err != nil {
			t.Fatal(err)
		}
		w.s.DB.SetClock(clock.At(testkit.Day.Add((CodeDays*24 + 1) * time.Hour)))
		if _, err := w.s.Enter(ctx, w.as(w.oak, roll.Head), old); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an old code: %v", err)
		}
	})
}

func TestTermsNeedWords(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Terms)
		field  string
	}{
		"no purpose":         {func(x *Terms) { x.Purpose = " " }, "purpose"},
		"no basis":           {func(x *Terms) { x.Basis = "" }, "basis"},
		"no review":          {func(x *Terms) { x.ReviewOn = "" }, "review_on"},
		"a review long past": {func(x *Terms) { x.ReviewOn = "2026-11-20" }, "review_on"},
		"a novel":            {func(x *Terms) { x.Purpose = strings.Repeat("ä", longest+1) }, "purpose"},
	} {
		x := terms()
		c.change(&x)
		if err := x.judge("2026-11-20"); fault.KindOf(err) != fault.Invalid || fault.AsFields(err)[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := terms().judge("2026-11-20"); err != nil {
		t.Error(err)
	}
}

// Nobody is known by name before the flow is open, the family told, and a person chose them; and no longer than that.
func TestFamilyIsKnownOnlyWhileAllOfItHolds(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx, head := context.Background(), w.as(w.oak, roll.Head)
		id := w.agree(t, nil, nil)
		if _, err := w.s.Share(ctx, head, w.family(id)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("before the head has opened the flow: %v", err)
		}
		if err := w.s.Allow(ctx, head, id, []Flow{Named}); err != nil {
			t.Fatal(err)
		}
		if got := w.theirs(t, w.ash, id); len(got) != 0 {
			t.Errorf("open, and nobody chosen: %v", got)
		}
		share := w.share(t, id)
		got := w.theirs(t, w.ash, id)
		if len(got) != 1 || got[0].Pupil != "Kit oak" || len(got[0].Adults) != 2 || got[0].Purpose == "" || strings.Contains(fmt.Sprint(got), "Quay") || strings.Contains(fmt.Sprint(got), "Elm Row") {
			t.Errorf("%+v", got)
		}
		if got := w.theirs(t, w.oak, id); len(got) != 0 {
			t.Errorf("Oak reads its own as if they were the other's: %v", got)
		}
		if _, err := w.s.Share(ctx, head, w.family(id)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		// An order takes the adult off the list from the next request on.
		v := roll.OrderValues("2026-11-20")
		v["kind"], v["decided_by"], v["starts"] = "no_contact", "family court", "20/11/2026"
		if _, err := w.s.Roll.AddOrder(ctx, head, w.oak.child, w.oak.fathersTie, v); err != nil {
			t.Fatal(err)
		}
		if got := w.theirs(t, w.ash, id); len(got[0].Adults) != 1 || !strings.HasPrefix(got[0].Adults[0], "Mira") {
			t.Errorf("after the order: %v", got)
		}
		// The head closes the flow, opens it, takes the family back.
		if err := w.s.Allow(ctx, head, id, nil); err != nil {
			t.Fatal(err)
		}
		if got := w.theirs(t, w.ash, id); len(got) != 0 {
			t.Errorf("closed: %v", got)
		}
		if err := w.s.Allow(ctx, head, id, Flows); err != nil {
			t.Fatal(err)
		}
		if got := w.theirs(t, w.ash, id); len(got) != 1 {
			t.Errorf("open again: %v", got)
		}
		if _, err := w.s.Unshare(ctx, head, share); err != nil {
			t.Fatal(err)
		}
		if got := w.theirs(t, w.ash, id); len(got) != 0 {
			t.Errorf("taken back: %v", got)
		}
		// A share ends by itself on its last day.
		w.share(t, id)
		w.s.DB.SetClock(clock.At(time.Date(2027, 7, 20, 12, 0, 0, 0, time.UTC)))
		if got := w.theirs(t, w.ash, id); len(got) != 1 {
			t.Errorf("on the last day: %v", got)
		}
		w.s.DB.SetClock(clock.At(time.Date(2027, 7, 21, 12, 0, 0, 0, time.UTC)))
		if got := w.theirs(t, w.ash, id); len(got) != 0 {
			t.Errorf("on the day after: %v", got)
		}
	})
}

func TestShareNeedsAFamilyThatWasTold(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Share)
		field  string
	}{
		"no reason":     {func(x *Share) { x.Purpose = "" }, "purpose"},
		"not told":      {func(x *Share) { x.ToldOn = "" }, "told_on"},
		"told tomorrow": {func(x *Share) { x.ToldOn = "2026-11-21" }, "told_on"},
		"by nobody":     {func(x *Share) { x.ToldHow = "" }, "told_how"},
		"for ever":      {func(x *Share) { x.Ends = "" }, "ends"},
		"already over":  {func(x *Share) { x.Ends = "2026-11-19" }, "ends"},
	} {
		x := world{}.family(0)
		c.change(&x)
		if err := x.judge("2026-11-20"); fault.KindOf(err) != fault.Invalid || fault.AsFields(err)[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (world{}).family(0).judge("2026-11-20"); err != nil {
		t.Error(err)
	}
}

// Leaving closes everything at once, on both sides, and leaves each school what is its own.
func TestLeavingClosesBothSides(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx := context.Background()
		id := w.agree(t, Flows, Flows)
		w.share(t, id)
		if _, err := w.s.SendPack(ctx, w.as(w.oak, roll.Head), id, w.oak.child, []string{"child", "adults"}, "Moves in January; told Mum."); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Leave(ctx, w.as(w.ash, roll.Head), id, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := w.s.Leave(ctx, w.as(w.ash, roll.Head), id, "The project is over."); err != nil {
			t.Fatal(err)
		}
		for _, p := range []place{w.oak, w.ash} {
			if _, _, err := w.s.Theirs(ctx, w.as(p, roll.Head), id); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s still reads: %v", p.org.Name, err)
			}
			a, err := w.s.Agreement(ctx, w.as(p, roll.Head), id)
			if err != nil || a.Force || a.EndedWhy != "The project is over." || len(a.Gives) != 0 || a.Shared != 0 {
				t.Errorf("%s: %+v, %v", p.org.Name, a, err)
			}
			if err := w.s.Allow(ctx, w.as(p, roll.Head), id, Flows); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s opens a flow of what has ended: %v", p.org.Name, err)
			}
			// Its own data can be taken after it has left too.
			body, err := w.s.Take(ctx, w.as(p, roll.Head), id)
			if err != nil {
				t.Fatal(err)
			}
			files := unzip(t, body)
			if !strings.Contains(files["agreement.json"], "The project is over.") || !strings.Contains(files["flows.csv"], "families,yes") {
				t.Errorf("%s takes %v", p.org.Name, files)
			}
			if mine := strings.Contains(files["families.csv"], "Kit oak"); mine != (p.org.Code == "OAK") {
				t.Errorf("%s takes these families: %s", p.org.Name, files["families.csv"])
			}
			if packs := files["packs/001-sent.json"] + files["packs/001-received.json"]; !strings.Contains(packs, "Kit oak") {
				t.Errorf("%s has no pack in %v", p.org.Name, files)
			}
		}
		// What was handed over has become the receiver's.
		list, err := w.s.Packs(ctx, w.as(w.ash, roll.Head))
		if err != nil || len(list) != 1 || list[0].Direction != "received" || list[0].OtherName != "OAK School" {
			t.Fatalf("%+v, %v", list, err)
		}
		if elm, err := w.s.Packs(ctx, w.as(w.elm, roll.Head)); err != nil || len(elm) != 0 {
			t.Errorf("Elm has %v, %v", elm, err)
		}
		p, err := w.s.OpenPack(ctx, w.as(w.ash, roll.Head), list[0].ID)
		if err != nil || len(p.Parts()) != 2 || p.OpenedBy != "Head of ASH School" {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := w.s.OpenPack(ctx, w.as(w.oak, roll.Head), list[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Oak opens Ash's copy: %v", err)
		}
		// A new agreement can begin.
		w.agree(t, nil, nil)
	})
}

func unzip(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// The next school has to obey the orders, so they are in the pack, which goes to its staff.
func TestPackCarriesTheOrders(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx, head := context.Background(), w.as(w.oak, roll.Head)
		id := w.agree(t, Flows, nil)
		w.s.Offer(Section{Key: "extra", Title: "From elsewhere", Make: func(tx *db.Tx, p roll.PupilID) ([]Line, error) {
			if tx.Pass().Org() != w.oak.key() || p != w.oak.child {
				t.Error("a section is made for another child")
			}
			return []Line{{"Target", "Read on Mondays"}}, nil
		}})
		v := roll.OrderValues("2026-11-20")
		v["kind"], v["decided_by"], v["starts"] = "no_contact", "family court", "20/11/2026"
		if _, err := w.s.Roll.AddOrder(ctx, head, w.oak.child, w.oak.fathersTie, v); err != nil {
			t.Fatal(err)
		}
		_, _, parts, err := w.s.PreparePack(ctx, head, id, w.oak.child)
		said := fmt.Sprint(parts)
		if err != nil || len(parts) != 4 || !strings.Contains(said, "No contact") || !strings.Contains(said, "family court") || !strings.Contains(said, "Read on Mondays") || strings.Contains(said, "Quay") {
			t.Errorf("%v, %v", said, err)
		}
		for name, keys := range map[string][]string{"nothing": nil, "something unheard of": {"diary"}} {
			if _, err := w.s.SendPack(ctx, head, id, w.oak.child, keys, "Moves."); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s in it: %v", name, err)
			}
		}
		if _, err := w.s.SendPack(ctx, head, id, w.oak.child, []string{"child"}, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		// Ash has not opened packs from its side, so none goes the other way.
		if _, _, _, err := w.s.PreparePack(ctx, w.as(w.ash, roll.Head), id, w.ash.child); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("Ash: %v", err)
		}
	})
}

// Figures go to a cluster unless the head says no, and stop when the school leaves it.
func TestFiguresOfAMember(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		ctx, head := context.Background(), w.as(w.oak, roll.Head)
		gives := func() bool {
			t.Helper()
			on, err := w.s.GivesCounts(ctx, w.oak.org.ID, w.cluster.ID)
			if err != nil {
				t.Fatal(err)
			}
			return on
		}
		if !gives() {
			t.Error("a member that has decided nothing gives none")
		}
		for _, on := range []bool{false, true, true, false} {
			w.s.DB.SetClock(clock.At(w.s.DB.Clock().Now().Add(time.Second)))
			if err := w.s.AllowGroup(ctx, head, w.cluster.ID, on); err != nil {
				t.Fatal(err)
			}
			if gives() != on {
				t.Errorf("gives %v", !on)
			}
		}
		if err := w.s.LeaveGroup(ctx, head, w.cluster.ID, "We try another way."); err != nil {
			t.Fatal(err)
		}
		w.s.DB.SetClock(clock.At(testkit.Day.Add(48 * time.Hour)))
		o, err := w.s.Overview(ctx, head)
		if err != nil || len(o.Groups) != 0 || gives() {
			t.Errorf("after leaving: %+v, %v", o.Groups, err)
		}
	})
}

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		c := newCode()
		if seen[c] || len(c) != 14 || strings.Trim(c, letters+"-") != "" {
			t.Fatal(c)
		}
		seen[c] = true
	}
	for _, typed := range []string{"0a1b-2c3d-4e5f", "OAIB 2C3D 4E5F", "o a l b 2 c 3 d 4 e 5 f", "0A1B–2C3D–4E5F"} {
		if hashCode(typed) != hashCode("0A1B-2C3D-4E5F") {
			t.Errorf("%q is read as another code", typed)
		}
	}
	if hashCode("0A1B-2C3D-4E5G") == hashCode("0A1B-2C3D-4E5F") {
		t.Error("two codes are one")
	}
}
