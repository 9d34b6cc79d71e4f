package barriers

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// RuleText is one rule of a file: what it is called, from which day it counts, and its expression.
type RuleText struct {
	Code, Label string
	From        string // YYYY-MM-DD, or empty where the file does not say
	When        string
	Line        int // where the rule begins in the file
}

// RuleFileError is one thing wrong in a file of rules.
type RuleFileError struct {
	Line    int
	Code    string // of the rule, when it is known
	Message string
}

// Error is one line of text.
func (e RuleFileError) Error() string {
	where := fmt.Sprintf("line %d", e.Line)
	if e.Code != "" {
		where += ", rule " + e.Code
	}
	return where + ": " + e.Message
}

// RuleFileErrors is everything wrong in a file, in the order of its lines, so that it can be put right in one go.
type RuleFileErrors []RuleFileError

// Error is one line a fault.
func (e RuleFileErrors) Error() string {
	lines := make([]string, 0, len(e))
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

const (
	maxRuleFile = 256 << 10
	maxRules    = 500
	maxNesting  = 100
)

var ruleCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)

// ParseRules reads `barriers: [{code, label, from, when}]`. The error is a RuleFileErrors that names every fault with its line. One code
// may stand several times with different days: that is how a threshold changes and last year's list stays what it was.
func ParseRules(file []byte) (rules []RuleText, err error) {
	switch {
	case len(file) > maxRuleFile:
		return nil, RuleFileErrors{{1, "", "the file is larger than 256 KB, which no set of rules is"}}
	case !utf8.Valid(file):
		return nil, RuleFileErrors{{1, "", "the file is not text in UTF-8"}}
	}
	if line := tooDeep(file); line > 0 {
		return nil, RuleFileErrors{{line, "", "too many brackets are open at once"}}
	}
	// The YAML reader is not ours; whatever it does with a hostile file must not stop the program.
	defer func() {
		if p := recover(); p != nil {
			rules, err = nil, RuleFileErrors{{1, "", "the file cannot be read as YAML"}}
		}
	}()
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	document, parseErr := parser.ParseBytes(file, 0)
	if parseErr != nil {
		return nil, RuleFileErrors{yamlFault(parseErr)}
	}
	r := &ruleReader{}
	r.document(document)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b RuleFileError) int { return a.Line - b.Line })
		return nil, r.faults
	}
	return r.rules, nil
}

// tooDeep finds the line where brackets are nested deeper than any rule needs. The YAML reader's time grows with the square of that.
func tooDeep(file []byte) int {
	depth, line := 0, 1
	for _, b := range file {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '\n':
			line++
		}
		if depth > maxNesting {
			return line
		}
	}
	return 0
}

func yamlFault(err error) RuleFileError {
	fault := RuleFileError{Line: 1, Message: "the file cannot be read as YAML"}
	var found yaml.Error
	if errors.As(err, &found) {
		fault.Message += ": " + found.GetMessage()
		if token := found.GetToken(); token != nil && token.Position != nil {
			fault.Line = token.Position.Line
		}
	}
	fault.Message += ". An expression that begins with a quotation mark or ! goes on a line of its own below `when: |`"
	return fault
}

type ruleReader struct {
	rules  []RuleText
	faults RuleFileErrors
}

func (r *ruleReader) fail(line int, code, format string, args ...any) {
	r.faults = append(r.faults, RuleFileError{line, code, fmt.Sprintf(format, args...)})
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// entries gives a mapping's lines; the parser has one shape for one line and another for several.
func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

func keyOf(entry *ast.MappingValueNode) string {
	if entry.Key == nil || entry.Key.GetToken() == nil {
		return ""
	}
	return entry.Key.GetToken().Value
}

func (r *ruleReader) document(file *ast.File) {
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) == 0 {
		r.fail(1, "", "the file is empty; it begins with `barriers:`")
		return
	}
	if len(bodies) > 1 {
		r.fail(lineOf(bodies[1]), "", "the file holds more than one document; keep all rules under one `barriers:`")
		return
	}
	top, ok := entries(bodies[0])
	if !ok {
		r.fail(lineOf(bodies[0]), "", "the file begins with `barriers:` and a list below it")
		return
	}
	found := false
	for _, entry := range top {
		if keyOf(entry) != "barriers" {
			r.fail(lineOf(entry.Key), "", "%q is not known here; the file holds `barriers:` alone", clipText(keyOf(entry)))
			continue
		}
		found = true
		r.list(entry)
	}
	if !found && len(r.faults) == 0 {
		r.fail(1, "", "the file has no `barriers:`")
	}
}

