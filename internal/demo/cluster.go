package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
)

// together lets the other schools of the cluster have audits of their own, closed and agreed, of which most let the cluster have the levels; and the
// cluster has one of itself. The secondary school gives last year's under its name.
func (l *loader) together() error {
	cluster, err := l.Roll.OrgByCode(l.ctx, ClusterCode)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(Seed, 30)) // its own, so that nothing else of the demo moves
	f := audit.Shipped()[0]
	n := 0
	for _, p := range places {
		st := l.teams[p.code]
		if p.phase == "" {
			continue
		}
		if p.phase == "secondary" {
			list, err := l.Audit.All(l.ctx, st.head)
			if err != nil {
				return err
			}
			l.at(weekday(l.today.AddDate(0, -1, 0)), 15)
			for _, a := range list {
				if a.ClosedMs != nil {
					if err := l.Audit.Give(l.ctx, st.head, a.ID, cluster.ID, audit.Named); err != nil {
						return err
					}
				}
			}
			continue
		}
		n++
		what := audit.Counted
		if n == 3 {
			what = audit.Named
		}
		for year := 1; year >= 0; year-- {
			began := weekday(l.today.AddDate(-year, -2, n))
			l.at(began, 10)
			title := map[int]string{1: "Where are we, last year", 0: "Where are we, this autumn"}[year]
			id, err := l.Audit.Start(l.ctx, st.head, audit.Setup{Title: title, Scope: audit.School, Framework: f.Code, Groups: []audit.Group{audit.Leaders, audit.Staff}, Closes: began.AddDate(0, 0, 21).Format("2006-01-02")})
			if err != nil {
				return err
			}
			var lines []audit.Line
			for i, c := range f.Criteria() {
				at := min(max(views[c.Code].before+1-year+r.IntN(3)-1, 1), audit.Levels)
				if (i+n)%11 != 0 { // not everything is agreed everywhere
					lines = append(lines, audit.Line{Row: i + 2, Criterion: c.Code, Group: audit.AgreedGroup, Rater: "team", Level: strconv.Itoa(at), Commentary: "Agreed in the staff room, with the office and two governors."})
				}
			}
			if _, err := l.Audit.TakeFile(l.ctx, access.System("make the demo", st.head.Org()), id, title, lines); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			l.at(began.AddDate(0, 0, 20), 15)
			if err := l.Audit.Close(l.ctx, st.head, id); err != nil {
				return err
			}
			if err := l.Audit.Give(l.ctx, st.head, id, cluster.ID, what); err != nil {
				return err
			}
		}
	}
	l.at(weekday(l.today.AddDate(0, 0, -12)), 11)
	system := access.System("make the demo", int64(cluster.ID))
	own, err := l.Audit.Start(l.ctx, system, audit.Setup{Title: "The Links, how we work together", Framework: f.Code, Groups: []audit.Group{audit.Leaders, audit.Partners}, Closes: l.today.AddDate(0, 0, 10).Format("2006-01-02")})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		code  string
		level int
		why   string
	}{{"C1", 3, "Heads and two parents met four times this year, with notes."}, {"C2", 3, "The list of services is kept by one of us."}, {"C3", 2, "Two agreements of six are signed."}, {"C4", 3, "Every school has looked at another one."}, {"S1", 2, "We know what ends this summer, not what follows."}} {
		if err := l.Audit.Agree(l.ctx, system, own, c.code, c.level, c.why); err != nil {
			return err
		}
	}
	l.at(weekday(l.today.AddDate(0, 0, -5)), 11)
	return l.Audit.MakePicture(l.ctx, system, f.Code, "")
}
