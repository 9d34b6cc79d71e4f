// Package web holds the pages of barriers: who needs reaching and why, the rules, the cohorts, and the figures without names.
package web

import (
	"ajar/internal/admin"
	"ajar/internal/barriers"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
)

// Manifest is what this capability adds to the product. It puts its panels on the pupil's page and on the first page.
func Manifest(s *barriers.Service, first *admin.Service) module.Manifest {
	h := handlers{s}
	s.Roll.AddPanel(h.pupilPanel())
	first.AddHome(h.homePanel())
	see, rules, choose := web.For(barriers.See), web.For(barriers.Rules), web.For(barriers.Choose)
	return module.Manifest{
		Name:    "barriers",
		Rights:  barriers.Rights(),
		Outlets: h.outlets(),
		Menu:    []web.MenuItem{{Label: "Reach", Href: ListPath, Need: barriers.See, Order: 10}},
		Routes: []web.Route{
			{Pattern: "GET /reach", Need: see, Handle: h.list},
			{Pattern: "GET /reach/list.csv", Need: see, Handle: h.listCSV},
			{Pattern: "GET /reach/list.xlsx", Need: see, Handle: h.listXLSX},
			{Pattern: "GET /reach/print", Need: see, Handle: h.paper},
			{Pattern: "GET /reach/figures", Need: see, Handle: h.figures},
			{Pattern: "GET /reach/choose", Need: see, Handle: h.choose},
			{Pattern: "POST /reach/key-teacher", Need: see, Handle: h.keyTeacher},
			{Pattern: "GET /reach/cohorts", Need: see, Handle: h.cohorts},
			{Pattern: "POST /reach/cohorts", Need: choose, Handle: h.putInCohort},
			{Pattern: "GET /reach/cohorts/{cohort}", Need: see, Handle: h.cohort},
			{Pattern: "GET /reach/cohorts/{cohort}/remove", Need: choose, Handle: h.removeForm},
			{Pattern: "POST /reach/cohorts/{cohort}/remove", Need: choose, Handle: h.remove},
			{Pattern: "GET /reach/cohorts/{cohort}/end", Need: choose, Handle: h.endForm},
			{Pattern: "POST /reach/cohorts/{cohort}/end", Need: choose, Handle: h.end},
			{Pattern: "GET /reach/rules", Need: see, Handle: h.rules},
			{Pattern: "GET /reach/rules/edit", Need: rules, Handle: h.ruleForm},
			{Pattern: "POST /reach/rules/preview", Need: rules, Handle: h.rulePreview},
			{Pattern: "POST /reach/rules/save", Need: rules, Handle: h.ruleSave},
			{Pattern: "GET /reach/rules/end", Need: rules, Handle: h.ruleEndForm},
			{Pattern: "POST /reach/rules/end", Need: rules, Handle: h.ruleEnd},
			{Pattern: "GET /pupils/{pupil}/barriers", Need: see, Handle: h.pupil},
			{Pattern: "GET /pupils/{pupil}/barriers/sheet", Need: see, Handle: h.sheet},
		},
	}
}

type handlers struct{ s *barriers.Service }
