package messages

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

var wordGate = access.NewGate(roll.Rights(), Rights())

type wordPlace struct {
	org   int64
	staff roll.StaffID
	class roll.ClassID
	pupil roll.PupilID
}

func (p wordPlace) as(role access.Role) access.Pass {
	return wordGate.Admit(access.Who{Org: p.org, Staff: int64(p.staff), Name: "Test " + string(role), Roles: []access.Role{role}})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// words has two schools: Amira Khan, class 3B, with her mother Fatima who reads Urdu, is on the roll of the one; Ben Lee, with his father Sam, on that of the other.
func wordPlaces(t *testing.T, body func(t *testing.T, s *Service, a, b wordPlace)) {
	t.Helper()
	testkit.Both(t, []db.Migrations{jobs.Migrations(), post.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		q := jobs.New(d, slog.New(slog.NewTextHandler(io.Discard, nil)))
		s := New(d, roll.New(d, batch.New(d)), q, post.New(d, q))
		settle := func(pass access.Pass, child, surname, adult, reads string) wordPlace {
			out := wordPlace{org: pass.Org()}
			ok(t, d.Update(t.Context(), pass, func(tx *db.Tx) (err error) {
				if out.staff, err = roll.AddStaff(tx, "Hana Head", ""); err != nil {
					return err
				}
				out.pupil, out.class = ids.New[roll.Pupil](), ids.New[roll.Class]()
				put := func(q string, args ...any) {
					if err == nil {
						_, err = tx.Exec(q, args...)
					}
				}
				put(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key) values ($1, $2, 'P1', $3, $4, '3', $4)`, out.pupil, child, surname)
				put(`insert into roll_class (org_id, id, local_id, title) values ($1, $2, '3B', '3B')`, out.class)
				put(`insert into roll_member (org_id, id, class_id, pupil_id) values ($1, $2, $3, $4)`, ids.New[roll.Class](), out.class, out.pupil)
				grown := ids.New[roll.Adult]()
				put(`insert into roll_adult (org_id, id, forename, surname, name, reads, address, postcode, sort_key) values ($1, $2, $3, $4, $5, $6, '1 High Street', 'AB1 2CD', $4)`, grown, adult, surname, adult+" "+surname, reads)
				put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, lives_with, letters) values ($1, $2, $3, $4, 'mother', 1, 1)`, ids.New[roll.Tie](), out.pupil, grown)
				return err
			}))
			return out
		}
		body(t, s, settle(testkit.A(), "Amira", "Khan", "Fatima", "Urdu"), settle(testkit.B(), "Ben", "Lee", "Sam", ""))
	})
}

