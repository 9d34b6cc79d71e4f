// Package web holds the pages of progress: the panel on a pupil's page, the pupil's own page of figures with the forms to record one by
// hand, and the school's figures.
package web

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// Manifest is what this capability adds to the product. It puts the panel on the pupil's page.
func Manifest(s *progress.Service) module.Manifest {
	s.Roll.AddPanel(roll.Panel{Order: 20, Need: progress.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		sh, err := s.Short(tx, p)
		if err != nil {
			return nil, err
		}
		return panel(sh), nil
	}})
	h := handler{s}
	return module.Manifest{
		Name:       "progress",
		Migrations: progress.Migrations().Files,
		Rights:     progress.Rights(),
		Routes: []web.Route{
			{Pattern: "GET " + SchoolPath, Need: web.For(progress.See), Handle: h.school},
			{Pattern: "GET /pupils/{pupil}/progress", Need: web.For(progress.See), Handle: h.pupil},
			{Pattern: "GET /pupils/{pupil}/progress/result", Need: web.For(progress.Record), Handle: h.resultForm},
			{Pattern: "POST /pupils/{pupil}/progress/result", Need: web.For(progress.Record), Handle: h.addResult},
			{Pattern: "GET /pupils/{pupil}/progress/count", Need: web.For(progress.Record), Handle: h.countForm},
			{Pattern: "POST /pupils/{pupil}/progress/count", Need: web.For(progress.Record), Handle: h.addCount},
			{Pattern: "GET /pupils/{pupil}/progress/mark", Need: web.For(progress.Record), Handle: h.markForm},
			{Pattern: "POST /pupils/{pupil}/progress/mark", Need: web.For(progress.Record), Handle: h.setMark},
		},
		Menu: []web.MenuItem{{Label: "Attendance", Href: SchoolPath, Need: progress.See, Order: 45}},
	}
}

type handler struct{ s *progress.Service }
