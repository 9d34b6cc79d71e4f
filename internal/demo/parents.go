package demo

import (
	"strings"

	"ajar/internal/conversations"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// parents offers a few parents of the first school to visitors: one with something to read, one who lives apart from the child, one who reads Urdu.
func (l *loader) parents() error {
	o, err := l.Roll.OrgByCode(l.ctx, places[0].code)
	if err != nil {
		return err
	}
	type found struct {
		adult roll.AdultID
		words string
	}
	var sheet, apart, urdu, two *found
	children := map[roll.AdultID]int{}
	if err := l.DB.View(l.ctx, access.System("make the demo", int64(o.ID)), func(tx *db.Tx) error {
		pupils, err := roll.Pupils(tx, roll.See)
		if err != nil {
			return err
		}
		for _, p := range pupils {
			rels, err := roll.Relations(tx, p.ID)
			if err != nil {
				return err
			}
			talks, err := conversations.TalksOf(tx, p.ID)
			if err != nil {
				return err
			}
			agreed := false
			for _, t := range talks.List {
				agreed = agreed || t.FinalisedMs != nil
			}
			for _, r := range rels {
				told, _ := roll.May(r, roll.Information, tx.Today())
				if !told || len(r.InForceOn(tx.Today())) > 0 {
					continue
				}
				children[r.Adult.ID]++
				lang, spoken := say.Reads(r.Adult.Reads)
				home := r.Tie.LivesWith == nil || *r.Tie.LivesWith
				switch {
				case sheet == nil && agreed && len(rels) == 2 && strings.EqualFold(r.Tie.Relationship, "mother") && lang.IsEnglish():
					sheet = &found{r.Adult.ID, "Mother of " + p.Name() + ". She and the school have agreed a plan, which she can read and correct."}
				case apart == nil && !home && strings.EqualFold(r.Tie.Relationship, "father") && lang.IsEnglish():
					apart = &found{r.Adult.ID, "Father of " + p.Name() + ", who lives with the mother. He sees the child's record and his own details, and never the other home's phone."}
				case urdu == nil && spoken && lang.Tag() == "ur":
					urdu = &found{r.Adult.ID, "Parent of " + p.Name() + " who reads Urdu: the pages come in Urdu, from the right."}
				case two == nil && home && children[r.Adult.ID] > 1:
					two = &found{r.Adult.ID, "Parent of " + p.Name() + " and another child here."}
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for i, f := range []*found{sheet, apart, urdu, two} {
		if f == nil {
			continue
		}
		if err := l.Family.AddGuest(l.ctx, o.ID, f.adult, i+1, f.words); err != nil {
			return err
		}
	}
	return nil
}
