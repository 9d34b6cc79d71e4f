package barriers

import (
	"cmp"
	"context"
	"embed"
	"hash/fnv"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

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
	out := make([]dated, 0, len(list))
	var wrong []string
	for _, r := range list {
		c, err := prepared(r.When)
		if err != nil {
			where := "The rule " + r.Code
			if r.Line > 0 {
				where = "Line " + number(r.Line) + ", rule " + r.Code
			}
			wrong = append(wrong, where+": "+err.Error()+".")
			continue
		}
		out = append(out, dated{r, c})
	}
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "%s", strings.Join(wrong, "\n"))
	}
	return out, nil
}

// ready keeps prepared rules by their text, since the same few are asked for on every page about a pupil.
var ready = struct {
	sync.Mutex
	by map[string]*Rule
}{by: map[string]*Rule{}}

// maxReady bounds what is kept; what people try out on the page of rules would otherwise pile up.
const maxReady = 2000

func prepared(when string) (*Rule, error) {
	ready.Lock()
	r := ready.by[when]
	ready.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := Compile(when)
	if err != nil {
		return nil, err
	}
	ready.Lock()
	defer ready.Unlock()
	if len(ready.by) >= maxReady {
		clear(ready.by)
	}
	ready.by[when] = r
	return r, nil
}

// inForce picks the rules that hold on a day, as far as is known now: of each code the one that began last.
func inForce(all []Recorded, day string) []RuleText {
	return latestOf(all, day, func(r Recorded) bool { return r.ReplacedMs == nil })
}

// knownOn picks the rules that held on a day by what was recorded when that day was over, for a list that was kept then.
func knownOn(all []Recorded, day string, zone *time.Location) []RuleText {
	over := func(ms int64) bool { return time.UnixMilli(ms).In(zone).Format(time.DateOnly) > day }
	return latestOf(all, day, func(r Recorded) bool { return !over(r.RecordedMs) && (r.ReplacedMs == nil || over(*r.ReplacedMs)) })
}

func latestOf(all []Recorded, day string, counts func(Recorded) bool) []RuleText {
	latest := map[string]Recorded{}
	for _, r := range all {
		if before, there := latest[r.Code]; counts(r) && r.FromOn <= day && day <= r.EndedOn && (!there || before.FromOn < r.FromOn) {
			latest[r.Code] = r
		}
	}
	out := make([]RuleText, 0, len(latest))
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

// SetRules makes the list the school's rules.
//
// A rule that is there already with the same words stays. One with other words and another day is a new version: the older one still holds for the days
// before. Without a day, a new rule holds from always and a changed one from today. The same rule of the same day with other words replaces it, and the
// old words stay in the history. A rule whose code is not in the list, and a version that would speak against the list, ends yesterday.
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
		first := map[string]string{} // the day from which the list speaks about a code
		said := map[[2]string]bool{}
		for _, r := range rules {
			r.From = fromDay(all, r.RuleText, tx.Today())
			said[[2]string{r.Code, r.From}] = true
			if before, there := first[r.Code]; !there || r.From < before {
				first[r.Code] = r.From
			}
			if err := record(tx, all, r.RuleText, &c); err != nil {
				return err
			}
		}
		for _, old := range all {
			speaks, named := first[old.Code]
			if old.ReplacedMs != nil || old.EndedOn < tx.Today() || said[[2]string{old.Code, old.FromOn}] || named && old.FromOn < speaks {
				continue
			}
			if err := endRule(tx, old); err != nil {
				return err
			}
			c.Ended++
		}
		return markStale(tx)
	})
	return c, err
}

// fromDay settles from when a rule holds whose file does not say.
func fromDay(all []Recorded, r RuleText, today string) string {
	if r.From != "" {
		return r.From
	}
	known := false
	for _, old := range all {
		if old.Code != r.Code || old.ReplacedMs != nil {
			continue
		}
		known = true
		if old.WhenText == r.When && old.Label == r.label() && old.EndedOn == roll.ForGood && old.FromOn == roll.Always {
			return roll.Always
		}
	}
	if !known {
		return roll.Always
	}
	for _, now := range inForce(all, today) {
		if now.Code == r.Code && now.When == r.When && now.Label == r.label() {
			return now.From
		}
	}
	return today
}

