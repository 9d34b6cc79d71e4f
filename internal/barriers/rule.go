package barriers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"ajar/internal/progress"
)

// Outcome is what a rule says about one pupil.
type Outcome uint8

// The zero value is Unknown, so that nothing is ever a no by being forgotten.
const (
	Unknown Outcome = iota
	NotMet
	Met
)

// String is the outcome in words.
func (o Outcome) String() string {
	switch o {
	case Met:
		return "met"
	case NotMet:
		return "not met"
	}
	return "not known"
}

// Evidence is one comparison that decided a verdict.
type Evidence struct {
	Field     string // as the rule writes it
	Value     string // the pupil's value, a number with at most two places
	Threshold string // what it was compared with
	Words     string // value, comparison and threshold in words: "attendance is 84.7 % (58 of 380 sessions missed), below 85 %"
	AsOf      string
	Source    string
}

// Missing is one value that was needed and is not known, with the reason in words.
type Missing struct {
	Field  string
	Reason string
}

// Verdict is an outcome with what decided it. Because is empty when the outcome is Unknown, Missing otherwise.
type Verdict struct {
	Outcome Outcome
	Because []Evidence
	Missing []Missing
}

// CompileError says where a rule is wrong. Line and Column count from 1; both are 0 when the fault is not at one place.
type CompileError struct {
	Line, Column int
	Message      string
}

func (e *CompileError) Error() string {
	switch {
	case e.Line == 0:
		return e.Message
	case e.Line == 1:
		return fmt.Sprintf("at character %d: %s", e.Column, e.Message)
	}
	return fmt.Sprintf("at line %d, character %d: %s", e.Line, e.Column, e.Message)
}

// Rule is a compiled rule. It is safe for use by many at a time.
type Rule struct {
	when  string
	root  *node
	needs []string
	// whole is the rule as CEL alone would run it; the tests hold both ways together.
	whole cel.Program
}

// When is the expression the rule was made from.
func (r *Rule) When() string { return r.when }

// Needs lists the data a rule asks for, in the order of the expression: "sen", "attendance.percent", "result:reading", "own:House".
func (r *Rule) Needs() []string { return slices.Clone(r.needs) }

// Compile reads a rule. The error is a *CompileError in plain words.
func Compile(when string) (*Rule, error) {
	if strings.TrimSpace(when) == "" {
		return nil, &CompileError{Message: "the rule is empty"}
	}
	if len(when) > maxRuleLength {
		return nil, &CompileError{Message: fmt.Sprintf("the rule is longer than %d characters", maxRuleLength)}
	}
	if !utf8.ValidString(when) || strings.ContainsRune(when, 0) {
		return nil, &CompileError{Message: "the rule holds bytes that are no text"}
	}
	parsed, issues := celEnv.Parse(when)
	if err := firstIssue(issues); err != nil {
		return nil, clearerSyntax(when, err)
	}
	names := nameCheck{info: parsed.NativeRep().SourceInfo()}
	if names.walk(parsed.NativeRep().Expr(), nil); names.err != nil {
		return nil, names.err
	}
	checked, issues := celEnv.Compile(when)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return nil, &CompileError{Message: fmt.Sprintf("a rule must say yes or no, and this one gives %s. Compare it with something", typeWords.Replace(checked.OutputType().String()))}
	}
	return build(when, checked)
}

