// Package web holds the pages of audits: setting up, rating, what came of it, frameworks and evidence, and the questions that parents answer at the family's
// door. Addresses are made in links.go; what is said to families stands in own_texts.go.
package web

import (
	"ajar/internal/audit"
	"ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

// Leaf begins a page of the family's door, which is a room beside this one; app joins the two.
type Leaf func(q *web.Req, title say.Msg, args ...say.Args) (ui.LeafData, error)

// Manifest is what this capability adds to the product.
func Manifest(s *audit.Service, leaf Leaf, fam *family.Service) module.Manifest {
	h := pages{s}
	o := own{s, leaf}
	ask := asking{h, fam}
	see, lead, share, rate, key, answer := web.For(audit.See), web.For(audit.Lead), web.For(audit.Share), web.For(audit.Rate), web.For(audit.KeyIn), web.For(audit.Answer)
	library := web.For(audit.Library)
	one, framework := ListPath+"/{audit}", FrameworksPath+"/{framework}"
	criterion, rating := one+"/criterion/{criterion}", one+"/rate/{criterion}"
	return module.Manifest{
		Name:       "audit",
		Migrations: audit.Migrations().Files,
		Rights:     audit.Rights(),
		Outlets:    outlets(s, fam),
		Menu:       []web.MenuItem{{Label: "Where are we?", Href: ListPath, Need: audit.See, Order: 58, Group: "Improving", Also: []string{FrameworksPath, evidencePath}}},
		Routes: []web.Route{
			{Pattern: "GET " + ListPath, Need: see, Handle: h.list},
			{Pattern: "GET " + newPath, Need: lead, Handle: h.setup},
			{Pattern: "POST " + ListPath, Need: lead, Handle: h.start},
			{Pattern: "GET " + TogetherPath, Need: see, Handle: h.together},
			{Pattern: "POST " + TogetherPath, Need: lead, Handle: h.makePicture},
			{Pattern: "GET " + togetherPrint, Need: see, Handle: h.togetherPrint},
			{Pattern: "GET " + togetherCSV, Need: see, Handle: h.togetherCSV},
			{Pattern: "GET " + togetherXLSX, Need: see, Handle: h.togetherXLSX},
			{Pattern: "GET " + FrameworksPath, Need: see, Handle: h.frameworks},
			{Pattern: "POST " + FrameworksPath, Need: lead, Handle: h.bringIn},
			{Pattern: "GET " + framework, Need: see, Handle: h.framework},
			{Pattern: "GET " + framework + "/file", Need: see, Handle: h.frameworkFile},
			{Pattern: "GET " + framework + "/compare", Need: see, Handle: h.compare},
			{Pattern: "GET " + evidencePath, Need: library, Handle: h.evidence},
			{Pattern: "GET " + evidencePath + "/{evidence}", Need: library, Handle: h.file},
			{Pattern: "GET " + one, Need: see, Handle: h.results},
			{Pattern: "GET " + one + "/print", Need: see, Handle: h.print},
			{Pattern: "GET " + one + "/results.csv", Need: see, Handle: h.csv},
			{Pattern: "GET " + one + "/report.docx", Need: see, Handle: h.document},
			{Pattern: "GET " + one + "/sheet", Need: see, Handle: h.sheet},
			{Pattern: "GET " + one + "/goes-up", Need: see, Handle: h.goesUp},
			{Pattern: "POST " + one + "/goes-up", Need: share, Handle: h.give},
			{Pattern: "GET " + one + "/close", Need: lead, Handle: h.closing},
			{Pattern: "POST " + one + "/close", Need: lead, Handle: h.close},
			{Pattern: "POST " + one + "/extend", Need: lead, Handle: h.extend},
			{Pattern: "GET " + one + "/key-in", Need: key, Handle: h.keyIn},
			{Pattern: "POST " + one + "/key-in", Need: key, Handle: h.keyed},
			{Pattern: "GET " + one + "/ask", Need: key, Handle: ask.form},
			{Pattern: "POST " + one + "/ask/send", Need: key, Handle: ask.send},
			{Pattern: "POST " + one + "/ask/take-back", Need: key, Handle: ask.back},
			{Pattern: "POST " + one + "/ask/letters", Need: key, Handle: ask.letters},
			{Pattern: "GET " + criterion, Need: see, Handle: h.criterion},
			{Pattern: "POST " + criterion + "/agree", Need: lead, Handle: h.agree},
			{Pattern: "GET " + one + "/rate", Need: rate, Handle: h.mine},
			{Pattern: "POST " + one + "/rate-done", Need: rate, Handle: h.handIn},
			{Pattern: "GET " + rating, Need: rate, Handle: h.rating},
			{Pattern: "POST " + rating, Need: rate, Handle: h.rate},
			{Pattern: "POST " + rating + "/draft", Need: rate, Handle: h.draft},
			{Pattern: "POST " + rating + "/evidence", Need: rate, Handle: h.show, MaxBody: audit.MostBytes + 1<<16},
			{Pattern: "POST " + rating + "/take-down", Need: rate, Handle: h.takeDown},
			{Pattern: "GET /f/audits/{audit}", Need: answer, Handle: o.ask},
			{Pattern: "POST /f/audits/{audit}/answer", Need: answer, Handle: o.answer},
			{Pattern: "POST /f/audits/{audit}/send", Need: answer, Handle: o.send},
		},
	}
}

type pages struct{ s *audit.Service }

func auditID(q *web.Req) (audit.AuditID, error) { return web.PathID[audit.Audit](q, "audit") }

// HomePanel reminds those who are asked of audits that they have not handed in.
func HomePanel(tx *db.Tx) (web.Component, error) {
	list, err := audit.Waiting(tx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return homePanel(list), nil
}

// Words and Item are what app needs to offer an audit at the family's door.
const Words = "the questions to parents about the school"

// Item says an audit on the adult's own page.
func Item(o audit.OwnView) (title, note say.Msg, told say.Args) {
	return tAskTitle, tAskNote, say.Args{"day": say.Date(o.Audit.Closes)}
}
