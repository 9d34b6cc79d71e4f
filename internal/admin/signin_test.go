package admin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

const good = "kettle drum under seven maps"

// light keeps the tests quick; how hashing is done is the same.
func light() *Hasher { return NewHasher(64, 1) }

func address(t *testing.T, s *Service, p place, who roll.StaffID, email string) {
	t.Helper()
	in(t, s, p, func(tx *db.Tx) error {
		_, err := tx.Exec(`update roll_staff set email = $3 where org_id = $1 and id = $2`, who, email)
		return err
	})
	if err := s.KeepAddresses(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// withPassword gives somebody an address and a password, and a session in which it was set.
func withPassword(t *testing.T, s *Service, p place, who roll.StaffID, email, password string) (token string) {
	t.Helper()
	s.Hash = light()
	address(t, s, p, who, email)
	token, err := s.SetPassword(t.Context(), session(t, s, p, who), "", password)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func told(t *testing.T, s *Service, p place, kind trail.Kind) (words []string) {
	t.Helper()
	if err := s.DB.View(t.Context(), access.System("test", p.key()), func(tx *db.Tx) error {
		list, err := trail.List(tx, trail.Filter{Kinds: []trail.Kind{kind}, Limit: 100})
		for _, l := range list {
			words = append(words, l.Who+": "+l.Words)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return words
}

func TestSignInByPassword(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		old := withPassword(t, s, a, a.head, "Head@Oak.example", good)
		in, err := s.SignIn(t.Context(), Try{Address: " hEAD@oak.example ", Password: good, Source: "1.2.3.4", Device: "Firefox", Token: old})
		if err != nil {
			t.Fatal(err)
		}
		who, ok := whoIs(t, s, in.Token)
		if !ok || who.Org != a.key() || who.Staff != int64(a.head) || who.SecondFactorMs != 0 || who.Locked {
			t.Errorf("%v %+v", ok, who)
		}
		if _, ok := whoIs(t, s, old); ok {
			t.Error("the session that was in the browser before is still open: whoever planted it is in")
		}
		for name, wrong := range map[string]Try{
			"wrong password": {Address: "head@oak.example", Password: good + "x"}, "blank at the end": {Address: "head@oak.example", Password: good + " "},
			"unknown": {Address: "nobody@oak.example", Password: good}, "nothing": {}, "no address": {Password: good}, "no password": {Address: "head@oak.example"},
			"long": {Address: "head@oak.example", Password: strings.Repeat("x", 100000)},
		} {
			wrong.Source = name
			in, err := s.SignIn(t.Context(), wrong)
			if fault.KindOf(err) != fault.Invalid || in.Token != "" || err.Error() != errWrong().Error() {
				t.Errorf("%s: %+v, %v", name, in, err)
			}
		}
		if got := told(t, s, a, trail.SignIn); !slices.Contains(got, "Hetty Head: with a password") {
			t.Errorf("trail: %q", got)
		}
		if got := told(t, s, a, trail.SignInFailed); len(got) == 0 || len(told(t, s, b, trail.SignInFailed)) != 0 {
			t.Errorf("trail: %q", got)
		}
	})
}

// What is kept opens nothing: neither the password nor a code nor the key of an app stands in the store.
func TestOnlyHashesOfPasswords(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		if kept := stored[string](t, s, `select password from admin_account where password <> ''`); !strings.HasPrefix(kept, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(kept, good) {
			t.Errorf("kept %s", kept)
		}
		secret, _, codes := setApp(t, s, token)
		if kept := stored[string](t, s, `select sealed from admin_factor`); strings.Contains(kept, secret) {
			t.Errorf("kept %s", kept)
		}
		if n := stored[int](t, s, `select count(*) from admin_recovery where code_hash = $1 or code_hash = $2`, codes[0], strings.ReplaceAll(codes[0], "-", "")); n != 0 {
			t.Error("a recovery code is kept as it is")
		}
	})
}

// Under new settings a right password is hashed anew by itself.
func TestHashesAreRaised(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "h@oak.example", good)
		s.Hash = NewHasher(128, 2)
		for range 2 {
			if _, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good}); err != nil {
				t.Fatal(err)
			}
		}
		if kept := stored[string](t, s, `select password from admin_account where password <> ''`); !strings.Contains(kept, "m=128,t=2") {
			t.Errorf("kept %s", kept)
		}
	})
}

func TestWhoLeftDoesNotComeIn(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "h@oak.example", good)
		in(t, s, a, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-11-01' where org_id = $1 and id = $2`, a.head)
			return err
		})
		if in, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good}); err == nil || err.Error() != errWrong().Error() || in.Token != "" {
			t.Errorf("%v", err)
		}
	})
}

