package audit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

// county is an authority with a cluster of eight schools, a school that belongs to the authority alone, and one that belongs to nobody.
type county struct {
	s                  *Service
	sharing            *sharing.Service
	authority, cluster place
	school             []place // eight of the cluster
	direct, alone      place
	orgs               map[int64]roll.Org
}

var sharingGate = access.NewGate(roll.Rights(), Rights(), sharing.Rights())

func (p place) head() access.Pass {
	return sharingGate.Admit(access.Who{Org: p.org, Staff: int64(p.staff[roll.Head]), Name: "Hana Head", Roles: []access.Role{roll.Head}})
}

func (p place) coordinator() access.Pass { return p.as(roll.Coordinator) }

func counties(t *testing.T, body func(t *testing.T, w *county)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{batch.Migrations(), roll.Migrations(), sharing.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		r := roll.New(d, batch.New(d))
		w := &county{s: New(d, r), sharing: sharing.New(d, r), orgs: map[int64]roll.Org{}}
		w.s.Gives = w.sharing.GivesCounts
		w.authority = w.place(t, "COUNTY", "authority", "")
		w.cluster = w.place(t, "HILLS", "cluster", "COUNTY")
		for i := range 8 {
			w.school = append(w.school, w.place(t, fmt.Sprintf("SCHOOL%d", i+1), "school", "HILLS"))
		}
		w.direct, w.alone = w.place(t, "DIRECT", "school", "COUNTY"), w.place(t, "ALONE", "school", "")
		body(t, w)
	})
}

func (w *county) place(t *testing.T, code, kind, in string) place {
	t.Helper()
	o, err := w.s.Roll.AddOrg(t.Context(), "test", roll.Org{Code: code, Name: code + " House", Type: kind}, in)
	must(t, err)
	w.orgs[int64(o.ID)] = o
	p := place{org: int64(o.ID), staff: map[access.Role]roll.StaffID{}}
	must(t, w.s.DB.Update(t.Context(), access.System("test", p.org), func(tx *db.Tx) error {
		for _, r := range []access.Role{roll.Head, roll.Coordinator, roll.Teacher} {
			id, err := roll.AddStaff(tx, "Test "+string(r), "")
			if err != nil {
				return err
			}
			p.staff[r] = id
		}
		return nil
	}))
	return p
}

// closed makes a closed audit in which the team has agreed the levels.
func (w *county) closed(t *testing.T, p place, agreed map[string]int) AuditID {
	t.Helper()
	id, err := w.s.Start(t.Context(), p.head(), Setup{Framework: "engagement", Scope: School})
	must(t, err)
	for c, n := range agreed {
		must(t, w.s.Agree(t.Context(), p.head(), id, c, n, "We looked."))
	}
	must(t, w.s.Close(t.Context(), p.head(), id))
	return id
}

func (w *county) give(t *testing.T, p place, id AuditID, to place, what Gives) {
	t.Helper()
	must(t, w.s.Give(t.Context(), p.head(), id, roll.OrgID(to.org), what))
}

func (w *county) picture(t *testing.T, of place) {
	t.Helper()
	must(t, w.s.MakePicture(t.Context(), of.coordinator(), "engagement", ""))
}

func (w *county) view(t *testing.T, of place) ClusterView {
	t.Helper()
	v, ok, err := w.s.Cluster(t.Context(), of.coordinator(), "engagement", "")
	must(t, err)
	if !ok {
		t.Fatal("no members")
	}
	return v
}

func (w *county) row(t *testing.T, of place, code string) ClusterRow {
	t.Helper()
	for _, r := range w.view(t, of).Rows() {
		if r.Criterion.Code == code {
			return r
		}
	}
	t.Fatalf("no %s", code)
	return ClusterRow{}
}

func (w *county) nothingNew(t *testing.T, of place) {
	t.Helper()
	if err := w.s.MakePicture(t.Context(), of.coordinator(), "engagement", ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a picture could be made: %v", err)
	}
}

