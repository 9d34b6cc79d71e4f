package ui

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// PageData is all that stands around the content of a page.
type PageData struct {
	Title string // what this page is, the same words as its Heading
	Lang  string // "en-GB" when empty
	Dir   string // from Lang when empty

	Org  string // the school's name, shown beside ours
	Home string // where the mark leads; "/" when empty

	Who       Who
	LookingAs *LookingAs // set while somebody looks as another person
	Menu      []MenuItem
	Group     string     // the name in the menu under which this page's place stands with others
	Places    []MenuItem // those places
	Search    *HeaderSearch

	Breadcrumbs []Link
	Flash       *Flash
	Undo        *UndoData
	Errors      Errors // shown first on the page, and "Error:" is put before the title

	LockSeconds int // after how long without use the page covers itself; 0 for never

	Wide      bool       // use the whole width, for lists and grids
	Public    bool       // a parent's page: no menu, no search, no htmx
	Languages []Language // offered at the top, each in its own name
	Footer    []Link
}

// Who is the person signed in.
type Who struct {
	Name, Role string
	LookAs     string // address of the page where one can look as somebody else; empty hides it
	SignOut    string // address that a form posts to; empty hides it
}

// LookingAs says whose eyes a page is seen through, and how to stop.
type LookingAs struct {
	Name, Role string
	Stop       string // address that a form posts to; empty shows no button
	Words      string // the whole sentence, where it is about one's own hats and nobody else
	Button     string // what the button says then
}

// MenuItem is one place of the main menu.
type MenuItem struct {
	Label, Href string
	Current     bool
	Count       int // waiting things, shown when above nought
}

// Link is a text that leads somewhere. An empty Href is shown as plain text.
type Link struct{ Text, Href string }

// Language is one language the page can be read in.
type Language struct {
	Code, Name, Href string // Name in the language itself: "Polski", "اردو"
	Current          bool
}

// HeaderSearch is the one search box. It asks by GET with the field "q".
type HeaderSearch struct{ Action, Value, Label string }

// FlashKind is how a message after an action looks.
type FlashKind string

// The kinds of Flash.
const (
	FlashDone    FlashKind = "done"
	FlashNote    FlashKind = "note"
	FlashProblem FlashKind = "problem"
)

// Flash is said once, after an action.
type Flash struct {
	Kind FlashKind // FlashDone when empty
	Text string
	More string // a second sentence
	Link Link   // where to see it
}

// UndoData offers to take back what was just done.
type UndoData struct {
	Text   string // "14 pupils were added to the cohort."
	Action string // address that a form posts to
	Label  string // "Undo" when empty
	Until  string // "You can undo this until 20 December."
	Fields []HiddenInput
}

func (d PageData) lang() string {
	if d.Lang == "" {
		return "en-GB"
	}
	return d.Lang
}

func (d PageData) dir() string {
	if d.Dir == "" {
		return Direction(d.lang())
	}
	return d.Dir
}

func (d PageData) home() templ.SafeURL {
	if d.Home == "" {
		return "/"
	}
	return templ.URL(d.Home)
}

func (d PageData) docTitle(ctx context.Context) string {
	parts := make([]string, 0, 3)
	for _, p := range []string{d.Title, d.Org, "Ajar"} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	t := strings.Join(parts, " – ")
	if len(d.Errors) > 0 {
		return fill(word(ctx, "ui.title.error", "Error: {title}"), "title", t)
	}
	return t
}

func (d PageData) hasMenu() bool { return !d.Public && len(d.Menu) > 0 }

// With gives the address u with one field set, and without "page": another order or filter begins at the first page.
func With(u *url.URL, key, value string) string {
	q := u.Query()
	q.Set(key, value)
	if key != "page" {
		q.Del("page")
	}
	return relative(u, q)
}

// Without gives the address u with one value of a field taken away (all of its values when value is ""). It is what
// the cross on a filter chip leads to.
func Without(u *url.URL, key, value string) string {
	q := u.Query()
	kept := []string{}
	for _, v := range q[key] {
		if value != "" && v != value {
			kept = append(kept, v)
		}
	}
	q.Del("page")
	if q[key] = kept; len(kept) == 0 {
		delete(q, key)
	}
	return relative(u, q)
}

func relative(u *url.URL, q url.Values) string {
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

func (s HeaderSearch) label(ctx context.Context) string {
	if s.Label == "" {
		return word(ctx, "ui.search", "Find a person")
	}
	return s.Label
}

func (f Flash) kind() string {
	switch f.Kind {
	case FlashNote, FlashProblem:
		return string(f.Kind)
	}
	return string(FlashDone)
}

func (f Flash) role() string {
	if f.Kind == FlashProblem {
		return "alert"
	}
	return "status"
}

// kindWord says in words what the colour says.
func (f Flash) kindWord(ctx context.Context) string {
	switch f.Kind {
	case FlashProblem:
		return word(ctx, "ui.flash.problem", "There is a problem:")
	case FlashNote:
		return word(ctx, "ui.flash.note", "Note:")
	}
	return word(ctx, "ui.flash.done", "Done:")
}
