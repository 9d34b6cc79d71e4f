package progress_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

func mapping(t *testing.T, text string) *sheet.Mapping {
	t.Helper()
	if text == "" {
		return nil
	}
	m, err := sheet.LoadMapping([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (sc *school) order(kind, text string, m *sheet.Mapping) batch.Order {
	return batch.Order{Kind: kind, Input: batch.Bytes("file.csv", []byte(text)), Mapping: m}
}

// bring reads a text in, after a dry run that must say the same.
func (sc *school) bring(t *testing.T, p access.Pass, kind, text, mapped string) *batch.Report {
	t.Helper()
	dry, err := sc.imports.Try(p, sc.order(kind, text, mapping(t, mapped)), t.Context())
	if err != nil {
		t.Fatalf("dry run: %v", err)
	}
	rep, err := sc.imports.Import(p, sc.order(kind, text, mapping(t, mapped)), t.Context())
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	if a, b := counts(dry), counts(rep); a != b {
		t.Errorf("the dry run said %s and the import %s", a, b)
	}
	return rep
}

func counts(r *batch.Report) string {
	return fmt.Sprintf("%d rows: %d created, %d updated, %d same, %d refused", r.Rows, r.Created, r.Updated, r.Same, r.Refused)
}

func wantCounts(t *testing.T, r *batch.Report, want string) {
	t.Helper()
	if got := counts(r); got != want {
		t.Errorf("got %s; want %s\nrefused: %v\nwarnings: %v", got, want, r.Refusals, r.Warnings)
	}
}

func (sc *school) undo(t *testing.T, p access.Pass, rep *batch.Report) *batch.Undone {
	t.Helper()
	id, err := ids.Parse[batch.Batch](rep.Batch)
	if err != nil {
		t.Fatal(err)
	}
	u, err := sc.imports.Undo(p, id, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// dump is everything that this capability keeps for an organisation, so that an undo can be compared byte for byte.
func (sc *school) dump(t *testing.T, p access.Pass) string {
	t.Helper()
	var out strings.Builder
	if err := sc.d.View(t.Context(), p, func(tx *db.Tx) error {
		for _, q := range []string{
			`select 'week ' || p.local_id || ' ' || w.week || ' ' || w.marks || ' ' || w.first_on || ' ' || w.last_on || ' ' || w.possible || ' ' || w.attended || ' ' || w.authorised || ' ' || w.unauthorised from progress_attendance_week w join roll_pupil p on p.org_id = w.org_id and p.id = w.pupil_id where w.org_id = $1 order by 1`,
			`select 'total ' || p.local_id || ' ' || t.from_on || ' ' || t.to_on || ' ' || coalesce(cast(t.possible as text), '-') || ' ' || coalesce(cast(t.attended as text), '-') || ' ' || coalesce(cast(t.authorised as text), '-') || ' ' || coalesce(cast(t.unauthorised as text), '-') || ' ' || coalesce(cast(t.percent as text), '-') from progress_attendance_total t join roll_pupil p on p.org_id = t.org_id and p.id = t.pupil_id where t.org_id = $1 order by 1`,
			`select 'result ' || p.local_id || ' ' || r.subject || ' ' || r.scale || ' ' || r.text || ' ' || r.taken_on from progress_result r join roll_pupil p on p.org_id = r.org_id and p.id = r.pupil_id where r.org_id = $1 order by 1`,
			`select 'count ' || p.local_id || ' ' || c.kind || ' ' || c.on_date || ' ' || c.n || ' ' || c.note from progress_count c join roll_pupil p on p.org_id = c.org_id and p.id = c.pupil_id where c.org_id = $1 order by 1`,
			`select 'fact ' || p.local_id || ' ' || f.name || ' ' || f.value from progress_fact f join roll_pupil p on p.org_id = f.org_id and p.id = f.pupil_id where f.org_id = $1 order by 1`,
		} {
			lines, err := db.All[string](tx, q)
			if err != nil {
				return err
			}
			for _, l := range lines {
				out.WriteString(l + "\n")
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestImportOfTotals(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2", "a3")
		a := testkit.A()
		heard := 0
		sc.s.Roll.Changed.Subscribe(func(*db.Tx, roll.Changed) error { heard++; return nil })
		const file = "pupil_id,from,to,possible,attended,authorised,unauthorised,House\na1,1/9/2026,20/11/2026,110,99,6,5,Red\na2,2026-09-01,2026-11-20,110,110,,,Blue\nzz,2026-09-01,2026-11-20,110,110,0,0,\na3,2026-09-01,2026-11-20,110,120,0,0,\n"
		rep := sc.bring(t, a, "attendance", file, "")
		wantCounts(t, rep, "4 rows: 2 created, 0 updated, 0 same, 2 refused")
		if heard != 1 {
			t.Errorf("the news of the change was told %d times", heard)
		}
		if by, _ := json.Marshal(rep.By); string(by) != `{"attendance":{"rows":4,"created":2,"updated":0,"same":0,"refused":2}}` {
			t.Errorf("by: %s", by)
		}
		if got := rep.Refusals[0]; got.Row != 4 || got.Field != "pupil_id" || got.Reason != "No pupil on the roll has the number zz." {
			t.Errorf("refusal: %+v", got)
		}
		if got := rep.Refusals[1]; got.Row != 5 || !strings.Contains(got.Reason, "120 sessions attended is more than the 110 possible") {
			t.Errorf("refusal: %+v", got)
		}
		if len(rep.Warnings) != 1 || rep.Warnings[0] != "These columns were not used: House." {
			t.Errorf("warnings: %q", rep.Warnings)
		}
		if got := figure(sc.snapshot(t, a, "a1", dayText).Attendance); got != "90.00 totals, 1 Sep 2026 to 20 Nov 2026: 11 of 110 sessions missed" {
			t.Errorf("a1: %s", got)
		}
		if s := sc.snapshot(t, a, "a2", dayText); s.Attendance.Split {
			t.Error("how the absence divides is said to be known")
		}
		if s := sc.snapshot(t, testkit.B(), "a1", dayText); s.Attendance.Known {
			t.Error("the other school has the figures too")
		}
		before := sc.dump(t, a)
		wantCounts(t, sc.bring(t, a, "attendance", file, ""), "4 rows: 0 created, 0 updated, 2 same, 2 refused")
		if after := sc.dump(t, a); after != before {
			t.Errorf("the same file changed\n%s into\n%s", before, after)
		}
		second := sc.bring(t, a, "attendance", "pupil_id,from,to,possible,absent\na1,2026-09-01,2026-11-20,112,14\na2,2026-09-01,2026-11-20,110,0\n", "")
		wantCounts(t, second, "2 rows: 0 created, 1 updated, 1 same, 0 refused")
		if s := sc.snapshot(t, a, "a1", dayText); s.Attendance.Sessions.Absent() != 14 || s.Attendance.Split {
			t.Errorf("after the change: %+v", s.Attendance)
		}
		if u := sc.undo(t, a, second); u.Restored == 0 || u.Removed != 0 {
			t.Errorf("undo: %+v", u)
		}
		if after := sc.dump(t, a); after != before {
			t.Errorf("the undo left\n%s instead of\n%s", after, before)
		}
		if u := sc.undo(t, a, rep); u.Removed != 2 {
			t.Errorf("undo of the first: %+v", u)
		}
		if after := sc.dump(t, a); after != "" {
			t.Errorf("after both undos there is\n%s", after)
		}
	})
}

func TestImportOfMarks(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2")
		a := testkit.A()
		// Sorted by nothing at all; the afternoon of the 8th comes in a row of its own.
		const file = "upn,date,am,pm\nUPNa1,2026-09-09,I,I\nUPNa2,08/09/2026,/,\\\nUPNa1,2026-09-08,/,\nUPNa1,2026-09-16,Y1,L\nUPNa1,2026-09-08,,\\\nUPNa1,2026-09-10,,\nUPNa1,2026-09-11,H,/\nUPNa1,2026-09-11,??,/\n"
		rep := sc.bring(t, a, "attendance", file, "")
		wantCounts(t, rep, "8 rows: 5 created, 0 updated, 1 same, 2 refused")
		if !strings.Contains(rep.Refusals[0].Reason, "use C for leave the school has agreed") || !strings.Contains(rep.Refusals[1].Reason, "not an attendance code") {
			t.Errorf("refusals: %v", rep.Refusals)
		}
		if got := figure(sc.snapshot(t, a, "a1", dayText).Attendance); got != "60.00 marks, 8 Sep 2026 to 16 Sep 2026: 2 of 5 sessions missed" {
			t.Errorf("a1: %s", got)
		}
		wantCounts(t, sc.bring(t, a, "attendance", file, ""), "8 rows: 0 created, 0 updated, 6 same, 2 refused")
		before := sc.dump(t, a)
		second := sc.bring(t, a, "attendance", "upn,date,am,pm\nUPNa1,2026-09-09,/,I\nUPNa1,2026-09-10,/,\\\nUPNa2,2026-09-08,/,\\\n", "")
		wantCounts(t, second, "3 rows: 1 created, 1 updated, 1 same, 0 refused")
		sc.undo(t, a, second)
		if after := sc.dump(t, a); after != before {
			t.Errorf("the undo left\n%s instead of\n%s", after, before)
		}
		third := sc.bring(t, a, "attendance", "upn,date,am,pm\nUPNa1,2026-09-09,/,I\n", "")
		if u := sc.undo(t, a, rep); len(u.Kept) != 1 || !strings.Contains(u.Kept[0], "1 records that a later import changed") {
			t.Errorf("undo of the first while a later one stands: %+v", u)
		}
		sc.undo(t, a, third)
		if after := sc.dump(t, a); after != "" {
			t.Errorf("after all undos there is\n%s", after)
		}
	})
}

func TestRunsOfMarks(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2", "a3", "a4")
		a := testkit.A()
		rep := sc.bring(t, a, "attendance", `pupil_id,from,to,marks
a1,2026-09-07,,/\/\Y1C2/\/\----/\
a2,2026-09-07,2026-09-18,/\/\/\/\II/\/\/\/\/\
a3,2026-09-07,,/\/\/\/\/\/\
a4,2026-09-07,2026-09-18,/\/\
a4,,,/\/\
`, "")
		wantCounts(t, rep, "5 rows: 2 created, 0 updated, 0 same, 3 refused")
		for i, want := range []string{"Mark 11 would fall on a weekend, 12 Sep 2026", "There are 4 marks, but from 7 Sep 2026 to 18 Sep 2026 there are 24 sessions, or 20 without weekends", "not the day of the first one"} {
			if !strings.Contains(rep.Refusals[i].Reason, want) {
				t.Errorf("refusal %d: %s; want %s", i, rep.Refusals[i].Reason, want)
			}
		}
		if got := figure(sc.snapshot(t, a, "a1", dayText).Attendance); got != "90.91 marks, 7 Sep 2026 to 14 Sep 2026: 1 of 11 sessions missed" {
			t.Errorf("a1: %s", got)
		}
		if got := figure(sc.snapshot(t, a, "a2", dayText).Attendance); got != "90.00 marks, 7 Sep 2026 to 18 Sep 2026: 2 of 20 sessions missed" {
			t.Errorf("a2: %s", got)
		}
	})
}

func TestImportOfPercentages(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2", "a3")
		a := testkit.A()
		wantCounts(t, sc.bring(t, a, "attendance", "pupil_id,percent\na1,85%\na2,84.7\na3,101\n", ""), "3 rows: 2 created, 0 updated, 0 same, 1 refused")
		if got := figure(sc.snapshot(t, a, "a1", dayText).Attendance); got != "85.00 a percentage given without counts, 1 Sep 2026 to 20 Nov 2026" {
			t.Errorf("a1: %s", got)
		}
		shares := "pupil_id,percent\na1,0.85\na2,1\na3,0.9\n"
		rep := sc.bring(t, a, "attendance", shares, "")
		wantCounts(t, rep, "3 rows: 0 created, 0 updated, 0 same, 3 refused")
		if len(rep.Warnings) != 1 || !strings.Contains(rep.Warnings[0], "look like fractions") {
			t.Errorf("warnings: %q", rep.Warnings)
		}
		rep = sc.bring(t, a, "attendance", shares, "kind: attendance\nfields:\n  pupil_id: {column: pupil_id}\n  fraction: {column: percent}\n")
		wantCounts(t, rep, "3 rows: 1 created, 1 updated, 1 same, 0 refused")
		// Among real percentages a 1 is one per cent.
		wantCounts(t, sc.bring(t, a, "attendance", "pupil_id,percent\na1,1\na2,95\n", ""), "2 rows: 0 created, 2 updated, 0 same, 0 refused")
	})
}

func TestFilesThatAreRefusedWhole(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1")
		for _, c := range []struct{ kind, text, mapped, say string }{
			{"attendance", "name,possible\nx,1\n", "", "no column that says which pupil"},
			{"attendance", "pupil_id,from\na1,2026-09-01\n", "", "has no attendance in it"},
			{"results", "pupil_id,subject\na1,Maths\n", "", "has no column value"},
			{"counts", "pupil_id,date\na1,2026-09-01\n", "", "has no column kind"},
			{"results", "pupil_id,percent\na1,1\n", "kind: attendance\nfields: {pupil_id: \"{pupil_id}\", percent: \"{percent}\"}", "This mapping is for the import of attendance"},
			{"attendance", "", "", "The file is empty"},
		} {
			_, err := sc.imports.Import(testkit.A(), sc.order(c.kind, c.text, mapping(t, c.mapped)), t.Context())
			if err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%s of %q: %v; want %q", c.kind, c.text, err, c.say)
			}
		}
		if got := sc.dump(t, testkit.A()); got != "" {
			t.Errorf("something was kept: %s", got)
		}
	})
}

