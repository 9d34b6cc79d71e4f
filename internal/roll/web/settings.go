package web

import (
	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
	"ajar/internal/ui"

	"github.com/a-h/templ"
)

func (h *handlers) settings(q *web.Req) error {
	v, err := h.s.SchoolSettings(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(settingsForm(q, v, nil))
}

func (h *handlers) settingsSave(q *web.Req) error {
	v := roll.Values{}
	for _, c := range roll.Choices {
		v[c.Name] = q.Text(c.Name)
	}
	errs, err := formErrors(h.s.Decide(q.Context(), q.Pass, v))
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return q.Again(settingsForm(q, v, errs))
	}
	return q.Go(SettingsPath, "Saved.")
}

func settingsForm(q *web.Req, v roll.Values, errs ui.Errors) templ.Component {
	d := page(q, "Settings")
	d.Errors = errs
	f := form{v, errs}
	var fields []templ.Component
	for _, c := range roll.Choices {
		if c.Group != "" {
			fields = append(fields, subheading(c.Group))
		}
		if c.Name == "safeguarding.lead" {
			fields = append(fields, routeNote())
		}
		hint := c.Hint
		if c.Default != "" {
			hint += " While it is empty, " + c.Default + " is used."
		}
		switch {
		case c.Long:
			fields = append(fields, f.area(c.Name, c.Label, hint, 5))
		case c.Kind == "pounds":
			fields = append(fields, ui.Text(ui.TextInput{Name: c.Name, Label: c.Label, Hint: hint, Value: v[c.Name], Error: errs.For(c.Name), Width: 5, InputMode: "decimal", Prefix: "£", Autocomplete: "off"}))
		case c.Kind == "days", c.Kind == "percent", c.Kind == "age", c.Kind == "years":
			fields = append(fields, ui.Text(ui.TextInput{Name: c.Name, Label: c.Label, Hint: hint, Value: v[c.Name], Error: errs.For(c.Name), Width: 4, InputMode: "decimal",
				Suffix: map[string]string{"days": "days", "percent": "%", "age": "years", "years": "years"}[c.Kind], Autocomplete: "off"}))
		default:
			fields = append(fields, f.text(c.Name, c.Label, hint, 0))
		}
	}
	return formPage(d, formView{
		Heading: ui.HeadingData{Text: "Settings"},
		Lead:    "What this school decides for itself.",
		Form:    ui.FormData{Action: SettingsPath},
		Fields:  fields,
		Submit:  "Save",
		After:   settingsLinks(),
	})
}

func (h *handlers) safeguarding(q *web.Req) error {
	r, err := h.s.SafeguardingRoute(q.Context(), q.Pass)
	if err != nil {
		return err
	}
	return q.Page(safeguardingPage(page(q, "Worried about a child's safety?"), r, q.Pass.Scope(roll.Settings) == access.All))
}
