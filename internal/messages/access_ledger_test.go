package messages

import (
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// Each verb of contacts, balance, key contacts and reach: who may, who may not, and what the same key gives to another school.
func TestWhoMayInTheLedger(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak, ctx := w.oak, t.Context()
		amira := oak.kids["Amira"]
		begin := func() ContactID {
			return oak.log(t, "Han", Logged{Words: "Asks about lunch.", Owner: oak.staff["Sar"].String()}, "Amira")
		}
		tries := testkit.Try(t, int64(oak.org.ID))
		staff := map[access.Role]string{roll.Head: "Han", roll.Teacher: "Tom", roll.Senco: "Sar", roll.Office: "Olu", roll.FamilyWorker: "Fay", roll.KeyTeacher: "Kit", roll.Leader: "Lee"}
		as := func(x *ledgerSchool, role access.Role) access.Pass {
			who := staff[role]
			if who == "" {
				who = "Lee" // a governor, a partner, a coordinator: somebody with another part
			}
			return x.as(who, role)
		}
		choice := KeyChoice{Staff: oak.staff["Sar"].String()}
		for _, c := range []struct {
			verb   string
			may    access.Role
			mayNot access.Role
			do     func(p access.Pass) error
			own    bool // about the organisation of the pass: another school does it for itself
		}{
			{"Key", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error { _, err := w.s.Key(ctx, p, amira); return err }, false},
			{"SetKey", roll.Office, roll.KeyTeacher, func(p access.Pass) error { _, _, err := w.s.SetKey(ctx, p, amira, choice); return err }, false},
			{"SetKeys", roll.Leader, roll.Senco, func(p access.Pass) error {
				if _, _, err := w.s.SetKeys(ctx, p, KeyGroup{Year: "7"}, choice); fault.KindOf(err) != fault.Invalid { // the other school has not that colleague
					return err
				}
				return nil
			}, true},
			{"HandOver", roll.Head, roll.FamilyWorker, func(p access.Pass) error {
				if _, _, err := w.s.HandOver(ctx, p, oak.staff["Fay"], choice); fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
					return err
				}
				return nil
			}, true},
			{"KeyContacts", roll.Office, roll.Teacher, func(p access.Pass) error { _, err := w.s.KeyContacts(ctx, p); return err }, true},
			{"LogForm", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error { _, err := w.s.LogForm(ctx, p, amira); return err }, false},
			{"LogContact", roll.Office, roll.Partner, func(p access.Pass) error {
				_, err := w.s.LogContact(ctx, p, Logged{Pupils: []string{amira.String()}, Way: ByGate, Tone: Good})
				return err
			}, false},
			{"SaveLogDraft", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error { return w.s.SaveLogDraft(ctx, p, amira, Logged{Way: ByGate}) }, false},
			{"DropLogDraft", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error { return w.s.DropLogDraft(ctx, p, amira) }, false},
			{"ContactsOf", roll.Senco, roll.Governor, func(p access.Pass) error { _, err := w.s.ContactsOf(ctx, p, amira); return err }, false},
			{"Contact", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error { _, err := w.s.Contact(ctx, p, begin()); return err }, false},
			{"RouteContact", roll.KeyTeacher, roll.Teacher, func(p access.Pass) error {
				return w.s.RouteContact(ctx, p, begin(), oak.staff["Olu"].String())
			}, false},
			{"AnswerContact", roll.Senco, roll.Teacher, func(p access.Pass) error { return w.s.AnswerContact(ctx, p, begin(), "Told her.") }, false},
			{"StrikeContact", roll.Head, roll.Governor, func(p access.Pass) error { return w.s.StrikeContact(ctx, p, begin(), "another child") }, false},
			{"WaitingContacts", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := w.s.WaitingContacts(ctx, p); return err }, true},
			{"FindToLog", roll.Teacher, roll.Coordinator, func(p access.Pass) error { _, err := w.s.FindToLog(ctx, p, "amira"); return err }, true},
			{"Balances", roll.Teacher, roll.Governor, func(p access.Pass) error { _, err := w.s.Balances(ctx, p, ""); return err }, true},
			{"BalanceFigures", roll.Governor, roll.Partner, func(p access.Pass) error { _, err := w.s.BalanceFigures(ctx, p); return err }, true},
			{"Reach", roll.FamilyWorker, roll.Coordinator, func(p access.Pass) error { _, err := w.s.Reach(ctx, p); return err }, true},
			{"ReachFigures", roll.Coordinator, roll.KeyTeacher, func(p access.Pass) error { _, err := w.s.ReachFigures(ctx, p); return err }, true},
		} {
			elm := as(w.elm, c.may)
			err := c.do(elm)
			tries.Did(c.verb, false, elm, err)
			if c.own && err != nil || !c.own && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s from another school: %v", c.verb, err)
			}
			not := as(oak, c.mayNot)
			tries.Did(c.verb, false, not, c.do(not))
			tries.Did(c.verb, false, access.Pass{}, c.do(access.Pass{}))
			may := as(oak, c.may)
			err = c.do(may)
			tries.Did(c.verb, true, may, err)
			if err != nil {
				t.Errorf("%s: the %s may not: %v", c.verb, c.may, err)
			}
		}
	})
}