// Somebody who works at two schools, and two who share an address: each comes in where their password fits, and chooses where it fits twice.
func TestOneAddressForTwo(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "office@oak.example", good)
		withPassword(t, s, a, a.teacher, "office@oak.example", "another set of four words")
		withPassword(t, s, b, b.head, "office@oak.example", good)
		in, err := s.SignIn(t.Context(), Try{Address: "office@oak.example", Password: "another set of four words"})
		if err != nil || in.Token == "" || in.Choices[0].Staff != a.teacher {
			t.Fatalf("%+v, %v", in, err)
		}
		in, err = s.SignIn(t.Context(), Try{Address: "office@oak.example", Password: good})
		if err != nil || in.Token != "" || len(in.Choices) != 2 {
			t.Fatalf("%+v, %v", in, err)
		}
		if _, err := s.Choose(t.Context(), in.Ticket, a.org.ID, a.teacher, Try{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("chose somebody whom the password does not fit: %v", err)
		}
		if _, err := s.Choose(t.Context(), in.Ticket+"x", b.org.ID, b.head, Try{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("with a ticket of their own making: %v", err)
		}
		got, err := s.Choose(t.Context(), in.Ticket, b.org.ID, b.head, Try{})
		if err != nil {
			t.Fatal(err)
		}
		if who, ok := whoIs(t, s, got.Token); !ok || who.Org != b.key() {
			t.Errorf("%v %+v", ok, who)
		}
		at(s, 6*time.Minute)
		if _, err := s.Choose(t.Context(), in.Ticket, b.org.ID, b.head, Try{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("after six minutes: %v", err)
		}
	})
}

// An unknown address costs as much as a known one: the same runs of the hash, and as many counts.
func TestUnknownPeopleCostTheSame(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "h@oak.example", good)
		address(t, s, a, a.teacher, "t@oak.example") // works there, has no password
		for _, typed := range []string{"h@oak.example", "t@oak.example", "nobody@oak.example"} {
			before := s.Hash.Runs()
			_, err := s.SignIn(t.Context(), Try{Address: typed, Password: "never that one at all", Source: typed})
			if err == nil || err.Error() != errWrong().Error() {
				t.Errorf("%s: %v", typed, err)
			}
			if n := s.Hash.Runs() - before; n != 1 {
				t.Errorf("%s took %d runs", typed, n)
			}
		}
	})
}

// Strangers who guess slow themselves down, and never the device that somebody has used before.
func TestGuessingLocksNobodyOut(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "h@oak.example", good)
		withPassword(t, s, b, b.head, "h@elm.example", good)
		mine, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good, Source: "school"})
		if err != nil {
			t.Fatal(err)
		}
		var refused error
		for i := range perUnknown.tries + 5 {
			_, refused = s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: "guess", Source: string(rune('a' + i))})
		}
		if fault.KindOf(refused) != fault.Forbidden {
			t.Fatalf("after many guesses: %v", refused)
		}
		before := s.Hash.Runs()
		if _, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good, Source: "z"}); fault.KindOf(err) != fault.Forbidden || s.Hash.Runs() != before {
			t.Errorf("a device that is not known still guesses: %v", err)
		}
		if in, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good, Source: "school", Known: mine.Known}); err != nil || in.Token == "" {
			t.Errorf("the owner is locked out: %v", err)
		}
		if _, err := s.SignIn(t.Context(), Try{Address: "h@elm.example", Password: good, Source: "school"}); err != nil {
			t.Errorf("somebody else is locked out: %v", err)
		}
		// The cookie of a known device speaks for those alone who signed in there.
		if _, err := s.SignIn(t.Context(), Try{Address: "h@elm.example", Password: good, Source: "school", Known: mine.Known + "x"}); err != nil {
			t.Errorf("a broken cookie: %v", err)
		}
		// A known device may not guess for ever either.
		for range perDevice.tries + 1 {
			_, refused = s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: "guess", Known: mine.Known})
		}
		if fault.KindOf(refused) != fault.Forbidden {
			t.Errorf("a known device guesses without end: %v", refused)
		}
		at(s, time.Hour+time.Minute)
		if _, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good, Source: "z"}); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestOneSourceIsSlowedDown(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		withPassword(t, s, a, a.head, "h@oak.example", good)
		var err error
		for i := range perSource.tries + 1 {
			_, err = s.SignIn(t.Context(), Try{Address: strings.Repeat("x", i+1) + "@oak.example", Password: "guess", Source: "6.6.6.6"})
		}
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
		if _, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good, Source: "7.7.7.7"}); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
	})
}

