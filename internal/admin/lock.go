package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// lockGroup is a setting and the roles whose sessions it locks.
type lockGroup struct {
	setting string
	minutes int
	roles   []access.Role
}

// lockGroups are after how many minutes without use a session locks. Who holds several roles gets the shortest.
var lockGroups = []lockGroup{
	{roll.LockOfficeSetting, 60, []access.Role{roll.Office}},
	{roll.LockCaseworkSetting, 15, []access.Role{roll.SafeguardingLead, roll.FamilyWorker, roll.Partner}},
	{roll.LockOthersSetting, 30, nil}, // everybody else
}

// lockAfter is after how many milliseconds without use somebody's session locks.
func lockAfter(tx *db.Tx, roles []access.Role) (int64, error) {
	shortest := 0
	for i, g := range lockGroups {
		holds := slices.ContainsFunc(roles, func(r access.Role) bool {
			if g.roles != nil {
				return slices.Contains(g.roles, r)
			}
			return !slices.ContainsFunc(lockGroups[:i], func(o lockGroup) bool { return slices.Contains(o.roles, r) })
		}) || g.roles == nil && len(roles) == 0
		if !holds {
			continue
		}
		minutes := g.minutes
		text, err := roll.Setting(tx, g.setting)
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(text); err == nil && n > 0 {
			minutes = n
		}
		if shortest == 0 || minutes < shortest {
			shortest = minutes
		}
	}
	return (time.Duration(shortest) * time.Minute).Milliseconds(), nil
}

// Lock locks the session of a cookie, as its own page does when nobody has touched it for a while, and whoever leaves their desk.
func (s *Service) Lock(ctx context.Context, token string) error {
	return s.DB.Update(ctx, access.Installation("lock a session").Often(), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil || !found || x.LockedMs > 0 || x.Way == WayDemo {
			return err
		}
		if _, err := tx.Exec(`update admin_session set locked_ms = $2 where token_hash = $1`, hash(token), tx.Now()); err != nil {
			return err
		}
		return tell(tx, x.Org, x.Staff, trail.SignOut, "the session was locked")
	})
}

// SessionOf is the session of a cookie, locked or not.
func (s *Service) SessionOf(ctx context.Context, token string) (x Session, found bool, err error) {
	err = s.DB.View(ctx, access.Installation("find the session of a request"), func(tx *db.Tx) error {
		x, found, err = sessionOf(tx, token)
		return err
	})
	return x, found, err
}
