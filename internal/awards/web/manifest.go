// Package web holds the pages of awards: the list, an award and its objectives, its steps and people, assessing and deciding, and what is printed.
package web

import (
	"ajar/internal/admin"
	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
)

// Manifest is what this capability adds to the product. It puts its panel on the first page.
func Manifest(s *awards.Service, first *admin.Service) module.Manifest {
	h := pages{s}
	first.AddHome(admin.HomePanel{Order: 9, Need: awards.See, Show: func(tx *db.Tx) (web.Component, error) {
		list, err := awards.HomeIn(tx)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return homePanel(list), nil
	}})
	see, lead, gather, advise, assess := web.For(awards.See), web.For(awards.Lead), web.For(awards.Gather), web.For(awards.Advise), web.For(awards.Assess)
	one := ListPath + "/{award}"
	objective := one + "/objectives/{theme}"
	return module.Manifest{
		Name:   "awards",
		Rights: awards.Rights(),
		Menu:   []web.MenuItem{{Label: "Awards", Href: ListPath, Need: awards.See, Order: 64, Group: "Improving"}},
		Routes: []web.Route{
			{Pattern: "GET " + ListPath, Need: see, Handle: h.list},
			{Pattern: "GET " + newPath, Need: lead, Handle: h.newAward},
			{Pattern: "POST " + newPath, Need: lead, Handle: h.begin},
			{Pattern: "GET " + heldPath, Need: lead, Handle: h.heldAward},
			{Pattern: "POST " + heldPath, Need: lead, Handle: h.hold},
			{Pattern: "GET " + one, Need: see, Handle: h.award},
			{Pattern: "GET " + one + "/settings", Need: lead, Handle: h.settings},
			{Pattern: "POST " + one + "/settings", Need: lead, Handle: h.change},
			{Pattern: "POST " + one + "/end", Need: lead, Handle: h.end},
			{Pattern: "GET " + one + "/people", Need: lead, Handle: h.people},
			{Pattern: "POST " + one + "/people", Need: lead, Handle: h.name},
			{Pattern: "POST " + one + "/people/{part}/end", Need: lead, Handle: h.unname},
			{Pattern: "GET " + one + "/steps", Need: lead, Handle: h.steps},
			{Pattern: "POST " + one + "/steps", Need: lead, Handle: h.settle},
			{Pattern: "POST " + one + "/steps/back", Need: lead, Handle: h.unsettle},
			{Pattern: "POST " + one + "/visits", Need: advise, Handle: h.visit},
			{Pattern: "POST " + one + "/ready", Need: lead, Handle: h.ready},
			{Pattern: "POST " + one + "/take-back", Need: lead, Handle: h.takeBack},
			{Pattern: "GET " + one + "/decide", Need: assess, Handle: h.decision},
			{Pattern: "POST " + one + "/decide", Need: assess, Handle: h.decide},
			{Pattern: "GET " + one + "/record", Need: lead, Handle: h.outside},
			{Pattern: "POST " + one + "/record", Need: lead, Handle: h.record},
			{Pattern: "POST " + one + "/renew", Need: lead, Handle: h.renew},
			{Pattern: "GET " + one + "/print", Need: see, Handle: h.print},
			{Pattern: "GET " + one + "/certificate", Need: see, Handle: h.certificate},
			{Pattern: "GET " + one + "/evidence.csv", Need: see, Handle: h.csv},
			{Pattern: "GET " + one + "/files/{evidence}", Need: see, Handle: h.file},
			{Pattern: "GET " + objective, Need: see, Handle: h.objective},
			{Pattern: "POST " + objective + "/show", Need: gather, Handle: h.show, MaxBody: audit.MostBytes + 1<<16},
			{Pattern: "POST " + objective + "/take-off", Need: gather, Handle: h.takeOff},
			{Pattern: "POST " + objective + "/still-holds", Need: gather, Handle: h.stillHolds},
			{Pattern: "POST " + objective + "/comment", Need: advise, Handle: h.comment},
			{Pattern: "POST " + objective + "/judge", Need: assess, Handle: h.judge},
		},
	}
}

type pages struct{ s *awards.Service }
