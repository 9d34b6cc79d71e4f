package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBundle(t *testing.T) {
	r := zipOf(t, zipped{"export/users.csv", "a,b\n1,2\n"}, zipped{"export/Orgs.CSV", "c\n3\n"}, zipped{"export/readme.md", "hello"},
		zipped{"__MACOSX/export/._users.csv", "\x00\x05"}, zipped{"export/.DS_Store", "\x00"}, zipped{"export/", ""})
	b, err := OpenBundle("roster.zip", r, r.Size(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !slices.Equal(b.Names(), []string{"users.csv", "Orgs.CSV"}) || len(b.Notes) != 1 || !strings.Contains(b.Notes[0], "readme.md") {
		t.Errorf("%q, notes %q", b.Names(), b.Notes)
	}
	for _, name := range []string{"users.csv", "USERS", "Users.csv"} {
		tb, err := b.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		if rows, _ := all(t, tb); tb.Name != "users.csv" || len(rows) != 1 {
			t.Errorf("%s: %q %v", name, tb.Name, rows)
		}
		_ = tb.Close()
	}
	if !b.Has("orgs") || b.Has("classes.csv") {
		t.Error("Has is wrong")
	}
	_, err = b.Table("classes.csv")
	wantKind(t, err, MissingFile)
}

func TestHostileBundles(t *testing.T) {
	good := zipped{"users.csv", "a\n1\n"}
	workbook := zipOf(t, zipped{"xl/workbook.xml", "<workbook/>"})
	for _, c := range []struct {
		name  string
		files []zipped
		kind  Kind
	}{
		{"climbs", []zipped{good, {"../users.csv", "a"}}, Unsafe},
		{"climbs from within", []zipped{good, {"a/../../x.csv", "a"}}, Unsafe},
		{"climbs with backslashes", []zipped{good, {`..\x.csv`, "a"}}, Unsafe},
		{"absolute", []zipped{{"/etc/users.csv", "a"}}, Unsafe},
		{"absolute on Windows", []zipped{{`C:\users.csv`, "a"}}, Unsafe},
		{"nested zip", []zipped{good, {"more.zip", "PK\x03\x04"}}, Unsafe},
		{"nested zip in disguise", []zipped{good, {"more.csv", "PK\x03\x04"}}, Unsafe},
		{"twice", []zipped{good, {"Users.csv", "a"}}, Unsupported},
		{"two folders", []zipped{{"a/users.csv", "a"}, {"b/orgs.csv", "a"}}, Unsupported},
		{"no table", []zipped{{"a.md", "x"}}, Empty},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := zipOf(t, c.files...)
			_, err := OpenBundle("x.zip", r, r.Size(), Limits{})
			wantKind(t, err, c.kind)
		})
	}
	t.Run("link", func(t *testing.T) {
		var buf bytes.Buffer
		w := zip.NewWriter(&buf)
		h := &zip.FileHeader{Name: "users.csv"}
		h.SetMode(fs.ModeSymlink | 0o777)
		e, _ := w.CreateHeader(h)
		_, _ = io.WriteString(e, "/etc/passwd")
		_ = w.Close()
		_, err := OpenBundle("x.zip", bytes.NewReader(buf.Bytes()), int64(buf.Len()), Limits{})
		wantKind(t, err, Unsafe)
	})
	t.Run("too many", func(t *testing.T) {
		r := zipOf(t, good, zipped{"b.csv", "a"}, zipped{"c.csv", "a"})
		_, err := OpenBundle("x.zip", r, r.Size(), Limits{MaxEntries: 2})
		wantKind(t, err, TooBig)
	})
	t.Run("too much together", func(t *testing.T) {
		r := zipOf(t, zipped{"a.csv", strings.Repeat("a", 60)}, zipped{"b.csv", strings.Repeat("a", 60)})
		_, err := OpenBundle("x.zip", r, r.Size(), Limits{MaxUnpacked: 100})
		wantKind(t, err, TooBig)
	})
	t.Run("a workbook", func(t *testing.T) {
		_, err := OpenBundle("x.zip", workbook, workbook.Size(), Limits{})
		wantKind(t, err, Unsupported)
	})
	t.Run("a CSV file", func(t *testing.T) {
		_, err := OpenBundle("x.zip", strings.NewReader("a,b\n1,2\n"), 8, Limits{})
		wantKind(t, err, Unsupported)
	})
	t.Run("password", func(t *testing.T) {
		r := zipOf(t, good)
		b, _ := io.ReadAll(r)
		b[6] |= 1                                      // local header
		b[bytes.Index(b, []byte("PK\x01\x02"))+8] |= 1 // directory
		_, err := OpenBundle("x.zip", bytes.NewReader(b), int64(len(b)), Limits{})
		wantKind(t, err, Protected)
	})
	t.Run("damaged entry", func(t *testing.T) {
		r := zipOf(t, zipped{"users.csv", strings.Repeat("some,text\n", 500)})
		b, _ := io.ReadAll(r)
		b[60] ^= 0xff
		_, err := OpenBundle("x.zip", bytes.NewReader(b), int64(len(b)), Limits{})
		wantKind(t, err, Corrupt)
	})
}

