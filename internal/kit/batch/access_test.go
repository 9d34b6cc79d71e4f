package batch_test

import (
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

// Every verb: allowed, not allowed, the other organisation, nobody.
func TestAccess(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB, s *batch.Service) {
		office := as(testkit.OrgA, "office")
		kept := func() batch.ID {
			id, _, err := s.Preview(office, order("things", things+"a,Ash,1,,\n"), t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		done := kept()
		must[*batch.Report](t)(s.Confirm(office, done, t.Context()))
		waiting := kept()
		m := &sheet.Mapping{Fields: []sheet.FieldRule{{Field: "code", Rule: sheet.Column("x")}}}
		verbs := map[string]func(access.Pass) error{
			"Try":     func(p access.Pass) error { _, err := s.Try(p, order("things", things), t.Context()); return err },
			"Import":  func(p access.Pass) error { _, err := s.Import(p, order("things", things), t.Context()); return err },
			"Preview": func(p access.Pass) error { _, _, err := s.Preview(p, order("things", things), t.Context()); return err },
			"Confirm": func(p access.Pass) error { _, err := s.Confirm(p, kept(), t.Context()); return err },
			"Drop":    func(p access.Pass) error { return s.Drop(p, kept(), t.Context()) },
			"Hold": func(p access.Pass) error {
				_, err := s.Hold(p, "things", batch.Bytes("x.csv", nil), []byte("x"), t.Context())
				return err
			},
			"File":        func(p access.Pass) error { _, _, err := s.File(p, waiting, t.Context()); return err },
			"List":        func(p access.Pass) error { _, err := s.List(p, t.Context()); return err },
			"Find":        func(p access.Pass) error { _, err := s.Find(p, waiting, t.Context()); return err },
			"RefusedFile": func(p access.Pass) error { _, _, err := s.RefusedFile(p, done, t.Context()); return err },
			"Remember":    func(p access.Pass) error { return s.Remember(p, "things", "x", m, t.Context()) },
			"Recall":      func(p access.Pass) error { _, err := s.Recall(p, "things", "x", t.Context()); return err },
			"Undo": func(p access.Pass) error {
				rep := must[*batch.Report](t)(s.Import(office, order("things", things), t.Context()))
				_, err := s.Undo(p, must[batch.ID](t)(ids.Parse[batch.Batch](rep.Batch)), t.Context())
				return err
			},
		}
		ofOne := map[string]bool{"Confirm": true, "Drop": true, "Find": true, "File": true, "RefusedFile": true, "Undo": true}
		missing := func(p access.Pass) string {
			_, err := s.Find(p, ids.New[batch.Batch](), t.Context())
			return err.Error()
		}
		tries := testkit.Try(t, testkit.OrgA)
		for name, verb := range verbs {
			err := verb(office)
			tries.Did(name, true, office, err)
			if err != nil {
				t.Errorf("%s: the office was refused: %v", name, err)
			}
			for _, role := range []access.Role{"teacher", "governor", "clerk", "nobody"} {
				if name == "List" { // which leaves out what the person may not see; see below
					tries.ShownNothing(name, as(testkit.OrgA, role))
					continue
				}
				err := verb(as(testkit.OrgA, role))
				tries.Did(name, false, as(testkit.OrgA, role), err)
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s as %s: %v", name, role, err)
				} else if ofOne[name] && err.Error() != missing(office) {
					t.Errorf("%s as %s tells that it is there: %v", name, role, err)
				}
			}
			tries.Did(name, false, access.Pass{}, verb(access.Pass{}))
			err = verb(as(testkit.OrgB, "office"))
			tries.Did(name, false, as(testkit.OrgB, "office"), err)
			if ofOne[name] && (fault.KindOf(err) != fault.NotFound || err.Error() != missing(office)) {
				t.Errorf("%s from the other organisation: %v", name, err)
			}
		}
		for _, c := range []struct {
			p    access.Pass
			none bool
		}{{office, false}, {as(testkit.OrgA, "clerk"), true}, {as(testkit.OrgA, "teacher"), true}} {
			if list := must[[]batch.Record](t)(s.List(c.p, t.Context())); (len(list) == 0) != c.none {
				t.Errorf("%s sees %d imports", c.p.Who().Name, len(list))
			}
		}
	})
}
