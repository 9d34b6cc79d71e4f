package sharing

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "sharing", Files: sub}
}

// Service is what can be done about working together.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	// Figures gives a school's figures as they may leave it, small numbers hidden. A capability above sets it; without it the page says that there are none.
	Figures  func(ctx context.Context, from roll.OrgID) ([]Line, error)
	sections []Section
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service { return &Service{DB: d, Roll: r} }

// Offer adds a section to hand-over packs, while the program is put together.
func (s *Service) Offer(x Section) { s.sections = append(s.sections, x) }

// Partner is one agreement as a school sees it.
type Partner struct {
	Agreement
	OtherID   roll.OrgID
	OtherName string
	Gives     map[Flow]bool // what we let flow to them
	Gets      map[Flow]bool // what they let flow to us
	Shared    int           // families of ours that they may know by name today
	Force     bool          // in force today
}

// Group is a cluster, trust or authority that we belong to, and whether our figures go there.
type Group struct {
	roll.Org
	Counts bool
}

// Overview is the page of working together.
type Overview struct {
	Partners []Partner
	Groups   []Group
	Packs    int // received and not opened yet
	Mine     []roll.Org
}

// Overview lists the agreements, the latest first, and the groupings.
func (s *Service) Overview(ctx context.Context, p access.Pass) (o Overview, err error) {
	if _, err := p.Check(See); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := agreementsOf(tx)
		if err != nil {
			return err
		}
		for _, a := range list {
			one, err := partner(tx, a)
			if err != nil {
				return err
			}
			o.Partners = append(o.Partners, one)
		}
		groups, err := groupingsOf(tx)
		if err != nil {
			return err
		}
		o.Mine = groups
		for _, g := range groups {
			on, err := gives(tx, roll.OrgID(p.Org()), g.ID, Counts, true)
			if err != nil {
				return err
			}
			o.Groups = append(o.Groups, Group{g, on})
		}
		o.Packs, err = db.One[int](tx, `select count(*) from sharing_pack where org_id = $1 and direction = 'received' and opened_ms is null`)
		return err
	})
	return o, err
}

func partner(tx *db.Tx, a Agreement) (out Partner, err error) {
	us := tx.Pass().Org()
	out = Partner{Agreement: a, Gives: map[Flow]bool{}, Gets: map[Flow]bool{}, Force: a.InForce(tx.Today())}
	out.OtherID, out.OtherName = a.Other(us)
	for _, f := range Flows {
		if out.Gives[f], err = gives(tx, roll.OrgID(us), out.OtherID, f, false); err != nil {
			return out, err
		}
		if out.Gets[f], err = gives(tx, out.OtherID, roll.OrgID(us), f, false); err != nil {
			return out, err
		}
	}
	if !out.Force {
		out.Gives, out.Gets = map[Flow]bool{}, map[Flow]bool{}
	}
	out.Shared, err = db.One[int](tx, `select count(*) from sharing_family where org_id = $1 and agreement = $2 and starts <= $3 and ends >= $3`, a.ID, tx.Today())
	return out, err
}

// Invite gives a code for the head of another school. It is shown once; only its hash stays.
func (s *Service) Invite(ctx context.Context, p access.Pass, t Terms) (code string, err error) {
	if err := p.CheckAll(Agree); err != nil {
		return "", err
	}
	code = newCode()
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if err := t.judge(tx.Today()); err != nil {
			return err
		}
		var grouping *roll.OrgID
		if t.Grouping != 0 {
			groups, err := groupingsOf(tx)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(groups, func(g roll.Org) bool { return g.ID == t.Grouping }) {
				return fault.Field("grouping", "Your school does not belong to this cluster, so it can't invite others into it.")
			}
			grouping = &t.Grouping
		}
		if err := tx.Within(access.Installation("keep the code by which a school invites another"), func(in *db.Tx) error {
			_, err := in.Exec(`insert into sharing_code (code_hash, org, grouping, purpose, basis, review_on, gives, made_by, made_ms, ends_ms)
				values ($1, $2, cast($3 as bigint), $4, $5, $6, $7, $8, $9, $10)`, hashCode(code), p.Org(), grouping, strings.TrimSpace(t.Purpose), strings.TrimSpace(t.Basis), t.ReviewOn,
				joinFlows(t.Gives), p.Who().Name, in.Now(), in.Now()+CodeDays*24*3600*1000)
			return err
		}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: p.Org(), Words: "A code was made that invites another school to share."})
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

