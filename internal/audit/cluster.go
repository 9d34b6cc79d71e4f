package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// GoesUp is the page on which a school decides what a cluster or an authority may have of one audit.
type GoesUp struct {
	Audit     Audit
	Framework Framework
	Agreed    int
	Criteria  int
	To        []GoesTo
	MayDecide bool
}

// GoesTo is one grouping that the school belongs to.
type GoesTo struct {
	Org     roll.Org
	Gives   Gives
	Since   *Decision  // the decision that holds; nil while nobody has decided
	Before  []Decision // those before it
	Figures bool       // the school's figures go there at all (see Working together)
}

// GoesUp opens what goes up of an audit.
func (s *Service) GoesUp(ctx context.Context, p access.Pass, id AuditID) (v GoesUp, err error) {
	if _, err := p.Check(See); err != nil {
		return v, err
	}
	v.MayDecide = p.Scope(Share) >= access.All
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		if v.Audit, v.Framework, err = one(tx, id); err != nil {
			return err
		}
		agreed, err := latestAgreed(tx, id)
		if err != nil {
			return err
		}
		v.Agreed, v.Criteria = len(agreed), len(v.Framework.Criteria())
		groups, err := groupingsOf(tx)
		if err != nil {
			return err
		}
		list, err := decisionsOn(tx, id)
		for _, g := range groups {
			to := GoesTo{Org: g, Gives: Nothing}
			for i, d := range list {
				switch {
				case d.Grouping != g.ID:
				case to.Since == nil:
					to.Since, to.Gives = &list[i], d.Gives
				default:
					to.Before = append(to.Before, d)
				}
			}
			v.To = append(v.To, to)
		}
		return err
	}); err != nil {
		return v, err
	}
	for i := range v.To {
		if s.Gives != nil {
			if v.To[i].Figures, err = s.Gives(ctx, roll.OrgID(p.Org()), v.To[i].Org.ID); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}

func groupingsOf(tx *db.Tx) (out []roll.Org, err error) {
	us := roll.OrgID(tx.Pass().Org())
	err = tx.Within(access.Installation("list the clusters of a school").Often(), func(in *db.Tx) error {
		out, err = roll.GroupingsOf(in, us)
		return err
	})
	return out, err
}

// Give decides what a grouping may have of a closed audit, from the next request on.
func (s *Service) Give(ctx context.Context, p access.Pass, id AuditID, to roll.OrgID, what Gives) error {
	if err := p.CheckAll(Share); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, _, err := one(tx, id)
		if err != nil {
			return err
		}
		groups, err := groupingsOf(tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(groups, func(g roll.Org) bool { return g.ID == to })
		if at < 0 {
			return fault.Gone("cluster")
		}
		if !slices.Contains(AllGives, what) {
			return fault.Field("gives", "Choose one of the three.")
		}
		if a.ClosedMs == nil && what.Up() {
			return fault.New(fault.Conflict, "Close the audit first: what is still being talked about does not go up.")
		}
		list, err := decisionsOn(tx, id)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Grouping == to {
				if d.Gives == what {
					return nil // sent twice
				}
				break
			}
		}
		if err := insertDecision(tx, Decision{AuditID: id, Grouping: to, Gives: what}); err != nil {
			return err
		}
		words := map[Gives]string{Nothing: "gets nothing", Counted: "may count the agreed levels", Named: "may count the agreed levels and name the school with them"}[what]
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "audit", Key: int64(id), Words: fmt.Sprintf("Of an audit %s %s.", groups[at].Name, words)})
	})
}

// Help is a school's offer, as it stands beside a gap.
type Help struct {
	School string
	About  string
	Words  string
	Until  string
	Link   string
}

// Helped is a line of thanks: both schools want it to be seen.
type Helped struct {
	Helper, Asker, About, On string
}

// NamedLevel is the level of a school in a picture, under its name.
type NamedLevel struct {
	School roll.Org
	Level  int
}

// ClusterRow is one criterion in the picture of a grouping. What must not be shown is not in it.
type ClusterRow struct {
	Criterion Criterion
	Aim       int
	N         int     // schools in the picture
	Spread    *Spread // how many stand at each level; nil where it is hidden
	Hidden    string  // why
	Named     []NamedLevel
	Moves     *Moves // since last time
	NoMoves   string // why that is hidden
	Own       *float64
}

