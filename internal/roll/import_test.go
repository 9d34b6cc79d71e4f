package roll

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

// importing is a store with the roll, where two organisations read files in.
type importing struct {
	t *testing.T
	d *db.DB
	s *Service
	b *batch.Service
}

var importMigrations = []db.Migrations{batch.Migrations(), Migrations()}

func importTest(t *testing.T, body func(t *testing.T, x *importing)) {
	t.Helper()
	testkit.Both(t, importMigrations, func(t *testing.T, d *db.DB) {
		b := batch.New(d)
		body(t, &importing{t, d, New(d, b), b})
	})
}

// read brings a file in for organisation A, after a preview that must count the same.
func (x *importing) read(kind string, in batch.Input, mapping string) *batch.Report {
	x.t.Helper()
	r, err := x.try(testkit.A(), kind, in, mapping)
	if err != nil {
		x.t.Fatalf("%s: %v", in.Name, err)
	}
	return r
}

func (x *importing) try(p access.Pass, kind string, in batch.Input, mapping string) (*batch.Report, error) {
	x.t.Helper()
	o := batch.Order{Kind: kind, Input: in}
	if mapping != "" {
		m, err := sheet.LoadMapping([]byte(mapping))
		if err != nil {
			x.t.Fatalf("the mapping: %v", err)
		}
		o.Mapping = m
	}
	before := x.dump(p)
	dry, err := x.b.Try(p, o, context.Background())
	if after := x.dump(p); after != before {
		x.t.Fatalf("%s: a preview changed something:\n%s", in.Name, difference(before, after))
	}
	if err != nil {
		if _, again := x.b.Import(p, o, context.Background()); again == nil {
			x.t.Fatalf("%s: the preview failed (%v) and the import did not", in.Name, err)
		}
		if after := x.dump(p); after != before {
			x.t.Fatalf("%s: a failed import left something:\n%s", in.Name, difference(before, after))
		}
		return nil, err
	}
	r, err := x.b.Import(p, o, context.Background())
	if err != nil {
		return nil, err
	}
	if a, b := tallies(dry), tallies(r); a != b {
		x.t.Fatalf("%s: the preview said %s and the import %s", in.Name, a, b)
	}
	return r, nil
}

func (x *importing) sheet(text string) *batch.Report {
	x.t.Helper()
	return x.read("pupils", batch.Bytes("pupils.csv", []byte(text)), "")
}

func (x *importing) undo(r *batch.Report) *batch.Undone {
	x.t.Helper()
	u, err := x.tryUndo(r)
	if err != nil {
		x.t.Fatalf("undo: %v", err)
	}
	return u
}

func (x *importing) tryUndo(r *batch.Report) (*batch.Undone, error) {
	x.t.Helper()
	var id batch.ID
	if err := id.UnmarshalText([]byte(r.Batch)); err != nil {
		x.t.Fatal(err)
	}
	return x.b.Undo(testkit.A(), id, context.Background())
}

func tallies(r *batch.Report) string {
	s := fmt.Sprintf("%d rows: %d created, %d updated, %d same, %d refused", r.Rows, r.Created, r.Updated, r.Same, r.Refused)
	for _, k := range []string{"pupils", "adults", "ties", "staff", "classes", "members", "orgs", "roles", "demographics", "facts", "users"} {
		if t := r.By[k]; t != nil && t.Rows > 0 {
			s += fmt.Sprintf("; %s %d+%d+%d+%d", k, t.Created, t.Updated, t.Same, t.Refused)
		}
	}
	return s
}

// rollTables are all tables of the roll that belong to an organisation, with what their rows are ordered by.
var rollTables = []string{"roll_pupil", "roll_adult", "roll_channel", "roll_tie", "roll_order", "roll_staff", "roll_staff_role", "roll_class", "roll_member", "roll_assignment", "roll_conflict"}

