package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ajar/internal/app"
	fam "ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// apart is a separated family: Mira is the mother of Kit, who goes to Oak, and of Sol, who goes to Elm. Falk is Kit's father and Olaf is Sol's. Stella lives
// with Mira and both children, and has no parental responsibility; she is on Kit's record and not on Sol's.
type apart struct {
	a                             *app.App
	h                             http.Handler
	oak, elm                      roll.Org
	kit, sol                      roll.PupilID
	mira, falk, stella, miraAtElm tied
	olaf                          tied
}

func separate(t *testing.T, a *app.App) apart {
	t.Helper()
	ctx := context.Background()
	x := apart{a: a, h: serve(t, a), oak: school(t, a, "OAK"), elm: school(t, a, "ELM")}
	cluster, err := a.Roll.AddOrg(ctx, "test", roll.Org{Code: "CLUSTER", Name: "The Cluster", Type: "cluster"}, "")
	must(t, err)
	must(t, a.DB.Update(ctx, access.Installation("test"), func(tx *db.Tx) error {
		for _, o := range []roll.Org{x.oak, x.elm} {
			if err := roll.JoinGrouping(tx, o.ID, cluster.ID); err != nil {
				return err
			}
		}
		return nil
	}))
	child := func(in roll.Org, forename, born string) roll.PupilID {
		id := ids.New[roll.Pupil]()
		must(t, a.DB.Update(ctx, systemPass(in), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into roll_pupil (org_id, id, local_id, forename, surname, date_of_birth, year, address, postcode, search, sort_key) values ($1, $2, $3, $4, 'Marlow', $5, '7', $6, $7, $8, $9)`,
				id, id.String(), forename, born, mothersHome.street, mothersHome.postcode, strings.ToLower(forename)+" marlow", "marlow "+strings.ToLower(forename))
			return err
		}))
		return id
	}
	adult := func(in roll.Org, pupil roll.PupilID, forename, surname, relationship, responsibility string, at home, livesWith string) tied {
		v := roll.Values{"forename": forename, "surname": surname, "address": at.street, "postcode": at.postcode, "relationship": relationship, "responsibility": responsibility, "lives_with": livesWith}
		id, err := a.Roll.AddAdult(ctx, staffPass(a, in), pupil, v, roll.Ways{{Kind: "phone", Value: at.phone}, {Kind: "email", Value: at.email}}, true)
		must(t, err)
		return tieOf(t, a, in, pupil, id, forename)
	}
	stellas := mothersHome
	stellas.phone, stellas.email = "07700 900777", "stella@elm.example"
	x.kit, x.sol = child(x.oak, "Kit", "2014-05-06"), child(x.elm, "Sol", "2018-07-08")
	x.mira = adult(x.oak, x.kit, "Mira", "Marlow", "mother", "yes", mothersHome, "yes")
	x.falk = adult(x.oak, x.kit, "Falk", "Berg", "father", "yes", fathersHome, "no")
	x.stella = adult(x.oak, x.kit, "Stella", "Novak", "step-parent", "no", stellas, "yes")
	x.miraAtElm = adult(x.elm, x.sol, "Mira", "Marlow", "mother", "yes", mothersHome, "yes")
	x.olaf = adult(x.elm, x.sol, "Olaf", "Hill", "father", "yes", othersHome, "no")
	return x
}

func (x apart) link(t *testing.T, of tied) fam.Made {
	t.Helper()
	m, _, err := x.a.Family.Give(context.Background(), staffPass(x.a, of.in), fam.Wanted{Adult: of.adult, Pupil: of.pupil, Base: "https://ajar.example"})
	must(t, err)
	return m
}

func (x apart) opens(t *testing.T, of tied, postcode string) *phone {
	t.Helper()
	p := newPhone(t, x.h)
	p.open("/f/l/"+x.link(t, of).Secret, postcode)
	return p
}

func (x apart) order(t *testing.T, of tied, kind string) roll.OrderID {
	t.Helper()
	v := roll.OrderValues("2026-11-20")
	v["kind"], v["decided_by"], v["starts"] = kind, "family court", "01/11/2026"
	id, err := x.a.Roll.AddOrder(context.Background(), staffPass(x.a, of.in), of.pupil, of.tie, v)
	must(t, err)
	return id
}

// reads is all that an adult finds at their door: every page that their own page leads to.
func (p *phone) reads(t *testing.T) string {
	t.Helper()
	seen, all := map[string]bool{}, ""
	next := []string{"/f/", "/f/me", "/f/me/change", "/f/devices", "/f/together"}
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		status, body := p.ask("GET", path, nil)
		if status != 200 {
			t.Errorf("GET %s: %d", path, status)
		}
		all += body
		for _, l := range hrefs.FindAllStringSubmatch(body, -1) {
			if strings.Contains(l[1], "?in=") {
				continue // the same in another language
			}
			if strings.HasPrefix(l[1], "/f/children/") || strings.HasPrefix(l[1], "/f/sheets/") || strings.HasPrefix(l[1], "/f/times/") {
				next = append(next, l[1])
			}
		}
	}
	return all
}

var hrefs = regexp.MustCompile(`href="([^"]+)"`)

func (p *phone) has(page string, want []string, not ...string) {
	p.t.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			p.t.Errorf("it does not say %q", w)
		}
	}
	for _, w := range not {
		if strings.Contains(page, w) {
			p.t.Errorf("it says %q", w)
		}
	}
}

