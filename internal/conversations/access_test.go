package conversations

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Who may what: every verb is asked by those who may, by those who may not, by the other school and by nobody.
func TestWhoMay(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b school) {
		ctx := context.Background()
		programme, rounds, talks := begin(t, s, a)
		talk, bens := talks[a.amira], talks[a.ben]
		must(t, s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.mother, SentOn: "2026-11-02"}))
		must(t, s.AgreeTime(ctx, a.head(), talk, Time{MeetOn: "2026-11-19"}))
		kay, office, colleague := a.as(a.keyTeacher, roll.KeyTeacher), a.as(a.outsider, roll.Office), a.as(a.colleague, roll.Teacher)
		_, err := s.AskReflections(ctx, kay, talk, []roll.StaffID{a.colleague})
		must(t, err)
		r, err := s.One(ctx, kay, talk)
		must(t, err)
		ask := r.Reflections[0].ID
		tries := testkit.Try(t, kay.Org())
		must(t, s.Finalise(ctx, kay, talk, 0, "p", goodNotes(a), ""))
		tries.Did("Finalise", true, kay, nil)
		r, err = s.One(ctx, kay, talk)
		must(t, err)
		target := r.Targets[0].ID
		two := 2
		verbs := []struct {
			name string
			yes  []access.Pass // may
			no   []access.Pass // may not
			do   func(p access.Pass) error
		}{
			{"AddProgramme", []access.Pass{a.head(), a.as(0, roll.Senco)}, []access.Pass{kay, office}, func(p access.Pass) error {
				_, err := s.AddProgramme(ctx, p, Programme{Name: "x", Starts: "2026-09-01", Ends: "2027-07-01"}, nil)
				return err
			}},
			{"AddRound", []access.Pass{a.head()}, []access.Pass{kay, office, b.head()}, func(p access.Pass) error {
				_, err := s.AddRound(ctx, p, programme, Round{Title: "More", Kind: KindReview, Opens: "2027-05-01", Closes: "2027-06-01"})
				return err
			}},
			{"EditRound", []access.Pass{a.head()}, []access.Pass{kay, office, b.head()}, func(p access.Pass) error {
				return s.EditRound(ctx, p, rounds[0].ID, "First", "2026-09-07", "2026-12-18", "")
			}},
			{"Learn", []access.Pass{a.head()}, []access.Pass{kay, office, b.head()}, func(p access.Pass) error { return s.Learn(ctx, p, rounds[2].ID, "Ring first") }},
			{"Programmes", []access.Pass{a.head(), kay, office}, []access.Pass{a.as(0, roll.Governor)}, func(p access.Pass) error { _, err := s.Programmes(ctx, p); return err }},
			{"Programme", []access.Pass{a.head(), kay, office}, []access.Pass{a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, _, err := s.Programme(ctx, p, programme); return err }},
			{"Round", []access.Pass{a.head(), kay, office}, []access.Pass{a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, _, _, err := s.Round(ctx, p, rounds[0].ID, Filter{}); return err }},
			{"Lines", []access.Pass{a.head(), kay}, []access.Pass{a.as(0, roll.Coordinator)}, func(p access.Pass) error { _, err := s.Lines(ctx, p, Filter{}); return err }},
			{"Choose", []access.Pass{a.head()}, []access.Pass{kay, office, b.head()}, func(p access.Pass) error { _, err := s.Choose(ctx, p, programme, []roll.PupilID{a.amira}); return err }},
			{"PupilsIn", []access.Pass{a.head()}, []access.Pass{kay, office}, func(p access.Pass) error { _, err := s.PupilsIn(ctx, p, Group{Year: "7"}); return err }},
			{"Groups", []access.Pass{a.head()}, []access.Pass{kay, office}, func(p access.Pass) error { _, _, err := s.Groups(ctx, p); return err }},
			{"Staff", []access.Pass{a.head(), kay}, []access.Pass{a.as(0, roll.Governor)}, func(p access.Pass) error { _, err := s.Staff(ctx, p); return err }},
			{"AssignKeyTeacher", []access.Pass{a.head(), a.as(0, roll.Leader)}, []access.Pass{kay, office, b.head()}, func(p access.Pass) error {
				_, err := s.AssignKeyTeacher(ctx, p, a.keyTeacher, []roll.PupilID{a.amira}, "")
				return err
			}},
			{"Invite", []access.Pass{office, kay}, []access.Pass{colleague, b.head()}, func(p access.Pass) error { return s.Invite(ctx, p, talk, Invitation{AdultID: a.father}) }},
			{"InviteAll", []access.Pass{office}, []access.Pass{kay, b.head()}, func(p access.Pass) error { _, err := s.InviteAll(ctx, p, rounds[0].ID); return err }},
			{"InvitedFor", []access.Pass{office, a.head()}, []access.Pass{kay, a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, _, err := s.InvitedFor(ctx, p, programme, ""); return err }},
			{"LettersOf", []access.Pass{office, kay}, []access.Pass{a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, err := s.LettersOf(ctx, p, rounds[0].ID, true); return err }},
			{"LettersSent", []access.Pass{office}, []access.Pass{a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, err := s.LettersSent(ctx, p, rounds[0].ID, ""); return err }},
			{"LogCall", []access.Pass{office}, []access.Pass{kay, colleague, b.head()}, func(p access.Pass) error {
				return s.LogCall(ctx, p, bens, Call{AdultID: a.carer, Outcome: "no_answer"})
			}},
			{"AgreeTime", []access.Pass{office}, []access.Pass{kay, b.head()}, func(p access.Pass) error { return s.AgreeTime(ctx, p, bens, Time{MeetOn: "2026-11-25"}) }},
			{"Missed", []access.Pass{office}, []access.Pass{kay, b.head()}, func(p access.Pass) error { return s.Missed(ctx, p, bens, "", "work", "") }},
			{"Decline", []access.Pass{office}, []access.Pass{kay, b.head()}, func(p access.Pass) error { return s.Decline(ctx, p, bens, 0, "", "Works nights") }},
			{"Reopen", []access.Pass{office}, []access.Pass{kay, b.head()}, func(p access.Pass) error { return s.Reopen(ctx, p, bens) }},
			{"GiveOwn", nil, []access.Pass{colleague, b.head()}, func(p access.Pass) error { _, err := s.GiveOwn(ctx, p, bens, a.carer); return err }},
			{"One", []access.Pass{a.head(), kay, office}, []access.Pass{colleague, a.as(0, roll.Governor), b.head()}, func(p access.Pass) error { _, err := s.One(ctx, p, talk); return err }},
			{"Pack", []access.Pass{a.head(), kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { _, err := s.Pack(ctx, p, talk); return err }},
			{"Sit", []access.Pass{a.head(), kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { _, err := s.Sit(ctx, p, talk); return err }},
			{"SaveDraft", []access.Pass{a.head()}, []access.Pass{office, kay, b.head()}, func(p access.Pass) error { _, err := s.SaveDraft(ctx, p, bens, 0, "p", Notes{Parent: "x"}); return err }},
			{"PastDrafts", []access.Pass{a.head(), kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { _, err := s.PastDrafts(ctx, p, talk); return err }},
			{"Finalise", nil, []access.Pass{office, kay, b.head()}, func(p access.Pass) error { return s.Finalise(ctx, p, bens, 0, "p", goodNotes(a), "") }},
			{"MarkHeld", []access.Pass{a.head()}, []access.Pass{office, kay, b.head()}, func(p access.Pass) error { return s.MarkHeld(ctx, p, bens, "") }},
			{"Correct", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error {
				_, err := s.Correct(ctx, p, talk, a.mother, "A word", Compose(goodNotes(a)), "")
				return err
			}},
			{"MaySettle", []access.Pass{kay}, []access.Pass{office, colleague, b.head(), a.parent(a.mother)}, func(p access.Pass) error {
				r := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Words: "x", Version: newest(t, s, a.head(), talk)}
				must(t, s.Say(ctx, a.parent(a.mother), r))
				err := s.MaySettle(ctx, p, r.ID)
				_, back := s.TakeBack(ctx, a.parent(a.mother), r.ID)
				must(t, back)
				return err
			}},
			{"Settle", []access.Pass{kay}, []access.Pass{office, colleague, b.head(), a.parent(a.mother)}, func(p access.Pass) error {
				r := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Words: "x", Version: newest(t, s, a.head(), talk)}
				must(t, s.Say(ctx, a.parent(a.mother), r))
				err := s.Settle(ctx, p, r.ID, false, "We talked about it.")
				_, back := s.TakeBack(ctx, a.parent(a.mother), r.ID)
				must(t, back)
				return err
			}},
			{"OwnSheet", []access.Pass{a.parent(a.mother)}, []access.Pass{a.head(), kay, office, a.parent(a.carer), b.parent(b.mother)}, func(p access.Pass) error { _, err := s.OwnSheet(ctx, p, talk); return err }},
			{"OwnTime", []access.Pass{a.parent(a.mother)}, []access.Pass{a.head(), kay, office, a.parent(a.carer), b.parent(b.mother)}, func(p access.Pass) error { _, err := s.OwnTime(ctx, p, talk); return err }},
			{"AgreeByLink", []access.Pass{a.parent(a.mother)}, []access.Pass{a.head(), kay, a.parent(a.carer), b.parent(b.mother)}, func(p access.Pass) error {
				return s.AgreeByLink(ctx, p, talk, newest(t, s, a.head(), talk))
			}},
			{"Say", []access.Pass{a.parent(a.mother)}, []access.Pass{a.head(), kay, a.parent(a.carer), b.parent(b.mother)}, func(p access.Pass) error {
				r := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Words: "x", Version: newest(t, s, a.head(), talk)}
				err := s.Say(ctx, p, r)
				if err == nil {
					_, err = s.TakeBack(ctx, p, r.ID)
				}
				return err
			}},
			{"TakeBack", []access.Pass{a.parent(a.mother)}, []access.Pass{a.head(), kay, a.parent(a.carer), b.parent(b.mother)}, func(p access.Pass) error {
				r := Remark{ID: ids.New[Remark](), TalkID: talk, Kind: RemarkCorrection, Words: "x", Version: newest(t, s, a.head(), talk)}
				must(t, s.Say(ctx, a.parent(a.mother), r))
				_, err := s.TakeBack(ctx, p, r.ID)
				if err != nil {
					_, back := s.TakeBack(ctx, a.parent(a.mother), r.ID)
					must(t, back)
				}
				return err
			}},
			{"Agree", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { return s.Agree(ctx, p, talk, a.mother, 0, "", "paper") }},
			{"GiveCopy", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { return s.GiveCopy(ctx, p, talk, a.mother, "", "post") }},
			{"ReviewTarget", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { return s.ReviewTarget(ctx, p, target, 0, "met", "", "done", "", "") }},
			{"RecordCost", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { return s.RecordCost(ctx, p, talk, Cost{Prep: &two}) }},
			{"RecordFeedback", []access.Pass{kay, office}, []access.Pass{colleague, b.head()}, func(p access.Pass) error {
				return s.RecordFeedback(ctx, p, talk, Feedback{AdultID: a.mother, Heard: "yes"})
			}},
			{"Tick", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error { return s.Tick(ctx, p, talk, []string{"prepare"}) }},
			{"AskReflections", []access.Pass{kay}, []access.Pass{office, colleague, b.head()}, func(p access.Pass) error {
				_, err := s.AskReflections(ctx, p, talk, []roll.StaffID{a.colleague})
				return err
			}},
			{"Asked", []access.Pass{colleague}, []access.Pass{kay, a.head(), b.head()}, func(p access.Pass) error { _, err := s.Asked(ctx, p, ask); return err }},
			{"Answer", []access.Pass{colleague}, []access.Pass{kay, a.head(), b.head()}, func(p access.Pass) error { return s.Answer(ctx, p, ask, "Good questions", "") }},
			{"Coverage", []access.Pass{a.head()}, []access.Pass{kay, office, a.as(0, roll.Governor)}, func(p access.Pass) error { _, err := s.Coverage(ctx, p, Filter{}); return err }},
			{"PublicCoverage", []access.Pass{a.head(), a.as(0, roll.Governor), a.as(0, roll.Coordinator)}, []access.Pass{kay, office}, func(p access.Pass) error { _, _, err := s.PublicCoverage(ctx, p, 0); return err }},
			{"ProgrammeNames", []access.Pass{a.as(0, roll.Governor)}, []access.Pass{kay}, func(p access.Pass) error { _, err := s.ProgrammeNames(ctx, p); return err }},
			{"Numbers", []access.Pass{a.head()}, []access.Pass{kay, a.as(0, roll.Governor)}, func(p access.Pass) error { _, err := s.Numbers(ctx, p, Filter{}); return err }},
			{"Mine", []access.Pass{kay, office}, []access.Pass{a.as(0, roll.Governor)}, func(p access.Pass) error { _, err := s.Mine(ctx, p, false); return err }},
			{"TakeOut", []access.Pass{a.head()}, []access.Pass{kay, office}, func(p access.Pass) error { _, err := s.TakeOut(ctx, p, programme, a.ben); return err }},
		}
		for _, v := range verbs {
			for _, p := range append(v.no, access.Pass{}) {
				err := v.do(p)
				tries.Did(v.name, false, p, err)
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s by %v of %d answered %v; it must look as if nothing were there", v.name, p.Who().Roles, p.Org(), err)
				}
			}
			for _, p := range v.yes {
				err := v.do(p)
				tries.Did(v.name, true, p, err)
				if err != nil {
					t.Errorf("%s by %v: %v", v.name, p.Who().Roles, err)
				}
			}
			if !slices.ContainsFunc(v.no, func(p access.Pass) bool { return p.Org() != kay.Org() }) { // about the organisation of the pass itself
				tries.Did(v.name, false, b.head(), v.do(b.head()))
			}
		}
		_, err = s.GiveOwn(ctx, kay, talk, a.father) // last, since it makes one more talk
		must(t, err)
		tries.Did("GiveOwn", true, kay, err)
	})
}

