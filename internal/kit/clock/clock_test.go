package clock

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestToday(t *testing.T) {
	for _, c := range []struct{ at, today string }{
		{"2026-01-15T23:59:59Z", "2026-01-15"}, // winter: London is on UTC
		{"2026-06-15T22:59:59Z", "2026-06-15"}, // summer: the day ends an hour before UTC's
		{"2026-06-15T23:00:00Z", "2026-06-16"},
		{"2026-03-28T23:30:00Z", "2026-03-28"}, // the night in which clocks go forward
		{"2026-03-29T22:59:00Z", "2026-03-29"},
		{"2026-03-29T23:30:00Z", "2026-03-30"},
		{"2026-10-24T23:30:00Z", "2026-10-25"}, // the night in which they go back
		{"2026-10-25T23:30:00Z", "2026-10-25"},
		{"2026-12-31T23:30:00Z", "2026-12-31"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := At(at).Today(); got != c.today {
			t.Errorf("at %s it is %s, want %s", c.at, got, c.today)
		}
	}
}

func TestNowIsWholeMillisecondsInUTC(t *testing.T) {
	at := time.Date(2026, 6, 15, 12, 0, 0, 123_456_789, London())
	if got := At(at).Now(); got.Location() != time.UTC || got.Nanosecond() != 123_000_000 || got.Hour() != 11 {
		t.Errorf("got %s", got)
	}
	if d := time.Since(System().Now()).Abs(); d > time.Minute {
		t.Errorf("the system's clock is %s off", d)
	}
	if d := time.Until(Ahead(48*time.Hour).Now()) - 48*time.Hour; d.Abs() > time.Minute || Ahead(0).Zone().String() != "Europe/London" {
		t.Errorf("set forward by two days it is %s off", d)
	}
	if !(Clock{}).Zero() || System().Zero() || At(at).Zero() || At(at).Zone().String() != "Europe/London" {
		t.Error("zero")
	}
}
