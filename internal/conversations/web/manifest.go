// Package web holds the pages of structured conversations.
package web

import (
	"ajar/internal/admin"
	"ajar/internal/conversations"
	"ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

// Manifest is what this capability adds to the product. It also puts a panel on the page of each pupil and on the first page, and offers the sheet and
// the time of a talk at the family's door.
func Manifest(s *conversations.Service, first *admin.Service, fam *family.Service) module.Manifest {
	h := pages{s, fam}
	door := own{s, fam}
	door.offer()
	first.AddHome(homePanel())
	first.AddHome(figuresPanel())
	s.Roll.AddPanel(roll.Panel{Order: 30, Need: conversations.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		t, err := conversations.TalksOf(tx, p.ID)
		if err != nil {
			return nil, err
		}
		return pupilPanel(p, t), nil
	}})
	see, hold, invite, plan := web.For(conversations.See), web.For(conversations.Hold), web.For(conversations.Invite), web.For(conversations.Plan)
	talk, round, programme := "/conversations/talks/{talk}", "/conversations/rounds/{round}", ProgrammesPath+"/{programme}"
	return module.Manifest{
		Name:       "conversations",
		Migrations: conversations.Migrations().Files,
		Rights:     conversations.Rights(),
		Outlets:    outlets(s),
		Menu:       []web.MenuItem{{Label: "Conversations", Href: MinePath, Need: conversations.See, Order: 30}, {Label: "Families reached", Href: CoveragePath, Need: conversations.Cover, Order: 31}},
		Routes: append(door.routes(), []web.Route{
			{Pattern: "GET " + MinePath, Need: see, Handle: h.mine},
			{Pattern: "GET " + CoveragePath, Need: web.For(conversations.Cover), Handle: h.coverage},

			{Pattern: "GET " + ProgrammesPath, Need: see, Handle: h.programmes},
			{Pattern: "GET " + NewProgrammePath, Need: plan, Handle: h.newProgramme},
			{Pattern: "POST " + NewProgrammePath, Need: plan, Handle: h.newProgramme},
			{Pattern: "POST " + ProgrammesPath, Need: plan, Handle: h.addProgramme},
			{Pattern: "GET " + programme, Need: see, Handle: h.programme},
			{Pattern: "GET " + programme + "/choose", Need: plan, Handle: h.choosePupils},
			{Pattern: "POST " + programme + "/choose", Need: plan, Handle: h.choose},
			{Pattern: "POST " + programme + "/assign", Need: plan, Handle: h.assign},
			{Pattern: "POST " + programme + "/round", Need: plan, Handle: h.addRound},
			{Pattern: "POST " + programme + "/take-out", Need: plan, Handle: h.takeOut},
			{Pattern: "GET " + programme + "/send", Need: invite, Handle: h.sendForm},
			{Pattern: "POST " + programme + "/send", Need: invite, Handle: h.send},
			{Pattern: "POST " + programme + "/send/take-back", Need: invite, Handle: h.sendBack},

			{Pattern: "GET " + round, Need: see, Handle: h.round},
			{Pattern: "POST " + round + "/edit", Need: plan, Handle: h.editRound},
			{Pattern: "POST " + round + "/learned", Need: plan, Handle: h.learned},
			{Pattern: "POST " + round + "/invite", Need: invite, Handle: h.inviteAll},
			{Pattern: "GET " + round + "/letters", Need: invite, Handle: h.letters},
			{Pattern: "POST " + round + "/letters", Need: invite, Handle: h.lettersSent},

			{Pattern: "GET " + talk, Need: see, Handle: h.talk},
			{Pattern: "POST " + talk + "/invite", Need: invite, Handle: h.invite},
			{Pattern: "POST " + talk + "/own", Need: invite, Handle: h.own},
			{Pattern: "POST " + talk + "/call", Need: invite, Handle: h.call},
			{Pattern: "POST " + talk + "/time", Need: invite, Handle: h.time},
			{Pattern: "POST " + talk + "/decline", Need: invite, Handle: h.decline},
			{Pattern: "POST " + talk + "/missed", Need: invite, Handle: h.missed},
			{Pattern: "POST " + talk + "/reopen", Need: invite, Handle: h.reopen},
			{Pattern: "POST " + talk + "/feedback", Need: invite, Handle: h.feedback},
			{Pattern: "POST " + talk + "/held", Need: hold, Handle: h.held},
			{Pattern: "POST " + talk + "/cost", Need: hold, Handle: h.cost},

			{Pattern: "GET " + talk + "/prepare", Need: hold, Handle: h.prepare},
			{Pattern: "POST " + talk + "/tips", Need: hold, Handle: h.tips},
			{Pattern: "POST " + talk + "/ask", Need: hold, Handle: h.ask},
			{Pattern: "GET /conversations/reflections/{reflection}", Need: web.For(conversations.Reflect), Handle: h.reflection},
			{Pattern: "POST /conversations/reflections/{reflection}", Need: web.For(conversations.Reflect), Handle: h.answer},

			{Pattern: "GET " + talk + "/talk/{step}", Need: hold, Handle: h.step},
			{Pattern: "POST " + talk + "/talk/{step}", Need: hold, Handle: h.saveStep},
			{Pattern: "POST " + talk + "/draft/{step}", Need: hold, Handle: h.autosave},
			{Pattern: "GET " + talk + "/earlier", Need: hold, Handle: h.earlier},
			{Pattern: "GET " + talk + "/paper", Need: hold, Handle: h.paper},

			{Pattern: "GET " + talk + "/sheet", Need: web.For(conversations.Read), Handle: h.sheet},
			{Pattern: "GET " + talk + "/correct", Need: hold, Handle: h.correctForm},
			{Pattern: "POST " + talk + "/correct", Need: hold, Handle: h.correct},
			{Pattern: "POST " + talk + "/agree", Need: hold, Handle: h.agree},
			{Pattern: "POST " + talk + "/copy", Need: hold, Handle: h.copy},
			{Pattern: "GET " + talk + "/review", Need: hold, Handle: h.review},
			{Pattern: "POST /conversations/targets/{target}/review", Need: hold, Handle: h.reviewTarget},
			{Pattern: "POST /conversations/remarks/{remark}/settle", Need: invite, Handle: h.settle},
		}...),
	}
}

type pages struct {
	s   *conversations.Service
	fam *family.Service
}
