package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

func init() {
	for _, k := range []struct{ key, does string }{
		{"oneroster", "bring in a OneRoster zip or folder"},
		{"pupils", "bring in a sheet of pupils and parents"},
		{"attendance", "bring in a sheet of attendance"},
		{"results", "bring in a sheet of results"},
		{"staff", "bring in a sheet of staff: who joins and who leaves"},
	} {
		register("import "+k.key, k.does, func(ctx context.Context, e *Env) error { return importFile(ctx, e, k.key) })
	}
	register("import undo", "take an import back", importUndo)
	register("import list", "list the imports of an organisation", importList)
	register("import template", "print the columns of a sheet that can be brought in", importTemplate)
}

// importFile reads a file in, or with --dry-run only tells what it would do.
func importFile(ctx context.Context, e *Env, kind string) error {
	synopsis := "import " + kind + " FILE --org CODE [--map FILE] [--dry-run] [--json]"
	if kind == "staff" {
		synopsis += " [--leavers]"
	}
	f := e.Flags(synopsis)
	leavers := new(bool)
	if kind == "staff" {
		leavers = f.Bool("leavers", false, "also record colleagues who are not in the file as having left; without it they are only listed")
	}
	code := f.String("org", "", "`code` of the organisation")
	mapping := f.String("map", "", "`file` that says which column feeds which field")
	dry := f.Bool("dry-run", false, "only tell what would be done")
	progress := f.Bool("progress", isTerminal(e.Err), "show how far it is")
	words, err := e.Parse("file to read")
	if err != nil {
		return err
	}
	if *code == "" {
		return usage("Say with --org CODE which organisation the file is for.")
	}
	o := batch.Order{Kind: kind}
	if *mapping != "" {
		if o.Mapping, err = loadMapping(*mapping); err != nil {
			return err
		}
	}
	in, done, err := openInput(words[0])
	if err != nil {
		return err
	}
	defer done()
	o.Input = in
	if *leavers {
		o.TakeAll()
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	org, err := a.Roll.OrgByCode(ctx, *code)
	if err != nil {
		return err
	}
	if *progress {
		o.Tick = func(rows int) { fmt.Fprintf(e.Err, "\r%d rows", rows) }
		defer fmt.Fprint(e.Err, "\r")
	}
	p := access.System("import a file by command", int64(org.ID))
	read := a.Imports.Import
	if *dry {
		read = a.Imports.Try
	}
	r, err := read(p, o, ctx)
	if err != nil {
		return err
	}
	return e.Print(r, func(w io.Writer) { writeReport(w, r) })
}

func loadMapping(path string) (*sheet.Mapping, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "The mapping %s can't be read. Check its name and that you may open it.", path)
	}
	m, err := sheet.LoadMapping(b)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %s", filepath.Base(path), err)
	}
	return m, nil
}

