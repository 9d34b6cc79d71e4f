package ui

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	ctx := templ.WithChildren(context.Background(), templ.Raw("<p>inside</p>"))
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// walk parses what a browser would and visits each element.
func walk(t *testing.T, page string, visit func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			visit(n)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// fillWith puts a text into every string of a value, two things into every list, and a component into every slot.
func fillWith[T any](text string) T {
	var v T
	fillValue(reflect.ValueOf(&v).Elem(), text, 0)
	return v
}

func fillValue(v reflect.Value, text string, depth int) {
	if depth > 6 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(3)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i), text, depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillValue(v.Index(i), text, depth+1)
		}
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*url.URL]() {
			v.Set(reflect.ValueOf(&url.URL{Path: text, RawQuery: url.Values{"q": {text}}.Encode()}))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), text, depth+1)
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[templ.Component]() {
			v.Set(reflect.ValueOf(Because(text)))
		}
	}
}

// everything is each component with one text in all its places. With "" each is nearly empty, which must work too.
func everything(text string) map[string]templ.Component {
	get := func(string) string { return text }
	table := TableData[string]{Caption: text, Rows: []string{text, text}, Sort: Sort{Key: text, at: fillWith[*url.URL](text)}, Columns: []Column[string]{
		{Head: text, Hint: text, Text: get, RowHead: true, Sort: text, Foot: text}, {Head: text, NoHead: true, Cell: func(s string) templ.Component { return RowCheck(s, s, s, true) }}}}
	scroll := table
	scroll.Narrow = NarrowScroll
	lines := fillWith[Lines](text)
	lines.Labels, lines.Series[0].Values, lines.Series[1].Values = []string{text, text}, Data(1, 2), []Datum{Unknown(), Known(2)}
	bars := fillWith[Bars](text)
	quote := fillWith[QuoteData](text)
	post, href, plain := fillWith[ButtonData](text), fillWith[ButtonData](text), fillWith[ButtonData](text)
	href.Post, plain.Post, plain.Href = "", "", ""
	form := fillWith[FormData](text)
	figure := fillWith[FigureData](text)
	return map[string]templ.Component{
		"Page": Page(fillWith[PageData](text)), "Page empty": Page(PageData{}), "Breadcrumbs": Breadcrumbs(fillWith[[]Link](text)),
		"Flash": FlashBar(fillWith[Flash](text)), "Undo": Undo(fillWith[UndoData](text)), "Mark": Mark(),
		"Heading": Heading(text), "HeadingWith": HeadingWith(fillWith[HeadingData](text)), "Lead": Lead(text), "Sheet": Sheet(),
		"SheetTitled": SheetTitled(text, fillWith[[]Link](text)...), "Split": Split(Because(text)), "Tiles": Tiles(), "Inset": Inset(),
		"Quote": Quote(quote), "Warning": Warning(text), "Details": Details(text), "Tag": Tag(Colour(text), text),
		"SummaryList": SummaryList(fillWith[[]SummaryRow](text)), "SummaryList plain": SummaryList([]SummaryRow{{Key: text, Value: text}, {}}),
		"SubNav": SubNav(text, fillWith[[]MenuItem](text)), "Steps": Steps(text, fillWith[[]Step](text)), "Timeline": Timeline(fillWith[[]TimelineEvent](text)),
		"Empty": Empty(fillWith[EmptyData](text)), "Cards": Cards(fillWith[[]Card](text)), "LinkTo": LinkTo(text, text),
		"Form": Form(form), "Hidden": Hidden(text, text), "ErrorSummary": ErrorSummary(fillWith[Errors](text)), "SaveState": SaveState(text),
		"Text": Text(fillWith[TextInput](text)), "TextArea": TextArea(fillWith[AreaInput](text)), "TextArea uncounted": TextArea(AreaInput{Name: text, Value: text}),
		"DateField": DateField(fillWith[DateInput](text)), "Select": Select(fillWith[SelectInput](text)), "Radios": Radios(fillWith[ChoiceInput](text)),
		"Checkboxes": Checkboxes(fillWith[ChoiceInput](text)), "FileUpload": FileUpload(fillWith[FileInput](text)),
		"Button": Button(plain), "Button link": Button(href), "Button post": Button(post), "ButtonRow": ButtonRow(),
		"Table": Table(table), "Table scroll": Table(scroll), "Filter": Filter(fillWith[FilterData](text)), "Pagination": Pagination(fillWith[PaginationData](text)),
		"Stat": Stat(fillWith[StatData](text)), "Stat empty": Stat(StatData{}), "Figure": Figure(figure), "Explain": Explain(), "Because": Because(text),
		"Chart lines": Chart(ChartData{ID: text, FigureData: figure, Drawing: lines}), "Chart bars": Chart(ChartData{ID: text, FigureData: figure, Drawing: bars, Alt: text}),
		"Chart empty": Chart(ChartData{ID: "x", Drawing: Lines{}}), "Chart no bars": Chart(ChartData{ID: "x", Drawing: Bars{}}),
		"HeatMap": HeatMap(fillWith[HeatData](text)), "HeatMap empty": HeatMap(HeatData{Columns: []string{"a"}, Rows: []HeatRow{{}}}), "Spark": Spark(text, Data(1, 2), text, 0), "Spark empty": Spark(text, nil, "", 0),
		"Leaf": Leaf(leafWith(text)), "Leaf empty": Leaf(LeafData{}), "InEnglish": InEnglish(text), "LeafText": LeafText(fillWith[LeafField](text)), "LeafText area": LeafText(LeafField{Name: text, Type: "area", Value: text}),
		"LeafChoose": LeafChoose(fillWith[LeafChoice](text)), "LeafDay": LeafDay(fillWith[LeafDate](text)), "LeafLinks": LeafLinks(fillWith[[]LeafLink](text)),
		"Doc": Doc(fillWith[DocData](text)), "Letter": Letter(fillWith[LetterData](text)), "PaperSheet": PaperSheet(fillWith[PaperSheetData](text)), "WriteLines": WriteLines(text, 3),
	}
}

