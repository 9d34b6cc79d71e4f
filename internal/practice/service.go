package practice

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/plans"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "practice", Files: sub}
}

// Service is what can be done with registers, the ladder and stories.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
}

// New makes the service and offers its gaps to plans.
func New(d *db.DB, r *roll.Service, p *plans.Service) *Service {
	p.Offer(plans.Offer{Key: "practice", Title: "Policies and roles", Gaps: gaps})
	return &Service{DB: d, Roll: r}
}

// gaps are the policies that nobody has looked at for a year, and the roles without the duty.
func gaps(tx *db.Tx) (out []plans.Gap, err error) {
	list, err := policies(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if !p.Due(tx.Today()) {
			continue
		}
		why := "Nobody has looked at it since it came into the register."
		if p.LastOn != "" {
			why = "It was last looked at on " + roll.DayInWords(p.LastOn) + "."
		}
		out = append(out, plans.Gap{Source: plans.Source{Kind: "policy", Key: p.ID.String(), Words: "Policy: " + p.Title, Link: "/policies/" + p.ID.String()}, Theme: "Policies", Why: why,
			Suggest: []string{"Read “" + p.Title + "” with five parents, and find what stands in their way", "Rewrite “" + p.Title + "” on one page in plain words, and try it on parents"}, Measure: "It was reviewed, parents were asked, and each barrier has gone or has a date"})
	}
	roles, err := duties(tx)
	if err != nil {
		return nil, err
	}
	if c := CountDuties(roles); c.No > 0 {
		out = append(out, plans.Gap{Source: plans.Source{Kind: "duty", Key: "no", Words: "Working with families is not in every job description", Link: "/duties"}, Theme: "Staff", Why: c.Words(),
			Suggest: []string{"Put working with families into the job description of each new post", "Talk with staff about what it means in their own role, and write it in at the next review"}, Measure: "All roles of the register have it"})
	}
	return out, nil
}

const longest = 1000

func tooLong(f *fault.Fields, name, text string, n int) {
	if len([]rune(text)) > n {
		f.Add(name, "This is too long: there is room for %d characters.", n)
	}
}

func isDay(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil }

// Overview is the first page.
type Overview struct {
	Today    string
	Policies int
	Due      int
	Duties   DutyCount
	Acts     int
	Stories  int // published
	Waiting  int // drafts of whoever may publish, or one's own
	Reads    bool
}

// Overview counts what is in each register.
func (s *Service) Overview(ctx context.Context, p access.Pass) (o Overview, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		o.Today = tx.Today()
		list, err := policies(tx)
		if err != nil {
			return err
		}
		o.Policies = len(list)
		for _, x := range list {
			if x.Due(o.Today) {
				o.Due++
			}
		}
		d, err := duties(tx)
		if err != nil {
			return err
		}
		o.Duties = CountDuties(d)
		a, err := activities(tx)
		if err != nil {
			return err
		}
		o.Acts = len(a)
		all, err := stories(tx)
		for _, x := range all {
			if x.State == "published" {
				o.Stories++
			} else if x.State == "draft" && mayRead(tx, x) {
				o.Waiting++
			}
		}
		return err
	})
	return o, err
}

// PolicyView is one policy with its reviews.
type PolicyView struct {
	Policy
	Today   string
	Reviews []Review
	MayKeep bool
}

// Policies lists the register, those longest not looked at first.
func (s *Service) Policies(ctx context.Context, p access.Pass) (out []Policy, today string, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, "", err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		today = tx.Today()
		if out, err = policies(tx); err != nil || p.Scope(See) >= access.Own {
			return err
		}
		var texts []*string // figures only: nobody is named
		for i := range out {
			out[i].OwnerID, out[i].OwnerName = nil, ""
			texts = append(texts, &out[i].Title, &out[i].Barriers)
		}
		return roll.WithoutNames(tx, texts...)
	})
	return out, today, err
}

// Policy opens one.
func (s *Service) Policy(ctx context.Context, p access.Pass, id ids.ID[Policy]) (v PolicyView, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v.Today, v.MayKeep = tx.Today(), p.Has(Keep)
		if v.Policy, err = policyByID(tx, id); err != nil {
			return err
		}
		v.Reviews, err = reviewsOf(tx, id)
		return err
	})
	return v, err
}

