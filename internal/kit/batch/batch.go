// Package batch is how files come in: preview, confirm, result, undo. It knows nothing of what is in them; capabilities offer kinds of import.
//
// Promises kept here: every row ends created, updated, same or refused, and the numbers add up; nothing is half imported, since a
// batch is one transaction; a batch can be undone for 30 days; the refused rows come back as a file to mend; a mapping is remembered.
//
// Tables: batch_batch, batch_file, batch_change (what each field was before), batch_refused, batch_mapping. Begin reading at Service.Preview.
package batch

import (
	"bytes"
	"crypto/sha256"
	"database/sql/driver"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/trail"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations of the tables here.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "batch", Files: sub}
}

// KeepDays is how long a batch can be undone.
const KeepDays = 30

// Batch names the record type of a batch's key.
type Batch struct{}

// ID is the key of a batch.
type ID = ids.ID[Batch]

// Input is what is read: a file, or for a bundle perhaps a folder.
type Input struct {
	Name   string // as a person knows it
	Data   io.ReaderAt
	Size   int64
	Folder string // instead of Data: a folder of files, by command only
}

// Bytes makes an input of an uploaded file.
func Bytes(name string, b []byte) Input {
	return Input{Name: name, Data: bytes.NewReader(b), Size: int64(len(b))}
}

// Kind is one kind of import that a capability offers.
type Kind struct {
	Key      string // "pupils", as in the command
	Title    string // "Pupils and parents"
	Help     string // one plain sentence for the page
	Need     access.Right
	Bundle   bool                // a zip or a folder of several sheets with names of their own; takes no mapping
	Fields   []string            // the columns of Ajar's own template, in order; none for a bundle
	Required []string            // of Fields
	Synonyms map[string][]string // other headings that mean a field, for the page that maps columns
	Options  []Option            // questions on the page, and flags of the command
	Propose  Proposing           // what the page says about what the reading proposes beside the file, when it proposes anything

	// Around, when there is one, holds what Read writes and what Undo takes back: it sees the roll before and after, and its error stops all of it.
	Around func(tx *db.Tx, do func() error) error

	// Read reads the input. It writes only when r.Apply; what it counts must be the same either way.
	Read func(r *Run) error
	// Undo takes back what the batch made. Fields that it changed are put back before by batch itself.
	Undo func(u *Undoing) error
}

// Option is a choice beside the file.
type Option struct{ Key, Words string }

// Proposing is how a kind of import words its proposals.
type Proposing struct {
	Title, Ask, Help string
}

// Proposal is something that a reading does not do by itself, since the file does not say it, and that a person may choose while they look at the
// preview: each stands alone, and only one that was shown can be chosen.
type Proposal struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Words string `json:"words"`
}

// Report is the result in the form of the command's --json.
type Report struct {
	Batch    string                  `json:"batch"`
	DryRun   bool                    `json:"dry_run"`
	Rows     int                     `json:"rows"`
	Created  int                     `json:"created"`
	Updated  int                     `json:"updated"`
	Same     int                     `json:"same"`
	Refused  int                     `json:"refused"`
	By       map[string]*sheet.Tally `json:"by"`
	Refusals []sheet.Refusal         `json:"refusals"`
	Warnings []string                `json:"warnings"`
	// Proposals are left for a person to choose.
	Proposals []Proposal `json:"proposals,omitempty"`
}

// Check tells whether the numbers add up, in all and for each kind of record. A reader that miscounts is a fault of ours, and nothing is kept.
func (r *Report) Check() error {
	if r.Rows != r.Created+r.Updated+r.Same+r.Refused {
		return fmt.Errorf("batch: %d rows, but %d created, %d updated, %d same and %d refused", r.Rows, r.Created, r.Updated, r.Same, r.Refused)
	}
	for k, t := range r.By {
		if err := t.Check(); err != nil {
			return fmt.Errorf("batch: %s: %w", k, err)
		}
	}
	return nil
}

