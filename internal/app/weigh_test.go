package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/conversations"
	fam "ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/notes"
	"ajar/internal/practice"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// atDoor is what a page of the family's door may weigh on the wire together with its styles: one round of the first answer of TCP.
const atDoor = 14 * 1000

// redirected are the actions of the door whose answer is never a page, and why.
var redirected = map[string]string{
	"POST /f/close": "it forgets the browser and goes to the first page, which is weighed",
}

// rich makes Mira the mother of four with all that a school may hold: long notes, results in many subjects, classes, two talks, an appointment, remarks,
// wishes, several devices and a second school.
func rich(t *testing.T, x apart) (sheet, time conversations.TalkID) {
	t.Helper()
	ctx, staff := context.Background(), staffPass(x.a, x.oak)
	words := prose()
	for i, child := range []string{"Kristoffer-Alexander", "Oluwaseun Ayodele", "Maria da Conceição"} {
		id := ids.New[roll.Pupil]()
		must(t, x.a.DB.Update(ctx, systemPass(x.oak), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, date_of_birth, year, search, sort_key) values ($1, $2, $3, $4, 'Marlow-Featherstonehaugh', $5, '9', 'x', 'x')`, id, id.String(), child, fmt.Sprintf("201%d-03-01", i))
			return err
		}))
		must(t, x.a.Roll.TieAdult(ctx, staff, id, x.mira.adult, roll.Values{"relationship": "mother", "responsibility": "yes", "lives_with": "yes"}))
	}
	must(t, x.a.DB.Update(ctx, systemPass(x.oak), func(tx *db.Tx) error {
		put := func(sql string, args ...any) {
			_, err := tx.Exec(sql, args...)
			must(t, err)
		}
		for _, subject := range []string{"English", "Mathematics", "Biology", "Chemistry", "Physics", "History", "Geography", "French", "Religious education", "Design and technology", "Computing", "Music", "Physical education", "Art and design"} {
			put(`insert into progress_result (org_id, id, pupil_id, subject, subject_key, scale, value, text, taken_on) values ($1, $2, $3, $4, $5, 'grades', 5, '5', '2026-07-10')`, ids.New[roll.Pupil](), x.kit, subject, strings.ToLower(subject))
		}
		put(`insert into progress_attendance_total (org_id, id, pupil_id, from_on, to_on, possible, attended, authorised, unauthorised) values ($1, $2, $3, '2026-09-01', '2026-11-18', 110, 96, 9, 5)`, ids.New[roll.Pupil](), x.kit)
		put(`update roll_adult set needs = 'A quiet room, somebody who speaks Polish, and a talk after six in the evening.' where org_id = $1 and id = $2`, x.mira.adult)
		return nil
	}))
	for i := range 8 {
		_, err := x.a.Notes.Add(ctx, staff, x.kit, notes.Typed{Seen: words(40), Said: fmt.Sprintf("Time %d: he asked for a place in the choir.", i), Did: "We said yes.", Family: true})
		must(t, err)
	}
	_, err := x.a.Notes.Add(ctx, staff, x.kit, notes.Typed{Seen: "Between colleagues."})
	must(t, err)
	programme, err := x.a.Conversations.AddProgramme(ctx, staff, conversations.Programme{Name: "Talks", Starts: "2026-09-01", Ends: "2027-07-20"}, []conversations.Round{
		{Title: "First", Kind: conversations.KindConversation, Opens: "2026-09-07", Closes: "2026-12-18"}, {Title: "Second", Kind: conversations.KindConversation, Opens: "2027-01-04", Closes: "2027-03-26"}})
	must(t, err)
	_, err = x.a.Conversations.Choose(ctx, staff, programme, []roll.PupilID{x.kit})
	must(t, err)
	list, err := x.a.Conversations.Lines(ctx, staff, conversations.Filter{Pupil: x.kit})
	must(t, err)
	sheet, time = list[0].ID, list[1].ID
	for _, id := range []conversations.TalkID{sheet, time} {
		must(t, x.a.Conversations.Invite(ctx, staff, id, conversations.Invitation{AdultID: x.mira.adult, SentOn: "2026-11-02"}))
	}
	var goals []conversations.Goal
	for _, owner := range []string{"school", "parent", "pupil"} {
		for i := range 2 {
			goals = append(goals, conversations.Goal{Words: fmt.Sprint(i+1, " ", words(15)), Owner: owner, Who: "Pat Test", Due: "2026-12-18", Measure: words(6)})
		}
	}
	must(t, x.a.Conversations.Finalise(ctx, staff, sheet, 0, "test", conversations.Notes{Parent: words(160), Child: words(80), Strengths: words(60), InTheWay: words(80), Summary: words(80), Right: true,
		Priorities: []string{"Reading for pleasure", "Mondays", "Friends at lunch"}, Goals: goals, SharedWith: "His form tutor, the head of year, and the teachers of English and mathematics", NextOn: "2027-02-01"}, ""))
	must(t, x.a.Conversations.AgreeTime(ctx, staff, time, conversations.Time{AdultID: x.mira.adult, MeetOn: "2027-01-11", MeetAt: "18:15", Place: "The library, by the side door on Mill Lane", WithWhom: "Pat Test and an interpreter"}))
	own := x.mira.asked(x.a).Own
	for _, r := range []conversations.Remark{{TalkID: sheet, Kind: conversations.RemarkCorrection, Version: 1}, {TalkID: time, Kind: conversations.RemarkOtherTime}} {
		for range 3 {
			r.ID, r.Words = ids.New[conversations.Remark](), words(60)
			must(t, x.a.Conversations.Say(ctx, own, r))
		}
	}
	_, err = x.a.Family.Propose(ctx, own, []fam.FormWish{{Name: "phone_new", OwnChange: roll.OwnChange{Field: "phone", Wish: "07700 900888"}}, {Name: "address", OwnChange: roll.OwnChange{Field: "address", Was: mothersHome.street, Wish: "The Old Coach House, 14 Upper Wellington Terrace"}}})
	must(t, err)
	return sheet, time
}

// prose makes text that packs no better than people's own: no two sentences are alike.
func prose() func(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	parts := strings.Fields("an be con da el for gi hol in jo ken lo mi nor ou pra qui ros sten tu un ver wo ye ble der fi gra hin kle mor pes")
	return func(n int) string {
		var out []string
		for range n {
			w := ""
			for range 1 + r.IntN(3) {
				w += parts[r.IntN(len(parts))]
			}
			out = append(out, w)
		}
		return strings.Join(out, " ") + "."
	}
}

var spot = regexp.MustCompile(`\{([a-z]+)(?:\.\.\.|\$)?\}`)

// Every page behind /f/ weighs less than the budget with its styles, in every language, for a family about whom a school holds much; so does what an action
// answers that can't be done. A route that comes later is weighed too, or fails here.
func TestEveryPageAtTheFamilysDoorIsLight(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	x := separate(t, a)
	sheet, talk := rich(t, x)
	mum := x.opens(t, x.mira, mothersHome.postcode)
	for range 3 {
		x.opens(t, x.mira, mothersHome.postcode) // more devices
	}
	elm := x.link(t, x.miraAtElm)
	if status, body := mum.ask("POST", "/f/together/code", url.Values{"code": {elm.Code}}); status != http.StatusSeeOther {
		t.Fatalf("Elm's code: %d\n%s", status, body)
	}
	asked, err := a.Audit.Start(context.Background(), staffPass(a, x.oak), audit.Setup{Framework: "engagement", Scope: audit.School, Groups: []audit.Group{audit.Parents}})
	must(t, err)
	activity, err := a.Practice.PutActivity(context.Background(), staffPass(a, x.oak), practice.Activity{Title: "Which shoes go with the uniform, and which books for the summer", Kind: "panel", OnDay: "2026-11-01"})
	must(t, err)
	must(t, a.Practice.AskParents(context.Background(), staffPass(a, x.oak), activity, a.DB.Clock().Now().AddDate(0, 0, 7).Format(time.DateOnly)))
	near, _ := url.Parse(mum.to)
	link := x.link(t, x.mira)
	m, err := a.Family.MeOf(context.Background(), x.mira.asked(a).Own)
	must(t, err)
	keys := map[string]string{"secret": link.Secret, "pupil": x.kit.String(), "talk": sheet.String(), "wish": m.Wishes[0].ID.String(), "remark": ids.New[conversations.Remark]().String(), "audit": asked.String(), "activity": activity.String()}
	query := map[string]string{"GET /f/together/connect": "?reader=" + near.Query().Get("reader")}
	css := wire(t, x.h, "GET", ui.Asset("leaf.css"), nil, nil)
	heaviest, where := 0, ""
	weigh := func(l say.Lang, p *phone, pattern string) {
		t.Helper()
		method, path, _ := strings.Cut(pattern, " ")
		if path == "/f/times/{talk}" || strings.HasPrefix(path, "/f/times/{talk}/") {
			path = strings.Replace(path, "{talk}", talk.String(), 1)
		}
		path = spot.ReplaceAllStringFunc(strings.TrimSuffix(path, "{$}"), func(s string) string { return keys[strings.Trim(s, "{}")] }) + query[pattern]
		jar := map[string]string{}
		for k, v := range p.cookies {
			jar[k] = v
		}
		page := wire(t, x.h, method, path, nil, jar)
		for _, c := range page.cookies {
			if p.cookies[c.Name] = c.Value; c.MaxAge < 0 {
				delete(p.cookies, c.Name)
			}
		}
		n := page.n + css.n
		if n > heaviest {
			heaviest, where = n, pattern+" in "+l.English()
		}
		if n > atDoor {
			t.Errorf("%s in %s: %d bytes with its styles, %d are allowed", pattern, l.English(), n, atDoor)
		}
		if method == "GET" && page.status != 200 && page.status != http.StatusGone {
			t.Errorf("%s in %s: %d; nothing was weighed", pattern, l.English(), page.status)
		}
		if len(page.body) > 0 && page.status != http.StatusSeeOther && !strings.Contains(page.body, fmt.Sprintf(`<html lang="%s" dir="%s"`, l.Tag(), l.Dir())) {
			t.Errorf("%s: the answer (%d) is not in %s", pattern, page.status, l.English())
		}
	}
	unproved := newPhone(t, x.h)
	if status, _ := unproved.ask("POST", "/f/l/"+x.link(t, x.falk).Secret, nil); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	weighed := 0
	for _, l := range say.Tongues() {
		mum.cookies["__Host-ajar_tongue"], unproved.cookies["__Host-ajar_tongue"] = l.Tag(), l.Tag()
		stranger := newPhone(t, x.h)
		stranger.cookies["__Host-ajar_tongue"] = l.Tag()
		for _, r := range a.Routes() {
			if _, path, _ := strings.Cut(r.Pattern, " "); !strings.HasPrefix(path, "/f/") || redirected[r.Pattern] != "" {
				continue
			}
			who := mum
			if r.Pattern == "GET /f/known" {
				who = unproved
			} else if r.Need.IsPublic() {
				weigh(l, stranger, r.Pattern)
			}
			weigh(l, who, r.Pattern)
			weighed++
		}
		for _, q := range []string{"?q=1", "?q=end"} { // a question of an audit, and its last page
			const pattern = "GET /f/audits/{audit}"
			query[pattern] = q
			weigh(l, mum, pattern)
			delete(query, pattern)
			weighed++
		}
	}
	if weighed < 12*20 {
		t.Errorf("only %d were weighed", weighed)
	}
	t.Logf("%d pages and answers; the heaviest is %s with %d bytes, of which %d are styles", weighed, where, heaviest, css.n)
}

type weighed struct {
	n, status int
	body      string
	cookies   []*http.Cookie
}

// wire is what a request costs as a browser gets it, and the page in it.
func wire(t *testing.T, h http.Handler, method, path string, form url.Values, cookies map[string]string) weighed {
	t.Helper()
	r := httptest.NewRequest(method, "https://ajar.example"+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Encoding", "gzip")
	for k, v := range cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	out := weighed{n: w.Body.Len(), status: w.Code, body: w.Body.String(), cookies: w.Result().Cookies()}
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		must(t, err)
		b, err := io.ReadAll(z)
		must(t, err)
		out.body = string(b)
	} else if out.n > 2000 {
		t.Errorf("%s %s goes out unpacked", method, path)
	}
	return out
}
