package roll

import (
	"context"
	"strings"
	"testing"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/testkit"
)

// adult finds the one adult whose name begins so.
func (x *importing) adult(name string) Adult {
	x.t.Helper()
	var out []Adult
	for _, a := range x.adults() {
		if strings.HasPrefix(a.Name, name) {
			out = append(out, a)
		}
	}
	if len(out) != 1 {
		x.t.Fatalf("%d adults are called %s: %+v", len(out), name, x.adults())
	}
	return out[0]
}

func (x *importing) merge(stays, gone AdultID, v Values) MergeID {
	x.t.Helper()
	ctx := context.Background()
	pre, err := x.s.Pair(ctx, testkit.A(), stays, gone, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	id, err := x.s.MergeAdults(ctx, testkit.A(), stays, gone, v, pre.Seen)
	if err != nil {
		x.t.Fatal(err)
	}
	return id
}

// The sheet from which the duplicates came is read again after somebody merged them, whichever name was kept: nobody is made a second time.
func TestSheetAfterAMerge(t *testing.T) {
	const text = "pupil_id,forename,surname,parent_1_name,parent_1_relationship,parent_1_phone\n1,Ada,Khan,Mrs Joanne Khan,mother,07700 900101\n2,Bo,Khan,Jo Khan,,07700 900102\n3,Cy,Khan,J M Khan,,07700 900103\n"
	importTest(t, func(t *testing.T, x *importing) {
		for _, keep := range []string{OfStays, OfGone} {
			r := x.sheet(text)
			if r.By["adults"].Created != 3 {
				t.Fatalf("%s", tallies(r))
			}
			long, short, initials := x.adult("Mrs Joanne").ID, x.adult("Jo ").ID, x.adult("J M").ID
			// A chain: the initials into the short name, and that into the long one.
			first := x.merge(short, initials, Values{"field.name": keep})
			second := x.merge(long, short, Values{"field.name": keep})
			before := x.dump(testkit.A())
			if again := x.sheet(text); again.Created+again.Updated != 0 || again.By["adults"].Created != 0 || again.By["ties"].Created != 0 {
				t.Errorf("kept %s: the same file after the merge: %s %q", keep, tallies(again), again.Warnings)
			}
			if after := x.dump(testkit.A()); after != before {
				t.Errorf("kept %s: %s", keep, difference(before, after))
			}
			// A new child of the same mother under the old name, with the same phone.
			r2 := x.sheet("pupil_id,forename,surname,parent_1_name,parent_1_phone\n4,Di,Khan,Jo Khan,07700 900102\n")
			if r2.By["adults"].Created != 0 || r2.By["ties"].Created != 1 {
				t.Errorf("kept %s: a sibling under the old name: %s %q", keep, tallies(r2), r2.Warnings)
			}
			// By the name alone nobody is joined.
			r3 := x.sheet("pupil_id,forename,surname,parent_1_name,parent_1_phone\n5,Ed,Khan,Jo Khan,07700 900199\n")
			if r3.By["adults"].Created != 1 {
				t.Errorf("kept %s: a namesake was joined: %s", keep, tallies(r3))
			}
			x.undo(r3)
			x.undo(r2)
			// Once the merges are undone, each name is its own again.
			for _, id := range []MergeID{second, first} {
				if _, err := x.s.UndoMerge(context.Background(), testkit.A(), id); err != nil {
					t.Fatal(err)
				}
			}
			if again := x.sheet(text); again.Created+again.Updated != 0 || len(x.adults()) != 3 {
				t.Errorf("kept %s: after the undo: %s, %d adults", keep, tallies(again), len(x.adults()))
			}
			x.undo(r)
		}
	})
}

// A roster names the merged record by its number: nobody is made anew or renamed, and when the roster deletes its duplicate nothing ends here.
func TestRosterAfterAMerge(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		roster := func(status string) batch.Input {
			return batch.Bytes("roster.zip", zipOf(t, map[string]string{
				"users.csv": "sourcedId,status,orgSourcedIds,role,username,givenName,familyName,agentSourcedIds,phone\n" +
					"c1,active,o,student,c1,Ada,Khan,g1,\nc2,active,o,student,c2,Bo,Khan,g2,\n" +
					"g1,active,o,parent,g1,Joanne,Khan,c1,07700 900101\ng2," + status + ",o,parent,g2,Jo,Khan,c2,07700 900102\n"}))
		}
		r := x.read("oneroster", roster("active"), "")
		if r.By["adults"].Created != 2 || r.By["ties"].Created != 2 {
			t.Fatalf("%s %q %v", tallies(r), r.Warnings, r.Refusals)
		}
		id := x.merge(x.adult("Joanne").ID, x.adult("Jo ").ID, nil)
		before := x.dump(testkit.A())
		for _, status := range []string{"active", "tobedeleted", "active"} {
			again := x.read("oneroster", roster(status), "")
			if again.Created+again.Updated+again.Refused != 0 || !warned(again, "made one with another's") {
				t.Errorf("%s: %s %q %v", status, tallies(again), again.Warnings, again.Refusals)
			}
			if after := x.dump(testkit.A()); after != before {
				t.Errorf("%s: %s", status, difference(before, after))
			}
		}
		if _, err := x.s.UndoMerge(context.Background(), testkit.A(), id); err != nil {
			t.Fatal(err)
		}
		if again := x.read("oneroster", roster("tobedeleted"), ""); again.Updated == 0 || len(x.adults()) != 2 {
			t.Errorf("after the undo the deletion is the duplicate's own: %s", tallies(again))
		}
	})
}
