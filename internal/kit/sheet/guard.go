package sheet

// Spreadsheets run a CSV cell that begins with = + - @, a tab or a carriage return as a formula. A name typed into a form
// by a stranger must not do that on the office's machine. On the way out such cells get an apostrophe in front; numbers
// stay as they are, because they cannot do harm and a person wants to add them up. On the way in one apostrophe before
// such a sign is taken off again, so that what was written out comes back as it was.

// guard puts the apostrophe on.
func guard(s string) string {
	if startsFormula(s) && !plainNumber(s) {
		return "'" + s
	}
	return s
}

// unguard takes it off and says whether there was one.
func unguard(s string) (string, bool) {
	if len(s) < 2 || s[0] != '\'' || !startsFormula(s[1:]) {
		return s, false
	}
	return s[1:], true
}

// startsFormula looks past apostrophes, so that a text which really begins with '= keeps its own one.
func startsFormula(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			continue
		case '=', '+', '-', '@', '\t', '\r':
			return true
		}
		return false
	}
	return false
}

// plainNumber is an optional minus, digits, and at most one point: "-3", "-0.5". A telephone number with + is text.
func plainNumber(s string) bool {
	if len(s) < 2 || s[0] != '-' {
		return false
	}
	digits, points := 0, 0
	for _, c := range s[1:] {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}
