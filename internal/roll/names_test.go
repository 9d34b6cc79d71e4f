package roll

import (
	"fmt"
	"testing"

	"ajar/internal/kit/db"
	"ajar/internal/kit/testkit"
)

// A name of a pupil or an adult on record is found in a sentence; an everyday word that is a name too counts only beside another name.
func TestNamesInATextAreFound(t *testing.T) {
	n := knownNames{forenames: map[string]string{"amira": "a pupil", "will": "a pupil", "may": "a pupil", "zoe": "a pupil"}, surnames: map[string]string{"khan": "a pupil", "baker": "a parent or carer", "young": "a pupil"}}
	for text, want := range map[string]string{
		"Amira's mother came":              "Amira! ",
		"amira came":                       "amira! ",
		"It will rain in May":              "May? ",
		"Will Young came":                  "Will? Young? ",
		"Will Khan came":                   "Will! Khan! ",
		"a khan and a baker":               "",
		"Zoë Baker":                        "Zoë! Baker! ",
		"the mother of AMIRA-KHAN":         "AMIRA! KHAN! ",
		"Parents are told what came of it": "",
	} {
		got := ""
		n.in(text, func(w nameWord, _ string, sure bool) {
			got += w.text + map[bool]string{true: "!", false: "?"}[sure] + " "
		})
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNamesAreTakenOutByTheSchoolsOwnRecord(t *testing.T) {
	testkit.Both(t, importMigrations, func(t *testing.T, d *db.DB) {
		for i, name := range []string{"Amira", "Ben"} {
			pass := testkit.A()
			if i == 1 {
				pass = testkit.B()
			}
			if err := d.Update(t.Context(), pass, func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname) values ($1, 11, 'p', $2, 'Okafor')`, name)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.View(t.Context(), testkit.A(), func(tx *db.Tx) error {
			text := "Amira Okafor met Ben at Okafor's"
			if err := WithoutNames(tx, &text); err != nil {
				return err
			}
			if text != "[name] met Ben at [name]'s" {
				t.Errorf("%q", text)
			}
			found, err := NamesIn(tx, "Ben and Amira", "amira")
			if s := fmt.Sprint(found); s != "[{Amira a pupil true}]" {
				t.Errorf("%s", s)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
