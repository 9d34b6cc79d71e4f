package audit

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "audit", Files: sub}
}

// Service is what can be done with audits.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	// Sources list what is in Ajar already and can serve as evidence; app fills it from the rooms beside this one.
	Sources []func(ctx context.Context, p access.Pass) ([]Source, error)
	// Deeds list what was done about criteria; app fills it from the plan.
	Deeds []func(tx *db.Tx) ([]Deed, error)

	// Gives tells whether an organisation lets another have its figures at all; internal/sharing knows. Without it nothing goes up.
	Gives func(ctx context.Context, from, to roll.OrgID) (bool, error)

	// Helps lists the schools nearby that offer help with a criterion, and Helped who has helped whom; the room of peer support gives both through app.
	Helps  func(ctx context.Context, p access.Pass, f Framework, c Criterion) ([]Help, error)
	Helped func(ctx context.Context, p access.Pass) ([]Helped, error)
	// UsedIn counts the uses of evidence in rooms above.
	UsedIn []Uses

	keeper worry.Keeper // knows which sentences somebody has just said are no worry; see Keeping
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service {
	r.OnMerge(roll.MergePart{Name: "audit", Adults: []roll.MergeColumn{
		{Table: "audit_turn", Column: "adult_id", Unique: []string{"audit_id"}, Prefer: "adult_id", One: "audit handed in", Many: "audits handed in"}}})
	return &Service{DB: d, Roll: r}
}

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety.
func (s *Service) Keeping(texts ...string) *Service {
	out := *s
	out.keeper = worry.Confirmed(texts...)
	return &out
}

const longest = 4000

// one loads an audit with the version of the framework that it is under.
func one(tx *db.Tx, id AuditID) (a Audit, f Framework, err error) {
	a, found, err := auditByID(tx, id)
	if err != nil {
		return a, f, err
	}
	if !found {
		return a, f, fault.Gone("audit")
	}
	f, _, err = framework(tx, a.Framework, a.Version)
	return a, f, err
}

// read are frameworks that were read a short while ago, by their text: a page reads one several times, and a file takes milliseconds.
var read struct {
	sync.Mutex
	by map[string]Framework
}

// mostRead is how many of them are kept at a time.
const mostRead = 64

// kept reads a framework that was checked when it was brought in.
func kept(body string) (Framework, error) {
	read.Lock()
	f, found := read.by[body]
	read.Unlock()
	if found {
		return f, nil
	}
	f, err := Parse([]byte(body))
	if err != nil {
		return f, err
	}
	read.Lock()
	defer read.Unlock()
	if read.by == nil || len(read.by) >= mostRead {
		read.by = map[string]Framework{}
	}
	read.by[body] = f
	return f, nil
}

// framework reads a version as the organisation has it, or as it comes with Ajar.
func framework(tx *db.Tx, code, version string) (Framework, string, error) {
	body, found, err := frameworkBody(tx, code, version)
	if err != nil {
		return Framework{}, "", err
	}
	own := found
	if !found {
		if body, found = shippedText(code, version); !found {
			return Framework{}, "", fault.Gone("framework")
		}
	}
	f, err := kept(body)
	if err != nil {
		return f, "", fault.Wrap(fault.Internal, err, "The framework %s, version %s, can't be read.", code, version)
	}
	_, ships := shippedText(code, version)
	f.Shipped = ships || !own
	return f, body, nil
}

// frameworks lists every version there is: the organisation's and those that come with Ajar, the newest version of each code first.
func frameworks(tx *db.Tx) (out []Framework, err error) {
	rows, err := frameworkRows(tx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var own []Framework
	for _, r := range slices.Backward(rows) {
		f, err := kept(r.Body)
		if err != nil {
			return nil, err
		}
		_, f.Shipped = shippedText(r.Code, r.Version)
		seen[r.Code+"\x00"+r.Version] = true
		own = append(own, f)
	}
	// Those of ours that no audit has used yet come as new; what a school brought in itself goes first within its code.
	for _, f := range Shipped() {
		out = append(out, f)
		for _, o := range own {
			if o.Code == f.Code && o.Version != f.Version {
				out = append(out, o)
			}
		}
	}
	for _, o := range own {
		if !slices.ContainsFunc(out, func(x Framework) bool { return x.Code == o.Code && x.Version == o.Version }) {
			out = append(out, o)
		}
	}
	return out, nil
}

// Frameworks lists every version of every framework that can be used here.
func (s *Service) Frameworks(ctx context.Context, p access.Pass) (out []Framework, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = frameworks(tx)
		return err
	})
	return out, err
}

