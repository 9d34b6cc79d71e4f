package web

import (
	"math"
	"strconv"
	"strings"
	"time"

	"ajar/internal/audit"
	"ajar/internal/family"
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

// tookPart says how much is answered and who took part.
func tookPart(o audit.Outcome) string {
	answered, agreed := o.Answered()
	return strconv.Itoa(answered) + " of " + strconv.Itoa(len(o.Results)) + " statements answered, " + count(agreed, "level", "levels") + " agreed. " +
		count(o.Balance.House, "colleague", "colleagues") + ", " + count(o.Balance.Parents, "parent", "parents") + " and " + count(o.Balance.Others, "governor or partner", "governors and partners") + " took part. " + o.Balance.Words()
}

// flaggedLine says one statement on which parents and staff are apart.
func flaggedLine(r audit.Result) string {
	return r.Criterion.Text + " Parents " + figure(r.Views[audit.Parents].Median(), false) + ", staff " + staffFigure(r) + "."
}

// usesWords names what shows a statement.
func usesWords(r audit.Result) string {
	var titles []string
	for _, u := range r.Uses {
		titles = append(titles, u.Title)
	}
	return strings.Join(titles, "; ")
}

const howToRead = "A level is what the team agreed; until then, the middle of the groups' medians. What is not answered is left out, and never counted as low. Parents' answers are shown from five on. " +
	"This is the school's own view of itself. Nobody from outside has checked it."

func closedWords(v askView) string {
	if v.Asking.Audit.ClosedMs != nil {
		return ", and it was closed on " + dayMs(*v.Asking.Audit.ClosedMs)
	}
	return ""
}

func sofarRows(v askView) (out []ui.SummaryRow) {
	for _, x := range []struct {
		n    int
		what string
	}{{v.Sofar.Messages, "By text or e-mail"}, {v.Sofar.Letters, "By letter"}, {v.Sofar.Others, "In another way"}} {
		if x.n > 0 {
			out = append(out, ui.SummaryRow{Key: x.what, Value: count(x.n, "adult", "adults")})
		}
	}
	return out
}

// onPaperWords say who gets a letter.
func onPaperWords(v askView) string {
	words := "No message reaches " + count(len(v.Plan.Paper), "adult", "adults") + "; a letter does, with a link, a code and a square for the camera."
	switch {
	case !v.Sends:
		words = "Text messages and e-mail are not set up, so " + count(len(v.Plan.Paper), "adult gets", "adults get") + " a letter, with a link, a code and a square for the camera."
	case len(v.Plan.Paper) == 0:
		words = "A message reaches everybody who may be written to. A letter does too, with a link, a code and a square for the camera."
	}
	if v.Letters(true) > family.MostLetters {
		words += " " + strconv.Itoa(family.MostLetters) + " are made at a time, by year; whoever has one is left out of the next."
	}
	return words
}

// upTo counts letters, as many as are made at a time.
func upTo(n int) string { return count(min(n, family.MostLetters), "letter", "letters") }
