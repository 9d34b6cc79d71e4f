package web

import (
	"math"
	"strconv"
	"time"

	"ajar/internal/audit"
	"ajar/internal/kit/clock"
	"ajar/internal/ui"
)

func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func dayMs(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006") }

func hour(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("15:04") }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// plain writes a figure for a file; nothing when it is not known.
func plain(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(math.Round(*v*100)/100, 'f', -1, 64)
}

// figure writes one for a page.
func figure(v *float64, signed bool) string {
	if v == nil {
		return "–"
	}
	s := strconv.FormatFloat(math.Round(math.Abs(*v)*10)/10, 'f', -1, 64)
	switch {
	case *v < 0:
		return "−" + s
	case signed && *v > 0:
		return "+" + s
	}
	return s
}

// levelWords names a level; halfway between two it names both.
func levelWords(f audit.Framework, v *float64) string {
	if v == nil {
		return "Not answered"
	}
	return f.LevelWords(*v)
}

func tagOf(r audit.Result) ui.Colour {
	l := r.Level()
	switch {
	case l == nil:
		return ui.Grey
	case r.Aim > 0 && *l < float64(r.Aim):
		return ui.Amber
	case *l >= 4:
		return ui.Green
	}
	return ui.Plum
}

func size(n int) string {
	if n < 1<<20 {
		return strconv.Itoa(max(n>>10, 1)) + " kB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func differenceWords(d audit.Difference) string {
	switch d.Kind {
	case "added":
		return "New"
	case "removed":
		return "Taken out"
	case "renamed":
		return "Was " + d.Was
	case "moved":
		return "In another theme"
	}
	return "Other words"
}
