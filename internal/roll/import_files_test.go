package roll

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

// example reads one of the mappings that the docs show.
func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fitting takes the lines out of a mapping whose columns a file has not, as its first comment says.
func fitting(mapping string, header []string, skip int) string {
	var out []string
	if skip > 0 {
		out = append(out, fmt.Sprintf("skip_rows: %d", skip))
	}
	for _, line := range strings.Split(mapping, "\n") {
		column := ""
		if _, rest, ok := strings.Cut(line, "{column: "); ok {
			column, _, _ = strings.Cut(rest, "}")
		} else if strings.Contains(line, "ADDRESS_LINE") {
			column = "CHILD_ADDRESS_LINE_1"
		}
		if column == "" || slices.Contains(header, column) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// The class-import files of the NHS. The counts were taken by reading the files.
func TestNHSClassImport(t *testing.T) {
	mapping := example(t, "nhs-class-import.yaml")
	tests := []struct {
		file string
		skip int
		want string
	}{
		{"valid.csv", 0, "4 rows: 4 created, 0 updated, 0 same, 0 refused; pupils 4+0+0+0; adults 5+0+0+0; ties 5+0+0+0; classes 3+0+1+0"},
		{"valid_extra_fields.csv", 0, "3 rows: 3 created, 0 updated, 0 same, 0 refused; pupils 3+0+0+0; adults 4+0+0+0; ties 4+0+0+0; classes 1+0+2+0"},
		{"valid_minimal.csv", 0, "1 rows: 1 created, 0 updated, 0 same, 0 refused; pupils 1+0+0+0"},
		{"valid_with_bom.csv", 0, "1 rows: 1 created, 0 updated, 0 same, 0 refused; pupils 1+0+0+0"},
		{"valid_instruction_row.csv", 1, "1 rows: 1 created, 0 updated, 0 same, 0 refused; pupils 1+0+0+0"},
		{"invalid_minimal.csv", 0, "1 rows: 0 created, 0 updated, 0 same, 1 refused; pupils 0+0+0+1"},
		{"invalid_instruction_row.csv", 1, "1 rows: 0 created, 0 updated, 0 same, 1 refused; pupils 0+0+0+1"},
		{"duplicates.csv", 0, "3 rows: 3 created, 0 updated, 0 same, 0 refused; pupils 3+0+0+0; adults 3+0+0+0; ties 3+0+0+0; classes 1+0+2+0"},
		{"pds_extravaganza.csv", 0, "1 rows: 1 created, 0 updated, 0 same, 0 refused; pupils 1+0+0+0; classes 1+0+0+0"},
		{"review_one.csv", 0, "4 rows: 4 created, 0 updated, 0 same, 0 refused; pupils 4+0+0+0; adults 4+0+0+0; ties 4+0+0+0; classes 4+0+0+0"},
		{"review_one_new_patient.csv", 0, "1 rows: 1 created, 0 updated, 0 same, 0 refused; pupils 1+0+0+0; adults 1+0+0+0; ties 1+0+0+0; classes 1+0+0+0"},
		{"review_two.csv", 0, "5 rows: 5 created, 0 updated, 0 same, 0 refused; pupils 5+0+0+0; adults 4+0+0+0; ties 4+0+0+0; classes 5+0+0+0"},
	}
	importTest(t, func(t *testing.T, x *importing) {
		for _, tt := range tests {
			in := fileInput(t, "uk_mis", "nhs_mavis_class_import", tt.file)
			table, err := sheet.Open(tt.file, in.Data, in.Size, sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			m := fitting(mapping, table.Header, tt.skip)
			_ = table.Close()
			r := x.read("pupils", in, m)
			if got := tallies(r); got != tt.want {
				t.Errorf("%s: %s\nwant %s\n%q\n%v", tt.file, got, tt.want, r.Warnings, r.Refusals)
			}
			if again := x.read("pupils", in, m); again.Created+again.Updated != 0 {
				t.Errorf("%s twice: %s", tt.file, tallies(again))
			}
			x.undo(r)
			if d := x.dump(testkit.A()); d != "" {
				t.Fatalf("%s: undo left %s", tt.file, d)
			}
		}
		// Sixteen rows about one child, each with something else wrong: three numbers (one blank, one not a number), and rows that say otherwise are refused.
		in := fileInput(t, "uk_mis", "nhs_mavis_class_import", "invalid_fields.csv")
		table, err := sheet.Open("invalid_fields.csv", in.Data, in.Size, sheet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r := x.read("pupils", in, fitting(mapping, table.Header, 0))
		if r.Rows != 16 || r.Created != 3 || !warned(r, `"invalid" is not an e-mail address`) || !warned(r, `"invalid" can't be a phone number`) || !warned(r, `date_of_birth: "invalid"`) {
			t.Errorf("%s\n%q\n%v", tallies(r), r.Warnings, r.Refusals)
		}
		x.undo(r)
		in = fileInput(t, "uk_mis", "nhs_mavis_class_import", "malformed.csv")
		if _, err := x.try(testkit.A(), "pupils", in, mapping); fault.KindOf(err) != fault.Invalid {
			t.Errorf("malformed.csv: %v", err)
		}
	})
}

func TestMultiplicationCheckAndMicrosoft(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		// Ajar's own template reads this one, since its names differ by spaces and capitals only.
		in := fileInput(t, "uk_mis", "dfe_mtc_pupils", "multiple_pupils_template_moreThan300Rows.csv")
		rows, distinct := plainColumn(t, "UPN", "uk_mis", "dfe_mtc_pupils", "multiple_pupils_template_moreThan300Rows.csv")
		r := x.read("pupils", in, "")
		if r.Rows != rows || r.Created != distinct || r.Created+r.Same+r.Updated+r.Refused != rows || !warned(r, `"Middle name(s)" is not used`) {
			t.Errorf("%d rows with %d numbers: %s", rows, distinct, tallies(r))
		}
		x.undo(r)
		for _, f := range []string{"pupil-census-data.csv", "Pupil-Census-Data.csv"} {
			rows, distinct := plainColumn(t, "UPN", "uk_mis", "dfe_mtc_pupils", f)
			r := x.read("pupils", fileInput(t, "uk_mis", "dfe_mtc_pupils", f), example(t, "dfe-multiplication-check.yaml"))
			if r.Rows != rows || r.Created != distinct-r.Refused {
				t.Errorf("%s, %d rows with %d numbers: %s %v", f, rows, distinct, tallies(r), r.Refusals)
			}
			for _, p := range x.pupils() {
				if p.DateOfBirth < "2005-01-01" || p.DateOfBirth > "2006-01-01" || p.Year != "6" || p.Fsm == nil || p.Sen == "" {
					t.Errorf("%s: %+v", f, p)
				}
			}
			x.undo(r)
		}
		for _, f := range []string{"100 Users", "25 Users"} {
			rows, distinct := plainColumn(t, "ID", "uk_mis", "microsoft_uk_format", f, "Student.csv")
			r := x.read("pupils", fileInput(t, "uk_mis", "microsoft_uk_format", f, "Student.csv"), example(t, "microsoft-uk-students.yaml"))
			if r.Rows != rows || r.Created != distinct {
				t.Errorf("%s, %d rows with %d numbers: %s %v", f, rows, distinct, tallies(r), r.Refusals)
			}
			if strings.Contains(x.dump(testkit.A()), "P@ss") {
				t.Error("a password is kept")
			}
			x.undo(r)
		}
	})
}

// plainColumn reads a file with the standard library alone: its rows, and the different values of a column.
func plainColumn(t *testing.T, column string, parts ...string) (rows, distinct int) {
	t.Helper()
	b, err := os.ReadFile(testkit.SharedData(t, parts...))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(all[0], column)
	seen := map[string]bool{}
	for _, row := range all[1:] {
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			rows++
			seen[row[at]] = true
		}
	}
	return rows, len(seen)
}

// A return of 2,675 made-up children: 107 of their UPNs carry the right letter, and no child is lost over it.
func TestWrongLettersLoseNobody(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		rows, distinct := plainColumn(t, "CHILD", "uk_mis", "ssda903_fake", "header.csv")
		r := x.read("pupils", fileInput(t, "uk_mis", "ssda903_fake", "header.csv"), example(t, "social-care-children.yaml"))
		if rows != 2675 || r.Rows != rows || r.Created != distinct {
			t.Errorf("%d rows, %d children: %s %v", rows, distinct, tallies(r), r.Refusals)
		}
		right := 0
		for _, p := range x.pupils() {
			if u := ParseUPN(p.UPN); u.CheckLetterOK {
				right++
			}
		}
		if right != 107 {
			t.Errorf("%d right letters", right)
		}
	})
}