func TestImportOfResults(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2")
		a := testkit.A()
		const file = "pupil_id,subject,scale,value,date\na1,Reading,KS2 scaled score,104,2026-05-12\na1,reading,ks2,96,2025-05-12\na1,Maths,gcse,A*,2026-05-12\na2,Reading age,reading_age,9:06,2026-05-12\na2,Effort,,Good,\na2,,gcse,5,2026-05-12\na2,Maths,gcse,,2026-05-12\n"
		rep := sc.bring(t, a, "results", file, "")
		wantCounts(t, rep, "7 rows: 4 created, 0 updated, 0 same, 3 refused")
		if got := rep.Refusals[0].Reason; !strings.Contains(got, "grades are 9 to 1 or U") {
			t.Errorf("refusal: %s", got)
		}
		wantCounts(t, sc.bring(t, a, "results", file, ""), "7 rows: 0 created, 0 updated, 4 same, 3 refused")
		before := sc.dump(t, a)
		second := sc.bring(t, a, "results", "pupil_id,subject,scale,value,date\na1,Reading,ks2_scaled,105,2026-05-12\na1,Reading,ks2_scaled,105,2026-05-12\n", "")
		wantCounts(t, second, "2 rows: 0 created, 1 updated, 1 same, 0 refused")
		if r, _ := sc.snapshot(t, a, "a1", dayText).Result("reading"); r.Value != 105 {
			t.Errorf("reading: %+v", r)
		}
		sc.undo(t, a, second)
		if after := sc.dump(t, a); after != before {
			t.Errorf("the undo left\n%s instead of\n%s", after, before)
		}
	})
}