func TestPasswordRules(t *testing.T) {
	own := []string{"Hephzibah Orlebar", "h.orlebar@oakfield.sch.uk", "Oakfield School"}
	for password, ok := range map[string]bool{
		good: true, "correct-horse-battery": true, "ünter den Linden geh ich": true, "eleven char": false, "password1234": false, "P4ssw0rd2026!": false, "letmein12345": false,
		"aaaaaaaaaaaaaaa": false, "abcabcabcabcabc": false, "1234567890123": false, "qwertyuiop123": false, "Orlebar-Oakfield": false, "hephzibah2026": false,
		"Oakfield School 1": false, strings.Repeat("x y", 50): false, "Oakfield has seven green doors": true, "\xff\xfe is no text at all": false, "sunshine12345": false, "Liverpool1892!!": false,
	} {
		if err := CheckPassword(password, own...); (err == nil) != ok {
			t.Errorf("%.30q: %v", password, err)
		}
	}
	if n := len(common()); n < 25000 {
		t.Errorf("%d common passwords", n)
	}
}

// No more than a few hashes are made at once, and who waits too long is told so.
func TestHashingIsBounded(t *testing.T) {
	h := light()
	var all []func()
	for range maxHashes {
		done, err := h.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, done)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Make(ctx, good); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("one more: %v", err)
	}
	all[0]()
	if _, err := h.Make(t.Context(), good); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"", "$argon2id$v=19$m=999999999,t=1,p=1$AAAA$AAAA", "$argon2id$x", "plain", "$argon2id$v=19$m=64,t=99999,p=1$AAAA$AAAA"} {
		if ok, _, err := h.Check(t.Context(), wrong, ""); ok || err != nil {
			t.Errorf("%q fits: %v", wrong, err)
		}
	}
}

func TestOwnPassword(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		other := session(t, s, a, a.head)
		if _, err := s.SetPassword(t.Context(), token, "not the old one", "five entirely new words here"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without the old one: %v", err)
		}
		if _, err := s.SetPassword(t.Context(), token, good, "hetty.head.oak"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("of the own name: %v", err)
		}
		fresh, err := s.SetPassword(t.Context(), token, good, "five entirely new words here")
		if err != nil || fresh == token {
			t.Fatal(err)
		}
		for name, gone := range map[string]string{"the old cookie": token, "another device": other} {
			if _, ok := whoIs(t, s, gone); ok {
				t.Errorf("%s is still open", name)
			}
		}
		if _, ok := whoIs(t, s, fresh); !ok {
			t.Error("signed out by changing the password")
		}
		if _, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good}); err == nil {
			t.Error("the old password still fits")
		}
	})
}

// setApp sets up an authenticator app, and gives its key, the session's new cookie and the recovery codes.
func setApp(t *testing.T, s *Service, token string) (secret, fresh string, codes []string) {
	t.Helper()
	v, err := s.BeginApp(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	secret = strings.ReplaceAll(v.Key, " ", "")
	if u, err := url.Parse(v.URL); err != nil || u.Query().Get("secret") != secret || !strings.HasPrefix(v.URL, "otpauth://totp/Ajar") {
		t.Errorf("%s, %v", v.URL, err)
	}
	fresh, codes, err = s.ConfirmApp(t.Context(), token, v.Sealed, codeNow(t, s, secret, 0))
	if err != nil {
		t.Fatal(err)
	}
	return secret, fresh, codes
}

func codeNow(t *testing.T, s *Service, secret string, steps int64) string {
	t.Helper()
	code, err := codeAt(secret, s.DB.Clock().Now().Unix()/stepSeconds+steps)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// The codes of RFC 6238, appendix B, for SHA-1: six figures of each.
func TestCodesOfTheStandard(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	if got, err := codeAt(secret, 59/stepSeconds); err != nil || got != "287082" {
		t.Errorf("at 59: %s, %v", got, err)
	}
	for at, want := range map[int64]string{1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got, err := codeAt(secret, at/stepSeconds); err != nil || got != want {
			t.Errorf("at %d: %s, want %s, %v", at, got, want, err)
		}
		for drift, ok := range map[int64]bool{-61: false, -30: true, 0: true, 30: true, 61: false} {
			if _, fits, err := stepOf(secret, want[:3]+" "+want[3:], (at+drift)*1000, 0); fits != ok || err != nil {
				t.Errorf("at %d%+d: %v, %v", at, drift, fits, err)
			}
		}
	}
}

func TestAppProvesOnce(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		secret, fresh, _ := setApp(t, s, token)
		if who, ok := whoIs(t, s, fresh); !ok || who.SecondFactorMs == 0 {
			t.Errorf("setting it up did not prove: %v %+v", ok, who)
		}
		if _, ok := whoIs(t, s, token); ok {
			t.Error("the cookie from before the proof is still open")
		}
		in, err := s.SignIn(t.Context(), Try{Address: "h@oak.example", Password: good})
		if err != nil {
			t.Fatal(err)
		}
		for name, code := range map[string]string{"the code it was set up with": codeNow(t, s, secret, 0), "one of two minutes ago": codeNow(t, s, secret, -4), "nothing": "", "short": "12345", "letters": "abcdef"} {
			if _, err := s.ProveByCode(t.Context(), in.Token, code); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		at(s, time.Minute)
		code := codeNow(t, s, secret, 0)
		// Two at once: one of them proves.
		var wg sync.WaitGroup
		results := make([]error, 2)
		other := session(t, s, a, a.head)
		for i, tok := range []string{in.Token, other} {
			wg.Go(func() { _, results[i] = s.ProveByCode(context.Background(), tok, code) })
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("one code in two browsers at once: %v, %v", results[0], results[1])
		}
		if n := stored[int](t, s, `select count(*) from admin_session where factor_ms > 0 and token_hash <> $1`, hash(fresh)); n != 1 {
			t.Errorf("%d sessions proved", n)
		}
		if got := told(t, s, a, trail.SignInFailed); len(got) == 0 || len(told(t, s, b, trail.SignIn)) != 0 {
			t.Errorf("%q", got)
		}
	})
}

func TestCodesCanNotBeGuessed(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		secret, _, _ := setApp(t, s, token)
		at(s, time.Minute)
		guesser := session(t, s, a, a.head)
		var err error
		for range perSession.tries + 1 {
			_, err = s.ProveByCode(t.Context(), guesser, "000000")
		}
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a session guesses on: %v", err)
		}
		if _, err := s.ProveByCode(t.Context(), guesser, codeNow(t, s, secret, 0)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the right one after too many: %v", err)
		}
		for range perFactor.tries {
			_, err = s.ProveByCode(t.Context(), session(t, s, a, a.head), "000000")
		}
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("many sessions guess on: %v", err)
		}
	})
}