func leafWith(text string) LeafData {
	d := fillWith[LeafData](text)
	d.In = func(tag string) string { return text + tag }
	return d
}

func TestNothingTypedBecomesCode(t *testing.T) {
	ours := map[string]bool{Asset("ajar.js"): true, Asset("htmx.min.js"): true}
	for _, text := range []string{"", `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, "</textarea></title></svg><script>alert(1)</script>", "\x00\xff\u202e"} {
		for name, c := range everything(text) {
			page := render(t, c)
			walk(t, page, func(n *html.Node) {
				if n.Data == "script" && !ours[attr(n, "src")] {
					t.Errorf("%s with %q has a script of its own", name, text)
				}
				if n.Data == "img" {
					t.Errorf("%s with %q has made a picture", name, text)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") && a.Key != "on" || a.Key == "style" {
						t.Errorf("%s with %q: <%s> has %s, which the content security policy forbids", name, text, n.Data, a.Key)
					}
					if strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && (a.Key == "href" || a.Key == "action" || a.Key == "data-autosave" || a.Key == "src") {
						t.Errorf("%s with %q: <%s %s> runs script", name, text, n.Data, a.Key)
					}
				}
			})
		}
	}
}

func TestEveryComponentShowsItsWords(t *testing.T) {
	const said = "Herbstrosen"
	silent := map[string]bool{"Page empty": true, "Leaf empty": true, "Mark": true, "Sheet": true, "Tiles": true, "Inset": true, "Explain": true, "ButtonRow": true, "Stat empty": true, "Chart empty": true, "Chart no bars": true, "HeatMap empty": true}
	for name, c := range everything(said) {
		if page := render(t, c); !silent[name] && !strings.Contains(page, said) {
			t.Errorf("%s does not show what it is given", name)
		}
	}
}

func TestChildrenAreShown(t *testing.T) {
	for name, c := range map[string]templ.Component{"Page": Page(PageData{}), "Leaf": Leaf(LeafData{}), "Sheet": Sheet(), "SheetTitled": SheetTitled("x"), "Form": Form(FormData{}), "Doc": Doc(DocData{}), "Letter": Letter(LetterData{}), "PaperSheet": PaperSheet(PaperSheetData{}), "Figure": Figure(FigureData{}), "Details": Details("x"), "Filter": Filter(FilterData{}), "Split": Split(Because("x"))} {
		if !strings.Contains(render(t, c), "<p>inside</p>") {
			t.Errorf("%s loses its content", name)
		}
	}
}

// Each input has a label of its own, and every id that another element names is there, once.
func TestLabelsHintsAndErrorsBelongToTheirFields(t *testing.T) {
	errs := Errors{}
	errs.Add("target[0].text", "Write what will be done")
	errs.Add("outcome", "Choose one")
	page := render(t, templ.Join(
		ErrorSummary(errs),
		Text(TextInput{Name: "target[0].text", Label: "What will be done?", Hint: "In plain words", Error: errs.For("target[0].text"), Value: "Read"}),
		TextArea(AreaInput{Name: "said", Label: "What they said", Hint: "Their words", Error: "Too long", MaxChars: 20}),
		DateField(DateInput{Name: "by", Label: "By when?", Error: "No such date"}),
		Select(SelectInput{Name: "who", Label: "Who?", Hint: "One person", Options: []Option{{Value: "1", Label: "School"}}}),
		Radios(ChoiceInput{Name: "outcome", Label: "What came of it?", Hint: "One", Error: errs.For("outcome"), Options: []Option{{Value: "a", Label: "A", Hint: "first"}, {Value: "b", Label: "B", Conditional: Text(TextInput{Name: "why", Label: "Why?"})}}}),
		Checkboxes(ChoiceInput{Name: "helped", Label: "What helped?", Options: []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}}),
		FileUpload(FileInput{Name: "file", Label: "File", Hint: "PDF", Error: "Too large"}),
	))
	ids, labels := map[string]int{}, map[string]bool{}
	walk(t, page, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	})
	for id, times := range ids {
		if times > 1 {
			t.Errorf("the id %q is there %d times", id, times)
		}
	}
	described := map[string]string{}
	walk(t, page, func(n *html.Node) {
		if (n.Data == "input" || n.Data == "select" || n.Data == "textarea") && !labels[attr(n, "id")] {
			t.Errorf("%s %q has no label", n.Data, attr(n, "name"))
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if ids[id] == 0 {
				t.Errorf("aria-describedby names %q, which is not there", id)
			}
		}
		if id := attr(n, "id"); id != "" {
			described[id] = attr(n, "aria-describedby")
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
			t.Errorf("the error summary leads to %q, which is not there", href)
		}
	})
	for id, want := range map[string]string{"target-0-text": "target-0-text-hint target-0-text-error", "said": "said-hint said-error said-info", "by": "by-hint by-error", "who": "who-hint", "file": "file-hint file-error", "outcome": "outcome-item-hint"} {
		if described[id] != want {
			t.Errorf("%s is described by %q, want %q", id, described[id], want)
		}
	}
	if !strings.Contains(page, `aria-describedby="outcome-hint outcome-error"`) {
		t.Error("the question of the radio buttons does not name its hint and error")
	}
}

func TestWhatWasTypedIsShownAgain(t *testing.T) {
	page := render(t, templ.Join(
		DateField(DateInput{Name: "by", Value: "31/2/20x6", Error: ErrDateForm.Error()}),
		Radios(ChoiceInput{Name: "r", Values: []string{"b"}, Options: []Option{{Value: "a"}, {Value: "b"}}}),
		Checkboxes(ChoiceInput{Name: "c", Values: []string{"a", "b"}, Options: []Option{{Value: "a"}, {Value: "b"}, {Value: "d"}}}),
		Select(SelectInput{Name: "s", Value: "2", Empty: "Choose", Options: []Option{{Value: "1"}, {Value: "2"}}}),
		TextArea(AreaInput{Name: "t", Value: "line one\nline two"}),
	))
	if !strings.Contains(page, `value="31/2/20x6"`) || !strings.Contains(page, ">line one\nline two</textarea>") {
		t.Error("typed text is lost")
	}
	if n := strings.Count(page, " checked"); n != 3 {
		t.Errorf("%d answers are chosen, want 3", n)
	}
	if !strings.Contains(page, `<option value="2" selected>`) {
		t.Error("the chosen line of the list is lost")
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		err         error
	}{
		{"", "", nil}, {"  ", "", nil}, {"27/3/2026", "2026-03-27", nil}, {"27.03.2026", "2026-03-27", nil}, {"27 3 2026", "2026-03-27", nil},
		{"27 March 2026", "2026-03-27", nil}, {"1st September 2026", "2026-09-01", nil}, {"1 sept 2026", "2026-09-01", nil}, {"2026-03-27", "2026-03-27", nil}, {"29/2/2028", "2028-02-29", nil},
		{"29/2/2026", "", ErrDateExist}, {"31/4/2026", "", ErrDateExist}, {"13/13/2026", "", ErrDateExist}, {"0/1/2026", "", ErrDateExist},
		{"27/3/26", "", ErrDateYear}, {"27/3/0026", "", ErrDateYear}, {"27/3", "", ErrDateForm}, {"soon", "", ErrDateForm}, {"27 Marz3 x", "", ErrDateForm}, {"27/x/2026", "", ErrDateForm}, {"99999999999999999999/1/2026", "", ErrDateForm},
	} {
		if got, err := ParseDate(c.typed); got != c.want || err != c.err {
			t.Errorf("ParseDate(%q) = %q, %v; want %q, %v", c.typed, got, err, c.want, c.err)
		}
	}
	if got := ShowDate("2026-03-07"); got != "7/3/2026" {
		t.Error(got)
	}
	if got := ShowDate("31/2/x"); got != "31/2/x" {
		t.Error(got)
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("27/3/2026")
	f.Fuzz(func(t *testing.T, typed string) {
		iso, err := ParseDate(typed)
		if err == nil && iso != "" {
			if again, err := ParseDate(ShowDate(iso)); err != nil || again != iso {
				t.Errorf("%q became %q, and that %q, %v", typed, iso, again, err)
			}
		}
	})
}

func TestAddressesKeepTheFilter(t *testing.T) {
	at, _ := url.Parse("/pupils?year=8&sen=K&sen=E&page=3&sort=name")
	for _, c := range []struct{ got, want string }{
		{With(at, "year", "9"), "/pupils?sen=K&sen=E&sort=name&year=9"},
		{With(at, "page", "4"), "/pupils?page=4&sen=K&sen=E&sort=name&year=8"},
		{Without(at, "sen", "K"), "/pupils?sen=E&sort=name&year=8"},
		{Without(at, "sen", ""), "/pupils?sort=name&year=8"},
		{SortFrom(at, "").By("name"), "/pupils?sen=K&sen=E&sort=-name&year=8"},
		{SortFrom(at, "").By("class"), "/pupils?sen=K&sen=E&sort=class&year=8"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if s := SortFrom(&url.URL{}, "-factor"); s.Key != "factor" || !s.Desc {
		t.Errorf("the usual order is %+v", s)
	}
}

func TestPageNumbers(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        string
	}{{1, 1, "[]"}, {1, 3, "[1 2 3]"}, {1, 9, "[1 2 0 9]"}, {5, 9, "[1 0 4 5 6 0 9]"}, {9, 9, "[1 0 8 9]"}, {99, 9, "[1 0 9]"}} {
		if got := fmt.Sprint(PaginationData{Page: c.page, Pages: c.pages}.numbers()); got != c.want {
			t.Errorf("page %d of %d: %s, want %s", c.page, c.pages, got, c.want)
		}
	}
}

func TestSpeakingAnotherLanguage(t *testing.T) {
	ctx := WithSay(context.Background(), func(_ context.Context, key, english string) string {
		if key == "ui.skip" {
			return "Przejdź do treści"
		}
		return english
	})
	var b bytes.Buffer
	if err := Page(PageData{Title: "x", Lang: "pl"}).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Przejdź do treści") {
		t.Error("the page does not speak the reader's language")
	}
	for lang, want := range map[string]string{"ur": "rtl", "ar-SY": "rtl", "pl": "ltr", "pa": "ltr", "pa-Arab": "rtl", "": "ltr"} {
		if got := Direction(lang); got != want {
			t.Errorf("%q runs %s", lang, got)
		}
	}
	if got := fill("{n} of {of}", "n", "{of}", "of", "9"); got != "{of} of 9" {
		t.Errorf("a value was filled twice: %s", got)
	}
}

func TestUnknownIsNeverNought(t *testing.T) {
	if page := render(t, Stat(StatData{Label: "Reached"})); !strings.Contains(page, "Not known") {
		t.Error(page)
	}
	if page := render(t, HeatMap(HeatData{Columns: []string{"a", "b"}, Rows: []HeatRow{{"x", []Datum{Unknown(), HiddenSmall()}}}})); !strings.Contains(page, "Not known") || !strings.Contains(page, "under 5") {
		t.Error(page)
	}
}

// What is served carries no brand of GOV.UK and asks nobody else for anything.
func TestAssetsAreOurOwn(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)#1d70b8|#0f385c|#005ea5|GDS|crown|crest|sourceMappingURL`)
	foreign := regexp.MustCompile(`(?i)(url\(\s*["']?|@import\s*["']?|src\s*=\s*["']|fetch\(["'])(https?:)?//`)
	for name, p := range assetPaths {
		a := assets[p]
		if strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".woff2") {
			continue
		}
		if m := forbidden.Find(a.plain); m != nil {
			t.Errorf("%s has %q", name, m)
		}
		if m := foreign.Find(a.plain); m != nil {
			t.Errorf("%s asks another server: %q", name, m)
		}
	}
	css := assets[Asset("ajar.css")]
	if n := len(css.zipped); n == 0 || n > 20_000 {
		t.Errorf("the style sheet is %d bytes pressed; the ceiling is 20,000", n)
	}
	for _, m := range cssURL.FindAllSubmatch(css.plain, -1) {
		if _, ok := assets[StaticPrefix+string(m[1])]; !ok {
			t.Errorf("the style sheet asks for %s, which is not served", m[1])
		}
	}
}