// Framework opens one version, with the text of its file.
func (s *Service) Framework(ctx context.Context, p access.Pass, code, version string) (f Framework, text string, err error) {
	if _, err := p.Check(See); err != nil {
		return f, "", err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if version == "" {
			if version, err = newest(tx, code); err != nil {
				return err
			}
		}
		f, text, err = framework(tx, code, version)
		return err
	})
	return f, text, err
}

// newest is the version of a framework that a new audit takes: the one brought in last, else the one that comes with Ajar.
func newest(tx *db.Tx, code string) (string, error) {
	rows, err := frameworkRows(tx)
	if err != nil {
		return "", err
	}
	best, at := "", int64(-1)
	for _, r := range rows {
		if _, ours := shippedText(r.Code, r.Version); r.Code == code && !ours && r.MadeMs >= at {
			best, at = r.Version, r.MadeMs
		}
	}
	if best != "" {
		return best, nil
	}
	for _, f := range Shipped() {
		if f.Code == code {
			return f.Version, nil
		}
	}
	return "", fault.Gone("framework")
}

// BringIn keeps a framework's file. A version never changes: the same text again is the same, and another text under the same version is refused.
func (s *Service) BringIn(ctx context.Context, p access.Pass, text string) (f Framework, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return f, err
	}
	if f, err = Parse([]byte(text)); err != nil {
		return f, fault.Field("file", "The file is not right, so nothing was kept. %s", err.Error())
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		kept, found, err := frameworkBody(tx, f.Code, f.Version)
		if err != nil {
			return err
		}
		if !found {
			kept, found = shippedText(f.Code, f.Version)
		}
		switch {
		case found && kept == text:
			return nil
		case found:
			return fault.Field("file", "There is a version %s of %s already, with another text. Give this file a version of its own: audits stay under the words with which they were made.", f.Version, f.Code)
		}
		return putFramework(tx, f, text)
	})
	return f, err
}

// Start begins an audit.
func (s *Service) Start(ctx context.Context, p access.Pass, in Setup) (id AuditID, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return 0, err
	}
	if in.Scope == "" {
		o, err := s.Roll.OrgByID(ctx, roll.OrgID(p.Org()))
		if err != nil {
			return 0, err
		}
		in.Scope = ScopeOf(o.Type)
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, f, body, err := s.begin(tx, in)
		if err != nil {
			return err
		}
		if err := putFramework(tx, f, body); err != nil {
			return err
		}
		if err := insertAudit(tx, a); err != nil {
			return err
		}
		id = a.ID
		return carryInto(tx, a, f)
	})
	return id, err
}

// ScopeOf is what an audit of an organisation of a type is about.
func ScopeOf(orgType string) string {
	switch orgType {
	case "school":
		return School
	case "centre":
		return Centre
	}
	return Cluster
}

// begin checks what was asked for.
func (s *Service) begin(tx *db.Tx, in Setup) (a Audit, f Framework, body string, err error) {
	var wrong fault.Fields
	if in.Opens == "" {
		in.Opens = tx.Today()
	}
	if in.Closes == "" {
		in.Closes = plusDays(in.Opens, 28)
	}
	if _, bad := time.Parse(time.DateOnly, in.Opens); bad != nil {
		wrong.Add("opens", "Give the first day, like 2026-11-30.")
	}
	if _, bad := time.Parse(time.DateOnly, in.Closes); bad != nil {
		wrong.Add("closes", "Give the last day, like 2026-12-18.")
	} else if in.Closes < in.Opens {
		wrong.Add("closes", "The last day lies before the first.")
	} else if in.Closes < tx.Today() {
		wrong.Add("closes", "The last day has passed already.")
	}
	if !slices.Contains(Scopes, in.Scope) {
		wrong.Add("scope", "Choose what the audit is about: a school, a centre or a cluster.")
	}
	in.Title = strings.TrimSpace(in.Title)
	if len([]rune(in.Title)) > 120 {
		wrong.Add("title", "The title is longer than 120 characters.")
	}
	if in.Version == "" {
		if in.Version, err = newest(tx, in.Framework); err != nil && fault.KindOf(err) != fault.NotFound {
			return a, f, "", err
		}
	}
	f, body, err = framework(tx, in.Framework, in.Version)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		wrong.Add("framework", "Choose one of the frameworks that are listed.")
	case err != nil:
		return a, f, "", err
	case f.Kind != KindAudit:
		wrong.Add("framework", "%s is the frame of an award, and can't be rated.", f.Title)
	}
	if len(wrong) > 0 {
		return a, f, "", wrong.Err()
	}
	if in.Title == "" {
		in.Title = f.Title + ", " + in.Opens[:4]
	}
	if len(in.Groups) == 0 {
		in.Groups = Groups
	}
	var asked []string
	for _, g := range Groups {
		if slices.Contains(in.Groups, g) {
			asked = append(asked, string(g))
		}
	}
	a = Audit{ID: ids.New[Audit](), Title: in.Title, Scope: in.Scope, Framework: f.Code, Version: f.Version, Asked: strings.Join(asked, ","), Opens: in.Opens, Closes: in.Closes, MadeMs: tx.Now()}
	if in.Carry != 0 {
		old, found, err := auditByID(tx, in.Carry)
		if err != nil {
			return a, f, "", err
		}
		if !found || old.Framework != f.Code {
			return a, f, "", fault.Field("carry", "Only an earlier audit under the same framework can be carried forward.")
		}
		a.CarriedFrom = &in.Carry
	}
	return a, f, body, nil
}

