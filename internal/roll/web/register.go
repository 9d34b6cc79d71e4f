package web

import (
	"net/url"

	"ajar/internal/kit/web"
	"ajar/internal/roll"

	"github.com/a-h/templ"
)

// registerMost is how many schools of the register stand beside the form; more words find fewer.
const registerMost = 12

// lookUp shows the register of schools beside the form of a new organisation: by URN or by any part of a name.
func (h *handlers) lookUp(q *web.Req) (templ.Component, error) {
	asked := q.Text("look")
	var list []roll.Registered
	if asked != "" {
		var err error
		if list, err = h.s.LookUp(q.Context(), asked, registerMost+1); err != nil {
			return nil, err
		}
	}
	return registerPart(asked, list[:min(len(list), registerMost)], len(list) > registerMost), nil
}

// takeOver is the form of a new organisation filled in from the register.
func takeOver(r roll.Registered) string {
	return orgNewPath + "?" + url.Values{"name": {r.Name}, "urn": {r.URN}, "laestab": {r.LAESTAB}, "phase": {r.Phase}, "place": {r.Town}, "type": {"school"}}.Encode()
}

func registeredWords(r roll.Registered) string {
	return listed(r.Town, r.Phase, r.LAName, "URN "+r.URN, lower(r.Status))
}