func (r *ruleReader) list(entry *ast.MappingValueNode) {
	sequence, ok := entry.Value.(*ast.SequenceNode)
	if !ok || len(sequence.Values) == 0 {
		r.fail(lineOf(entry.Key), "", "there is no rule below `barriers:`; each begins with `- code:`")
		return
	}
	if len(sequence.Values) > maxRules {
		r.fail(lineOf(entry.Key), "", "the file holds %d rules and %d are allowed", len(sequence.Values), maxRules)
		return
	}
	lines := map[[2]string]int{}
	for _, value := range sequence.Values {
		rule, ok := r.rule(value)
		if !ok {
			continue
		}
		// Codes that differ only in capitals would be told apart by nobody.
		key := [2]string{strings.ToLower(rule.Code), rule.From}
		if before, twice := lines[key]; twice {
			from := "without a day"
			if rule.From != "" {
				from = "from " + rule.From
			}
			r.fail(rule.Line, rule.Code, "the code stands twice %s; the first is in line %d", from, before)
			continue
		}
		lines[key] = rule.Line
		r.rules = append(r.rules, rule)
	}
}

// rule reads one rule and reports everything that is wrong with it. It is ok when code and day can be compared with other rules.
func (r *ruleReader) rule(n ast.Node) (RuleText, bool) {
	rule := RuleText{Line: lineOf(n)}
	lines, ok := entries(n)
	if !ok {
		r.fail(rule.Line, "", "a rule is made of code, label, from and when")
		return rule, false
	}
	rule.Line = lineOf(lines[0].Key)
	texts, at := map[string]string{}, map[string]int{}
	for _, entry := range lines {
		key := keyOf(entry)
		if !slices.Contains([]string{"code", "label", "from", "when"}, key) {
			hint := "a rule has code, label, from and when"
			if near := nearest(key, []string{"code", "label", "from", "when"}); near != "" {
				hint = "did you mean " + near + "?"
			}
			r.fail(lineOf(entry.Key), "", "%q is not known here; %s", clipText(key), hint)
			continue
		}
		at[key] = lineOf(entry.Key)
		text, problem := scalar(entry.Value)
		if problem != "" {
			r.fail(at[key], texts["code"], "%s: %s", key, problem)
			at[key] = -at[key]
			continue
		}
		texts[key] = strings.TrimSpace(text)
	}
	rule.Code, rule.Label, rule.From, rule.When = texts["code"], texts["label"], texts["from"], texts["when"]
	if rule.Label == "" {
		rule.Label = rule.Code
	}
	ok = r.checkCode(rule, at["code"])
	if rule.From != "" && !isDay(rule.From) {
		r.fail(at["from"], rule.Code, "from is a day like 2026-09-01, and %q is none", clipText(rule.From))
		ok = false
	}
	if utf8.RuneCountInString(rule.Label) > 120 {
		r.fail(at["label"], rule.Code, "the label is longer than 120 characters")
	}
	r.checkWhen(rule, at["when"])
	return rule, ok && at["from"] >= 0
}

func (r *ruleReader) checkCode(rule RuleText, line int) bool {
	switch {
	case line < 0:
		return false
	case rule.Code == "":
		r.fail(max(line, rule.Line), "", "the rule has no code")
		return false
	case !ruleCode.MatchString(rule.Code):
		r.fail(line, "", "the code %q is not made of letters, figures, points, hyphens and underscores (40 at most)", clipText(rule.Code))
		return false
	}
	return true
}

func (r *ruleReader) checkWhen(rule RuleText, line int) {
	switch {
	case line < 0:
		return
	case rule.When == "":
		r.fail(max(line, rule.Line), rule.Code, "the rule has no when")
		return
	}
	if _, err := Compile(rule.When); err != nil {
		r.fail(line, rule.Code, "when, %v", err)
	}
}

// scalar is a value as it was written, without YAML's ideas about what is a number or a yes.
func scalar(n ast.Node) (text, problem string) {
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return "", ""
	case *ast.StringNode:
		return v.Value, ""
	case *ast.LiteralNode:
		if v.Value == nil {
			return "", ""
		}
		return v.Value.Value, ""
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, ""
	case *ast.TagNode:
		return "", "YAML takes a word that begins with ! for something of its own; put the expression in single quotation marks"
	case *ast.AnchorNode, *ast.AliasNode:
		return "", "anchors (& and *) are not used here; write the text out, in quotation marks if it begins with such a sign"
	case *ast.SequenceNode, *ast.MappingNode, *ast.MappingValueNode:
		return "", "this must be a text; put it in single quotation marks if it holds [ ], { } or a colon"
	}
	return "", "this must be a text"
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func clipText(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}
