package roll

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Choice is one thing that a school decides for itself.
type Choice struct {
	Name, Label, Hint string
	Long              bool   // several lines
	Kind              string // text, phone, days, percent or age
	Default           string // what holds while nobody has decided
}

// Choices are all of them, in the order of the page. The names are the keys in roll_setting.
var Choices = []Choice{
	{Name: "safeguarding.lead", Label: "Safeguarding lead", Hint: "Their name and where to find them."},
	{Name: "safeguarding.deputy", Label: "Deputy", Hint: "Who to go to when the lead is away."},
	{Name: "safeguarding.phone", Label: "Phone", Kind: "phone", Hint: "A number that is answered while the school is open."},
	{Name: "safeguarding.out_of_hours", Label: "Out of hours", Hint: "Who to call in the evening, at weekends and in the holidays."},
	{Name: "safeguarding.words", Label: "Your own words", Long: true, Hint: "What everyone here should know about passing a worry on. Shown as you write it."},
	{Name: "attendance.window", Label: "Attendance is looked at over", Kind: "days", Hint: "How many days back, for example 365. Leave it empty for the whole school year.", Default: ""},
	{Name: "attendance.target", Label: "Attendance you aim for", Kind: "percent", Hint: "A percentage, for example 96. Charts show it as a line; it judges nobody.", Default: "96"},
	{Name: "reading_age.level", Label: "Reading age for letters", Kind: "age", Hint: "Letters and sheets that are harder to read than this get a suggestion. 9 to 11 suits most families.", Default: "11"},
}

// SchoolSettings reads what the school has decided.
func (s *Service) SchoolSettings(ctx context.Context, p access.Pass) (v Values, err error) {
	if err := p.CheckAll(Settings); err != nil {
		return nil, err
	}
	v = Values{}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		for _, c := range Choices {
			if v[c.Name], err = Setting(tx, c.Name); err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

// Decide keeps what a school decides for itself, all of a page at once.
func (s *Service) Decide(ctx context.Context, p access.Pass, v Values) error {
	if err := p.CheckAll(Settings); err != nil {
		return err
	}
	var faults fault.Fields
	set := Values{}
	for _, c := range Choices {
		text := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(v[c.Name], "\x00", ""), ""))
		if n := len([]rune(text)); n > 2000 {
			faults.Add(c.Name, "%s is too long: it has %d characters and there is room for 2,000.", c.Label, n)
			continue
		}
		if fine, why := c.read(text); why != "" {
			faults.Add(c.Name, "%s", why)
		} else {
			set[c.Name] = fine
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		for _, c := range Choices {
			was, err := Setting(tx, c.Name)
			if err != nil {
				return err
			}
			if was == set[c.Name] {
				continue
			}
			if err := setSetting(tx, c.Name, set[c.Name]); err != nil {
				return err
			}
		}
		return s.Changed.Publish(tx, Changed{Why: "the school changed its settings"})
	})
}

// read gives the value in its short form, or says why it will not do.
func (c Choice) read(text string) (value, why string) {
	if text == "" {
		return "", ""
	}
	low, high, what := 0.0, 0.0, ""
	switch c.Kind {
	case "phone":
		if countFigures(text) < 3 {
			return "", fmt.Sprintf("%s is not a phone number.", shown(text))
		}
		return text, ""
	case "days":
		low, high, what = 1, 1100, "a number of days from 1 to 1,100"
	case "percent":
		low, high, what = 0, 100, "a percentage from 0 to 100"
		text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	case "age":
		low, high, what = 6, 18, "an age from 6 to 18"
	default:
		return text, ""
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= low && n <= high) || c.Kind != "percent" && n != float64(int(n)) {
		return "", fmt.Sprintf("%s: write %s.", c.Label, what)
	}
	return strconv.FormatFloat(n, 'f', -1, 64), ""
}

// SafeguardingRoute reads the school's way of passing on a worry about a child's safety. Everyone who is signed in may read it.
func (s *Service) SafeguardingRoute(ctx context.Context, p access.Pass) (r Route, err error) {
	if !p.Valid() || p.Org() == 0 {
		return r, fault.New(fault.NotFound, "Sign in to see this page.")
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		r, err = Safeguarding(tx)
		return err
	})
	return r, err
}
