package practice

import (
	"embed"
	"io/fs"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/plans"
	"ajar/internal/roll"

	"context"

	"ajar/internal/kit/access"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "practice", Files: sub}
}

// Service is what can be done with registers, the ladder and stories.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
}

// New makes the service and offers its gaps to plans.
func New(d *db.DB, r *roll.Service, p *plans.Service) *Service {
	r.OnMerge(roll.MergePart{Name: "practice", Adults: []roll.MergeColumn{
		{Table: "practice_turn", Column: "adult_id", Unique: []string{"activity_id"}, Prefer: "adult_id", One: "answer about an activity", Many: "answers about activities"}}})
	p.Offer(plans.Offer{Key: "practice", Title: "Policies and roles", Gaps: gaps})
	return &Service{DB: d, Roll: r}
}

// gaps are the policies that nobody has looked at for a year, and the roles without the duty.
func gaps(tx *db.Tx) (out []plans.Gap, err error) {
	list, err := policies(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if !p.Due(tx.Today()) {
			continue
		}
		why := "Nobody has looked at it since it came into the register."
		if p.LastOn != "" {
			why = "It was last looked at on " + roll.DayInWords(p.LastOn) + "."
		}
		out = append(out, plans.Gap{Source: plans.Source{Kind: "policy", Key: p.ID.String(), Words: "Policy: " + p.Title, Link: "/policies/" + p.ID.String()}, Theme: "Policies", Why: why,
			Suggest: []string{"Read “" + p.Title + "” with five parents, and find what stands in their way", "Rewrite “" + p.Title + "” on one page in plain words, and try it on parents"}, Measure: "It was reviewed, parents were asked, and each barrier has gone or has a date"})
	}
	roles, err := duties(tx)
	if err != nil {
		return nil, err
	}
	if c := CountDuties(roles); c.No > 0 {
		out = append(out, plans.Gap{Source: plans.Source{Kind: "duty", Key: "no", Words: "Working with families is not in every job description", Link: "/duties"}, Theme: "Staff", Why: c.Words(),
			Suggest: []string{"Put working with families into the job description of each new post", "Talk with staff about what it means in their own role, and write it in at the next review"}, Measure: "All roles of the register have it"})
	}
	return out, nil
}

const longest = 1000

func tooLong(f *fault.Fields, name, text string, n int) {
	if len([]rune(text)) > n {
		f.Add(name, "This is too long: there is room for %d characters.", n)
	}
}

func isDay(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil }

func stamp(tx *db.Tx, off bool) *int64 {
	if !off {
		return nil
	}
	now := tx.Now()
	return &now
}

// Colleagues lists who can look after a policy.
func (s *Service) Colleagues(ctx context.Context, p access.Pass) (out []roll.Staff, err error) {
	if err := p.CheckAll(Keep); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = roll.People(tx)
		return err
	})
	return out, err
}
