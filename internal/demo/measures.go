package demo

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"ajar/internal/progress"
)

// calendar is the school days of the two years that are shown: weeks of Monday to Friday in term.
type calendar struct {
	years []schoolYear
}

type schoolYear struct {
	start int
	weeks []time.Time // Mondays of the weeks in term, up to today
	last  time.Time   // the last day that has happened
}

// calendarTo gives the school year before today's and today's own, as far as it has gone.
func calendarTo(today time.Time) calendar {
	start := today.Year()
	if today.Month() < time.September {
		start--
	}
	var c calendar
	for _, y := range []int{start - 1, start} {
		sy := schoolYear{start: y, last: today}
		first := monday(time.Date(y, 9, 3, 0, 0, 0, 0, time.UTC))
		for w := first; w.Before(time.Date(y+1, 7, 20, 0, 0, 0, 0, time.UTC)) && !w.After(today); w = w.AddDate(0, 0, 7) {
			if !holiday(w, y) {
				sy.weeks = append(sy.weeks, w)
			}
		}
		c.years = append(c.years, sy)
	}
	return c
}

func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

// holiday tells whether a week is outside term: half terms of a week, a fortnight at Christmas and in April.
func holiday(w time.Time, y int) bool {
	in := func(fy, fm, fd, days int) bool {
		from := time.Date(fy, time.Month(fm), fd, 0, 0, 0, 0, time.UTC)
		return !w.Before(monday(from)) && w.Before(monday(from).AddDate(0, 0, days))
	}
	return in(y, 10, 26, 7) || in(y, 12, 21, 14) || in(y+1, 2, 15, 7) || in(y+1, 4, 5, 14) || in(y+1, 5, 27, 7)
}

// season is how much more is missed than on average: illness peaks in December and eases in early summer.
func season(w time.Time) float64 {
	day := float64(w.YearDay())
	return 1 + 0.28*math.Cos((day-345)/365*2*math.Pi)
}

// weeks makes a child's marks, one week at a time. Absence comes in spells, as it does in life: most days whole, some weeks all of it.
func (m *maker) weeks(c pupil, cal calendar, each func(progress.Week)) {
	for i, y := range cal.years {
		share := c.shape.absence
		if i > 0 {
			share = min(0.9, max(0.002, share+c.shape.drift))
		}
		spell, code := 0, "I"
		for _, w := range y.weeks {
			week := progress.Week{Monday: w.Format(time.DateOnly)}
			p := share * season(w) / 2.3 // a spell lasts 2.3 days on average
			for d := range 5 {
				day := w.AddDate(0, 0, d)
				if day.After(y.last) {
					break
				}
				if w.Month() == time.January && w.Day() > 12 && w.Day() < 20 && d == 2 && i == 0 {
					week.Marks[2*d], week.Marks[2*d+1] = "Y2", "Y2" // the day it snowed
					continue
				}
				if spell == 0 && m.r.Float64() < p {
					spell, code = 1+int(m.r.ExpFloat64()*1.4), absenceCode(m.r, share)
				}
				am, pm := "/", "\\"
				switch {
				case spell > 0:
					am, pm = code, code
					if spell--; code == "M" || m.r.Float64() < 0.12 { // half a day
						spell = 0
						if m.r.IntN(2) == 0 {
							am = "/"
						} else {
							pm = "\\"
						}
					}
				case m.r.Float64() < 0.012+share/6:
					am = "L"
				case m.r.Float64() < 0.006:
					am, pm = "V", "V"
				}
				week.Marks[2*d], week.Marks[2*d+1] = am, pm
			}
			each(week)
		}
	}
}

func absenceCode(r *rand.Rand, share float64) string {
	if r.Float64() < share { // those who miss much miss more without leave
		return pick(r, []string{"O", "O", "U", "N", "G"})
	}
	return pick(r, []string{"I", "I", "I", "I", "I", "I", "M", "M", "C", "R", "G", "O"})
}

// result is one line of a results sheet.
type result struct{ pupil, subject, scale, value, date string }

// results makes a child's results over the two years: on entry, each term, and mock examinations, every one on its own scale.
func (m *maker) results(c pupil, phase string, cal calendar) []result {
	var out []result
	add := func(subject, scale string, value float64, low, high float64, on time.Time) {
		if on.After(cal.years[1].last) || m.chance(3) { // away on the day
			return
		}
		out = append(out, result{c.id, subject, scale, strconv.Itoa(int(math.Round(min(high, max(low, value))))), on.Format(time.DateOnly)})
	}
	noise := func(sd float64) float64 { return m.r.NormFloat64() * sd }
	number := 0
	if n, err := strconv.Atoi(c.year); err == nil {
		number = n
	}
	this := cal.years[1].start
	for i, y := range cal.years {
		if i == 0 && (c.year == "R" || c.year == "7") {
			continue // not in the school yet
		}
		grow := float64(i) * noise(2)
		for _, at := range []time.Time{time.Date(y.start, 9, 24, 0, 0, 0, 0, time.UTC), time.Date(y.start+1, 6, 11, 0, 0, 0, 0, time.UTC)} {
			if number >= 2 {
				add("Reading", "standardised", c.shape.reading+grow+noise(5), 69, 141, at)
			}
			if number >= 2 && phase == "primary" {
				add("Maths", "standardised", c.shape.maths+grow+noise(5), 69, 141, at)
			}
		}
	}
	if phase == "secondary" {
		entry := time.Date(this-(number-7), 5, 13, 0, 0, 0, 0, time.UTC)
		add("Reading", "ks2_scaled", 104+(c.shape.reading-100)*0.45+noise(3), 80, 120, entry)
		add("Maths", "ks2_scaled", 104+(c.shape.maths-100)*0.45+noise(3), 80, 120, entry)
	}
	if number >= 10 {
		for _, s := range []string{"English", "Maths", "Science"} {
			ability := (c.shape.reading + c.shape.maths) / 2
			for _, at := range []time.Time{time.Date(this, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(this, 11, 12, 0, 0, 0, 0, time.UTC)} {
				if number == 10 && at.Month() == time.March {
					continue
				}
				add(s, "gcse", 4.6+(ability-100)/9+noise(0.9), 1, 9, at)
			}
		}
	}
	return out
}

// count is one line of what is counted.
type count struct {
	pupil, date, kind string
	n                 int
}

// counts makes behaviour, praise and homework by week for this school year.
func (m *maker) counts(c pupil, cal calendar) []count {
	var out []count
	for _, w := range cal.years[1].weeks {
		on := w.AddDate(0, 0, 4)
		if on.After(cal.years[1].last) {
			break
		}
		day := on.Format(time.DateOnly)
		for _, k := range []struct {
			kind string
			mean float64
		}{{"behaviour", c.shape.trouble}, {"praise", c.shape.praise}, {"homework_missed", c.shape.homework * 3}} {
			// The first week says nought too: the school does count, so none is known to be none.
			if n := m.poisson(k.mean); n > 0 || w.Equal(cal.years[1].weeks[0]) {
				out = append(out, count{c.id, day, k.kind, n})
			}
		}
		out = append(out, count{c.id, day, "homework_set", 3})
	}
	return out
}

func (m *maker) poisson(mean float64) int {
	limit, p, n := math.Exp(-mean), m.r.Float64(), 0
	for p > limit {
		p *= m.r.Float64()
		n++
	}
	return n
}
