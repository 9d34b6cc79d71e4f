package sheet

import (
	"fmt"
	"strings"
)

// Kind sorts errors for code that must act on them; people read the sentence.
type Kind string

// The kinds of trouble a file can be in.
const (
	Empty         Kind = "empty"          // there is nothing in it
	Unsupported   Kind = "unsupported"    // a format that is known and not read: .xls, .ods, PDF, …
	Binary        Kind = "binary"         // not text and not a known format
	Protected     Kind = "protected"      // needs a password
	Corrupt       Kind = "corrupt"        // damaged, or cut off
	Unsafe        Kind = "unsafe"         // paths that climb, links, archives in archives
	TooBig        Kind = "too big"        // beyond one of the Limits
	BadQuoting    Kind = "bad quoting"    // a quotation mark that never closes
	NulByte       Kind = "nul byte"       // a zero byte in the text
	MissingColumn Kind = "missing column" // a mapping names a column that the file has not
	MissingFile   Kind = "missing file"   // a bundle has no such table
	BadMapping    Kind = "bad mapping"    // the mapping file itself is wrong
	Unreadable    Kind = "unreadable"     // the disk or the network failed
)

// Error says what is wrong with a file, where, and what to do, in a sentence that can be shown to anyone.
type Error struct {
	File   string
	Row    int // as counted in a spreadsheet, the header being 1; 0 when no row is meant
	Column string
	Kind   Kind
	msg    string
	cause  error
}

// Error puts the place in front of the sentence: "pupils.csv, row 7, column DOB: …".
func (e *Error) Error() string {
	var where []string
	if e.File != "" {
		where = append(where, e.File)
	}
	if e.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", e.Row))
	}
	if e.Column != "" {
		where = append(where, "column "+e.Column)
	}
	if len(where) == 0 {
		return e.msg
	}
	return strings.Join(where, ", ") + ": " + e.msg
}

// Reason is the sentence without the place, for lists that show file and row in columns of their own.
func (e *Error) Reason() string { return e.msg }

// Unwrap gives the technical cause for the log; it is not part of the sentence.
func (e *Error) Unwrap() error { return e.cause }

// RowError is trouble with one row. Reading goes on with the next call of [Table.Next].
type RowError struct {
	Err   *Error
	Cells []string // what could be read of the row, for the file of refused rows; oversized cells are cut
}

func (e *RowError) Error() string { return e.Err.Error() }

// Unwrap lets errors.As find the *Error inside.
func (e *RowError) Unwrap() error { return e.Err }

func fail(file string, kind Kind, format string, args ...any) *Error {
	return &Error{File: file, Kind: kind, msg: fmt.Sprintf(format, args...)}
}

// because keeps the technical cause for the log without showing it to people.
func (e *Error) because(err error) *Error {
	e.cause = err
	return e
}

func (e *Error) at(row int) *Error {
	e.Row = row
	return e
}

// bytesText writes a size the way people read it: "64 KB", "1.5 MB".
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return trimZero(fmt.Sprintf("%.1f", float64(n)/(1<<30))) + " GB"
	case n >= 1<<20:
		return trimZero(fmt.Sprintf("%.1f", float64(n)/(1<<20))) + " MB"
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func trimZero(s string) string { return strings.TrimSuffix(s, ".0") }

// count writes "1 row" and "3 rows".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