func TestRecoveryCodes(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		_, fresh, codes := setApp(t, s, token)
		if len(codes) != recoveryCodes || len(codes[0]) != 14 || slices.Compact(slices.Sorted(slices.Values(codes)))[9] == "" {
			t.Fatalf("%q", codes)
		}
		other := session(t, s, a, a.head)
		proved, left, err := s.ProveByRecovery(t.Context(), other, " "+strings.ToUpper(strings.ReplaceAll(codes[0], "-", " ")))
		if err != nil || left != 9 {
			t.Fatalf("%d left, %v", left, err)
		}
		if who, ok := whoIs(t, s, proved); !ok || who.SecondFactorMs == 0 {
			t.Errorf("%v %+v", ok, who)
		}
		for name, code := range map[string]string{"used": codes[0], "none": "", "made up": "2222-2222-2222"} {
			if _, _, err := s.ProveByRecovery(t.Context(), session(t, s, a, a.head), code); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Not those of somebody else, and not after new ones were made.
		if _, _, err := s.ProveByRecovery(t.Context(), session(t, s, b, b.head), codes[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("of another school: %v", err)
		}
		again, err := s.NewRecovery(t.Context(), fresh)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.ProveByRecovery(t.Context(), session(t, s, a, a.head), codes[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an old one: %v", err)
		}
		if _, _, err := s.ProveByRecovery(t.Context(), session(t, s, a, a.head), again[1]); err != nil {
			t.Errorf("a new one: %v", err)
		}
	})
}

// The ways to sign in change only just after a second factor was proved, by whoever has one.
func TestChangingWaysAsksAgain(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		secret, fresh, _ := setApp(t, s, token)
		at(s, FreshLength+time.Minute)
		unproved := session(t, s, a, a.head)
		for name, tok := range map[string]string{"proved long ago": fresh, "not proved": unproved} {
			_, err := s.BeginApp(t.Context(), tok)
			_, err2 := s.NewRecovery(t.Context(), tok)
			_, err3 := s.SetPassword(t.Context(), tok, good, "five entirely new words here")
			for _, err := range []error{err, err2, err3, s.RemoveApp(t.Context(), tok)} {
				if err != ErrNotFresh {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		proved, err := s.ProveByCode(t.Context(), fresh, codeNow(t, s, secret, 0))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveApp(t.Context(), proved); err != nil {
			t.Error(err)
		}
		if got := told(t, s, a, trail.RightChanged); !slices.Contains(got, "Hetty Head: removed their authenticator app") {
			t.Errorf("%q", got)
		}
	})
}

// A session ends after seven days though it is used all the time, also when it is unlocked again and again.
func TestLongestSession(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := session(t, s, a, a.head)
		for after := 10 * time.Hour; after < LongestSession; after += 10 * time.Hour {
			at(s, after)
			token = unlock(t, s, token)
		}
		at(s, LongestSession)
		if _, ok := whoIs(t, s, token); !ok {
			t.Error("over at its last moment")
		}
		at(s, LongestSession+time.Millisecond)
		if _, ok := whoIs(t, s, token); ok {
			t.Error("still open after seven days")
		}
	})
}

