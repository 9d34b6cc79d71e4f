package arch

import (
	"fmt"
	"go/parser"
	"path"
	"strconv"
	"strings"
)

func importsPointDown(t Tree) []Finding {
	var out []Finding
	for _, p := range t.paths(func(p string) bool { return strings.HasSuffix(p, ".go") && !strings.Contains(p, "/testdata/") }) {
		set, f := t.goFile(p, parser.ImportsOnly)
		if f == nil {
			continue
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if why := leans(p, imported); why != "" {
				out = append(out, Finding{"imports", p, set.Position(spec.Pos()).Line, why})
			}
		}
	}
	for _, folder := range t.folders() {
		if _, ok := levelOf(folder); !ok && folder != "arch" {
			out = append(out, Finding{"imports", "internal/" + folder, 0, "this folder is on no level; give it one in internal/arch/levels.go"})
		}
	}
	return out
}

// folders lists the folders of internal/ with Go code in them.
func (t Tree) folders() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range t.paths(endsWith(".go")) {
		if f := folderOf(p); f != "" && !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

// leans says why a file may not import a package, or nothing.
func leans(file, imported string) string {
	from := folderOf(file)
	inside, ours := strings.CutPrefix(imported, Module+"/")
	if !ours {
		if from == "ui" && !strings.HasSuffix(file, "_test.go") && outside(imported) && !strings.HasPrefix(imported, "github.com/a-h/templ") {
			return "ui uses templ and the standard library, and not " + imported
		}
		return ""
	}
	to := folderOf(inside)
	switch {
	case strings.HasPrefix(inside, "cmd/"), strings.HasPrefix(inside, "test/"), strings.HasPrefix(inside, "tools/"):
		if !strings.HasPrefix(file, strings.SplitN(inside, "/", 2)[0]+"/") {
			return "nothing imports " + inside
		}
		return ""
	case to == "arch":
		return "nothing imports arch; it looks on from outside"
	case from == "arch":
		return "arch imports nothing of Ajar"
	case to == "app" && from != "app" && from != "":
		return "only cmd and test import app"
	case from == "", from == to:
		return ""
	case from == "ui" && to == "kit":
		return ""
	case from == "kit":
		return "kit knows no school word and imports only kit, not " + inside
	case !below(from, to):
		return fmt.Sprintf("%s may not look at %s, which is not below it; use an event, a panel, a measure, or move the type down", from, to)
	}
	return ""
}

// outside says whether an import is from another module: their paths begin with a host.
func outside(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func packagesExplainThemselves(t Tree) []Finding {
	explained := map[string]bool{}
	first := map[string]string{}
	for _, p := range t.paths(source) {
		_, f := t.goFile(p, parser.ParseComments|parser.PackageClauseOnly)
		if f == nil {
			continue
		}
		if first[dir(p)] == "" {
			first[dir(p)] = p
		}
		said := strings.TrimSpace(f.Doc.Text())
		if f.Name.Name != "main" && !strings.HasPrefix(said, "Package "+f.Name.Name+" ") {
			continue
		}
		explained[dir(p)] = explained[dir(p)] || said != ""
	}
	var out []Finding
	for _, p := range t.paths(source) {
		if d := dir(p); first[d] == p && !explained[d] {
			out = append(out, Finding{"comment", p, 1, "package " + path.Base(d) + " does not say what it is for; begin doc.go with // Package " + path.Base(d) + " …"})
		}
	}
	return out
}
