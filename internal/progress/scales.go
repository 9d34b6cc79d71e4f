package progress

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Scale is a way of measuring attainment, with its bounds and the words for a person. Values of two scales are never compared,
// added or averaged.
type Scale struct {
	Name  string // as files and rules write it: ks2_scaled
	Words string // as people say it
	// Min and Max bound the value; both are 0 for a school's own scale, which has none.
	Min, Max float64
	// HigherIsBetter is true for every known scale. Of a school's own nobody has told us, so words stay neutral.
	HigherIsBetter bool
	// Unit is what one is called in "up 3 …", singular and plural; empty for a bare number.
	Unit, Units string
	// Lines are the marks that mean something, rising, each with its words for a value at or above it.
	Lines []ScaleLine
	// Below is what a value under the first line is called.
	Below string
	// Own marks a school's own scale, whose values may be texts.
	Own bool
}

// ScaleLine is one such mark.
type ScaleLine struct {
	At    float64
	Words string
}

// Scales are those Ajar knows. Sources: DfE primary accountability and phonics pages, Ofqual's grade descriptions; see Scale for
// what is not among them.
var Scales = []Scale{
	{Name: "ks2_scaled", Words: "key stage 2 scaled score", Min: 80, Max: 120, HigherIsBetter: true, Below: "not yet at the expected standard", Lines: []ScaleLine{{100, "at the expected standard"}, {110, "a high score"}}},
	{Name: "gcse", Words: "GCSE grade", Min: 0, Max: 9, HigherIsBetter: true, Unit: "grade", Units: "grades", Below: "below a standard pass", Lines: []ScaleLine{{4, "a standard pass"}, {5, "a strong pass"}}},
	{Name: "standardised", Words: "standardised score", Min: 40, Max: 160, HigherIsBetter: true, Below: "below the average range", Lines: []ScaleLine{{85, "in the average range"}, {116, "above the average range"}}},
	{Name: "reading_age", Words: "reading age", Min: 36, Max: 300, HigherIsBetter: true, Unit: "month", Units: "months"},
	{Name: "phonics", Words: "phonics check mark", Min: 0, Max: 40, HigherIsBetter: true, Below: "below the usual pass mark of 32", Lines: []ScaleLine{{32, "at or above the usual pass mark of 32"}}},
	{Name: "mtc", Words: "multiplication check mark", Min: 0, Max: 25, HigherIsBetter: true},
	{Name: "teacher", Words: "teacher judgement", Min: 0, Max: 3, HigherIsBetter: true, Unit: "step", Units: "steps"},
	{Name: "nc_level", Words: "national curriculum level (until 2015)", Min: 3, Max: 57, HigherIsBetter: true, Unit: "point", Units: "points"},
	{Name: "percent", Words: "percentage", Min: 0, Max: 100, HigherIsBetter: true, Unit: "percentage point", Units: "percentage points"},
}

var scaleAliases = map[string]string{
	"ks2": "ks2_scaled", "scaled": "ks2_scaled", "scaled_score": "ks2_scaled", "ks2_scaled_score": "ks2_scaled",
	"gcse_grade": "gcse", "gcse_9_1": "gcse", "gcse_9-1": "gcse", "9-1": "gcse",
	"standardised_score": "standardised", "standardized": "standardised", "standardized_score": "standardised", "sas": "standardised",
	"readingage": "reading_age", "phonics_check": "phonics", "multiplication_check": "mtc",
	"teacher_judgement": "teacher", "teacher_assessment": "teacher", "nc": "nc_level", "nc_levels": "nc_level", "level": "nc_level", "levels": "nc_level",
	"%": "percent", "percentage": "percent",
}

// ScaleName is the one spelling under which a scale is kept: small letters, underscores for spaces, known by-names mapped. An
// empty name is "own".
func ScaleName(name string) string {
	name = strings.Join(strings.Fields(strings.ToLower(strings.ToValidUTF8(name, "?"))), "_")
	if name == "" {
		return "own"
	}
	if known, ok := scaleAliases[name]; ok {
		return known
	}
	return name
}

// LookUpScale answers for every name: what Ajar does not know is the school's own scale.
func LookUpScale(name string) Scale {
	name = ScaleName(name)
	for _, s := range Scales {
		if s.Name == name {
			return s
		}
	}
	words := strings.ReplaceAll(name, "_", " ")
	if name == "own" {
		words = "the school's own scale"
	}
	return Scale{Name: name, Words: words, Own: true}
}

// Value is one result on one scale.
type Value struct {
	Scale string
	// Number is what rules and charts use; HasNumber is false for a text on a school's own scale.
	Number    float64
	HasNumber bool
	// Display is how a page shows it: "9:06", "2b", "EXS", "104".
	Display string
}

