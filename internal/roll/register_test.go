package roll

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/testkit"
)

// plainCount reads a CSV with the standard library alone: rows, and those with another number of cells than the header.
func plainCount(t *testing.T, path string) (rows, ragged int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	header, err := c.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, ragged
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		if len(r) != len(header) {
			ragged++
		}
	}
}

func TestRegister(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		load := func(parts ...string) (*RegisterReport, string) {
			t.Helper()
			path := testkit.SharedData(t, parts...)
			table, err := sheet.OpenFile(path, sheet.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = table.Close() }()
			r, err := x.s.LoadRegister(context.Background(), "test", table)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Check(); err != nil {
				t.Error(err)
			}
			return r, path
		}
		r, path := load("england", "gias_surrey_hants", "20220420_gias.csv")
		rows, ragged := plainCount(t, path)
		if ragged != 69 || r.Rows != rows || r.Created != rows || r.Ragged != ragged {
			t.Errorf("%d of %d rows created, %d ragged kept; a plain reader finds %d with %d ragged", r.Created, r.Rows, r.Ragged, rows, ragged)
		}
		if again, _ := load("england", "gias_surrey_hants", "20220420_gias.csv"); again.Same != rows {
			t.Errorf("the same file twice: %+v", again.Tally)
		}
		other, path := load("england", "dfe_fbit_raw", "gias.csv")
		if rows, _ := plainCount(t, path); other.Created != 10 || other.Updated != rows-10 { // 50 of its numbers stand in the first file too
			t.Errorf("%+v of %d rows: %v", other.Tally, rows, other.Refusals)
		}
		find := func(text string, limit int) []Registered {
			t.Helper()
			list, err := x.s.LookUp(context.Background(), text, limit)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		alton := find("115850", 5)
		if len(alton) != 1 || alton[0].Name != "Alton Infant School" || alton[0].Opened != "" || alton[0].LAESTAB != "8502000" || *alton[0].Pupils != 138 || *alton[0].FSMPercent != 21.7 {
			t.Errorf("by URN: %+v", alton)
		}
		if list := find("infant ALTON", 5); len(list) == 0 || list[0].URN != "115850" {
			t.Errorf("by parts of the name in any order: %+v", list)
		}
		if list := find("school", 7); len(list) != 7 {
			t.Errorf("the limit is not kept: %d", len(list))
		}
		if list := find("  ", 5); len(list) != 0 {
			t.Errorf("nothing typed finds %d", len(list))
		}
	})
}

func TestRegisterDates(t *testing.T) {
	for text, want := range map[string]string{"01-01-1900": "", "21-01-2021": "2021-01-21", "29/05/1993": "1993-05-29", "0": "", "": ""} {
		if got := registerDate(text); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// The CHECK of the cluster registry: ten clusters, 79 schools as stated, 80 by the breakdown, and twelve centres; the mismatch is told.
func TestClusters(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		ctx := context.Background()
		r, err := x.s.LoadClusters(ctx, "test")
		if err != nil {
			t.Fatal(err)
		}
		if r.Clusters != 10 || r.Stated != 79 || r.Listed != 80 || r.Centres != 12 {
			t.Errorf("%+v", r)
		}
		if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "Aylsham") || !strings.Contains(r.Warnings[0], "9") || !strings.Contains(r.Warnings[0], "10") {
			t.Errorf("the mismatch of Aylsham, and nothing else, must be told: %q", r.Warnings)
		}
		again, err := x.s.LoadClusters(ctx, "test")
		if err != nil || again.Created != 0 || again.Listed != 80 {
			t.Errorf("a second time: %+v, %v", again, err)
		}
		org := func(code string) Org {
			t.Helper()
			o, err := x.s.OrgByCode(ctx, code)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		page, err := x.s.Org(ctx, access.System("test", 1), org("SHERWOOD").ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if low, high, from, missing := page.FSMRange(); low != 15 || high != 60 || from != 2 || missing != 5 {
			t.Errorf("free meals in Sherwood: %v to %v from %d, %d missing", low, high, from, missing)
		}
		members := func(day string) (out []string) {
			t.Helper()
			list, err := x.s.Members(ctx, org("WATERCLIFFE-MEADOW").ID, day)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				out = append(out, o.Code)
			}
			return out
		}
		if before, now := members("2009-08-31"), members("2009-09-01"); len(before) != 6 || len(now) != 4 {
			t.Errorf("before the merger %q, after it %q", before, now)
		}
		page, err = x.s.Org(ctx, access.System("test", 1), org("WATERCLIFFE-MEADOW-PRIMARY-1").ID, "")
		if err != nil || len(page.History) != 3 || page.History[0].How != "merger" {
			t.Errorf("the history of the new school: %+v, %v", page.History, err)
		}
		if err := x.s.Close(ctx, access.System("test", 1), org("WATERCLIFFE-MEADOW-FORMER-1").ID, "2026-08-31"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a school closes once: %v", err)
		}
	})
}

