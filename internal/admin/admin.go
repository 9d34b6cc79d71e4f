// Package admin is the door for staff: sessions, one-time links, looking around in the demo, and the first page after the door.
//
// Tables: admin_session, admin_link, admin_demo, all of the installation. Begin reading at Identify.
package admin

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
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
	// LookAround opens the page of demo people. It is set by the command that serves the demo.
	LookAround bool
	homes      []HomePanel
	noting     sync.Map // sessions whose use is being noted
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service { return &Service{DB: d, Roll: r} }

// HomePanel is a piece of the first page that another capability supplies.
type HomePanel struct {
	Order int
	Need  access.Right
	Show  func(tx *db.Tx) (web.Component, error)
}

// AddHome puts a panel on the first page, while the program is put together.
func (s *Service) AddHome(p HomePanel) {
	at := len(s.homes)
	for at > 0 && s.homes[at-1].Order > p.Order {
		at--
	}
	s.homes = append(s.homes, HomePanel{})
	copy(s.homes[at+1:], s.homes[at:])
	s.homes[at] = p
}

// Home makes the panels of the first page that the pass may see.
func (s *Service) Home(ctx context.Context, p access.Pass) (out []web.Component, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		for _, h := range s.homes {
			if !p.Has(h.Need) {
				continue
			}
			c, err := h.Show(tx)
			if err != nil {
				return err
			}
			if c != nil {
				out = append(out, c)
			}
		}
		return nil
	})
	return out, err
}

// CookieName is the session's cookie.
const CookieName = "ajar"

// SessionLength is how long a session lasts without being used: long enough to come back to work on Monday, since a new link has to be asked for.
const SessionLength = 7 * 24 * time.Hour

// CookieLength is how long the browser keeps the key. The session behind it ends by itself, and each use makes that later, so the cookie has to
// outlast it: one as short as the session would sign people out in the middle of their work.
const CookieLength = 30 * 24 * time.Hour

func hash(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Identify finds out who sends a request. No session, one that is over, and one of a person who has left are all the same: nobody.
func (s *Service) Identify(r *http.Request) (access.Who, bool, error) {
	c, err := r.Cookie(CookieName)
	if err != nil || c.Value == "" {
		return access.Who{}, false, nil
	}
	type row struct {
		Org, Staff, SeenMs, EndsMs int64
		Name                       string
	}
	var x row
	var found bool
	key := hash(c.Value)
	err = s.DB.View(r.Context(), access.Installation("find the session of a request"), func(tx *db.Tx) error {
		x, found, err = db.Maybe[row](tx, `select s.org, s.staff, s.seen_ms, s.ends_ms, o.name from admin_session s join roll_org o on o.id = s.org where s.token_hash = $1`, key)
		return err
	})
	now := s.DB.Clock().Now()
	if err != nil || !found || x.EndsMs < now.UnixMilli() {
		return access.Who{}, false, err
	}
	who := access.Who{Org: x.Org, OrgName: x.Name, Staff: x.Staff}
	err = s.DB.View(r.Context(), access.System("read the roles of the person who asks", x.Org), func(tx *db.Tx) error {
		st, found, err := db.Maybe[roll.Staff](tx, `select s.id, s.local_id, s.forename, s.surname, s.name, s.email, s.ends, s.sort_key
			from roll_staff s where s.org_id = $1 and s.id = $2 and s.ends >= $3`, x.Staff, tx.Today())
		if err != nil || !found {
			return err
		}
		who.Name = st.Name
		who.Roles, err = roll.RolesOf(tx, st.ID)
		return err
	})
	if err != nil || who.Name == "" {
		return access.Who{}, false, err
	}
	if now.UnixMilli()-x.SeenMs > int64(5*time.Minute/time.Millisecond) {
		s.inUse(key)
	}
	return who, true, nil
}

// inUse notes that a session is in use, beside the request: on SQLite there is one writer, and a person who only reads must not wait until
// somebody's import of a large file is through. When it can't be noted in time, the next request tries again.
func (s *Service) inUse(key string) {
	if _, busy := s.noting.LoadOrStore(key, true); busy {
		return
	}
	go func() {
		defer s.noting.Delete(key)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = s.DB.Update(ctx, access.Installation("note that a session is in use").Often(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update admin_session set seen_ms = $1, ends_ms = $2 where token_hash = $3 and ends_ms >= $1`, tx.Now(), tx.Now()+SessionLength.Milliseconds(), key)
			return err
		})
	}()
}

// Sweep removes sessions and links that are over.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Update(ctx, access.Installation("remove sessions and links that are over"), func(tx *db.Tx) error {
		if _, err := tx.Exec(`delete from admin_session where ends_ms < $1`, tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(`delete from admin_link where ends_ms < $1`, tx.Now())
		return err
	})
}

// open makes a session and gives the cookie's value.
func open(tx *db.Tx, org roll.OrgID, staff roll.StaffID, device string) (string, error) {
	token := newToken()
	device = strings.ToValidUTF8(device[:min(len(device), 200)], "") // browsers send any bytes, and PostgreSQL keeps only texts
	// Sessions that are over are of no use to anyone.
	if _, err := tx.Exec(`delete from admin_session where ends_ms < $1`, tx.Now()); err != nil {
		return "", err
	}
	_, err := tx.Exec(`insert into admin_session (token_hash, org, staff, device, made_ms, seen_ms, ends_ms) values ($1, $2, $3, $4, $5, $5, $6)`,
		hash(token), org, staff, device, tx.Now(), tx.Now()+SessionLength.Milliseconds())
	return token, err
}

// SignOut ends the session of a cookie.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.DB.Update(ctx, access.Installation("end a session"), func(tx *db.Tx) error {
		_, err := tx.Exec(`delete from admin_session where token_hash = $1`, hash(token))
		return err
	})
}

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
		token, err = open(tx, org, staff, device)
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

// LinkHours is how long a sign-in link waits to be used.
const LinkHours = 48

// Link gives the secret of a link that signs a member of staff in once. A name that is new joins the staff, as administrator or in the role that is
// named; someone who works there keeps their roles, and gets the one that is named. For the command, which only someone with the data can run.
func (s *Service) Link(ctx context.Context, org roll.Org, name string, role access.Role) (secret string, err error) {
	if name == "" {
		return "", fault.Field("name", "Say who the link is for, for example --name \"Ruth Okafor\".")
	}
	if _, ok := roll.RoleWords[role]; role != "" && !ok {
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
		token, err = open(tx, ids.ID[roll.Org](x.Org), ids.ID[roll.Staff](x.Staff), device)
		return err
	})
	return token, err
}