// ParseValue reads a result as it stands in a cell. A value outside the scale is an error that says what the scale allows.
func ParseValue(scale, text string) (Value, error) {
	s := LookUpScale(scale)
	text = strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimSpace(strings.ToValidUTF8(text, "?")), "'")), " ")
	if text == "" {
		return Value{}, fmt.Errorf("there is no value for this %s", s.Words)
	}
	switch s.Name {
	case "reading_age":
		return s.parseReadingAge(text)
	case "teacher":
		return s.parseJudgement(text)
	case "nc_level":
		return s.parseLevel(text)
	case "gcse":
		return s.parseGCSE(text)
	case "percent":
		return s.parseNumber(strings.TrimSpace(strings.TrimSuffix(text, "%")), false)
	case "standardised":
		return s.parseNumber(text, false)
	}
	if !s.Own {
		return s.parseNumber(text, true)
	}
	if n, ok := plainNumber(text); ok {
		return Value{s.Name, n, true, text}, nil
	}
	if len([]rune(text)) > 60 {
		return Value{}, fmt.Errorf("“%s” is too long for a result", clip(text))
	}
	return Value{Scale: s.Name, Display: text}, nil
}

func (s Scale) refuse(text, allowed string) error {
	return fmt.Errorf("“%s” is not a %s: %s", clip(text), s.Words, allowed)
}

func (s Scale) parseNumber(text string, whole bool) (Value, error) {
	allowed := fmt.Sprintf("it goes from %s to %s", number(s.Min), number(s.Max))
	n, ok := plainNumber(text)
	switch {
	case !ok, n < s.Min, n > s.Max:
		return Value{}, s.refuse(text, allowed)
	case whole && n != math.Trunc(n):
		return Value{}, s.refuse(text, allowed+" in whole numbers")
	}
	display := number(n)
	if s.Name == "percent" {
		display += " %"
	}
	return Value{s.Name, n, true, display}, nil
}

// plainNumber reads figures with an optional sign and point, and none of the other things Go takes for numbers.
func plainNumber(text string) (float64, bool) {
	for i, r := range text {
		if (r < '0' || r > '9') && r != '.' && (i > 0 || r != '-' && r != '+') {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0)
}

// number is a figure without needless noughts.
func number(n float64) string {
	return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
}

// parseReadingAge takes years and months: 9:06, 9y 6m, 9 years 6 months, and 09:06:00, which is what a spreadsheet makes of 9:06.
// 9.5 is refused because some write it for nine and a half years and others for nine years five months.
func (s Scale) parseReadingAge(text string) (Value, error) {
	const allowed = "write years and months like 9:06, from 3:00 to 25:00"
	words := strings.NewReplacer("years", ":", "year", ":", "yrs", ":", "yr", ":", "y", ":", "months", "", "month", "", "mths", "", "mth", "", "m", "", " ", "").Replace(strings.ToLower(text))
	parts := strings.FieldsFunc(words, func(r rune) bool { return r == ':' || r == '-' || r == ';' })
	if len(parts) == 3 && strings.Trim(parts[2], "0") == "" {
		parts = parts[:2]
	}
	if len(parts) == 1 && strings.HasSuffix(words, ":") {
		parts = append(parts, "0")
	}
	if len(parts) != 2 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return Value{}, s.refuse(text, allowed)
	}
	years, err1 := strconv.ParseUint(parts[0], 10, 8)
	months, err2 := strconv.ParseUint(parts[1], 10, 8)
	total := float64(years*12 + months)
	if err1 != nil || err2 != nil || months > 11 || total < s.Min || total > s.Max {
		return Value{}, s.refuse(text, allowed)
	}
	return Value{s.Name, total, true, fmt.Sprintf("%d:%02d", years, months)}, nil
}

var judgements = []struct {
	code, words string
	names       string
}{
	{"PKS", "pre-key stage", "|pks|pre-key stage|pre key stage|below|blw|"},
	{"WTS", "working towards the expected standard", "|wts|working towards|working towards the expected standard|wt|towards|"},
	{"EXS", "working at the expected standard", "|exs|expected|at expected|at the expected standard|working at the expected standard|at|"},
	{"GDS", "working at greater depth", "|gds|greater depth|working at greater depth|gd|"},
}

func (s Scale) parseJudgement(text string) (Value, error) {
	wanted := "|" + strings.ToLower(text) + "|"
	if !strings.Contains(text, "|") {
		for i, j := range judgements {
			if strings.Contains(j.names, wanted) {
				return Value{s.Name, float64(i), true, j.code}, nil
			}
		}
	}
	return Value{}, s.refuse(text, "use WTS (working towards), EXS (expected), GDS (greater depth) or PKS (pre-key stage)")
}

