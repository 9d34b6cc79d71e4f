package audit

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"ajar/internal/kit/db"
)

// Gap is a criterion that lies below its benchmark, or that parents and staff see differently.
type Gap struct {
	Audit     Audit
	Framework Framework
	Theme     string
	Result    Result
}

// Gaps lists those of the latest audit under each framework that is no longer open, furthest from the benchmark first. A criterion of which nothing is known is
// none: unknown is not low.
func Gaps(tx *db.Tx) (out []Gap, err error) {
	list, err := audits(tx)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	for _, a := range list {
		over := [2]string{a.Framework, a.Scope}
		if seen[over] || a.State(tx.Today()) == "Not open yet" || a.Open(tx.Today()) {
			continue
		}
		seen[over] = true
		a, f, err := one(tx, a.ID)
		if err != nil {
			return nil, err
		}
		results, err := resultsOf(tx, a, f)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			if d := r.ToAim(); d == nil || *d >= 0 {
				if !r.Flagged {
					continue
				}
			}
			g := Gap{Audit: a, Framework: f, Result: r}
			for _, t := range f.Themes {
				if t.Code == r.Criterion.Theme {
					g.Theme = t.Title
				}
			}
			out = append(out, g)
		}
	}
	far := func(g Gap) float64 {
		if d := g.Result.ToAim(); d != nil {
			return *d
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b Gap) int { return cmp.Compare(far(a), far(b)) })
	return out, nil
}

// LevelWords names a level; halfway between two it names both.
func (f Framework) LevelWords(v float64) string {
	low := min(max(int(math.Floor(v)), 1), Levels)
	if v-math.Floor(v) > 0.05 && low < Levels {
		return f.Names[low-1] + " to " + strings.ToLower(f.Names[low])
	}
	return f.Names[low-1]
}

// Standing is how the organisation stood when its last audit of a kind was closed.
type Standing struct {
	Audit     Audit
	Framework Framework
	Results   []Result
}

// Standings lists the latest closed audit under each framework and scope.
func Standings(tx *db.Tx) (out []Standing, err error) {
	list, err := audits(tx)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	for _, a := range list {
		over := [2]string{a.Framework, a.Scope}
		if seen[over] || a.ClosedMs == nil {
			continue
		}
		seen[over] = true
		s := Standing{Audit: a}
		if s.Audit, s.Framework, err = one(tx, a.ID); err != nil {
			return nil, err
		}
		if s.Results, err = resultsOf(tx, s.Audit, s.Framework); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
