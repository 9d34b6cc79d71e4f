package web

import (
	"net/url"
	"strconv"
	"strings"

	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

// duplicates is the list of adults who may be one person entered twice.
func (h *handlers) duplicates(q *web.Req) error {
	n, _ := strconv.Atoi(q.Text("page"))
	list, err := h.s.Suspects(q.Context(), q.Pass, max(0, n-1)*roll.SuspectsPage)
	if err != nil {
		return err
	}
	return q.Page(duplicatesPage(page(q, "Perhaps the same person"), list, duplicatesPages(q, list)))
}

func duplicatesPages(q *web.Req, list roll.Suspects) ui.PaginationData {
	return ui.PaginationData{Label: "Pages of pairs", Page: list.From/roll.SuspectsPage + 1, Pages: (list.Total + roll.SuspectsPage - 1) / roll.SuspectsPage, At: q.R.URL}
}

// openPair reads the two adults of the address.
func (h *handlers) openPair(q *web.Req, v roll.Values) (roll.MergePreview, error) {
	a, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return roll.MergePreview{}, err
	}
	b, err := web.PathID[roll.Adult](q, "other")
	if err != nil {
		return roll.MergePreview{}, err
	}
	return h.s.Pair(q.Context(), q.Pass, a, b, v)
}

func (h *handlers) pair(q *web.Req) error {
	m, err := h.openPair(q, nil)
	if err != nil {
		return err
	}
	return q.Page(mergePage(q, m, nil))
}

func mergePage(q *web.Req, m roll.MergePreview, errs ui.Errors) templ.Component {
	d := page(q, "Are these one person?", ui.Link{Text: "Perhaps the same person", Href: DuplicatesPath})
	d.Errors = errs
	return pairPage(d, m)
}

// choices reads which record's value stays, as the form names them.
func choices(q *web.Req, m roll.MergePreview) roll.Values {
	v := roll.Values{}
	for _, f := range m.Fields {
		v["field."+f.Name] = q.Text("field." + f.Name)
	}
	for _, t := range m.Shared {
		for _, f := range t.Fields {
			v[tieField(t, f)] = q.Text(tieField(t, f))
		}
	}
	return v
}

func tieField(t roll.SharedTie, f roll.MergeField) string {
	return "tie." + t.Pupil.ID.String() + "." + f.Name
}

func (h *handlers) merge(q *web.Req) error {
	m, err := h.openPair(q, nil)
	if err != nil {
		if done, ok := h.mergedAlready(q); ok {
			return q.Go(mergesPath, done.GoneName+" and "+done.StaysName+" are one record already.")
		}
		return err
	}
	v := choices(q, m)
	_, err = h.s.MergeAdults(q.Context(), q.Pass, m.Stays.Adult.ID, m.Gone.Adult.ID, v, q.Text("seen"))
	errs, err := formErrors(err)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		if m, err = h.openPair(q, v); err != nil {
			return err
		}
		return q.Again(mergePage(q, m, errs))
	}
	return q.Go(mergesPath, m.Stays.Adult.Name+" is one record now. If that was wrong, undo it here.")
}

// mergedAlready answers a button that was pressed twice.
func (h *handlers) mergedAlready(q *web.Req) (roll.Merged, bool) {
	list, err := h.s.Merges(q.Context(), q.Pass)
	if err != nil {
		return roll.Merged{}, false
	}
	a, b := q.R.PathValue("adult"), q.R.PathValue("other")
	for _, m := range list {
		if x, y := m.Stays.String(), m.Gone.String(); m.UndoneMs == nil && (x == a && y == b || x == b && y == a) {
			return m, true
		}
	}
	return roll.Merged{}, false
}

// apart remembers that two adults are two people.
func (h *handlers) apart(q *web.Req) error {
	a, b := web.FormID[roll.Adult](q, "a"), web.FormID[roll.Adult](q, "b")
	undo := q.Text("undo") != ""
	if err := h.s.KeepApart(q.Context(), q.Pass, a, b, !undo); err != nil {
		return err
	}
	if undo {
		return q.Go(pairPath(a, b), "They may be offered as the same person again.")
	}
	return q.Go(DuplicatesPath, "Two people. They will not be offered again.")
}

func (h *handlers) merges(q *web.Req) error {
	list, err := h.s.Merges(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	now := h.s.DB.Clock().Now().UnixMilli()
	return q.Page(mergesPage(page(q, "Records that were joined", ui.Link{Text: "Perhaps the same person", Href: DuplicatesPath}), list, now))
}

func (h *handlers) mergeUndo(q *web.Req) error {
	id, err := web.PathID[roll.Merging](q, "merge")
	if err != nil {
		return err
	}
	m, err := h.s.UndoMerge(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Go(mergesPath, strings.TrimSpace(m.StaysName+" and "+m.GoneName+" are two records again. "+m.Kept))
}

// sameAs looks for the other record of an adult by hand.
func (h *handlers) sameAs(q *web.Req) error {
	r, err := h.openRecord(q)
	if err != nil {
		return err
	}
	id, err := web.PathID[roll.Adult](q, "adult")
	if err != nil {
		return err
	}
	v := sameAsView{Record: r, Text: q.Text("q")}
	for _, rel := range r.Relations {
		if rel.Adult.ID == id {
			v.Adult = rel.Adult
		}
	}
	if v.Adult.ID.Zero() {
		return fault.Gone("adult")
	}
	if v.Text != "" {
		if v.Found, err = h.s.FindSame(q.Context(), q.Pass, id, v.Text); err != nil {
			return err
		}
	}
	return q.Page(sameAsPage(page(q, "The same person as "+v.Adult.Name, ui.Link{Text: "Find", Href: "/search"}, toPupil(r)), v))
}

type sameAsView struct {
	Record roll.Record
	Adult  roll.Adult
	Text   string
	Found  []roll.AdultHit
}

func sameAsSearch(v sameAsView, text string) string {
	return sameAsPath(v.Record.Pupil.ID, v.Adult.ID) + "?" + url.Values{"q": {text}}.Encode()
}

// hat shows which adult a colleague is, and lets it be set.
func (h *handlers) hat(q *web.Req) error {
	c, err := h.openStaff(q)
	if err != nil {
		return err
	}
	v := hatView{Colleague: c, Text: q.Text("q")}
	if v.Hats, err = h.s.Hats(q.Context(), q.Pass, c.ID, v.Text); err != nil {
		return err
	}
	return q.Page(hatPage(page(q, c.Name+" and families here", ui.Link{Text: "Staff", Href: StaffPath}, ui.Link{Text: c.Name, Href: StaffMemberPath(c.ID)}), v))
}

type hatView struct {
	roll.Hats
	Colleague roll.Colleague
	Text      string
}

func (h *handlers) hatSave(q *web.Req) error {
	id, err := web.PathID[roll.Staff](q, "staff")
	if err != nil {
		return err
	}
	if q.Text("off") != "" {
		if err := h.s.TakeOffHat(q.Context(), q.Pass, id); err != nil {
			return err
		}
		return q.Go(hatPath(id), "The link was taken away.")
	}
	adult, err := ids.Parse[roll.Adult](q.Text("adult"))
	if err != nil {
		return fault.Gone("adult")
	}
	ended, err := h.s.PutOnHat(q.Context(), q.Pass, id, adult)
	if err != nil {
		return err
	}
	flash := "Linked. From now on they do not see what colleagues write about their own children."
	if len(ended) > 0 {
		flash += " " + "They no longer work by name with " + strings.Join(ended, ", ") + "."
	}
	return q.Go(hatPath(id), flash)
}