// ClusterTheme is a theme with its rows.
type ClusterTheme struct {
	Theme Theme
	Rows  []ClusterRow
}

// ClusterView is what a cluster or an authority sees of its members' audits.
type ClusterView struct {
	Org        roll.Org
	Today      string
	Frameworks []Framework // that can be looked at
	Framework  Framework
	Picture    *Picture // nil: none has been made
	Members    int      // schools and centres
	Giving     int      // who gives an audit under this framework now, in whatever version
	Fresh      int      // of those: whose latest audit is not in the picture
	Gone       int      // in the picture and giving no longer
	Themes     []ClusterTheme
	Own        *Audit // the grouping's own audit under the same framework
	MayMake    bool
}

// Rows lists all of them.
func (v ClusterView) Rows() (out []ClusterRow) {
	for _, t := range v.Themes {
		out = append(out, t.Rows...)
	}
	return out
}

// Unknown is how many members say nothing about a criterion.
func (v ClusterView) Unknown(r ClusterRow) int { return v.Members - r.N }

// givenAudit is a closed audit that a member gives.
type givenAudit struct {
	Audit     Audit
	Framework Framework
	Gives     Gives
	Agreed    []Agreed // all versions
}

func (g givenAudit) latest(theirs string) (out Agreed, found bool) {
	for _, a := range g.Agreed {
		if strings.EqualFold(a.Criterion, theirs) {
			out, found = a, true // in order of versions
		}
	}
	return out, found
}

func (g givenAudit) level(theirs string, version int) int {
	for _, a := range g.Agreed {
		if strings.EqualFold(a.Criterion, theirs) && a.Version == version {
			return a.Level
		}
	}
	return 0
}

// counterpart finds the criterion of another version, or of a school's own file under the same version, that says the same in every word. Without it there is
// nothing to count: levels that mean different things are never mixed.
func counterpart(theirs Framework, c Criterion) (Criterion, bool) {
	if was, found := Ancestor(theirs, c); found && SameWords(was, c) {
		return was, true
	}
	for _, x := range theirs.Criteria() {
		if slices.Contains(x.Was, c.Code) && SameWords(x, c) {
			return x, true
		}
	}
	return Criterion{}, false
}

// member is a school or centre below a grouping.
type member struct {
	org    roll.Org
	via    roll.OrgID // the grouping whose member it is: the one for which its head has decided
	direct bool       // that is the one that asks; names go no further
	gives  bool       // the figures go on, on every step of the way
	given  []givenAudit
	ended  map[string]bool // frameworks under which the school gives nothing of a newer audit: an older one does not say where it stands now
}

// belowOf walks the tree of members, the nearest first.
func (s *Service) belowOf(ctx context.Context, top roll.Org, today string) (out []member, groups []roll.OrgID, err error) {
	type step struct {
		org   roll.Org
		gives bool
	}
	seen := map[roll.OrgID]bool{top.ID: true}
	for next := []step{{top, true}}; len(next) > 0; next = next[1:] {
		here := next[0]
		list, err := s.Roll.Members(ctx, here.org.ID, today)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range list {
			if seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			on := here.gives && s.Gives != nil
			if on {
				if on, err = s.Gives(ctx, m.ID, here.org.ID); err != nil {
					return nil, nil, err
				}
			}
			if m.Grouping() {
				groups = append(groups, m.ID)
				next = append(next, step{m, on})
				continue
			}
			out = append(out, member{org: m, via: here.org.ID, direct: here.org.ID == top.ID, gives: on})
		}
	}
	return out, groups, nil
}