// clearerSyntax knows two slips that CEL's reader notices only behind the place where they were made.
func clearerSyntax(when string, found *CompileError) *CompileError {
	for i := 1; i < len(when); i++ {
		if when[i] == '%' && isDigit(when[i-1]) {
			lineStart := strings.LastIndexByte(when[:i], '\n') + 1
			return &CompileError{Line: 1 + strings.Count(when[:i], "\n"), Column: utf8.RuneCountInString(when[lineStart:i]) + 1, Message: "write the number without a % sign"}
		}
	}
	if strings.HasPrefix(strings.TrimSpace(when), "not ") {
		return &CompileError{Line: found.Line, Column: 1, Message: "write ! for not, like !fsm"}
	}
	return found
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func firstIssue(issues *cel.Issues) *CompileError {
	if issues == nil || len(issues.Errors()) == 0 {
		return nil
	}
	first := issues.Errors()[0]
	e := &CompileError{Message: plainIssue(first.Message)}
	if first.Location != nil && first.Location.Line() > 0 {
		e.Line, e.Column = first.Location.Line(), first.Location.Column()+1
	}
	return e
}

func build(when string, checked *cel.Ast) (*Rule, error) {
	b := &builder{info: checked.NativeRep().SourceInfo()}
	r := &Rule{when: when, root: b.node(checked.NativeRep().Expr())}
	if b.err != nil {
		return nil, b.err
	}
	r.needs = b.needs
	whole, err := celEnv.Program(checked, cel.CostLimit(maxRuleCost))
	if err != nil {
		return nil, &CompileError{Message: "the rule cannot be prepared: " + err.Error()}
	}
	r.whole = whole
	return r, nil
}

// Decide gives the outcome alone, fast.
func (r *Rule) Decide(p *Pupil) Outcome { return r.root.eval(p) }

// Eval gives the outcome with the comparisons that decided it, or with what is missing.
func (r *Rule) Eval(p *Pupil) Verdict {
	v := Verdict{Outcome: r.root.eval(p)}
	r.root.explain(p, &v)
	return v
}

// decideByCEL runs the whole rule through CEL.
func (r *Rule) decideByCEL(p *Pupil) Outcome { return runCEL(r.whole, p) }

func runCEL(program cel.Program, p *Pupil) Outcome {
	out, _, err := program.Eval((*activation)(p))
	if err != nil {
		return Unknown
	}
	switch out {
	case types.True:
		return Met
	case types.False:
		return NotMet
	}
	return Unknown
}

type nodeKind uint8

const (
	leafNode nodeKind = iota
	andNode
	orNode
	notNode
)

// node is a rule taken apart at &&, || and !. A leaf is one comparison, decided by a closure, or anything else, decided by CEL.
type node struct {
	kind nodeKind
	kids []*node
	eval func(*Pupil) Outcome
	leaf *comparison // nil when CEL decides
	text string      // the leaf as it is written
	refs []fieldRef  // the fields a leaf asks for
}

func allOf(kids []*node) func(*Pupil) Outcome {
	if len(kids) == 2 {
		a, b := kids[0].eval, kids[1].eval
		return func(p *Pupil) Outcome {
			x := a(p)
			if x == NotMet {
				return NotMet
			}
			y := b(p)
			if y == NotMet || x == Met {
				return y
			}
			return Unknown
		}
	}
	return func(p *Pupil) Outcome {
		out := Met
		for _, kid := range kids {
			switch kid.eval(p) {
			case NotMet:
				return NotMet
			case Unknown:
				out = Unknown
			}
		}
		return out
	}
}

func anyOf(kids []*node) func(*Pupil) Outcome {
	return func(p *Pupil) Outcome {
		out := NotMet
		for _, kid := range kids {
			switch kid.eval(p) {
			case Met:
				return Met
			case Unknown:
				out = Unknown
			}
		}
		return out
	}
}

func opposite(eval func(*Pupil) Outcome) func(*Pupil) Outcome {
	return func(p *Pupil) Outcome {
		switch eval(p) {
		case Met:
			return NotMet
		case NotMet:
			return Met
		}
		return Unknown
	}
}

// explain collects what made the node come out as it did: of a false "and" only the false parts, of a true "or" only the true ones.
func (n *node) explain(p *Pupil, v *Verdict) {
	if n.kind == leafNode {
		n.explainLeaf(p, v)
		return
	}
	out := n.eval(p)
	for _, kid := range n.kids {
		if n.kind != notNode && kid.eval(p) != out {
			continue
		}
		kid.explain(p, v)
	}
}

func (n *node) explainLeaf(p *Pupil, v *Verdict) {
	out := n.eval(p)
	if out == Unknown {
		missing := false
		for _, f := range n.refs {
			if _, reason := f.value(p); reason != "" {
				v.addMissing(Missing{f.name, reason})
				missing = true
			}
		}
		if !missing {
			v.addMissing(Missing{n.text, "this part of the rule could not be worked out with the pupil's values"})
		}
		return
	}
	if n.leaf != nil {
		v.Because = append(v.Because, n.leaf.evidence(p, out == Met))
		return
	}
	for _, f := range n.refs {
		shown, reason := f.value(p)
		if reason != "" {
			shown = "not known"
		}
		e := f.evidence(p)
		e.Value, e.Threshold = shown, n.text
		e.Words = fmt.Sprintf("%s is %s; the rule's part %s is %s", f.words(), shown, n.text, yesNo(out == Met))
		v.Because = append(v.Because, e)
	}
	if len(n.refs) == 0 {
		v.Because = append(v.Because, Evidence{Field: n.text, Value: yesNo(out == Met), Words: n.text + " is always " + yesNo(out == Met)})
	}
}

func (v *Verdict) addMissing(m Missing) {
	if !slices.Contains(v.Missing, m) {
		v.Missing = append(v.Missing, m)
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// builder turns a checked expression into nodes.
type builder struct {
	info  *ast.SourceInfo
	needs []string
	err   *CompileError
}

func (b *builder) node(e ast.Expr) *node {
	if e.Kind() == ast.CallKind {
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalAnd:
			kids := b.flatten(e, operators.LogicalAnd, nil)
			return &node{kind: andNode, kids: kids, eval: allOf(kids)}
		case operators.LogicalOr:
			kids := b.flatten(e, operators.LogicalOr, nil)
			return &node{kind: orNode, kids: kids, eval: anyOf(kids)}
		case operators.LogicalNot:
			kid := b.node(call.Args()[0])
			return &node{kind: notNode, kids: []*node{kid}, eval: opposite(kid.eval)}
		}
	}
	return b.leafNode(e)
}

func (b *builder) flatten(e ast.Expr, function string, kids []*node) []*node {
	for _, arg := range e.AsCall().Args() {
		if arg.Kind() == ast.CallKind && arg.AsCall().FunctionName() == function {
			kids = b.flatten(arg, function, kids)
			continue
		}
		kids = append(kids, b.node(arg))
	}
	return kids
}

func (b *builder) leafNode(e ast.Expr) *node {
	n := &node{kind: leafNode}
	n.refs = b.refs(e, nil)
	for _, f := range n.refs {
		if need := f.need(); !slices.Contains(b.needs, need) {
			b.needs = append(b.needs, need)
		}
	}
	text, err := parser.Unparse(e, b.info)
	if err != nil {
		b.err = &CompileError{Message: "the rule cannot be written back: " + err.Error()}
		text = "true"
	}
	n.text = text
	if c, ok := readComparison(e); ok {
		n.leaf, n.eval = c, c.closure()
		return n
	}
	if b.err != nil {
		n.eval = func(*Pupil) Outcome { return Unknown }
		return n
	}
	program, compileErr := compileText(text)
	if compileErr != nil {
		b.err = compileErr
		n.eval = func(*Pupil) Outcome { return Unknown }
		return n
	}
	n.eval = func(p *Pupil) Outcome { return runCEL(program, p) }
	return n
}

func compileText(text string) (cel.Program, *CompileError) {
	checked, issues := celEnv.Compile(text)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	program, err := celEnv.Program(checked, cel.CostLimit(maxRuleCost))
	if err != nil {
		return nil, &CompileError{Message: "the rule cannot be prepared: " + err.Error()}
	}
	return program, nil
}

// refuseTextOrder stops year < "9", which as a comparison of texts puts Year 10 before Year 9.
func (b *builder) refuseTextOrder(e ast.Expr) {
	if b.err != nil {
		return
	}
	call := e.AsCall()
	if _, ordered := orderSigns[call.FunctionName()]; !ordered {
		return
	}
	for _, arg := range call.Args() {
		f, ok := readRef(arg)
		if ok && f.kind == textField {
			at := b.info.GetStartLocation(e.ID())
			hint := "it is text and has no order"
			if f.key == Year && f.part == "" && f.column == "" {
				hint = "it is text, so 10 would come before 9. Use year_number"
			}
			b.err = &CompileError{Line: max(at.Line(), 1), Column: max(at.Column(), 0) + 1, Message: f.name + " cannot be compared with <, <=, > or >=: " + hint}
			return
		}
	}
}

// refs finds the fields an expression asks for, each once.
func (b *builder) refs(e ast.Expr, list []fieldRef) []fieldRef {
	if f, ok := readRef(e); ok {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
		return list
	}
	switch e.Kind() {
	case ast.SelectKind:
		return b.refs(e.AsSelect().Operand(), list)
	case ast.CallKind:
		b.refuseTextOrder(e)
		if e.AsCall().IsMemberFunction() {
			list = b.refs(e.AsCall().Target(), list)
		}
		for _, arg := range e.AsCall().Args() {
			list = b.refs(arg, list)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			list = b.refs(element, list)
		}
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		for _, part := range []ast.Expr{loop.IterRange(), loop.AccuInit(), loop.LoopCondition(), loop.LoopStep(), loop.Result()} {
			list = b.refs(part, list)
		}
	}
	return list
}

// fieldRef is a field as a rule asks for it: a simple one, a part of a result, or a column of the school's own.
type fieldRef struct {
	name    string
	kind    fieldKind
	key     Key    // for simple fields
	part    string // value, text, scale or date of a result
	subject string
	scale   string
	column  string
}

func (f fieldRef) simple() bool { return f.part == "" && f.column == "" }

func readRef(e ast.Expr) (fieldRef, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		info, ok := fieldByName[e.AsIdent()]
		if !ok {
			return fieldRef{}, false
		}
		return fieldRef{name: info.name, kind: info.kind, key: info.key}, true
	case ast.SelectKind:
		s := e.AsSelect()
		if s.IsTestOnly() {
			return fieldRef{}, false
		}
		if s.Operand().Kind() == ast.IdentKind {
			info, ok := fieldByName[s.Operand().AsIdent()+"."+s.FieldName()]
			if !ok {
				return fieldRef{}, false
			}
			return fieldRef{name: info.name, kind: info.kind, key: info.key}, true
		}
		holder, key, ok := readIndex(s.Operand())
		if !ok || holder != "result" {
			return fieldRef{}, false
		}
		f := fieldRef{name: fmt.Sprintf("result[%q].%s", key, s.FieldName()), part: s.FieldName()}
		f.subject, f.scale = cutResultKey(key)
		switch s.FieldName() {
		case "value":
			f.kind = numberField
		case "date":
			f.kind = dateField
		}
		return f, true
	case ast.CallKind:
		holder, key, ok := readIndex(e)
		if !ok || holder == "result" {
			return fieldRef{}, false
		}
		f := fieldRef{name: fmt.Sprintf("%s[%q]", holder, key), column: key}
		if holder == "own_number" {
			f.kind = numberField
		}
		return f, true
	}
	return fieldRef{}, false
}

func readIndex(e ast.Expr) (holder, key string, ok bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.Index {
		return "", "", false
	}
	args := e.AsCall().Args()
	if len(args) != 2 || args[0].Kind() != ast.IdentKind {
		return "", "", false
	}
	holder = args[0].AsIdent()
	if holder != "result" && holder != "own" && holder != "own_number" {
		return "", "", false
	}
	key, ok = literalText(args[1])
	return holder, key, ok
}

// need is how Needs names the field.
func (f fieldRef) need() string {
	switch {
	case f.part != "" && f.scale != "":
		return "result:" + f.subject + ":" + f.scale
	case f.part != "":
		return "result:" + f.subject
	case f.column != "" && f.kind == numberField:
		return "own_number:" + f.column
	case f.column != "":
		return "own:" + f.column
	}
	return f.name
}

// words is the field as a person says it.
func (f fieldRef) words() string {
	switch {
	case f.part == "" && f.column == "":
		return fieldByKey[f.key].words
	case f.column != "":
		return f.column
	}
	words := f.subject
	if f.scale != "" {
		words += " (" + progress.LookUpScale(f.scale).Words + ")"
	}
	switch f.part {
	case "scale":
		return "the scale of " + words
	case "date":
		return "the date of " + words
	}
	return words
}

func (f fieldRef) unit() string {
	if f.simple() {
		return fieldByKey[f.key].unit
	}
	return ""
}

// value is what the pupil has, as it is shown, or the reason why it is not known.
func (f fieldRef) value(p *Pupil) (shown, reason string) {
	switch f.kind {
	case listField:
		if !p.Knows(f.key) {
			return "", "the pupil's classes are not known"
		}
		if len(p.classes) == 0 {
			return "none", ""
		}
		return strings.Join(p.classes, ", "), ""
	case boolField:
		n, why := f.number(p)
		if why != "" {
			return "", why
		}
		return yesNo(n != 0), ""
	case numberField, wholeField:
		n, why := f.number(p)
		if why != "" {
			return "", why
		}
		return places(n, 2), ""
	}
	return f.text(p)
}

func (f fieldRef) number(p *Pupil) (float64, string) {
	switch {
	case f.simple():
		if !p.Knows(f.key) {
			return 0, fieldByKey[f.key].words + " is not known"
		}
		return p.numbers[f.key], ""
	case f.column != "":
		o := p.own(f.column)
		switch {
		case o == nil:
			return 0, f.column + " is not known"
		case !o.HasNumber:
			return 0, fmt.Sprintf("%s is “%s”, which is not a number", f.column, o.Text)
		}
		return o.Number, ""
	}
	r, why := p.result(f.subject, f.scale)
	if why != found {
		return 0, f.resultReason(p, why)
	}
	if !r.HasValue {
		return 0, fmt.Sprintf("%s is “%s”, which is not a number", f.words(), r.Text)
	}
	return r.Value, ""
}

func (f fieldRef) text(p *Pupil) (string, string) {
	switch {
	case f.simple():
		if !p.Knows(f.key) {
			return "", fieldByKey[f.key].words + " is not known"
		}
		return p.texts[f.key], ""
	case f.column != "":
		if o := p.own(f.column); o != nil && o.Text != "" {
			return o.Text, ""
		}
		return "", f.column + " is not known"
	}
	r, why := p.result(f.subject, f.scale)
	if why != found {
		return "", f.resultReason(p, why)
	}
	text := r.Text
	switch f.part {
	case "scale":
		text = r.Scale
	case "date":
		text = r.Date
	}
	if text == "" {
		return "", f.words() + " is not known"
	}
	return text, ""
}

func (f fieldRef) resultReason(p *Pupil, reason why) string {
	if reason != manyScales {
		return fmt.Sprintf("there is no result in %s", f.words())
	}
	var scales []string
	for _, r := range p.Results {
		if strings.EqualFold(r.Subject, f.subject) && !slices.Contains(scales, r.Scale) {
			scales = append(scales, r.Scale)
		}
	}
	slices.Sort(scales)
	return fmt.Sprintf("%s has results on more than one scale (%s); name one in the rule, like result[\"%s:%s\"]", f.subject, strings.Join(scales, ", "), f.subject, scales[0])
}

// evidence is the part that does not depend on the comparison.
func (f fieldRef) evidence(p *Pupil) Evidence {
	if f.part != "" {
		e := Evidence{Field: f.name}
		if r, why := p.result(f.subject, f.scale); why == found {
			e.AsOf, e.Source = r.Date, r.Source
		}
		return e
	}
	o := p.origin(f.name)
	return Evidence{Field: f.name, AsOf: o.AsOf, Source: o.Source}
}

// comparison is a leaf of a simple shape: a field, a sign, and one or more literals.
type comparison struct {
	fieldRef
	sign    string // < <= > >= == != in, and "is" for a bare yes/no field
	number  float64
	numbers []float64
	word    string
	words   []string
	yes     bool
}

var orderSigns = map[string]string{operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">="}

var turned = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

// readComparison recognises the shapes that plain choices write, and their mirror images.
func readComparison(e ast.Expr) (*comparison, bool) {
	if f, ok := readRef(e); ok && f.kind == boolField {
		return &comparison{fieldRef: f, sign: "is", yes: true}, true
	}
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
		return nil, false
	}
	call := e.AsCall()
	left, right := call.Args()[0], call.Args()[1]
	if call.FunctionName() == operators.In {
		return readIn(left, right)
	}
	sign, ok := orderSigns[call.FunctionName()]
	switch call.FunctionName() {
	case operators.Equals:
		sign, ok = "==", true
	case operators.NotEquals:
		sign, ok = "!=", true
	}
	if !ok {
		return nil, false
	}
	f, ok := readRef(left)
	if !ok {
		if f, ok = readRef(right); !ok {
			return nil, false
		}
		sign, right = turned[sign], left
	}
	c := &comparison{fieldRef: f, sign: sign}
	switch f.kind {
	case wholeField, numberField:
		c.number, ok = literalNumber(right)
	case boolField:
		c.yes, ok = literalBool(right)
		if sign == "!=" {
			c.yes = !c.yes
		}
		ok = ok && (sign == "==" || sign == "!=")
		c.sign = "is"
	case textField, dateField:
		c.word, ok = literalText(right)
	default:
		ok = false
	}
	return c, ok
}

