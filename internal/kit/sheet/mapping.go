package sheet

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Mapping says which column of somebody's file feeds which field of ours. It is a small YAML file that a school can keep,
// send to another school with the same system, and use again next term:
//
//	kind: pupils                     # which import it is for
//	separator: ";"                   # optional; sniffed otherwise
//	skip_rows: 1                     # optional: rows below the header that hold instructions
//	fields:
//	  pupil_id: "UCI-{row}"          # text in which {Column} is a column and {row} the number of the data row
//	  forename: {column: First name}
//	  sen: {column: SEN, values: {S: K, A: K}, otherwise: keep}   # keep, blank or refuse what is not listed
//	  date_of_birth: {column: DOB, date: dd/mm/yyyy}              # or a list of formats
//	  year: {column: Grade, cut: "G-"}                            # takes a prefix off
//	  possible: {value: 380}                                      # the same for every row
//	repeat:                          # one record for each entry, for sheets with a column per result
//	  - {subject: reading, value: "{Read SS}"}
//	  - {subject: maths, value: "{Maths SS}"}
//
// Braces that are meant as text are doubled: "{{". A cell is trimmed first; then cut, values and date apply in this order.
// An empty cell stays empty, whatever "otherwise" says, unless values lists "".
type Mapping struct {
	Kind      string
	Separator string
	SkipRows  int
	Fields    []FieldRule
	Repeat    [][]FieldRule
}

// FieldRule fills one field.
type FieldRule struct {
	Field string
	Rule
}

// Rule says where a value comes from, as a template, and what is done to it.
type Rule struct {
	Template  string // "{Column}", "UCI-{row}", or plain text
	Values    []Pair // in the order of the file
	Otherwise string // keep (the default), blank or refuse
	Dates     []string
	Cut       string
}

// Pair is one line of a value map.
type Pair struct{ From, To string }

// Column makes the rule that takes one column as it is, also one that is called "row".
func Column(name string) Rule {
	if name == rowToken {
		name = " " + name
	}
	return Rule{Template: "{" + escapeBraces(name) + "}"}
}

func escapeBraces(s string) string {
	return strings.NewReplacer("{", "{{", "}", "}}").Replace(s)
}