func joinFlows(list []Flow) string {
	var out []string
	for _, f := range list {
		out = append(out, string(f))
	}
	return strings.Join(out, " ")
}

// Offered is what a code stands for, before anybody has signed.
type Offered struct {
	Org       roll.OrgID
	OrgName   string
	Grouping  *roll.OrgID
	GroupName string
	Purpose   string
	Basis     string
	ReviewOn  string
	Gives     string
	MadeBy    string
	EndsMs    int64
}

// GivesFlows are the flows that the inviting school offers.
func (o Offered) GivesFlows() []Flow { return readFlows(strings.Fields(o.Gives)) }

// noCode is the answer to every code that opens nothing, so that trying codes tells nobody anything.
func noCode() error {
	return fault.Field("code", "This code opens nothing. It may have been used, or be more than %d days old, or a letter may be wrong. Ask the other head to read it to you, or to make a new one.", CodeDays)
}

// Enter reads a code. It uses nothing up: the head sees what is offered before signing.
func (s *Service) Enter(ctx context.Context, p access.Pass, code string) (o Offered, err error) {
	if err := p.CheckAll(Agree); err != nil {
		return o, err
	}
	err = s.DB.View(ctx, access.Installation("read what a school's code offers"), func(tx *db.Tx) error {
		o, err = offered(tx, code, p.Org())
		return err
	})
	return o, err
}

func offered(tx *db.Tx, code string, us int64) (Offered, error) {
	o, found, err := db.Maybe[Offered](tx, `select c.org, o.name as org_name, c.grouping, coalesce(g.name, '') as group_name, c.purpose, c.basis, c.review_on, c.gives, c.made_by, c.ends_ms
		from sharing_code c join roll_org o on o.id = c.org left join roll_org g on g.id = c.grouping
		where c.code_hash = $1 and c.used_ms is null and c.ends_ms >= $2`, hashCode(code), tx.Now())
	if err != nil {
		return o, err
	}
	if !found {
		return o, noCode()
	}
	if int64(o.Org) == us {
		return o, fault.Field("code", "This is your own school's code. Give it to the head of the other school.")
	}
	return o, nil
}

