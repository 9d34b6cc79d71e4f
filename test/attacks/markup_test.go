package attacks

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Everything that somebody of the school can write is written with markup in it, into every field of every form that they can reach. Then everything is
// read again by everybody. Nowhere may a browser see an element, an attribute or an address in it, and no sheet a formula.
func TestStoredMarkup(t *testing.T) {
	s := open(t)
	sent, took := 0, 0
	for _, name := range staffPeople {
		v := s.as(name)
		done := map[string]bool{}
		var forms []form
		v.crawl(2, func(a answer) {
			for _, f := range a.forms() {
				k := shape(f.action) + " " + fmt.Sprint(f.texts)
				if f.method == "POST" && !done[k] && len(f.texts) > 0 && f.action != "/sign-out" {
					done[k] = true
					forms = append(forms, f)
				}
			}
		})
		for i, f := range forms {
			// All at once, as far as the form takes it; and each field alone, for forms that refuse some of it.
			all := url.Values{}
			for j, x := range f.texts {
				if isText(x) {
					all.Set(x, payload(i*10+j))
				}
			}
			tries := []url.Values{all}
			for j, x := range f.texts {
				tries = append(tries, url.Values{x: {payload(i*10 + j)}})
			}
			for n, over := range tries {
				sent++
				a := v.send(f, over)
				harmless(t, a)
				if a.status == http.StatusSeeOther || a.status == http.StatusOK {
					took++
					if n == 0 {
						break // it took them all
					}
				}
			}
		}
	}
	shown, files := 0, 0
	for _, name := range append([]string{"Roberta Lindqvist", "Miriam Castell"}, staffPeople...) {
		v := s.as(name)
		v.crawl(2, func(a answer) {
			harmless(t, a)
			if strings.Contains(a.body, "xq1") {
				shown++
			}
			if n := noFormulas(t, a); n > 0 {
				files++
			}
		})
		// Search answers with what was typed, and with what was stored.
		for i := range 6 {
			a := v.get("/search?q=" + url.QueryEscape(payload(i)))
			harmless(t, a)
		}
	}
	t.Logf("%d forms were sent, %d were taken; %d pages show what was written, %d files were read", sent, took, shown, files)
	if took < 20 || shown < 10 || files == 0 {
		t.Errorf("too little was tried for this to mean anything")
	}
	s.noneFailed()
}

// isText leaves out fields that only take a day or a number, which would make the whole form come back.
func isText(name string) bool {
	for _, w := range []string{"date", "day", "starts", "ends", "from", "until", "review", "opens", "closes", "minutes", "priority", "upn", "dob", "on", "born"} {
		if name == w || strings.HasSuffix(name, "_"+w) || strings.HasSuffix(name, "."+w) {
			return false
		}
	}
	return true
}

// payload breaks out of text, of attributes with either quote, of scripts, and out of a cell.
func payload(i int) string {
	kinds := []string{
		`<xq1 onload=1>"'><xq1>`,
		`=1+1" xq2="1' xq2='1`,
		`javascript:xq3//xq1`,
		`</title></textarea></script><xq1>`,
		`+xq1|cmd<!--`,
		`@xq1<svg/onload=xq1>`,
		"-2+3+cmd|' /C xq1'!A0",
	}
	return kinds[i%len(kinds)]
}

// harmless says that a page has nothing of a payload but text.
func harmless(t *testing.T, a answer) {
	t.Helper()
	if !a.isHTML() {
		return
	}
	bad := func(format string, args ...any) { t.Errorf("%s: %s", a.path, fmt.Sprintf(format, args...)) }
	kept := strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") // a file such as an e-mail, which no browser shows as a page of ours
	each(a.html(), func(n *html.Node) {
		switch {
		case n.Type == html.CommentNode && strings.Contains(n.Data, "xq"):
			bad("a comment holds what somebody wrote")
		case n.Type != html.ElementNode:
		case n.Data == "xq1" || n.Data == "svg" && has(n, "onload"):
			bad("an element of the attacker: <%s>", n.Data)
		case n.Data == "script" && attr(n, "src") == "":
			bad("a script within the page")
		case n.Data == "style":
			bad("a style within the page")
		}
		for _, x := range n.Attr {
			switch {
			case x.Key == "xq2" || strings.HasPrefix(x.Key, "on") || x.Key == "style" && !kept:
				bad("<%s %s=%q>", n.Data, x.Key, x.Val)
			case (x.Key == "href" || x.Key == "src" || x.Key == "action" || x.Key == "formaction" || strings.HasPrefix(x.Key, "hx-")) &&
				strings.Contains(strings.ToLower(x.Val), "javascript:") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(x.Val)), "javascript:"):
				bad("<%s %s=%q>", n.Data, x.Key, x.Val)
			}
		}
	})
}

// noFormulas reads a sheet and says how many cells hold what an attacker wrote; none may begin as a formula does.
func noFormulas(t *testing.T, a answer) (ours int) {
	t.Helper()
	kind := a.header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "text/csv"):
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
		if err != nil {
			t.Errorf("%s is no CSV: %v", a.path, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && strings.ContainsAny(cell, "abcdefghijklmnopqrstuvwxyz") {
					t.Errorf("%s has a cell that Excel would run: %q", a.path, cell)
				}
				ours++
			}
		}
	case strings.Contains(kind, "spreadsheetml"):
		z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
		if err != nil {
			t.Errorf("%s is no workbook: %v", a.path, err)
			return 0
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(r)
			_ = r.Close()
			if strings.HasPrefix(f.Name, "xl/worksheets/") {
				ours++
				if bytes.Contains(b, []byte("<f>")) || bytes.Contains(b, []byte("<f ")) {
					t.Errorf("%s has a formula", a.path)
				}
			}
		}
	}
	return ours
}
