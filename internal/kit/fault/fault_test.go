package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindAndSentence(t *testing.T) {
	cause := errors.New("secret")
	var none Fields
	for _, c := range []struct {
		err  error
		kind Kind
		says string
		safe bool
	}{
		{cause, Internal, "", false},
		{io.EOF, Internal, "", false},
		{New(Conflict, "%d people.", 3), Conflict, "3 people.", true},
		{fmt.Errorf("saving: %w", New(TooLarge, "Too large.")), TooLarge, "Too large.", true},
		{Wrap(Unavailable, cause, "Busy."), Unavailable, "Busy.", true},
		{Field("name", "Write a %s.", "name"), Invalid, "Write a name.", true},
		{Fields{Field("a", "One."), Field("b", "Two.")}, Invalid, "One. Two.", true},
		{fmt.Errorf("saving: %w", Fields{Field("a", "One.")}), Invalid, "One.", true},
		{Gone("pupil"), NotFound, "We could not find that pupil. It may have been removed, or it may not be one that you work with.", true},
	} {
		s, safe := Sentence(c.err)
		if KindOf(c.err) != c.kind || s != c.says || safe != c.safe {
			t.Errorf("%v: kind %d, %q, %v", c.err, KindOf(c.err), s, safe)
		}
	}
	if err := Wrap(Conflict, cause, "Taken."); !errors.Is(err, cause) || err.Error() != "Taken.: secret" {
		t.Errorf("the log would lose the cause: %v", err)
	}
	if none.Err() != nil {
		t.Error("no errors are an error")
	}
}

func TestFields(t *testing.T) {
	var f Fields
	f.Add("a", "One.")
	f.Add("b", "Two of %d.", 2)
	err := f.Err()
	if got := AsFields(fmt.Errorf("x: %w", err)); len(got) != 2 || got[1].Field != "b" || got[1].Sentence != "Two of 2." {
		t.Errorf("%v", got)
	}
	if got := AsFields(Field("a", "One.")); len(got) != 1 || got[0].Field != "a" {
		t.Errorf("%v", got)
	}
	for _, err := range []error{nil, io.EOF, Gone("pupil"), New(Conflict, "Taken.")} {
		if got := AsFields(err); got != nil {
			t.Errorf("%v reads as %v", err, got)
		}
	}
}
