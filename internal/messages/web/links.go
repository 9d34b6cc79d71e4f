package web

// Paths of this capability. A link is made by a function here, never by hand.
const (
	MessagesPath = "/messages"
	NewPath      = "/messages/new"
	ContactsPath = "/messages/contacts"
	ReachPath    = "/messages/reach"
	KeysPath     = "/messages/key-contacts"
	ChoicesPath  = "/messages/choices"
)
