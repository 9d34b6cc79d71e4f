package admin

import (
	"context"
	"slices"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
)

// Device is one browser in which somebody is signed in.
type Device struct {
	Session
	Here bool // the one that asks
}

// recentSignIns is how many the page shows.
const recentSignIns = 10

// Devices lists where the person of a session is signed in, and what happened at the door in their name lately.
func (s *Service) Devices(ctx context.Context, x Session) (out []Device, lately []trail.Line, err error) {
	s.settle(ctx)
	if err := s.numbered(ctx, x); err != nil {
		return nil, nil, err
	}
	err = s.DB.View(ctx, access.Installation("list the devices of somebody"), func(tx *db.Tx) error {
		list, err := sessionsOf(tx, x.Org, x.Staff)
		for _, o := range list {
			out = append(out, Device{o, o.ID == x.ID})
		}
		if err != nil {
			return err
		}
		return tx.Within(access.System("list the sign-ins of somebody", int64(x.Org)), func(tx *db.Tx) error {
			lately, err = trail.List(tx, trail.Filter{Staff: int64(x.Staff), Kinds: []trail.Kind{trail.SignIn, trail.SignInFailed, trail.SignOut}, Limit: recentSignIns})
			return err
		})
	})
	return out, lately, err
}

// numbered sees to it that each session of somebody can be told from the others, so that each can be ended.
func (s *Service) numbered(ctx context.Context, x Session) error {
	var list []Session
	if err := s.DB.View(ctx, access.Installation("list the devices of somebody"), func(tx *db.Tx) (err error) {
		list, err = sessionsOf(tx, x.Org, x.Staff)
		return err
	}); err != nil || !slices.ContainsFunc(list, func(o Session) bool { return o.ID == 0 }) {
		return err
	}
	return s.number(ctx)
}

// EndDevice ends one of one's own sessions. Somebody else's is not there.
func (s *Service) EndDevice(ctx context.Context, token string, id ids.ID[Session]) error {
	return s.DB.Update(ctx, access.Installation("end a session on another device"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || x.LockedMs > 0 {
			return errSignedOut()
		}
		list, err := sessionsOf(tx, x.Org, x.Staff)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.ID == id && id != 0 {
				if err := endSession(tx, o.ID); err != nil {
					return err
				}
				return tell(tx, x.Org, x.Staff, trail.SignOut, "on another device")
			}
		}
		return fault.Gone("device")
	})
}

// EndOthers ends all of one's own sessions but this one.
func (s *Service) EndOthers(ctx context.Context, token string) (n int64, err error) {
	err = s.DB.Update(ctx, access.Installation("end all other sessions"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil {
			return err
		}
		if !found || x.LockedMs > 0 {
			return errSignedOut()
		}
		if x.ID == 0 { // else none would be spared
			return errNoNumber()
		}
		if n, err = endSessions(tx, x.Org, x.Staff, x.ID); err != nil || n == 0 {
			return err
		}
		return tell(tx, x.Org, x.Staff, trail.SignOut, "on all other devices")
	})
	return n, err
}