// gatherGiven reads what each member gives, where it lies.
func gatherGiven(tx *db.Tx, list []member) error {
	for i := range list {
		m := &list[i]
		if !m.gives {
			continue
		}
		if err := tx.Within(access.System("count what a member gives of its audit, agreed levels only", int64(m.org.ID)), func(in *db.Tx) (err error) {
			m.given, m.ended, err = givenBy(in, m.via, m.direct)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// givenBy lists the closed audits that the school of the transaction gives to a grouping, the newest first; and the frameworks under which its head has
// decided to give nothing of a newer one.
func givenBy(tx *db.Tx, via roll.OrgID, direct bool) (out []givenAudit, ended map[string]bool, err error) {
	list, err := decisionsFor(tx, via)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	ended = map[string]bool{}
	holds := map[AuditID]Gives{}
	for _, d := range list {
		holds[d.AuditID] = d.Gives
	}
	all, err := audits(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range all {
		what := holds[a.ID]
		if what == Nothing && a.ClosedMs != nil && !slices.ContainsFunc(out, func(g givenAudit) bool { return g.Audit.Framework == a.Framework }) {
			ended[a.Framework] = true
		}
		if !what.Up() || a.ClosedMs == nil {
			continue
		}
		if !direct {
			what = Counted
		}
		g := givenAudit{Audit: a, Gives: what}
		if g.Framework, _, err = framework(tx, a.Framework, a.Version); err != nil {
			return nil, nil, err
		}
		if g.Agreed, err = agreedOf(tx, a.ID); err != nil {
			return nil, nil, err
		}
		out = append(out, g)
	}
	return out, ended, nil
}

// under lists what a member gives now of its audits under a framework.
func (m member) under(code string) (out []givenAudit) {
	if m.ended[code] {
		return nil
	}
	for _, g := range m.given {
		if g.Audit.Framework == code {
			out = append(out, g)
		}
	}
	return out
}

// piece is what a member gives about a criterion now: its latest audit, and the one before it over the same.
func (m member) piece(c Criterion, code string) (p Piece, found bool) {
	list := m.under(code)
	if len(list) == 0 {
		return p, false
	}
	here, ok := counterpart(list[0].Framework, c)
	if !ok {
		return p, false
	}
	a, ok := list[0].latest(here.Code)
	if !ok {
		return p, false
	}
	p = Piece{Criterion: c.Code, School: m.org.ID, AuditID: list[0].Audit.ID, Theirs: here.Code, Agreed: a.Version, Named: list[0].Gives == Named}
	for _, before := range list[1:] {
		if before.Audit.Scope != list[0].Audit.Scope {
			continue
		}
		if was, ok := counterpart(before.Framework, c); ok {
			if b, ok := before.latest(was.Code); ok {
				p.WasAudit, p.WasTheirs, p.WasAgreed = before.Audit.ID, was.Code, b.Version
			}
		}
		break
	}
	return p, true
}

// levels finds agreed levels in what members give now; 0 for what is not given any more.
func levels(list []member) func(levelKey) int {
	return func(k levelKey) int {
		for _, m := range list {
			if m.org.ID != k.School {
				continue
			}
			for _, g := range m.given {
				if g.Audit.ID == k.Audit {
					return g.level(k.Theirs, k.Agreed)
				}
			}
		}
		return 0
	}
}

// together is what the page and the making of a picture begin with.
type together struct {
	view    ClusterView
	members []member
	groups  []roll.OrgID // groupings below
}

func (s *Service) together(ctx context.Context, p access.Pass) (t together, ok bool, err error) {
	if t.view.Org, err = s.Roll.OrgByID(ctx, roll.OrgID(p.Org())); err != nil || !t.view.Org.Grouping() {
		return t, false, err
	}
	t.view.Today = s.DB.Clock().Today()
	t.members, t.groups, err = s.belowOf(ctx, t.view.Org, t.view.Today)
	t.view.Members = len(t.members)
	t.view.MayMake = p.Scope(Lead) >= access.All
	return t, true, err
}

// chooseFramework finds the version to look at: the one asked for, else the newest of the framework that most members give.
func (t *together) chooseFramework(tx *db.Tx, code, version string) error {
	all, err := frameworks(tx)
	if err != nil {
		return err
	}
	most := -1
	for _, f := range all {
		if f.Kind != KindAudit {
			continue
		}
		t.view.Frameworks = append(t.view.Frameworks, f)
		n := 0
		for _, m := range t.members {
			if len(m.under(f.Code)) > 0 {
				n++
			}
		}
		switch {
		case code == "" && n > most, code == f.Code && (version == "" && t.view.Framework.Code == "" || version == f.Version):
			t.view.Framework, most = f, max(n, most)
		}
	}
	if t.view.Framework.Code == "" {
		return fault.Gone("framework")
	}
	for _, m := range t.members {
		if len(m.under(t.view.Framework.Code)) > 0 {
			t.view.Giving++
		}
	}
	return nil
}

// piecesByPicture parts the pieces of all pictures of a framework by picture and criterion.
func piecesByPicture(rows []pieceRow) (all [][]Piece) {
	type at struct {
		version   string
		number    int
		criterion string
	}
	order := map[at]int{}
	for _, r := range rows {
		k := at{r.Version, r.Number, r.Criterion}
		i, there := order[k]
		if !there {
			i = len(all)
			order[k] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], r.Piece)
	}
	return all
}

// lastOf is the last picture of a version, and its pieces by criterion.
func lastOf(tx *db.Tx, f Framework, rows []pieceRow) (last *Picture, by map[string][]Piece, err error) {
	list, err := pictures(tx, f.Code)
	if err != nil {
		return nil, nil, err
	}
	by = map[string][]Piece{}
	for i, p := range list {
		if p.Version == f.Version {
			last = &list[i]
		}
	}
	for _, r := range rows {
		if last != nil && r.Version == last.Version && r.Number == last.Number {
			by[r.Criterion] = append(by[r.Criterion], r.Piece)
		}
	}
	return last, by, nil
}

// Cluster opens what the members' audits say together: the picture that was made last, without whatever has been taken back since. ok is false where the
// organisation has no members.
func (s *Service) Cluster(ctx context.Context, p access.Pass, code, version string) (v ClusterView, ok bool, err error) {
	if _, err := p.Check(See); err != nil {
		return v, false, err
	}
	t, ok, err := s.together(ctx, p)
	if err != nil || !ok {
		return t.view, false, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if err := gatherGiven(tx, t.members); err != nil {
			return err
		}
		if err := t.chooseFramework(tx, code, version); err != nil {
			return err
		}
		return t.read(tx)
	})
	return t.view, true, err
}

func (t *together) read(tx *db.Tx) error {
	f := t.view.Framework
	rows, err := pieces(tx, f.Code)
	if err != nil {
		return err
	}
	var by map[string][]Piece
	if t.view.Picture, by, err = lastOf(tx, f, rows); err != nil {
		return err
	}
	own, err := t.own(tx)
	if err != nil {
		return err
	}
	known := map[levelKey]bool{}
	for _, r := range rows {
		if r.Named {
			known[r.now()] = true
		}
	}
	level, members := levels(t.members), map[roll.OrgID]member{}
	for _, m := range t.members {
		members[m.org.ID] = m
	}
	inPicture, gone := map[AuditID]bool{}, map[roll.OrgID]bool{}
	for _, th := range f.Themes {
		x := ClusterTheme{Theme: th}
		for _, c := range th.Criteria {
			r := ClusterRow{Criterion: c, Aim: f.Aim(c), Own: own[c.Code]}
			var list []seenPiece
			for _, p := range by[c.Code] {
				inPicture[p.AuditID] = true
				m, now := members[p.School], level(p.now())
				one := seenPiece{Piece: p, Level: now, Gone: now == 0, Known: known[p.now()]}
				if one.Gone {
					gone[p.School] = true
				} else {
					if p.WasAudit != 0 {
						one.Was = level(p.was())
					}
					one.ByIts = p.Named && m.givesOf(p.AuditID) == Named
					if one.ByIts {
						r.Named = append(r.Named, NamedLevel{m.org, now})
					}
				}
				list = append(list, one)
			}
			r.N, r.Spread, r.Hidden, r.Moves, r.NoMoves = show(list)
			slices.SortFunc(r.Named, func(a, b NamedLevel) int { return cmp.Compare(a.School.Name, b.School.Name) })
			x.Rows = append(x.Rows, r)
		}
		t.view.Themes = append(t.view.Themes, x)
	}
	t.view.Gone = len(gone)
	for _, m := range t.members {
		if list := m.under(f.Code); len(list) > 0 && !inPicture[list[0].Audit.ID] {
			t.view.Fresh++
		}
	}
	return nil
}

func (m member) givesOf(id AuditID) Gives {
	for _, g := range m.given {
		if g.Audit.ID == id {
			return g.Gives
		}
	}
	return Nothing
}

// own is where the grouping's own audit stands, criterion by criterion.
func (t *together) own(tx *db.Tx) (map[string]*float64, error) {
	out := map[string]*float64{}
	list, err := audits(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.Framework != t.view.Framework.Code || a.State(tx.Today()) == "Not open yet" {
			continue
		}
		_, f, err := one(tx, a.ID)
		if err != nil {
			return nil, err
		}
		results, err := resultsOf(tx, a, f)
		if err != nil {
			return nil, err
		}
		for _, c := range t.view.Framework.Criteria() {
			if here, ok := counterpart(f, c); ok {
				for _, r := range results {
					if r.Criterion.Code == here.Code {
						out[c.Code] = r.Level()
					}
				}
			}
		}
		t.view.Own = &a
		return out, nil
	}
	return out, nil
}

// MakePicture puts together what the members give now, as far as nobody is given away by it, also not by the difference to any picture before. It changes
// only by this: so that nobody's level is what was different the day after they joined.
func (s *Service) MakePicture(ctx context.Context, p access.Pass, code, version string) error {
	if err := p.CheckAll(Lead); err != nil {
		return err
	}
	t, ok, err := s.together(ctx, p)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "Only a cluster, a trust or an authority has members whose audits can be looked at together.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := gatherGiven(tx, t.members); err != nil {
			return err
		}
		if err := t.chooseFramework(tx, code, version); err != nil {
			return err
		}
		f := t.view.Framework
		rows, err := pieces(tx, f.Code)
		if err != nil {
			return err
		}
		last, by, err := lastOf(tx, f, rows)
		if err != nil {
			return err
		}
		others, err := t.otherPictures(tx, f.Code)
		if err != nil {
			return err
		}
		mine, level := piecesByPicture(rows), levels(t.members)
		var next []Piece
		same := true
		for _, c := range f.Criteria() {
			var given []Piece
			for _, m := range t.members {
				if x, ok := m.piece(c, f.Code); ok {
					given = append(given, x)
				}
			}
			was := by[c.Code]
			now := choosePieces(given, was, mine, others, level)
			same = same && samePieces(was, now)
			next = append(next, now...)
		}
		if same {
			return fault.New(fault.Conflict, "%s", cmp.Or(map[bool]string{true: "Nothing new can be shown yet. A school that has joined since waits until five have, or until the next audits: it would be the difference to the picture before."}[last != nil],
				"There is nothing to show yet. It takes five schools that let their levels be counted, or one that lets itself be named."))
		}
		number := 1
		if last != nil {
			number = last.Number + 1
		}
		made, err := insertPicture(tx, Picture{Framework: f.Code, Version: f.Version, Number: number}, next)
		if err != nil {
			return err
		}
		if !made {
			return fault.New(fault.Conflict, "A picture was made in this moment by somebody else. Look at it first.")
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "audit", Words: "A picture of the members' audits was made."})
	})
}

func samePieces(a, b []Piece) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			return false
		}
	}
	return true
}

// otherPictures are those of groupings below and above, which count the same schools: whoever reads two of them could subtract one from the other.
func (t *together) otherPictures(tx *db.Tx, code string) (out [][]Piece, err error) {
	related := slices.Clone(t.groups)
	if err := tx.Within(access.Installation("find the groupings that count the same schools").Often(), func(in *db.Tx) error {
		seen := map[roll.OrgID]bool{t.view.Org.ID: true}
		for _, g := range related {
			seen[g] = true
		}
		from := []roll.OrgID{t.view.Org.ID}
		for _, m := range t.members { // a school may belong to a trust besides, which counts it too
			from = append(from, m.org.ID)
		}
		for ; len(from) > 0; from = from[1:] {
			list, err := roll.GroupingsOf(in, from[0])
			if err != nil {
				return err
			}
			for _, g := range list {
				if !seen[g.ID] {
					seen[g.ID] = true
					related = append(related, g.ID)
					from = append(from, g.ID)
				}
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, g := range related {
		if err := tx.Within(access.System("see which schools' levels another grouping has been shown", int64(g)), func(in *db.Tx) error {
			rows, err := pieces(in, code)
			out = append(out, piecesByPicture(rows)...)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
