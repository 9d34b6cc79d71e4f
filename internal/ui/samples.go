package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"ajar/internal/kit/say"
)

type samplePupil struct {
	ID, Name, Class, Factor, Unknown, State string
	Colour                                  Colour
	Attendance                              []Datum
}

func samplesPage() PageData {
	return PageData{
		Title: "Every component", Org: "Harbour View School", Home: "/samples", Wide: false,
		Who:       Who{Name: "Ngozi Okafor", Role: "Key teacher", LookAs: "#look", SignOut: "/samples"},
		LookingAs: &LookingAs{Name: "Ngozi Okafor", Role: "key teacher", Stop: "/samples"},
		Search:    &HeaderSearch{Action: "/samples"},
		Menu: []MenuItem{{Label: "My day", Href: "/samples", Current: true}, {Label: "Pupils", Href: "#pupils"}, {Label: "Barriers", Href: "#barriers"},
			{Label: "Conversations", Href: "#conversations", Count: 3}, {Label: "Imports", Href: "#imports"}, {Label: "Settings", Href: "#settings"}},
		Breadcrumbs: []Link{{"My day", "#day"}, {"Year 8", "#year"}, {"Amira Khan", "#amira"}},
		Flash:       &Flash{Text: "The conversation with Mrs Khan is kept.", More: "The sheet to read back is ready.", Link: Link{"Print the sheet", "/samples/letter"}},
		Undo:        &UndoData{Text: "14 pupils were added to the cohort.", Action: "/samples", Until: "You can undo this until 20 December.", Fields: []HiddenInput{{"batch", "9"}}},
		Errors:      Errors{{"date", "There is no such date. Check the day and the month"}, {"outcome", "Choose what came of the call"}},
		Footer:      []Link{{"What the school holds", "#holds"}, {"Accessibility", "#accessibility"}, {"Help", "#help"}},
	}
}

func samplePupils() TableData[samplePupil] {
	at, _ := url.Parse("/samples?sort=-factor&year=8")
	return TableData[samplePupil]{
		Caption: "Year 8 pupils with three or more barriers", HideCaption: true, Sticky: true, Sort: SortFrom(at, "name"),
		Columns: []Column[samplePupil]{
			{Head: "Choose", NoHead: true, Cell: func(p samplePupil) templ.Component { return choose(p) }, NoPrint: true},
			{Head: "Name", Sort: "name", RowHead: true, Cell: func(p samplePupil) templ.Component { return pupilName(p) }},
			{Head: "Class", Sort: "class", Text: func(p samplePupil) string { return p.Class }},
			{Head: "Barriers", Sort: "factor", Numeric: true, Cell: func(p samplePupil) templ.Component { return factor(p) }},
			{Head: "Attendance", Hint: "last six half terms", Cell: func(p samplePupil) templ.Component { return trend(p) }},
			{Head: "This round", Cell: func(p samplePupil) templ.Component { return state(p) }},
		},
		Rows: []samplePupil{
			{"1", "Amira Khan", "8B", "5", "", "Agreed", Green, Data(84, 82, 79, 81, 86, 88)},
			{"2", "Tomasz Wiśniewski", "8A", "4", "1 not known", "Invited", Plum, Data(91, 90, 84, 85, 82, 83)},
			{"3", "Chloe-Anne Featherstonehaugh", "8C", "3", "", "Call on Friday", Amber, []Datum{Known(95), Unknown(), Known(92), Known(93), Unknown(), Known(94)}},
			{"4", "Kwame Mensah", "8B", "3", "2 not known", "Not invited", Grey, []Datum{Unknown(), Unknown(), Unknown(), Known(78), Known(80), Known(84)}},
		},
	}
}

type coverageRow struct {
	Year  string
	Count [6]int
}

func sampleCoverage() TableData[coverageRow] {
	columns := []Column[coverageRow]{{Head: "Year", RowHead: true, Text: func(r coverageRow) string { return r.Year }, Foot: "All"}}
	for i, head := range []string{"Invited", "Reached", "Held", "Declined", "No reply", "Did not come"} {
		total := 0
		for _, r := range sampleCoverageRows {
			total += r.Count[i]
		}
		columns = append(columns, Column[coverageRow]{Head: head, Numeric: true, Foot: fmt.Sprint(total), Text: func(r coverageRow) string { return fmt.Sprint(r.Count[i]) }})
	}
	return TableData[coverageRow]{Caption: "Invited, reached and held, by year group", HideCaption: true, Narrow: NarrowScroll, Dense: true, Columns: columns, Rows: sampleCoverageRows}
}

