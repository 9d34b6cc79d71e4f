package admin

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

func sets() []db.Migrations {
	return []db.Migrations{trail.Migrations(), batch.Migrations(), roll.Migrations(), Migrations()}
}

// place is one organisation of a test with a head and a teacher.
type place struct {
	org           roll.Org
	head, teacher roll.StaffID
}

func (p place) key() int64 { return int64(p.org.ID) }

func both(t *testing.T, body func(t *testing.T, s *Service, a, b place)) {
	testkit.Both(t, sets(), func(t *testing.T, d *db.DB) {
		s := New(d, roll.New(d, batch.New(d)))
		body(t, s, fill(t, s, "OAK"), fill(t, s, "ELM"))
	})
}

func fill(t *testing.T, s *Service, code string) (p place) {
	t.Helper()
	var err error
	if p.org, err = s.Roll.AddOrg(context.Background(), "test", roll.Org{Code: code, Name: code + " School", Type: "school"}, ""); err != nil {
		t.Fatal(err)
	}
	in(t, s, p, func(tx *db.Tx) error {
		if p.head, err = roll.AddStaff(tx, "Hetty Head", ""); err != nil {
			return err
		}
		if p.teacher, err = roll.AddStaff(tx, "Tom Teacher", ""); err != nil {
			return err
		}
		if err := roll.GiveRole(tx, p.head, roll.Head); err != nil {
			return err
		}
		return roll.GiveRole(tx, p.teacher, roll.Teacher)
	})
	return p
}

func in(t *testing.T, s *Service, p place, f func(*db.Tx) error) {
	t.Helper()
	if err := s.DB.Update(context.Background(), access.System("test", p.key()), f); err != nil {
		t.Fatal(err)
	}
}

func at(s *Service, after time.Duration) { s.DB.SetClock(clock.At(testkit.Day.Add(after))) }

// session signs a person in and gives the cookie's value.
func session(t *testing.T, s *Service, p place, who roll.StaffID) (token string) {
	t.Helper()
	if err := s.DB.Update(context.Background(), access.Installation("test"), func(tx *db.Tx) (err error) {
		token, err = open(tx, Entry{Org: p.org.ID, Staff: who, Way: WayLink, Device: "test"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return token
}

func unlock(t *testing.T, s *Service, token string) (fresh string) {
	t.Helper()
	if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) (err error) {
		fresh, err = s.unlocked(tx, token)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return fresh
}

func whoIs(t *testing.T, s *Service, token string) (access.Who, bool) {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: CookieName, Value: token})
	}
	who, ok, err := s.Identify(r)
	if err != nil {
		t.Fatal(err)
	}
	if !ok && (who.Org != 0 || who.Staff != 0 || len(who.Roles) > 0) {
		t.Errorf("nobody is %+v", who)
	}
	return who, ok
}

func stored[T any](t *testing.T, s *Service, query string, args ...any) (v T) {
	t.Helper()
	if err := s.DB.View(context.Background(), access.Installation("test"), func(tx *db.Tx) (err error) {
		v, err = db.One[T](tx, query, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhoSendsARequest(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		who, ok := whoIs(t, s, token)
		if !ok || who.Org != a.key() || who.OrgName != "OAK School" || who.Staff != int64(a.head) || who.Name != "Hetty Head" || len(who.Roles) != 1 || who.Roles[0] != roll.Head {
			t.Errorf("%v %+v", ok, who)
		}
		for _, wrong := range []string{"", "x", token + "x", token[1:], hash(token), strings.Repeat("x", 4000), "' or '1'='1"} {
			if who, ok := whoIs(t, s, wrong); ok {
				t.Errorf("%.20q is %+v", wrong, who)
			}
		}
	})
}

// A copy of the store must not let anyone in: neither cookies nor links are in it.
func TestOnlyHashesAreKept(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		secret, err := s.Link(t.Context(), a.org, "Hetty Head", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := stored[string](t, s, `select token_hash from admin_session`); got == token || len(got) != 64 || got != hash(token) {
			t.Errorf("kept %s", got)
		}
		if got := stored[string](t, s, `select token_hash from admin_link`); got == secret || len(got) != 64 {
			t.Errorf("kept %s", got)
		}
		if len(token) < 32 || len(secret) < 32 || token == session(t, s, a, a.head) {
			t.Errorf("secrets that can be guessed: %s", token)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		unused := session(t, s, a, a.head)
		at(s, SessionLength)
		if _, ok := whoIs(t, s, unused); !ok {
			t.Error("over at its last moment")
		}
		at(s, SessionLength+time.Millisecond)
		late := session(t, s, a, a.teacher) // signing in sweeps what is over, unless it was used
		_ = late
		signedOut := session(t, s, a, a.head)
		if err := s.SignOut(t.Context(), signedOut); err != nil {
			t.Fatal(err)
		}
		if _, ok := whoIs(t, s, signedOut); ok {
			t.Error("signed out and still there")
		}
		if _, ok := whoIs(t, s, late); !ok {
			t.Error("signing one person out signed another out")
		}
	})
}

func TestUnusedSessionIsOver(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		at(s, SessionLength+time.Millisecond)
		if _, ok := whoIs(t, s, token); ok {
			t.Error("still open")
		}
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := stored[int](t, s, `select count(*) from admin_session`); n != 0 {
			t.Errorf("%d sessions are kept", n)
		}
	})
}

func TestUseKeepsASessionOpen(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		for i := 1; i <= 5; i++ { // five times eleven hours of work
			after := time.Duration(i) * 11 * time.Hour
			at(s, after)
			who, ok := whoIs(t, s, token)
			if !ok || !who.Locked {
				t.Fatalf("after %s: %v %+v", after, ok, who)
			}
			token = unlock(t, s, token)
			at(s, after+time.Minute)
			after += time.Minute
			if who, ok := whoIs(t, s, token); !ok || who.Locked {
				t.Fatalf("after %s: %v %+v", after, ok, who)
			}
			want := testkit.Day.Add(after + SessionLength).UnixMilli()
			for try := 0; stored[int64](t, s, `select ends_ms from admin_session where token_hash = $1`, hash(token)) != want; try++ {
				if try > 500 {
					t.Fatal("the use was not noted")
				}
				time.Sleep(2 * time.Millisecond)
			}
		}
	})
}

