// Package admin is the door for staff: sessions, one-time links, looking around in the demo, and the first page after the door.
//
// Tables: admin_session, admin_link, admin_demo, all of the installation. Begin reading at Identify.
package admin

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/box"
	"ajar/internal/kit/db"
	"ajar/internal/kit/oidc"
	"ajar/internal/kit/post"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "admin", Files: sub}
}

// Service signs people in and out.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	// AsParent opens the family's door for a member of staff who is also a parent here: the cookie to set and where to go. The room with that door
	// sets it; while it is nil nobody is offered the way.
	AsParent func(ctx context.Context, p access.Pass, agent string) (cookie *http.Cookie, path string, err error)
	// LookAround opens the page of demo people. It is set by the command that serves the demo.
	LookAround bool
	// Box seals the keys of second factors and what waits for a proof. The one that New puts here forgets its key; app puts the installation's own.
	Box *box.Box
	// MoreGuests adds to the page of demo people those who come by another door.
	MoreGuests func(*web.Req) (web.Component, error)
	// Log is told why somebody could not sign in by a provider, which people at the door are not told. It may be nil.
	Log  *slog.Logger
	asks *oidc.Client
	// Hash makes and checks the hashes of passwords.
	Hash *Hasher
	// Address is how this Ajar is reached from outside, such as https://ajar.example.org; empty when nobody has said. Links in e-mails begin with it, and
	// never with what a browser says, and so do the addresses to which providers send people back.
	Address string
	// Post sends e-mails to staff; nil while there is none.
	Post *post.Service
	// factors tell of other second factors whether somebody has one. See hasFactor.
	factors []func(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (bool, error)
	// removers take them away when somebody has lost theirs. See removeAll.
	removers   []func(tx *db.Tx, org roll.OrgID, staff roll.StaffID) error
	background sync.WaitGroup
	homes      []HomePanel
	homeFoot   func(tx *db.Tx) (web.Component, error)
	noting     sync.Map // sessions whose use is being noted
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service {
	s := &Service{DB: d, Roll: r, Box: box.Memory(), Hash: NewHasher(19*1024, 2), asks: oidc.New(func() time.Time { return d.Clock().Now() })}
	s.factors = append(s.factors, hasPasskey, hasProviderFactor)
	s.removers = append(s.removers, dropPasskeys)
	return s
}
