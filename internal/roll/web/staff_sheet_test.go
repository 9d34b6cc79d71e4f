package web

import (
	"strings"
	"testing"

	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// The preview shows who is not in the file with a box each; what is ticked leaves, and nothing else does. The office does not see this kind at all.
func TestStaffSheetPages(t *testing.T) {
	x := open(t)
	x.as(roll.Office, 0)
	x.get("/imports").is(200).lacks("main", "who joins, who leaves")
	x.get("/imports/new/staff").is(404)
	x.as(roll.Head, x.head)
	x.get("/imports").is(200).says("main", "who joins, who leaves")
	a := x.send("/imports/new/staff", "file", "staff.csv", "staff_id,name,email,roles\nS1,Eve Finch,eve@oak.example,Teacher\nS2,Gus Hale,,Wizard\n").is(303)
	page := x.follow(a).is(200).says("h1", "Check before you bring it in").says("main", "Who has left?").says("main", "Nobody is ticked for you").says("main", "is not a role here")
	boxes := page.all(`input[type=checkbox][name=proposal]`)
	if len(boxes) == 0 {
		t.Fatal("nobody is proposed")
	}
	for _, b := range boxes {
		if attr(b, "value") == "left:"+x.head.String() {
			t.Error("whoever reads the file is proposed")
		}
	}
	page.count(`input[name=proposal][checked]`, 0).count(`form[method=post][action$="/confirm"] input[name=proposal]`, len(boxes))
	confirm := attr(page.all(`form[action$="/confirm"]`)[0], "action")
	gone := attr(boxes[0], "value")
	x.post(confirm, "proposal", gone, "proposal", "left:"+x.head.String()).is(303)
	at := strings.TrimSuffix(confirm, "/confirm")
	x.get(at).is(200).says("h1", "Brought in").says("main", "Leavers").says("main", "Undo this import")
	list, err := x.s.StaffList(t.Context(), testkit.A())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if (leaverKey(c) == gone) != (c.Ends != roll.ForGood) {
			t.Errorf("%s has the last day %s", c.Name, c.Ends)
		}
	}
	x.post(at + "/undo").is(303)
	x.get(at).is(200).says("h1", "Undone")
}

func leaverKey(c roll.Colleague) string { return "left:" + c.ID.String() }
