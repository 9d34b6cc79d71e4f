// Package web holds the pages of plans: the plan and its actions, priorities from gaps, progress, the governors' extract, the tree of objectives with the
// vision and the cycle of consulting, and the roll-up of a grouping.
package web

import (
	"ajar/internal/admin"
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
)

// Manifest is what this capability adds to the product. It puts its panel on the first page.
func Manifest(s *plans.Service, first *admin.Service) module.Manifest {
	h := handlers{s}
	first.AddHome(admin.HomePanel{Order: 8, Need: plans.See, Show: func(tx *db.Tx) (web.Component, error) {
		home, err := plans.HomeIn(tx)
		if err != nil || len(home.Mine) == 0 && home.Overdue == 0 {
			return nil, err
		}
		return homePanel(home), nil
	}})
	see, lead, update, share := web.For(plans.See), web.For(plans.Lead), web.For(plans.Update), web.For(plans.Share)
	return module.Manifest{
		Name:   "plans",
		Rights: plans.Rights(),
		Menu:   []web.MenuItem{{Label: "Plan", Href: PlansPath, Need: plans.See, Order: 60, Group: "Improving", Also: []string{"/actions", "/objectives", "/vision", "/consultations"}}},
		Routes: []web.Route{
			{Pattern: "GET /plans", Need: see, Handle: h.overview},
			{Pattern: "GET /plans/new", Need: lead, Handle: h.newPlan},
			{Pattern: "POST /plans/new", Need: lead, Handle: h.makePlan},
			{Pattern: "GET /plans/{plan}", Need: see, Handle: h.plan},
			{Pattern: "GET /plans/{plan}/edit", Need: lead, Handle: h.editPlan},
			{Pattern: "POST /plans/{plan}/edit", Need: lead, Handle: h.changePlan},
			{Pattern: "POST /plans/{plan}/share", Need: share, Handle: h.share},
			{Pattern: "POST /plans/{plan}/complete", Need: lead, Handle: h.complete},
			{Pattern: "POST /plans/{plan}/reopen", Need: lead, Handle: h.reopen},
			{Pattern: "GET /plans/{plan}/priorities", Need: lead, Handle: h.priorities},
			{Pattern: "GET /plans/{plan}/add", Need: lead, Handle: h.addForm},
			{Pattern: "POST /plans/{plan}/add", Need: lead, Handle: h.add},
			{Pattern: "GET /plans/{plan}/progress", Need: see, Handle: h.progress},
			{Pattern: "GET /plans/{plan}/print", Need: see, Handle: h.print},
			{Pattern: "GET /plans/{plan}/actions.csv", Need: see, Handle: h.csv},
			{Pattern: "GET /plans/{plan}/actions.xlsx", Need: see, Handle: h.xlsx},
			{Pattern: "GET /plans/{plan}/extract", Need: see, Handle: h.extract},
			{Pattern: "GET /plans/{plan}/extract/print", Need: see, Handle: h.extractPrint},
			{Pattern: "GET /plans/{plan}/extract/actions.xlsx", Need: see, Handle: h.extractXLSX},
			{Pattern: "GET /plans/{plan}/plan.docx", Need: see, Handle: h.planDocument},
			{Pattern: "GET /plans/{plan}/extract/governors.docx", Need: see, Handle: h.extractDocument},
			{Pattern: "GET /actions/{action}", Need: see, Handle: h.action},
			{Pattern: "GET /actions/{action}/edit", Need: lead, Handle: h.editAction},
			{Pattern: "POST /actions/{action}/edit", Need: lead, Handle: h.changeAction},
			{Pattern: "POST /actions/{action}/news", Need: update, Handle: h.news},
			{Pattern: "POST /actions/{action}/evidence", Need: update, Handle: h.addEvidence},
			{Pattern: "POST /actions/{action}/evidence/{shown}/drop", Need: update, Handle: h.dropEvidence},
			{Pattern: "POST /actions/{action}/remove", Need: lead, Handle: h.remove},
			{Pattern: "POST /actions/{action}/restore", Need: lead, Handle: h.restore},
			{Pattern: "POST /actions/{action}/carry", Need: lead, Handle: h.carry},
			{Pattern: "GET /objectives", Need: see, Handle: h.objectives},
			{Pattern: "POST /objectives", Need: lead, Handle: h.setObjective},
			{Pattern: "GET /objectives/roll-up", Need: see, Handle: h.rollUp},
			{Pattern: "POST /objectives/measures", Need: lead, Handle: h.setMeasures},
			{Pattern: "GET /objectives/{objective}", Need: lead, Handle: h.objectiveForm},
			{Pattern: "POST /objectives/{objective}", Need: lead, Handle: h.changeObjective},
			{Pattern: "POST /objectives/{objective}/end", Need: lead, Handle: h.endObjective},
			{Pattern: "POST /vision", Need: lead, Handle: h.adopt},
			{Pattern: "POST /consultations", Need: lead, Handle: h.consult},
			{Pattern: "POST /consultations/{consultation}", Need: lead, Handle: h.consulted},
			{Pattern: "POST /consultations/{consultation}/drop", Need: lead, Handle: h.unconsult},
		},
	}
}

type handlers struct{ s *plans.Service }
