package barriers

import (
	"cmp"
	"context"
	"embed"
	"hash/fnv"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "barriers", Files: sub}
}

// Service is what can be done with barrier rules, the list and cohorts.
type Service struct {
	DB       *db.DB
	Roll     *roll.Service
	Progress *progress.Service
}

// New makes the service. It listens for changes on the roll, so that a list is never older than what it rests on.
func New(d *db.DB, r *roll.Service, p *progress.Service) *Service {
	s := &Service{DB: d, Roll: r, Progress: p}
	r.Changed.Subscribe(func(tx *db.Tx, _ roll.Changed) error { return markStale(tx) })
	return s
}

// Compiled checks a set of rules and prepares it. All errors come at once.
func Compiled(list []RuleText) ([]dated, error) {
	var out []dated
	var wrong []string
	for _, r := range list {
		if r.From == "" {
			r.From = roll.Always
		}
		c, err := Compile(r.When)
		if err != nil {
			wrong = append(wrong, "The rule "+r.Code+" is not right: "+err.Error()+".")
			continue
		}
		out = append(out, dated{r, c})
	}
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "%s", strings.Join(wrong, "\n"))
	}
	return out, nil
}

// inForce picks the rules that hold on a day: of each code the one that began last.
func inForce(all []Recorded, day string) []RuleText {
	latest := map[string]Recorded{}
	for _, r := range all {
		if r.ReplacedMs == nil && r.FromOn <= day && day <= r.EndedOn && (latest[r.Code].Code == "" || latest[r.Code].FromOn < r.FromOn) {
			latest[r.Code] = r
		}
	}
	var out []RuleText
	for _, r := range latest {
		out = append(out, RuleText{Code: r.Code, Label: r.Label, From: r.FromOn, When: r.WhenText})
	}
	slices.SortFunc(out, func(a, b RuleText) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// rulesOn reads and prepares the rules of a day.
func rulesOn(tx *db.Tx, day string) ([]dated, error) {
	all, err := recorded(tx)
	if err != nil {
		return nil, err
	}
	return Compiled(inForce(all, day))
}

// All lists every rule with its history, for the page of rules.
func (s *Service) All(ctx context.Context, p access.Pass) (out []Recorded, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error { out, err = recorded(tx); return err })
	return out, err
}

// RulesChanged says what setting rules did.
type RulesChanged struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	Same    int `json:"same"`
	Ended   int `json:"ended"`
}

// SetRules makes the list the school's rules. A rule that is there already with the same words stays; the same rule of the same day with other words replaces
// it and the old words are kept in the history; a rule whose code is not in the list ends yesterday. Older versions of a code stay for older lists.
func (s *Service) SetRules(ctx context.Context, p access.Pass, list []RuleText) (c RulesChanged, err error) {
	if err := p.CheckAll(Rules); err != nil {
		return c, err
	}
	rules, err := Compiled(list)
	if err != nil {
		return c, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		all, err := recorded(tx)
		if err != nil {
			return err
		}
		named := map[string]bool{}
		for _, r := range rules {
			named[r.Code] = true
			if err := record(tx, all, r.RuleText, &c); err != nil {
				return err
			}
		}
		for _, old := range all {
			if old.ReplacedMs == nil && !named[old.Code] && old.EndedOn >= tx.Today() {
				if err := endRule(tx, old); err != nil {
					return err
				}
				c.Ended++
			}
		}
		return markStale(tx)
	})
	return c, err
}

