package barriers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The signs a page offers.
const (
	OpBelow   = "below"
	OpAbove   = "above"
	OpAtLeast = "at least"
	OpAtMost  = "at most"
	OpIs      = "is"
	OpOneOf   = "is one of"
	OpIsNot   = "is not"
)

// Choice is one line of the page that makes a rule: a field, a sign and values. A yes/no field takes "yes" or "no".
type Choice struct {
	Field  string // as a rule writes it: sen, attendance.percent, result["reading"].value
	Op     string
	Values []string
}

// OpsFor lists the signs that make sense for a field, for the page's second list. A field that does not exist has none.
func OpsFor(field string) []string {
	f, err := fieldNamed(field)
	if err != nil {
		return nil
	}
	switch f.kind {
	case wholeField, numberField:
		return []string{OpBelow, OpAtMost, OpAtLeast, OpAbove, OpIs, OpIsNot, OpOneOf}
	case dateField:
		return []string{OpBelow, OpAtMost, OpAtLeast, OpAbove, OpIs, OpIsNot}
	case boolField:
		return []string{OpIs}
	case listField:
		return []string{OpIs, OpIsNot}
	}
	return []string{OpIs, OpOneOf, OpIsNot}
}

// fieldNamed reads the field's name alone.
func fieldNamed(name string) (fieldRef, error) {
	if len(name) > maxRuleLength || strings.TrimSpace(name) == "" {
		return fieldRef{}, fmt.Errorf("choose what the rule is about")
	}
	parsed, issues := celEnv.Parse(name)
	if err := firstIssue(issues); err != nil {
		return fieldRef{}, fmt.Errorf("there is no field %s", name)
	}
	names := nameCheck{info: parsed.NativeRep().SourceInfo()}
	if names.walk(parsed.NativeRep().Expr(), nil); names.err != nil {
		return fieldRef{}, fmt.Errorf("%s", names.err.Message)
	}
	f, ok := readRef(parsed.NativeRep().Expr())
	if !ok {
		return fieldRef{}, fmt.Errorf("%s is not one field", name)
	}
	return f, nil
}

// ResultField is the field for a result in a subject, on one scale or (empty) on the only one the pupil has.
func ResultField(subject, scale string) string {
	if scale != "" {
		subject += ":" + scale
	}
	return "result[" + strconv.Quote(subject) + "].value"
}

// FromChoices writes choices as a rule. joined is "all" or "any". The error says which choice is wrong and why.
func FromChoices(choices []Choice, joined string) (string, error) {
	sign := " && "
	switch joined {
	case "all", "":
	case "any":
		sign = " || "
	default:
		return "", fmt.Errorf("choices are joined by all or any, not by %q", joined)
	}
	if len(choices) == 0 {
		return "", fmt.Errorf("the rule has no line yet")
	}
	parts := make([]string, 0, len(choices))
	for i, c := range choices {
		part, err := c.expression()
		if err != nil {
			if len(choices) > 1 {
				return "", fmt.Errorf("line %d: %w", i+1, err)
			}
			return "", err
		}
		parts = append(parts, part)
	}
	when := strings.Join(parts, sign)
	if _, err := Compile(when); err != nil {
		return "", err
	}
	return when, nil
}

var opSigns = map[string]string{OpBelow: "<", OpAbove: ">", OpAtLeast: ">=", OpAtMost: "<=", OpIs: "==", OpIsNot: "!="}

func (c Choice) expression() (string, error) {
	f, err := fieldNamed(c.Field)
	if err != nil {
		return "", err
	}
	if !slices.Contains(OpsFor(c.Field), c.Op) {
		return "", fmt.Errorf("“%s” cannot be used with %s", c.Op, f.words())
	}
	if len(c.Values) == 0 || c.Op != OpOneOf && len(c.Values) > 1 {
		return "", fmt.Errorf("%s needs one value", f.words())
	}
	literals := make([]string, 0, len(c.Values))
	for _, value := range c.Values {
		literal, err := f.literal(value)
		if err != nil {
			return "", err
		}
		literals = append(literals, literal)
	}
	switch {
	case f.kind == boolField && literals[0] == "false":
		return "!" + f.name, nil
	case f.kind == boolField:
		return f.name, nil
	case f.kind == listField && c.Op == OpIsNot:
		return "!(" + literals[0] + " in " + f.name + ")", nil
	case f.kind == listField:
		return literals[0] + " in " + f.name, nil
	case c.Op == OpOneOf:
		return f.name + " in [" + strings.Join(literals, ", ") + "]", nil
	}
	return f.name + " " + opSigns[c.Op] + " " + literals[0], nil
}

