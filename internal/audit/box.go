package audit

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// This file is the ballot box. A parent answers one question after the other; what they have begun is sealed with a key that only their browser keeps, so
// that nobody with the store can read it or say whose it is. Handing in adds to counts, and keeps that this adult has had their turn: which of the
// counts are theirs stands nowhere.

// Ballot is what one parent has chosen so far.
type Ballot struct {
	Levels map[string]int `json:"l"` // 0: passed over
}

// Question is one of those that parents are asked.
type Question struct {
	Code    string
	Words   string
	English bool // the words are English and the reader's language is another
}

// OwnView is an audit as a parent meets it.
type OwnView struct {
	Audit     Audit
	Open      bool
	Done      bool // they have handed in
	Questions []Question
	Ballot    Ballot
}

// Next is the first question that has neither an answer nor been passed over; -1 when there is none.
func (o OwnView) Next() int {
	for i, q := range o.Questions {
		if _, had := o.Ballot.Levels[q.Code]; !had {
			return i
		}
	}
	return -1
}

// Answered counts the answers.
func (o OwnView) Answered() (n int) {
	for _, l := range o.Ballot.Levels {
		if l > 0 {
			n++
		}
	}
	return n
}

// NewKey makes the key that seals what a parent begins. It belongs into their browser and nowhere else.
func NewKey() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails, by its own documentation
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// sealFor reads a key from a browser, for one adult: two who share a browser do not see what the other began. One that is not ours, or made up, opens nothing.
func sealFor(key string, audit AuditID, adult int64) (aead cipher.AEAD, found string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(b) != 32 {
		return nil, "", errors.New("audit: no key")
	}
	whose := audit.String() + " " + strconv.FormatInt(adult, 10) + " "
	lock := sha256.Sum256(append([]byte("audit lock "+whose), b...))
	name := sha256.Sum256(append([]byte("audit name "+whose), b...))
	block, err := aes.NewCipher(lock[:])
	if err != nil {
		return nil, "", err
	}
	aead, err = cipher.NewGCM(block)
	return aead, hex.EncodeToString(name[:]), err
}

// drawn is a number by lot. The keys of other records hold the time at which they were made, and whoever handed in has none.
func drawn() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return int64(binary.LittleEndian.Uint64(b[:]) >> 1)
}

// padded is longer than any ballot, so that the length of what is sealed tells nothing of how far somebody is.
const padded = 8 << 10

func seal(aead cipher.AEAD, b Ballot) ([]byte, error) {
	body, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	if len(body) < padded {
		body = append(body, []byte(strings.Repeat(" ", padded-len(body)))...)
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	return aead.Seal(nonce, nonce, body, nil), nil
}

func unseal(aead cipher.AEAD, body []byte) (b Ballot, err error) {
	n := aead.NonceSize()
	if len(body) < n {
		return b, errors.New("audit: too short")
	}
	open, err := aead.Open(nil, body[:n], body[n:], nil)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(open, &b)
}

// own opens an audit for the adult of the pass. Not there, not asked and not open yet look the same.
func own(tx *db.Tx, id AuditID) (o OwnView, f Framework, err error) {
	a, f, err := one(tx, id)
	if err != nil {
		return o, f, err
	}
	if !a.Asks(Parents) || a.Opens > tx.Today() || len(f.AskedOf(Parents)) == 0 {
		return o, f, fault.Gone("audit")
	}
	o.Audit, o.Open = a, a.Open(tx.Today())
	o.Done, err = hadTurn(tx, id, roll.AdultID(tx.Pass().Who().Adult))
	return o, f, err
}

// Ask opens the questions for the adult of the pass, with what this browser has begun. tag is the language of the page.
func (s *Service) Ask(ctx context.Context, p access.Pass, id AuditID, key, tag string) (o OwnView, err error) {
	if _, err := p.Check(Answer); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var f Framework
		if o, f, err = own(tx, id); err != nil {
			return err
		}
		for _, c := range f.AskedOf(Parents) {
			w, en := c.ParentsWords(tag)
			o.Questions = append(o.Questions, Question{c.Code, w, en && tag != "en"})
		}
		if o.Done || !o.Open {
			return nil
		}
		o.Ballot, err = begun(tx, id, key)
		return err
	})
	return o, err
}

// begun is the ballot of a browser; an empty one when there is none, or its key is not right.
func begun(tx *db.Tx, id AuditID, key string) (b Ballot, err error) {
	b.Levels = map[string]int{}
	aead, name, bad := sealFor(key, id, tx.Pass().Who().Adult)
	if bad != nil {
		return b, nil
	}
	body, found, err := begunBy(tx, id, name)
	if err != nil || !found {
		return b, err
	}
	if old, bad := unseal(aead, body); bad == nil && old.Levels != nil {
		b = old
	}
	return b, nil
}

// Choose keeps one answer of what somebody has begun; level 0 passes the question over.
func (s *Service) Choose(ctx context.Context, p access.Pass, id AuditID, key, criterion string, level int) error {
	if _, err := p.Check(Answer); err != nil {
		return err
	}
	if level < 0 || level > Levels {
		return fault.Field("level", "Choose one of the answers.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		o, f, err := own(tx, id)
		if err != nil {
			return err
		}
		c, found := f.Criterion(criterion)
		aead, name, bad := sealFor(key, id, p.Who().Adult)
		if !found || bad != nil {
			return fault.Gone("question")
		}
		if o.Done || !o.Open {
			return nil // the page says so
		}
		b, err := begun(tx, id, key)
		if err != nil {
			return err
		}
		b.Levels[c.Code] = level
		body, err := seal(aead, b)
		if err != nil {
			return err
		}
		return putBegun(tx, id, name, body)
	})
}