// Four schools are too few. Five show how they are spread, how many said nothing, and nobody's name; a theme that nobody agreed is unknown and not nought.
func TestA01ClusterShowsFromFiveSchoolsUp(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		for i, p := range w.school[:5] {
			id := w.closed(t, p, map[string]int{"V1": 2 + i%2, "V2": 3})
			if i == 4 {
				w.nothingNew(t, w.cluster)
			}
			w.give(t, p, id, w.cluster, Counted)
		}
		if r := w.row(t, w.cluster, "V1"); r.Spread != nil || r.Hidden != HiddenNone {
			t.Errorf("before a picture was made: %+v", r)
		}
		w.picture(t, w.cluster)
		v := w.view(t, w.cluster)
		r := w.row(t, w.cluster, "V1")
		if r.Spread == nil || *r.Spread != (Spread{0, 3, 2, 0, 0}) || r.N != 5 || v.Unknown(r) != 3 || v.Members != 8 || v.Giving != 5 || len(r.Named) != 0 {
			t.Errorf("V1: %+v of %+v", r, v)
		}
		if r := w.row(t, w.cluster, "V2"); r.Spread != nil || r.Hidden != HiddenNone && r.Hidden != HiddenFew {
			t.Errorf("all five alike would say what each has: %+v", r)
		}
		if r := w.row(t, w.cluster, "S4"); r.Spread != nil || r.N != 0 || v.Unknown(r) != 8 || r.Hidden != HiddenNone {
			t.Errorf("nobody agreed it: %+v", r)
		}
		if r.Moves != nil {
			t.Errorf("there was nothing before: %+v", r.Moves)
		}
	})
}

// Named schools show at any number. Four named of five would give the fifth away.
func TestA01ClusterNamesNeverGiveTheRestAway(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		for i, p := range w.school[:5] {
			what := Named
			if i == 4 {
				what = Counted
			}
			w.give(t, p, w.closed(t, p, map[string]int{"V1": 1 + i%3}), w.cluster, what)
		}
		w.picture(t, w.cluster)
		r := w.row(t, w.cluster, "V1")
		if r.Spread != nil || len(r.Named) != 4 || r.Named[1].Level != 2 {
			t.Errorf("4 of 5 are named: %+v", r)
		}
		for i, p := range w.school[5:] { // with three more there are eight, four of them without a name: still too few
			w.give(t, p, w.closed(t, p, map[string]int{"V1": 4 - i%2}), w.cluster, Counted)
		}
		w.nothingNew(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Spread != nil {
			t.Errorf("8 of which 4 are named: %+v", r)
		}
	})
}

