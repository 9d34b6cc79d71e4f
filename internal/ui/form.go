package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Errors is what is wrong with a form, in the order of its fields.
type Errors []FieldError

// FieldError says in one sentence what is wrong with one field and what to do. Field is the field's Name (or its ID
// where a page sets one); empty means the sentence is about the form as a whole and leads nowhere.
type FieldError struct{ Field, Text string }

// Add puts one more error on the list.
func (e *Errors) Add(field, text string) { *e = append(*e, FieldError{field, text}) }

// For gives the first error of a field, or "".
func (e Errors) For(field string) string {
	for _, fe := range e {
		if fe.Field == field {
			return fe.Text
		}
	}
	return ""
}

// FieldID turns a field's name into the id that its label, its error and the error summary share:
// "target[0].text" becomes "target-0-text".
func FieldID(name string) string {
	var b strings.Builder
	dash := true // none at the start
	for _, r := range name {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
		switch {
		case ok:
			b.WriteRune(r)
			dash = false
		case !dash:
			b.WriteByte('-')
			dash = true
		}
	}
	id := strings.TrimSuffix(b.String(), "-")
	if id == "" || id[0] >= '0' && id[0] <= '9' {
		id = "f-" + id
	}
	return id
}

// FormData describes a form. Method is "post" unless it says "get".
type FormData struct {
	Action, Method, ID string
	Multipart          bool   // set when it holds a FileUpload
	Autosave           string // address that takes drafts while somebody types; see SaveState
	SavedAt            string // when the draft shown was saved, "10:42"
	Attrs              templ.Attributes
}

func (f FormData) method() string {
	if strings.EqualFold(f.Method, "get") {
		return "get"
	}
	return "post"
}

func (f FormData) attrs() templ.Attributes {
	a := templ.Attributes{}
	if f.ID != "" {
		a["id"] = f.ID
	}
	if f.Multipart {
		a["enctype"] = "multipart/form-data"
	}
	if f.Autosave != "" {
		a["data-autosave"] = string(templ.URL(f.Autosave))
	}
	for k, v := range f.Attrs {
		a[k] = v
	}
	return a
}

// TextInput is one line. Everything typed is shown again with its error.
type TextInput struct {
	Name, Label, Hint, Error, Value string

	ID             string // FieldID(Name) when empty
	Optional       bool   // says so in the label
	HideLabel      bool   // for grids where the column says it already
	BigLabel       bool   // the label is the question of the page
	Type           string // text, email, tel, search, password; numbers are text with InputMode
	InputMode      string // numeric, decimal, tel, email
	Autocomplete   string // "given-name", "off", …
	Width          int    // in characters: 2, 3, 4, 5, 10, 20, 30; full width when 0
	Prefix, Suffix string // "£", "%"
	Attrs          templ.Attributes
}

// AreaInput is several lines. MaxChars counts down as one types; the form's handler must check it too.
type AreaInput struct {
	Name, Label, Hint, Error, Value string

	ID        string
	Optional  bool
	HideLabel bool
	BigLabel  bool
	Rows      int // 5 when 0
	MaxChars  int
	Lang      string // language of what is typed, where it is known: spelling and reading aloud follow it
	Attrs     templ.Attributes
}

// DateInput is a date typed as people write it; read it with ParseDate. Value is whatever was typed, or ShowDate of a
// date that is kept.
type DateInput struct {
	Name, Label, Hint, Error, Value string

	ID        string
	Optional  bool
	HideLabel bool
	BigLabel  bool
	Min, Max  string // YYYY-MM-DD, only for the calendar
	Attrs     templ.Attributes
}

// Option is one choice. Conditional is shown under it when it is chosen (always, where there is no script).
type Option struct {
	Value, Label, Hint string
	Disabled           bool
	Conditional        templ.Component
}

// SelectInput is a list that folds; for fewer than eight choices take ChoiceInput with Radios.
type SelectInput struct {
	Name, Label, Hint, Error, Value string

	ID        string
	Optional  bool
	HideLabel bool
	BigLabel  bool
	Empty     string // first line without a value: "Choose a class"
	Options   []Option
	Attrs     templ.Attributes
}

// ChoiceInput is a question with its answers in view, for Radios (one of Values) and Checkboxes (any).
type ChoiceInput struct {
	Name, Label, Hint, Error string

	Values   []string // what is chosen
	ID       string
	Optional bool
	BigLabel bool
	Inline   bool // short answers side by side, where there is room
	Small    bool // for filters and dense lists
	Options  []Option
	Attrs    templ.Attributes // on each input
}

