package roll

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Choice is one thing that a school decides for itself.
type Choice struct {
	Name, Label, Hint string
	Long              bool   // several lines
	Kind              string // text, phone, email, days, percent, age, years, minutes, pounds or holidays
	Default           string // what holds while nobody has decided
	Group             string // the heading of the page that begins here
}

// TrailYearsSetting is for how many years the organisation keeps its trail.
const TrailYearsSetting = "trail.years"

// The settings for how many minutes the session of a member of staff may be left alone before it locks.
const (
	LockOfficeSetting   = "lock.office"
	LockCaseworkSetting = "lock.casework"
	LockOthersSetting   = "lock.others"
)

// Choices are all of them, in the order of the page. The names are the keys in roll_setting.
var Choices = []Choice{
	{Name: "safeguarding.lead", Label: "Safeguarding lead", Group: "Worried about a child's safety", Hint: "Their name and where to find them."},
	{Name: "safeguarding.deputy", Label: "Deputy", Hint: "Who to go to when the lead is away."},
	{Name: "safeguarding.phone", Label: "Phone", Kind: "phone", Hint: "A number that is answered while the school is open."},
	{Name: "safeguarding.out_of_hours", Label: "Out of hours", Hint: "Who to call in the evening, at weekends and in the holidays."},
	{Name: "safeguarding.words", Label: "Your own words", Long: true, Hint: "What everyone here should know about passing a worry on. Shown as you write it."},
	{Name: "attendance.window", Label: "Attendance is looked at over", Group: "Attendance and reading", Kind: "days", Hint: "How many days back, for example 365. Leave it empty for the whole school year.", Default: ""},
	{Name: "attendance.target", Label: "Attendance you aim for", Kind: "percent", Hint: "A percentage, for example 96. Charts show it as a line; it judges nobody.", Default: "96"},
	{Name: "reading_age.level", Label: "Reading age for letters", Kind: "age", Hint: "Letters and sheets that are harder to read than this get a suggestion. 9 to 11 suits most families.", Default: "11"},
	{Name: "school.address", Label: "The school's address", Group: "Letters", Long: true, Hint: "One line for each line on the envelope. It stands at the head of every letter."},
	{Name: "school.phone", Label: "The school's phone", Kind: "phone", Hint: "Letters ask families to ring this number."},
	{Name: "school.email", Label: "The school's e-mail", Kind: "email", Hint: "Where families' answers to e-mails go."},
	{Name: "school.holidays", Label: "Holidays and closed days", Group: "Conversations", Kind: "holidays", Long: true, Hint: "One a line, for example 26 October 2026 to 30 October 2026, or a single day. They are left out when school days are counted."},
	{Name: "conversations.hourly_pence", Label: "What an hour of a teacher costs", Kind: "pounds", Hint: "In pounds and pence, for example 28.50. Used for the cost of teacher time and for nothing else. Leave it empty if you would rather not."},
	{Name: "messages.live", Label: "Do messages leave the school?", Group: "Messages to families", Kind: "yesno", Default: "no", Hint: "Write yes when you are ready. Until then everything works, families receive nothing, and whoever sends gets a copy to look at."},
	{Name: "messages.quiet", Label: "Quiet hours", Kind: "hours", Default: "18:00 to 07:30", Hint: "Texts and e-mails wait until these are over, unless they are urgent. For example 18:00 to 07:30."},
	{Name: "messages.second_look", Label: "A second person looks from how many adults on?", Kind: "count", Default: "200", Hint: "A message to more adults than this waits until a head or senior leader has looked at it."},
	{Name: "messages.part_pence", Label: "What one part of a text costs", Kind: "pence", Hint: "In pence, for example 2.5. A long text, or one with letters such as ł or اردو, has several parts. Leave it empty if you would rather not see prices."},
	{Name: TrailYearsSetting, Label: "Years for which the trail is kept", Group: "Trail", Kind: "years", Hint: "Who did what and who opened which record. Six years suits most schools: people can go to court that long. From 1 to 25.", Default: "6"},
	{Name: LockOfficeSetting, Label: "Minutes until Ajar locks for the office", Group: "Locking", Kind: "minutes", Hint: "When nobody has touched a page for so long, it is covered, and whoever was working shows that it is them. What was typed stays. From 5 to 120.", Default: "60"},
	{Name: LockCaseworkSetting, Label: "Minutes for casework and safeguarding", Kind: "minutes", Hint: "The safeguarding lead, family workers and partner practitioners. Who holds several roles gets the shortest time. From 5 to 120.", Default: "15"},
	{Name: LockOthersSetting, Label: "Minutes for everybody else", Kind: "minutes", Hint: "Teachers share rooms and screens, so not too long. From 5 to 120.", Default: "30"},
}

