package app_test

import (
	"context"
	"encoding/hex"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"ajar/internal/app"
	"ajar/internal/conversations"
	fam "ajar/internal/family"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/kit/testkit/outside"
	"ajar/internal/notes"
	"ajar/internal/roll"
)

// phone is a browser without script at the family's door, with the whole product behind it.
type phone struct {
	t       *testing.T
	h       http.Handler
	host    string
	cookies map[string]string
	to      string // where the last answer leads
}

func newPhone(t *testing.T, h http.Handler) *phone {
	return &phone{t: t, h: h, host: "ajar.example", cookies: map[string]string{"__Host-ajar_tongue": "en"}}
}

func (p *phone) ask(method, path string, form url.Values) (int, string) {
	p.t.Helper()
	r := httptest.NewRequest(method, "https://"+p.host+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range p.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if p.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(p.cookies, c.Name)
		}
	}
	p.to = w.Header().Get("Location")
	return w.Code, w.Body.String()
}

func (p *phone) get(path string) string {
	p.t.Helper()
	status, body := p.ask("GET", path, nil)
	if status != http.StatusOK {
		p.t.Fatalf("GET %s: %d, to %s", path, status, p.to)
	}
	return body
}

var fieldOf = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// open presses the button of a link and answers the one question with a birthday or a postcode.
func (p *phone) open(path, postcode string) {
	p.t.Helper()
	if status, body := p.ask("POST", path, nil); status != http.StatusSeeOther {
		p.t.Fatalf("the button of %s: %d\n%s", path, status, body)
	}
	p.know(postcode)
}

// know answers the one question, if it is asked.
func (p *phone) know(postcode string) {
	p.t.Helper()
	page := p.get("/f/known?ask=postcode")
	form := url.Values{"answer": {postcode}}
	for _, f := range fieldOf.FindAllStringSubmatch(page, -1) {
		if f[1] == "reader" || f[1] == "kind" {
			form.Set(f[1], f[2])
		}
	}
	if status, body := p.ask("POST", "/f/known", form); status != http.StatusSeeOther {
		p.t.Fatalf("the postcode %s: %d\n%s", postcode, status, body)
	}
}

// serve gives the handler of the product.
func serve(t *testing.T, a *app.App) http.Handler {
	t.Helper()
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var linkIn = regexp.MustCompile(`https://ajar\.example(/f/l/[0-9A-Za-z_-]{20,})`)

// texted reads what the operator was handed: letters, or UCS-2 as a text in Urdu comes.
func texted(line string) string {
	line, _ = url.QueryUnescape(line)
	for _, w := range strings.Fields(line) {
		b, err := hex.DecodeString(w)
		if err != nil || len(b) < 20 {
			continue
		}
		var u []uint16
		for i := 0; i+1 < len(b); i += 2 {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		}
		line += " " + string(utf16.Decode(u))
	}
	return line
}

// working waits until nothing of a school waits to leave. The handler has the work done beside us.
func working(t *testing.T, a *app.App, in roll.Org) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		_, err := a.Post.Round(context.Background())
		must(t, err)
		n := 0
		must(t, a.DB.View(context.Background(), systemPass(in), func(tx *db.Tx) (err error) {
			n, err = db.One[int](tx, `select count(*) from post_item where org_id = $1 and state = 'waiting'`)
			return err
		}))
		if n == 0 {
			return
		}
	}
	t.Fatal("something waits and does not leave")
}

