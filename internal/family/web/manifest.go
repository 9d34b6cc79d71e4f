package web

import (
	"ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

type handlers struct{ s *family.Service }

// Manifest is what this capability adds to the pages of staff. It also puts a panel on the page of each pupil.
func Manifest(s *family.Service) module.Manifest {
	h := handlers{s}
	s.Words = Words
	s.Roll.AddPanel(roll.Panel{Order: 60, Need: family.Give, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) { return PupilPanel(s, tx, p) }})
	give, settle := web.For(family.Give), web.For(family.Settle)
	links := "/pupils/{pupil}/links"
	return module.Manifest{
		Name:       "family",
		Migrations: family.Migrations().Files,
		Rights:     family.Rights(),
		Outlets:    outlets(s),
		Routes: append(Door(s), []web.Route{
			{Pattern: "GET " + links, Need: give, Handle: h.links},
			{Pattern: "POST " + links + "/give", Need: give, Handle: h.give},
			{Pattern: "GET " + links + "/send", Need: give, Handle: h.sendForm},
			{Pattern: "POST " + links + "/send", Need: give, Handle: h.send},
			{Pattern: "POST " + links + "/take-back", Need: give, Handle: h.takeBack},
			{Pattern: "POST " + links + "/part", Need: give, Handle: h.part},
			{Pattern: "POST " + links + "/forget", Need: give, Handle: h.forgetAll},
			{Pattern: "GET " + WishesPath, Need: settle, Handle: h.wishes},
			{Pattern: "POST " + WishesPath + "/{wish}/accept", Need: settle, Handle: h.accept},
			{Pattern: "POST " + WishesPath + "/{wish}/decline", Need: settle, Handle: h.decline},
			{Pattern: "GET " + AsksPath, Need: give, Handle: h.asks},
			{Pattern: "POST " + AsksPath + "/{ask}/done", Need: give, Handle: h.askDone},
			{Pattern: "POST " + GuestPath, Need: web.Public("fictional parents only, and only while the demo is served"), Handle: h.lookAround},
		}...),
	}
}

// Door lists the routes of the family's own door, which has another cookie than staff have. Rooms above add theirs, below /f/ as well: a need for a right
// goes with Known, so that records open after the known fact.
func Door(s *family.Service) []web.Route {
	h := handlers{s}
	secret := "the secret of the link is the key; nothing is shown of the adult before the button"
	browser := "asks who reads in this browser; it opens nothing"
	read, propose := web.For(family.Read), web.For(family.Propose)
	return []web.Route{
		{Pattern: "GET " + EnterPath + "{$}", Need: web.Public("asks for a code, and opens one's own page to whom it knows"), Handle: h.enter},
		{Pattern: "POST " + codePath, Need: web.Public("the code from the letter is the key; wrong ones are counted"), Handle: h.code},
		{Pattern: "POST " + codeNewPath, Need: web.Public("offers a new link; the answer is always the same"), Handle: h.newCode},
		{Pattern: "GET /f/l/{secret}", Need: web.Public(secret), Handle: h.link},
		{Pattern: "POST /f/l/{secret}", Need: web.Public(secret), Handle: h.useLink},
		{Pattern: "POST /f/l/{secret}/new", Need: web.Public("offers a new link; the answer is always the same"), Handle: h.newLink},
		{Pattern: "POST " + whoPath, Need: web.Public(browser), Handle: h.who},
		{Pattern: "GET " + factPath, Need: web.Public(browser), Handle: h.known},
		{Pattern: "POST " + factPath, Need: web.Public("takes the answer to the known fact; wrong ones are counted"), Handle: h.prove},
		{Pattern: "POST " + closePath, Need: web.Public("forgets whatever this browser was"), Handle: h.close},
		{Pattern: "GET " + PrivacyPath, Need: web.Public("says who is behind these pages"), Handle: h.privacy},

		{Pattern: "GET /f/children/{pupil}", Need: read, Handle: Known(h.child)},
		{Pattern: "GET " + MePath, Need: read, Handle: Known(h.me)},
		{Pattern: "GET " + changePath, Need: propose, Handle: Known(h.changeForm)},
		{Pattern: "POST " + changePath, Need: propose, Handle: Known(h.change)},
		{Pattern: "POST /f/me/wishes/{wish}/withdraw", Need: propose, Handle: Known(h.withdraw)},
		{Pattern: "GET " + DevicesPath, Need: read, Handle: Known(h.devices)},
		{Pattern: "GET " + SchoolsPath, Need: read, Handle: Known(h.schools)},
		{Pattern: "GET " + schoolsAddPath, Need: read, Handle: Known(h.addSchool)},
		{Pattern: "POST " + schoolsCodePath, Need: read, Handle: Known(h.schoolCode)},
		{Pattern: "GET " + schoolsJoinPath, Need: read, Handle: Known(h.joinSchool)},
		{Pattern: "POST " + schoolsJoinPath, Need: read, Handle: Known(h.join)},
		{Pattern: "POST " + schoolsGoPath, Need: read, Handle: Known(h.goTo)},
		{Pattern: "POST " + schoolsLeavePath, Need: read, Handle: Known(h.leave)},
		{Pattern: "POST " + forgetPath, Need: read, Handle: Known(h.forgetDevice)},
	}
}

func outlets(s *family.Service) (out []module.Outlet) {
	for _, o := range s.Outlets() {
		out = append(out, o)
	}
	return out
}
