package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const exampleMapping = `# How our office exports pupils
kind: pupils
separator: ";"
skip_rows: 1
fields:
  pupil_id: "UCI-{row}"
  forename: {column: CHILD_FIRST_NAME}
  surname: "{CHILD_LAST_NAME}"
  name: "{CHILD_FIRST_NAME} {CHILD_LAST_NAME} {{sic}}"
  sen: {column: SEN, values: {S: K, A: K, P: K, "": N}, otherwise: keep}
  strict: {column: SEN, values: {S: K}, otherwise: refuse}
  loose: {column: SEN, values: {S: K}, otherwise: blank}
  date_of_birth: {column: DOB, date: "2/1/2006"}
  year: {column: GradeID, cut: "G-"}
  possible: {value: 380}
  zeros: 007
`

func TestMappingFillsFields(t *testing.T) {
	m, err := LoadMapping([]byte(exampleMapping))
	if err != nil {
		t.Fatal(err)
	}
	if m.Kind != "pupils" || m.Separator != ";" || m.SkipRows != 1 {
		t.Errorf("%+v", m)
	}
	text := "child first-name;CHILD_LAST_NAME;SEN;DOB;GradeID;Extra;Other\nwrite here;;;;;;\nZoë; Smith ;s;1/9/2010;G-07;x;y\nAnn;Lee;E;31/02/2010;8;x;y\nBo;Li;;2010-09-01;;;\n"
	tb, err := OpenCSV("x.csv", strings.NewReader(text), int64(len(text)), Limits{}, rune(m.Separator[0]))
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Bind(tb.Header)
	if err != nil {
		t.Fatal(err)
	}
	b.File = tb.Name
	if got := b.Unused(); !slices.Equal(got, []string{"Extra", "Other"}) {
		t.Errorf("unused %q", got)
	}
	rows, _ := all(t, tb)
	if recs, err := b.Rows(rows[0]); recs != nil || err != nil || !b.Skips(rows[0]) {
		t.Errorf("the instruction row gave %v, %v", recs, err)
	}
	recs, err := b.Rows(rows[1])
	if err != nil || len(recs) != 1 {
		t.Fatalf("%v %v", recs, err)
	}
	for field, want := range map[string]string{"pupil_id": "UCI-1", "forename": "Zoë", "surname": "Smith", "name": "Zoë  Smith  {sic}", "sen": "K", "strict": "K", "loose": "K",
		"date_of_birth": "2010-09-01", "year": "07", "possible": "380", "zeros": "007", "unknown": ""} {
		if got := recs[0].Get(field); got != want || b.Index(field) >= 0 && recs[0].At(b.Index(field)) != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if recs[0].Row != 3 {
		t.Errorf("row %d", recs[0].Row)
	}
	recs, err = b.Rows(rows[2])
	var refused Refusals
	if !errors.As(err, &refused) || len(refused) != 1 || len(recs) != 0 || refused[0].Row != 4 || refused[0].Field != "strict" || refused[0].Value != "E" || refused[0].File != "x.csv" {
		t.Errorf("%v, %v", recs, err)
	}
	recs, err = b.Rows(rows[3])
	if err != nil || recs[0].Get("sen") != "N" || recs[0].Get("strict") != "" || recs[0].Get("date_of_birth") != "2010-09-01" || recs[0].Get("pupil_id") != "UCI-3" {
		t.Errorf("%+v, %v", recs, err)
	}
}

func TestMappingRepeats(t *testing.T) {
	m, err := LoadMapping([]byte(`
kind: results
fields: {pupil_id: "{id}"}
repeat:
  - {subject: reading, value: "{Read SS}", date: "2026-05-14"}
  - {subject: maths, value: "{Maths SS}", date: {column: day, date: dd/mm/yyyy}}
`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Bind([]string{"id", "Read SS", "Maths SS", "day"})
	if err != nil {
		t.Fatal(err)
	}
	recs, err := b.Rows(Row{N: 2, Cells: []string{"7", "101", "99", "01/02/2026"}})
	if err != nil || len(recs) != 2 || recs[0].Get("pupil_id") != "7" || recs[0].Get("subject") != "reading" || recs[0].Get("value") != "101" || recs[0].Get("date") != "2026-05-14" ||
		recs[1].Get("subject") != "maths" || recs[1].Get("value") != "99" || recs[1].Get("date") != "2026-02-01" || recs[1].Block != 1 {
		t.Errorf("%+v, %v", recs, err)
	}
	recs, err = b.Rows(Row{N: 2, Cells: []string{"7", "101", "99", "soon"}})
	var refused Refusals
	if !errors.As(err, &refused) || len(refused) != 1 || len(recs) != 1 || refused[0].Field != "date" {
		t.Errorf("%+v, %v", recs, err)
	}
}

func TestMappingDates(t *testing.T) {
	for _, c := range []struct{ format, in, want string }{
		{"dd/mm/yyyy", "03/04/2010", "2010-04-03"},
		{"dd/mm/yyyy", "3/4/2010", "2010-04-03"},
		{"mm/dd/yyyy", "03/04/2010", "2010-03-04"},
		{"2/1/2006", "03/04/2010", "2010-04-03"},
		{"d mmm yyyy", "3 Apr 2010", "2010-04-03"},
		{"d mmmm yyyy", "3 April 2010", "2010-04-03"},
		{"yyyymmdd", "20100403", "2010-04-03"},
		{"dd.mm.yy", "03.04.10", "2010-04-03"},
		{"dd/mm/yyyy", "2010-04-03", "2010-04-03"},
		{"dd/mm/yyyy", "2010-04-03 00:00:00", "2010-04-03"},
		{"[dd/mm/yyyy, dd-mm-yyyy]", "03-04-2010", "2010-04-03"},
		{"dd/mm/yyyy", "31/02/2010", ""},
		{"dd/mm/yyyy", "13/13/2010", ""},
	} {
		m, err := LoadMapping([]byte("fields: {d: {column: d, date: " + c.format + "}}"))
		if err != nil {
			t.Errorf("%s: %v", c.format, err)
			continue
		}
		b, _ := m.Bind([]string{"d"})
		recs, err := b.Rows(Row{N: 2, Cells: []string{c.in}})
		if c.want == "" && err == nil || c.want != "" && (err != nil || recs[0].Get("d") != c.want) {
			t.Errorf("%s of %q: %v, %v; want %q", c.format, c.in, recs, err, c.want)
		}
	}
}

func TestMappingErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct{ in, says string }{
		{"", "empty"},
		{"kind: x\n", "no fields"},
		{"fields:\n  a: '{b}'\nfoo: 1\n", `Line 3 of the mapping: "foo" is not known here`},
		{"fields:\n  a: {colum: b}\n", `Line 2 of the mapping: "colum" is not known`},
		{"fields:\n  a: {column: b, value: c}\n", "exactly one"},
		{"fields:\n  a: {date: dd/mm/yyyy}\n", "exactly one"},
		{"fields:\n  a: {column: b, date: soon}\n", "Line 2 of the mapping: \"soon\" is not a date format"},
		{"fields:\n  a: {column: b, date: dd/mm}\n", "not a date format"},
		{"fields:\n  a: {column: b, values: {x: y}, otherwise: guess}\n", "keep, blank or refuse"},
		{"fields:\n  a: {column: b, otherwise: keep}\n", "lists no values"},
		{"fields:\n  a: [1, 2]\n", "single value"},
		{"fields:\n  a: '{b'\n", "never closed"},
		{"fields:\n  a: 'b}'\n", "no opening"},
		{"fields:\n  a: '{}'\n", "empty"},
		{"fields:\n  a b: c\n", "cannot be the name of a field"},
		{"fields:\n  a: 1\n  a: 2\n", "3"},
		{"separator: xx\nfields: {a: b}\n", "Line 1 of the mapping: separator"},
		{"skip_rows: many\nfields: {a: b}\n", "skip_rows"},
		{"repeat: {a: b}\n", "list of entries"},
		{"fields:\n  a: b\n - c\n", "mapping"},
		{"- a\n- b\n", "must be a list of"},
		{"fields: &x {a: b}\n", "must be"},
		{"a: b\n---\nc: d\n", "more than one part"},
		{"\xff\xfe", "UTF-8"},
		{strings.Repeat("#", 40<<10), "larger than"},
	} {
		m, err := LoadMapping([]byte(c.in))
		if err == nil {
			t.Errorf("%q accepted as %+v", c.in, m)
			continue
		}
		if e := wantKind(t, err, BadMapping); !strings.Contains(e.Error(), c.says) {
			t.Errorf("%q: %q does not say %q", c.in, e, c.says)
		}
	}
}

func TestMappingNestedWithoutEnd(t *testing.T) {
	for _, s := range []string{"[", "{a: ", "- ", "? ", "{", "a:\n ", "&a ", "!!x ", "- - [{"} {
		start := time.Now()
		_, err := LoadMapping([]byte(strings.Repeat(s, maxMapping/len(s))))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q without end took %v", s, took)
		}
		if err == nil {
			t.Errorf("%q without end was accepted", s)
		}
	}
}

func TestBindNamesMissingColumns(t *testing.T) {
	m, err := LoadMapping([]byte("fields: {a: '{Surname}', b: '{DOB}', c: '{row}', d: {column: row}, e: '{Surname}'}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Bind([]string{"Surnme", "row"})
	e := wantKind(t, err, MissingColumn)
	for _, part := range []string{`"Surname" (did you mean "Surnme"?)`, `"DOB"`, "Its columns are: Surnme, row"} {
		if !strings.Contains(e.Error(), part) {
			t.Errorf("%q does not say %q", e, part)
		}
	}
	b, err := m.Bind([]string{"surname", "dob", "row"})
	if err != nil {
		t.Fatal(err)
	}
	recs, _ := b.Rows(Row{N: 5, Data: 4, Cells: []string{"x", "y", "z"}})
	if recs[0].Get("c") != "4" || recs[0].Get("d") != "z" {
		t.Errorf("{row} gave %q, the column row %q", recs[0].Get("c"), recs[0].Get("d"))
	}
}

func TestMappingYAMLReadsBack(t *testing.T) {
	m, err := LoadMapping([]byte(exampleMapping))
	if err != nil {
		t.Fatal(err)
	}
	m.Repeat = [][]FieldRule{{{"subject", Rule{Template: "reading"}}, {"value", Column(`odd {name}: "x", #1`)}}, {{"note", Rule{Template: " yes\n\t\\ é \u0085 "}}, {"row", Column("row")}}}
	again, err := LoadMapping(m.YAML())
	if err != nil {
		t.Fatalf("%v in\n%s", err, m.YAML())
	}
	if !reflect.DeepEqual(m, again) {
		t.Errorf("%s\ngave %+v\nwant %+v", m.YAML(), again, m)
	}
}

func TestBindTemplate(t *testing.T) {
	b, err := BindTemplate([]string{"pupil_id", "date_of_birth", "upn"}, []string{"Date of Birth", "PUPIL-ID", "Colour"})
	if err != nil {
		t.Fatal(err)
	}
	recs, err := b.Rows(Row{N: 2, Cells: []string{" 2010-01-01 ", "7", "red"}})
	if err != nil || recs[0].Get("pupil_id") != "7" || recs[0].Get("date_of_birth") != "2010-01-01" || recs[0].Get("upn") != "" {
		t.Errorf("%+v %v", recs, err)
	}
	if !slices.Equal(b.Missing(), []string{"upn"}) || !slices.Equal(b.Unused(), []string{"Colour"}) || b.Has("upn") || !b.Has("pupil_id") {
		t.Errorf("missing %q, unused %q", b.Missing(), b.Unused())
	}
	_, err = BindTemplate([]string{"pupil_id"}, []string{"x"})
	wantKind(t, err, MissingColumn)
}

func TestSuggest(t *testing.T) {
	header := []string{"PARENT_1_NAME", "CHILD_FIRST_NAME", "ChildLastName", "Date of birth", "", "row"}
	m := Suggest([]string{"forename", "surname", "date_of_birth", "upn", "number"}, header,
		map[string][]string{"forename": {"first name", "given name"}, "surname": {"last name"}, "number": {"row"}})
	want := []FieldRule{{"forename", Column("CHILD_FIRST_NAME")}, {"surname", Column("ChildLastName")}, {"date_of_birth", Column("Date of birth")}, {"number", Rule{Template: "{ row}"}}}
	if !reflect.DeepEqual(m.Fields, want) {
		t.Errorf("%+v", m.Fields)
	}
	if _, err := m.Bind(header); err != nil {
		t.Error(err)
	}
}

func TestFingerprint(t *testing.T) {
	a := Fingerprint([]string{"First name", "DOB"})
	if a != Fingerprint([]string{"dob", "FIRST_NAME", ""}) || a == Fingerprint([]string{"First name", "UPN"}) || a == Fingerprint([]string{"First name DOB"}) || len(a) != 32 {
		t.Errorf("%q", a)
	}
}

func TestOutcomesAddUp(t *testing.T) {
	var ta Tally
	for _, o := range []Outcome{Created, Created, Updated, Same, Refused} {
		ta.Add(o)
	}
	if want := (Tally{5, 2, 1, 1, 1}); ta != want || ta.Check() != nil || ta.Plus(ta).Rows != 10 {
		t.Errorf("%+v", ta)
	}
	var forgotten Outcome
	ta.Add(forgotten)
	if ta.Check() == nil || forgotten.String() != "unknown" || Refused.String() != "refused" {
		t.Error("a row without an outcome was not noticed")
	}
	out, _ := json.Marshal(NewRefusal("a.csv", 3, "upn", strings.Repeat("é", 500), "bad"))
	if !strings.HasPrefix(string(out), `{"file":"a.csv","row":3,"field":"upn","value":"é`) || strings.Count(string(out), "é") != 200 {
		t.Errorf("%s", out)
	}
}

func TestRefusedFileCanBeMendedAndSentAgain(t *testing.T) {
	var first bytes.Buffer
	rows := []RefusedRow{{[]string{"1", "=cmd|' /C calc'!A0"}, "no surname"}, {[]string{"2", "b", "extra"}, "too many cells"}, {[]string{"3"}, `a "quoted" reason, with a comma`}}
	if err := RefusedFile(&first, []string{"id", "name"}, rows...); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(first.Bytes(), []byte("'=cmd")) {
		t.Error("Excel would run the formula")
	}
	tb := openBytes(t, "refused.csv", first.Bytes())
	got, _ := all(t, tb)
	want := [][]string{{"1", "=cmd|' /C calc'!A0", "", "no surname"}, {"2", "b", "extra", "too many cells"}, {"3", "", "", `a "quoted" reason, with a comma`}}
	if !slices.Equal(tb.Header, []string{"id", "name", "", "why"}) || !reflect.DeepEqual(cellsOf(got), want) {
		t.Errorf("%q %q", tb.Header, cellsOf(got))
	}
	var second bytes.Buffer
	if err := RefusedFile(&second, []string{"id", "why"}, RefusedRow{[]string{"1", "old"}, "new"}); err != nil {
		t.Fatal(err)
	}
	tb = openBytes(t, "refused.csv", second.Bytes())
	got, _ = all(t, tb)
	if !slices.Equal(tb.Header, []string{"id", "why"}) || !slices.Equal(got[0].Cells, []string{"1", "new"}) {
		t.Errorf("%q %q", tb.Header, cellsOf(got))
	}
}

func naughty(t *testing.T) []string {
	raw, err := os.ReadFile(shared(t, "messy", "naughty_strings", "blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 500 {
		t.Fatalf("%d strings, %v", len(list), err)
	}
	return append(list, "'", "''=1", "'+44 7700 900123", "+44 7700 900123", "-", "-3", "=1", "@a", "\t=1", "a\r\nb", `"`, `""`, ",", "' =", "_x0041_", "1E5", "007")
}

func TestNaughtyStringsSurvive(t *testing.T) {
	list := naughty(t)
	rows := func(yield func([]string) bool) {
		for i, s := range list {
			if !yield([]string{"x", s, columnLetters(i)}) {
				return
			}
		}
	}
	check := func(t *testing.T, name string, b []byte, want func(string) string) {
		t.Helper()
		tb := openBytes(t, name, b)
		got, bad := all(t, tb)
		if len(bad) > 0 || len(got) != len(list) {
			t.Fatalf("%d rows, want %d; %v", len(got), len(list), bad)
		}
		for i, s := range list {
			if g := got[i].Cells; len(g) != 3 || g[1] != want(s) || g[2] != columnLetters(i) {
				t.Errorf("%q came back as %q", s, g)
			}
		}
	}
	t.Run("CSV", func(t *testing.T) {
		var b bytes.Buffer
		if err := WriteCSV(&b, []string{"a", "s", "z"}, rows); err != nil {
			t.Fatal(err)
		}
		check(t, "n.csv", b.Bytes(), lineEnds.Replace)
	})
	t.Run("XLSX", func(t *testing.T) {
		var b bytes.Buffer
		if err := WriteXLSX(&b, "Names: all/of [them]", []string{"a", "s", "z"}, rows); err != nil {
			t.Fatal(err)
		}
		check(t, "n.xlsx", b.Bytes(), func(s string) string { return xmlText(lineEnds.Replace(s)) })
	})
}

func TestWriteCSVForExcel(t *testing.T) {
	var b bytes.Buffer
	rows := [][]string{{"0123", "-3.5", "+44 7700", "a,b"}, {"", "", "", ""}}
	if err := WriteCSV(&b, []string{"a", "b", "c", "d"}, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	if want := "\xef\xbb\xbfa,b,c,d\r\n0123,-3.5,'+44 7700,\"a,b\"\r\n,,,\r\n"; b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestGuardIsUndone(t *testing.T) {
	for _, s := range []string{"", "'", "=", "'=", "''=", "-", "-1", "'-1", "-1-1", "+1", "@", "'@x", "it's", "'t Hart", "\t=", "--1", "-.", "-1.5", "-1.2.3"} {
		got, _ := unguard(guard(s))
		if got != s {
			t.Errorf("%q became %q", s, got)
		}
		if g := guard(s); g != "" && strings.ContainsRune("=+@\t", rune(g[0])) {
			t.Errorf("%q would be run", g)
		}
	}
}
