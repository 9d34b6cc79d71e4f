package roll

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

func TestHandEditsWin(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		const file = "pupil_id,forename,surname,year,fsm,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone\n"
		x.sheet(file + "P1,Ann,Lee,8,no,Bo Lee,father,no,07700 900111\n")
		p, a, tie := x.pupils()[0], x.adults()[0], x.ties()[0]
		hand := func(record string, row int64, field, table string, value any) {
			t.Helper()
			x.exec(`insert into roll_hand (org_id, record, row_id, field, by_name, at_ms) values ($1, $2, $3, $4, 'Office', 1)`, record, row, field)
			x.exec("update "+table+" set "+field+" = $3 where org_id = $1 and id = $2", row, value)
		}
		hand("pupil", int64(p.ID), "year", "roll_pupil", "9")
		hand("adult", int64(a.ID), "speaks", "roll_adult", "Welsh")
		hand("tie", int64(tie.ID), "responsibility", "roll_tie", "unknown")
		hand("adult", int64(a.ID), "surname", "roll_adult", "Lee-Jones")
		x.exec(`update roll_adult set name = 'Bo Lee-Jones' where org_id = $1`)
		r := x.sheet(file + "P1,Ann,Lee,8,yes,Bo Lee,father,yes,07700 900111\n")
		if got, want := tallies(r), "1 rows: 0 created, 1 updated, 0 same, 0 refused; pupils 0+1+0+0; adults 0+0+1+0; ties 0+0+1+0"; got != want {
			t.Errorf("%s\nwant %s\n%q", got, want, r.Warnings)
		}
		if q := x.pupils()[0]; q.Year != "9" || !*q.Fsm {
			t.Errorf("the hand edit must stay and the other field follow the file: %+v", q)
		}
		if q := x.ties()[0]; q.Responsibility != "unknown" {
			t.Errorf("responsibility was set by hand: %+v", q)
		}
		fields := all[string](x, `select record || ' ' || field || ' ' || ours || '>' || theirs from roll_conflict where org_id = $1 order by 1`)
		if want := "[adult name Bo Lee-Jones>Bo Lee pupil year 9>8 tie responsibility unknown>yes]"; fmt.Sprint(fields) != want {
			t.Errorf("the conflicts: %v, want %s", fields, want)
		}
		before := x.dump(testkit.A())
		again := x.sheet(file + "P1,Ann,Lee,8,yes,Bo Lee,father,yes,07700 900111\n")
		if again.Same != 1 || x.dump(testkit.A()) != before {
			t.Errorf("a second time: %s\n%s", tallies(again), difference(before, x.dump(testkit.A())))
		}
		if !warned(again, "the file says \"8\" for year group and Ajar keeps \"9\"") {
			t.Errorf("the difference is told each time: %q", again.Warnings)
		}
	})
}

