package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The SQL of Ajar is literal text in store.go, the same for SQLite and PostgreSQL (docs/sql.md). This rule reads that text where it stands:
// as an argument of the handle's methods, in a file store*.go, or anywhere with numbered parameters.

// dynamic stands where a statement has a piece that is known only when it runs.
const dynamic = " dynamic_piece_ "

var (
	handleMethods = map[string]bool{"Exec": true, "All": true, "One": true, "Maybe": true, "Each": true}
	loosely       = regexp.MustCompile(`(?is)^\s*(select\s|insert\s+into\s|update\s+\S+\s+((as\s+)?\S+\s+)?set\b|delete\s+from\s|with\s+(recursive\s+)?\S+\s*(\([^)]*\)\s*)?as\s+(not\s+)?(materialized\s*)?\()`)
	numbered      = regexp.MustCompile(`\$\d`)
	verbs         = regexp.MustCompile(`%[-+#0-9.]*[a-zA-Z]`)
)

// statement is one SQL text with the place where it begins.
type statement struct {
	file string
	line int
	text string
	part bool // another text is built on it, which may bring the organisation
}

func sqlText(t Tree) []Finding {
	globals := globalTables(t)
	var out []Finding
	for _, folder := range goFolders(t) {
		statements, found := readStatements(t, folder)
		out = append(out, found...)
		for _, s := range statements {
			for _, why := range judge(s, globals) {
				out = append(out, Finding{"sql", s.file, s.line, why})
			}
		}
	}
	return out
}

// globalTables are those that belong to the installation and not to an organisation; migrations say so.
func globalTables(t Tree) map[string]bool {
	out := map[string]bool{}
	for _, p := range t.paths(isMigration) {
		for _, m := range globalTable.FindAllStringSubmatch(t[p], -1) {
			out[m[1]] = true
		}
	}
	return out
}

// goFolders lists folders whose SQL is under the rule. kit/db is what makes the handle and holds the named fragments, where engines differ.
func goFolders(t Tree) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range t.paths(source) {
		d := dir(p)
		if strings.HasPrefix(d, "internal/") && d != "internal/kit/db" && d != "internal/kit/testkit" && d != "internal/arch" && !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// readStatements finds the SQL of one package. It also returns what can be said of Bulk, which takes a table and no text.
func readStatements(t Tree, folder string) (statements []statement, found []Finding) {
	texts := map[string]ast.Expr{} // constants and variables of the package that are strings
	type parsed struct {
		path string
		set  *token.FileSet
		file *ast.File
	}
	var files []parsed
	for _, p := range t.paths(func(p string) bool { return source(p) && dir(p) == folder }) {
		set, f := t.goFile(p, 0)
		if f == nil {
			continue
		}
		files = append(files, parsed{p, set, f})
		for _, d := range f.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for i := range v.Values {
						texts[v.Names[i].Name] = v.Values[i]
					}
				}
			}
		}
	}
	r := reader{texts: texts, used: map[string]bool{}, reading: map[string]bool{}}
	for _, f := range files { // first see which texts others are built on
		ast.Inspect(f.file, func(n ast.Node) bool {
			if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.ADD {
				r.noteUse(b.X)
				r.noteUse(b.Y)
			}
			return true
		})
	}
	for _, f := range files {
		r.locals = assigned(f.file)
		seen := map[ast.Node]bool{}
		keep := func(e ast.Expr, toHandle bool) {
			if seen[e] {
				return
			}
			text, ok := r.text(e, 0)
			if !ok {
				return
			}
			markSeen(e, seen)
			if isSQL(text, toHandle || strings.HasPrefix(path.Base(f.path), "store")) {
				statements = append(statements, statement{f.path, f.set.Position(e.Pos()).Line, text, r.part(e)})
			}
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				name := called(n)
				for _, a := range n.Args {
					if handleMethods[name] && isText(a) {
						keep(a, true)
					}
				}
				if name == "Bulk" && len(n.Args) > 1 {
					if table, ok := r.text(n.Args[0], 0); ok {
						if why := foreignTable(f.path, table, true); why != "" {
							found = append(found, Finding{"sql", f.path, f.set.Position(n.Pos()).Line, why})
						}
					}
				}
				if name == "Sprintf" && isText(n) {
					keep(n, false)
				}
			case *ast.BinaryExpr:
				if n.Op == token.ADD {
					keep(n, false)
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					keep(n, false)
				}
			}
			return true
		})
	}
	return statements, found
}

