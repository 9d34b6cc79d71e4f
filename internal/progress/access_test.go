package progress_test

import (
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// as is the pass of someone with a role in an organisation; staff is their key.
func as(org, staff int64, roles ...access.Role) access.Pass {
	return access.NewGate(roll.Rights(), progress.Rights()).Admit(access.Who{Org: org, Staff: staff, Name: "Sam Test", Roles: roles})
}

// assign makes a member of staff the key teacher of a pupil.
func (sc *school) assign(t *testing.T, p access.Pass, pupil string) int64 {
	t.Helper()
	staff := ids.New[roll.Staff]()
	sc.update(t, p, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into roll_staff (org_id, id, name) values ($1, $2, 'Sam Test')`, staff); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts) values ($1, $2, $3, $4, 'key_teacher', '2026-09-01')`, ids.New[roll.Assignment](), sc.pupils[p.Org()][pupil], staff)
		return err
	})
	return int64(staff)
}

// Every verb, by everyone: allowed, denied, the other organisation, nobody.
func TestWhoMay(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "mine", "other")
		staff := sc.assign(t, testkit.A(), "mine")
		mine, other := sc.pupils[testkit.OrgA]["mine"], sc.pupils[testkit.OrgA]["other"]
		ctx := t.Context()
		result := progress.ResultForm{Subject: "Reading", Scale: "ks2_scaled", Value: "101", On: "2/11/2026"}
		count := progress.CountForm{Kind: "praise", On: "2/11/2026", N: "1"}
		mark := progress.MarkForm{On: "2/11/2026", Session: "am", Mark: "/"}
		verbs := map[string]func(access.Pass, roll.PupilID) error{
			"Of": func(p access.Pass, id roll.PupilID) error { _, err := sc.s.Of(ctx, p, id); return err },
			"Short": func(p access.Pass, id roll.PupilID) error {
				return d.View(ctx, p, func(tx *db.Tx) error {
					child, err := roll.Enter(tx, progress.See, id)
					if err == nil {
						_, err = sc.s.Short(tx, child)
					}
					return err
				})
			},
			"School":    func(p access.Pass, _ roll.PupilID) error { _, err := sc.s.School(ctx, p); return err },
			"AddResult": func(p access.Pass, id roll.PupilID) error { return sc.s.AddResult(ctx, p, id, result) },
			"AddCount":  func(p access.Pass, id roll.PupilID) error { return sc.s.AddCount(ctx, p, id, count) },
			"SetMark":   func(p access.Pass, id roll.PupilID) error { return sc.s.SetMark(ctx, p, id, mark) },
		}
		who := map[string]access.Pass{
			"head": as(testkit.OrgA, 0, roll.Head), "key teacher": as(testkit.OrgA, staff, roll.KeyTeacher), "family worker": as(testkit.OrgA, staff, roll.FamilyWorker),
			"governor": as(testkit.OrgA, 0, roll.Governor), "no role": as(testkit.OrgA, 0), "other head": as(testkit.OrgB, 0, roll.Head),
		}
		tests := []struct {
			verb, who string
			pupil     roll.PupilID
			want      bool
		}{
			{"Of", "head", other, true}, {"Of", "key teacher", mine, true}, {"Of", "key teacher", other, false}, {"Of", "family worker", mine, true}, {"Of", "governor", mine, false}, {"Of", "no role", mine, false}, {"Of", "other head", mine, false},
			{"Short", "head", other, true}, {"Short", "key teacher", mine, true}, {"Short", "key teacher", other, false}, {"Short", "governor", mine, false}, {"Short", "no role", mine, false}, {"Short", "other head", mine, false},
			{"School", "head", 0, true}, {"School", "governor", 0, true}, {"School", "key teacher", 0, true}, {"School", "no role", 0, false}, {"School", "other head", 0, true},
			{"AddResult", "head", mine, true}, {"AddResult", "key teacher", mine, true}, {"AddResult", "key teacher", other, false}, {"AddResult", "family worker", mine, false}, {"AddResult", "governor", mine, false}, {"AddResult", "no role", mine, false}, {"AddResult", "other head", mine, false},
			{"AddCount", "head", mine, true}, {"AddCount", "key teacher", mine, true}, {"AddCount", "key teacher", other, false}, {"AddCount", "family worker", mine, false}, {"AddCount", "governor", mine, false}, {"AddCount", "no role", mine, false}, {"AddCount", "other head", mine, false},
			{"SetMark", "head", mine, true}, {"SetMark", "key teacher", mine, true}, {"SetMark", "key teacher", other, false}, {"SetMark", "family worker", mine, false}, {"SetMark", "governor", mine, false}, {"SetMark", "no role", mine, false}, {"SetMark", "other head", mine, false},
		}
		tries := testkit.Try(t, testkit.OrgA)
		for _, c := range tests {
			err := verbs[c.verb](who[c.who], c.pupil)
			tries.Did(c.verb, c.want, who[c.who], err)
			if c.want && err != nil || !c.want && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s by %s: %v; want %v", c.verb, c.who, err, c.want)
			}
		}
		for name, verb := range verbs {
			tries.Did(name, false, access.Pass{}, verb(access.Pass{}, mine))
		}
	})
}

