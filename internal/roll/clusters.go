package roll

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

//go:embed clusters.yaml
var clusterFile []byte

// clusterEntry is one cluster of the file.
type clusterEntry struct {
	Code, Name, Place string
	Stated            int
	Schools           yaml.MapSlice // kind → how many, in the order of the table
	Centres           int
	Context           string
	Merged            *struct {
		Closed   int
		Kind, On string
	}
	FreeMeals *struct{ Lowest, Highest float64 } `yaml:"free_meals"`
}

// ClusterReport tells what LoadClusters found and made.
type ClusterReport struct {
	Clusters int      `json:"clusters"`
	Stated   int      `json:"stated"`  // schools, as the table states them
	Listed   int      `json:"listed"`  // schools, by its breakdown
	Centres  int      `json:"centres"` // children's centres
	Created  int      `json:"created"` // organisations that were not here before
	Warnings []string `json:"warnings"`
}

// LoadClusters brings in the ten clusters of the report (table C01), with a numbered place for each school and centre. What is here already stays as it is. Where the
// stated number and the breakdown differ the report says so, and nothing is mended: only people know which is right.
func (s *Service) LoadClusters(ctx context.Context, why string) (*ClusterReport, error) {
	var file struct{ Clusters []clusterEntry }
	if err := yaml.Unmarshal(clusterFile, &file); err != nil {
		return nil, fmt.Errorf("reading the list of clusters: %w", err)
	}
	r := &ClusterReport{Warnings: []string{}}
	err := s.DB.Update(ctx, access.Installation(why), func(tx *db.Tx) error {
		for _, c := range file.Clusters {
			if err := r.load(tx, c); err != nil {
				return fmt.Errorf("cluster %s: %w", c.Name, err)
			}
		}
		return r.check(tx, file.Clusters)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (r *ClusterReport) load(tx *db.Tx, c clusterEntry) error {
	cluster := Org{Code: c.Code, Name: c.Name, Type: "cluster", Place: c.Place, Context: strings.TrimSpace(c.Context), StatedSchools: &c.Stated, StatedCentres: &c.Centres}
	if added, err := r.add(tx, &cluster); err != nil || !added {
		return err // a cluster that is here may have been worked on since; it is left as a whole
	}
	shares := []float64{}
	if c.FreeMeals != nil {
		shares = []float64{c.FreeMeals.Lowest, c.FreeMeals.Highest}
	}
	for _, item := range c.Schools {
		kind, n := fmt.Sprint(item.Key), 0
		if _, err := fmt.Sscan(fmt.Sprint(item.Value), &n); err != nil {
			return fmt.Errorf("the number of schools of the kind %s: %w", kind, err)
		}
		for i := 1; i <= n; i++ {
			school := Org{Code: fmt.Sprintf("%s-%s-%d", c.Code, clusterCode(kind), i), Name: fmt.Sprintf("%s %s %d", c.Name, kind, i), Type: "school", Phase: kind, Place: c.Place}
			if len(shares) > 0 {
				school.FSMPercent, shares = &shares[0], shares[1:]
			}
			from := Always
			newOne := c.Merged != nil && c.Merged.Kind == kind && i == 1
			if newOne {
				school.Opened, from = c.Merged.On, c.Merged.On
			}
			if err := r.member(tx, &school, cluster, from); err != nil {
				return err
			}
			if newOne {
				if err := r.forerunners(tx, c, school, cluster); err != nil {
					return err
				}
			}
		}
	}
	for i := 1; i <= c.Centres; i++ {
		centre := Org{Code: fmt.Sprintf("%s-CENTRE-%d", c.Code, i), Name: fmt.Sprintf("%s children's centre %d", c.Name, i), Type: "centre", Place: c.Place}
		if err := r.member(tx, &centre, cluster, Always); err != nil {
			return err
		}
	}
	return nil
}

// clusterCode makes "nursery and infant" NURSERYINFANT.
func clusterCode(kind string) string {
	return strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(kind, " and ", " ")), ""))
}

func (r *ClusterReport) add(tx *db.Tx, o *Org) (bool, error) {
	added, err := addOrg(tx, o)
	if added {
		r.Created++
	}
	return added, err
}

func (r *ClusterReport) member(tx *db.Tx, o *Org, cluster Org, from string) error {
	added, err := r.add(tx, o)
	if err != nil {
		return err
	}
	if !added {
		kept, err := orgByCode(tx, o.Code)
		if err != nil {
			return err
		}
		*o = kept
	}
	return join(tx, *o, cluster, from)
}

