package arch

import (
	"os"
	"testing"
)

// The house itself. An exception, with its reason, goes into exceptions.go.
func TestHouse(t *testing.T) {
	tree, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	var all []Finding
	for _, r := range Rules {
		all = append(all, r.Look(tree)...)
	}
	all = excuse(all, Exceptions)
	for _, r := range Rules {
		t.Run(r.Name, func(t *testing.T) {
			for _, f := range all {
				if f.Rule == r.Name {
					t.Errorf("%s", f)
				}
			}
			if t.Failed() {
				t.Logf("the rule: %s", r.What)
			}
		})
	}
}
