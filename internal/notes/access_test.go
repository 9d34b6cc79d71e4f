package notes

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// place is one school with a child, a mother, a key teacher, and colleagues.
type place struct {
	org                            int64
	child, other                   roll.PupilID
	mother                         roll.AdultID
	teacher, lead, head, colleague roll.StaffID
}

var gate = access.NewGate(roll.Rights(), Rights())

func (p place) as(staff roll.StaffID, roles ...access.Role) access.Pass {
	return gate.Admit(access.Who{Org: p.org, Staff: int64(staff), Name: "Test Person", Roles: roles})
}

func (p place) parent() access.Pass {
	return gate.Admit(access.Who{Org: p.org, Adult: int64(p.mother), Name: "Mina Khan", Roles: []access.Role{roll.Parent}})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func both(t *testing.T, body func(t *testing.T, s *Service, a, b place)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{batch.Migrations(), roll.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		s := New(d, roll.New(d, batch.New(d)))
		body(t, s, settle(t, d, testkit.A()), settle(t, d, testkit.B()))
	})
}

func settle(t *testing.T, d *db.DB, p access.Pass) place {
	t.Helper()
	c := place{org: p.Org(), child: ids.New[roll.Pupil](), other: ids.New[roll.Pupil](), mother: ids.New[roll.Adult]()}
	must(t, d.Update(context.Background(), p, func(tx *db.Tx) (err error) {
		put := func(q string, args ...any) {
			if err == nil {
				_, err = tx.Exec(q, args...)
			}
		}
		put(`insert into roll_pupil (org_id, id, local_id, forename, surname, sort_key) values ($1, $2, 'P1', 'Amira', 'Khan', 'khan')`, c.child)
		put(`insert into roll_pupil (org_id, id, local_id, forename, surname, sort_key) values ($1, $2, 'P2', 'Ben', 'Lee', 'lee')`, c.other)
		put(`insert into roll_adult (org_id, id, name) values ($1, $2, 'Mina Khan')`, c.mother)
		put(`insert into roll_tie (org_id, id, pupil_id, adult_id) values ($1, $2, $3, $4)`, ids.New[roll.Tie](), c.child, c.mother)
		for _, x := range []struct {
			id   *roll.StaffID
			name string
			role access.Role
		}{{&c.teacher, "Tom Teacher", roll.KeyTeacher}, {&c.lead, "Gail Lead", roll.SafeguardingLead}, {&c.head, "Hana Head", roll.Head}, {&c.colleague, "Cora Colleague", roll.Senco}} {
			if *x.id, err = roll.AddStaff(tx, x.name, ""); err != nil {
				return err
			}
			if err = roll.GiveRole(tx, *x.id, x.role); err != nil {
				return err
			}
		}
		put(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[roll.Worker](), c.child, c.teacher)
		return err
	}))
	return c
}

// Each verb is asked by a role that may, by one that may not, by the same role of another school, and without a pass.
func TestVerbsAreGuarded(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		mine, err := s.Add(ctx, a.as(a.head, roll.Head), a.child, Typed{Seen: "x"})
		must(t, err)
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb    string
			allowed access.Role
			denied  access.Role
			do      func(p access.Pass) error
			list    bool // about the organisation of the pass itself: another school sees its own
		}{
			{"Of", roll.Leader, roll.Office, func(p access.Pass) error { _, err := s.Of(ctx, p, a.child); return err }, false},
			{"Read", roll.Senco, roll.Governor, func(p access.Pass) error { _, _, err := s.Read(ctx, p, mine); return err }, false},
			{"Add", roll.Senco, roll.Office, func(p access.Pass) error { _, err := s.Add(ctx, p, a.child, Typed{Seen: "x"}); return err }, false},
			{"Change", roll.Head, roll.Teacher, func(p access.Pass) error { return s.Change(ctx, p, mine, Typed{Seen: "y"}, 1) }, false},
			{"StrikeOut", roll.Head, roll.KeyTeacher, func(p access.Pass) error { return s.StrikeOut(ctx, p, mine, "Another child") }, false},
			{"SaveDraft", roll.Head, roll.Adviser, func(p access.Pass) error { return s.SaveDraft(ctx, p, a.child, 0, Typed{Seen: "x"}) }, false},
			{"Begun", roll.Head, roll.Assessor, func(p access.Pass) error { _, _, err := s.Begun(ctx, p, a.child, 0); return err }, false},
			{"Drop", roll.Head, roll.Coordinator, func(p access.Pass) error { return s.Drop(ctx, p, a.child, 0) }, false},
			{"Colleagues", roll.Head, roll.Office, func(p access.Pass) error { _, err := s.Colleagues(ctx, p); return err }, true},
			{"Find", roll.Teacher, roll.Parent, func(p access.Pass) error { _, err := s.Find(ctx, p, "x"); return err }, true},
		} {
			err := c.do(a.as(a.head, c.allowed))
			tries.Did(c.verb, true, a.as(a.head, c.allowed), err)
			if err != nil {
				t.Errorf("%s as %s: %v", c.verb, c.allowed, err)
			}
			tries.Did(c.verb, false, a.as(a.colleague, c.denied), c.do(a.as(a.colleague, c.denied)))
			err = c.do(b.as(b.head, c.allowed))
			tries.Did(c.verb, false, b.as(b.head, c.allowed), err)
			if !c.list && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
		}
	})
}

