// Package web holds the pages of working together: agreements between schools, the families shared by name, and hand-over packs.
package web

import (
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/sharing"
)

// Manifest is what this capability adds to the product. It puts its panel on the pupil's page.
func Manifest(s *sharing.Service) module.Manifest {
	h := handlers{s}
	s.Roll.AddPanel(h.pupilPanel())
	see, agree, families, read := web.For(sharing.See), web.For(sharing.Agree), web.For(sharing.Families), web.For(sharing.Read)
	return module.Manifest{
		Name:    "sharing",
		Rights:  sharing.Rights(),
		Outlets: outlets(s),
		Menu:    []web.MenuItem{{Label: "Working together", Href: SharedPath, Need: sharing.See, Order: 70}},
		Routes: []web.Route{
			{Pattern: "GET /sharing", Need: see, Handle: h.overview},
			{Pattern: "GET /sharing/invite", Need: agree, Handle: h.inviteForm},
			{Pattern: "POST /sharing/invite", Need: agree, Handle: h.invite},
			{Pattern: "GET /sharing/enter", Need: agree, Handle: h.enterForm},
			{Pattern: "POST /sharing/enter", Need: agree, Handle: h.enter},
			{Pattern: "POST /sharing/sign", Need: agree, Handle: h.sign},
			{Pattern: "GET /sharing/agreements/{agreement}", Need: see, Handle: h.agreement},
			{Pattern: "POST /sharing/agreements/{agreement}/flows", Need: agree, Handle: h.flows},
			{Pattern: "GET /sharing/agreements/{agreement}/leave", Need: agree, Handle: h.leaveForm},
			{Pattern: "POST /sharing/agreements/{agreement}/leave", Need: agree, Handle: h.leave},
			{Pattern: "GET /sharing/agreements/{agreement}/data.zip", Need: agree, Handle: h.take},
			{Pattern: "GET /sharing/agreements/{agreement}/families", Need: read, Handle: h.theirs},
			{Pattern: "POST /sharing/groups/{org}", Need: agree, Handle: h.group},
			{Pattern: "GET /sharing/groups/{org}/leave", Need: agree, Handle: h.groupLeaveForm},
			{Pattern: "POST /sharing/groups/{org}/leave", Need: agree, Handle: h.groupLeave},
			{Pattern: "GET /pupils/{pupil}/share/{agreement}", Need: families, Handle: h.shareForm},
			{Pattern: "POST /pupils/{pupil}/share/{agreement}", Need: families, Handle: h.share},
			{Pattern: "POST /sharing/families/{share}/end", Need: families, Handle: h.unshare},
			{Pattern: "GET /pupils/{pupil}/pack/{agreement}", Need: families, Handle: h.packForm},
			{Pattern: "POST /pupils/{pupil}/pack/{agreement}", Need: families, Handle: h.packSend},
			{Pattern: "GET /sharing/packs", Need: read, Handle: h.packs},
			{Pattern: "GET /sharing/packs/{pack}", Need: read, Handle: h.pack},
		},
	}
}

type handlers struct{ s *sharing.Service }
