package admin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/square"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// stepSeconds is how long one code of an authenticator app stands.
const stepSeconds = 30

// codeAt is the code of a key at one step of time (RFC 6238 with SHA-1 and six figures, which every app knows).
func codeAt(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// stepOf finds the step whose code was typed: the present one, the one before or the one after, since clocks differ. It must be later than the last
// that was used.
func stepOf(secret, typed string, atMs, last int64) (int64, bool, error) {
	typed = strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == '-' || r == '\u00a0' }), "")
	now := atMs / 1000 / stepSeconds
	for _, step := range []int64{now, now - 1, now + 1} {
		code, err := codeAt(secret, step)
		if err != nil {
			return 0, false, err
		}
		if step > last && subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

const (
	factorPurpose = "the key of an authenticator app"
	setUpPurpose  = "a key for an authenticator app that is being set up"
)

// SetUp is what somebody needs to begin with an authenticator app. Nothing is kept of it until a code was typed: the key travels sealed in the form.
type SetUp struct {
	Key    string // as it is typed, in groups of four
	URL    string // what the square says
	Size   int    // of the square, in modules
	Lines  string // of the square
	Sealed string
}

type settingUp struct {
	Secret  string
	Session ids.ID[Session]
	EndsMs  int64
}

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// BeginApp makes a new key for an authenticator app.
func (s *Service) BeginApp(ctx context.Context, token string) (v SetUp, err error) {
	var x Session
	var w []string
	if err := s.DB.View(ctx, access.Installation("begin with an authenticator app"), func(tx *db.Tx) error {
		if x, err = s.mayChange(tx, token); err != nil {
			return err
		}
		w, err = s.own(tx, person{x.Org, x.Staff})
		return err
	}); err != nil {
		return v, err
	}
	var raw [20]byte
	_, _ = rand.Read(raw[:])
	secret := base.EncodeToString(raw[:])
	b, err := json.Marshal(settingUp{secret, x.ID, s.DB.Clock().Now().Add(time.Hour).UnixMilli()})
	if err != nil {
		return v, err
	}
	return s.showKey(secret, w, b)
}

func (s *Service) showKey(secret string, w []string, b []byte) (v SetUp, err error) {
	if v.Sealed, err = s.Box.Seal(setUpPurpose, b); err != nil {
		return v, err
	}
	for i := 0; i < len(secret); i += 4 {
		v.Key += secret[i:min(i+4, len(secret))] + " "
	}
	v.Key = strings.TrimSpace(v.Key)
	label := "Ajar:" + w[0] + ", " + w[2]
	v.URL = "otpauth://totp/" + url.PathEscape(label) + "?" + url.Values{"secret": {secret}, "issuer": {"Ajar"}}.Encode()
	v.Size, v.Lines = square.Lines(v.URL)
	return v, nil
}

// AgainApp shows a key once more that was sealed into a form, after a wrong code.
func (s *Service) AgainApp(ctx context.Context, token, sealed string) (v SetUp, err error) {
	u, err := s.openSetUp(sealed)
	if err != nil {
		return v, err
	}
	var w []string
	if err := s.DB.View(ctx, access.Installation("begin with an authenticator app"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err == nil && x.ID != u.Session {
			err = errSetUp()
		}
		if err == nil {
			w, err = s.own(tx, person{x.Org, x.Staff})
		}
		return err
	}); err != nil {
		return v, err
	}
	b, err := json.Marshal(u)
	if err != nil {
		return v, err
	}
	return s.showKey(u.Secret, w, b)
}

func errSetUp() error {
	return fault.New(fault.Forbidden, "That took too long, or was begun on another device. Please begin once more.")
}

func (s *Service) openSetUp(sealed string) (u settingUp, err error) {
	b, err := s.Box.Open(setUpPurpose, sealed)
	if err == nil {
		err = json.Unmarshal(b, &u)
	}
	if err != nil || u.EndsMs < s.DB.Clock().Now().UnixMilli() {
		return u, errSetUp()
	}
	return u, nil
}

// ConfirmApp keeps an authenticator app once a code of it was typed, and gives ten recovery codes, which are shown this once. It proves the session.
func (s *Service) ConfirmApp(ctx context.Context, token, sealed, typed string) (fresh string, codes []string, err error) {
	u, err := s.openSetUp(sealed)
	if err != nil {
		return "", nil, err
	}
	step, ok, err := stepOf(u.Secret, typed, s.DB.Clock().Now().UnixMilli(), 0)
	if err != nil {
		return "", nil, err
	}
	if _, err := s.count(ctx, tries{{tryKey("set up", u.Session.String()), perSession}}); err != nil {
		return "", nil, err
	}
	if !ok {
		return "", nil, fault.Field("code", "That is not the code that the app shows now. Check that the clock of your phone sets itself, wait for the next code, and type all six figures.")
	}
	kept, err := s.Box.Seal(factorPurpose, []byte(u.Secret))
	if err != nil {
		return "", nil, err
	}
	codes, hashes := newCodes()
	err = s.DB.Update(ctx, access.Installation("keep an authenticator app"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		if x.ID != u.Session {
			return errSetUp()
		}
		if err := forgive(tx, tryKey("set up", u.Session.String()), true); err != nil {
			return err
		}
		if err := putFactor(tx, x.Org, x.Staff, kept, step); err != nil {
			return err
		}
		if err := putRecovery(tx, x.Org, x.Staff, hashes); err != nil {
			return err
		}
		if err := tell(tx, x.Org, x.Staff, trail.RightChanged, "set up an authenticator app"); err != nil {
			return err
		}
		fresh, err = s.proved(tx, token)
		return err
	})
	return fresh, codes, err
}

// recoveryCodes is how many there are.
const recoveryCodes = 10

const codeSigns = "23456789abcdefghjkmnpqrstuvwxyz" // none that are misread

// newCodes makes recovery codes of 59 bits each, and what is kept of them.
func newCodes() (codes, hashes []string) {
	for range recoveryCodes {
		var code strings.Builder
		for i := range 12 {
			if i > 0 && i%4 == 0 {
				code.WriteByte('-')
			}
			code.WriteByte(codeSigns[pick(len(codeSigns))])
		}
		codes = append(codes, code.String())
		hashes = append(hashes, hashCode(code.String()))
	}
	return codes, hashes
}

// pick is a number below n by chance, each as likely as the others.
func pick(n int) int {
	var b [1]byte
	for {
		_, _ = rand.Read(b[:])
		if int(b[0]) < 256-256%n {
			return int(b[0]) % n
		}
	}
}

func hashCode(code string) string {
	code = strings.Map(func(r rune) rune {
		if strings.ContainsRune(codeSigns, r) {
			return r
		}
		return -1
	}, strings.ToLower(code))
	h := sha256.Sum256([]byte("ajar recovery code " + code))
	return hex.EncodeToString(h[:])
}

// ProveByCode proves the session by a code of the app, and unlocks it.
func (s *Service) ProveByCode(ctx context.Context, token, typed string) (fresh string, err error) {
	return s.proveBy(ctx, token, "with a code of the app", func(tx *db.Tx, x Session) (bool, error) {
		f, found, err := factorOf(tx, x.Org, x.Staff)
		if err != nil || !found {
			return false, err
		}
		secret, err := s.Box.Open(factorPurpose, f.Sealed)
		if err != nil {
			return false, fault.Wrap(fault.Unavailable, err, "The key of your app can't be read on this server. Use a recovery code, and tell the person who looks after Ajar.")
		}
		step, ok, err := stepOf(string(secret), typed, tx.Now(), f.LastStep)
		if err != nil || !ok {
			return false, err
		}
		return takeStep(tx, x.Org, x.Staff, step)
	}, fault.Field("code", "That code is not right, or was used before. Wait for the next one in your app and type all six figures."))
}

// ProveByRecovery proves the session by a recovery code, which is used up.
func (s *Service) ProveByRecovery(ctx context.Context, token, typed string) (fresh string, left int, err error) {
	fresh, err = s.proveBy(ctx, token, "with a recovery code", func(tx *db.Tx, x Session) (bool, error) {
		ok, err := takeRecovery(tx, x.Org, x.Staff, hashCode(typed))
		if err == nil && ok {
			left, err = recoveryLeft(tx, x.Org, x.Staff)
		}
		return ok, err
	}, fault.Field("recovery", "That is not one of your recovery codes, or it was used before."))
	return fresh, left, err
}

var errNotProved = errors.New("not proved")

func (s *Service) proveBy(ctx context.Context, token, words string, check func(*db.Tx, Session) (bool, error), wrong error) (fresh string, err error) {
	x, found, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	if !found {
		return "", errSignedOut()
	}
	if x.Way == WayDemo {
		return "", wrong
	}
	own, all := tryKey("session", x.ID.String()), tryKey("factor", x.Org.String(), x.Staff.String())
	n, err := s.count(ctx, tries{{own, perSession}, {all, perFactor}})
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, access.Installation("prove a second factor"), func(tx *db.Tx) error {
		ok, err := check(tx, x)
		if err != nil {
			return err
		}
		if !ok {
			return errNotProved
		}
		if err := errors.Join(forgive(tx, own, true), forgive(tx, all, true)); err != nil {
			return err
		}
		if err := tell(tx, x.Org, x.Staff, trail.SignIn, "proved a second step "+words); err != nil {
			return err
		}
		fresh, err = s.proved(tx, token)
		return err
	})
	if errors.Is(err, errNotProved) {
		if n <= 3 || n%10 == 0 {
			if err := s.DB.Update(ctx, access.Installation("note a wrong second factor").Often(), func(tx *db.Tx) error {
				return tell(tx, x.Org, x.Staff, trail.SignInFailed, "a wrong second step")
			}); err != nil {
				return "", err
			}
		}
		return "", wrong
	}
	return fresh, err
}

