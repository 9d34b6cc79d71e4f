package journeys

import (
	"regexp"
	"testing"

	"ajar/internal/kit/testop"
)

// TestSchoolAccount: the administrator links the account that the school gave her and signs in by it; a colleague is found by their proved address, a stranger is not;
// and what changes how somebody signs in asks again at the provider.
func TestSchoolAccount(t *testing.T) {
	if testing.Short() {
		t.Skip("journeys need a browser and a minute; not in a short run")
	}
	site := StartEmpty(t)
	site.Ajar("org", "add", "--code", "OAK", "--name", "Oakfield School", "--type", "school")
	realm := testop.New(t, []string{site.URL + "/sign-in/back/oak-other", site.URL + "/sign-in"},
		testop.Claims{"sub": "h", "name": "Hephzibah at school", "email": "private@home.example", "amr": []string{"pwd", "mfa"}},
		testop.Claims{"sub": "o", "name": "Ottoline at school", "email": "Ottoline.Vane@oak.sch.uk", "email_verified": true},
		testop.Claims{"sub": "s", "name": "A stranger", "email": "hephzibah@oak.sch.uk", "email_verified": false})
	t.Setenv("AJAR_PROVIDER_SECRET", testop.Secret)
	site.Ajar("provider", "set", "--org", "OAK", "--kind", "other", "--label", "Oakfield", "--issuer", realm.Issuer, "--client", testop.ClientID, "--domains", "oak.sch.uk", "--second-step", "amr", "--by-address", "--inside")
	address := regexp.MustCompile(`http\S+`).FindString(site.Ajar("link", "--org", "OAK", "--name", "Hephzibah Orlebar", "--role", "administrator", "--at", site.URL))

	p := site.Person("an administrator")
	p.MayLeaveFor(realm.Issuer)
	p.Visit(address)
	p.Click("Sign in")
	p.Visit("/account")
	p.Click("Link your account at Oakfield")
	p.See("The school account") // the provider's own page
	p.Click("Hephzibah at school")
	p.See("From now on you can sign in with Oakfield.")
	p.See("private@home.example lets you in since")
	p.Accessible()

	// What a session by a link must not do yet, the provider proves.
	p.Visit("/providers")
	p.See("One more step")
	p.Accessible()
	p.Click("Continue to Oakfield")
	p.Click("Hephzibah at school")
	p.See("School accounts")
	p.See("1 colleague")
	p.Accessible()
	p.Click("Test")
	p.See("Oakfield answers at 127.0.0.1")
	p.Click("Change")
	p.Accessible()
	p.Fill("What the e-mail addresses of your staff end in", "gmail.com")
	p.Click("Save")
	p.See("Anybody can have an address that ends in gmail.com")
	p.Holds("What the e-mail addresses of your staff end in", "gmail.com")
	p.AllowErrors()

	p.Visit("/staff/new")
	p.Fill("Forename", "Ottoline")
	p.Fill("Surname", "Vane")
	p.Fill("E-mail", "ottoline.vane@oak.sch.uk")
	p.Click("Save")

	// In again with one button and nothing typed; and signed out of Ajar, she is told that the provider still knows her.
	p.Click("Sign out")
	p.Click("Sign in with Oakfield")
	p.See("Good to see you, Hephzibah")
	p.Click("Sign out")
	p.See("sign out of Oakfield as well")
	p.Accessible()
	p.Click("Sign in with Oakfield")
	p.See("Good to see you, Hephzibah")
	p.Visit("/providers") // the second step was asked there
	p.See("School accounts")

	// A colleague is there at once; somebody who only says that he is one is not.
	o := site.Person("a colleague")
	o.MayLeaveFor(realm.Issuer)
	o.Narrow()
	o.Visit("/sign-in")
	o.Accessible()
	o.Click("Sign in with Oakfield")
	o.Click("Ottoline at school")
	o.See("Good to see you, Ottoline")

	s := site.Person("a stranger")
	s.MayLeaveFor(realm.Issuer)
	s.NoScript(true)
	s.Visit("/sign-in")
	s.Click("Sign in with Oakfield")
	s.Click("A stranger")
	s.See("does not know yet which colleague that is")
	s.Accessible()
	s.AllowErrors()
	s.Click("Back to the door")
	s.Click("Sign in with Oakfield")
	s.See("does not know yet")
	s.AllowErrors()

	// Taking the account away asks once more that it is her, keeps what she pressed, and then does it.
	p.Visit("/account")
	p.Click("Take away")
	p.See("One more step")
	p.Click("Continue to Oakfield")
	p.Click("Hephzibah at school")
	p.Click("Carry on")
	p.See("That account does not let you in any more.")
}
