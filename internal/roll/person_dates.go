package roll

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// DateStyle says how a file writes its dates where the text alone cannot tell. The zero value is the English way.
type DateStyle struct {
	// MonthFirst reads 3/20/05 as 20 March. It is set for a whole column by a person, never guessed row by row.
	MonthFirst bool
	// LatestYear is the last year that two figures may mean: with 2030, "30" is 2030 and "31" is 1931. Zero means 2049.
	LatestYear int
}

// ParsedDate is a date as it was read. ISO is empty when the date is not known.
type ParsedDate struct {
	ISO  string
	Note string // plain words about anything that was taken to mean something
}

var monthNames = map[string]int{
	"jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6, "june": 6,
	"jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "nov": 11, "november": 11, "dec": 12, "december": 12,
}

// ParseDate reads a day as spreadsheets and management systems write it. Blank is unknown, and so is 1 January 1900, which the
// national register and many systems write for "we do not know".
func ParseDate(text string, style DateStyle) (ParsedDate, error) {
	words := cellWords(text)
	if words == "" || words == "unknown" || words == "not known" || words == "?" {
		return ParsedDate{}, nil
	}
	// A spreadsheet writes its day number 38431 as 38431.0 too.
	if whole, ok := strings.CutSuffix(words, ".0"); ok && len(whole) == 5 {
		words = whole
	}
	fields := strings.FieldsFunc(dayPart(words), func(r rune) bool { return strings.ContainsRune("/-. ,", r) })
	if len(fields) == 1 {
		return dateFromFigures(text, fields[0])
	}
	if len(fields) != 3 {
		return ParsedDate{}, notADate(text, "")
	}
	year, month, day, err := dateParts(text, fields, style)
	if err != nil {
		return ParsedDate{}, err
	}
	return dateOf(text, year, month, day)
}

// dayPart leaves a time of day out: "2005-03-20T00:00:00Z", "20/03/2005 00:00".
func dayPart(words string) string {
	if len(words) > 10 && words[10] == 't' && words[4] == '-' {
		return words[:10]
	}
	if colon := strings.IndexByte(words, ':'); colon > 0 {
		if space := strings.LastIndexByte(words[:colon], ' '); space > 0 {
			return words[:space]
		}
	}
	return words
}

// dateFromFigures reads figures without separators: 20050320, or the day number a spreadsheet keeps behind a date.
func dateFromFigures(text, figures string) (ParsedDate, error) {
	n, err := strconv.Atoi(figures)
	if err != nil || !isFigure(figures[0]) {
		return ParsedDate{}, notADate(text, "")
	}
	switch {
	case len(figures) == 8 && n >= 19000101:
		return dateOf(text, n/10000, n/100%100, n%100)
	case len(figures) == 8 && n == 0, n == 1, n == 0:
		return ParsedDate{Note: fmt.Sprintf("%s means that the date is not known.", shown(text))}, nil
	case len(figures) == 5 && n >= 10000 && n < 60000:
		iso := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
		return ParsedDate{ISO: iso, Note: fmt.Sprintf("%s is a spreadsheet's day number and was read as %s.", shown(text), iso)}, nil
	}
	return ParsedDate{}, notADate(text, "")
}

func dateParts(text string, fields []string, style DateStyle) (year, month, day int, err error) {
	number := [3]int{}
	named := -1
	for i, field := range fields {
		if m, ok := monthNames[field]; ok && named < 0 {
			number[i], named = m, i
			continue
		}
		trimmed := strings.TrimRight(field, "stndrh")
		n, convErr := strconv.Atoi(trimmed)
		if convErr != nil || !isFigure(trimmed[0]) || len(trimmed) > 4 || len(field)-len(trimmed) > 2 {
			return 0, 0, 0, notADate(text, "")
		}
		number[i] = n
		fields[i] = trimmed
	}
	switch {
	case named == 0: // March 20, 2005
		month, day, year = number[0], number[1], fullYear(fields[2], number[2], style)
	case named == 1 && len(fields[0]) == 4: // 2005 March 20
		year, month, day = number[0], number[1], number[2]
	case named == 1: // 20 March 2005
		day, month, year = number[0], number[1], fullYear(fields[2], number[2], style)
	case named == 2:
		return 0, 0, 0, notADate(text, "")
	case len(fields[0]) == 4: // 2005-03-20
		year, month, day = number[0], number[1], number[2]
	case style.MonthFirst:
		month, day, year = number[0], number[1], fullYear(fields[2], number[2], style)
		if month > 12 && day <= 12 {
			return 0, 0, 0, notADate(text, fmt.Sprintf("It cannot be month/day/year: there is no month %d. Does this file write the day first?", month))
		}
	default:
		day, month, year = number[0], number[1], fullYear(fields[2], number[2], style)
		if month > 12 && day <= 12 {
			return 0, 0, 0, notADate(text, fmt.Sprintf("It cannot be day/month/year: there is no month %d. If this file writes the month first, say so where its columns are matched.", month))
		}
	}
	return year, month, day, nil
}

func fullYear(field string, n int, style DateStyle) int {
	if len(field) != 2 {
		return n
	}
	latest := style.LatestYear
	if latest <= 0 {
		latest = 2049
	}
	year := latest - latest%100 + n
	if year > latest {
		year -= 100
	}
	return year
}

func dateOf(text string, year, month, day int) (ParsedDate, error) {
	if year == 1900 && month == 1 && day == 1 || year == 0 && month == 0 && day == 0 {
		return ParsedDate{Note: fmt.Sprintf("%s means that the date is not known.", shown(text))}, nil
	}
	if year < 1850 || year > 2200 {
		return ParsedDate{}, notADate(text, fmt.Sprintf("The year %d cannot be right.", year))
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if month < 1 || month > 12 || d.Day() != day || int(d.Month()) != month {
		return ParsedDate{}, notADate(text, "There is no such day in the calendar.")
	}
	return ParsedDate{ISO: d.Format(time.DateOnly)}, nil
}

func notADate(text, why string) error {
	if why == "" {
		why = "Write it like 20/03/2005 or 2005-03-20."
	}
	return fmt.Errorf("%s cannot be read as a date. %s", shown(text), strings.TrimSuffix(why, "."))
}

// AgeOn is a person's age in whole years on a day; both days are YYYY-MM-DD. A child born on 29 February is a year older on 1 March.
func AgeOn(born, on string) (int, bool) {
	b, err := time.Parse(time.DateOnly, born)
	if err != nil {
		return 0, false
	}
	d, err := time.Parse(time.DateOnly, on)
	if err != nil || d.Before(b) {
		return 0, false
	}
	age := d.Year() - b.Year()
	if d.Month() < b.Month() || d.Month() == b.Month() && d.Day() < b.Day() {
		age--
	}
	return age, age < math.MaxInt16
}
