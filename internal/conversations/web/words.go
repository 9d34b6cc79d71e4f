package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ajar/internal/conversations"
	"ajar/internal/kit/clock"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// day writes a kept date as people read it; empty stays empty.
func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

// shortDay is for tables: Thu 19 Nov.
func shortDay(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("Mon 2 Jan 2006")
}

// moment writes a time in the school's zone.
func moment(ms int64) string {
	return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006, 15:04")
}

func clockTime(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("15:04") }

// typed reads a date field: what can be read becomes YYYY-MM-DD, anything else stays as it was typed, for the rule to refuse with its sentence.
func typed(text string) string {
	if d, err := ui.ParseDate(text); err == nil {
		return d
	}
	return text
}

func standingTag(s conversations.Standing) ui.TagData {
	colour := map[conversations.Standing]ui.Colour{
		conversations.Held: ui.Green, conversations.ToCome: ui.Plum, conversations.NoReply: ui.Amber, conversations.DidNotCome: ui.Amber,
	}[s]
	if colour == "" {
		colour = ui.Grey
	}
	return ui.TagData{Colour: colour, Text: conversations.StandingWords[s]}
}

// schoolWords are the words of a row that stands for a school, where others stand for a year.
func schoolWords(name string) string { return name }

func yearWords(year string) string {
	if year == "All" {
		return "All"
	}
	return roll.YearGroup(year).Words()
}

func options(list []conversations.Choice) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, c := range list {
		out[i] = ui.Option{Value: c.Key, Label: c.Words}
	}
	return out
}

func staffOptions(list []roll.Staff) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, s := range list {
		out[i] = ui.Option{Value: s.ID.String(), Label: s.Name}
	}
	return out
}

// people offers the adults who can be asked; an adult under an order is not among them.
func people(list []conversations.Person) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, p := range list {
		label := p.Relation.Adult.Name
		if p.Relation.Tie.Relationship != "" {
			label += ", " + p.Relation.Tie.Relationship
		}
		out[i] = ui.Option{Value: p.Relation.Adult.ID.String(), Label: label}
	}
	return out
}

func values(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

// pounds writes pence as people write money.
func pounds(pence int) string {
	return "£" + ui.Thousands(pence/100) + "." + fmt.Sprintf("%02d", pence%100)
}

// parsePounds reads 12, 12.5, 12.50 or £12.50 as pence; nil for nothing, and not ok for what is no amount.
func parsePounds(text string) (*int, bool) {
	text = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(text), "£"), ",", "")
	if text == "" {
		return nil, true
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 2 || whole == "" {
		return nil, false
	}
	for len(part) < 2 {
		part += "0"
	}
	w, err1 := strconv.ParseUint(whole, 10, 24)
	p, err2 := strconv.ParseUint(part, 10, 8)
	if err1 != nil || err2 != nil {
		return nil, false
	}
	n := int(w)*100 + int(p)
	return &n, true
}

func showInt(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func showPounds(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n/100) + "." + fmt.Sprintf("%02d", *n%100)
}

// parseMinutes reads minutes; nil for nothing, -1 for what is no number, which the rule refuses with its sentence.
func parseMinutes(text string) *int {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		n = -1
	}
	return &n
}

// lines splits text at its line ends, without empty ones.
func lines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// half writes a number that is kept doubled: 7 is 3.5.
func half(twice int) string {
	if twice%2 == 0 {
		return strconv.Itoa(twice / 2)
	}
	return strconv.Itoa(twice/2) + ".5"
}

// share writes a part of a whole with both numbers; a percentage alone would hide how few there are.
func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", n, of)
}

// whom names a separated parent's own conversation.
func whom(l conversations.Line) string {
	if l.AdultName != "" {
		return l.PupilName() + ", with " + l.AdultName
	}
	return l.PupilName()
}
