package web

import (
	"net/url"

	"ajar/internal/messages"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
)

// Paths of this capability. A link is made by a function here, never by hand.
const (
	MessagesPath = "/messages"
	NewPath      = "/messages/new"
	ContactsPath = "/messages/contacts"
	ReachPath    = "/messages/reach"
	KeysPath     = "/messages/key-contacts"
	ChoicesPath  = "/messages/choices"
)

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
