package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// passes holds the word of the house about access: only kit/access makes a pass, and whoever lets Ajar itself act says why in plain sight, so that
// all of these places can be searched for. A function that is asked to act may hand on the reason it was given, in a parameter called why.
func passes(t Tree) []Finding {
	var out []Finding
	for _, p := range t.paths(func(p string) bool { return source(p) && !strings.HasPrefix(p, "internal/kit/access/") }) {
		set, f := t.goFile(p, 0)
		if f == nil || !importsAccess(f) {
			continue
		}
		say := func(n ast.Node, format string, args ...any) {
			out = append(out, Finding{"pass", p, set.Position(n.Pos()).Line, fmt.Sprintf(format, args...)})
		}
		settled := map[ast.Expr]bool{}
		for _, d := range f.Decls {
			handed := false
			if fn, ok := d.(*ast.FuncDecl); ok {
				for _, field := range fn.Type.Params.List {
					for _, name := range field.Names {
						handed = handed || name.Name == "why"
					}
				}
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.ReturnStmt: // beside an error, the empty pass is only what Go wants there; it opens nothing
					for _, e := range x.Results {
						if lit, ok := e.(*ast.CompositeLit); ok && len(lit.Elts) == 0 && len(x.Results) > 1 {
							settled[e] = true
						}
					}
				case *ast.CompositeLit:
					if accessName(x.Type) == "Pass" && !settled[x] {
						say(x, "makes an access.Pass; only a gate does, after a check")
					}
				case *ast.CallExpr:
					name := accessName(x.Fun)
					if name != "System" && name != "Installation" {
						return true
					}
					settled[x.Fun] = true
					if !reason(x.Args, handed) {
						say(x, "access.%s wants its reason as a text of its own, or handed in as why", name)
					}
				case *ast.SelectorExpr:
					if name := accessName(x); (name == "System" || name == "Installation") && !settled[x] {
						say(x, "access.%s is used without being called, so its reason can't be seen", name)
					}
				}
				return true
			})
		}
	}
	return out
}

func importsAccess(f *ast.File) bool {
	for _, i := range f.Imports {
		if i.Path.Value == `"`+Module+`/internal/kit/access"` {
			return true
		}
	}
	return false
}

// accessName is what an expression names in package access, or nothing.
func accessName(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && x.Name == "access" {
		return s.Sel.Name
	}
	return ""
}

func reason(args []ast.Expr, handed bool) bool {
	if len(args) == 0 {
		return false
	}
	switch x := args[0].(type) {
	case *ast.BasicLit:
		return x.Kind == token.STRING && len(x.Value) > len(`"…"`)
	case *ast.Ident:
		return handed && x.Name == "why"
	}
	return false
}
