package messages

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

func later(day string, n int) string {
	t, _ := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

func aPicture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	ok(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	return b.Bytes()
}

// M02: issue 2026-11 lists six events, of which two are past and dropped by themselves; a picture without words is refused.
func TestM02AnIssueOfNovember(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		today := ""
		ok(t, s.DB.View(ctx, head, func(tx *db.Tx) error { today = tx.Today(); return nil }))
		id, err := s.PutIssue(ctx, head, Issue{Month: "2026-11", Title: "November at Fairfield", Intro: "Here is what comes up."}, 0)
		ok(t, err)
		days := []string{later(today, -20), later(today, -1), today, later(today, 1), later(today, 8), later(today, 20)}
		for i, day := range days {
			ok(t, s.PutItem(ctx, head, Item{IssueID: id, Kind: ItemDate, Day: day, Title: "Event " + string(rune('A'+i)), Words: "Come and see."}))
		}
		ok(t, s.PutItem(ctx, head, Item{IssueID: id, Kind: ItemDid, Title: "You asked for a later meeting", Words: "We hold one at seven each month."}))
		v, err := s.Issue(ctx, head, id)
		ok(t, err)
		if len(v.Of(ItemDate)) != 4 || len(v.Over) != 2 || v.Over[0].Title != "Event A" || v.Over[1].Title != "Event B" {
			t.Errorf("%d to come, over: %+v", len(v.Of(ItemDate)), v.Over)
		}
		for _, l := range say.Tongues() {
			w, page := IssueWords(v, l, "https://ajar.example.org/news/1/x", "Ring Ms Okoro: 01632 960001")
			for _, text := range []string{w.Body, page} {
				if strings.Contains(text, "Event A") || strings.Contains(text, "Event B") || !strings.Contains(text, "Event C") || !strings.Contains(text, "Event F") {
					t.Errorf("%s: what is over is not dropped", l.Tag())
				}
				if !strings.Contains(text, l.LongDay(today)) {
					t.Errorf("%s: the day is not written as people there do", l.Tag())
				}
			}
			if !strings.Contains(w.Short, "https://ajar.example.org/news/1/x") {
				t.Errorf("%s: %q", l.Tag(), w.Short)
			}
			if !l.IsEnglish() && !strings.Contains(w.Body, EnglishNote(l, "")) {
				t.Errorf("%s: nothing says that the pieces are in English", l.Tag())
			}
			if len(page) > 100<<10 {
				t.Errorf("%s: the e-mail has %d bytes", l.Tag(), len(page))
			}
		}
		// Pictures: words for those who don't see them, a real picture, not too large, not too many.
		picture := aPicture(t)
		for _, c := range []struct {
			name, alt string
			body      []byte
			field     string
		}{{"no words", " ", picture, "seen"}, {"no picture", "Beans", nil, "Choose"}, {"no picture at all", "Beans", []byte("<svg/>"), "no picture"}, {"too large", "Beans", append(bytes.Clone(picture), make([]byte, longestPicture)...), "1 MB"}} {
			if err := s.AddPicture(ctx, head, id, c.body, c.alt); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.field) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		for range mostPictures {
			ok(t, s.AddPicture(ctx, head, id, picture, "Beans in the garden"))
		}
		if err := s.AddPicture(ctx, head, id, picture, "Beans"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a picture too many: %v", err)
		}
		v, err = s.Issue(ctx, head, id)
		ok(t, err)
		// By its address it opens once it is published, and no other school's address opens it.
		if _, err := s.Published(ctx, a.org, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("not published and open: %v", err)
		}
		ok(t, s.Publish(ctx, head, id, true))
		if got, err := s.Published(ctx, a.org, id); err != nil || len(got.Items) != 5 {
			t.Errorf("%+v %v", got, err)
		}
		if p, err := s.PublishedPicture(ctx, a.org, id, v.Pictures[0].ID); err != nil || p.Kind != "image/png" || !bytes.Equal(p.Body, picture) {
			t.Errorf("%v %v", p.Kind, err)
		}
		if _, err := s.Published(ctx, b.org, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("by another school's address: %v", err)
		}
		ok(t, s.Publish(ctx, head, id, false))
		if _, err := s.PublishedPicture(ctx, a.org, id, v.Pictures[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("taken back and open: %v", err)
		}
		// What is hard to read is pointed out.
		ok(t, s.PutItem(ctx, head, Item{IssueID: id, Kind: ItemNews, Title: "News", Words: "The SENCO will commence in January."}))
		if v, err = s.Issue(ctx, head, id); err != nil || len(v.Plainer) != 2 {
			t.Errorf("%+v %v", v.Plainer, err)
		}
	})
}

