package roll

import "testing"

func TestSchoolDays(t *testing.T) {
	off, bad := ParseHolidays("2026-12-21 to 2027-01-01\n2026-11-26\nChristmas\n\n")
	if len(off) != 2 || len(bad) != 1 || bad[0] != "Christmas" {
		t.Fatalf("holidays %v, unread %v", off, bad)
	}
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-11-20", "2026-11-20", 0}, {"2026-11-20", "2026-11-23", 1}, {"2026-11-20", "2026-11-27", 4}, {"2026-12-18", "2027-01-04", 1}, {"2026-11-27", "2026-11-20", 0}, {"soon", "2026-11-20", 0},
	} {
		if got := SchoolDays(c.from, c.to, off); got != c.want {
			t.Errorf("%s to %s: %d school days, want %d", c.from, c.to, got, c.want)
		}
	}
}
