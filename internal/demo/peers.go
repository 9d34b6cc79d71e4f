package demo

import (
	"fmt"

	"ajar/internal/peers"
)

// helping lets schools of the cluster help each other: one visit that both have written down, one request that waits for an answer, and an offer or two.
func (l *loader) helping() error {
	high, fern, quill, copper := l.teams["HARROWMERE"], l.teams["FERNHOLLOW"], l.teams["QUILLBROOK"], l.teams["COPPERWELL"]
	l.at(weekday(l.today.AddDate(0, -1, 2)), 10)
	until := day(l.today.AddDate(0, 7, 0))
	offer := func(st people, criterion, words, why string) (peers.OfferID, error) {
		list, err := l.Peers.Choices(l.ctx, st.head)
		if err != nil {
			return 0, err
		}
		for _, c := range list {
			if c.Criterion == criterion {
				if c.Stands {
					why = ""
				}
				return l.Peers.Offer(l.ctx, st.head, peers.Offered{Key: c.Key(), Words: words, Why: why, Until: until})
			}
		}
		return 0, fmt.Errorf("no statement %s", criterion)
	}
	visits, err := offer(fern, "P2", "Two of us go to homes on Tuesdays, with a rule for going alone. Come along to the briefing, and take our one page with you.", "We began from nothing two years ago.")
	if err != nil {
		return err
	}
	if _, err := offer(copper, "S2", "How we put half a post into our own budget, with the figures.", "It took us three years, and we made each mistake once."); err != nil {
		return err
	}
	gate, err := offer(high, "L1", "Stand at our gate for a morning, and see the list of promises that we keep.", "We have had two years of practice.")
	if err != nil {
		return err
	}
	l.at(weekday(l.today.AddDate(0, 0, -24)), 14)
	x, err := l.Peers.Ask(l.ctx, high.head, visits, "We have one colleague who visits homes. How did you begin with more, and what does the rule say?")
	if err != nil {
		return err
	}
	l.at(weekday(l.today.AddDate(0, 0, -23)), 9)
	if err := l.Peers.Answer(l.ctx, fern.head, x, true, "Gladly. Ring the office on any morning; Tuesdays at eight suit us best."); err != nil {
		return err
	}
	on := weekday(l.today.AddDate(0, 0, -15))
	l.at(on, 16)
	if err := l.Peers.Visit(l.ctx, high.head, x, peers.Visited{On: day(on), About: "We sat in on the briefing and read the rule for going alone. The telephone list at the door is what we lack.", Next: "We write our own rule before the spring term, and send it to be read."}); err != nil {
		return err
	}
	v, err := l.Peers.Exchange(l.ctx, fern.head, x)
	if err != nil {
		return err
	}
	l.at(on.AddDate(0, 0, 1), 8)
	if err := l.Peers.Visit(l.ctx, fern.head, x, peers.Visited{Visit: v.Visits[0].ID, About: "Three colleagues came. They asked what we do when nobody opens; we had no good answer.", Next: "We think about the closed door, and look at their rule when it comes."}); err != nil {
		return err
	}
	if err := l.Peers.Thank(l.ctx, high.head, x, true); err != nil {
		return err
	}
	if err := l.Peers.Thank(l.ctx, fern.head, x, true); err != nil {
		return err
	}
	l.at(weekday(l.today.AddDate(0, 0, -2)), 15)
	_, err = l.Peers.Ask(l.ctx, quill.head, gate, "Two of us would like to stand at your gate for a morning in January. May we?")
	return err
}