// PutRule adds one rule or changes it from a day on, and leaves the others alone.
func (s *Service) PutRule(ctx context.Context, p access.Pass, r RuleText) error {
	if err := p.CheckAll(Rules); err != nil {
		return err
	}
	var f fault.Fields
	if strings.TrimSpace(r.Label) == "" {
		f.Add("label", "Say in a few words what this barrier is, for example “Attendance below 85 %%”.")
	}
	if len([]rune(r.Label)) > 120 {
		f.Add("label", "Say it in at most 120 characters, so that it fits into a list.")
	}
	if !ruleCode.MatchString(r.Code) {
		f.Add("code", "Give the barrier a short code of letters, digits, dashes or underlines, for example attendance.")
	}
	if r.From != "" && !isDay(r.From) {
		f.Add("from", "Write the day from which the rule holds, like 27 3 2026.")
	}
	if _, err := prepared(r.When); err != nil {
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
		// Another request may have done it while this one waited for its turn.
		if err := takeTurn(tx); err != nil {
			return err
		}
		if fresh, err := isFresh(tx); err != nil || fresh {
			return err
		}
		return Recompute(tx)
	})
}

// upToDate runs f in a view in which today's list is the list of today.
func (s *Service) upToDate(ctx context.Context, p access.Pass, f func(*db.Tx) error) error {
	fresh := false
	if err := s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
		if fresh, err = isFresh(tx); err != nil || !fresh {
			return err
		}
		return f(tx)
	}); err != nil || fresh {
		return err
	}
	if _, err := s.Refresh(ctx, p.Org()); err != nil {
		return err
	}
	return s.DB.View(ctx, p, f)
}

// Recompute works out the standing of every pupil on the roll today and keeps what differs. Earlier standings stay as they were.
func Recompute(tx *db.Tx) error {
	rules, err := rulesOn(tx, tx.Today())
	if err != nil {
		return err
	}
	w, err := newWriter(tx)
	if err != nil {
		return err
	}
	sum := fingerprint(rules)
	if err := each(tx, tx.Today(), needsClasses(rules), func(v view) error {
		return w.put(v.sub, v.print(sum), func() Standing { return explain(rules, v.pupil) })
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

	ListName string   `json:"-"` // as it stands in a list by surname
	SortKey  string   `json:"-"`
	Met      []string `json:"-"`
}

// Basis says where a list comes from.
type Basis struct {
	Day   string
	Kept  bool // the list as it was shown on that day; otherwise it was worked out now from what is dated on or before it
	Rules []RuleText
}

// Labels gives the label of each code.
func (b Basis) Labels() map[string]string { return labels(b.Rules) }

func labels(rules []RuleText) map[string]string {
	out := make(map[string]string, len(rules))
	for _, r := range rules {
		out[r.Code] = r.Label
	}
	return out
}

// AsOf gives the list of a day for everyone the pass may see, the highest I factor first. Today's list is fresh. The list of a past day is the one that was
// kept, where Ajar was there; before that it is worked out from the rules and the measures dated on or before the day.
func (s *Service) AsOf(ctx context.Context, p access.Pass, day string) (out []Line, b Basis, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return nil, b, err
	}
	if day != "" && !isDay(day) {
		return nil, b, fault.Field("as_of", "Write the day like 2026-11-20; “%s” is none.", clipText(day))
	}
	err = s.upToDate(ctx, p, func(tx *db.Tx) error {
		if day == "" {
			day = tx.Today()
		}
		if day > tx.Today() {
			return fault.Field("as_of", "That day has not come yet. Ajar lists what is known; it does not look ahead.")
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
		if b.Kept = day >= first; b.Kept {
			b.Rules = knownOn(all, day, s.DB.Clock().Zone())
			out, err = kept(tx, day)
			return err
		}
		b.Rules = inForce(all, day)
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
	err = each(tx, day, needsClasses(rules), func(v view) error {
		if seen != nil && !seen[v.sub.ID] {
			return nil
		}
		st := explain(rules, v.pupil)
		out = append(out, Line{Pupil: v.sub.ID, PupilID: v.sub.LocalID, UPN: v.sub.UPN, Name: v.sub.name(), ListName: v.sub.listName(), Year: v.sub.Year, IFactor: st.IFactor,
			Unknown: nonNil(st.Unknown), Because: st.Because, SortKey: v.sub.SortKey, Met: st.Met})
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

	sortKey string
}

// Trial is what a change of rules would do to a school.
type Trial struct {
	Pupils    int            `json:"pupils"`
	Up        int            `json:"up"`
	Down      int            `json:"down"`
	Unchanged int            `json:"unchanged"`
	Before    map[string]int `json:"before"` // pupils by I factor
	After     map[string]int `json:"after"`
	// How many times a barrier is not known, over all pupils.
	UnknownBefore int      `json:"unknown_before"`
	UnknownAfter  int      `json:"unknown_after"`
	Changes       []Change `json:"changes"`
}

// Try shows what a set of rules would change, and changes nothing. Each code counts in the version that holds today, and one that begins later in the
// version that begins first, as it would decide by what is known today.
func (s *Service) Try(ctx context.Context, p access.Pass, list []RuleText) (t Trial, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return t, err
	}
	if _, err := Compiled(list); err != nil {
		return t, err
	}
	t = Trial{Before: map[string]int{}, After: map[string]int{}, Changes: []Change{}}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		now, err := rulesOn(tx, tx.Today())
		if err != nil {
			return err
		}
		rules, err := Compiled(oneOfEach(list, tx.Today()))
		if err != nil {
			return err
		}
		seen, err := inSight(tx)
		if err != nil {
			return err
		}
		return each(tx, tx.Today(), needsClasses(now) || needsClasses(rules), func(v view) error {
			if seen == nil || seen[v.sub.ID] {
				t.count(v, now, rules)
			}
			return nil
		})
	})
	slices.SortStableFunc(t.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.After-b.Before, a.After-a.Before), cmp.Compare(a.sortKey, b.sortKey), cmp.Compare(a.PupilID, b.PupilID))
	})
	return t, err
}