const (
	// maxMapping bounds how deep a hostile file can nest; a mapping of 150 fields has 8 KB.
	maxMapping = 32 << 10
	// The YAML parser's time grows with the square of the nesting.
	maxBrackets, maxBraces = 200, 2_000
	rowToken               = "row"
)

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,63}$`)

// LoadMapping reads a mapping; an error names the line.
func LoadMapping(data []byte) (m *Mapping, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fail("", BadMapping, "The mapping cannot be read as YAML.").because(fmt.Errorf("panic: %v", p))
		}
	}()
	if len(data) > maxMapping {
		return nil, fail("", BadMapping, "The mapping is larger than %s; this is not a mapping file.", bytesText(maxMapping))
	}
	if bytes.Count(data, []byte("[")) > maxBrackets || bytes.Count(data, []byte("{")) > maxBraces {
		return nil, fail("", BadMapping, "The mapping has more brackets than any mapping needs; this is not a mapping file.")
	}
	if !utf8.Valid(data) || strings.ContainsRune(string(data), 0) {
		return nil, fail("", BadMapping, "The mapping is not UTF-8 text. Save it as UTF-8.")
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fail("", BadMapping, "The mapping is empty or has more than one part. It needs one list of fields.")
	}
	m = &Mapping{}
	if err := m.load(file.Docs[0].Body); err != nil {
		return nil, err
	}
	return m, nil
}

var yamlPlace = regexp.MustCompile(`^\[(\d+):\d+\] ([^\n]*)`)

// yamlError keeps line and first sentence of the parser's message; the rest draws the source with arrows.
func yamlError(err error) error {
	if p := yamlPlace.FindStringSubmatch(err.Error()); p != nil {
		line, _ := strconv.Atoi(p[1])
		return mappingError(line, "this is not well-formed YAML (%s)", p[2]).because(err)
	}
	return fail("", BadMapping, "The mapping is not well-formed YAML.").because(err)
}

func mappingError(line int, format string, args ...any) *Error {
	return fail("", BadMapping, "Line %d of the mapping: %s.", line, fmt.Sprintf(format, args...))
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

type entry struct {
	key   string
	line  int
	value ast.Node
}

// entries gives a map in the order of the file.
func entries(n ast.Node, what string) ([]entry, error) {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	case *ast.NullNode:
		return nil, nil
	default:
		return nil, mappingError(lineOf(n), "%s must be a list of \"name: value\" lines", what)
	}
	out := make([]entry, 0, len(values))
	seen := map[string]bool{}
	for _, v := range values {
		key, err := scalar(v.Key, "a name")
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, mappingError(lineOf(v.Key), "%q stands here a second time", cut(key, 60))
		}
		seen[key] = true
		out = append(out, entry{key, lineOf(v.Key), v.Value})
	}
	return out, nil
}

// scalar gives a single value as it was typed: 007 stays 007.
func scalar(n ast.Node, what string) (string, error) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, nil
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.NullNode:
		return "", nil
	}
	return "", mappingError(lineOf(n), "%s must be a single value here", what)
}

func (m *Mapping) load(body ast.Node) error {
	top, err := entries(body, "the mapping")
	if err != nil {
		return err
	}
	for _, e := range top {
		switch e.key {
		case "kind":
			m.Kind, err = scalar(e.value, e.key)
		case "separator":
			err = m.loadSeparator(e)
		case "skip_rows":
			err = m.loadSkip(e)
		case "fields":
			m.Fields, err = loadFields(e.value, "fields")
		case "repeat":
			err = m.loadRepeat(e)
		default:
			err = mappingError(e.line, "%q is not known here; possible are kind, separator, skip_rows, fields and repeat", cut(e.key, 60))
		}
		if err != nil {
			return err
		}
	}
	if len(m.Fields) == 0 && len(m.Repeat) == 0 {
		return fail("", BadMapping, "The mapping has no fields. Add a list \"fields:\".")
	}
	return nil
}

func (m *Mapping) loadSeparator(e entry) error {
	s, err := scalar(e.value, e.key)
	if err != nil {
		return err
	}
	switch s {
	case "tab", `\t`:
		s = "\t"
	}
	if s != "" && (len(s) != 1 || !strings.Contains(",;\t|:", s)) {
		return mappingError(e.line, "separator must be one of , ; | : or tab")
	}
	m.Separator = s
	return nil
}

func (m *Mapping) loadSkip(e entry) error {
	s, err := scalar(e.value, e.key)
	if err != nil {
		return err
	}
	if m.SkipRows, err = strconv.Atoi(s); err != nil || m.SkipRows < 0 || m.SkipRows > 1000 {
		return mappingError(e.line, "skip_rows must be a number from 0 to 1000")
	}
	return nil
}

func (m *Mapping) loadRepeat(e entry) error {
	seq, ok := e.value.(*ast.SequenceNode)
	if !ok {
		return mappingError(lineOf(e.value), "repeat must be a list of entries that begin with \"- \"")
	}
	for _, v := range seq.Values {
		rules, err := loadFields(v, "an entry of repeat")
		if err != nil {
			return err
		}
		if len(rules) == 0 {
			return mappingError(lineOf(v), "this entry of repeat is empty")
		}
		m.Repeat = append(m.Repeat, rules)
	}
	return nil
}

func loadFields(n ast.Node, what string) ([]FieldRule, error) {
	list, err := entries(n, what)
	if err != nil {
		return nil, err
	}
	var out []FieldRule
	for _, e := range list {
		if !fieldName.MatchString(e.key) {
			return nil, mappingError(e.line, "%q cannot be the name of a field", cut(e.key, 60))
		}
		rule, err := loadRule(e)
		if err != nil {
			return nil, err
		}
		out = append(out, FieldRule{e.key, rule})
	}
	return out, nil
}

func loadRule(e entry) (Rule, error) {
	if _, isMap := e.value.(*ast.MappingNode); !isMap {
		if _, isMap = e.value.(*ast.MappingValueNode); !isMap {
			s, err := scalar(e.value, e.key)
			if err != nil {
				return Rule{}, err
			}
			return Rule{Template: s}, checkTemplate(s, lineOf(e.value))
		}
	}
	list, err := entries(e.value, e.key)
	if err != nil {
		return Rule{}, err
	}
	var r Rule
	var sources []string
	for _, x := range list {
		switch x.key {
		case "column", "value", "template":
			sources = append(sources, x.key)
			err = r.loadSource(x)
		case "values":
			err = r.loadValues(x)
		case "otherwise":
			if r.Otherwise, err = scalar(x.value, x.key); err == nil && !slices.Contains([]string{"keep", "blank", "refuse"}, r.Otherwise) {
				err = mappingError(x.line, "otherwise must be keep, blank or refuse")
			}
		case "date":
			err = r.loadDates(x)
		case "cut":
			r.Cut, err = scalar(x.value, x.key)
		default:
			err = mappingError(x.line, "%q is not known here; possible are column, template, value, values, otherwise, date and cut", cut(x.key, 60))
		}
		if err != nil {
			return Rule{}, err
		}
	}
	switch {
	case len(sources) != 1:
		return Rule{}, mappingError(e.line, "the field %s needs exactly one of column, template and value", e.key)
	case r.Otherwise != "" && len(r.Values) == 0:
		return Rule{}, mappingError(e.line, "the field %s says otherwise but lists no values", e.key)
	}
	return r, nil
}

func (r *Rule) loadSource(e entry) error {
	s, err := scalar(e.value, e.key)
	if err != nil {
		return err
	}
	switch e.key {
	case "template":
		r.Template = s
		return checkTemplate(s, lineOf(e.value))
	case "value":
		r.Template = escapeBraces(s)
	case "column":
		if s = cleanName(s); s == "" {
			return mappingError(e.line, "column needs the name of a column")
		}
		r.Template = Column(s).Template
	}
	return nil
}

func (r *Rule) loadValues(e entry) error {
	list, err := entries(e.value, e.key)
	if err != nil {
		return err
	}
	for _, x := range list {
		to, err := scalar(x.value, x.key)
		if err != nil {
			return err
		}
		r.Values = append(r.Values, Pair{x.key, to})
	}
	if len(r.Values) == 0 {
		return mappingError(e.line, "values lists nothing")
	}
	return nil
}

func (r *Rule) loadDates(e entry) error {
	nodes := []ast.Node{e.value}
	if seq, ok := e.value.(*ast.SequenceNode); ok {
		nodes = seq.Values
	}
	for _, n := range nodes {
		s, err := scalar(n, e.key)
		if err != nil {
			return err
		}
		if _, err := dateLayout(s); err != nil {
			return mappingError(lineOf(n), "%s", err)
		}
		r.Dates = append(r.Dates, s)
	}
	if len(r.Dates) == 0 {
		return mappingError(e.line, "date needs a format such as dd/mm/yyyy")
	}
	return nil
}

var dateWords = regexp.MustCompile(`d+|m+|y+`)

// dateLayout turns dd/mm/yyyy into Go's layout, or takes a Go layout (2/1/2006) as it is. One- and two-digit days and months
// are both read, whatever the format says, because spreadsheets drop the zeros.
func dateLayout(format string) (string, error) {
	bad := fmt.Errorf("%q is not a date format; write for example dd/mm/yyyy, mm/dd/yyyy or d mmm yyyy", cut(format, 40))
	layout := format
	if !strings.Contains(format, "06") {
		words := map[string]string{"d": "2", "dd": "2", "m": "1", "mm": "1", "mmm": "Jan", "mmmm": "January", "yy": "06", "yyyy": "2006"}
		ok := true
		layout = dateWords.ReplaceAllStringFunc(strings.ToLower(format), func(w string) string {
			to, known := words[w]
			ok = ok && known
			return to
		})
		if !ok {
			return "", bad
		}
	}
	probe := time.Date(2013, time.November, 28, 0, 0, 0, 0, time.UTC)
	if back, err := time.Parse(layout, probe.Format(layout)); err != nil || !back.Equal(probe) {
		return "", bad
	}
	return layout, nil
}

// piece is a part of a template: text, a column, or the row number.
type piece struct {
	text   string
	column string
	row    bool
}

func checkTemplate(s string, line int) error {
	if _, err := pieces(s); err != nil {
		return mappingError(line, "%s", err)
	}
	return nil
}

// pieces takes a template apart.
func pieces(s string) ([]piece, error) {
	var out []piece
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, piece{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			text.WriteByte(s[i])
			i += 2
		case s[i] == '}':
			return nil, fmt.Errorf("a closing brace has no opening one in %q; write }} for a brace that is text", cut(s, 60))
		case s[i] == '{':
			name, length := columnIn(s[i+1:])
			if length < 0 {
				return nil, fmt.Errorf("an opening brace is never closed in %q; write {{ for a brace that is text", cut(s, 60))
			}
			if cleanName(name) == "" {
				return nil, fmt.Errorf("the braces are empty in %q; put the name of a column between them", cut(s, 60))
			}
			flush()
			if name == rowToken {
				out = append(out, piece{row: true})
			} else {
				out = append(out, piece{column: cleanName(name)})
			}
			i += 1 + length
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	flush()
	return out, nil
}

// columnIn reads a column's name up to its closing brace and gives the length with the brace, or -1. Doubled braces
// belong to the name.
func columnIn(s string) (name string, length int) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '{' || s[i] == '}' {
			if i+1 < len(s) && s[i+1] == s[i] {
				i++
			} else if s[i] == '}' {
				return b.String(), i + 1
			} else {
				return "", -1
			}
		}
		b.WriteByte(s[i])
	}
	return "", -1
}

var plainYAML = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_/]*( [A-Za-z0-9_/]+)*$`)

