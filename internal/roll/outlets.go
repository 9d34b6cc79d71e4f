package roll

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// OwnOutlets are the ways by which something about a child reaches an adult from the roll itself, or by which the adult stands before staff who act on
// it. Reads names nothing here: the roll owns the tables.
func (s *Service) OwnOutlets() []Outlet {
	return []Outlet{
		{Key: "roll.record", Words: "The pupil's page, without a warning beside the adult", Needs: Address, Probe: s.recordShows},
		{Key: "roll.search", Words: "Search by their name, phone or e-mail, without a warning beside the child", Needs: Address, Probe: s.searchShows},
		{Key: "roll.tied", Words: "The child's record at the family's own door", Needs: Information, Probe: s.doorOpens},
		{Key: "roll.labels", Words: "Address labels", Needs: Contact | Lists, Probe: s.labelled},
		{Key: "roll.lists", Words: "Printed lists, CSV and Excel files of a class or cohort", Needs: Contact | Lists, Probe: s.listed},
		{Key: "roll.handing", Words: "Papers about the child that staff hand over", Needs: Information, Probe: s.handed},
	}
}

// recordShows looks at the record as somebody reads it who has the adult on the phone: no box beside the adult, and nothing of the other home marked
// as not to be given to them.
func (s *Service) recordShows(ctx context.Context, a Asked) (out Reach, err error) {
	r, err := s.Open(ctx, a.Staff, a.Pupil)
	if err != nil {
		return out, err
	}
	for _, rel := range r.Relations {
		if rel.Adult.ID != a.Adult {
			continue
		}
		out.Reached = len(rel.InForceOn(r.Today)) == 0
		for _, names := range r.NotGiven {
			out.Reached = out.Reached && !slices.Contains(names, rel.Adult.Name)
		}
	}
	return out, nil
}

func (s *Service) searchShows(ctx context.Context, a Asked) (out Reach, err error) {
	r, err := s.Open(ctx, a.Staff, a.Pupil)
	if err != nil {
		return out, err
	}
	for _, rel := range r.Relations {
		if rel.Adult.ID != a.Adult {
			continue
		}
		by := []string{rel.Adult.Name}
		for _, c := range rel.Adult.Channels {
			by = append(by, c.Value)
		}
		for _, text := range by {
			f, err := s.Find(ctx, a.Staff, text)
			if err != nil {
				return out, err
			}
			for _, hit := range f.Adults {
				for _, c := range hit.Children {
					out.Reached = out.Reached || hit.ID == a.Adult && c.ID == a.Pupil && !c.Restricted
				}
			}
		}
	}
	return out, nil
}

func (s *Service) doorOpens(ctx context.Context, a Asked) (out Reach, err error) {
	err = s.DB.View(ctx, a.Own, func(tx *db.Tx) error {
		_, _, err := EnterTied(tx, Tied, a.Pupil)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return out, nil
	}
	return Reach{Reached: err == nil}, err
}

func (s *Service) labelled(ctx context.Context, a Asked) (out Reach, err error) {
	c, err := s.Contacts(ctx, a.Staff, Group{Pupils: []PupilID{a.Pupil}})
	for _, l := range c.Labels {
		if l.Adult.ID == a.Adult {
			out = Reach{Reached: true, Text: strings.Join(l.Lines(), "\n")}
		}
	}
	return out, err
}

func (s *Service) listed(ctx context.Context, a Asked) (out Reach, err error) {
	c, err := s.Contacts(ctx, a.Staff, Group{Pupils: []PupilID{a.Pupil}})
	for _, l := range c.Lines {
		out.Reached = out.Reached || l.Adult.ID == a.Adult
	}
	return out, err
}

func (s *Service) handed(ctx context.Context, a Asked) (out Reach, err error) {
	h, err := s.Handing(ctx, a.Staff, a.Pupil)
	for _, r := range h.To {
		out.Reached = out.Reached || r.Adult.ID == a.Adult
	}
	return out, err
}