func plusDays(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// carryInto brings what an earlier audit agreed, and its evidence, into a new one, to be read again there.
func carryInto(tx *db.Tx, a Audit, f Framework) error {
	if a.CarriedFrom == nil {
		return nil
	}
	old, before, err := one(tx, *a.CarriedFrom)
	if err != nil {
		return err
	}
	results, err := resultsOf(tx, old, before)
	if err != nil {
		return err
	}
	for _, c := range carry(f, before, results) {
		if err := insertCarried(tx, a.ID, c); err != nil {
			return err
		}
	}
	uses, err := usesOf(tx, old.ID)
	if err != nil {
		return err
	}
	for _, c := range f.Criteria() {
		was, found := Ancestor(before, c)
		if !found {
			continue
		}
		for _, u := range uses {
			if u.Criterion == was.Code {
				if err := putUse(tx, a.ID, c.Code, u.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Listed is an audit in the list.
type Listed struct {
	Audit
	FrameworkTitle string
	State          string
	Criteria       int
	Raters         int // who have begun, under their names
	Mine           int // criteria that the person of the pass has rated
	Handed         bool
	Agreed         int
}

// All lists the audits, the newest first.
func (s *Service) All(ctx context.Context, p access.Pass) (out []Listed, err error) {
	if !p.Has(Rate) {
		if _, err := p.Check(See); err != nil {
			return nil, err
		}
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := audits(tx)
		if err != nil {
			return err
		}
		for _, a := range list {
			f, _, err := framework(tx, a.Framework, a.Version)
			if err != nil {
				return err
			}
			l := Listed{Audit: a, FrameworkTitle: f.Title, State: a.State(tx.Today()), Criteria: len(f.Criteria())}
			raters, err := ratersOf(tx, a.ID)
			if err != nil {
				return err
			}
			for _, r := range raters {
				if r.Answered > 0 {
					l.Raters++
				}
				if r.StaffID != nil && int64(*r.StaffID) == p.Who().Staff {
					l.Mine, l.Handed = r.Answered, r.HandedMs != nil
				}
			}
			agreed, err := latestAgreed(tx, a.ID)
			if err != nil {
				return err
			}
			l.Agreed = len(agreed)
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

// latestAgreed is what the team agreed last, by criterion.
func latestAgreed(tx *db.Tx, id AuditID) (map[string]Agreed, error) {
	list, err := agreedOf(tx, id)
	out := map[string]Agreed{}
	for _, g := range list {
		out[g.Criterion] = g // in order of versions
	}
	return out, err
}

// Extend moves the last day.
func (s *Service) Extend(ctx context.Context, p access.Pass, id AuditID, closes string) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, _, err := one(tx, id)
		if err != nil {
			return err
		}
		if _, bad := time.Parse(time.DateOnly, closes); bad != nil || closes < a.Opens || closes < tx.Today() {
			return fault.Field("closes", "Give a last day that has not passed, like 2026-12-18.")
		}
		n, err := setCloses(tx, id, closes)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "This audit is closed. It can't be opened again: what parents said has been shown.")
		}
		return err
	})
}

// Close ends the taking of answers, for good, and shows what parents said where at least five did. What was begun and never handed in is forgotten.
func (s *Service) Close(ctx context.Context, p access.Pass, id AuditID) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lockBox(tx, id, 0); err != nil {
			return err
		}
		if _, _, err := one(tx, id); err != nil {
			return err
		}
		n, err := setClosed(tx, id)
		if err != nil || n == 0 {
			return err
		}
		if err := dropAllBegun(tx, id); err != nil {
			return err
		}
		if err := publish(tx, id); err != nil {
			return err
		}
		return publishFiled(tx, id)
	})
}
