package web

import (
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func (h *handlers) orderForm(q *web.Req) error {
	r, rel, err := h.openTie(q)
	if err != nil {
		return err
	}
	if _, err := h.s.PreviewOrder(q.Context(), q.Pass, r.Pupil.ID, rel.Tie.ID, nil); err != nil {
		return err
	}
	return q.Page(orderFormPage(q, r, rel, roll.OrderValues(r.Today), nil))
}

// orderSave shows who loses what first, and saves when that page is confirmed.
func (h *handlers) orderSave(q *web.Req) error {
	r, rel, err := h.openTie(q)
	if err != nil {
		return err
	}
	v := typed(q, roll.OrderFields)
	pre, err := h.s.PreviewOrder(q.Context(), q.Pass, r.Pupil.ID, rel.Tie.ID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 || q.Checked("change") {
		if len(errs) > 0 {
			return q.Again(orderFormPage(q, r, rel, v, errs))
		}
		return q.Page(orderFormPage(q, r, rel, v, nil))
	}
	if !q.Checked("confirm") {
		d := page(q, "Check this order", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
		return q.Page(orderCheckPage(d, pre, v, r.Today))
	}
	if _, err := h.s.AddOrder(q.Context(), q.Pass, r.Pupil.ID, rel.Tie.ID, v); err != nil {
		return err
	}
	return q.Go(PupilPath(r.Pupil.ID), "The order was recorded. It binds from now on, everywhere in Ajar.")
}

func orderFormPage(q *web.Req, r roll.Record, rel roll.Relation, v roll.Values, errs ui.Errors) templ.Component {
	title := "Record an order about " + rel.Adult.Name
	d := page(q, title, ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	f := form{v, errs}
	var kinds []ui.Option
	for _, k := range roll.OrderKinds {
		kinds = append(kinds, ui.Option{Value: k, Label: roll.OrderWords[k], Hint: roll.Stops(k)[0]})
	}
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: title, Caption: r.Pupil.Name()},
		Lead:    "For a court order, or another restriction that the school has to keep to, for this child. Before anything is saved the next page says who loses what.",
		Form:    ui.FormData{Action: ordersPath(r.Pupil.ID, rel.Tie.ID)},
		Fields: []templ.Component{
			f.radios("kind", "What does it say?", "", false, kinds),
			f.text("decided_by", "Who decided it?", "For example the family court, children's services, the head.", 0),
			f.date("evidence_seen", "Papers seen on", "Leave it empty if nobody here has seen them yet. The order is kept to all the same."),
			f.date("starts", "From", ""), f.date("ends", "Until", "The last day. Leave it empty if it has no end."),
			f.date("review_on", "Look at it again on", ""),
			f.area("note", "Note", "Facts that somebody needs in order to keep to it. Not what happened: that belongs with the safeguarding lead.", 3),
		},
		Submit: "Continue",
		Cancel: cancel(r),
	})
}

// otherChildren says that an order is about one child alone.
func otherChildren(p roll.OrderPreview) string {
	if len(p.Children) == 0 {
		return "If " + p.Relation.Adult.Name + " has other children here or in another school, nothing changes for them. Record an order for each child it names."
	}
	var names []string
	for _, c := range p.Children {
		names = append(names, c.Name())
	}
	return p.Relation.Adult.Name + " keeps everything about " + strings.Join(names, ", ") + ". Record an order for each child it names."
}

// OrdersDue is the panel of the first page that calls orders to mind; nothing when there are none.
func OrdersDue(tx *db.Tx) (web.Component, error) {
	list, err := roll.ReviewsDue(tx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return ordersDue(list), nil
}

func (h *handlers) orderReviewForm(q *web.Req) error {
	r, rel, o, err := h.openOrder(q)
	if err != nil {
		return err
	}
	return q.Page(orderReviewPage(q, r, rel, o, roll.Values{}, nil))
}

func (h *handlers) orderReview(q *web.Req) error {
	r, rel, o, err := h.openOrder(q)
	if err != nil {
		return err
	}
	v := typed(q, []string{"found", "review_on"})
	errs, err := formErrors(h.s.LookedAt(q.Context(), q.Pass, r.Pupil.ID, o.ID, v))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(orderReviewPage(q, r, rel, o, v, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), "What you found is on the record. The order binds as before.")
}

func orderReviewPage(q *web.Req, r roll.Record, rel roll.Relation, o roll.Order, v roll.Values, errs ui.Errors) templ.Component {
	d := page(q, "Look at this order again", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	f := form{v, errs}
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: "Look at this order again", Caption: rel.Adult.Name + " and " + r.Pupil.Name()},
		Lead:    o.Words() + ", " + span(o.Starts, o.Ends) + ". Decided by " + o.DecidedBy + ". Ask whoever decided it whether it still holds.",
		Form:    ui.FormData{Action: orderReviewPath(r.Pupil.ID, o.ID)},
		Fields: []templ.Component{f.area("found", "What you found", "Whom you asked and what they said. It stays on the record with your name.", 3),
			f.date("review_on", "Look at it again on", "Leave it empty if nobody needs to.")},
		Submit: "It still holds: save",
		Cancel: cancel(r),
		After:  ui.LinkTo(orderEndPath(r.Pupil.ID, o.ID), "It does not hold any more: say when it ends"),
	})
}

