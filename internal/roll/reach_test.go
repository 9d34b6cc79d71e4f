package roll

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
)

// Whoever sends something that was written earlier asks once more: an order on one child stops what is about that child, and leaves the rest.
func TestWhyNot(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		ctx := context.Background()
		why := func(p access.Pass, adult AdultID, pupil PupilID, what Matter) (w string) {
			t.Helper()
			if err := a.s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
				w, err = WhyNot(tx, adult, pupil, what)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return w
		}
		if w := why(testkit.A(), a.dad, a.zoe, Contact); w != "" {
			t.Errorf("before: %s", w)
		}
		for name, w := range map[string]string{"not his child": why(testkit.A(), a.dad, a.zia, Contact), "another school": why(testkit.B(), a.dad, a.zoe, Contact), "nobody's": why(testkit.A(), 1, 0, Contact)} {
			if !strings.Contains(w, "not tied") {
				t.Errorf("%s: %q", name, w)
			}
		}
		v := OrderValues("2026-11-20")
		v["kind"], v["decided_by"], v["starts"] = "no_contact", "family court", "20/11/2026"
		for _, tie := range []struct {
			pupil PupilID
			tie   TieID
		}{{a.zoe, a.dadTie}, {a.zoe, a.mumTie}} {
			if _, err := a.s.AddOrder(ctx, as(testkit.OrgA, a.head, Head), tie.pupil, tie.tie, v); err != nil {
				t.Fatal(err)
			}
		}
		if w := why(testkit.A(), a.dad, a.zoe, Contact); !strings.Contains(w, "No contact") {
			t.Errorf("after: %q", w)
		}
		if w := why(testkit.A(), a.dad, 0, Contact); !strings.Contains(w, "No contact") {
			t.Errorf("his only tie: %q", w)
		}
		if w := why(testkit.A(), a.mum, 0, Contact); w != "" {
			t.Errorf("she has another child here: %s", w)
		}
		if w := why(testkit.A(), a.mum, a.zia, Contact); w != "" {
			t.Errorf("about the other child: %s", w)
		}
		if w := why(testkit.A(), a.mum, a.zoe, Contact); w == "" {
			t.Error("about this child it may be sent")
		}
		// As post asks it.
		if err := a.s.DB.View(ctx, testkit.A(), func(tx *db.Tx) error {
			var list []post.Item
			for i := range 40 { // more than one statement asks about; most of them are nobody's
				list = append(list, post.Item{Adult: int64(a.dad), Pupil: int64(a.zoe)}, post.Item{Adult: int64(a.mum), Pupil: int64(a.zia)}, post.Item{Adult: int64(i + 1)})
			}
			why, err := MayPost(tx, list)
			for i, w := range why {
				if (w == "") != (i%3 == 1) {
					t.Errorf("item %d: %q", i, w)
				}
			}
			if len(why) != len(list) {
				t.Errorf("%d answers", len(why))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSender(t *testing.T) {
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		s := New(d, batch.New(d))
		for _, c := range []struct{ code, name, email string }{{"OAK", "Oak School", "office@oak.example"}, {"ELM", "Elm School", ""}} {
			o, err := s.AddOrg(t.Context(), "test", Org{Code: c.code, Name: c.name, Type: "school"}, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Update(t.Context(), access.System("test", int64(o.ID)), func(tx *db.Tx) error {
				if err := setSetting(tx, "school.email", c.email); err != nil {
					return err
				}
				name, reply, err := Sender(tx)
				if name != c.name || reply != c.email {
					t.Errorf("%s writes as %q and hears at %q", c.code, name, reply)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