func readIn(left, right ast.Expr) (*comparison, bool) {
	if f, ok := readRef(right); ok && f.kind == listField {
		word, ok := literalText(left)
		return &comparison{fieldRef: f, sign: "has", word: word}, ok
	}
	f, ok := readRef(left)
	if !ok || right.Kind() != ast.ListKind || right.AsList().Size() == 0 {
		return nil, false
	}
	c := &comparison{fieldRef: f, sign: "in"}
	for _, element := range right.AsList().Elements() {
		switch f.kind {
		case textField, dateField:
			word, ok := literalText(element)
			if !ok {
				return nil, false
			}
			c.words = append(c.words, word)
		case wholeField, numberField:
			n, ok := literalNumber(element)
			if !ok {
				return nil, false
			}
			c.numbers = append(c.numbers, n)
		default:
			return nil, false
		}
	}
	return c, true
}

func literalNumber(e ast.Expr) (float64, bool) {
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	switch n := e.AsLiteral().(type) {
	case types.Double:
		return float64(n), !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0)
	case types.Int:
		// Beyond this a float would not be exact.
		return float64(n), n > -1<<53 && n < 1<<53
	case types.Uint:
		return float64(n), n < 1<<53
	}
	return 0, false
}

func literalBool(e ast.Expr) (bool, bool) {
	if e.Kind() != ast.LiteralKind {
		return false, false
	}
	b, ok := e.AsLiteral().(types.Bool)
	return bool(b), ok
}

