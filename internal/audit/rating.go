package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// Sheet is one person's rating of an audit.
type Sheet struct {
	Audit     Audit
	Framework Framework
	Open      bool
	Groups    []Group // for which they can speak
	Rater     Rater   // zero before they have begun
	Ratings   map[string]Rating
	Uses      map[string][]Use
	Evidence  []Evidence
	Sources   []Source
}

// Asked are the criteria that this person is asked about; the others can be rated too.
func (x Sheet) Asked() []Criterion { return x.Framework.AskedOf(x.Rater.Group) }

// Answered counts those of them that have a level, and those that are hollow.
func (x Sheet) Answered() (levels, hollow int) {
	for _, r := range x.Ratings {
		if r.Level != nil {
			levels++
		}
		if r.Hollow() {
			hollow++
		}
	}
	return levels, hollow
}

// Mine opens the person's own sheet.
func (s *Service) Mine(ctx context.Context, p access.Pass, id AuditID) (x Sheet, err error) {
	if _, err := p.Check(Rate); err != nil {
		return x, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if x.Audit, x.Framework, err = one(tx, id); err != nil {
			return err
		}
		x.Open = x.Audit.Open(tx.Today())
		x.Groups = groupsFor(p, x.Audit)
		x.Ratings, x.Uses = map[string]Rating{}, map[string][]Use{}
		found := false
		if staff := roll.StaffID(p.Who().Staff); staff != 0 {
			if x.Rater, found, err = raterOfStaff(tx, id, staff); err != nil {
				return err
			}
		}
		if found {
			list, err := ratingsBy(tx, x.Rater.ID)
			if err != nil {
				return err
			}
			for _, r := range list {
				x.Ratings[r.Criterion] = r
			}
		} else if len(x.Groups) > 0 {
			x.Rater.Group = x.Groups[0]
		}
		uses, err := usesOf(tx, id)
		if err != nil {
			return err
		}
		for _, u := range uses {
			x.Uses[u.Criterion] = append(x.Uses[u.Criterion], u)
		}
		if p.Has(See) { // whoever takes part and reads no results brings evidence, and chooses from none
			x.Evidence, err = evidences(tx)
		}
		return err
	})
	if err != nil {
		return x, err
	}
	x.Sources, err = s.sources(ctx, p)
	return x, err
}

func groupsFor(p access.Pass, a Audit) (out []Group) {
	for _, g := range GroupsOf(p.Who().Roles) {
		if a.Asks(g) {
			out = append(out, g)
		}
	}
	return out
}

// Rate keeps a level and a commentary of the person of the pass; a nil level takes the level back and keeps the words. It may be sent as often as somebody
// types. group says for which of their parts they speak; it may be empty.
func (s *Service) Rate(ctx context.Context, p access.Pass, id AuditID, criterion string, level *int, commentary string, group Group) error {
	if _, err := p.Check(Rate); err != nil {
		return err
	}
	staff := roll.StaffID(p.Who().Staff)
	if staff == 0 {
		return fault.New(fault.Forbidden, "Only members of staff and governors rate under their name.")
	}
	commentary = strings.TrimSpace(commentary)
	if len([]rune(commentary)) > longest {
		return fault.Field("commentary", "This is too long. There is room for %d characters.", longest)
	}
	if level != nil && (*level < 1 || *level > Levels) {
		return fault.Field("level", "Choose one of the five descriptions.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, f, err := one(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		if !found {
			return fault.Gone("criterion")
		}
		if !a.Open(tx.Today()) {
			return notOpen(a, tx.Today())
		}
		groups := groupsFor(p, a)
		if len(groups) == 0 {
			return fault.New(fault.Forbidden, "Your part is not among those who are asked in this audit.")
		}
		r, begun, err := raterOfStaff(tx, id, staff)
		if err != nil {
			return err
		}
		if !slices.Contains(groups, group) {
			group = r.Group
			if !slices.Contains(groups, group) {
				group = groups[0]
			}
		}
		if !begun {
			r = Rater{ID: ids.New[Rater](), AuditID: id, Group: group, StaffID: &staff, Name: p.Who().Name}
			if err := insertRater(tx, r); err != nil {
				return err
			}
			if r, begun, err = raterOfStaff(tx, id, staff); err != nil || !begun {
				return err
			}
		} else if r.Group != group {
			if err := setRaterGroup(tx, r.ID, group); err != nil {
				return err
			}
		}
		was, err := ratingsBy(tx, r.ID)
		if err != nil {
			return err
		}
		var stored []string
		for _, x := range was {
			stored = append(stored, x.Commentary)
		}
		if err := s.keeper.Heed(stored, worry.Says("commentary", "Why", commentary)); err != nil {
			return err
		}
		if r.HandedMs != nil {
			if err := setHanded(tx, r.ID, nil); err != nil {
				return err
			}
		}
		return putRating(tx, Rating{RaterID: r.ID, Criterion: c.Code, Level: level, Commentary: commentary})
	})
}