func TestServingAssets(t *testing.T) {
	get := func(method, path, encoding string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		Static().ServeHTTP(w, r)
		return w
	}
	if !regexp.MustCompile(`^/static/ajar\.[0-9a-f]{12}\.css$`).MatchString(Asset("ajar.css")) {
		t.Fatal(Asset("ajar.css"))
	}
	w := get("GET", Asset("ajar.css"), "br, gzip")
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := get("GET", Asset("ajar.css"), "gzip;q=0, identity"); w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), ".ajar-sheet") {
		t.Error("a browser that refuses gzip gets it all the same")
	}
	if w := get("GET", Asset("atkinson-latin.woff2"), "gzip"); w.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Type") != "font/woff2" {
		t.Error(w.Header())
	}
	if w := get("HEAD", Asset("ajar.js"), ""); w.Code != 200 || w.Body.Len() != 0 {
		t.Error(w.Code, w.Body.Len())
	}
	for path, want := range map[string]int{"/static/ajar.css": 404, "/static/../ui.go": 404, "/static/": 404, Asset("nothing.css"): 404} {
		if w := get("GET", path, ""); w.Code != want {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	if w := get("POST", Asset("ajar.css"), ""); w.Code != 405 {
		t.Error(w.Code)
	}
}

// htmx 4 does not hand attributes down; one on a box around a form would do nothing, and nobody would see why.
func TestNothingIsInherited(t *testing.T) {
	for name, c := range everything("x") {
		if strings.Contains(render(t, c), ":inherited") {
			t.Errorf("%s relies on inherited htmx attributes", name)
		}
	}
}
