package roll

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/event"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "roll", Files: sub}
}

// Service is what can be done with the roll.
type Service struct {
	DB      *db.DB
	Imports *batch.Service
	// Changed tells capabilities above that something about pupils is different, so that what they worked out may be out of date.
	Changed event.Topic[Changed]
	// Facts keeps what a pupils sheet says about a pupil in columns called fact.NAME, and UndoFacts takes back what a batch brought. The
	// capability that owns the facts sets both; without it such columns are only remarked on.
	Facts      func(run *batch.Run, facts []Fact) ([]sheet.Outcome, error)
	UndoFacts  func(u *batch.Undoing) error
	panels     []Panel
	outlets    []Outlet
	mergeParts []MergePart
}

// Changed is the news that pupils or what is known about them changed in the organisation of the transaction.
type Changed struct{ Why string }

// New makes the service and offers its kinds of import.
func New(d *db.DB, imports *batch.Service) *Service {
	s := &Service{DB: d, Imports: imports}
	s.offer()
	return s
}

// Panel is a piece of a pupil's page that another capability supplies.
type Panel struct {
	Order int
	// First says that it stands before the family, at the top of the page: for the little that everybody must see first.
	First bool
	Need  access.Right
	// Show makes the panel inside the transaction of the page. It may answer nil for nothing to show.
	Show func(tx *db.Tx, p Pupil) (web.Component, error)
}

// AddPanel puts a panel on every pupil's page, while the program is put together.
func (s *Service) AddPanel(p Panel) { s.panels = append(s.panels, p) }