// keeping is the frame of verbs that keep a register.
func (s *Service) keeping(ctx context.Context, p access.Pass, f func(*db.Tx) error) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, f)
}

// PutPolicy adds a policy to the register, or changes its name and owner.
func (s *Service) PutPolicy(ctx context.Context, p access.Pass, x Policy) (id ids.ID[Policy], err error) {
	x.Title = strings.TrimSpace(x.Title)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if x.Title == "" {
			f.Add("title", "Write what the policy is called.")
		}
		tooLong(&f, "title", x.Title, 200)
		if err := f.Err(); err != nil {
			return err
		}
		if x.OwnerID != nil {
			list, err := roll.People(tx)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(list, func(c roll.Staff) bool { return c.ID == *x.OwnerID }) {
				return fault.Field("owner", "Choose a colleague from the list.")
			}
		}
		if x.ID == 0 {
			x.ID = ids.New[Policy]()
		} else if _, err := policyByID(tx, x.ID); err != nil {
			return err
		}
		id = x.ID
		return putPolicy(tx, x)
	})
	return id, err
}

// Reviewed writes down that a policy was looked at: whether parents were consulted, and which barriers were found in it.
func (s *Service) Reviewed(ctx context.Context, p access.Pass, r Review) error {
	r.Barriers = strings.TrimSpace(r.Barriers)
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := policyByID(tx, r.PolicyID); err != nil {
			return err
		}
		var f fault.Fields
		if !isDay(r.OnDay) || r.OnDay > tx.Today() {
			f.Add("on", "Write the day on which it was looked at.")
		}
		if !slices.Contains([]string{"yes", "no", "unknown"}, r.Consulted) {
			f.Add("consulted", "Say whether parents were consulted.")
		}
		if r.Barriers == "" {
			f.Add("barriers", "Write which barriers to families were found, or “none found”.")
		}
		tooLong(&f, "barriers", r.Barriers, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertReview(tx, r)
	})
}

// DropPolicy takes a policy off the register, or puts it back.
func (s *Service) DropPolicy(ctx context.Context, p access.Pass, id ids.ID[Policy], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := policyByID(tx, id); err != nil {
			return err
		}
		return removePolicy(tx, id, stamp(tx, off))
	})
}

func stamp(tx *db.Tx, off bool) *int64 {
	if !off {
		return nil
	}
	now := tx.Now()
	return &now
}

// Duties lists the roles of staff.
func (s *Service) Duties(ctx context.Context, p access.Pass) (out []Duty, c DutyCount, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = duties(tx)
		c = CountDuties(out)
		if err != nil || p.Scope(See) >= access.Own {
			return err
		}
		var texts []*string
		for i := range out {
			out[i].ByName = ""
			texts = append(texts, &out[i].Title, &out[i].Note)
		}
		return roll.WithoutNames(tx, texts...)
	})
	return out, c, err
}

// PutDuty adds a role to the register, or changes it.
func (s *Service) PutDuty(ctx context.Context, p access.Pass, d Duty) (id ids.ID[Duty], err error) {
	d.Title, d.Note = strings.TrimSpace(d.Title), strings.TrimSpace(d.Note)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if d.Title == "" {
			f.Add("title", "Write what the role is called, such as “Teaching assistant”.")
		}
		if !slices.Contains([]string{"yes", "no", "unknown"}, d.Duty) {
			f.Add("duty", "Say whether the job description has it. “Not known” is an answer too.")
		}
		tooLong(&f, "title", d.Title, 200)
		tooLong(&f, "note", d.Note, longest)
		if err := f.Err(); err != nil {
			return err
		}
		if d.ID == 0 {
			d.ID = ids.New[Duty]()
		} else if _, err := dutyByID(tx, d.ID); err != nil {
			return err
		}
		id = d.ID
		return putDuty(tx, d)
	})
	return id, err
}

// DropDuty takes a role off the register, or puts it back.
func (s *Service) DropDuty(ctx context.Context, p access.Pass, id ids.ID[Duty], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := dutyByID(tx, id); err != nil {
			return err
		}
		return removeDuty(tx, id, stamp(tx, off))
	})
}

// Depth is how deep parents took part in one activity, as staff say and, apart, as parents say.
type Depth struct {
	Activity
	Staff   Spread
	Parents Spread // empty where fewer than five have answered
	Few     bool   // some parents have answered, and fewer than five
	Shares  []Shared
	Highest Rung
	Own     Rung // what the person of the pass has chosen
}