func TestImportOfCounts(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2")
		a := testkit.A()
		const file = "pupil_id,date,kind,count,note\na1,2026-10-01,Achievement points,3,Helped in the library\na1,2026-10-01,Praise,,\na1,2026-10-02,homework missed,1,Maths\na1,2026-10-02,homework missed,1,Maths\na1,2026-10-02,lateness,1,\na2,,praise,1,\na2,2026-10-02,praise,-1,\n"
		rep := sc.bring(t, a, "counts", file, "")
		wantCounts(t, rep, "7 rows: 3 created, 0 updated, 1 same, 3 refused")
		if len(rep.Warnings) != 1 || !strings.Contains(rep.Warnings[0], "row 5: it says the same as row 4") {
			t.Errorf("warnings: %q", rep.Warnings)
		}
		if c := sc.snapshot(t, a, "a1", dayText).Counts; c.Praise.N != 4 || c.HomeworkMissed.N != 1 || c.Behaviour.Known {
			t.Errorf("counts: %+v", c)
		}
		second := sc.bring(t, a, "counts", "pupil_id,date,kind,count,note\na1,2026-10-02,homework missed,2,Maths\n", "")
		wantCounts(t, second, "1 rows: 0 created, 1 updated, 0 same, 0 refused")
		sc.undo(t, a, second)
		sc.undo(t, a, rep)
		if got := sc.dump(t, a); got != "" {
			t.Errorf("left: %s", got)
		}
	})
}

