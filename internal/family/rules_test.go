package family

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ajar/internal/roll"
)

// A code is read however it is typed, and one wrong sign or two that changed places are always noticed.
func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 300 {
		code := newCode()
		plain, whole := readCode(code)
		if len(code) != 14 || code[4] != '-' || code[9] != '-' || !whole || seen[code] || strings.ContainsAny(code, "ILOU") {
			t.Fatalf("%s: %v", code, whole)
		}
		seen[code] = true
		for _, typed := range []string{strings.ToLower(code), plain, " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l"), strings.ReplaceAll(code, "V", "u"), strings.ReplaceAll(code, "-", "–")} {
			if got, ok := readCode(typed); !ok || got != plain {
				t.Errorf("%q typed as %q is read as %q", code, typed, got)
			}
		}
	}
	code, _ := readCode(newCode())
	for i := range code {
		for _, sign := range codeSigns {
			if byte(sign) == code[i] {
				continue
			}
			if _, ok := readCode(code[:i] + string(sign) + code[i+1:]); ok {
				t.Errorf("%s with %c at place %d passes", code, sign, i)
			}
		}
		if i > 0 && code[i] != code[i-1] {
			if _, ok := readCode(code[:i-1] + code[i:i+1] + code[i-1:i] + code[i+1:]); ok {
				t.Errorf("%s with signs %d and %d changed passes", code, i-1, i)
			}
		}
	}
	for _, typed := range []string{"", "ABC", code + "2", code[:11], "ТЕСТ-ТЕСТ-ТЕСТ", "7KQ2!M9XD-40RV", strings.Repeat("0", 5000), "\x00", "ab\xff"} {
		if _, ok := readCode(typed); ok {
			t.Errorf("%.20q passes", typed)
		}
	}
}

// Guessing is slowed by address; others, and the same address after a while, are let through.
func TestGuesses(t *testing.T) {
	var g Guesses
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for i := range freeGuesses {
		if w := g.Wait("192.0.2.1", now); w != 0 {
			t.Fatalf("wrong try %d waits %v", i, w)
		}
		g.Wrong("192.0.2.1", now)
	}
	if w := g.Wait("192.0.2.1", now); w < 30*time.Second || w > 2*time.Minute {
		t.Errorf("after %d wrong ones: %v", freeGuesses, w)
	}
	if w := g.Wait("192.0.2.2", now); w != 0 {
		t.Errorf("the neighbour waits %v", w)
	}
	if w := g.Wait("192.0.2.1", now.Add(3*time.Minute)); w != 0 {
		t.Errorf("three minutes later: %v", w)
	}
	for range 500 {
		g.Wrong("192.0.2.1", now)
	}
	if w := g.Wait("192.0.2.1", now); w > 2*time.Hour {
		t.Errorf("however often: %v", w)
	}
	// One home has a whole block of IPv6, and is one address.
	for i := range freeGuesses {
		g.Wrong(fmt.Sprintf("2001:db8:1:2::%x", i), now)
	}
	if g.Wait("2001:db8:1:2::ffff", now) == 0 || g.Wait("2001:db8:1:3::1", now) != 0 {
		t.Error("IPv6 is not counted by the home")
	}
	// A flood from everywhere closes the door to those who guess, and to nobody else.
	for i := range houseGuesses + 100 {
		g.Wrong(fmt.Sprintf("10.%d.%d.1", i/250, i%250), now)
	}
	if g.Wait("10.0.7.1", now) == 0 {
		t.Error("the flood goes on")
	}
	if w := g.Wait("198.51.100.7", now); w != 0 {
		t.Errorf("a family waits %v in a flood of others", w)
	}
	for i := range maxAddresses + 10 {
		g.Wrong(fmt.Sprintf("11.%d.%d.%d", i>>16, i>>8&255, i&255), now)
	}
	if len(g.from) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(g.from))
	}
}

func TestPauses(t *testing.T) {
	for wrong, want := range map[int]time.Duration{0: 0, 1: 0, 4: 0, 5: 30 * time.Minute, 6: 0, 10: time.Hour, 15: 2 * time.Hour, 40: 24 * time.Hour, 500: 24 * time.Hour} {
		if got := Pause(wrong); got != want {
			t.Errorf("after %d wrong answers: %v, want %v", wrong, got, want)
		}
	}
}

