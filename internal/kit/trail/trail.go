package trail

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations of the tables here.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "trail", Files: sub}
}

// Kind is what an entry is about, for filters and for the page.
type Kind string

// The kinds of entries.
const (
	SignIn       Kind = "sign-in"
	SignInFailed Kind = "sign-in failed"
	SignOut      Kind = "sign-out"
	RightChanged Kind = "right"      // a role given or taken, a cover, an account, a setting
	Export       Kind = "export"     // a file with personal data left the house
	Print        Kind = "print"      // a page with personal data was made for paper
	System       Kind = "system"     // Ajar itself acted, and why
	Restricted   Kind = "restricted" // a restricted record was seen
	Seen         Kind = "seen"       // a pupil's record was seen
	Link         Kind = "link"       // a personal link was made, used or revoked
	Order        Kind = "order"      // an order about a family was made or ended
	Merge        Kind = "merge"      // two records became one, or one became two again
	Agreement    Kind = "agreement"  // somebody agreed something, or took it back
	Import       Kind = "import"     // a file came in, or was undone
	Cut          Kind = "cut"        // old entries of the trail were removed by schedule
)

// Kinds lists every kind with its words, in the order of the filter on the page.
var Kinds = []struct {
	Kind  Kind
	Words string
}{
	{SignIn, "Signed in"}, {SignInFailed, "Could not sign in"}, {SignOut, "Signed out"}, {RightChanged, "Rights and settings"}, {Seen, "Record seen"},
	{Restricted, "Restricted record seen"}, {Export, "File downloaded"}, {Print, "Printed"}, {Import, "File brought in"}, {Link, "Personal link"},
	{Order, "Order about a family"}, {Merge, "Records merged"}, {Agreement, "Agreement"}, {System, "Done by Ajar itself"}, {Cut, "Old entries removed"},
}

// Words of a kind, for people.
func (k Kind) Words() string {
	for _, x := range Kinds {
		if x.Kind == k {
			return x.Words
		}
	}
	return string(k)
}

// Entry is what is to be written. Who and when come from the transaction or the pass.
type Entry struct {
	Kind  Kind
	About string // what kind of record: "pupil", "adult", "staff", "link" …; empty for none
	Key   int64  // the record's key
	Words string // what happened, in a few words; no more personal data than needed, since it outlives the record
}

// Line is an entry of the chain.
type Line struct {
	ID           int64
	AtMs         int64
	Who          string
	Staff, Adult int64
	Kind         Kind
	About        string
	Key          int64
	Words        string
	Prev, Hash   []byte
}

// maxWords bounds one text, so that a long list of names never ends up here.
const maxWords = 500

// made turns an entry into a line, before it has its place in the chain.
func made(w access.Who, why string, atMs int64, e Entry) (Line, error) {
	if e.Kind == "" {
		return Line{}, errors.New("trail: an entry without a kind")
	}
	l := Line{AtMs: atMs, Who: text(w.Name), Staff: w.Staff, Adult: w.Adult, Kind: e.Kind, About: text(e.About), Key: e.Key, Words: text(e.Words)}
	if why != "" && e.Kind != System {
		l.Words = text(strings.TrimSpace(e.Words + " (" + why + ")"))
	}
	return l, nil
}

// text makes what both engines can keep of what may have come from a browser.
func text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + "…"
	}
	return s
}

// zero is what stands before the first entry.
var zero = make([]byte, sha256.Size)

// sum is the hash of a line: of every field of it with its length before it, so that no two lines have the same bytes.
func (l *Line) sum(org int64) []byte {
	var b bytes.Buffer
	number := func(n int64) { _ = binary.Write(&b, binary.BigEndian, n) }
	word := func(s string) { number(int64(len(s))); b.WriteString(s) }
	word("ajar trail 1")
	b.Write(l.Prev)
	for _, n := range []int64{org, l.ID, l.AtMs, l.Staff, l.Adult, l.Key} {
		number(n)
	}
	for _, s := range []string{l.Who, string(l.Kind), l.About, l.Words} {
		word(s)
	}
	h := sha256.Sum256(b.Bytes())
	return h[:]
}

// pending is what a transaction has to write when it ends. The head of a chain is held from its first use to the end of the transaction, so it is
// taken last of all, and several in the order of their organisations: then nobody waits long, and no two wait for each other.
type pending struct{ lines map[int64][]Line }

type pendingKey struct{}

// Write adds an entry to the trail of the transaction's organisation (of the house, when it has none) together with what the transaction does.
func Write(tx *db.Tx, e Entry) error {
	return write(tx, tx.Pass().Org(), tx.Pass().Who(), tx.Pass().Reason(), e)
}

// WriteAs is Write for work that stands on a pass of Ajar itself though a person does it, such as signing in: w says who, and in whose trail.
func WriteAs(tx *db.Tx, w access.Who, e Entry) error { return write(tx, w.Org, w, "", e) }

func write(tx *db.Tx, org int64, w access.Who, why string, e Entry) error {
	if !tx.Writes() {
		return errors.New("trail: Write wants a transaction that writes; what is only seen goes through Note")
	}
	l, err := made(w, why, tx.Now(), e)
	if err != nil {
		return err
	}
	return put(tx, org, l)
}

func put(tx *db.Tx, org int64, lines ...Line) error {
	p := tx.Value(pendingKey{}, func() any { return &pending{} }).(*pending)
	if p.lines == nil {
		p.lines = map[int64][]Line{}
		tx.Before(flush)
	}
	p.lines[org] = append(p.lines[org], lines...)
	return nil
}

func flush(tx *db.Tx) error {
	p := tx.Value(pendingKey{}, nil).(*pending)
	lines := p.lines
	p.lines = nil
	orgs := make([]int64, 0, len(lines))
	for org := range lines {
		orgs = append(orgs, org)
	}
	slices.Sort(orgs) // the house, 0, comes first
	for _, org := range orgs {
		in := access.Installation("write the trail of the house")
		if org != 0 {
			in = access.System("write the trail", org)
		}
		if err := tx.Within(in, func(tx *db.Tx) error { return chain(tx, org, lines[org]) }); err != nil {
			return err
		}
	}
	return nil
}

// chain gives the lines their places.
func chain(tx *db.Tx, org int64, lines []Line) error {
	h, err := hold(tx, org, int64(len(lines)))
	if err != nil {
		return err
	}
	id, prev := h.Seq-int64(len(lines)), h.Hash
	for i := range lines {
		l := &lines[i]
		id++
		l.ID, l.Prev = id, prev
		l.Hash = l.sum(org)
		if err := insert(tx, org, l); err != nil {
			return err
		}
		prev = l.Hash
	}
	return setHead(tx, org, prev)
}
