package arch

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

var (
	migrationName = regexp.MustCompile(`^\d{4}_[a-z][a-z0-9_]*\.sql$`)
	createTable   = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_0-9]+)`)
	references    = regexp.MustCompile(`(?i)\breferences\s+([a-z_0-9]+)`)
	globalTable   = regexp.MustCompile(`(?m)^-- global: ([a-z_0-9]+)`)
)

func isMigration(p string) bool {
	return strings.HasPrefix(p, "internal/") && path.Base(dir(p)) == "migrations"
}

func migrations(t Tree) []Finding {
	var out []Finding
	taken := map[string]string{}
	for _, p := range t.paths(isMigration) {
		if !strings.HasSuffix(p, ".sql") {
			continue
		}
		say := func(line int, format string, args ...any) {
			out = append(out, Finding{"migration", p, line, fmt.Sprintf(format, args...)})
		}
		name := path.Base(p)
		if !migrationName.MatchString(name) {
			say(0, "name it NNNN_topic.sql: four digits and lower-case words")
			continue
		}
		number := dir(p) + "/" + name[:4]
		if other := taken[number]; other != "" {
			say(0, "has the number of %s", other)
		}
		taken[number] = name
		owner := path.Base(dir(dir(p)))
		if owner == "ddl" {
			owner = "kit"
		}
		t.lines(p, func(n int, line string) {
			if m := globalTable.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], owner+"_") {
				say(n, "opens %s to the installation, which is no table of %s", m[1], owner)
			}
			line, _, _ = strings.Cut(line, "--")
			if m := createTable.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], owner+"_") {
				say(n, "table %s must be called %s_…, after its capability", m[1], owner)
			}
			if m := references.FindStringSubmatch(line); m != nil {
				if whose := tableOwner(m[1]); whose != owner && !lower(owner, whose) {
					say(n, "points at %s, which does not lie below %s", m[1], owner)
				}
			}
		})
	}
	return out
}

// tableOwner is the capability a table is named after.
func tableOwner(table string) string {
	owner, _, _ := strings.Cut(table, "_")
	return owner
}

// lower says whether the tables of one owner lie below another. An owner that is no folder of internal/ is a package of kit.
func lower(from, to string) bool {
	if _, ok := levelOf(to); !ok {
		to = "kit"
	}
	if _, ok := levelOf(from); !ok {
		from = "kit"
	}
	return below(from, to)
}

func templPairs(t Tree) []Finding {
	var out []Finding
	for _, p := range t.paths(endsWith(".templ")) {
		if made := strings.TrimSuffix(p, ".templ") + "_templ.go"; !t.has(made) {
			out = append(out, Finding{"templ", p, 0, "its Go code is not there; run `make generate` and commit it"})
		}
	}
	for _, p := range t.paths(endsWith("_templ.go")) {
		if from := strings.TrimSuffix(p, "_templ.go") + ".templ"; !t.has(from) {
			out = append(out, Finding{"templ", p, 0, "it was made from a source that is gone; delete it"})
		}
	}
	return out
}

var (
	boost     = regexp.MustCompile(`\bhx-boost\b`)
	inherited = regexp.MustCompile(`\bhx-[a-z-]+(:[a-z-]+)*:inherited\b`)
)

func htmxAttributes(t Tree) []Finding {
	var out []Finding
	pages := func(p string) bool {
		return strings.HasSuffix(p, ".templ") || strings.HasSuffix(p, ".html") || source(p) && folderOf(p) != "arch"
	}
	for _, p := range t.paths(pages) {
		t.lines(p, func(n int, line string) {
			if boost.MatchString(line) {
				out = append(out, Finding{"htmx", p, n, "hx-boost changes every link below it without a word there; put hx-get or hx-post on the element itself"})
			}
			if inherited.MatchString(line) {
				out = append(out, Finding{"htmx", p, n, "inheritance of attributes fails in silence; put the attribute on the element itself"})
			}
		})
	}
	return out
}

// machinePath is put together here so that it does not find itself.
var machinePath = regexp.MustCompile(`(?:^|[^\w./-])(/(?:work/\w+|root|home/[a-z]\w*|Users/\w+|tmp)(?:/|\b)[\w./-]*|[A-Z]:\\Users\\)`)

func machinePaths(t Tree) []Finding {
	var out []Finding
	for _, p := range t.paths(func(p string) bool { return !strings.HasPrefix(p, "internal/arch/") && !strings.Contains(p, ".min.") }) {
		t.lines(p, func(n int, line string) {
			if m := machinePath.FindStringSubmatch(line); m != nil {
				out = append(out, Finding{"machine", p, n, "names a place on one machine: " + m[1]})
			}
		})
	}
	return out
}

var (
	todo      = regexp.MustCompile(`\b(?:TODO|FIXME|XXX)\b`)
	withIssue = regexp.MustCompile(`#\d+`)
)

func todos(t Tree) []Finding {
	var out []Finding
	code := func(p string) bool {
		return !strings.HasPrefix(p, "internal/arch/") && !strings.Contains(p, "/testdata/") && !strings.Contains(p, ".min.") && !strings.HasSuffix(p, "_templ.go") &&
			(strings.HasSuffix(p, ".go") || strings.HasSuffix(p, ".templ") || strings.HasSuffix(p, ".sql") || path.Base(p) == "Makefile")
	}
	for _, p := range t.paths(code) {
		t.lines(p, func(n int, line string) {
			if todo.MatchString(line) && !withIssue.MatchString(line) {
				out = append(out, Finding{"todo", p, n, "has no issue number"})
			}
		})
	}
	return out
}
