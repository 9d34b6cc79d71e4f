package web

import (
	"strconv"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/ui"
)

func levelOptions(f audit.Framework, c audit.Criterion) (out []ui.Option) {
	for i, words := range c.Levels {
		out = append(out, ui.Option{Value: strconv.Itoa(i + 1), Label: f.Names[i], Hint: words})
	}
	return out
}

func groupOptions(list []audit.Group) (out []ui.Option) {
	for _, g := range list {
		out = append(out, ui.Option{Value: string(g), Label: audit.GroupWords(g)})
	}
	return out
}

func groupValues(list []audit.Group) (out []string) {
	for _, g := range list {
		out = append(out, string(g))
	}
	return out
}

func groupWords(list []audit.Group) string { return strings.Join(groupValues(list), ", ") }

func frameworkOptions(list []audit.Framework) (out []ui.Option) {
	for _, f := range list {
		if f.Kind == audit.KindAudit {
			out = append(out, ui.Option{Value: f.Code + "|" + f.Version, Label: f.Title + ", version " + f.Version, Hint: count(len(f.Criteria()), "statement", "statements") + ". " + f.About})
		}
	}
	return out
}

// chosenFramework is the option that stands for what was asked for.
func chosenFramework(v setupView) []string {
	for _, f := range v.Frameworks {
		if f.Code == v.In.Framework && (v.In.Version == "" || f.Version == v.In.Version) {
			return []string{f.Code + "|" + f.Version}
		}
	}
	return nil
}

func earlierOptions(v setupView) []ui.Option {
	out := []ui.Option{{Value: carryLast, Label: "The last one under the framework chosen above, if there is one"}}
	for _, e := range v.Earlier {
		out = append(out, ui.Option{Value: e.ID.String(), Label: e.Title + " (" + e.FrameworkTitle + ", version " + e.Version + ")"})
	}
	return out
}