// Who reads a restricted note, as a table; whoever does not sees that one is there and whom to ask, and the counts are the same for all who don't.
func TestRestrictedNotes(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		const nonce = "zebrafinch"
		author := a.as(a.teacher, roll.KeyTeacher)
		id, err := s.Add(ctx, author, a.child, Typed{Seen: nonce, Restricted: true, Roles: []string{"leader"}, Staff: []string{a.colleague.String()}})
		must(t, err)
		_, err = s.Add(ctx, author, a.child, Typed{Said: "a plain note"})
		must(t, err)
		for _, c := range []struct {
			name  string
			p     access.Pass
			reads bool
		}{
			{"the author", author, true},
			{"the author in another role", a.as(a.teacher, roll.Senco), true},
			{"the safeguarding lead", a.as(a.lead, roll.SafeguardingLead), true},
			{"a role that is named", a.as(a.head, roll.Leader), true},
			{"a colleague who is named", a.as(a.colleague, roll.Senco), true},
			{"a role that is not named", a.as(a.lead, roll.Senco), false},
			{"the head, who is not named", a.as(a.head, roll.Head), false},
			{"nobody's staff record", a.as(0, roll.Head), false},
		} {
			about, err := s.Of(ctx, c.p, a.child)
			must(t, err)
			f, err := s.Find(ctx, c.p, nonce)
			must(t, err)
			_, _, rerr := s.Read(ctx, c.p, id)
			notes, hidden, found := 1, 1, 0
			if c.reads {
				notes, hidden, found = 2, 0, 1
			}
			if len(about.Notes) != notes || about.Hidden != hidden || len(f.Notes) != found || (rerr == nil) != c.reads {
				t.Errorf("%s: %d notes, %d hidden, %d found, read: %v", c.name, len(about.Notes), about.Hidden, len(f.Notes), rerr)
			}
			if !c.reads {
				if about.Ask != "the safeguarding lead, Gail Lead" || fault.KindOf(rerr) != fault.NotFound || rerr.Error() != fault.Gone("note").Error() {
					t.Errorf("%s is told %q and %v", c.name, about.Ask, rerr)
				}
				if err := s.StrikeOut(ctx, c.p, id, "x"); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s strikes it through: %v", c.name, err)
				}
			}
		}
		// The author who no longer works with the child no longer reads.
		if _, err := s.Of(ctx, a.as(a.lead, roll.Teacher), a.child); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a teacher without the child: %v", err)
		}
		if f, err := s.Find(ctx, b.as(b.lead, roll.SafeguardingLead), nonce); err != nil || len(f.Notes) != 0 {
			t.Errorf("another school finds it: %v, %v", f, err)
		}
		// What was read is on the trail, with the note's key and none of its words; who did not read is not there.
		type line struct {
			Words string
			Who   string
		}
		must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) error {
			lines, err := db.All[line](tx, `select words, who from trail_entry where org_id = $1 and kind = 'restricted' and key = $2`, id)
			if len(lines) < 5 || slices.ContainsFunc(lines, func(l line) bool { return strings.Contains(l.Words, nonce) }) {
				t.Errorf("the trail says %v", lines)
			}
			return err
		}))
	})
}

