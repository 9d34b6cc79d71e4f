package journeys

import (
	"strings"
	"testing"
)

// TestAnOrderHoldsFromTheNextRequest: a father has a letter and stands among those to call; an order is recorded; he is in neither, and the page
// had said so before it was saved.
func TestAnOrderHoldsFromTheNextRequest(t *testing.T) {
	site := story(t)
	h := site.As(head)
	h.Visit("/conversations/programmes")
	h.Click("Structured conversations")
	programme := h.Path()
	h.Click("Add a round")
	h.In("What happens in it").Choose("A conversation with each family")
	h.Fill("Title", "Spring conversation")
	h.Fill("Opens", day(0))
	h.Fill("Closes", day(40))
	h.Click("Add the round")
	h.See("Spring conversation")

	o := site.As(office)
	o.Visit(programme)
	o.Click("Spring conversation")
	round := o.Path()
	o.Click("Prepare letters for everyone not asked yet")
	o.Visit(round)

	// A family of two parents who are both asked.
	var talk, gone, stays string
	for _, l := range o.Links(talkPath)[:30] {
		o.Visit(l.Path)
		if names := strings.Split(o.In("Whom you called").Text(), ", "); len(names) >= 3 {
			talk = l.Path
			stays = strings.TrimPrefix(names[0], "Whom you called ")
			_, gone, _ = strings.Cut(names[1], " ")
			break
		}
	}
	if talk == "" {
		t.Fatal("no family of the first thirty has two parents to ask")
	}
	letters := func(name string) int {
		status, body := o.Fetch(round + "/letters")
		if status != 200 {
			t.Fatalf("the letters answer %d", status)
		}
		return strings.Count(string(body), "Dear "+name)
	}
	before, others := letters(gone), letters(stays)
	if before == 0 {
		t.Fatalf("%s has no letter to begin with", gone)
	}
	record := o.First(`/pupils/\w+`).Path

	h.Visit(record)
	h.Click("Record an order about " + gone)
	h.Choose("No contact with the child")
	h.Fill("Who decided it?", "Family court")
	h.Fill("Look at it again on", day(180))
	h.Click("Continue")
	h.See("Check this order")
	h.See("What changes for " + gone)
	h.See("What stays")
	h.See(stays + " gets letters, messages and invitations as before.")
	h.Picture("order-check")
	h.Accessible()
	if now := letters(gone); now != before {
		t.Errorf("before the order is saved %s has %d letters instead of %d", gone, now, before)
	}
	h.Click("Record this order")
	h.See("No contact with the child")
	h.Picture("pupil")

	if now := letters(gone); now != before-1 {
		t.Errorf("after the order %s has %d letters instead of %d", gone, now, before-1)
	}
	if now := letters(stays); now != others {
		t.Errorf("%s has %d letters instead of %d, though no order is about this parent", stays, now, others)
	}
	o.Visit(talk)
	o.In("Whom you called").NotSee(gone)
	o.In("Whom you called").See(stays)
}