// called is the bare name of what is called: All for db.All[pupil](…).
func called(c *ast.CallExpr) string {
	fun := c.Fun
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func isText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD
	case *ast.CallExpr:
		return called(e) == "Sprintf" && len(e.Args) > 0
	case *ast.ParenExpr:
		return isText(e.X)
	}
	return false
}

func markSeen(e ast.Expr, seen map[ast.Node]bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if n != nil {
			seen[n] = true
		}
		return true
	})
}

type reader struct {
	texts   map[string]ast.Expr
	locals  map[string][]ast.Expr // what the variables of a file's functions are given, by name
	used    map[string]bool       // names that stand in a concatenation
	reading map[string]bool       // variables on the way down, which may be built on themselves
}

// assigned collects what is given to variables inside functions. Two functions may use one name for different things; for a reading of
// what a statement may hold that is near enough.
func assigned(f *ast.File) map[string][]ast.Expr {
	out := map[string][]ast.Expr{}
	ast.Inspect(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i := range a.Lhs {
			if id, ok := a.Lhs[i].(*ast.Ident); ok {
				out[id.Name] = append(out[id.Name], a.Rhs[i])
			}
		}
		return true
	})
	return out
}

func (r reader) noteUse(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok {
		r.used[id.Name] = true
	}
}

// part says whether an expression is the value of a name that others build on.
func (r reader) part(e ast.Expr) bool {
	for name, value := range r.texts {
		if value == e && r.used[name] {
			return true
		}
	}
	return false
}

// text puts the string of an expression together; pieces that are not known here become dynamic. It is false when there is no text at all.
func (r reader) text(e ast.Expr, depth int) (string, bool) {
	if depth > 20 {
		return "", false
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.text(e.X, depth+1)
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.Ident:
		if v := r.texts[e.Name]; v != nil {
			return r.text(v, depth+1)
		}
		return r.local(e.Name, depth)
	case *ast.BinaryExpr:
		x, okX := r.text(e.X, depth+1)
		y, okY := r.text(e.Y, depth+1)
		if !okX && !okY {
			return "", false
		}
		if !okX {
			x = dynamic
		}
		if !okY {
			y = dynamic
		}
		return x + y, true
	case *ast.CallExpr:
		if called(e) == "Sprintf" && len(e.Args) > 0 {
			s, ok := r.text(e.Args[0], depth+1)
			return verbs.ReplaceAllString(s, dynamic), ok
		}
	}
	return "", false
}

// local puts together all that a variable may hold.
func (r reader) local(name string, depth int) (string, bool) {
	if r.reading[name] {
		return "", false
	}
	r.reading[name] = true
	defer delete(r.reading, name)
	all := ""
	for _, v := range r.locals[name] {
		if s, ok := r.text(v, depth+1); ok {
			all += " " + s
		}
	}
	return all + dynamic, all != ""
}

// isSQL says whether a text is a statement. Where the place does not say so, the text must: a sentence for people may begin with "select" too.
func isSQL(text string, placeSays bool) bool {
	return loosely.MatchString(text) && (placeSays || numbered.MatchString(text))
}

// judge says everything that is wrong with a statement.
func judge(s statement, globals map[string]bool) []string {
	tokens := tokenize(s.text)
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, w := range tokens {
		if w.kind == word && keywords[strings.ToLower(w.text)] && w.text != strings.ToLower(w.text) {
			say("write %s in lower case", w.text)
		}
	}
	for i := range tokens {
		tokens[i].text = strings.ToLower(tokens[i].text)
	}
	for _, why := range unportable(tokens) {
		say("%s", why)
	}
	tables := tablesOf(tokens)
	allGlobal := len(tables) > 0
	for _, tb := range tables {
		allGlobal = allGlobal && globals[tb.name]
		if why := foreignTable(s.file, tb.name, tb.written); why != "" {
			say("%s", why)
		}
	}
	if !s.part && !allGlobal && !hasOrganisation(tokens) {
		say("has no $1, so it would reach every organisation's rows")
	}
	return out
}

