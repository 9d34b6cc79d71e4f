package web

import (
	"ajar/internal/kit/web"

	"github.com/a-h/templ"
)

// lookUp shows the register of schools beside the form of a new organisation.
func (h *handlers) lookUp(_ *web.Req) (templ.Component, error) { return nil, nil }
