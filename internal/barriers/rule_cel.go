package barriers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Limits on one rule. They are far above what a school writes and keep a pasted novel or a nested loop from taking the machine.
const (
	maxRuleLength = 2000
	maxRuleCost   = 20_000
)

const resultType = "Result"

var resultParts = map[string]*cel.Type{"value": cel.DoubleType, "text": cel.StringType, "scale": cel.StringType, "date": cel.StringType}

// celEnv is made once: it holds the fields and is safe for use by many at a time.
var celEnv = func() *cel.Env {
	registry, err := types.NewRegistry()
	if err != nil {
		panic(err)
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(resultProvider{registry}),
		cel.CustomTypeAdapter(registry),
		// has() would turn "not known" into a no, which the rules of the house forbid.
		cel.ClearMacros(),
		cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.MapMacro, cel.FilterMacro),
		cel.EnableMacroCallTracking(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserRecursionLimit(60),
		cel.ParserExpressionSizeLimit(maxRuleLength),
		cel.Variable("result", cel.MapType(cel.StringType, cel.ObjectType(resultType))),
		cel.Variable("own", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("own_number", cel.MapType(cel.StringType, cel.DoubleType)),
	}
	for _, f := range simpleFields {
		options = append(options, cel.Variable(f.name, celType(f.kind)))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		panic(err) // the list of fields above is wrong; every test fails at once
	}
	return env
}()

func celType(kind fieldKind) *cel.Type {
	switch kind {
	case wholeField:
		return cel.IntType
	case numberField:
		return cel.DoubleType
	case boolField:
		return cel.BoolType
	case listField:
		return cel.ListType(cel.StringType)
	}
	return cel.StringType
}

// resultProvider teaches CEL the parts of a result.
type resultProvider struct{ types.Provider }

func (r resultProvider) FindStructType(name string) (*types.Type, bool) {
	if name == resultType {
		return types.NewTypeTypeWithParam(types.NewObjectType(resultType)), true
	}
	return r.Provider.FindStructType(name)
}

func (r resultProvider) FindStructFieldNames(name string) ([]string, bool) {
	if name == resultType {
		return []string{"value", "text", "scale", "date"}, true
	}
	return r.Provider.FindStructFieldNames(name)
}

func (r resultProvider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name != resultType {
		return r.Provider.FindStructFieldType(name, field)
	}
	t, ok := resultParts[field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t, IsSet: func(any) bool { return true }, GetFrom: func(target any) (any, error) {
		if result, ok := target.(*Result); ok {
			return resultPart(result, field), nil
		}
		return notKnown, nil
	}}, true
}

func resultPart(r *Result, part string) ref.Val {
	switch part {
	case "value":
		if r.HasValue {
			return types.Double(r.Value)
		}
		return notKnown
	case "text":
		return textOrUnknown(r.Text)
	case "scale":
		return textOrUnknown(r.Scale)
	}
	return textOrUnknown(r.Date)
}

func textOrUnknown(s string) ref.Val {
	if s == "" {
		return notKnown
	}
	return types.String(s)
}

// notKnown is CEL's own unknown: it passes through comparisons, and && and || decide around it.
var notKnown ref.Val = types.NewUnknown(1, nil)

// activation lets CEL read a Pupil without building a map for each.
type activation Pupil

func (a *activation) Parent() cel.Activation { return nil }

func (a *activation) ResolveName(name string) (any, bool) {
	p := (*Pupil)(a)
	switch name {
	case "result":
		return keyed{find: p.celResult}, true
	case "own":
		return keyed{find: p.celOwn}, true
	case "own_number":
		return keyed{find: p.celOwnNumber}, true
	}
	f, ok := fieldByName[name]
	if !ok {
		return nil, false
	}
	if !p.Knows(f.key) {
		return notKnown, true
	}
	switch f.kind {
	case textField:
		return types.String(p.texts[f.key]), true
	case wholeField:
		return types.Int(p.numbers[f.key]), true
	case numberField:
		return types.Double(p.numbers[f.key]), true
	case boolField:
		return types.Bool(p.numbers[f.key] != 0), true
	}
	return types.NewStringList(types.DefaultTypeAdapter, p.classes), true
}

func (p *Pupil) celResult(key string) ref.Val {
	subject, scale := cutResultKey(key)
	r, reason := p.result(subject, scale)
	if reason != found {
		return notKnown
	}
	return resultVal{r}
}

func (p *Pupil) celOwn(column string) ref.Val {
	if o := p.own(column); o != nil {
		return textOrUnknown(o.Text)
	}
	return notKnown
}

func (p *Pupil) celOwnNumber(column string) ref.Val {
	if o := p.own(column); o != nil && o.HasNumber {
		return types.Double(o.Number)
	}
	return notKnown
}

// keyed is result, own and own_number to CEL: something with an index and nothing else. What is missing is unknown, not an error.
type keyed struct {
	find func(key string) ref.Val
	noVal
}

func (k keyed) Get(index ref.Val) ref.Val {
	key, ok := index.(types.String)
	if !ok {
		return types.NewErr("the name in brackets must be a text")
	}
	return k.find(string(key))
}
func (k keyed) Value() any { return k }

// resultVal is one result to CEL.
type resultVal struct{ *Result }

func (r resultVal) ConvertToNative(t reflectType) (any, error) { return noVal{}.ConvertToNative(t) }
func (r resultVal) ConvertToType(t ref.Type) ref.Val           { return noVal{}.ConvertToType(t) }
func (r resultVal) Equal(o ref.Val) ref.Val                    { return noVal{}.Equal(o) }
func (r resultVal) Type() ref.Type                             { return types.NewObjectType(resultType) }
func (r resultVal) Value() any                                 { return r.Result }

// A name is suggested when it is close enough to be a slip of the finger.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", 1+len(name)/3
	lower := strings.ToLower(name)
	for _, candidate := range candidates {
		if d := distance(lower, candidate); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = candidate, d
		}
	}
	if best == "" {
		for _, candidate := range candidates {
			if _, part, ok := strings.Cut(candidate, "."); ok && part == lower || lower != "" && strings.ReplaceAll(candidate, "_", "") == strings.ReplaceAll(lower, "_", "") {
				return candidate
			}
		}
	}
	return best
}

