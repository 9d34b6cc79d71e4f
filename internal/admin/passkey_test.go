package admin

import (
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/passkey"
	"ajar/internal/kit/testkey"
	"ajar/internal/kit/trail"
)

// adds makes a passkey for whoever a session belongs to, and gives the new value of its cookie.
func adds(t *testing.T, s *Service, token string) (*testkey.Device, string) {
	t.Helper()
	options, sealed, err := s.AskPasskey(t.Context(), ajarAt, KeyToAdd, token)
	if err != nil {
		t.Fatal(err)
	}
	d := testkey.New(t, ajarAt)
	fresh, err := s.AddPasskey(t.Context(), ajarAt, sealed, d.Make(options), "  My   phone ", token)
	if err != nil {
		t.Fatal(err)
	}
	return d, fresh
}

func uses(t *testing.T, s *Service, d *testkey.Device) (string, error) {
	t.Helper()
	options, sealed, err := s.AskPasskey(t.Context(), ajarAt, KeyToSignIn, "")
	if err != nil {
		t.Fatal(err)
	}
	return s.UsePasskey(t.Context(), ajarAt, sealed, d.Use(options), "test")
}

func TestPasskeyFromItsMakingToItsEnd(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		d, fresh := adds(t, s, token)
		if _, ok := whoIs(t, s, token); ok {
			t.Error("making one proves the session, and the old cookie still opens it")
		}
		if who, _ := whoIs(t, s, fresh); who.SecondFactorMs == 0 {
			t.Errorf("%+v", who)
		}
		x, _, _ := s.SessionOf(t.Context(), fresh)
		keys, err := s.Passkeys(t.Context(), x)
		if err != nil || len(keys) != 1 || keys[0].Name != "My phone" || keys[0].Site != "ajar.example" {
			t.Errorf("%+v %v", keys, err)
		}
		if l := lastTrail(t, s, a.key(), trail.RightChanged); l.Staff != int64(a.head) || l.Words != "passkey added: My phone" {
			t.Errorf("%+v", l)
		}
		in1, err := uses(t, s, d)
		if who, _ := whoIs(t, s, in1); err != nil || who.Staff != int64(a.head) || who.Org != a.key() || who.SecondFactorMs == 0 {
			t.Fatalf("%+v %v", who, err)
		}
		if l := lastTrail(t, s, a.key(), trail.SignIn); l.Words != "with a passkey" {
			t.Errorf("%+v", l)
		}
		// Nobody but its owner takes it away, and not without a proof of this minute.
		other := session(t, s, a, a.teacher)
		foreign := session(t, s, b, b.head)
		for _, no := range []string{other, foreign} {
			if err := s.RemovePasskey(t.Context(), d.ID(), no); fault.KindOf(err) != fault.NotFound {
				t.Errorf("somebody else: %v", err)
			}
		}
		stale := session(t, s, a, a.head)
		if err := s.RemovePasskey(t.Context(), d.ID(), stale); !IsNotFresh(err) {
			t.Errorf("without a proof: %v", err)
		}
		if _, _, err := s.AskPasskey(t.Context(), ajarAt, KeyToAdd, stale); !IsNotFresh(err) {
			t.Errorf("another one without a proof: %v", err)
		}
		if err := s.RemovePasskey(t.Context(), d.ID(), in1); err != nil {
			t.Fatal(err)
		}
		if got, err := uses(t, s, d); fault.KindOf(err) != fault.Forbidden || got != "" {
			t.Errorf("taken away, and lets in: %v", err)
		}
	})
}

func TestPasskeyAsASecondFactor(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		d, _ := adds(t, s, session(t, s, a, a.head))
		tom, _ := adds(t, s, session(t, s, a, a.teacher))
		token := session(t, s, a, a.head)
		prove := func(d *testkey.Device, token string) (string, error) {
			t.Helper()
			options, sealed, err := s.AskPasskey(t.Context(), ajarAt, KeyToProve, token)
			if err != nil {
				return "", err
			}
			return s.ProveByPasskey(t.Context(), ajarAt, sealed, d.Use(options), token)
		}
		if got, err := prove(tom, token); fault.KindOf(err) != fault.Forbidden || got != "" {
			t.Errorf("somebody else's key: %v", err)
		}
		if l := lastTrail(t, s, a.key(), trail.SignInFailed); l.Staff != int64(a.head) || l.Words != "with a passkey" {
			t.Errorf("%+v", l)
		}
		if err := s.Lock(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		fresh, err := prove(d, token)
		if who, _ := whoIs(t, s, fresh); err != nil || who.Locked || who.SecondFactorMs == 0 {
			t.Errorf("%+v %v", who, err)
		}
		// A question belongs to one session and one purpose.
		options, sealed, err := s.AskPasskey(t.Context(), ajarAt, KeyToProve, fresh)
		if err != nil {
			t.Fatal(err)
		}
		second := session(t, s, a, a.head)
		if got, err := s.ProveByPasskey(t.Context(), ajarAt, sealed, d.Use(options), second); err == nil || got != "" {
			t.Error("another session was proved")
		}
		if got, err := s.UsePasskey(t.Context(), ajarAt, sealed, d.Use(options), "test"); err == nil || got != "" {
			t.Error("a question for a second factor signed somebody in")
		}
		if _, err := prove(d, session(t, s, b, b.head)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody without a key is asked for one: %v", err)
		}
	})
}

