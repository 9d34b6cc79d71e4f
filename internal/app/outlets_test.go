package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/notes"
	"ajar/internal/roll"
)

// One family asks every outlet. Kit and his sister Ida live with their mother; their father lives elsewhere and is also the father of Sol, who goes to
// another school. Each order is on the tie of the father and Kit, and on nothing else.

// home is where an adult lives and how to reach them: what must never be read by the other parent.
type home struct{ street, postcode, phone, email string }

func (h home) parts() []string { return []string{h.street, h.postcode, h.phone, h.email} }

var (
	mothersHome = home{"4 Elm Row", "QX1 1AA", "07700 900401", "mother@elm.example"}
	fathersHome = home{"9 Quay Street", "QX9 9ZZ", "07700 900909", "father@quay.example"}
	othersHome  = home{"27 Hill Top", "QX5 5MM", "07700 900505", "other@hill.example"}
)

// tied is one adult and one child, with the pass that the adult has at the family's door.
type tied struct {
	who   string
	in    roll.Org
	pupil roll.PupilID
	adult roll.AdultID
	tie   roll.TieID
}

type family struct {
	a                *app.App
	kitFather        tied
	others           []tied // reached whatever is decided about the father and Kit
	fatherElsewhere  tied   // the father of Sol, in the other school
	here, there      roll.Org
	hiddenFromFather []string
}

// ready is what must be there before an outlet can reach anybody at all, by the key of the outlet or its capability. A new outlet that needs
// something puts it here.
var ready = map[string]func(t *testing.T, f *family, of tied){
	"family.sending": func(_ *testing.T, f *family, _ tied) { f.a.Post.Use(post.SMS, swallow{}) },
	"audit": func(t *testing.T, f *family, of tied) {
		_, err := f.a.Audit.Start(context.Background(), staffPass(f.a, of.in), audit.Setup{Framework: "engagement", Scope: audit.School, Groups: []audit.Group{audit.Parents}})
		must(t, err)
	},
	"notes": func(t *testing.T, f *family, of tied) {
		_, err := f.a.Notes.Add(context.Background(), staffPass(f.a, of.in), of.pupil, notes.Typed{Said: "Read aloud to the class.", Family: true})
		must(t, err)
	},
	"conversations": func(t *testing.T, f *family, of tied) {
		ctx, p := context.Background(), staffPass(f.a, of.in)
		programme, err := f.a.Conversations.AddProgramme(ctx, p, conversations.Programme{Name: "Talks " + of.pupil.String(), Starts: "2026-09-01", Ends: "2027-07-20"}, []conversations.Round{
			{Title: "First", Kind: conversations.KindConversation, Opens: "2026-09-07", Closes: "2026-12-18"},
			{Title: "Second", Kind: conversations.KindConversation, Opens: "2027-01-04", Closes: "2027-03-26"}})
		must(t, err)
		_, err = f.a.Conversations.Choose(ctx, p, programme, []roll.PupilID{of.pupil})
		must(t, err)
		list, err := f.a.Conversations.Lines(ctx, p, conversations.Filter{Pupil: of.pupil})
		must(t, err)
		must(t, f.a.Conversations.Finalise(ctx, p, list[0].ID, 0, "test", conversations.Notes{Parent: "Likes boats.", Summary: "Kit likes boats.", Right: true, Priorities: []string{"Reading"},
			Goals: []conversations.Goal{{Words: "Read with Kit on Mondays", Owner: "school", Who: "Pat Test", Due: "2026-12-18", Measure: "Done each week"}}, SharedWith: "Nobody", NextOn: "2027-02-01"}, ""))
	},
}

// swallow is a way out of the house that ends there.
type swallow struct{}

func (swallow) Send(context.Context, post.Ready) (string, error) { return "there", nil }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// staffPass is somebody who holds every role of staff.
func staffPass(a *app.App, in roll.Org) access.Pass {
	return a.Gate.Admit(access.Who{Org: int64(in.ID), OrgName: in.Name, Name: "Pat Test", Roles: roll.Roles, SecondFactorMs: 1 << 60})
}

func (x tied) asked(a *app.App) roll.Asked {
	return roll.Asked{Staff: staffPass(a, x.in), Pupil: x.pupil, Adult: x.adult,
		Own: a.Gate.Admit(access.Who{Org: int64(x.in.ID), OrgName: x.in.Name, Adult: int64(x.adult), Name: x.who, Roles: []access.Role{roll.Parent}})}
}

