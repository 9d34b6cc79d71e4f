package messages

import (
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

func (x *ledgerSchool) keyOf(t *testing.T, child, day string) (k KeyContact) {
	t.Helper()
	x.do(t, func(tx *db.Tx) (err error) { k, err = KeyContactOf(tx, x.kids[child], day); return err })
	return k
}

// K02: exactly one on every day, one action for all brothers and sisters, hand-over by date, never silently empty.
func TestK02OneKeyContactOnEveryDay(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, head := w.oak, w.oak.as("Han")
		if k := oak.keyOf(t, "Amira", "2026-11-20"); k.Name != "Kit Key" || k.Fallback != ByKeyTeacher {
			t.Fatalf("before anybody is chosen the key teacher answers, not %+v", k)
		}
		if k := oak.keyOf(t, "Bilal", "2026-11-20"); k.Staff != 0 || k.Fallback != ByOffice || k.Name == "" {
			t.Fatalf("with no teacher at all it is the office, and says so: %+v", k)
		}
		oak.do(t, func(tx *db.Tx) error {
			class := ids.New[roll.Class]()
			if _, err := tx.Exec(`insert into roll_class (org_id, id, local_id, title, kind, year) values ($1, $2, '9B', '9B', 'form', '9')`, class); err != nil {
				return err
			}
			if _, err := tx.Exec(`insert into roll_member (org_id, id, class_id, pupil_id, starts, ends) values ($1, $2, $3, $4, '2026-09-01', '9999-12-31')`, ids.New[roll.Member](), class, oak.kids["Bilal"]); err != nil {
				return err
			}
			_, err := tx.Exec(`insert into roll_member (org_id, id, class_id, staff_id, starts, ends) values ($1, $2, $3, $4, '2026-09-01', '9999-12-31')`, ids.New[roll.Member](), class, oak.staff["Tom"])
			return err
		})
		if k := oak.keyOf(t, "Bilal", "2026-11-20"); k.Name != "Tom Teacher" || k.Fallback != ByForm {
			t.Fatalf("then the form teacher: %+v", k)
		}
		// One action for the whole family: the brother, and the half-sister by the father.
		n, unseen, err := w.s.SetKey(t.Context(), head, oak.kids["Amira"], KeyChoice{Staff: oak.staff["Fay"].String(), Deputy: oak.staff["Tom"].String(), Siblings: true})
		ledgerMust(t, err)
		slices.Sort(unseen)
		if n != 3 || strings.Join(unseen, ", ") != "Amira Khan, Bilal Khan, Dua Khan" {
			t.Fatalf("%d children, unseen %v", n, unseen)
		}
		for _, child := range []string{"Amira", "Bilal", "Dua"} {
			if k := oak.keyOf(t, child, "2026-11-20"); k.Name != "Fay Worker" || k.Deputy != "Tom Teacher" || !k.Chosen() {
				t.Errorf("%s: %+v", child, k)
			}
		}
		if k := oak.keyOf(t, "Cai", "2026-11-20"); k.Chosen() {
			t.Errorf("Cai, who shares a grandmother and no parent, is another family: %+v", k)
		}
		// A hand-over by date: the old name until the day before, the new one from the day on.
		n, _, err = w.s.HandOver(t.Context(), head, oak.staff["Fay"], KeyChoice{Staff: oak.staff["Sar"].String(), From: "4/1/2027"})
		ledgerMust(t, err)
		if n != 3 {
			t.Errorf("handed over %d", n)
		}
		for day, want := range map[string]string{"2026-11-20": "Fay Worker", "2027-01-03": "Fay Worker", "2027-01-04": "Sara Senco", "2028-06-01": "Sara Senco"} {
			if k := oak.keyOf(t, "Amira", day); k.Name != want || k.Deputy != "Tom Teacher" {
				t.Errorf("on %s it is %+v, want %s with the same deputy", day, k, want)
			}
		}
		// Setting it anew from an earlier day takes what was arranged for later with it: one on every day, never two.
		_, _, err = w.s.SetKey(t.Context(), head, oak.kids["Amira"], KeyChoice{Staff: oak.staff["Kit"].String()})
		ledgerMust(t, err)
		if k := oak.keyOf(t, "Amira", "2027-01-04"); k.Name != "Kit Key" {
			t.Errorf("%+v", k)
		}
		oak.do(t, func(tx *db.Tx) error {
			for _, day := range []string{"2026-11-20", "2026-12-31", "2027-02-01"} {
				n, err := db.One[int](tx, `select count(*) from messages_key where org_id = $1 and pupil_id = $2 and starts <= $3 and ends >= $3`, oak.kids["Amira"], day)
				if err != nil || n != 1 {
					t.Errorf("%d rows in force on %s: %v", n, day, err)
				}
			}
			return nil
		})
		// Nothing of it reached the other school.
		if k := w.elm.keyOf(t, "Amira", "2026-11-20"); k.Fallback != ByKeyTeacher {
			t.Errorf("the other school: %+v", k)
		}
	})
}