// parseLevel turns a level into average point score: 2b is 15, a level is 6 points and a sub-level 2. W, working towards level 1, is 3.
func (s Scale) parseLevel(text string) (Value, error) {
	level := strings.TrimSpace(strings.TrimPrefix(strings.ToLower(text), "level"))
	if level == "w" {
		return Value{s.Name, 3, true, "W"}, nil
	}
	const allowed = "use 1 to 8 with c, b or a, like 2b, or W"
	if level == "" || len(level) > 2 || level[0] < '1' || level[0] > '8' {
		return Value{}, s.refuse(text, allowed)
	}
	points := 6*float64(level[0]-'0') + 3
	if len(level) == 2 {
		switch level[1] {
		case 'c':
			points -= 2
		case 'b':
		case 'a':
			points += 2
		default:
			return Value{}, s.refuse(text, allowed)
		}
	}
	return Value{s.Name, points, true, level}, nil
}

// parseGCSE reads 9 to 1, U as 0, and the two grades of combined science (5-4 counts 4.5).
func (s Scale) parseGCSE(text string) (Value, error) {
	const allowed = "grades are 9 to 1 or U; for old letters or fine grades use a scale of your own name"
	grade := strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(text), "GRADE"))
	if grade == "U" {
		return Value{s.Name, 0, true, "U"}, nil
	}
	grade = strings.TrimSuffix(grade, ".0")
	two := strings.ReplaceAll(grade, "-", "")
	switch {
	case len(grade) == 1 && grade[0] >= '0' && grade[0] <= '9':
		if grade == "0" {
			return Value{s.Name, 0, true, "U"}, nil
		}
		return Value{s.Name, float64(grade[0] - '0'), true, grade}, nil
	case len(two) == 2 && (len(grade) == 2 || len(grade) == 3 && grade[1] == '-') && two[0] >= '1' && two[0] <= '9' && two[1] >= '1' && two[1] <= two[0] && two[0]-two[1] <= 1:
		return Value{s.Name, float64(two[0]-'0')/2 + float64(two[1]-'0')/2, true, two[:1] + "-" + two[1:]}, nil
	}
	return Value{}, s.refuse(text, allowed)
}

// Means is what a value says in words ("at the expected standard"), or nothing where the scale has no such lines.
func (v Value) Means() string {
	s := LookUpScale(v.Scale)
	if s.Name == "teacher" && v.HasNumber {
		if i := int(v.Number); i >= 0 && i < len(judgements) {
			return judgements[i].words
		}
		return ""
	}
	if !v.HasNumber || len(s.Lines) == 0 {
		return ""
	}
	words := s.Below
	for _, line := range s.Lines {
		if v.Number >= line.At {
			words = line.Words
		}
	}
	return words
}

// Gain is latest minus previous, and refuses two different scales and texts.
func Gain(previous, latest Value) (float64, error) {
	a, b := LookUpScale(previous.Scale), LookUpScale(latest.Scale)
	switch {
	case a.Name != b.Name:
		return 0, fmt.Errorf("a %s and a %s cannot be compared", a.Words, b.Words)
	case !previous.HasNumber || !latest.HasNumber:
		return 0, fmt.Errorf("%s and %s are words, so there is no difference to work out", previous.Display, latest.Display)
	}
	return latest.Number - previous.Number, nil
}

// Direction says in words how a value moved: "up 4 since spring". since is a time in words, or empty. It is not ok when the two
// cannot be compared. It never says better or worse: moved is not caused, and of a school's own scale we do not know.
func Direction(previous, latest Value, since string) (words string, ok bool) {
	if since != "" {
		since = " since " + since
	}
	gain, err := Gain(previous, latest)
	if err != nil {
		if LookUpScale(previous.Scale).Name != LookUpScale(latest.Scale).Name || previous.Display == "" || latest.Display == "" {
			return "", false
		}
		if previous.Display == latest.Display {
			return "still " + latest.Display + since, true
		}
		return fmt.Sprintf("from %s to %s%s", previous.Display, latest.Display, since), true
	}
	s := LookUpScale(latest.Scale)
	amount := number(math.Abs(gain))
	switch {
	case amount == "0":
		return "the same" + since, true
	case s.Name == "teacher":
		amount = fmt.Sprintf("from %s to %s", previous.Display, latest.Display)
	case s.Unit != "" && amount == "1":
		amount += " " + s.Unit
	case s.Unit != "":
		amount += " " + s.Units
	}
	if gain > 0 {
		return "up " + amount + since, true
	}
	return "down " + amount + since, true
}
