package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func toImports() ui.Link { return ui.Link{Text: "Imports", Href: ImportsPath} }

func (h *handlers) imports(q *web.Req) error {
	list, err := h.s.Imports.List(q.Pass, q.Context())
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b batch.Record) bool { return b.State == "dropped" })
	v := importsView{Batches: list[:min(30, len(list))], Now: h.now(), Titles: map[string]string{}}
	for _, k := range h.s.Imports.Kinds() {
		v.Titles[k.Key] = k.Title
		if q.Pass.CheckAll(k.Need) == nil {
			v.Kinds = append(v.Kinds, k)
		}
	}
	if may(q, roll.Edit) {
		open, err := h.s.Conflicts(q.Context(), q.Pass)
		if err != nil {
			return err
		}
		v.Conflicts = len(open)
	}
	return q.Page(importsPage(page(q, "Imports"), v))
}

type importsView struct {
	Kinds     []batch.Kind
	Titles    map[string]string
	Batches   []batch.Record
	Conflicts int
	Now       int64
}

func (h *handlers) now() int64 { return h.s.DB.Clock().Now().UnixMilli() }

// kind finds a kind that this person may bring in; one that is not theirs is not there.
func (h *handlers) kind(q *web.Req, key string) (batch.Kind, error) {
	k, err := h.s.Imports.Kind(key)
	if err != nil {
		return k, fault.Gone("page")
	}
	return k, q.Pass.CheckAll(k.Need)
}

func (h *handlers) importForm(q *web.Req) error {
	k, err := h.kind(q, q.R.PathValue("kind"))
	if err != nil {
		return err
	}
	return q.Page(importFormPage(h.importPage(q, k), k, nil, nil))
}

func (h *handlers) importPage(q *web.Req, k batch.Kind) ui.PageData {
	return page(q, "Bring in "+lower(k.Title), toImports())
}

// importRead takes the file: it is shown what it would do when its columns are known, and asked about them when they are not.
func (h *handlers) importRead(q *web.Req) error {
	k, err := h.kind(q, q.R.PathValue("kind"))
	if err != nil {
		return err
	}
	again := func(field, sentence string, options map[string]bool) error {
		d := h.importPage(q, k)
		d.Errors = ui.Errors{{Field: field, Text: sentence}}
		return q.Again(importFormPage(d, k, options, d.Errors))
	}
	name, body, err := upload(q, "file")
	if err != nil {
		return err
	}
	options := map[string]bool{}
	for _, o := range k.Options {
		options[o.Key] = q.Checked("option_" + o.Key)
	}
	if len(body) == 0 {
		return again("file", "Choose a file first. If you chose one, it was empty.", options)
	}
	m, err := uploadedMapping(q)
	if err != nil {
		return again("mapping", sentenceOf(err), options)
	}
	if !k.Bundle && m == nil {
		table, err := readHeader(name, body, 0)
		if err != nil {
			return again("file", sentenceOf(err), options)
		}
		if m, err = h.s.Imports.Recall(q.Pass, k.Key, sheet.Fingerprint(table.header), q.Context()); err != nil {
			return err
		}
		if m == nil && !fits(k, table.header) {
			id, err := h.s.Imports.Hold(q.Pass, k.Key, batch.Bytes(name, body), body, q.Context())
			if err != nil {
				return err
			}
			return q.Go(batchColumnsPath(id), "")
		}
	}
	id, _, err := h.s.Imports.Preview(q.Pass, batch.Order{Kind: k.Key, Input: batch.Bytes(name, body), Mapping: m, Options: options}, q.Context())
	if s, ok := fileTrouble(err); ok {
		return again("file", s, options)
	}
	if err != nil {
		return err
	}
	return q.Go(BatchPath(id), "")
}

// upload reads a file out of a form whole.
func upload(q *web.Req, field string) (name string, body []byte, err error) {
	f, head, err := q.R.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return "", nil, err
		}
		return "", nil, fault.Field(field, "The file did not arrive whole. Check the connection and send it again.")
	}
	defer func(f multipart.File) { _ = f.Close() }(f)
	body, err = io.ReadAll(f)
	return head.Filename, body, err
}

func uploadedMapping(q *web.Req) (*sheet.Mapping, error) {
	_, body, err := upload(q, "mapping")
	if err != nil || len(body) == 0 {
		return nil, err
	}
	return sheet.LoadMapping(body)
}