// Run is one reading of an input, for a preview or in earnest.
type Run struct {
	Tx      *db.Tx
	Apply   bool
	Batch   ID
	Input   Input
	Mapping *sheet.Mapping // nil: the columns are those of the template
	Options map[string]bool
	Chosen  map[string]bool // the keys of proposals that a person chose
	Report  *Report

	seq     int
	refused []refused
	unsaid  int
	tick    func(int)
	changes [][]any
}

type refused struct {
	sheet.Refusal
	header, cells []string
}

// maxRefusals and maxWarnings bound what a report carries; the numbers are always whole.
const maxRefusals, maxWarnings = 2000, 500

// Count adds a row's outcome to the records of one kind ("pupils"), and does not touch the total.
func (r *Run) Count(kind string, o sheet.Outcome) {
	t := r.Report.By[kind]
	if t == nil {
		t = &sheet.Tally{}
		r.Report.By[kind] = t
	}
	t.Add(o)
}

// Row adds one row of the file to the total.
func (r *Run) Row(o sheet.Outcome) {
	r.Report.Rows++
	switch o {
	case sheet.Created:
		r.Report.Created++
	case sheet.Updated:
		r.Report.Updated++
	case sheet.Same:
		r.Report.Same++
	case sheet.Refused:
		r.Report.Refused++
	}
	if r.tick != nil && r.Report.Rows%500 == 0 {
		r.tick(r.Report.Rows)
	}
}

// Refuse says why a row was not taken; the row must also be counted. Header and cells are kept so that it can come back as a file to mend.
func (r *Run) Refuse(f sheet.Refusal, header, cells []string) {
	f = sheet.NewRefusal(f.File, f.Row, f.Field, f.Value, f.Reason)
	if len(r.Report.Refusals) < maxRefusals {
		r.Report.Refusals = append(r.Report.Refusals, f)
	}
	r.refused = append(r.refused, refused{f, header, cells})
}

// Warn tells something that a person should look at, though the row was taken.
func (r *Run) Warn(format string, args ...any) {
	if len(r.Report.Warnings) >= maxWarnings {
		r.unsaid++
		return
	}
	r.Report.Warnings = append(r.Report.Warnings, fmt.Sprintf(format, args...))
}

// Propose leaves something to a person, and tells whether one has chosen it already.
func (r *Run) Propose(key, name, words string) (chosen bool) {
	r.Report.Proposals = append(r.Report.Proposals, Proposal{Key: key, Name: name, Words: words})
	return r.Chosen[key] || r.Options[everyProposal]
}

// everyProposal is the option of whoever reads by command and takes all that is proposed.
const everyProposal = "every proposal"

// TakeAll makes an order take everything that its reading proposes.
func (o *Order) TakeAll() {
	if o.Options == nil {
		o.Options = map[string]bool{}
	}
	o.Options[everyProposal] = true
}

// Changed notes one field of a row that this batch changes, so that Undo can put it back. Values are strings, whole or other numbers, or nil.
func (r *Run) Changed(table string, row int64, field string, old, new any) error {
	if !r.Apply {
		return nil
	}
	o, err := noted(old)
	if err != nil {
		return fmt.Errorf("batch: noting %s of %s: %w", field, table, err)
	}
	n, err := noted(new)
	if err != nil {
		return fmt.Errorf("batch: noting %s of %s: %w", field, table, err)
	}
	r.seq++
	r.changes = append(r.changes, []any{r.Batch, r.seq, table, row, field, o, n})
	if len(r.changes) >= 5000 {
		return r.flush()
	}
	return nil
}

// noted writes a value as the column holds it, not as JSON would show it: a typed key is a number there and text in JSON.
func noted(v any) (string, error) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return "null", nil
		}
		return noted(r.Elem().Interface())
	}
	if x, ok := v.(driver.Valuer); ok {
		plain, err := x.Value()
		if err != nil {
			return "", err
		}
		v = plain
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Invalid:
		return "null", nil
	case reflect.Bool:
		if r.Bool() {
			return "1", nil
		}
		return "0", nil
	case reflect.String:
		return jsonText(strings.ToValidUTF8(r.String(), "\uFFFD")), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return strconv.FormatUint(r.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		b, err := json.Marshal(r.Float())
		return string(b), err
	}
	return "", fmt.Errorf("a %T can't be put back by an undo", v)
}

