package roll

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Reason is one reason why a member of staff sees pupils, with those whom it is about.
type Reason struct {
	Kind   string // key_teacher, family_worker, cover (assigned as cover), class, standin
	What   string // the class
	Away   string // the colleague who is away
	Ends   string // the last day, for somebody who stands in
	Pupils []PupilHit
}

type reasonRow struct {
	Kind, What, Away, Ends           string
	ID                               PupilID
	Forename, Surname, KnownAs, Year string
}

// Because finishes the sentence "You see 14 pupils because …" for the person themself, and "Declan Frost sees 14 pupils because …" for others.
func (r Reason) Because(you bool, day func(string) string) string {
	are, teach, cover := "they are", "they teach", "they cover for"
	if you {
		are, teach, cover = "you are", "you teach", "you cover for"
	}
	whose := "their"
	if len(r.Pupils) == 1 {
		whose = "the child's"
	}
	until := ""
	if d := day(r.Ends); d != "" {
		until = " until " + d
	}
	switch r.Kind {
	case "class":
		return teach + " " + r.What
	case "standin":
		if r.What != "" {
			return cover + " " + r.Away + ", who teaches " + r.What + until
		}
		return cover + " " + r.Away + until
	case "cover":
		return are + " assigned as cover" + until
	}
	return are + " " + whose + " " + strings.ToLower(PartWords(r.Kind)) + until
}

// SightOf is what one member of staff may see today, and why.
type SightOf struct {
	Staff    Staff
	You      bool
	Today    string
	Posts    []Post       // in force today
	Coming   []Post       // that begin later
	Scope    access.Scope // of See, by the roles of today
	Reasons  []Reason     // by name; only for those who see some pupils and not all
	Distinct int          // how many pupils in all
}

// Roles are those held today.
func (s SightOf) Roles() (out []access.Role) {
	for _, p := range s.Posts {
		if !slices.Contains(out, p.Role) {
			out = append(out, p.Role)
		}
	}
	return out
}

// Pupils are those of all reasons, each once.
func (s SightOf) Pupils() (out []PupilHit) {
	for _, r := range s.Reasons {
		for _, p := range r.Pupils {
			if !slices.ContainsFunc(out, func(x PupilHit) bool { return x.ID == p.ID }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// WhatTheySee says what a member of staff may see today, and why. People see it about themselves; those who look after the settings, about anyone.
func (s *Service) WhatTheySee(ctx context.Context, p access.Pass, id StaffID) (out SightOf, err error) {
	own := id != 0 && int64(id) == p.Who().Staff
	if !own {
		if err := p.CheckAll(Settings); err != nil {
			return out, err
		}
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = sightOf(tx, id)
		out.You = own
		return err
	})
	return out, err
}

// OwnSight is the same about the person of the pass, inside the transaction of another page.
func OwnSight(tx *db.Tx) (out SightOf, err error) {
	out, err = sightOf(tx, StaffID(tx.Pass().Who().Staff))
	out.You = true
	return out, err
}

func sightOf(tx *db.Tx, id StaffID) (out SightOf, err error) {
	all, err := colleagues(tx)
	if err != nil {
		return out, err
	}
	i := slices.IndexFunc(all, func(c Colleague) bool { return c.ID == id })
	if i < 0 {
		return out, fault.Gone("colleague")
	}
	out.Staff, out.Today = all[i].Staff, tx.Today()
	for _, p := range all[i].Posts {
		switch {
		case p.HeldOn(out.Today) && out.Staff.Ends >= out.Today:
			out.Posts = append(out.Posts, p)
			out.Scope = max(out.Scope, See.Roles[p.Role])
		case p.Starts > out.Today:
			out.Coming = append(out.Coming, p)
		}
	}
	if out.Scope != access.Own {
		return out, nil
	}
	out.Reasons, out.Distinct, err = reasons(tx, id, 0)
	return out, err
}

func reasons(tx *db.Tx, staff StaffID, pupil PupilID) (out []Reason, distinct int, err error) {
	rows, err := reasonRows(tx, staff, pupil)
	if err != nil {
		return nil, 0, err
	}
	seen := map[PupilID]bool{}
	for _, x := range rows {
		ends := ""
		if x.Kind == "standin" {
			ends = x.Ends
		}
		i := slices.IndexFunc(out, func(r Reason) bool { return r.Kind == x.Kind && r.What == x.What && r.Away == x.Away && r.Ends == ends })
		if i < 0 {
			i = len(out)
			out = append(out, Reason{Kind: x.Kind, What: x.What, Away: x.Away, Ends: ends})
		}
		if !slices.ContainsFunc(out[i].Pupils, func(h PupilHit) bool { return h.ID == x.ID }) {
			out[i].Pupils = append(out[i].Pupils, PupilHit{ID: x.ID, Forename: x.Forename, Surname: x.Surname, KnownAs: x.KnownAs, Year: x.Year})
		}
		seen[x.ID] = true
	}
	order := []string{"key_teacher", "family_worker", "class", "standin", "cover"}
	slices.SortStableFunc(out, func(a, b Reason) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return out, len(seen), nil
}

// whyISee says to the person of the pass why a pupil's record opens for them. It finishes "You see Amira because".
func whyISee(tx *db.Tx, pupil PupilID, day func(string) string) (out []string, err error) {
	w := tx.Pass().Who()
	for _, r := range w.Roles {
		if See.Roles[r] == access.All {
			out = append(out, fmt.Sprintf("your role “%s” opens every pupil", RoleWords[r]))
		}
	}
	if w.Staff == 0 {
		return out, nil
	}
	list, _, err := reasons(tx, StaffID(w.Staff), pupil)
	for _, r := range list {
		out = append(out, r.Because(true, day))
	}
	return out, err
}

// longDay writes a date as people read it; an open end is nothing.
func longDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || day >= ForGood {
		return ""
	}
	return t.Format("2 January 2006")
}