func notOpen(a Audit, day string) error {
	switch {
	case a.ClosedMs != nil || day > a.Closes:
		return fault.New(fault.Conflict, "This audit no longer takes answers. Nothing was changed.")
	}
	return fault.New(fault.Conflict, "This audit takes answers from %s on. Nothing was changed.", a.Opens)
}

// HandIn says that the person of the pass is done. Changing something afterwards takes that back until they say so again.
func (s *Service) HandIn(ctx context.Context, p access.Pass, id AuditID) error {
	if _, err := p.Check(Rate); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, _, err := one(tx, id)
		if err != nil {
			return err
		}
		if !a.Open(tx.Today()) {
			return notOpen(a, tx.Today())
		}
		r, begun, err := raterOfStaff(tx, id, roll.StaffID(p.Who().Staff))
		if err != nil {
			return err
		}
		if !begun || r.Answered == 0 {
			return fault.New(fault.Invalid, "Choose a level for at least one statement first.")
		}
		now := tx.Now()
		return setHanded(tx, r.ID, &now)
	})
}

// Paper is a sheet that somebody filled in by hand.
type Paper struct {
	Group  Group
	Name   string         // whose it is; never kept of parents
	Levels map[string]int // by criterion; what was left empty is not in it
	Key    string         // made by the page that shows the empty form
	Words  string         // what stands on it besides, for parents; else the commentary of no criterion in particular is not asked
}

// PaperOf opens what keying in needs.
func (s *Service) PaperOf(ctx context.Context, p access.Pass, id AuditID) (a Audit, f Framework, open bool, err error) {
	if _, err := p.Check(KeyIn); err != nil {
		return a, f, false, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if a, f, err = one(tx, id); err != nil {
			return err
		}
		open = a.Open(tx.Today())
		return nil
	})
	return a, f, open, err
}

// mark tells one sheet of a parent from another, so that a form sent twice is one sheet, and so that the same form with other answers, after a step back in
// the browser, is another. The key is drawn by lot and kept nowhere: without it nobody can have the answers back from the mark.
func (x Paper) mark() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q\n", x.Key, x.Words)
	for _, code := range sortedKeys(x.Levels) {
		fmt.Fprintf(h, "%q %d\n", code, x.Levels[code])
	}
	return "sheet " + hex.EncodeToString(h.Sum(nil))
}

// KeyInSheet takes one sheet from paper. A parent's goes into the ballot box, without a name, like one that came by the door. It answers true when this very
// sheet was in already, and counts it once.
func (s *Service) KeyInSheet(ctx context.Context, p access.Pass, id AuditID, in Paper) (twice bool, err error) {
	if err := p.CheckAll(KeyIn); err != nil {
		return false, err
	}
	in.Name, in.Words = strings.TrimSpace(in.Name), strings.TrimSpace(in.Words)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if in.Group == Parents {
			if err := lockBox(tx, id, 0); err != nil {
				return err
			}
		}
		a, f, err := one(tx, id)
		if err != nil {
			return err
		}
		if !a.Open(tx.Today()) {
			return notOpen(a, tx.Today())
		}
		var wrong fault.Fields
		if !a.Asks(in.Group) {
			wrong.Add("group", "Choose from which part the sheet comes.")
		}
		if in.Group != Parents && in.Name == "" {
			wrong.Add("name", "Write whose sheet it is.")
		}
		if len(in.Levels) == 0 {
			wrong.Add("levels", "Nothing is ticked on this sheet. Enter at least one answer.")
		}
		if len(wrong) > 0 {
			return wrong.Err()
		}
		for code, l := range in.Levels {
			if _, ok := f.Criterion(code); !ok || l < 1 || l > Levels {
				return fault.Field("levels", "This form is not whole. Open the page again.")
			}
		}
		if in.Group == Parents {
			if err := s.keeper.Heed(nil, worry.Says("words", "What they wrote", in.Words)); err != nil {
				return err
			}
			if in.Key != "" {
				if twice, err = fileTaken(tx, id, in.mark()); err != nil || twice {
					return err
				}
			}
			return drop(tx, id, f, in.Levels, in.Words)
		}
		r, err := namedRater(tx, id, in.Group, in.Name)
		if err != nil {
			return err
		}
		for _, code := range sortedKeys(in.Levels) {
			c, _ := f.Criterion(code)
			l := in.Levels[code]
			if err := putRating(tx, Rating{RaterID: r.ID, Criterion: c.Code, Level: &l}); err != nil {
				return err
			}
		}
		now := tx.Now()
		return setHanded(tx, r.ID, &now)
	})
	return twice, err
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// namedRater finds or makes somebody who does not sign in.
func namedRater(tx *db.Tx, id AuditID, g Group, name string) (Rater, error) {
	r, found, err := raterNamed(tx, id, g, name)
	if err != nil || found {
		return r, err
	}
	r = Rater{ID: ids.New[Rater](), AuditID: id, Group: g, Name: name}
	return r, insertRater(tx, r)
}

