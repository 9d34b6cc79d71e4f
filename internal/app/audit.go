package app

import (
	"context"

	"ajar/internal/admin"
	"ajar/internal/audit"
	auditweb "ajar/internal/audit/web"
	"ajar/internal/conversations"
	conversationsweb "ajar/internal/conversations/web"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/kit/web"
	"ajar/internal/plans"
	plansweb "ajar/internal/plans/web"
	"ajar/internal/practice"
	practiceweb "ajar/internal/practice/web"
	"ajar/internal/roll"
	"ajar/internal/ui"
)

// joinAudit joins audits with the rooms beside them: the family's door, by which parents answer, the first page of staff, and what can serve as evidence.
func (a *App) joinAudit() {
	a.Family.Offer(family.Thing{Key: audit.AskThing, Words: auditweb.Words, Path: func(key int64) string { return auditweb.OwnPath(audit.AuditID(key)) },
		Items: func(tx *db.Tx, adult roll.AdultID, child roll.TiedPupil) (out []family.Item, err error) {
			list, err := audit.Offered(tx, adult)
			for _, o := range list {
				title, note, told := auditweb.Item(o)
				out = append(out, family.Item{Key: int64(o.Audit.ID), Title: title, Note: note, Told: told, New: true})
			}
			return out, err
		}})
	a.Admin.AddHome(admin.HomePanel{Order: 30, Need: audit.Rate, Show: auditweb.HomePanel})
	a.Audit.Sources = append(a.Audit.Sources, func(ctx context.Context, p access.Pass) (out []audit.Source, err error) {
		if !p.Has(conversations.Cover) {
			return nil, nil
		}
		list, err := a.Conversations.ProgrammeNames(ctx, p)
		for _, x := range list {
			out = append(out, audit.Source{Title: "Families reached: " + x.Name, Address: conversationsweb.CoverageOf(x.ID)})
		}
		return out, err
	}, func(ctx context.Context, p access.Pass) (out []audit.Source, err error) {
		if !p.Has(plans.See) {
			return nil, nil
		}
		o, err := a.Plans.Overview(ctx, p)
		for _, x := range o.Plans { // the page without names, which whoever comes from outside may read too
			out = append(out, audit.Source{Title: "Plan: " + x.Title, Address: plansweb.ExtractPath(x.ID)})
		}
		return out, err
	})
}

// joinPractice offers the question about an activity to parents, by their own door.
func (a *App) joinPractice() {
	a.Family.Offer(family.Thing{Key: "practice.depth", Words: practiceweb.Words, Path: func(key int64) string { return practiceweb.OwnPath(ids.ID[practice.Activity](key)) },
		Items: func(tx *db.Tx, adult roll.AdultID, _ roll.TiedPupil) (out []family.Item, err error) {
			list, err := practice.Offered(tx, adult)
			for _, x := range list {
				title, args, note, told := practiceweb.Item(x)
				out = append(out, family.Item{Key: int64(x.ID), Title: title, Args: args, Note: note, Told: told, New: true})
			}
			return out, err
		}})
}

// leaf begins a page of the family's door for the questions of a room to parents.
func (a *App) leaf(q *web.Req, title say.Msg, args ...say.Args) (ui.LeafData, error) {
	return familyweb.Leaf(q, a.Family, title, args...)
}
