package messages

import (
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/say"
)

var amira = Values{Children: []string{"Amira", "Ben"}, Adult: "Fatima Khan", School: "Fairfield School", Classes: []string{"3B"}, KeyContact: "Ms Okoro", Phone: "01632 960001",
	Today: "2026-12-01", Given: map[string]string{"what": "a coat", "where": "the hall", "day": "2026-12-04", "time": "15:30", "number": "12000"}}

func TestSlotsAreFilledAsEachLanguageWrites(t *testing.T) {
	for _, c := range []struct{ lang, words, want string }{
		{"en", "We missed {children} on {today}.", "We missed Amira and Ben on Tuesday 1 December 2026."},
		{"en", "{day} at {time} in {where}", "Friday 4 December 2026 at 3.30pm in the hall"},
		{"en", "{day:2026-12-07} {time:09:05} {number:3}", "Monday 7 December 2026 9.05am 3"},
		{"pl", "{children}, {day}, {time}", "Amira i Ben, piątek, 4 grudnia 2026, 15:30"},
		{"pl", "{number}", "12\u00a0000"},
		{"cy", "{children} {today}", "Amira a Ben dydd Mawrth 1 Rhagfyr 2026"},
		{"tr", "{day}", "4 Aralık 2026 Cuma"},
		{"ur", "{children} {phone}", "\u2068Amira\u2069 اور \u2068Ben\u2069 \u206801632 960001\u2069"},
		{"ar", "{day}", "\u2068الجمعة، 4 ديسمبر 2026\u2069"},
		{"en", "no slot at all", "no slot at all"},
	} {
		got, found := Fill(Words{Body: c.words}, say.Tongue(c.lang), amira)
		if len(found) > 0 || got.Body != c.want {
			t.Errorf("%s %q: %q %v, want %q", c.lang, c.words, got.Body, found, c.want)
		}
	}
}

func TestReminderWithADayInTwelveLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range say.Tongues() {
		got, found := Fill(Words{Body: "{day}"}, l, amira)
		plain := strings.Trim(got.Body, "\u2068\u2069")
		if len(found) > 0 || plain != l.LongDay("2026-12-04") || seen[plain] {
			t.Errorf("%s: %q %v", l.Tag(), got.Body, found)
		}
		if rtl := l.Dir() == "rtl"; rtl != strings.HasPrefix(got.Body, "\u2068") {
			t.Errorf("%s: a day stands apart only where the sentence runs from the right: %q", l.Tag(), got.Body)
		}
		seen[plain] = true
	}
	if len(seen) != 12 {
		t.Errorf("%d languages", len(seen))
	}
}

func TestWhatCannotBeFilledIsNeverSent(t *testing.T) {
	for _, c := range []struct {
		words Words
		v     Values
		slot  string
		place string
	}{
		{Words{Subject: "About {chlid}"}, amira, "{chlid}", "subject"},
		{Words{Body: "Bring {what}"}, Values{}, "{what}", "body"},
		{Words{Short: "Ring {phone}"}, Values{}, "{phone}", "short"},
		{Words{Body: "{children}"}, Values{Children: []string{" "}}, "{children}", "body"},
		{Words{Body: "on {day:4 December}"}, amira, "{day:4 December}", "body"},
		{Words{Body: "at {time:25:30}"}, amira, "{time:25:30}", "body"},
		{Words{Body: "{number:many}"}, amira, "{number:many}", "body"},
		{Words{Body: "{child:Amira}"}, amira, "{child:Amira}", "body"},
		{Words{Body: "Dear {adult"}, amira, "{", "body"},
		{Words{Body: "Dear adult}"}, amira, "}", "body"},
		{Words{Body: "{adult {child}"}, amira, "{", "body"},
		{Words{Body: "{}"}, amira, "{}", "body"},
		{Words{Body: "{day}"}, Values{Given: map[string]string{"day": "soon"}}, "{day}", "body"},
		{Words{Body: "{what}"}, Values{Given: map[string]string{"what": "{adult}"}}, "{what}", "body"},
	} {
		got, found := Fill(c.words, say.Tongue("en"), c.v)
		if len(found) != 1 || found[0].Slot != c.slot || found[0].Place != c.place || found[0].Words == "" {
			t.Errorf("%+v: %+v", c.words, found)
		}
		if got != c.words {
			t.Errorf("%+v came back changed: %+v", c.words, got)
		}
	}
}

func TestWhatIsFilledInIsNotReadAgain(t *testing.T) {
	v := amira
	v.Children = []string{"{school}"}
	got, found := Fill(Words{Body: "{child}"}, say.Tongue("en"), v)
	if len(found) > 0 || got.Body != "{school}" {
		t.Errorf("a name was read as a slot: %q %v", got.Body, found)
	}
}

func TestSlotsInTheirOrder(t *testing.T) {
	w := Words{Subject: "{children}", Body: "{day:2026-12-04} {children} {what} {nonsense}", Short: "{time}"}
	var got []string
	for _, s := range Slots(w) {
		got = append(got, s.Text())
	}
	if want := []string{"{children}", "{day:2026-12-04}", "{what}", "{time}"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var fill []string
	for _, s := range ToFill(w) {
		fill = append(fill, s.Name)
	}
	if want := []string{"what", "time"}; !slices.Equal(fill, want) {
		t.Errorf("to fill %v, want %v", fill, want)
	}
}

func TestATranslationKeepsTheSlots(t *testing.T) {
	english := Words{Subject: "About {children}", Body: "Come on {day} at {time}.", Short: "Come on {day}."}
	if found := SameSlots(english, Words{Lang: "pl", Subject: "{children}", Body: "{time}, {day}"}); len(found) > 0 {
		t.Errorf("a good translation: %v", found)
	}
	found := SameSlots(english, Words{Lang: "pl", Subject: "{adult}", Body: "{day} {tme}", Short: "{day}"})
	var got []string
	for _, p := range found {
		got = append(got, p.Place+" "+p.Slot)
	}
	slices.Sort(got)
	if want := []string{"body {time}", "body {tme}", "subject {adult}", "subject {children}"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