// Term is the spread over all activities of a term.
type Term struct {
	Label   string
	From    string
	Acts    int
	Staff   Spread
	Parents Spread
	Few     bool
}

// Participation is the page of how deep parents take part.
type Participation struct {
	Today   string
	List    []Depth
	Terms   []Term // the earliest first
	MayKeep bool
	MayRate bool
}

// Participation reads the activities with their spreads, and the spread over time. There is no mean and no score: a rung is not a number.
func (s *Service) Participation(ctx context.Context, p access.Pass) (v Participation, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v.Today, v.MayKeep, v.MayRate = tx.Today(), p.Has(Keep), p.Has(Rate)
		v.List, err = depths(tx)
		if err != nil {
			return err
		}
		v.Terms = terms(v.List)
		var texts []*string
		for i := range v.List {
			d := &v.List[i]
			d.hideFew()
			texts = append(texts, &d.Title, &d.Outcome)
			for j := range d.Shares {
				texts = append(texts, &d.Shares[j].What, &d.Shares[j].ByName)
			}
		}
		if p.Scope(See) >= access.Own {
			return nil
		}
		return roll.WithoutNames(tx, texts...)
	})
	return v, err
}

func depths(tx *db.Tx) (out []Depth, err error) {
	list, err := activities(tx)
	if err != nil {
		return nil, err
	}
	chosen, err := rungs(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		d := Depth{Activity: a}
		for _, r := range chosen {
			switch {
			case r.ActivityID != a.ID || r.Rung < 1 || r.Rung > 8:
			case r.Side == "staff":
				d.Staff[r.Rung-1] += r.N
			default:
				d.Parents[r.Rung-1] += r.N
			}
		}
		if d.Shares, err = sharesOf(tx, a.ID); err != nil {
			return nil, err
		}
		d.Highest = Highest(a, len(d.Shares))
		if w := tx.Pass().Who().Staff; w != 0 {
			if d.Own, err = own(tx, a.ID, roll.StaffID(w)); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// hideFew keeps what fewer than five parents said to itself.
func (d *Depth) hideFew() {
	if n := d.Parents.N(); n > 0 && n < FewestParents {
		d.Parents, d.Few = Spread{}, true
	}
}

// terms adds up by term. Of parents only activities with five answers or more are in it, so that the answers of one meeting can't be worked out.
func terms(list []Depth) (out []Term) {
	for _, d := range list {
		label := termOf(d.OnDay)
		at := slices.IndexFunc(out, func(t Term) bool { return t.Label == label })
		if at < 0 {
			at = len(out)
			out = append(out, Term{Label: label, From: d.OnDay})
		}
		t := &out[at]
		t.From = min(t.From, d.OnDay)
		t.Acts++
		n := d.Parents.N()
		for i := range 8 {
			t.Staff[i] += d.Staff[i]
			if n >= FewestParents {
				t.Parents[i] += d.Parents[i]
			}
		}
		t.Few = t.Few || n > 0 && n < FewestParents
	}
	slices.SortFunc(out, func(a, b Term) int { return strings.Compare(a.From, b.From) })
	return out
}

func termOf(day string) string {
	if len(day) < 10 {
		return day
	}
	switch d := day[5:]; {
	case d >= "08-20":
		return "Autumn " + day[:4]
	case d < "04-12":
		return "Spring " + day[:4]
	}
	return "Summer " + day[:4]
}

// Activity opens one activity.
func (s *Service) Activity(ctx context.Context, p access.Pass, id ids.ID[Activity]) (d Depth, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return d, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := depths(tx)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == id {
				x.hideFew()
				d = x
				return nil
			}
		}
		return fault.Gone("activity")
	})
	return d, err
}

