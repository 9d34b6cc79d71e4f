package web

import (
	"net/http"
	"time"

	"ajar/internal/family"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// fresh tells whether the one question was answered within one sitting: joining two schools' records asks for that, on one's own phone too.
func (h handlers) fresh(q *web.Req) bool {
	return h.s.DB.Clock().Now().Sub(time.UnixMilli(q.Pass.Who().SecondFactorMs)) < family.ProofShared
}

// freshly asks the one question again when it was answered too long ago.
func (h handlers) freshly(q *web.Req, handle func() error) error {
	if h.fresh(q) {
		return handle()
	}
	next := SchoolsPath
	if q.R.Method == http.MethodGet {
		next = q.R.URL.RequestURI()
	}
	return q.Go(withNext(factPath, next)+"&fresh=1", "")
}

// schools lists the adult's children at all schools whose records they joined.
func (h handlers) schools(q *web.Req) error {
	x, err := h.s.SchoolsOf(q.Context(), q.Pass, family.Token(q.R))
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	return q.Page(schoolsPage(leaf(q, a, put(tAllChildren)), x))
}

// bare are the joined schools with no child to show.
func bare(x family.Schools) (out []roll.TogetherSchool) {
	shown := map[roll.OrgID]bool{}
	for _, c := range x.Children {
		for _, s := range c.Schools {
			shown[s.Org] = true
		}
	}
	for _, s := range x.Joined {
		if !shown[s.Org] {
			out = append(out, s)
		}
	}
	return out
}

func (h handlers) addSchool(q *web.Req) error {
	return h.freshly(q, func() error { return h.showAdd(q, http.StatusOK, "", say.Msg{}) })
}

func (h handlers) showAdd(q *web.Req, status int, typed string, wrong say.Msg, args ...say.Args) error {
	x, err := h.s.SchoolsOf(q.Context(), q.Pass, family.Token(q.R))
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	d := leaf(q, a, put(tAddSchool))
	d.In = func(tag string) string { return schoolsAddPath + "?in=" + tag }
	text := ""
	if wrong.Key() != "" {
		field := "code"
		if text = d.Lang.Put(wrong, args...); wrong == tNotTogether && typed == "" {
			field, text = "", "" // nothing was typed: it is about what was pressed
		}
		d.Errors.Add(field, d.Lang.Put(wrong, args...))
	}
	return q.PageStatus(status, addSchoolPage(d, x, typed, text))
}

// schoolCode takes the code of another school's letter, and stays on this school's page.
func (h handlers) schoolCode(q *web.Req) error {
	return h.freshly(q, func() error {
		typed := q.Text("code")
		reader, got, err := h.s.ConnectCode(q.Context(), q.Pass, family.Token(q.R), typed, web.Source(q.R), q.R.UserAgent())
		switch {
		case err != nil:
			return err
		case got.Slip:
			return h.showAdd(q, http.StatusUnprocessableEntity, typed, tCodeSlip)
		case got.Wait > 0:
			return h.showAdd(q, http.StatusTooManyRequests, typed, tCodeWait, say.Args{"n": int((got.Wait + time.Minute - 1) / time.Minute)})
		case got.Org == 0 || got.State == family.Unknown:
			return h.showAdd(q, http.StatusUnprocessableEntity, typed, tCodeWrong)
		case got.Org == q.Pass.Org():
			return h.showAdd(q, http.StatusUnprocessableEntity, typed, tNotTogether)
		case got.State != family.Open:
			return h.showAdd(q, http.StatusUnprocessableEntity, typed, tDeadText)
		}
		return q.Go(joinPath(reader, ""), "")
	})
}

// joinSchool says what joining means, and asks what the other school asks.
func (h handlers) joinSchool(q *web.Req) error {
	return h.freshly(q, func() error {
		asked, err := h.s.Connecting(q.Context(), q.Pass, family.Token(q.R), web.FormID[family.Reader](q, "reader"), family.Kind(q.Text("ask")))
		if err != nil {
			return err
		}
		if asked.Reader.Zero() {
			return h.showAdd(q, http.StatusUnprocessableEntity, "", tNotTogether)
		}
		return h.showJoin(q, asked, http.StatusOK, "")
	})
}

func (h handlers) showJoin(q *web.Req, asked family.Question, status int, wrong string) error {
	a, err := h.about(q)
	if err != nil {
		return err
	}
	d := leaf(q, a, put(tJoin, say.Args{"school": asked.OrgName}))
	d.In = func(tag string) string { return joinPath(asked.Reader, asked.Fact.Kind) + "&in=" + tag }
	if wrong != "" {
		d.Errors = ui.Errors{{Field: "answer", Text: wrong}}
	}
	return q.PageStatus(status, joinPage(d, asked, wrong, typedAnswer(q), h.s.DB.Clock().Zone()))
}

func (h handlers) join(q *web.Req) error {
	return h.freshly(q, func() error {
		kind := family.Kind(q.Text("kind"))
		a := family.ReadAnswer(kind, typedAnswer(q).whole(kind))
		asked, verdict, err := h.s.Connect(q.Context(), q.Pass, family.Token(q.R), web.FormID[family.Reader](q, "reader"), a)
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.Conflict || err == nil && asked.Reader.Zero() {
			return h.showAdd(q, http.StatusUnprocessableEntity, "", tNotTogether)
		}
		if err != nil {
			return err
		}
		me, err := h.about(q)
		if err != nil {
			return err
		}
		l := tongueOf(q, me.tongue)
		switch verdict {
		case family.Proved:
			return q.Go(SchoolsPath, l.Put(tJoined, say.Args{"school": asked.OrgName}))
		case family.Incomplete:
			return h.showJoin(q, asked, http.StatusUnprocessableEntity, l.Put(tFactWhole))
		case family.Wrong:
			if asked.Paused.IsZero() {
				return h.showJoin(q, asked, http.StatusUnprocessableEntity, l.Put(tFactWrong))
			}
		}
		return h.showJoin(q, asked, http.StatusOK, "")
	})
}

// goTo leads to the other school's own door.
func (h handlers) goTo(q *web.Req) error {
	token, err := h.s.GoTo(q.Context(), q.Pass, family.Token(q.R), web.FormID[roll.Org](q, "org"))
	if err != nil {
		return err
	}
	remember(q, token)
	if pupil := web.FormID[roll.Pupil](q, "pupil"); !pupil.Zero() {
		return q.Go(ChildPath(pupil), "")
	}
	return q.Go(EnterPath, "")
}

func (h handlers) leave(q *web.Req) error {
	org := web.FormID[roll.Org](q, "org")
	joined, err := h.s.Roll.JoinedSchools(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	a, err := h.about(q)
	if err != nil {
		return err
	}
	for _, s := range joined {
		if s.Org == org {
			if err := h.s.PartSchool(q.Context(), q.Pass, org); err != nil {
				return err
			}
			return q.Go(SchoolsPath, tongueOf(q, a.tongue).Put(tLeft, say.Args{"school": s.Name}))
		}
	}
	return q.Go(SchoolsPath, "") // sent twice
}
