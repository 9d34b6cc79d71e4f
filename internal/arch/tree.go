package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// Tree is the repository: text by path. A file that is no text is there with no content, so that it can be named.
type Tree map[string]string

// Finding is one place that breaks a rule.
type Finding struct {
	Rule string
	File string
	Line int
	Text string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: [%s] %s", f.File, f.Line, f.Rule, f.Text)
}

// Rule looks over the tree.
type Rule struct {
	Name string
	What string
	Look func(Tree) []Finding
}

// Rules is all of them.
var Rules = []Rule{
	{"imports", "imports point down the levels only", importsPointDown},
	{"comment", "every package says what it is for", packagesExplainThemselves},
	{"sql", "one SQL text that both engines understand, inside one organisation", sqlText},
	{"pass", "only a gate makes a pass, and Ajar's own work says why in plain sight", passes},
	{"migration", "migrations are named in order and make tables of their own capability", migrations},
	{"templ", "every page source has its Go code and the other way round", templPairs},
	{"htmx", "htmx attributes stand on the element they act on", htmxAttributes},
	{"links", "files that the documents name exist", documentLinks},
	{"machine", "no path of one machine is in the tree", machinePaths},
	{"outlet", "whatever reads adults stands in an outlet, so that orders are tried on it", outletsOfReaders},
	{"todo", "what is left to do has an issue", todos},
}

// Read takes in a repository. Folders that are no source (.git, node_modules, the data and the binaries at the root) are left out.
func Read(root fs.FS) (Tree, error) {
	t := Tree{}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped(p, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || p == "ajar" || p == ".git" { // the binary at the root; .git of a second work tree is a file
			return nil
		}
		b, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		if bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0 {
			b = nil
		}
		t[p] = string(b)
		return nil
	})
	return t, err
}

func skipped(p, name string) bool {
	if p == "." || p == ".ci" {
		return false
	}
	return strings.HasPrefix(name, ".") || name == "node_modules" || p == "data" || p == "bin"
}

// paths lists the files that match, in order.
func (t Tree) paths(match func(string) bool) []string {
	var out []string
	for p := range t {
		if match(p) {
			out = append(out, p)
		}
	}
	sort.Strings(out)
	return out
}

func endsWith(suffix string) func(string) bool {
	return func(p string) bool { return strings.HasSuffix(p, suffix) }
}

// source says whether a file is Go code that people wrote for the product, not for its tests.
func source(p string) bool {
	return strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") && !strings.HasSuffix(p, "_templ.go") && !strings.Contains(p, "/testdata/")
}

// goFile parses a file; what does not parse is found by the compiler, not here.
func (t Tree) goFile(p string, mode parser.Mode) (*token.FileSet, *ast.File) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, p, t[p], mode|parser.SkipObjectResolution)
	if err != nil {
		return set, nil
	}
	return set, f
}

// lines walks over the lines of a file with their numbers from 1.
func (t Tree) lines(p string, f func(n int, line string)) {
	for i, line := range strings.Split(t[p], "\n") {
		f(i+1, line)
	}
}

func (t Tree) has(p string) bool {
	_, ok := t[p]
	return ok
}

// hasFolder says whether there is a folder, which is when something is in it.
func (t Tree) hasFolder(p string) bool {
	p = strings.TrimSuffix(p, "/")
	if p == "." || p == "" {
		return true
	}
	for q := range t {
		if strings.HasPrefix(q, p+"/") {
			return true
		}
	}
	return false
}

func dir(p string) string { return path.Dir(p) }
