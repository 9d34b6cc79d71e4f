package web

import (
	"net/url"
	"strconv"

	"ajar/internal/messages"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
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

// Of contacts, balance, key contacts and reach.
const (
	// LogPath is where a contact is noted by those who have to find the child first.
	LogPath       = ContactsPath + "/new"
	BalancePath   = ContactsPath + "/balance"
	reachListPath = ReachPath + "/print"
)

// ChildContactsPath is what was said with the family of a child.
func ChildContactsPath(id roll.PupilID) string { return rollweb.PupilPath(id) + "/contacts" }

func logPath(id roll.PupilID) string      { return ChildContactsPath(id) + "/new" }
func logDraftPath(id roll.PupilID) string { return ChildContactsPath(id) + "/draft" }
func logDropPath(id roll.PupilID) string  { return ChildContactsPath(id) + "/drop" }

// ContactPath is one contact.
func ContactPath(id messages.ContactID) string { return ContactsPath + "/" + id.String() }
func routePath(id messages.ContactID) string   { return ContactPath(id) + "/hand" }
func answerPath(id messages.ContactID) string  { return ContactPath(id) + "/answer" }
func strikePath(id messages.ContactID) string  { return ContactPath(id) + "/strike" }
func keyPath(id roll.PupilID) string           { return rollweb.PupilPath(id) + "/key-contact" }
func handOverPath(id roll.StaffID) string      { return KeysPath + "/" + id.String() + "/hand-over" }
func reachOf(what string) string               { return ReachPath + "?what=" + url.QueryEscape(what) }
