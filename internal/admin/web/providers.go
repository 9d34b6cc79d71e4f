package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/admin"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// providers are the pages on which a school says by which accounts its staff sign in.
func providers(h handlers) []web.Route {
	need := web.For(admin.Providers)
	one := ProvidersPath + "/{account}"
	return []web.Route{
		{Pattern: "GET " + ProvidersPath, Need: need, Handle: h.providerList},
		{Pattern: "GET " + one, Need: need, Handle: h.providerForm},
		{Pattern: "POST " + one, Need: need, Handle: h.setProvider},
		{Pattern: "POST " + one + "/test", Need: need, Handle: h.testProvider},
		{Pattern: "GET " + one + "/remove", Need: need, Handle: h.removeProviderPage},
		{Pattern: "POST " + one + "/remove", Need: need, Handle: h.removeProvider},
	}
}

type providersView struct {
	Own, House []admin.Provider
	More       []string // kinds that can be added
	People     map[string]int
	Base       string
}

func (h handlers) providerList(q *web.Req) error {
	v, err := h.providersView(q)
	if err != nil {
		return err
	}
	return q.Page(providersPage(ui.From(q, "School accounts"), v))
}

func (h handlers) providersView(q *web.Req) (v providersView, err error) {
	all, err := h.s.ProvidersShown(q.Context(), q.Pass)
	if err != nil {
		return v, err
	}
	v.Base = h.base(q)
	v.More = slices.Clone(admin.Kinds)
	for _, p := range all {
		if p.House() {
			v.House = append(v.House, p)
			continue
		}
		v.Own = append(v.Own, p)
		v.More = slices.DeleteFunc(v.More, func(k string) bool { return k == p.Kind })
	}
	v.People, err = h.s.ProviderPeople(q.Context(), q.Pass)
	return v, err
}

// ownProvider finds the school's provider of the kind in the address; a zero one when it has none yet.
func (h handlers) ownProvider(q *web.Req) (p admin.Provider, kind string, err error) {
	kind = q.R.PathValue("account")
	if !slices.Contains(admin.Kinds, kind) {
		return p, "", fault.Gone("page")
	}
	v, err := h.providersView(q)
	for _, x := range v.Own {
		if x.Kind == kind {
			p = x
		}
	}
	return p, kind, err
}

type providerFormView struct {
	Kind string
	Old  admin.Provider
	F    admin.ProviderForm
	Back string // the address to give to the provider
	Errs ui.Errors
}

func (h handlers) providerForm(q *web.Req) error {
	p, kind, err := h.ownProvider(q)
	if err != nil {
		return err
	}
	f := admin.ProviderForm{Kind: kind, Label: p.Label, Tenants: strings.ReplaceAll(p.Tenants, ",", ", "), Client: p.Client, Domains: strings.ReplaceAll(p.Domains, ",", ", "), Factor: p.Factor, ACR: p.ACR, ByAddress: p.ByAddress}
	if kind == admin.Other {
		f.Issuer = p.Issuer
	}
	return h.providerFormPage(q, p, f, nil)
}

func (h handlers) providerFormPage(q *web.Req, p admin.Provider, f admin.ProviderForm, errs ui.Errors) error {
	v := providerFormView{Kind: f.Kind, Old: p, F: f, Errs: errs}
	var err error
	if v.Back, err = h.s.BackAddress(q.Context(), q.Pass, h.base(q), f.Kind); err != nil {
		return err
	}
	d := ui.From(q, kindNames[f.Kind])
	d.Errors = errs
	if len(errs) > 0 {
		return q.Again(providerFormTempl(d, v))
	}
	return q.Page(providerFormTempl(d, v))
}