func hasOrganisation(tokens []lexeme) bool {
	for _, t := range tokens {
		if t.kind == param && t.text == "$1" {
			return true
		}
	}
	return false
}

// foreignTable says why the code in a file may not touch a table, or nothing. A capability reads its own tables and those below it, and
// writes only its own.
func foreignTable(file, table string, written bool) string {
	if table == strings.TrimSpace(dynamic) {
		return ""
	}
	folder := folderOf(file)
	owner := tableOwner(table)
	mine := owner == folder
	if folder == "kit" {
		mine = owner == "kit" || owner == strings.Split(file, "/")[2]
	}
	switch {
	case mine:
		return ""
	case owner == table:
		return "table " + table + " does not carry the name of a capability"
	case folder == "kit":
		return "kit knows its own tables only, not " + table
	case !lower(folder, owner):
		return fmt.Sprintf("%s does not lie below %s; ask its owner through an event, a panel or a service below both", table, folder)
	case written:
		return fmt.Sprintf("only %s itself writes %s; call its service", owner, table)
	}
	return ""
}

// table is one table that a statement names.
type table struct {
	name    string
	written bool
}

func tablesOf(tokens []lexeme) []table {
	own := map[string]bool{}
	for i, t := range tokens {
		if t.kind == word && t.text == "as" && opensSubquery(tokens[i+1:]) {
			if name := beforeColumns(tokens[:i]); name != "" {
				own[name] = true
			}
		}
	}
	var out []table
	add := func(i int, written bool) {
		if i < len(tokens) && tokens[i].kind == word && !own[tokens[i].text] && !keywords[tokens[i].text] && (written || !at(tokens, i+1, "(")) {
			out = append(out, table{tokens[i].text, written})
		}
	}
	for i, t := range tokens {
		if t.kind != word {
			continue
		}
		switch t.text {
		case "from":
			if !at(tokens, i-1, "distinct") {
				for _, j := range listed(tokens, i+1) {
					add(j, at(tokens, i-1, "delete"))
				}
			}
		case "join":
			add(i+1, false)
		case "into":
			add(i+1, true)
		case "update":
			if !at(tokens, i+1, "set") && !at(tokens, i-1, "for") {
				add(i+1, true)
			}
		}
	}
	return out
}

// listed gives the places of the tables in a list "a x, b as y, (select …) z".
func listed(tokens []lexeme, i int) []int {
	var out []int
	for i < len(tokens) {
		if at(tokens, i, "(") {
			i = closing(tokens, i) + 1
		} else {
			out = append(out, i)
			i++
			if at(tokens, i, "(") { // a function in the place of a table
				i = closing(tokens, i) + 1
			}
		}
		if at(tokens, i, "as") {
			i++
		}
		if i < len(tokens) && tokens[i].kind == word && !keywords[tokens[i].text] {
			i++
		}
		if !at(tokens, i, ",") {
			return out
		}
		i++
	}
	return out
}

func at(tokens []lexeme, i int, text string) bool {
	return i >= 0 && i < len(tokens) && tokens[i].text == text && tokens[i].kind != quoted
}

// closing finds the bracket that closes the one at i.
func closing(tokens []lexeme, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		switch {
		case at(tokens, i, "("):
			depth++
		case at(tokens, i, ")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(tokens)
}

func opensSubquery(tokens []lexeme) bool {
	for i := range tokens {
		if !at(tokens, i, "not") && !at(tokens, i, "materialized") {
			return at(tokens, i, "(")
		}
	}
	return false
}

// beforeColumns is the name at the end of tokens, before its list of columns if it has one.
func beforeColumns(tokens []lexeme) string {
	i := len(tokens) - 1
	if at(tokens, i, ")") {
		for depth := 0; i >= 0; i-- {
			if at(tokens, i, ")") {
				depth++
			}
			if at(tokens, i, "(") {
				if depth--; depth == 0 {
					i--
					break
				}
			}
		}
	}
	if i >= 0 && tokens[i].kind == word {
		return tokens[i].text
	}
	return ""
}