// distance counts letters to add, drop, change or swap with their neighbour.
func distance(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func fieldNames() []string {
	names := make([]string, 0, len(simpleFields)+3)
	for _, f := range simpleFields {
		names = append(names, f.name)
	}
	return append(names, "result", "own", "own_number")
}

// checkNames walks a parsed rule before CEL checks its types, because CEL's own words for a misspelt field help nobody.
type nameCheck struct {
	info *ast.SourceInfo
	err  *CompileError
}

func (c *nameCheck) fail(e ast.Expr, format string, args ...any) {
	if c.err == nil {
		at := c.info.GetStartLocation(e.ID())
		c.err = &CompileError{Line: max(at.Line(), 1), Column: max(at.Column(), 0) + 1, Message: fmt.Sprintf(format, args...)}
	}
}

func (c *nameCheck) walk(e ast.Expr, scope []string) {
	if c.err != nil {
		return
	}
	switch e.Kind() {
	case ast.IdentKind:
		c.ident(e, scope)
	case ast.SelectKind:
		c.selection(e, scope)
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() == operators.Index && c.index(e, false) {
			return
		}
		c.pattern(e)
		if call.IsMemberFunction() {
			c.walk(call.Target(), scope)
		}
		for _, arg := range call.Args() {
			c.walk(arg, scope)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			c.walk(element, scope)
		}
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		c.walk(loop.IterRange(), scope)
		inner := append(append([]string{}, scope...), loop.IterVar(), loop.AccuVar())
		for _, part := range []ast.Expr{loop.AccuInit(), loop.LoopCondition(), loop.LoopStep(), loop.Result()} {
			c.walk(part, inner)
		}
	case ast.MapKind, ast.StructKind:
		c.fail(e, "curly brackets have no use in a barrier rule")
	}
}

func (c *nameCheck) ident(e ast.Expr, scope []string) {
	name := e.AsIdent()
	for _, local := range scope {
		if name == local {
			return
		}
	}
	if _, ok := fieldByName[name]; ok {
		return
	}
	switch name {
	case "result":
		c.fail(e, `result needs a subject in brackets and what of it, like result["reading"].value`)
	case "own", "own_number":
		c.fail(e, `%s needs a column in brackets, like %s["House"]`, name, name)
	default:
		c.unknown(e, name)
	}
}

func (c *nameCheck) unknown(e ast.Expr, name string) {
	var parts []string
	for _, f := range simpleFields {
		if strings.HasPrefix(f.name, name+".") {
			parts = append(parts, f.name)
		}
	}
	if len(parts) > 0 {
		c.fail(e, "%s needs a part: %s", name, strings.Join(parts, ", "))
		return
	}
	if near := nearest(name, fieldNames()); near != "" {
		c.fail(e, "there is no field %s. Did you mean %s?", name, near)
		return
	}
	c.fail(e, "there is no field %s. If it is a word to compare with, put it in quotation marks", name)
}

func (c *nameCheck) selection(e ast.Expr, scope []string) {
	s := e.AsSelect()
	operand := s.Operand()
	if operand.Kind() == ast.IdentKind {
		name := operand.AsIdent()
		for _, local := range scope {
			if name == local {
				return
			}
		}
		full := name + "." + s.FieldName()
		if _, ok := fieldByName[full]; !ok {
			if name == "result" || name == "own" || name == "own_number" {
				c.fail(operand, `write %s["%s"] with brackets and quotation marks`, name, s.FieldName())
				return
			}
			c.unknown(operand, full)
		}
		return
	}
	if operand.Kind() == ast.CallKind && operand.AsCall().FunctionName() == operators.Index && c.index(operand, true) {
		if _, ok := resultParts[s.FieldName()]; !ok && c.err == nil {
			if near := nearest(s.FieldName(), []string{"value", "text", "scale", "date"}); near != "" {
				c.fail(e, "a result has no %s. Did you mean %s?", s.FieldName(), near)
				return
			}
			c.fail(e, "a result has value, text, scale and date, and no %s", s.FieldName())
		}
		return
	}
	c.walk(operand, scope)
}

// index checks result["…"], own["…"] and own_number["…"]; it answers false for other lists.
func (c *nameCheck) index(e ast.Expr, selected bool) bool {
	args := e.AsCall().Args()
	if len(args) != 2 || args[0].Kind() != ast.IdentKind {
		return false
	}
	name := args[0].AsIdent()
	if name != "result" && name != "own" && name != "own_number" {
		return false
	}
	key, ok := literalText(args[1])
	switch {
	case !ok || strings.TrimSpace(key) == "":
		c.fail(args[1], "the name in brackets after %s must be a text in quotation marks", name)
	case name == "result" && !selected:
		c.fail(e, `say what of the result is meant: result["%s"].value, .text, .scale or .date`, key)
	case name != "result" && selected:
		c.fail(e, `%s["%s"] has no parts`, name, key)
	}
	return true
}

// pattern checks the search pattern of matches now, because later it would only make every pupil unknown.
func (c *nameCheck) pattern(e ast.Expr) {
	call := e.AsCall()
	if call.FunctionName() != "matches" || len(call.Args()) == 0 {
		return
	}
	last := call.Args()[len(call.Args())-1]
	text, ok := literalText(last)
	if !ok {
		c.fail(last, "the search pattern of matches must be a text in quotation marks")
		return
	}
	if _, err := regexp.Compile(text); err != nil {
		c.fail(last, "the search pattern %q cannot be read: %v", text, err)
	}
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

var (
	overloadError  = regexp.MustCompile(`^found no matching overload for '(.+?)' applied to '(.*)'$`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '(.+?)'`)
	syntaxExpected = regexp.MustCompile(`^Syntax error: (.*)$`)
)

var signWords = map[string]string{
	"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "==", "_!=_": "!=", "@in": "in", "_&&_": "&&", "_||_": "||", "!_": "!",
	"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "_?_:_": "? :", "_[_]": "[ ]", "-_": "-",
}

var typeWords = strings.NewReplacer("list(string)", "a list of texts", "list(double)", "a list of numbers", "list(int)", "a list of whole numbers", "list(dyn)", "a list",
	"string", "text", "double", "a number", "uint", "a whole number with u", "int", "a whole number", "bool", "yes/no", "Result", "a result")

// plainIssue says what CEL found in words for someone who does not program.
func plainIssue(message string) string {
	if m := overloadError.FindStringSubmatch(message); m != nil {
		sign, known := signWords[m[1]]
		kinds := strings.Split(strings.TrimSuffix(strings.TrimPrefix(m[2], "("), ")"), ", ")
		for i, kind := range kinds {
			kinds[i] = typeWords.Replace(kind)
		}
		if known && len(kinds) == 2 && slices.Contains(kinds, "a number") && slices.Contains(kinds, "a whole number") {
			return fmt.Sprintf("with %s write the number with a point, like 85.0", sign)
		}
		if known && len(kinds) == 2 {
			return fmt.Sprintf("%s cannot stand between %s and %s", sign, kinds[0], kinds[1])
		}
		if known {
			return fmt.Sprintf("%s cannot be used with %s", sign, strings.Join(kinds, ", "))
		}
		return fmt.Sprintf("%s cannot be used with %s", m[1], strings.Join(kinds, ", "))
	}
	if m := undeclared.FindStringSubmatch(message); m != nil {
		if m[1] == "has" {
			return "has() is not needed: where data is missing, the rule is “not known” for that pupil"
		}
		return fmt.Sprintf("there is no function %s", m[1])
	}
	if m := syntaxExpected.FindStringSubmatch(message); m != nil {
		return plainSyntax(m[1])
	}
	if strings.HasSuffix(message, "does not support field selection") {
		return "this is one value already; nothing can stand behind it with a point"
	}
	return message
}

// foreignSigns are what people write who know rules from elsewhere.
var foreignSigns = []struct{ unexpected, advice string }{
	{"'='", "write == to compare, not ="},
	{"'and'", "write && for and"}, {"'AND'", "write && for and"}, {"'or'", "write || for or"}, {"'OR'", "write || for or"},
	{"'is'", "write == to compare, not is"}, {"','", "a number is written with a point and not a comma: 85.0"},
}

func plainSyntax(detail string) string {
	if at := strings.Index(detail, " expecting "); at > 0 {
		detail = detail[:at]
	}
	for _, foreign := range foreignSigns {
		if strings.HasSuffix(detail, "input "+foreign.unexpected) {
			return foreign.advice
		}
	}
	switch {
	case strings.HasPrefix(detail, "token recognition error at: '="):
		return "write == to compare, not ="
	case strings.HasPrefix(detail, "token recognition error"):
		return "there is a sign here that a rule cannot hold, or a quotation mark without its partner"
	case strings.HasPrefix(detail, "missing "):
		what, _, _ := strings.Cut(strings.TrimPrefix(detail, "missing "), " at ")
		return "a " + what + " is missing"
	case strings.HasSuffix(detail, "'<EOF>'"):
		return "the rule stops too early; something is missing at its end"
	}
	for _, unexpected := range []string{"mismatched input ", "extraneous input ", "no viable alternative at input "} {
		detail = strings.TrimPrefix(detail, unexpected)
	}
	return "the rule cannot be read from here on: " + strings.ReplaceAll(detail, "<EOF>", "the end") + " was not expected"
}
