package messages

import (
	"context"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb of templates, phrases, newsletters and praise: who may, who may not, and what the same key gives to another school.
func TestWhoMayWord(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := context.Background(), a.as(roll.Head)
		s.Translator = &fake{say: func(text, to string) (string, error) { return to + " " + text, nil }}
		id, err := s.PutTemplate(ctx, head, Template{Title: "T", Class: ClassService, Tone: Good, Way: ByLetter}, Words{Subject: "S", Body: "About {child}: {what}"}, 0)
		ok(t, err)
		issue, err := s.PutIssue(ctx, head, Issue{Month: "2026-11", Title: "November"}, 0)
		ok(t, err)
		ok(t, s.PutItem(ctx, head, Item{IssueID: issue, Kind: ItemNews, Title: "News"}))
		ok(t, s.AddPicture(ctx, head, issue, aPicture(t), "Beans"))
		v, err := s.Issue(ctx, head, issue)
		ok(t, err)
		item, picture := v.Items[0].ID, v.Pictures[0].ID
		asked := PraiseAsked{Kind: ByCard, Template: id, What: map[roll.PupilID]string{a.pupil: "read"}}
		_, err = s.MakePraise(ctx, head, asked)
		ok(t, err)
		desk, err := s.Praises(ctx, head, 0)
		ok(t, err)
		praise := desk.ToSign[0].ID
		tries := testkit.Try(t, a.org)
		for _, c := range []struct {
			verb        string
			may, mayNot access.Role
			do          func(p access.Pass) error
			own         bool // about the organisation of the pass
		}{
			{"Templates", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Templates(ctx, p); return err }, true},
			{"Template", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Template(ctx, p, id); return err }, false},
			{"TakeReady", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := s.TakeReady(ctx, p, []string{"late"}); return err }, true},
			{"PutTemplate", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, err := s.PutTemplate(ctx, p, Template{ID: id, Title: "T", Class: ClassService, Tone: Good, Way: ByLetter}, Words{Subject: "S", Body: "About {child}: {what}"}, 1)
				return err
			}, false},
			{"Translate", roll.Leader, roll.FamilyWorker, func(p access.Pass) error {
				return s.Translate(ctx, p, id, Words{Lang: "pl", Subject: "S", Body: "{child}: {what}"}, "", 1)
			}, false},
			{"DraftByService", roll.Office, roll.Teacher, func(p access.Pass) error { return s.DraftByService(ctx, p, id, "ro") }, false},
			{"DropTemplate", roll.Office, roll.Teacher, func(p access.Pass) error { return s.DropTemplate(ctx, p, id, false) }, false},
			{"ChooseWording", roll.Head, roll.Teacher, func(p access.Pass) error { return s.ChooseWording(ctx, p, Wording{}) }, true},
			{"MachineWords", roll.Teacher, roll.Governor, func(p access.Pass) error { _, _, err := s.MachineWords(ctx, p, Words{Body: "x"}, nil); return err }, true},
			{"PhraseBank", roll.Senco, roll.Coordinator, func(p access.Pass) error { _, err := s.PhraseBank(ctx, p); return err }, true},
			{"CheckPhrase", roll.Office, roll.Teacher, func(p access.Pass) error { return s.CheckPhrase(ctx, p, "safe", "pl", "Wszyscy są bezpieczni.", "") }, true},
			{"Issues", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Issues(ctx, p); return err }, true},
			{"Issue", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Issue(ctx, p, issue); return err }, false},
			{"PutIssue", roll.Office, roll.Teacher, func(p access.Pass) error {
				_, err := s.PutIssue(ctx, p, Issue{ID: issue, Month: "2026-11", Title: "November"}, 1)
				return err
			}, false},
			{"PutItem", roll.Office, roll.Teacher, func(p access.Pass) error {
				return s.PutItem(ctx, p, Item{IssueID: issue, Kind: ItemNews, Title: "More"})
			}, false},
			{"TakeOffer", roll.Office, roll.Teacher, func(p access.Pass) error {
				err := s.TakeOffer(ctx, p, issue, "none")
				if err != nil && err.Error() == fault.Gone("piece that is offered").Error() && p.Org() == a.org {
					return nil // let in, and told that nothing of this name is offered
				}
				return err
			}, false},
			{"PictureOf", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.PictureOf(ctx, p, issue, picture); return err }, false},
			{"AddPicture", roll.Office, roll.Teacher, func(p access.Pass) error { return s.AddPicture(ctx, p, issue, aPicture(t), "Beans") }, false},
			{"Publish", roll.Office, roll.Teacher, func(p access.Pass) error { return s.Publish(ctx, p, issue, true) }, false},
			{"DropPicture", roll.Office, roll.Teacher, func(p access.Pass) error { return s.DropPicture(ctx, p, issue, picture) }, false},
			{"DropItem", roll.Office, roll.Teacher, func(p access.Pass) error { return s.DropItem(ctx, p, issue, item) }, false},
			{"Praises", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := s.Praises(ctx, p, 0); return err }, true},
			{"MakePraise", roll.Office, roll.Governor, func(p access.Pass) error {
				x := asked
				x.Template, x.Body = 0, "About {child}: {what}"
				_, err := s.MakePraise(ctx, p, x)
				return err
			}, false},
			{"PraisePiece", roll.Office, roll.Governor, func(p access.Pass) error { _, err := s.PraisePiece(ctx, p, praise); return err }, false},
			{"ChangePraise", roll.Office, roll.Governor, func(p access.Pass) error {
				return s.ChangePraise(ctx, p, praise, "S", "About {child}: {what}", "read", 1)
			}, false},
			{"SignPraise", roll.Head, roll.Governor, func(p access.Pass) error { return s.SignPraise(ctx, p, praise, 2) }, false},
			{"DropPraise", roll.Office, roll.Governor, func(p access.Pass) error { return s.DropPraise(ctx, p, praise) }, false},
			{"PrintPraise", roll.Office, roll.Governor, func(p access.Pass) error { _, _, _, err := s.PrintPraise(ctx, p, ByCard); return err }, true},
			{"PrintedPraise", roll.Office, roll.Governor, func(p access.Pass) error { _, err := s.PrintedPraise(ctx, p, 1); return err }, true},
		} {
			err := c.do(b.as(c.may))
			tries.Did(c.verb, false, b.as(c.may), err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			tries.Did(c.verb, false, a.as(c.mayNot), c.do(a.as(c.mayNot)))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			err = c.do(a.as(c.may))
			tries.Did(c.verb, true, a.as(c.may), err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
		// A teacher sees, signs and prints only praise of the children they see: here none.
		if _, err := s.PraisePiece(ctx, a.as(roll.Teacher), praise); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a teacher opened praise of a child they don't see: %v", err)
		}
		if desk, err := s.Praises(ctx, a.as(roll.Teacher), a.class); err != nil || len(desk.ToSign)+len(desk.ToPrint)+len(desk.Pupils) != 0 {
			t.Errorf("%+v %v", desk, err)
		}
	})
}