// FileInput takes files. Its form needs Multipart.
type FileInput struct {
	Name, Label, Hint, Error string

	ID       string
	Optional bool
	BigLabel bool
	Accept   string // ".csv,.xlsx,.zip"
	Multiple bool
	Attrs    templ.Attributes
}

// HiddenInput is carried along and not shown.
type HiddenInput struct{ Name, Value string }

// field is what all inputs share: the label above, then the hint, then the error, each with its own id.
type field struct {
	id, label, hint, err string
	optional, hide, big  bool
}

func newField(id, name, label, hint, err string, optional, hide, big bool) field {
	if id == "" {
		id = FieldID(name)
	}
	return field{id: id, label: label, hint: hint, err: err, optional: optional, hide: hide, big: big}
}

func (f field) hintID() string  { return f.id + "-hint" }
func (f field) errorID() string { return f.id + "-error" }

// describe adds aria-describedby (hint first, then error, then what else there is) and aria-invalid.
func (f field) describe(extra ...string) templ.Attributes {
	ids := []string{}
	if f.hint != "" {
		ids = append(ids, f.hintID())
	}
	if f.err != "" {
		ids = append(ids, f.errorID())
	}
	ids = append(ids, extra...)
	a := templ.Attributes{}
	if len(ids) > 0 {
		a["aria-describedby"] = strings.Join(ids, " ")
	}
	return a
}

func (f field) invalid(a templ.Attributes) templ.Attributes {
	if f.err != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

func (f field) labelText(ctx context.Context) string {
	if f.optional {
		return fill(word(ctx, "ui.optional", "{label} (optional)"), "label", f.label)
	}
	return f.label
}

func merge(base templ.Attributes, more templ.Attributes) templ.Attributes {
	for k, v := range more {
		base[k] = v
	}
	return base
}

func (t TextInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, t.HideLabel, t.BigLabel)
}

func (t TextInput) attrs() templ.Attributes {
	f := t.field()
	a := f.invalid(f.describe())
	switch t.Type {
	case "email", "tel", "search", "password", "url", "time":
		a["type"] = t.Type
	default:
		a["type"] = "text"
	}
	if t.Type == "email" || t.Type == "password" || t.InputMode != "" {
		a["spellcheck"] = "false"
	}
	if t.InputMode != "" {
		a["inputmode"] = t.InputMode
	}
	if t.Autocomplete != "" {
		a["autocomplete"] = t.Autocomplete
	}
	return merge(a, t.Attrs)
}

func (t TextInput) class() string {
	c := "govuk-input"
	switch t.Width {
	case 2, 3, 4, 5, 10, 20, 30:
		c += " govuk-input--width-" + strconv.Itoa(t.Width)
	}
	if t.Error != "" {
		c += " govuk-input--error"
	}
	return c
}

func (t AreaInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, t.HideLabel, t.BigLabel)
}

func (t AreaInput) attrs() templ.Attributes {
	f := t.field()
	var a templ.Attributes
	if t.MaxChars > 0 {
		a = f.describe(f.id + "-info")
	} else {
		a = f.describe()
	}
	if t.Lang != "" {
		a["lang"], a["dir"] = t.Lang, Direction(t.Lang)
	} else {
		a["dir"] = "auto" // a parent's words may be in Urdu on an English page
	}
	return merge(f.invalid(a), t.Attrs)
}

func (t AreaInput) rows() string {
	if t.Rows <= 0 {
		return "5"
	}
	return strconv.Itoa(t.Rows)
}

func (t DateInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, t.HideLabel, t.BigLabel)
}

func (t DateInput) attrs() templ.Attributes {
	f := t.field()
	a := f.invalid(f.describe())
	if t.Min != "" {
		a["data-min"] = t.Min
	}
	if t.Max != "" {
		a["data-max"] = t.Max
	}
	return merge(a, t.Attrs)
}

func (t SelectInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, t.HideLabel, t.BigLabel)
}

func (t ChoiceInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, false, t.BigLabel)
}

func (t FileInput) field() field {
	return newField(t.ID, t.Name, t.Label, t.Hint, t.Error, t.Optional, false, t.BigLabel)
}

func (t ChoiceInput) chosen(value string) bool {
	for _, v := range t.Values {
		if v == value {
			return true
		}
	}
	return false
}

// optionID leaves the first answer without a number, so that the error summary's link lands on it.
func (t ChoiceInput) optionID(i int) string {
	id := t.field().id
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i+1)
}