// Sign enters a code for good: both schools have agreed from today on, and what each gives flows. Where the code is for a cluster the school joins it.
func (s *Service) Sign(ctx context.Context, p access.Pass, code string, gives []Flow) (id AgreementID, err error) {
	if err := p.CheckAll(Agree); err != nil {
		return 0, err
	}
	id = ids.New[Agreement]()
	us, name := p.Org(), p.Who().Name
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		var o Offered
		if err := tx.Within(access.Installation("sign an agreement between two schools"), func(in *db.Tx) (err error) {
			if o, err = offered(in, code, us); err != nil {
				return err
			}
			used, err := in.Exec(`update sharing_code set used_ms = $2 where code_hash = $1 and used_ms is null`, hashCode(code), in.Now())
			if err != nil {
				return err
			}
			if used == 0 { // somebody else signed while this page was open
				return noCode()
			}
			twice, err := db.One[int](in, `select count(*) from sharing_agreement where (org_a = $1 and org_b = $2 or org_a = $2 and org_b = $1) and ends >= $3`, us, o.Org, in.Today())
			if err != nil {
				return err
			}
			if twice > 0 {
				return fault.Field("code", "Your school and %s have an agreement already. Change what flows there, or leave it first.", o.OrgName)
			}
			if _, err := in.Exec(`insert into sharing_agreement (id, org_a, org_b, grouping, purpose, basis, review_on, signed_a, signed_b, starts, made_ms)
				values ($1, $2, $3, cast($4 as bigint), $5, $6, $7, $8, $9, $10, $11)`, id, o.Org, us, o.Grouping, o.Purpose, o.Basis, o.ReviewOn, o.MadeBy, name, in.Today(), in.Now()); err != nil {
				return err
			}
			for _, f := range Flows {
				if err := allow(in, o.Org, roll.OrgID(us), f, slices.Contains(o.GivesFlows(), f), o.MadeBy); err != nil {
					return err
				}
				if err := allow(in, roll.OrgID(us), o.Org, f, slices.Contains(gives, f), name); err != nil {
					return err
				}
			}
			if o.Grouping == nil {
				return nil
			}
			if err := roll.JoinGrouping(in, roll.OrgID(us), *o.Grouping); err != nil {
				return err
			}
			return allow(in, roll.OrgID(us), *o.Grouping, Counts, slices.Contains(gives, Counts), name)
		}); err != nil {
			return err
		}
		return bothTrails(tx, int64(o.Org), fmt.Sprintf("%s signed an agreement with %s.", name, o.OrgName), fmt.Sprintf("%s signed the agreement that %s had offered.", name, o.MadeBy))
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// bothTrails writes what happened between two schools into the trail of each.
func bothTrails(tx *db.Tx, other int64, ours, theirs string) error {
	if err := trail.Write(tx, trail.Entry{Kind: trail.Agreement, About: "school", Key: other, Words: ours}); err != nil {
		return err
	}
	us := tx.Pass().Org()
	return tx.Within(access.System("tell the other school's trail of an agreement", other), func(in *db.Tx) error {
		return trail.Write(in, trail.Entry{Kind: trail.Agreement, About: "school", Key: us, Words: theirs})
	})
}

// Agreement opens one agreement of the school.
func (s *Service) Agreement(ctx context.Context, p access.Pass, id AgreementID) (out Partner, err error) {
	if _, err := p.Check(See); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		a, err := agreementOf(tx, id)
		if err != nil {
			return err
		}
		out, err = partner(tx, a)
		return err
	})
	return out, err
}

// Allow says what flows to the other school from now on.
func (s *Service) Allow(ctx context.Context, p access.Pass, id AgreementID, list []Flow) error {
	if err := p.CheckAll(Agree); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := inForce(tx, id)
		if err != nil {
			return err
		}
		other, name := a.Other(p.Org())
		if err := tx.Within(access.Installation("change what flows between two schools"), func(in *db.Tx) error {
			for _, f := range Flows {
				if err := allow(in, roll.OrgID(p.Org()), other, f, slices.Contains(list, f), p.Who().Name); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		words := cmp.Or(flowList(list), "nothing")
		return bothTrails(tx, int64(other), fmt.Sprintf("What flows to %s: %s.", name, words), fmt.Sprintf("What the other school lets flow to you: %s.", words))
	})
}

func flowList(list []Flow) string {
	var out []string
	for _, f := range list {
		out = append(out, ShortFlow[f])
	}
	return strings.Join(out, ", ")
}

// AllowGroup says whether the school's figures go to a grouping that it belongs to.
func (s *Service) AllowGroup(ctx context.Context, p access.Pass, grouping roll.OrgID, counts bool) error {
	if err := p.CheckAll(Agree); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		g, err := ourGroup(tx, grouping)
		if err != nil {
			return err
		}
		if err := tx.Within(access.Installation("change what flows to a cluster"), func(in *db.Tx) error {
			return allow(in, roll.OrgID(p.Org()), grouping, Counts, counts, p.Who().Name)
		}); err != nil {
			return err
		}
		words := "no longer go"
		if counts {
			words = "go"
		}
		return bothTrails(tx, int64(grouping), fmt.Sprintf("The school's figures %s to %s.", words, g.Name), fmt.Sprintf("The figures of a member %s to you.", words))
	})
}

