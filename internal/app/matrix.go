package app

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/roll"
)

// cases is what the tests of this folder tried and saw: TestMatrix and TestEveryVerbIsAccountedFor write it (go test ./internal/app -update) and fail
// when it is no longer true.
//
//go:embed testdata/matrix.json
var cases []byte

// Cases are the verbs and routes that were tried, with what came of it.
type Cases struct {
	Verbs  []VerbCase  `json:"verbs"`
	Routes []RouteCase `json:"routes"`
}

// VerbCase is one verb of a service, and who was let in when it was tried. Except says why a verb is not tried like the others.
type VerbCase struct {
	Verb    string `json:"verb"`
	Allowed string `json:"allowed,omitempty"`
	Denied  string `json:"denied,omitempty"`
	Other   string `json:"other_organisation,omitempty"`
	None    string `json:"no_pass,omitempty"`
	Order   string `json:"order,omitempty"`
	Except  string `json:"except,omitempty"`
}

// RouteCase is one address, and what each role saw when it was asked with keys of the own and of another organisation.
type RouteCase struct {
	Route  string   `json:"route"`
	Need   string   `json:"need"`
	Opens  []string `json:"opens"`  // roles for which it opened, tried on somebody who works with the pupil
	Closed []string `json:"closed"` // roles that saw the same as for what is not there
	Other  string   `json:"other_organisation"`
	Nobody string   `json:"nobody"`
	Order  string   `json:"order"`
}

// RoleRow is one role and what it opens.
type RoleRow struct {
	Role   string            `json:"role"`
	Words  string            `json:"words"`
	Rights map[string]string `json:"rights"` // by key: nothing, figures, own or all
}

// ChannelRow is one way by which something about a child reaches an adult.
type ChannelRow struct {
	Key    string   `json:"key"`
	Words  string   `json:"words"`
	Orders []string `json:"stopped_by"` // the kinds of order that stop it
}

// Matrix is who may do what, put together from what the program declares and from what its tests tried.
type Matrix struct {
	Verbs    []VerbCase   `json:"verbs"`
	Routes   []RouteCase  `json:"routes"`
	Roles    []RoleRow    `json:"roles"`
	Channels []ChannelRow `json:"channels"`
	Proof    []string     `json:"second_step"` // the rights that ask for a second step, once a session
	Holes    []string     `json:"holes"`
}

var scopeWords = map[access.Scope]string{access.None: "nothing", access.Counts: "figures", access.Own: "own", access.All: "all"}

// Matrix compares what is declared with what was tried. A hole is anything that was not tried, or not in each of its cases.
func (a *App) Matrix() (Matrix, error) {
	var tried Cases
	if err := json.Unmarshal(cases, &tried); err != nil {
		return Matrix{}, fmt.Errorf("reading what the tests tried: %w", err)
	}
	m := Matrix{Verbs: tried.Verbs, Routes: tried.Routes, Proof: []string{}, Holes: []string{}}
	for _, r := range a.Gate.Rights() {
		if r.Proof {
			m.Proof = append(m.Proof, r.Key)
		}
	}
	for _, role := range append(slices.Clone(roll.Roles), roll.Parent) {
		row := RoleRow{Role: string(role), Words: roll.RoleWords[role], Rights: map[string]string{}}
		for _, r := range a.Gate.Rights() {
			row.Rights[r.Key] = scopeWords[r.Roles[role]]
		}
		m.Roles = append(m.Roles, row)
	}
	for _, o := range a.Roll.Outlets() {
		row := ChannelRow{Key: o.Key, Words: o.Words, Orders: []string{}}
		for kind := range roll.OrderWords {
			tied := roll.Relation{Orders: []roll.Order{{Kind: kind, Starts: roll.Always, Ends: roll.ForGood}}}
			tied.Tie.Starts, tied.Tie.Ends = roll.Always, roll.ForGood
			if may, _ := roll.May(tied, o.Needs, "2026-11-20"); !may {
				row.Orders = append(row.Orders, kind)
			}
		}
		sort.Strings(row.Orders)
		if len(row.Orders) == 0 {
			m.Holes = append(m.Holes, "channel "+o.Key+": no order stops it")
		}
		if o.Probe == nil {
			m.Holes = append(m.Holes, "channel "+o.Key+": it can't be tried")
		}
		m.Channels = append(m.Channels, row)
	}
	m.Holes = append(m.Holes, m.holes(a)...)
	return m, nil
}

func (m Matrix) holes(a *App) (out []string) {
	known := map[string]RouteCase{}
	for _, r := range m.Routes {
		known[r.Route] = r
	}
	for _, r := range a.Routes() {
		c, ok := known[r.Pattern]
		switch {
		case !ok:
			out = append(out, "route "+r.Pattern+": never tried")
		case c.Need != r.Need.String():
			out = append(out, "route "+r.Pattern+": it was tried when it needed "+c.Need+", and now needs "+r.Need.String())
		case r.Need.IsPublic():
		case len(c.Opens) == 0:
			out = append(out, "route "+r.Pattern+": no role was let in")
		case len(c.Closed) == 0 && r.Need.String() != "signed in":
			out = append(out, "route "+r.Pattern+": no role was refused")
		case c.Other == "" || c.Nobody == "" || c.Order == "":
			out = append(out, "route "+r.Pattern+": not tried from another organisation, by nobody, or under an order")
		}
	}
	for _, v := range m.Verbs {
		if v.Except == "" && (v.Allowed == "" || v.Denied == "" || v.Other == "" || v.None == "" || v.Order == "") {
			out = append(out, "verb "+v.Verb+": one of its cases is missing")
		}
	}
	return out
}

// RightsTable is the matrix as a table that a data protection officer can read: for each capability and right, what each role has.
func (a *App) RightsTable() (head []string, rows [][]string) {
	roles := append(slices.Clone(roll.Roles), roll.Parent)
	head = []string{"Capability", "Can"}
	for _, r := range roles {
		head = append(head, roll.RoleWords[r])
	}
	for _, r := range a.Gate.Rights() {
		capability, _, _ := strings.Cut(r.Key, ".")
		words := r.Words
		if r.Proof {
			words += " (second step)"
		}
		row := []string{capability, words}
		for _, role := range roles {
			row = append(row, strings.ReplaceAll(scopeWords[r.Roles[role]], "nothing", "–"))
		}
		rows = append(rows, row)
	}
	return head, rows
}