// PutActivity adds an activity, or changes it. An outcome can't be published over tags that say more than it bears out.
func (s *Service) PutActivity(ctx context.Context, p access.Pass, a Activity) (id ids.ID[Activity], err error) {
	a.Title, a.Outcome = strings.TrimSpace(a.Title), strings.TrimSpace(a.Outcome)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if a.Title == "" {
			f.Add("title", "Write what it is called.")
		}
		if !slices.ContainsFunc(Kinds, func(k struct{ Key, Words string }) bool { return k.Key == a.Kind }) {
			f.Add("kind", "Choose what kind it is.")
		}
		if !isDay(a.OnDay) {
			f.Add("on", "Write the day, or the first of several.")
		}
		if a.PublishedOn != "" && !isDay(a.PublishedOn) {
			f.Add("published_on", "Write the day, like 1/12/2026, or leave it empty.")
		}
		if a.PublishedOn != "" && a.Outcome == "" {
			f.Add("outcome", "Write what came of it, as parents could read it.")
		}
		tooLong(&f, "title", a.Title, 200)
		tooLong(&f, "outcome", a.Outcome, longest)
		if err := f.Err(); err != nil {
			return err
		}
		if a.ID == 0 {
			a.ID = ids.New[Activity]()
		} else {
			if _, err := activityByID(tx, a.ID); err != nil {
				return err
			}
			if err := bearsOut(tx, a, 0); err != nil {
				return err
			}
		}
		id = a.ID
		return putActivity(tx, a)
	})
	return id, err
}

// bearsOut refuses what would leave a tag standing that the record no longer bears out. less is how many shares are about to go.
func bearsOut(tx *db.Tx, a Activity, less int) error {
	shares, err := sharesOf(tx, a.ID)
	if err != nil {
		return err
	}
	top, err := highestRung(tx, a.ID)
	if err != nil {
		return err
	}
	if top > Highest(a, len(shares)-less) {
		return fault.New(fault.Conflict, "Somebody has said that a decision was shared here. Record which decision parents voted on or took part in; without it, what was published is a consultation and no more.")
	}
	return nil
}

// DropActivity takes an activity off the list, or puts it back.
func (s *Service) DropActivity(ctx context.Context, p access.Pass, id ids.ID[Activity], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, id); err != nil {
			return err
		}
		return removeActivity(tx, id, stamp(tx, off))
	})
}

// ShareDecision records that parents voted or decided.
func (s *Service) ShareDecision(ctx context.Context, p access.Pass, x Shared) error {
	x.What = strings.TrimSpace(x.What)
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, x.ActivityID); err != nil {
			return err
		}
		var f fault.Fields
		if !slices.ContainsFunc(ShareHow, func(h struct{ Key, Words string }) bool { return h.Key == x.How }) {
			f.Add("how", "Choose how it was decided.")
		}
		if x.What == "" {
			f.Add("what", "Write what was decided.")
		}
		if !isDay(x.OnDay) || x.OnDay > tx.Today() {
			f.Add("decided_on", "Write the day on which it was decided.")
		}
		tooLong(&f, "what", x.What, longest)
		if err := f.Err(); err != nil {
			return err
		}
		return insertShare(tx, x)
	})
}

// UnshareDecision takes such a record back, where no tag rests on it.
func (s *Service) UnshareDecision(ctx context.Context, p access.Pass, id ids.ID[Activity], share ids.ID[Shared]) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		a, err := activityByID(tx, id)
		if err != nil {
			return err
		}
		if err := bearsOut(tx, a, 1); err != nil {
			return err
		}
		n, err := dropShare(tx, id, share)
		if err == nil && n == 0 {
			err = fault.Gone("record")
		}
		return err
	})
}

// RateAsStaff says how deep parents took part, as the member of staff of the pass sees it. Choosing again changes one's own.
func (s *Service) RateAsStaff(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	return s.rate(ctx, p, id, r, func(tx *db.Tx) error {
		w := roll.StaffID(p.Who().Staff)
		if w == 0 {
			return fault.New(fault.Forbidden, "This is for members of staff.")
		}
		return putStaffRung(tx, id, w, r)
	})
}

// RateForParent keys in what one parent said on paper. No name is kept with it, and staff's own view is not mixed with it.
func (s *Service) RateForParent(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	return s.rate(ctx, p, id, r, func(tx *db.Tx) error { return addParentRung(tx, id, r) })
}

func (s *Service) rate(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung, keep func(*db.Tx) error) error {
	if err := p.CheckAll(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := activityByID(tx, id)
		if err != nil {
			return err
		}
		shares, err := sharesOf(tx, id)
		if err != nil {
			return err
		}
		if err := MayBe(r, a, len(shares)); err != nil {
			return err
		}
		return keep(tx)
	})
}

