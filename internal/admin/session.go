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
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// CookieName is the session's cookie.
const CookieName = "ajar"

const (
	// SessionLength is how long a session lasts without being used: a school day with its evening. Long before that it is locked.
	SessionLength = 12 * time.Hour
	// LongestSession is when a session ends though it is used all the time.
	LongestSession = 7 * 24 * time.Hour
	// CookieLength is how long the browser keeps the key. The session behind it ends by itself, and each use makes that later, so the cookie has to
	// outlast it: one as short as the session would sign people out in the middle of their work.
	CookieLength = LongestSession + 24*time.Hour
	// ProofLength is for how long a second factor counts in one session.
	ProofLength = 24 * time.Hour
	// FreshLength is for how long it counts when the ways to sign in are themselves changed.
	FreshLength = 10 * time.Minute
	// noteEvery is how exactly it is known when a session was last used.
	noteEvery = 30 * time.Second
)

func hash(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Session is one browser in which somebody is signed in.
type Session struct {
	ID     ids.ID[Session]
	Org    roll.OrgID
	Staff  roll.StaffID
	Way    string
	Device string
	// FactorMs is when a second factor was proved; 0 for never or too long ago.
	FactorMs int64
	LockedMs int64
	MadeMs   int64
	SeenMs   int64
	EndsMs   int64
}

const sessionColumns = `s.id, s.org, s.staff, s.way, s.device, s.factor_ms, s.locked_ms, s.made_ms, s.seen_ms, s.ends_ms`

// sessionOf finds the session of a cookie that is not over, locked or not.
func sessionOf(tx *db.Tx, token string) (x Session, found bool, err error) {
	if token == "" {
		return x, false, nil
	}
	x, found, err = db.Maybe[Session](tx, `select `+sessionColumns+` from admin_session s where s.token_hash = $1 and s.ends_ms >= $2`, hash(token), tx.Now())
	if x.FactorMs < tx.Now()-ProofLength.Milliseconds() {
		x.FactorMs = 0
	}
	return x, found, err
}

// Sessions that a process of before sessions had numbers opens beside us, in the minutes of an upgrade, have the number 0, all of them. Numbers say whose form is
// held and which device is ended: whoever meets a nought gives every session a number of its own first, and nothing is done to the session 0.

// number gives every session a number.
func (s *Service) number(ctx context.Context) error {
	return s.DB.Update(ctx, access.Installation("give sessions of before the upgrade a number").Often(), numberSessions)
}

func numberSessions(tx *db.Tx) error {
	list, err := db.All[string](tx, `select token_hash from admin_session where id = $1`, 0)
	if err != nil {
		return err
	}
	for _, key := range list {
		if _, err := tx.Exec(`update admin_session set id = $2 where token_hash = $1 and id = 0`, key, ids.New[Session]()); err != nil {
			return err
		}
	}
	return nil
}

func errNoNumber() error {
	return fault.New(fault.Conflict, "Ajar is being brought up to date at this moment, so nothing was done. Please try once more in a minute.")
}

// Token is what the browser brought along; empty when it brought nothing.
func Token(r *http.Request) string {
	c, err := r.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// Identify finds out who sends a request. No session, one that is over, and one of a person who has left are all the same: nobody.
func (s *Service) Identify(r *http.Request) (access.Who, bool, error) {
	token := Token(r)
	if token == "" {
		return access.Who{}, false, nil
	}
	var x Session
	var found bool
	who := access.Who{}
	err := s.DB.View(r.Context(), access.Installation("find the session of a request"), func(tx *db.Tx) (err error) {
		if x, found, err = sessionOf(tx, token); err != nil || !found {
			return err
		}
		who.OrgName, err = db.One[string](tx, `select name from roll_org where id = $1`, x.Org)
		return err
	})
	if err != nil || !found {
		return access.Who{}, false, err
	}
	if x.ID == 0 {
		if err := s.number(r.Context()); err != nil {
			return access.Who{}, false, err
		}
	}
	who.Org, who.Staff, who.SecondFactorMs = int64(x.Org), int64(x.Staff), x.FactorMs
	if x.Way == WayDemo {
		if !s.LookAround {
			return access.Who{}, false, nil
		}
		who.SecondFactorMs = x.MadeMs // fictional people have nothing to prove
	}
	err = s.DB.View(r.Context(), access.System("read the roles of the person who asks", who.Org), func(tx *db.Tx) error {
		st, found, err := db.Maybe[roll.Staff](tx, `select s.id, s.local_id, s.forename, s.surname, s.name, s.email, s.ends, s.sort_key
			from roll_staff s where s.org_id = $1 and s.id = $2 and s.ends >= $3`, x.Staff, tx.Today())
		if err != nil || !found {
			return err
		}
		who.Name = st.Name
		if who.Roles, err = roll.RolesOf(tx, st.ID); err != nil {
			return err
		}
		if x.Way != WayDemo {
			if who.LockMs, err = lockAfter(tx, who.Roles); err != nil {
				return err
			}
		}
		hat, err := roll.HatOf(tx, st.ID)
		who.Hat = int64(hat)
		return err
	})
	if err != nil || who.Name == "" {
		return access.Who{}, false, err
	}
	unused := s.DB.Clock().Now().UnixMilli() - x.SeenMs
	who.Locked = x.LockedMs > 0 || who.LockMs > 0 && unused > who.LockMs+noteEvery.Milliseconds()
	if !who.Locked && unused > noteEvery.Milliseconds() {
		s.inUse(hash(token), x.MadeMs)
	}
	return who, true, nil
}

// inUse notes that a session is in use, beside the request: on SQLite there is one writer, and a person who only reads must not wait until
// somebody's import of a large file is through. When it can't be noted in time, the next request tries again.
func (s *Service) inUse(key string, made int64) {
	if _, busy := s.noting.LoadOrStore(key, true); busy {
		return
	}
	go func() {
		defer s.noting.Delete(key)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = s.DB.Update(ctx, access.Installation("note that a session is in use").Often(), func(tx *db.Tx) error {
			ends := min(tx.Now()+SessionLength.Milliseconds(), made+LongestSession.Milliseconds())
			_, err := tx.Exec(`update admin_session set seen_ms = $1, ends_ms = $2 where token_hash = $3 and ends_ms >= $1 and locked_ms = 0`, tx.Now(), ends, key)
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
		if err := numberSessions(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from admin_link where ends_ms < $1`, tx.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from admin_reset where ends_ms < $1`, tx.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from admin_try where last_ms < $1`, tx.Now()-tryMemory.Milliseconds()); err != nil {
			return err
		}
		_, err := tx.Exec(`delete from admin_held where made_ms < $1`, tx.Now()-HeldLength.Milliseconds())
		return err
	})
}

// The ways in.
const (
	WayLink     = "link"
	WayPassword = "password"
	WayProvider = "provider"
	WayPasskey  = "passkey"
	WayDemo     = "demo"
)

// Entry is somebody coming in. FactorMs is when they proved a second factor on the way, such as a passkey; 0 for not yet.
type Entry struct {
	Org      roll.OrgID
	Staff    roll.StaffID
	Way      string
	Device   string // what the browser says about itself
	FactorMs int64
}

// wayWords finish the sentence "Signed in …".
var wayWords = map[string]string{WayLink: "with a link", WayPassword: "with a password", WayProvider: "with the school's account", WayPasskey: "with a passkey", WayDemo: "to look around"}

// open makes a session and gives the cookie's value. It is the only way in: whoever calls it has made sure who it is. Nobody who has left comes in.
func open(tx *db.Tx, e Entry) (string, error) {
	token := newToken()
	name, err := staffName(tx, e.Org, e.Staff)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", fault.New(fault.Forbidden, "You can't sign in there any more. If that is a mistake, ask the person who looks after Ajar in your school.")
	}
	device := strings.ToValidUTF8(strings.ReplaceAll(e.Device[:min(len(e.Device), 200)], "\x00", ""), "") // browsers send any bytes, and PostgreSQL keeps only texts
	// Sessions that are over are of no use to anyone.
	if _, err := tx.Exec(`delete from admin_session where ends_ms < $1`, tx.Now()); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`insert into admin_session (token_hash, id, org, staff, way, device, factor_ms, made_ms, seen_ms, ends_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)`,
		hash(token), ids.New[Session](), e.Org, e.Staff, e.Way, device, e.FactorMs, tx.Now(), tx.Now()+SessionLength.Milliseconds()); err != nil {
		return "", err
	}
	return token, trail.WriteAs(tx, access.Who{Org: int64(e.Org), Staff: int64(e.Staff), Name: name}, trail.Entry{Kind: trail.SignIn, About: "staff", Key: int64(e.Staff), Words: wayWords[e.Way]})
}

// staffName is the name of somebody who works there today; empty for anybody else.
func staffName(tx *db.Tx, org roll.OrgID, staff roll.StaffID) (name string, err error) {
	if org == 0 {
		return "", nil
	}
	err = tx.Within(access.System("name the person who signs in", int64(org)), func(tx *db.Tx) error {
		name, _, err = db.Maybe[string](tx, `select name from roll_staff where org_id = $1 and id = $2 and ends >= $3`, staff, tx.Today())
		return err
	})
	return name, err
}

// tell writes to the trail of somebody's school what they did at the door.
func tell(tx *db.Tx, org roll.OrgID, staff roll.StaffID, kind trail.Kind, words string) error {
	name, err := staffName(tx, org, staff)
	if err != nil || name == "" {
		return err
	}
	return trail.WriteAs(tx, access.Who{Org: int64(org), Staff: int64(staff), Name: name}, trail.Entry{Kind: kind, About: "staff", Key: int64(staff), Words: words})
}

// proved marks that whoever this session belongs to has proved a second factor now, and unlocks it. The cookie gets a new value, since from now on
// it opens more: one that somebody put into the browser before is worth nothing.
func (s *Service) proved(tx *db.Tx, token string) (string, error) { return renew(tx, token, true) }

// unlocked is proved without a second factor: a session that was locked and is not any more.
func (s *Service) unlocked(tx *db.Tx, token string) (string, error) { return renew(tx, token, false) }

func renew(tx *db.Tx, token string, factor bool) (string, error) {
	x, found, err := sessionOf(tx, token)
	if err != nil {
		return "", err
	}
	if !found {
		return "", errSignedOut()
	}
	fresh := newToken()
	if factor {
		x.FactorMs = tx.Now()
	}
	ends := min(tx.Now()+SessionLength.Milliseconds(), x.MadeMs+LongestSession.Milliseconds())
	_, err = tx.Exec(`update admin_session set token_hash = $2, factor_ms = $3, locked_ms = 0, seen_ms = $4, ends_ms = $5 where token_hash = $1`, hash(token), hash(fresh), x.FactorMs, tx.Now(), ends)
	return fresh, err
}

func errSignedOut() error {
	return fault.New(fault.Forbidden, "You are signed out. Please sign in again.")
}

// fresh tells whether a second factor was proved in this session within the last minutes, as changing the ways to sign in asks.
func (s *Service) fresh(tx *db.Tx, token string) (bool, error) {
	x, found, err := sessionOf(tx, token)
	return found && x.LockedMs == 0 && s.Fresh(x), err
}

// Fresh tells the same of a session that was found already.
func (s *Service) Fresh(x Session) bool {
	return x.FactorMs > 0 && x.FactorMs >= s.DB.Clock().Now().UnixMilli()-FreshLength.Milliseconds()
}

// SignOut ends the session of a cookie, and what was held for it.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.DB.Update(ctx, access.Installation("end a session"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		if err != nil || !found {
			return err
		}
		if err := endSession(tx, x.ID); err != nil {
			return err
		}
		return tell(tx, x.Org, x.Staff, trail.SignOut, "")
	})
}

func endSession(tx *db.Tx, id ids.ID[Session]) error {
	if id == 0 {
		return errNoNumber()
	}
	if _, err := tx.Exec(`delete from admin_held where session = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`delete from admin_session where id = $1`, id)
	return err
}