// Two named at once are shown though nobody is counted; and who was counted and wants to be named later waits where the rest would be given away.
func TestA01ClusterNamingLater(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		var ids []AuditID
		for i, p := range w.school[:6] {
			ids = append(ids, w.closed(t, p, map[string]int{"V1": 1 + i%3}))
			w.give(t, p, ids[i], w.cluster, Counted)
		}
		w.picture(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Spread == nil || *r.Spread != (Spread{2, 2, 2, 0, 0}) {
			t.Fatalf("six: %+v", r)
		}
		w.give(t, w.school[0], ids[0], w.cluster, Named) // five remain: that is enough
		w.picture(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Spread == nil || len(r.Named) != 1 || r.Named[0].School.Name != "SCHOOL1 House" {
			t.Errorf("one named: %+v", r)
		}
		w.give(t, w.school[1], ids[1], w.cluster, Named) // four would remain of a picture that was shown
		w.nothingNew(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Spread == nil || len(r.Named) != 1 {
			t.Errorf("the second waits: %+v", r)
		}
		w.give(t, w.school[0], ids[0], w.cluster, Counted) // the name is taken back at once
		if r := w.row(t, w.cluster, "V1"); len(r.Named) != 0 || r.Spread == nil {
			t.Errorf("the name is gone: %+v", r)
		}
	})
}

// What is taken back is out of the next answer, and the rest of the picture with it, because the difference would be the one who left. So is what a school
// gave that leaves the cluster, or whose figures no longer go there.
func TestA01ClusterTakingBackWorksFromTheNextRequest(t *testing.T) {
	for name, stop := range map[string]func(t *testing.T, w *county, p place, id AuditID){
		"taken back": func(t *testing.T, w *county, p place, id AuditID) { w.give(t, p, id, w.cluster, Nothing) },
		"left": func(t *testing.T, w *county, p place, _ AuditID) {
			must(t, w.sharing.LeaveGroup(t.Context(), p.head(), roll.OrgID(w.cluster.org), "We go alone."))
		},
		"no figures": func(t *testing.T, w *county, p place, _ AuditID) {
			must(t, w.sharing.AllowGroup(t.Context(), p.head(), roll.OrgID(w.cluster.org), false))
		},
	} {
		t.Run(name, func(t *testing.T) {
			counties(t, func(t *testing.T, w *county) {
				var ids []AuditID
				for i, p := range w.school[:7] {
					ids = append(ids, w.closed(t, p, map[string]int{"V1": 1 + i%3}))
					w.give(t, p, ids[i], w.cluster, Counted)
				}
				w.picture(t, w.cluster)
				stop(t, w, w.school[6], ids[6])
				r := w.row(t, w.cluster, "V1")
				if r.Spread != nil || r.N != 6 || r.Hidden != HiddenGone {
					t.Errorf("after: %+v", r)
				}
				w.nothingNew(t, w.cluster) // six would be shown, and the difference is the seventh
				if r := w.row(t, w.cluster, "V1"); r.Spread != nil {
					t.Errorf("after another try: %+v", r)
				}
				if w.view(t, w.cluster).Gone != 1 {
					t.Error("nobody says that somebody has gone")
				}
				if name != "taken back" {
					return
				}
				w.give(t, w.school[6], ids[6], w.cluster, Counted) // given again, it is the picture that was shown
				if r := w.row(t, w.cluster, "V1"); r.Spread == nil || r.N != 7 {
					t.Errorf("given again: %+v", r)
				}
				for i, p := range w.school { // a year later there are new levels of all
					w.give(t, p, w.closed(t, p, map[string]int{"V1": 2 + i%3}), w.cluster, Counted)
				}
				w.picture(t, w.cluster)
				r = w.row(t, w.cluster, "V1")
				if r.Spread == nil || r.N != 8 || r.Moves == nil && r.NoMoves == "" {
					t.Errorf("the year after: %+v", r)
				}
			})
		})
	}
}

// Whoever gives nothing of a newer audit gives nothing that says where it stands now; what it gave before stays in the picture in which it was.
func TestA01ClusterNothingOfANewerAudit(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		for i, p := range w.school[:6] {
			w.give(t, p, w.closed(t, p, map[string]int{"V1": 1 + i%3}), w.cluster, Counted)
		}
		w.picture(t, w.cluster)
		newer := w.closed(t, w.school[0], map[string]int{"V1": 5})
		if v := w.view(t, w.cluster); v.Giving != 6 {
			t.Errorf("nobody has decided about the newer one: %d give", v.Giving)
		}
		w.give(t, w.school[0], newer, w.cluster, Nothing)
		if v := w.view(t, w.cluster); v.Giving != 5 || v.Gone != 0 || v.Fresh != 0 {
			t.Errorf("%d give, %d gone, %d fresh", v.Giving, v.Gone, v.Fresh)
		}
		if r := w.row(t, w.cluster, "V1"); r.N != 6 || r.Spread == nil {
			t.Errorf("the picture before: %+v", r)
		}
		w.nothingNew(t, w.cluster) // five without it would be the difference
	})
}

// Since last time, from five schools up, as counts of schools.
func TestA01ClusterChangeSinceLastTime(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		for i, p := range w.school[:6] {
			w.give(t, p, w.closed(t, p, map[string]int{"V1": 2, "V3": 1 + i%2}), w.cluster, Counted)
			id := w.closed(t, p, map[string]int{"V1": 1 + i%3, "V3": 3 - i%2})
			w.give(t, p, id, w.cluster, Counted)
		}
		w.picture(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Moves == nil || *r.Moves != (Moves{Up: 2, Same: 2, Down: 2}) {
			t.Errorf("V1: %+v %s", r.Moves, r.NoMoves)
		}
		if r := w.row(t, w.cluster, "V3"); r.Moves == nil || *r.Moves != (Moves{Up: 3, Same: 3}) {
			t.Errorf("V3: %+v %s", r.Moves, r.NoMoves)
		}
	})
}

