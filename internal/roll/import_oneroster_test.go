package roll

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/testkit"
)

// plainBundle reads a zip or a folder with the standard library alone: file → rows → column → cell.
func plainBundle(t *testing.T, path string) map[string][]map[string]string {
	t.Helper()
	out := map[string][]map[string]string{}
	read := func(name string, r io.Reader) {
		rows, err := csv.NewReader(r).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		key := strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".csv")
		for _, r := range rows[1:] {
			m := map[string]string{}
			for i, c := range r {
				m[strings.ToLower(rows[0][i])] = c
			}
			out[key] = append(out[key], m)
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files, err := filepath.Glob(filepath.Join(path, "*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			read(f, bytes.NewReader(b))
		}
		return out
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		read(f.Name, r)
		_ = r.Close()
	}
	return out
}

// Every real set, with counts from a plain reading of the same files.
func TestOneRosterSets(t *testing.T) {
	for _, set := range [][]string{
		{"oneroster_edfi", "microsoft_sds_v2"},
		{"oneroster_edfi", "moodle_catalyst_v1p1", "Test_full_data_set.zip"},
		{"oneroster_edfi", "moodle_catalyst_v1p1", "Test_minimal_data_set.zip"},
		{"oneroster_edfi", "oat-sa_v1p1_base"},
	} {
		path := testkit.SharedData(t, set...)
		plain := plainBundle(t, path)
		kind := map[string]string{}
		count := map[string]int{}
		for _, u := range plain["users"] {
			switch strings.ToLower(u["role"]) {
			case "student":
				kind[u["sourcedid"]] = "pupils"
			case "parent", "guardian", "relative":
				kind[u["sourcedid"]] = "adults"
			default:
				kind[u["sourcedid"]] = "staff"
			}
			count[kind[u["sourcedid"]]]++
		}
		refused := 0
		for _, m := range plain["enrollments"] {
			if student := strings.EqualFold(m["role"], "student"); student != (kind[m["usersourcedid"]] == "pupils") {
				refused++
			}
		}
		pairs := map[string]bool{}
		for _, u := range plain["users"] {
			for _, a := range strings.Split(u["agentsourcedids"], ",") {
				switch {
				case a == "" || (kind[u["sourcedid"]] == "pupils") == (kind[a] == "pupils"):
				case kind[a] == "pupils":
					pairs[a+" "+u["sourcedid"]] = true
				default:
					pairs[u["sourcedid"]+" "+a] = true
				}
			}
		}
		rows := len(plain["users"]) + len(plain["orgs"]) + len(plain["classes"]) + len(plain["enrollments"]) + len(plain["demographics"])
		t.Run(set[len(set)-1], func(t *testing.T) {
			importTest(t, func(t *testing.T, x *importing) {
				in := batch.Input{Name: set[len(set)-1], Folder: path}
				if info, err := os.Stat(path); err == nil && !info.IsDir() {
					in = fileInput(t, set...)
				}
				r := x.read("oneroster", in, "")
				if r.Rows != rows || r.Refused != refused || r.Same != len(plain["orgs"]) || r.By["pupils"].Created != count["pupils"] || r.By["staff"].Created != count["staff"] ||
					r.By["classes"].Created != len(plain["classes"]) || r.By["members"].Created != len(plain["enrollments"])-refused || r.By["ties"].Created != len(pairs) || r.By["adults"].Created < count["adults"] {
					t.Errorf("%s\nof %d rows: %v, %d ties, %d refused", tallies(r), rows, count, len(pairs), refused)
				}
				for _, secret := range []string{"P@ssword123", "Password1-"} {
					if strings.Contains(x.dump(testkit.A()), secret) || len(all[string](x, `select cells from batch_refused where org_id = $1 and cells like '%assword%'`)) > 0 {
						t.Error("a password is kept")
					}
				}
				first := x.dump(testkit.A())
				again := x.read("oneroster", in, "")
				if again.Created+again.Updated != 0 || x.dump(testkit.A()) != first {
					t.Errorf("the same file twice: %s\n%s", tallies(again), difference(first, x.dump(testkit.A())))
				}
				x.undo(again)
				x.undo(r)
				if d := x.dump(testkit.A()); d != "" {
					t.Errorf("undo left %s", d)
				}
			})
		})
	}
}

const rosterUsers = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"

func (x *importing) roster(files map[string]string) *batch.Report {
	x.t.Helper()
	return x.read("oneroster", batch.Bytes("roster.zip", zipOf(x.t, files)), "")
}

func TestRosterOverTime(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		first := x.roster(map[string]string{
			"manifest.csv": "propertyName,value\nfile.users,bulk\n",
			"users.csv": rosterUsers +
				"s1,,true,o,student,s1,Ann,Lee,B801200005001,ann@x.org,,,\"g1,g2\",08,secret\n" +
				"s2,,true,o,student,s2,Cy,Lee,not a upn,,,,g1,\"08,09\",\n" +
				"g1,,true,o,mother,g1,Mo,Lee,,mo@x.org,07700900111,07700900112,,,\n" +
				"g2,,true,o,guardian,g2,Gus,Fox,,,,,s1,,\n" +
				"t1,,true,o,teacher,t1,Tess,Day,,tess@x.org,,,,,\n" +
				"h1,,true,o,administrator,h1,Hal,Roe,,,,,,,\n" +
				"t1,,true,o,teacher,t1,Tess,Again,,,,,,,\n" +
				",,true,o,student,x,No,Id,,,,,,,\n" +
				"s9,,true,o,student,x,,,,,,,,,\n",
			"classes.csv":      "sourcedId,status,title,grades,classType,schoolSourcedId\nc1,,8A,08,homeroom,o\nc2,,Maths,08,scheduled,o\nc3,,,,scheduled,o\n",
			"enrollments.csv":  "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\ne1,,c1,o,s1,student,,2026-09-01,2027-07-20\ne2,,c2,o,t1,teacher,true,,\ne3,,c2,o,nobody,student,,,\ne4,,none,o,s1,student,,,\ne5,,c2,o,s2,student,,soon,\ne6,,c2,o,g1,teacher,,,\n",
			"demographics.csv": "sourcedId,status,dateLastModified,birthDate,sex\ns1,,,2013-03-20,female\ns2,,,20/14/2013,male\nzz,,,2013-01-01,male\n",
			"results.csv":      "sourcedId,score\nr1,5\nr2,6\n",
		})
		if got, want := tallies(first), "21 rows: 13 created, 0 updated, 0 same, 8 refused; pupils 2+0+0+2; adults 2+0+0+0; ties 3+0+0+0; staff 2+0+0+1; classes 2+0+0+1; members 3+0+0+3; demographics 2+0+0+1"; got != want {
			t.Errorf("%s\nwant %s\n%q\n%v", got, want, first.Warnings, first.Refusals)
		}
		p := x.pupils()
		if p[0].UPN != "B801200005001" || p[0].DateOfBirth != "2013-03-20" || p[0].Sex != "F" || p[0].Year != "8" || p[1].UPN != "" || p[1].Year != "" || p[1].DateOfBirth != "" || p[1].FirstLanguage != "" {
			t.Errorf("%+v", p)
		}
		known := fmt.Sprint(all[string](x, `select relationship || '/' || responsibility from roll_tie where org_id = $1 order by 1`))
		if known != "[/unknown mother/unknown mother/unknown]" {
			t.Errorf("a roster says nothing about responsibility, and who is a mother only by the role: %s", known)
		}
		roles := fmt.Sprint(all[string](x, `select s.name || ' ' || r.role from roll_staff_role r join roll_staff s on s.org_id = r.org_id and s.id = r.staff_id where r.org_id = $1`))
		if roles != "[Tess Day teacher]" {
			t.Errorf("a file gives no role beyond that of a teacher: %s", roles)
		}
		if !warned(first, "results.csv has 2 rows, and nothing of it is kept") {
			t.Errorf("%q", first.Warnings)
		}
		before := x.dump(testkit.A())
		change := x.roster(map[string]string{
			"manifest.csv": "propertyName,value\nfile.users,delta\nfile.enrollments,delta\n",
			"users.csv": rosterUsers +
				"s1,tobedeleted,,,,,,,,,,,,,\n" + "g2,tobedeleted,true,o,guardian,g2,Gus,Fox,,,,,s1,,\n" + "s3,active,true,o,student,s3,Di,Ray,,,,,g1,09,\n" + "t1,active,true,o,teacher,t1,Tess,Night,,tess@x.org,,,,,\n" + "gone,tobedeleted,,,,,,,,,,,,,\n",
			"enrollments.csv": "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\ne1,tobedeleted,c1,o,s1,student,,,\ne7,active,c2,o,s3,student,,,\n",
		})
		if got, want := tallies(change), "7 rows: 2 created, 4 updated, 1 same, 0 refused; pupils 1+1+0+0; adults 0+1+0+0; ties 1+0+0+0; staff 0+1+0+0; members 1+1+0+0; users 0+0+1+0"; got != want {
			t.Errorf("%s\nwant %s\n%q\n%v", got, want, change.Warnings, change.Refusals)
		}
		if q := x.pupils(); len(q) != 3 || q[0].Ends != "2026-11-20" || q[1].Ends != ForGood {
			t.Errorf("to be deleted is the last day, and who is not in a file of changes stays: %+v", q)
		}
		if !warned(first, "secret") && strings.Contains(x.dump(testkit.A()), "secret") {
			t.Error("a password is kept")
		}
		x.undo(change)
		if after := x.dump(testkit.A()); after != before {
			t.Errorf("undo: %s", difference(before, after))
		}
		cut := x.roster(map[string]string{"users.csv": rosterUsers + "s1,,true,o,student,s1,Ann,Lee,B801200005001,,,,g1,08,\n"})
		if cut.Same != 1 || !warned(cut, "1 pupil is here and not in the file: Cy Lee") || x.dump(testkit.A()) != before {
			t.Errorf("a short file: %s %q", tallies(cut), cut.Warnings)
		}
	})
}

