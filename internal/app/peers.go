package app

import (
	"context"

	"ajar/internal/admin"
	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/peers"
	peersweb "ajar/internal/peers/web"
	"ajar/internal/plans"
	"ajar/internal/roll"

	"ajar/internal/kit/db"
)

// joinPeers puts what schools nearby offer beside the gaps that an audit has found, and who helped whom on the cluster's page.
func (a *App) joinPeers() {
	a.Audit.Helps = func(ctx context.Context, p access.Pass, f audit.Framework, c audit.Criterion) (out []audit.Help, err error) {
		if !p.Has(peers.See) {
			return nil, nil
		}
		list, err := a.Peers.HelpWith(ctx, p, f.Code, c.Theme, c.Code)
		for _, o := range list {
			h := audit.Help{School: o.OrgName, About: o.About, Words: o.Words, Until: o.Until, Link: peersweb.PeersPath}
			if p.Has(peers.Lead) {
				h.Link = peersweb.AskPath(o.ID)
			}
			out = append(out, h)
		}
		return out, err
	}
	a.Audit.Helped = func(ctx context.Context, p access.Pass) (out []audit.Helped, err error) {
		if !p.Has(peers.See) {
			return nil, nil
		}
		list, err := a.Peers.Helped(ctx, p)
		for _, x := range list {
			out = append(out, audit.Helped{Helper: x.HelperName, Asker: x.AskerName, About: x.About, On: x.OnDay})
		}
		return out, err
	}
	a.Admin.AddHome(admin.HomePanel{Order: 28, Need: peers.Lead, Show: peersweb.HomePanel})
}

// askNearby puts a school that offers help before the other things that could be done about a gap.
func askNearby(tx *db.Tx, g audit.Gap, out plans.Gap) (plans.Gap, error) {
	if !tx.Pass().Has(peers.See) {
		return out, nil
	}
	c := g.Result.Criterion
	list, err := peers.With(tx, g.Framework.Code, c.Theme, c.Code)
	if err != nil || len(list) == 0 {
		return out, err
	}
	o := list[0]
	out.Suggest = append([]string{"Ask " + o.OrgName + ", which offers to show what it does here until " + roll.DayInWords(o.Until)}, out.Suggest...)
	out.Suggest = out.Suggest[:min(len(out.Suggest), mostSuggested)]
	return out, nil
}
