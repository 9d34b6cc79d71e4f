package peers

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "peers", Files: sub}
}

// The keys of this capability.
type (
	OfferID    = ids.ID[Offer]
	ExchangeID = ids.ID[Exchange]
	VisitID    = ids.ID[Visit]
)

// Offer is with what a school is willing to help.
type Offer struct {
	ID        OfferID
	Org       roll.OrgID
	OrgName   string
	Framework string
	Theme     string
	Criterion string // empty: the whole theme
	About     string
	Words     string
	Why       string
	Starts    string
	Until     string
	ByName    string
	MadeMs    int64
	EndedMs   *int64
	EndedBy   string
}

// Open tells whether it can be asked for on a day.
func (o Offer) Open(day string) bool { return o.EndedMs == nil && day <= o.Until }

// The states of an exchange.
const (
	Asked    = "asked"
	Agreed   = "agreed"
	Declined = "declined"
	Over     = "over"
)

// StateWords says a state.
var StateWords = map[string]string{Asked: "Asked", Agreed: "Under way", Declined: "Not now", Over: "Finished"}

// Exchange is one school asking another for help, and what became of it.
type Exchange struct {
	ID           ExchangeID
	Offer        OfferID
	Helper       roll.OrgID
	Asker        roll.OrgID
	HelperName   string
	AskerName    string
	About        string
	Words        string
	State        string
	AskedBy      string
	AskedMs      int64
	Answer       string
	AnsweredBy   string
	AnsweredMs   *int64
	OverBy       string
	OverMs       *int64
	ThanksHelper bool
	ThanksAsker  bool
}

// Helps tells whether the organisation is the one that helps.
func (x Exchange) Helps(us int64) bool { return int64(x.Helper) == us }

// Other names the other school.
func (x Exchange) Other(us int64) string {
	if x.Helps(us) {
		return x.AskerName
	}
	return x.HelperName
}

// Visit is one visit with what each of the two wrote down.
type Visit struct {
	ID    VisitID
	OnDay string
	Logs  []VisitLog
}

// Both tells whether it is written down on both sides.
func (v Visit) Both() bool { return len(v.Logs) == 2 }

// By finds what an organisation wrote down.
func (v Visit) By(org int64) (VisitLog, bool) {
	for _, l := range v.Logs {
		if int64(l.Org) == org {
			return l, true
		}
	}
	return VisitLog{}, false
}

// VisitLog is one side of it.
type VisitLog struct {
	Visit   VisitID
	Org     roll.OrgID
	OrgName string
	About   string
	Next    string
	ByName  string
	AtMs    int64
}

// Helped is a line that both schools want to be read.
type Helped struct {
	HelperName, AskerName, About, OnDay string
}

// longest is how much may be written in a field, in characters.
const longest = 1000

// NamesError says that words on their way to another school are also names that the writing school has on record.
type NamesError struct {
	Found []NameIn
}

// NameIn is one of them, and in which field it stands.
type NameIn struct{ Field, Word, Of string }

func (e *NamesError) Error() string {
	return "This was not kept, because it may name a child or a parent."
}

// Unwrap gives the errors of the fields, for forms.
func (e *NamesError) Unwrap() error {
	var f fault.Fields
	for _, x := range e.Found {
		f.Add(x.Field, "“%s” is also the name of %s on your roll. Nothing about a child or a family goes to another school: take it out, or say below that it is nobody's name here.", x.Word, x.Of)
	}
	return f
}

// Named finds a NamesError in err.
func Named(err error) (*NamesError, bool) {
	var n *NamesError
	ok := errors.As(err, &n)
	return n, ok
}

// clean refuses texts that may name somebody on the writing school's roll, or hold a worry about a child's safety, before anything of them is kept. Words of the
// schools' own names are none, unless another name stands beside them.
func (s *Service) clean(tx *db.Tx, stored []string, schools []string, list ...worry.Said) error {
	if err := s.keeper.Heed(stored, list...); err != nil {
		return err
	}
	own := map[string]bool{}
	for _, name := range schools {
		for _, w := range strings.Fields(roll.Fold(name)) {
			own[w] = true
		}
	}
	var e NamesError
	for _, x := range list {
		found, err := roll.NamesIn(tx, x.Text)
		if err != nil {
			return err
		}
		for _, n := range found {
			if !n.Sure && own[roll.Fold(n.Word)] {
				continue
			}
			e.Found = append(e.Found, NameIn{x.Field, n.Word, n.Of})
		}
	}
	if len(e.Found) == 0 {
		return nil
	}
	if !s.noNames {
		return &e
	}
	var words []string
	for _, x := range e.Found {
		if !slices.Contains(words, x.Word) {
			words = append(words, x.Word)
		}
	}
	return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: tx.Pass().Org(), Words: "Said of a text for another school that these words are no name of a child or parent: " + strings.Join(words, ", ") + "."})
}

// filled says which of the texts are missing or too long.
func filled(f *fault.Fields, field, text, missing string) {
	if text == "" && missing != "" {
		f.Add(field, "%s", missing)
	}
	if len([]rune(text)) > longest {
		f.Add(field, "This is too long: there is room for %d characters.", longest)
	}
}
