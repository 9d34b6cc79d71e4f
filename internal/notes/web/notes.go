package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"ajar/internal/kit/clock"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/notes"
	"ajar/internal/roll"
	rollweb "ajar/internal/roll/web"
	"ajar/internal/roll/worry"
	"ajar/internal/ui"
)

func (h pages) about(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	a, err := h.s.Of(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Page(aboutPage(begin(q, "Notes about "+a.Pupil.Name(), a.Pupil), a))
}

// begin is a page about a child.
func begin(q *web.Req, title string, p roll.Pupil, more ...ui.Link) ui.PageData {
	d := ui.From(q, title)
	d.Breadcrumbs = append([]ui.Link{{Text: "Find", Href: "/search"}, {Text: p.Name(), Href: rollweb.PupilPath(p.ID)}}, more...)
	return d
}

func toNotes(p roll.Pupil) ui.Link { return ui.Link{Text: "Notes", Href: AboutPath(p.ID)} }

func (h pages) print(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	a, err := h.s.Of(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Print("pupil", int64(id), "notes about a child", printPage(ui.DocData{Title: "Notes about " + a.Pupil.Name(), Back: toNotes(a.Pupil), Note: count(len(a.Notes), "note", "notes") + ". This print-out is on the trail."},
		ui.PaperSheetData{Org: q.Frame.Org, Title: "Notes", Sub: a.Pupil.Name(), PrintedBy: q.Pass.Who().Name, PrintedAt: h.s.DB.Clock().Now().In(h.s.DB.Clock().Zone()).Format("15:04 on 2 January 2006"), Private: "Confidential: about a named child. Never leave it where others can read it."}, a))
}

func (h pages) search(q *web.Req) error {
	text := q.Text("q")
	f, err := h.s.Find(q.Context(), q.Pass, text)
	if err != nil {
		return err
	}
	return q.Page(searchPage(ui.From(q, "Notes"), text, f))
}

// formView is the form of a note, new or not.
type formView struct {
	Pupil    roll.Pupil
	Note     notes.Note // zero for a new one
	T        notes.Typed
	SavedAt  string
	Begun    string // when the draft shown was begun, in words; empty for none
	Staff    []roll.Staff
	Route    roll.Route
	Waits    *worry.Error
	Versions []notes.Version
	Today    string
}

func (v formView) action() string {
	if v.Note.ID != 0 {
		return notePath(v.Note.ID)
	}
	return AboutPath(v.Pupil.ID)
}

func (v formView) autosave() string {
	if v.Note.ID != 0 {
		return noteDraftPath(v.Note.ID)
	}
	return draftPath(v.Pupil.ID)
}

func typed(q *web.Req) notes.Typed {
	return notes.Typed{On: q.Text("on"), Seen: q.Text("seen"), Said: q.Text("said"), Did: q.Text("did"),
		Restricted: q.Text("audience") == "named", Family: q.Text("audience") == "family", Roles: q.Texts("roles"), Staff: q.Texts("staff")}
}

// keeping is the service for this request: with what the person said is no worry about a child's safety.
func (h pages) keeping(q *web.Req) *notes.Service {
	var texts []string
	for _, field := range q.Texts("no_worry") {
		texts = append(texts, q.Texts(field)...)
	}
	return h.s.Keeping(texts...)
}

func (h pages) fill(q *web.Req, v *formView) (err error) {
	if v.Staff, err = h.s.Colleagues(q.Context(), q.Pass); err != nil {
		return err
	}
	v.Today = h.s.DB.Clock().Today()
	v.Route, err = h.s.Roll.SafeguardingRoute(q.Context(), q.Pass)
	return err
}

func (h pages) form(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	v := formView{}
	var d notes.Draft
	if v.Pupil, d, err = h.s.Begun(q.Context(), q.Pass, id, 0); err != nil {
		return err
	}
	if d.AtMs != 0 {
		v.T, v.SavedAt, v.Begun = d.Typed, hour(d.AtMs), moment(d.AtMs)
	}
	if err := h.fill(q, &v); err != nil {
		return err
	}
	return q.Page(formPage(begin(q, "Write a note", v.Pupil, toNotes(v.Pupil)), v))
}

// again shows a form that was not kept, with all that was typed.
func (h pages) again(q *web.Req, v formView, err error) error {
	w, waits := worry.As(err)
	if !waits && fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
		return err
	}
	v.T, v.Waits = typed(q), w
	title := "Write a note"
	if v.Note.ID != 0 {
		title = "Change a note"
	}
	d := begin(q, title, v.Pupil, toNotes(v.Pupil))
	switch sentence, _ := fault.Sentence(err); {
	case waits:
		for _, f := range w.Fields {
			d.Errors.Add(f.Field, f.Label+": this was not kept. Take the words out, or say that it is no such worry.")
		}
	case fault.KindOf(err) == fault.Conflict:
		d.Errors = ui.Errors{{Text: sentence}}
	default:
		d.Errors = ui.ErrorsOf(err)
	}
	if err := h.fill(q, &v); err != nil {
		return err
	}
	return q.Again(formPage(d, v))
}

func (h pages) add(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	v := formView{}
	if v.Pupil, _, err = h.s.Begun(q.Context(), q.Pass, id, 0); err != nil {
		return err
	}
	if _, err := h.keeping(q).Add(q.Context(), q.Pass, id, typed(q)); err != nil {
		return h.again(q, v, err)
	}
	return q.Go(AboutPath(id), "The note is kept.")
}

// saved answers a draft: as saved, as far as the browser is concerned, since it must keep no copy of a worry of its own.
func (h pages) saved(q *web.Req, err error) error {
	at := hour(h.s.DB.Clock().Now().UnixMilli())
	if w, ok := worry.As(err); ok {
		at += ". Not kept: " + w.Labels() + ". Press Save to see why."
		q.W.Header().Set("Ajar-Not-Kept", w.Labels())
	} else if err != nil {
		return err
	}
	q.W.Header().Set("Ajar-Saved-At", at)
	q.W.Header().Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusNoContent)
	return nil
}