// A second factor counts for a day.
func TestProofEnds(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		_, fresh, _ := setApp(t, s, withPassword(t, s, a, a.head, "h@oak.example", good))
		in(t, s, a, func(tx *db.Tx) error {
			return tx.Within(access.Installation("test"), func(tx *db.Tx) error {
				_, err := tx.Exec(`update admin_session set factor_ms = $1, seen_ms = $2, ends_ms = $3 where token_hash = $4`, tx.Now()-ProofLength.Milliseconds()-1, tx.Now(), tx.Now()+1000, hash(fresh))
				return err
			})
		})
		if who, ok := whoIs(t, s, fresh); !ok || who.SecondFactorMs != 0 {
			t.Errorf("%v %+v", ok, who)
		}
	})
}

func TestLocking(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		token := withPassword(t, s, a, a.head, "h@oak.example", good)
		secret, token, _ := setApp(t, s, token)
		who, _ := whoIs(t, s, token)
		if who.LockMs != 30*60*1000 {
			t.Errorf("the head locks after %d ms", who.LockMs)
		}
		for _, c := range []struct {
			roles []access.Role
			want  int64
		}{{nil, 30}, {[]access.Role{roll.Office}, 60}, {[]access.Role{roll.Office, roll.Teacher}, 30}, {[]access.Role{roll.Office, roll.SafeguardingLead}, 15}, {[]access.Role{roll.FamilyWorker}, 15}} {
			in(t, s, a, func(tx *db.Tx) error {
				got, err := lockAfter(tx, c.roles)
				if got != c.want*60000 {
					t.Errorf("%v: %d", c.roles, got)
				}
				return err
			})
		}
		pass := access.NewGate(roll.Rights()).Admit(access.Who{Org: a.key(), Staff: int64(a.head), Name: "Hetty Head", Roles: []access.Role{roll.Head}})
		values, err := s.Roll.SchoolSettings(t.Context(), pass)
		if err != nil {
			t.Fatal(err)
		}
		values[roll.LockOthersSetting] = "3"
		if err := s.Roll.Decide(t.Context(), pass, values); fault.KindOf(err) != fault.Invalid {
			t.Errorf("three minutes: %v", err)
		}
		values[roll.LockOthersSetting] = "5"
		if err := s.Roll.Decide(t.Context(), pass, values); err != nil {
			t.Fatal(err)
		}
		at(s, 5*time.Minute)
		if who, _ := whoIs(t, s, token); who.Locked {
			t.Error("locked in the last moment")
		}
		s.Wait()
		other := session(t, s, a, a.head)
		if err := s.Lock(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if who, ok := whoIs(t, s, other); !ok || !who.Locked {
			t.Errorf("locked by hand: %v %+v", ok, who)
		}
		at(s, 12*time.Minute)
		for range 2 {
			if who, ok := whoIs(t, s, token); !ok || !who.Locked { // looking at it does not open it again
				t.Errorf("%v %+v", ok, who)
			}
		}
		// A locked session changes nothing, opens nothing that was held, and goes on with the password or the app alone.
		if _, err := s.BeginApp(t.Context(), other); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
		if err := s.EndDevice(t.Context(), other, 1); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v", err)
		}
		for _, wrong := range []string{"", "x", "another set of four words"} {
			if _, err := s.UnlockByPassword(t.Context(), token, wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		fresh, err := s.UnlockByPassword(t.Context(), token, good)
		if err != nil {
			t.Fatal(err)
		}
		if who, ok := whoIs(t, s, fresh); !ok || who.Locked || who.SecondFactorMs == 0 {
			t.Errorf("%v %+v", ok, who)
		}
		if _, ok := whoIs(t, s, token); ok {
			t.Error("the cookie of the locked session is still there")
		}
		if fresh, err = s.ProveByCode(t.Context(), other, codeNow(t, s, secret, 0)); err != nil {
			t.Fatal(err)
		}
		if who, ok := whoIs(t, s, fresh); !ok || who.Locked {
			t.Errorf("%v %+v", ok, who)
		}
	})
}

// hold sends a form as a browser with this cookie would.
func hold(t *testing.T, s *Service, token, path string, form url.Values) (ids.ID[Held], error) {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: CookieName, Value: token})
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	key, err := s.Hold(r)
	if err != nil {
		return 0, err
	}
	id, err := ids.Parse[Held](key)
	if err != nil {
		t.Fatal(err)
	}
	return id, nil
}