// A separated family with a half-sibling in another school works for all four adults: each sees what is theirs by their own link, an order counts in the
// school that made it from the next request on, and nobody ever sees the other home.
func TestASeparatedFamilyInTwoSchools(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		x := separate(t, a)
		kitPage, solPage := "/f/children/"+x.kit.String(), "/f/children/"+x.sol.String()
		fathers, olafs := fathersHome.parts(), othersHome.parts()

		// The mother opens Oak's link, and brings Elm in by the code of its letter.
		mum := x.opens(t, x.mira, mothersHome.postcode)
		mum.has(mum.get("/f/together"), []string{"Kit Marlow"}, "Sol Marlow")
		elm := x.link(t, x.miraAtElm)
		if status, body := mum.ask("POST", "/f/together/code", url.Values{"code": {x.link(t, x.mira).Code}}); status != 422 || !strings.Contains(body, "cannot be shown together") {
			t.Errorf("a code of the same school: %d", status)
		}
		if status, _ := mum.ask("POST", "/f/together/code", url.Values{"code": {elm.Code}}); status != http.StatusSeeOther || !strings.HasPrefix(mum.to, "/f/together/connect?") {
			t.Fatalf("Elm's code: %d to %s", status, mum.to)
		}
		mum.has(mum.get("/f/together/add"), []string{"This phone also opens a page of"})
		mum.ask("POST", "/f/together/code", url.Values{"code": {elm.Code}}) // the form once more
		join := mum.to
		reader, _ := url.Parse(join)
		form := url.Values{"reader": {reader.Query().Get("reader")}, "kind": {"birth"}, "answer-day": {"6"}, "answer-month": {"5"}, "answer-year": {"2014"}}
		mum.has(mum.get(join), []string{"You will see your children at both schools on one page.", "date of birth"}, "Sol Marlow", "Olaf")
		if status, body := mum.ask("POST", "/f/together/connect", form); status != 422 || !strings.Contains(body, "The school has something else") {
			t.Errorf("Kit's birthday at Elm: %d", status)
		}
		form.Set("answer-day", "8")
		form.Set("answer-month", "7")
		form.Set("answer-year", "2018")
		if status, body := mum.ask("POST", "/f/together/connect", form); status != http.StatusSeeOther || mum.to != "/f/together" {
			t.Fatalf("Sol's birthday: %d to %s\n%s", status, mum.to, body)
		}
		if status, _ := mum.ask("POST", "/f/together/connect", form); status != 422 {
			t.Errorf("joined twice: %d", status)
		}
		mum.has(mum.get("/f/together"), []string{"Kit Marlow", "Sol Marlow", x.elm.Name}, append(fathers, olafs...)...)
		// Sol stands behind Elm's own door, and Oak's knows nothing of Sol.
		if status, _ := mum.ask("GET", solPage, nil); status != http.StatusNotFound {
			t.Errorf("Sol at Oak's door: %d", status)
		}
		visit := func(to roll.Org, pupil roll.PupilID) int {
			status, _ := mum.ask("POST", "/f/together/go", url.Values{"org": {to.ID.String()}, "pupil": {pupil.String()}})
			return status
		}
		if status := visit(x.elm, x.sol); status != http.StatusSeeOther || mum.to != solPage {
			t.Fatalf("to Elm: %d to %s", status, mum.to)
		}
		mum.has(mum.get(solPage), []string{"Sol Marlow", "What " + x.elm.Name + " holds"}, append(olafs, "Olaf", "Kit")...)
		if status, _ := mum.ask("GET", kitPage, nil); status != http.StatusNotFound {
			t.Errorf("Kit at Elm's door: %d", status)
		}
		if status := visit(x.oak, x.kit); status != http.StatusSeeOther {
			t.Errorf("and back: %d", status)
		}
		mum.has(mum.reads(t), []string{"Kit Marlow", "Sol Marlow", mothersHome.street}, append(append(fathers, olafs...), "Falk", "Olaf")...)

		// The fathers and the step-parent, each by their own link.
		falk := x.opens(t, x.falk, fathersHome.postcode)
		falk.has(falk.reads(t), []string{"Kit Marlow", fathersHome.street}, append(append(mothersHome.parts(), olafs...), "Sol Marlow", "Mira")...)
		olaf := x.opens(t, x.olaf, othersHome.postcode)
		olaf.has(olaf.reads(t), []string{"Sol Marlow", othersHome.street}, append(append(mothersHome.parts(), fathers...), "Kit Marlow", "Mira")...)
		stella := x.opens(t, x.stella, mothersHome.postcode)
		stella.has(stella.reads(t), []string{"Kit Marlow", "You have parental responsibility"}, append(append(fathers, olafs...), "Sol Marlow", "Falk", mothersHome.phone, mothersHome.email)...)

		// Nobody brings in what is another's: the step-parent has the mother's own code from Elm, and knows Sol's birthday.
		taken := x.link(t, x.miraAtElm)
		if status, _ := stella.ask("POST", "/f/together/code", url.Values{"code": {taken.Code}}); status != http.StatusSeeOther {
			t.Fatalf("%d", status)
		}
		theirs, _ := url.Parse(stella.to)
		form.Set("reader", theirs.Query().Get("reader"))
		if status, body := stella.ask("POST", "/f/together/connect", form); status != 422 || !strings.Contains(body, "cannot be shown together") || strings.Contains(body, "Sol Marlow") {
			t.Errorf("the step-parent joined the mother's record: %d", status)
		}

		// An order about Falk and Kit counts at the next request: his phone, his link, his page. Nobody else loses anything, and Elm learns nothing.
		again := x.link(t, x.falk)
		x.order(t, x.falk, "no_contact")
		if status, _ := falk.ask("GET", kitPage, nil); status != http.StatusSeeOther || !strings.HasPrefix(falk.to, "/f/?next=") {
			t.Errorf("Falk, who has no other child here, reads on: %d to %s", status, falk.to)
		}
		if status, body := newPhone(t, x.h).ask("POST", "/f/l/"+again.Secret, nil); status != http.StatusGone || strings.Contains(body, "order") {
			t.Errorf("his link: %d", status)
		}
		mum.has(mum.reads(t), []string{"Kit Marlow", "Sol Marlow"})
		olaf.has(olaf.reads(t), []string{"Sol Marlow"})
		hint := func(in roll.Org, pupil roll.PupilID) int {
			r, err := a.Roll.Open(ctx, staffPass(a, in), pupil)
			must(t, err)
			return len(r.Elsewhere)
		}
		if n := hint(x.elm, x.sol); n != 0 {
			t.Errorf("Elm is told of an order about another child")
		}

		// An order of Elm about the mother and Sol: her page at Oak drops Sol, Elm's door closes, and Oak's stays open. Oak's office is told nothing, since
		// Kit is another child.
		order := x.order(t, x.miraAtElm, "no_information")
		mum.has(mum.get("/f/together"), []string{"Kit Marlow", "This school shows you no child now"}, "Sol Marlow")
		if status := visit(x.elm, x.sol); status != http.StatusNotFound {
			t.Errorf("to Elm with an order in force: %d", status)
		}
		mum.get(kitPage)
		if n := hint(x.oak, x.kit); n != 0 {
			t.Error("Oak is told of an order about another child")
		}
		must(t, a.Roll.EndOrder(ctx, staffPass(a, x.elm), x.sol, order, roll.Values{"ends": "19/11/2026", "why": "The court ended it."}))

		if f, err := a.Family.LinksOf(ctx, staffPass(a, x.oak), x.kit); err != nil || len(f.Adults) != 2 || !f.Adults[0].Joined || f.Adults[1].Joined {
			t.Errorf("the office is not told who joined: %+v, %v", f.Adults, err)
		}

		// On another phone, Oak's link alone leads on to Elm. When Oak's office forgets her phones, what one was led to from there is forgotten with it; the
		// first phone was let in at Elm by Elm's own code, and Elm decides about that.
		second := x.opens(t, x.mira, mothersHome.postcode)
		if status, _ := second.ask("POST", "/f/together/go", url.Values{"org": {x.elm.ID.String()}, "pupil": {x.sol.String()}}); status != http.StatusSeeOther {
			t.Errorf("from another phone to Elm: %d", status)
		}
		second.get(solPage)
		if status := visit(x.elm, x.sol); status != http.StatusSeeOther {
			t.Errorf("after the order ended: %d", status)
		}
		_, err := a.Family.ForgetDevices(ctx, staffPass(a, x.oak), x.kit, x.mira.adult)
		must(t, err)
		if status, _ := second.ask("GET", solPage, nil); status != http.StatusSeeOther {
			t.Errorf("a phone that Oak forgot still opens Elm: %d", status)
		}
		mum.get(solPage)

		// She starts anew, and parts the schools again; both doors go on by themselves.
		mum = x.opens(t, x.mira, mothersHome.postcode)
		mum.has(mum.get("/f/together"), []string{"Sol Marlow", "Stop showing " + x.elm.Name + " here"})
		for range 2 { // and the form once more
			if status, _ := mum.ask("POST", "/f/together/leave", url.Values{"org": {x.elm.ID.String()}}); status != http.StatusSeeOther {
				t.Errorf("%d", status)
			}
		}
		mum.has(mum.get("/f/together"), []string{"Kit Marlow"}, "Sol Marlow")
		if status := visit(x.elm, x.sol); status != http.StatusNotFound {
			t.Errorf("to Elm after they were parted: %d", status)
		}
		x.opens(t, x.miraAtElm, mothersHome.postcode).get(solPage)

		// What an adult joined, the office sees and can end; it says nothing of the other school.
		if f, err := a.Family.LinksOf(ctx, staffPass(a, x.oak), x.kit); err != nil || f.Adults[0].Joined {
			t.Errorf("%+v, %v", f.Adults, err)
		}
	})
}