// openInput opens a file or names a folder.
func openInput(path string) (batch.Input, func(), error) {
	none := func() {}
	info, err := os.Stat(path)
	if err != nil {
		return batch.Input{}, none, fault.Wrap(fault.Invalid, err, "There is no file %s that can be read. Check the name and the folder.", path)
	}
	name := filepath.Base(path)
	if info.IsDir() {
		return batch.Input{Name: name, Folder: path}, none, nil
	}
	if !info.Mode().IsRegular() {
		return batch.Input{}, none, fault.New(fault.Invalid, "%s is not an ordinary file.", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return batch.Input{}, none, fault.Wrap(fault.Invalid, err, "%s can't be opened. Check that you may read it.", path)
	}
	return batch.Input{Name: name, Data: f, Size: info.Size()}, func() { _ = f.Close() }, nil
}

func writeReport(w io.Writer, r *batch.Report) {
	if r.DryRun {
		fmt.Fprintln(w, "This was a dry run. Nothing was changed.")
	} else {
		fmt.Fprintf(w, "Import %s. `ajar import undo %s` takes it back within %d days.\n", r.Batch, r.Batch, batch.KeepDays)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tRows\tCreated\tUpdated\tSame\tRefused\t")
	fmt.Fprintf(t, "All rows\t%d\t%d\t%d\t%d\t%d\t\n", r.Rows, r.Created, r.Updated, r.Same, r.Refused)
	for _, k := range sortedKinds(r.By) {
		x := r.By[k]
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t\n", k, x.Rows, x.Created, x.Updated, x.Same, x.Refused)
	}
	_ = t.Flush()
	lines(w, "Refused:", r.Refused, r.Refusals)
	lines(w, "To look at:", len(r.Warnings), r.Warnings)
	left := make([]string, len(r.Proposals))
	for i, p := range r.Proposals {
		left[i] = p.Name + ": " + p.Words
	}
	lines(w, "Here, and not in the file:", len(left), left)
}

// lines prints the first of a long list, and how many more there are.
func lines[T any](w io.Writer, title string, all int, list []T) {
	const shown = 30
	if all == 0 {
		return
	}
	fmt.Fprintln(w, "\n"+title)
	for _, x := range list[:min(shown, len(list))] {
		fmt.Fprintf(w, "  %v\n", x)
	}
	if all > shown {
		fmt.Fprintf(w, "  … and %d more; --json lists them.\n", all-shown)
	}
}

// sortedKinds puts people first and leaves out what was not in the file.
func sortedKinds(by map[string]*sheet.Tally) []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range []string{"pupils", "adults", "ties", "staff", "classes", "members", "roles", "demographics", "orgs", "facts", "users", "attendance", "results"} {
		if t := by[k]; t != nil {
			seen[k] = true
			if t.Rows > 0 {
				out = append(out, k)
			}
		}
	}
	for k := range by {
		if !seen[k] {
			out = append(out, k)
		}
	}
	return out
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// importUndo takes a batch back. Its key is enough: the organisation is looked up.
func importUndo(ctx context.Context, e *Env) error {
	f := e.Flags("import undo BATCH [--org CODE] [--json]")
	code := f.String("org", "", "`code` of the organisation, when you want to be sure which it is")
	words, err := e.Parse("import to take back")
	if err != nil {
		return err
	}
	var id batch.ID
	if id.UnmarshalText([]byte(strings.ToLower(words[0]))) != nil {
		return fault.New(fault.Invalid, "%q is not the key of an import. `ajar import list --org CODE` shows the keys.", words[0])
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	p, err := passOfBatch(ctx, a, id, *code)
	if err != nil {
		return err
	}
	u, err := a.Imports.Undo(p, id, ctx)
	if err != nil {
		return err
	}
	return e.Print(u, func(w io.Writer) {
		fmt.Fprintf(w, "Taken back: %d records removed, %d fields put back as they were.\n", u.Removed, u.Restored)
		lines(w, "Kept:", len(u.Kept), u.Kept)
	})
}

func passOfBatch(ctx context.Context, a *app.App, id batch.ID, code string) (access.Pass, error) {
	orgs, err := a.Roll.Orgs(ctx)
	if err != nil {
		return access.Pass{}, err
	}
	for _, o := range orgs {
		p := access.System("undo an import by command", int64(o.ID))
		if _, err := a.Imports.Find(p, id, ctx); err == nil && (code == "" || code == o.Code) {
			return p, nil
		} else if err != nil && fault.KindOf(err) != fault.NotFound {
			return access.Pass{}, err
		}
	}
	return access.Pass{}, fault.New(fault.NotFound, "There is no import with the key %s. `ajar import list --org CODE` shows those there are.", id)
}

// importRow is one import as the list prints it.
type importRow struct {
	Batch    string `json:"batch"`
	Kind     string `json:"kind"`
	File     string `json:"file"`
	State    string `json:"state"`
	By       string `json:"by"`
	Made     string `json:"made"`
	Undoable bool   `json:"undoable"`
	Rows     int    `json:"rows"`
	Created  int    `json:"created"`
	Updated  int    `json:"updated"`
	Same     int    `json:"same"`
	Refused  int    `json:"refused"`
}

func importList(ctx context.Context, e *Env) error {
	f := e.Flags("import list --org CODE [--json]")
	code := f.String("org", "", "`code` of the organisation")
	if _, err := e.Parse(); err != nil {
		return err
	}
	if *code == "" {
		return usage("Say with --org CODE of which organisation.")
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	o, err := a.Roll.OrgByCode(ctx, *code)
	if err != nil {
		return err
	}
	list, err := a.Imports.List(access.System("list the imports by command", int64(o.ID)), ctx)
	if err != nil {
		return err
	}
	rows := []importRow{}
	for _, b := range list {
		r := b.Report()
		rows = append(rows, importRow{b.ID.String(), b.Kind, b.FileName, b.State, b.ByName, b.Made().In(e.Clock.Zone()).Format(time.RFC3339), b.Undoable(e.Clock.Now().UnixMilli()),
			r.Rows, r.Created, r.Updated, r.Same, r.Refused})
	}
	return e.Print(rows, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintf(w, "Nothing has been brought in for %s yet.\n", o.Name)
			return
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "Import\tKind\tFile\tMade\tState\tRows\tCreated\tUpdated\tSame\tRefused")
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\n", r.Batch, r.Kind, r.File, r.Made, r.State, r.Rows, r.Created, r.Updated, r.Same, r.Refused)
		}
		_ = t.Flush()
	})
}

// importTemplate prints the header of Ajar's own sheet of a kind, ready to be opened in a spreadsheet.
func importTemplate(_ context.Context, e *Env) error {
	e.Flags("import template KIND [--json]")
	words, err := e.Parse("kind: pupils, staff, attendance or results")
	if err != nil {
		return err
	}
	// The columns are known without any data, so none is opened.
	imports := batch.New(nil)
	progress.New(nil, roll.New(nil, imports), imports)
	k, err := imports.Kind(words[0])
	if err != nil {
		return err
	}
	if k.Bundle {
		return fault.New(fault.Invalid, "%s has files and columns of its own, so there is no template for it.", k.Title)
	}
	return e.Print(struct {
		Kind     string   `json:"kind"`
		Fields   []string `json:"fields"`
		Required []string `json:"required"`
	}{k.Key, k.Fields, k.Required}, func(w io.Writer) {
		c := csv.NewWriter(w)
		_ = c.Write(k.Fields)
		c.Flush()
	})
}