func outcome(b bool) Outcome {
	if b {
		return Met
	}
	return NotMet
}

// closure is the comparison as fast code. It must agree with CEL on every pupil, which a test checks.
func (c *comparison) closure() func(*Pupil) Outcome {
	switch c.kind {
	case boolField:
		want, key := 0.0, c.key
		if c.yes {
			want = 1
		}
		return func(p *Pupil) Outcome {
			if p.known&(1<<key) == 0 {
				return Unknown
			}
			return outcome(p.numbers[key] == want)
		}
	case listField:
		return func(p *Pupil) Outcome {
			if !p.Knows(InClass) {
				return Unknown
			}
			return outcome(slices.Contains(p.classes, c.word))
		}
	case wholeField, numberField:
		return c.numberClosure()
	}
	return c.textClosure()
}

func (c *comparison) numberClosure() func(*Pupil) Outcome {
	test := c.numberTest()
	switch {
	case c.simple():
		key := c.key
		return func(p *Pupil) Outcome {
			if p.known&(1<<key) == 0 {
				return Unknown
			}
			return outcome(test(p.numbers[key]))
		}
	case c.column != "":
		return func(p *Pupil) Outcome {
			o := p.own(c.column)
			if o == nil || !o.HasNumber {
				return Unknown
			}
			return outcome(test(o.Number))
		}
	}
	return func(p *Pupil) Outcome {
		r, why := p.result(c.subject, c.scale)
		if why != found || !r.HasValue {
			return Unknown
		}
		return outcome(test(r.Value))
	}
}

