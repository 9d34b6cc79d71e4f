package journeys

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// app is an authenticator app on a phone. Each code works once, and one that is half a minute early is taken, so the next is asked for from there.
type app struct {
	key  string
	next time.Time
}

func (a *app) code(t *testing.T) string {
	t.Helper()
	if a.next.IsZero() {
		a.next = time.Now().Add(-30 * time.Second)
	}
	for wait := a.next.Sub(time.Now().Add(29 * time.Second)); wait > 0; wait = a.next.Sub(time.Now().Add(29 * time.Second)) {
		time.Sleep(min(wait, time.Second))
	}
	code, err := totp.GenerateCode(a.key, a.next)
	if err != nil {
		t.Fatal(err)
	}
	a.next = a.next.Add(30 * time.Second)
	return code
}

var (
	keyShown  = regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`)
	codeShown = regexp.MustCompile(`[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}`)
)

// begins sets up the second step that somebody new is asked for, and goes on to where they were going.
func begins(t *testing.T, p *Page) {
	t.Helper()
	p.See("Set up a second step")
	p.Click("Set up an app")
	setUp(t, p)
	p.Click("I have kept them")
}

// setUp sets up an authenticator app on the page that asks for it and gives the app and the recovery codes.
func setUp(t *testing.T, p *Page) (*app, []string) {
	t.Helper()
	p.See("Set up an authenticator app")
	a := &app{key: strings.ReplaceAll(keyShown.FindString(p.Text()), " ", "")}
	if a.key == "" {
		t.Fatalf("no key in %q", p.Text())
	}
	p.Fill("The six figures", "12345")
	p.Click("That is my code")
	p.See("not the code that the app shows")
	p.AllowErrors()
	p.Fill("The six figures", a.code(t))
	p.Click("That is my code")
	p.See("Your recovery codes")
	codes := codeShown.FindAllString(p.Text(), -1)
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	return a, codes
}

// TestAdministratorSignsIn: from the first link to a password and a second step, a page that locks itself and keeps what was typed, a lost phone, and
// a device that is left behind.
func TestAdministratorSignsIn(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	site := StartEmpty(t)
	site.Ajar("org", "add", "--code", "OAK", "--name", "Oakfield School", "--type", "school")
	address := regexp.MustCompile(`http\S+`).FindString(site.Ajar("link", "--org", "OAK", "--name", "Hephzibah Orlebar", "--at", site.URL))
	p := site.Person("the first administrator")
	p.Visit(address)
	p.Click("Sign in")

	// Administration asks for a second step, and she has none yet.
	p.Click("Settings")
	p.See("Set up a second step")
	p.Accessible()
	p.Click("Set up an app")
	p.Accessible()
	phone, codes := setUp(t, p)
	p.Accessible()
	p.Click("I have kept them")
	p.At("/settings")
	p.See("Minutes until Ajar locks for the office")

	// She writes her address down and chooses a password.
	p.Click("Staff")
	p.Click("Hephzibah Orlebar")
	p.Click("Change")
	p.Fill("E-mail", "h.orlebar@oakfield.example")
	p.Click("Save")
	p.Click("How you sign in")
	p.Accessible()
	p.Click("Choose a password")
	p.Fill("New password", "password1234")
	p.Click("Set the password")
	p.See("Many people use this password")
	p.Accessible()
	p.AllowErrors()
	p.Fill("New password", "orlebar-oakfield")
	p.Click("Set the password")
	p.See("made of your own name")
	p.AllowErrors()
	const password = "kettle drum under seven maps"
	p.Fill("New password", password)
	p.Click("Set the password")
	p.See("Your password is set")

	// Out, and in again by address and password.
	p.Click("Sign out")
	p.See("You are signed out")
	p.Accessible()
	p.Fill("Your e-mail address at school", "h.orlebar@oakfield.example")
	p.Fill("Password", "kettle drum under six maps")
	p.Click("Sign in")
	p.See("do not fit together")
	p.Holds("Your e-mail address at school", "h.orlebar@oakfield.example")
	p.AllowErrors()
	p.Fill("Password", password)
	p.Click("Sign in")
	p.See("Good to see you, Hephzibah")
	p.Click("Settings")
	p.See("One more step")
	p.Accessible()
	p.Fill("The six figures that the app shows now", phone.code(t))
	p.Click("Carry on")
	p.At("/settings")

	// She is called away in the middle of a form. The page covers itself, hides what it shows, and gives it back as it was.
	p.Fill("Deputy", "Ignatius Wro")
	eval[bool](p, `(() => { const now = Date.now.bind(Date); Date.now = () => now() + 31 * 60000; window.dispatchEvent(new Event('focus')); return true })()`)
	p.See("Ajar is locked")
	p.NotSee("Safeguarding lead")
	p.See("With your password")
	p.Accessible()
	if status, _ := p.Fetch("/settings"); status != http.StatusSeeOther {
		t.Errorf("the server still opens the page behind the cover: %d", status)
	}
	p.Fill("Your password", "not this one at all")
	p.Click("Unlock")
	p.See("That is not your password")
	p.AllowErrors()
	time.Sleep(1100 * time.Millisecond) // a button does not take two clicks within a second
	p.Fill("Your password", password)
	p.Click("Unlock")
	p.NotSee("Ajar is locked")
	p.Holds("Deputy", "Ignatius Wro")

	// The same without script, and later: what she sends meets the lock, and goes through once she has shown that it is her.
	p.NoScript(true)
	p.Visit("/settings")
	p.Fill("Deputy", "Ignatius Wroth")
	post(t, p, "/lock")
	p.Click("Save")
	p.See("Ajar is locked")
	p.See("What you sent is kept")
	p.Accessible()
	p.Fill("Your password", password)
	p.Click("Unlock")
	p.See("What you sent before has not been done yet")
	p.Accessible()
	p.Click("Carry on")
	p.See("Saved.")
	p.Holds("Deputy", "Ignatius Wroth")
	p.NoScript(false)

	// On another computer, without her phone.
	q := site.Person("the administrator on another computer")
	q.Visit("/sign-in")
	q.Fill("Your e-mail address at school", "H.Orlebar@Oakfield.example")
	q.Fill("Password", password)
	q.Click("Sign in")
	q.Click("Trail")
	q.See("One more step")
	q.Click("My phone is not here")
	q.Fill("A recovery code", strings.ToUpper(codes[3]))
	q.Click("Use this code")
	q.See("9 are left")
	q.See("proved a second step with a recovery code")

	// Back at her own, she signs the other one out.
	p.Visit("/account")
	p.See("9 recovery codes are left")
	p.See("proved a second step with a recovery code")
	p.Click("Sign out all other devices")
	p.See("All your other devices are signed out")
	q.Visit("/")
	q.See("Sign in to Ajar")

	// Who can sign in, for a colleague who begins.
	p.Visit("/staff/new")
	p.Fill("Forename", "Ottilie")
	p.Fill("Surname", "Vance")
	p.Fill("E-mail", "o.vance@oakfield.example")
	p.Click("Save")
	p.Click("Sign-in")
	p.See("Who can sign in")
	p.Accessible()
	p.Click("Ottilie Vance")
	p.Accessible()
	p.Click("Show it to me, to hand over")
	hand := regexp.MustCompile(`http\S+/password/\S+`).FindString(p.Text())
	if hand == "" {
		t.Fatalf("no link in %q", p.Text())
	}
	r := site.Person("a colleague who begins")
	r.Visit(hand)
	r.See("Choose your password")
	r.Accessible()
	r.Fill("New password", "nine green bottles of ink")
	r.Click("Set the password and sign in")
	r.See("Good to see you, Ottilie")
	p.Visit("/trail")
	p.See("made a link to choose a password")
	p.See("chose a password by a link")
}

// post sends an empty form with the person's cookies, as another window of theirs does.
func post(t *testing.T, p *Page, path string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.cookies("/") {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	if a.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s: %d", path, a.StatusCode)
	}
}