// Drop hands in what a browser has begun, with a few words if there are any. It answers false when there is nothing to hand in or it was done before.
func (s *Service) Drop(ctx context.Context, p access.Pass, id AuditID, key, words string) (done bool, err error) {
	if _, err := p.Check(Answer); err != nil {
		return false, err
	}
	words = strings.TrimSpace(words)
	if len([]rune(words)) > longest {
		return false, fault.Field("words", "This is too long.")
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := lockBox(tx, id, 0); err != nil {
			return err
		}
		o, f, err := own(tx, id)
		if err != nil || !o.Open || o.Done {
			return err
		}
		b, err := begun(tx, id, key)
		if err != nil {
			return err
		}
		levels := map[string]int{}
		for code, l := range b.Levels {
			if c, known := f.Criterion(code); known && l > 0 {
				levels[c.Code] = l
			}
		}
		if len(levels) == 0 && words == "" {
			return nil
		}
		if err := s.keeper.Heed(nil, worry.Says("words", "What you wrote", words)); err != nil {
			return err
		}
		fresh, err := takeTurn(tx, id, roll.AdultID(p.Who().Adult))
		if err != nil || !fresh {
			return err
		}
		if _, name, bad := sealFor(key, id, p.Who().Adult); bad == nil {
			if err := dropBegun(tx, id, name); err != nil {
				return err
			}
		}
		done = true
		return drop(tx, id, f, levels, words)
	})
	return done, err
}

// drop puts answers into the box. It writes every count of the audit and all of the words, whatever somebody chose: a store keeps its rows in the order in
// which they were written, and PostgreSQL by which hand-in. Beside a look at who has handed in by then, rows that only some hand-ins touch would say what
// was chosen.
func drop(tx *db.Tx, id AuditID, f Framework, levels map[string]int, words string) error {
	if err := lockBox(tx, id, 1); err != nil {
		return err
	}
	if err := layOut(tx, id, f); err != nil {
		return err
	}
	if err := dropIn(tx, id, ticks(levels)); err != nil {
		return err
	}
	return addWords(tx, id, words)
}

// layOut makes the counts of an audit, all of them before the first is counted, in the order of the framework.
func layOut(tx *db.Tx, id AuditID, f Framework) error {
	all := f.Criteria()
	n, err := countTallies(tx, id)
	if err != nil || n >= len(all)*Levels {
		return err
	}
	for _, c := range all {
		if err := insertTallies(tx, id, c.Code); err != nil {
			return err
		}
	}
	return nil
}

// addWords keeps words with those that are there; empty ones write the list anew and add nothing.
func addWords(tx *db.Tx, id AuditID, words string) error {
	box, _, err := wordsOf(tx, id)
	if err != nil {
		return err
	}
	if words != "" {
		box, err = among(box, words)
	} else if box == "" {
		box = "[]"
	}
	if err != nil {
		return err
	}
	return putWords(tx, id, box)
}

// publish moves from the box to what is shown, criterion by criterion, where enough have answered; the words likewise, once enough have handed in.
func publish(tx *db.Tx, id AuditID) error {
	list, err := talliesOf(tx, id)
	if err != nil {
		return err
	}
	for _, code := range enough(list) {
		if err := publishTallies(tx, id, code); err != nil {
			return err
		}
	}
	a, _, err := auditByID(tx, id)
	if err != nil {
		return err
	}
	filed, err := filedWordsOf(tx, id)
	in, shown := a.ParentsIn-filed.ParentsIn, a.ParentsShown-filed.ParentsShown
	if err != nil || !MayPublish(in, shown) {
		return err
	}
	return publishWords(tx, id, in-shown)
}

// publishFiled does the same with what files brought in. They have a box of their own: whoever has the file could take it from the sum, and would be left with
// the few who answered by the door.
func publishFiled(tx *db.Tx, id AuditID) error {
	list, err := filedOf(tx, id)
	if err != nil {
		return err
	}
	for _, code := range enough(list) {
		if err := publishFiledTallies(tx, id, code); err != nil {
			return err
		}
	}
	w, err := filedWordsOf(tx, id)
	if err != nil || !MayPublish(w.ParentsIn, w.ParentsShown) {
		return err
	}
	return publishFiledWords(tx, id, w.ParentsIn-w.ParentsShown)
}

// enough are the criteria of a box that may be published.
func enough(list []Tally) (out []string) {
	type count struct{ box, shown int }
	by := map[string]count{}
	for _, t := range list {
		c := by[t.Criterion]
		by[t.Criterion] = count{c.box + t.Box, c.shown + t.Shown}
	}
	for _, code := range sortedKeys(by) {
		if c := by[code]; MayPublish(c.box, c.shown) {
			out = append(out, code)
		}
	}
	return out
}

// Offered are the audits that an adult can answer today: to the adult those that they have not, to staff all, since who has answered is nobody's business.
func Offered(tx *db.Tx, adult roll.AdultID) (out []OwnView, err error) {
	list, err := audits(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if !a.Open(tx.Today()) || !a.Asks(Parents) {
			continue
		}
		had := false
		if roll.AdultID(tx.Pass().Who().Adult) == adult {
			if had, err = hadTurn(tx, a.ID, adult); err != nil {
				return nil, err
			}
		}
		f, _, err := framework(tx, a.Framework, a.Version)
		if err != nil {
			return nil, err
		}
		if !had && len(f.AskedOf(Parents)) > 0 {
			out = append(out, OwnView{Audit: a, Open: true})
		}
	}
	return out, nil
}