// fileTrouble gives the sentence of an error that is about the file, which the person can mend.
func fileTrouble(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	var e *sheet.Error
	if errors.As(err, &e) {
		return e.Error(), true
	}
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.TooLarge || k == fault.Conflict {
		s, _ := fault.Sentence(err)
		return s, true
	}
	return "", false
}

func sentenceOf(err error) string {
	if s, ok := fileTrouble(err); ok {
		return s
	}
	if s, ok := fault.Sentence(err); ok {
		return s
	}
	return "The file could not be read."
}

type heading struct {
	header []string
	rows   [][]string
}

// readHeader reads the names of the columns and the first rows.
func readHeader(name string, body []byte, rows int) (out heading, err error) {
	t, err := sheet.Open(name, bytes.NewReader(body), int64(len(body)), sheet.Defaults())
	if err != nil {
		return out, err
	}
	defer func() { _ = t.Close() }()
	out.header = t.Header
	for len(out.rows) < rows {
		r, err := t.Next()
		var bad *sheet.RowError
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			break
		}
		out.rows = append(out.rows, r.Cells)
	}
	return out, nil
}

// fits tells whether a file has the columns of our own template.
func fits(k batch.Kind, header []string) bool {
	b, err := sheet.BindTemplate(k.Fields, header)
	if err != nil {
		return false
	}
	for _, f := range k.Required {
		if !b.Has(f) {
			return false
		}
	}
	return true
}

func (h *handlers) openBatch(q *web.Req) (b batch.Record, k batch.Kind, err error) {
	id, err := web.PathID[batch.Batch](q, "batch")
	if err != nil {
		return b, k, err
	}
	if b, err = h.s.Imports.Find(q.Pass, id, q.Context()); err != nil {
		return b, k, err
	}
	k, err = h.kind(q, b.Kind)
	return b, k, err
}

type columnsView struct {
	Batch  batch.Record
	Kind   batch.Kind
	Header []string
	Rows   [][]string
	Base   *sheet.Mapping
	Chosen map[string]string
	Errs   ui.Errors
}

const keepRule = "=keep"

// columnOf gives the column that a rule takes as it is, or keepRule when it does more than that.
func columnOf(m *sheet.Mapping, field string, header []string) string {
	for _, r := range m.Fields {
		if r.Field != field {
			continue
		}
		for _, c := range header {
			if sheet.Column(c).Template == r.Template {
				return c
			}
		}
		return keepRule
	}
	return ""
}

func (v columnsView) rule(field string) string {
	if v.Base != nil {
		for _, r := range v.Base.Fields {
			if r.Field == field {
				return r.Template
			}
		}
	}
	return ""
}

func (v columnsView) options(field string) (out []ui.Option) {
	if v.Base != nil && columnOf(v.Base, field, v.Header) == keepRule {
		out = append(out, ui.Option{Value: keepRule, Label: "As the mapping says: " + v.rule(field)})
	}
	for i, c := range v.Header {
		label := c
		if c == "" {
			continue
		}
		if s := v.sample(i); s != "" {
			label += " (" + s + ")"
		}
		out = append(out, ui.Option{Value: c, Label: label})
	}
	return out
}

// sample is the first value that is there in a column, short.
func (v columnsView) sample(i int) string {
	for _, r := range v.Rows {
		if i < len(r) && strings.TrimSpace(r[i]) != "" {
			s := []rune(strings.Join(strings.Fields(r[i]), " "))
			if len(s) > 30 {
				return string(s[:30]) + "…"
			}
			return string(s)
		}
	}
	return ""
}

func (v columnsView) required(field string) bool { return slices.Contains(v.Kind.Required, field) }