// On SQLite there is one writer. Whoever only reads must not wait for it, even when the use of their session is due to be noted.
func TestIdentifyDoesNotWaitForAnImport(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		at(s, time.Hour)
		in(t, s, a, func(tx *db.Tx) error {
			for range 3 {
				began := time.Now()
				if _, ok := whoIs(t, s, token); !ok {
					t.Error("nobody")
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("waited %s", took)
				}
			}
			return nil
		})
	})
}

func TestWhoLeftIsNobody(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		head, teacher := session(t, s, a, a.head), session(t, s, a, a.teacher)
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-11-20' where org_id = $1 and id = $2`, a.head)
			return err
		})
		if _, ok := whoIs(t, s, head); !ok {
			t.Error("gone on the last day of work")
		}
		at(s, 14*time.Hour) // 00:30 on the day after
		in(t, s, a, func(tx *db.Tx) error { return nil })
		for _, token := range []string{head} {
			if _, ok := whoIs(t, s, token); ok {
				t.Error("still there on the day after")
			}
		}
		_ = teacher
		// A person of one organisation is nobody in another, even under the same key.
		if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
			_, err := open(tx, Entry{Org: b.org.ID, Staff: a.teacher, Way: WayLink})
			return err
		}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a stranger comes in: %v", err)
		}
	})
}

func TestRoleThatEndedIsGoneFromTheNextRequest(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		if who, _ := whoIs(t, s, token); len(who.Roles) != 1 {
			t.Fatalf("%+v", who)
		}
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff_role set ends = '2026-11-19' where org_id = $1 and staff_id = $2`, a.head)
			return err
		})
		who, ok := whoIs(t, s, token)
		if !ok || len(who.Roles) != 0 || access.NewGate(roll.Rights()).Admit(who).Has(roll.See) {
			t.Errorf("%v %+v", ok, who)
		}
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_staff_role (org_id, id, staff_id, role, starts) values ($1, 5, $2, 'teacher', '2026-11-21')`, a.head)
			return err
		})
		if who, _ := whoIs(t, s, token); len(who.Roles) != 0 {
			t.Errorf("a role of tomorrow: %+v", who)
		}
	})
}

