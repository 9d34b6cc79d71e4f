package roll

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// upnSharedFile finds the folder of real files the tests read, or skips and says what is missing.
func upnSharedFile(t *testing.T, parts ...string) string {
	t.Helper()
	base := os.Getenv("AJAR_SHARED_DATA")
	if base == "" {
		base = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{base}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: no %s. Set AJAR_SHARED_DATA to the folder of shared test files.", filepath.Join(parts...))
	}
	return path
}

func TestParseUPNVectors(t *testing.T) {
	tests := []struct {
		text      string
		shape     bool
		letter    bool
		expected  byte
		temporary bool
	}{
		{"B801200005001", true, true, 'B', false},
		{"R674123101121", true, true, 'R', false},
		{"R820120026001", true, true, 'R', false},
		{"F301123425099", true, true, 'F', false},
		{"W80120000001A", true, true, 'W', true},
		{"A801200005001", true, false, 'B', false},
		{"X80120000A001", false, false, 0, false},
		{"P207000016049", true, true, 'P', false},
		{"B207000016049", true, false, 'P', false},
		{" b801 2000 05001 ", true, true, 'B', false},
		{"'B801200005001", true, true, 'B', false},
		{"B\u00a0801200005001", true, true, 'B', false},
		{"B801200005001", true, true, 'B', false},
		{"S801200005001", false, false, 0, false},
		{"B80120000500O", false, false, 0, false},
		{"B80120000500", false, false, 0, false},
		{"B8012000050011", false, false, 0, false},
		{"ſ801200005001", false, false, 0, false},
		{"", false, false, 0, false},
	}
	for _, tt := range tests {
		u := ParseUPN(tt.text)
		if u.ShapeOK != tt.shape || u.CheckLetterOK != tt.letter || u.Expected != tt.expected || u.Temporary != tt.temporary {
			t.Errorf("ParseUPN(%q) = %+v, want shape %v, letter %v, expected %q, temporary %v", tt.text, u, tt.shape, tt.letter, tt.expected, tt.temporary)
		}
		if wantQuiet := tt.letter || tt.text == ""; (u.Warning() == "") != wantQuiet {
			t.Errorf("ParseUPN(%q).Warning() = %q", tt.text, u.Warning())
		}
	}
}

func TestParseUPNParts(t *testing.T) {
	u := ParseUPN("b801200005001")
	if u.Normal != "B801200005001" || u.LA != "801" || u.Estab != "2000" || u.Year != 2005 || u.Standing() != UPNPermanent || !u.OK() {
		t.Errorf("got %+v", u)
	}
	if y := ParseUPN("B801200098001").Year; y != 1998 {
		t.Errorf("year of ..98.. = %d, want 1998", y)
	}
	if s := ParseUPN("W80120000001A").Standing(); s != UPNTemporary {
		t.Errorf("standing = %q", s)
	}
	for _, text := range []string{"UN1", "un5"} {
		if u := ParseUPN(text); !u.Empty() || u.Warning() == "" {
			t.Errorf("%s: %+v", text, u)
		}
	}
	if u := ParseUPN("UN6"); u.Empty() {
		t.Error("UN6 is not a known placeholder")
	}
}

func TestUPNWarningSaysWhatIsWrong(t *testing.T) {
	tests := []struct{ text, want string }{
		{"A801200005001", "ask for B"},
		{"B80120000500", "12 characters"},
		{"B8O1200005001", "Was a nought meant?"},
		{"I801200001001", "never used"},
		{"E000200005001", "local authority 000"},
		{strings.Repeat("9", 5000), "…"},
	}
	for _, tt := range tests {
		if got := ParseUPN(tt.text).Warning(); !strings.Contains(got, tt.want) {
			t.Errorf("warning for %.20q = %q, want it to contain %q", tt.text, got, tt.want)
		}
	}
}

func TestUPNSharedVectors(t *testing.T) {
	f, err := os.Open(upnSharedFile(t, "uk_mis", "upn_vectors", "upn_vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 17 {
		t.Fatalf("%d rows, want 17 with the header", len(rows))
	}
	for _, row := range rows[1:] {
		u := ParseUPN(row[0])
		if row[1] == "placeholder" {
			if !u.Placeholder {
				t.Errorf("%s: want a placeholder", row[0])
			}
			continue
		}
		if u.ShapeOK {
			if string(u.Expected) != row[2] || u.CheckLetterOK != (row[3] == "yes") {
				t.Errorf("%s (%s): expected letter %c, ok %v; want %s, %s", row[0], row[4], u.Expected, u.CheckLetterOK, row[2], row[3])
			}
		}
		switch row[1] {
		case "valid":
			if !u.OK() {
				t.Errorf("%s (%s) should be fine: %s", row[0], row[4], u.Warning())
			}
		case "invalid":
			if u.OK() {
				t.Errorf("%s (%s) should carry a warning", row[0], row[4])
			}
		case "?":
			if !u.ShapeOK {
				t.Errorf("%s (%s) has the shape of a UPN", row[0], row[4])
			}
		}
	}
}

func FuzzParseUPN(f *testing.F) {
	for _, s := range []string{"B801200005001", "W80120000001A", "UN1", "\xff\xfe", "ı", "Ⅷ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u := ParseUPN(s)
		_ = u.Warning()
		if again := ParseUPN(u.Normal); u.ShapeOK && again != u {
			t.Errorf("reading %q again changes it: %+v, then %+v", s, u, again)
		}
	})
}