func (h pages) draft(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	return h.saved(q, h.keeping(q).SaveDraft(q.Context(), q.Pass, id, 0, typed(q)))
}

func (h pages) drop(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	if err := h.s.Drop(q.Context(), q.Pass, id, web.FormID[notes.Note](q, "note")); err != nil {
		return err
	}
	return q.Go(AboutPath(id), "What you had begun is forgotten.")
}

// openNote reads one note, with what its form needs.
func (h pages) openNote(q *web.Req) (v formView, err error) {
	id, err := web.PathID[notes.Note](q, "note")
	if err != nil {
		return v, err
	}
	if v.Note, v.Versions, err = h.s.Read(q.Context(), q.Pass, id); err != nil {
		return v, err
	}
	v.Pupil = roll.Pupil{ID: v.Note.PupilID, KnownAs: v.Note.PupilName}
	v.T = notes.Typed{On: v.Note.HappenedOn, Seen: v.Note.Seen, Said: v.Note.Said, Did: v.Note.Did, Restricted: v.Note.Restricted, Family: v.Note.Family}
	for _, r := range v.Note.Readers {
		if r.StaffID != nil {
			v.T.Staff = append(v.T.Staff, r.StaffID.String())
		} else {
			v.T.Roles = append(v.T.Roles, string(r.Role))
		}
	}
	return v, nil
}

func (h pages) note(q *web.Req) error {
	v, err := h.openNote(q)
	if err != nil {
		return err
	}
	title := "A note about " + v.Note.PupilName
	if v.Note.MayChange {
		_, d, err := h.s.Begun(q.Context(), q.Pass, v.Note.PupilID, v.Note.ID)
		if err != nil {
			return err
		}
		if d.AtMs != 0 {
			v.T, v.SavedAt, v.Begun = d.Typed, hour(d.AtMs), moment(d.AtMs)
		}
		if err := h.fill(q, &v); err != nil {
			return err
		}
	}
	return q.Page(notePage(begin(q, title, v.Pupil, toNotes(v.Pupil)), v))
}