func TestLinkWorksOnce(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		secret, err := s.Link(t.Context(), a.org, "Ruth Okafor", "")
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.Use(t.Context(), secret, strings.Repeat("ä", 500)+"\xff")
		if err != nil {
			t.Fatal(err)
		}
		who, ok := whoIs(t, s, token)
		if !ok || who.Name != "Ruth Okafor" || who.Org != a.key() || len(who.Roles) != 1 || who.Roles[0] != roll.Administrator {
			t.Errorf("%v %+v", ok, who)
		}
		for name, wrong := range map[string]string{"used": secret, "made up": "x", "empty": "", "its hash": hash(secret)} {
			if token, err := s.Use(t.Context(), wrong, "x"); fault.KindOf(err) != fault.Forbidden || token != "" {
				t.Errorf("%s: %q, %v", name, token, err)
			}
		}
	})
}

func TestLinkExpires(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		first, err := s.Link(t.Context(), a.org, "Hetty Head", "")
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.Link(t.Context(), a.org, "Hetty Head", "")
		if err != nil {
			t.Fatal(err)
		}
		at(s, LinkHours*time.Hour)
		if _, err := s.Use(t.Context(), first, ""); err != nil {
			t.Errorf("in its last moment: %v", err)
		}
		at(s, LinkHours*time.Hour+time.Millisecond)
		if _, err := s.Use(t.Context(), second, ""); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "48 hours") {
			t.Errorf("got %v", err)
		}
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := stored[int](t, s, `select count(*) from admin_link`); n != 0 {
			t.Errorf("%d links are kept", n)
		}
	})
}

func TestLinkNamesOnePerson(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		if _, err := s.Link(t.Context(), a.org, "", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a name: %v", err)
		}
		if _, err := s.Link(t.Context(), a.org, "Tom Teacher", "emperor"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a role that is none: %v", err)
		}
		// A link alone makes nobody who is there already an administrator.
		if _, err := s.Link(t.Context(), a.org, "Tom Teacher", ""); err != nil {
			t.Fatal(err)
		}
		in(t, s, a, func(tx *db.Tx) error {
			roles, err := roll.RolesOf(tx, a.teacher)
			if len(roles) != 1 || roles[0] == roll.Administrator {
				t.Errorf("after a plain link Tom is %v", roles)
			}
			return err
		})
		// Somebody who is there already gets the role that is named and no double; their namesake elsewhere gets nothing.
		if _, err := s.Link(t.Context(), a.org, "Tom Teacher", roll.Administrator); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			p    place
			want int
		}{{a, 2}, {b, 1}} {
			in(t, s, c.p, func(tx *db.Tx) error {
				people, err := roll.People(tx)
				if len(people) != 2 {
					t.Errorf("%s has %d people", c.p.org.Code, len(people))
				}
				roles, _ := roll.RolesOf(tx, c.p.teacher)
				if len(roles) != c.want {
					t.Errorf("%s: Tom is %v", c.p.org.Code, roles)
				}
				return err
			})
		}
		in(t, s, a, func(tx *db.Tx) error { _, err := roll.AddStaff(tx, "Hetty Head", ""); return err })
		if _, err := s.Link(t.Context(), a.org, "Hetty Head", ""); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "2 people called Hetty Head") {
			t.Errorf("two of one name: %v", err)
		}
	})
}

func TestLookingAround(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		if err := s.AddGuest(t.Context(), a.org.ID, a.teacher, 1, "A teacher"); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Guests(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("closed, and offers %v, %v", list, err)
		}
		if token, err := s.Enter(t.Context(), a.org.ID, a.teacher, ""); fault.KindOf(err) != fault.NotFound || token != "" {
			t.Errorf("closed, and let in: %v", err)
		}
		s.LookAround = true
		list, err := s.Guests(t.Context())
		if err != nil || len(list) != 1 || list[0].Name != "Tom Teacher" || list[0].OrgName != "OAK School" || list[0].Words != "A teacher" {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, c := range []struct {
			name  string
			org   roll.OrgID
			staff roll.StaffID
			ok    bool
		}{{"a guest", a.org.ID, a.teacher, true}, {"a real person", a.org.ID, a.head, false}, {"of another school", b.org.ID, b.head, false}, {"a guest under another school", b.org.ID, a.teacher, false}, {"nobody", 0, 0, false}} {
			token, err := s.Enter(t.Context(), c.org, c.staff, "")
			if c.ok != (err == nil) || c.ok != (token != "") {
				t.Errorf("%s: %q, %v", c.name, token, err)
			}
			if !c.ok && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", c.name, err)
			}
			if who, ok := whoIs(t, s, token); ok != c.ok || c.ok && who.Name != "Tom Teacher" {
				t.Errorf("%s: %v %+v", c.name, ok, who)
			}
		}
	})
}
