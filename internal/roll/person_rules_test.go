package roll

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestParseYearGroup(t *testing.T) {
	tests := []struct {
		text string
		want YearGroup
	}{
		{"Year 8", "8"}, {"Y8", "8"}, {"8", "8"}, {"08", "8"}, {" yr. 08 ", "8"}, {"Year Group 11", "11"}, {"8.0", "8"}, {"'9", "9"}, {"14", "14"},
		{"Reception", "R"}, {"R", "R"}, {"yr", "R"}, {"Year R", "R"}, {"0", "R"}, {"Year 0", "R"},
		{"N1", "N1"}, {"n2", "N2"}, {"Nursery 2", "N2"}, {"X", "X"}, {"E1", "E1"}, {"M", "M"}, {"", ""}, {"  ", ""}, {"? ", ""},
	}
	for _, tt := range tests {
		got, err := ParseYearGroup(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("ParseYearGroup(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"Kindergarten", "KG", "15", "-1", "8A", "Grade 8", "G-04", "Nursery", "Year", "99", "+8", "Year eight", "8.5", "1.0.0"} {
		if got, err := ParseYearGroup(text); err == nil {
			t.Errorf("ParseYearGroup(%q) = %q, want an error", text, got)
		} else if !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not name %q: %v", text, err)
		}
	}
}

func TestYearGroupOrder(t *testing.T) {
	years := []YearGroup{"", "10", "X", "2", "N2", "R", "1", "N1", "13"}
	slices.SortFunc(years, func(a, b YearGroup) int { return a.Order() - b.Order() })
	if got, want := years, []YearGroup{"N1", "N2", "R", "1", "2", "10", "13", "X", ""}; !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
	for year, want := range map[YearGroup]int{"N1": -2, "N2": -1, "R": 0, "1": 1, "14": 14} {
		if n, ok := year.Number(); !ok || n != want {
			t.Errorf("%s.Number() = %d, %v", year, n, ok)
		}
	}
	for _, year := range []YearGroup{"", "X", "M", "E1"} {
		if _, ok := year.Number(); ok {
			t.Errorf("%q has no number", year)
		}
	}
	if w := YearGroup("8").Words(); w != "Year 8" {
		t.Errorf("words %q", w)
	}
}

func TestParseSEN(t *testing.T) {
	tests := []struct {
		text        string
		want, today SENProvision
		old         bool
	}{
		{"E", "E", "E", false}, {"k", "K", "K", false}, {"N", "N", "N", false}, {"", "", "", false},
		{"Monitoring", "N", "N", false}, {"SEN Support", "K", "K", false}, {"EHCP", "E", "E", false}, {"Education, Health and Care Plan", "E", "E", false},
		{"K - SEN support", "K", "K", false}, {"E: EHC plan", "E", "E", false}, {"No", "N", "N", false},
		{"S", "S", "E", true}, {"A", "A", "K", true}, {"P", "P", "K", true}, {"Q", "Q", "K", true}, {"School Action Plus", "P", "K", true},
	}
	for _, tt := range tests {
		got, err := ParseSEN(tt.text)
		if err != nil || got != tt.want || got.Today() != tt.today || got.Old() != tt.old {
			t.Errorf("ParseSEN(%q) = %q today %q old %v, %v; want %q %q %v", tt.text, got, got.Today(), got.Old(), err, tt.want, tt.today, tt.old)
		}
	}
	for _, text := range []string{"Yes", "B", "K - EHC plan", "dyslexia"} {
		if got, err := ParseSEN(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("ParseSEN(%q) = %q, %v; want an error naming it", text, got, err)
		}
	}
	if w := SENProvision("A").Words(); w != "School Action (old code A; today K, SEN support)" {
		t.Errorf("words of an old code: %q", w)
	}
	if w := SENProvision("S").Words(); w != "Statement (old code S; today E, education, health and care plan)" {
		t.Errorf("words of an old code: %q", w)
	}
}

func TestParseAnswer(t *testing.T) {
	for text, want := range map[string]Answer{
		"Y": Yes, "yes": Yes, "TRUE": Yes, "1": Yes, "t": Yes, " Yes ": Yes, "No": No, "n": No, "FALSE": No, "0": No, "f": No, "": NotKnown, "  ": NotKnown, "?": NotKnown, "not known": NotKnown,
	} {
		if got, err := ParseAnswer(text); err != nil || got != want {
			t.Errorf("ParseAnswer(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"maybe", "2", "yess", "mother"} {
		if got, err := ParseAnswer(text); err == nil || !strings.Contains(err.Error(), text) || got != NotKnown {
			t.Errorf("ParseAnswer(%q) = %q, %v; want an error naming it", text, got, err)
		}
	}
}

func TestResponsibilityIsNeverInferred(t *testing.T) {
	for _, relationship := range []string{"Mother", "Father", "Guardian", "Social worker"} {
		if got, err := ParseResponsibility(relationship); err == nil || got != NotKnown {
			t.Errorf("ParseResponsibility(%q) = %q, %v; a relationship says nothing about it", relationship, got, err)
		}
	}
	for text, want := range map[string]Answer{"Y": Yes, "PR": Yes, "no PR": No, "No": No, "": NotKnown} {
		if got, err := ParseResponsibility(text); err != nil || got != want {
			t.Errorf("ParseResponsibility(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseSex(t *testing.T) {
	for text, want := range map[string]Sex{"F": "F", "female": "F", "Girl": "F", "M": "M", "MALE": "M", "boy": "M", "": "", "unspecified": "", "other": "O"} {
		if got, err := ParseSex(text); err != nil || got != want {
			t.Errorf("ParseSex(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := ParseSex("7"); err == nil || !strings.Contains(err.Error(), "7") {
		t.Errorf("want an error naming 7, got %v", err)
	}
}

func TestParseDate(t *testing.T) {
	tests := []struct {
		text  string
		style DateStyle
		want  string
	}{
		{"2005-03-20", DateStyle{}, "2005-03-20"},
		{"2005-03-20T00:00:00Z", DateStyle{}, "2005-03-20"},
		{"2005-03-20 00:00:00", DateStyle{}, "2005-03-20"},
		{"20/03/2005", DateStyle{}, "2005-03-20"},
		{"20/03/2005 00:00", DateStyle{}, "2005-03-20"},
		{"3/4/05", DateStyle{}, "2005-04-03"},
		{"03.04.2005", DateStyle{}, "2005-04-03"},
		{"3/4/05", DateStyle{MonthFirst: true}, "2005-03-04"},
		{"3/20/05", DateStyle{MonthFirst: true}, "2005-03-20"},
		{"2005-03-04", DateStyle{MonthFirst: true}, "2005-03-04"},
		{"1/2/30", DateStyle{LatestYear: 2030}, "2030-02-01"},
		{"1/2/31", DateStyle{LatestYear: 2030}, "1931-02-01"},
		{"1/2/98", DateStyle{}, "1998-02-01"},
		{"20 March 2005", DateStyle{}, "2005-03-20"},
		{"20-Mar-05", DateStyle{}, "2005-03-20"},
		{"1st August 2014", DateStyle{}, "2014-08-01"},
		{"22nd sept 2014", DateStyle{}, "2014-09-22"},
		{"August 3, 2014", DateStyle{}, "2014-08-03"},
		{"20050320", DateStyle{}, "2005-03-20"},
		{"38431", DateStyle{}, "2005-03-20"},
		{"38431.0", DateStyle{}, "2005-03-20"},
		{"'20/03/2005", DateStyle{}, "2005-03-20"},
		{"29/02/2012", DateStyle{}, "2012-02-29"},
		{"01-01-1900", DateStyle{}, ""},
		{"1900-01-01", DateStyle{}, ""},
		{"0000-00-00", DateStyle{}, ""},
		{"", DateStyle{}, ""},
	}
	for _, tt := range tests {
		got, err := ParseDate(tt.text, tt.style)
		if err != nil || got.ISO != tt.want {
			t.Errorf("ParseDate(%q, %+v) = %+v, %v; want %q", tt.text, tt.style, got, err, tt.want)
		}
	}
	failures := []struct {
		text  string
		style DateStyle
		say   string
	}{
		{"3/20/05", DateStyle{}, "no month 20"},
		{"20/3/05", DateStyle{MonthFirst: true}, "no month 20"},
		{"31/02/2005", DateStyle{}, "no such day"},
		{"29/02/2011", DateStyle{}, "no such day"},
		{"20/3", DateStyle{}, "cannot be read"},
		{"soon", DateStyle{}, "soon"},
		{"1/1/1066", DateStyle{}, "1066"},
		{"7.5", DateStyle{}, "7.5"},
		{"99999999", DateStyle{}, "99999999"},
		{"1/2/3/4", DateStyle{}, "1/2/3/4"},
	}
	for _, tt := range failures {
		got, err := ParseDate(tt.text, tt.style)
		if err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("ParseDate(%q) = %+v, %v; want an error with %q", tt.text, got, err, tt.say)
		}
	}
	if got, _ := ParseDate("01/01/1900", DateStyle{}); got.Note == "" {
		t.Error("1 January 1900 should be noted")
	}
}

func TestAgeOn(t *testing.T) {
	tests := []struct {
		born, on string
		want     int
		ok       bool
	}{
		{"2012-09-01", "2026-08-31", 13, true}, {"2012-09-01", "2026-09-01", 14, true}, {"2012-02-29", "2026-02-28", 13, true}, {"2012-02-29", "2026-03-01", 14, true},
		{"2012-09-01", "2012-08-01", 0, false}, {"", "2026-09-01", 0, false}, {"2012-09-01", "x", 0, false},
	}
	for _, tt := range tests {
		if got, ok := AgeOn(tt.born, tt.on); got != tt.want || ok != tt.ok {
			t.Errorf("AgeOn(%s, %s) = %d, %v", tt.born, tt.on, got, ok)
		}
	}
}

func TestParseRelationship(t *testing.T) {
	for text, want := range map[string]Relationship{
		"Mother": RelationMother, "MUM": RelationMother, "Dad": RelationFather, "Step-father": RelationStepParent, "Stepmother": RelationStepParent,
		"Grandmother": RelationGrandparent, "Grand-dad": RelationOther, "Foster Carer": RelationFosterCarer, "Guardian": RelationGuardian, "Social Worker": RelationSocialWorker,
		"half-sister": RelationSibling, "Mother (works nights)": RelationMother, "Mum's partner": RelationPartner, "Mother’s partner": RelationPartner, "": RelationUnknown,
		"Padrino": RelationOther, "Nan - first contact": RelationGrandparent, "(none)": RelationOther,
	} {
		if got := ParseRelationship(text); got != want {
			t.Errorf("ParseRelationship(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSplitPhones(t *testing.T) {
	tests := []struct {
		cell string
		want []Phone
	}{
		{"", nil},
		{"07700 900123 / 07700 900456 (work)", []Phone{{Text: "07700 900123", Normal: "07700900123"}, {Text: "07700 900456 (work)", Normal: "07700900456", Label: "work"}}},
		{"7700900123", []Phone{{Text: "7700900123", Normal: "07700900123", Note: "The 0 at the start was missing, as happens in spreadsheets, and was put back."}}},
		{"Mum: 07700900123; Dad 07700-900456", []Phone{{Text: "Mum: 07700900123", Normal: "07700900123", Label: "Mum"}, {Text: "Dad 07700-900456", Normal: "07700900456", Label: "Dad"}}},
		{"0114 496 0000 ext 12", []Phone{{Text: "0114 496 0000 ext 12", Normal: "01144960000", Label: "ext 12"}}},
		{"0114 496 0000/1", []Phone{{Text: "0114 496 0000 / 1", Normal: "01144960000", Label: "1"}}},
		{"7.7009E+09", []Phone{{Text: "7.7009E+09", Note: "A spreadsheet has shortened this number (it shows an E). Its last figures are lost; please ask for it again."}}},
		{"none", []Phone{{Text: "none", Label: "none", Note: "This does not look like a whole phone number."}}},
	}
	for _, tt := range tests {
		if got := SplitPhones(tt.cell); !slices.Equal(got, tt.want) {
			t.Errorf("SplitPhones(%q) =\n%+v, want\n%+v", tt.cell, got, tt.want)
		}
	}
}

func TestNormalPhone(t *testing.T) {
	for text, want := range map[string]string{
		"07723 456789": "07723456789", "+44 7723 456 789": "07723456789", "+44 (0)7723 456 789": "07723456789", "00447723456789": "07723456789", "00 44 7723456789": "07723456789",
		"7723456789": "07723456789", "44 117 496 0860": "01174960860", "\u200b\t+44 (0)7723 456 789\ufeff \n": "07723456789", "+48 601 234 567": "+48601234567",
		"0033122334455": "+33122334455", "+0012025550104": "+12025550104", "020 7946 0991": "02079460991", "٠٧٧٠٠٩٠٠١٢٣": "07700900123", "": "",
	} {
		if got, _ := NormalPhone(text); got != want {
			t.Errorf("NormalPhone(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestReadName(t *testing.T) {
	tests := []struct {
		text, title, forename, surname string
		couple                         bool
	}{
		{"Jane Khan", "", "Jane", "Khan", false},
		{"Khan, Jane", "", "Jane", "Khan", false},
		{"SMITH, John", "", "John", "SMITH", false},
		{"Smith, Mr John Paul", "Mr", "John Paul", "Smith", false},
		{"Smith, John (Mr)", "", "John (Mr)", "Smith", false},
		{"Mr Conor Jones", "Mr", "Conor", "Jones", false},
		{"Dr. J. van der Berg", "Dr", "J.", "van der Berg", false},
		{"Mr van Dyk", "Mr", "", "van Dyk", false},
		{"Van Morrison", "", "Van", "Morrison", false},
		{"Mr & Mrs Khan", "Mr & Mrs", "", "Khan", true},
		{"Mr and Mrs A Khan", "Mr & Mrs", "A", "Khan", true},
		{"Mr/Mrs Khan", "Mr & Mrs", "", "Khan", true},
		{"Mr&Mrs Khan", "Mr & Mrs", "", "Khan", true},
		{"Khan, Mr & Mrs", "Mr & Mrs", "", "Khan", true},
		{"Jane & Ali Khan", "", "Jane & Ali", "Khan", true},
		{"Sandy Anderson", "", "Sandy", "Anderson", false},
		{"Madonna", "", "Madonna", "", false},
		{"Miss", "", "Miss", "", false},
		{"", "", "", "", false},
		{",", "", "", "", false},
	}
	for _, tt := range tests {
		n := ReadName(tt.text)
		if n.Title != tt.title || n.Forename != tt.forename || n.Surname != tt.surname || n.Couple != tt.couple || (n.Warning != "") != tt.couple {
			t.Errorf("ReadName(%q) = %+v, want %+v", tt.text, n, tt)
		}
	}
}

func TestDisplayName(t *testing.T) {
	for name, want := range map[string]string{
		"SMITH": "Smith", "O'BRIEN-SMITH": "O'Brien-Smith", "MCDONALD": "McDonald", "MACKIE": "Mackie", "McDonald": "McDonald", "LI": "LI", "JJ": "JJ", "LI WEI": "Li Wei",
		"ŁOŚ ÖZ": "Łoś Öz", "van der Berg": "van der Berg", "bell hooks": "bell hooks", "": "", "MC": "MC",
	} {
		if got := DisplayName(name); got != want {
			t.Errorf("DisplayName(%q) = %q, want %q", name, got, want)
		}
	}
}

// No cell of any file may stop an import, so each reader must answer whatever it is given.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"Mr & Mrs Khan", "Khan,", "07700 900123 / x", "3/20/05", "20th of", "K - ", "Yr", "ext 1", "\xff\xfe", "İ,x", "e+1", "st/nd/rd", "1st/nd/2005", "／", "0000-00-00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if y, err := ParseYearGroup(s); err == nil {
			_, _ = y.Order(), y.Words()
		}
		if sen, err := ParseSEN(s); err == nil {
			_ = sen.Words()
		}
		if sex, err := ParseSex(s); err == nil {
			_ = sex.Words()
		}
		_, _ = ParseAnswer(s)
		_, _ = ParseResponsibility(s)
		for _, style := range []DateStyle{{}, {MonthFirst: true}, {LatestYear: 2026}} {
			if d, err := ParseDate(s, style); err == nil && d.ISO != "" {
				if again, err := ParseDate(d.ISO, style); err != nil || again.ISO != d.ISO {
					t.Errorf("%q reads as %s, which reads as %+v, %v", s, d.ISO, again, err)
				}
			}
		}
		_ = ParseRelationship(s)
		for _, p := range SplitPhones(s) {
			if again, _ := NormalPhone(p.Normal); again != p.Normal {
				t.Errorf("%q: %q is normalised again to %q", s, p.Normal, again)
			}
		}
		n := ReadName(s)
		_, _ = DisplayName(n.Surname), SortKey(n.Surname, n.Forename)
	})
}

func TestNormalPhoneSharedVectors(t *testing.T) {
	f, err := os.Open(upnSharedFile(t, "messages", "phone_vectors", "uk_phone_vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, row := range rows[1:] {
		want, ok := strings.CutPrefix(row[2], "valid +44")
		if !ok {
			continue
		}
		checked++
		if got, _ := NormalPhone(row[0]); got != "0"+want {
			t.Errorf("NormalPhone(%q) = %q, want 0%s", row[0], got, want)
		}
	}
	if checked < 10 {
		t.Errorf("only %d vectors were checked", checked)
	}
}