// UnrateForParent takes one keyed-in answer back.
func (s *Service) UnrateForParent(ctx context.Context, p access.Pass, id ids.ID[Activity], r Rung) error {
	if err := p.CheckAll(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := activityByID(tx, id); err != nil {
			return err
		}
		n, err := dropParentRung(tx, id, r)
		if err == nil && n == 0 {
			err = fault.Field("rung", "No such answer has been keyed in.")
		}
		return err
	})
}

// mayRead tells whether a story is for the person of the pass: a published one for everyone who may see; a draft for its author and who publishes.
func mayRead(tx *db.Tx, s Story) bool {
	p := tx.Pass()
	if s.State == "published" || p.Scope(Publish) == access.All {
		return true
	}
	return s.AuthorID != nil && int64(*s.AuthorID) == p.Who().Staff
}

// StoryView is a story with what was found in it.
type StoryView struct {
	Story
	Found      []Finding
	MayChange  bool
	MayPublish bool
	Looked     bool // a person has looked through exactly these words
}

// Stories lists the stories that are for the person of the pass, narrowed by a tag where one is given.
func (s *Service) Stories(ctx context.Context, p access.Pass, tag string) (out []Story, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := stories(tx)
		for _, x := range list {
			if mayRead(tx, x) && (tag == "" || slices.ContainsFunc([]string{x.Theme, x.Phase, x.Context, x.Objective}, func(t string) bool { return strings.EqualFold(t, tag) })) {
				out = append(out, x)
			}
		}
		return err
	})
	return out, err
}

// Story opens one.
func (s *Service) Story(ctx context.Context, p access.Pass, id StoryID) (v StoryView, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v, err = storyView(tx, id)
		return err
	})
	return v, err
}

func storyView(tx *db.Tx, id StoryID) (v StoryView, err error) {
	if v.Story, err = storyByID(tx, id); err != nil {
		return v, err
	}
	if !mayRead(tx, v.Story) {
		return StoryView{}, fault.Gone("story")
	}
	p := tx.Pass()
	v.MayPublish = p.Scope(Publish) == access.All
	v.MayChange = p.Scope(Tell) == access.All || p.Scope(Tell) == access.Own && v.AuthorID != nil && int64(*v.AuthorID) == p.Who().Staff
	if !v.MayChange && !v.MayPublish {
		v.ByName, v.ConfirmedBy, v.ConfirmedWhy, v.ConsentHow = "", "", "", ""
		return v, nil
	}
	names, err := roll.NamesIn(tx, v.texts()...)
	v.Found, v.Looked = Known(names, v.texts()...), v.Confirmed == v.print()
	return v, err
}

// PutStory writes a story, or changes one: id 0 makes a new one. What was confirmed for other words no longer holds, and a published story whose words
// change is a draft again.
func (s *Service) PutStory(ctx context.Context, p access.Pass, x Story, seen int) (id StoryID, err error) {
	if _, err := p.CheckNamed(Tell); err != nil {
		return 0, err
	}
	for _, t := range []*string{&x.Title, &x.Situation, &x.Did, &x.Changed, &x.Learned, &x.Theme, &x.Phase, &x.Context, &x.Objective, &x.ConsentHow, &x.StatedWords, &x.StatedBy} {
		*t = strings.TrimSpace(*t)
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := x.judge(tx.Today()); err != nil {
			return err
		}
		if x.ID == 0 {
			x.ID = ids.New[Story]()
			if w := p.Who().Staff; w != 0 {
				author := roll.StaffID(w)
				x.AuthorID = &author
			}
			id = x.ID
			return insertStory(tx, x)
		}
		was, err := storyView(tx, x.ID)
		if err != nil {
			return err
		}
		if !was.MayChange {
			return access.Denied()
		}
		id = x.ID
		x.State, x.PublishedMs, x.Confirmed, x.ConfirmedBy, x.ConfirmedWhy, x.Version = was.State, was.PublishedMs, was.Confirmed, was.ConfirmedBy, was.ConfirmedWhy, seen
		if x.print() != was.print() || x.Consent != "given" && x.Family {
			x.State, x.PublishedMs, x.Confirmed, x.ConfirmedBy, x.ConfirmedWhy = "draft", nil, "", "", ""
		}
		return write(tx, x)
	})
	return id, err
}

func write(tx *db.Tx, x Story) error {
	ok, err := updateStory(tx, x)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "This story was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
	}
	return err
}

