package roll

import (
	"sort"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"  Anna-Maria   O'Brien ", "anna maria o brien"},
		{"José Muñoz", "jose munoz"},
		{"Łukasz Wałęsa", "lukasz walesa"},
		{"Søren Ångström", "soren angstrom"},
		{"Groß", "gross"},
		{"GROẞ", "gross"},
		{"Ægir Þórsson Ðuro Đorđe", "aegir thorsson duro dorde"},
		{"İbrahim Yıldız", "ibrahim yildiz"},
		{"Nguyễn Thị Hồng", "nguyen thi hong"},
		{"Mary’s", "mary s"},
		{"Kaʻiulani", "ka iulani"},
		{"ＷＩＤＥ", "wide"},
		{"ﬁnn", "finn"},
		{"مُحَمَّد", "محمد"},
		{"कुमार", "कुमार"},
		{"Ελένη", "ελενη"},
		{"a\u200bb", "ab"},
		{"bad\xff\xfebytes", "bad bytes"},
		{"07700 900-123", "07700 900 123"},
		{"...", ""},
	}
	for _, tt := range tests {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSearchText(t *testing.T) {
	if got, want := SearchText("Seán", "O'Brien-Łoś", "", "Shaun"), "sean o brien los obrienlos shaun"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSortKeyOrder(t *testing.T) {
	want := [][2]string{
		{"Åberg", "Ulla"}, {"Adams", "Zoe"}, {"De Souza", "Ana"}, {"Desouza", "Ben"}, {"O'Brien", "Amy"}, {"Obrien", "Beth"},
		{"Øst", "Per"}, {"Smith", "Adam"}, {"SMITH", "Zoe"}, {"Smith-Jones", "Al"}, {"Smithson", "Adam"}, {"Żak", "Ola"},
	}
	keys := make([]string, len(want))
	for i, n := range want {
		keys[i] = SortKey(n[0], n[1])
	}
	if !sort.StringsAreSorted(keys) {
		t.Errorf("not in order: %q", keys)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"José", "İ", "ﷺ", "\xff", "가각", "ǅ", "ẞ", "Ω", "K"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if !utf8.ValidString(once) {
			t.Errorf("Fold(%q) is not valid text", s)
		}
		if again := Fold(once); again != once {
			t.Errorf("Fold(%q) = %q, folded again %q", s, once, again)
		}
		_ = SearchText(s, s)
		_ = SortKey(s, s)
	})
}
