package admin

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/oidc"
	"ajar/internal/roll"
)

// Providers opens the page on which a school says by which accounts its staff sign in.
var Providers = access.Right{Key: "admin.providers", Words: "choose by which school accounts colleagues sign in", Roles: map[access.Role]access.Scope{
	roll.Head: access.All, roll.Administrator: access.All}, Proof: true}

// The kinds of provider. They differ in what may be believed; see provider_rules.go.
const (
	Microsoft = "microsoft"
	Google    = "google"
	Other     = "other"
)

// Kinds lists them in the order of the page.
var Kinds = []string{Microsoft, Google, Other}

// When the provider's own second factor counts.
const (
	FactorNo     = "no"     // never
	FactorAlways = "always" // it asks everybody; the school has made sure of it there
	FactorAMR    = "amr"    // when the answer says mfa
	FactorACR    = "acr"    // when the answer has the class that is asked for
)

// Provider says who somebody is.
type Provider struct {
	Key       string // in addresses: oakfield-microsoft
	Org       roll.OrgID
	Kind      string
	Label     string // finishes the sentence "Sign in with …"
	Issuer    string
	Discovery string
	Tenants   string // Microsoft's directory ids, with commas
	Client    string
	Secret    string // sealed
	Domains   string // what the staff's e-mail addresses end in, with commas
	Factor    string
	ACR       string
	ByAddress bool // the first time, somebody may be found by their e-mail address
	Inside    bool // it may be a machine of the own network; only by command
	MadeMs    int64
	ChangedMs int64
	OrgName   string // "" for a provider of the installation
}

const providerColumns = `p.key, p.org, p.kind, p.label, p.issuer, p.discovery, p.tenants, p.client, p.secret, p.domains, p.factor, p.acr, p.by_address, p.inside, p.made_ms, p.changed_ms,
	coalesce((select o.name from roll_org o where o.id = p.org), '') as org_name`

// House tells whether this is a provider for every school of the installation.
func (p Provider) House() bool { return p.Org == 0 }

// BackPath is where the provider sends people back, below the address of Ajar. Each provider has its own.
func (p Provider) BackPath() string { return "/sign-in/back/" + p.Key }

// TenantList and DomainList are what was typed, one by one.
func (p Provider) TenantList() []string { return split(p.Tenants) }

// DomainList is what addresses of the school's staff end in.
func (p Provider) DomainList() []string { return split(p.Domains) }

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == ';' || r == '\t' })
}

// Renews tells whether this kind can be asked to ask a person again. Google can't.
func (p Provider) Renews() bool { return p.Kind != Google }

// ProviderForm is what is set. A secret that is empty stays as it is.
type ProviderForm struct {
	Kind, Label, Issuer, Tenants, Client, Secret, Domains, Factor, ACR string
	ByAddress, Inside                                                  bool
}

var (
	guid   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
)

// free are the domains in which anybody can have an address. An address in one of them says nothing about a school.
var free = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "msn.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "icloud.com", "me.com", "aol.com",
	"btinternet.com", "sky.com", "virginmedia.com", "talktalk.net", "proton.me", "protonmail.com", "gmx.com", "gmx.co.uk", "mail.com", "onmicrosoft.com"}

// provider makes a provider of what was typed, or says what is wrong with it.
func (f ProviderForm) provider(old Provider) (p Provider, err error) {
	var wrong fault.Fields
	p = old
	p.Kind, p.Label, p.Client, p.Factor, p.ACR, p.ByAddress, p.Inside = f.Kind, f.Label, f.Client, f.Factor, f.ACR, f.ByAddress, f.Inside
	p.Tenants, p.Domains, p.Issuer, p.Discovery = "", "", strings.TrimSuffix(f.Issuer, "/.well-known/openid-configuration"), ""
	if !slices.Contains(Kinds, p.Kind) {
		wrong.Add("kind", "Choose Microsoft, Google or another provider.")
		return p, wrong.Err()
	}
	if p.Label == "" {
		p.Label = map[string]string{Microsoft: "Microsoft", Google: "Google", Other: "the school account"}[p.Kind]
	}
	if len(p.Label) > 60 {
		wrong.Add("label", "Keep the name short: it stands on a button.")
	}
	tenants := split(strings.ToLower(f.Tenants))
	switch p.Kind {
	case Microsoft:
		p.Tenants = strings.Join(tenants, ",")
		for _, t := range tenants {
			if !guid.MatchString(t) {
				wrong.Add("tenants", "%.60q is not a directory (tenant) ID. It looks like 72f988bf-86f1-41af-91ab-2d7cd011db47 and stands on the overview of your app registration.", t)
			}
		}
		if len(tenants) == 0 {
			wrong.Add("tenants", "Give the directory (tenant) ID of your school. Without it, anybody with a Microsoft account of any school could try.")
		}
		if len(tenants) > 1 && !old.House() {
			wrong.Add("tenants", "A school has one directory. Give one ID.")
		}
		if p.Issuer == "" && len(tenants) == 1 {
			p.Issuer = "https://login.microsoftonline.com/" + tenants[0] + "/v2.0"
		} else if p.Issuer == "" {
			p.Issuer, p.Discovery = "https://login.microsoftonline.com/{tenantid}/v2.0", "https://login.microsoftonline.com/organizations/v2.0"
		}
	case Google:
		if p.Issuer == "" {
			p.Issuer = "https://accounts.google.com"
		}
	default:
		if p.Issuer == "" {
			wrong.Add("issuer", "Give the address of the provider (its issuer), such as https://login.example.org.")
		}
	}
	if p.Issuer != "" && problem(p.Issuer, p.Inside) {
		wrong.Add("issuer", "This is not an address that Ajar can ask: it begins with https:// and is reachable from the internet.")
	}
	if p.Client == "" {
		wrong.Add("client", "Give the client ID (Microsoft calls it the application ID).")
	}
	if f.Secret == "" && old.Secret == "" {
		wrong.Add("secret", "Give the client secret.")
	}
	list := split(strings.ToLower(strings.ReplaceAll(f.Domains, "@", "")))
	p.Domains = strings.Join(list, ",")
	if len(list) == 0 {
		wrong.Add("domains", "Say what the e-mail addresses of your staff end in, such as oakfield.sch.uk.")
	}
	for _, d := range list {
		if !domain.MatchString(d) {
			wrong.Add("domains", "%.60q is not the end of an e-mail address. It looks like oakfield.sch.uk.", d)
		} else if slices.Contains(free, d) {
			wrong.Add("domains", "Anybody can have an address that ends in %s, so it does not say who works at a school.", d)
		}
	}
	switch p.Factor {
	case "":
		p.Factor = FactorNo
	case FactorNo, FactorAlways, FactorAMR:
	case FactorACR:
		if p.ACR == "" {
			wrong.Add("acr", "Say which class (acr) the provider names when it has asked for a second step.")
		}
	default:
		wrong.Add("factor", "Choose when the provider's own second step counts.")
	}
	if p.Factor != FactorACR {
		p.ACR = ""
	}
	return p, wrong.Err()
}

func problem(issuer string, inside bool) bool {
	s := oidc.Settings{Issuer: issuer, ClientID: "x", Inside: inside}
	if strings.Contains(issuer, "{tenantid}") {
		s.Tenants, s.Discovery = []string{"t"}, "https://login.microsoftonline.com/organizations/v2.0"
	}
	if s.Check() != nil {
		return true
	}
	u, err := url.Parse(issuer)
	if err != nil || u.RawQuery != "" {
		return true
	}
	_, err = netip.ParseAddr(u.Hostname())
	return err == nil && !inside // a school's provider has a name
}
