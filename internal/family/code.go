package family

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// A code on paper is twelve signs in three groups, like 7KQ2-M9XD-40RV: eleven at random (55 bits) and one that checks the others. The signs leave out
// I, L, O and U, so that nothing is mistaken for 1, 0 or V and no word comes of it.
const (
	codeSigns  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 12
)

// newCode makes a code as it is printed.
func newCode() string {
	var b [codeLength]byte
	_, _ = rand.Read(b[:codeLength-1])
	for i := range codeLength - 1 {
		b[i] &= 31
	}
	b[codeLength-1] = checkSign(b[:codeLength-1])
	var out strings.Builder
	for i, v := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(codeSigns[v])
	}
	return out.String()
}

// readCode reads what somebody typed: in any case, with or without the dashes, and with the signs that people take for one another. It tells a slip of
// the finger, which the last sign gives away, from a code that may be right.
func readCode(typed string) (code string, whole bool) {
	var b []byte
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		case 'U':
			r = 'V'
		}
		i := strings.IndexRune(codeSigns, r)
		if i < 0 {
			if r == '-' || r == ' ' || r == '.' || r == '–' || r == '\u00a0' || r == '‐' || r == '—' {
				continue
			}
			return "", false
		}
		if len(b) == codeLength {
			return "", false
		}
		b = append(b, byte(i))
	}
	if len(b) != codeLength || checkSign(b[:codeLength-1]) != b[codeLength-1] {
		return "", false
	}
	var out strings.Builder
	for _, v := range b {
		out.WriteByte(codeSigns[v])
	}
	return out.String(), true
}

// checkSign weighs each sign by its place in the field of 32 elements. So one wrong sign, or two that changed places, never leave the sum as it was.
func checkSign(values []byte) byte {
	sum, weight := byte(0), byte(1)
	for _, v := range values {
		weight = times2(weight)
		sum ^= times(v, weight)
	}
	return sum
}

// times2 and times multiply in GF(32), modulo x⁵ + x² + 1.
func times2(a byte) byte {
	a <<= 1
	if a&32 != 0 {
		a ^= 0b100101
	}
	return a
}

func times(a, b byte) (out byte) {
	for ; b > 0; b >>= 1 {
		if b&1 != 0 {
			out ^= a
		}
		a = times2(a)
	}
	return out
}

// newSecret is the part of a link that nobody can guess: 192 bits.
func newSecret() string {
	var b [24]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hash is what the store keeps of a link, a code or a cookie. They are random and long, so that a plain hash is enough.
func hash(kind, secret string) string {
	h := sha256.Sum256([]byte(kind + " " + secret))
	return hex.EncodeToString(h[:])
}

const (
	ofLink   = "link"
	ofCode   = "code"
	ofDevice = "device"
)
