package messages

import (
	"embed"

	"ajar/internal/kit/say"
)

// What a message says besides its own words, in the languages of families.

//go:embed all:texts
var texts embed.FS

var _ = say.Catalogues("messages", texts, "internal/messages/texts")

var (
	tInEnglish = say.Text("messages.in_english", "This message is in English. Ring {phone} and we will explain it.")
	tRing      = say.Text("messages.ring", "You can ring us on {phone}.")
	tContact   = say.Text("messages.contact", "Your contact at school is {name}.")
	tAnswer    = say.Text("messages.answer", "You can answer this message.")
	tLater     = say.Text("messages.later", "Thank you for your message. Somebody at school reads it on {day}.")
	tStopped   = say.Text("messages.stopped", "You get no more texts from us. Send START to get them again.")
	tStarted   = say.Text("messages.started", "You get texts from us again. Send STOP to end them.")
)

// tongue is the language of a tag, and tongueOf the tag for the word that a record has for what somebody reads.
func tongue(tag string) say.Lang { return say.Tongue(tag) }

func tongueOf(reads string) (tag string, known bool) {
	if reads == "" {
		return "en", false
	}
	l, ok := say.Reads(reads)
	if !ok {
		return reads, true
	}
	return l.Tag(), true
}
