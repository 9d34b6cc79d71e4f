package messages

import (
	"testing"
	"time"

	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

func TestChoose(t *testing.T) {
	mobile, land, mail := roll.Channel{Kind: "phone", Value: "07700 900111", Folded: "m"}, roll.Channel{Kind: "phone", Value: "01632 960001", Folded: "l"}, roll.Channel{Kind: "email", Value: "a@b.example", Folded: "e"}
	all := func(string) bool { return true }
	adult := func(helps string, c ...roll.Channel) roll.Adult { return roll.Adult{Helps: helps, Channels: c} }
	both := adult("", mobile, mail)
	for _, c := range []struct {
		name    string
		a       roll.Adult
		ask     Ask
		tries   []roll.Try
		stopped map[string]string
		posted  bool
		want    string
		to      string
	}{
		{"a text before an e-mail", both, Ask{Way: ByBest, Text: true}, nil, nil, true, ByText, "m"},
		{"no words for a text", both, Ask{Way: ByBest}, nil, nil, true, ByEmail, "e"},
		{"by e-mail alone", both, Ask{Way: ByEmail, Text: true}, nil, nil, true, ByEmail, "e"},
		{"bad news is a call", both, Ask{Way: ByBest, Tone: Concern, Text: true}, nil, nil, true, ByCall, "m"},
		{"bad news, and the writer insists", both, Ask{Way: ByBest, Tone: Concern, Named: true, Text: true}, nil, nil, true, ByText, "m"},
		{"bad news by a chosen letter", both, Ask{Way: ByLetter, Tone: Concern}, nil, nil, true, ByLetter, ""},
		{"bad news, nobody to ring", adult("", mail), Ask{Way: ByBest, Tone: Concern}, nil, nil, true, ByLetter, ""},
		{"phone only", adult("calls", mobile, mail), Ask{Way: ByLetter, Text: true}, nil, nil, true, ByCall, "m"},
		{"letters are read out", adult("read_out", land), Ask{Way: ByBest, Text: true}, nil, nil, true, ByCall, "l"},
		{"the number failed", both, Ask{Way: ByBest, Text: true}, []roll.Try{{Kind: "phone", Folded: "m", OnMs: 1, State: post.Failed}}, nil, true, ByEmail, "e"},
		{"asked for no more texts", both, Ask{Way: ByBest, Text: true}, nil, map[string]string{"m": "stop"}, true, ByEmail, "e"},
		{"asked for no more texts, and there is nothing else", adult("", mobile), Ask{Way: ByBest, Text: true}, nil, map[string]string{"m": "stop"}, true, ByLetter, ""},
		{"urgent reaches who asked for no texts, by a call", adult("", mobile), Ask{Way: ByBest, Class: ClassUrgent, Text: true}, nil, map[string]string{"m": "stop"}, true, ByCall, "m"},
		{"a wrong number is not rung either", adult("", mobile), Ask{Way: ByCall}, nil, map[string]string{"m": "wrong"}, false, ByNone, ""},
		{"a landline is rung when nothing else is held", adult("", land), Ask{Way: ByBest, Text: true}, nil, nil, false, ByCall, "l"},
		{"nothing at all", adult(""), Ask{Way: ByBest, Text: true}, nil, nil, false, ByNone, ""},
	} {
		got := Choose(c.a, roll.RankWays(c.a.Channels, c.tries, all), c.stopped, c.posted, true, c.ask)
		if got.Way != c.want || got.Channel.Folded != c.to {
			t.Errorf("%s: %+v", c.name, got)
		}
		if got.Way != ByText && got.Way != ByEmail && got.Why == "" {
			t.Errorf("%s: no reason is given", c.name)
		}
	}
}

func TestQuietHours(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 12, day, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		q         Quiet
		now, want time.Time
	}{
		{DefaultQuiet, at(1, 12, 0), at(1, 12, 0)},
		{DefaultQuiet, at(1, 17, 59), at(1, 17, 59)},
		{DefaultQuiet, at(1, 18, 0), at(2, 7, 30)},
		{DefaultQuiet, at(1, 23, 59), at(2, 7, 30)},
		{DefaultQuiet, at(2, 0, 0), at(2, 7, 30)},
		{DefaultQuiet, at(2, 7, 29), at(2, 7, 30)},
		{DefaultQuiet, at(2, 7, 30), at(2, 7, 30)},
		{Quiet{13 * 60, 14 * 60}, at(2, 13, 30), at(2, 14, 0)},
		{Quiet{0, 0}, at(2, 3, 0), at(2, 3, 0)},
	} {
		if got := c.q.Until(c.now); !got.Equal(c.want) {
			t.Errorf("%+v at %v: %v", c.q, c.now, got)
		}
	}
	// The night on which clocks change is as long as it is.
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	if got := DefaultQuiet.Until(time.Date(2027, 3, 27, 22, 0, 0, 0, london)); got.Format("15:04 MST") != "07:30 BST" {
		t.Error(got)
	}
}

func TestReadAnswer(t *testing.T) {
	for text, want := range map[string]Said{
		"STOP": SaidStop, "Stop.": SaidStop, " stop please": SaidStop, "Przestań": SaidStop, "بند کرو": SaidStop, "স্টপ": SaidWords, "বন্ধ": SaidStop, "stopiwch": SaidStop, "Dur!": SaidStop,
		"Please stop calling him lazy": SaidWords, "He will stop at 3": SaidWords, "START": SaidStart, "Start at 9 is fine": SaidWords, "yes": SaidStart, "Yes, Tuesday is fine": SaidWords,
		"Wrong number": SaidWrong, "sorry you have the wrong number mate": SaidWrong, "غلط نمبر": SaidWrong, "numer zły": SaidWords, "To zły numer": SaidWrong, "zły numer": SaidWrong,
		"": SaidWords, "👍": SaidWords, "He is ill today": SaidWords,
	} {
		if got := ReadAnswer(text); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}