var sampleCoverageRows = []coverageRow{{"Year 7", [6]int{40, 38, 33, 1, 2, 4}}, {"Year 8", [6]int{40, 35, 29, 2, 5, 4}}, {"Year 9", [6]int{38, 31, 22, 4, 7, 5}}}

func sampleLines() Lines {
	return Lines{Along: "Half term", Unit: "%", Decimals: 1, Labels: []string{"Aut 1", "Aut 2", "Spr 1", "Spr 2", "Sum 1", "Sum 2", "Aut 1"},
		Series: []Series{
			{"This cohort", []Datum{Known(84.2), Known(83.1), Known(85.9), Unknown(), Known(88.4), Known(89.7), Known(90.8)}},
			{"Others who were as low", Data(84.4, 84.0, 85.1, 85.8, 86.9, 87.8, 88.9)},
			{"All of Year 8", Data(93.2, 92.8, 92.1, 92.9, 93.4, 93.0, 93.1)},
		}, Target: &Target{"Target", 92}}
}

func sampleBars() Bars {
	return Bars{What: "Barrier", Measure: "This cohort", ReferenceLabel: "All of Year 8", Unit: "%", Max: 100, Items: []Bar{
		{"Attendance below 85 %", Known(62), Known(11), false},
		{"Reading below 90", Known(55), Known(24), false},
		{"SEN support or a plan", Known(41), Known(18), false},
		{"Home not reached since last summer", Known(33), Known(35), false},
		{"Homework", Unknown(), Unknown(), false},
		{"Two moves of school", Known(4), Known(1), false},
	}}
}

func sampleRegister() TableData[int] {
	rows := make([]int, 44)
	for i := range rows {
		rows[i] = i
	}
	return TableData[int]{Caption: "Appointments", Dense: true, Columns: []Column[int]{
		{Head: "Time", RowHead: true, Text: func(i int) string { return fmt.Sprintf("%d:%02d", 9+i/6, i%6*10) }},
		{Head: "Pupil", Text: func(i int) string { return samplePupils().Rows[i%4].Name }},
		{Head: "Who comes", Text: func(i int) string { return []string{"Mother, with an interpreter", "Both parents", "Grandmother"}[i%3] }},
		{Head: "Came", Text: func(int) string { return "" }},
	}, Rows: rows}
}

// SamplesHandler serves the samples and the assets they need, under the same content security policy as all of Ajar.
func SamplesHandler() http.Handler {
	mux := http.NewServeMux()
	page := func(c func(*http.Request) templ.Component) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
			templ.Handler(c(r)).ServeHTTP(w, r)
		}
	}
	mux.Handle(StaticPrefix, Static())
	mux.Handle("GET /samples", page(func(*http.Request) templ.Component { return Samples() }))
	mux.Handle("POST /samples", http.RedirectHandler("/samples", http.StatusSeeOther))
	mux.HandleFunc("POST /samples/draft", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Ajar-Saved-At", time.Now().Format("15:04"))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.Handle("/samples/parent", page(func(r *http.Request) templ.Component {
		lang := r.URL.Query().Get("lang")
		if lang != "ur" && lang != "pl" {
			lang = "en-GB"
		}
		return SamplesPublic(lang)
	}))
	mux.Handle("/samples/leaf", page(func(r *http.Request) templ.Component {
		return SamplesLeaf(say.Tongue(r.URL.Query().Get("in")))
	}))
	mux.Handle("GET /samples/letter", page(func(*http.Request) templ.Component { return SamplesPaper() }))
	return mux
}

func samplesLeaf(l say.Lang) LeafData {
	return LeafData{
		Title: "Amira’s plan", Lang: l, Org: "Harbour View School", Phone: "0115 496 0123", Home: "/samples/leaf?in=" + l.Tag(),
		In:     func(tag string) string { return "/samples/leaf?in=" + tag },
		Errors: Errors{{"words", "Write what you would change"}},
		Links:  []Link{{"Who is this?", "#who"}, {"Your devices", "#devices"}},
	}
}

func sampleRadar() Radar {
	return Radar{What: "Theme", Spokes: []string{"Vision and direction", "Leadership", "Practice", "Beyond our own walls", "Making it last"}, Max: 5, Rings: []string{"Not yet", "Starting", "Established", "Strong", "Leading"}, Decimals: 1,
		Series: []Series{{"Now", Data(2.6, 2.9, 2.4, 1.8, 2.1)}, {"Benchmark", Data(3, 3, 3, 3, 3)}, {"Last time", []Datum{Known(1.8), Known(2.2), Known(2), Unknown(), Known(1.5)}}}}
}