func yamlText(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan":
		return strconv.Quote(s)
	}
	if plainYAML.MatchString(s) {
		return s
	}
	return yamlQuote(s)
}

// yamlQuote writes a double-quoted text with the few escapes that every YAML reader knows.
func yamlQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// YAML writes the mapping so that [LoadMapping] reads the same again. Comments of the original are lost.
func (m *Mapping) YAML() []byte {
	var b strings.Builder
	if m.Kind != "" {
		fmt.Fprintf(&b, "kind: %s\n", yamlText(m.Kind))
	}
	if m.Separator != "" {
		fmt.Fprintf(&b, "separator: %s\n", yamlQuote(m.Separator))
	}
	if m.SkipRows > 0 {
		fmt.Fprintf(&b, "skip_rows: %d\n", m.SkipRows)
	}
	if len(m.Fields) > 0 {
		b.WriteString("fields:\n")
	}
	for _, f := range m.Fields {
		fmt.Fprintf(&b, "  %s: %s\n", yamlText(f.Field), f.yaml())
	}
	if len(m.Repeat) > 0 {
		b.WriteString("repeat:\n")
	}
	for _, block := range m.Repeat {
		parts := make([]string, len(block))
		for i, f := range block {
			parts[i] = yamlText(f.Field) + ": " + f.yaml()
		}
		fmt.Fprintf(&b, "  - {%s}\n", strings.Join(parts, ", "))
	}
	return []byte(b.String())
}

