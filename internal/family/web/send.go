package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// Words writes the message that carries a link. It names the school and nobody else: whoever looks over a shoulder, and whoever has the number now,
// learns nothing about a child.
func Words(l say.Lang, way string, x family.Letter) (subject, body string) {
	subject = l.Put(tLink, say.Args{"school": x.School})
	until := l.Put(tSlipUntil, say.Args{"day": l.Day(x.Ends)})
	if way == post.SMS {
		return subject, plainText(subject + "\n" + address(x.Base, x.Made) + "\n" + until)
	}
	lines := []string{l.Put(tDear, say.Args{"name": x.Adult.Name}), "", subject + ":", "", address(x.Base, x.Made), "",
		l.Put(tSlipCode, say.Args{"address": door(x.Base)}), "", x.Code, "", until}
	if p := phoneLine(l, x.Phone); p != "" {
		lines = append(lines, p)
	}
	return plainText(subject), plainText(strings.Join(append(lines, "", x.School), "\n"))
}

// plainText leaves out the marks that keep a name apart from what stands around it: mail and phones that don't know them show boxes.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' {
			return -1
		}
		return r
	}, s)
}

// wanted reads which link is meant.
func wanted(q *web.Req) (w family.Wanted, err error) {
	if w.Pupil, err = web.PathID[roll.Pupil](q, "pupil"); err != nil {
		return w, err
	}
	w.Adult, w.ID, w.Thing, w.Base = web.FormID[roll.Adult](q, "adult"), web.FormID[family.Link](q, "link"), family.Page, base(q)
	if thing, key, found := strings.Cut(q.Text("thing"), ":"); found {
		n, err := readNumber(key)
		if err != nil {
			return w, fault.Gone("sheet")
		}
		w.Thing, w.ThingKey = thing, n
	}
	return w, nil
}

func sendPath(w family.Wanted) string {
	v := url.Values{"adult": {w.Adult.String()}}
	if w.Thing != family.Page {
		v.Set("thing", fmt.Sprintf("%s:%d", w.Thing, w.ThingKey))
	}
	return linksDoPath(w.Pupil, "send") + "?" + v.Encode()
}

// sendForm shows where a link would go and how it would read.
func (h handlers) sendForm(q *web.Req) error { return h.showSend(q, nil) }

func (h handlers) showSend(q *web.Req, cause error) error {
	w, err := wanted(q)
	if err != nil {
		return err
	}
	if w.Adult.Zero() { // nobody was chosen: the family's page has them all
		if _, err := h.s.LinksOf(q.Context(), q.Pass, w.Pupil); err != nil {
			return err
		}
		return q.Go(LinksPath(w.Pupil), "")
	}
	x, err := h.s.Sending(q.Context(), q.Pass, w)
	if err != nil {
		return err
	}
	d := ui.From(q, "Send a link to "+x.Adult.Name)
	d.Breadcrumbs = []ui.Link{{Text: x.Pupil.Name(), Href: pupilPath(w.Pupil)}, {Text: "Links and codes", Href: LinksPath(w.Pupil)}}
	if cause == nil {
		return q.Page(sendPage(d, x, w))
	}
	d.Errors = ui.ErrorsOf(cause)
	return q.Again(sendPage(d, x, w))
}

func (h handlers) send(q *web.Req) error {
	w, err := wanted(q)
	if err != nil {
		return err
	}
	to, err := h.s.SendOne(q.Context(), q.Pass, w, web.FormID[roll.Channel](q, "way"))
	switch {
	case len(fault.AsFields(err)) > 0:
		return h.showSend(q, err)
	case fault.KindOf(err) == fault.Conflict: // the same form once more: it went the first time
		return q.Go(LinksPath(w.Pupil), "The link is on its way. It was sent once.")
	case err != nil:
		return err
	}
	return q.Go(LinksPath(w.Pupil), "The link is on its way, "+strings.ToLower(wayWords(to.By)[:1])+wayWords(to.By)[1:]+" to "+to.Channel.Value+". What becomes of it is shown below.")
}

func wayWords(by string) string {
	return map[string]string{post.SMS: "By text message", post.Email: "By e-mail"}[by]
}

// wayOptions are the ways that can be used; the best is chosen unless there is a doubt about it.
func wayOptions(ways []roll.Way) (out []ui.Option, chosen []string, closed []roll.Way) {
	for i, w := range ways {
		if w.Rank == roll.Closed {
			closed = append(closed, w)
			continue
		}
		out = append(out, ui.Option{Value: w.Channel.ID.String(), Label: wayWords(w.By) + " to " + w.Channel.Value, Hint: w.Known + "."})
		if i == 0 && w.Rank >= roll.Untried {
			chosen = []string{w.Channel.ID.String()}
		}
	}
	return out, chosen, closed
}

