package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"ajar/internal/admin"
	adminweb "ajar/internal/admin/web"
	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/awards"
	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/notes"
	"ajar/internal/peers"
	"ajar/internal/plans"
	"ajar/internal/practice"
	"ajar/internal/roll"
)

// The matrix: every address, asked by somebody in each role who works with the pupil by name, with keys of the own organisation and of another one.

// keyed is an organisation with a row for every key that an address can hold.
type keyed struct {
	org   roll.Org
	staff map[access.Role]roll.StaffID
	adult int64
	keys  map[string]string // by placeholder
}

// nonces stand in the words of each organisation, and must never be read in the other.
const (
	herePupil, therePupil = "Quillfeather", "Zanzibarov"
	restricted, nowhere   = "xylophonic", "wyvernlike"
)

func (k keyed) who(role access.Role) access.Who {
	// Everybody has proved a second step, so that they are shown all that is ever theirs; what is there before it is tried in proof_test.go. A parent has told
	// a fact that the school knows.
	w := access.Who{Org: int64(k.org.ID), OrgName: k.org.Name, Name: "Test " + string(role), Roles: []access.Role{role}, SecondFactorMs: 1 << 60}
	if role == roll.Parent {
		w.Adult = k.adult
	} else {
		w.Staff = int64(k.staff[role])
	}
	return w
}