func TestFacts(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1", "a2")
		a := testkit.A()
		a1 := sc.pupils[a.Org()]["a1"]
		var told []sheet.Outcome
		sc.imports.Offer(batch.Kind{Key: "facts", Title: "Facts", Need: roll.Import, Undo: sc.s.UndoFacts, Read: func(r *batch.Run) (err error) {
			value := string(make([]byte, r.Input.Size))
			b := []byte(value)
			_, _ = r.Input.Data.ReadAt(b, 0)
			told, err = sc.s.TakeFacts(r, []roll.Fact{{Pupil: a1, Name: "Fam sup", Value: string(b)}, {Pupil: a1, Name: "empty", Value: " "}, {Pupil: a1, Name: "!", Value: "x"}, {Pupil: a1, Name: "fam_sup", Value: string(b)}})
			return err
		}})
		first := sc.bring(t, a, "facts", "no", "")
		if fmt.Sprint(told) != "[created same refused same]" {
			t.Errorf("first: %v", told)
		}
		second := sc.bring(t, a, "facts", "yes", "")
		if fmt.Sprint(told) != "[updated same refused same]" {
			t.Errorf("second: %v", told)
		}
		if f, _ := sc.snapshot(t, a, "a1", dayText).Fact("fam_sup"); f.Value != "yes" || f.Source != "file.csv" {
			t.Errorf("fact: %+v", f)
		}
		sc.undo(t, a, second)
		if f, _ := sc.snapshot(t, a, "a1", dayText).Fact("fam_sup"); f.Value != "no" {
			t.Errorf("after the undo: %+v", f)
		}
		sc.undo(t, a, first)
		if got := sc.dump(t, a); got != "" {
			t.Errorf("left: %s", got)
		}
	})
}