func TestATemplateIsCheckedAndGrowsOld(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		n, err := s.TakeReady(ctx, head, []string{"absence_today", "consent_talk"})
		if err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if n, err = s.TakeReady(ctx, head, []string{"absence_today"}); err != nil || n != 0 {
			t.Errorf("taken twice: %d %v", n, err)
		}
		list, err := s.Templates(ctx, head)
		if err != nil || len(list.List) != 2 || len(list.Ready) != len(ReadyMade())-2 || list.List[1].Drafts != 11 {
			t.Fatalf("%+v %v", list, err)
		}
		id := list.List[1].ID
		v, err := s.Template(ctx, head, id)
		ok(t, err)
		said := func(reads string) (c Chosen) {
			ok(t, s.DB.View(ctx, head, func(tx *db.Tx) error {
				_, _, sy, err := TemplateSaying(tx, id)
				c = LanguageFor(sy, reads)
				return err
			}))
			return c
		}
		if c := said("Urdu"); c.Lang != "en" || !c.Note {
			t.Errorf("a draft went: %+v", c)
		}
		ok(t, s.ChooseWording(ctx, head, Wording{Drafts: true}))
		if c := said("Urdu"); c.Lang != "ur" || c.Standing != ADraft || !c.Beside {
			t.Errorf("%+v", c)
		}
		urdu, _ := v.In("ur")
		lost := urdu.Words
		lost.Body = "آج"
		if err := s.Translate(ctx, head, id, lost, "Nadia Malik", v.Version); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "{phone}") {
			t.Errorf("slots were lost: %v", err)
		}
		ok(t, s.Translate(ctx, head, id, urdu.Words, "Nadia Malik", v.Version))
		if c := said("Urdu"); c.Lang != "ur" || c.Standing != Checked || c.Beside {
			t.Errorf("%+v", c)
		}
		// The English changes: what was checked said something else.
		english := v.English
		english.Body += " Thank you."
		if _, err = s.PutTemplate(ctx, head, v.Template, english, v.Version); err != nil {
			t.Fatal(err)
		}
		if c := said("Urdu"); c.Standing != ADraft {
			t.Errorf("sent as checked: %+v", c)
		}
		if list, err = s.Templates(ctx, head); err != nil || list.List[1].Old != 11 || list.List[1].Checked != 0 || list.List[1].Version != 2 {
			t.Errorf("%+v %v", list.List, err)
		}
		if err := s.Translate(ctx, head, id, urdu.Words, "Nadia Malik", 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("checked against an English that has changed: %v", err)
		}
		if _, err := s.PutTemplate(ctx, head, v.Template, english, 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an older page wrote over it: %v", err)
		}
		english.Body = "New words about {children}."
		english.Short = ""
		if _, err = s.PutTemplate(ctx, head, v.Template, english, 2); err != nil {
			t.Fatal(err)
		}
		if c := said("Urdu"); c.Lang != "en" {
			t.Errorf("words with other slots went: %+v", c)
		}
		// Another title alone makes nothing old.
		v, err = s.Template(ctx, head, id)
		ok(t, err)
		v.Title = "Not here"
		if _, err = s.PutTemplate(ctx, head, v.Template, v.English, v.Version); err != nil {
			t.Fatal(err)
		}
		if v, err = s.Template(ctx, head, id); err != nil || v.Version != 3 || v.Title != "Not here" {
			t.Errorf("%+v %v", v.Template, err)
		}
		if other, err := s.Templates(ctx, b.as(roll.Head)); err != nil || len(other.List) != 0 || other.Wording.Drafts {
			t.Errorf("the other school has %+v %v", other, err)
		}
	})
}

func TestWhoMaySendATemplate(t *testing.T) {
	for _, c := range []struct {
		roles string
		who   []access.Role
		may   bool
	}{{"", []access.Role{roll.Teacher}, true}, {"head,office", []access.Role{roll.Teacher}, false}, {"head,office", []access.Role{roll.Teacher, roll.Office}, true}} {
		if got := MaySend(Template{Roles: c.roles}, c.who); got != c.may {
			t.Errorf("%q %v: %v", c.roles, c.who, got)
		}
	}
}

func TestWordsOfPhrasesGoInEachLanguage(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		english := Words{Lang: "en", Subject: "This is about {children}.", Body: "Hello from {school}.\n\nPlease come on {day:2026-12-04} at {time:15:30}: {where}. You can bring younger children.\n\nBest wishes from {school}."}
		in := func(p access.Pass, w Words) (list []Words, made bool) {
			ok(t, s.DB.View(ctx, p, func(tx *db.Tx) (err error) { list, made, err = PhraseWords(tx, w); return err }))
			return list, made
		}
		list, made := in(head, english)
		if !made || len(list) != 11 {
			t.Fatalf("%v %d", made, len(list))
		}
		for _, w := range list {
			if found := SameSlots(english, w); len(found) > 0 || w.Standing != ADraft || strings.Count(w.Body, "\n\n") != 2 {
				t.Errorf("%+v %v", w, found)
			}
		}
		for _, key := range []string{"about", "hello", "come", "bring_children", "best_wishes"} {
			for _, p := range Phrases() {
				if p.Key == key {
					ok(t, s.CheckPhrase(ctx, head, key, "pl", p.Said["pl"], "Ewa Nowak"))
				}
			}
		}
		standing := func(p access.Pass) string {
			list, _ := in(p, english)
			for _, w := range list {
				if w.Lang == "pl" {
					return w.Standing
				}
			}
			return ""
		}
		if standing(head) != Checked || standing(b.as(roll.Head)) != ADraft {
			t.Errorf("here %s, at the other school %s", standing(head), standing(b.as(roll.Head)))
		}
		if err := s.CheckPhrase(ctx, head, "come", "pl", "Prosimy przyjść", "Ewa Nowak"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("slots were lost: %v", err)
		}
		english.Body += " And one thing more."
		if _, made := in(head, english); made {
			t.Error("free text passed for phrases")
		}
	})
}

