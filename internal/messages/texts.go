package messages

import (
	"embed"
	"io/fs"

	"ajar/internal/kit/say"
)

// What a message says besides its own words, in the languages of families. The notes about language stand with the wording.

//go:embed all:texts
var textFiles embed.FS

func textsFS() fs.FS {
	sub, _ := fs.Sub(textFiles, ".")
	return sub
}

var _ = say.Catalogues("messages", textsFS(), "internal/messages/texts")

var (
	tRing    = say.Text("messages.ring", "You can ring us on {phone}.")
	tContact = say.Text("messages.contact", "Your contact at school is {name}.")
	tAnswer  = say.Text("messages.answer", "You can answer this message.")
	tLater   = say.Text("messages.later", "Thank you for your message. Somebody at school reads it on {day}.")
	tStopped = say.Text("messages.stopped", "You get no more texts from us. Send START to get them again.")
	tStarted = say.Text("messages.started", "You get texts from us again. Send STOP to end them.")
)
