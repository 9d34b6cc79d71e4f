package web

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"ajar/internal/conversations"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// own are the pages of this capability at the family's door.
type own struct {
	s   *conversations.Service
	fam *family.Service
}

// OwnSheetPath is the agreed sheet as an adult reads it by their own link.
func OwnSheetPath(id conversations.TalkID) string { return "/f/sheets/" + id.String() }

// OwnTimePath is the appointment as an adult reads it.
func OwnTimePath(id conversations.TalkID) string { return "/f/times/" + id.String() }

func ownRemarkBackPath(id conversations.RemarkID) string {
	return "/f/remarks/" + id.String() + "/take-back"
}

// routes of the door. A personal link opens the thing itself; the known fact is asked first, since a sheet is a record.
func (h own) routes() []web.Route {
	answer := web.For(conversations.Answer)
	return []web.Route{
		{Pattern: "GET /f/sheets/{talk}", Need: answer, Handle: familyweb.Known(h.sheet)},
		{Pattern: "POST /f/sheets/{talk}/agree", Need: answer, Handle: familyweb.Known(h.agree)},
		{Pattern: "POST /f/sheets/{talk}/change", Need: answer, Handle: familyweb.Known(h.change)},
		{Pattern: "GET /f/times/{talk}", Need: answer, Handle: familyweb.Known(h.time)},
		{Pattern: "POST /f/times/{talk}/answer", Need: answer, Handle: familyweb.Known(h.answerTime)},
		{Pattern: "POST /f/remarks/{remark}/take-back", Need: answer, Handle: familyweb.Known(h.takeBack)},
	}
}

// offer tells the family's door what there is to read from here.
func (h own) offer() {
	items := func(each func(tx *db.Tx, p conversations.Part, child string) (family.Item, bool)) func(*db.Tx, roll.AdultID, roll.TiedPupil) ([]family.Item, error) {
		return func(tx *db.Tx, adult roll.AdultID, child roll.TiedPupil) (out []family.Item, err error) {
			parts, err := conversations.PartsOf(tx, adult, child)
			for _, p := range slices.Backward(parts) {
				if i, ok := each(tx, p, child.Pupil.Name()); ok {
					out = append(out, i)
				}
			}
			return out, err
		}
	}
	h.fam.Offer(family.Thing{Key: conversations.TimeThing, Words: "the time of a talk", Path: func(key int64) string { return OwnTimePath(conversations.TalkID(key)) },
		Items: items(func(tx *db.Tx, p conversations.Part, child string) (family.Item, bool) {
			return family.Item{Key: int64(p.ID), Title: tTime, Args: say.Args{"child": child}, Note: tTimeNote, Told: say.Args{"day": say.Date(p.MeetOn)}}, p.Appointed(tx.Today())
		})})
	h.fam.Offer(family.Thing{Key: conversations.SheetThing, Words: "the sheet of what was agreed", Path: func(key int64) string { return OwnSheetPath(conversations.TalkID(key)) },
		Items: items(func(_ *db.Tx, p conversations.Part, child string) (family.Item, bool) {
			i := family.Item{Key: int64(p.ID), Title: tSheet, Args: say.Args{"child": child}, Note: tSheetNote, New: p.AgreedTo < p.Version}
			if !i.New {
				i.Note = tSheetAgreed
			}
			return i, p.Version > 0
		})})
}

// inAt gives the address of a page in other languages. An answer to a form is found at the page of the form.
func inAt(path string) func(string) string {
	return func(tag string) string { return path + "?in=" + tag }
}

// talkID reads the conversation out of the address.
func talkID(q *web.Req) (conversations.TalkID, error) {
	return web.PathID[conversations.Talk](q, "talk")
}

// ownForm is what was typed into a page of the door, so that it is there again beside an error.
type ownForm struct {
	Remark conversations.RemarkID
	Kind   string
	Words  string
	Error  say.Msg
	Worry  *roll.Route
}

func newOwnForm() ownForm { return ownForm{Remark: ids.New[conversations.Remark]()} }

func (h own) sheet(q *web.Req) error { return h.showSheet(q, newOwnForm()) }

