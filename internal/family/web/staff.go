package web

import (
	"fmt"
	"strings"
	"time"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/square"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

// links is the page of the links about one pupil.
func (h handlers) links(q *web.Req) error {
	id, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	f, err := h.s.LinksOf(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d := ui.From(q, "Links and codes for the family of "+f.Pupil.Name())
	d.Breadcrumbs = []ui.Link{{Text: f.Pupil.Name(), Href: pupilPath(id)}}
	return q.Page(linksPage(d, f, q.Pass.Scope(roll.Edit) == access.All))
}

// give makes a link and shows it, once: as a letter to print, or to copy. Its secret is never shown again, so the answer is the page itself and no
// redirect; a form that is sent again says so instead of making another.
func (h handlers) give(q *web.Req) error {
	w, err := wanted(q)
	if err != nil {
		return err
	}
	pupil := w.Pupil
	if w.Way = q.Text("way"); w.Way == family.BySent {
		return q.Go(sendPath(w), "")
	}
	m, p, err := h.s.Give(q.Context(), q.Pass, w)
	if err != nil {
		return err
	}
	if w.Way == family.ByCopy {
		d := ui.From(q, "A link for "+m.Adult.Name)
		d.Breadcrumbs = []ui.Link{{Text: p.Name(), Href: pupilPath(pupil)}, {Text: "Links and codes", Href: LinksPath(pupil)}}
		return q.Page(copyPage(d, m, base(q), pupil))
	}
	head, err := h.s.Letterhead(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Print("adult", int64(m.Adult.ID), "a letter with a personal link", letterPage(ui.DocData{Title: "A letter with a link for " + m.Adult.Name, Back: ui.Link{Text: "Back to the links of " + p.Name(), Href: LinksPath(pupil)},
		Note: letterNote(m)}, q.Pass.Who().OrgName, head, m, base(q)))
}

func letterNote(m family.Made) string {
	note := "The code is shown this once. Print the letter now; if it is lost, make another."
	if len(m.Post) == 0 {
		note += " No address is known, so hand it over."
	}
	return note
}

func (h handlers) takeBack(q *web.Req) error {
	pupil, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	if err := h.s.TakeBack(q.Context(), q.Pass, pupil, web.FormID[family.Link](q, "link")); err != nil {
		return err
	}
	return q.Go(LinksPath(pupil), "The link is taken back. It opens nothing from now on, and the devices that it opened are forgotten.")
}

// part ends that an adult sees this school's record together with another's.
func (h handlers) part(q *web.Req) error {
	pupil, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	if _, err := h.s.LinksOf(q.Context(), q.Pass, pupil); err != nil {
		return err
	}
	if err := h.s.Roll.EndTogether(q.Context(), q.Pass, web.FormID[roll.Adult](q, "adult")); err != nil {
		return err
	}
	return q.Go(LinksPath(pupil), "They no longer see your record beside that of another school. Their own links go on.")
}

func (h handlers) forgetAll(q *web.Req) error {
	pupil, err := web.PathID[roll.Pupil](q, "pupil")
	if err != nil {
		return err
	}
	n, err := h.s.ForgetDevices(q.Context(), q.Pass, pupil, web.FormID[roll.Adult](q, "adult"))
	if err != nil {
		return err
	}
	return q.Go(LinksPath(pupil), plural(int(n), "device is forgotten", "devices are forgotten")+". Links that are not used up still open; take them back if the letter is lost too.")
}

// wishes is where the office answers what parents ask to be changed.
func (h handlers) wishes(q *web.Req) error { return h.showWishes(q, 0, "", "") }

func (h handlers) showWishes(q *web.Req, at family.WishID, typed, wrong string) error {
	waiting, settled, err := h.s.WishesOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := ui.From(q, "What parents ask to be changed")
	if wrong != "" {
		d.Errors.Add(reasonField(at), wrong)
		return q.Again(wishesPage(d, waiting, settled, at, typed, wrong))
	}
	return q.Page(wishesPage(d, waiting, settled, 0, "", ""))
}

func (h handlers) accept(q *web.Req) error {
	id, err := web.PathID[family.Wish](q, "wish")
	if err != nil {
		return err
	}
	w, err := h.s.Accept(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	return q.Go(WishesPath, roll.FieldWords(w.Field)+" is changed on the record, and the parent sees that it is. An import will not put the old one back.")
}

func (h handlers) decline(q *web.Req) error {
	id, err := web.PathID[family.Wish](q, "wish")
	if err != nil {
		return err
	}
	reason := q.Text("reason")
	err = h.s.Decline(q.Context(), q.Pass, id, reason)
	if faults := fault.AsFields(err); len(faults) > 0 {
		return h.showWishes(q, id, reason, faults[0].Sentence)
	}
	if err != nil {
		return err
	}
	return q.Go(WishesPath, "The record stays as it is, and the parent reads your reason.")
}

// asks lists who asked for a new link.
func (h handlers) asks(q *web.Req) error {
	list, err := h.s.AsksOf(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(asksPage(ui.From(q, "Parents who need a new link"), list))
}

func (h handlers) askDone(q *web.Req) error {
	id, err := web.PathID[family.Ask](q, "ask")
	if err != nil {
		return err
	}
	if err := h.s.AskDone(q.Context(), q.Pass, id); err != nil {
		return err
	}
	return q.Go(AsksPath, "Thank you. It is off the list.")
}

// HomePanel is the office's piece of the first page: what parents wait for.
func HomePanel(tx *db.Tx) (web.Component, error) {
	wishes, asks, err := family.Counts(tx)
	if err != nil || wishes+asks == 0 {
		return nil, err
	}
	return homePanel(wishes, asks), nil
}

// GuestList is the part of the page for looking around that offers the parents of the demo.
func GuestList(list []family.Guest) web.Component { return guestList(list) }

// lookAround lets a visitor of the demo in as one of its parents.
func (h handlers) lookAround(q *web.Req) error {
	token, err := h.s.EnterGuest(q.Context(), int64(web.FormID[roll.Org](q, "org")), int64(web.FormID[roll.Adult](q, "adult")), q.R.UserAgent())
	if err != nil {
		return err
	}
	remember(q, token)
	return q.Go(EnterPath, "")
}

// Square draws a QR code as an SVG of dark modules, with the quiet margin that cameras want. An address that is too long for one gives nothing.
func Square(text string) templ.Component {
	size, path := square.Lines(text)
	return ui.Square(size, path, "Square for the camera of a phone")
}

// address is a link as it stands on paper or in a message.
func address(base string, m family.Made) string { return base + LinkPath(m.Secret) }

// door is what somebody types who has a code.
func door(base string) string {
	_, host, _ := strings.Cut(base, "://")
	return host + "/f"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func readNumber(s string) (n int64, err error) {
	_, err = fmt.Sscanf(s, "%d", &n)
	return n, err
}

func dayWords(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

func reasonField(id family.WishID) string { return "reason_" + id.String() }

func wishTitle(w family.WaitingWish) string {
	switch {
	case w.Was == "":
		return "a new " + strings.ToLower(roll.FieldWords(w.Field))
	case w.To == "":
		return "to have a " + strings.ToLower(roll.FieldWords(w.Field)) + " taken away"
	}
	return "another " + strings.ToLower(roll.FieldWords(w.Field))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// tongues are the languages of a letter: the adult's own and then English, or English alone.
func tongues(m family.Made) []say.Lang {
	if l, ok := say.Known(m.Tongue); ok && m.Tongue != "" && !l.IsEnglish() {
		return []say.Lang{l, say.Tongue("en")}
	}
	return []say.Lang{say.Tongue("en")}
}

// addressLines is what stands in the window of the envelope: for an adult with whom the child lives and who has no address of their own, the child's.
func addressLines(m family.Made) []string { return append([]string{m.Adult.Name}, m.Post...) }

func adultLine(a family.AdultLinks) string {
	words := []string{a.Tie.Relationship}
	if a.Tongue != "" {
		words = append(words, "reads "+a.Tongue)
	} else if a.Adult.Reads != "" {
		words = append(words, "reads "+a.Adult.Reads+", which these pages are not in yet")
	}
	out := strings.Trim(strings.Join(words, ", "), ", ")
	if out == "" {
		return "What they are to the child, and what they read, is not known."
	}
	return strings.ToUpper(out[:1]) + out[1:] + "."
}

func thingOptions(items []family.Offered) []ui.Option {
	out := []ui.Option{{Value: family.Page, Label: "Their own page"}}
	for _, i := range items {
		out = append(out, ui.Option{Value: fmt.Sprintf("%s:%d", i.Thing, i.Key), Label: i.Words})
	}
	return out
}

func byWhom(l family.Link) string {
	if l.ByName == "" {
		return " by themselves"
	}
	return " by " + l.ByName
}

func dayText(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

func valueAt(here bool, s string) string {
	if here {
		return s
	}
	return ""
}

func settledWords(w family.WaitingWish) string {
	if w.State == "accepted" {
		return "Accepted by " + w.ByName
	}
	return "Declined by " + w.ByName + ": " + w.Reason
}

func phoneLine(l say.Lang, phone string) string {
	if phone == "" {
		return ""
	}
	return l.Put(tLetterPhone, say.Args{"phone": phone})
}

// sender is the school's name and address; many schools have written their name into the address already.
func sender(school, address string) []string {
	lines := strings.Split(address, "\n")
	if strings.EqualFold(strings.TrimSpace(lines[0]), school) {
		return lines
	}
	return append([]string{school}, lines...)
}
