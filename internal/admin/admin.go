// Package admin is the door for staff: sessions, one-time links, looking around in the demo, and the first page after the door.
//
// Tables: admin_session, admin_link, admin_demo, all of the installation. Begin reading at Identify.
package admin

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"sync"

	"ajar/internal/kit/access"
	"ajar/internal/kit/box"
	"ajar/internal/kit/db"
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
	homes      []HomePanel
	homeFoot   func(tx *db.Tx) (web.Component, error)
	noting     sync.Map // sessions whose use is being noted
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service { return &Service{DB: d, Roll: r, Box: box.Memory()} }