// An authority counts through clusters and directly; names stay in the cluster to which they were given; and its picture is no difference to the cluster's.
func TestA01ClusterOneLevelUp(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		for i, p := range w.school[:5] {
			w.give(t, p, w.closed(t, p, map[string]int{"V1": 1 + i%3}), w.cluster, Counted)
		}
		named := w.closed(t, w.school[5], map[string]int{"V1": 5, "V2": 5})
		w.give(t, w.school[5], named, w.cluster, Named)
		w.picture(t, w.cluster)
		if r := w.row(t, w.cluster, "V1"); r.Spread == nil || r.N != 6 || len(r.Named) != 1 {
			t.Fatalf("the cluster: %+v", r)
		}
		v := w.view(t, w.authority)
		if v.Members != 9 || v.Giving != 6 {
			t.Errorf("the authority has %d, %d give", v.Members, v.Giving)
		}
		w.picture(t, w.authority)
		if r := w.row(t, w.authority, "V1"); r.Spread == nil || *r.Spread != (Spread{2, 2, 1, 0, 1}) || len(r.Named) != 0 {
			t.Errorf("the authority: %+v", r)
		}
		// One school that belongs to the authority directly would be the difference to what the cluster's people have seen, and to its own picture.
		w.give(t, w.direct, w.closed(t, w.direct, map[string]int{"V1": 4}), w.authority, Counted)
		w.nothingNew(t, w.authority)
		if r := w.row(t, w.authority, "V1"); r.N != 6 {
			t.Errorf("the seventh alone: %+v", r)
		}
		// The cluster's figures no longer go to the authority: nothing of the cluster's schools does.
		must(t, w.sharing.AllowGroup(t.Context(), w.cluster.head(), roll.OrgID(w.authority.org), false))
		if v := w.view(t, w.authority); v.Giving != 1 || v.Gone != 6 || w.row(t, w.authority, "V1").Spread != nil {
			t.Errorf("the cluster gives nothing: %+v", v)
		}
	})
	t.Run("the authority first", func(t *testing.T) {
		counties(t, func(t *testing.T, w *county) {
			for i, p := range append(slices.Clone(w.school[:5]), w.direct) {
				to := w.cluster
				if p.org == w.direct.org {
					to = w.authority
				}
				w.give(t, p, w.closed(t, p, map[string]int{"V1": 1 + i%3}), to, Counted)
			}
			w.picture(t, w.authority)
			if r := w.row(t, w.authority, "V1"); r.N != 6 || r.Spread == nil {
				t.Fatalf("the authority: %+v", r)
			}
			w.nothingNew(t, w.cluster) // five of those six: the difference would be the one that belongs to the authority alone
		})
	})
}

// The same criterion in the same words counts, under whatever version; other words under the same name never do.
func TestA01ClusterNeverMixesWords(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		text, ok := shippedText("engagement", Shipped()[0].Version)
		if !ok {
			t.Fatal("the framework is gone")
		}
		c, _ := Shipped()[0].Criterion("V1")
		later := strings.Replace(strings.Replace(text, c.Text, c.Text+" Really.", 1), "version: \""+Shipped()[0].Version, "version: \"9"+Shipped()[0].Version, 1)
		f, err := Parse([]byte(later))
		must(t, err)
		for i, p := range w.school[:6] {
			setup := Setup{Framework: "engagement", Scope: School}
			if i == 5 {
				_, err := w.s.BringIn(t.Context(), p.head(), later)
				must(t, err)
				setup.Version = f.Version
			}
			id, err := w.s.Start(t.Context(), p.head(), setup)
			must(t, err)
			for _, code := range []string{"V1", "V2"} {
				must(t, w.s.Agree(t.Context(), p.head(), id, code, 1+i%3, "We looked."))
			}
			must(t, w.s.Close(t.Context(), p.head(), id))
			w.give(t, p, id, w.cluster, Counted)
		}
		must(t, w.s.MakePicture(t.Context(), w.cluster.coordinator(), "engagement", Shipped()[0].Version))
		if r := w.row(t, w.cluster, "V1"); r.N != 5 {
			t.Errorf("other words are counted: %+v", r)
		}
		if r := w.row(t, w.cluster, "V2"); r.N != 6 {
			t.Errorf("the same words are not counted: %+v", r)
		}
	})
}