func orderHiddens(v roll.Values) (out []ui.HiddenInput) {
	for _, n := range roll.OrderFields {
		out = append(out, ui.HiddenInput{Name: n, Value: v[n]})
	}
	return out
}

func (h *handlers) openOrder(q *web.Req) (r roll.Record, rel roll.Relation, o roll.Order, err error) {
	if r, err = h.openRecord(q); err != nil {
		return r, rel, o, err
	}
	id, err := web.PathID[roll.Order](q, "order")
	if err != nil {
		return r, rel, o, err
	}
	for _, rel := range r.Relations {
		for _, o := range rel.Orders {
			if o.ID == id {
				return r, rel, o, nil
			}
		}
	}
	return r, rel, o, fault.Gone("order")
}

func (h *handlers) orderEndForm(q *web.Req) error {
	r, rel, o, err := h.openOrder(q)
	if err != nil {
		return err
	}
	return q.Page(orderEndPage(q, r, rel, o, roll.Values{"ends": r.Today}, nil))
}

func (h *handlers) orderEnd(q *web.Req) error {
	r, rel, o, err := h.openOrder(q)
	if err != nil {
		return err
	}
	v := typed(q, []string{"ends", "why"})
	err = h.s.EndOrder(q.Context(), q.Pass, r.Pupil.ID, o.ID, v)
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(orderEndPage(q, r, rel, o, v, errs))
	}
	return q.Go(PupilPath(r.Pupil.ID), "The last day of the order was recorded. Until then it binds as before.")
}

func orderEndPage(q *web.Req, r roll.Record, rel roll.Relation, o roll.Order, v roll.Values, errs ui.Errors) templ.Component {
	d := page(q, "Say when the order ends", ui.Link{Text: "Find", Href: "/search"}, toPupil(r))
	d.Errors = errs
	f := form{v, errs}
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: "Say when the order ends", Caption: rel.Adult.Name + " and " + r.Pupil.Name()},
		Lead:    roll.OrderWords[o.Kind] + ", " + span(o.Starts, o.Ends) + ". The day after its last day " + rel.Adult.Name + " is treated as other parents are.",
		Form:    ui.FormData{Action: orderEndPath(r.Pupil.ID, o.ID)},
		Fields: []templ.Component{f.date("ends", "Last day on which it holds", ""),
			f.area("why", "Why it ends", "What paper you have seen, and from whom. It stays on the record with your name.", 3)},
		Submit: "Save",
		Cancel: cancel(r),
	})
}
