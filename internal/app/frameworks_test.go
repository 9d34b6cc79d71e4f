package app

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ajar/internal/audit"
	"ajar/internal/roll/plain"
)

// What parents are asked reads like the talk of a ten-year-old, and holds no jargon: each framework's questions together, as one text, and no sentence long.
func TestFrameworksSpeakPlainlyToParents(t *testing.T) {
	for _, f := range audit.Shipped() {
		var all []string
		for _, c := range f.AskedOf(audit.Parents) {
			w, _ := c.ParentsWords("en")
			all = append(all, w)
			if n := len(strings.Fields(w)); n > 18 {
				t.Errorf("%s %s asks parents in %d words: %s", f.Code, c.Code, n, w)
			}
			for _, s := range plain.Plainer(w) {
				t.Errorf("%s %s says %q to parents: better %q", f.Code, c.Code, s.Text, s.Plain)
			}
		}
		if len(all) == 0 {
			continue
		}
		text := strings.Join(all, " ")
		for len(strings.Fields(text)) < 100 { // an estimate needs a text of some length
			text += " " + strings.Join(all, " ")
		}
		age := plain.ReadingAge(text)
		if !age.Estimated || math.IsNaN(age.Age) || age.Age > 11 {
			t.Errorf("%s asks parents at a reading age of %.1f", f.Code, age.Age)
		}
		t.Logf("%s: %d questions to parents, reading age %.1f", f.Code, len(all), age.Age)
	}
	if !slices.ContainsFunc(audit.Shipped(), func(f audit.Framework) bool { return len(f.AskedOf(audit.Parents)) > 10 }) {
		t.Error("no framework asks parents")
	}
}