func TestPasskeysThatDoNotLetIn(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		d, fresh := adds(t, s, session(t, s, a, a.head))
		d.Count = 5
		if _, err := uses(t, s, d); err != nil {
			t.Fatal(err)
		}
		// One answer counts once.
		options, sealed, err := s.AskPasskey(t.Context(), ajarAt, KeyToSignIn, "")
		if err != nil {
			t.Fatal(err)
		}
		answer := d.Use(options)
		if _, err := s.UsePasskey(t.Context(), ajarAt, sealed, answer, "test"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.UsePasskey(t.Context(), ajarAt, sealed, answer, "test"); fault.KindOf(err) != fault.Forbidden || got != "" {
			t.Errorf("a second time: %v", err)
		}
		copied := d.Copy()
		copied.Count = 2
		if got, err := uses(t, s, copied); fault.KindOf(err) != fault.Forbidden || got != "" {
			t.Errorf("a copy: %v", err)
		}
		if l := lastTrail(t, s, a.key(), trail.SignInFailed); l.Staff != int64(a.head) || !strings.Contains(l.Words, "a copy") {
			t.Errorf("%+v", l)
		}
		for name, f := range map[string]func(*testkey.Device){
			"another site":        func(d *testkey.Device) { d.Origin = "https://evil.example" },
			"not checked who":     func(d *testkey.Device) { d.Unverified = true },
			"a made-up handle":    func(d *testkey.Device) { d.Handle = passkey.NewHandle() },
			"an older question":   func(d *testkey.Device) { d.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
			"for another address": func(d *testkey.Device) { d.RPID = "evil.example" },
		} {
			x := d.Copy()
			f(x)
			if got, err := uses(t, s, x); fault.KindOf(err) != fault.Forbidden || got != "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Another address of Ajar is another site: its keys are not asked for, and the question of one is no question at the other.
		if _, _, err := s.AskPasskey(t.Context(), "https://other.example", KeyToProve, fresh); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
		for _, base := range []string{"http://ajar.example", "https://10.0.0.1", ""} {
			if _, _, err := s.AskPasskey(t.Context(), base, KeyToSignIn, ""); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", base, err)
			}
		}
		// Too late.
		options, sealed, _ = s.AskPasskey(t.Context(), ajarAt, KeyToSignIn, "")
		now := s.DB.Clock().Now()
		s.DB.SetClock(clock.At(now.Add(passkey.CeremonyLasts + time.Second)))
		if got, err := s.UsePasskey(t.Context(), ajarAt, sealed, d.Use(options), "test"); err == nil || got != "" {
			t.Error("too late, and in")
		}
		s.DB.SetClock(clock.At(now))
		// Who has left stays out.
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-01-01' where org_id = $1 and id = $2`, a.head)
			return err
		})
		if got, err := uses(t, s, d); fault.KindOf(err) != fault.Forbidden || got != "" {
			t.Errorf("a leaver: %v", err)
		}
	})
}

// Whoever lost their devices is given a new beginning by an administrator: none of the old keys lets in.
func TestLostPasskeys(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		d, _ := adds(t, s, session(t, s, a, a.head))
		foreign, _ := adds(t, s, session(t, s, b, b.head))
		if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error { return s.removeAll(tx, a.org.ID, a.head) }); err != nil {
			t.Fatal(err)
		}
		if got, err := uses(t, s, d); err == nil || got != "" {
			t.Error("a lost key lets in")
		}
		if _, err := uses(t, s, foreign); err != nil {
			t.Errorf("another school's head lost theirs too: %v", err)
		}
	})
}

// A person of the demo is nobody's own: visitors change nothing about how they sign in.
func TestDemoPeopleHaveNoPasskeys(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		s.LookAround = true
		if err := s.AddGuest(t.Context(), a.org.ID, a.teacher, 1, "x"); err != nil {
			t.Fatal(err)
		}
		token, err := s.Enter(t.Context(), a.org.ID, a.teacher, "test")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AskPasskey(t.Context(), ajarAt, KeyToAdd, token); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
	})
}
