package audit

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/kit/fault"
)

// Levels is how many descriptions each criterion has.
const Levels = 5

// LevelNames are what the levels are called, lowest first, where a framework has no names of its own. Names and not numbers, since in some published tools
// one is the best.
var LevelNames = [Levels]string{"Not yet", "Starting", "Established", "Strong", "Leading"}

// Group is a part from which somebody looks at the school.
type Group string

// The groups that are asked.
const (
	Leaders       Group = "leaders"
	Staff         Group = "staff"
	FamilyWorkers Group = "family workers"
	Governors     Group = "governors"
	Parents       Group = "parents"
	Partners      Group = "partners"
)

// Groups lists them in the order of pages.
var Groups = []Group{Leaders, Staff, FamilyWorkers, Governors, Parents, Partners}

// GroupWords says a group as a heading does.
func GroupWords(g Group) string { return strings.ToUpper(string(g[:1])) + string(g[1:]) }

// The kinds of framework. An audit is rated; an award's objectives are shown by evidence.
const (
	KindAudit = "audit"
	KindAward = "award"
)

// Framework is one version of a framework, as its file says it.
type Framework struct {
	Code, Version, Kind  string
	Title, About, Source string
	Benchmark            int // the level that is aimed for; 0 for none
	Names                [Levels]string
	Themes               []Theme
	Shipped              bool // comes with Ajar
}

// Theme is a chapter of a framework, or an objective of an award.
type Theme struct {
	Code, Title, About string
	Criteria           []Criterion
}

// Criterion is one statement that can be rated.
type Criterion struct {
	Code, Text string
	Levels     []string // five, lowest first; none in an award, where a criterion is shown by evidence
	Asked      []Group
	Parents    map[string]string // the wording for parents, by language tag; "en" is there when parents are asked
	Evidence   []string
	Actions    []Action
	Resources  []string
	Source     string
	Benchmark  int      // its own; 0 for the framework's
	Was        []string // the codes it had in earlier versions
	Theme      string   // the code of its theme
}

// Action is something to do about a gap: offered while the level is below one.
type Action struct {
	Below int
	Do    string
}

// Criteria lists all of them in order.
func (f Framework) Criteria() (out []Criterion) {
	for _, t := range f.Themes {
		out = append(out, t.Criteria...)
	}
	return out
}

// Criterion finds one by its code, whatever its capitals.
func (f Framework) Criterion(code string) (Criterion, bool) {
	for _, t := range f.Themes {
		for _, c := range t.Criteria {
			if strings.EqualFold(c.Code, code) {
				return c, true
			}
		}
	}
	return Criterion{}, false
}

// AskedOf lists the criteria that a group is asked about.
func (f Framework) AskedOf(g Group) (out []Criterion) {
	for _, c := range f.Criteria() {
		if slices.Contains(c.Asked, g) {
			out = append(out, c)
		}
	}
	return out
}

// Aim is the level that a criterion should reach; 0 when the framework names none.
func (f Framework) Aim(c Criterion) int {
	if c.Benchmark > 0 {
		return c.Benchmark
	}
	return f.Benchmark
}

// Suggested lists what could be done about a criterion at a level.
func (c Criterion) Suggested(level int) (out []string) {
	for _, a := range c.Actions {
		if level < a.Below {
			out = append(out, a.Do)
		}
	}
	return out
}

// ParentsWords is the wording for parents in a language, and whether it had to be the English one.
func (c Criterion) ParentsWords(tag string) (words string, english bool) {
	if w := c.Parents[tag]; w != "" {
		return w, tag == "en"
	}
	return c.Parents["en"], true
}

// Difference is one thing that two versions of a framework do not have in common.
type Difference struct {
	Kind         string // added, removed, renamed, reworded, moved
	Code         string // in the later version; the earlier one for what was removed
	Was          string // the earlier code of what was renamed
	Before, Now  string // the text
	LevelsEdited []int  // which descriptions changed, 1 to 5
}

// Compare lists what changed between two versions of one framework.
func Compare(before, now Framework) (out []Difference) {
	carried := map[string]bool{}
	for _, c := range now.Criteria() {
		old, found := Ancestor(before, c)
		if !found {
			out = append(out, Difference{Kind: "added", Code: c.Code, Now: c.Text})
			continue
		}
		carried[old.Code] = true
		d := Difference{Code: c.Code, Was: old.Code, Before: old.Text, Now: c.Text}
		for i := range min(len(c.Levels), len(old.Levels)) {
			if c.Levels[i] != old.Levels[i] {
				d.LevelsEdited = append(d.LevelsEdited, i+1)
			}
		}
		switch {
		case !strings.EqualFold(old.Code, c.Code):
			d.Kind = "renamed"
		case old.Text != c.Text || len(d.LevelsEdited) > 0:
			d.Kind = "reworded"
		case old.Theme != c.Theme:
			d.Kind = "moved"
		default:
			continue
		}
		out = append(out, d)
	}
	for _, c := range before.Criteria() {
		if !carried[c.Code] {
			out = append(out, Difference{Kind: "removed", Code: c.Code, Before: c.Text})
		}
	}
	return out
}

// Ancestor finds what a criterion was in another version: the one of the same code, or the first of those that it says it was.
func Ancestor(before Framework, c Criterion) (Criterion, bool) {
	for _, was := range c.Was {
		if old, ok := before.Criterion(was); ok {
			return old, true
		}
	}
	return before.Criterion(c.Code)
}

// SameWords tells whether a criterion says the same in two versions, its levels included.
func SameWords(a, b Criterion) bool { return a.Text == b.Text && slices.Equal(a.Levels, b.Levels) }

//go:embed frameworks/*.yaml
var shipped embed.FS

type shippedFile struct {
	framework Framework
	text      string
}

// ours are the frameworks that come with Ajar. One that is not right stops the start, and the tests before that.
var ours = readShipped()

func readShipped() (out []shippedFile) {
	names, err := fs.Glob(shipped, "frameworks/*.yaml")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(shipped, name)
		if err != nil {
			panic(err)
		}
		f, err := Parse(text)
		if err != nil {
			panic(name + ": " + err.Error())
		}
		f.Shipped = true
		out = append(out, shippedFile{f, string(text)})
	}
	// The one in full first, then the short ones, and the frame of an award last.
	slices.SortStableFunc(out, func(a, b shippedFile) int {
		if (a.framework.Kind == KindAward) != (b.framework.Kind == KindAward) {
			if a.framework.Kind == KindAward {
				return 1
			}
			return -1
		}
		return len(b.framework.Criteria()) - len(a.framework.Criteria())
	})
	return out
}

// Shipped lists the frameworks that come with Ajar.
func Shipped() (out []Framework) {
	for _, s := range ours {
		out = append(out, s.framework)
	}
	return out
}

func shippedText(code, version string) (string, bool) {
	for _, s := range ours {
		if s.framework.Code == code && s.framework.Version == version {
			return s.text, true
		}
	}
	return "", false
}

// ShippedFile is the file of a framework that comes with Ajar; an empty version is the one there is.
func ShippedFile(code, version string) (string, error) {
	for _, s := range ours {
		if s.framework.Code == code && (version == "" || s.framework.Version == version) {
			return s.text, nil
		}
	}
	return "", fault.New(fault.Invalid, "No framework of that code and version comes with Ajar.")
}
