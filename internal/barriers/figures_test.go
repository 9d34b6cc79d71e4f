package barriers

import (
	"fmt"
	"strings"
	"testing"
)

func TestBandsNeverSaySmallNumbers(t *testing.T) {
	for _, c := range []struct {
		factors map[int]int
		want    string
	}{
		{map[int]int{0: 90, 1: 20, 2: 10}, "0=90 1=20 2=10"},
		{map[int]int{0: 90, 1: 20, 2: 7, 3: 2, 5: 1}, "0=90 1=20 2 or more=10"},
		{map[int]int{0: 90, 1: 3, 2: 10}, "0 to 1=93 2=10"},
		{map[int]int{0: 3, 1: 0, 2: 10}, "any number=13"},
		{map[int]int{0: 3, 1: 30, 2: 10}, "0 to 1=33 2=10"},
		{map[int]int{0: 40, 1: 0, 2: 10}, "0=40 1=0 2=10"},
		{map[int]int{}, "0=0"},
	} {
		var got []string
		for _, b := range bands(c.factors) {
			got = append(got, fmt.Sprintf("%s=%d", b.Words(), b.N))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: %q, want %q", c.factors, strings.Join(got, " "), c.want)
		}
	}
}

func TestSmallCountsTakeTheirComplementWithThem(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{[]int{20, 80, 0}, "20, 80, 0"},
		{[]int{0, 100, 0}, "0, 100, 0"},
		{[]int{3, 97, 0}, "fewer than 5, not shown, 0"},
		{[]int{3, 2, 95}, "fewer than 5, fewer than 5, not shown"},
		{[]int{20, 4, 76}, "20, fewer than 5, not shown"},
		{[]int{100, 0, 0}, "not shown, not shown, not shown"},
	} {
		var got []string
		for _, cell := range safe(c.counts...) {
			got = append(got, cell.Words())
			if (cell.Small || cell.Hidden) && cell.N != 0 {
				t.Errorf("%v: the hidden count is still in the cell", c.counts)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v: %q, want %q", c.counts, strings.Join(got, ", "), c.want)
		}
	}
}

// Someone who adds up what is shown must not find a count of 1 to 4: neither within a barrier, nor through the sum that I factors and barriers share.
func TestFiguresStandUpToSubtraction(t *testing.T) {
	rules := []RuleText{{Code: "a", Label: "A"}, {Code: "b", Label: "B"}}
	for b := 1; b < smallest; b++ {
		// 100 pupils; a is met by 30, b by only b of them, who meet a too.
		f := figuresOf(rules, map[int]int{0: 70, 1: 30 - b, 2: b}, map[string]int{"a": 30, "b": b}, nil)
		if !f.Barriers[1].Met.Small || !f.Barriers[1].NotMet.Hidden {
			t.Fatalf("%d pupils meet b, and it is shown: %+v", b, f.Barriers[1])
		}
		last := f.Bands[len(f.Bands)-1]
		if !last.Open || last.Low == last.High {
			t.Errorf("with %d pupils the sum of the I factors, %d, gives b away: %+v", b, 30+b, f.Bands)
		}
	}
	// The bands are all large enough here, and still b could be had as the sum of the I factors less a.
	f := figuresOf(rules, map[int]int{0: 70, 1: 30}, map[string]int{"a": 27, "b": 3}, nil)
	if last := f.Bands[len(f.Bands)-1]; !last.Open {
		t.Errorf("every band is exact, so b = 30 - 27 can be worked out: %+v", f.Bands)
	}
	if f := figuresOf(rules, map[int]int{0: 9}, nil, nil); !f.TooFew || f.Pupils != 0 || f.Bands != nil {
		t.Errorf("nine pupils: %+v", f)
	}
}
