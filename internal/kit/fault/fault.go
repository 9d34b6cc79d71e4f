// Package fault is how Ajar tells people what went wrong: an error with a kind and a safe sentence.
// Any other error is internal: the page shows a reference number and the log shows the rest.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble it is, and so which page or exit status answers it.
type Kind int

// The kinds. "Not yours" and "not there" are both NotFound, so that they look the same from outside.
const (
	Internal Kind = iota
	NotFound
	Invalid
	Conflict
	Forbidden // only for the person's own standing (signed out, no second factor), never for a record
	TooLarge
	Unavailable
	Kin // about the person's own family: not for them, whatever their part
)

// Error is trouble that may be shown: Sentence is safe and plain, Field names the form field when there is one.
type Error struct {
	Kind     Kind
	Sentence string
	Field    string
	cause    error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Sentence + ": " + e.cause.Error()
	}
	return e.Sentence
}

// Unwrap gives the cause, which is for logs and never for pages.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error with a sentence that a person may read.
func New(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Sentence: fmt.Sprintf(format, args...)}
}

// Wrap keeps the cause for the log behind a sentence that a person may read.
func Wrap(k Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: k, Sentence: fmt.Sprintf(format, args...), cause: cause}
}

// Field makes an Invalid error about one field of a form.
func Field(name, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: name, Sentence: fmt.Sprintf(format, args...)}
}

// Gone is the one answer for what is not there and for what is not yours.
func Gone(what string) *Error {
	return New(NotFound, "We could not find that %s. It may have been removed, or it may not be one that you work with.", what)
}

// KindOf tells the kind of err; anything that is not a fault is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var f Fields
	if errors.As(err, &f) {
		return Invalid
	}
	return Internal
}

// Sentence gives what may be shown of err, and whether there is such a sentence.
func Sentence(err error) (string, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Sentence, true
	}
	var f Fields
	if errors.As(err, &f) {
		return f.Error(), true
	}
	return "", false
}

// Fields are several errors about one form, in the order of the form.
type Fields []*Error

func (f Fields) Error() string {
	s := ""
	for i, e := range f {
		if i > 0 {
			s += " "
		}
		s += e.Sentence
	}
	return s
}

// Add appends an error about a field.
func (f *Fields) Add(name, format string, args ...any) { *f = append(*f, Field(name, format, args...)) }

// Err is nil when nothing was added, so that `return f.Err()` reads well.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// AsFields reads the field errors out of err, one for a single field error, none for any other kind.
func AsFields(err error) Fields {
	var f Fields
	if errors.As(err, &f) {
		return f
	}
	var e *Error
	if errors.As(err, &e) && e.Kind == Invalid {
		return Fields{e}
	}
	return nil
}