func TestTiesNeverWiden(t *testing.T) {
	const header = "pupil_id,forename,surname,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone\n"
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet(header + "P1,Ann,Lee,Bo Lee,father,no,07700 900111\nP2,Cy,Ray,Di Ray,mother,,07700 900222\nP3,Ed,Fox,Gus Fox,father,yes,07700 900333\n")
		ties := x.ties()
		x.exec(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, 1, $2, 'no_contact', 'court', '2026-01-01', 'Head', 1)`, ties[1].ID)
		x.exec(`update roll_tie set ends = '2026-10-01' where org_id = $1 and id = $2`, ties[2].ID)
		before := x.dump(testkit.A())
		r := x.sheet(header + "P1,Ann,Lee,Bo Lee,father,yes,07700 900111\nP2,Cy,Ray,Di Ray,mother,yes,07700 900222\nP3,Ed,Fox,Gus Fox,father,yes,07700 900333\n")
		after := x.ties()
		for i, want := range []string{"no", "unknown", "yes"} {
			if after[i].Responsibility != want {
				t.Errorf("tie %d: %q, want %q", i, after[i].Responsibility, want)
			}
		}
		if after[2].Ends != "2026-10-01" || !warned(r, "ended on 2026-10-01 and stays ended") {
			t.Errorf("an import opened a tie that had ended: %+v %q", after[2], r.Warnings)
		}
		if n := len(all[int64](x, `select id from roll_conflict where org_id = $1`)); n != 2 || r.Same != 3 {
			t.Errorf("%d conflicts, %s", n, tallies(r))
		}
		x.undo(r)
		if x.dump(testkit.A()) != before {
			t.Error("undo left something")
		}
		// A sister comes with the same mother. Her tie to the brother has an order in force, so a person must say whether she is the same.
		s := x.sheet(header + "P4,Cyd,Ray,Di Ray,mother,,07700 900222\n")
		if len(x.adults()) != 4 || !warned(s, "an order is in force there, so they were kept apart") {
			t.Errorf("an adult under an order was joined: %q", s.Warnings)
		}
	})
}

func TestWhoIsTheSameAdult(t *testing.T) {
	const header = "pupil_id,forename,surname,parent_1_name,parent_1_email,parent_1_phone,parent_2_name,parent_2_email,parent_2_phone\n"
	tests := []struct {
		name, rows string
		adults     int
	}{
		{"name and phone", "P1,A,Khan,Sara Khan,,07700 900123,,,\nP2,B,Khan,SARA KHAN,,+44 7700 900123,,,\n", 1},
		{"name and e-mail", "P1,A,Khan,Sara Khan,S@x.org,,,,\nP2,B,Khan,Khan%s Sara,s@X.ORG,,,,\n", 1},
		{"name alone", "P1,A,Khan,Sara Khan,,,,,\nP2,B,Khan,Sara Khan,,,,,\n", 2},
		{"phone alone", "P1,A,Khan,Sara Khan,,07700 900123,Ali Khan,,07700 900123\n", 2},
		{"e-mail alone", "P1,A,Khan,Sara Khan,f@x.org,,Ali Khan,f@x.org,\n", 2},
		{"Mr and Mrs with one surname and one phone", "P1,A,Khan,Mr Khan,,07700 900123,Mrs Khan,,07700 900123\n", 2},
		{"Mr J and Mrs J", "P1,A,Khan,Mr J Khan,,07700 900123,Mrs J Khan,,07700 900123\n", 2},
		{"a couple in one cell", "P1,A,Khan,Mr & Mrs Khan,,07700 900123,,,\nP2,B,Khan,Mr & Mrs Khan,,07700 900123,,,\n", 2},
		{"father and grandfather of one name", "P1,A,Khan,Ali Khan,,07700 900123,Ali Khan,,07700 900999\n", 2},
		{"a title that comes later", "P1,A,Khan,Sara Khan,,07700 900123,,,\nP1,A,Khan,Mrs Sara Khan,,07700 900123,,,\n", 1},
		{"no name, one phone", "P1,A,Khan,,,07700 900123,,,\nP1,A,Khan,,,07700 900123,,,\n", 1},
	}
	importTest(t, func(t *testing.T, x *importing) {
		for _, tt := range tests {
			file := header + strings.ReplaceAll(tt.rows, "%s Sara", " Sara")
			if strings.Contains(tt.rows, "%s") {
				file = header + strings.ReplaceAll(tt.rows, "Khan%s Sara", `"Khan, Sara"`)
			}
			r := x.sheet(file)
			if n := len(x.adults()); n != tt.adults || r.Refused != 0 {
				t.Errorf("%s: %d adults, want %d; %q %v", tt.name, n, tt.adults, r.Warnings, r.Refusals)
			}
			again := x.sheet(file)
			if again.Same != again.Rows {
				t.Errorf("%s, a second time: %s", tt.name, tallies(again))
			}
			x.undo(again)
			x.undo(r)
			if d := x.dump(testkit.A()); d != "" {
				t.Fatalf("%s: undo left %s", tt.name, d)
			}
		}
	})
}

func TestRowsThatAreRefused(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		r := x.sheet("pupil_id,upn,forename,surname,date_of_birth,year,sen,shoe size\n" +
			",,Ann,Lee,,,,\n" + // no id
			"P2,,,,,,,\n" + // no name
			"P3,,Cy,,20/13/2013,Year twelvety,dyslexia,4\n" + // optional cells that can't be read
			"P3,,Cy,,,8,,\n" + // the same child again, with more
			"P3,,Cyril,,,,,\n" + // the same child again, called otherwise
			",A801200005001,Di,Ray,,,,\n" + // a wrong check letter
			",X80120000A001,Ed,Fox,,,,\n" + // not shaped like a UPN
			"P8,A801200005001,Gil,Oak,,,,\n" + // the UPN of another child
			"P9,,Ada,Elm,01/02/2014,,,\nP10,,Áda,ELM,2014-02-01,,,\n" + // one name and birthday
			"P11,,Max,Sun,01/02/2030,,,\n" +
			"P12,,One,Two,,,,,,extra\n")
		if got, want := tallies(r), "12 rows: 7 created, 1 updated, 0 same, 4 refused; pupils 7+1+0+4"; got != want {
			t.Errorf("%s\nwant %s\n%q\n%v", got, want, r.Warnings, r.Refusals)
		}
		for _, want := range []struct {
			row   int
			field string
			why   string
		}{{2, "pupil_id", "no pupil_id and no UPN"}, {3, "forename", "no name"}, {6, "forename", "stands in row 4 already"}, {13, "", "values may stand in the wrong columns"}} {
			found := false
			for _, f := range r.Refusals {
				found = found || f.Row == want.row && f.Field == want.field && strings.Contains(f.Reason, want.why) && f.File == "pupils.csv"
			}
			if !found {
				t.Errorf("no refusal of row %d (%s): %v", want.row, want.why, r.Refusals)
			}
		}
		for _, w := range []string{`"shoe size" is not used`, `row 4, column date_of_birth: "20/13/2013" cannot be read`, `row 4, column year: "Year twelvety"`, `row 4, column sen: "dyslexia"`,
			"UPN A801200005001 begins with A, but its other characters ask for B", `"X80120000A001" has 'A' as character 10`, "UPN A801200005001 is also that of Di Ray", "may be the same child as Ada Elm (P9)", "lies in the future"} {
			if !warned(r, w) {
				t.Errorf("no warning with %s in %q", w, r.Warnings)
			}
		}
		p := x.pupils()
		if p[0].Year != "8" || p[1].UPN != "A801200005001" || p[1].UPNAccepted || p[2].UPN != "X80120000A001" || p[3].UPN != "A801200005001" || p[6].DateOfBirth != "" {
			t.Errorf("%+v", p)
		}
		var id batch.ID
		if err := id.UnmarshalText([]byte(r.Batch)); err != nil {
			t.Fatal(err)
		}
		_, body, err := x.b.RefusedFile(testkit.A(), id, context.Background())
		if rows, cerr := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff"))).ReadAll(); err != nil || cerr != nil || len(rows) != 5 {
			t.Errorf("the file of refused rows: %q, %v, %v", body, err, cerr)
		}
	})
}

func TestUPNLeadsToTheSameChild(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet("upn,forename,surname\nB801200005001,Ann,Lee\n")
		r := x.sheet("pupil_id,upn,forename,surname\n77,B801200005001,Anne,Lee\n")
		if p := x.pupils(); len(p) != 1 || p[0].LocalID != "77" || p[0].Forename != "Anne" || r.Updated != 1 {
			t.Errorf("the school's own number came later: %+v %s", p, tallies(r))
		}
		if r := x.sheet("upn,forename,surname\nB801200005001,Anne,Lee\n"); r.Same != 1 || len(x.pupils()) != 1 {
			t.Errorf("by UPN alone: %s", tallies(r))
		}
		if r := x.sheet("pupil_id,upn,forename,surname\n88,B801200005001,Zed,Zoo\n"); r.Created != 1 || !warned(r, "is also that of Anne Lee (77)") {
			t.Errorf("another child with that number: %s %q", tallies(r), r.Warnings)
		}
		if r := x.sheet("upn,forename,surname\nB801200005001,Anne,Lee\n"); r.Refused != 1 {
			t.Errorf("a number of two children says nothing: %s", tallies(r))
		}
	})
}

func TestBlanksNeverErase(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet(twoFamilies)
		before := x.dump(testkit.A())
		r := x.sheet("pupil_id,upn,forename,surname,known_as,date_of_birth,sex,year,class,sen,eal,address,parent_1_name,parent_1_phone\nP1,,Zoë,,,,,,,,,,,\n")
		if r.Same != 1 || x.dump(testkit.A()) != before {
			t.Errorf("%s\n%s", tallies(r), difference(before, x.dump(testkit.A())))
		}
	})
}

func TestClassMovesWithDates(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet("pupil_id,forename,class\nP1,Ann,7A\nP2,Bo,7a\n")
		before := x.dump(testkit.A())
		r := x.sheet("pupil_id,forename,class\nP1,Ann,7B\nP2,Bo,7A\n")
		got := fmt.Sprint(all[string](x, `select c.title || ' ' || m.starts || ' ' || m.ends from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id where m.org_id = $1 order by m.id`))
		if want := "[7A 0000-01-01 2026-11-19 7A 0000-01-01 9999-12-31 7B 2026-11-20 9999-12-31]"; got != want || r.Updated != 1 || r.Same != 1 {
			t.Errorf("%s\nwant %s; %s", got, want, tallies(r))
		}
		u := x.undo(r)
		if x.dump(testkit.A()) != before || u.Restored != 1 {
			t.Errorf("undo: %+v %s", u, difference(before, x.dump(testkit.A())))
		}
	})
}

func TestUndoStopsAtWorkByHand(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		r := x.sheet("pupil_id,forename\nP1,Ann\n")
		x.exec(`insert into roll_hand (org_id, record, row_id, field, by_name, at_ms) values ($1, 'pupil', $2, 'year', 'Office', 1)`, x.pupils()[0].ID)
		if _, err := x.tryUndo(r); fault.KindOf(err) != fault.Conflict || len(x.pupils()) != 1 {
			t.Errorf("an undo threw work by hand away: %v", err)
		}
		x.exec(`delete from roll_hand where org_id = $1`)
		x.undo(r)
		if _, err := x.tryUndo(r); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone twice: %v", err)
		}
	})
}

func TestOrganisationsApart(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet(twoFamilies)
		a := x.dump(testkit.A())
		if _, err := x.try(testkit.B(), "pupils", batch.Bytes("b.csv", []byte(strings.ReplaceAll(twoFamilies, "Year 8", "Year 9"))), ""); err != nil {
			t.Fatal(err)
		}
		if x.dump(testkit.A()) != a {
			t.Error("an import of one organisation changed the other")
		}
		b := x.dump(testkit.B())
		x.undo(x.sheet(strings.ReplaceAll(twoFamilies, "Year 8", "Year 10")))
		if x.dump(testkit.B()) != b || x.dump(testkit.A()) != a {
			t.Error("an undo of one organisation changed the other, or left something")
		}
	})
}

// facts stands in for the capability that keeps facts.
type facts struct {
	kept  map[Fact]bool
	calls int
}

func (f *facts) keep(run *batch.Run, list []Fact) ([]sheet.Outcome, error) {
	f.calls++
	out := make([]sheet.Outcome, len(list))
	for i, x := range list {
		out[i] = sheet.Created
		if f.kept[x] {
			out[i] = sheet.Same
		}
		if run.Apply {
			f.kept[x] = true
			if _, err := db.One[string](run.Tx, `select local_id from roll_pupil where org_id = $1 and id = $2`, x.Pupil); err != nil {
				return nil, fmt.Errorf("the pupil of a fact is not there yet: %w", err)
			}
		}
	}
	return out, nil
}

func TestFacts(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		file := "pupil_id,forename,fact.famsup,Fact.reading club\n"
		for i := range 1200 {
			file += fmt.Sprintf("P%d,Ann,%s,\n", i, []string{"yes", "no", ""}[i%3])
		}
		if r := x.sheet(file); r.Created != 1200 || !warned(r, "fact.famsup") {
			t.Fatalf("without anybody who keeps them: %s %q", tallies(r), r.Warnings)
		}
		f := &facts{kept: map[Fact]bool{}}
		x.s.Facts = f.keep
		r := x.sheet(file)
		if got, want := tallies(r), "1200 rows: 0 created, 800 updated, 400 same, 0 refused; pupils 0+0+1200+0; facts 800+0+0+0"; got != want || f.calls != 2 {
			t.Errorf("%s in %d calls\nwant %s", got, f.calls, want)
		}
		if r := x.sheet(file); r.Same != 1200 || r.By["facts"].Same != 800 {
			t.Errorf("a second time: %s", tallies(r))
		}
	})
}

// Whatever files come in whatever order, with whatever undone in between: undoing the rest gives back the beginning to the last byte.
func TestImportsAndUndoInAnyOrder(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet(twoFamilies)
		begin := x.dump(testkit.A())
		r := rand.New(rand.NewPCG(7, 11))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		for round := range 6 {
			var done []*batch.Report
			for range 4 {
				file := "pupil_id,upn,forename,surname,known_as,year,fsm,class,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_phone,parent_1_language,parent_2_name,parent_2_email\n"
				for range 1 + r.IntN(5) {
					file += strings.Join([]string{pick("P1", "P2", "P3", "P4", ""), pick("", "B801200005001", "R674123101121"), pick("Ann", "Zoë", ""), pick("Lee", "Nowak"), pick("", "Zo"), pick("", "7", "8"), pick("", "yes", "no"),
						pick("", "8A", "8B"), pick("", "Anna Nowak", "Bo Lee"), pick("", "mother", "father"), pick("", "yes", "no"), pick("", "07700 900123", "07700 900456"), pick("", "Polish", "Urdu"), pick("", "Anna Nowak", "Mr Lee"), pick("", "anna@example.org")}, ",") + "\n"
				}
				before := x.dump(testkit.A())
				rep := x.sheet(file)
				again := x.sheet(file)
				if again.Created+again.Updated != 0 {
					t.Fatalf("round %d: the same file twice: %s\n%s", round, tallies(again), file)
				}
				x.undo(again)
				if r.IntN(3) == 0 {
					x.undo(rep)
					if after := x.dump(testkit.A()); after != before {
						t.Fatalf("round %d: undo left\n%s\nof\n%s", round, difference(before, after), file)
					}
					continue
				}
				done = append(done, rep)
			}
			for i := len(done) - 1; i >= 0; i-- {
				x.undo(done[i])
			}
			if after := x.dump(testkit.A()); after != begin {
				t.Fatalf("round %d: in the end\n%s", round, difference(begin, after))
			}
		}
	})
}

// Every naughty string is somebody's name, and none is lost.
func TestNaughtyStringsAsNames(t *testing.T) {
	b, err := os.ReadFile(testkit.SharedData(t, "messy", "naughty_strings", "blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	importTest(t, func(t *testing.T, x *importing) {
		var file strings.Builder
		w := csv.NewWriter(&file)
		_ = w.Write([]string{"pupil_id", "forename", "surname", "parent_1_name"})
		want := map[string]string{}
		for i, s := range list {
			id := fmt.Sprintf("P%d", i)
			_ = w.Write([]string{id, s, s, s})
			if clean := strings.TrimSpace(s); clean != "" && !strings.ContainsRune(s, 0) {
				want[id] = clean
			}
		}
		w.Flush()
		r, err := x.try(testkit.A(), "pupils", batch.Bytes("naughty.csv", []byte(file.String())), "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, p := range x.pupils() {
			got[p.LocalID] = p.Surname
		}
		if r.Created != len(want) || r.Created+r.Refused != len(list) {
			t.Errorf("%s; %d names, %d of them not blank; %v", tallies(r), len(list), len(want), r.Refusals)
		}
		for id, s := range want {
			if strings.ReplaceAll(got[id], "\r\n", "\n") != strings.ReplaceAll(s, "\r\n", "\n") && "'"+got[id] != s {
				t.Errorf("%s: %q became %q", id, s, got[id])
			}
		}
		x.undo(r)
		if d := x.dump(testkit.A()); d != "" {
			t.Error("undo left something")
		}
	})
}

func TestKeysOfKindsDiffer(t *testing.T) {
	if a, b := ids.New[Pupil](), ids.New[Adult](); int64(a) == int64(b) {
		t.Error("keys of different kinds of records must differ: the book tells them apart by the key alone")
	}
}