// fake is a translation service that does as it's told, and remembers what left the house.
type fake struct {
	asked []string
	say   func(text, to string) (string, error)
}

func (f *fake) Translate(_ context.Context, text, _, to string) (string, error) {
	f.asked = append(f.asked, text)
	return f.say(text, to)
}

func TestWhatLeavesTheHouseForTranslation(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		english := Words{Lang: "en", Subject: "About {children}", Body: "Amira and AMIRA's mother come on {day}. Joining is free."}
		f := &fake{say: func(text, to string) (string, error) { return to + " " + text, nil }}
		s.Translator = f
		if list, _, err := s.MachineWords(ctx, head, english, []string{"pl"}); err != nil || len(list) != 0 || len(f.asked) != 0 {
			t.Errorf("asked though the school does not want it: %v %v", list, err)
		}
		ok(t, s.ChooseWording(ctx, head, Wording{Machine: true}))
		list, failed, err := s.MachineWords(ctx, head, english, []string{"pl", "en", "xx", "ur"})
		if err != nil || len(failed) != 0 || len(list) != 2 || list[0].Standing != Machine || list[0].Body != "pl Amira and AMIRA's mother come on {day}. Joining is free." {
			t.Fatalf("%+v %v %v", list, failed, err)
		}
		for _, text := range f.asked {
			if strings.Contains(strings.ToLower(text), "amira") || strings.ContainsAny(text, "{}") {
				t.Errorf("this left the house: %q", text)
			}
		}
		for name, say := range map[string]func(string, string) (string, error){
			"lost":    func(text, _ string) (string, error) { return strings.ReplaceAll(text, "[[1]]", ""), nil },
			"doubled": func(text, _ string) (string, error) { return text + " [[1]]", nil },
			"made up": func(text, _ string) (string, error) { return text + " [[9]]", nil },
			"braces":  func(text, _ string) (string, error) { return text + " {phone}", nil },
			"down":    func(string, string) (string, error) { return "", errors.New("down") },
		} {
			f.say = say
			if list, failed, err := s.MachineWords(ctx, head, english, []string{"pl"}); err != nil || len(list) != 0 || failed["pl"] == "" {
				t.Errorf("%s: %v %v %v", name, list, failed, err)
			}
		}
		f.say = func(text, _ string) (string, error) { return strings.ReplaceAll(text, "[[1]]", "[[ 1 ]]"), nil }
		if list, _, err := s.MachineWords(ctx, head, english, []string{"pl"}); err != nil || len(list) != 1 {
			t.Errorf("spaces in a placeholder: %v %v", list, err)
		}
		// A draft by the service never writes over a person's words, and never about what must be understood.
		_, err = s.TakeReady(ctx, head, []string{"absence_today", "consent_talk"})
		ok(t, err)
		all, err := s.Templates(ctx, head)
		ok(t, err)
		for _, x := range all.List {
			if err := s.DraftByService(ctx, head, x.ID, "pl"); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", x.Title, err)
			}
		}
		id, err := s.PutTemplate(ctx, head, Template{Title: "New", Class: ClassService, Tone: Neutral, Way: ByBest}, Words{Body: "Bring {what}."}, 0)
		ok(t, err)
		ok(t, s.DraftByService(ctx, head, id, "pl"))
		if v, _ := s.Template(ctx, head, id); len(v.Words) != 2 || v.Words[1].Standing != Machine {
			t.Errorf("%+v", v.Words)
		}
	})
}
