package roll

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

const staffHead = "staff_id,name,email,roles,start,end,class\n"

// staffList reads a sheet of staff as a person, after a preview that must count the same, and confirms what was chosen of the proposals.
func (x *importing) staffList(p access.Pass, text string, chosen ...string) *batch.Report {
	x.t.Helper()
	ctx := context.Background()
	before := x.dump(p)
	id, dry, err := x.b.Preview(p, batch.Order{Kind: "staff", Input: batch.Bytes("staff.csv", []byte(text))}, ctx)
	if err != nil {
		x.t.Fatal(err)
	}
	if after := x.dump(p); after != before {
		x.t.Fatalf("a preview changed something:\n%s", difference(before, after))
	}
	r, err := x.b.Confirm(p, id, ctx, chosen...)
	if err != nil {
		x.t.Fatal(err)
	}
	if len(chosen) == 0 && tallies(dry) != tallies(r) {
		x.t.Fatalf("the preview said %s and the import %s", tallies(dry), tallies(r))
	}
	return r
}

func (x *importing) person(name string) Colleague {
	x.t.Helper()
	list, err := x.s.StaffList(context.Background(), testkit.A())
	if err != nil {
		x.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(c Colleague) bool { return c.Name == name })
	if i < 0 {
		x.t.Fatalf("%s is not on the staff", name)
	}
	return list[i]
}

func (c Colleague) holds(role access.Role, day string) bool {
	return slices.ContainsFunc(c.Posts, func(p Post) bool { return p.Role == role && p.HeldOn(day) })
}

// firstHead puts a head into the school, as `ajar link` does.
func (x *importing) firstHead(p access.Pass, name string) access.Pass {
	x.t.Helper()
	var id StaffID
	err := x.d.Update(context.Background(), p, func(tx *db.Tx) (err error) {
		if id, err = AddStaff(tx, name, "head@school.example"); err != nil {
			return err
		}
		return GiveRole(tx, id, Head)
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return as(p.Org(), id, Head)
}

func (x *importing) today() string { return x.d.Clock().Now().UTC().Format("2006-01-02") }

func refusedFor(r *batch.Report, row int, words string) bool {
	return slices.ContainsFunc(r.Refusals, func(f sheet.Refusal) bool { return f.Row == row && strings.Contains(f.Reason, words) })
}

func TestStaffSheet(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		head := x.firstHead(testkit.A(), "Holly Head")
		x.firstHead(testkit.B(), "Berta Other")
		other := x.dump(testkit.B())
		x.sheet("pupil_id,forename,surname,class\n1,Ada,Ash,7B\n2,Bo,Birch,8C\n")
		today := x.today()
		text := staffHead +
			"S1,Ruth Okafor,ruth@school.example,Key teacher; Teacher,2020-09-01,,7b\n" +
			"S2,Sam Teal,sam@school.example,Office,,,\n" +
			"S3,Tom Unger,tom@school.example,Admin,,,\n" + // which of two
			"S4,Una Vale,una@school.example,Administrator,,,\n" + // more than a head may give
			"S5,,x@school.example,,,,\n" +
			",Wim Xu,,Teacher,,,\n" +
			"S6,Yara Zed,yara@school.example,Adviser,,,\n" + // from outside, without an end
			"S7,Abe Bell,abe@school.example,Teacher,01/09/2020,2021-07-31,\n" + // gone long ago
			"S8,Cara Dunn,cara@school.example,Wizard,,,\n" +
			"S9,Eve Finch,eve@school.example,Teacher,next Tuesday,,9Z\n" +
			"S1,Ruth Okafor,ruth@school.example,,,,\n" +
			"S10,Gus Hale,sam@school.example,Teacher,,,\n" // somebody else's address
		r := x.staffList(head, text)
		if r.Rows != 12 || r.Created != 2 || r.Refused != 9 || r.Same != 1 {
			t.Fatalf("%s\n%v\n%q", tallies(r), r.Refusals, r.Warnings)
		}
		for row, why := range map[int]string{4: "two things", 5: "You can't give this role", 6: "no name", 7: "no staff_id and no e-mail", 8: "for a time", 10: "not a role", 12: "row 2 already", 13: "already that of"} {
			if !refusedFor(r, row, why) {
				t.Errorf("row %d was not refused with %q: %v", row, why, r.Refusals)
			}
		}
		ruth := x.person("Ruth Okafor")
		if !ruth.holds(KeyTeacher, today) || !ruth.holds(Teacher, today) || ruth.LocalID != "S1" || ruth.Email != "ruth@school.example" {
			t.Errorf("%+v", ruth)
		}
		if takes := all[string](x, `select c.title from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id where m.org_id = $1 and m.staff_id is not null and m.ends >= '2026-01-01'`); !slices.Equal(takes, []string{"7B"}) {
			t.Errorf("she takes %q", takes)
		}
		// The same file twice changes nothing.
		before := x.dump(testkit.A())
		if again := x.staffList(head, text); again.Created+again.Updated != 0 || again.Refused != r.Refused {
			t.Errorf("the same file twice: %s", tallies(again))
		}
		if after := x.dump(testkit.A()); after != before {
			t.Errorf("the same file twice:\n%s", difference(before, after))
		}
		// A tutor moves to another form, with a new name and address.
		r = x.staffList(head, staffHead+"S1,Ruth Okafor-Lee,ruth.lee@school.example,Teacher,,,8C\n")
		if r.Updated != 1 || !warned(r, "no longer takes 7B") || !warned(r, "is Key teacher here and the file does not say so") {
			t.Errorf("%s %q", tallies(r), r.Warnings)
		}
		x.undo(r)
		if after := x.dump(testkit.A()); after != before {
			t.Errorf("undo left:\n%s", difference(before, after))
		}
		if x.dump(testkit.B()) != other {
			t.Error("the other school was touched")
		}
	})
}

