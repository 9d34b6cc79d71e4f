package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Bound is a mapping tied to the header of one file: names have become positions.
type Bound struct {
	// File stands in the refusals that Rows makes.
	File string

	header  []string
	skip    int
	fields  []string
	index   map[string]int
	blocks  [][]boundRule // one list for each record that a row yields
	used    map[int]bool
	missing []string
}

type boundRule struct {
	at        int // position in the record
	pieces    []boundPiece
	column    string // for refusals
	values    map[string]string
	folded    map[string]string
	otherwise string
	layouts   []string
	formats   string
	cut       string
}

type boundPiece struct {
	text string
	cell int // -1 for text and row number
	row  bool
}

// Record is one row as our fields see it.
type Record struct {
	Row    int // row number in the spreadsheet
	Block  int // which entry of repeat made it, from 0
	bound  *Bound
	values []string
}

// Get is the value of a field, or "" when the mapping does not fill it.
func (r Record) Get(field string) string {
	if r.bound == nil {
		return ""
	}
	if i, ok := r.bound.index[field]; ok {
		return r.values[i]
	}
	return ""
}

// At is Get by the position that [Bound.Index] gave, for loops over many rows.
func (r Record) At(i int) string {
	if i < 0 || i >= len(r.values) {
		return ""
	}
	return r.values[i]
}

// Bind finds the mapping's columns in a header. Case, spaces, underscores and hyphens do not matter unless two columns differ in
// them only. The error names every column that is missing.
func (m *Mapping) Bind(header []string) (*Bound, error) {
	b := newBound(header, m.SkipRows)
	columns := newColumnIndex(header)
	var missing []string
	compile := func(rules []FieldRule) []boundRule {
		var out []boundRule
		for _, f := range rules {
			out = append(out, b.compile(f, columns, &missing))
		}
		return out
	}
	common := compile(m.Fields)
	b.blocks = [][]boundRule{common}
	if len(m.Repeat) > 0 {
		b.blocks = b.blocks[:0]
	}
	for _, block := range m.Repeat {
		b.blocks = append(b.blocks, append(slices.Clone(common), compile(block)...))
	}
	if len(missing) > 0 {
		return nil, missingColumns(missing, header)
	}
	return b, nil
}

func newBound(header []string, skip int) *Bound {
	return &Bound{header: header, skip: skip, index: map[string]int{}, used: map[int]bool{}}
}

func (b *Bound) field(name string) int {
	i, ok := b.index[name]
	if !ok {
		i = len(b.fields)
		b.fields = append(b.fields, name)
		b.index[name] = i
	}
	return i
}

func (b *Bound) compile(f FieldRule, columns columnIndex, missing *[]string) boundRule {
	r := boundRule{at: b.field(f.Field), otherwise: f.Otherwise, cut: f.Cut, formats: strings.Join(f.Dates, " or ")}
	parts, err := pieces(f.Template)
	if err != nil {
		parts = []piece{{text: f.Template}} // LoadMapping refuses this; a mapping made in code gets its text
	}
	for _, p := range parts {
		cell := -1
		if p.column != "" {
			if cell = columns.find(p.column); cell < 0 {
				if !slices.Contains(*missing, p.column) {
					*missing = append(*missing, p.column)
				}
			} else {
				b.used[cell] = true
			}
			r.column = p.column
		}
		r.pieces = append(r.pieces, boundPiece{p.text, cell, p.row})
	}
	if len(f.Values) > 0 {
		r.values, r.folded = map[string]string{}, map[string]string{}
		for _, p := range f.Values {
			r.values[p.From] = p.To
			r.folded[strings.ToLower(strings.TrimSpace(p.From))] = p.To
		}
	}
	for _, d := range f.Dates {
		if layout, err := dateLayout(d); err == nil {
			r.layouts = append(r.layouts, layout)
		}
	}
	return r
}

func missingColumns(missing, header []string) error {
	quoted := make([]string, len(missing))
	for i, name := range missing {
		quoted[i] = strconv.Quote(cut(name, 60))
		if near := nearest(name, header); near != "" {
			quoted[i] += fmt.Sprintf(" (did you mean %q?)", cut(near, 60))
		}
	}
	e := fail("", MissingColumn, "The file has no column %s. Its columns are: %s.", strings.Join(quoted, ", no column "), cut(strings.Join(header, ", "), 600))
	e.Column = missing[0]
	return e
}

