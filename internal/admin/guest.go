package admin

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Guest is a fictional person as whom a visitor can look around.
type Guest struct {
	Org, Staff int64
	Words      string
	OrgName    string
	Name       string
	Place      int
}

// Guests lists them. None are offered when looking around is not open.
func (s *Service) Guests(ctx context.Context) (out []Guest, err error) {
	if !s.LookAround {
		return nil, nil
	}
	err = s.DB.View(ctx, access.Installation("list the people of the demo"), func(tx *db.Tx) error {
		out, err = db.All[Guest](tx, `select d.org, d.staff, d.place, d.words, o.name as org_name from admin_demo d join roll_org o on o.id = d.org order by d.place`)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, g := range out {
		if err := s.DB.View(ctx, access.System("name a person of the demo", g.Org), func(tx *db.Tx) error {
			out[i].Name, err = db.One[string](tx, `select name from roll_staff where org_id = $1 and id = $2`, g.Staff)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Enter signs a visitor in as a person of the demo and of no other.
func (s *Service) Enter(ctx context.Context, org roll.OrgID, staff roll.StaffID, device string) (token string, err error) {
	if !s.LookAround {
		return "", fault.Gone("page")
	}
	err = s.DB.Update(ctx, access.Installation("look around in the demo"), func(tx *db.Tx) error {
		n, err := db.One[int](tx, `select count(*) from admin_demo where org = $1 and staff = $2`, org, staff)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Gone("person")
		}
		token, err = open(tx, Entry{Org: org, Staff: staff, Way: WayDemo, Device: device})
		return err
	})
	return token, err
}

// AddGuest offers a member of staff of a demo organisation to visitors.
func (s *Service) AddGuest(ctx context.Context, org roll.OrgID, staff roll.StaffID, place int, words string) error {
	return s.DB.Update(ctx, access.Installation("make the demo"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into admin_demo (org, staff, place, words) values ($1, $2, $3, $4)`, org, staff, place, words)
		return err
	})
}
