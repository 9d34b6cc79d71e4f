package barriers

import (
	"context"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/roll"

	"github.com/goccy/go-yaml"
)

// RuleFile writes rules as the file that ParseRules reads, so that what a school has can be kept, sent and set again.
func RuleFile(rules []RuleText) (string, error) {
	type rule struct {
		Code  string `yaml:"code"`
		Label string `yaml:"label"`
		From  string `yaml:"from,omitempty"`
		When  string `yaml:"when"`
	}
	file := struct {
		Barriers []rule `yaml:"barriers"`
	}{Barriers: []rule{}}
	for _, r := range rules {
		if r.From == roll.Always {
			r.From = ""
		}
		file.Barriers = append(file.Barriers, rule{r.Code, r.Label, r.From, r.When})
	}
	out, err := yaml.MarshalWithOptions(file, yaml.UseSingleQuote(true), yaml.IndentSequence(true))
	return strings.TrimSpace(string(out)) + "\n", err
}

// RulesToKeep lists the rules that hold today or will, with the older versions of each: what a file of rules holds.
func (s *Service) RulesToKeep(ctx context.Context, p access.Pass) ([]RuleText, error) {
	all, err := s.All(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []RuleText
	for _, r := range all {
		if r.ReplacedMs == nil && r.EndedOn == roll.ForGood {
			out = append(out, RuleText{Code: r.Code, Label: r.Label, From: r.FromOn, When: r.WhenText})
		}
	}
	return out, nil
}