func (r *Run) flush() error {
	i := 0
	_, err := r.Tx.Bulk("batch_change", []string{"batch_id", "seq", "in_table", "row_id", "field", "old", "new"}, func() ([]any, bool) {
		if i == len(r.changes) {
			return nil, false
		}
		i++
		return r.changes[i-1], true
	})
	r.changes = r.changes[:0]
	return err
}

func (k Kind) around(tx *db.Tx, do func() error) error {
	if k.Around == nil || !tx.Writes() {
		return do()
	}
	return k.Around(tx, do)
}

// Service reads files in. One for the whole program.
type Service struct {
	DB       *db.DB
	kinds    map[string]Kind
	mu       sync.Mutex
	progress map[ID]int
}

// New makes the service; kinds are added while the program is put together.
func New(d *db.DB) *Service {
	return &Service{DB: d, kinds: map[string]Kind{}, progress: map[ID]int{}}
}

// Offer adds a kind of import.
func (s *Service) Offer(k Kind) { s.kinds[k.Key] = k }

// Kinds lists what can be read in, by title.
func (s *Service) Kinds() []Kind {
	var out []Kind
	for _, k := range s.kinds {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Title < out[j].Title })
	return out
}

// Kind finds a kind by its key.
func (s *Service) Kind(key string) (Kind, error) {
	k, ok := s.kinds[key]
	if !ok {
		names := ""
		for _, x := range s.Kinds() {
			if names != "" {
				names += ", "
			}
			names += x.Key
		}
		return k, fault.New(fault.NotFound, "There is no import called %q. There are: %s.", key, names)
	}
	return k, nil
}

// Order is what to read and how.
type Order struct {
	Kind    string
	Input   Input
	Mapping *sheet.Mapping
	Options map[string]bool
	Tick    func(rows int) // called now and then with the rows read so far; may be nil
	chosen  map[string]bool
}

// Try reads without writing anything: the --dry-run of the command.
func (s *Service) Try(p access.Pass, o Order, ctx Context) (*Report, error) {
	k, err := s.Kind(o.Kind)
	if err != nil {
		return nil, err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return nil, err
	}
	var rep *Report
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		rep, _, err = s.read(tx, k, o, 0, false)
		return err
	})
	return rep, err
}