func (h own) showSheet(q *web.Req, f ownForm) error {
	id, err := talkID(q)
	if err != nil {
		return err
	}
	o, err := h.s.OwnSheet(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d, err := familyweb.Leaf(q, h.fam, tSheet, say.Args{"child": o.Child.Pupil.Name()})
	if err != nil {
		return err
	}
	d.In = inAt(OwnSheetPath(id))
	return h.answer(q, &d, f, "words", func() web.Component { return ownSheetPage(d, o, f) })
}

// answer writes a page, as a form to send again when something is wrong with it.
func (h own) answer(q *web.Req, d *ui.LeafData, f ownForm, field string, page func() web.Component) error {
	if f.Worry != nil {
		return q.Again(page())
	}
	if f.Error.Key() == "" {
		return q.Page(page())
	}
	d.Errors.Add(field, d.Lang.Put(f.Error))
	return q.Again(page())
}

// tongue is the language of the page that was sent.
func (h own) tongue(q *web.Req) (say.Lang, error) {
	d, err := familyweb.Leaf(q, h.fam, tSheet)
	return d.Lang, err
}

func (h own) agree(q *web.Req) error {
	id, err := talkID(q)
	if err != nil {
		return err
	}
	l, err := h.tongue(q)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(q.Text("version")) // none is an old one, and is refused as that
	err = h.s.AgreeByLink(q.Context(), q.Pass, id, version)
	var slip conversations.Slip
	if errors.As(err, &slip) {
		f := newOwnForm()
		f.Error = slipTexts[slip]
		return h.showSheet(q, f)
	}
	if err != nil {
		return err
	}
	return q.Go(OwnSheetPath(id), l.Put(tAgreedThanks))
}

// say sends what an adult wrote, and tells what to show again when it could not be taken.
func (h own) say(q *web.Req, r conversations.Remark) (again *ownForm, err error) {
	s := h.s
	if q.Checked("no_worry") {
		s = s.Keeping(r.Words)
	}
	err = s.Say(q.Context(), q.Pass, r)
	f := ownForm{Remark: r.ID, Kind: r.Kind, Words: r.Words}
	var slip conversations.Slip
	if errors.As(err, &slip) {
		f.Error = slipTexts[slip]
		return &f, nil
	}
	if _, ok := conversations.AsWorry(err); ok {
		route, err := h.s.Roll.SafeguardingRoute(q.Context(), q.Pass)
		f.Worry = &route
		return &f, err
	}
	return nil, err
}

func (h own) change(q *web.Req) error {
	id, err := talkID(q)
	if err != nil {
		return err
	}
	l, err := h.tongue(q)
	if err != nil {
		return err
	}
	r := conversations.Remark{ID: web.FormID[conversations.Remark](q, "remark"), TalkID: id, Kind: conversations.RemarkCorrection, Words: q.Text("words"), Tongue: l.Tag()}
	r.Version, _ = strconv.Atoi(q.Text("version"))
	again, err := h.say(q, r)
	if err != nil {
		return err
	}
	if again != nil {
		return h.showSheet(q, *again)
	}
	return q.Go(OwnSheetPath(id), l.Put(tChangeSent))
}

func (h own) time(q *web.Req) error { return h.showTime(q, newOwnForm()) }

func (h own) showTime(q *web.Req, f ownForm) error {
	id, err := talkID(q)
	if err != nil {
		return err
	}
	o, err := h.s.OwnTime(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	d, err := familyweb.Leaf(q, h.fam, tTime, say.Args{"child": o.Child.Pupil.Name()})
	if err != nil {
		return err
	}
	d.In = inAt(OwnTimePath(id))
	field := "words"
	if f.Error == tChooseOneTime {
		field = "kind"
	}
	return h.answer(q, &d, f, field, func() web.Component { return ownTimePage(d, o, f) })
}

func (h own) answerTime(q *web.Req) error {
	id, err := talkID(q)
	if err != nil {
		return err
	}
	l, err := h.tongue(q)
	if err != nil {
		return err
	}
	r := conversations.Remark{ID: web.FormID[conversations.Remark](q, "remark"), TalkID: id, Kind: q.Text("kind"), Words: q.Text("words"), Tongue: l.Tag()}
	if !r.AboutTime() || r.Kind == "" {
		return h.showTime(q, ownForm{Remark: r.ID, Words: r.Words, Error: tChooseOneTime})
	}
	again, err := h.say(q, r)
	if err != nil {
		return err
	}
	if again != nil {
		return h.showTime(q, *again)
	}
	return q.Go(OwnTimePath(id), l.Put(tTimeSent))
}

func (h own) takeBack(q *web.Req) error {
	id, err := web.PathID[conversations.Remark](q, "remark")
	if err != nil {
		return err
	}
	l, err := h.tongue(q)
	if err != nil {
		return err
	}
	talk, err := h.s.TakeBack(q.Context(), q.Pass, id)
	if err != nil {
		return err
	}
	to := OwnSheetPath(talk)
	if q.Text("of") == "time" {
		to = OwnTimePath(talk)
	}
	return q.Go(to, l.Put(tTakenBack))
}

func dayOf(ms int64) string { return time.UnixMilli(ms).In(clock.London()).Format(time.DateOnly) }

// goalsOf is the targets of one owner.
func goalsOf(list []conversations.Target, owner string) (out []conversations.Target) {
	for _, t := range list {
		if t.Owner == owner {
			out = append(out, t)
		}
	}
	return out
}

func cameOf(state string) say.Msg {
	switch state {
	case "met":
		return tMet
	case "partly":
		return tPartly
	}
	return tNotMet
}

func remarkState(r conversations.Remark) say.Msg {
	switch r.State {
	case conversations.RemarkAccepted:
		return tAccepted
	case conversations.RemarkDeclined:
		return tDeclined
	}
	return tWaits
}

func remarkKind(r conversations.Remark) say.Msg {
	if r.Kind == conversations.RemarkCannotCome {
		return tCannot
	}
	return tOther
}

// agreedBy is who a line of the list of agreements names.
func agreedBy(o conversations.OwnSheet, a conversations.Agreement) string {
	if a.AdultID == nil {
		return o.Child.Pupil.Name()
	}
	return a.Adult
}