func (h *handlers) columns(q *web.Req) (v columnsView, body []byte, err error) {
	var k batch.Kind
	b, k, err := h.openBatch(q)
	if err != nil {
		return v, nil, err
	}
	if k.Bundle {
		return v, nil, fault.Gone("page")
	}
	if b, body, err = h.s.Imports.File(q.Pass, b.ID, q.Context()); err != nil {
		return v, nil, err
	}
	head, err := readHeader(b.FileName, body, 3)
	if err != nil {
		return v, nil, fault.New(fault.Invalid, "%s", sentenceOf(err))
	}
	v = columnsView{Batch: b, Kind: k, Header: head.header, Rows: head.rows, Chosen: map[string]string{}}
	switch {
	case b.Mapping != "":
		v.Base, err = sheet.LoadMapping([]byte(b.Mapping))
	default:
		v.Base, err = h.s.Imports.Recall(q.Pass, k.Key, sheet.Fingerprint(v.Header), q.Context())
	}
	if err != nil {
		return v, nil, err
	}
	if v.Base == nil {
		v.Base = sheet.Suggest(k.Fields, v.Header, k.Synonyms)
	}
	for _, f := range k.Fields {
		v.Chosen[f] = columnOf(v.Base, f, v.Header)
	}
	return v, body, nil
}

func (h *handlers) columnsForm(q *web.Req) error {
	v, _, err := h.columns(q)
	if err != nil {
		return err
	}
	return q.Page(columnsPage(page(q, "Match the columns", toImports()), v))
}

// mapping makes a mapping of what was chosen, keeping what the one before knew about the values of a column.
func (v columnsView) mapping() *sheet.Mapping {
	m := &sheet.Mapping{Kind: v.Kind.Key}
	if v.Base != nil {
		m.Separator, m.SkipRows, m.Repeat = v.Base.Separator, v.Base.SkipRows, v.Base.Repeat
	}
	for _, f := range v.Kind.Fields {
		c := v.Chosen[f]
		if c == "" {
			continue
		}
		rule := sheet.FieldRule{Field: f, Rule: sheet.Column(c)}
		if v.Base != nil {
			for _, r := range v.Base.Fields {
				if r.Field == f && (c == keepRule || r.Template == rule.Template) {
					rule = r
				}
			}
		}
		m.Fields = append(m.Fields, rule)
	}
	return m
}

func (h *handlers) columnsSave(q *web.Req) error {
	v, body, err := h.columns(q)
	if err != nil {
		return err
	}
	again := func(errs ui.Errors) error {
		d := page(q, "Match the columns", toImports())
		d.Errors, v.Errs = errs, errs
		return q.Again(columnsPage(d, v))
	}
	if m, err := uploadedMapping(q); err != nil {
		return again(ui.Errors{{Field: "mapping", Text: sentenceOf(err)}})
	} else if m != nil {
		v.Base = m
		for _, f := range v.Kind.Fields {
			v.Chosen[f] = columnOf(m, f, v.Header)
		}
	} else {
		for _, f := range v.Kind.Fields {
			c := q.Text("column_" + f)
			if c != "" && c != keepRule && !slices.Contains(v.Header, c) {
				c = ""
			}
			v.Chosen[f] = c
		}
	}
	var errs ui.Errors
	for _, f := range v.Kind.Required {
		if v.Chosen[f] == "" && !repeats(v.Base, f) {
			errs.Add("column_"+f, "Choose the column for "+fieldTitle(f)+". Nothing can be brought in without it.")
		}
	}
	if len(errs) > 0 {
		return again(errs)
	}
	m := v.mapping()
	options := map[string]bool{}
	for _, o := range v.Kind.Options {
		options[o.Key] = q.Checked("option_" + o.Key)
	}
	id, _, err := h.s.Imports.Preview(q.Pass, batch.Order{Kind: v.Kind.Key, Input: batch.Bytes(v.Batch.FileName, body), Mapping: m, Options: options}, q.Context())
	if s, ok := fileTrouble(err); ok {
		return again(ui.Errors{{Text: s}})
	}
	if err != nil {
		return err
	}
	if err := h.s.Imports.Remember(q.Pass, v.Kind.Key, sheet.Fingerprint(v.Header), m, q.Context()); err != nil {
		return err
	}
	if err := h.s.Imports.Drop(q.Pass, v.Batch.ID, q.Context()); err != nil {
		return err
	}
	return q.Go(BatchPath(id), "")
}

func repeats(m *sheet.Mapping, field string) bool {
	if m == nil {
		return false
	}
	for _, block := range m.Repeat {
		for _, r := range block {
			if r.Field == field {
				return true
			}
		}
	}
	return false
}

func fieldTitle(f string) string {
	switch f {
	case "upn", "sen", "eal", "fsm":
		return strings.ToUpper(f)
	}
	return strings.ReplaceAll(f, "_", " ")
}

