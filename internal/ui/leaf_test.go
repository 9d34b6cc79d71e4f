package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ajar/internal/kit/say"
)

// onTheWire is what a page with its style sheet and its mark costs a family's phone.
func onTheWire(t *testing.T, page string) int {
	t.Helper()
	var b bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed) // as the server does
	_, _ = zw.Write([]byte(page))
	_ = zw.Close()
	return b.Len() + len(assets[Asset("leaf.css")].zipped) + len(assets[Asset("mark.svg")].zipped)
}

func TestLeavesAreLight(t *testing.T) {
	for _, l := range say.Tongues() {
		var b bytes.Buffer
		if err := SamplesLeaf(l).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		// A page of a room holds more words than the sample: it may have the rest of 14,000.
		if n := onTheWire(t, b.String()); n > 8_000 {
			t.Errorf("the sample in %s is %d bytes on the wire; the ceiling is 8,000", l.English(), n)
		}
		if strings.Contains(b.String(), "<script") || strings.Contains(b.String(), " style=") {
			t.Errorf("the sample in %s has script or styles of its own", l.English())
		}
	}
}

func TestALeafSpeaksItsLanguage(t *testing.T) {
	for _, l := range say.Tongues() {
		page := render(t, Leaf(LeafData{Title: "x", Lang: l, Org: "Harrowmere", Phone: "0115 496 0123", In: func(tag string) string { return "?in=" + tag }}))
		offered := 0
		walk(t, page, func(n *html.Node) {
			switch {
			case n.Data == "html" && (attr(n, "lang") != l.Tag() || attr(n, "dir") != l.Dir()):
				t.Errorf("%s: the page says lang %s and dir %s", l.Tag(), attr(n, "lang"), attr(n, "dir"))
			case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "?in="):
				offered++
			case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "tel:") && attr(n, "href") != "tel:01154960123":
				t.Errorf("%s dials %s", l.Tag(), attr(n, "href"))
			}
		})
		want := 12
		if l.Draft() {
			want = 13 // English is one tap away, beside the note
			if !strings.Contains(page, leafDraft.English()) || !strings.Contains(html.UnescapeString(page), l.Put(leafDraft)) {
				t.Errorf("%s is a draft and does not say so in both languages", l.Tag())
			}
		} else if strings.Contains(page, leafDraft.English()) {
			t.Errorf("%s is no draft and says that it is", l.Tag())
		}
		if offered != want {
			t.Errorf("%s offers %d languages, want %d", l.Tag(), offered, want)
		}
		if !l.IsEnglish() && strings.Contains(page, leafTalk.English()) {
			t.Errorf("%s speaks English", l.Tag())
		}
		if strings.Contains(page, "\u0001") {
			t.Errorf("%s shows a mark", l.Tag())
		}
	}
}

func TestLeafFieldsAreLabelled(t *testing.T) {
	page := render(t, SamplesLeaf(say.Tongue("ur")))
	ids, labels := map[string]int{}, map[string]bool{}
	walk(t, page, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	})
	walk(t, page, func(n *html.Node) {
		for _, id := range strings.Fields(attr(n, "aria-describedby") + " " + attr(n, "aria-labelledby")) {
			if ids[id] != 1 {
				t.Errorf("<%s> names %q, which is there %d times", n.Data, id, ids[id])
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 && href != "#who" && href != "#devices" {
			t.Errorf("a link leads to %q, which is not there", href)
		}
		if (n.Data == "input" || n.Data == "textarea") && !labels[attr(n, "id")] && n.Parent.Data != "label" {
			t.Errorf("%q has no label", attr(n, "name"))
		}
	})
}
