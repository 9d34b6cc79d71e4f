package web

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/barriers"
	"ajar/internal/kit/access"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

const countedHead = "What is counted"

// pageSize is how many pupils stand on a page of the list.
const pageSize = 50

// listRow is one pupil as the list shows them, today or on a past day.
type listRow struct {
	ID              roll.PupilID
	LocalID, UPN    string
	Name            string
	Year, Form      string
	IFactor         int
	Codes, NotKnown []string
	Key             string
	Cohorts         int
}

// listView is the page of the list.
type listView struct {
	At        *url.URL
	Day       string
	Past      bool
	Kept      bool
	On, OnErr string // the date box as it was typed
	Filter    barriers.Filter
	Rows      []listRow
	Total     int
	Everyone  int
	Page      int
	Years     []string
	Forms     []string
	Rules     []barriers.RuleText
	labels    map[string]string
	MayChoose bool
	MayAssign bool
	MayRules  bool
}

func day(iso string) string { return progress.DayWords(iso) }

func (v listView) label(code string) string { return cmp.Or(v.labels[code], code) }

func (v listView) labelsOf(codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = v.label(c)
	}
	return strings.Join(words, "; ")
}

// filterOf reads the filter out of the address. Whatever is not understood filters nothing.
func filterOf(q *web.Req) barriers.Filter {
	f := barriers.Filter{Year: q.Text("year"), Class: q.Text("class"), Barrier: q.Text("barrier"), Unknown: q.Text("unknown"), Words: q.Text("words"), Sort: q.Text("sort")}
	f.AtLeast, _ = strconv.Atoi(q.Text("at_least"))
	if c := q.Text("cohort"); c == "in" || c == "out" {
		f.Cohort = c
	}
	return f
}

// read makes the list that the address asks for, all of it when most is 0.
func (h handlers) read(q *web.Req, most int) (v listView, err error) {
	v = listView{At: q.R.URL, Filter: filterOf(q), Page: 1, On: q.Text("on"), MayChoose: q.Pass.Scope(barriers.Choose) == access.All,
		MayAssign: q.Pass.Scope(roll.Edit) == access.All, MayRules: q.Pass.Scope(barriers.Rules) == access.All}
	if n, err := strconv.Atoi(q.Text("page")); err == nil && n > 1 && n < 1e6 {
		v.Page = n
	}
	on, wrong := ui.ParseDate(v.On)
	if wrong != nil {
		v.OnErr = wrong.Error() + "."
		on = ""
	}
	shown, err := h.s.List(q.Context(), q.Pass, barriers.Filter{Year: v.Filter.Year, Class: v.Filter.Class, AtLeast: v.Filter.AtLeast, Barrier: v.Filter.Barrier,
		Unknown: v.Filter.Unknown, Words: v.Filter.Words, Cohort: v.Filter.Cohort, Sort: v.Filter.Sort, From: (v.Page - 1) * most, Most: most})
	if err != nil {
		return v, err
	}
	v.Day, v.Years, v.Forms, v.Rules, v.labels = shown.Day, shown.Years, shown.Forms, shown.Rules, shown.Labels()
	if on > shown.Day {
		v.OnErr, on = "That day has not come yet. Ajar lists what is known; it does not look ahead.", ""
	}
	if on != "" && on != shown.Day {
		return v, h.past(q, &v, on, most)
	}
	v.Total, v.Everyone = shown.Total, shown.Everyone
	if v.Page > v.pages() {
		v.Page = 1
	}
	for _, r := range shown.Rows {
		v.Rows = append(v.Rows, listRow{r.ID, r.LocalID, r.UPN, r.Name(), r.Year, r.Form, r.IFactor, r.Codes(), r.NotKnown(), r.Key, r.Cohorts})
	}
	return v, nil
}

// past fills the view with the list of a day gone by.
func (h handlers) past(q *web.Req, v *listView, on string, most int) error {
	lines, basis, err := h.s.AsOf(q.Context(), q.Pass, on)
	if err != nil {
		return err
	}
	v.Past, v.Kept, v.Day, v.Rules, v.labels, v.Everyone = true, basis.Kept, basis.Day, basis.Rules, basis.Labels(), len(lines)
	v.MayChoose, v.MayAssign = false, false
	var years []string
	words := strings.Fields(roll.Fold(v.Filter.Words))
	for _, l := range lines {
		if l.Year != "" && !slices.Contains(years, l.Year) {
			years = append(years, l.Year)
		}
		f := v.Filter
		if f.Year != "" && l.Year != f.Year || l.IFactor < f.AtLeast || f.Barrier != "" && !slices.Contains(l.Met, f.Barrier) || f.Unknown != "" && !slices.Contains(l.Unknown, f.Unknown) {
			continue
		}
		if name := roll.Fold(l.Name); slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			continue
		}
		v.Rows = append(v.Rows, listRow{ID: l.Pupil, LocalID: l.PupilID, UPN: l.UPN, Name: l.ListName, Year: l.Year, IFactor: l.IFactor, Codes: l.Met, NotKnown: l.Unknown})
	}
	slices.SortFunc(years, func(a, b string) int { return cmp.Compare(barriers.YearPlace(a), barriers.YearPlace(b)) })
	v.Years, v.Total = years, len(v.Rows)
	sortRows(v.Rows, lines, v.Filter.Sort)
	if most > 0 {
		from := (v.Page - 1) * most
		if from >= len(v.Rows) {
			from, v.Page = 0, 1
		}
		v.Rows = v.Rows[from:min(len(v.Rows), from+most)]
	}
	return nil
}

