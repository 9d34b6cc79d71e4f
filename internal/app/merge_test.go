package app_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ajar/internal/app"
)

// notMoved are columns that name an adult or a tie and stay as they are when two records become one, and why.
var notMoved = map[string]string{
	"conversations_agreement_wider.adult_id": "becomes conversations_agreement in the same migration",
	"family_reader.adult":                    "belongs to the installation; the link behind it is taken back, and the browser closes with it",
	"family_demo.adult":                      "fictional people, and only while the demo is served",
	"roll_person_part.adult":                 "belongs to the installation; whoever reads it follows roll_merge to the record that stays",
	"trail_entry.adult":                      "the trail is never changed: it says under which record somebody came at the time",
	"trail_house.adult":                      "the trail is never changed",
}

var (
	madeTable = regexp.MustCompile(`(?s)create table (\w+) \((.*?)\n\) strict`)
	reference = regexp.MustCompile(`foreign key \(org_id, (\w+)\) references roll_(adult|tie) \(org_id, id\)`)
	named     = regexp.MustCompile(`(?m)^\s*(adult|adult_id|tie|tie_id)\s+integer`)
	added     = regexp.MustCompile(`alter table (\w+) add column (adult|adult_id|tie|tie_id)\s+integer`)
)

// Every column of the schema that points to an adult or to a tie stands in the list of a capability's part in merges, or here with the reason why it
// stays. A new table that forgets it would keep pointing to a record that is gone.
func TestEveryPointerToAnAdultFollowsAMerge(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	listed := map[string]bool{}
	for _, part := range a.Roll.MergeParts() {
		for _, c := range slices.Concat(part.Adults, part.Ties) {
			listed[c.Table+"."+c.Column] = true
		}
	}
	found := 0
	for _, m := range app.Migrations() {
		err := fs.WalkDir(m.Files, ".", func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := fs.ReadFile(m.Files, p)
			if err != nil {
				return err
			}
			for _, at := range pointers(string(text)) {
				found++
				if !listed[at] && notMoved[at] == "" {
					t.Errorf("%s of %s/%s points to an adult or a tie and is in no part of roll.Service.OnMerge", at, m.Name, p)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 10 {
		t.Errorf("only %d columns were found: the test reads the schema no more", found)
	}
}

func pointers(schema string) (out []string) {
	for _, m := range madeTable.FindAllStringSubmatch(schema, -1) {
		for _, r := range reference.FindAllStringSubmatch(m[2], -1) {
			out = append(out, m[1]+"."+r[1])
		}
		for _, r := range named.FindAllStringSubmatch(m[2], -1) {
			if at := m[1] + "." + r[1]; !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	for _, m := range added.FindAllStringSubmatch(schema, -1) {
		out = append(out, m[1]+"."+m[2])
	}
	return out
}

func TestPointersAreSeen(t *testing.T) {
	got := strings.Join(pointers("create table x_y (\n  org_id integer not null,\n  who integer not null,\n  adult integer,\n  foreign key (org_id, who) references roll_adult (org_id, id)\n) strict;\nalter table x_z add column tie_id integer;"), " ")
	if got != "x_y.who x_y.adult x_z.tie_id" {
		t.Errorf("seen: %s", got)
	}
}