// Facts come in with the pupils, and go with them.
func TestFactsOfAPupilsSheet(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d)
		a := testkit.A()
		const file = "id,name,surname,club\n1,Ann,Lee,yes\n2,Ben,Roy,\n"
		const mapped = "kind: pupils\nfields:\n  pupil_id: {column: id}\n  forename: {column: name}\n  surname: {column: surname}\n  fact.after_school: {column: club}\n"
		rep := sc.bring(t, a, "pupils", file, mapped)
		wantCounts(t, rep, "2 rows: 2 created, 0 updated, 0 same, 0 refused")
		if got := sc.dump(t, a); got != "fact 1 after_school yes\n" {
			t.Errorf("kept: %s", got)
		}
		wantCounts(t, sc.bring(t, a, "pupils", strings.Replace(file, "yes", "no", 1), mapped), "2 rows: 0 created, 1 updated, 1 same, 0 refused")
		if got := sc.dump(t, testkit.B()); got != "" {
			t.Errorf("the other school: %s", got)
		}
		first := sc.bring(t, testkit.B(), "pupils", file, mapped)
		sc.undo(t, testkit.B(), first)
		if got := sc.dump(t, testkit.B()); got != "" {
			t.Errorf("after the undo: %s", got)
		}
	})
}

// The real files: counts and figures as a few independent lines say.
func TestRealPupils(t *testing.T) {
	for _, set := range []struct{ file, id, subject, separator string }{{"student-mat.csv", "UCI-MAT-", "maths", ","}, {"student-por.csv", "UCI-POR-", "portuguese", ";"}} {
		path := testkit.SharedData(t, "pupil_family", "uci_student_performance", set.file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header, rows := plainRows(t, string(text), set.separator)
		var names []string
		for i := range rows {
			names = append(names, set.id+strconv.Itoa(i+1))
		}
		example := "uci-" + strings.TrimSuffix(set.file, ".csv")
		testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
			sc := open(t, d, names...)
			a := testkit.A()
			n := len(rows)
			wantCounts(t, sc.bring(t, a, "attendance", string(text), exampleMapping(t, example+"-attendance")), fmt.Sprintf("%d rows: %d created, 0 updated, 0 same, 0 refused", n, n))
			rep := sc.bring(t, a, "results", string(text), exampleMapping(t, example+"-results"))
			wantCounts(t, rep, fmt.Sprintf("%d rows: %d created, 0 updated, 0 same, 0 refused", n, n))
			if rep.By["results"].Created != 3*n {
				t.Errorf("results: %+v", rep.By["results"])
			}
			low, below10, persistent := 0, 0, 0
			if err := d.View(t.Context(), a, func(tx *db.Tx) error {
				return progress.EachSnapshot(tx, "2006-07-31", func(s *progress.Snapshot) error {
					if s.Attendance.Known && s.Attendance.Percent < 95 {
						low++
					}
					if r, ok := s.Result(set.subject); ok && r.Value < 10 {
						below10++
					}
					if pa, known := s.Attendance.Sessions.Persistent(); pa && known {
						persistent++
					}
					return nil
				})
			}); err != nil {
				t.Fatal(err)
			}
			wantLow, wantBelow, wantPA := 0, 0, 0
			for _, row := range rows {
				absences, _ := strconv.Atoi(row[header["absences"]])
				g3, _ := strconv.Atoi(row[header["G3"]])
				if absences*100 > 5*380 {
					wantLow++
				}
				if absences*10 >= 380 {
					wantPA++
				}
				if g3 < 10 {
					wantBelow++
				}
			}
			if low != wantLow || below10 != wantBelow || persistent != wantPA || wantLow == 0 || wantBelow == 0 {
				t.Errorf("below 95 %%: %d, want %d; G3 below 10: %d, want %d; persistent: %d, want %d", low, wantLow, below10, wantBelow, persistent, wantPA)
			}
		})
	}
}