// PutRule adds one rule or changes it from a day on, and leaves the others alone.
func (s *Service) PutRule(ctx context.Context, p access.Pass, r RuleText) error {
	if err := p.CheckAll(Rules); err != nil {
		return err
	}
	var f fault.Fields
	if strings.TrimSpace(r.Label) == "" {
		f.Add("label", "Say in a few words what this barrier is, for example \"Attendance below 85 %%\".")
	}
	if !codeShape.MatchString(r.Code) {
		f.Add("code", "Give the barrier a short code of letters, digits, dashes or underlines, for example attendance.")
	}
	if _, err := Compile(r.When); err != nil {
		f.Add("when", "This rule is not right: %s.", err.Error())
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		all, err := recorded(tx)
		if err != nil {
			return err
		}
		if r.From == "" {
			r.From = tx.Today()
		}
		var c RulesChanged
		if err := record(tx, all, r, &c); err != nil {
			return err
		}
		return markStale(tx)
	})
}

// EndRule stops a rule from today on. Lists of earlier days keep it.
func (s *Service) EndRule(ctx context.Context, p access.Pass, code string) error {
	if err := p.CheckAll(Rules); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		all, err := recorded(tx)
		if err != nil {
			return err
		}
		n := 0
		for _, old := range all {
			if old.ReplacedMs == nil && old.Code == code && old.EndedOn >= tx.Today() {
				n++
				if err := endRule(tx, old); err != nil {
					return err
				}
			}
		}
		if n == 0 {
			return fault.Gone("rule")
		}
		return markStale(tx)
	})
}

// Refresh works the standings of an organisation out again when something has changed since, or when the day has. It answers whether it did.
func (s *Service) Refresh(ctx context.Context, org int64) (bool, error) {
	p := access.System("work out the barrier list when it is out of date", org)
	fresh := false
	if err := s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
		fresh, err = isFresh(tx)
		return err
	}); err != nil || fresh {
		return false, err
	}
	return true, s.DB.Update(ctx, p, func(tx *db.Tx) error {
		// Another request may have done it while this one waited for its turn to write.
		if fresh, err := isFresh(tx); err != nil || fresh {
			return err
		}
		return Recompute(tx)
	})
}

// Recompute works out the standing of every pupil on the roll today and keeps what differs. Earlier standings stay as they were.
func Recompute(tx *db.Tx) error {
	today := tx.Today()
	rules, err := rulesOn(tx, today)
	if err != nil {
		return err
	}
	w, err := newWriter(tx)
	if err != nil {
		return err
	}
	sum := fingerprint(rules)
	if err := each(tx, today, needsClasses(rules), func(sub *subject, p *Pupil) error {
		return w.put(sub.ID, p.print(sum), func() Standing { return explain(rules, p) })
	}); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return err
	}
	return markFresh(tx)
}

func needsClasses(rules []dated) bool {
	for _, r := range rules {
		if slices.Contains(r.rule.Needs(), "in_class") {
			return true
		}
	}
	return false
}

func fingerprint(rules []dated) uint64 {
	h := fnv.New64a()
	for _, r := range rules {
		_, _ = h.Write([]byte(r.Code + "\x00" + r.When + "\x00"))
	}
	return h.Sum64()
}

// Line is one pupil of the list, in the form of the command's --json.
type Line struct {
	Pupil   roll.PupilID `json:"-"`
	PupilID string       `json:"pupil_id"`
	UPN     string       `json:"upn"`
	Name    string       `json:"name"`
	Year    string       `json:"year"`
	IFactor int          `json:"i_factor"`
	Unknown []string     `json:"unknown"`
	Because []Because    `json:"because"`

	SortKey string   `json:"-"`
	Met     []string `json:"-"`
}

// Basis says where a list comes from.
type Basis struct {
	Day     string
	Kept    bool // the list as it was shown on that day; otherwise it was worked out now from what is dated on or before it
	Rules   []RuleText
	Unnamed bool
}

