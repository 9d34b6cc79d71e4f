package web

import (
	"net/url"
	"strconv"

	"ajar/internal/messages"
	"ajar/internal/roll"
)

// Paths of this capability. A link is made by a function here, never by hand.
const (
	MessagesPath = "/messages"
	NewPath      = "/messages/new"
	CallsPath    = "/messages/calls"
	ContactsPath = "/messages/contacts"
	ReachPath    = "/messages/reach"
	KeysPath     = "/messages/key-contacts"
)

// MessagePath is the page of one message: what would happen, or what became of it.
func MessagePath(id messages.MessageID) string { return "/messages/m/" + id.String() }

func messageEdit(id messages.MessageID) string    { return MessagePath(id) + "/edit" }
func messageSend(id messages.MessageID) string    { return MessagePath(id) + "/send" }
func messageLook(id messages.MessageID) string    { return MessagePath(id) + "/look" }
func messageBack(id messages.MessageID) string    { return MessagePath(id) + "/take-back" }
func messageThrow(id messages.MessageID) string   { return MessagePath(id) + "/throw-away" }
func messageLetters(id messages.MessageID) string { return MessagePath(id) + "/letters" }
func messagePrinted(id messages.MessageID) string { return MessagePath(id) + "/printed" }
func messageDecide(id messages.MessageID) string  { return MessagePath(id) + "/decide" }
func callPath(id messages.CopyID) string          { return CallsPath + "/" + id.String() }

// ThreadPath is what was said with an adult of a pupil.
func ThreadPath(pupil roll.PupilID, adult roll.AdultID) string {
	return "/pupils/" + pupil.String() + "/messages/" + adult.String()
}

// WriteTo begins a message to one adult of a pupil, or to all of them (0).
func WriteTo(pupil roll.PupilID, adult roll.AdultID) string {
	v := url.Values{"pupil": {pupil.String()}}
	if !adult.Zero() {
		v.Set("adult", adult.String())
	}
	return NewPath + "?" + v.Encode()
}

func showAll(id messages.MessageID) string { return MessagePath(id) + "?all=" + strconv.Itoa(1) }
