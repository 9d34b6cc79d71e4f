package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/audit"
	fam "ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

// The school asks all parents: by text whom it reaches, on paper the rest, each once however many children; nobody whom an order keeps out; and nothing that staff see
// afterwards tells who has answered.
func TestAllParentsAreAsked(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		a.Post.Use(post.SMS, swallow{})
		x := separate(t, a)
		staff := staffPass(a, x.oak)
		// Kit has a sister. Their mother is asked once; their step-mother has neither a mobile phone nor e-mail.
		ida := ids.New[roll.Pupil]()
		must(t, a.DB.Update(ctx, systemPass(x.oak), func(tx *db.Tx) error {
			if _, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, search, sort_key) values ($1, $2, 'ida', 'Ida', 'Marlow', '5', 'ida', 'ida')`, ida); err != nil {
				return err
			}
			if _, err := tx.Exec(`delete from roll_channel where org_id = $1 and adult_id = $2 and kind = 'email'`, x.stella.adult); err != nil {
				return err
			}
			_, err := tx.Exec(`update roll_channel set value = '01632 960999' where org_id = $1 and adult_id = $2`, x.stella.adult)
			return err
		}))
		must(t, a.Roll.TieAdult(ctx, staff, ida, x.mira.adult, roll.Values{"relationship": "mother", "responsibility": "yes", "lives_with": "yes"}))
		id, err := a.Audit.Start(ctx, staff, audit.Setup{Framework: "engagement", Scope: audit.School, Groups: []audit.Group{audit.Parents, audit.Staff}})
		must(t, err)
		x.order(t, x.falk, "no_contact")
		asked := func(again bool) (audit.Asking, fam.Plan) {
			t.Helper()
			v, err := a.Audit.Asked(ctx, staff, id, again)
			must(t, err)
			p, err := a.Family.Plan(ctx, staff, v.List)
			must(t, err)
			return v, p
		}
		v, p := asked(false)
		if len(v.List) != 3 || v.Barred != 1 || len(p.To) != 1 || p.To[0].Adult.ID != x.mira.adult || len(p.Paper) != 1 || p.Paper[0].Adult.ID != x.stella.adult {
			t.Fatalf("%+v\n%+v", v, p)
		}
		n, err := a.Family.SendMany(ctx, staff, ids.New[fam.Batch](), v.List)
		if must(t, err); n != 1 {
			t.Errorf("%d were sent", n)
		}
		letters, left, err := a.Family.LetterMany(ctx, staff, ids.New[fam.Batch](), v.List, true)
		must(t, err)
		if len(letters) != 1 || left != 0 || letters[0].Adult.ID != x.stella.adult {
			t.Fatalf("%+v", letters)
		}
		if _, p := asked(false); len(p.To)+len(p.Paper) != 0 || p.Have != 2 {
			t.Errorf("who has a link is asked again: %+v", p)
		}
		// The letter opens the questions, and she answers.
		her := newPhone(t, x.h)
		her.open("/f/l/"+letters[0].Secret, mothersHome.postcode)
		if status, body := her.ask("GET", "/f/audits/"+id.String(), nil); status != 200 || !strings.Contains(body, "How do you see our school?") {
			t.Fatalf("%d %s", status, body)
		}
		own := a.Gate.Admit(access.Who{Org: int64(x.oak.ID), Adult: int64(x.stella.adult), Name: "Stella", Roles: []access.Role{roll.Parent}})
		seen := func() (out []string) {
			f, err := a.Family.LinksOf(ctx, staff, x.kit)
			must(t, err)
			for _, ad := range f.Adults {
				for _, i := range ad.Items {
					if i.Thing == audit.AskThing {
						out = append(out, ad.Adult.Name)
					}
				}
			}
			return out
		}
		before := strings.Join(seen(), ", ")
		key := audit.NewKey()
		must(t, a.Audit.Choose(ctx, own, id, key, "V1", 4))
		if done, err := a.Audit.Drop(ctx, own, id, key, ""); err != nil || !done {
			t.Fatalf("%v %v", done, err)
		}
		if after := strings.Join(seen(), ", "); after != before || !strings.Contains(after, "Stella") {
			t.Errorf("what staff are offered was %q, and is %q once one has answered", before, after)
		}
		must(t, a.DB.Update(ctx, systemPass(x.oak), func(tx *db.Tx) error {
			_, err := tx.Exec(`update family_link set made_ms = made_ms - $2 where org_id = $1`, (48 * time.Hour).Milliseconds())
			return err
		}))
		if _, p := asked(true); len(p.To) != 1 || len(p.Paper) != 1 {
			t.Errorf("asked again, whoever has answered: %+v", p)
		}
	})
}