// The cluster's own audit stands beside its members'. Who has no members has no page, and a draft goes nowhere.
func TestA01ClusterItsOwnAuditBeside(t *testing.T) {
	counties(t, func(t *testing.T, w *county) {
		id, err := w.s.Start(t.Context(), w.cluster.coordinator(), Setup{Framework: "engagement"})
		must(t, err)
		must(t, w.s.Agree(t.Context(), w.cluster.coordinator(), id, "C1", 3, "We meet."))
		if v := w.view(t, w.cluster); v.Own == nil || v.Own.Scope != Cluster {
			t.Errorf("%+v", v.Own)
		}
		if r := w.row(t, w.cluster, "C1"); r.Own == nil || *r.Own != 3 {
			t.Errorf("%+v", r)
		}
		if _, ok, err := w.s.Cluster(t.Context(), w.alone.head(), "", ""); ok || err != nil {
			t.Errorf("a school has members: %v", err)
		}
		open, err := w.s.Start(t.Context(), w.school[0].head(), Setup{Framework: "engagement"})
		must(t, err)
		if err := w.s.Give(t.Context(), w.school[0].head(), open, roll.OrgID(w.cluster.org), Counted); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an open audit: %v", err)
		}
		done := w.closed(t, w.school[0], map[string]int{"V1": 2})
		if err := w.s.Give(t.Context(), w.school[0].head(), done, roll.OrgID(w.authority.org), Counted); fault.KindOf(err) != fault.NotFound {
			t.Errorf("to a grouping that it does not belong to directly: %v", err)
		}
		w.give(t, w.school[0], done, w.cluster, Counted)
		w.give(t, w.school[0], done, w.cluster, Counted)
		w.give(t, w.school[0], done, w.cluster, Nothing)
		up, err := w.s.GoesUp(t.Context(), w.school[0].head(), done)
		must(t, err)
		if len(up.To) != 1 || up.To[0].Gives != Nothing || up.To[0].Since.ByName != "Hana Head" || len(up.To[0].Before) != 1 || !up.To[0].Figures {
			t.Errorf("what goes up: %+v", up)
		}
	})
}

// attacker keeps every figure that was ever shown and works out what follows from any two of them.
type attacker struct {
	figures []figureSeen
}

type figureSeen struct {
	who    []levelKey
	spread Spread
}

// finds lists what the attacker knows of schools that never agreed to be named: a level of one, or the spread of fewer than five.
func (a *attacker) finds(named map[levelKey]int) (out []string) {
	rest := func(f figureSeen) ([]levelKey, Spread) {
		var who []levelKey
		s := f.spread
		for _, k := range f.who {
			if n, ok := named[k]; ok {
				s[n-1]--
				continue
			}
			who = append(who, k)
		}
		return who, s
	}
	// Those in one figure only, in the other only, and in both are three groups; within each, nobody can be told from another. Try all ways in which the
	// levels can lie in the group of both.
	pair := func(f, g figureSeen) {
		a, sa := rest(f)
		b, sb := rest(g)
		both := 0
		for _, k := range a {
			if slices.Contains(b, k) {
				both++
			}
		}
		size := [3]int{len(a) - both, len(b) - both, both}
		ways := [3]map[Spread]bool{{}, {}, {}}
		var try func(level, left int, x Spread)
		try = func(level, left int, x Spread) {
			if level == Levels {
				if left > 0 {
					return
				}
				var ra, rb Spread
				for i := range x {
					ra[i], rb[i] = sa[i]-x[i], sb[i]-x[i]
					if ra[i] < 0 || rb[i] < 0 {
						return
					}
				}
				ways[0][ra], ways[1][rb], ways[2][x] = true, true, true
				return
			}
			for n := 0; n <= left; n++ {
				x[level] = n
				try(level+1, left-n, x)
			}
		}
		try(0, both, Spread{})
		for i, w := range ways {
			if size[i] == 0 {
				continue
			}
			alike := map[int]bool{}
			for s := range w {
				at := 0
				for l, n := range s {
					if n == size[i] {
						at = l + 1
					}
				}
				alike[at] = true
			}
			if len(alike) == 1 && !alike[0] {
				out = append(out, fmt.Sprintf("the level of each of %d", size[i]))
			}
			if len(w) == 1 && size[i] < FewestSchools {
				out = append(out, fmt.Sprintf("how %d are spread", size[i]))
			}
		}
	}
	for i, f := range a.figures {
		pair(f, figureSeen{})
		for _, g := range a.figures[i+1:] {
			pair(f, g)
		}
	}
	return out
}