// Import reads and keeps in one step, for the command.
func (s *Service) Import(p access.Pass, o Order, ctx Context) (*Report, error) {
	k, err := s.Kind(o.Kind)
	if err != nil {
		return nil, err
	}
	if err := p.CheckAll(k.Need); err != nil {
		return nil, err
	}
	var rep *Report
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		id := ids.New[Batch]()
		if _, err := tx.Exec(`insert into batch_batch (org_id, id, kind, file_name, file_hash, mapping, options, state, by_name, made_ms)
			values ($1, $2, $3, $4, $5, $6, $7, 'done', $8, $9)`,
			id, k.Key, o.Input.Name, hash(o.Input), mappingText(o.Mapping), optionsText(o.Options), p.Who().Name, tx.Now()); err != nil {
			return err
		}
		rep, err = s.keep(tx, k, o, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// Preview reads without writing, and keeps the file so that the same reading can be confirmed.
func (s *Service) Preview(p access.Pass, o Order, ctx Context) (ID, *Report, error) {
	if o.Input.Data == nil {
		return 0, nil, fault.New(fault.Invalid, "A preview needs a file. A folder can be tried by command with --dry-run.")
	}
	rep, err := s.Try(p, o, ctx)
	if err != nil {
		return 0, nil, err
	}
	body := make([]byte, o.Input.Size)
	if _, err := io.ReadFull(io.NewSectionReader(o.Input.Data, 0, o.Input.Size), body); err != nil {
		return 0, nil, fmt.Errorf("keeping the file: %w", err)
	}
	id := ids.New[Batch]()
	rep.Batch = id.String()
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		text, err := json.Marshal(rep)
		if err != nil {
			return err
		}
		if err := sweep(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into batch_batch (org_id, id, kind, file_name, file_hash, mapping, options, state, by_name, made_ms, report)
			values ($1, $2, $3, $4, $5, $6, $7, 'previewed', $8, $9, $10)`,
			id, o.Kind, o.Input.Name, hash(o.Input), mappingText(o.Mapping), optionsText(o.Options), p.Who().Name, tx.Now(), string(text)); err != nil {
			return err
		}
		_, err = tx.Exec(`insert into batch_file (org_id, batch_id, body) values ($1, $2, $3)`, id, body)
		return err
	})
	return id, rep, err
}

const keepFile = 24 * time.Hour

// sweep removes the files of previews that nobody confirmed within a day: they hold children's names.
func sweep(tx *db.Tx) error {
	_, err := tx.Exec(`delete from batch_file where org_id = $1 and batch_id in (select id from batch_batch where org_id = $1 and made_ms < $2)`, tx.Now()-keepFile.Milliseconds())
	return err
}

// Sweep removes the files that are no longer kept in one organisation. It runs every hour while pages are served, and before each preview.
func (s *Service) Sweep(p access.Pass, ctx Context) error {
	stale := 0
	err := s.DB.View(ctx, p, func(tx *db.Tx) (err error) {
		stale, err = db.One[int](tx, `select count(*) from batch_file f join batch_batch b on b.org_id = f.org_id and b.id = f.batch_id
			where f.org_id = $1 and b.made_ms < $2`, tx.Now()-keepFile.Milliseconds())
		return err
	})
	if err != nil || stale == 0 {
		return err
	}
	return s.DB.Update(ctx, p, sweep)
}

// Confirm does what the preview showed. The file is read once more against what is there now, so the numbers may differ if someone else worked meanwhile.
// Of what the preview proposed only what is chosen here, by its key, is done; a key that the preview did not show chooses nothing.
func (s *Service) Confirm(p access.Pass, id ID, ctx Context, chosen ...string) (*Report, error) {
	var rep *Report
	s.note(id, 0)
	defer s.forget(id)
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		b, k, err := s.open(tx, p, id)
		if err != nil {
			return err
		}
		// Whoever takes the batch out of its state first does the work; two people on PostgreSQL would otherwise both read "previewed".
		n, err := tx.Exec(`update batch_batch set state = 'done' where org_id = $1 and id = $2 and state = 'previewed'`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This import was confirmed or dropped already. Nothing was done a second time.")
		}
		body, found, err := db.Maybe[[]byte](tx, `select body from batch_file where org_id = $1 and batch_id = $2`, id)
		if err != nil {
			return err
		}
		if !found || b.MadeMs < tx.Now()-keepFile.Milliseconds() {
			return fault.New(fault.Conflict, "The file of this preview is no longer kept (that is for a day). Choose the file once more.")
		}
		o := Order{Kind: b.Kind, Input: Bytes(b.FileName, body), Options: optionsOf(b.Options), Tick: func(n int) { s.note(id, n) }}
		if b.Mapping != "" {
			if o.Mapping, err = sheet.LoadMapping([]byte(b.Mapping)); err != nil {
				return err
			}
		}
		o.chosen = map[string]bool{}
		for _, shown := range b.Report().Proposals {
			if slices.Contains(chosen, shown.Key) {
				o.chosen[shown.Key] = true
			}
		}
		if rep, err = s.keep(tx, k, o, id); err != nil {
			return err
		}
		_, err = tx.Exec(`delete from batch_file where org_id = $1 and batch_id = $2`, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// Drop forgets a preview and its file. What was confirmed is not dropped but undone.
func (s *Service) Drop(p access.Pass, id ID, ctx Context) error {
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		b, _, err := s.open(tx, p, id)
		if err != nil || b.State == "dropped" {
			return err
		}
		n, err := tx.Exec(`update batch_batch set state = 'dropped' where org_id = $1 and id = $2 and state = 'previewed'`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This import was confirmed already. Undo it if it should not stay.")
		}
		_, err = tx.Exec(`delete from batch_file where org_id = $1 and batch_id = $2`, id)
		return err
	})
}

func (s *Service) keep(tx *db.Tx, k Kind, o Order, id ID) (*Report, error) {
	rep, run, err := s.read(tx, k, o, id, true)
	if err != nil {
		return nil, err
	}
	if err := run.flush(); err != nil {
		return nil, err
	}
	i := 0
	if _, err := tx.Bulk("batch_refused", []string{"batch_id", "seq", "file", "row_no", "field", "value", "reason", "header", "cells"}, func() ([]any, bool) {
		if i == len(run.refused) {
			return nil, false
		}
		f := run.refused[i]
		i++
		return []any{id, i, f.File, f.Row, f.Field, f.Value, f.Reason, jsonText(f.header), jsonText(f.cells)}, true
	}); err != nil {
		return nil, err
	}
	text, err := json.Marshal(rep)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(`update batch_batch set state = 'done', done_ms = $3, report = $4 where org_id = $1 and id = $2`, id, tx.Now(), string(text))
	if err != nil {
		return nil, err
	}
	return rep, trail.Write(tx, trail.Entry{Kind: trail.Import, About: "import", Key: int64(id),
		Words: fmt.Sprintf("%s: %d rows, %d created, %d updated, %d refused", k.Title, rep.Rows, rep.Created, rep.Updated, rep.Refused)})
}

func (s *Service) read(tx *db.Tx, k Kind, o Order, id ID, apply bool) (*Report, *Run, error) {
	rep := &Report{DryRun: !apply, By: map[string]*sheet.Tally{}, Refusals: []sheet.Refusal{}, Warnings: []string{}}
	if apply {
		rep.Batch = id.String()
	}
	run := &Run{Tx: tx, Apply: apply, Batch: id, Input: o.Input, Mapping: o.Mapping, Options: o.Options, Chosen: o.chosen, Report: rep, tick: o.Tick}
	if err := k.around(tx, func() error { return k.Read(run) }); err != nil {
		return nil, nil, plainly(err)
	}
	if len(run.refused) < rep.Refused {
		return nil, nil, fmt.Errorf("batch: %d rows were refused, and only %d with a reason", rep.Refused, len(run.refused))
	}
	if run.unsaid > 0 {
		rep.Warnings = append(rep.Warnings, fmt.Sprintf("… and %d more warnings of these kinds.", run.unsaid))
	}
	if err := rep.Check(); err != nil {
		return nil, nil, err
	}
	return rep, run, nil
}

// plainly lets the sentences of the reader of sheets through to the person; they were written for them.
func plainly(err error) error {
	var e *sheet.Error
	if errors.As(err, &e) && fault.KindOf(err) == fault.Internal {
		return fault.Wrap(fault.Invalid, err, "%s", e.Error())
	}
	return err
}

func (s *Service) note(id ID, n int) { s.mu.Lock(); s.progress[id] = n; s.mu.Unlock() }
func (s *Service) forget(id ID)      { s.mu.Lock(); delete(s.progress, id); s.mu.Unlock() }

// Progress tells how many rows a confirmation under way in this process has read; every process knows only its own. Ask for the batch with
// Find first, which looks whether the person may know of it.
func (s *Service) Progress(id ID) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.progress[id]
	return n, ok
}

func hash(in Input) string {
	if in.Data == nil {
		return ""
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(in.Data, 0, in.Size)); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

func mappingText(m *sheet.Mapping) string {
	if m == nil {
		return ""
	}
	return string(m.YAML())
}

func optionsText(o map[string]bool) string { return jsonText(o) }

func optionsOf(s string) map[string]bool {
	o := map[string]bool{}
	_ = json.Unmarshal([]byte(s), &o)
	return o
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// Made tells when a batch was made, for lists.
func (r Record) Made() time.Time { return time.UnixMilli(r.MadeMs) }