// AsOf gives the list of a day for everyone the pass may see, the highest I factor first. Today's list is fresh. The list of a past day is the one that was
// kept, where Ajar was there; before that it is worked out from the rules and the measures dated on or before the day.
func (s *Service) AsOf(ctx context.Context, p access.Pass, day string) (out []Line, b Basis, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, b, err
	}
	if _, err := s.Refresh(ctx, p.Org()); err != nil {
		return nil, b, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if day == "" {
			day = tx.Today()
		}
		b.Day = day
		first, err := firstDay(tx)
		if err != nil {
			return err
		}
		all, err := recorded(tx)
		if err != nil {
			return err
		}
		b.Rules = inForce(all, day)
		if day >= first && day <= tx.Today() {
			b.Kept = true
			out, err = kept(tx, day)
			return err
		}
		out, err = workedOut(tx, day, b.Rules)
		return err
	})
	slices.SortStableFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.IFactor, a.IFactor), cmp.Compare(a.SortKey, b.SortKey), cmp.Compare(a.PupilID, b.PupilID))
	})
	return out, b, err
}

// workedOut makes the list of a day for which none was kept.
func workedOut(tx *db.Tx, day string, texts []RuleText) (out []Line, err error) {
	rules, err := Compiled(texts)
	if err != nil {
		return nil, err
	}
	seen, err := inSight(tx)
	if err != nil {
		return nil, err
	}
	err = each(tx, day, needsClasses(rules), func(sub *subject, p *Pupil) error {
		if seen != nil && !seen[sub.ID] {
			return nil
		}
		st := explain(rules, p)
		out = append(out, Line{Pupil: sub.ID, PupilID: sub.LocalID, UPN: sub.UPN, Name: sub.name(), Year: sub.Year, IFactor: st.IFactor,
			Unknown: nonNil(st.Unknown), Because: st.Because, SortKey: sub.SortKey, Met: st.Met})
		return nil
	})
	return out, err
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// Change is what a change of rules would do to one pupil.
type Change struct {
	Pupil   roll.PupilID `json:"-"`
	PupilID string       `json:"pupil_id"`
	Name    string       `json:"name"`
	Year    string       `json:"year"`
	Before  int          `json:"before"`
	After   int          `json:"after"`
	Added   []string     `json:"added"`
	Removed []string     `json:"removed"`
}

// Trial is what a change of rules would do to a school.
type Trial struct {
	Pupils    int            `json:"pupils"`
	Up        int            `json:"up"`
	Down      int            `json:"down"`
	Unchanged int            `json:"unchanged"`
	Before    map[string]int `json:"before"` // pupils by I factor
	After     map[string]int `json:"after"`
	Changes   []Change       `json:"changes"`
}

// Try shows what a set of rules would change, and changes nothing.
func (s *Service) Try(ctx context.Context, p access.Pass, list []RuleText) (t Trial, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return t, err
	}
	rules, err := Compiled(list)
	if err != nil {
		return t, err
	}
	t = Trial{Before: map[string]int{}, After: map[string]int{}, Changes: []Change{}}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		now, err := rulesOn(tx, tx.Today())
		if err != nil {
			return err
		}
		seen, err := inSight(tx)
		if err != nil {
			return err
		}
		return each(tx, tx.Today(), needsClasses(now) || needsClasses(rules), func(sub *subject, pu *Pupil) error {
			if seen != nil && !seen[sub.ID] {
				return nil
			}
			before, _ := decide(now, pu)
			after, _ := decide(rules, pu)
			t.Pupils++
			t.Before[number(len(before))]++
			t.After[number(len(after))]++
			c := Change{Pupil: sub.ID, PupilID: sub.LocalID, Name: sub.name(), Year: sub.Year, Before: len(before), After: len(after), Added: without(after, before), Removed: without(before, after)}
			switch {
			case c.After > c.Before:
				t.Up++
			case c.After < c.Before:
				t.Down++
			default:
				t.Unchanged++
			}
			if len(c.Added)+len(c.Removed) > 0 {
				t.Changes = append(t.Changes, c)
			}
			return nil
		})
	})
	slices.SortStableFunc(t.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.After-b.Before, a.After-a.Before), cmp.Compare(a.Name, b.Name))
	})
	return t, err
}

func without(a, b []string) []string {
	out := []string{}
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
