package conversations

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
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