// TestA01ClusterDifferences: schools join, leave, take back, come again, agree anew, take a name and drop it, in any order; after each step somebody reads,
// and sometimes makes a new picture. From no two of all the answers does anything follow about fewer than five. The same attack on a page that simply shows
// what is given does find something, so it is an attack.
func TestA01ClusterDifferences(t *testing.T) {
	for _, naive := range []bool{false, true} {
		found, shown := 0, 0
		for seed := range uint64(400) {
			r := rand.New(rand.NewPCG(30, seed))
			n := 5 + r.IntN(9)
			level := map[levelKey]int{}
			type state struct {
				gives  Gives
				agreed int
			}
			now := make([]state, n)
			key := func(i int) levelKey { return levelKey{roll.OrgID(i + 1), 1, "V1", now[i].agreed} }
			agree := func(i int) { now[i].agreed++; level[key(i)] = 1 + r.IntN(3) }
			for i := range now {
				now[i].gives = []Gives{Counted, Counted, Counted, Named, Nothing}[r.IntN(5)]
				agree(i)
			}
			var last []Piece
			var mine [][]Piece
			mallory := &attacker{}
			named := map[levelKey]int{}
			for range 14 {
				var given []Piece
				for i, s := range now {
					if s.gives.Up() {
						k := key(i)
						given = append(given, Piece{Criterion: "V1", School: k.School, AuditID: k.Audit, Theirs: "V1", Agreed: k.Agreed, Named: s.gives == Named})
					}
				}
				read := func(k levelKey) int { // what is no longer given can't be read
					if i := int(k.School) - 1; now[i].gives.Up() {
						return level[k]
					}
					return 0
				}
				switch {
				case naive:
					last = given
				case r.IntN(2) == 0:
					if next := choosePieces(given, last, mine, nil, read); !samePieces(last, next) {
						last = next
						mine = append(mine, next)
					}
				}
				was := map[levelKey]bool{}
				for _, h := range mine {
					for _, p := range h {
						was[p.now()] = was[p.now()] || p.Named
					}
				}
				var list []seenPiece
				var who []levelKey
				for _, p := range last {
					x := seenPiece{Piece: p, Level: read(p.now()), Known: was[p.now()]}
					x.Gone = x.Level == 0
					x.ByIts = p.Named && !x.Gone && now[int(p.School)-1].gives == Named
					if x.ByIts {
						named[p.now()] = x.Level
					}
					if !x.Gone {
						who = append(who, p.now())
					}
					list = append(list, x)
				}
				_, spread, _, _, _ := show(list)
				if naive && len(who) >= FewestSchools {
					var s Spread
					for _, k := range who {
						s[level[k]-1]++
					}
					spread = &s
				}
				if spread != nil {
					shown++
					mallory.figures = append(mallory.figures, figureSeen{who, *spread})
				}
				// something happens
				switch i := r.IntN(n); r.IntN(6) {
				case 0, 1:
					now[i].gives = Counted
				case 2:
					now[i].gives = Nothing
				case 3:
					now[i].gives = Named
				case 4:
					agree(i)
				case 5: // a new round: all agree anew
					for j := range now {
						agree(j)
					}
				}
			}
			if list := mallory.finds(named); len(list) > 0 {
				found++
				if !naive {
					t.Errorf("seed %d: %s", seed, strings.Join(list, "; "))
				}
			}
		}
		if naive && found < 100 {
			t.Errorf("the attack found something in %d of 400 only where everything is shown", found)
		}
		if !naive && shown < 400 {
			t.Errorf("only %d figures were shown at all", shown)
		}
	}
}
