package progress

import (
	"errors"
	"strings"
	"testing"
)

// FuzzRow throws texts at every field of the three readers of rows. They never panic, they refuse with a sentence, and what they take holds together.
func FuzzRow(f *testing.F) {
	for _, seed := range []string{"", "85%", "0.85", "-1", "1e9", "NaN", "380", "2026-09-01", "31/02/2026", "/\\Y1C2", "/,\\,,I", "9:06", "EXS", "=1+1", "Ω", "\x00", "praise", "../../etc", "'; drop table x; --", strings.Repeat("/", 3000)} {
		for _, other := range []string{"", "2026-09-07", "7", seed} {
			f.Add(seed, other, "2026-09-07")
		}
	}
	names := [][]string{attendanceFields, resultFields, countFields}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, fields := range names {
			for shift := range fields {
				values := map[string]string{"date": c, "from": c}
				for i, v := range []string{a, b, c} {
					values[fields[(shift+i)%len(fields)]] = v
				}
				get := func(name string) string { return values[name] }
				row, err := parseAttendance(get, "2026-11-20")
				checkRefusal(t, err)
				if err == nil && row.total != nil {
					if e := row.total.Sessions().Check(); e != nil || row.total.FromOn > row.total.ToOn || row.total.Possible == nil && row.total.Percent == nil {
						t.Fatalf("taken: %+v (%v)", *row.total, e)
					}
				}
				for _, m := range row.marks {
					if _, e := ParseMark(m.mark, m.day); e != nil {
						t.Fatalf("taken: %+v: %v", m, e)
					}
				}
				r, _, err := parseResult(get, "2026-11-20")
				checkRefusal(t, err)
				if err == nil && (r.SubjectKey == "" || r.Text == "" || r.TakenOn == "" || strings.ContainsAny(r.Subject+r.Text+r.Scale, "\x00\n")) {
					t.Fatalf("taken: %+v", r)
				}
				n, err := parseCount(get)
				checkRefusal(t, err)
				if err == nil && (n.N < 0 || n.OnDate == "" || strings.Contains(n.Note, "\x00")) {
					t.Fatalf("taken: %+v", n)
				}
			}
		}
	})
}

func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var no *refusal
	if err != nil && (!errors.As(err, &no) || no.reason == "" || !strings.HasSuffix(no.reason, ".")) {
		t.Fatalf("not a sentence: %v", err)
	}
}

func TestSuppression(t *testing.T) {
	for _, c := range []struct {
		n, of  int
		hidden bool
	}{{0, 100, false}, {1, 100, true}, {4, 100, true}, {5, 100, false}, {95, 100, false}, {96, 100, true}, {99, 100, true}, {100, 100, false}, {3, 7, true}} {
		if got := shareOf(c.n, c.of); got.Hidden != c.hidden {
			t.Errorf("%d of %d: hidden %v", c.n, c.of, got.Hidden)
		}
	}
	years := []YearFigure{{Year: "7", Counted: 30}, {Year: "8", Counted: 4}, {Year: "9", Counted: 20}}
	hideSmall(years)
	if years[0].Hidden || !years[1].Hidden || !years[2].Hidden {
		t.Errorf("a lone small year can be found by taking the others away: %+v", years)
	}
	years = []YearFigure{{Year: "7", Counted: 3}, {Year: "8", Counted: 4}, {Year: "9", Counted: 20}}
	if hideSmall(years); years[2].Hidden {
		t.Errorf("two small ones hide each other: %+v", years)
	}
}

func TestPercentWordsNeverCrossesALine(t *testing.T) {
	for p, want := range map[float64]string{89.96: "89.9 %", 90: "90.0 %", 84.736842: "84.7 %", 85: "85.0 %", 99.99: "99.9 %", 100: "100.0 %", 0: "0.0 %", 0.3 * 100: "30.0 %"} {
		if got := PercentWords(p); got != want {
			t.Errorf("%v: %s, want %s", p, got, want)
		}
	}
}
