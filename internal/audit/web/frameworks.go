package web

import (
	"io"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/web"
	"ajar/internal/ui"
)

func (h pages) frameworks(q *web.Req) error { return h.showFrameworks(q, "", nil) }

func (h pages) showFrameworks(q *web.Req, text string, wrong error) error {
	list, err := h.s.Frameworks(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	d := begin(q, "Frameworks")
	lead := q.Pass.Scope(audit.Lead) >= access.All
	if wrong == nil {
		return q.Page(frameworksPage(d, list, lead, text, nil))
	}
	var faults audit.FileFaults
	if _, err := audit.Parse([]byte(text)); err != nil {
		faults, _ = err.(audit.FileFaults)
	}
	sentence, _ := fault.Sentence(wrong)
	if len(faults) > 0 {
		sentence = "The file is not right, so nothing was kept. What is wrong stands below, line by line."
	}
	d.Errors.Add("file", sentence)
	return q.Again(frameworksPage(d, list, lead, text, faults))
}

// uploaded reads a file of a form, up to a size; empty without one.
func uploaded(q *web.Req, name string, most int64) (file string, body []byte, err error) {
	f, head, err := q.R.FormFile(name)
	if err != nil {
		return "", nil, nil
	}
	defer f.Close()
	body, err = io.ReadAll(io.LimitReader(f, most+1))
	return head.Filename, body, err
}

func (h pages) bringIn(q *web.Req) error {
	_, body, err := uploaded(q, "file", 1<<20)
	if err != nil {
		return err
	}
	text := string(body)
	if text == "" {
		text = strings.ReplaceAll(q.R.FormValue("text"), "\r\n", "\n") // as it was typed: spaces at the start of lines matter
	}
	f, err := h.s.BringIn(q.Context(), q.Pass, text)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return h.showFrameworks(q, text, err)
	}
	return q.Go(frameworkPath(f), "The framework is kept and can be used in audits.")
}

func (h pages) framework(q *web.Req) error {
	f, _, err := h.s.Framework(q.Context(), q.Pass, q.R.PathValue("framework"), q.R.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	all, err := h.s.Frameworks(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	var others []audit.Framework
	for _, x := range all {
		if x.Code == f.Code && x.Version != f.Version {
			others = append(others, x)
		}
	}
	return q.Page(frameworkPage(begin(q, f.Title, ui.Link{Text: "Frameworks", Href: FrameworksPath}), f, others))
}

func (h pages) frameworkFile(q *web.Req) error {
	f, text, err := h.s.Framework(q.Context(), q.Pass, q.R.PathValue("framework"), q.R.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	return q.Download(f.Code+"-"+f.Version+".yaml", "application/yaml; charset=utf-8", []byte(text))
}

func (h pages) compare(q *web.Req) error {
	code, v := q.R.PathValue("framework"), q.R.URL.Query()
	from, _, err := h.s.Framework(q.Context(), q.Pass, code, v.Get("from"))
	if err != nil {
		return err
	}
	to, _, err := h.s.Framework(q.Context(), q.Pass, code, v.Get("to"))
	if err != nil {
		return err
	}
	return q.Page(comparePage(begin(q, "What changed in "+to.Title, ui.Link{Text: "Frameworks", Href: FrameworksPath}, ui.Link{Text: to.Title, Href: frameworkPath(to)}), from, to, audit.Compare(from, to)))
}
