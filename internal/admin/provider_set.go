package admin

import (
	"context"
	"fmt"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/oidc"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

const secretPurpose = "the secret of a provider"

// ProvidersShown lists the school's own providers, and those of the installation, which it can't change.
func (s *Service) ProvidersShown(ctx context.Context, p access.Pass) (out []Provider, err error) {
	if err := p.CheckAll(Providers); err != nil {
		return nil, err
	}
	return s.providersOf(ctx, roll.OrgID(p.Org()), true)
}

// providersOf lists the providers of an organisation in the order of the page, and those of the installation when they are wanted.
func (s *Service) providersOf(ctx context.Context, org roll.OrgID, house bool) (out []Provider, err error) {
	err = s.DB.View(ctx, access.Installation("list the sign-in providers of an organisation"), func(tx *db.Tx) error {
		out, err = db.All[Provider](tx, `select `+providerColumns+` from admin_provider p where p.org = $1 or (p.org = 0 and cast($2 as bigint) = 1) order by p.org desc, p.kind desc, p.key`, org, house)
		return err
	})
	return out, err
}

// AllProviders lists every provider, for commands.
func (s *Service) AllProviders(ctx context.Context) (out []Provider, err error) {
	err = s.DB.View(ctx, access.Installation("list the sign-in providers"), func(tx *db.Tx) error {
		out, err = db.All[Provider](tx, `select `+providerColumns+` from admin_provider p order by p.org, p.key`)
		return err
	})
	return out, err
}

func providerByKey(tx *db.Tx, key string) (p Provider, found bool, err error) {
	return db.Maybe[Provider](tx, `select `+providerColumns+` from admin_provider p where p.key = $1`, key)
}

func (s *Service) provider(ctx context.Context, key string) (p Provider, err error) {
	err = s.DB.View(ctx, access.Installation("find a sign-in provider"), func(tx *db.Tx) error {
		var found bool
		if p, found, err = providerByKey(tx, key); err == nil && !found {
			err = fault.Gone("way to sign in")
		}
		return err
	})
	return p, err
}

// SetProvider keeps how the school's accounts of one kind are asked.
func (s *Service) SetProvider(ctx context.Context, p access.Pass, f ProviderForm) (Provider, error) {
	if err := p.CheckAll(Providers); err != nil {
		return Provider{}, err
	}
	f.Inside = false
	return s.setProvider(ctx, roll.OrgID(p.Org()), f, func(tx *db.Tx, words string) error {
		return trail.WriteAs(tx, p.Who(), trail.Entry{Kind: trail.RightChanged, Words: words})
	})
}

// SetProviderByCommand is SetProvider for whoever runs the machine. Organisation 0 is the installation, whose provider is there for all its schools.
func (s *Service) SetProviderByCommand(ctx context.Context, org roll.OrgID, f ProviderForm) (Provider, error) {
	return s.setProvider(ctx, org, f, func(tx *db.Tx, words string) error {
		return trail.WriteAs(tx, access.Who{Org: int64(org), Name: "By command"}, trail.Entry{Kind: trail.RightChanged, Words: words})
	})
}

func (s *Service) setProvider(ctx context.Context, org roll.OrgID, f ProviderForm, tell func(*db.Tx, string) error) (p Provider, err error) {
	err = s.DB.Update(ctx, access.Installation("keep how a sign-in provider is asked"), func(tx *db.Tx) error {
		old, found, err := db.Maybe[Provider](tx, `select `+providerColumns+` from admin_provider p where p.org = $1 and p.kind = $2`, org, f.Kind)
		if err != nil {
			return err
		}
		before := old
		old.Org = org
		if p, err = f.provider(old); err != nil {
			return err
		}
		if !found {
			code := "all"
			if org != 0 {
				if code, err = db.One[string](tx, `select code from roll_org where id = $1`, org); err != nil {
					return err
				}
			}
			p.Key, p.MadeMs = keyOf(code)+"-"+p.Kind, tx.Now()
		}
		if f.Secret != "" {
			if p.Secret, err = s.Box.Seal(secretPurpose+" "+p.Key, []byte(f.Secret)); err != nil {
				return err
			}
		}
		p.ChangedMs = tx.Now()
		n, err := tx.Exec(`insert into admin_provider (key, org, kind, label, issuer, discovery, tenants, client, secret, domains, factor, acr, by_address, inside, made_ms, changed_ms)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			on conflict (key) do update set label = excluded.label, issuer = excluded.issuer, discovery = excluded.discovery, tenants = excluded.tenants, client = excluded.client, secret = excluded.secret,
				domains = excluded.domains, factor = excluded.factor, acr = excluded.acr, by_address = excluded.by_address, inside = excluded.inside, changed_ms = excluded.changed_ms
			where admin_provider.org = excluded.org and admin_provider.kind = excluded.kind`,
			p.Key, p.Org, p.Kind, p.Label, p.Issuer, p.Discovery, p.Tenants, p.Client, p.Secret, p.Domains, p.Factor, p.ACR, p.ByAddress, p.Inside, p.MadeMs, p.ChangedMs)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Field("kind", "Another organisation has a provider with the key %s already. Give one of the two another code first.", p.Key)
		}
		if found && (before.Issuer != p.Issuer || before.Tenants != p.Tenants) {
			// These were accounts of somebody else's directory.
			if err := s.forgetAccounts(tx, p.Key); err != nil {
				return err
			}
		}
		words := fmt.Sprintf("sign-in with %s: %s, client %s, addresses %s, second step there: %s", p.Label, p.Issuer, p.Client, p.Domains, p.Factor)
		if p.ByAddress {
			words += ", found by address the first time"
		}
		return tell(tx, words)
	})
	if err == nil {
		s.asks.Forget(p.settings(""))
	}
	return p, err
}

