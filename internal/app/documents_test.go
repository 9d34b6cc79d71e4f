package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// programFiles are the sources of the program, without its tests and what tests stand on.
func programFiles(t *testing.T) (out []string) {
	t.Helper()
	for _, top := range []string{"internal", "cmd"} {
		root := filepath.Join("..", "..")
		if err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") && !strings.Contains(filepath.ToSlash(p), "/internal/kit/test") {
				rel, _ := filepath.Rel(root, p)
				out = append(out, filepath.ToSlash(rel))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

var spaces = regexp.MustCompile(`\s+`)

// Each limit of the page stands in the source as the page says, and there are no fewer than there were.
func TestLimitsAreAsWritten(t *testing.T) {
	n := 0
	for _, line := range strings.Split(readDoc(t, "docs/limits.md"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[3], "`") {
			continue
		}
		codes := evidence.FindAllStringSubmatch(cells[3], -1)
		file := codes[len(codes)-1][1]
		source := spaces.ReplaceAllString(readDoc(t, file), " ")
		for _, c := range codes[:len(codes)-1] {
			n++
			if !regexp.MustCompile(regexp.QuoteMeta(c[1]) + `(\D|$)`).MatchString(source) {
				t.Errorf("%s is not in %s", c[1], file)
			}
		}
	}
	if n < 25 {
		t.Errorf("only %d limits are held to the source", n)
	}
}

// listed compares the files in the last column of a page's tables with those that hold a pattern.
func listed(t *testing.T, page string, pattern *regexp.Regexp) {
	t.Helper()
	text := readDoc(t, page)
	n := 0
	for _, f := range programFiles(t) {
		if !pattern.MatchString(readDoc(t, f)) {
			continue
		}
		n++
		if !strings.Contains(text, "`"+f+"`") {
			t.Errorf("%s is missing in %s", f, page)
		}
	}
	if n == 0 {
		t.Errorf("nothing is looked for in %s", page)
	}
	for _, m := range evidence.FindAllStringSubmatch(text, -1) {
		if strings.HasSuffix(m[1], ".go") && !slices.Contains(programFiles(t), m[1]) {
			t.Errorf("%s names %s, which is not there", page, m[1])
		}
	}
}

func TestCryptographyIsListed(t *testing.T) {
	listed(t, "docs/keys.md", regexp.MustCompile(`"(crypto/|golang\.org/x/crypto)`))
}

func TestWhatAjarCallsIsListed(t *testing.T) {
	listed(t, "docs/connections.md", regexp.MustCompile(`http\.(Client\{|Get\(|Post\(|Head\(|PostForm\(|DefaultClient)|net\.Dial|tls\.Dial|mail\.NewClient|sql\.Open|acme\.Client\{|autocert\.Manager\{|exec\.Command`))
}

// Every table has a class, and no class is given to tables that are not there.
func TestEveryTableHasAClass(t *testing.T) {
	classes := map[string]string{}
	for _, line := range strings.Split(readDoc(t, "docs/data-classes.md"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		for _, m := range evidence.FindAllStringSubmatch(cells[1], -1) {
			classes[m[1]] = strings.TrimSpace(cells[2])
		}
	}
	used := map[string]bool{}
	tables := regexp.MustCompile(`(?m)^create table (\w+)`)
	n := 0
	if err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".sql") || !strings.Contains(filepath.ToSlash(p), "/migrations/") {
			return err
		}
		b, err := os.ReadFile(p)
		for _, m := range tables.FindAllStringSubmatch(string(b), -1) {
			n++
			best := ""
			for name := range classes {
				if name == m[1] || strings.HasSuffix(name, "*") && strings.HasPrefix(m[1], strings.TrimSuffix(name, "*")) {
					if len(name) > len(best) || name == m[1] {
						best = name
					}
				}
			}
			switch classes[best] {
			case "Secret", "Restricted", "Personal", "Plain":
				used[best] = true
			default:
				t.Errorf("the table %s has no class", m[1])
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name := range classes {
		if !used[name] {
			t.Errorf("%s has a class and is no table", name)
		}
	}
	if n < 80 {
		t.Errorf("only %d tables were looked at", n)
	}
}