// Links leave the house through a real mail server and a real gateway for texts, say nothing about a child, open by their button, and obey an order that
// comes between the writing and the sending. A link that is over brings a new one to the phone that the school holds, and leads where staff's own does.
func TestLinksLeaveTheHouse(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		gateway, operator := outside.Gateway(t)
		texts, err := post.NewKannel(gateway)
		must(t, err)
		office, at, trust := outside.MailServer(t)
		mails, err := post.NewMail("smtp://ajar:let%20me%20in@" + at + "?from=ajar@oak.example")
		must(t, err)
		mails.Trust(trust)
		a.Post.Use(post.SMS, texts)
		a.Post.Use(post.Email, mails)
		f := makeFamily(t, a)
		staff := staffPass(a, f.here)
		mother := f.others[0]
		// The operator may take a moment to be connected.
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			if _, err := texts.Send(ctx, post.Ready{Address: "07700 900000", Body: "ready"}); err == nil {
				break
			}
		}
		send := func(x tied, kind string) {
			t.Helper()
			s, err := a.Family.Sending(ctx, staff, fam.Wanted{Adult: x.adult, Pupil: x.pupil})
			must(t, err)
			for _, w := range s.Ways {
				if w.Channel.Kind == kind {
					_, err := a.Family.SendOne(ctx, staff, fam.Wanted{ID: s.Next, Adult: x.adult, Pupil: x.pupil, Base: "https://ajar.example"}, w.Channel.ID)
					must(t, err)
					return
				}
			}
			t.Fatalf("%s has no %s", x.who, kind)
		}
		went := func(adult roll.AdultID) (out []post.Item) {
			must(t, a.DB.View(ctx, staff, func(tx *db.Tx) (err error) { out, err = post.To(tx, int64(adult)); return err }))
			return out
		}

		// An order is recorded while the message waits: it does not leave. The work of the house has not begun yet.
		send(f.kitFather, "email")
		order := f.order(t, "no_contact", "01/11/2026", "")
		working(t, a, f.here)
		if it := went(f.kitFather.adult); len(office.Mail()) != 0 || it[0].State != post.Stopped || it[0].Body != "" {
			t.Errorf("the server has %d mails; %+v", len(office.Mail()), it)
		}
		f.end(t, order, "19/11/2026")

		h := serve(t, a)
		send(mother, "phone")
		working(t, a, f.here)
		line := texted(operator.Await(t, "447700900401"))
		link := linkIn.FindStringSubmatch(line)
		if link == nil || strings.Contains(line, "Kit") || strings.Contains(line, "Mira") || strings.Contains(line, "Marlow") {
			t.Fatalf("the operator got %s", line)
		}
		if it := went(mother.adult)[0]; it.State != post.Sent || it.Body != "" {
			t.Errorf("%+v", it)
		}
		// A scanner of mail looks at it, twice and by HEAD, before its owner does.
		scanner := newPhone(t, h)
		for _, method := range []string{"GET", "HEAD", "GET"} {
			if status, body := scanner.ask(method, link[1], nil); status != 200 || strings.Contains(body, "Mira") {
				t.Errorf("%s: %d", method, status)
			}
		}
		if len(scanner.cookies) != 1 {
			t.Errorf("looking gave %v", scanner.cookies)
		}
		mum := newPhone(t, h)
		mum.open(link[1], mothersHome.postcode)
		if page := mum.get("/f/"); !strings.Contains(page, "Mira") || !strings.Contains(page, "Kit Marlow") {
			t.Errorf("her page:\n%s", page)
		}

		send(f.kitFather, "email")
		working(t, a, f.here)
		m, err := mail.ReadMessage(strings.NewReader(office.Mail()[0]))
		must(t, err)
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		must(t, err)
		if s := string(body); linkIn.FindString(s) == "" || !regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).MatchString(s) || strings.Contains(s+m.Header.Get("Subject"), "Kit") {
			t.Errorf("the mail says %s\n%s", m.Header.Get("Subject"), s)
		}
		for _, secret := range f.hiddenFromFather {
			if strings.Contains(string(body), secret) {
				t.Errorf("the mail shows %q of the other home", secret)
			}
		}

		f.order(t, "no_contact", "01/11/2026", "")
		if _, err := a.Family.SendOne(ctx, staff, fam.Wanted{Adult: f.kitFather.adult, Pupil: f.kitFather.pupil}, 0); err == nil {
			t.Error("a link is sent to a father under an order")
		}

		// A mailbox that does not exist is not tried again by itself.
		must(t, a.DB.Update(ctx, systemPass(f.here), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_channel (org_id, id, adult_id, kind, value, folded, place) values ($1, $2, $3, 'email', 'nobody@elm.example', 'nobody@elm.example', 2)`, ids.New[roll.Channel](), mother.adult)
			return err
		}))
		s, err := a.Family.Sending(ctx, staff, fam.Wanted{Adult: mother.adult, Pupil: mother.pupil})
		must(t, err)
		for _, w := range s.Ways {
			if w.Channel.Value == "nobody@elm.example" {
				_, err := a.Family.SendOne(ctx, staff, fam.Wanted{Adult: mother.adult, Pupil: mother.pupil, Base: "https://ajar.example"}, w.Channel.ID)
				must(t, err)
			}
		}
		working(t, a, f.here)
		if s, err = a.Family.Sending(ctx, staff, fam.Wanted{Adult: mother.adult, Pupil: mother.pupil}); err != nil || s.Ways[0].Channel.Value != mothersHome.phone || s.Ways[0].Rank != roll.Answered ||
			s.Ways[2].Rank != roll.Doubtful || !strings.Contains(s.Ways[2].Known, "No such person here") {
			t.Errorf("%+v, %v", s.Ways, err)
		}

		// The link is taken back. Its holder asks for another; the request names another host, and the new one leads home all the same.
		links, err := a.Family.LinksOf(ctx, staff, mother.pupil)
		must(t, err)
		for _, x := range links.Adults {
			for _, l := range x.Links {
				must(t, a.Family.TakeBack(ctx, staff, mother.pupil, l.ID))
			}
		}
		if status, _ := mum.ask("GET", "/f/children/"+mother.pupil.String(), nil); status != http.StatusSeeOther {
			t.Errorf("her phone still opens it: %d", status)
		}
		thief := newPhone(t, h)
		thief.host = "evil.example"
		status, known := thief.ask("POST", link[1]+"/new", nil)
		_, unknown := thief.ask("POST", "/f/l/"+strings.Repeat("a", 32)+"/new", nil)
		if status != 200 || strings.ReplaceAll(known, link[1], "") != strings.ReplaceAll(unknown, "/f/l/"+strings.Repeat("a", 32), "") {
			t.Error("what is known and what is not are answered differently")
		}
		working(t, a, f.here)
		var fresh []string
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && fresh == nil; time.Sleep(50 * time.Millisecond) {
			for _, l := range operator.All() {
				if x := linkIn.FindStringSubmatch(texted(l)); x != nil && x[1] != link[1] && strings.Contains(l, "447700900401") {
					fresh = x
				}
				if strings.Contains(texted(l), "evil") {
					t.Fatalf("the new link leads to the stranger: %s", texted(l))
				}
			}
		}
		if fresh == nil {
			t.Fatal("no new link was sent")
		}
		if status, _ := newPhone(t, h).ask("GET", link[1], nil); status != http.StatusGone {
			t.Errorf("the link that was taken back: %d", status)
		}
		newPhone(t, h).open(fresh[1], mothersHome.postcode)
	})
}

// A note that is marked for the family stands on the child's page at their door, with the day and who wrote it. What colleagues wrote for each other does
// not, a restricted one least of all: only that there are others. What was struck through is gone, and an order closes all of it at the next request.
func TestNotesAtTheFamilysDoor(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		f := makeFamily(t, a)
		h, staff := serve(t, a), staffPass(a, f.here)
		x := f.kitFather
		m, _, err := a.Family.Give(ctx, staff, fam.Wanted{Adult: x.adult, Pupil: x.pupil})
		must(t, err)
		dad := newPhone(t, h)
		dad.open("/f/l/"+m.Secret, fathersHome.postcode)
		page := "/f/children/" + x.pupil.String()
		dad.has(dad.get(page), nil, "Notes for you")
		add := func(n notes.Typed) notes.NoteID {
			id, err := a.Notes.Add(ctx, staff, x.pupil, n)
			must(t, err)
			return id
		}
		add(notes.Typed{Seen: "Between colleagues."})
		add(notes.Typed{Seen: "For the lead alone.", Restricted: true})
		shown := add(notes.Typed{Seen: "Kit sang in the <b>hall</b>.", Did: "We clapped.", On: "18 11 2026", Family: true})
		dad.has(dad.get(page), []string{"Notes for you", "18 November 2026, Pat Test", "Kit sang in the &lt;b&gt;hall&lt;/b&gt;. We clapped.", "The school keeps other notes too."}, "Between colleagues", "For the lead alone", "<b>hall")
		must(t, a.Notes.StrikeOut(ctx, staff, shown, "About another child"))
		dad.has(dad.get(page), []string{"The school keeps other notes too."}, "Kit sang")
		f.order(t, "no_information", "01/11/2026", "")
		if status, body := dad.ask("GET", page, nil); status != http.StatusNotFound || strings.Contains(body, "notes") {
			t.Errorf("with an order in force: %d", status)
		}
	})
}

// visits counts what a link has been used for.
func visits(t *testing.T, a *app.App, x tied) (opened, devices int) {
	t.Helper()
	f, err := a.Family.LinksOf(context.Background(), staffPass(a, x.in), x.pupil)
	must(t, err)
	for _, y := range f.Adults {
		if y.Adult.ID == x.adult {
			for _, l := range y.Links {
				opened += l.Opened
			}
			devices += len(y.Devices)
		}
	}
	return opened, devices
}

// Whatever looks through mail uses nothing up: GET and HEAD, by browsers that look ahead and by scanners that follow every link of the page they get, any
// number of times. A link that is sent again by the same browser takes nothing; it opens five devices and then no more; and it ends with the tie.
func TestScannersAndReplays(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		f := makeFamily(t, a)
		h, staff := serve(t, a), staffPass(a, f.here)
		m, _, err := a.Family.Give(ctx, staff, fam.Wanted{Adult: f.kitFather.adult, Pupil: f.kitFather.pupil})
		must(t, err)
		path := "/f/l/" + m.Secret
		scanner := newPhone(t, h)
		for range 3 {
			for _, method := range []string{"HEAD", "GET"} {
				status, page := scanner.ask(method, path, nil)
				if status != 200 {
					t.Errorf("%s: %d", method, status)
				}
				for _, l := range hrefs.FindAllStringSubmatch(page, -1) {
					if strings.HasPrefix(l[1], "/") {
						scanner.ask("HEAD", l[1], nil)
						scanner.ask("GET", strings.ReplaceAll(l[1], "&amp;", "&"), nil)
					}
				}
			}
		}
		for _, method := range []string{"OPTIONS", "PUT", "DELETE", "PROPFIND"} {
			if status, _ := scanner.ask(method, path, nil); status < 400 {
				t.Errorf("%s: %d", method, status)
			}
		}
		if opened, devices := visits(t, a, f.kitFather); opened != 0 || devices != 0 || scanner.cookies[fam.CookieName] != "" {
			t.Fatalf("scanners opened it %d times on %d devices", opened, devices)
		}
		dad := newPhone(t, h)
		dad.open(path, fathersHome.postcode)
		for range 4 { // the button once more, and the back button
			if status, _ := dad.ask("POST", path, nil); status != http.StatusSeeOther {
				t.Errorf("the same browser again: %d", status)
			}
		}
		dad.get("/f/children/" + f.kitFather.pupil.String())
		for n := 2; n <= fam.Openings; n++ {
			newPhone(t, h).open(path, fathersHome.postcode)
		}
		if opened, devices := visits(t, a, f.kitFather); opened != fam.Openings || devices != fam.Openings {
			t.Errorf("opened %d times on %d devices", opened, devices)
		}
		late := newPhone(t, h)
		if status, _ := late.ask("POST", path, nil); status != http.StatusGone || late.cookies[fam.CookieName] != "" {
			t.Errorf("a sixth device: %d", status)
		}
		dad.get("/f/children/" + f.kitFather.pupil.String())
		// The tie ends: his phone and his link end with it as far as this child goes. His other child is still his.
		must(t, a.DB.Update(ctx, systemPass(f.here), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_tie set ends = '2026-11-19' where org_id = $1 and id = $2`, f.kitFather.tie)
			return err
		}))
		if status, _ := dad.ask("GET", "/f/children/"+f.kitFather.pupil.String(), nil); status != http.StatusNotFound {
			t.Errorf("the child of a tie that ended: %d", status)
		}
		must(t, a.DB.Update(ctx, systemPass(f.here), func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_tie set ends = '2026-11-19' where org_id = $1 and adult_id = $2`, f.kitFather.adult)
			return err
		}))
		if status, _ := dad.ask("GET", "/f/me", nil); status != http.StatusSeeOther {
			t.Errorf("his page when no tie is left: %d", status)
		}
		if status, _ := newPhone(t, h).ask("GET", path, nil); status != http.StatusGone {
			t.Errorf("his link when no tie is left: %d", status)
		}
	})
}

// Two parents read on one tablet: it asks who is reading, each answers what the other does not know, and neither finds the other's page by going back.
func TestOneTabletForTwo(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		f := makeFamily(t, a)
		h, staff := serve(t, a), staffPass(a, f.here)
		tablet := newPhone(t, h)
		for _, x := range []tied{f.others[0], f.kitFather} {
			m, _, err := a.Family.Give(ctx, staff, fam.Wanted{Adult: x.adult, Pupil: x.pupil})
			must(t, err)
			if status, _ := tablet.ask("POST", "/f/l/"+m.Secret, nil); status != http.StatusSeeOther {
				t.Fatal(status)
			}
		}
		page := tablet.get("/f/")
		tablet.has(page, []string{"Who is reading?", "Mira", "Falk"}, "Kit Marlow", "Marlow")
		if status, _ := tablet.ask("GET", "/f/children/"+f.kitFather.pupil.String(), nil); status != http.StatusSeeOther {
			t.Errorf("a record opens before anybody said who they are: %d", status)
		}
		choice := regexp.MustCompile(`name="reader"[^>]*value="([0-9a-z]+)"|value="([0-9a-z]+)"[^>]*name="reader"`).FindAllStringSubmatch(page, -1)
		if len(choice) != 2 {
			t.Fatalf("%v", choice)
		}
		as := func(i int, postcode string) int {
			reader := choice[i][1] + choice[i][2]
			_, asked := tablet.ask("POST", "/f/who", url.Values{"reader": {reader}})
			if strings.Contains(asked, "date of birth") {
				t.Error("it asks what both parents know")
			}
			status, _ := tablet.ask("POST", "/f/known", url.Values{"reader": {reader}, "kind": {"postcode"}, "answer": {postcode}})
			return status
		}
		if status := as(1, mothersHome.postcode); status != 422 {
			t.Errorf("Falk with Mira's postcode: %d", status)
		}
		if status := as(1, fathersHome.postcode); status != http.StatusSeeOther {
			t.Fatalf("Falk with his own: %d", status)
		}
		tablet.has(tablet.get("/f/me"), []string{fathersHome.street}, mothersHome.parts()...)
		if status := as(0, mothersHome.postcode); status != http.StatusSeeOther {
			t.Fatalf("Mira with her own: %d", status)
		}
		tablet.has(tablet.get("/f/me"), []string{mothersHome.street}, fathersHome.parts()...)
	})
}

// The time of a talk opens by its own link, and is answered without script in each language: that they cannot come, or another time. A form that is sent
// twice is one answer; a page that was open while the time was changed or passed says so in their words.
func TestAnAppointmentByItsLink(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		x := separate(t, a)
		_, talk := rich(t, x)
		staff := staffPass(a, x.oak)
		m, _, err := a.Family.Give(ctx, staff, fam.Wanted{Adult: x.mira.adult, Pupil: x.kit, Thing: conversations.TimeThing, ThingKey: int64(talk)})
		must(t, err)
		path := "/f/times/" + talk.String()
		mum := newPhone(t, x.h)
		if status, _ := mum.ask("POST", "/f/l/"+m.Secret, nil); status != http.StatusSeeOther || mum.to != path {
			t.Fatalf("the link of an appointment: %d to %s", status, mum.to)
		}
		mum.know(mothersHome.postcode)
		answers := func() (out int) {
			o, err := a.Conversations.OwnTime(ctx, x.mira.asked(a).Own, talk)
			must(t, err)
			return len(o.Remarks)
		}
		before := answers()
		for _, l := range say.Tongues() {
			mum.cookies["__Host-ajar_tongue"] = l.Tag()
			page := mum.get(path)
			mum.has(page, []string{`<html lang="` + l.Tag() + `"`, l.LongDay("2027-01-11"), "18:15", "The library, by the side door on Mill Lane"}, "<script")
			remark := ""
			for _, m := range fieldOf.FindAllStringSubmatch(page, -1) {
				if m[1] == "remark" {
					remark = m[2]
				}
			}
			if status, body := mum.ask("POST", path+"/answer", url.Values{"remark": {remark}, "words": {"Wednesday?"}}); status != 422 || !strings.Contains(body, "Wednesday?") || !strings.Contains(body, `lang="`+l.Tag()+`"`) {
				t.Errorf("%s: without a choice: %d", l.English(), status)
			}
			for range 3 {
				if status, _ := mum.ask("POST", path+"/answer", url.Values{"remark": {remark}, "kind": {conversations.RemarkOtherTime}, "words": {"Wednesday?"}}); status != http.StatusSeeOther || mum.to != path {
					t.Errorf("%s: %d to %s", l.English(), status, mum.to)
				}
			}
			if n := answers(); n != before+1 {
				t.Errorf("%s: three presses made %d answers", l.English(), n-before)
			}
			back := ""
			for _, m := range regexp.MustCompile(`action="(/f/remarks/[0-9a-z]+/take-back)"`).FindAllStringSubmatch(mum.get(path), -1) {
				if strings.Contains(m[1], remark) {
					back = m[1]
				}
			}
			for range 2 {
				if status, _ := mum.ask("POST", back, url.Values{"of": {"time"}}); status != http.StatusSeeOther || mum.to != path {
					t.Errorf("%s: taking it back: %d to %s", l.English(), status, mum.to)
				}
			}
			if n := answers(); n != before {
				t.Errorf("%s: %d answers stay", l.English(), n-before)
			}
		}
		mum.cookies["__Host-ajar_tongue"] = "en"
		stale := url.Values{"remark": {ids.New[conversations.Remark]().String()}, "kind": {conversations.RemarkCannotCome}}
		must(t, a.Conversations.Reopen(ctx, staff, talk))
		if status, body := mum.ask("POST", path+"/answer", stale); status != 422 && status != http.StatusSeeOther || strings.Contains(body, "18:15") {
			t.Errorf("an answer to a time that was taken back: %d", status)
		}
		if n := answers(); n != before {
			t.Errorf("it was kept: %d", n-before)
		}
		x.order(t, x.mira, "no_information")
		if status, _ := mum.ask("GET", path, nil); status == 200 {
			t.Errorf("with an order in force: %d", status)
		}
	})
}

// All who were invited in a programme are sent the thing of theirs that there is: one message for each adult, and none for one whom an order keeps out.
func TestLinksToAllWhoWereInvited(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		a.Post.Use(post.SMS, swallow{})
		x := separate(t, a)
		sheet, talk := rich(t, x)
		staff := staffPass(a, x.oak)
		must(t, a.Conversations.Invite(ctx, staff, sheet, conversations.Invitation{AdultID: x.falk.adult, SentOn: "2026-11-02"}))
		programmes, err := a.Conversations.Programmes(ctx, staff)
		must(t, err)
		plan := func(thing string) fam.Plan {
			_, list, err := a.Conversations.InvitedFor(ctx, staff, programmes[0].ID, thing)
			must(t, err)
			if len(list) != 2 {
				t.Errorf("%d adults were invited", len(list))
			}
			p, err := a.Family.Plan(ctx, staff, list)
			must(t, err)
			return p
		}
		if p := plan(conversations.SheetThing); len(p.To) != 2 || p.Children() != 1 {
			t.Errorf("the sheet: %+v", p)
		}
		if p := plan(conversations.TimeThing); len(p.To) != 1 || p.To[0].Adult.ID != x.mira.adult || p.Nothing != 1 {
			t.Errorf("the time: %+v", p)
		}
		x.order(t, x.falk, "no_contact")
		if p := plan(fam.Page); len(p.To) != 1 || p.LeftOut != 1 || p.Not[0].Adult != "Falk Berg" {
			t.Errorf("their own page, with an order: %+v", p)
		}
		_, list, err := a.Conversations.InvitedFor(ctx, staff, programmes[0].ID, conversations.TimeThing)
		must(t, err)
		n, err := a.Family.SendMany(ctx, staff, ids.New[fam.Batch](), list)
		if must(t, err); n != 1 {
			t.Errorf("%d were sent", n)
		}
		f, err := a.Family.LinksOf(ctx, staff, x.kit)
		must(t, err)
		if l := f.Adults[0].Links[0]; l.Thing != conversations.TimeThing || l.ThingKey != int64(talk) || l.Went != "By text to …401. Leaves in a few minutes" {
			t.Errorf("%+v", l)
		}
	})
}