func TestOtherRoomsOfferPieces(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, _ wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		s.OfferItems(ItemSource{Key: "practice", Words: "Stories", Items: func(*db.Tx) ([]Item, error) {
			return []Item{{Kind: ItemStory, Title: "The gate", Words: "We opened the gate.", Source: "practice:1"}}, nil
		}})
		id, err := s.PutIssue(ctx, head, Issue{Month: "2026-11", Title: "November"}, 0)
		ok(t, err)
		ok(t, s.TakeOffer(ctx, head, id, "practice:1"))
		v, err := s.Issue(ctx, head, id)
		if err != nil || len(v.Offers) != 0 || len(v.Items) != 1 || v.Items[0].Title != "The gate" {
			t.Errorf("%+v %v", v, err)
		}
		if err := s.TakeOffer(ctx, head, id, "practice:1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("taken twice: %v", err)
		}
	})
}

func TestHTMLOfInTwelveLanguages(t *testing.T) {
	for _, l := range say.Tongues() {
		c := Chosen{Lang: l.Tag(), Standing: ADraft, Beside: !l.IsEnglish()}
		r, _ := ReadyByKey("absence_today")
		var said Words
		for _, w := range r.Words {
			if w.Lang == l.Tag() {
				said = w
			}
		}
		w, found := Render(c, r.Words[0], said, l.English(), amira)
		if len(found) > 0 {
			t.Fatal(found)
		}
		w.Body += "\n\nhttps://ajar.example.org/f/1?a=b&c=d."
		page := HTMLOf(w, l, "St <Mary's> School", "Your key contact: Ms Okoro\n01632 960001")
		for _, want := range []string{`<html lang="` + l.Tag() + `" dir="` + l.Dir() + `">`, "St &lt;Mary&#39;s&gt; School", `<a href="https://ajar.example.org/f/1?a=b&amp;c=d" `, `</a>.`, "Ms Okoro"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing", l.Tag(), want)
			}
		}
		if strings.Contains(page, "<table") || strings.Contains(page, "<script") || strings.Contains(page, "<style") {
			t.Errorf("%s: a table, script or sheet", l.Tag())
		}
		if !l.IsEnglish() && (!strings.Contains(page, `<p lang="en" dir="ltr"`) || !strings.Contains(page, l.Put(noteInEnglish))) {
			t.Errorf("%s: the original is not set apart", l.Tag())
		}
		if rtl := l.Dir() == "rtl"; rtl != strings.Contains(page, "text-align:right") {
			t.Errorf("%s: aligned to the wrong side", l.Tag())
		}
		if len(page) > 8<<10 {
			t.Errorf("%s: %d bytes", l.Tag(), len(page))
		}
	}
}

func TestReadyMadeWordsAreEasyToRead(t *testing.T) {
	var texts []string
	for _, r := range ReadyMade() {
		w, found := Fill(r.Words[0], say.Tongue("en"), Values{Children: []string{"Sam"}, Adult: "Jo", School: "Fairfield", Classes: []string{"B"}, KeyContact: "Ms Lee", Phone: "1", Today: "2026-12-01",
			Given: map[string]string{"what": "a coat", "where": "the hall", "day": "2026-12-04", "until": "2026-12-11", "time": "15:30", "end": "16:30", "number": "20"}})
		if len(found) > 0 {
			t.Fatal(found)
		}
		texts = append(texts, w.Body)
		for _, x := range plainerOf(w.Body) {
			t.Errorf("%s: %s", r.Key, x)
		}
	}
	if age := readingAge(strings.Join(texts, "\n\n")); age > 11 {
		t.Errorf("the templates have a reading age of %.1f", age)
	}
}
