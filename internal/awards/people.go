package awards

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/roll"
)

// Candidate is a colleague who could be given a part; Why not, where that is so.
type Candidate struct {
	ID   roll.StaffID
	Name string
	Why  string
}

// Candidates lists, part by part, whom the lead can name.
func (s *Service) Candidates(ctx context.Context, p access.Pass, id AwardID) (out map[string][]Candidate, err error) {
	if _, err := p.CheckNamed(Lead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		if !x.lead {
			return access.Denied()
		}
		who, err := known(tx, x)
		if err != nil {
			return err
		}
		out = map[string][]Candidate{}
		for _, c := range who.staff {
			for _, part := range Parts {
				if c.Ends < who.today || !who.fits(c.ID, part) || slices.ContainsFunc(x.parts, func(q Part) bool { return q.EndedMs == nil && q.StaffID == c.ID && q.Part == part }) {
					continue
				}
				out[part] = append(out[part], Candidate{c.ID, c.Name, who.whyNot(c.ID, part)})
			}
		}
		return nil
	})
	return out, err
}

// people is what is known about who is who, for the rule that nobody assesses what they advised.
type people struct {
	award Award
	today string
	staff []colleague
	roles []held
	parts []Part // of the award and of those it goes on from
	words []Comment
}

func known(tx *db.Tx, x standing) (k people, err error) {
	k.award, k.today = x.Award, tx.Today()
	if k.staff, err = colleagues(tx); err != nil {
		return k, err
	}
	if k.roles, err = rolesHeld(tx); err != nil {
		return k, err
	}
	runs, err := chain(tx, x.ID)
	if err != nil {
		return k, err
	}
	for _, id := range runs {
		parts, err := partsOf(tx, id)
		if err != nil {
			return k, err
		}
		words, err := commentsOf(tx, id)
		if err != nil {
			return k, err
		}
		k.parts, k.words = append(k.parts, parts...), append(k.words, words...)
	}
	return k, nil
}

func (k people) named(id roll.StaffID) (colleague, bool) {
	i := slices.IndexFunc(k.staff, func(c colleague) bool { return c.ID == id })
	if i < 0 {
		return colleague{}, false
	}
	return k.staff[i], true
}

// plain is a name or an address without what people write differently.
func plain(s string) string { return roll.Fold(strings.Join(strings.Fields(s), " ")) }

// selves are the rows under which one person may be on the staff: the row itself, those with the same hat, the same e-mail address or the same name. An address
// is no identity, and here it needs none: two who share one are too near to each other to judge each other's advice.
func (k people) selves(id roll.StaffID) (out []colleague) {
	me, found := k.named(id)
	if !found {
		return nil
	}
	for _, c := range k.staff {
		same := c.ID == me.ID || c.Adult != nil && me.Adult != nil && *c.Adult == *me.Adult || plain(c.Email) != "" && plain(c.Email) == plain(me.Email) || plain(c.Name) != "" && plain(c.Name) == plain(me.Name)
		if same {
			out = append(out, c)
		}
	}
	return out
}

// holds tells whether a colleague has a role today.
func (k people) holds(id roll.StaffID, role access.Role) bool {
	return slices.ContainsFunc(k.roles, func(h held) bool {
		return h.StaffID == id && h.Role == role && h.Starts <= k.today && h.Ends >= k.today
	})
}

// fits tells whether a part is of a colleague's kind at all.
func (k people) fits(id roll.StaffID, part string) bool {
	switch part {
	case PartAdviser:
		return k.holds(id, roll.Adviser)
	case PartAssessor:
		return k.holds(id, roll.Assessor)
	}
	return slices.ContainsFunc(k.roles, func(h held) bool {
		return h.StaffID == id && h.Starts <= k.today && h.Ends >= k.today && !slices.Contains(roll.Visitors, h.Role)
	})
}

// whyNot says why a colleague can't have a part; empty when they can.
func (k people) whyNot(id roll.StaffID, part string) string {
	me, found := k.named(id)
	if !found {
		return "They are not on the staff."
	}
	if part == PartAssessor {
		return k.mayNotAssess(id)
	}
	for _, c := range k.selves(id) {
		for _, p := range k.parts {
			if p.StaffID == c.ID && p.Part == PartAssessor && p.AwardID == k.award.ID {
				return fmt.Sprintf("%s was named as independent assessor of this award.", me.Name)
			}
		}
	}
	return ""
}