func TestUCIAndXAPI(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		f := &facts{kept: map[Fact]bool{}}
		x.s.Facts = f.keep
		for _, tt := range []struct {
			mapping string
			parts   []string
			rows    int
			facts   int
		}{
			{"uci-student-mat-pupils.yaml", []string{"pupil_family", "uci_student_performance", "student-mat.csv"}, 395, 19},
			{"uci-student-por-pupils.yaml", []string{"pupil_family", "uci_student_performance", "student-por.csv"}, 649, 19},
			{"xapi-pupils.yaml", []string{"pupil_family", "xapi_kalboard", "xAPI-Edu-Data.csv"}, 480, 7},
		} {
			in, m := fileInput(t, tt.parts...), example(t, tt.mapping)
			r := x.read("pupils", in, m)
			if r.Rows != tt.rows || r.Created != tt.rows || r.By["facts"].Created != tt.rows*tt.facts {
				t.Errorf("%s: %s", tt.mapping, tallies(r))
			}
			if again := x.read("pupils", in, m); again.Same != tt.rows {
				t.Errorf("%s twice: %s", tt.mapping, tallies(again))
			}
		}
	})
}

// The messy tables: with a mapping every row is accounted for, and without one a sentence says what is missing.
func TestMessyTables(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testkit.SharedData(t, "messy", "csv_spectrum", "csvs"), "*.csv"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	importTest(t, func(t *testing.T, x *importing) {
		for _, path := range files {
			name := filepath.Base(path)
			in := fileInput(t, "messy", "csv_spectrum", "csvs", name)
			if _, err := x.try(testkit.A(), "pupils", in, ""); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s without a mapping: %v", name, err)
			}
			b, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(path)), "json", strings.TrimSuffix(name, ".csv")+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want []map[string]any
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			table, err := sheet.Open(name, in.Data, in.Size, sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			last := table.Header[len(table.Header)-1]
			_ = table.Close()
			r := x.read("pupils", in, "fields:\n  pupil_id: \"{row}\"\n  forename: \"n {"+last+"}\"\n")
			if r.Rows != len(want) || r.Created != len(want) {
				t.Errorf("%s: %s, want %d", name, tallies(r), len(want))
			}
			x.undo(r)
		}
		for _, name := range []string{"BadWorkbook.xlsx", "Book1.xlsx", "CalcChain.xlsx", "MergeCell.xlsx", "OverflowNumericCell.xlsx", "SharedStrings.xlsx", "encryptAES.xlsx", "encryptSHA1.xlsx", "encryptSHA512.xlsx"} {
			in := fileInput(t, "messy", "xlsx_excelize", name)
			for _, m := range []string{"", "fields:\n  pupil_id: \"{row}\"\n  forename: \"x\"\n"} {
				if r, err := x.try(testkit.A(), "pupils", in, m); err == nil {
					x.undo(r)
				} else if fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

// Hostile and broken input: a sentence that a person can act on, and nothing half imported (try compares every table before and after).
func TestHostileInput(t *testing.T) {
	climbing := zipOf(t, map[string]string{"../users.csv": rosterUsers, "users.csv": rosterUsers})
	long := "pupil_id,forename\nP8," + strings.Repeat("x", 10<<20) + "\nP9,Ann\n"
	tests := []struct {
		name, kind, file string
		body             []byte
		says             string // part of the sentence
	}{
		{"a path that climbs", "oneroster", "r.zip", climbing, "r.zip"},
		{"not a zip", "oneroster", "r.zip", []byte("hello"), "zip"},
		{"a cut zip", "oneroster", "r.zip", zipOf(t, map[string]string{"users.csv": rosterUsers})[:60], "r.zip"},
		{"a zip of nothing", "oneroster", "r.zip", zipOf(t, map[string]string{"readme.md": "x"}), "no CSV"},
		{"a zip of something else", "oneroster", "r.zip", zipOf(t, map[string]string{"pupils.csv": "a,b\n1,2\n"}), "not a OneRoster bundle"},
		{"users without names", "oneroster", "r.zip", zipOf(t, map[string]string{"users.csv": "sourcedId,role\n1,student\n"}), "givenName"},
		{"a broken workbook", "pupils", "p.xlsx", []byte("PK\x03\x04garbage"), "p.xlsx"},
		{"zero bytes", "pupils", "p.csv", []byte("pupil_id,forename\nP1,A\x00nn\n"), "p.csv"},
		{"zero bytes far down", "pupils", "p.csv", []byte("pupil_id,forename\n" + strings.Repeat("P1,Ann\n", 20000) + "P2,B\x00\n"), "p.csv"},
		{"one column", "pupils", "p.csv", []byte("forename\nAnn\n"), "no column pupil_id"},
		{"empty", "pupils", "p.csv", nil, "empty"},
		{"a PDF", "pupils", "p.csv", []byte("%PDF-1.7 …"), "PDF"},
		{"a web page", "pupils", "p.xls", []byte("<html><table><tr><td>pupil_id"), "web page"},
		{"a mapping for something else", "pupils", "p.csv", []byte("pupil_id,forename\nP1,Ann\n"), ""},
	}
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet(twoFamilies)
		for _, tt := range tests {
			m := ""
			if tt.says == "" {
				m, tt.says = "kind: results\nfields: {subject: x}\n", "mapping is for results"
			}
			_, err := x.try(testkit.A(), tt.kind, batch.Bytes(tt.file, tt.body), m)
			sentence, safe := fault.Sentence(err)
			if !safe || !strings.Contains(sentence, tt.says) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		for _, m := range []string{"fields: {forename: x, pupil_id: y, forname: z}\n"} {
			if _, err := x.try(testkit.A(), "pupils", batch.Bytes("p.csv", []byte("a\n1\n")), m); err == nil || !strings.Contains(err.Error(), "forname") {
				t.Errorf("a misspelt field: %v", err)
			}
		}
		r := x.read("pupils", batch.Bytes("long.csv", []byte(long)), "")
		if r.Created != 1 || r.Refused != 1 {
			t.Errorf("a cell of 10 MB costs its row only: %s %v", tallies(r), r.Refusals)
		}
		if r := x.read("pupils", batch.Bytes("quote.csv", []byte("pupil_id,forename\nP1,\"Ann\nP2,Bo\n")), ""); r.Refused != 1 || !strings.Contains(r.Refusals[0].Reason, "quotation mark") {
			t.Errorf("a quotation mark that never closes: %s %v", tallies(r), r.Refusals)
		}
		mixed := "pupil_id,forename\nP5,Zo\xeb\nP6,Zoë\nP7,\"=cmd|'/c calc'!A1\"\n"
		if r := x.read("pupils", batch.Bytes("mixed.csv", []byte(mixed)), ""); r.Created != 3 {
			t.Errorf("two encodings and a formula: %s %v", tallies(r), r.Refusals)
		}
		names := fmt.Sprint(all[string](x, `select forename from roll_pupil where org_id = $1 and local_id in ('P5', 'P6', 'P7') order by local_id`))
		if names != "[Zoë Zoë =cmd|'/c calc'!A1]" {
			t.Errorf("names: %s", names)
		}
	})
}

// A bomb: 600 MB of nothing in half a megabyte.
func TestZipBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacking half a gigabyte takes seconds")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w, err := z.Create("users.csv")
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte(strings.Repeat(",", 63)+"\n"), 1<<14)
	for range 600 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	d := testkit.Open(t, filepath.Join(t.TempDir(), "ajar.db"), importMigrations)
	imports := batch.New(d)
	x := &importing{t, d, New(d, imports), imports}
	_, err = x.try(testkit.A(), "oneroster", batch.Bytes("bomb.zip", b.Bytes()), "")
	if s, safe := fault.Sentence(err); !safe || !strings.Contains(s, "512 MB") {
		t.Errorf("%v", err)
	}
}
