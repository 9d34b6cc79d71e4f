package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bundle is a set of CSV files that belong together: a zip, or a folder, as rostering exports are.
type Bundle struct {
	Name  string
	Notes []string // files that were left aside

	lim    Limits
	tables []bundled
	closer io.Closer
}

type bundled struct {
	name string
	open opener
}

// OpenBundle reads a zip. Every entry is unpacked once to nowhere before anything is read, so a bomb or a damaged entry is
// refused as a whole. The caller keeps data open until Close and closes it afterwards.
func OpenBundle(name string, data io.ReaderAt, size int64, lim Limits) (*Bundle, error) {
	lim, name = lim.orDefaults(), displayName(name)
	if size <= 0 {
		return nil, fail(name, Empty, "The file is empty. Export it again before sending it.")
	}
	magic := make([]byte, min(size, 8))
	if _, err := data.ReadAt(magic, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fail(name, Unreadable, "The file could not be read. Try again; if it happens again, copy it to another place first.").because(err)
	}
	if !bytes.HasPrefix(magic, []byte("PK")) {
		if err := refuseKnown(name, magic, data, size); err != nil {
			return nil, err
		}
		return nil, fail(name, Unsupported, "A zip with CSV files in it was expected, and this is something else.")
	}
	zr, sizes, err := checkZip(name, data, size, lim)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Name: name, lim: lim}
	dirs := map[string]bool{}
	for _, f := range zr.File {
		full := path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))
		switch strings.ToLower(full) {
		case "xl/workbook.xml":
			return nil, fail(name, Unsupported, "This is one Excel workbook, and a zip of CSV files was expected.")
		case "mimetype", "word/document.xml":
			return nil, fail(name, Unsupported, "This is an office document, and a zip of CSV files was expected.")
		}
		if f.FileInfo().IsDir() || junk(full) {
			continue
		}
		if err := refuseNested(name, f); err != nil {
			return nil, err
		}
		if !tableName(full) {
			b.leaveAside(full)
			continue
		}
		dirs[path.Dir(full)] = true
		if err := b.add(path.Base(full), zipOpener(f, sizes[f])); err != nil {
			return nil, err
		}
	}
	if len(dirs) > 1 {
		return nil, fail(name, Unsupported, "The CSV files are in %d different folders. Put them into one folder and pack that.", len(dirs))
	}
	if err := b.complete(); err != nil {
		return nil, err
	}
	return b, nil
}

func zipOpener(f *zip.File, size int64) opener {
	return func() (io.ReadCloser, error) {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		// The check counted size bytes. If more come now, the archive was changed meanwhile.
		return &counted{ReadCloser: r, left: size, limit: size}, nil
	}
}

// refuseNested looks at the content, because an archive in an archive can be called anything.
func refuseNested(name string, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return fail(name, Corrupt, "The file %s in it cannot be unpacked. Save it again and send it once more.", cut(displayName(f.Name), 60)).because(err)
	}
	defer r.Close()
	magic := make([]byte, 8)
	n, _ := io.ReadFull(r, magic)
	for _, m := range []string{"PK\x03\x04", "PK\x05\x06", "\x1f\x8b\x08", "7z\xbc\xaf", "Rar!", "BZh", "\xfd7zXZ"} {
		if bytes.HasPrefix(magic[:n], []byte(m)) {
			return fail(name, Unsafe, "It holds another archive or a workbook (%s). Unpack that first, or send it on its own.", cut(displayName(f.Name), 60))
		}
	}
	return nil
}

// OpenBundlePath opens a zip file or a folder on disk.
func OpenBundlePath(p string, lim Limits) (*Bundle, error) {
	info, err := os.Stat(p)
	if err == nil && info.IsDir() {
		return openFolder(p, lim.orDefaults())
	}
	f, size, err := openPath(p)
	if err != nil {
		return nil, err
	}
	b, err := OpenBundle(filepath.Base(p), f, size, lim)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	b.closer = f
	return b, nil
}