// sortRows sorts a past list as the store sorts today's. The lines come with the highest I factor first and then by name.
func sortRows(rows []listRow, lines []barriers.Line, sort string) {
	place := make(map[roll.PupilID]string, len(lines))
	for _, l := range lines {
		place[l.Pupil] = l.SortKey
	}
	byName := func(a, b listRow) int { return cmp.Compare(place[a.ID], place[b.ID]) }
	switch sort {
	case "i_factor":
		slices.SortStableFunc(rows, func(a, b listRow) int { return cmp.Or(cmp.Compare(a.IFactor, b.IFactor), byName(a, b)) })
	case "name":
		slices.SortStableFunc(rows, byName)
	case "-name":
		slices.SortStableFunc(rows, func(a, b listRow) int { return byName(b, a) })
	case "year":
		slices.SortStableFunc(rows, func(a, b listRow) int { return cmp.Compare(barriers.YearPlace(a.Year), barriers.YearPlace(b.Year)) })
	case "-year":
		slices.SortStableFunc(rows, func(a, b listRow) int { return cmp.Compare(barriers.YearPlace(b.Year), barriers.YearPlace(a.Year)) })
	}
}

func (h handlers) list(q *web.Req) error {
	if q.Pass.Scope(barriers.See) < access.Own {
		return q.Go(FiguresPath, "")
	}
	v, err := h.read(q, pageSize)
	if err != nil {
		return err
	}
	d := ui.From(q, "Who needs reaching")
	d.Wide = true
	if v.OnErr != "" {
		d.Errors.Add("on", v.OnErr)
		return q.Again(listPage(d, v))
	}
	return q.Page(listPage(d, v))
}

func (v listView) table() ui.TableData[listRow] {
	t := ui.TableData[listRow]{Caption: "Pupils and what is counted for them", HideCaption: true, Rows: v.Rows, Dense: true, Sticky: true, Sort: ui.SortFrom(v.At, "-i_factor"), Empty: noPupils(v)}
	if v.MayChoose || v.MayAssign {
		t.Columns = append(t.Columns, ui.Column[listRow]{Head: "Choose", NoHead: true, NoPrint: true, Cell: func(r listRow) templ.Component {
			return ui.RowCheck("pupil", r.ID.String(), "Choose "+r.Name, false)
		}})
	}
	t.Columns = append(t.Columns,
		ui.Column[listRow]{Head: "Name", Sort: "name", RowHead: true, Cell: func(r listRow) templ.Component { return ui.LinkTo(PupilPath(r.ID), r.Name) }},
		ui.Column[listRow]{Head: "Year", Sort: "year", Text: func(r listRow) string { return r.Year }})
	if !v.Past {
		t.Columns = append(t.Columns, ui.Column[listRow]{Head: "Form", Text: func(r listRow) string { return r.Form }})
	}
	t.Columns = append(t.Columns,
		ui.Column[listRow]{Head: "I factor", Sort: "i_factor", Numeric: true, Cell: func(r listRow) templ.Component { return factor(r.IFactor) }},
		ui.Column[listRow]{Head: countedHead, Cell: func(r listRow) templ.Component { return tags(v, r.Codes) }},
		ui.Column[listRow]{Head: "Not known", Cell: func(r listRow) templ.Component { return notKnown(v, r) }})
	if !v.Past {
		t.Columns = append(t.Columns,
			ui.Column[listRow]{Head: "Key teacher", Text: func(r listRow) string { return cmp.Or(r.Key, "–") }},
			ui.Column[listRow]{Head: "Cohort", Text: func(r listRow) string { return inCohort(r) }})
	}
	return t
}

func inCohort(r listRow) string {
	switch {
	case r.Cohorts > 1:
		return "In " + strconv.Itoa(r.Cohorts)
	case r.Cohorts == 1:
		return "In one"
	}
	return "–"
}

// chips are the filters in force, each with the address that takes it away.
func (v listView) chips() (out []ui.Chip) {
	add := func(key, label, value string) {
		if q := v.At.Query().Get(key); q != "" {
			out = append(out, ui.Chip{Label: label, Value: value, Remove: ui.Without(v.At, key, "")})
		}
	}
	f := v.Filter
	add("year", "Year", f.Year)
	if !v.Past {
		add("class", "Form", f.Class)
	}
	if f.AtLeast > 0 {
		add("at_least", "I factor", strconv.Itoa(f.AtLeast)+" or more")
	}
	add("barrier", "Counted", v.label(f.Barrier))
	add("unknown", "Not known", v.label(f.Unknown))
	add("words", "Name", f.Words)
	if !v.Past && f.Cohort != "" {
		add("cohort", "Cohort", map[string]string{"in": "in one", "out": "in none"}[f.Cohort])
	}
	if v.Past {
		add("on", "As it was on", day(v.Day))
	}
	return out
}

