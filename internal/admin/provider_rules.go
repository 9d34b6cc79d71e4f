package admin

import (
	"slices"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/oidc"
)

// account is what of a provider's answer may be believed.
type account struct {
	Issuer, Subject string
	Address         string // shown to its owner
	Trusted         bool   // the address is theirs, and is the school's
	Strong          bool   // a second factor was asked there, and the school lets it count
}

// reads takes what may be believed from an answer that was found true.
//
// Microsoft: oid is the person in their directory, for every application alike; sub would change when the school makes its app registration anew. The
// address there can be changed by whoever looks after any directory, so it says something only in the school's own directory, in the school's own
// domain, for somebody who is no guest there, and never when Microsoft says itself that it has not been proved (xms_edov).
// Google: hd is the school's Workspace; a private account has none, even with the school's address.
func (p Provider) reads(who oidc.Person) (account, error) {
	a := account{Issuer: who.Issuer, Subject: who.Subject, Address: who.Email, Strong: p.counts(who)}
	ours := func(address string) bool { return slices.Contains(p.DomainList(), domainOf(address)) }
	switch p.Kind {
	case Microsoft:
		if !slices.Contains(p.TenantList(), strings.ToLower(who.Tenant)) {
			return account{}, fault.New(fault.Forbidden, "That is a Microsoft account of another school. Please use the account of yours.")
		}
		if who.Object == "" {
			return account{}, fault.New(fault.Forbidden, "Microsoft did not say which person of your school this is. Please use the account that your school gave you.")
		}
		a.Subject = who.Object
		if a.Address == "" {
			a.Address = who.Preferred
		}
		a.Trusted = ours(a.Address) && !who.Guest && who.EDOV != "no"
	case Google:
		if !slices.Contains(p.DomainList(), strings.ToLower(who.Domain)) {
			return account{}, fault.New(fault.Forbidden, "That Google account is not one of your school's. Please use the account that your school gave you.")
		}
		a.Trusted = ours(a.Address) && who.EmailVerified
	default:
		a.Trusted = ours(a.Address) && who.EmailVerified
	}
	return a, nil
}

// counts tells whether the provider has asked for a second factor, as far as the school lets it count.
func (p Provider) counts(who oidc.Person) bool {
	switch p.Factor {
	case FactorAlways:
		return true
	case FactorAMR:
		return slices.Contains(who.AMR, "mfa") || slices.Contains(who.AMR, "ngcmfa")
	case FactorACR:
		return p.ACR != "" && who.ACR == p.ACR
	}
	return false
}

// domainOf is what an address ends in, in small letters; empty for what is no address.
func domainOf(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || strings.ContainsAny(address, " \t\r\n<>,;\"") {
		return ""
	}
	return strings.ToLower(address[at+1:])
}

// sameAddress compares as mail servers of schools do: capitals don't matter.
func sameAddress(a, b string) bool {
	return domainOf(a) != "" && strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// providerTrouble says in plain words what went wrong at a provider.
func providerTrouble(p Provider, err error) error {
	switch oidc.ProblemOf(err) {
	case oidc.WentBack:
		return fault.Wrap(fault.Forbidden, err, "You came back from %s without signing in, so nothing has changed. Try again, or choose another way.", p.Label)
	case oidc.Away:
		return fault.Wrap(fault.Unavailable, err, "%s does not answer at the moment. Try again in a few minutes, or choose another way to sign in.", capital(p.Label))
	case oidc.Setup:
		return fault.Wrap(fault.Unavailable, err, "Ajar and %s do not understand each other. That is not your doing: please tell the person who looks after Ajar in your school, and sign in another way until it is put right.", p.Label)
	case oidc.Stale:
		return fault.Wrap(fault.Forbidden, err, "This way in is too old, or was used before. Please begin again.")
	case oidc.Untrue:
		return fault.Wrap(fault.Forbidden, err, "What came back from %s could not be trusted, so nobody was signed in. Please begin again; if it stays like this, tell the person who looks after Ajar in your school.", p.Label)
	case oidc.AskAgain:
		return fault.Wrap(fault.Forbidden, err, "%s did not say that it asked you just now, and this step needs that. Try again, or choose another way.", capital(p.Label))
	}
	return err
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
