package journeys

import (
	"os"
	"testing"
)

func TestLedgerLook(t *testing.T) {
	dir := os.Getenv("LEDGER_LOOK")
	if dir == "" {
		t.Skip()
	}
	site := story(t)
	p := site.As(head)
	shot := func(name string) {
		p.Wide()
		p.savePicture(dir + "/" + name + "-wide.png")
		p.Narrow()
		p.savePicture(dir + "/" + name + "-narrow.png")
		p.Wide()
	}
	shot("home")
	p.Visit("/messages/reach")
	shot("reach")
	p.Visit("/messages/contacts")
	shot("waiting")
	p.Visit("/messages/contacts/balance")
	shot("balance")
	p.Visit(p.First(`/pupils/\w+`).Path)
	shot("pupil")
	path := p.Path()
	p.Visit(path + "/key-contact")
	shot("key")
	p.Visit(path + "/contacts")
	shot("child")
	p.Visit("/messages/key-contacts")
	shot("keys")
	p.Visit("/messages/contacts/new?q=khan")
	shot("find")
	p.Visit(p.First(`/pupils/\w+/contacts/new`).Path)
	p.unfold()
	shot("log")
	p.Visit("/messages/contacts")
	p.Visit(p.First(`/messages/contacts/\d\w+`).Path)
	shot("contact")
	p.Visit("/messages/reach/print")
	shot("doors")
	g := site.As(governor)
	p = g
	p.Visit("/messages/reach")
	shot("governor-reach")
	p.Visit("/messages/contacts/balance")
	shot("governor-balance")
}
