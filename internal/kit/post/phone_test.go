package post

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"ajar/internal/kit/testkit"
)

// The numbers of another service that sends texts in this country. Mobiles here are read as it reads them, landlines are no mobiles, and what is too long or holds
// letters is refused. Numbers of other countries need their plus or 00 here, since a school's sheet holds British ones without.
func TestNumbersOfOthers(t *testing.T) {
	f, err := os.Open(testkit.SharedData(t, "messages", "phone_vectors", "uk_phone_vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		number, class, expected := row[0], row[1], row[2]
		got, ok := Mobile(number)
		valid := strings.HasPrefix(expected, "valid")
		n++
		switch {
		case class == "uk_mobile" && valid && got != "447723456789":
			t.Errorf("%q: %q, %v", number, got, ok)
		case (class == "uk_mobile" && !valid || class == "uk_landline") && ok:
			t.Errorf("%q was read as the mobile number %q", number, got)
		case class == "international" && valid && (strings.HasPrefix(number, "+") || strings.HasPrefix(number, "00")) && !ok:
			t.Errorf("%q was refused", number)
		case class == "crown_dependency" && !ok:
			t.Errorf("%q was refused", number)
		}
	}
	if n < 50 {
		t.Errorf("%d numbers", n)
	}
}