// SchoolSettings reads what the school has decided.
func (s *Service) SchoolSettings(ctx context.Context, p access.Pass) (v Values, err error) {
	if err := p.CheckAll(Settings); err != nil {
		return nil, err
	}
	v = Values{}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		for _, c := range Choices {
			kept, err := Setting(tx, c.Name)
			if err != nil {
				return err
			}
			v[c.Name] = c.show(kept)
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
	case "email":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "", fmt.Sprintf("%s is not an e-mail address.", shown(text))
		}
		return text, ""
	case "pounds":
		return readPounds(c.Label, text)
	case "holidays":
		return readHolidays(text)
	case "yesno":
		if folded := Fold(text); folded != "yes" && folded != "no" {
			return "", fmt.Sprintf("%s: write yes or no.", c.Label)
		}
		return Fold(text), ""
	case "hours":
		from, to, ok := ReadHours(text)
		if !ok {
			return "", fmt.Sprintf("%s: write two times with “to” between them, like 18:00 to 07:30.", c.Label)
		}
		return hour(from) + " to " + hour(to), ""
	case "count":
		low, high, what = 1, 100000, "a number from 1 to 100,000"
	case "pence":
		m := penceTyped.FindStringSubmatch(text)
		if m == nil {
			return "", fmt.Sprintf("%s: write pence from 0.1 to 99.9, like 2.5.", c.Label)
		}
		return m[1], ""
	case "days":
		low, high, what = 1, 1100, "a number of days from 1 to 1,100"
	case "percent":
		low, high, what = 0, 100, "a percentage from 0 to 100"
		text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	case "years":
		low, high, what = 1, 25, "a number of years from 1 to 25"
	case "minutes":
		low, high, what = 5, 120, "a number of minutes from 5 to 120"
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

// show gives a kept value as people write it.
func (c Choice) show(kept string) string {
	switch c.Kind {
	case "pounds":
		if pence, err := strconv.Atoi(kept); err == nil {
			return fmt.Sprintf("%d.%02d", pence/100, pence%100)
		}
	case "holidays":
		lines := strings.Split(kept, "\n")
		for i, line := range lines {
			from, to, two := strings.Cut(line, " to ")
			lines[i] = DayInWords(from)
			if two {
				lines[i] += " to " + DayInWords(to)
			}
		}
		return strings.Join(lines, "\n")
	}
	return kept
}

var penceTyped = regexp.MustCompile(`^([0-9]{1,2}(?:\.[0-9])?) ?p?$`)

func hour(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// ReadHours reads two times of day, “18:00 to 07:30”, as minutes after midnight.
func ReadHours(text string) (from, to int, ok bool) {
	a, b, two := strings.Cut(strings.ToLower(strings.Join(strings.Fields(text), " ")), " to ")
	t, err := time.Parse("15:04", strings.ReplaceAll(a, ".", ":"))
	u, err2 := time.Parse("15:04", strings.ReplaceAll(b, ".", ":"))
	return t.Hour()*60 + t.Minute(), u.Hour()*60 + u.Minute(), two && err == nil && err2 == nil
}

// Decided reads what the school decided, or what holds while nobody has.
func Decided(tx *db.Tx, name string) (string, error) {
	v, err := Setting(tx, name)
	if err != nil || v != "" {
		return v, err
	}
	for _, c := range Choices {
		if c.Name == name {
			return c.Default, nil
		}
	}
	return "", nil
}

// DayInWords writes a kept date as people read it.
func DayInWords(iso string) string {
	if t, err := time.Parse(time.DateOnly, iso); err == nil {
		return t.Format("2 January 2006")
	}
	return iso
}

var poundsTyped = regexp.MustCompile(`^£? ?([0-9]{1,3})(?:\.([0-9]{1,2}))?$`)

// readPounds keeps pounds and pence as whole pence.
func readPounds(label, text string) (value, why string) {
	m := poundsTyped.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Sprintf("%s: write pounds and pence from 0.01 to 999.99, like 28.50.", label)
	}
	pounds, _ := strconv.Atoi(m[1])
	pence, _ := strconv.Atoi((m[2] + "00")[:2])
	if pounds+pence == 0 {
		return "", fmt.Sprintf("%s: nought is not a cost. Leave it empty if it is not known.", label)
	}
	return strconv.Itoa(pounds*100 + pence), ""
}

// readHolidays reads one holiday a line, a day or two days with “to” between them, and keeps them as YYYY-MM-DD in the order of the year.
func readHolidays(text string) (value, why string) {
	var out []string
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.Join(strings.Fields(line), " "); line == "" {
			continue
		}
		first, second, two := strings.Cut(line, " to ")
		from, ok := holidayDay(first)
		to := from
		if ok && two {
			to, ok = holidayDay(second)
		}
		switch {
		case !ok:
			return "", fmt.Sprintf("Line %d of the holidays, %s, is not understood. Write a day, or two days with “to” between them, like 26 October 2026 to 30 October 2026.", n, shown(line))
		case to < from:
			return "", fmt.Sprintf("Line %d of the holidays, %s, ends before it begins.", n, shown(line))
		case to == from:
			out = append(out, from)
		default:
			out = append(out, from+" to "+to)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n"), ""
}

func holidayDay(text string) (string, bool) {
	for _, layout := range []string{"2 January 2006", "2 Jan 2006", "Monday 2 January 2006", "Mon 2 January 2006", "2/1/2006", "2.1.2006", "2 1 2006", time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && t.Year() >= 2000 && t.Year() < 2100 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
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