// The family reads what is marked for it, and is told only that more is kept.
func TestWhatTheFamilyReads(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		ctx := context.Background()
		author := a.as(a.teacher, roll.KeyTeacher)
		read := func(p access.Pass) (list []Note, others bool, err error) {
			err = s.DB.View(ctx, p, func(tx *db.Tx) error { list, others, err = ForFamily(tx, a.child); return err })
			return list, others, err
		}
		for _, x := range []Typed{{Seen: "for colleagues"}, {Seen: "restricted", Restricted: true}, {Seen: "for you", Family: true}} {
			_, err := s.Add(ctx, author, a.child, x)
			must(t, err)
		}
		list, others, err := read(a.parent())
		if err != nil || len(list) != 1 || list[0].Seen != "for you" || !others {
			t.Errorf("%v, %v, %v", list, others, err)
		}
		for name, p := range map[string]access.Pass{"staff": author, "a parent of another school": b.parent()} {
			if _, _, err := read(p); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, s.DB.Update(ctx, testkit.A(), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) select org_id, $2, id, 'no_information', 'court', '2026-11-01', 'x', 0 from roll_tie where org_id = $1`, ids.New[roll.Order]())
			return err
		}))
		if _, _, err := read(a.parent()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("with an order in force: %v", err)
		}
		if _, err := s.Add(ctx, author, a.child, Typed{Seen: "x", Family: true, Restricted: true}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("restricted and for the family: %v", err)
		}
	})
}

// A change keeps the words before it; a note is struck through with a reason and never gone; only its author changes it; two pages don't overwrite
// each other.
func TestVersionsAndStrikes(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ place) {
		ctx := context.Background()
		author := a.as(a.teacher, roll.KeyTeacher)
		id, err := s.Add(ctx, author, a.child, Typed{Seen: "first words", On: "19 11 2026"})
		must(t, err)
		must(t, s.SaveDraft(ctx, author, a.child, id, Typed{Seen: "half"}))
		must(t, s.Change(ctx, author, id, Typed{Seen: "second words", Restricted: true}, 1))
		n, v, err := s.Read(ctx, author, id)
		if err != nil || n.Seen != "second words" || len(v) != 2 || v[1].Seen != "first words" || v[1].HappenedOn != "2026-11-19" || v[0].Readers == "" || v[1].Readers != "" {
			t.Errorf("%+v %+v %v", n, v, err)
		}
		if _, d, err := s.Begun(ctx, author, a.child, id); err != nil || d.AtMs != 0 {
			t.Errorf("the draft stayed: %+v, %v", d, err)
		}
		if err := s.Change(ctx, author, id, Typed{Seen: "third"}, 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an old page overwrites: %v", err)
		}
		if err := s.Change(ctx, a.as(a.lead, roll.SafeguardingLead), id, Typed{Seen: "third"}, 2); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("somebody else changes the words: %v", err)
		}
		if err := s.StrikeOut(ctx, author, id, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		must(t, s.StrikeOut(ctx, author, id, "About another child"))
		if n, _, err = s.Read(ctx, author, id); err != nil || n.StruckWhy != "About another child" || n.Seen != "second words" || n.MayChange {
			t.Errorf("%+v %v", n, err)
		}
		if f, _ := s.Find(ctx, author, "second"); len(f.Notes) != 0 {
			t.Error("search finds what was struck through")
		}
		for name, x := range map[string]Typed{"empty": {}, "to come": {Seen: "x", On: "21 11 2026"}, "no day": {Seen: "x", On: "31 2 2026"}, "a strange role": {Seen: "x", Restricted: true, Roles: []string{"parent"}},
			"a strange colleague": {Seen: "x", Restricted: true, Staff: []string{ids.New[roll.Staff]().String()}}, "too long": {Seen: strings.Repeat("a", 10_001)}} {
			if _, err := s.Add(ctx, author, a.child, x); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// No table holds a worry about a child's safety: not a note, not a version, not a draft, not a reason.
func TestWorriesAreNotKept(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ place) {
		ctx := context.Background()
		author := a.as(a.teacher, roll.KeyTeacher)
		const bad = "She told me quagga her dad hits her."
		id, err := s.Add(ctx, author, a.child, Typed{Seen: "fine"})
		must(t, err)
		for name, err := range map[string]error{
			"a note":   func() error { _, err := s.Add(ctx, author, a.child, Typed{Said: bad}); return err }(),
			"a change": s.Change(ctx, author, id, Typed{Seen: "fine", Said: bad}, 1),
			"a draft":  s.SaveDraft(ctx, author, a.child, 0, Typed{Seen: "kept beside it", Said: bad}),
			"a reason": s.StrikeOut(ctx, author, id, bad),
		} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, s.DB.View(ctx, testkit.A(), func(tx *db.Tx) error {
			all, err := db.All[string](tx, `select x.seen || x.said || x.did from notes_text x where x.org_id = $1 union all select body from notes_draft where org_id = $1
				union all select n.search || n.struck_why from notes_note n where n.org_id = $1 union all select words from trail_entry where org_id = $1`)
			if strings.Contains(strings.Join(all, ""), "quagga") {
				t.Errorf("kept: %v", all)
			}
			if !strings.Contains(strings.Join(all, ""), "kept beside it") {
				t.Error("the rest of the draft was lost")
			}
			return err
		}))
		// Whoever says that it is no such worry may keep the words.
		if _, err := s.Keeping(bad).Add(ctx, author, a.child, Typed{Said: bad}); err != nil {
			t.Error(err)
		}
	})
}