func (h pages) change(q *web.Req) error {
	v, err := h.openNote(q)
	if err != nil {
		return err
	}
	var seen int
	_, _ = fmt.Sscan(q.Text("seen_version"), &seen)
	if err := h.keeping(q).Change(q.Context(), q.Pass, v.Note.ID, typed(q), seen); err != nil {
		return h.again(q, v, err)
	}
	return q.Go(AboutPath(v.Note.PupilID), "The new words are kept, and the ones before as well.")
}

func (h pages) noteDraft(q *web.Req) error {
	id, err := web.PathID[notes.Note](q, "note")
	if err != nil {
		return err
	}
	return h.saved(q, h.keeping(q).SaveDraft(q.Context(), q.Pass, web.FormID[roll.Pupil](q, "pupil"), id, typed(q)))
}

func (h pages) strike(q *web.Req) error {
	v, err := h.openNote(q)
	if err != nil {
		return err
	}
	if err := h.keeping(q).StrikeOut(q.Context(), q.Pass, v.Note.ID, q.Text("why")); err != nil {
		w, waits := worry.As(err)
		if !waits && fault.KindOf(err) != fault.Invalid {
			return err
		}
		d := begin(q, "A note about "+v.Note.PupilName, v.Pupil, toNotes(v.Pupil))
		if waits {
			d.Errors.Add("why", "Why: this was not kept, because it may be a worry about a child's safety. Tell the safeguarding lead, and write a reason without it.")
			v.Waits = w
		} else {
			d.Errors = ui.ErrorsOf(err)
		}
		v.Note.MayChange = false
		if err := h.fill(q, &v); err != nil {
			return err
		}
		return q.Again(notePage(d, v))
	}
	return q.Go(AboutPath(v.Note.PupilID), "Struck through. The words stay readable, so that nobody wonders what was here.")
}

func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func moment(ms int64) string {
	return time.UnixMilli(ms).In(clock.London()).Format("2 January 2006, 15:04")
}

func hour(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format("15:04") }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return ui.Thousands(n) + " " + many
}

// hiddenWords say that restricted notes are here, and whom to ask: the same words whatever they are about.
func hiddenWords(a notes.About) string {
	if a.Hidden == 1 {
		return "1 restricted note is kept here. Ask " + a.Ask + "."
	}
	return ui.Thousands(a.Hidden) + " restricted notes are kept here. Ask " + a.Ask + "."
}

func forWhom(n notes.Note) string {
	switch {
	case n.Family:
		return "May be read by the family"
	case !n.Restricted:
		return ""
	}
	who := []string{"the author", "the safeguarding lead"}
	for _, r := range n.Readers {
		who = append(who, r.Words())
	}
	return "Only for " + strings.Join(who, ", ")
}

func lines(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (v formView) audience() string {
	switch {
	case v.T.Restricted:
		return "named"
	case v.T.Family:
		return "family"
	}
	return "all"
}

func roleOptions() (out []ui.Option) {
	for _, r := range notes.ReaderRoles {
		out = append(out, ui.Option{Value: string(r), Label: roll.RoleWords[r]})
	}
	return out
}

func staffOptions(list []roll.Staff) (out []ui.Option) {
	for _, s := range list {
		out = append(out, ui.Option{Value: s.ID.String(), Label: s.Name})
	}
	return out
}

func noWorryOptions(w *worry.Error) (out []ui.Option) {
	for _, f := range w.Fields {
		out = append(out, ui.Option{Value: f.Field, Label: f.Label + ": this is not a worry about a child's safety; keep what I wrote"})
	}
	return out
}
