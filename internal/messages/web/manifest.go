// Package web holds the pages of messages: writing and sending, what became of it, what families answered, who is reached, key contacts, templates.
package web

import (
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
)

// Manifest is what this capability adds to the product.
func Manifest(s *messages.Service) module.Manifest {
	h := pages{s}
	var routes []web.Route
	routes = append(routes, templateRoutes(h)...)
	routes = append(routes, phraseRoutes(h)...)
	routes = append(routes, newsletterRoutes(h)...)
	routes = append(routes, praiseRoutes(h)...)
	return module.Manifest{
		Name:       "messages",
		Migrations: messages.Migrations().Files,
		Rights:     messages.Rights(),
		Menu:       wordingMenu(),
		Routes:     append(routes, h.none()...),
		Outlets:    praiseOutlets(s),
	}
}

type pages struct{ s *messages.Service }

func (h pages) none() []web.Route { return nil }