func TestHeldForms(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		mine, same, stranger := session(t, s, a, a.head), session(t, s, a, a.head), session(t, s, b, b.head)
		id, err := hold(t, s, mine, "/settings?x=1", url.Values{"words": {"half a secret\nand more", "twice"}})
		if err != nil {
			t.Fatal(err)
		}
		if kept := stored[string](t, s, `select sealed from admin_held`); strings.Contains(kept, "secret") {
			t.Error("what was typed is kept as it is")
		}
		got, err := s.HeldFor(t.Context(), mine, id)
		if err != nil || got.Path != "/settings?x=1" || got.Values["words"][0] != "half a secret\nand more" || len(got.Values["words"]) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		for name, token := range map[string]string{"another session of the same person": same, "another school": stranger, "nobody": "", "made up": "x"} {
			if got, err := s.HeldFor(t.Context(), token, id); fault.KindOf(err) != fault.NotFound || got.Path != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
		if err := s.Lock(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		if _, err := s.HeldFor(t.Context(), mine, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a locked session: %v", err)
		}
		mine = unlock(t, s, mine)
		if _, err := s.HeldFor(t.Context(), mine, id); err != nil {
			t.Errorf("after the cookie changed: %v", err)
		}
		for range maxHeld {
			if _, err := hold(t, s, mine, "/settings", url.Values{}); err != nil {
				t.Fatal(err)
			}
		}
		if n := stored[int](t, s, `select count(*) from admin_held`); n != maxHeld {
			t.Errorf("%d are held", n)
		}
		if _, err := hold(t, s, "nobody", "/settings", url.Values{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("held for nobody: %v", err)
		}
		if _, err := hold(t, s, mine, "/settings", url.Values{"x": {strings.Repeat("x", maxHeldBytes+1)}}); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("too long: %v", err)
		}
		last, err := hold(t, s, mine, "/settings", url.Values{})
		if err != nil {
			t.Fatal(err)
		}
		at(s, HeldLength+time.Minute)
		if _, err := s.HeldFor(t.Context(), mine, last); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an hour later: %v", err)
		}
		if err := s.SignOut(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		if n := stored[int](t, s, `select count(*) from admin_held`); n != 0 {
			t.Errorf("%d are held after signing out", n)
		}
	})
}

func TestDevices(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		mine, other, third, theirs := session(t, s, a, a.head), session(t, s, a, a.head), session(t, s, a, a.head), session(t, s, a, a.teacher)
		x, _, err := s.SessionOf(t.Context(), mine)
		if err != nil {
			t.Fatal(err)
		}
		list, lately, err := s.Devices(t.Context(), x)
		if err != nil || len(list) != 3 || len(lately) != 3 {
			t.Fatalf("%d devices, %d lines, %v", len(list), len(lately), err)
		}
		y, _, _ := s.SessionOf(t.Context(), other)
		z, _, _ := s.SessionOf(t.Context(), theirs)
		if err := s.EndDevice(t.Context(), mine, z.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("ended a colleague's: %v", err)
		}
		if err := s.EndDevice(t.Context(), mine, y.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := whoIs(t, s, other); ok {
			t.Error("still open")
		}
		if n, err := s.EndOthers(t.Context(), mine); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		for token, want := range map[string]bool{mine: true, third: false, theirs: true} {
			if _, ok := whoIs(t, s, token); ok != want {
				t.Errorf("open: %v, want %v", ok, want)
			}
		}
	})
}

