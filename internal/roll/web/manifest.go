// Package web holds the pages of the roll: finding people, a pupil's record, changes by hand, orders, staff and classes, imports, organisations,
// settings. Begin reading at the list of routes in manifest.go; every address is made in links.go.
package web

import (
	"sync"

	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

// maxFile is how large a file may be that is sent by a page. A local authority's whole roll is some 60 MB; larger ones go by command.
const maxFile = 64 << 20

// Manifest is what this capability adds to the product.
func Manifest(s *roll.Service) module.Manifest {
	h := &handlers{s: s, confirming: map[batch.ID]bool{}, failed: map[batch.ID]string{}}
	see, edit, orders, mail := web.For(roll.See), web.For(roll.Edit), web.For(roll.Orders), web.For(roll.Mail)
	bring, organise, directory, settings := web.For(roll.Import), web.For(roll.Organise), web.For(roll.Directory), web.For(roll.Settings)
	return module.Manifest{
		Name:    "roll",
		Rights:  roll.Rights(),
		Outlets: outlets(s),
		Routes: []web.Route{
			{Pattern: "GET /search", Need: see, Handle: h.search},
			{Pattern: "GET /pupils/{pupil}", Need: see, Handle: h.pupil},
			{Pattern: "GET /pupils/{pupil}/edit", Need: edit, Handle: h.pupilForm},
			{Pattern: "POST /pupils/{pupil}/edit", Need: edit, Handle: h.pupilSave},
			{Pattern: "POST /pupils/{pupil}/keep-upn", Need: edit, Handle: h.keepUPN},
			{Pattern: "POST /pupils/{pupil}/release", Need: edit, Handle: h.release},
			{Pattern: "GET /pupils/{pupil}/adults/new", Need: edit, Handle: h.adultNew},
			{Pattern: "POST /pupils/{pupil}/adults", Need: edit, Handle: h.adultAdd},
			{Pattern: "GET /pupils/{pupil}/adults/{adult}/edit", Need: edit, Handle: h.adultForm},
			{Pattern: "POST /pupils/{pupil}/adults/{adult}/edit", Need: edit, Handle: h.adultSave},
			{Pattern: "GET /pupils/{pupil}/adults/{adult}/tie", Need: edit, Handle: h.tieNew},
			{Pattern: "POST /pupils/{pupil}/adults/{adult}/tie", Need: edit, Handle: h.tieAdd},
			{Pattern: "GET /pupils/{pupil}/ties/{tie}/edit", Need: edit, Handle: h.tieForm},
			{Pattern: "POST /pupils/{pupil}/ties/{tie}/edit", Need: edit, Handle: h.tieSave},
			{Pattern: "GET /pupils/{pupil}/ties/{tie}/orders/new", Need: orders, Handle: h.orderForm},
			{Pattern: "POST /pupils/{pupil}/ties/{tie}/orders", Need: orders, Handle: h.orderSave},
			{Pattern: "GET /pupils/{pupil}/orders/{order}/end", Need: orders, Handle: h.orderEndForm},
			{Pattern: "POST /pupils/{pupil}/orders/{order}/end", Need: orders, Handle: h.orderEnd},
			{Pattern: "GET /pupils/{pupil}/orders/{order}/review", Need: orders, Handle: h.orderReviewForm},
			{Pattern: "POST /pupils/{pupil}/orders/{order}/review", Need: orders, Handle: h.orderReview},
			{Pattern: "GET /pupils/{pupil}/assign", Need: edit, Handle: h.assignForm},
			{Pattern: "POST /pupils/{pupil}/assign", Need: edit, Handle: h.assignOne},
			{Pattern: "GET /pupils/{pupil}/assignments/{assignment}/end", Need: edit, Handle: h.assignmentEndForm},
			{Pattern: "POST /pupils/{pupil}/assignments/{assignment}/end", Need: edit, Handle: h.assignmentEnd},
			{Pattern: "POST /assignments/{group}/undo", Need: edit, Handle: h.assignUndo},

			{Pattern: "GET /pupils/{pupil}/adults/{adult}/same", Need: edit, Handle: h.sameAs},
			{Pattern: "GET /duplicates", Need: edit, Handle: h.duplicates},
			{Pattern: "GET /duplicates/merged", Need: edit, Handle: h.merges},
			{Pattern: "POST /duplicates/merged/{merge}/undo", Need: edit.Proved(), Handle: h.mergeUndo},
			{Pattern: "POST /duplicates/apart", Need: edit, Handle: h.apart},
			{Pattern: "GET /duplicates/{adult}/{other}", Need: edit.Proved(), Handle: h.pair},
			{Pattern: "POST /duplicates/{adult}/{other}", Need: edit.Proved(), Handle: h.merge},

			{Pattern: "GET /staff", Need: see, Handle: h.staffList},
			{Pattern: "GET /staff/new", Need: settings, Handle: h.staffNew},
			{Pattern: "POST /staff", Need: settings, Handle: h.staffAdd},
			{Pattern: "GET /staff/{staff}", Need: see, Handle: h.staffMember},
			{Pattern: "GET /staff/{staff}/edit", Need: settings, Handle: h.staffForm},
			{Pattern: "POST /staff/{staff}/edit", Need: settings, Handle: h.staffSave},
			{Pattern: "GET /staff/{staff}/family", Need: settings, Handle: h.hat},
			{Pattern: "POST /staff/{staff}/family", Need: settings, Handle: h.hatSave},
			{Pattern: "POST /staff/{staff}/roles", Need: settings, Handle: h.roleGive},
			{Pattern: "POST /staff/{staff}/roles/{post}/end", Need: settings, Handle: h.roleEnd},
			{Pattern: "GET /staff/{staff}/away", Need: see, Handle: h.away},
			{Pattern: "POST /staff/{staff}/away", Need: edit, Handle: h.awayRecord},
			{Pattern: "GET /staff/{staff}/away/{absence}", Need: edit, Handle: h.absence},
			{Pattern: "POST /staff/{staff}/away/{absence}/cover", Need: edit, Handle: h.absenceCover},
			{Pattern: "POST /staff/{staff}/away/{absence}/uncover", Need: edit, Handle: h.absenceUncover},
			{Pattern: "POST /staff/{staff}/away/{absence}/end", Need: edit, Handle: h.absenceEnd},
			{Pattern: "GET /classes", Need: see, Handle: h.classes},
			{Pattern: "GET /classes/{class}", Need: see, Handle: h.class},
			{Pattern: "POST /classes/{class}/assign", Need: edit, Handle: h.assignClass},

			{Pattern: "GET /contacts", Need: mail, Handle: h.contacts},
			{Pattern: "GET /contacts/labels", Need: mail, Handle: h.labels},
			{Pattern: "GET /contacts/list", Need: mail, Handle: h.contactList},
			{Pattern: "GET /contacts/list.csv", Need: mail, Handle: h.contactsCSV},
			{Pattern: "GET /contacts/list.xlsx", Need: mail, Handle: h.contactsXLSX},

			{Pattern: "GET /imports", Need: bring, Handle: h.imports},
			{Pattern: "GET /imports/conflicts", Need: edit, Handle: h.conflicts},
			{Pattern: "POST /imports/conflicts/{conflict}", Need: edit, Handle: h.settle},
			{Pattern: "GET /imports/new/{kind}", Need: bring, Handle: h.importForm},
			{Pattern: "POST /imports/new/{kind}", Need: bring, Handle: h.importRead, MaxBody: maxFile},
			{Pattern: "GET /imports/template/{kind}", Need: bring, Handle: h.importTemplate},
			{Pattern: "GET /imports/batches/{batch}", Need: bring, Handle: h.batch},
			{Pattern: "POST /imports/batches/{batch}/confirm", Need: bring, Handle: h.batchConfirm},
			{Pattern: "POST /imports/batches/{batch}/drop", Need: bring, Handle: h.batchDrop},
			{Pattern: "POST /imports/batches/{batch}/undo", Need: bring, Handle: h.batchUndo},
			{Pattern: "GET /imports/batches/{batch}/refused", Need: bring, Handle: h.batchRefused},
			{Pattern: "GET /imports/batches/{batch}/columns", Need: bring, Handle: h.columnsForm},
			{Pattern: "POST /imports/batches/{batch}/columns", Need: bring, Handle: h.columnsSave},
			{Pattern: "GET /imports/batches/{batch}/mapping", Need: bring, Handle: h.mappingFile},

			{Pattern: "GET /organisations", Need: directory, Handle: h.orgs},
			{Pattern: "GET /organisations/new", Need: organise, Handle: h.orgForm},
			{Pattern: "POST /organisations", Need: organise, Handle: h.orgAdd},
			{Pattern: "GET /organisations/{org}", Need: directory, Handle: h.org},

			{Pattern: "GET /settings", Need: settings, Handle: h.settings},
			{Pattern: "POST /settings", Need: settings, Handle: h.settingsSave},
			{Pattern: "GET /safeguarding", Need: web.SignedIn(), Handle: h.safeguarding},
		},
		Menu: []web.MenuItem{
			{Label: "Find", Href: "/search", Need: roll.See, Order: 20},
			{Label: "Staff", Href: StaffPath, Need: roll.See, Order: 70},
			{Label: "Imports", Href: ImportsPath, Need: roll.Import, Order: 80},
			{Label: "Organisations", Href: OrgsPath, Need: roll.Directory, Order: 85},
			{Label: "Settings", Href: SettingsPath, Need: roll.Settings, Order: 90},
		},
	}
}

func outlets(s *roll.Service) (out []module.Outlet) {
	for _, o := range s.OwnOutlets() {
		out = append(out, o)
	}
	return out
}

// RightsRoutes are the pages that say who may do what, and what one person may see and why. They need the rights of every capability, which only
// the gate knows, so app adds them.
func RightsRoutes(s *roll.Service, rights func() []access.Right) []web.Route {
	h := &handlers{s: s}
	return []web.Route{
		{Pattern: "GET " + RightsPath, Need: web.SignedIn(), Handle: func(q *web.Req) error { return showRights(q, rights()) }},
		{Pattern: "GET " + RightsPeoplePath, Need: web.For(roll.Settings), Handle: h.rightsPeople},
		{Pattern: "GET " + RightsPeoplePath + "/{staff}", Need: web.SignedIn(), Handle: h.rightsPerson(rights)},
	}
}

type handlers struct {
	s *roll.Service

	mu         sync.Mutex
	confirming map[batch.ID]bool   // imports that this process is bringing in now
	failed     map[batch.ID]string // what went wrong with those it could not
}
