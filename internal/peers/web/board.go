package web

import (
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h handlers) board(q *web.Req) error {
	b, err := h.s.Board(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(boardPage(ui.From(q, "Helping each other"), b))
}

func (h handlers) withdraw(q *web.Req) error {
	id, err := offerID(q)
	if err != nil {
		return err
	}
	if err := h.s.Withdraw(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(PeersPath, "Your offer is taken back. What was agreed with somebody goes on.")
}