// Whoever is here and not in the file is proposed and nothing more; only who was shown can be chosen; the last who is in charge never goes.
func TestStaffLeavers(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		ctx := context.Background()
		head := x.firstHead(testkit.A(), "Holly Head")
		x.sheet("pupil_id,forename,surname,class\n1,Ada,Ash,7B\n2,Bo,Birch,7B\n")
		first := x.staffList(head, staffHead+"S1,Ruth Okafor,ruth@school.example,Key teacher,,,\nS2,Sam Teal,sam@school.example,Office,,,\nS3,Tom Unger,tom@school.example,Teacher,,,\n")
		if len(first.Proposals) != 0 || !warned(first, "not in this file yourself") {
			t.Errorf("%v %q", first.Proposals, first.Warnings)
		}
		ruth, sam := x.person("Ruth Okafor"), x.person("Sam Teal")
		pupils := x.pupils()
		if _, _, err := x.s.Assign(ctx, head, Assignment{Pupils: []PupilID{pupils[0].ID, pupils[1].ID}, Values: Values{"staff": ruth.ID.String(), "part": "key_teacher"}}); err != nil {
			t.Fatal(err)
		}
		away, err := x.s.RecordAway(ctx, head, sam.ID, Values{"starts": x.today(), "cover": ruth.ID.String()})
		if err != nil || away == 0 {
			t.Fatal(err)
		}
		list := staffHead + "H,Holly Head,head@school.example,,,,\nS3,Tom Unger,tom@school.example,Teacher,,,\n"
		r := x.staffList(head, list)
		if len(r.Proposals) != 2 || !strings.Contains(r.Proposals[0].Words, "Key teacher; assigned to 2 pupils and covering for Sam Teal") {
			t.Fatalf("%+v", r.Proposals)
		}
		if c := x.person("Ruth Okafor"); c.Ends != ForGood {
			t.Fatal("somebody left without being chosen")
		}
		// One who was never shown is not touched, whatever is sent.
		tom := x.person("Tom Unger")
		r = x.staffList(head, list, leaverKey(tom.ID), leaverKey(StaffID(head.Who().Staff)), "left:nonsense")
		if x.person("Tom Unger").Ends != ForGood || x.person("Holly Head").Ends != ForGood || r.By["leavers"] != nil {
			t.Fatalf("somebody left who was not shown: %s", tallies(r))
		}
		before := x.dump(testkit.A())
		r = x.staffList(head, list, leaverKey(ruth.ID))
		if r.By["leavers"] == nil || r.By["leavers"].Updated != 1 || !warned(r, "Ruth Okafor has left and is assigned to 2 pupils") {
			t.Errorf("%v %q", r.By["leavers"], r.Warnings)
		}
		if c := x.person("Ruth Okafor"); c.Ends != dayBefore(x.today()) {
			t.Errorf("her last day is %s", c.Ends)
		}
		// Her pupils stand on the first page, and nobody stands in by her any more.
		err = x.d.View(ctx, head, func(tx *db.Tx) error {
			left, err := WithoutAnyone(tx)
			if err != nil || len(left) != 1 || len(left[0].Pupils) != 2 || left[0].Name != "Ruth Okafor" {
				t.Errorf("%+v %v", left, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := all[int](x, `select count(*) from roll_standin where org_id = $1 and ends >= '`+x.today()+`'`); n[0] != 0 {
			t.Errorf("%d still stand in", n[0])
		}
		x.undo(r)
		if after := x.dump(testkit.A()); after != before {
			t.Errorf("undo left:\n%s", difference(before, after))
		}
		if n := all[int](x, `select count(*) from roll_standin where org_id = $1 and ends >= '`+x.today()+`'`); n[0] != 1 {
			t.Errorf("%d stand in after the undo", n[0])
		}
		// A command without the choice only lists; with it, all who are proposed go, and the last head stays.
		system := testkit.A()
		o := batch.Order{Kind: "staff", Input: batch.Bytes("staff.csv", []byte(staffHead+"S3,Tom Unger,tom@school.example,Teacher,,,\n"))}
		r, err = x.b.Import(system, o, ctx)
		if err != nil || len(r.Proposals) != 2 || !warned(r, "Holly Head is not in this file, and stays") || x.person("Sam Teal").Ends != ForGood {
			t.Fatalf("%v %+v %q", err, r.Proposals, r.Warnings)
		}
		o.TakeAll()
		if r, err = x.b.Import(system, o, ctx); err != nil || r.By["leavers"].Updated != 2 || x.person("Sam Teal").Ends >= x.today() || x.person("Holly Head").Ends != ForGood {
			t.Fatalf("%v %s", err, tallies(r))
		}
	})
}

// A sheet is not a way round the page of roles.
func TestStaffSheetGivesNoMoreThanItsReaderHolds(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		head := x.firstHead(testkit.A(), "Holly Head")
		x.staffList(testkit.A(), staffHead+"A1,Ada Min,ada@school.example,Administrator,,,\nA2,Old Min,old@school.example,Administrator,,2026-01-01,\n")
		in := func(p access.Pass, line string) *batch.Report { return x.staffList(p, staffHead+line+"\n") }
		if r := in(head, "A1,Ada Min,evil@school.example,,,,"); !refusedFor(r, 2, "can't change how Ada Min signs in") {
			t.Errorf("the address of an administrator was changed: %v", r.Refusals)
		}
		self := fmt.Sprintf("H,Holly Head,head@school.example,%s,,,", "Administrator")
		if r := in(head, self); !refusedFor(r, 2, "Nobody makes their own rights wider") {
			t.Errorf("a head became administrator: %v", r.Refusals)
		}
		ada := x.person("Ada Min")
		admin := as(testkit.OrgA, ada.ID, Administrator)
		if r := in(admin, "A1,Ada Min,ada@school.example,Head,,,"); len(admin.Beyond(Head)) > 0 && !refusedFor(r, 2, "Nobody makes their own rights wider") {
			t.Errorf("an administrator became head: %v", r.Refusals)
		}
		if r := in(admin, "N1,New Head,new@school.example,Head,,,"); r.Created != 1 {
			t.Errorf("an administrator could not give a role: %v", r.Refusals)
		}
		// A role that was taken away by hand is not given again by the old list.
		newHead := x.person("New Head")
		if err := x.s.EndRole(context.Background(), admin, newHead.ID, newHead.Posts[0].ID, Values{"ends": "01/11/2026"}); err != nil {
			t.Fatal(err)
		}
		if r := in(admin, "N1,New Head,new@school.example,Head,,,"); r.Same != 1 || !warned(r, "was ended here") {
			t.Errorf("%s %q", tallies(r), r.Warnings)
		}
		// What a hand wrote stays, and the difference is listed.
		if _, err := x.s.SaveStaff(context.Background(), admin, newHead.ID, Values{"forename": "Newton", "surname": "Head", "email": "new@school.example"}, newHead.Seen()); err != nil {
			t.Fatal(err)
		}
		if r := in(admin, "N1,New Head,new@school.example,,,,"); !warned(r, "it was set by hand") || x.person("Newton Head").Forename != "Newton" {
			t.Errorf("%q", r.Warnings)
		}
		// Holly and Ada lead; when one has gone the other can't.
		if r := in(admin, "H,Holly Head,head@school.example,,,2026-12-31,"); r.Updated != 1 {
			t.Errorf("%s %v", tallies(r), r.Refusals)
		}
		if r := in(admin, "A1,Ada Min,ada@school.example,,,2027-01-31,"); !refusedFor(r, 2, "last head or administrator") {
			t.Errorf("the last administrator was imported away: %v", r.Refusals)
		}
		for _, p := range []access.Pass{as(testkit.OrgA, 5, Office), as(testkit.OrgA, 5, Teacher), as(testkit.OrgA, 5, Governor), {}} {
			if _, err := x.b.Try(p, batch.Order{Kind: "staff", Input: batch.Bytes("staff.csv", []byte(staffHead))}, context.Background()); err == nil {
				t.Errorf("%v read a sheet of staff", p.Who().Roles)
			}
		}
	})
}

