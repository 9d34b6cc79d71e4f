// Package web holds the pages of practice: policies, roles, how deep parents take part with the question to parents at their own door, and stories. What is said to
// families stands in own_texts.go.
package web

import (
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/practice"
)

// Manifest is what this capability adds to the product.
func Manifest(s *practice.Service, leaf Leaf) module.Manifest {
	h, o := handlers{s}, own{s, leaf}
	answer := web.For(practice.Answer)
	see, keep, rate, tell, publish := web.For(practice.See), web.For(practice.Keep), web.For(practice.Rate), web.For(practice.Tell), web.For(practice.Publish)
	return module.Manifest{
		Name:   "practice",
		Rights: practice.Rights(),
		Menu:   []web.MenuItem{{Label: "Practice", Href: PracticePath, Need: practice.See, Order: 62, Group: "Improving", Also: []string{"/policies", "/duties", "/participation", "/stories"}}},
		Routes: []web.Route{
			{Pattern: "GET /practice", Need: see, Handle: h.overview},
			{Pattern: "GET /policies", Need: see, Handle: h.policies},
			{Pattern: "POST /policies", Need: keep, Handle: h.addPolicy},
			{Pattern: "GET /policies/{policy}", Need: see, Handle: h.policy},
			{Pattern: "POST /policies/{policy}", Need: keep, Handle: h.changePolicy},
			{Pattern: "POST /policies/{policy}/review", Need: keep, Handle: h.review},
			{Pattern: "POST /policies/{policy}/drop", Need: keep, Handle: h.dropPolicy},
			{Pattern: "GET /duties", Need: see, Handle: h.duties},
			{Pattern: "POST /duties", Need: keep, Handle: h.addDuty},
			{Pattern: "POST /duties/{duty}", Need: keep, Handle: h.changeDuty},
			{Pattern: "POST /duties/{duty}/drop", Need: keep, Handle: h.dropDuty},
			{Pattern: "GET /participation", Need: see, Handle: h.participation},
			{Pattern: "POST /participation", Need: keep, Handle: h.addActivity},
			{Pattern: "GET /participation/{activity}", Need: see, Handle: h.activity},
			{Pattern: "POST /participation/{activity}", Need: keep, Handle: h.changeActivity},
			{Pattern: "POST /participation/{activity}/drop", Need: keep, Handle: h.dropActivity},
			{Pattern: "POST /participation/{activity}/rate", Need: rate, Handle: h.rate},
			{Pattern: "POST /participation/{activity}/parents", Need: rate, Handle: h.parents},
			{Pattern: "POST /participation/{activity}/parents/back", Need: rate, Handle: h.parentsBack},
			{Pattern: "POST /participation/{activity}/ask", Need: keep, Handle: h.askParents},
			{Pattern: "POST /participation/{activity}/decisions", Need: keep, Handle: h.decide},
			{Pattern: "POST /participation/{activity}/decisions/{decision}/drop", Need: keep, Handle: h.undecide},
			{Pattern: "GET /participation/{activity}/paper", Need: rate, Handle: h.paper},
			{Pattern: "GET /stories", Need: see, Handle: h.stories},
			{Pattern: "GET /stories/new", Need: tell, Handle: h.newStory},
			{Pattern: "POST /stories/new", Need: tell, Handle: h.addStory},
			{Pattern: "GET /stories/{story}", Need: see, Handle: h.story},
			{Pattern: "GET /stories/{story}/edit", Need: tell, Handle: h.editStory},
			{Pattern: "POST /stories/{story}/edit", Need: tell, Handle: h.changeStory},
			{Pattern: "POST /stories/{story}/confirm", Need: publish, Handle: h.confirm},
			{Pattern: "POST /stories/{story}/publish", Need: publish, Handle: h.publish},
			{Pattern: "POST /stories/{story}/withdraw", Need: publish, Handle: h.withdraw},
			{Pattern: "POST /stories/{story}/read", Need: see, Handle: h.read},
			{Pattern: "POST /stories/{story}/request", Need: see, Handle: h.request},
			{Pattern: "GET /f/activities/{activity}", Need: answer, Handle: o.ask},
			{Pattern: "POST /f/activities/{activity}/answer", Need: answer, Handle: o.answer},
		},
	}
}

type handlers struct{ s *practice.Service }
