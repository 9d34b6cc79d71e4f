package admin

import (
	"context"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/web"
)

// HomePanel is a piece of the first page that another capability supplies.
type HomePanel struct {
	Order int
	Need  access.Right
	Show  func(tx *db.Tx) (web.Component, error)
}

// AddHome puts a panel on the first page, while the program is put together.
func (s *Service) AddHome(p HomePanel) {
	at := len(s.homes)
	for at > 0 && s.homes[at-1].Order > p.Order {
		at--
	}
	s.homes = append(s.homes, HomePanel{})
	copy(s.homes[at+1:], s.homes[at:])
	s.homes[at] = p
}

// FootOfHome says what stands at the foot of everybody's first page, while the program is put together: who they see here, and why.
func (s *Service) FootOfHome(show func(tx *db.Tx) (web.Component, error)) { s.homeFoot = show }

// Home makes the panels of the first page that the pass may see, with its foot, and tells whether more open after a second step.
func (s *Service) Home(ctx context.Context, p access.Pass) (out []web.Component, foot web.Component, waits bool, err error) {
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		for _, h := range s.homes {
			if !p.Open(h.Need) {
				waits = waits || p.Has(h.Need)
				continue
			}
			c, err := h.Show(tx)
			if err != nil {
				return err
			}
			if c != nil {
				out = append(out, c)
			}
		}
		if s.homeFoot != nil {
			foot, err = s.homeFoot(tx)
		}
		return err
	})
	return out, foot, waits, err
}
