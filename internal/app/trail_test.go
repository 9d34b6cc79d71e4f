package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whatever leaves the house on paper or in a file stands in the trail first. web.Req.Export and web.Req.Print see to it; this test sees that pages
// use them.

// downloadsWithoutEntry are the files that go out by Download, since nobody's data is in them, and why.
var downloadsWithoutEntry = map[string]string{
	"internal/roll/web mappingFile":    "which column means what; no row of the file",
	"internal/roll/web importTemplate": "an empty sheet to fill in",
	"internal/audit/web frameworkFile": "the words of a framework; nobody's answers",
}

var (
	component = regexp.MustCompile(`(?m)^templ (?:\([^)]*\) )?([A-Za-z0-9_]+)\(`)
	onPaper   = regexp.MustCompile(`@ui\.(PaperSheet|Letter)\(`)
)

func TestFilesAndPrintsStandInTheTrail(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir("..", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || filepath.Base(dir) == "ui" || strings.HasSuffix(filepath.ToSlash(dir), "kit/web") {
			return err
		}
		paper := paperComponents(t, dir)
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range f.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				where := "internal/" + filepath.ToSlash(strings.TrimPrefix(dir, ".."+string(filepath.Separator))) + " " + fn.Name.Name
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					c, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					switch s, _ := c.Fun.(*ast.SelectorExpr); {
					case s == nil:
					case s.Sel.Name == "Download":
						used[where] = true
						if downloadsWithoutEntry[where] == "" {
							t.Errorf("%s sends a file by Download. Use q.Export, which writes to the trail who took it; or say in downloadsWithoutEntry why nobody's data is in it.", where)
						}
					case s.Sel.Name == "Page" || s.Sel.Name == "PageStatus":
						for _, a := range c.Args {
							if made, ok := a.(*ast.CallExpr); ok {
								if id, ok := made.Fun.(*ast.Ident); ok && paper[id.Name] {
									t.Errorf("%s shows %s, which is for paper, by Page. Use q.Print, which writes to the trail who printed it.", where, id.Name)
								}
							}
						}
					}
					return true
				})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for where := range downloadsWithoutEntry {
		if !used[where] {
			t.Errorf("%s sends no file any more; take it out of downloadsWithoutEntry", where)
		}
	}
}

// paperComponents are the pages of a folder that are made for paper.
func paperComponents(t *testing.T, dir string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.templ"))
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := component.FindAllSubmatchIndex(b, -1)
		for i, m := range at {
			end := len(b)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			if onPaper.Match(b[m[0]:end]) {
				out[string(b[m[2]:m[3]])] = true
			}
		}
	}
	return out
}
