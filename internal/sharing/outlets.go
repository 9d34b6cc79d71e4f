package sharing

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// Outlets: the staff of another school read the names of adults, and an adult whom an order keeps from contact is not among them. A hand-over pack
// names every adult, with the orders, because the next school has to obey them; it goes to staff and to no adult of the family.
func (s *Service) Outlets() []roll.Outlet {
	return []roll.Outlet{{Key: "sharing.families", Words: "Adults named to another school as the child's family", Needs: roll.Contact, Reads: []string{"sharing.adultsShown", "sharing.ownParts", "sharing.Outlets"},
		Probe: func(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
			err = s.DB.View(ctx, a.Staff, func(tx *db.Tx) error {
				rels, err := roll.Relations(tx, a.Pupil)
				if err != nil {
					return err
				}
				names, err := adultsShown(tx, a.Pupil)
				for _, r := range rels {
					out.Reached = out.Reached || r.Adult.ID == a.Adult && slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, r.Adult.Name) })
				}
				return err
			})
			return out, err
		}}}
}
