package post

import (
	"strings"
	"unicode/utf8"
)

// The two alphabets of text messages.
const (
	GSM7 = "GSM-7" // 7 bits a letter: English, Somali, Italian
	UCS2 = "UCS-2" // 16 bits a letter: everything else. One letter outside of GSM-7 makes the whole text UCS-2
)

// What fits in a message by itself, and in each part of a longer one, whose head takes room.
const (
	gsmAlone, gsmPart = 160, 153
	ucsAlone, ucsPart = 70, 67
)

// gsm are the letters of the plain alphabet (GSM 03.38), gsmTwice those of its extension, which take two places.
const (
	gsm      = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmTwice = "^{}\\[~]|€\f"
)

// Segments tells how a text travels: in which alphabet, how many places it takes in it, and in how many parts, each of which is paid for. A letter that takes
// two places is never parted, so a part may stay one short.
func Segments(text string) (encoding string, characters, parts int) {
	encoding, alone, part := GSM7, gsmAlone, gsmPart
	width := gsmWidth
	for _, r := range text {
		if gsmWidth(r) == 0 {
			encoding, alone, part, width = UCS2, ucsAlone, ucsPart, ucsWidth
			break
		}
	}
	room := 0 // what is left in the last part
	for _, r := range text {
		n := width(r)
		characters += n
		if n > room {
			parts, room = parts+1, part
		}
		room -= n
	}
	if characters <= alone {
		parts = min(parts, 1)
	}
	return encoding, characters, parts
}

func gsmWidth(r rune) int {
	switch {
	case strings.ContainsRune(gsm, r):
		return 1
	case strings.ContainsRune(gsmTwice, r):
		return 2
	}
	return 0
}

func ucsWidth(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func gsm7(s string) bool {
	encoding, _, _ := Segments(s)
	return encoding == GSM7
}

// Cost is what a text costs to send, in tenths of a penny, as the price of a part is set.
func Cost(text string, perPart int64) int64 {
	_, _, parts := Segments(text)
	return int64(parts) * perPart
}

// Swap is one kind of character that Plain put something plain in the place of.
type Swap struct {
	From, To string
	Times    int
}

// plainer is what word processors put in by themselves, and what it stands for.
var plainer = []Swap{
	{From: "’", To: "'"}, {From: "‘", To: "'"}, {From: "‚", To: "'"}, {From: "‛", To: "'"}, {From: "′", To: "'"}, {From: "`", To: "'"}, {From: "´", To: "'"},
	{From: "“", To: `"`}, {From: "”", To: `"`}, {From: "„", To: `"`}, {From: "‟", To: `"`}, {From: "″", To: `"`}, {From: "«", To: `"`}, {From: "»", To: `"`},
	{From: "–", To: "-"}, {From: "—", To: "-"}, {From: "‐", To: "-"}, {From: "\u2011", To: "-"}, {From: "‒", To: "-"}, {From: "―", To: "-"}, {From: "−", To: "-"},
	{From: "…", To: "..."}, {From: "•", To: "-"}, {From: "\t", To: " "},
	{From: "\u00a0", To: " "}, {From: "\u202f", To: " "}, {From: "\u2009", To: " "}, {From: "\u2007", To: " "}, {From: "\u2002", To: " "}, {From: "\u2003", To: " "},
	{From: "\u200b", To: ""}, {From: "\ufeff", To: ""}, {From: "\u00ad", To: ""},
}

// Plain puts plain quotes, dashes, dots and spaces in the place of those that word processors make, since a single one can make a text twice as dear. It says
// what it did: whoever sends sees that first, and nothing is changed in silence. Letters stay as they are, with their accents.
func Plain(text string) (plain string, swaps []Swap) {
	for _, s := range plainer {
		if s.Times = strings.Count(text, s.From); s.Times > 0 {
			text = strings.ReplaceAll(text, s.From, s.To)
			swaps = append(swaps, s)
		}
	}
	return text, swaps
}

// Odd lists the characters of a text that are not in GSM-7, each once, in their order: why it is UCS-2.
func Odd(text string) (out []string) {
	seen := map[rune]bool{}
	for _, r := range text {
		if r != utf8.RuneError && gsmWidth(r) == 0 && !seen[r] {
			seen[r] = true
			out = append(out, string(r))
		}
	}
	return out
}
