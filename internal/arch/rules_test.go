package arch

import (
	"strings"
	"testing"
	"testing/fstest"
)

// store wraps a statement as it stands in a capability.
func store(sql string) string {
	return "package roll\n\nimport \"ajar/internal/kit/db\"\n\nfunc f(tx *db.Tx) error {\n\t_, err := tx.Exec(`" + sql + "`, 7)\n\treturn err\n}\n"
}

// acting wraps a statement of a package that imports access.
func acting(params, body string) string {
	return "package roll\n\nimport \"ajar/internal/kit/access\"\n\nfunc f(" + params + ") {\n\t" + body + "\n}\n"
}

// withRoll adds a small roll that hands adults out by a function and by a verb.
func withRoll(t Tree) Tree {
	t["internal/roll/roll.go"] = `package roll

type Adult struct{ Name string }
type Relation struct{ Adult Adult }
type Record struct{ Relations []Relation }
type Service struct{}

func Relations(tx *db.Tx, p PupilID) ([]Relation, error) { return nil, nil }
func Pupils(tx *db.Tx) ([]Pupil, error) { return nil, nil }
func (s *Service) Open(ctx context.Context, p access.Pass, id PupilID) (r Record, err error) { return }
`
	return t
}

// Each case is a small tree with the one thing that a rule must notice: says is part of the finding, and empty when nothing may be found.
var cases = []struct {
	name string
	rule string
	tree Tree
	says string
}{
	{"down", "imports", Tree{"internal/barriers/x.go": `package barriers; import "ajar/internal/progress"`}, ""},
	{"up", "imports", Tree{"internal/roll/x.go": `package roll; import "ajar/internal/barriers"`}, "roll may not look at barriers"},
	{"up from a folder inside", "imports", Tree{"internal/roll/web/x.go": `package web; import "ajar/internal/barriers/web"`}, "roll may not look at barriers"},
	{"beside", "imports", Tree{"internal/progress/x.go": `package progress; import "ajar/internal/admin"`}, "progress may not look at admin"},
	{"own folder", "imports", Tree{"internal/roll/web/x.go": `package web; import "ajar/internal/roll"`}, ""},
	{"in a test", "imports", Tree{"internal/roll/x_test.go": `package roll; import "ajar/internal/barriers"`}, "roll may not look at barriers"},
	{"kit looks at kit", "imports", Tree{"internal/kit/web/x.go": `package web; import ("ajar/internal/kit/access"; "golang.org/x/text/language")`}, ""},
	{"kit looks at a capability", "imports", Tree{"internal/kit/web/x.go": `package web; import "ajar/internal/roll"`}, "imports only kit, not"},
	{"kit looks at ui", "imports", Tree{"internal/kit/web/x.go": `package web; import "ajar/internal/ui"`}, "imports only kit, not"},
	{"ui with templ and kit", "imports", Tree{"internal/ui/x.go": `package ui; import ("io"; "github.com/a-h/templ"; "ajar/internal/kit/say")`}, ""},
	{"ui with another library", "imports", Tree{"internal/ui/x.go": `package ui; import "golang.org/x/text/language"`}, "ui uses templ and the standard library"},
	{"a test of ui with another library", "imports", Tree{"internal/ui/x_test.go": `package ui; import "github.com/andybalholm/cascadia"`}, ""},
	{"ui looks at a capability", "imports", Tree{"internal/ui/x.go": `package ui; import "ajar/internal/roll"`}, "ui may not look at roll"},
	{"app imported by a capability", "imports", Tree{"internal/roll/x.go": `package roll; import "ajar/internal/app"`}, "only cmd and test import app"},
	{"app imported by cmd", "imports", Tree{"cmd/ajar/x.go": `package main; import "ajar/internal/app"`}, ""},
	{"app imports all", "imports", Tree{"internal/app/x.go": `package app; import ("ajar/internal/transitions"; "ajar/internal/ui")`}, ""},
	{"a folder on no level", "imports", Tree{"internal/weather/x.go": `package weather`}, "on no level"},
	{"cmd imported", "imports", Tree{"internal/app/x.go": `package app; import "ajar/cmd/ajar"`}, "nothing imports cmd"},

	{"explained", "comment", Tree{"internal/roll/doc.go": "// Package roll knows who is who.\npackage roll", "internal/roll/x.go": "package roll"}, ""},
	{"unexplained", "comment", Tree{"internal/roll/x.go": "// something\n\npackage roll"}, "does not say what it is for"},
	{"explained as another", "comment", Tree{"internal/roll/x.go": "// Package rolls is it.\npackage roll"}, "does not say what it is for"},
	{"unexplained command", "comment", Tree{"cmd/ajar/main.go": "package main"}, "does not say what it is for"},
	{"only tests", "comment", Tree{"test/journeys/x_test.go": "package journeys"}, ""},

	{"adults read for an outlet", "outlet", withRoll(Tree{"internal/meetings/store.go": "package meetings\n\nvar o = roll.Outlet{Key: \"meetings.bookable\", Reads: []string{\"meetings.whoMay\"}}\n\nconst whoMay = `select a.id from roll_adult a where a.org_id = $1`\n"}), ""},
	{"adults read by SQL for nothing declared", "outlet", withRoll(Tree{"internal/meetings/store.go": "package meetings\n\nfunc names() string { return `select t.id from roll_tie t where t.org_id = $1` }\n"}), "meetings.names reads adults (roll_tie)"},
	{"orders read by SQL for nothing declared", "outlet", withRoll(Tree{"internal/meetings/store.go": "package meetings\n\nconst q = `select o.id from roll_order o where o.org_id = $1`\n"}), "meetings.q reads adults (roll_order)"},
	{"adults read by a function of the roll", "outlet", withRoll(Tree{"internal/meetings/x.go": "package meetings\n\nfunc (s *Service) Bookable(tx *db.Tx) { _, _ = roll.Relations(tx, 7) }\n"}), "meetings.Bookable reads adults (roll.Relations)"},
	{"adults read by a verb of the roll", "outlet", withRoll(Tree{"internal/meetings/web/x.go": "package web\n\nfunc page(s *meetings.Service) { _, _ = s.Roll.Open(ctx, p, 7) }\n"}), "meetings/web.page reads adults (roll.Open)"},
	{"pupils read", "outlet", withRoll(Tree{"internal/meetings/x.go": "package meetings\n\nfunc f(tx *db.Tx) { _, _ = roll.Pupils(tx) }\n\nconst q = `select id from roll_pupil where org_id = $1`\n"}), ""},
	{"an outlet that reads no adults any more", "outlet", withRoll(Tree{"internal/meetings/x.go": "package meetings\n\nvar o = roll.Outlet{Reads: []string{\"meetings.gone\"}}\n"}), "meetings.gone stands in an outlet's Reads"},
	{"adults in the roll's own folder", "outlet", withRoll(Tree{"internal/roll/web/x.go": "package web\n\nfunc f(tx *db.Tx) { _, _ = roll.Relations(tx, 7) }\n"}), ""},

	{"good", "sql", Tree{"internal/roll/store.go": store("select id, name\nfrom roll_pupil\nwhere org_id = $1 and id = $2")}, ""},
	{"upper case", "sql", Tree{"internal/roll/store.go": store("SELECT id FROM roll_pupil WHERE org_id = $1")}, "write SELECT in lower case"},
	{"one word in upper case", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 AND id = $2")}, "write AND in lower case"},
	{"no organisation", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where id = $2")}, "has no $1"},
	{"organisation in a comment", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil -- $1\nwhere id = $2")}, "has no $1"},
	{"organisation in a text", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where name = '$1'")}, "has no $1"},
	{"$12 is not $1", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where id = $12")}, "has no $1"},
	{"of the installation", "sql", Tree{"internal/roll/store.go": store("select id from roll_org where id = $2"), "internal/roll/migrations/0001_org.sql": "-- global: roll_org\n"}, ""},
	{"joined to the installation", "sql", Tree{"internal/roll/store.go": store("select p.id from roll_org o join roll_pupil p on p.org_id = o.id"), "internal/roll/migrations/0001_org.sql": "-- global: roll_org\n"}, "has no $1"},
	{"question mark", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and id = ?")}, "? is not alike"},
	{"question in a text", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and name = 'who?'")}, ""},
	{"ilike", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and name ilike $2")}, "ilike"},
	{"cast by colons", "sql", Tree{"internal/roll/store.go": store("select id::text from roll_pupil where org_id = $1")}, ":: is not alike"},
	{"now", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and at < now()")}, "now()"},
	{"date as a function", "sql", Tree{"internal/roll/store.go": store("select date(born) from roll_pupil where org_id = $1")}, "date()"},
	{"date as a column", "sql", Tree{"internal/roll/store.go": store("insert into roll_mark (org_id, date) values ($1, $2) on conflict (org_id, date) do update set date = excluded.date")}, ""},
	{"interval", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and at < $2 - interval '1 day'")}, "interval"},
	{"distinct on", "sql", Tree{"internal/roll/store.go": store("select distinct on (name) id from roll_pupil where org_id = $1")}, "distinct on"},
	{"is distinct from", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and name is distinct from $2")}, ""},
	{"lateral", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil p, lateral (select 1) x where org_id = $1")}, "lateral"},
	{"group_concat", "sql", Tree{"internal/roll/store.go": store("select group_concat(name) from roll_pupil where org_id = $1")}, "group_concat"},
	{"greatest", "sql", Tree{"internal/roll/store.go": store("select greatest(a, b) from roll_pupil where org_id = $1")}, "greatest"},
	{"max of two", "sql", Tree{"internal/roll/store.go": store("select max(a, coalesce(b, 0)) from roll_pupil where org_id = $1")}, "max of several"},
	{"max of one", "sql", Tree{"internal/roll/store.go": store("select max(coalesce(a, 0)) from roll_pupil where org_id = $1")}, ""},
	{"json_each", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 and id in (select value from json_each($2))")}, "json_each"},
	{"strftime", "sql", Tree{"internal/roll/store.go": store("select strftime('%Y', born) from roll_pupil where org_id = $1")}, "strftime"},
	{"current_timestamp", "sql", Tree{"internal/roll/store.go": store("insert into roll_pupil (org_id, at) values ($1, current_timestamp)")}, "current_timestamp"},
	{"text in double quotes", "sql", Tree{"internal/roll/store.go": store(`select id from roll_pupil where org_id = $1 and sex = "F"`)}, "double quotes"},
	{"delete using", "sql", Tree{"internal/roll/store.go": store("delete from roll_pupil using roll_tie where org_id = $1")}, "delete … using"},
	{"join using", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil join roll_tie using (org_id, pupil_id) where org_id = $1")}, ""},
	{"for update", "sql", Tree{"internal/roll/store.go": store("select id from roll_pupil where org_id = $1 for update")}, "for update"},
	{"round", "sql", Tree{"internal/roll/store.go": store("select round(x, 2) from roll_pupil where org_id = $1")}, "round()"},
	{"table without a name before it", "sql", Tree{"internal/roll/store.go": store("select id from pupil where org_id = $1")}, "does not carry the name of a capability"},
	{"table of one above", "sql", Tree{"internal/roll/store.go": store("select id from barriers_rule where org_id = $1")}, "barriers_rule does not lie below roll"},
	{"table of one beside, joined", "sql", Tree{"internal/admin/store.go": store("select p.id from roll_pupil p join progress_mark m on m.org_id = p.org_id where p.org_id = $1")}, "progress_mark does not lie below admin"},
	{"table of one beside, after a comma", "sql", Tree{"internal/admin/store.go": store("select 1 from (select id from roll_pupil where org_id = $1) a, progress_mark b")}, "progress_mark does not lie below admin"},
	{"table below, read", "sql", Tree{"internal/barriers/store.go": store("insert into barriers_result (org_id, id)\nselect org_id, id from roll_pupil where org_id = $1 and true on conflict do nothing")}, ""},
	{"table below, written", "sql", Tree{"internal/barriers/store.go": store("update roll_pupil set name = $2 where org_id = $1")}, "only roll itself writes roll_pupil"},
	{"table below, deleted", "sql", Tree{"internal/barriers/store.go": store("delete from roll_pupil where org_id = $1")}, "only roll itself writes roll_pupil"},
	{"table of kit, read", "sql", Tree{"internal/barriers/store.go": store("select id from batch_row where org_id = $1")}, ""},
	{"kit reads a capability", "sql", Tree{"internal/kit/jobs/store.go": store("select id from roll_pupil where org_id = $1")}, "kit knows its own tables only"},
	{"names of a with", "sql", Tree{"internal/roll/store.go": store("with recursive up (id, n) as (select id, 1 from roll_pupil where org_id = $1 union all select u.id, n + 1 from up u), b as materialized (select id from up) select id from b")}, ""},
	{"upsert", "sql", Tree{"internal/roll/store.go": store("insert into roll_pupil (org_id, id) values ($1, $2) on conflict (org_id, id) do update set name = excluded.name")}, ""},
	{"put together", "sql", Tree{"internal/roll/store.go": "package roll\nconst cols = `select id from roll_pupil`\nfunc f(tx T) { db.All[int](tx, cols+` where org_id = $1`) }"}, ""},
	{"put together without organisation", "sql", Tree{"internal/roll/store.go": "package roll\nconst cols = `select id from roll_pupil`\nfunc f(tx T) { db.All[int](tx, cols+` where id = $2`) }"}, "has no $1"},
	{"put together when it runs", "sql", Tree{"internal/roll/store.go": "package roll\nfunc f(tx T, where string) { db.All[int](tx, `select id from roll_pupil where org_id = $1 and `+where) }"}, ""},
	{"with a variable's condition", "sql", Tree{"internal/roll/store.go": "package roll\nfunc f(tx T) { where := ` where org_id = $1`; where += ` and id = $2`; tx.Exec(`update roll_pupil set name = $3` + where) }"}, ""},
	{"with a variable's bad condition", "sql", Tree{"internal/roll/store.go": "package roll\nfunc f(tx T) { where := ` where org_id = $1`; where += ` and name ilike $2`; tx.Exec(`update roll_pupil set name = $3` + where) }"}, "ilike"},
	{"with a variable's condition that has no organisation", "sql", Tree{"internal/roll/store.go": "package roll\nfunc f(tx T) { where := ` where id = $2`; tx.Exec(`update roll_pupil set name = $3` + where) }"}, "has no $1"},
	{"formatted", "sql", Tree{"internal/roll/store.go": "package roll\nfunc f(tx T, w string) { db.One[int](tx, fmt.Sprintf(`select id from barriers_rule where org_id = $1 and %s`, w)) }"}, "does not lie below"},
	{"a statement kept in a constant of another file", "sql", Tree{"internal/roll/service.go": "package roll\nconst q = `update barriers_rule set a = $2 where org_id = $1`"}, "does not lie below"},
	{"bulk into its own", "sql", Tree{"internal/roll/import.go": "package roll\nfunc f(tx T) { tx.Bulk(`roll_pupil`, nil, nil) }"}, ""},
	{"bulk into another's", "sql", Tree{"internal/barriers/import.go": "package barriers\nfunc f(tx T) { tx.Bulk(`roll_pupil`, nil, nil) }"}, "only roll itself writes"},
	{"a sentence for people", "sql", Tree{"internal/roll/web/form.go": "package web\nvar hint = `Select a file from your computer`"}, ""},
	{"a test may look anywhere", "sql", Tree{"internal/roll/store_test.go": store("SELECT 1")}, ""},

	{"good", "pass", Tree{"internal/roll/x.go": acting("", `use(access.System("read the roll", 7), access.Installation("list the schools"))`)}, ""},
	{"a reason handed in", "pass", Tree{"internal/roll/x.go": acting("why string", `use(access.Installation(why))`)}, ""},
	{"a reason from somewhere", "pass", Tree{"internal/roll/x.go": acting("x string", `use(access.System(x, 7))`)}, "wants its reason"},
	{"a why from somewhere", "pass", Tree{"internal/roll/x.go": acting("", `why := "x"; use(access.System(why, 7))`)}, "wants its reason"},
	{"a reason put together", "pass", Tree{"internal/roll/x.go": acting("x string", `use(access.System("for "+x, 7))`)}, "wants its reason"},
	{"an empty reason", "pass", Tree{"internal/roll/x.go": acting("", `use(access.System("", 7))`)}, "wants its reason"},
	{"handed on as a function", "pass", Tree{"internal/roll/x.go": acting("", `make := access.System; use(make)`)}, "without being called"},
	{"a pass made by hand", "pass", Tree{"internal/roll/x.go": acting("", `use(access.Pass{})`)}, "only a gate does"},
	{"an empty pass beside an error", "pass", Tree{"internal/roll/x.go": acting("", `return access.Pass{}, err`)}, ""},
	{"an empty pass on its own", "pass", Tree{"internal/roll/x.go": acting("", `return access.Pass{}`)}, "only a gate does"},
	{"a pass made by hand in a test", "pass", Tree{"internal/roll/x_test.go": acting("", `use(access.Pass{})`)}, ""},
	{"access itself", "pass", Tree{"internal/kit/access/x.go": acting("x string", `use(access.System(x, 7))`)}, ""},

	{"good", "migration", Tree{"internal/roll/migrations/0001_pupil.sql": "create table roll_pupil (org_id integer, foreign key (org_id) references roll_org (id)) strict;"}, ""},
	{"name", "migration", Tree{"internal/roll/migrations/1-pupil.sql": ""}, "NNNN_topic.sql"},
	{"same number", "migration", Tree{"internal/roll/migrations/0001_a.sql": "", "internal/roll/migrations/0001_b.sql": ""}, "has the number of 0001_a.sql"},
	{"other table", "migration", Tree{"internal/roll/migrations/0001_a.sql": "create table if not exists pupil (id integer);"}, "must be called roll_"},
	{"points up", "migration", Tree{"internal/roll/migrations/0001_a.sql": "create table roll_x (a integer references barriers_rule (id));"}, "points at barriers_rule"},
	{"points down", "migration", Tree{"internal/barriers/migrations/0001_a.sql": "create table barriers_x (a integer,\nforeign key (a) references roll_pupil (id));"}, ""},
	{"opens another's table", "migration", Tree{"internal/barriers/migrations/0001_a.sql": "-- global: roll_org"}, "opens roll_org"},

	{"pair", "templ", Tree{"internal/ui/a.templ": "", "internal/ui/a_templ.go": ""}, ""},
	{"not made", "templ", Tree{"internal/ui/a.templ": ""}, "its Go code is not there"},
	{"left over", "templ", Tree{"internal/ui/a_templ.go": ""}, "a source that is gone"},

	{"on the element", "htmx", Tree{"internal/ui/a.templ": `<form hx-post="/x" hx-target="#y">`}, ""},
	{"boost", "htmx", Tree{"internal/ui/a.templ": `<body hx-boost="true">`}, "hx-boost"},
	{"inherited", "htmx", Tree{"internal/ui/a.templ": `<div hx-target:inherited="#y">`}, "fails in silence"},
	{"inherited in Go", "htmx", Tree{"internal/ui/a.go": "package ui\nconst x = `hx-swap:inherited`"}, "fails in silence"},

	{"good", "links", Tree{"docs/tour.md": "See `internal/roll/store.go`, `store.go`, `roll/store.go:12`, [words](words.md#tie), `make test`, `/pupils/7`, `text/csv`, `pupils.csv`, [web](https://example.org).\n```\ngo test ./internal/roll/...\n```\n",
		"docs/words.md": "", "internal/roll/store.go": ""}, ""},
	{"link", "links", Tree{"README.md": "[tour](docs/tour.md)"}, "there is no docs/tour.md"},
	{"picture", "links", Tree{"docs/a/b.md": "![the list](../pictures/list.png)"}, "there is no ../pictures/list.png"},
	{"path", "links", Tree{"docs/tour.md": "See `internal/roll/gone.go`."}, "there is no internal/roll/gone.go"},
	{"folder", "links", Tree{"docs/tour.md": "See `internal/roll/`."}, "there is no internal/roll"},
	{"file name", "links", Tree{"docs/tour.md": "See `gone.go`."}, "there is no gone.go"},
	{"in a command", "links", Tree{"docs/tour.md": "Run `go test ./internal/gone/...`."}, "there is no internal/gone"},
	{"in a block", "links", Tree{"docs/tour.md": "```\ngo test ./internal/gone\n```"}, "there is no internal/gone"},

	{"good", "machine", Tree{"a.md": "school/work/shared, https://example.org/home/x, /pupils", "b.go": `os.TempDir() + "/ajar"`}, ""},
	{"a home", "machine", Tree{"a.md": "in /home/ann/ajar"}, "/home/ann/ajar"},
	{"the administrator's home", "machine", Tree{"a.go": `"/root/x"`}, "/root/x"},
	{"temporary", "machine", Tree{"a.go": `"/tmp/x"`}, "/tmp/x"},
	{"work", "machine", Tree{"a.go": `"/` + `work/x"`}, "/" + "work/x"},

	{"with its issue", "todo", Tree{"internal/roll/x.go": "// TODO(#12): closures"}, ""},
	{"without", "todo", Tree{"internal/roll/x.templ": "// TODO: closures"}, "no issue number"},
}

func TestRules(t *testing.T) {
	seen := map[string]int{}
	for _, c := range cases {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			rule := ruleCalled(t, c.rule)
			found := rule.Look(c.tree)
			if c.says == "" {
				for _, f := range found {
					t.Errorf("found what is no fault: %s", f)
				}
				return
			}
			for _, f := range found {
				if strings.Contains(f.Text, c.says) && f.Rule == c.rule && f.File != "" {
					return
				}
			}
			t.Errorf("did not notice it; found %v", found)
		})
		if c.says != "" {
			seen[c.rule]++
		}
	}
	for _, r := range Rules {
		if seen[r.Name] == 0 {
			t.Errorf("no case shows that the rule %s notices anything", r.Name)
		}
	}
}

func ruleCalled(t *testing.T, name string) Rule {
	for _, r := range Rules {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no rule is called %s", name)
	return Rule{}
}

func TestExceptions(t *testing.T) {
	found := []Finding{{"sql", "internal/roll/store.go", 3, "round() is not alike"}, {"sql", "internal/barriers/store.go", 9, "round() is not alike"}}
	left := excuse(found, []Exception{{"sql", "internal/roll/", "round()", "whole numbers only"}})
	if len(left) != 1 || left[0].File != "internal/barriers/store.go" {
		t.Errorf("left %v", left)
	}
	left = excuse(nil, []Exception{{"sql", "internal/roll/", "round()", "whole numbers only"}})
	if len(left) != 1 || !strings.Contains(left[0].Text, "excuses nothing") {
		t.Errorf("an exception that is not needed: %v", left)
	}
	for _, e := range Exceptions {
		ruleCalled(t, e.Rule)
	}
}

func TestReadLeavesOutWhatIsNoSource(t *testing.T) {
	tree, err := Read(fstest.MapFS{
		".git/config": {Data: []byte("x")}, ".ci/run": {Data: []byte("x")}, "data/ajar.db": {Data: []byte("x")}, "node_modules/a/b.js": {Data: []byte("x")},
		"docs/pictures/a.png": {Data: []byte{137, 'P', 0, 0}}, "internal/roll/data/x.csv": {Data: []byte("x")}, "ajar": {Data: []byte("x")},
	})
	if err != nil || len(tree) != 3 || tree["docs/pictures/a.png"] != "" || !tree.has(".ci/run") || !tree.has("internal/roll/data/x.csv") {
		t.Errorf("read %v, %v", tree, err)
	}
}