// BindTemplate ties the fields of an own template to a header without a mapping. Names match ignoring case, spaces,
// underscores and hyphens; see Missing for the fields without a column and Unused for columns without a field.
func BindTemplate(fields []string, header []string) (*Bound, error) {
	b := newBound(header, 0)
	columns := newColumnIndex(header)
	var rules []boundRule
	for _, f := range fields {
		at := b.field(f)
		cell := columns.find(f)
		if cell < 0 {
			b.missing = append(b.missing, f)
			continue
		}
		b.used[cell] = true
		rules = append(rules, boundRule{at: at, column: header[cell], pieces: []boundPiece{{cell: cell}}})
	}
	if len(rules) == 0 {
		return nil, missingColumns(fields[:min(len(fields), 3)], header)
	}
	b.blocks = [][]boundRule{rules}
	return b, nil
}

// Missing lists the template's fields for which the file has no column.
func (b *Bound) Missing() []string { return slices.Clone(b.missing) }

// Unused lists the columns of the file that feed nothing, in their order.
func (b *Bound) Unused() []string {
	var out []string
	for i, h := range b.header {
		if !b.used[i] && h != "" {
			out = append(out, h)
		}
	}
	return out
}

// Has says whether the file feeds the field at all; an empty cell and a missing column are different things.
func (b *Bound) Has(field string) bool {
	_, ok := b.index[field]
	return ok && !slices.Contains(b.missing, field)
}

// Index is the position of a field for [Record.At], or -1.
func (b *Bound) Index(field string) int {
	if i, ok := b.index[field]; ok {
		return i
	}
	return -1
}

// Skips says whether the row is one of the instruction rows that the mapping passes over; Rows gives nothing for it.
func (b *Bound) Skips(r Row) bool { return r.dataNumber() <= b.skip }

// dataNumber: a row made by hand, without Data, counts from the header in row 1.
func (r Row) dataNumber() int {
	if r.Data == 0 {
		return r.N - 1
	}
	return r.Data
}

// Rows gives the records of one row: one, or one for each entry of repeat. When some of them cannot be filled the
// error is [Refusals] with one refusal each, and the others are returned all the same.
func (b *Bound) Rows(row Row) ([]Record, error) {
	if b.Skips(row) {
		return nil, nil
	}
	records := make([]Record, 0, len(b.blocks))
	var refused Refusals
	for i, rules := range b.blocks {
		values := make([]string, len(b.fields))
		var bad *Refusal
		for j := range rules {
			v, problem := rules[j].value(row, row.dataNumber()-b.skip)
			if problem != "" && bad == nil {
				r := NewRefusal(b.File, row.N, b.fields[rules[j].at], v, problem)
				bad = &r
			}
			values[rules[j].at] = v
		}
		if bad != nil {
			refused = append(refused, *bad)
			continue
		}
		records = append(records, Record{Row: row.N, Block: i, bound: b, values: values})
	}
	if len(refused) > 0 {
		return records, refused
	}
	return records, nil
}

// value fills one field and says what is wrong with the cell, if anything.
func (r *boundRule) value(row Row, number int) (v, problem string) {
	v = strings.TrimSpace(r.text(row, number))
	if r.cut != "" {
		v = strings.TrimSpace(strings.TrimPrefix(v, r.cut))
	}
	if r.values != nil {
		if v, problem = r.lookUp(v); problem != "" {
			return v, problem
		}
	}
	if len(r.layouts) > 0 && v != "" {
		return r.date(v)
	}
	return v, ""
}

func (r *boundRule) text(row Row, number int) string {
	if len(r.pieces) == 1 {
		return r.pieces[0].text + r.pieces[0].of(row, number)
	}
	var s strings.Builder
	for _, p := range r.pieces {
		s.WriteString(p.text)
		s.WriteString(p.of(row, number))
	}
	return s.String()
}

func (p boundPiece) of(row Row, number int) string {
	switch {
	case p.row:
		return strconv.Itoa(number)
	case p.cell >= 0 && p.cell < len(row.Cells):
		return row.Cells[p.cell]
	}
	return ""
}

func (r *boundRule) lookUp(v string) (string, string) {
	if to, ok := r.values[v]; ok {
		return to, ""
	}
	if to, ok := r.folded[strings.ToLower(v)]; ok {
		return to, ""
	}
	switch {
	case v == "" || r.otherwise == "" || r.otherwise == "keep":
		return v, ""
	case r.otherwise == "blank":
		return "", ""
	}
	return v, fmt.Sprintf("The mapping does not know the value %q. Add it to the mapping's list of values or correct the cell.", cut(v, 60))
}