func (c *comparison) numberTest() func(float64) bool {
	limit := c.number
	switch c.sign {
	case "<":
		return func(n float64) bool { return n < limit }
	case "<=":
		return func(n float64) bool { return n <= limit }
	case ">":
		return func(n float64) bool { return n > limit }
	case ">=":
		return func(n float64) bool { return n >= limit }
	case "==":
		return func(n float64) bool { return n == limit }
	case "!=":
		return func(n float64) bool { return n != limit }
	}
	return func(n float64) bool { return slices.Contains(c.numbers, n) }
}

func (c *comparison) textClosure() func(*Pupil) Outcome {
	test := c.textTest()
	if c.simple() {
		key := c.key
		return func(p *Pupil) Outcome {
			if p.known&(1<<key) == 0 {
				return Unknown
			}
			return outcome(test(p.texts[key]))
		}
	}
	return func(p *Pupil) Outcome {
		text := c.rawText(p)
		if text == "" {
			return Unknown
		}
		return outcome(test(text))
	}
}

// rawText is the text of a result's part or an own column, empty when it is not known.
func (c *comparison) rawText(p *Pupil) string {
	if c.column != "" {
		if o := p.own(c.column); o != nil {
			return o.Text
		}
		return ""
	}
	r, why := p.result(c.subject, c.scale)
	if why != found {
		return ""
	}
	switch c.part {
	case "scale":
		return r.Scale
	case "date":
		return r.Date
	}
	return r.Text
}