// An undo may not leave a school in which nobody is in charge.
func TestUndoOfStaffKeepsSomebodyInCharge(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		ctx := context.Background()
		head := x.firstHead(testkit.A(), "Holly Head")
		r := x.staffList(head, staffHead+"S1,Ruth Okafor,ruth@school.example,Head,,,\n")
		old := x.person("Holly Head")
		if err := x.s.EndRole(ctx, head, old.ID, old.Posts[0].ID, Values{"ends": "01/11/2026"}); err != nil {
			t.Fatal(err)
		}
		before := x.dump(testkit.A())
		id, err := ids.Parse[batch.Batch](r.Batch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.b.Undo(testkit.A(), id, ctx); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the undo: %v", err)
		}
		if after := x.dump(testkit.A()); after != before {
			t.Errorf("a refused undo left:\n%s", difference(before, after))
		}
	})
}

// A spreadsheet of staff reads like its CSV.
func TestStaffWorkbook(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		rows := [][]string{{"S1", "Ruth Okafor", "ruth@school.example", "Teacher", "2020-09-01", "", ""}, {"S2", "Sam Teal", "sam@school.example", "Office", "", "31/08/2027", ""}}
		var b strings.Builder
		if err := sheet.WriteXLSX(&b, "Staff", strings.Split(strings.TrimSpace(staffHead), ","), slices.Values(rows)); err != nil {
			t.Fatal(err)
		}
		r := x.read("staff", batch.Bytes("staff.xlsx", []byte(b.String())), "")
		if r.Created != 2 || x.person("Sam Teal").Ends != "2027-08-31" {
			t.Errorf("%s %v", tallies(r), r.Refusals)
		}
		if again := x.read("staff", batch.Bytes("staff.xlsx", []byte(b.String())), ""); again.Same != 2 {
			t.Errorf("twice: %s", tallies(again))
		}
		x.undo(r)
	})
}