func (r Rule) yaml() string {
	if len(r.Values) == 0 && len(r.Dates) == 0 && r.Cut == "" {
		return yamlText(r.Template)
	}
	parts := []string{"template: " + yamlText(r.Template)}
	if p, err := pieces(r.Template); err == nil && len(p) == 1 && p[0].column != "" && Column(p[0].column).Template == r.Template {
		parts[0] = "column: " + yamlText(p[0].column)
	}
	if r.Cut != "" {
		parts = append(parts, "cut: "+yamlText(r.Cut))
	}
	if len(r.Values) > 0 {
		pairs := make([]string, len(r.Values))
		for i, p := range r.Values {
			pairs[i] = yamlText(p.From) + ": " + yamlText(p.To)
		}
		parts = append(parts, "values: {"+strings.Join(pairs, ", ")+"}")
	}
	if r.Otherwise != "" {
		parts = append(parts, "otherwise: "+r.Otherwise)
	}
	switch len(r.Dates) {
	case 0:
	case 1:
		parts = append(parts, "date: "+yamlText(r.Dates[0]))
	default:
		formats := make([]string, len(r.Dates))
		for i, d := range r.Dates {
			formats[i] = yamlText(d)
		}
		parts = append(parts, "date: ["+strings.Join(formats, ", ")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
