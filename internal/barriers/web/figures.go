package web

import (
	"unicode"
	"unicode/utf8"

	"ajar/internal/admin"
	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h handlers) figures(q *web.Req) error {
	f, err := h.s.Figures(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(figuresPage(ui.From(q, "Figures without names"), f, q.Pass.Scope(barriers.See) >= access.Own))
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// homePanel counts, on the first page, the pupils with three or more barriers whom nobody has put into a cohort.
func (h handlers) homePanel() admin.HomePanel {
	return admin.HomePanel{Order: 20, Need: barriers.See, Show: func(tx *db.Tx) (web.Component, error) {
		if tx.Pass().Scope(barriers.See) < access.Own {
			return nil, nil
		}
		w, err := barriers.WaitingIn(tx)
		if err != nil || w.Day == "" {
			return nil, err
		}
		return homePanel(w), nil
	}}
}
