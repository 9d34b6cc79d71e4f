package family

import (
	"context"
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

// Outlets are the ways by which something about a child reaches an adult by this door. Everything else that is read of adults here stands under the one
// that it serves.
func (s *Service) Outlets() []roll.Outlet {
	return []roll.Outlet{
		{Key: "family.links", Words: "Personal links and codes", Needs: roll.Contact | roll.Information, Probe: s.linkOffered, Sent: openLinks,
			Reads: []string{"family.LinksOf", "family.enterGiven", "family.tiedTo", "family.Issue", "family.AsksOf", "family.NewOne", "family.again", "family.look", "family.sharing"}},
		{Key: "family.sending", Words: "Links sent by text and e-mail", Needs: roll.Contact | roll.Information, Probe: s.wouldSend, Reads: []string{"family.plan", "family.familiesOf", "family.waysOf", "family.SendOne", "family.MayLeave"}},
		{Key: "family.page", Words: "The adult's own page, on a device that a link opened", Needs: roll.Information, Probe: s.pageShows,
			Reads: []string{"family.identify", "family.partyOf", "family.AsParent", "family.HomeOf", "family.self", "family.Accept", "family.described"}},
		{Key: "family.held", Words: "What the school holds about the child", Needs: roll.Information, Probe: s.heldShows,
			Reads: []string{"family.enter"}},
		{Key: "family.together", Words: "The children of all connected schools on one page", Needs: roll.Information, Probe: s.togetherShows, Reads: []string{"family.connectable", "family.GoTo"}},
	}
}

func (s *Service) linkOffered(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	f, err := s.LinksOf(ctx, a.Staff, a.Pupil)
	for _, x := range f.Adults {
		out.Reached = out.Reached || x.Adult.ID == a.Adult
	}
	return out, err
}

// wouldSend asks whom a link to many would go to, and what they would read.
func (s *Service) wouldSend(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	p, err := s.Plan(ctx, a.Staff, []Wanted{{Adult: a.Adult, Pupil: a.Pupil}})
	for _, r := range p.To {
		for _, way := range []string{post.SMS, post.Email} {
			subject, body := s.Words(r.Tongue, way, Letter{Made: Made{Adult: r.Adult, Ends: p.Ends}})
			out.Text += subject + " " + body + " "
		}
		out.Reached = out.Reached || r.Adult.ID == a.Adult
	}
	return out, err
}

func (s *Service) pageShows(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	h, err := s.HomeOf(ctx, a.Own)
	if fault.KindOf(err) == fault.NotFound {
		return out, nil
	}
	for _, c := range h.Children {
		if c.Pupil.ID != a.Pupil { // what they read about another child is that child's question
			continue
		}
		out.Reached, out.Text = true, c.Pupil.Name()+" "+c.Form
		for _, i := range h.Items {
			if i.Child == c.Pupil.Name() {
				out.Text += " " + i.Title.English()
			}
		}
	}
	return out, err
}

func (s *Service) heldShows(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	c, err := s.ChildOf(ctx, a.Own, a.Pupil)
	if fault.KindOf(err) == fault.NotFound {
		return out, nil
	}
	out.Reached = true
	p := c.Child.Pupil
	text := []string{p.Name(), p.DateOfBirth, p.UPN}
	if c.Home {
		text = append(text, p.Address, p.Postcode)
	}
	for _, x := range c.Sections {
		for _, r := range x.Lines {
			text = append(text, r.Value)
		}
	}
	out.Text = strings.Join(text, " ")
	return out, err
}

func (s *Service) togetherShows(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	list, err := s.Roll.Together(ctx, a.Own)
	for _, c := range list {
		for _, x := range c.Schools {
			if x.Pupil == a.Pupil {
				out.Reached, out.Text = true, c.Name+" "+c.Year+" "+x.Name
			}
		}
	}
	return out, err
}

// openLinks are the links that were given to an adult about a child, for the page before an order is saved.
func openLinks(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) (out []roll.Sent, err error) {
	list, err := linksOf(tx, adult)
	for _, l := range list {
		if l.PupilID == nil || *l.PupilID != pupil {
			continue
		}
		words := "A personal link"
		if l.Way == ByLetter {
			words = "A letter with a personal link and a code"
		}
		out = append(out, roll.Sent{On: dayOf(l.MadeMs), Words: words, Open: stateOf(l, 1, tx.Now()) == Open})
	}
	return out, err
}