// plant makes an organisation with one row of everything.
func plant(t *testing.T, a *app.App, code, surname string) keyed {
	t.Helper()
	ctx := context.Background()
	k := keyed{org: org(t, a, code), staff: map[access.Role]roll.StaffID{}, keys: map[string]string{"kind": "pupils", "step": "explore", "secret": "no-secret", "criterion": "V1", "framework": "engagement", "theme": "objective-1"}}
	system := systemPass(k.org)
	pupil, adult, tie, class := ids.New[roll.Pupil](), ids.New[roll.Adult](), ids.New[roll.Tie](), ids.New[roll.Class]()
	k.adult = int64(adult)
	other, merging, wish, asked, remark := ids.New[roll.Adult](), int64(ids.New[keyed]()), int64(ids.New[keyed]()), int64(ids.New[keyed]()), int64(ids.New[keyed]())
	var order, post, assignment, group, conflict, batch, holder int64 = int64(ids.New[roll.Order]()), 0, 0, int64(ids.New[roll.Assignment]()), int64(ids.New[roll.Conflict]()), int64(ids.New[keyed]()), 0
	must(t, a.DB.Update(ctx, system, func(tx *db.Tx) (err error) {
		put := func(q string, args ...any) {
			if err == nil {
				_, err = tx.Exec(q, args...)
			}
		}
		put(`insert into roll_pupil (org_id, id, local_id, forename, surname, year, sort_key, search, fsm) values ($1, $2, 'P1', 'Amira', $3, '7', $3, $3, 1)`, pupil, surname)
		put(`insert into roll_adult (org_id, id, name, forename, surname, sort_key, search) values ($1, $2, $3, 'Mina', $3, $3, $3)`, adult, surname)
		put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility) values ($1, $2, $3, $4, 'mother', 'yes')`, tie, pupil, adult)
		put(`insert into roll_adult (org_id, id, name, forename, surname, sort_key, search) values ($1, $2, $3, 'Nadia', $3, $3, $3)`, other, surname)
		put(`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship, responsibility) values ($1, $2, $3, $4, 'aunt', 'no')`, ids.New[roll.Tie](), pupil, other)
		put(`insert into roll_merge (org_id, id, stays, gone, stays_name, gone_name, by_name, made_ms) values ($1, $2, $3, $4, $5, $5, 'x', 0)`, merging, adult, int64(ids.New[roll.Adult]()), surname)
		put(`insert into family_wish (org_id, id, adult_id, field, wish, made_ms) values ($1, $2, $3, 'phone', '07700900123', 0)`, wish, adult)
		put(`insert into family_ask (org_id, id, adult_id, why, made_ms) values ($1, $2, $3, 'new', 0)`, asked, adult)
		put(`insert into roll_order (org_id, id, tie_id, kind, decided_by, starts, by_name, made_ms) values ($1, $2, $3, 'supervised', 'court', '2026-01-01', 'x', 0)`, order, tie)
		put(`insert into roll_class (org_id, id, local_id, title, kind, year) values ($1, $2, '7A', $3, 'form', '7')`, class, "7A "+surname)
		put(`insert into roll_member (org_id, id, class_id, pupil_id) values ($1, $2, $3, $4)`, ids.New[roll.Member](), class, pupil)
		put(`insert into batch_batch (org_id, id, kind, file_name, state, made_ms, done_ms) values ($1, $2, 'pupils', $3, 'done', 0, 0)`, batch, surname+".csv")
		put(`insert into roll_conflict (org_id, id, batch_id, record, row_id, field, ours, theirs, made_ms) values ($1, $2, $3, 'pupil', $4, 'surname', 'x', 'y', 0)`, conflict, batch, pupil)
		for _, role := range roll.Roles {
			if err != nil {
				return err
			}
			id, e := roll.AddStaff(tx, "Test "+string(role)+" "+surname, "")
			if e != nil {
				return e
			}
			k.staff[role] = id
			p, w := int64(ids.New[roll.Post]()), int64(ids.New[roll.Worker]())
			put(`insert into roll_staff_role (org_id, id, staff_id, role) values ($1, $2, $3, $4)`, p, id, role)
			put(`insert into roll_assignment (org_id, id, pupil_id, staff_id, part, starts, made_by) values ($1, $2, $3, $4, 'family_worker', '2026-09-01', $5)`, w, pupil, id, group)
			if role == roll.Teacher {
				holder, post, assignment = int64(id), p, w
			}
		}
		return err
	}))
	provider, err := a.Admin.SetProviderByCommand(ctx, k.org.ID, admin.ProviderForm{Kind: admin.Other, Issuer: describedProvider(t), Inside: true, Client: "c", Secret: "s", Domains: strings.ToLower(code) + ".sch.uk"})
	must(t, err)
	k.keys["provider"], k.keys["account"] = provider.Key, admin.Other
	head := a.Gate.Admit(k.who(roll.Head))
	programme, err := a.Conversations.AddProgramme(ctx, head, conversations.Programme{Name: "Talks of the year", Starts: "2026-09-01", Ends: "2027-07-20"}, []conversations.Round{
		{Title: "First", Kind: conversations.KindConversation, Opens: "2026-09-07", Closes: "2026-12-18"}})
	must(t, err)
	_, err = a.Conversations.Choose(ctx, head, programme, []roll.PupilID{pupil})
	must(t, err)
	list, err := a.Conversations.Lines(ctx, head, conversations.Filter{Pupil: pupil})
	must(t, err)
	talk := list[0]
	_, err = a.Conversations.AskReflections(ctx, head, talk.ID, []roll.StaffID{k.staff[roll.Head]})
	must(t, err)
	must(t, a.Conversations.Finalise(ctx, head, talk.ID, 0, "test", conversations.Notes{Parent: "Likes boats.", Summary: surname, Right: true, Priorities: []string{"Reading"},
		Goals: []conversations.Goal{{Words: "Read on Mondays", Owner: "school", Who: "Pat", Due: "2026-12-18", Measure: "Done"}}, SharedWith: "Nobody", NextOn: "2027-02-01"}, ""))
	must(t, a.DB.Update(ctx, system, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into conversations_remark (org_id, id, talk_id, adult_id, kind, version, words, made_ms) values ($1, $2, $3, $4, 'correction', 1, 'x', 0)`, remark, talk.ID, adult)
		return err
	}))
	one, err := a.Conversations.One(ctx, head, talk.ID)
	must(t, err)
	cohort, err := a.Barriers.StartCohort(ctx, head, "Chosen", "Why.", []roll.PupilID{pupil})
	must(t, err)
	absence, err := a.Roll.RecordAway(ctx, a.Gate.Admit(k.who(roll.Office)), k.staff[roll.Teacher], roll.Values{"starts": "20 11 2026", "ends": "27 11 2026", "cover": k.staff[roll.KeyTeacher].String()})
	must(t, err)
	survey, err := a.Audit.Start(ctx, head, audit.Setup{Title: "Audit of " + surname, Scope: audit.School, Framework: "engagement"})
	must(t, err)
	must(t, a.Audit.Show(ctx, head, survey, "V1", audit.Shown{Title: surname, File: "x.pdf", Body: []byte("%PDF")}))
	shown, err := a.Audit.Evidence(ctx, head)
	must(t, err)
	contact, err := a.Messages.LogContact(ctx, head, messages.Logged{Pupils: []string{pupil.String()}, Way: messages.ByGate, Tone: messages.Good, Words: "A word about " + surname})
	must(t, err)
	note, err := a.Notes.Add(ctx, head, pupil, notes.Typed{Seen: "A plain note about " + surname})
	must(t, err)
	// An agreement with a school of its own, for the pages of sharing.
	partner := org(t, a, code+"P")
	agreement, share, pack := int64(ids.New[keyed]()), int64(ids.New[keyed]()), int64(ids.New[keyed]())
	must(t, a.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) (err error) {
		put := func(q string, args ...any) {
			if err == nil {
				_, err = tx.Exec(q, args...)
			}
		}
		put(`insert into sharing_agreement (id, org_a, org_b, purpose, basis, review_on, signed_a, signed_b, starts, made_ms) values ($1, $2, $3, 'x', 'x', '2027-07-01', 'x', 'y', '2026-09-01', 0)`, agreement, k.org.ID, partner.ID)
		for _, kind := range []string{"counts", "families", "packs"} {
			put(`insert into sharing_flow (id, from_org, to_org, kind, allowed, by_name, at_ms) values ($1, $2, $3, $4, 1, 'x', 0)`, ids.New[keyed](), k.org.ID, partner.ID, kind)
			put(`insert into sharing_flow (id, from_org, to_org, kind, allowed, by_name, at_ms) values ($1, $2, $3, $4, 1, 'x', 0)`, ids.New[keyed](), partner.ID, k.org.ID, kind)
		}
		return err
	}))
	must(t, a.DB.Update(ctx, system, func(tx *db.Tx) error {
		if _, err := tx.Exec(`insert into sharing_family (org_id, id, agreement, pupil_id, purpose, told_on, told_how, starts, ends, by_name, made_ms) values ($1, $2, $3, $4, 'x', '2026-09-01', 'x', '2026-09-01', '2027-07-01', 'x', 0)`, share, agreement, pupil); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into sharing_pack (org_id, id, agreement, direction, other, pupil_name, why, body, by_name, made_ms) values ($1, $2, $3, 'received', $4, $5, 'x', '[]', 'x', 0)`, pack, agreement, partner.ID, surname)
		return err
	}))
	plan, err := a.Plans.Make(ctx, head, plans.Plan{Title: "Plan " + surname, Starts: "2026-09-01", Ends: "2027-08-31"})
	must(t, err)
	action, err := a.Plans.Add(ctx, head, plan, plans.Typed{Words: "Open the door to the " + surname + " family", Owner: k.staff[roll.Teacher], Due: "2026-12-18", Measure: "It is open"})
	must(t, err)
	must(t, a.Plans.AddEvidence(ctx, head, action, "List "+surname, ""))
	did, err := a.Plans.Action(ctx, head, action)
	must(t, err)
	objective, err := a.Plans.SetObjective(ctx, head, 0, "1", "Reach "+surname, nil)
	must(t, err)
	consultation, err := a.Plans.Consult(ctx, head, plans.Consultation{Whom: "Staff " + surname, Due: "2026-12-01"})
	must(t, err)
	policy, err := a.Practice.PutPolicy(ctx, head, practice.Policy{Title: "Policy " + surname})
	must(t, err)
	duty, err := a.Practice.PutDuty(ctx, head, practice.Duty{Title: "Role", Duty: "yes"})
	must(t, err)
	activity, err := a.Practice.PutActivity(ctx, head, practice.Activity{Title: "Forum", Kind: "forum", OnDay: "2026-10-01"})
	must(t, err)
	must(t, a.Practice.AskParents(ctx, head, activity, a.DB.Clock().Today()))
	must(t, a.Practice.ShareDecision(ctx, head, practice.Shared{ActivityID: activity, How: "voted", What: "The gate", OnDay: "2026-10-01"}))
	depth, err := a.Practice.Activity(ctx, head, activity)
	must(t, err)
	story, err := a.Practice.PutStory(ctx, head, practice.Story{Title: "A story", Situation: "x", Did: "x", Changed: "x", Consent: "unasked"}, 0)
	must(t, err)
	must(t, a.Practice.PublishStory(ctx, head, story))
	// An offer of the partner's that can be asked for: both belong to one cluster; and an exchange with it.
	links := ids.New[roll.Org]()
	offer, exchange := ids.New[peers.Offer](), ids.New[peers.Exchange]()
	must(t, a.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) (err error) {
		put := func(q string, args ...any) {
			if err == nil {
				_, err = tx.Exec(q, args...)
			}
		}
		put(`insert into roll_org (id, code, name, type, made_ms) values ($1, $2, $2, 'cluster', 0)`, links, code+"LINKS")
		for _, o := range []roll.OrgID{k.org.ID, partner.ID} {
			put(`insert into roll_membership (id, member, grouping, starts) values ($1, $2, $3, '2020-01-01')`, ids.New[keyed](), o, links)
		}
		put(`insert into peers_offer (id, org, framework, theme, criterion, about, words, starts, until, by_name, made_ms) values ($1, $2, 'engagement', 'vision', 'V1', 'Vision', $3, '2026-09-01', '2099-07-01', 'x', 0)`, offer, partner.ID, surname)
		put(`insert into peers_exchange (id, offer, helper, asker, about, words, state, asked_by, asked_ms) values ($1, $2, $3, $4, 'Vision', $5, 'agreed', 'x', 0)`, exchange, offer, partner.ID, k.org.ID, surname)
		return err
	}))
	award, err := a.Awards.Begin(ctx, head, awards.Setup{Title: "The award", Owner: "Door Trust", Framework: "award-frame"})
	must(t, err)
	must(t, a.Awards.Name(ctx, head, award, k.staff[roll.Adviser], awards.PartAdviser))
	must(t, a.Awards.Name(ctx, head, award, k.staff[roll.Assessor], awards.PartAssessor))
	for _, step := range []string{awards.StepAudit, awards.StepPlan, awards.StepVisit} {
		must(t, a.Awards.Settle(ctx, head, award, awards.Settling{Step: step, How: awards.Skipped, Words: "For the test"}))
	}
	for n := range 10 {
		must(t, a.Awards.Show(ctx, head, award, fmt.Sprintf("objective-%d", n+1), audit.Shown{Kept: shown[0].ID}, "The "+surname+" family"))
	}
	_, err = a.Awards.Ready(ctx, head, award)
	must(t, err)
	worked, err := a.Awards.Open(ctx, head, award, 0)
	must(t, err)
	template, err := a.Messages.PutTemplate(ctx, head, messages.Template{Title: "Words of " + surname, Class: messages.ClassService, Tone: messages.Good, Way: messages.ByLetter}, messages.Words{Body: "About {child}"}, 0)
	must(t, err)
	issue, err := a.Messages.PutIssue(ctx, head, messages.Issue{Month: "2026-11", Title: "Issue of " + surname}, 0)
	must(t, err)
	must(t, a.Messages.PutItem(ctx, head, messages.Item{IssueID: issue, Kind: messages.ItemNews, Title: "News of " + surname}))
	must(t, a.Messages.AddPicture(ctx, head, issue, onePixel(t), "A dot"))
	news, err := a.Messages.Issue(ctx, head, issue)
	must(t, err)
	_, err = a.Messages.MakePraise(ctx, head, messages.PraiseAsked{Kind: messages.ByCard, Body: "{child}: {what}", What: map[roll.PupilID]string{pupil: "read"}})
	must(t, err)
	praised, err := a.Messages.Praises(ctx, head, 0)
	must(t, err)
	// A message that was sent, with a call that it asks for.
	written, err := a.Messages.Save(ctx, head, 0, messages.Typed{Audience: messages.Audience{Pupils: []roll.PupilID{pupil}}, Way: messages.ByCall, Class: messages.ClassService, Tone: messages.Good, Body: "About the " + surname + " family"}, 0)
	must(t, err)
	ring := ids.New[messages.Copy]()
	must(t, a.DB.Update(ctx, systemPass(k.org), func(tx *db.Tx) (err error) {
		put := func(q string, args ...any) {
			if err == nil {
				_, err = tx.Exec(q, args...)
			}
		}
		put(`update messages_message set state = 'held', leaves_ms = 1 where org_id = $1 and id = $2`, written)
		put(`insert into messages_copy (org_id, id, message_id, adult_id, way, lang, state) values ($1, $2, $3, $4, 'call', 'en', 'open')`, ring, written, adult)
		put(`insert into messages_child (org_id, copy_id, pupil_id) values ($1, $2, $3)`, ring, pupil)
		return err
	}))
	key := func(n int64) string { return ids.ID[keyed](n).String() }
	for name, v := range map[string]string{"pupil": pupil.String(), "adult": adult.String(), "tie": tie.String(), "order": key(order), "class": class.String(), "batch": key(batch), "conflict": key(conflict),
		"post": key(post), "assignment": key(assignment), "group": key(group), "staff": key(holder), "org": k.org.ID.String(), "programme": programme.String(), "round": talk.RoundID.String(),
		"talk": talk.ID.String(), "reflection": one.Reflections[0].ID.String(), "target": one.Targets[0].ID.String(), "cohort": cohort.String(), "absence": absence.String(), "note": note.String(), "audit": survey.String(), "evidence": shown[0].ID.String(), "agreement": key(agreement), "other": other.String(), "merge": key(merging), "wish": key(wish), "ask": key(asked), "remark": key(remark), "share": key(share), "pack": key(pack),
		"template": template.String(), "issue": issue.String(), "item": news.Items[0].ID.String(), "picture": news.Pictures[0].ID.String(), "praise": praised.ToSign[0].ID.String(), "lang": "ur", "school": k.org.ID.String(),
		"plan": plan.String(), "action": action.String(), "shown": did.Evidence[0].ID.String(), "objective": objective.String(), "consultation": consultation.String(),
		"policy": policy.String(), "duty": duty.String(), "activity": activity.String(), "decision": depth.Shares[0].ID.String(), "story": story.String(), "offer": offer.String(), "exchange": exchange.String(), "award": award.String(), "part": worked.Parts[1].ID.String(),
		"message": written.String(), "copy": ring.String(), "contact": contact.String(), "gateway": "twilio", "reference": "2t-1", "mark": "x"} {
		k.keys[name] = v
	}
	return k
}

// describedProvider is as much of a provider as can be asked without signing in: its description and a key.
func describedProvider(t *testing.T) string {
	t.Helper()
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/keys" {
			fmt.Fprint(w, `{"keys":[{"kty":"EC"}]}`)
			return
		}
		fmt.Fprintf(w, `{"issuer":%[1]q,"authorization_endpoint":"%[2]s/in","token_endpoint":"%[2]s/token","jwks_uri":"%[2]s/keys"}`, s.URL, s.URL)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// door is the pages of the product for whoever the test says is asking.
func door(t *testing.T, a *app.App) func(who *access.Who, method, path string, form url.Values) (int, string) {
	t.Helper()
	var now *access.Who
	s := &web.Server{Gate: a.Gate, Routes: a.Routes(), SignIn: "/sign-in", Trouble: adminweb.Trouble,
		Identify: func(*http.Request) (access.Who, bool, error) {
			if now == nil {
				return access.Who{}, false, nil
			}
			return *now, true, nil
		},
		Frame: func(q *web.Req) web.Frame { return web.Frame{} }}
	h, err := s.Handler()
	must(t, err)
	return func(who *access.Who, method, path string, form url.Values) (int, string) {
		now = who
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if who != nil && who.Staff != 0 && (strings.HasPrefix(path, "/account") || strings.HasPrefix(path, "/prove")) { // what is one's own hangs on the session itself
			r.AddCookie(&http.Cookie{Name: admin.CookieName, Value: seat(t, a, who.Org)})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
}

// seat signs somebody of a school in, who is there already.
func seat(t *testing.T, a *app.App, org int64) string {
	t.Helper()
	var name string
	must(t, a.DB.View(t.Context(), access.System("test", org), func(tx *db.Tx) (err error) {
		name, err = db.One[string](tx, `select min(name) from roll_staff where org_id = $1 and ends >= $2 and name in (select name from roll_staff where org_id = $1 group by name having count(*) = 1)`, tx.Today())
		return err
	}))
	o, err := a.Roll.OrgByID(t.Context(), ids.ID[roll.Org](org))
	must(t, err)
	secret, err := a.Admin.Link(t.Context(), o, name, "")
	must(t, err)
	token, err := a.Admin.Use(t.Context(), secret, "test")
	must(t, err)
	return token
}

// global keys belong to no one organisation, or are no keys of rows at all.
var global = []string{"{kind}", "{step}", "{secret}", "{org}", "{account}", "{criterion}", "{framework}", "{theme}", "{gateway}", "{reference}", "{mark}"}

// nobodys is the same with keys that are no one's.
func (k keyed) nobodys() keyed {
	out := k
	out.keys = map[string]string{}
	for name, v := range k.keys {
		out.keys[name] = v
		if !slices.Contains(global, "{"+name+"}") {
			out.keys[name] = ids.New[keyed]().String()
		}
	}
	return out
}

func (k keyed) path(pattern string) (method, path string, own bool) {
	method, path, _ = strings.Cut(pattern, " ")
	path = strings.ReplaceAll(path, "{$}", "")
	for name, v := range k.keys {
		if strings.Contains(path, "{"+name+"}") {
			own = own || !slices.Contains(global, "{"+name+"}")
			path = strings.ReplaceAll(path, "{"+name+"}", v)
		}
	}
	return method, path, own
}

func onePixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1, 1))))
	return b.Bytes()
}

// contents is how many rows each table holds, but the trail's: a refused request changes none of them.
func contents(t *testing.T, a *app.App, in roll.Org) string {
	t.Helper()
	var out []string
	must(t, a.DB.View(context.Background(), systemPass(in), func(tx *db.Tx) error {
		for _, table := range []string{"roll_pupil", "roll_adult", "roll_tie", "roll_order", "roll_staff", "roll_staff_role", "roll_assignment", "roll_absence", "roll_cover", "roll_setting", "roll_conflict",
			"conversations_talk", "conversations_contact", "conversations_text", "conversations_target", "barriers_cohort", "notes_note", "notes_text", "notes_draft", "audit_audit", "audit_framework", "audit_rating", "audit_tally", "audit_turn", "audit_use", "audit_agreed", "audit_give", "audit_picture", "batch_batch", "plans_plan", "plans_action", "plans_entry", "plans_objective", "practice_policy", "practice_duty", "practice_rung", "practice_story",
			"awards_award", "awards_part", "awards_step", "awards_map", "awards_comment", "awards_version", "awards_verdict", "awards_decision",
			"messages_template", "messages_template_words", "messages_wording", "messages_phrase_words", "messages_issue", "messages_issue_item", "messages_issue_picture", "messages_praise", "messages_contact", "messages_message", "messages_copy", "messages_stop", "messages_key"} {
			n, err := db.One[int](tx, `select count(*) from `+table+` where org_id = $1`)
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(table, n))
		}
		return nil
	}))
	return strings.Join(out, " ")
}

func TestMatrix(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		here, there := plant(t, a, "OAK", herePupil), plant(t, a, "ELM", therePupil)
		head := a.Gate.Admit(here.who(roll.Head))
		pupilID, err := ids.Parse[roll.Pupil](here.keys["pupil"])
		must(t, err)
		_, err = a.Notes.Add(context.Background(), head, pupilID, notes.Typed{Seen: restricted, Restricted: true})
		must(t, err)
		ask := door(t, a)
		rights := map[string]access.Right{}
		for _, r := range a.Gate.Rights() {
			rights[r.Key] = r
		}
		roles := append(slices.Clone(roll.Roles), roll.Parent)
		before := contents(t, a, here.org) + contents(t, a, there.org)
		var list []app.RouteCase
		routes := a.Routes()
		sort.Slice(routes, func(i, j int) bool { return routes[i].Pattern < routes[j].Pattern })
		type allowed struct {
			pattern, path string
			who           access.Who
		}
		var later []allowed
		for _, rt := range routes {
			if strings.HasPrefix(rt.Pattern, "GET /static/") {
				list = append(list, app.RouteCase{Route: rt.Pattern, Need: rt.Need.String()})
				continue
			}
			method, path, own := here.path(rt.Pattern)
			if strings.Contains(path, "{") {
				t.Errorf("%s has a key that this test does not know; give plant a row for it", rt.Pattern)
				continue
			}
			c := app.RouteCase{Route: rt.Pattern, Need: rt.Need.String(), Opens: []string{}, Closed: []string{}}
			if rt.Need.IsPublic() {
				list = append(list, c)
				continue
			}
			code, body := ask(nil, method, path, nil)
			if method == "GET" && code != 303 || method == "POST" && (code != 403 || !strings.Contains(body, "nothing was saved")) {
				t.Errorf("%s as nobody: %d", rt.Pattern, code)
			}
			c.Nobody = map[string]string{"GET": "asked to sign in", "POST": "nothing was saved"}[method]
			right, named := rights[rt.Need.String()]
			_, foreign, _ := there.path(rt.Pattern)
			_, unknown, _ := here.nobodys().path(rt.Pattern)
			// A key of another organisation and one that is nobody's are answered alike, to the letter.
			alike := func(who access.Who, role access.Role) {
				t.Helper()
				fcode, fbody := ask(&who, method, foreign, nil)
				ucode, ubody := ask(&who, method, unknown, nil)
				if fcode != ucode || fbody != ubody || fcode != http.StatusNotFound && method == "GET" {
					t.Errorf("%s as %s: %d with a key of another organisation, %d with nobody's", rt.Pattern, role, fcode, ucode)
				}
			}
			for _, role := range roles {
				who := here.who(role)
				scope := right.Roles[role]
				if role == roll.Parent && !named {
					c.Closed = append(c.Closed, string(role)) // an adult never comes by the door of staff
					continue
				}
				// A change that the role may make is tried last, once.
				if method == "POST" && (!named || scope > access.None) {
					if own {
						alike(who, role)
					}
					c.Opens = append(c.Opens, string(role))
					if len(c.Opens) == 1 || scope == access.All && later[len(later)-1].pattern == rt.Pattern && right.Roles[later[len(later)-1].who.Roles[0]] < access.All {
						if len(c.Opens) > 1 {
							later = later[:len(later)-1]
						}
						later = append(later, allowed{rt.Pattern, path, who})
					}
					continue
				}
				code, body := ask(&who, method, path, nil)
				switch {
				case code >= 500:
					t.Errorf("%s as %s: %d %s", rt.Pattern, role, code, lastLine([]byte(body)))
				case named && scope == access.None && !denied(code, body):
					t.Errorf("%s as %s, who holds nothing of %s: %d", rt.Pattern, role, right.Key, code)
				case named && scope == access.All && code >= 400 && code != http.StatusUnprocessableEntity && !slices.Contains(needMore, rt.Pattern):
					t.Errorf("%s as %s, who holds all of %s: %d", rt.Pattern, role, right.Key, code)
				}
				if code < 400 || code == http.StatusUnprocessableEntity || slices.Contains(needMore, rt.Pattern) && scope > access.None {
					c.Opens = append(c.Opens, string(role))
				} else {
					c.Closed = append(c.Closed, string(role))
				}
				text := html.UnescapeString(body)
				if strings.Contains(text, therePupil) && rt.Pattern != "GET /organisations/{org}" {
					t.Errorf("%s as %s shows words of another organisation", rt.Pattern, role)
				}
				if !slices.Contains([]access.Role{roll.Head, roll.SafeguardingLead}, role) && strings.Contains(text, restricted) {
					t.Errorf("%s as %s shows a restricted note", rt.Pattern, role)
				}
				if scope == access.Counts && strings.Contains(text, herePupil) && !strings.Contains(text, "Test ") {
					t.Errorf("%s as %s, who sees figures, names a pupil", rt.Pattern, role)
				}
				if own {
					alike(who, role)
				}
			}
			c.Other = "sees its own organisation"
			if own {
				c.Other = "as if it were not there"
			}
			c.Order = "orders are tried by the channels"
			if len(c.Opens) == 0 {
				t.Errorf("%s opens for no role", rt.Pattern)
			}
			list = append(list, c)
		}
		if after := contents(t, a, here.org) + contents(t, a, there.org); after != before {
			t.Errorf("requests that were refused changed something:\n%s\n%s", before, after)
		}
		// Search and what comes out of it, for a restricted note.
		for _, role := range roles {
			who := here.who(role)
			for _, path := range []string{"/notes?q=", "/search?q="} {
				_, body := ask(&who, "GET", path+restricted, nil)
				_, other := ask(&who, "GET", path+nowhere, nil)
				if reads := slices.Contains([]access.Role{roll.Head, roll.SafeguardingLead}, role) && path == "/notes?q="; (strings.ReplaceAll(body, restricted, nowhere) != other) != reads {
					t.Errorf("%s as %s: a word of a restricted note is answered like a word that stands nowhere: %v", path, role, !reads)
				}
			}
		}
		// Those who may are let in: the form is read, whatever it then says of the empty form.
		for _, x := range later {
			method, _, _ := strings.Cut(x.pattern, " ")
			code, body := ask(&x.who, method, x.path, url.Values{})
			if code >= 500 || denied(code, body) && !slices.Contains(needMore, x.pattern) {
				t.Errorf("%s as %s, who may: %d %s", x.pattern, x.who.Roles[0], code, lastLine([]byte(body)))
			}
		}
		goldenCases(t, func(c *app.Cases) { c.Routes = list })
	})
}

// needMore are addresses that need more than their key to open: a form that names a row, a file that is waiting, or an earlier step.
var needMore = []string{"GET /audit/{audit}/ask",
	"GET /conversations/reflections/{reflection}", // only the colleague who was asked
	"GET /awards/{award}/certificate",             // once it is given
	"GET /reach/cohorts/{cohort}/remove", "GET /sharing/groups/{org}/leave", "POST /sharing/groups/{org}/leave", "POST /sharing/groups/{org}", "GET /reach/rules/end", "GET /imports/batches/{batch}/columns", "GET /imports/batches/{batch}/refused", "GET /imports/batches/{batch}/mapping",
}

// denied tells whether the answer is the one for a page that nobody has.
func denied(code int, body string) bool {
	return code == http.StatusNotFound && strings.Contains(body, "There is nothing here that you can open")
}

// goldenCases keeps one part of testdata/matrix.json and compares the whole.
func goldenCases(t *testing.T, set func(*app.Cases)) {
	t.Helper()
	p := filepath.Join("testdata", "matrix.json")
	var c app.Cases
	if b, err := os.ReadFile(p); err == nil {
		must(t, json.Unmarshal(b, &c))
	}
	set(&c)
	b, err := json.MarshalIndent(c, "", " ")
	must(t, err)
	golden(t, "matrix.json", string(b)+"\n")
}

// verbCases puts together what the tables of access tried: each folder keeps it in testdata/tried.json, written by the test that tried it (testkit.Try).
func verbCases(t *testing.T) (out []app.VerbCase) {
	t.Helper()
	for _, v := range verbs(t) {
		c := app.VerbCase{Verb: v.String()}
		switch {
		case withoutRow[v.String()] != "":
			c.Except = withoutRow[v.String()]
		case !v.pass && v.itself:
			c.Except = withoutPass[v.String()]
		case !v.pass:
			continue
		default:
			if tried := triedOf(t, v.folder)[v.name]; tried != nil {
				c.Allowed, c.Denied, c.Other, c.None = strings.Join(tried.Allowed, ", "), strings.Join(tried.Denied, ", "), tried.Other, tried.None
			}
			if why := forEveryone[v.String()]; why != "" && c.Denied == "" {
				c.Denied = "nobody: " + why
			}
			c.Order = "orders are tried by the channels"
		}
		out = append(out, c)
	}
	return out
}

// triedOf is what the table of a folder tried, with what the table of this folder tried for it under "roll.Close".
func triedOf(t *testing.T, folder string) map[string]*testkit.Tried {
	t.Helper()
	out, err := testkit.ReadTried(filepath.Join("..", filepath.FromSlash(strings.TrimPrefix(folder, "internal/"))))
	must(t, err)
	here, err := testkit.ReadTried(".")
	must(t, err)
	for name, x := range here {
		if verb, ok := strings.CutPrefix(name, filepath.Base(folder)+"."); ok {
			if was := out[verb]; was == nil || was.Other == "" || len(was.Denied) == 0 {
				out[verb] = x
			}
		}
	}
	return out
}

func TestVerbCases(t *testing.T) { goldenCases(t, func(c *app.Cases) { c.Verbs = verbCases(t) }) }

// What the command prints has no hole, and a hole would be seen.
func TestMatrixHasNoHole(t *testing.T) {
	a := open(t, app.Options{Data: t.TempDir()})
	m, err := a.Matrix()
	must(t, err)
	if len(m.Holes) > 0 {
		t.Errorf("holes:\n%s\nTry them (go test ./internal/app -update -run 'TestMatrix|TestVerbCases'), then look at the change", strings.Join(m.Holes, "\n"))
	}
	if len(m.Verbs) < 80 || len(m.Routes) < 100 || len(m.Channels) < 6 || len(m.Roles) != len(roll.Roles)+1 {
		t.Errorf("%d verbs, %d routes, %d channels, %d roles", len(m.Verbs), len(m.Routes), len(m.Channels), len(m.Roles))
	}
	head, rows := a.RightsTable()
	for _, r := range rows {
		if len(r) != len(head) {
			t.Errorf("%v", r)
		}
	}
}
