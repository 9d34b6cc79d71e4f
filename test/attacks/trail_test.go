package attacks

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/trail"
)

// entries are what the trail of a school holds, the latest first, without what Ajar itself did.
func (s *site) entries(code string, f trail.Filter) (out []trail.Line) {
	s.t.Helper()
	ctx := context.Background()
	o, err := s.app.Roll.OrgByCode(ctx, code)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.app.Trail.Settle(ctx); err != nil {
		s.t.Fatal(err)
	}
	f.WithoutRoutine, f.Limit = true, 100_000
	if err := s.app.DB.View(ctx, access.System("test", int64(o.ID)), func(tx *db.Tx) (err error) {
		out, err = trail.List(tx, f)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// Every file and every print-out that somebody can reach leaves its entry, and the pages of the trail show who it was.
func TestTrailAsAFile(t *testing.T) {
	s := open(t)
	v := s.as("Yasmin Thornbury")
	files := 0
	last := int64(0)
	record := ""
	v.crawl(2, func(a answer) {
		if a.status != http.StatusOK {
			return
		}
		if strings.HasPrefix(a.path, "/pupils/") && record == "" && strings.Count(a.path, "/") == 2 {
			record = a.path
		}
		download := strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") && !strings.HasPrefix(a.path, "/imports/template/") && !strings.HasSuffix(a.path, "/mapping") && !strings.HasPrefix(a.path, "/audit-frameworks/")
		paper := strings.Contains(a.body, "ajar-paper") || strings.Contains(a.body, "ajar-letter")
		if !download && !paper {
			return
		}
		files++
		got := s.entries("HARROWMERE", trail.Filter{Kinds: []trail.Kind{trail.Export, trail.Print}})
		if len(got) == 0 || got[0].ID == last || got[0].Who != "Yasmin Thornbury" || got[0].Words == "" {
			t.Fatalf("%s left no entry after %d files", a.path, files)
		}
		last = got[0].ID
	})
	if files < 5 || record == "" {
		t.Fatalf("only %d files and print-outs were found, and the record %q", files, record)
	}
	names, numbers := v.get(record), s.as("Pauline Osgood").get(record)
	if !strings.Contains(names.body, "Who has seen this") || !strings.Contains(names.body, "<strong>Yasmin Thornbury</strong>") {
		t.Error("the head does not see who opened the record")
	}
	if !strings.Contains(numbers.body, "Who has seen this") || strings.Contains(numbers.body, "<strong>Yasmin Thornbury</strong>") || !strings.Contains(numbers.body, "opened this record") {
		t.Error("the office should see how many opened the record, and not who")
	}
	if a := s.as("Declan Frost").get("/trail"); a.status != http.StatusNotFound {
		t.Errorf("a key teacher opens the trail: %d", a.status)
	}
	for path, want := range map[string]string{"/trail": "File downloaded", "/trail?kind=print": "Printed", "/trail?kind=nonsense&staff=x&before=x": "File downloaded", "/trail?from=20+11+2026&to=20+11+2026": "File downloaded"} {
		if a := v.get(path); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d, without %q", path, a.status, want)
		}
	}
	for _, path := range []string{"/trail?from=yesterday", "/trail?from=21+11+2026&to=20+11+2026"} {
		if a := v.get(path); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "govuk-error") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	a := v.get("/trail/entries.csv?kind=print")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 || rows[0][0] != "Number" || rows[1][3] != "Printed" || len(rows[1][8]) != 64 {
		t.Errorf("the file: %v, %v", rows, err)
	}
	if got := s.entries("HARROWMERE", trail.Filter{Kinds: []trail.Kind{trail.Export}}); len(got) == 0 || !strings.Contains(got[0].Words, "the trail, ") {
		t.Errorf("the trail's own file left no entry: %+v", got)
	}
	checked, err := s.app.Admin.CheckTrail(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked {
		if c.Broken != nil {
			t.Errorf("%s: %s", c.Name, c.Broken.Why)
		}
	}
	s.noneFailed()
}

// No key of a session and no secret of a link is in the trail, whoever reads it.
func TestNoSecretsInTheTrail(t *testing.T) {
	s := open(t)
	o, err := s.app.Roll.OrgByCode(t.Context(), "HARROWMERE")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.app.Admin.Link(t.Context(), o, "Nora New", "")
	if err != nil {
		t.Fatal(err)
	}
	v := s.stranger()
	v.get("/link/" + secret)
	a := v.post("/link/"+secret, nil)
	secrets := []string{secret}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if len(c.Value) > 10 {
			secrets = append(secrets, c.Value)
		}
	}
	if len(secrets) < 2 {
		t.Fatal("no session began")
	}
	v.get("/")
	all := s.entries("HARROWMERE", trail.Filter{})
	if err := s.app.DB.View(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
		house, err := db.All[trail.Line](tx, `select id, at_ms, who, staff, adult, kind, about, key, words, prev, hash from trail_house`)
		all = append(all, house...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the trail is empty")
	}
	for _, l := range all {
		for _, x := range secrets {
			if strings.Contains(l.Words+l.Who+l.About, x) {
				t.Errorf("entry %d holds a secret: %s", l.ID, l.Words)
			}
		}
	}
}
