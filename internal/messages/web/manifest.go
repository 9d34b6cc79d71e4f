// Package web holds the pages of messages: writing and sending, what became of it, what families answered, who is reached, key contacts, templates.
package web

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/module"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

// Manifest is what this capability adds to the product.
func Manifest(s *messages.Service) module.Manifest {
	h := pages{s}
	var routes []web.Route
	routes = append(routes, sendingRoutes(h)...)
	routes = append(routes, templateRoutes(h)...)
	routes = append(routes, phraseRoutes(h)...)
	routes = append(routes, newsletterRoutes(h)...)
	routes = append(routes, h.contactRoutes()...)
	routes = append(routes, h.keyRoutes()...)
	routes = append(routes, h.reachRoutes()...)
	h.ledgerPanels()
	s.Roll.AddPanel(roll.Panel{Order: 16, Need: messages.Read, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		list, err := messages.Reachable(tx, p)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return writePanel(p, list, tx.Pass().Has(messages.Send)), nil
	}})
	var outlets []module.Outlet
	for _, o := range s.Outlets() {
		outlets = append(outlets, o)
	}
	outlets = append(outlets, praiseOutlets(s)...)
	routes = append(routes, praiseRoutes(h)...)
	return module.Manifest{
		Name:       "messages",
		Migrations: messages.Migrations().Files,
		Rights:     messages.Rights(),
		Outlets:    outlets,
		Menu:       append(append([]web.MenuItem{{Label: "All messages", Href: MessagesPath, Need: messages.Read, Order: 33, Group: "Messages", Also: []string{"/messages/m", NewPath, CallsPath}}}, ledgerPlaces()...), wordingMenu()...),
		Routes:     routes,
	}
}

type pages struct{ s *messages.Service }
