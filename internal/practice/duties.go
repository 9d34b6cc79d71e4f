package practice

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Duties lists the roles of staff.
func (s *Service) Duties(ctx context.Context, p access.Pass) (out []Duty, c DutyCount, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, c, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = duties(tx)
		c = CountDuties(out)
		if err != nil || p.Scope(See) >= access.Own {
			return err
		}
		var texts []*string
		for i := range out {
			out[i].ByName = ""
			texts = append(texts, &out[i].Title, &out[i].Note)
		}
		return roll.WithoutNames(tx, texts...)
	})
	return out, c, err
}

// PutDuty adds a role to the register, or changes it.
func (s *Service) PutDuty(ctx context.Context, p access.Pass, d Duty) (id ids.ID[Duty], err error) {
	d.Title, d.Note = strings.TrimSpace(d.Title), strings.TrimSpace(d.Note)
	err = s.keeping(ctx, p, func(tx *db.Tx) error {
		var f fault.Fields
		if d.Title == "" {
			f.Add("title", "Write what the role is called, such as “Teaching assistant”.")
		}
		if !slices.Contains([]string{"yes", "no", "unknown"}, d.Duty) {
			f.Add("duty", "Say whether the job description has it. “Not known” is an answer too.")
		}
		tooLong(&f, "title", d.Title, 200)
		tooLong(&f, "note", d.Note, longest)
		if err := f.Err(); err != nil {
			return err
		}
		if d.ID == 0 {
			d.ID = ids.New[Duty]()
		} else if _, err := dutyByID(tx, d.ID); err != nil {
			return err
		}
		id = d.ID
		return putDuty(tx, d)
	})
	return id, err
}

// DropDuty takes a role off the register, or puts it back.
func (s *Service) DropDuty(ctx context.Context, p access.Pass, id ids.ID[Duty], off bool) error {
	return s.keeping(ctx, p, func(tx *db.Tx) error {
		if _, err := dutyByID(tx, id); err != nil {
			return err
		}
		return removeDuty(tx, id, stamp(tx, off))
	})
}