func (c *comparison) textTest() func(string) bool {
	word := c.word
	switch c.sign {
	case "<":
		return func(s string) bool { return s < word }
	case "<=":
		return func(s string) bool { return s <= word }
	case ">":
		return func(s string) bool { return s > word }
	case ">=":
		return func(s string) bool { return s >= word }
	case "==":
		return func(s string) bool { return s == word }
	case "!=":
		return func(s string) bool { return s != word }
	}
	return func(s string) bool { return slices.Contains(c.words, s) }
}

// evidence says what was compared with what, and how it came out.
func (c *comparison) evidence(p *Pupil, met bool) Evidence {
	e := c.fieldRef.evidence(p)
	e.Value, _ = c.value(p)
	e.Threshold = c.threshold()
	if c.kind == boolField {
		info := fieldByKey[c.key]
		e.Words = info.no
		if e.Value == "yes" {
			e.Words = info.yes
		}
		return e
	}
	shown := e.Value
	if c.kind == numberField || c.kind == wholeField {
		n, _ := c.fieldRef.number(p)
		shown = c.near(n) + c.unit()
	}
	if c.key == AttendancePercent && c.simple() && p.Knows(AttendancePossible) && p.Knows(AttendanceAttended) {
		possible, attended := p.numbers[AttendancePossible], p.numbers[AttendanceAttended]
		shown += fmt.Sprintf(" (%s of %s sessions missed)", places(possible-attended, 0), places(possible, 0))
	}
	e.Words = fmt.Sprintf("%s is %s", c.fieldRef.words(), shown)
	if same := (c.sign == "==" || c.sign == "!=") && e.Value == e.Threshold; !same { // "SEN is K, which is K" says it twice
		e.Words += ", " + c.compared(met)
	}
	return e
}

