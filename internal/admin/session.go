package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

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