// A process of before sessions had numbers opens sessions beside us in the minutes of an upgrade, all with the number 0. What somebody does to theirs
// touches nobody else's, whether or not the next request came in between.
func TestSessionsOfBeforeTheUpgradeAreNobodyElses(t *testing.T) {
	both(t, func(t *testing.T, s *Service, a, b place) {
		yesterday := func(p place, staff roll.StaffID) string {
			t.Helper()
			token := session(t, s, p, staff)
			if err := s.DB.Update(t.Context(), access.Installation("test"), func(tx *db.Tx) error {
				_, err := tx.Exec(`update admin_session set id = 0 where token_hash = $1`, hash(token))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return token
		}
		opened := func(when string, want map[string]bool) {
			t.Helper()
			for token, open := range want {
				x, found, err := s.SessionOf(t.Context(), token)
				if err != nil || found != open || x.LockedMs != 0 {
					t.Errorf("%s: open %v, not %v, locked %d, %v", when, found, open, x.LockedMs, err)
				}
			}
		}
		// Before any request has given them numbers.
		mine, again, theirs, elsewhere := yesterday(a, a.head), yesterday(a, a.head), yesterday(a, a.teacher), yesterday(b, b.head)
		all := map[string]bool{mine: true, again: true, theirs: true, elsewhere: true}
		for name, do := range map[string]func() error{
			"signs out":    func() error { return s.SignOut(t.Context(), mine) },
			"ends a 0":     func() error { return s.EndDevice(t.Context(), mine, 0) },
			"ends others":  func() error { _, err := s.EndOthers(t.Context(), mine); return err },
			"sends a form": func() error { _, err := hold(t, s, mine, "/pupils", url.Values{"a": {"b"}}); return err },
		} {
			if err := do(); fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			opened(name, all)
		}
		if err := s.Lock(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		opened("locked one", map[string]bool{again: true, theirs: true, elsewhere: true})
		// From the next request on each has its own.
		mine = yesterday(a, a.head)
		for _, token := range []string{mine, theirs} {
			if _, ok := whoIs(t, s, token); !ok {
				t.Error("put out by the upgrade")
			}
		}
		numbers := map[int64]bool{}
		for _, token := range []string{mine, again, theirs, elsewhere} {
			x, _, err := s.SessionOf(t.Context(), token)
			if err != nil || x.ID == 0 || numbers[int64(x.ID)] {
				t.Errorf("the number %d, %v", x.ID, err)
			}
			numbers[int64(x.ID)] = true
		}
		id, err := hold(t, s, theirs, "/pupils", url.Values{"a": {"b"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.HeldFor(t.Context(), yesterday(b, b.teacher), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another opens what was held: %v", err)
		}
		// The list gives numbers to one's other devices, so that each can be ended.
		lost := yesterday(a, a.head)
		x, _, err := s.SessionOf(t.Context(), mine)
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := s.Devices(t.Context(), x)
		if err != nil || len(list) < 3 {
			t.Fatalf("%d devices, %v", len(list), err)
		}
		here := 0
		for _, d := range list {
			if d.ID == 0 {
				t.Error("a device has no number")
			}
			if d.Here {
				here++
			}
		}
		if l, _, err := s.SessionOf(t.Context(), lost); err != nil || s.EndDevice(t.Context(), mine, l.ID) != nil || here != 1 {
			t.Errorf("could not end the lost device; here is %d, %v", here, err)
		}
		if err := s.SignOut(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		opened("signed out", map[string]bool{mine: false, lost: false, again: true, theirs: true, elsewhere: true})
		if _, err := s.HeldFor(t.Context(), theirs, id); err != nil {
			t.Errorf("what a colleague sent is gone: %v", err)
		}
		// So does the sweep that runs every hour.
		last := yesterday(a, a.head)
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if x, _, err := s.SessionOf(t.Context(), last); err != nil || x.ID == 0 {
			t.Errorf("the sweep left %+v, %v", x, err)
		}
	})
}

// sent is a mail server that keeps what it gets.
type sent struct {
	mu   sync.Mutex
	list []post.Ready
}

func (d *sent) Send(_ context.Context, r post.Ready) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, r)
	return "", nil
}

func mailing(t *testing.T, body func(t *testing.T, s *Service, box *sent, a, b place)) {
	testkit.Both(t, append([]db.Migrations{jobs.Migrations(), post.Migrations()}, sets()...), func(t *testing.T, d *db.DB) {
		s := New(d, roll.New(d, batch.New(d)))
		s.Hash = light()
		q := jobs.New(d, slog.New(slog.DiscardHandler))
		s.Post = post.New(d, q)
		s.Post.May, s.Post.Sender = post.Whether(roll.MayPost), roll.Sender
		box := &sent{}
		s.Post.Use(post.Email, box)
		s.Address = "https://ajar.example"
		body(t, s, box, fill(t, s, "OAK"), fill(t, s, "ELM"))
	})
}

func linkIn(r post.Ready) string {
	_, rest, _ := strings.Cut(r.Body, "https://ajar.example/password/")
	secret, _, _ := strings.Cut(rest, "\n")
	return secret
}

// A link to choose a password comes to the address of whoever it belongs to, and to nobody else; the page says the same to everybody.
func TestForgottenPassword(t *testing.T) {
	mailing(t, func(t *testing.T, s *Service, box *sent, a, b place) {
		address(t, s, a, a.head, "Head@Oak.example")
		address(t, s, b, b.teacher, "gone@elm.example")
		in(t, s, b, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_staff set ends = '2026-11-01' where org_id = $1 and id = $2`, b.teacher)
			return err
		})
		for _, typed := range []string{"head@oak.example", "nobody@oak.example", "gone@elm.example", "", "x"} {
			s.Forgotten(t.Context(), typed, "1.1.1.1")
		}
		s.Wait()
		if _, err := s.Post.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(box.list) != 1 || box.list[0].Address != "Head@Oak.example" {
			t.Fatalf("%+v", box.list)
		}
		secret := linkIn(box.list[0])
		open := session(t, s, a, a.head)
		v, err := s.Invitation(t.Context(), secret)
		if err != nil || v.Name != "Hetty Head" || v.OrgName != "OAK School" {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := s.ChooseByLink(t.Context(), secret, "too short", Try{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
		got, err := s.ChooseByLink(t.Context(), secret, good, Try{})
		if err != nil {
			t.Fatal(err)
		}
		if who, ok := whoIs(t, s, got.Token); !ok || who.Staff != int64(a.head) || who.SecondFactorMs != 0 {
			t.Errorf("%v %+v", ok, who)
		}
		if _, ok := whoIs(t, s, open); ok {
			t.Error("who was signed in before the reset still is")
		}
		if _, err := s.ChooseByLink(t.Context(), secret, good+" again", Try{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the second time: %v", err)
		}
		if _, err := s.SignIn(t.Context(), Try{Address: "head@oak.example", Password: good}); err != nil {
			t.Error(err)
		}
		// Asked for too often, no more goes out; after two hours a link is over.
		for range 6 {
			s.Forgotten(t.Context(), "head@oak.example", "2.2.2.2")
			s.Wait()
		}
		if _, err := s.Post.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(box.list); n != 4 {
			t.Errorf("%d letters", n)
		}
		at(s, ResetHours*time.Hour+time.Minute)
		if _, err := s.ChooseByLink(t.Context(), linkIn(box.list[2]), good+" again", Try{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("too late: %v", err)
		}
	})
}

// Who can sign in: nobody gets a way to become somebody who may do more.
func TestInvitations(t *testing.T) {
	mailing(t, func(t *testing.T, s *Service, box *sent, a, b place) {
		var lead, admin roll.StaffID
		in(t, s, a, func(tx *db.Tx) (err error) {
			if lead, err = roll.AddStaff(tx, "Sunita Lead", ""); err != nil {
				return err
			}
			if err = roll.GiveRole(tx, lead, roll.SafeguardingLead); err != nil {
				return err
			}
			if admin, err = roll.AddStaff(tx, "Adam Admin", ""); err != nil {
				return err
			}
			return roll.GiveRole(tx, admin, roll.Administrator)
		})
		address(t, s, a, lead, "lead@oak.example")
		gate := access.NewGate(roll.Rights(), Rights(), []access.Right{Trail, {Key: "notes", Words: "read notes", Roles: map[access.Role]access.Scope{roll.SafeguardingLead: access.All, roll.Teacher: access.Own}}})
		pass := func(p place, who roll.StaffID, role access.Role) access.Pass {
			return gate.Admit(access.Who{Org: p.key(), Staff: int64(who), Name: "Somebody", Roles: []access.Role{role}})
		}
		boss := pass(a, admin, roll.Administrator)
		for name, p := range map[string]access.Pass{"a teacher": pass(a, a.teacher, roll.Teacher), "nobody": {}} {
			if _, err := s.WhoCanSignIn(t.Context(), p); err == nil {
				t.Errorf("%s sees the list", name)
			}
		}
		list, err := s.WhoCanSignIn(t.Context(), boss)
		if err != nil || len(list) != 4 {
			t.Fatalf("%d, %v", len(list), err)
		}
		// For a beginner the administrator may hold the link; once she has a way in, it goes to her own address alone.
		secret, err := s.HandLink(t.Context(), boss, lead)
		if err != nil {
			t.Fatal(err)
		}
		in1, err := s.ChooseByLink(t.Context(), secret, good, Try{})
		if err != nil {
			t.Fatal(err)
		}
		setApp(t, s, in1.Token)
		if _, err := s.HandLink(t.Context(), boss, lead); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a way to become her: %v", err)
		}
		if err := s.RemoveFactors(t.Context(), boss, lead); fault.KindOf(err) != fault.Conflict {
			t.Errorf("her second step: %v", err)
		}
		if err := s.Invite(t.Context(), boss, lead); err != nil {
			t.Error(err)
		}
		if _, err := s.Post.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(box.list) != 1 || box.list[0].Address != "lead@oak.example" {
			t.Errorf("%+v", box.list)
		}
		if err := s.Invite(t.Context(), boss, a.teacher); fault.KindOf(err) != fault.Conflict {
			t.Errorf("without an address: %v", err)
		}
		if _, err := s.HandLink(t.Context(), boss, admin); fault.KindOf(err) != fault.Conflict {
			t.Errorf("for oneself: %v", err)
		}
		// Another school's people are not there.
		for _, err := range []error{s.Invite(t.Context(), boss, b.head), s.RemoveFactors(t.Context(), boss, b.head)} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("of another school: %v", err)
			}
		}
		theirs := session(t, s, b, b.head)
		if _, err := s.SignOutColleague(t.Context(), boss, b.head); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
		tok := session(t, s, a, lead)
		if n, err := s.SignOutColleague(t.Context(), boss, lead); err != nil || n < 2 {
			t.Errorf("%d, %v", n, err)
		}
		if _, ok := whoIs(t, s, tok); ok {
			t.Error("still signed in")
		}
		if _, ok := whoIs(t, s, theirs); !ok {
			t.Error("somebody of another school is out")
		}
		if err := s.RemoveFactorsOf(t.Context(), a.org, "Sunita Lead"); err != nil {
			t.Error(err)
		}
		if n := stored[int](t, s, `select (select count(*) from admin_factor) + (select count(*) from admin_recovery)`); n != 0 {
			t.Errorf("%d are left", n)
		}
		got := strings.Join(told(t, s, a, trail.RightChanged), "; ")
		for _, want := range []string{"made a link to choose a password", "sent a link to choose a password by e-mail", "signed them out everywhere", "took their second step away"} {
			if !strings.Contains(got, want) {
				t.Errorf("the trail does not say %q: %s", want, got)
			}
		}
		if b, _ := json.Marshal(list); strings.Contains(string(b), "argon2") {
			t.Error("the list has secrets in it")
		}
	})
}