func (t ChoiceInput) optionAttrs(i int, o Option) templ.Attributes {
	a := templ.Attributes{}
	if o.Hint != "" {
		a["aria-describedby"] = t.optionID(i) + "-item-hint"
	}
	if o.Conditional != nil {
		a["data-shows"] = "conditional-" + t.optionID(i)
	}
	if o.Disabled {
		a["disabled"] = true
	}
	return merge(a, t.Attrs)
}

func (t ChoiceInput) class(kind string) string {
	c := "govuk-" + kind
	if t.Small {
		c += " govuk-" + kind + "--small"
	}
	if t.Inline {
		c += " govuk-radios--inline"
	}
	return c
}

// DateProblem is what is wrong with a date, as a sentence for the person who typed it.
type DateProblem string

func (p DateProblem) Error() string { return string(p) }

// What ParseDate may say.
const (
	ErrDateForm  DateProblem = "Write the date as day, month and year, like 27 3 2026"
	ErrDateYear  DateProblem = "Write the year with four figures, like 2026"
	ErrDateExist DateProblem = "There is no such date. Check the day and the month"
)

var months = map[string]int{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

// ParseDate reads a date as people in England write it, day first (27/3/2026, 27.03.2026, 27 March 2026), or as
// computers do (2026-03-27), and gives it as YYYY-MM-DD. Nothing typed gives "" and no error. A year of two figures is
// refused: for a parent born in 1950 and a review in 2050 nobody could tell which was meant.
func ParseDate(typed string) (string, error) {
	parts := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" \t\u00a0/.-,", r) })
	if len(parts) == 0 {
		return "", nil
	}
	if len(parts) != 3 {
		return "", ErrDateForm
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	day, err := strconv.Atoi(dayFigures(parts[0]))
	if err != nil || len(parts[0]) > 4 {
		return "", ErrDateForm
	}
	month, err := strconv.Atoi(parts[1])
	if err != nil {
		name := strings.ToLower(parts[1])
		if len(name) < 3 || months[name[:3]] == 0 {
			return "", ErrDateForm
		}
		month = months[name[:3]]
	}
	year, err := strconv.Atoi(parts[2])
	if err != nil {
		return "", ErrDateForm
	}
	if len(parts[2]) != 4 || year < 1800 {
		return "", ErrDateYear
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month || t.Year() != year {
		return "", ErrDateExist
	}
	return t.Format(time.DateOnly), nil
}

func dayFigures(s string) string {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		s = strings.TrimSuffix(s, end)
	}
	return s
}

// ShowDate writes a kept date (YYYY-MM-DD) the way DateField shows it: 27/3/2026. What is not a date comes back as it is.
func ShowDate(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2/1/2006")
}

// ButtonKind is how much a button asks for attention.
type ButtonKind string

// The kinds of Button. A page has one Primary: green is for the one action of a page.
const (
	Primary   ButtonKind = ""
	Secondary ButtonKind = "secondary"
	Warn      ButtonKind = "warning" // cannot be undone
	Quiet     ButtonKind = "quiet"   // looks like a link
)

// ButtonData is a button that sends its form; with Href it is a link that looks like one; with Post it is a small form
// of its own that posts there.
type ButtonData struct {
	Text        string
	Kind        ButtonKind
	Name, Value string
	Href, Post  string
	Fields      []HiddenInput // sent along with Post
	Hidden      string        // more words for those who cannot see what the button stands beside: "for Amira Khan"
	Disabled    bool
	Attrs       templ.Attributes
}

func (b ButtonData) class() string {
	switch b.Kind {
	case Quiet:
		return "ajar-linkbutton"
	case Secondary, Warn:
		return "govuk-button govuk-button--" + string(b.Kind)
	}
	return "govuk-button"
}

func (b ButtonData) attrs() templ.Attributes {
	a := templ.Attributes{}
	if b.Name != "" {
		a["name"], a["value"] = b.Name, b.Value
	}
	if b.Disabled {
		a["disabled"] = true
	}
	if b.Kind != Quiet {
		a["data-module"] = "govuk-button"
	}
	return merge(a, b.Attrs)
}

// shown has the hint that the field will be shown with, so that aria-describedby names it.
func (t DateInput) shown(ctx context.Context) DateInput {
	if t.Hint == "" {
		t.Hint = word(ctx, "ui.date.hint", "For example, 27 3 2026")
	}
	return t
}

func (t DateInput) withHint(ctx context.Context) field { return t.shown(ctx).field() }

func (t FileInput) attrs() templ.Attributes {
	f := t.field()
	a := f.invalid(f.describe())
	if t.Accept != "" {
		a["accept"] = t.Accept
	}
	if t.Multiple {
		a["multiple"] = true
	}
	return merge(a, t.Attrs)
}