// Panels makes the panels that the pass may see, in their order; first are those at the top of the page.
func (s *Service) Panels(tx *db.Tx, p Pupil) (first, out []web.Component, err error) {
	own, err := OwnChild(tx, p.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, panel := range slices.SortedStableFunc(slices.Values(s.panels), func(a, b Panel) int { return cmp.Compare(a.Order, b.Order) }) {
		if tx.Pass().Scope(panel.Need) < access.Own || !tx.Pass().Open(panel.Need) || own && panel.Need.NotKin {
			continue
		}
		c, err := panel.Show(tx, p)
		switch {
		case err != nil:
			return nil, nil, err
		case c != nil && panel.First:
			first = append(first, c)
		case c != nil:
			out = append(out, c)
		}
	}
	return first, out, nil
}

// panelsWait tells whether some panels open only after a second step.
func (s *Service) panelsWait(p access.Pass) bool {
	return slices.ContainsFunc(s.panels, func(x Panel) bool { return p.Scope(x.Need) >= access.Own && !p.Open(x.Need) })
}

// Sight is the condition that every list of pupils (as p) carries: $2 is the member of staff whose own pupils these are, or 0 for everyone's, and $3
// is today. SightArgs gives both. The pupils in sight are worked out once for a list, not once for each row (measured: docs/adr/0019-need-to-know.md).
const Sight = `(cast($2 as bigint) = 0 or p.id in (` + inSight + `)` + notOwnSight + `)`

// inSight are the pupils whom the member of staff $2 works with on the day $3: by assignment, by taking a class that the pupil is in, or by standing in for
// somebody who does, once for each of these ways. It says what the view roll_sight says, which is asked for one pupil and gives days as well; a test holds the two
// together. Read through the view, SQLite copies all of it and builds an index on the copy (measured: docs/performance.md).
const inSight = `
	select a.pupil_id from roll_assignment a
	where a.org_id = $1 and a.staff_id = cast($2 as bigint) and a.starts <= $3 and a.ends >= $3
	union all
	select m.pupil_id from roll_member t cross join roll_member m
	where t.org_id = $1 and t.staff_id = cast($2 as bigint) and t.starts <= $3 and t.ends >= $3
		and m.org_id = t.org_id and m.class_id = t.class_id and m.pupil_id is not null and m.starts <= $3 and m.ends >= $3
	union all
	select a.pupil_id from roll_standin s cross join roll_assignment a
	where s.org_id = $1 and s.staff_id = cast($2 as bigint) and s.starts <= $3 and s.ends >= $3
		and a.org_id = s.org_id and a.staff_id = s.away_id and a.starts <= $3 and a.ends >= $3 and (s.pupil_id is null or s.pupil_id = a.pupil_id)
	union all
	select m.pupil_id from roll_standin s cross join roll_member t cross join roll_member m
	where s.org_id = $1 and s.staff_id = cast($2 as bigint) and s.starts <= $3 and s.ends >= $3
		and t.org_id = s.org_id and t.staff_id = s.away_id and t.starts <= $3 and t.ends >= $3
		and m.org_id = t.org_id and m.class_id = t.class_id and m.pupil_id is not null and m.starts <= $3 and m.ends >= $3
		and (s.pupil_id is null or s.pupil_id = m.pupil_id)`

// sightOfOne is the same for one pupil who is named: asking whether this one is in sight beats working out all who are.
const sightOfOne = `(cast($2 as bigint) = 0 or exists (select 1 from roll_sight v where v.org_id = p.org_id and v.pupil_id = p.id and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3)` + notOwnSight + `)`

// notOwnSight is for a right that is not for one's own family (access.Right.NotKin). Somebody with a hat has a number below zero as $2 then: that of
// their staff record where they see everyone, that of the hat where they see some; both leave the children of their own out.
const notOwnSight = `
	or cast($2 as bigint) < -1 and exists (select 1 from roll_hat h where h.org_id = p.org_id
		and (h.staff_id = -cast($2 as bigint) or h.id = -cast($2 as bigint) and exists (select 1 from roll_sight v
			where v.org_id = p.org_id and v.pupil_id = p.id and v.staff_id = h.staff_id and v.starts <= $3 and v.ends >= $3))
		and not exists (select 1 from roll_own o where o.org_id = h.org_id and o.hat_id = h.id and o.pupil_id = p.id))`

// SightArgs checks a right for a list of named pupils and gives the arguments $2 and $3 of Sight.
func SightArgs(tx *db.Tx, r access.Right) (staff int64, today string, err error) {
	scope, err := tx.Pass().CheckNamed(r)
	if err != nil {
		return 0, "", err
	}
	w := tx.Pass().Who()
	walled := r.NotKin && w.Hat != 0
	if scope == access.All {
		if walled {
			return -w.Staff, tx.Today(), nil
		}
		return 0, tx.Today(), nil
	}
	if walled {
		return -w.Hat, tx.Today(), nil
	}
	// A person without a staff record sees nobody: -1 is no one's key.
	staff = w.Staff
	if staff == 0 {
		staff = -1
	}
	return staff, tx.Today(), nil
}

// Enter opens one pupil for a right: it loads and checks in one step. A pupil who is not there and one who is not yours look the same.
func Enter(tx *db.Tx, r access.Right, id PupilID) (Pupil, error) {
	staff, today, err := SightArgs(tx, r)
	if err != nil {
		return Pupil{}, err
	}
	p, found, err := db.Maybe[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.id = $4 and `+sightOfOne, staff, today, id)
	if err != nil {
		return p, err
	}
	if tx.Pass().Who().Hat != 0 {
		if err := notOwnRecord(tx, id, found); err != nil {
			return Pupil{}, err
		}
	}
	if !found {
		return p, fault.Gone("pupil")
	}
	trail.Sight(tx, "pupil", int64(id))
	return p, nil
}

// Relations reads the adults tied to a pupil that has been entered, with their channels and the orders on each tie, in order of contact priority.
func Relations(tx *db.Tx, pupil PupilID) ([]Relation, error) {
	of, err := RelationsOf(tx, []PupilID{pupil})
	return of[pupil], err
}

// RelationsOf does the same for many pupils at once, all of whom the caller was let in to.
func RelationsOf(tx *db.Tx, pupils []PupilID) (map[PupilID][]Relation, error) {
	out := make(map[PupilID][]Relation, len(pupils))
	for part := range slices.Chunk(pupils, 500) {
		if err := addRelations(tx, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addRelations(tx *db.Tx, pupils []PupilID, out map[PupilID][]Relation) error {
	// The ties stand in a subquery below: with a join and an order SQLite walks every channel of the school instead of these adults'.
	in, args := argMarks(2, pupils)
	ties, err := db.All[Tie](tx, `select `+tieColumns+` from roll_tie t where t.org_id = $1 and t.pupil_id in (`+in+`) order by coalesce(t.priority, 99), t.id`, args...)
	if err != nil {
		return err
	}
	adults, err := db.All[Adult](tx, `select `+adultColumns+` from roll_adult a
		where a.org_id = $1 and a.id in (select t.adult_id from roll_tie t where t.org_id = $1 and t.pupil_id in (`+in+`))`, args...)
	if err != nil {
		return err
	}
	channels, err := db.All[Channel](tx, `select c.id, c.adult_id, c.kind, c.value, c.folded, c.place, c.note
		from roll_channel c
		where c.org_id = $1 and c.adult_id in (select t.adult_id from roll_tie t where t.org_id = $1 and t.pupil_id in (`+in+`))
		order by c.place, c.id`, args...)
	if err != nil {
		return err
	}
	orders, err := db.All[Order](tx, `select o.id, o.tie_id, o.kind, o.decided_by, o.evidence_seen, o.starts, o.ends, o.review_on, o.note, o.by_name
		from roll_order o
		where o.org_id = $1 and o.tie_id in (select t.id from roll_tie t where t.org_id = $1 and t.pupil_id in (`+in+`))
		order by o.starts desc, o.id`, args...)
	if err != nil {
		return err
	}
	byAdult := make(map[AdultID]Adult, len(adults))
	for _, a := range adults {
		byAdult[a.ID] = a
	}
	for _, c := range channels {
		a := byAdult[c.AdultID]
		a.Channels = append(a.Channels, c)
		byAdult[c.AdultID] = a
	}
	byTie := map[TieID][]Order{}
	for _, o := range orders {
		byTie[o.TieID] = append(byTie[o.TieID], o)
	}
	homes, err := db.All[home](tx, `select p.id, p.address, p.postcode from roll_pupil p where p.org_id = $1 and p.id in (`+in+`)`, args...)
	if err != nil {
		return err
	}
	for _, t := range ties {
		out[t.PupilID] = append(out[t.PupilID], Relation{Tie: t, Adult: byAdult[t.AdultID], Orders: byTie[t.ID]})
	}
	for _, h := range homes {
		list := out[h.ID]
		for i := range list {
			list[i].Post = postLines(list[i], h, list, tx.Today())
		}
	}
	return nil
}

// Setting reads what the organisation decided; empty when it has not.
func Setting(tx *db.Tx, name string) (string, error) {
	v, _, err := db.Maybe[string](tx, `select value from roll_setting where org_id = $1 and name = $2`, name)
	return v, err
}

// SetSetting keeps what the organisation decides.
func (s *Service) SetSetting(ctx context.Context, p access.Pass, name, value string) error {
	if err := p.CheckAll(Settings); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error { return setSetting(tx, name, value) })
}

func setSetting(tx *db.Tx, name, value string) error {
	_, err := tx.Exec(`insert into roll_setting (org_id, name, value, by_name, at_ms) values ($1, $2, $3, $4, $5)
		on conflict (org_id, name) do update set value = excluded.value, by_name = excluded.by_name, at_ms = excluded.at_ms`,
		name, value, tx.Pass().Who().Name, tx.Now())
	if err != nil {
		return err
	}
	return trail.Write(tx, trail.Entry{Kind: trail.RightChanged, About: "setting", Words: "the setting " + name + " was changed"})
}

// Route is a school's own way of passing on a worry about a child's safety. Ajar shows it and never stores the worry.
type Route struct {
	Lead, Deputy, Phone, OutOfHours, Words string
}

// Safeguarding reads the school's route. Missing parts stay empty, and the page says so.
func Safeguarding(tx *db.Tx) (Route, error) {
	type row struct{ Name, Value string }
	rows, err := db.All[row](tx, `select name, value from roll_setting where org_id = $1 and name like 'safeguarding.%'`)
	var r Route
	for _, x := range rows {
		switch x.Name {
		case "safeguarding.lead":
			r.Lead = x.Value
		case "safeguarding.deputy":
			r.Deputy = x.Value
		case "safeguarding.phone":
			r.Phone = x.Value
		case "safeguarding.out_of_hours":
			r.OutOfHours = x.Value
		case "safeguarding.words":
			r.Words = x.Value
		}
	}
	return r, err
}

// People lists the staff of the organisation who still work there, by name.
func People(tx *db.Tx) ([]Staff, error) {
	return db.All[Staff](tx, `select `+staffColumns+` from roll_staff s where s.org_id = $1 and s.ends >= $2 order by s.sort_key, s.id`, tx.Today())
}

// RolesOf reads the roles that a member of staff holds today.
func RolesOf(tx *db.Tx, id StaffID) ([]access.Role, error) {
	return db.All[access.Role](tx, `select role from roll_staff_role where org_id = $1 and staff_id = $2 and starts <= $3 and ends >= $3 and role <> 'parent' order by role`, id, tx.Today())
}

// Pupils lists those on the roll today whom the pass may see for a right, by name.
func Pupils(tx *db.Tx, r access.Right) ([]Pupil, error) {
	staff, today, err := SightArgs(tx, r)
	if err != nil {
		return nil, err
	}
	switch {
	case staff < 0: // a wall before their own family
		return db.All[Pupil](tx, `select `+pupilColumns+` from roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and `+Sight+` order by p.sort_key, p.id`, staff, today)
	case staff == 0:
		return db.All[Pupil](tx, wholeRoll, staff, today)
	}
	keys, most, err := keysInSight(tx, staff, today)
	if err != nil {
		return nil, err
	}
	if !most {
		return db.All[Pupil](tx, `select `+pupilColumns+` from (select distinct i.pupil_id from (`+inSight+`) i) v cross join roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and p.id = v.pupil_id order by p.sort_key, p.id`, staff, today)
	}
	list, err := db.All[Pupil](tx, wholeRoll, 0, today)
	return slices.DeleteFunc(list, func(p Pupil) bool { return !keys[p.ID] }), err
}

// wholeRoll is the list of who sees everyone.
const wholeRoll = `select ` + pupilColumns + ` from roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and cast($2 as bigint) = 0 order by p.sort_key, p.id`

// keysInSight are the pupils in sight of a member of staff, and whether they are most of the roll: a third of it or more. Then going down the roll and leaving
// out the others beats reading each pupil by their key, on both engines (measured: docs/performance.md). The keys come as one text, since a row for each would cost as
// much as the pupils themselves.
func keysInSight(tx *db.Tx, staff int64, today string) (keys map[PupilID]bool, most bool, err error) {
	type row struct {
		Keys string
		Roll int
	}
	x, err := db.One[row](tx, `select coalesce(string_agg(cast(i.pupil_id as text), ','), '') as keys, (select count(*) from roll_pupil p where p.org_id = $1) as roll from (`+inSight+`) i`, staff, today)
	if err != nil {
		return nil, false, err
	}
	if most = 3*(strings.Count(x.Keys, ",")+1) >= x.Roll; !most {
		return nil, false, nil
	}
	keys = make(map[PupilID]bool, x.Roll)
	for text := range strings.SplitSeq(x.Keys, ",") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil && text != "" {
			return nil, false, err
		}
		keys[PupilID(n)] = true
	}
	return keys, true, nil
}

// CountPupils counts those on the roll today.
func CountPupils(tx *db.Tx) (int, error) {
	return db.One[int](tx, `select count(*) from roll_pupil p where p.org_id = $1 and p.starts <= $2 and p.ends >= $2`, tx.Today())
}
