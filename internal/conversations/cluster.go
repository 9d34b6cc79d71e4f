package conversations

import (
	"cmp"
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
	"ajar/internal/sharing"
)

// ClusterCoverage counts the families of each school of a grouping, a school to a row, with small numbers hidden. Counts are added up; no percentage is ever
// averaged, and no name crosses from a school to the cluster. Schools that have begun no conversations have no row. ok is false where the
// organisation of the pass is no grouping.
func (s *Service) ClusterCoverage(ctx context.Context, p access.Pass) (rows []PublicRow, total PublicRow, ok bool, err error) {
	if _, err := p.Check(Cover); err != nil {
		return nil, total, false, err
	}
	members, err := s.Roll.Members(ctx, roll.OrgID(p.Org()), s.DB.Clock().Today())
	if err != nil || len(members) == 0 {
		return nil, total, false, err
	}
	var full []CoverageRow
	for _, o := range members {
		if s.Gives != nil {
			on, err := s.Gives(ctx, o.ID, roll.OrgID(p.Org()))
			if err != nil {
				return nil, total, false, err
			}
			if !on { // its head has said that figures stay at home
				continue
			}
		}
		if err := s.DB.View(ctx, access.System("add up a school's coverage for its cluster, figures only", int64(o.ID)), func(tx *db.Tx) error {
			years, err := coverage(tx, Filter{})
			if err != nil || len(years) == 0 {
				return err
			}
			row := TotalCoverage(years)
			row.Year = o.Name
			full = append(full, row)
			return nil
		}); err != nil {
			return nil, total, false, err
		}
	}
	rows, total = SuppressCoverage(full)
	return rows, total, true, nil
}

// FiguresOf gives a school's own coverage as it may leave the school: totals of the whole school, small numbers hidden. What may be given is decided
// where schools agree on it (internal/sharing).
func (s *Service) FiguresOf(ctx context.Context, school roll.OrgID) (out []sharing.Line, err error) {
	var years []CoverageRow
	if err := s.DB.View(ctx, access.System("add up a school's coverage for a school it has an agreement with, figures only", int64(school)), func(tx *db.Tx) error {
		years, err = coverage(tx, Filter{})
		return err
	}); err != nil || len(years) == 0 {
		return nil, err
	}
	rows, _ := SuppressCoverage([]CoverageRow{TotalCoverage(years)})
	for _, c := range []struct {
		label string
		cell  Cell
	}{{"Families invited to a structured conversation", rows[0].Invited}, {"Reached", rows[0].Reached}, {"Conversations held", rows[0].Held}} {
		out = append(out, sharing.Line{Label: c.label, Text: c.cell.String()})
	}
	return out, nil
}

// HandOver is what conversations put into a pack for the next school: the targets that are still open, as they were agreed.
func HandOver() sharing.Section {
	return sharing.Section{Key: "targets", Title: "Targets that are still open", Make: func(tx *db.Tx, pupil roll.PupilID) (out []sharing.Line, err error) {
		open, err := openTargets(tx, pupil)
		for _, g := range open {
			out = append(out, sharing.Line{Label: g.Words, Text: "Until " + roll.DayInWords(g.Due) + ". Seen by: " + cmp.Or(g.Measure, "not said")})
		}
		return out, err
	}}
}
