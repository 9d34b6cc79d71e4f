package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// LinkHours is how long a sign-in link waits to be used.
const LinkHours = 48

// Link gives the secret of a link that signs a member of staff in once. A name that is new joins the staff, as administrator or in the role that is
// named; someone who works there keeps their roles, and gets the one that is named. For the command, which only someone with the data can run.
func (s *Service) Link(ctx context.Context, org roll.Org, name string, role access.Role) (secret string, err error) {
	if name == "" {
		return "", fault.Field("name", "Say who the link is for, for example --name \"Ruth Okafor\".")
	}
	if role != "" && !slices.Contains(roll.Roles, role) {
		return "", fault.Field("role", "%q is not a role. The roles are: %s.", role, roleList())
	}
	var staff roll.StaffID
	err = s.DB.Update(ctx, access.System("make a sign-in link by command", int64(org.ID)), func(tx *db.Tx) error {
		same, err := db.All[roll.StaffID](tx, `select id from roll_staff where org_id = $1 and name = $2 and ends >= $3`, name, tx.Today())
		if err != nil {
			return err
		}
		if len(same) > 1 {
			return fault.Field("name", "%d people called %s work there, and the link would be for one of them. Change the name of one in Ajar first, or use another name.", len(same), name)
		}
		if len(same) == 1 {
			staff = same[0]
		} else {
			if staff, err = roll.AddStaff(tx, name, ""); err != nil {
				return err
			}
			role = cmp.Or(role, roll.Administrator)
		}
		if role == "" {
			return nil
		}
		return roll.GiveRole(tx, staff, role)
	})
	if err != nil {
		return "", err
	}
	secret = newToken()
	err = s.DB.Update(ctx, access.Installation("make a sign-in link by command"), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into admin_link (token_hash, org, staff, made_ms, ends_ms) values ($1, $2, $3, $4, $5)`,
			hash(secret), org.ID, staff, tx.Now(), tx.Now()+LinkHours*3600*1000)
		return err
	})
	return secret, err
}

func roleList() string {
	var out []string
	for _, r := range roll.Roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// Use signs in by a link, once.
func (s *Service) Use(ctx context.Context, secret, device string) (token string, err error) {
	err = s.DB.Update(ctx, access.Installation("use a sign-in link"), func(tx *db.Tx) error {
		type row struct{ Org, Staff int64 }
		x, found, err := db.Maybe[row](tx, `update admin_link set used_ms = $2 where token_hash = $1 and used_ms is null and ends_ms >= $2 returning org, staff`, hash(secret), tx.Now())
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Forbidden, "This link has been used, or is more than %d hours old. Ask the person who gave it to you for a new one; it takes them a minute.", LinkHours)
		}
		token, err = open(tx, Entry{Org: ids.ID[roll.Org](x.Org), Staff: ids.ID[roll.Staff](x.Staff), Way: WayLink, Device: device})
		return err
	})
	return token, err
}