func TestTheOfficeDoesNotSeeWhatWasSaid(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk := talks[a.amira]
		kay := a.as(a.keyTeacher, roll.KeyTeacher)
		must(t, s.Finalise(ctx, kay, talk, 0, "p", goodNotes(a), ""))
		r, err := s.One(ctx, a.as(a.outsider, roll.Office), talk)
		must(t, err)
		if r.MayRead || len(r.Texts)+len(r.Targets)+len(r.Agreements)+len(r.Reflections)+len(r.Feedback) > 0 {
			t.Errorf("the office reads what was said: %+v", r)
		}
		list, err := s.Lines(ctx, kay, Filter{})
		must(t, err)
		for _, l := range list {
			if l.PupilID != a.amira {
				t.Errorf("the key teacher of Amira sees a conversation about %s", l.PupilName())
			}
		}
		// A new key teacher takes over: the one before loses sight from the next request on.
		_, err = s.AssignKeyTeacher(ctx, a.head(), a.outsider, []roll.PupilID{a.amira}, "")
		must(t, err)
		if _, err := s.One(ctx, kay, talk); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the former key teacher still reads the conversation: %v", err)
		}
	})
}

func TestABarredAdultIsReachedByNothing(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk := talks[a.ben]
		must(t, s.Finalise(ctx, a.head(), talk, 0, "p", goodNotes(a), ""))
		for name, do := range map[string]func() error{
			"invitation": func() error { return s.Invite(ctx, a.head(), talk, Invitation{AdultID: a.barred}) },
			"call":       func() error { return s.LogCall(ctx, a.head(), talk, Call{AdultID: a.barred, Outcome: "message"}) },
			"time": func() error {
				return s.AgreeTime(ctx, a.head(), talks[a.ben], Time{AdultID: a.barred, MeetOn: "2026-12-01"})
			},
			"agreement": func() error { return s.Agree(ctx, a.head(), talk, a.barred, 1, "", "room") },
			"copy":      func() error { return s.GiveCopy(ctx, a.head(), talk, a.barred, "", "post") },
			"own talk":  func() error { _, err := s.GiveOwn(ctx, a.head(), talk, a.barred); return err },
			"correction": func() error {
				_, err := s.Correct(ctx, a.head(), talk, a.barred, "x", Compose(goodNotes(a)), "")
				return err
			},
			"feedback": func() error { return s.RecordFeedback(ctx, a.head(), talk, Feedback{AdultID: a.barred, Heard: "no"}) },
		} {
			if err := do(); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s reaches an adult under a no-contact order: %v", name, err)
			}
		}
		r, err := s.One(ctx, a.as(a.keyTeacher, roll.FamilyWorker, roll.Senco), talk)
		must(t, err)
		if r.Barred != 1 || len(r.BarredWhy) != 0 {
			t.Errorf("someone without the right to orders is told why: %v", r.BarredWhy)
		}
		for _, p := range r.Adults {
			if p.Relation.Adult.ID == a.barred {
				t.Error("the barred adult is offered on a form")
			}
		}
		before := a.head().Who()
		before.SecondFactorMs = 0
		if r, _ = s.One(ctx, gate.Admit(before), talk); r.Barred != 1 || len(r.BarredWhy) != 0 {
			t.Errorf("the head is told %v before the second step", r.BarredWhy)
		}
		if r, _ = s.One(ctx, a.head(), talk); len(r.BarredWhy) != 1 || !strings.Contains(r.BarredWhy[0], "Dean Oakley") {
			t.Errorf("the head is told %v", r.BarredWhy)
		}
	})
}

