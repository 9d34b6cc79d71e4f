package web

import (
	"bytes"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ajar/internal/admin"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/module"
	"ajar/internal/kit/sheet"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"ajar/internal/kit/access"
)

// TrailManifest is the trail's pages: the list for those who answer for the school, its file, and "who has seen this" on a pupil's page.
func TrailManifest(s *admin.Service) module.Manifest {
	h := handlers{s: s, sockets: &sockets{}}
	s.Roll.AddPanel(roll.Panel{Order: 90, Need: roll.See, Show: func(tx *db.Tx, p roll.Pupil) (web.Component, error) {
		seen, err := admin.SeenIn(tx, p.ID)
		if err != nil {
			return nil, err
		}
		return seenPanel(seenView{Seen: seen, Pupil: p, All: tx.Pass().Scope(admin.Trail) == access.All, zone: s.DB.Clock().Zone()}), nil
	}})
	return module.Manifest{
		Name:   "trail",
		Rights: []access.Right{admin.Trail},
		Menu:   []web.MenuItem{{Label: "Trail", Href: TrailPath, Need: admin.Trail, Order: 88}},
		Routes: []web.Route{
			{Pattern: "GET " + TrailPath, Need: web.For(admin.Trail), Handle: h.trail},
			{Pattern: "GET " + trailFilePath, Need: web.For(admin.Trail), Handle: h.trailFile},
		},
	}
}

// trailView is what the page shows.
type trailView struct {
	admin.TrailView
	At     *url.URL
	Filter admin.TrailFilter
	From   string // as typed
	To     string
	zone   *time.Location
}

func (h handlers) trailAsked(q *web.Req) (v trailView, err error) {
	v = trailView{At: q.R.URL, From: q.Text("from"), To: q.Text("to"), zone: h.s.DB.Clock().Zone()}
	v.Filter = admin.TrailFilter{Staff: web.FormID[roll.Staff](q, "staff"), Pupil: web.FormID[roll.Pupil](q, "pupil"), Kind: trail.Kind(q.Text("kind"))}
	if v.Filter.Kind.Words() == string(v.Filter.Kind) {
		v.Filter.Kind = "" // an address that was changed by hand
	}
	v.Filter.Before, _ = strconv.ParseInt(q.Text("before"), 10, 64)
	var faults fault.Fields
	for _, d := range []struct {
		name, typed string
		into        *string
	}{{"from", v.From, &v.Filter.From}, {"to", v.To, &v.Filter.To}} {
		if d.typed == "" {
			continue
		}
		if *d.into, err = ui.ParseDate(d.typed); err != nil {
			faults.Add(d.name, "%s", err.Error())
		}
	}
	return v, faults.Err()
}

func (h handlers) trail(q *web.Req) error {
	v, err := h.trailAsked(q)
	if err == nil {
		v.TrailView, err = h.s.TrailShown(q.Context(), q.Pass, v.Filter)
	}
	errs := ui.ErrorsOf(err)
	if err != nil && len(errs) == 0 {
		return err
	}
	d := ui.From(q, "Trail")
	d.Errors = errs
	if len(errs) > 0 {
		return q.Again(trailPage(d, v))
	}
	return q.Page(trailPage(d, v))
}