// dump is everything that the roll keeps of an organisation, as text, so that before and after can be compared to the last byte.
func (x *importing) dump(p access.Pass) string {
	x.t.Helper()
	var out strings.Builder
	err := x.d.View(context.Background(), p, func(tx *db.Tx) error {
		for _, table := range rollTables {
			cols := columnsOf(x.t, x.d, table)
			parts := make([]string, len(cols))
			for i, c := range cols {
				parts[i] = "coalesce(cast(" + c + " as text), '∅')"
			}
			rows, err := db.All[string](tx, "select "+strings.Join(parts, " || '|' || ")+" from "+table+" where org_id = $1 order by id")
			if err != nil {
				return err
			}
			for _, r := range rows {
				out.WriteString(table + " " + r + "\n")
			}
		}
		hands, err := db.All[string](tx, `select record || cast(row_id as text) || field from roll_hand where org_id = $1 order by 1`)
		out.WriteString(strings.Join(hands, "\n"))
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out.String()
}

// columnsOf reads the columns of a table from the migrations, so that a new column can't be forgotten here.
func columnsOf(t *testing.T, _ *db.DB, table string) []string {
	t.Helper()
	var text string
	for _, name := range []string{"0001_organisation.sql", "0002_people.sql"} {
		b, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	_, rest, ok := strings.Cut(text, "create table "+table+" (\n")
	if !ok {
		t.Fatalf("no table %s", table)
	}
	body, _, _ := strings.Cut(rest, "\n) strict")
	var cols []string
	for _, line := range strings.Split(body, "\n") {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "primary", "foreign", "check", "unique":
		default:
			cols = append(cols, word)
		}
	}
	return cols
}

func difference(a, b string) string {
	in := map[string]bool{}
	for _, l := range strings.Split(a, "\n") {
		in[l] = true
	}
	var out strings.Builder
	for _, l := range strings.Split(b, "\n") {
		if !in[l] {
			out.WriteString("+ " + l + "\n")
		}
		delete(in, l)
	}
	for l := range in {
		out.WriteString("- " + l + "\n")
	}
	return out.String()
}

func (x *importing) pupils() []Pupil {
	x.t.Helper()
	return all[Pupil](x, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 order by p.id`)
}

func (x *importing) adults() []Adult {
	x.t.Helper()
	return all[Adult](x, `select `+adultColumns+` from roll_adult a where a.org_id = $1 order by a.id`)
}

func (x *importing) ties() []Tie {
	x.t.Helper()
	return all[Tie](x, `select `+tieColumns+` from roll_tie t where t.org_id = $1 order by t.id`)
}

func all[T any](x *importing, query string, args ...any) (out []T) {
	x.t.Helper()
	err := x.d.View(context.Background(), testkit.A(), func(tx *db.Tx) (err error) {
		out, err = db.All[T](tx, query, args...)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func (x *importing) exec(query string, args ...any) {
	x.t.Helper()
	if err := x.d.Update(context.Background(), testkit.A(), func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}); err != nil {
		x.t.Fatal(err)
	}
}

func warned(r *batch.Report, part string) bool {
	for _, w := range r.Warnings {
		if strings.Contains(w, part) {
			return true
		}
	}
	return false
}

func zipOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fileInput(t *testing.T, parts ...string) batch.Input {
	t.Helper()
	path := testkit.SharedData(t, parts...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return batch.Bytes(parts[len(parts)-1], b)
}

const twoFamilies = `pupil_id,upn,forename,surname,known_as,date_of_birth,sex,year,class,sen,first_language,eal,fsm,pupil_premium,looked_after,young_carer,address,postcode,parent_1_name,parent_1_relationship,parent_1_responsibility,parent_1_email,parent_1_phone,parent_1_language,parent_1_interpreter,parent_1_lives_with,parent_1_priority,parent_2_name,parent_2_relationship,parent_2_responsibility,parent_2_email,parent_2_phone
P1,B801200005001,Zoë,O'Brien-Smith,Zo,20/03/2013,F,Year 8,8B,K,Polish,Y,yes,1,N,,12 High St,AB1 2CD,Mrs Anna Nowak,Mum,Y,anna@example.org,07700 900123,Polish,Y,Y,1,Mr Jan Nowak,Father,,,07700 900124 / 07700 900125 (work)
P2,,Adam,Nowak,,03/04/2015,M,6,6A,N,Polish,,,,,,12 High St,AB1 2CD,Anna Nowak,Mother,Y,ANNA@example.org,,Polish,,,1,,,,,
`

func TestTwoFamilies(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		empty := x.dump(testkit.A())
		r := x.sheet(twoFamilies)
		if got, want := tallies(r), "2 rows: 2 created, 0 updated, 0 same, 0 refused; pupils 2+0+0+0; adults 2+0+1+0; ties 3+0+0+0; classes 2+0+0+0"; got != want {
			t.Fatalf("%s\nwant %s\n%q", got, want, r.Warnings)
		}
		if !warned(r, "was taken as the same adult as under Zo O'Brien-Smith (P1)") {
			t.Errorf("the adult who was joined is not named: %q", r.Warnings)
		}
		p := x.pupils()
		if p[0].Year != "8" || p[0].Sen != "K" || p[0].DateOfBirth != "2013-03-20" || *p[0].Eal != true || *p[0].LookedAfter != false || p[0].YoungCarer != nil || p[1].Fsm != nil {
			t.Errorf("pupils: %+v", p)
		}
		a := x.adults()
		if a[0].Title != "Mrs" || a[0].Surname != "Nowak" || a[0].Speaks != "Polish" || a[0].Reads != "Polish" || a[1].Speaks != "" {
			t.Errorf("a parent's language is that of their own column, never the child's: %+v", a)
		}
		ties := x.ties()
		if ties[0].Responsibility != "yes" || ties[1].Responsibility != "unknown" || ties[0].Relationship != "mother" || *ties[0].Priority != 1 {
			t.Errorf("ties: %+v", ties)
		}
		first := x.dump(testkit.A())
		again := x.sheet(twoFamilies)
		if got, want := tallies(again), "2 rows: 0 created, 0 updated, 2 same, 0 refused; pupils 0+0+2+0; adults 0+0+3+0; ties 0+0+3+0; classes 0+0+2+0"; got != want {
			t.Errorf("the same file twice: %s\nwant %s\n%q", got, want, again.Warnings)
		}
		if x.dump(testkit.A()) != first {
			t.Errorf("the same file twice changed something:\n%s", difference(first, x.dump(testkit.A())))
		}
		x.undo(again)
		x.undo(r)
		if x.dump(testkit.A()) != empty {
			t.Errorf("undo left something:\n%s", x.dump(testkit.A()))
		}
		if x.dump(testkit.B()) != "" {
			t.Error("the other organisation has rows")
		}
	})
}