// sample is a message as it will read, with a link and a code that open nothing.
func sample(x family.Sending, l say.Lang, by, base string) string {
	made := family.Made{Adult: x.Adult, Secret: strings.Repeat("•", 8), Code: "••••-••••-••••", Ends: x.Ends, Tongue: l.Tag()}
	_, body := Words(l, by, family.Letter{Made: made, School: x.School, Phone: x.Phone, Base: base})
	return body
}

// samples are the messages to look at: by the best way, in the adult's language and in English.
func samples(x family.Sending, base string) (out []sampleOf) {
	by := post.Email
	if len(x.Ways) > 0 {
		by = x.Ways[0].By
	}
	for _, l := range tongues(family.Made{Tongue: x.Tongue.Tag()}) {
		out = append(out, sampleOf{l, sample(x, l, by, base)})
	}
	return out
}

type sampleOf struct {
	Lang say.Lang
	Body string
}

// Many is a sending to many, as the room above shows it that knows whom to ask.
type Many struct {
	Action string // where the form posts to
	Fields []ui.HiddenInput
	Plan   family.Plan
	Batch  family.BatchID // a sending that was just made
	Gone   family.Gone
	Back   string // where the take-back posts to
	Paper  bool   // the room shows itself what is done for those whom no message reaches (NotReached)
}

// LetterWords are what a letter of many says above its link and its code, in the language of the adult.
type LetterWords struct {
	Subject string
	Lines   []string
}

// LettersData are many letters with a link and a code each, for the rooms above.
type LettersData struct {
	School string
	Head   family.Letterhead
	Base   string
	List   []family.Lettered
	Words  func(l say.Lang) LetterWords
}

// LettersToMany are the letters, a page each, to go into a page for paper.
func LettersToMany(d LettersData) web.Component { return lettersToMany(d) }

// handOver says whose parent a letter is for that has no address to go to.
func handOver(x family.Lettered) string {
	if len(x.Post) > 0 {
		return ""
	}
	if x.Form == "" {
		return x.Child
	}
	return x.Child + " · " + x.Form
}

// SendMany is the part of a page that shows whom a link would reach and who is not reached, and asks to send it; or what became of one that was sent.
func SendMany(m Many) web.Component { return sendMany(m) }

// CanSend tells the rooms above whether a way out of the house has been set up.
func CanSend(s *family.Service) bool { return s.CanSend() }

// Base is how this Ajar is reached from outside, for the rooms above.
func Base(q *web.Req) string { return base(q) }

// firstFive are names to look at before something goes to many.
func firstFive(p family.Plan) string {
	var names []string
	for _, r := range p.To[:min(5, len(p.To))] {
		names = append(names, r.Adult.Name+" (parent or carer of "+r.Child+")")
	}
	out := strings.Join(names, "; ")
	if more := len(p.To) - len(names); more > 0 {
		out += fmt.Sprintf("; and %d more", more)
	}
	return out
}

// counted says how many of something there are of each kind, the most frequent first.
func counted(list []family.Reached, kind func(family.Reached) string) string {
	n := map[string]int{}
	var keys []string
	for _, r := range list {
		k := kind(r)
		if n[k]++; n[k] == 1 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	var out []string
	for _, k := range keys {
		out = append(out, fmt.Sprintf("%d %s", n[k], k))
	}
	return strings.Join(out, ", ")
}

func byWays(p family.Plan) string {
	return counted(p.To, func(r family.Reached) string { return strings.ToLower(wayWords(r.Way.By)[:1]) + wayWords(r.Way.By)[1:] })
}

func inTongues(p family.Plan) string {
	return counted(p.To, func(r family.Reached) string { return "in " + r.Tongue.English() })
}

// sentence ends what may end already.
func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// PupilPanel leads from a pupil's page to the links of the family, and says what was sent of late.
func PupilPanel(s *family.Service, tx *db.Tx, p roll.Pupil) (web.Component, error) {
	sent, err := s.SentAbout(tx, p.ID, 3)
	return pupilPanel(p.ID, sent), err
}

// BatchField reads which sending a page is about.
func BatchField(q *web.Req) family.BatchID {
	return ids.ID[family.Batch](web.FormID[family.Batch](q, "batch"))
}
