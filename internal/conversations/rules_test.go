package conversations

import (
	"math/rand/v2"
	"strings"
	"testing"

	"ajar/internal/kit/fault"
)

func TestCoverageAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 300 {
		var talks []Talk
		for range r.IntN(120) {
			talks = append(talks, Talk{Year: pick("7", "10", "R", "8", ""), InvitedOn: pick("", "2026-11-01", "2027-01-01"), Reply: pick("", "agreed", "declined"),
				MeetOn: pick("", "2026-11-10", "2026-12-10"), Outcome: pick("", "", "held", "did_not_come")})
		}
		rows := CountCoverage(talks, "2026-11-20")
		n := 0
		for _, x := range append(rows, TotalCoverage(rows)) {
			if x.Invited != x.Held+x.Declined+x.NoReply+x.DidNotCome || x.Invited != x.Reached+x.NoReply {
				t.Fatalf("the row does not add up: %+v", x)
			}
			if x.Year != "All" {
				n += x.Invited + x.ToCome + x.NotInvited
			}
		}
		if n != len(talks) {
			t.Fatalf("%d families stand somewhere, of %d", n, len(talks))
		}
	}
	rows := CountCoverage([]Talk{{Year: "10"}, {Year: ""}, {Year: "R"}, {Year: "9"}}, "2026-11-20")
	var order []string
	for _, x := range rows {
		order = append(order, x.Year)
	}
	if got := strings.Join(order, ","); got != "R,9,10," {
		t.Errorf("year groups stand as %s", got)
	}
}

