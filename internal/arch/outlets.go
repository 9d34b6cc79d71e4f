package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Whatever reads adults, ties or orders outside the roll stands in an outlet (roll.Outlet, its Reads), so that the test which asks every outlet about
// every order knows of it. The rule reads the source: SQL text that names one of the four tables, and calls of what the roll hands adults out by.

var familyTables = regexp.MustCompile(`\broll_(tie|adult|channel|order)\b`)

// free are folders that may read adults without an outlet: the roll owns them; app and arch only test; the demo makes fictional people.
func readsFreely(folder string) bool {
	for _, f := range []string{"internal/roll", "internal/kit", "internal/arch", "internal/app", "internal/demo"} {
		if folder == f || strings.HasPrefix(folder, f+"/") {
			return true
		}
	}
	return false
}

// reader is a function, constant or variable that reads adults.
type familyReader struct {
	name string // "conversations.letters"
	file string
	line int
	what string // what it reads by
}

func outletsOfReaders(t Tree) []Finding {
	hands := familyHands(t)
	declared := map[string]token.Position{}
	var readers []familyReader
	for _, p := range t.paths(source) {
		if !strings.HasPrefix(p, "internal/") && !strings.HasPrefix(p, "cmd/") {
			continue
		}
		set, f := t.goFile(p, 0)
		if f == nil {
			continue
		}
		for name, at := range declaredReads(set, f, p) {
			declared[name] = at
		}
		if readsFreely(dir(p)) {
			continue
		}
		readers = append(readers, readersIn(set, f, p, hands)...)
	}
	var out []Finding
	used := map[string]bool{}
	for _, r := range readers {
		if _, ok := declared[r.name]; ok {
			used[r.name] = true
			continue
		}
		out = append(out, Finding{"outlet", r.file, r.line, r.name + " reads adults (" + r.what + ") and stands in no outlet. Name it in the Reads of the roll.Outlet through which it reaches them, with a Probe, or of a new one"})
	}
	for name, at := range declared {
		if !used[name] {
			out = append(out, Finding{"outlet", at.Filename, at.Line, name + " stands in an outlet's Reads and reads no adults (any more)"})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return out
}

// declaredReads finds the names in the Reads of outlets.
func declaredReads(set *token.FileSet, f *ast.File, file string) map[string]token.Position {
	out := map[string]token.Position{}
	ast.Inspect(f, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if k, ok := kv.Key.(*ast.Ident); !ok || k.Name != "Reads" {
			return true
		}
		list, ok := kv.Value.(*ast.CompositeLit)
		if !ok {
			return true
		}
		for _, e := range list.Elts {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				name, _ := strconv.Unquote(lit.Value)
				at := set.Position(lit.Pos())
				at.Filename = file
				out[name] = at
			}
		}
		return true
	})
	return out
}

// familyHands are the exported functions and methods of the roll whose results hold an adult, a tie or an order, however deep.
func familyHands(t Tree) map[string]bool {
	holds := map[string]bool{"Adult": true, "Relation": true, "Channel": true, "Tie": true, "Order": true, "AdultHit": true}
	fields := map[string][]string{}
	type made struct {
		name    string
		results []string
	}
	var funcs []made
	for _, p := range t.paths(func(p string) bool { return source(p) && dir(p) == "internal/roll" }) {
		_, f := t.goFile(p, 0)
		if f == nil {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok {
						if st, ok := ts.Type.(*ast.StructType); ok {
							for _, field := range st.Fields.List {
								fields[ts.Name.Name] = append(fields[ts.Name.Name], valueTypes(field.Type)...)
							}
						}
					}
				}
			case *ast.FuncDecl:
				if !d.Name.IsExported() || d.Type.Results == nil || d.Recv != nil && !methodOf(d, "Service") {
					continue
				}
				m := made{name: d.Name.Name}
				for _, r := range d.Type.Results.List {
					m.results = append(m.results, valueTypes(r.Type)...)
				}
				funcs = append(funcs, m)
			}
		}
	}
	for grown := true; grown; {
		grown = false
		for name, list := range fields {
			for _, x := range list {
				if holds[x] && !holds[name] {
					holds[name], grown = true, true
				}
			}
		}
	}
	out := map[string]bool{}
	for _, f := range funcs {
		for _, r := range f.results {
			if holds[r] {
				out[f.name] = true
			}
		}
	}
	return out
}

func methodOf(d *ast.FuncDecl, name string) bool {
	e := d.Recv.List[0].Type
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// valueTypes are the named types that a value of this type holds: itself, or its elements. A key (ids.ID[Adult]) holds nobody, nor does a function.
func valueTypes(e ast.Expr) []string {
	switch x := e.(type) {
	case *ast.Ident:
		return []string{x.Name}
	case *ast.StarExpr:
		return valueTypes(x.X)
	case *ast.ArrayType:
		return valueTypes(x.Elt)
	case *ast.MapType:
		return valueTypes(x.Value)
	}
	return nil
}

// readersIn finds the top-level declarations of a file that read adults.
func readersIn(set *token.FileSet, f *ast.File, file string, hands map[string]bool) (out []familyReader) {
	room := strings.TrimPrefix(strings.TrimPrefix(dir(file), "internal/"), "cmd/")
	look := func(name string, n ast.Node) {
		var what string
		at := n.Pos()
		ast.Inspect(n, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.BasicLit:
				if x.Kind == token.STRING && what == "" {
					if m := familyTables.FindString(x.Value); m != "" {
						what, at = m, x.Pos()
					}
				}
			case *ast.SelectorExpr:
				if hands[x.Sel.Name] && what == "" && isRoll(x.X) {
					what, at = "roll."+x.Sel.Name, x.Pos()
				}
			}
			return true
		})
		if what != "" {
			out = append(out, familyReader{room + "." + name, file, set.Position(at).Line, what})
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			look(d.Name.Name, d)
		case *ast.GenDecl:
			if d.Tok == token.IMPORT || d.Tok == token.TYPE {
				continue
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if i < len(v.Values) {
						look(name.Name, v.Values[i])
					}
				}
			}
		}
	}
	return out
}

// isRoll tells whether an expression is the package roll or its service, as in roll.Relations, s.Roll.Open or h.s.Roll.Open.
func isRoll(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name == "roll"
	case *ast.SelectorExpr:
		return x.Sel.Name == "Roll" || x.Sel.Name == "roll"
	}
	return false
}