// forerunners are the schools that closed when a new one took their place.
func (r *ClusterReport) forerunners(tx *db.Tx, c clusterEntry, successor, cluster Org) error {
	var before []OrgID
	for i := 1; i <= c.Merged.Closed; i++ {
		old := Org{Code: fmt.Sprintf("%s-FORMER-%d", c.Code, i), Name: fmt.Sprintf("%s former %s %d", c.Name, c.Merged.Kind, i), Type: "school", Phase: c.Merged.Kind, Place: c.Place}
		if err := r.member(tx, &old, cluster, Always); err != nil {
			return err
		}
		before = append(before, old.ID)
	}
	return merge(tx, before, successor.ID, c.Merged.On)
}

// check counts what is here now, and says where it differs from what is stated.
func (r *ClusterReport) check(tx *db.Tx, clusters []clusterEntry) error {
	tree, err := orgTree(tx, tx.Today())
	if err != nil {
		return err
	}
	at := map[string]Branch{}
	var walk func([]Branch)
	walk = func(list []Branch) {
		for _, b := range list {
			at[b.Code] = b
			walk(b.Members)
		}
	}
	walk(tree)
	for _, c := range clusters {
		b := at[c.Code]
		schools, centres := b.Counted()
		r.Clusters++
		r.Listed += schools
		r.Centres += centres
		if b.StatedSchools != nil {
			r.Stated += *b.StatedSchools
		}
		r.Warnings = append(r.Warnings, b.Doubts()...)
	}
	return nil
}

// Close ends an organisation on its last day. It stays in the list with its history, and its memberships end with it.
func (s *Service) Close(ctx context.Context, p access.Pass, id OrgID, day string) error {
	if err := p.CheckAll(Organise); err != nil {
		return err
	}
	last, err := lastDay(day)
	if err != nil {
		return err
	}
	return s.DB.Update(ctx, access.Installation("close an organisation"), func(tx *db.Tx) error {
		if err := endOrg(tx, id, last); err != nil {
			return err
		}
		return succeed(tx, int64(ids.New[Turn]()), id, 0, last, "closure")
	})
}

// Merge closes organisations and lets another take their place from a day on: in the groupings where they were, it is a member from then. Lists of a
// day before show them as they were.
func (s *Service) Merge(ctx context.Context, p access.Pass, before []OrgID, into OrgID, day string) error {
	if err := p.CheckAll(Organise); err != nil {
		return err
	}
	day, err := lastDay(day)
	if err != nil {
		return err
	}
	if len(before) == 0 {
		return fault.Field("before", "Say which organisations are merged.")
	}
	return s.DB.Update(ctx, access.Installation("merge organisations"), func(tx *db.Tx) error { return merge(tx, before, into, day) })
}

func lastDay(text string) (string, error) {
	d, err := ParseDate(text, DateStyle{})
	if err != nil || d.ISO == "" {
		return "", fault.Field("day", "%q is not a day. Write it like 31/08/2026.", text)
	}
	return d.ISO, nil
}

func merge(tx *db.Tx, before []OrgID, into OrgID, day string) error {
	after, err := orgByKey(tx, into)
	if err != nil {
		return err
	}
	for _, id := range before {
		if id == into {
			return fault.Field("into", "%s can't be merged into itself.", after.Name)
		}
		last := dayBefore(day)
		in, err := groupingsOn(tx, id, last)
		if err != nil {
			return err
		}
		if err := endOrg(tx, id, last); err != nil {
			return err
		}
		for _, g := range in {
			grouping, err := orgByKey(tx, g)
			if err != nil {
				return err
			}
			there, err := groupingsOn(tx, into, day)
			if err != nil {
				return err
			}
			if !slices.Contains(there, g) {
				if err := join(tx, after, grouping, day); err != nil {
					return err
				}
			}
		}
		if err := succeed(tx, int64(ids.New[Turn]()), id, into, day, "merger"); err != nil {
			return err
		}
	}
	return nil
}

func endOrg(tx *db.Tx, id OrgID, last string) error {
	o, err := orgByKey(tx, id)
	if err != nil {
		return err
	}
	n, err := closeOrg(tx, id, last)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "%s closed on %s already.", o.Name, o.Closed)
	}
	return endMemberships(tx, id, last)
}

func orgByKey(tx *db.Tx, id OrgID) (Org, error) {
	o, found, err := db.Maybe[Org](tx, `select `+orgColumns+` from roll_org o where o.id = $1`, id)
	if err == nil && !found {
		err = fault.Gone("organisation")
	}
	return o, err
}
