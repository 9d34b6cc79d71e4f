package journeys

import (
	"strings"
	"testing"
)

// TestWhoHasSeenThis: the key teacher opens a record, the administrator finds it in the trail, and the pupil's page says so.
func TestWhoHasSeenThis(t *testing.T) {
	site := story(t)
	teacher := site.As(keyTeacher)
	teacher.Visit("/conversations")
	talk, child := teacher.mine()
	teacher.Visit(talk)
	p := site.As(administrator)
	p.Click("Trail")
	p.See("Entries are only ever added")
	p.See("Declan Frost")
	p.See("Record seen")
	p.Accessible()
	p.Click("Filter these entries")
	p.Fill("From", "yesterday")
	p.Click("Show")
	p.See("There is a problem")
	p.Holds("From", "yesterday")
	p.Fill("From", "")
	p.Click("Show")
	p.Visit("/search?q=" + strings.ReplaceAll(child, " ", "+"))
	p.Click(child)
	p.See("Who has seen this")
	p.Accessible()
	p.Click("See every entry")
	p.See("Record seen")
	p.See("Pupil " + child)
}

// TestNothingForeignRuns: what an attacker puts into a page in spite of everything is not run, styled or fetched by the browser.
func TestNothingForeignRuns(t *testing.T) {
	site := story(t)
	p := site.As(administrator)
	p.Visit("/settings")
	ran := eval[bool](p, `(() => {
		const s = document.createElement('script'); s.textContent = 'window.attacked = true'; document.body.append(s);
		const b = document.createElement('button'); b.setAttribute('onclick', 'window.attacked = true'); document.body.append(b); b.click();
		const a = document.createElement('a'); a.href = 'javascript:window.attacked=true'; document.body.append(a); a.click();
		return window.attacked === true
	})()`)
	if ran {
		t.Error("a script within the page was run")
	}
	styled := eval[bool](p, `(() => { const d = document.createElement('div'); d.innerHTML = '<p style="position:fixed">x</p>'; document.body.append(d); return getComputedStyle(d.firstChild).position === 'fixed' })()`)
	if styled {
		t.Error("a style within the page was used")
	}
	p.traffic.takeComplaints() // the browser says what it refused
}