func TestMergeAndClose(t *testing.T) {
	importTest(t, func(t *testing.T, x *importing) {
		ctx := context.Background()
		add := func(code, kind string, in string) Org {
			t.Helper()
			o, err := x.s.AddOrg(ctx, "test", Org{Code: code, Name: code, Type: kind}, in)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		cluster := add("C", "cluster", "")
		add("T", "trust", "")
		a, b, c := add("A", "school", "C"), add("B", "school", "T"), add("N", "school", "")
		gate := access.NewGate(Rights())
		may := gate.Admit(access.Who{Org: int64(a.ID), Roles: []access.Role{Administrator}})
		for name, p := range map[string]access.Pass{"a teacher": gate.Admit(access.Who{Org: int64(a.ID), Roles: []access.Role{Teacher}}), "nobody": {}} {
			if err := x.s.Merge(ctx, p, []OrgID{a.ID}, c.ID, "2027-09-01"); err == nil {
				t.Errorf("%s merged schools", name)
			}
			if err := x.s.Close(ctx, p, a.ID, "2027-09-01"); err == nil {
				t.Errorf("%s closed a school", name)
			}
		}
		if err := x.s.Merge(ctx, may, []OrgID{a.ID, b.ID}, c.ID, "01/09/2027"); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct{ group, day, want string }{{"C", "2027-08-31", "A"}, {"C", "2027-09-01", "N"}, {"T", "2027-08-31", "B"}, {"T", "2027-09-01", "N"}} {
			g, err := x.s.OrgByCode(ctx, tt.group)
			if err != nil {
				t.Fatal(err)
			}
			list, err := x.s.Members(ctx, g.ID, tt.day)
			if err != nil || len(list) != 1 || list[0].Code != tt.want {
				t.Errorf("%s on %s: %+v, %v", tt.group, tt.day, list, err)
			}
		}
		if err := x.s.Merge(ctx, may, []OrgID{c.ID}, c.ID, "2028-09-01"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a school was merged into itself: %v", err)
		}
		if err := x.s.Merge(ctx, may, []OrgID{c.ID}, cluster.ID, "soon"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no day: %v", err)
		}
		if err := x.s.Close(ctx, may, c.ID, "2030-07-31"); err != nil {
			t.Fatal(err)
		}
		if list, err := x.s.Members(ctx, cluster.ID, "2030-08-01"); err != nil || len(list) != 0 {
			t.Errorf("after the closure: %+v, %v", list, err)
		}
		var n int
		if err := x.d.View(ctx, access.Installation("test"), func(tx *db.Tx) (err error) {
			n, err = db.One[int](tx, `select count(*) from roll_succession`)
			return err
		}); err != nil || n != 3 {
			t.Errorf("%d turns are kept, %v", n, err)
		}
	})
}
