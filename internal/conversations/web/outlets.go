package web

import (
	"context"
	"strings"

	"ajar/internal/conversations"
	"ajar/internal/kit/module"
	"ajar/internal/ui"
)

// outlets hands over how a letter and a sheet read, so that what is tried is what would be printed.
func outlets(s *conversations.Service) (out []module.Outlet) {
	letter := func(all conversations.Letters, x conversations.Letter) (string, error) {
		all.List = []conversations.Letter{x}
		var b strings.Builder
		err := lettersPage(ui.DocData{}, "", all, "").Render(context.Background(), &b)
		return b.String(), err
	}
	sheet := func(r conversations.Record) (string, error) {
		var b strings.Builder
		err := sheetPage(ui.DocData{}, sheetView{R: r, T: r.Texts[0]}).Render(context.Background(), &b)
		return b.String(), err
	}
	for _, o := range s.Outlets(letter, sheet) {
		out = append(out, o)
	}
	return out
}
