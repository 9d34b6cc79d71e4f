package roll

import (
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/db"
)

// Dates is a stretch of days, both ends in it.
type Dates struct{ From, To string }

// ParseHolidays reads the school's setting: one holiday a line, a date or two dates with “to” between them. Lines it can't read are given back.
func ParseHolidays(text string) (out []Dates, unread []string) {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		from, to, two := strings.Cut(line, " to ")
		if !two {
			to = from
		}
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if !isDay(from) || !isDay(to) || to < from {
			unread = append(unread, line)
			continue
		}
		out = append(out, Dates{from, to})
	}
	return out, unread
}

// SchoolDays counts the school days after one date up to and with another: Monday to Friday without holidays. The same day is 0; a later from is 0.
func SchoolDays(from, to string, holidays []Dates) int {
	f, err1 := time.Parse(time.DateOnly, from)
	t, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || t.Sub(f) > 20*366*24*time.Hour {
		return 0
	}
	n := 0
	for d := f.AddDate(0, 0, 1); !d.After(t); d = d.AddDate(0, 0, 1) {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		day := d.Format(time.DateOnly)
		if !slices.ContainsFunc(holidays, func(h Dates) bool { return h.From <= day && day <= h.To }) {
			n++
		}
	}
	return n
}

// DaysOff reads the school's holidays and closed days, for SchoolDays.
func DaysOff(tx *db.Tx) ([]Dates, error) {
	text, err := Setting(tx, "school.holidays")
	off, _ := ParseHolidays(text)
	return off, err
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