func TestStandingOf(t *testing.T) {
	for _, c := range []struct {
		name string
		talk Talk
		want Standing
	}{
		{"chosen", Talk{}, NotInvited},
		{"letter goes out tomorrow", Talk{InvitedOn: "2026-11-21"}, NotInvited},
		{"letter went today", Talk{InvitedOn: "2026-11-20"}, NoReply},
		{"time agreed", Talk{InvitedOn: "2026-11-01", Reply: "agreed", MeetOn: "2026-11-30"}, ToCome},
		{"time agreed and past, nothing recorded", Talk{InvitedOn: "2026-11-01", Reply: "agreed", MeetOn: "2026-11-10"}, ToCome},
		{"would rather not", Talk{InvitedOn: "2026-11-01", Reply: "declined"}, Declined},
		{"did not come", Talk{Reply: "agreed", Outcome: "did_not_come"}, DidNotCome},
		{"declined and came after all", Talk{Reply: "declined", Outcome: "held"}, Held},
	} {
		if got := StandingOf(c.talk, "2026-11-20"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestNoHiddenCellBySubtraction attacks: it tries every table that agrees with what is published, and each cell marked as small must still be able to be
// more than one number.
func TestNoHiddenCellBySubtraction(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	sizes := []int{0, 0, 1, 2, 3, 4, 5, 6, 9}
	for try := range 4000 {
		rows := make([]CoverageRow, 1+r.IntN(3))
		for i := range rows {
			for _, s := range []Standing{Held, Declined, NoReply, DidNotCome, ToCome} {
				rows[i].add(s, sizes[r.IntN(len(sizes))])
			}
		}
		out, total := SuppressCoverage(rows)
		for i := range out {
			for k, c := range out[i].parts() {
				if c.Mark == Shown && small([4]int{rows[i].NoReply, rows[i].Declined, rows[i].DidNotCome, rows[i].Held}[k]) {
					t.Fatalf("try %d: a small figure is shown: %+v", try, rows[i])
				}
				if c.Mark != Shown && (c.N != 0) {
					t.Fatalf("a hidden cell still holds its number")
				}
				if c.Mark == Shown || try%8 != 0 {
					continue
				}
				if n := possible(out, total, i, k); n < 2 && small([4]int{rows[i].NoReply, rows[i].Declined, rows[i].DidNotCome, rows[i].Held}[k]) {
					t.Fatalf("try %d: row %d cell %d can be worked out\nfigures %+v\npublished %v %v", try, i, k, rows, out, total)
				}
			}
			if small(rows[i].Reached) && out[i].Reached.Mark == Shown || small(rows[i].Invited) && out[i].Invited.Mark == Shown || small(rows[i].ToCome) && out[i].ToCome.Mark == Shown {
				t.Fatalf("a small sum is shown: %+v as %+v", rows[i], out[i])
			}
		}
	}
}

// possible counts, up to two, the numbers that a cell can have in tables that agree with everything published.
func possible(out []PublicRow, total PublicRow, row, cell int) int {
	const most = 30
	found := map[int]bool{}
	sum := [4]int{}
	var rowsFrom func(i int)
	var table [][4]int
	rowsFrom = func(i int) {
		if len(found) > 1 {
			return
		}
		if i == len(out) {
			for k, c := range total.parts() {
				if c.Mark == Shown && c.N != sum[k] {
					return
				}
			}
			if total.Invited.Mark == Shown && total.Invited.N != sum[0]+sum[1]+sum[2]+sum[3] || total.Reached.Mark == Shown && total.Reached.N != sum[1]+sum[2]+sum[3] {
				return
			}
			found[table[row][cell]] = true
			return
		}
		lo, hi := [4]int{}, [4]int{}
		for k, c := range out[i].parts() {
			switch c.Mark {
			case Shown:
				lo[k], hi[k] = c.N, c.N
			case Small:
				lo[k], hi[k] = 1, 4
			default:
				lo[k], hi[k] = 0, most
				if out[i].Invited.Mark == Shown {
					hi[k] = out[i].Invited.N
				} else {
					hi[k] = 4
				}
			}
		}
		for a := lo[0]; a <= hi[0]; a++ {
			for b := lo[1]; b <= hi[1]; b++ {
				for c := lo[2]; c <= hi[2]; c++ {
					for d := lo[3]; d <= hi[3]; d++ {
						s := a + b + c + d
						if out[i].Invited.Mark == Shown && s != out[i].Invited.N || out[i].Invited.Mark == Small && !small(s) || out[i].Reached.Mark == Shown && out[i].Reached.N != b+c+d {
							continue
						}
						v := [4]int{a, b, c, d}
						for k := range v {
							sum[k] += v[k]
						}
						table = append(table, v)
						rowsFrom(i + 1)
						table = table[:len(table)-1]
						for k := range v {
							sum[k] -= v[k]
						}
					}
				}
			}
		}
	}
	rowsFrom(0)
	return len(found)
}

func TestSuppressKeepsWhatIsSafe(t *testing.T) {
	out, total := SuppressCoverage([]CoverageRow{{Year: "7", Invited: 40, Reached: 32, Held: 25, Declined: 3, DidNotCome: 4, NoReply: 8}, {Year: "8", Invited: 30, Reached: 24, Held: 24, NoReply: 6}})
	if out[0].Declined.String() != "fewer than 5" || out[0].DidNotCome.String() != "fewer than 5" || out[0].NoReply.String() != "hidden" || out[0].Held.String() != "25" {
		t.Errorf("Year 7 is shown as %v", out[0])
	}
	if out[1].Declined.String() != "0" || out[1].NoReply.String() != "6" {
		t.Errorf("a true nought stays a nought: %v", out[1])
	}
	if total.Invited.String() != "70" || total.Declined.Mark == Shown || total.NoReply.Mark == Shown {
		t.Errorf("with one row hidden, the totals of its columns would give it away: %v", total)
	}
}

func TestTargets(t *testing.T) {
	school := Goal{Words: "Meet at the side door", Owner: "school", Due: "2026-12-18"}
	parent := Goal{Words: "Bag ready on Sunday", Owner: "parent", Due: "2026-12-18"}
	for _, c := range []struct {
		name  string
		goals []Goal
		field string // of the first error; empty for none
	}{
		{"one of the school's and one of the parent's", []Goal{school, parent}, ""},
		{"an empty line is nothing", []Goal{school, {}}, ""},
		{"none", nil, "goal0_words"},
		{"none of the school's", []Goal{parent}, "goal0_owner"},
		{"without owner", []Goal{school, {Words: "Read", Due: "2026-12-18"}}, "goal1_owner"},
		{"without date", []Goal{{Words: "Read", Owner: "school"}}, "goal0_due"},
		{"a date that is none", []Goal{{Words: "Read", Owner: "school", Due: "soon"}}, "goal0_due"},
		{"without words", []Goal{{Owner: "school", Due: "2026-12-18"}}, "goal0_words"},
	} {
		err := CheckGoals(c.goals)
		got := ""
		if f := fault.AsFields(err); len(f) > 0 {
			got = f[0].Field
		}
		if got != c.field {
			t.Errorf("%s: error at %q, want %q (%v)", c.name, got, c.field, err)
		}
	}
	if err := CheckPriorities([]string{"a", "b", "c", ""}); err != nil {
		t.Errorf("three priorities are right: %v", err)
	}
	if err := CheckPriorities([]string{"a", "b", "c", "d"}); err == nil {
		t.Error("a fourth priority was not refused")
	}
	if a := Compose(Notes{Goals: []Goal{parent, school}}); a.Goals[0].Owner != "school" {
		t.Error("the school's actions come first")
	}
	if CheckReview("not", "", "") == nil || CheckReview("met", "", "done") != nil || CheckReview("maybe", "x", "") == nil {
		t.Error("a target that was not met asks why; one that was met need not")
	}
}

func TestMayOverwrite(t *testing.T) {
	now := Draft{Version: 4, Writer: "laptop"}
	for _, c := range []struct {
		base   int
		writer string
		want   bool
	}{{4, "phone", true}, {3, "laptop", true}, {3, "phone", false}, {5, "phone", false}, {3, "", false}} {
		if MayOverwrite(now, c.base, c.writer) != c.want {
			t.Errorf("from version %d by %q over %+v: want %v", c.base, c.writer, now, c.want)
		}
	}
}

func TestMedianAndCost(t *testing.T) {
	if m, ok := Median2([]int{5, 1, 3, 4}); !ok || m != 7 {
		t.Errorf("the median of 1 3 4 5 is 3.5, got %d/2", m)
	}
	if TimeCost(75, 3600) != 4500 || TimeCost(1, 3590) != 60 {
		t.Errorf("cost %d and %d", TimeCost(75, 3600), TimeCost(1, 3590))
	}
}
