package app_test

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ajar/internal/admin"
	adminweb "ajar/internal/admin/web"
	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
	"ajar/internal/notes"
	"ajar/internal/practice"
	"ajar/internal/roll"
)

// behind is every right that asks for a second step, with a word that is planted behind it. No page says the word in a session without one, whatever the page's
// own right is; and somebody who has proved it reads the word somewhere. A right that guards an act alone, or whose words cannot be told from others, says why
// it has none. A new right that asks for a second step has to be written here.
var behind = map[string]struct{ word, why string }{
	"notes.see":          {word: "quokkanote"},
	"notes.write":        {why: "it guards writing; what was begun stands on the form, whose route asks for it"},
	"notes.strike":       {why: "it guards an act"},
	"conversations.read": {word: "numbatgoal"},
	"conversations.hold": {word: "bandicootremark"},
	"barriers.rules":     {why: "it guards changes; the rules are read with barriers.see"},
	"audit.share":        {why: "guards an act: what a school gives of its audits stands on the page of everybody who reads results"},
	"awards.assess":      {why: "guards acts: what was decided, and why, is read with awards.see"},
	"awards.lead":        {why: "guards acts: the award, its people and its steps are read with awards.see"},
	"peers.lead":         {why: "guards acts: offers and exchanges are read with peers.see by everybody who works at one of the two schools"},
	"audit.lead":         {why: "names beside comments are also on the list of who takes part: internal/audit TestNamesBesideCommentsOpenAfterTheSecondStep"},
	"plans.lead":         {why: "it guards changes; the plan is read with plans.see"},
	"plans.share":        {why: "it guards an act"},
	"practice.publish":   {word: "pademelonstory"},
	"roll.orders":        {why: "orders stand on the child's page for everyone who works with the child; which of them stopped a list is tried in internal/roll, family and conversations"},
	"roll.import":        {word: "potoroofile"},
	"roll.organise":      {why: "it guards changes; the list is read with roll.directory"},
	"roll.settings":      {why: "it guards changes, and who is whose relative: its pages have no other need"},
	"sharing.agree":      {why: "it guards acts"},
	"sharing.families":   {word: "bilbypurpose"},
	"sharing.read":       {word: "dunnartpack"},
	"admin.trail":        {word: "Quollseer"},
	"admin.accounts":     {why: "who can sign in and how stands on pages with no other need"},
	"admin.providers":    {word: "wombatclient"},
}

func TestWhatAsksForASecondStepIsOnNoPageBeforeIt(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := t.Context()
		here := plant(t, a, "OAK", herePupil)
		for _, r := range a.Gate.Rights() {
			x, listed := behind[r.Key]
			if r.Proof != listed || listed && (x.word == "") == (x.why == "") {
				t.Errorf("%s asks for a second step: %v. Say in this test which word is planted behind it, or why there is none", r.Key, r.Proof)
			}
		}
		pupil, err := ids.Parse[roll.Pupil](here.keys["pupil"])
		must(t, err)
		head := a.Gate.Admit(here.who(roll.Head))
		_, err = a.Notes.Add(ctx, head, pupil, notes.Typed{Seen: "A plain " + behind["notes.see"].word})
		must(t, err)
		_, err = a.Practice.PutStory(ctx, a.Gate.Admit(here.who(roll.Teacher)), practice.Story{Title: behind["practice.publish"].word, Situation: "x", Did: "x", Changed: "x", Consent: "unasked"}, 0)
		must(t, err)
		seer := here.who(roll.Leader)
		seer.Name = behind["admin.trail"].word
		must(t, a.Trail.Note(ctx, a.Gate.Admit(seer), trail.Entry{Kind: trail.Seen, About: "pupil", Key: int64(pupil)}))
		must(t, a.Trail.Settle(ctx))
		must(t, a.DB.Update(ctx, systemPass(here.org), func(tx *db.Tx) (err error) {
			put := func(q, word string) {
				if err == nil {
					_, err = tx.Exec(q, word)
				}
			}
			put(`update conversations_target set words = $2, due = '2026-11-01' where org_id = $1`, behind["conversations.read"].word)
			put(`update conversations_remark set words = $2 where org_id = $1`, behind["conversations.hold"].word)
			put(`insert into batch_batch (org_id, id, kind, file_name, state, made_ms, done_ms) values ($1, 7, 'pupils', $2, 'done', 0, 0)`, behind["roll.import"].word+".csv")
			put(`update sharing_family set purpose = $2 where org_id = $1`, behind["sharing.families"].word)
			put(`update sharing_pack set why = $2 where org_id = $1`, behind["sharing.read"].word)
			return err
		}))
		must(t, a.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
			_, err := tx.Exec(`update admin_provider set client = $1 where org = $2`, behind["admin.providers"].word, here.org.ID)
			return err
		}))
		var now access.Who
		s := &web.Server{Gate: a.Gate, Routes: a.Routes(), SignIn: "/sign-in", Prove: adminweb.ProvePath, Unlock: adminweb.UnlockPath, Trouble: adminweb.Trouble,
			Identify: func(*http.Request) (access.Who, bool, error) { return now, true, nil }, Frame: func(*web.Req) web.Frame { return web.Frame{} }}
		h, err := s.Handler()
		must(t, err)
		get := func(who access.Who, path string) (int, string) {
			now = who
			r := httptest.NewRequest("GET", path, nil)
			if strings.HasPrefix(path, "/account") || strings.HasPrefix(path, "/prove") {
				r.AddCookie(&http.Cookie{Name: admin.CookieName, Value: seat(t, a, who.Org)})
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code, plainly(w.Body.Bytes())
		}
		read := map[string]bool{}
		pages := 0
		for _, rt := range a.Routes() {
			if !strings.HasPrefix(rt.Pattern, "GET ") || rt.Need.IsPublic() {
				continue
			}
			_, path, _ := here.path(rt.Pattern)
			for _, role := range roll.Roles {
				proved := here.who(role)
				who := proved
				who.SecondFactorMs = 0
				for _, x := range append(variants[rt.Pattern], "") {
					code, body := get(who, path+x)
					pages++
					if rt.Need.WantsProof() && code == http.StatusOK {
						t.Errorf("%s as %s opens without a second step", rt.Pattern, role)
					}
					for right, b := range behind {
						if b.word != "" && strings.Contains(body, b.word) && (right != "practice.publish" || role != roll.Teacher) { // who wrote the story reads it
							t.Errorf("%s%s as %s, before the second step, says what is behind %s", rt.Pattern, x, role, right)
						}
					}
					_, body = get(proved, path+x)
					for right, b := range behind {
						read[right] = read[right] || b.word != "" && strings.Contains(body, b.word)
					}
				}
			}
		}
		for right, b := range behind {
			if b.word != "" && !read[right] {
				t.Errorf("nobody reads what was planted behind %s, so this test shows nothing of it", right)
			}
		}
		if pages < 500 {
			t.Errorf("only %d pages were asked for", pages)
		}
	})
}

// variants are addresses of a page that show more than the plain one.
var variants = map[string][]string{
	"GET /conversations": {"?all=1"}, "GET /notes": {"?q=A"}, "GET /search": {"?q=Amira"}, "GET /stories": {"?tag="},
}

// plainly is what a page or a file says. A file that is a bundle is opened.
func plainly(body []byte) string {
	if !bytes.HasPrefix(body, []byte("PK")) {
		return html.UnescapeString(string(body))
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return string(body)
	}
	var out strings.Builder
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			_, _ = io.Copy(&out, io.LimitReader(r, 10<<20))
			_ = r.Close()
		}
	}
	return html.UnescapeString(out.String())
}