func (c *comparison) threshold() string {
	switch {
	case c.kind == boolField:
		return yesNo(c.yes)
	case c.sign == "in" && len(c.words) > 0:
		return orList(c.words)
	case c.sign == "in":
		var list []string
		for _, n := range c.numbers {
			list = append(list, exact(n))
		}
		return orList(list)
	case c.kind == numberField || c.kind == wholeField:
		return exact(c.number)
	}
	return c.word
}

// signWordsOf gives the word for a sign that holds and for one that does not. Dates have words of their own.
func signWordsOf(sign string, date bool) (holds, fails string) {
	if date {
		switch sign {
		case "<":
			return "before", "not before"
		case ">":
			return "after", "not after"
		case "<=":
			return "on or before", "after"
		case ">=":
			return "on or after", "before"
		}
	}
	switch sign {
	case "<":
		return "below", "not below"
	case "<=":
		return "at most", "above"
	case ">":
		return "above", "not above"
	case ">=":
		return "at least", "below"
	case "!=":
		return "not", "which is"
	case "in":
		return "one of", "not one of"
	case "has":
		return "with", "without"
	}
	return "which is", "not"
}

func (c *comparison) compared(met bool) string {
	holds, fails := signWordsOf(c.sign, c.kind == dateField)
	if !met {
		holds = fails
	}
	return holds + " " + c.threshold() + c.unit()
}

// near shows a number with one place, and with more where the threshold would otherwise look the same.
func (c *comparison) near(n float64) string {
	if c.sign == "in" || n == c.number {
		return exact(n)
	}
	for digits := 1; digits < 6; digits++ {
		if text := places(n, digits); text != exact(c.number) {
			return text
		}
	}
	return exact(n)
}

func places(n float64, digits int) string {
	text := strconv.FormatFloat(n, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

func exact(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func orList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}