// Line is one row of a file of answers.
type Line struct {
	Row                                        int // in the file, for the refusal
	Criterion, Group, Rater, Level, Commentary string
}

// Taken is what became of a file of answers.
type Taken struct {
	sheet.Tally
	Refusals []sheet.Refusal `json:"refusals"`
}

// AgreedGroup is what a file writes for the level that the team agreed, with its reason as the commentary.
const AgreedGroup = "agreed"

// TakeFile brings in answers from a file, so that a whole audit can be run without pages. Parents' lines go into a ballot box for files, and whose they were
// is not kept; what files bring of them is published at once where it is enough. What came by the door waits until the audit is closed. The same file twice
// changes nothing.
func (s *Service) TakeFile(ctx context.Context, p access.Pass, id AuditID, name string, lines []Line) (out Taken, err error) {
	if err := p.CheckAll(Lead); err != nil {
		return out, err
	}
	out.Refusals = []sheet.Refusal{}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lockBox(tx, id, 0); err != nil {
			return err
		}
		a, f, err := one(tx, id)
		if err != nil {
			return err
		}
		if a.ClosedMs != nil {
			return notOpen(a, tx.Today())
		}
		t := taking{s: s, tx: tx, audit: a, framework: f, file: name, out: &out, seen: map[string]bool{}, parents: map[string]bool{}}
		if t.repeated, err = fileTaken(tx, id, fingerprint(lines)); err != nil {
			return err
		}
		for _, l := range lines {
			if err := t.line(l); err != nil {
				return err
			}
		}
		if err := t.count(); err != nil {
			return err
		}
		if err := out.Check(); err != nil {
			return err
		}
		return publishFiled(tx, id)
	})
	return out, err
}