// count adds one pupil to the trial.
func (t *Trial) count(v view, now, then []dated) {
	before, notKnown := decide(now, v.pupil)
	after, stillNot := decide(then, v.pupil)
	t.Pupils++
	t.Before[number(len(before))]++
	t.After[number(len(after))]++
	t.UnknownBefore += len(notKnown)
	t.UnknownAfter += len(stillNot)
	c := Change{Pupil: v.sub.ID, PupilID: v.sub.LocalID, Name: v.sub.name(), Year: v.sub.Year, Before: len(before), After: len(after),
		Added: without(after, before), Removed: without(before, after), sortKey: v.sub.SortKey}
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
}

// TryRule is Try for one rule put or changed beside the others; with an empty expression, for the rule of that code ended.
func (s *Service) TryRule(ctx context.Context, p access.Pass, r RuleText) (t Trial, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return t, err
	}
	var list []RuleText
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		all, err := recorded(tx)
		for _, now := range inForce(all, tx.Today()) {
			if now.Code != r.Code {
				list = append(list, now)
			}
		}
		return err
	})
	if err != nil {
		return t, err
	}
	if r.When != "" {
		list = append(list, r)
	}
	return s.Try(ctx, p, list)
}

// oneOfEach leaves one version of each code: the latest that has begun, or else the first that will.
func oneOfEach(list []RuleText, today string) []RuleText {
	best := map[string]RuleText{}
	var order []string
	for _, r := range list {
		b, there := best[r.Code]
		if !there {
			order = append(order, r.Code)
		}
		begun := r.From <= today
		switch {
		case !there, begun && (b.From > today || r.From > b.From), !begun && b.From > today && r.From < b.From:
			best[r.Code] = r
		}
	}
	out := make([]RuleText, 0, len(order))
	for _, code := range order {
		out = append(out, best[code])
	}
	return out
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
