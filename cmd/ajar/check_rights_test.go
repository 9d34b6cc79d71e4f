package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"ajar/internal/kit/clock"
)

// A data protection officer opens the matrix in a terminal: it fits, says what its marks mean before it uses them, and has no hole.
func TestRightsCanBeRead(t *testing.T) {
	ajar := func(args ...string) string {
		var out bytes.Buffer
		if code := run(context.Background(), append([]string{"check", "--rights"}, args...), &out, &out, clock.System()); code != 0 {
			t.Fatalf("%d\n%s", code, out.String())
		}
		return out.String()
	}
	text := ajar()
	for i, l := range strings.Split(text, "\n") {
		if len([]rune(l)) > rightsWide {
			t.Errorf("line %d is %d signs wide: %s", i+1, len([]rune(l)), l)
		}
	}
	last := -1
	for _, words := range []string{"SG Safeguarding lead", "see pupils and their families", "WAYS TO FAMILIES", "Address labels", "ADDRESSES", "GET /pupils/{pupil} ", "roll.Open\n    let in: office. Refused: governor.", "HOLES", "None: "} {
		at := strings.Index(text, words)
		if at <= last {
			t.Errorf("%q is not there, or not in its place", words)
		}
		last = at
	}
	var m struct {
		Verbs, Routes, Roles, Channels, Holes []any
	}
	if err := json.Unmarshal([]byte(ajar("--json")), &m); err != nil || m.Holes == nil || len(m.Holes) > 0 || len(m.Verbs) == 0 || len(m.Routes) == 0 || len(m.Roles) == 0 || len(m.Channels) == 0 {
		t.Errorf("as JSON: %v, %d holes", err, len(m.Holes))
	}
}
