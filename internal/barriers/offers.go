package barriers

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

// Offer is one field that the page of a rule offers, in its group.
type Offer struct{ Group, Field, Words string }

// Offers lists the fields that a rule of this school can be made of: those that every school has, and the subjects, scales and own columns that this one
// has brought in.
func (s *Service) Offers(ctx context.Context, p access.Pass) (out []Offer, err error) {
	if err := p.CheckAll(Rules); err != nil {
		return nil, err
	}
	for _, f := range simpleFields {
		out = append(out, Offer{Group: groupOf(f.name), Field: f.name, Words: f.words})
	}
	slices.SortStableFunc(out, func(a, b Offer) int { return cmp.Compare(groupPlace(a.Group), groupPlace(b.Group)) })
	type subjectRow struct{ SubjectKey, Subject, Scale string }
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		subjects, err := db.All[subjectRow](tx, `select subject_key, min(subject) as subject, scale from progress_result where org_id = $1 group by subject_key, scale order by subject_key, scale`)
		if err != nil {
			return err
		}
		for _, r := range subjects {
			out = append(out, Offer{Group: "Results", Field: ResultField(r.SubjectKey, r.Scale), Words: r.Subject + " (" + scaleWords(r.Scale) + ")"})
		}
		columns, err := db.All[string](tx, `select distinct name from progress_fact where org_id = $1 order by name`)
		if err != nil {
			return err
		}
		for _, name := range columns {
			out = append(out, Offer{Group: "Your own columns", Field: "own[" + strconv.Quote(name) + "]", Words: name},
				Offer{Group: "Your own columns", Field: "own_number[" + strconv.Quote(name) + "]", Words: name + ", as a number"})
		}
		return nil
	})
	return out, err
}

var groups = []string{"About the pupil", "Attendance", "Behaviour", "Homework"}

func groupOf(field string) string {
	for _, g := range groups[1:] {
		if len(field) > len(g) && field[:len(g)] == string(g[0]|0x20)+g[1:] {
			return g
		}
	}
	return groups[0]
}

func groupPlace(group string) int { return slices.Index(groups, group) }
