package arch

import (
	"fmt"
	"strings"
)

// Exception is one place where a rule does not hold, and why. One that is no longer needed fails the test, so the list stays as short as it can.
type Exception struct {
	Rule   string
	File   string // a path, or the beginning of paths when it ends with /
	Says   string // part of the finding's text
	Reason string
}

// Exceptions is the one list of them.
var Exceptions = []Exception{}

// excuse takes the findings that are excepted away, and reports exceptions that excuse nothing.
func excuse(found []Finding, exceptions []Exception) []Finding {
	var left []Finding
	used := make([]bool, len(exceptions))
	for _, f := range found {
		excused := false
		for i, e := range exceptions {
			if e.Rule == f.Rule && (e.File == f.File || strings.HasSuffix(e.File, "/") && strings.HasPrefix(f.File, e.File)) && strings.Contains(f.Text, e.Says) {
				used[i], excused = true, true
			}
		}
		if !excused {
			left = append(left, f)
		}
	}
	for i, e := range exceptions {
		if e.Reason == "" {
			left = append(left, Finding{e.Rule, e.File, 0, "an exception without a reason"})
		}
		if !used[i] {
			left = append(left, Finding{e.Rule, e.File, 0, fmt.Sprintf("the exception for %q excuses nothing any more; delete it", e.Says)})
		}
	}
	return left
}