// Version 1.2 keeps roles in a file of their own, and one user may have several.
func TestRoster12(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		files := map[string]string{
			"users.csv": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n" +
				"s1,,,true,s1,,Samantha,Lee,,,,,,p1,07,,,,Sam,,,o,\n" + "p1,,,true,p1,,Pat,Lee,,,pat@x.org,,,,,,,,,,,o,\n" + "q1,,,true,q1,,Quin,Roe,,,,,,,,,,,,,,o,\n",
			"roles.csv": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n" +
				"r1,,,s1,primary,student,,,o,\nr2,,,p1,primary,teacher,2026-09-01,,o,\nr3,,,p1,secondary,parent,,,o,\nr4,,,nobody,primary,student,,,o,\n",
		}
		r := x.roster(files)
		if got, want := tallies(r), "7 rows: 5 created, 0 updated, 0 same, 2 refused; pupils 1+0+0+0; adults 1+0+0+0; ties 1+0+0+0; staff 1+0+0+0; roles 3+0+0+1; users 0+0+0+1"; got != want {
			t.Errorf("%s\nwant %s\n%q\n%v", got, want, r.Warnings, r.Refusals)
		}
		if p := x.pupils(); p[0].KnownAs != "Sam" || p[0].Forename != "Samantha" {
			t.Errorf("%+v", p)
		}
		if again := x.roster(files); again.Same != 5 {
			t.Errorf("a second time: %s", tallies(again))
		}
	})
}

// A school sends a sheet and a roster: the same people must not stand there twice.
func TestSheetAndRosterMeet(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		x.sheet("pupil_id,upn,forename,surname,parent_1_name,parent_1_relationship,parent_1_phone\n12,B801200005001,Ann,Lee,Mrs Mo Lee,mother,07700 900111\n")
		r := x.roster(map[string]string{"users.csv": rosterUsers + "s1,,true,o,student,s1,Ann,Lee,B801200005001,,,,g1,08,\ng1,,true,o,guardian,g1,Mo,Lee,,,07700900111,,,,\n"})
		if len(x.pupils()) != 1 || len(x.adults()) != 1 || len(x.ties()) != 1 || r.Updated != 2 {
			t.Errorf("%s %q", tallies(r), r.Warnings)
		}
	})
}