func (h *handlers) mappingFile(q *web.Req) error {
	b, k, err := h.openBatch(q)
	if err != nil {
		return err
	}
	text := b.Mapping
	if text == "" {
		v, _, err := h.columns(q)
		if err != nil {
			return err
		}
		text = string(v.mapping().YAML())
	}
	return q.Download("mapping-"+k.Key+".yaml", "text/yaml; charset=utf-8", []byte(text))
}

func (h *handlers) importTemplate(q *web.Req) error {
	k, err := h.kind(q, q.R.PathValue("kind"))
	if err != nil {
		return err
	}
	if len(k.Fields) == 0 {
		return fault.Gone("template")
	}
	var b bytes.Buffer
	none := slices.Values([][]string{})
	if q.Text("format") == "xlsx" {
		if err := sheet.WriteXLSX(&b, k.Title, k.Fields, none); err != nil {
			return err
		}
		return q.Download(k.Key+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
	}
	if err := sheet.WriteCSV(&b, k.Fields, none); err != nil {
		return err
	}
	return q.Download(k.Key+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// batchView is an import on any step of its way.
type batchView struct {
	batch.Record
	Kind      batch.Kind
	R         *batch.Report
	Undone    batch.Undone
	Undoable  bool
	Until     string
	Running   bool
	RowsSoFar int
	Failed    string
}

func (h *handlers) batch(q *web.Req) error {
	b, k, err := h.openBatch(q)
	if err != nil {
		return err
	}
	if b.Held() {
		return q.Go(batchColumnsPath(b.ID), "")
	}
	v := batchView{Record: b, Kind: k, R: b.Report(), Undone: b.Outcome(), Undoable: b.Undoable(h.now())}
	if b.DoneMs != nil {
		v.Until = time.UnixMilli(*b.DoneMs).AddDate(0, 0, batch.KeepDays).UTC().Format("2 January 2006")
	}
	if b.State == "previewed" {
		h.mu.Lock()
		v.Running, v.Failed = h.confirming[b.ID], h.failed[b.ID]
		h.mu.Unlock()
		v.RowsSoFar, _ = h.s.Imports.Progress(b.ID)
	}
	if v.Running {
		// Without script the browser asks again by itself; what is shown is only how far it is.
		q.W.Header().Set("Refresh", "2")
	}
	return q.Page(batchPage(page(q, v.title(), toImports()), v))
}

func (v batchView) title() string {
	switch {
	case v.Running:
		return "Bringing in " + v.FileName
	case v.State == "previewed":
		return "Check before you bring it in"
	case v.State == "undone":
		return "Undone"
	case v.State == "dropped":
		return "Dropped"
	}
	return "Brought in"
}

// records lists the kinds of record of a report in a steady order.
func (v batchView) records() []string {
	order := []string{"pupils", "adults", "ties", "staff", "classes"}
	var out []string
	for _, k := range order {
		if v.R.By[k] != nil {
			out = append(out, k)
		}
	}
	var rest []string
	for k := range v.R.By {
		if !slices.Contains(order, k) {
			rest = append(rest, k)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

// confirmWords are the words of the button, with the number of what it will do.
func (v batchView) confirmWords() string {
	what, n := "rows", v.R.Created+v.R.Updated
	if list := v.records(); len(list) > 0 {
		what = list[0]
		if t := v.R.By[what]; t != nil {
			n = t.Created + t.Updated
		}
	}
	if n == 0 {
		n = v.R.Created + v.R.Updated
		what = "rows"
	}
	if n == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	return fmt.Sprintf("Bring in %s %s", ui.Thousands(n), what)
}

// nothingNew tells that the file would change nothing.
func (v batchView) nothingNew() bool {
	n := v.R.Created + v.R.Updated
	for _, t := range v.R.By {
		n += t.Created + t.Updated
	}
	return n == 0
}

// grouped puts warnings that say the same of different rows under one line, with how many there are.
type warningGroup struct {
	Text  string
	Count int
	More  []string
}

func grouped(list []string) (out []warningGroup) {
	at := map[string]int{}
	for _, w := range list {
		key := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '0'
			}
			return r
		}, w)
		if i := strings.IndexByte(key, ':'); i > 0 && strings.Contains(key[:i], "row") {
			key = key[i:]
		}
		for strings.Contains(key, "00") {
			key = strings.ReplaceAll(key, "00", "0")
		}
		if i, ok := at[key]; ok {
			out[i].Count++
			if len(out[i].More) < 20 {
				out[i].More = append(out[i].More, w)
			}
			continue
		}
		at[key] = len(out)
		out = append(out, warningGroup{Text: w, Count: 1})
	}
	return out
}

func (h *handlers) batchConfirm(q *web.Req) error {
	b, _, err := h.openBatch(q)
	if err != nil {
		return err
	}
	h.mu.Lock()
	running := h.confirming[b.ID]
	if !running {
		h.confirming[b.ID] = true
		delete(h.failed, b.ID)
	}
	h.mu.Unlock()
	if running {
		return q.Go(BatchPath(b.ID), "")
	}
	done := make(chan struct{})
	pass, ctx, chosen := q.Pass, context.WithoutCancel(q.Context()), q.Texts("proposal")
	go func() {
		defer close(done)
		h.bringIn(ctx, b.ID, func() error {
			_, err := h.s.Imports.Confirm(pass, b.ID, ctx, chosen...)
			return err
		})
	}()
	// A small file is in before anybody could look at a page about it.
	select {
	case <-done:
	case <-time.After(1500 * time.Millisecond):
	}
	return q.Go(BatchPath(b.ID), "")
}

// bringIn runs a confirmation to its end, whatever happens, and remembers what went wrong for the page that asks.
func (h *handlers) bringIn(_ context.Context, id batch.ID, run func() error) {
	err := errors.New("it stopped half way")
	defer func() {
		_ = recover() // err still says that it stopped; the transaction has been taken back
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.confirming, id)
		if err != nil {
			if len(h.failed) > 200 {
				clear(h.failed)
			}
			s, ok := fileTrouble(err)
			if !ok {
				s = "It is our fault, not yours, and nothing was kept: either all of a file comes in or none of it."
			}
			h.failed[id] = s
		}
	}()
	err = run()
}

func (h *handlers) batchDrop(q *web.Req) error {
	b, _, err := h.openBatch(q)
	if err != nil {
		return err
	}
	if err := h.s.Imports.Drop(q.Pass, b.ID, q.Context()); err != nil {
		return err
	}
	return q.Go(ImportsPath, "Dropped. Nothing was brought in, and the file is not kept.")
}

func (h *handlers) batchUndo(q *web.Req) error {
	b, _, err := h.openBatch(q)
	if err != nil {
		return err
	}
	if _, err := h.s.Imports.Undo(q.Pass, b.ID, q.Context()); err != nil {
		return err
	}
	return q.Go(BatchPath(b.ID), "The import was undone.")
}

func (h *handlers) batchRefused(q *web.Req) error {
	b, _, err := h.openBatch(q)
	if err != nil {
		return err
	}
	name, body, err := h.s.Imports.RefusedFile(q.Pass, b.ID, q.Context())
	if err != nil {
		return err
	}
	return q.Export("import", int64(b.ID), "the rows that were refused", name, "text/csv; charset=utf-8", body)
}

func stateWords(b batch.Record) string {
	switch {
	case b.Held():
		return "Columns to match"
	case b.State == "previewed":
		return "Waiting to be confirmed"
	case b.State == "undone":
		return "Undone"
	case b.State == "dropped":
		return "Dropped"
	}
	return "Brought in"
}

func numberWords(b batch.Record) string {
	if b.Held() {
		return ""
	}
	r := b.Report()
	return fmt.Sprintf("%s new, %s changed, %s the same, %s refused", ui.Thousands(r.Created), ui.Thousands(r.Updated), ui.Thousands(r.Same), ui.Thousands(r.Refused))
}

func optionFields(k batch.Kind, chosen map[string]bool) templ.Component {
	if len(k.Options) == 0 {
		return templ.NopComponent
	}
	var list []templ.Component
	for _, o := range k.Options {
		in := ui.ChoiceInput{Name: "option_" + o.Key, Label: "Also", Options: []ui.Option{{Value: "yes", Label: o.Words}}}
		if chosen[o.Key] {
			in.Values = []string{"yes"}
		}
		list = append(list, ui.Checkboxes(in))
	}
	return parts(list...)
}

func rowNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