func TestDraftsSurvive(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, _ school) {
		ctx := context.Background()
		_, _, talks := begin(t, s, a)
		talk, kay := talks[a.amira], a.as(a.keyTeacher, roll.KeyTeacher)
		d, err := s.SaveDraft(ctx, kay, talk, 0, "laptop", Notes{Parent: "One"})
		must(t, err)
		d, err = s.SaveDraft(ctx, kay, talk, 0, "laptop", Notes{Parent: "One two"})
		must(t, err)
		if d.Version != 2 {
			t.Errorf("the same page saves on: version %d", d.Version)
		}
		_, err = s.SaveDraft(ctx, kay, talk, 0, "phone", Notes{Parent: "Old"})
		c, ok := AsConflict(err)
		if !ok || c.Theirs.Notes.Parent != "One two" || c.Yours.Parent != "Old" {
			t.Fatalf("an old page overwrote or lost a text: %v", err)
		}
		if _, err = s.SaveDraft(ctx, kay, talk, c.Theirs.Version, "phone", Notes{Parent: "One two. Old"}); err != nil {
			t.Errorf("put together by a person: %v", err)
		}
		past, err := s.PastDrafts(ctx, kay, talk)
		must(t, err)
		if len(past) != 3 || past[2].Notes.Parent != "One" {
			t.Errorf("%d states are kept", len(past))
		}
		// What can't be finished yet is saved all the same.
		err = s.Finalise(ctx, kay, talk, 3, "phone", Notes{Parent: "Three", Goals: []Goal{{Words: "Read"}}}, "")
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a target without owner and date was agreed: %v", err)
		}
		sit, err := s.Sit(ctx, kay, talk)
		must(t, err)
		if sit.Draft.Notes.Parent != "Three" || sit.Line.FinalisedMs != nil {
			t.Error("the notes were lost, or finished, by a text that is not complete")
		}
		hard := goodNotes(a)
		hard.Summary = strings.Repeat("The interdisciplinary multi-agency intervention necessitates comprehensive differentiation of individualised educational provision throughout the assessment period, notwithstanding considerable organisational difficulties. ", 3)
		if err := s.Finalise(ctx, kay, talk, 4, "phone", hard, ""); len(fault.AsFields(err)) == 0 || fault.AsFields(err)[0].Field != "why_harder" {
			t.Errorf("a text above the reading age asks for an edit: %v", err)
		}
		hard.WhyHarder = "The words of the plan have to stay"
		must(t, s.Finalise(ctx, kay, talk, 5, "phone", hard, ""))
	})
}

func newest(t *testing.T, s *Service, p access.Pass, talk TalkID) int {
	t.Helper()
	r, err := s.One(context.Background(), p, talk)
	must(t, err)
	return r.Texts[0].Version
}
