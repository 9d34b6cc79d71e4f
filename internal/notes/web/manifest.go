// Package web holds the pages of notes: those about a child, the form, the versions of one, and the search.
package web

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/notes"
	"ajar/internal/roll"
)

// Manifest is what this capability adds to the product. It also puts a panel on the page of each pupil.
func Manifest(s *notes.Service) module.Manifest {
	h := pages{s}
	s.Roll.AddPanel(roll.Panel{Order: 40, Need: notes.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		a, restricted, err := notes.AboutIn(tx, p)
		if err != nil {
			return nil, err
		}
		return panel(a, restricted), nil
	}})
	see, write := web.For(notes.See), web.For(notes.Write)
	about, note := "/pupils/{pupil}/notes", SearchPath+"/{note}"
	var outlets []module.Outlet
	for _, o := range s.Outlets() {
		outlets = append(outlets, o)
	}
	return module.Manifest{
		Name:       "notes",
		Outlets:    outlets,
		Migrations: notes.Migrations().Files,
		Rights:     notes.Rights(),
		Menu:       []web.MenuItem{{Label: "Notes", Href: SearchPath, Need: notes.See, Order: 35, Group: "Messages"}},
		Routes: []web.Route{
			{Pattern: "GET " + SearchPath, Need: see, Handle: h.search},
			{Pattern: "GET " + about, Need: see, Handle: h.about},
			{Pattern: "GET " + about + "/print", Need: see, Handle: h.print},
			{Pattern: "GET " + about + "/new", Need: write, Handle: h.form},
			{Pattern: "POST " + about, Need: write, Handle: h.add},
			{Pattern: "POST " + about + "/draft", Need: write, Handle: h.draft},
			{Pattern: "POST " + about + "/drop", Need: write, Handle: h.drop},
			{Pattern: "GET " + note, Need: see, Handle: h.note},
			{Pattern: "POST " + note, Need: write, Handle: h.change},
			{Pattern: "POST " + note + "/draft", Need: write, Handle: h.noteDraft},
			{Pattern: "POST " + note + "/strike", Need: see, Handle: h.strike},
		},
	}
}

type pages struct{ s *notes.Service }