func TestRealLevelsInWords(t *testing.T) {
	text, err := os.ReadFile(testkit.SharedData(t, "pupil_family", "xapi_kalboard", "xAPI-Edu-Data.csv"))
	if err != nil {
		t.Fatal(err)
	}
	header, rows := plainRows(t, string(text), ",")
	var names []string
	want := map[string]int{}
	for i, row := range rows {
		names = append(names, "XAPI-"+strconv.Itoa(i+1))
		want[map[string]string{"L": "Low", "M": "Middle", "H": "High"}[row[header["Class"]]]]++
	}
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, names...)
		wantCounts(t, sc.bring(t, testkit.A(), "results", string(text), exampleMapping(t, "xapi-results")), "480 rows: 480 created, 0 updated, 0 same, 0 refused")
		got := map[string]int{}
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			return progress.EachSnapshot(tx, "2016-07-31", func(s *progress.Snapshot) error {
				for _, r := range s.Results {
					if r.HasValue {
						t.Errorf("%s has become a number", r.Text)
					}
					got[r.Text]++
				}
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(rows) != 480 {
			t.Errorf("%v, want %v of %d", got, want, len(rows))
		}
	})
}

// plainRows reads a CSV with nothing but the standard reader.
func plainRows(t *testing.T, text, separator string) (map[string]int, [][]string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma = rune(separator[0])
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range all[0] {
		at[h] = i
	}
	return at, all[1:]
}

func exampleMapping(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