func (v listView) found() string {
	if v.Total == v.Everyone {
		return pupilsWords(v.Total)
	}
	return fmt.Sprintf("%s of %s pupils", ui.Thousands(v.Total), ui.Thousands(v.Everyone))
}

func (v listView) pages() int { return (v.Total + pageSize - 1) / pageSize }

// to is another form of the same list: a file, a print, or the choice of everyone in it.
func (v listView) to(path string, more ...string) string {
	q := v.At.Query()
	q.Del("page")
	q.Del("pupil")
	q.Del("do")
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return withQuery(path, q)
}

func (v listView) yearOptions() (out []ui.Option) {
	for _, y := range v.Years {
		out = append(out, ui.Option{Value: y, Label: yearWords(y)})
	}
	return out
}

func yearWords(y string) string {
	switch y {
	case "N1", "N2":
		return "Nursery " + y[1:]
	case "R":
		return "Reception"
	case "X":
		return "No year group"
	}
	return "Year " + y
}

func (v listView) formOptions() (out []ui.Option) {
	for _, f := range v.Forms {
		out = append(out, ui.Option{Value: f, Label: f})
	}
	return out
}

func (v listView) ruleOptions() (out []ui.Option) {
	for _, r := range v.Rules {
		out = append(out, ui.Option{Value: r.Code, Label: r.Label})
	}
	return out
}

func (v listView) atLeastOptions() (out []ui.Option) {
	for n := 1; n <= max(min(len(v.Rules), 12), v.Filter.AtLeast, 3) && n < 100; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n) + " or more"})
	}
	return out
}

func (v listView) keep() (out []ui.HiddenInput) {
	if v.Filter.Sort != "" {
		out = append(out, ui.HiddenInput{Name: "sort", Value: v.Filter.Sort})
	}
	return out
}

func (v listView) atLeast() string {
	if v.Filter.AtLeast < 1 {
		return ""
	}
	return strconv.Itoa(v.Filter.AtLeast)
}

// columns of the list as a file: what is on the screen, with the two numbers by which other systems know a pupil.
func (v listView) columns() []string {
	c := []string{"Pupil ID", "UPN", "Name", "Year"}
	if !v.Past {
		c = append(c, "Form")
	}
	c = append(c, "I factor", "What is counted", "Not known")
	if !v.Past {
		c = append(c, "Key teacher", "Cohorts")
	}
	return append(c, "As of")
}

func (v listView) cells() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, r := range v.Rows {
			c := []string{r.LocalID, r.UPN, r.Name, r.Year}
			if !v.Past {
				c = append(c, r.Form)
			}
			c = append(c, strconv.Itoa(r.IFactor), v.labelsOf(r.Codes), v.labelsOf(r.NotKnown))
			if !v.Past {
				c = append(c, r.Key, strconv.Itoa(r.Cohorts))
			}
			if !yield(append(c, v.Day)) {
				return
			}
		}
	}
}

func (h handlers) listCSV(q *web.Req) error {
	v, err := h.read(q, 0)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, v.columns(), v.cells()); err != nil {
		return err
	}
	return q.Export("", 0, "the list of pupils to reach, "+v.found(), "reach-"+v.Day+".csv", "text/csv; charset=utf-8", b.Bytes())
}

func (h handlers) listXLSX(q *web.Req) error {
	v, err := h.read(q, 0)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, "Reach "+v.Day, v.columns(), v.cells()); err != nil {
		return err
	}
	return q.Export("", 0, "the list of pupils to reach, "+v.found(), "reach-"+v.Day+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
}

func (h handlers) paper(q *web.Req) error {
	v, err := h.read(q, 0)
	if err != nil {
		return err
	}
	v.MayChoose, v.MayAssign = false, false
	at := h.s.DB.Clock().Now().In(h.s.DB.Clock().Zone()).Format("15:04 on 2 January 2006")
	return q.Print("", 0, "the list of pupils to reach, "+v.found(), listPaper(v, q.Pass.Who(), at))
}

// paperTable is the list without links and without the heads' arrows.
func (v listView) paperTable() ui.TableData[listRow] {
	t := v.table()
	t.Sticky, t.Sort = false, ui.Sort{}
	for i := range t.Columns {
		t.Columns[i].Sort = ""
		switch {
		case t.Columns[i].RowHead:
			t.Columns[i].Cell, t.Columns[i].Text = nil, func(r listRow) string { return r.Name }
		case t.Columns[i].Head == countedHead:
			t.Columns[i].Cell, t.Columns[i].Text = nil, func(r listRow) string { return cmp.Or(v.labelsOf(r.Codes), "–") }
		}
	}
	return t
}