func TestHandBeatsFile(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1")
		a, id, ctx := as(testkit.OrgA, 0, roll.Head), sc.pupils[testkit.OrgA]["a1"], t.Context()
		sc.bring(t, testkit.A(), "results", "pupil_id,subject,scale,value,date\na1,Reading,ks2,100,2026-11-02\n", "")
		if err := sc.s.AddResult(ctx, a, id, progress.ResultForm{Subject: "reading", Scale: "ks2_scaled", Value: "103", On: "2 November 2026"}); err != nil {
			t.Fatal(err)
		}
		rep := sc.bring(t, testkit.A(), "results", "pupil_id,subject,scale,value,date\na1,Reading,ks2,100,2026-11-02\n", "")
		wantCounts(t, rep, "1 rows: 0 created, 0 updated, 1 same, 0 refused")
		if len(rep.Warnings) != 1 || rep.Warnings[0] != "file.csv, row 2: reading of 2 Nov 2026 was entered by a person as 103 and stays so; the file says 100." {
			t.Errorf("warnings: %q", rep.Warnings)
		}
		sc.bring(t, testkit.A(), "attendance", "pupil_id,date,am,pm\na1,2026-11-03,I,I\n", "")
		if err := sc.s.SetMark(ctx, a, id, progress.MarkForm{On: "3/11/2026", Session: "am", Mark: "/"}); err != nil {
			t.Fatal(err)
		}
		rep = sc.bring(t, testkit.A(), "attendance", "pupil_id,date,am,pm\na1,2026-11-03,I,I\na1,2026-11-04,/,\\\n", "")
		wantCounts(t, rep, "2 rows: 1 created, 0 updated, 1 same, 0 refused")
		if got := figure(sc.snapshot(t, testkit.A(), "a1", dayText).Attendance); got != "75.00 marks, 3 Nov 2026 to 4 Nov 2026: 1 of 4 sessions missed" {
			t.Errorf("attendance: %s", got)
		}
		before := sc.dump(t, testkit.A())
		sc.undo(t, testkit.A(), rep)
		if after := sc.dump(t, testkit.A()); after == before {
			t.Error("the undo did nothing")
		}
		if got := figure(sc.snapshot(t, testkit.A(), "a1", dayText).Attendance); got != "50.00 marks, 3 Nov 2026 to 3 Nov 2026: 1 of 2 sessions missed" {
			t.Errorf("after the undo: %s", got)
		}
	})
}

func TestFormsSayWhatIsWrong(t *testing.T) {
	testkit.Both(t, sets, func(t *testing.T, d *db.DB) {
		sc := open(t, d, "a1")
		a, id, ctx := as(testkit.OrgA, 0, roll.Head), sc.pupils[testkit.OrgA]["a1"], t.Context()
		for _, c := range []struct {
			err         error
			field, says string
		}{
			{sc.s.AddResult(ctx, a, id, progress.ResultForm{Subject: "", Scale: "gcse", Value: "5", On: "1/10/2026"}), "subject", "Give the subject."},
			{sc.s.AddResult(ctx, a, id, progress.ResultForm{Subject: "Maths", Scale: "gcse", Value: "A*", On: "1/10/2026"}), "value", "“A*” is not a GCSE grade: grades are 9 to 1 or U; for old letters or fine grades use a scale of your own name."},
			{sc.s.AddResult(ctx, a, id, progress.ResultForm{Subject: "Maths", Scale: "gcse", Value: "5", On: "1/10/2027"}), "on", "1 Oct 2027 has not come yet."},
			{sc.s.AddResult(ctx, a, id, progress.ResultForm{Subject: "Maths", Scale: "gcse", Value: "5", On: ""}), "on", "Give the day on which it was taken."},
			{sc.s.AddCount(ctx, a, id, progress.CountForm{Kind: "praise", On: "", N: "1"}), "on", "Give the day."},
			{sc.s.AddCount(ctx, a, id, progress.CountForm{Kind: "praise", On: "1/10/2026", N: "x"}), "count", "“x” is not a whole number from 0 upwards."},
			{sc.s.SetMark(ctx, a, id, progress.MarkForm{On: "1/10/2026", Session: "am", Mark: "H"}), "mark", "The code H was retired on 19 August 2024 and cannot be used for 2026-10-01: use C for leave the school has agreed, or G for a holiday it has not."},
			{sc.s.SetMark(ctx, a, id, progress.MarkForm{On: "1/10/2026", Session: "", Mark: "/"}), "session", "Choose the morning or the afternoon."},
		} {
			list := fault.AsFields(c.err)
			if len(list) != 1 || list[0].Field != c.field || list[0].Sentence != c.says {
				t.Errorf("got %v; want %s: %s", c.err, c.field, c.says)
			}
		}
		if got := sc.dump(t, testkit.A()); got != "" {
			t.Errorf("kept: %s", got)
		}
	})
}
