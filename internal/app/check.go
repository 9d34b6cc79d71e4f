package app

import (
	"context"
	"fmt"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Level says how much a finding matters.
type Level string

// The levels of a Finding.
const (
	Fine  Level = "fine"
	Look  Level = "look"
	Wrong Level = "wrong"
)

// Finding is one thing that Check looked at.
type Finding struct {
	Level Level  `json:"level"`
	Words string `json:"words"`
}

// Check looks whether the store is sound and whether each school has said what Ajar needs to know.
func (a *App) Check(ctx context.Context) ([]Finding, error) {
	out := []Finding{{Fine, "The schema is up to date on " + a.DB.Engine().String() + "."}}
	faults, err := a.DB.Check(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range faults {
		out = append(out, Finding{Wrong, f})
	}
	orgs, err := a.Roll.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	if len(orgs) == 0 {
		out = append(out, Finding{Look, "There is no organisation yet. Begin with: ajar org add --code CODE --name NAME --type school"})
	}
	for _, o := range orgs {
		if o.Type != "school" {
			continue
		}
		if err := a.DB.View(ctx, access.System("check the settings of a school", int64(o.ID)), func(tx *db.Tx) error {
			n, err := roll.CountPupils(tx)
			if err != nil {
				return err
			}
			out = append(out, Finding{Fine, fmt.Sprintf("%s (%s) has %d pupils on its roll.", o.Name, o.Code, n)})
			r, err := roll.Safeguarding(tx)
			if err == nil && n > 0 && (r.Lead == "" || r.Phone == "") {
				out = append(out, Finding{Look, fmt.Sprintf("%s has not said who its safeguarding lead is and how to reach them. Settings, \"Safeguarding\".", o.Name)})
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	providers, err := a.Admin.AllProviders(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range providers {
		whose := p.OrgName
		if p.House() {
			whose = "every school here"
		}
		found, err := a.Admin.AskProvider(ctx, p)
		if err != nil {
			sentence, _ := fault.Sentence(err)
			out = append(out, Finding{Look, fmt.Sprintf("Sign-in with %s (%s), %s: %s", p.Label, p.Key, whose, sentence)})
			continue
		}
		out = append(out, Finding{Fine, fmt.Sprintf("Sign-in with %s (%s), %s: it answers at %s.", p.Label, p.Key, whose, found.ServerName)})
	}
	return out, nil
}