// Whatever stands in a cell of roles, it is read as roles of the list or refused with a sentence.
func FuzzRoles(f *testing.F) {
	for _, s := range []string{"Head; Teacher", "DSL,SENCO", "admin", "parent", "Deputy-Head|\xff", "office/office", "系"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := readRoles(s)
		if err != nil && (len(list) > 0 || err.Error() == "") {
			t.Errorf("%q: %v and %v", s, list, err)
		}
		for i, r := range list {
			if !slices.Contains(Roles, r) || r == Parent || slices.Contains(list[:i], r) {
				t.Errorf("%q reads as %v", s, list)
			}
		}
	})
}

// Whatever a sheet of staff holds, its rows add up and it can be read again without a change.
func FuzzStaffSheet(f *testing.F) {
	for _, s := range []string{"S1,Ann Lee,ann@x.example,Teacher,,,", "S1,Ann & Bo Lee,,,,,", ",,,,,,", "S1,\"Lee, Ann\",a@b.c;d@e.f,Head;Adviser,1/1/20,31/12/19,7B", "S2,x,ann@x.example,Adviser,,2027-01-01,7B;8C", "\xff,\x00,@,;,/,-,|"} {
		f.Add(s)
	}
	x := &importing{d: testkit.Open(f, filepath.Join(f.TempDir(), "ajar.db"), importMigrations)}
	x.b = batch.New(x.d)
	x.s = New(x.d, x.b)
	f.Fuzz(func(t *testing.T, rows string) {
		o := batch.Order{Kind: "staff", Input: batch.Bytes("staff.csv", []byte(staffHead+rows+"\n"+rows+"\n"))}
		r, err := x.b.Import(testkit.A(), o, context.Background())
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Errorf("%q: %v", rows, err)
			}
			return
		}
		again, err := x.b.Import(testkit.A(), o, context.Background())
		if err != nil || again.Created+again.Updated != 0 {
			t.Errorf("%q twice: %v %s after %s", rows, err, tallies(again), tallies(r))
		}
	})
}