// keyOf makes a piece of an address of an organisation's code.
func keyOf(code string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(code) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// forgetAccounts unlinks everybody who was known by a provider, and ends the sessions that began there.
func (s *Service) forgetAccounts(tx *db.Tx, key string) error {
	if _, err := tx.Exec(`delete from admin_identity where provider = $1`, key); err != nil {
		return err
	}
	if _, err := tx.Exec(`delete from admin_held where session in (select id from admin_session where provider = $1)`, key); err != nil {
		return err
	}
	_, err := tx.Exec(`delete from admin_session where provider = $1`, key)
	return err
}

// RemoveProvider takes a way in away. Whoever came in by it is signed out and needs another.
func (s *Service) RemoveProvider(ctx context.Context, p access.Pass, key string) error {
	if err := p.CheckAll(Providers); err != nil {
		return err
	}
	return s.removeProvider(ctx, roll.OrgID(p.Org()), key, func(tx *db.Tx, words string) error {
		return trail.WriteAs(tx, p.Who(), trail.Entry{Kind: trail.RightChanged, Words: words})
	})
}

// RemoveProviderByCommand is RemoveProvider for whoever runs the machine.
func (s *Service) RemoveProviderByCommand(ctx context.Context, org roll.OrgID, key string) error {
	return s.removeProvider(ctx, org, key, func(tx *db.Tx, words string) error {
		return trail.WriteAs(tx, access.Who{Org: int64(org), Name: "By command"}, trail.Entry{Kind: trail.RightChanged, Words: words})
	})
}

func (s *Service) removeProvider(ctx context.Context, org roll.OrgID, key string, tell func(*db.Tx, string) error) error {
	return s.DB.Update(ctx, access.Installation("take a sign-in provider away"), func(tx *db.Tx) error {
		x, found, err := providerByKey(tx, key)
		if err != nil {
			return err
		}
		if !found || x.Org != org {
			return fault.Gone("way to sign in")
		}
		if err := s.forgetAccounts(tx, key); err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from admin_provider where key = $1 and org = $2`, key, org); err != nil {
			return err
		}
		return tell(tx, "sign-in with "+x.Label+" taken away")
	})
}

// TestProvider asks one of the school's providers for its description and keys.
func (s *Service) TestProvider(ctx context.Context, p access.Pass, key string) (x Provider, f oidc.Found, err error) {
	if err := p.CheckAll(Providers); err != nil {
		return x, f, err
	}
	if x, err = s.provider(ctx, key); err != nil {
		return x, f, err
	}
	if x.Org != roll.OrgID(p.Org()) && !x.House() {
		return Provider{}, f, fault.Gone("way to sign in")
	}
	f, err = s.AskProvider(ctx, x)
	return x, f, err
}

// AskProvider asks a provider for its description and keys, now.
func (s *Service) AskProvider(ctx context.Context, p Provider) (oidc.Found, error) {
	f, err := s.asks.Test(ctx, p.settings(""))
	if err != nil {
		s.note("a provider was tested", p, err)
		return f, providerTrouble(p, err)
	}
	return f, nil
}

// settings are what the client is told about a provider.
func (p Provider) settings(secret string) oidc.Settings {
	out := oidc.Settings{Issuer: p.Issuer, Discovery: p.Discovery, ClientID: p.Client, Secret: secret, Inside: p.Inside}
	if strings.Contains(p.Issuer, "{tenantid}") {
		out.Tenants = p.TenantList()
	}
	return out
}

// opened are the settings with the secret, for asking in earnest.
func (s *Service) opened(p Provider) (oidc.Settings, error) {
	if p.Secret == "" {
		return p.settings(""), nil
	}
	secret, err := s.Box.Open(secretPurpose+" "+p.Key, p.Secret)
	if err != nil {
		s.note("the secret of a provider can't be opened", p, err)
		return oidc.Settings{}, fault.Wrap(fault.Unavailable, err, "The secret for %s can't be read any more: the key of this installation is another one. Please tell the person who looks after Ajar; they enter the secret again.", p.Label)
	}
	return p.settings(string(secret)), nil
}

// note tells the server's log what people are not told.
func (s *Service) note(what string, p Provider, err error) {
	if s.Log != nil {
		s.Log.Warn(what, "provider", p.Key, "issuer", p.Issuer, "error", err.Error())
	}
}

// ProviderPeople counts how many colleagues are linked to each of the school's providers.
func (s *Service) ProviderPeople(ctx context.Context, p access.Pass) (out map[string]int, err error) {
	if err := p.CheckAll(Providers); err != nil {
		return nil, err
	}
	out = map[string]int{}
	err = s.DB.View(ctx, access.Installation("count who is linked to a sign-in provider"), func(tx *db.Tx) error {
		type row struct {
			Provider string
			N        int
		}
		rows, err := db.All[row](tx, `select provider, count(*) as n from admin_identity where org = $1 group by provider`, p.Org())
		for _, r := range rows {
			out[r.Provider] = r.N
		}
		return err
	})
	return out, err
}

// BackAddress is the address that a school gives to a provider of a kind before it is set up here.
func (s *Service) BackAddress(ctx context.Context, p access.Pass, base, kind string) (string, error) {
	if err := p.CheckAll(Providers); err != nil {
		return "", err
	}
	o, err := s.Roll.OrgByID(ctx, roll.OrgID(p.Org()))
	if err != nil {
		return "", err
	}
	return base + Provider{Key: keyOf(o.Code) + "-" + kind}.BackPath(), nil
}