func TestFacts(t *testing.T) {
	child := func(born string) roll.TiedPupil { return roll.TiedPupil{Pupil: roll.Pupil{DateOfBirth: born}} }
	phone := func(n string) roll.Channel {
		return roll.Channel{Kind: "phone", Value: n, Folded: roll.FoldChannel("phone", n)}
	}
	mother := FactsOf(roll.Adult{Postcode: "qx1 1aa", Channels: []roll.Channel{phone("07700 900111"), {Kind: "email", Folded: "a@b.c"}}}, []roll.TiedPupil{child("2015-03-27"), child("")})
	father := FactsOf(roll.Adult{Postcode: "QX1 1AA", Channels: []roll.Channel{phone("07700 900222")}}, []roll.TiedPupil{child("2015-03-27")})
	kinds := func(list []Fact) (out []Kind) {
		for _, f := range list {
			out = append(out, f.Kind)
		}
		return out
	}
	if !slices.Equal(kinds(mother), []Kind{Birth, Postcode, Phone}) || !mother[0].Several || mother[1].Answers[0] != "QX11AA" || mother[2].Answers[0] != "111" {
		t.Errorf("%+v", mother)
	}
	if got := kinds(FactsOf(roll.Adult{Postcode: "QX"}, []roll.TiedPupil{child("")})); len(got) != 0 {
		t.Errorf("asked for what nobody holds: %v", got)
	}
	// Parents in one home know the same date and the same postcode: only the phone tells them apart.
	if got := kinds(Telling(mother, father)); !slices.Equal(got, []Kind{Phone}) {
		t.Errorf("between the parents: %v", got)
	}
	if got := Telling(father, father); len(got) != 0 {
		t.Errorf("nothing tells one from oneself: %v", got)
	}
	for _, c := range []struct {
		kind  Kind
		typed string
		whole bool
		right bool
	}{
		{Birth, "27 3 2015", true, true}, {Birth, "27/03/2015", true, true}, {Birth, "3 27 2015", false, false}, {Birth, "27 3", false, false}, {Birth, "28 3 2015", true, false},
		{Birth, "", false, false}, {Birth, "unknown", false, false}, {Birth, "٢٧ ٣ ٢٠١٥", true, true},
		{Postcode, "qx11aa", true, true}, {Postcode, " QX1-1AA ", true, true}, {Postcode, "QX9 9ZZ", true, false}, {Postcode, "", false, false},
		{Phone, "111", true, true}, {Phone, "07700 900 111", true, true}, {Phone, "۱۱۱", true, true}, {Phone, "11", false, false}, {Phone, "112", true, false},
		{"name", "Sana", false, false},
	} {
		a := ReadAnswer(c.kind, c.typed)
		f, _ := pick(mother, c.kind)
		if a.Whole != c.whole || a.Whole && f.right(a) != c.right {
			t.Errorf("%s %q: whole %v, right %v", c.kind, c.typed, a.Whole, f.right(a))
		}
	}
}

func TestDeviceNames(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 8.0; SM-J330F) AppleWebKit/537.36 Chrome/90.0 Mobile Safari/537.36": "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 12_5) AppleWebKit/605.1.15 Version/12.1 Mobile Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/120.0":                                     "Firefox, Windows",
		"": "", "curl/8": "",
	} {
		if got := DeviceName(agent); got != want {
			t.Errorf("%q: %q", agent, got)
		}
	}
}

// What would be called the same is told apart by its second line; what has a name of its own keeps it.
func TestOfferedTheSameIsToldApart(t *testing.T) {
	list := []Offered{{"audit.views", 1, "How do you see us?"}, {"talk", 2, "A talk about Ann"}, {"audit.views", 3, "How do you see us?"}, {"audit.views", 4, "How do you see us?"}}
	tellApart(list, []string{"Until 18 December.", "On Monday.", "Until 3 January.", ""})
	for i, want := range []string{"How do you see us? Until 18 December.", "A talk about Ann", "How do you see us? Until 3 January.", "How do you see us?"} {
		if list[i].Words != want {
			t.Errorf("%d: %q", i, list[i].Words)
		}
	}
}
