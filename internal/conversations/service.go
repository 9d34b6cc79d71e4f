package conversations

import (
	"context"
	"embed"
	"io/fs"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/trail"
	"ajar/internal/progress"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "conversations", Files: sub}
}

// Service is what can be done with conversations.
type Service struct {
	DB       *db.DB
	Roll     *roll.Service
	Progress *progress.Service // nil: the pack says that nothing is known
	// Gives tells whether a school lets its figures be added up for a grouping. It is set where schools agree on it; without it every member does.
	Gives func(ctx context.Context, from, to roll.OrgID) (bool, error)

	keeper worry.Keeper // knows which sentences somebody has just said are no worry; see Keeping
}

// New makes the service. progress may be nil.
func New(d *db.DB, r *roll.Service, pr *progress.Service) *Service {
	s := &Service{DB: d, Roll: r, Progress: pr}
	// A key teacher can be named on the pages of the roll too; conversations that are still to be held go with the child.
	r.Changed.Subscribe(func(tx *db.Tx, _ roll.Changed) error { return followKeyTeachers(tx) })
	return s
}

// The settings of a school that this capability reads.
const (
	SettingReadingAge = "reading_age.level"          // the highest reading age a text may have before Ajar asks for an edit
	SettingHourly     = "conversations.hourly_pence" // what an hour of a teacher costs
	SettingHolidays   = "school.holidays"            // one a line, YYYY-MM-DD or YYYY-MM-DD to YYYY-MM-DD
	SettingAddress    = "school.address"
	SettingPhone      = "school.phone"
)

// DefaultReadingAge holds where a school has set none: what parents' pages aim at is nine to eleven (users.md).
const DefaultReadingAge = 11

// numberSetting reads a whole number; fallback where the school set none, or something that is not one.
func numberSetting(tx *db.Tx, name string, fallback int) (int, error) {
	v, err := roll.Setting(tx, name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n <= 0 {
		return fallback, nil
	}
	return n, nil
}

// enter opens one conversation for a right: it loads and checks in one step. One that is not there and one that is not yours look the same.
func enter(tx *db.Tx, right access.Right, id TalkID) (Line, error) {
	staff, today, err := roll.SightArgs(tx, right)
	if err != nil {
		return Line{}, err
	}
	l, found, err := lineByID(tx, staff, today, id)
	if err == nil && !found {
		err = fault.Gone("conversation")
	}
	l.Standing = StandingOf(l.Talk, today)
	if err == nil {
		trail.Sight(tx, "pupil", int64(l.PupilID))
	}
	return l, err
}

// lines lists conversations that the pass may see, with where each stands today.
func lines(tx *db.Tx, right access.Right, f Filter) ([]Line, error) {
	staff, today, err := roll.SightArgs(tx, right)
	if err != nil {
		return nil, err
	}
	list, err := linesBy(tx, staff, today, f)
	for i := range list {
		list[i].Standing = StandingOf(list[i].Talk, today)
	}
	return list, err
}

// Filter narrows a list of conversations; zero parts ask for nothing.
type Filter struct {
	Programme ProgrammeID
	Round     RoundID
	Pupil     roll.PupilID
	Year      string
	Staff     roll.StaffID // the key teacher
}

// askable finds the tie between an adult and the pupil of a conversation, and refuses an adult whom an order bars. Every way out of the house in this
// capability goes through here: letters, calls, times, agreements and copies.
func askable(tx *db.Tx, l Line, adult roll.AdultID) (roll.Relation, error) {
	relations, err := roll.Relations(tx, l.PupilID)
	if err != nil {
		return roll.Relation{}, err
	}
	for _, r := range relations {
		if r.Adult.ID != adult {
			continue
		}
		if WhoToAsk(r, tx.Today()) == AskBarred {
			return r, fault.New(fault.Invalid, "%s "+barredWords+" %s: an order is in force, or the tie has ended. Nothing was sent or recorded.", r.Adult.Name, l.PupilName())
		}
		if l.AdultID != nil && *l.AdultID != adult {
			return r, fault.New(fault.Invalid, "This conversation is %s's own. Open the other conversation about %s for %s.", l.AdultName, l.PupilName(), r.Adult.Name)
		}
		return r, nil
	}
	return roll.Relation{}, fault.Gone("adult")
}