func (h handlers) setProvider(q *web.Req) error {
	p, kind, err := h.ownProvider(q)
	if err != nil {
		return err
	}
	f := admin.ProviderForm{Kind: kind, Label: q.Text("label"), Tenants: q.Text("tenants"), Client: q.Text("client"), Secret: q.Text("secret"), Domains: q.Text("domains"),
		Factor: q.Text("factor"), ACR: q.Text("acr"), ByAddress: q.Text("by_address") != ""}
	if kind == admin.Other {
		f.Issuer = q.Text("issuer")
	}
	if _, err := h.s.SetProvider(q.Context(), q.Pass, f); err != nil {
		errs, again := formAgain(err)
		if !again {
			return err
		}
		f.Secret = ""
		return h.providerFormPage(q, p, f, errs)
	}
	return q.Go(ProvidersPath, "Saved. Press \"Test\" to see whether it answers.")
}

func (h handlers) testProvider(q *web.Req) error {
	p, _, err := h.ownProvider(q)
	if err != nil {
		return err
	}
	_, found, err := h.s.TestProvider(q.Context(), q.Pass, p.Key)
	if err != nil {
		sentence, safe := fault.Sentence(err)
		if !safe || fault.KindOf(err) == fault.NotFound {
			return err
		}
		v, verr := h.providersView(q)
		if verr != nil {
			return verr
		}
		d := ui.From(q, "School accounts")
		d.Errors.Add("", sentence)
		return q.PageStatus(http.StatusOK, providersPage(d, v))
	}
	return q.Go(ProvidersPath, capitalLabel(p)+" answers at "+found.ServerName+", and shows "+keysInWords(found.Keys)+". Whether the client and its secret are right shows when somebody signs in.")
}

func keysInWords(n int) string {
	if n == 1 {
		return "the key with which it signs"
	}
	return strconv.Itoa(n) + " keys with which it signs"
}

func (h handlers) removeProviderPage(q *web.Req) error {
	p, _, err := h.ownProvider(q)
	if err != nil {
		return err
	}
	if p.Key == "" {
		return fault.Gone("way to sign in")
	}
	n, err := h.s.ProviderPeople(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(removeProviderTempl(ui.From(q, "Take "+p.Label+" away?"), p, n[p.Key]))
}

func (h handlers) removeProvider(q *web.Req) error {
	p, _, err := h.ownProvider(q)
	if err != nil {
		return err
	}
	if err := h.s.RemoveProvider(q.Context(), q.Pass, p.Key); err != nil {
		return err
	}
	return q.Go(ProvidersPath, "Nobody signs in with "+p.Label+" any more.")
}

var kindNames = map[string]string{admin.Microsoft: "Microsoft", admin.Google: "Google", admin.Other: "Another provider"}

var factorWords = map[string]string{
	admin.FactorNo:     "does not count: Ajar asks for its own",
	admin.FactorAlways: "counts always: the school makes sure there that everybody is asked",
	admin.FactorAMR:    "counts when the provider says that it asked for more than one (amr)",
	admin.FactorACR:    "counts when the provider names the class",
}

func peopleLinked(n int) string {
	switch n {
	case 0:
		return "Nobody yet"
	case 1:
		return "1 colleague"
	}
	return strconv.Itoa(n) + " colleagues"
}

func summaryOf(p admin.Provider, v providersView) []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: "Asked at", Value: p.Issuer},
		{Key: "E-mail addresses", Value: strings.ReplaceAll(p.Domains, ",", ", ")},
		{Key: "The first time", Value: firstTimeWords(p.ByAddress)},
		{Key: "Second step there", Value: strings.TrimSpace(factorWords[p.Factor] + " " + p.ACR)},
		{Key: "Linked", Value: peopleLinked(v.People[p.Key])},
	}
	if !p.House() {
		rows = append(rows, ui.SummaryRow{Key: "Redirect address", Content: codeLine(v.Base + p.BackPath())})
	}
	return rows
}

func firstTimeWords(byAddress bool) string {
	if byAddress {
		return "found by their e-mail address"
	}
	return "each links their account after a personal link"
}