// fingerprint is of a whole file and of no line in it.
func fingerprint(lines []Line) string {
	h := sha256.New()
	for _, l := range lines {
		fmt.Fprintf(h, "%q %q %q %q %q\n", l.Criterion, l.Group, l.Rater, l.Level, l.Commentary)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// taking is one file while it is taken.
type taking struct {
	s         *Service
	tx        *db.Tx
	audit     Audit
	framework Framework
	file      string
	repeated  bool // this very file was brought in before
	out       *Taken
	seen      map[string]bool
	parents   map[string]bool // by what the file calls them; forgotten with the file
	words     []string        // what they wrote
}

func (t *taking) refuse(l Line, field, value, why string) error {
	t.out.Add(sheet.Refused)
	t.out.Refusals = append(t.out.Refusals, sheet.NewRefusal(t.file, l.Row, field, value, why))
	return nil
}

func (t *taking) line(l Line) error {
	c, found := t.framework.Criterion(strings.TrimSpace(l.Criterion))
	if !found {
		return t.refuse(l, "criterion", l.Criterion, "This framework has no criterion of that code.")
	}
	level, ok := t.levelOf(l.Level)
	if !ok {
		return t.refuse(l, "level", l.Level, "A level is a number from 1 to 5, or empty.")
	}
	rater, words := strings.TrimSpace(l.Rater), strings.TrimSpace(l.Commentary)
	if len([]rune(words)) > longest {
		return t.refuse(l, "commentary", "", fmt.Sprintf("The commentary is longer than %d characters.", longest))
	}
	if worry.Possible(words) {
		return t.refuse(l, "commentary", "", "The commentary may be a worry about a child's safety, and such worries are not kept here. Tell the safeguarding lead, and take it out of the file.")
	}
	if strings.EqualFold(strings.TrimSpace(l.Group), AgreedGroup) {
		return t.agreed(l, c, level, words)
	}
	g, ok := GroupNamed(l.Group)
	if !ok || !t.audit.Asks(g) {
		return t.refuse(l, "group", l.Group, "The groups are "+groupList()+", and agreed for what the team settled on.")
	}
	if rater == "" {
		return t.refuse(l, "rater", "", "Say who rates. For parents any sign will do that tells them apart in this file; it is not kept.")
	}
	key := c.Code + "\x00" + string(g) + "\x00" + strings.ToLower(rater)
	if t.seen[key] {
		return t.refuse(l, "rater", rater, "This rater has answered this criterion in an earlier line of the file.")
	}
	t.seen[key] = true
	if g == Parents {
		return t.parent(c, strings.ToLower(rater), level, words)
	}
	r, err := namedRater(t.tx, t.audit.ID, g, rater)
	if err != nil {
		return err
	}
	was, err := ratingsBy(t.tx, r.ID)
	if err != nil {
		return err
	}
	outcome := sheet.Created
	for _, x := range was {
		if x.Criterion == c.Code {
			outcome = sheet.Updated
			if sameLevel(x.Level, level) && x.Commentary == words {
				outcome = sheet.Same
			}
		}
	}
	t.out.Add(outcome)
	if outcome == sheet.Same {
		return nil
	}
	return putRating(t.tx, Rating{RaterID: r.ID, Criterion: c.Code, Level: level, Commentary: words})
}

func (t *taking) levelOf(s string) (*int, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, true
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		for i, name := range t.framework.Names {
			if strings.EqualFold(name, s) {
				n, err = i+1, nil
			}
		}
	}
	return &n, err == nil && n >= 1 && n <= Levels
}

func sameLevel(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

func (t *taking) parent(c Criterion, rater string, level *int, words string) error {
	if t.repeated {
		t.out.Add(sheet.Same)
		return nil
	}
	t.out.Add(sheet.Created)
	if level != nil {
		t.parents[rater] = true
		if err := dropFiled(t.tx, t.audit.ID, c.Code, *level); err != nil {
			return err
		}
	}
	if words == "" {
		return nil
	}
	t.words = append(t.words, words)
	return nil
}

// count adds the parents of the file, and what they wrote.
func (t *taking) count() error {
	if len(t.parents) == 0 && len(t.words) == 0 {
		return nil
	}
	w, err := filedWordsOf(t.tx, t.audit.ID)
	if err != nil {
		return err
	}
	w.ParentsIn += len(t.parents)
	if w.Box == "" {
		w.Box = "[]"
	}
	for _, words := range t.words {
		if w.Box, err = among(w.Box, words); err != nil {
			return err
		}
	}
	if err := putFiledWords(t.tx, t.audit.ID, w); err != nil {
		return err
	}
	return lockBox(t.tx, t.audit.ID, len(t.parents))
}

func (t *taking) agreed(l Line, c Criterion, level *int, words string) error {
	if level == nil || words == "" {
		return t.refuse(l, "level", l.Level, "What the team agreed has a level, and a reason as its commentary.")
	}
	last, err := latestAgreed(t.tx, t.audit.ID)
	if err != nil {
		return err
	}
	was, had := last[c.Code]
	if had && was.Level == *level && was.Reason == words {
		t.out.Add(sheet.Same)
		return nil
	}
	if t.out.Add(sheet.Created); had {
		t.out.Created, t.out.Updated = t.out.Created-1, t.out.Updated+1
	}
	return putAgreed(t.tx, t.audit.ID, Agreed{Criterion: c.Code, Version: was.Version + 1, Level: *level, Reason: words})
}

// Waiting lists the audits that are open and that the person of the pass is asked in and has not handed in.
func Waiting(tx *db.Tx) (out []Listed, err error) {
	staff := roll.StaffID(tx.Pass().Who().Staff)
	if staff == 0 {
		return nil, nil
	}
	list, err := audits(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if !a.Open(tx.Today()) || len(groupsFor(tx.Pass(), a)) == 0 {
			continue
		}
		r, found, err := raterOfStaff(tx, a.ID, staff)
		if err != nil {
			return nil, err
		}
		if found && r.HandedMs != nil {
			continue
		}
		f, _, err := framework(tx, a.Framework, a.Version)
		if err != nil {
			return nil, err
		}
		if !found {
			r.Group = groupsFor(tx.Pass(), a)[0]
		}
		out = append(out, Listed{Audit: a, Criteria: len(f.AskedOf(r.Group)), Mine: r.Answered})
	}
	return out, nil
}