func (s Story) judge(today string) error {
	var f fault.Fields
	for _, x := range [][3]string{{"title", s.Title, "Give the story a name."}, {"situation", s.Situation, "Write how it was before."}, {"did", s.Did, "Write what you did."}, {"changed", s.Changed, "Write what changed, and how you know. If you don't know, say so."}} {
		if x[1] == "" {
			f.Add(x[0], "%s", x[2])
		}
		tooLong(&f, x[0], x[1], 4000)
	}
	tooLong(&f, "learned", s.Learned, 4000)
	for name, text := range map[string]string{"theme": s.Theme, "phase": s.Phase, "context": s.Context, "objective": s.Objective, "stated_words": s.StatedWords, "stated_by": s.StatedBy, "consent_how": s.ConsentHow} {
		tooLong(&f, name, text, 200)
	}
	if !slices.Contains([]string{"unasked", "given", "refused"}, s.Consent) {
		f.Add("consent", "Say whether the family has agreed.")
	}
	if s.Family && s.Consent == "given" {
		if !isDay(s.ConsentOn) || s.ConsentOn > today {
			f.Add("consent_on", "Write the day on which they agreed.")
		}
		if s.ConsentHow == "" {
			f.Add("consent_how", "Write who agreed to which words, and how: for example “both parents read it and signed”.")
		}
	}
	if s.Stated != nil && (*s.Stated < 0 || s.StatedBy == "") {
		f.Add("stated_by", "Write which source states that number.")
	}
	return f.Err()
}

// Confirm says that a person has looked through the words of a story and that nobody can be known by them, and why what was found may stand.
func (s *Service) Confirm(ctx context.Context, p access.Pass, id StoryID, why string) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		var f fault.Fields
		if why == "" {
			f.Add("why", "Write why it may stand: for example “Grace is the name of the room, not of a child”.")
		}
		tooLong(&f, "why", why, longest)
		if err := f.Err(); err != nil {
			return err
		}
		v.Confirmed, v.ConfirmedBy, v.ConfirmedWhy = v.print(), p.Who().Name, why
		if err := write(tx, v.Story); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "story", Key: int64(id), Words: "A story was looked through: nobody can be known by it."})
	})
}

// PublishStory lets everyone here read it, and who comes from outside. It waits for consent, and for a person to look where something was found.
func (s *Service) PublishStory(ctx context.Context, p access.Pass, id StoryID) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		if err := MayPublish(v.Story, v.Found); err != nil {
			return err
		}
		now := tx.Now()
		v.State, v.PublishedMs = "published", &now
		return write(tx, v.Story)
	})
}

// Withdraw takes a story back, such as when a family no longer wants it told.
func (s *Service) Withdraw(ctx context.Context, p access.Pass, id StoryID) error {
	if err := p.CheckAll(Publish); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		v.State, v.PublishedMs = "withdrawn", nil
		return write(tx, v.Story)
	})
}

// Read counts that a published story was read. The button does it, not the page: a page that is only looked at changes nothing.
func (s *Service) Read(ctx context.Context, p access.Pass, id StoryID) error {
	return s.used(ctx, p, id, "view", "")
}

// Requested counts that somebody asked for a story.
func (s *Service) Requested(ctx context.Context, p access.Pass, id StoryID, whom string) error {
	whom = strings.TrimSpace(whom)
	var f fault.Fields
	if whom == "" {
		f.Add("whom", "Write which school or organisation asked. A name of a person is not needed.")
	}
	tooLong(&f, "whom", whom, 200)
	if err := f.Err(); err != nil && p.Has(See) {
		if _, gone := s.Story(ctx, p, id); gone != nil {
			return gone
		}
		return err
	}
	return s.used(ctx, p, id, "request", whom)
}

func (s *Service) used(ctx context.Context, p access.Pass, id StoryID, kind, whom string) error {
	if _, err := p.Check(See); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := storyView(tx, id)
		if err != nil {
			return err
		}
		if v.State != "published" {
			return nil
		}
		return insertUse(tx, id, kind, whom)
	})
}

// Colleagues lists who can look after a policy.
func (s *Service) Colleagues(ctx context.Context, p access.Pass) (out []roll.Staff, err error) {
	if err := p.CheckAll(Keep); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = roll.People(tx)
		return err
	})
	return out, err
}