func TestFolderBundle(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("inner/users.csv", "a\n1\n")
	write(".DS_Store", "x")
	b, err := OpenBundlePath(dir, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tb, err := b.Table("users")
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := all(t, tb); len(rows) != 1 {
		t.Errorf("%v", rows)
	}
	_ = tb.Close()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Symlink("/etc/hosts", filepath.Join(dir, "inner", "orgs.csv")); err != nil {
		t.Fatal(err)
	}
	_, err = OpenBundlePath(dir, Limits{})
	wantKind(t, err, Unsafe)
	_, err = OpenBundlePath(filepath.Join(dir, "nothing"), Limits{})
	wantKind(t, err, MissingFile)
	_, err = OpenFile(dir, Limits{})
	wantKind(t, err, Unsupported)
}

func TestRealBundles(t *testing.T) {
	for _, c := range []struct {
		path string
		rows map[string]int
	}{
		{"moodle_catalyst_v1p1/Test_full_data_set.zip", map[string]int{"academicSessions": 5, "classes": 2, "enrollments": 6, "manifest": 17, "orgs": 1, "users": 6}},
		{"moodle_catalyst_v1p1/Test_minimal_data_set.zip", map[string]int{"academicSessions": 5, "classes": 2, "enrollments": 6, "manifest": 17, "orgs": 1, "users": 6}},
		{"oat-sa_v1p1_base", map[string]int{"academicSessions": 0, "classes": 3, "courses": 0, "demographics": 0, "enrollments": 3, "manifest": 17, "orgs": 2, "users": 2}},
		{"microsoft_sds_v2", map[string]int{"classes": 4, "enrollments": 29, "orgs": 5, "users": 29}},
	} {
		t.Run(c.path, func(t *testing.T) {
			b, err := OpenBundlePath(shared(t, "oneroster_edfi", c.path), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			for name, want := range c.rows {
				tb, err := b.Table(name)
				if err != nil {
					t.Error(err)
					continue
				}
				rows, bad := all(t, tb)
				if len(rows) != want || len(bad) != 0 {
					t.Errorf("%s: %d rows, want %d; %v", name, len(rows), want, bad)
				}
				_ = tb.Close()
			}
		})
	}
}

func TestEntryThatGrowsAfterTheCheck(t *testing.T) {
	c := &counted{ReadCloser: io.NopCloser(strings.NewReader("abcdef")), left: 3, limit: 3}
	_, err := io.ReadAll(c)
	var e *Error
	if !errors.As(err, &e) || e.Kind != TooBig {
		t.Errorf("got %v", err)
	}
}