// mayNotAssess is the rule of independence: nobody assesses what they advised, led or worked on, whichever of their rows they are signed in with; and an award
// that somebody else gives is not assessed by somebody who works here.
func (k people) mayNotAssess(id roll.StaffID) string {
	me, found := k.named(id)
	if !found {
		return "They are not on the staff."
	}
	for _, c := range k.selves(id) {
		as := me.Name
		if c.ID != id {
			as = fmt.Sprintf("%s (the same person as %s, by name, address or hat)", c.Name, me.Name)
		}
		for _, h := range k.roles {
			if h.StaffID == c.ID && h.Role == roll.Adviser && h.Starts <= k.today {
				until := ""
				if h.Ends < k.today {
					until = ", until " + roll.DayInWords(h.Ends)
				}
				return fmt.Sprintf("%s has been an adviser here%s, and a person may not assess what they advised.", as, until)
			}
			if k.award.External() && h.StaffID == c.ID && h.Starts <= k.today && h.Ends >= k.today && !slices.Contains(roll.Visitors, h.Role) {
				return fmt.Sprintf("%s works here as %s; %s is not assessed by somebody of the house.", as, strings.ToLower(roll.RoleWords[h.Role]), k.award.Title)
			}
		}
		for _, p := range k.parts {
			if p.StaffID == c.ID && p.Part == PartAdviser {
				return fmt.Sprintf("%s has advised on this award, and a person may not assess what they advised.", as)
			}
			if p.StaffID == c.ID && p.AwardID == k.award.ID && (p.Part == PartLead || p.Part == PartSteering) {
				return fmt.Sprintf("%s has worked on this award, and so can't assess it.", as)
			}
		}
		if slices.ContainsFunc(k.words, func(w Comment) bool { return w.StaffID == c.ID }) {
			return fmt.Sprintf("%s has commented on this award, and a person may not assess what they advised.", as)
		}
	}
	return ""
}

// independent refuses whoever is signed in when they may not assess; it is asked again at each act, since roles change.
func independent(tx *db.Tx, x standing) error {
	k, err := known(tx, x)
	if err != nil {
		return err
	}
	if why := k.mayNotAssess(roll.StaffID(tx.Pass().Who().Staff)); why != "" {
		return fault.New(fault.Conflict, "You can't assess this award. %s", why)
	}
	return nil
}

// Name gives a colleague a part in an award.
func (s *Service) Name(ctx context.Context, p access.Pass, id AwardID, staff roll.StaffID, part string) error {
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		if x.EndedMs != nil || x.Outcome == Awarded {
			return stillGathering(x)
		}
		if !slices.Contains(Parts, part) {
			return fault.Field("part", "Choose what they do for the award.")
		}
		k, err := known(tx, x)
		if err != nil {
			return err
		}
		c, found := k.named(staff)
		switch {
		case !found || c.Ends < k.today || !k.fits(staff, part):
			return fault.Field("staff", "Choose somebody from the list. An adviser and an assessor need that role first, which is given on the page Staff.")
		case k.whyNot(staff, part) != "":
			return fault.Field("staff", "%s", k.whyNot(staff, part))
		}
		for _, q := range x.parts {
			if q.EndedMs != nil || q.Part != part {
				continue
			}
			if q.StaffID == staff {
				return nil
			}
			if part == PartAssessor {
				return fault.Field("staff", "%s is the assessor. End that first: one person decides.", q.Name)
			}
		}
		return insertPart(tx, Part{AwardID: id, StaffID: staff, Part: part})
	})
}

// Unname ends a part. That it was held stays on record.
func (s *Service) Unname(ctx context.Context, p access.Pass, id AwardID, part PartID) error {
	return s.doing(ctx, p, Lead, id, leads, func(tx *db.Tx, x standing) error {
		i := slices.IndexFunc(x.parts, func(q Part) bool { return q.ID == part && q.EndedMs == nil })
		if i < 0 {
			return fault.Gone("part")
		}
		leading := 0
		for _, q := range x.parts {
			if q.EndedMs == nil && q.Part == PartLead {
				leading++
			}
		}
		if x.parts[i].Part == PartLead && leading == 1 {
			return fault.New(fault.Conflict, "Name the next lead first, so that the award is never without one.")
		}
		if x.parts[i].Part == PartAssessor && x.Frozen != nil {
			list, err := verdictsOf(tx, id)
			if err != nil {
				return err
			}
			k, err := known(tx, x)
			if err != nil {
				return err
			}
			still := k.fits(x.parts[i].StaffID, PartAssessor) && k.mayNotAssess(x.parts[i].StaffID) == ""
			if still && slices.ContainsFunc(list, func(v Verdict) bool { return v.No == *x.Frozen }) {
				return fault.New(fault.Conflict, "%s has begun to assess. The assessor can't be changed until the award is decided.", x.parts[i].Name)
			}
		}
		_, err := endPart(tx, id, part)
		return err
	})
}
