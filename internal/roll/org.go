package roll

import (
	"context"
	"regexp"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// Org is a school, a children's centre, or a grouping of them.
type Org struct {
	ID            OrgID
	Code          string
	Name          string
	Type          string
	Phase         string
	URN           string `db:"urn"`
	LAESTAB       string `db:"laestab"`
	Place         string
	Context       string
	Opened        string
	Closed        string
	FSMPercent    *float64 `db:"fsm_percent"`
	StatedSchools *int
	StatedCentres *int
}

const orgColumns = `o.id, o.code, o.name, o.type, o.phase, o.urn, o.laestab, o.place, o.context, o.opened, o.closed, o.fsm_percent, o.stated_schools, o.stated_centres`

// OrgTypes are the kinds of organisation, with the words for them.
var OrgTypes = []struct{ Type, Words string }{
	{"school", "School"}, {"centre", "Children's centre"}, {"cluster", "Cluster"}, {"trust", "Trust"}, {"authority", "Local authority"}, {"agency", "Partner agency"},
}

// TypeWords says the kind of an organisation.
func (o Org) TypeWords() string {
	for _, t := range OrgTypes {
		if t.Type == o.Type {
			return t.Words
		}
	}
	return o.Type
}

// Grouping tells whether other organisations can belong to this one.
func (o Org) Grouping() bool {
	return o.Type == "cluster" || o.Type == "trust" || o.Type == "authority"
}

var codeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)

// AddOrg records an organisation and, when in is not empty, its membership of that grouping from today.
func (s *Service) AddOrg(ctx context.Context, why string, o Org, in string) (Org, error) {
	o.Code, o.Name = strings.TrimSpace(o.Code), strings.TrimSpace(o.Name)
	var f fault.Fields
	if !codeShape.MatchString(o.Code) {
		f.Add("code", "The code %q will not do: use up to 40 letters, digits, dots, dashes or underlines, for example OAKFIELD.", o.Code)
	}
	if o.Name == "" {
		f.Add("name", "Give the organisation a name.")
	}
	known := false
	var types []string
	for _, t := range OrgTypes {
		known = known || t.Type == o.Type
		types = append(types, t.Type)
	}
	if !known {
		f.Add("type", "%q is not a type of organisation. The types are: %s.", o.Type, strings.Join(types, ", "))
	}
	if err := f.Err(); err != nil {
		return o, err
	}
	err := s.DB.Update(ctx, access.Installation(why), func(tx *db.Tx) error {
		added, err := addOrg(tx, &o)
		if err != nil {
			return err
		}
		if !added {
			return fault.Field("code", "There is already an organisation with the code %s.", o.Code)
		}
		if in == "" {
			return nil
		}
		g, err := orgByCode(tx, in)
		if err != nil {
			return err
		}
		return join(tx, o, g, tx.Today())
	})
	return o, err
}

// addOrg gives an organisation its key and keeps it. It is false when the code is taken; then nothing is done.
func addOrg(tx *db.Tx, o *Org) (bool, error) {
	o.ID = ids.New[Org]()
	n, err := tx.Exec(`insert into roll_org (id, code, name, type, phase, urn, laestab, place, context, opened, closed, fsm_percent, stated_schools, stated_centres, made_ms)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (code) do nothing`,
		o.ID, o.Code, o.Name, o.Type, o.Phase, o.URN, o.LAESTAB, o.Place, o.Context, o.Opened, o.Closed, o.FSMPercent, o.StatedSchools, o.StatedCentres, tx.Now())
	return n == 1, err
}

func orgByCode(tx *db.Tx, code string) (Org, error) {
	o, found, err := db.Maybe[Org](tx, `select `+orgColumns+` from roll_org o where o.code = $1`, code)
	if err == nil && !found {
		err = fault.Field("code", "There is no organisation with the code %s. `ajar org list` shows those there are.", code)
	}
	return o, err
}

func join(tx *db.Tx, member, grouping Org, from string) error {
	if !grouping.Grouping() {
		return fault.Field("in", "%s is a %s, and only a cluster, a trust or a local authority has members.", grouping.Name, strings.ToLower(grouping.TypeWords()))
	}
	if member.ID == grouping.ID {
		return fault.Field("in", "%s can't be a member of itself.", member.Name)
	}
	_, err := tx.Exec(`insert into roll_membership (id, member, grouping, starts) values ($1, $2, $3, $4) on conflict (member, grouping, starts) do nothing`,
		ids.New[Member](), member.ID, grouping.ID, from)
	return err
}

// OrgByCode finds an organisation by its code.
func (s *Service) OrgByCode(ctx context.Context, code string) (o Org, err error) {
	err = s.DB.View(ctx, access.Installation("look an organisation up by its code"), func(tx *db.Tx) error {
		o, err = orgByCode(tx, code)
		return err
	})
	return o, err
}

// OrgByID finds an organisation by its key.
func (s *Service) OrgByID(ctx context.Context, id OrgID) (o Org, err error) {
	err = s.DB.View(ctx, access.Installation("name the organisation of a session"), func(tx *db.Tx) error {
		var found bool
		o, found, err = db.Maybe[Org](tx, `select `+orgColumns+` from roll_org o where o.id = $1`, id)
		if err == nil && !found {
			err = fault.Gone("organisation")
		}
		return err
	})
	return o, err
}

// Orgs lists every organisation by name.
func (s *Service) Orgs(ctx context.Context) (out []Org, err error) {
	err = s.DB.View(ctx, access.Installation("list the organisations"), func(tx *db.Tx) error {
		out, err = db.All[Org](tx, `select `+orgColumns+` from roll_org o order by o.type, o.name, o.id`)
		return err
	})
	return out, err
}

// Members lists the organisations that belong to a grouping on a day.
func (s *Service) Members(ctx context.Context, grouping OrgID, day string) (out []Org, err error) {
	err = s.DB.View(ctx, access.Installation("list the members of a grouping"), func(tx *db.Tx) error {
		out, err = db.All[Org](tx, `select `+orgColumns+` from roll_org o join roll_membership m on m.member = o.id
			where m.grouping = $1 and m.starts <= $2 and m.ends >= $2 order by o.type desc, o.name, o.id`, grouping, day)
		return err
	})
	return out, err
}