// LeaveGroup ends the school's membership in a grouping today.
func (s *Service) LeaveGroup(ctx context.Context, p access.Pass, grouping roll.OrgID, why string) error {
	if err := p.CheckAll(Agree); err != nil {
		return err
	}
	if strings.TrimSpace(why) == "" {
		return fault.Field("why", "Write why, in a sentence. The others will see it.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		g, err := ourGroup(tx, grouping)
		if err != nil {
			return err
		}
		if err := tx.Within(access.Installation("leave a cluster"), func(in *db.Tx) error {
			if err := allow(in, roll.OrgID(p.Org()), grouping, Counts, false, p.Who().Name); err != nil {
				return err
			}
			return roll.LeaveGrouping(in, roll.OrgID(p.Org()), grouping)
		}); err != nil {
			return err
		}
		return bothTrails(tx, int64(grouping), fmt.Sprintf("The school left %s: %s", g.Name, why), fmt.Sprintf("A member left: %s", why))
	})
}

func ourGroup(tx *db.Tx, grouping roll.OrgID) (roll.Org, error) {
	groups, err := groupingsOf(tx)
	if err != nil {
		return roll.Org{}, err
	}
	for _, g := range groups {
		if g.ID == grouping {
			return g, nil
		}
	}
	return roll.Org{}, fault.Gone("cluster")
}

// Leave ends an agreement: from the next request on nothing flows either way, and the families that either school shared are out of the other's reach.
// Packs that were received stay with the receiver, whose record they have become.
func (s *Service) Leave(ctx context.Context, p access.Pass, id AgreementID, why string) error {
	if err := p.CheckAll(Agree); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	if why == "" || len([]rune(why)) > longest {
		return fault.Field("why", "Write why, in a sentence or two. The other head will see it.")
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		a, err := inForce(tx, id)
		if err != nil {
			return err
		}
		other, name := a.Other(p.Org())
		yesterday := dayBefore(tx.Today())
		if err := tx.Within(access.Installation("end an agreement between two schools"), func(in *db.Tx) error {
			_, err := in.Exec(`update sharing_agreement set ends = $2, ended_by = $3, ended_name = $4, ended_why = $5 where id = $1`, id, yesterday, p.Org(), p.Who().Name, why)
			return err
		}); err != nil {
			return err
		}
		for _, org := range []int64{p.Org(), int64(other)} {
			if err := tx.Within(access.System("take back the families shared under an agreement that ended", org), func(in *db.Tx) error {
				_, err := in.Exec(`update sharing_family set ends = $3, ended_name = $4 where org_id = $1 and agreement = $2 and ends > $3`, id, yesterday, p.Who().Name)
				return err
			}); err != nil {
				return err
			}
		}
		return bothTrails(tx, int64(other), fmt.Sprintf("The agreement with %s was ended: %s", name, why), fmt.Sprintf("The other school ended the agreement: %s", why))
	})
}

// inForce opens an agreement of the school of the pass that holds today.
func inForce(tx *db.Tx, id AgreementID) (Agreement, error) {
	a, err := agreementOf(tx, id)
	if err == nil && !a.InForce(tx.Today()) {
		err = fault.New(fault.Conflict, "This agreement has ended. A new one begins with a new code.")
	}
	return a, err
}

// GivesCounts tells whether a member's figures may be added up for a grouping today. A member gives them unless its head has said no.
func (s *Service) GivesCounts(ctx context.Context, from, to roll.OrgID) (ok bool, err error) {
	err = s.DB.View(ctx, access.Installation("see whether a school gives its figures"), func(tx *db.Tx) error {
		ok, err = givesNow(tx, from, to, Counts, true)
		return err
	})
	return ok, err
}

// FiguresOf gives the figures that the other school of an agreement lets flow to ours.
func (s *Service) FiguresOf(ctx context.Context, p access.Pass, id AgreementID) (out []Line, ok bool, err error) {
	if _, err := p.Check(See); err != nil {
		return nil, false, err
	}
	var a Partner
	if a, err = s.Agreement(ctx, p, id); err != nil || !a.Gets[Counts] || s.Figures == nil {
		return nil, false, err
	}
	out, err = s.Figures(ctx, a.OtherID)
	return out, err == nil, err
}