// literal writes a value as CEL wants it for the field.
func (f fieldRef) literal(value string) (string, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", fmt.Errorf("%s needs a value", f.words())
	}
	switch f.kind {
	case boolField:
		switch strings.ToLower(value) {
		case "yes":
			return "true", nil
		case "no":
			return "false", nil
		}
		return "", fmt.Errorf("%s is yes or no, not “%s”", f.words(), value)
	case wholeField:
		n, err := strconv.ParseInt(value, 10, 53)
		if err != nil {
			return "", fmt.Errorf("%s is a whole number, and “%s” is none", f.words(), value)
		}
		return strconv.FormatInt(n, 10), nil
	case numberField:
		n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(value, "%")), 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 1e12 {
			return "", fmt.Errorf("%s is a number, and “%s” is none", f.words(), value)
		}
		text := exact(n)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text, nil
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		return "", fmt.Errorf("the value for %s holds signs that are no text", f.words())
	}
	return strconv.Quote(value), nil
}

// ReadBack turns a rule that came from choices back into them. It is not ok for a rule that the page's lines cannot say; show that
// one as text.
func ReadBack(when string) (choices []Choice, joined string, ok bool) {
	rule, err := Compile(when)
	if err != nil {
		return nil, "", false
	}
	root, joined := rule.root, "all"
	kids := []*node{root}
	switch root.kind {
	case andNode:
		kids = root.kids
	case orNode:
		kids, joined = root.kids, "any"
	}
	for _, kid := range kids {
		c, ok := kid.choice()
		if !ok {
			return nil, "", false
		}
		choices = append(choices, c)
	}
	return choices, joined, true
}

func (n *node) choice() (Choice, bool) {
	if n.kind == notNode {
		inner := n.kids[0]
		if inner.kind != leafNode || inner.leaf == nil {
			return Choice{}, false
		}
		c, ok := inner.choice()
		switch inner.leaf.kind {
		case boolField:
			c.Values = []string{yesNo(!inner.leaf.yes)}
			return c, ok
		case listField:
			c.Op = OpIsNot
			return c, ok
		}
		return Choice{}, false
	}
	if n.kind != leafNode || n.leaf == nil {
		return Choice{}, false
	}
	l := n.leaf
	c := Choice{Field: l.name, Op: OpIs}
	switch {
	case l.kind == boolField:
		c.Values = []string{yesNo(l.yes)}
		return c, true
	case l.sign == "has":
		c.Values = []string{l.word}
	case l.sign == "in":
		c.Op, c.Values = OpOneOf, slices.Clone(l.words)
		for _, number := range l.numbers {
			c.Values = append(c.Values, exact(number))
		}
	default:
		for op, sign := range opSigns {
			if sign == l.sign {
				c.Op = op
			}
		}
		c.Values = []string{l.word}
		if l.kind == numberField || l.kind == wholeField {
			c.Values = []string{exact(l.number)}
		}
	}
	// What the page could not write again (9.5 for a whole number, a blank text) stays a text.
	if _, err := c.expression(); err != nil || !slices.Contains(OpsFor(c.Field), c.Op) {
		return Choice{}, false
	}
	for _, value := range c.Values {
		if strings.TrimSpace(value) != value {
			return Choice{}, false
		}
	}
	return c, true
}

// Words says a rule in plain English: "attendance is below 85 % and SEN is K or E". Parts that plain words cannot say stay as they are
// written. A rule that does not compile gives its own text.
func Words(when string) string {
	rule, err := Compile(when)
	if err != nil {
		return when
	}
	return rule.Words()
}

// Words is the rule in plain English.
func (r *Rule) Words() string { return r.root.words(false) }

func (n *node) words(inside bool) string {
	join := " and "
	switch n.kind {
	case leafNode:
		if n.leaf == nil {
			return n.text
		}
		return n.leaf.sentence()
	case notNode:
		if c, ok := n.choice(); ok && n.kids[0].leaf.kind == boolField {
			negated := *n.kids[0].leaf
			negated.yes = c.Values[0] == "yes"
			return negated.sentence()
		}
		if n.kids[0].kind == leafNode && n.kids[0].leaf != nil && n.kids[0].leaf.sign == "has" {
			return "is not in class " + n.kids[0].leaf.word
		}
		return "not (" + n.kids[0].words(false) + ")"
	case orNode:
		join = " or "
	}
	parts := make([]string, 0, len(n.kids))
	for _, kid := range n.kids {
		parts = append(parts, kid.words(true))
	}
	if inside {
		return "(" + strings.Join(parts, join) + ")"
	}
	return strings.Join(parts, join)
}

func (c *comparison) sentence() string {
	if c.kind == boolField {
		if c.yes {
			return fieldByKey[c.key].yes
		}
		return fieldByKey[c.key].no
	}
	if c.sign == "has" {
		return "is in class " + c.word
	}
	compare, _ := signWordsOf(c.sign, c.kind == dateField)
	switch c.sign {
	case "==", "in":
		compare = ""
	}
	if compare != "" {
		compare += " "
	}
	return c.fieldRef.words() + " is " + compare + c.threshold() + c.unit()
}
