package testkit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
)

// Tried is what happened when a verb of a service was asked by those who may, those who may not, the other organisation, and nobody.
type Tried struct {
	Allowed []string `json:"allowed"` // roles that were let in
	Denied  []string `json:"denied"`  // roles that saw the same as for what is not there
	Other   string   `json:"other_organisation"`
	None    string   `json:"no_pass"`
}

// TriedFile is where a folder keeps what its table of access tried; the matrix of rights is put together from these files.
const TriedFile = "testdata/tried.json"

// Tries collects it during a test, and compares it with the file when the test is over. AJAR_TRIED=write writes the file anew.
type Tries struct {
	t    testing.TB
	home int64
	rows map[string]*Tried
}

// Try begins to collect what happens to the verbs of a folder, asked about rows of the home organisation.
func Try(t testing.TB, home int64) *Tries {
	t.Helper()
	x := &Tries{t: t, home: home, rows: map[string]*Tried{}}
	t.Cleanup(x.keep)
	return x
}

func (x *Tries) row(verb string) *Tried {
	verb, _, _ = strings.Cut(verb, " ")
	if x.rows[verb] == nil {
		x.rows[verb] = &Tried{Allowed: []string{}, Denied: []string{}}
	}
	return x.rows[verb]
}

// Did notes what a verb answered. may says whether the pass should be let in, where it belongs to the home organisation; the answer of the other
// organisation is noted as it was. Being let in and told that something is wrong with the form, or that a made-up key opens nothing, is being let in; the sentence
// of access.Denied is not.
func (x *Tries) Did(verb string, may bool, p access.Pass, err error) {
	x.t.Helper()
	r, shut := x.row(verb), err != nil && err.Error() == access.Denied().Error()
	switch {
	case !p.Valid():
		if r.None = "refused"; err == nil {
			x.t.Errorf("%s was done without a pass", verb)
		}
	case p.Org() != x.home:
		words := "as if it were not there"
		if fault.KindOf(err) != fault.NotFound || err == nil {
			words = "its own answer"
		}
		if r.Other == "" || words == "as if it were not there" {
			r.Other = words
		}
	case may:
		if shut {
			x.t.Errorf("%s: %v may, and was refused", verb, p.Who().Roles)
		}
		r.Allowed = add(r.Allowed, p)
	default:
		if fault.KindOf(err) != fault.NotFound {
			x.t.Errorf("%s: %v may not, and got %v", verb, p.Who().Roles, err)
		}
		r.Denied = add(r.Denied, p)
	}
}

// ShownNothing notes that a verb lets everybody in who is signed in, and showed this one nothing.
func (x *Tries) ShownNothing(verb string, p access.Pass) {
	r := x.row(verb)
	r.Denied = add(r.Denied, p)
}

func add(list []string, p access.Pass) []string {
	var words []string
	for _, role := range p.Who().Roles {
		if role != "" {
			words = append(words, string(role))
		}
	}
	name := strings.Join(words, "+")
	if name == "" {
		name = "no role"
	}
	if !slices.Contains(list, name) {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// ReadTried reads what the table of a folder tried.
func ReadTried(folder string) (map[string]*Tried, error) {
	all := map[string]*Tried{}
	b, err := os.ReadFile(filepath.Join(folder, TriedFile))
	if os.IsNotExist(err) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(b, &all)
}

func (x *Tries) keep() {
	if x.t.Failed() || len(x.rows) == 0 {
		return
	}
	was, err := ReadTried(".")
	if err != nil {
		x.t.Error(err)
		return
	}
	changed := false
	for verb, r := range x.rows {
		if !reflect.DeepEqual(was[verb], r) {
			changed = true
			if os.Getenv("AJAR_TRIED") != "write" {
				x.t.Errorf("%s was tried as %+v, and %s says otherwise. If that is right: AJAR_TRIED=write go test, and look at the change", verb, *r, TriedFile)
			}
			was[verb] = r
		}
	}
	if !changed || os.Getenv("AJAR_TRIED") != "write" {
		return
	}
	b, err := json.MarshalIndent(was, "", " ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(TriedFile), 0o755)
	}
	if err == nil {
		err = os.WriteFile(TriedFile, append(b, '\n'), 0o644)
	}
	if err != nil {
		x.t.Error(err)
	}
}