// date reads the formats of the mapping. A date that is already year-month-day is taken as it is: workbooks give dates
// like that, and it cannot mean anything else.
func (r *boundRule) date(v string) (string, string) {
	day := v
	if len(day) > 10 && (day[10] == ' ' || day[10] == 'T') {
		day = day[:10]
	}
	if d, err := time.Parse("2006-01-02", day); err == nil {
		return d.Format("2006-01-02"), ""
	}
	for _, layout := range r.layouts {
		if d, err := time.Parse(layout, v); err == nil {
			return d.Format("2006-01-02"), ""
		}
	}
	return v, fmt.Sprintf("%q is not a date of the form %s.", cut(v, 40), r.formats)
}

// columnIndex finds columns by name: exactly first, then without case and joints.
type columnIndex struct{ exact, loose map[string]int }

func newColumnIndex(header []string) columnIndex {
	c := columnIndex{map[string]int{}, map[string]int{}}
	for i, h := range header {
		if h = cleanName(h); h == "" {
			continue
		}
		if _, ok := c.exact[h]; !ok {
			c.exact[h] = i
		}
		if key := looseName(h); key != "" {
			if _, ok := c.loose[key]; !ok {
				c.loose[key] = i
			}
		}
	}
	return c
}

func (c columnIndex) find(name string) int {
	name = cleanName(name)
	if i, ok := c.exact[name]; ok {
		return i
	}
	if i, ok := c.loose[looseName(name)]; ok {
		return i
	}
	return -1
}

// looseName drops case, spaces, underscores and hyphens.
func looseName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// nearest is the column that a misspelt name may have meant.
func nearest(name string, header []string) string {
	want, best, bestDistance := looseName(name), "", 3
	for _, h := range header {
		got := looseName(h)
		if len(got) > 100 || len(want) > 100 || got == "" {
			continue
		}
		if d := editDistance(want, got); d < bestDistance && d < len(want)/2+1 {
			best, bestDistance = h, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// Suggest proposes a mapping for a header, to be shown to a person who corrects it once. A field takes the column that has its name
// or one of its synonyms; failing that, the column whose words contain a synonym with the fewest words besides. No column is
// proposed twice.
func Suggest(fields, header []string, synonyms map[string][]string) *Mapping {
	m := &Mapping{}
	taken := map[int]bool{}
	found := map[string]int{}
	for _, f := range fields {
		for _, name := range append([]string{f}, synonyms[f]...) {
			if i := exactColumn(name, header, taken); i >= 0 {
				taken[i], found[f] = true, i
				break
			}
		}
	}
	for _, f := range fields {
		if _, ok := found[f]; ok {
			continue
		}
		if i := containingColumn(append([]string{f}, synonyms[f]...), header, taken); i >= 0 {
			taken[i], found[f] = true, i
		}
	}
	for _, f := range fields {
		if i, ok := found[f]; ok {
			m.Fields = append(m.Fields, FieldRule{f, Column(cleanName(header[i]))})
		}
	}
	return m
}

func exactColumn(name string, header []string, taken map[int]bool) int {
	want := looseName(name)
	for i, h := range header {
		if !taken[i] && h != "" && looseName(h) == want {
			return i
		}
	}
	return -1
}

func containingColumn(names, header []string, taken map[int]bool) int {
	best, bestExtra := -1, 3
	for _, name := range names {
		want := words(name)
		if len(want) == 0 || len(want) == 1 && len(want[0]) < 3 {
			continue
		}
		for i, h := range header {
			have := words(h)
			if taken[i] || len(have)-len(want) >= bestExtra || !containsRun(have, want) {
				continue
			}
			best, bestExtra = i, len(have)-len(want)
		}
	}
	return best
}

func containsRun(have, want []string) bool {
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.Equal(have[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// words splits "CHILD_FIRST_NAME", "First name" and "firstName" alike.
func words(s string) []string {
	var b strings.Builder
	var before rune
	for _, r := range s {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteByte(' ')
		}
		before = r
	}
	return strings.Fields(b.String())
}

// Fingerprint is the same for headers with the same names, whatever their order and case, so that a mapping made last
// term is found again for this term's file.
func Fingerprint(header []string) string {
	names := make([]string, 0, len(header))
	for _, h := range header {
		if h = looseName(cleanName(h)); h != "" {
			names = append(names, h)
		}
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return hex.EncodeToString(sum[:16])
}
