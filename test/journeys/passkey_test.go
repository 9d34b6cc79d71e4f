package journeys

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// phone puts a phone with a finger sensor beside the browser: a virtual authenticator that makes passkeys. Lost is a finger that does not fit.
func (p *Page) phone() (fits func(bool)) {
	p.t.Helper()
	_, err := chromedp.Call(p.limited(), webauthn.Enable, webauthn.EnableParams{})
	p.must("use passkeys", err)
	made, err := chromedp.Call(p.limited(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Ctap2version: "ctap2_1", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	p.must("put a phone beside the browser", err)
	return func(yes bool) {
		p.t.Helper()
		_, err := chromedp.Call(p.limited(), webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: made.AuthenticatorID, IsUserVerified: yes})
		p.must("change the finger", err)
	}
}

// TestPasskey: made where a second step is asked for, used to sign in, to prove and to unlock, and taken away again.
func TestPasskey(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	site := StartEmpty(t)
	site.URL = strings.Replace(site.URL, "127.0.0.1", "localhost", 1) // browsers have no passkeys at a number
	site.Ajar("org", "add", "--code", "OAK", "--name", "Oakfield School", "--type", "school")
	link := func() string {
		return regexp.MustCompile(`http\S+`).FindString(site.Ajar("link", "--org", "OAK", "--name", "Hephzibah Orlebar", "--at", site.URL))
	}
	p := site.Person("an administrator")
	fits := p.phone()
	p.Visit(link())
	p.Click("Sign in")
	p.Click("Settings")
	p.See("Set up a second step")
	p.See("A passkey")
	p.Accessible()
	p.Click("Make a passkey")
	p.See("What this school decides for itself") // where she was going
	p.Click("Sign out")

	p.See("Sign in with a passkey")
	p.Accessible()
	p.Click("Sign in with a passkey")
	p.See("Good to see you, Hephzibah")
	p.Click("Settings")
	p.See("What this school decides for itself") // and no second question
	p.Visit("/account")
	p.See("Passkey 1")
	p.See("last used on")
	p.Accessible()
	p.Fill("What do you call this device?", "my phone")
	p.Click("Add a passkey")
	p.See("This device has a passkey for Ajar already.")

	// Another day she comes by a link: the passkey is the second step. A finger that does not fit changes nothing.
	p.Click("Sign out")
	p.Visit(link())
	p.Click("Sign in")
	p.Click("Settings")
	p.See("One more step")
	p.Accessible()
	fits(false)
	p.Click("Use a passkey")
	p.See("No passkey was used")
	fits(true)
	p.Click("Use a passkey")
	p.See("What this school decides for itself")

	// Locked, and opened again by it.
	p.Visit("/account")
	p.Click("Lock this page now")
	p.See("Ajar is locked")
	p.Click("Use a passkey")
	p.NotSee("Ajar is locked")

	// Without script nothing is offered that would not work.
	q := site.Person("somebody without script")
	q.NoScript(true)
	q.Visit("/sign-in")
	q.NotSee("passkey")
	q.Accessible()

	p.Visit("/account")
	p.Click("Take away")
	p.See("That passkey does not let you in any more.")
	p.Click("Sign out")
	p.Click("Sign in with a passkey") // the phone has it still
	p.See("That passkey did not let you in")
	p.AllowErrors()
}
