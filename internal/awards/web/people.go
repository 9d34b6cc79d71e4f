package web

import (
	"ajar/internal/awards"
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

func notThere() error { return access.Denied() }

func (h pages) people(q *web.Req) error { return h.peoplePage(q, nil, values{}) }

func (h pages) peoplePage(q *web.Req, errs ui.Errors, f values) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	v, err := h.s.Open(q.Context(), q.Pass, id, 0)
	if err != nil {
		return err
	}
	list, err := h.s.Candidates(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := page(q, "Who works for this award", toAward(v))
	d.Errors = errs
	return write(q, errs, peoplePage(d, v, list, f))
}

func (h pages) afterPeople(q *web.Req, id awards.AwardID, err error, f values, said string) error {
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		for i := range errs {
			if errs[i].Field == "staff" {
				errs[i].Field = "staff_" + f["part"]
			}
		}
		return h.peoplePage(q, errs, f)
	}
	return q.Go(peoplePath(id), said)
}

func (h pages) name(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	part := q.Text("part")
	f := values{"part": part, "staff_" + part: q.Text("staff_" + part)}
	return h.afterPeople(q, id, h.s.Name(q.Context(), q.Pass, id, web.FormID[roll.Staff](q, "staff_"+part), part), f, "Named.")
}

func (h pages) unname(q *web.Req) error {
	id, err := awardID(q)
	if err != nil {
		return err
	}
	part, err := web.PathID[awards.Part](q, "part")
	if err != nil {
		return err
	}
	return h.afterPeople(q, id, h.s.Unname(q.Context(), q.Pass, id, part), values{}, "Ended. That it was so stays on record.")
}

func candidateOptions(list []awards.Candidate) (out []ui.Option) {
	for _, c := range list {
		if c.Why == "" {
			out = append(out, ui.Option{Value: c.ID.String(), Label: c.Name})
		}
	}
	return out
}

// barred are those who would fit and may not, each with the reason.
func barred(list []awards.Candidate) (out []awards.Candidate) {
	for _, c := range list {
		if c.Why != "" {
			out = append(out, c)
		}
	}
	return out
}

var nameLabels = map[string]string{awards.PartLead: "Name a lead", awards.PartSteering: "Name somebody for the steering group", awards.PartAdviser: "Name an adviser", awards.PartAssessor: "Name the assessor"}

var partHints = map[string]string{
	awards.PartLead:     "Leads the work: names people, settles steps, says when it is ready.",
	awards.PartSteering: "Gathers evidence. Parents in the group are counted in the settings, without their names.",
	awards.PartAdviser:  "Comes from outside, comments on objectives and writes about visits. Decides nothing.",
	awards.PartAssessor: "Decides each objective and the award. May not have advised, led or gathered, whoever they are signed in as.",
}