func makeFamily(t *testing.T, a *app.App) *family {
	t.Helper()
	ctx := context.Background()
	f := &family{a: a, here: school(t, a, "OAK"), there: school(t, a, "ELM")}
	child := func(in roll.Org, forename string, at home) roll.PupilID {
		id := ids.New[roll.Pupil]()
		must(t, a.DB.Update(ctx, systemPass(in), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, address, postcode, search, sort_key) values ($1, $2, $3, $4, 'Marlow', '7', $5, $6, $7, $8)`,
				id, id.String(), forename, at.street, at.postcode, strings.ToLower(forename)+" marlow", "marlow "+strings.ToLower(forename))
			return err
		}))
		return id
	}
	adult := func(in roll.Org, pupil roll.PupilID, forename, relationship string, at home, livesWith string) tied {
		v := roll.Values{"forename": forename, "surname": "Marlow", "address": at.street, "postcode": at.postcode, "relationship": relationship, "responsibility": "yes", "lives_with": livesWith}
		id, err := a.Roll.AddAdult(ctx, staffPass(a, in), pupil, v, roll.Ways{{Kind: "phone", Value: at.phone}, {Kind: "email", Value: at.email}}, true)
		must(t, err)
		return tieOf(t, a, in, pupil, id, forename)
	}
	also := func(x tied, pupil roll.PupilID, relationship, livesWith string) tied {
		must(t, a.Roll.TieAdult(ctx, staffPass(a, x.in), pupil, x.adult, roll.Values{"relationship": relationship, "responsibility": "yes", "lives_with": livesWith}))
		return tieOf(t, a, x.in, pupil, x.adult, x.who)
	}
	kit, ida, sol := child(f.here, "Kit", mothersHome), child(f.here, "Ida", mothersHome), child(f.there, "Sol", othersHome)
	mother := adult(f.here, kit, "Mira", "mother", mothersHome, "yes")
	f.kitFather = adult(f.here, kit, "Falk", "father", fathersHome, "no")
	f.others = []tied{mother, also(mother, ida, "mother", "yes"), also(f.kitFather, ida, "father", "no"), adult(f.there, sol, "Olga", "mother", othersHome, "yes")}
	f.fatherElsewhere = adult(f.there, sol, "Falk", "father", fathersHome, "no")
	f.others = append(f.others, f.fatherElsewhere)
	f.hiddenFromFather = slices.Concat(mothersHome.parts(), othersHome.parts())
	return f
}

func tieOf(t *testing.T, a *app.App, in roll.Org, pupil roll.PupilID, adult roll.AdultID, who string) tied {
	t.Helper()
	r, err := a.Roll.Open(context.Background(), staffPass(a, in), pupil)
	must(t, err)
	for _, x := range r.Relations {
		if x.Adult.ID == adult {
			return tied{who, in, pupil, adult, x.Tie.ID}
		}
	}
	t.Fatalf("%s is not tied", who)
	return tied{}
}

// order records an order on the tie of the father and Kit.
func (f *family) order(t *testing.T, kind, starts, ends string) roll.OrderID {
	t.Helper()
	v := roll.OrderValues("2026-11-20")
	v["kind"], v["decided_by"], v["starts"], v["ends"] = kind, "family court", starts, ends
	id, err := f.a.Roll.AddOrder(context.Background(), staffPass(f.a, f.here), f.kitFather.pupil, f.kitFather.tie, v)
	must(t, err)
	return id
}

func (f *family) end(t *testing.T, id roll.OrderID, on string) {
	t.Helper()
	must(t, f.a.Roll.EndOrder(context.Background(), staffPass(f.a, f.here), f.kitFather.pupil, id, roll.Values{"ends": on, "why": "The court ended it."}))
}

// reach asks one outlet about one adult and one child.
func reach(ctx context.Context, a *app.App, o roll.Outlet, x tied) (roll.Reach, error) {
	r, err := o.Probe(ctx, x.asked(a))
	if err != nil {
		return r, fmt.Errorf("%s about %s: %w", o.Key, x.who, err)
	}
	return r, nil
}

// hold asks every outlet once and says what is wrong: forbids tells what the orders in force on the father's tie to Kit forbid.
func (f *family) hold(ctx context.Context, outlets []roll.Outlet, forbids func(roll.Matter) bool) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for _, o := range outlets {
		r, err := reach(ctx, f.a, o, f.kitFather)
		switch {
		case err != nil:
			say("%v", err)
		case forbids(o.Needs) && (r.Reached || r.Text != ""):
			say("%s (%s): Kit's father is still reached", o.Key, o.Words)
		case !forbids(o.Needs) && !r.Reached:
			say("%s (%s): Kit's father is not reached, though nothing forbids it", o.Key, o.Words)
		}
		for _, secret := range f.hiddenFromFather {
			if strings.Contains(r.Text, secret) {
				say("%s: what Kit's father reads shows %q of the other home", o.Key, secret)
			}
		}
		for _, x := range f.others {
			r, err := reach(ctx, f.a, o, x)
			if err != nil {
				say("%v", err)
			} else if !r.Reached {
				say("%s (%s): %s is not reached about another child, or as the other parent", o.Key, o.Words, x.who)
			}
			if x.adult != f.kitFather.adult && x.adult != f.fatherElsewhere.adult {
				for _, secret := range fathersHome.parts() {
					if strings.Contains(r.Text, secret) {
						say("%s: what %s reads shows %q of the father's home", o.Key, x.who, secret)
					}
				}
			}
		}
	}
	return wrong
}

func (f *family) prepare(t *testing.T, outlets []roll.Outlet) {
	t.Helper()
	done := map[roll.PupilID]bool{}
	for _, x := range append([]tied{f.kitFather}, f.others...) {
		if done[x.pupil] {
			continue
		}
		done[x.pupil] = true
		made := map[string]bool{}
		for _, o := range outlets {
			room, _, _ := strings.Cut(o.Key, ".")
			for _, key := range []string{room, o.Key} {
				if make := ready[key]; make != nil && !made[key] {
					made[key] = true
					make(t, f, x)
				}
			}
		}
	}
}

// Every outlet obeys every kind of order from the next request on, before it begins, while it binds and when it is over; and nobody else loses
// anything. The check of the domain notes (6.8) is the line no_contact: the father is absent from every output.
func TestEveryOutletObeysEveryOrder(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		f := makeFamily(t, a)
		outlets := a.Roll.Outlets()
		if len(outlets) < 15 {
			t.Fatalf("only %d outlets are declared; the manifests are not read", len(outlets))
		}
		f.prepare(t, outlets)
		check := func(when string, forbids func(roll.Matter) bool) {
			t.Helper()
			for _, w := range f.hold(ctx, outlets, forbids) {
				t.Errorf("%s: %s", when, w)
			}
		}
		nothing := func(roll.Matter) bool { return false }
		check("before any order", nothing)
		for _, kind := range roll.OrderKinds {
			f.order(t, kind, "21/11/2026", "")
			f.order(t, kind, "01/09/2026", "19/11/2026")
		}
		check("with orders that begin tomorrow or ended yesterday", nothing)
		for _, kind := range roll.OrderKinds {
			forbids := roll.Order{Kind: kind}.Forbids
			id := f.order(t, kind, "01/11/2026", "")
			check(kind+", while it binds", forbids)
			f.end(t, id, "20/11/2026")
			check(kind+", on its last day", forbids)
			f.end(t, id, "19/11/2026")
			check(kind+", when it is over", nothing)
		}
	})
}

// Each outlet says what it is, what it needs and how to try it, under a key of its own.
func TestOutletsAreWhole(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	seen := map[string]bool{}
	for _, o := range a.Roll.Outlets() {
		room, name, ok := strings.Cut(o.Key, ".")
		if !ok || room == "" || name == "" || seen[o.Key] {
			t.Errorf("%q is no key, or stands twice", o.Key)
		}
		seen[o.Key] = true
		if o.Words == "" || o.Needs == 0 || o.Probe == nil {
			t.Errorf("%s has no words, needs nothing, or can't be tried", o.Key)
		}
	}
}

// The test itself: an outlet that ignores orders is found, and so is one that shows the other home, one that reaches nobody and one that fails.
func TestABadOutletIsFound(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	f := makeFamily(t, a)
	f.order(t, "no_contact", "01/11/2026", "")
	always := func(text string) func(context.Context, roll.Asked) (roll.Reach, error) {
		return func(context.Context, roll.Asked) (roll.Reach, error) {
			return roll.Reach{Reached: true, Text: text}, nil
		}
	}
	for name, c := range map[string]struct {
		o    roll.Outlet
		says string
	}{
		"deaf":   {roll.Outlet{Key: "test.deaf", Needs: roll.Contact, Probe: always("")}, "is still reached"},
		"leaky":  {roll.Outlet{Key: "test.leaky", Needs: roll.Contact, Probe: always("Write to 4 Elm Row.")}, "of the other home"},
		"mute":   {roll.Outlet{Key: "test.mute", Needs: roll.Contact, Probe: func(context.Context, roll.Asked) (roll.Reach, error) { return roll.Reach{}, nil }}, "Mira is not reached"},
		"broken": {roll.Outlet{Key: "test.broken", Needs: roll.Contact, Probe: func(context.Context, roll.Asked) (roll.Reach, error) { return roll.Reach{}, fmt.Errorf("no round") }}, "no round"},
	} {
		wrong := strings.Join(f.hold(context.Background(), []roll.Outlet{c.o}, roll.Order{Kind: "no_contact"}.Forbids), "\n")
		if !strings.Contains(wrong, c.says) {
			t.Errorf("an outlet that is %s is told as %q", name, wrong)
		}
	}
}