// K02 CHECK: a worker's leaving date is set, and all families lacking a successor are listed; what families read names the new one from the day on.
func TestK02ALeaverLeavesNobodyBehind(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, head := w.oak, w.oak.as("Han")
		for _, child := range []string{"Amira", "Cai"} {
			_, _, err := w.s.SetKey(t.Context(), head, oak.kids[child], KeyChoice{Staff: oak.staff["Fay"].String(), Siblings: true})
			ledgerMust(t, err)
		}
		list := func() []Lacking {
			o, err := w.s.KeyContacts(t.Context(), head)
			ledgerMust(t, err)
			return o.Lacking
		}
		if got := list(); len(got) != 0 {
			t.Fatalf("nobody leaves, and %+v", got)
		}
		oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-12-18' where org_id = $1 and id = $2`, oak.staff["Fay"])
			return err
		})
		got := list()
		if len(got) != 1 || got[0].Name != "Fay Worker" || got[0].Ends != "2026-12-18" || len(got[0].Families) != 2 {
			t.Fatalf("both families lack a successor: %+v", got)
		}
		if len(got[0].Families[0].Children)+len(got[0].Families[1].Children) != 4 {
			t.Errorf("four children: %+v", got[0].Families)
		}
		if k := oak.keyOf(t, "Amira", "2026-12-18"); k.Name != "Fay Worker" {
			t.Errorf("on her last day it is still her: %+v", k)
		}
		if k := oak.keyOf(t, "Amira", "2026-12-19"); k.Name != "Kit Key" || k.Fallback != ByKeyTeacher {
			t.Errorf("the day after it falls to the key teacher, and says so: %+v", k)
		}
		_, _, err := w.s.SetKey(t.Context(), head, oak.kids["Cai"], KeyChoice{Staff: oak.staff["Sar"].String(), From: "19 12 2026"})
		ledgerMust(t, err)
		if got = list(); len(got) != 1 || len(got[0].Families) != 1 || len(got[0].Families[0].Children) != 3 {
			t.Fatalf("one family has a successor now: %+v", got)
		}
		_, _, err = w.s.HandOver(t.Context(), head, oak.staff["Fay"], KeyChoice{Staff: oak.staff["Sar"].String(), From: "19 12 2026"})
		ledgerMust(t, err)
		if got = list(); len(got) != 0 {
			t.Fatalf("all have one: %+v", got)
		}
		// A date in the past, a leaver, and somebody's own family are refused.
		for words, c := range map[string]KeyChoice{"This day is over": {Staff: oak.staff["Sar"].String(), From: "1/9/2026"}, "will have left": {Staff: oak.staff["Fay"].String(), From: "1/2/2027"}, "Choose the colleague": {}} {
			if _, _, err := w.s.SetKey(t.Context(), head, oak.kids["Cai"], c); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("want %q, got %v", words, err)
			}
		}
	})
}

func TestWhoAnswersWhileTheKeyContactIsAway(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, head := w.oak, w.oak.as("Han")
		_, _, err := w.s.SetKey(t.Context(), head, oak.kids["Amira"], KeyChoice{Staff: oak.staff["Fay"].String(), Deputy: oak.staff["Lee"].String()})
		ledgerMust(t, err)
		who := func() (id roll.StaffID) {
			oak.do(t, func(tx *db.Tx) (err error) { id, err = AnswersFor(tx, oak.kids["Amira"]); return err })
			return id
		}
		if who() != oak.staff["Fay"] {
			t.Fatal("she is there and answers")
		}
		_, err = w.s.Roll.RecordAway(t.Context(), head, oak.staff["Fay"], roll.Values{"starts": "2026-11-20", "ends": "2026-11-27"})
		ledgerMust(t, err)
		if who() != oak.staff["Lee"] {
			t.Error("nobody covers, so that the deputy answers")
		}
		away, err := w.s.Roll.Ahead(t.Context(), head, oak.staff["Fay"])
		ledgerMust(t, err)
		ledgerMust(t, w.s.Roll.CoverFor(t.Context(), head, away[0].ID, roll.Values{"cover": oak.staff["Sar"].String()}, nil))
		if who() != oak.staff["Sar"] {
			t.Error("who covers goes before the deputy")
		}
		w.on(t, "2026-11-30")
		if who() != oak.staff["Fay"] {
			t.Error("she is back")
		}
	})
}

func TestKeyContactsOfAYearAtOnce(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, head := w.oak, w.oak.as("Han")
		_, _, err := w.s.SetKey(t.Context(), head, oak.kids["Cai"], KeyChoice{Staff: oak.staff["Sar"].String()})
		ledgerMust(t, err)
		n, _, err := w.s.SetKeys(t.Context(), head, KeyGroup{Year: "7", Missing: true}, KeyChoice{Staff: oak.staff["Fay"].String(), Siblings: true})
		ledgerMust(t, err)
		if n != 3 || oak.keyOf(t, "Bilal", "2026-11-20").Name != "Fay Worker" || oak.keyOf(t, "Cai", "2026-11-20").Name != "Sara Senco" {
			t.Errorf("%d: the year's families with their brothers and sisters, and not those who have one", n)
		}
		o, err := w.s.KeyContacts(t.Context(), head)
		ledgerMust(t, err)
		if o.Families != 2 || o.Without != 0 || len(o.Loads) != 2 || o.Loads[0].Families != 1 || o.Loads[0].Children+o.Loads[1].Children != 4 {
			t.Errorf("%+v", o)
		}
		v, err := w.s.Key(t.Context(), oak.as("Kit"), oak.kids["Amira"])
		ledgerMust(t, err)
		if v.Now.Name != "Fay Worker" || v.MayKeep || v.Siblings != nil {
			t.Errorf("the key teacher reads it and changes nothing: %+v", v)
		}
	})
}
