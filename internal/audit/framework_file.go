package audit

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// FileFault is one thing that is wrong in a framework's file.
type FileFault struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Error is one line of text.
func (f FileFault) Error() string { return "line " + strconv.Itoa(f.Line) + ": " + f.Message }

// FileFaults is everything that is wrong in a file, in the order of its lines, so that it can be put right in one go.
type FileFaults []FileFault

// Error is one line a fault.
func (f FileFaults) Error() string {
	lines := make([]string, 0, len(f))
	for _, one := range f {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

const (
	maxFile     = 1 << 20
	maxCriteria = 200
	maxNesting  = 60
	maxText     = 2000
)

var (
	codeForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)
	versionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$`)
	tagForm     = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Parse reads a framework's file. The error is a FileFaults that names every fault with its line.
func Parse(file []byte) (f Framework, err error) {
	switch {
	case len(file) > maxFile:
		return f, FileFaults{{1, "The file is larger than 1 MB, which no framework is."}}
	case !utf8.Valid(file):
		return f, FileFaults{{1, "The file is not text in UTF-8."}}
	}
	if line := tooDeep(file); line > 0 {
		return f, FileFaults{{line, "Too many brackets are open at once."}}
	}
	// The YAML reader is not ours; whatever it does with a hostile file must not stop the program.
	defer func() {
		if p := recover(); p != nil {
			f, err = Framework{}, FileFaults{{1, "The file cannot be read as YAML."}}
		}
	}()
	document, bad := parser.ParseBytes(bytes.TrimPrefix(file, []byte("\ufeff")), 0)
	if bad != nil {
		return f, FileFaults{yamlFault(bad)}
	}
	r := &fileReader{}
	f = r.document(document)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b FileFault) int { return a.Line - b.Line })
		return Framework{}, r.faults
	}
	return f, nil
}

// tooDeep finds the line where the file is nested deeper than a framework needs: by brackets, or by dashes and indents on one line.
func tooDeep(file []byte) int {
	depth, line, dashes, head := 0, 1, 0, true
	for _, b := range file {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '\n':
			line, dashes, head = line+1, 0, true
			continue
		case '-', '?':
			if head {
				dashes++
			}
		}
		if b != '-' && b != '?' && b != ' ' && b != '\t' {
			head = false
		}
		if depth > maxNesting || dashes > maxNesting {
			return line
		}
	}
	return 0
}

func yamlFault(err error) FileFault {
	out := FileFault{Line: 1, Message: "The file cannot be read as YAML"}
	var found yaml.Error
	if errors.As(err, &found) {
		out.Message += ": " + found.GetMessage()
		if token := found.GetToken(); token != nil && token.Position != nil {
			out.Line = token.Position.Line
		}
	}
	out.Message += ". A text with a colon in it goes into quotation marks, or on a line of its own below >-."
	return out
}

type fileReader struct{ faults FileFaults }

func (r *fileReader) fail(line int, format string, args ...any) {
	r.faults = append(r.faults, FileFault{line, fmt.Sprintf(format, args...)})
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// part is one line of a mapping: what it is called, where it stands, what it holds.
type part struct {
	key   string
	line  int
	value ast.Node
}

// parts reads a mapping whose keys are all known. The parser has one shape for one line and another for several.
func (r *fileReader) parts(n ast.Node, what string, known ...string) map[string]part {
	var list []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		list = m.Values
	case *ast.MappingValueNode:
		list = []*ast.MappingValueNode{m}
	default:
		r.fail(lineOf(n), "Here %s is expected, with lines such as %s.", what, strings.Join(known[:min(3, len(known))], ", "))
		return nil
	}
	out := map[string]part{}
	for _, entry := range list {
		if entry.Key == nil || entry.Key.GetToken() == nil {
			continue
		}
		p := part{entry.Key.GetToken().Value, lineOf(entry.Key), entry.Value}
		if len(known) > 0 && !slices.Contains(known, p.key) {
			r.fail(p.line, "%q is not known here. %s has %s.", clip(p.key), sentence(what), strings.Join(known, ", "))
			continue
		}
		if before, twice := out[p.key]; twice {
			r.fail(p.line, "%q stands twice; the first is in line %d.", clip(p.key), before.line)
			continue
		}
		out[p.key] = p
	}
	return out
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func clip(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

// text is a value as it was written, without YAML's ideas about what is a number or a yes.
func (r *fileReader) text(p part, name string) string {
	return r.scalar(p.value, p.line, name)
}

func (r *fileReader) scalar(n ast.Node, line int, name string) string {
	out := ""
	switch v := n.(type) {
	case nil, *ast.NullNode:
	case *ast.StringNode:
		out = v.Value
	case *ast.LiteralNode:
		if v.Value != nil {
			out = v.Value.Value
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		out = n.GetToken().Value
	default:
		r.fail(line, "%s must be a text. Put it into quotation marks if it holds a colon, brackets, or begins with a sign.", sentence(name))
		return ""
	}
	out = strings.TrimSpace(out)
	if utf8.RuneCountInString(out) > maxText {
		r.fail(line, "%s is longer than %d characters.", sentence(name), maxText)
		return ""
	}
	return out
}

// list is a sequence of values with their lines.
func (r *fileReader) list(p part, name string) (out []part) {
	switch v := p.value.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.SequenceNode:
		for _, x := range v.Values {
			line := p.line
			if x != nil {
				line = lineOf(x)
			}
			out = append(out, part{name, line, x})
		}
		return out
	}
	r.fail(p.line, "%s must be a list: each on a line of its own that begins with a dash.", sentence(name))
	return nil
}

func (r *fileReader) texts(p part, name string) (out []string) {
	for _, x := range r.list(p, name) {
		if s := r.text(x, name); s != "" {
			out = append(out, s)
		} else if len(r.faults) == 0 || r.faults[len(r.faults)-1].Line != x.line {
			r.fail(x.line, "A line of %s is empty.", name)
		}
	}
	return out
}

func (r *fileReader) level(p part, name string) int {
	s := r.text(p, name)
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > Levels {
		r.fail(p.line, "%s is a level from 1 to %d, and %q is none.", sentence(name), Levels, clip(s))
		return 0
	}
	return n
}

func (r *fileReader) document(file *ast.File) (f Framework) {
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		r.fail(1, "The file is empty. It begins with framework, version and title.")
		return f
	case len(bodies) > 1:
		r.fail(lineOf(bodies[1]), "The file holds more than one document. One file is one framework.")
		return f
	}
	top := r.parts(bodies[0], "a framework", "framework", "version", "kind", "title", "about", "source", "benchmark", "names", "themes")
	if top == nil {
		return f
	}
	f.Code, f.Version, f.Kind = r.text(top["framework"], "framework"), r.text(top["version"], "version"), r.text(top["kind"], "kind")
	f.Title, f.About, f.Source = r.text(top["title"], "title"), r.text(top["about"], "about"), r.text(top["source"], "source")
	at := func(key string) int { return max(top[key].line, 1) }
	if !codeForm.MatchString(f.Code) {
		r.fail(at("framework"), "Give the framework a code: framework: followed by up to 40 letters, figures, points, hyphens or underscores.")
	}
	if !versionForm.MatchString(f.Version) {
		r.fail(at("version"), `Give the version, such as version: "2". It has at most 20 letters, figures, points or hyphens.`)
	}
	if f.Title == "" {
		r.fail(at("title"), "Give the framework a title.")
	}
	switch f.Kind {
	case "":
		f.Kind = KindAudit
	case KindAudit, KindAward:
	default:
		r.fail(at("kind"), "The kind is audit or award, and %q is neither.", clip(f.Kind))
	}
	if p, ok := top["benchmark"]; ok {
		f.Benchmark = r.level(p, "benchmark")
	}
	f.Names = LevelNames
	if p, ok := top["names"]; ok {
		names := r.texts(p, "names")
		if len(names) != Levels {
			r.fail(p.line, "There are %d names of levels, and %d are needed.", len(names), Levels)
		} else {
			f.Names = [Levels]string(names)
		}
	}
	r.themes(top["themes"], &f)
	return f
}

func (r *fileReader) themes(p part, f *Framework) {
	list := r.list(p, "themes")
	if len(list) == 0 {
		r.fail(max(p.line, 1), "There are no themes. Each begins with - code:")
		return
	}
	themes, criteria, total := map[string]int{}, map[string]int{}, 0
	for _, x := range list {
		in := r.parts(x.value, "a theme", "code", "title", "about", "criteria")
		if in == nil {
			continue
		}
		t := Theme{Code: r.text(in["code"], "code"), Title: r.text(in["title"], "title"), About: r.text(in["about"], "about")}
		r.code(t.Code, "theme", max(in["code"].line, x.line), themes)
		if t.Title == "" {
			r.fail(max(in["title"].line, x.line), "The theme %s has no title.", clip(t.Code))
		}
		all := r.list(in["criteria"], "criteria")
		if len(all) == 0 && f.Kind != KindAward {
			r.fail(max(in["criteria"].line, x.line), "The theme %s has no criteria.", clip(t.Code))
		}
		for _, y := range all {
			if total++; total == maxCriteria+1 {
				r.fail(y.line, "There are more than %d criteria.", maxCriteria)
			}
			if total > maxCriteria {
				return
			}
			c, ok := r.criterion(y, f.Kind, criteria)
			if ok {
				c.Theme = t.Code
				t.Criteria = append(t.Criteria, c)
			}
		}
		f.Themes = append(f.Themes, t)
	}
}

// code checks one that must stand once. Codes that differ only in capitals would be told apart by nobody.
func (r *fileReader) code(code, what string, line int, seen map[string]int) {
	switch before, twice := seen[strings.ToLower(code)]; {
	case code == "":
		r.fail(line, "The %s has no code.", what)
	case !codeForm.MatchString(code):
		r.fail(line, "The code %q is not made of letters, figures, points, hyphens and underscores (40 at most).", clip(code))
	case twice:
		r.fail(line, "The code %s stands twice; the first is in line %d.", code, before)
	default:
		seen[strings.ToLower(code)] = line
	}
}

func (r *fileReader) criterion(x part, kind string, seen map[string]int) (c Criterion, ok bool) {
	in := r.parts(x.value, "a criterion", "code", "text", "asked", "source", "parents", "levels", "evidence", "actions", "resources", "benchmark", "was")
	if in == nil {
		return c, false
	}
	at := func(key string) int { return max(in[key].line, x.line) }
	c = Criterion{Code: r.text(in["code"], "code"), Text: r.text(in["text"], "text"), Source: r.text(in["source"], "source"),
		Evidence: r.texts(in["evidence"], "evidence"), Resources: r.texts(in["resources"], "resources"), Was: r.texts(in["was"], "was")}
	r.code(c.Code, "criterion", at("code"), seen)
	if c.Text == "" {
		r.fail(at("text"), "The criterion %s has no text.", clip(c.Code))
	}
	c.Levels = r.texts(in["levels"], "levels")
	if len(c.Levels) != Levels && (kind == KindAudit || len(c.Levels) > 0) {
		r.fail(at("levels"), "The criterion %s has %d descriptions of levels, and %d are needed: not yet, starting, established, strong, leading.", clip(c.Code), len(c.Levels), Levels)
	}
	r.asked(in, &c, x.line)
	if p, ok := in["benchmark"]; ok {
		c.Benchmark = r.level(p, "benchmark")
	}
	for _, y := range r.list(in["actions"], "actions") {
		a := Action{Below: Levels + 1}
		if _, plain := y.value.(*ast.StringNode); plain {
			a.Do = r.text(y, "actions")
		} else if more := r.parts(y.value, "an action", "below", "do"); more != nil {
			a.Do = r.text(more["do"], "do")
			if p, ok := more["below"]; ok {
				a.Below = r.level(p, "below")
			}
		}
		if a.Do == "" {
			r.fail(y.line, "An action of the criterion %s says nothing to do.", clip(c.Code))
			continue
		}
		c.Actions = append(c.Actions, a)
	}
	return c, true
}

func (r *fileReader) asked(in map[string]part, c *Criterion, line int) {
	for _, y := range r.list(in["asked"], "asked") {
		s := r.text(y, "asked")
		g, ok := GroupNamed(s)
		if !ok {
			r.fail(y.line, "%q is not a group that can be asked. They are %s.", clip(s), groupList())
			continue
		}
		if !slices.Contains(c.Asked, g) {
			c.Asked = append(c.Asked, g)
		}
	}
	if p, ok := in["parents"]; ok {
		c.Parents = map[string]string{}
		switch p.value.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			for tag, q := range r.parts(p.value, "the wording for parents") {
				if !tagForm.MatchString(tag) {
					r.fail(q.line, "%q is not the tag of a language, such as en or ur.", clip(tag))
					continue
				}
				c.Parents[tag] = r.text(q, "parents")
			}
		default:
			c.Parents["en"] = r.text(p, "parents")
		}
	}
	if slices.Contains(c.Asked, Parents) && c.Parents["en"] == "" {
		r.fail(max(in["parents"].line, line), "The criterion %s is asked of parents and has no wording for them: parents: followed by one short sentence.", clip(c.Code))
	}
	if len(c.Asked) == 0 {
		for _, g := range Groups {
			if g != Parents || c.Parents["en"] != "" {
				c.Asked = append(c.Asked, g)
			}
		}
	}
}

func groupList() string {
	var words []string
	for _, g := range Groups {
		words = append(words, string(g))
	}
	return strings.Join(words, ", ")
}

// GroupNamed reads the name of a group as people write it.
func GroupNamed(s string) (Group, bool) {
	s = strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '\u00a0' || r == '\t' }), " "))
	switch s {
	case "leader", "leadership", "slt", "head", "heads":
		return Leaders, true
	case "teacher", "teachers", "member of staff":
		return Staff, true
	case "family worker", "familyworkers", "familyworker":
		return FamilyWorkers, true
	case "governor":
		return Governors, true
	case "parent", "parents and carers", "carers", "families":
		return Parents, true
	case "partner", "partner agencies":
		return Partners, true
	}
	for _, g := range Groups {
		if s == string(g) {
			return g, true
		}
	}
	return "", false
}
