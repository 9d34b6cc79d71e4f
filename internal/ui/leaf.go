package ui

import (
	"embed"
	"strings"
	"unicode"

	"ajar/internal/kit/say"
)

// LeafData is all that stands around a page behind a family's link. It has no menu, no script and a style sheet of its own, so that it opens on
// an old phone with a poor connection: the page and the sheet stay under 14 kB on the wire.
type LeafData struct {
	Title string
	Lang  say.Lang
	Org   string // the school
	Phone string // the school's, "" when it is not known
	Home  string // where the school's name leads; "" for nowhere

	In        func(tag string) string // the address of this page in another language; nil hides the choice
	ChooseNow bool                    // show all languages open: the reader's is not known yet

	Exit   string // where "Leave this page quickly" leads; QuickExit when empty
	Flash  string
	Errors Errors
	Links  []Link // at the foot: who this is, your devices, sign out
}

// QuickExit is a page that nobody minds being seen with.
const QuickExit = "https://www.bbc.co.uk/weather"

//go:embed all:texts
var leafTexts embed.FS

var _ = say.Catalogues("leaf", leafTexts, "internal/ui/texts")

var (
	leafSkip      = say.Text("leaf.skip", "Skip to the page")
	leafLanguage  = say.Text("leaf.language", "Language")
	leafExit      = say.Text("leaf.exit", "Leave this page quickly")
	leafDraft     = say.Text("leaf.draft", "This translation has not been checked by a person yet. Ask us if something is unclear.")
	leafError     = say.Text("leaf.error", "Mistake:")
	leafErrors    = say.Text("leaf.errors", "Please look at this again")
	leafTalk      = say.Text("leaf.talk", "Would you rather talk to a person?")
	leafRing      = say.Text("leaf.ring", "Ring the school: {phone}")
	leafRingOrAsk = say.Text("leaf.ask", "Ring the school or come in. You are welcome.")
	leafSpeaker   = say.Text("leaf.interpreter", "Tell us if you would like somebody who speaks your language.")
	leafFooter    = say.Text("leaf.footer", "Ajar, the door between home and school")
	leafEnglish   = say.Text("leaf.typed_in_english", "The school wrote this in English. If you would like somebody to go through it with you, ask us.")
	leafOptional  = say.Text("leaf.optional", "You can leave this empty.")
	leafDay       = say.Text("leaf.day", "Day")
	leafMonth     = say.Text("leaf.month", "Month")
	leafYear      = say.Text("leaf.year", "Year")
)

func (d LeafData) title() string {
	t := d.Title
	if d.Org != "" {
		t += " – " + d.Org
	}
	if len(d.Errors) > 0 {
		return d.Lang.Put(leafError) + " " + t
	}
	return t
}

func (d LeafData) exit() string {
	if d.Exit == "" {
		return QuickExit
	}
	return d.Exit
}

// parts cuts a sentence at one of its values, so that the value can be a link in it.
func leafAround(l say.Lang, m say.Msg, place string) (before, after string) {
	const mark = "\u0001"
	s := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(l.Put(m, say.Args{place: mark}))
	before, after, _ = strings.Cut(s, mark)
	return before, after
}

// dial is a phone number as a link dials it.
func dial(phone string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// LeafField is one input of a form on a leaf. What was typed is shown again beside its error.
type LeafField struct {
	Lang     say.Lang
	Name     string
	Label    string
	Hint     string
	Error    string
	Value    string
	Type     string // of the input: text when empty; "area" is a text of several lines
	Mode     string // inputmode: numeric, tel, email
	Complete string // autocomplete: tel, email, one-time-code
	Rows     int
	Short    bool // a code or a number: no wider than it is
	Optional bool
	Spoken   bool // what is typed may be in any language and direction
}

func (f LeafField) id() string { return FieldID(f.Name) }

func (f LeafField) described() string {
	var ids []string
	if f.Hint != "" || f.Optional {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

func (f LeafField) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f LeafField) rows() int {
	if f.Rows == 0 {
		return 4
	}
	return f.Rows
}

// dir lets names and sentences run as they are written, and numbers, addresses and e-mail from the left.
func (f LeafField) dir() string {
	if f.Spoken || f.kind() == "area" {
		return "auto"
	}
	if f.Mode != "" || f.kind() == "tel" || f.kind() == "email" || f.Short {
		return "ltr"
	}
	return "auto"
}

// LeafChoice is a question with answers to choose from: one of them, or with Many any number.
type LeafChoice struct {
	Lang                     say.Lang
	Name, Label, Hint, Error string
	Values                   []string // chosen
	Options                  []LeafOption
	Many                     bool
	HideLabel                bool // the heading of the page asks it already
}

// LeafOption is one answer.
type LeafOption struct{ Value, Label, Hint, Lang string }

func (c LeafChoice) id() string { return FieldID(c.Name) }

func (c LeafChoice) chosen(value string) bool {
	for _, v := range c.Values {
		if v == value {
			return true
		}
	}
	return false
}

func (c LeafChoice) described() string {
	return LeafField{Name: c.Name, Hint: c.Hint, Error: c.Error}.described()
}

// LeafDate asks for a day in three numbers, in the order of a letter. Its fields are NAME-day, NAME-month and NAME-year.
type LeafDate struct {
	Lang                     say.Lang
	Name, Label, Hint, Error string
	Day, Month, Year         string // as they were typed
}

func (d LeafDate) described() string {
	return LeafField{Name: d.Name, Hint: d.Hint, Error: d.Error}.described()
}

func (d LeafDate) id() string { return FieldID(d.Name) }

// LeafLink is one place to go on a leaf.
type LeafLink struct{ Text, Note, Href string }