// Factors is what somebody has to prove with.
type Factors struct {
	AppMs int64 // since when there is an app; 0 for none
	Left  int   // recovery codes that are left
}

// FactorsOf tells what the person of a session has.
func (s *Service) FactorsOf(ctx context.Context, x Session) (v Factors, err error) {
	err = s.DB.View(ctx, access.Installation("see what second factor somebody has"), func(tx *db.Tx) error {
		f, found, err := factorOf(tx, x.Org, x.Staff)
		if err != nil {
			return err
		}
		if found {
			v.AppMs = f.MadeMs
		}
		v.Left, err = recoveryLeft(tx, x.Org, x.Staff)
		return err
	})
	return v, err
}

// NewRecovery makes ten new recovery codes; the old ones are worth nothing from then on.
func (s *Service) NewRecovery(ctx context.Context, token string) (codes []string, err error) {
	codes, hashes := newCodes()
	err = s.DB.Update(ctx, access.Installation("make new recovery codes"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		if has, err := s.hasFactor(tx, x.Org, x.Staff); err != nil || !has {
			return cmpErr(err, fault.New(fault.Conflict, "Recovery codes stand in for a second step. Set one up first."))
		}
		if err := putRecovery(tx, x.Org, x.Staff, hashes); err != nil {
			return err
		}
		return tell(tx, x.Org, x.Staff, trail.RightChanged, "made new recovery codes")
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// RemoveApp takes one's own authenticator app away.
func (s *Service) RemoveApp(ctx context.Context, token string) error {
	return s.DB.Update(ctx, access.Installation("remove an authenticator app"), func(tx *db.Tx) error {
		x, err := s.mayChange(tx, token)
		if err != nil {
			return err
		}
		return removeApp(tx, x.Org, x.Staff, func() error { return tell(tx, x.Org, x.Staff, trail.RightChanged, "removed their authenticator app") })
	})
}

func removeApp(tx *db.Tx, org roll.OrgID, staff roll.StaffID, note func() error) error {
	was, err := dropFactor(tx, org, staff)
	if err != nil {
		return err
	}
	if err := dropRecovery(tx, org, staff); err != nil || !was {
		return err
	}
	return note()
}