// openFolder reads through an os.Root, so that no name and no link leads out of the folder.
func openFolder(p string, lim Limits) (*Bundle, error) {
	name := displayName(strings.TrimRight(filepath.ToSlash(filepath.Clean(p)), "/"))
	root, err := os.OpenRoot(p)
	if err != nil {
		return nil, fail(name, Unreadable, "The folder could not be opened. Check that you may read it.").because(err)
	}
	b := &Bundle{Name: name, lim: lim, closer: root}
	if err := b.addFolder(root); err != nil {
		_ = root.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bundle) addFolder(root *os.Root) error {
	dir := "."
	entries, err := b.list(root, dir)
	if err != nil {
		return err
	}
	if inner := onlyFolder(entries); inner != "" {
		dir = inner
		if entries, err = b.list(root, dir); err != nil {
			return err
		}
	}
	var total int64
	for _, e := range entries {
		full := path.Join(dir, e.Name())
		switch {
		case e.Type()&os.ModeSymlink != 0:
			return fail(b.Name, Unsafe, "The folder holds a link (%s) instead of an ordinary file. For safety nothing of it was read.", cut(displayName(e.Name()), 60))
		case e.IsDir() || junk(e.Name()):
			continue
		case !tableName(e.Name()):
			b.leaveAside(e.Name())
			continue
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			return fail(b.Name, Unsafe, "%s is not an ordinary file.", cut(displayName(e.Name()), 60)).because(err)
		}
		if total += info.Size(); total > b.lim.MaxUnpacked {
			return fail(b.Name, TooBig, "The files are larger than %s together, which is the limit.", bytesText(b.lim.MaxUnpacked))
		}
		if err := b.add(e.Name(), func() (io.ReadCloser, error) { return root.Open(full) }); err != nil {
			return err
		}
	}
	return b.complete()
}

func (b *Bundle) list(root *os.Root, dir string) ([]os.DirEntry, error) {
	d, err := root.Open(dir)
	if err != nil {
		return nil, fail(b.Name, Unreadable, "The folder could not be opened. Check that you may read it.").because(err)
	}
	defer d.Close()
	entries, err := d.ReadDir(b.lim.MaxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fail(b.Name, Unreadable, "The folder could not be listed. Check that you may read it.").because(err)
	}
	if len(entries) > b.lim.MaxEntries {
		return nil, fail(b.Name, TooBig, "There are more than %d files in the folder.", b.lim.MaxEntries)
	}
	slices.SortFunc(entries, func(x, y os.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return entries, nil
}

// onlyFolder: no table here, and exactly one folder in which they may be.
func onlyFolder(entries []os.DirEntry) string {
	inner := ""
	for _, e := range entries {
		switch {
		case junk(e.Name()):
		case e.IsDir() && inner == "":
			inner = e.Name()
		case e.IsDir(), tableName(e.Name()):
			return ""
		}
	}
	return inner
}

func (b *Bundle) add(name string, open opener) error {
	for _, t := range b.tables {
		if strings.EqualFold(t.name, name) {
			return fail(b.Name, Unsupported, "There are two files called %s in it. Keep the right one and take the other out.", cut(displayName(name), 60))
		}
	}
	b.tables = append(b.tables, bundled{name, open})
	return nil
}

func (b *Bundle) leaveAside(name string) {
	const listed = 20
	if len(b.Notes) < listed {
		b.Notes = append(b.Notes, fmt.Sprintf("%s is not a CSV file and was left aside.", cut(displayName(name), 60)))
	}
}

func (b *Bundle) complete() error {
	if len(b.tables) == 0 {
		return fail(b.Name, Empty, "There is no CSV file in it. Check that the right file was sent.")
	}
	return nil
}

func tableName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".txt":
		return true
	}
	return false
}

// junk is what operating systems leave in folders and zips without being asked.
func junk(name string) bool {
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		if part == "__macosx" || part == "thumbs.db" || part == "desktop.ini" || strings.HasPrefix(part, ".") && part != "." {
			return true
		}
	}
	return false
}

// Names lists the tables in the order of the archive, without their folder.
func (b *Bundle) Names() []string {
	names := make([]string, len(b.tables))
	for i, t := range b.tables {
		names[i] = t.name
	}
	return names
}

// Has says whether there is a table of that name, with or without ".csv" and in any case.
func (b *Bundle) Has(name string) bool { return b.find(name) != nil }

func (b *Bundle) find(name string) *bundled {
	for i, t := range b.tables {
		if strings.EqualFold(t.name, name) || strings.EqualFold(strings.TrimSuffix(strings.ToLower(t.name), ".csv"), name) {
			return &b.tables[i]
		}
	}
	return nil
}

// Table opens one table; several may be open at once. The error has the kind MissingFile when there is none of that name.
func (b *Bundle) Table(name string) (*Table, error) {
	t := b.find(name)
	if t == nil {
		return nil, fail(b.Name, MissingFile, "There is no file %s in it. It has: %s.", cut(displayName(name), 60), cut(strings.Join(b.Names(), ", "), 500))
	}
	return openCSV(displayName(t.name), t.open, b.lim, 0)
}

// Close closes what [OpenBundlePath] opened. Tables that are open must be closed first.
func (b *Bundle) Close() error {
	if b.closer == nil {
		return nil
	}
	c := b.closer
	b.closer = nil
	return c.Close()
}