func (h handlers) trailFile(q *web.Req) error {
	v, err := h.trailAsked(q)
	if err != nil {
		return err
	}
	lines, err := h.s.TrailFile(q.Context(), q.Pass, v.Filter)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	head := []string{"Number", "When (UTC)", "Who", "What", "In words", "About", "Name", "Key", "Hash"}
	if err := sheet.WriteCSV(&b, head, func(yield func([]string) bool) {
		for _, l := range lines {
			key := ""
			if l.Key != 0 {
				key = ids.ID[trail.Line](l.Key).String()
			}
			if !yield([]string{strconv.FormatInt(l.ID, 10), time.UnixMilli(l.AtMs).UTC().Format("2006-01-02 15:04:05"), l.Who, l.Kind.Words(), l.Words, l.About, l.Subject, key, hex.EncodeToString(l.Hash)}) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return q.Export("", 0, "the trail, "+strconv.Itoa(len(lines))+" entries"+v.inWords(), "trail-"+h.s.DB.Clock().Today()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// inWords says the filter, for the trail's own entry about its file.
func (v trailView) inWords() string {
	var out []string
	if v.Filter.From != "" {
		out = append(out, "from "+v.Filter.From)
	}
	if v.Filter.To != "" {
		out = append(out, "to "+v.Filter.To)
	}
	if v.Filter.Kind != "" {
		out = append(out, "kind "+string(v.Filter.Kind))
	}
	if v.Filter.Staff != 0 {
		out = append(out, "of one person")
	}
	if v.Filter.Pupil != 0 {
		out = append(out, "about one pupil")
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, ", ")
}

func (v trailView) chips() (out []ui.Chip) {
	add := func(key, label, value string) {
		if v.At.Query().Get(key) != "" && value != "" {
			out = append(out, ui.Chip{Label: label, Value: value, Remove: without(v.At, key)})
		}
	}
	for _, m := range v.People {
		if m.ID == v.Filter.Staff {
			add("staff", "Who", m.Name)
		}
	}
	add("kind", "What", v.Filter.Kind.Words())
	add("pupil", "Pupil", v.PupilName)
	add("from", "From", day(v.Filter.From))
	add("to", "Until", day(v.Filter.To))
	return out
}

// without is the first page again without one of the filters.
func without(u *url.URL, key string) string {
	c := *u
	q := c.Query()
	q.Del("before")
	c.RawQuery = q.Encode()
	return ui.Without(&c, key, "")
}

func (v trailView) to(path string) string {
	q := v.At.Query()
	q.Del("before")
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v trailView) next() string {
	if v.Next == 0 {
		return ""
	}
	q := v.At.Query()
	q.Set("before", strconv.FormatInt(v.Next, 10))
	return TrailPath + "?" + q.Encode()
}

// first leads back to the latest entries.
func (v trailView) first() string {
	if v.Filter.Before == 0 {
		return ""
	}
	return v.to(TrailPath)
}

func (v trailView) keep() []ui.HiddenInput {
	if v.Filter.Pupil == 0 {
		return nil
	}
	return []ui.HiddenInput{{Name: "pupil", Value: v.Filter.Pupil.String()}}
}

func (v trailView) staffOptions() (out []ui.Option) {
	for _, m := range v.People {
		out = append(out, ui.Option{Value: m.ID.String(), Label: m.Name})
	}
	return out
}

func kindOptions() (out []ui.Option) {
	for _, k := range trail.Kinds {
		out = append(out, ui.Option{Value: string(k.Kind), Label: k.Words})
	}
	return out
}

func (v trailView) staff() string {
	if v.Filter.Staff == 0 {
		return ""
	}
	return v.Filter.Staff.String()
}

func (v trailView) when(ms int64) string { return moment(ms, v.zone) }

func moment(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format("2 January 2006, 15:04")
}

func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

// about leads to the record, where there is one to lead to.
func about(l admin.TrailLine) (href, text string) {
	switch l.About {
	case "pupil":
		if l.Subject == "" {
			return "", ""
		}
		return recordPath(ids.ID[roll.Pupil](l.Key)), l.Subject
	case "staff":
		if l.Subject == "" {
			return "", ""
		}
		return "/staff/" + ids.ID[roll.Staff](l.Key).String(), l.Subject
	}
	return "", ""
}

// seenView is the panel on a pupil's page.
type seenView struct {
	admin.Seen
	Pupil roll.Pupil
	All   bool
	zone  *time.Location
}

// words says the numbers in a sentence.
func (v seenView) words() string {
	if v.People == 0 {
		return "Nobody has opened this record in the last twelve months, as far as the trail knows. Your own visit will stand there in a moment."
	}
	people, times := strconv.Itoa(v.People)+" people", strconv.Itoa(v.Times)+" times"
	if v.People == 1 {
		people = "1 person"
	}
	if v.Times == 1 {
		times = "once"
	}
	return "In the last twelve months " + people + " opened this record, " + times + " in all. Visits of one person within an hour count once."
}
