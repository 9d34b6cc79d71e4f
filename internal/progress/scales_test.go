package progress

import (
	"strings"
	"testing"
)

func TestParseValue(t *testing.T) {
	tests := []struct {
		scale, text string
		number      float64
		display     string
		means       string
	}{
		{"ks2_scaled", "100", 100, "100", "at the expected standard"},
		{"ks2_scaled", "99.0", 99, "99", "not yet at the expected standard"},
		{"KS2 scaled score", "110", 110, "110", "a high score"},
		{"gcse", "4", 4, "4", "a standard pass"},
		{"gcse", "5", 5, "5", "a strong pass"},
		{"gcse", "u", 0, "U", "below a standard pass"},
		{"gcse", "5-4", 4.5, "5-4", "a standard pass"},
		{"gcse", "99", 9, "9-9", "a strong pass"},
		{"standardised", "87.5", 87.5, "87.5", "in the average range"},
		{"reading_age", "9:06", 114, "9:06", ""},
		{"reading age", "9 years 6 months", 114, "9:06", ""},
		{"reading_age", "9y6m", 114, "9:06", ""},
		{"reading_age", "09:06:00", 114, "9:06", ""},
		{"reading_age", "10 years", 120, "10:00", ""},
		{"phonics", "32", 32, "32", "at or above the usual pass mark of 32"},
		{"phonics", "31", 31, "31", "below the usual pass mark of 32"},
		{"mtc", "25", 25, "25", ""},
		{"teacher", "exs", 2, "EXS", "working at the expected standard"},
		{"teacher", "Working towards", 1, "WTS", "working towards the expected standard"},
		{"nc_level", "2b", 15, "2b", ""},
		{"nc_level", "3b", 21, "3b", ""},
		{"nc_level", "4B", 27, "4b", ""},
		{"nc_level", "2a", 17, "2a", ""},
		{"nc_level", "Level 3", 21, "3", ""},
		{"percent", "84.7%", 84.7, "84.7 %", ""},
		{"CATs verbal", "112", 112, "112", ""},
		{"", "-3.5", -3.5, "-3.5", ""},
	}
	for _, tt := range tests {
		v, err := ParseValue(tt.scale, tt.text)
		if err != nil || v.Number != tt.number || !v.HasNumber || v.Display != tt.display || v.Means() != tt.means {
			t.Errorf("ParseValue(%q, %q) = %+v (%q), %v; want %v %q %q", tt.scale, tt.text, v, v.Means(), err, tt.number, tt.display, tt.means)
		}
	}
	if v, err := ParseValue("effort", "Good"); err != nil || v.HasNumber || v.Display != "Good" {
		t.Errorf("a word on an own scale: %+v, %v", v, err)
	}
	for _, word := range []string{"NaN", "Inf", "0x10", "1e5"} {
		if v, err := ParseValue("effort", word); err != nil || v.HasNumber {
			t.Errorf("%q is a word: %+v, %v", word, v, err)
		}
	}
}

func TestParseValueRefuses(t *testing.T) {
	tests := []struct{ scale, text, say string }{
		{"ks2_scaled", "79", "80 to 120"}, {"ks2_scaled", "121", "80 to 120"}, {"ks2_scaled", "100.5", "whole numbers"}, {"ks2_scaled", "A", "“A”"},
		{"gcse", "A*", "9 to 1"}, {"gcse", "10", "9 to 1"}, {"gcse", "4+", "own name"}, {"gcse", "7-5", "9 to 1"}, {"gcse", "45", "9 to 1"},
		{"standardised", "39", "40 to 160"}, {"reading_age", "9.5", "9:06"}, {"reading_age", "9:12", "9:06"}, {"reading_age", "2:00", "3:00"}, {"reading_age", "::", "9:06"},
		{"phonics", "41", "0 to 40"}, {"mtc", "26", "0 to 25"}, {"mtc", "-1", "0 to 25"}, {"teacher", "good", "WTS"}, {"teacher", "|", "WTS"}, {"nc_level", "9a", "2b"}, {"nc_level", "2d", "2b"},
		{"percent", "101", "0 to 100"}, {"ks2_scaled", " ", "no value"}, {"own", strings.Repeat("long ", 30), "too long"},
	}
	for _, tt := range tests {
		if v, err := ParseValue(tt.scale, tt.text); err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("ParseValue(%q, %q) = %+v, %v; want an error with %q", tt.scale, tt.text, v, err, tt.say)
		}
	}
}

func value(t *testing.T, scale, text string) Value {
	t.Helper()
	v, err := ParseValue(scale, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGainStaysOnOneScale(t *testing.T) {
	if _, err := Gain(value(t, "ks2_scaled", "100"), value(t, "standardised", "104")); err == nil || !strings.Contains(err.Error(), "cannot be compared") {
		t.Errorf("two scales: %v", err)
	}
	if _, err := Gain(value(t, "effort", "good"), value(t, "effort", "fair")); err == nil {
		t.Error("words have no difference")
	}
	// Clapham's "two or three sub-levels in one year" is 4 to 6 points.
	if g, err := Gain(value(t, "nc_level", "2b"), value(t, "nc_level", "3c")); err != nil || g != 4 {
		t.Errorf("two sub-levels: %v, %v", g, err)
	}
	if g, err := Gain(value(t, "reading_age", "9:11"), value(t, "reading_age", "10:03")); err != nil || g != 4 {
		t.Errorf("months over a birthday: %v, %v", g, err)
	}
}

func TestDirection(t *testing.T) {
	tests := []struct {
		scale, previous, latest, since, want string
	}{
		{"ks2_scaled", "96", "100", "spring", "up 4 since spring"},
		{"ks2_scaled", "100", "97", "", "down 3"},
		{"mtc", "20", "20", "autumn", "the same since autumn"},
		{"reading_age", "9:06", "9:07", "spring", "up 1 month since spring"},
		{"gcse", "6", "4", "the mock", "down 2 grades since the mock"},
		{"teacher", "WTS", "EXS", "spring", "up from WTS to EXS since spring"},
		{"effort", "fair", "good", "spring", "from fair to good since spring"},
		{"effort", "good", "good", "", "still good"},
	}
	for _, tt := range tests {
		got, ok := Direction(value(t, tt.scale, tt.previous), value(t, tt.scale, tt.latest), tt.since)
		if !ok || got != tt.want {
			t.Errorf("Direction(%s %s → %s) = %q, %v; want %q", tt.scale, tt.previous, tt.latest, got, ok, tt.want)
		}
	}
	if got, ok := Direction(value(t, "gcse", "4"), value(t, "mtc", "20"), "spring"); ok {
		t.Errorf("two scales gave %q", got)
	}
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"9:06", "2b", "5-4", "exs", "84.7%", ":", "-", "\xff"} {
		f.Add("reading_age", s)
	}
	f.Fuzz(func(t *testing.T, scale, text string) {
		for _, s := range append([]Scale{LookUpScale(scale)}, Scales...) {
			v, err := ParseValue(s.Name, text)
			if err != nil {
				continue
			}
			_ = v.Means()
			if !s.Own && (!v.HasNumber || v.Number < s.Min || v.Number > s.Max) {
				t.Errorf("%s %q: %+v is outside the scale", s.Name, text, v)
			}
			if again, err := ParseValue(s.Name, v.Display); !s.Own && (err != nil || again.Number != v.Number) && s.Name != "percent" && s.Name != "standardised" {
				t.Errorf("%s: %q shown as %q reads as %+v, %v", s.Name, text, v.Display, again, err)
			}
		}
	})
}
