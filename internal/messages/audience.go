package messages

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// Audience says whose families a message is for. It is kept as it was chosen, and the children are found anew when it is sent.
type Audience struct {
	Pupils   []roll.PupilID `json:"pupils,omitempty"`
	Class    roll.ClassID   `json:"class,omitempty"`
	Year     string         `json:"year,omitempty"`
	Everyone bool           `json:"everyone,omitempty"`
	Source   string         `json:"source,omitempty"` // a group that another room knows
	Key      string         `json:"key,omitempty"`
	// Adults are the only ones it goes to; none means every adult who is written to as a matter of course.
	Adults []roll.AdultID `json:"adults,omitempty"`
}

// Zero tells whether nobody was chosen.
func (a Audience) Zero() bool {
	return len(a.Pupils) == 0 && a.Class.Zero() && a.Year == "" && !a.Everyone && a.Source == ""
}

func (a Audience) write() string {
	b, _ := json.Marshal(a)
	return string(b)
}

// ReadAudience reads an audience as it is kept.
func ReadAudience(text string) (a Audience, err error) {
	if json.Unmarshal([]byte(text), &a) != nil {
		return a, fault.New(fault.Invalid, "Whom this message is for can't be read. Choose again.")
	}
	return a, nil
}

// pupilsOf finds the children of an audience whom the pass may write about, with what they are called together.
func (s *Service) pupilsOf(tx *db.Tx, right access.Right, a Audience) (title string, list []roll.PupilHit, err error) {
	g := roll.Group{Class: a.Class, Year: a.Year, Pupils: a.Pupils, Everyone: a.Everyone}
	if a.Source != "" {
		i := slices.IndexFunc(s.Audiences, func(x AudienceSource) bool { return x.Key == a.Source })
		if i < 0 {
			return "", nil, fault.Gone("group")
		}
		if g.Pupils, err = s.Audiences[i].Pupils(tx, a.Key); err != nil {
			return "", nil, err
		}
		groups, err := s.Audiences[i].List(tx)
		if err != nil {
			return "", nil, err
		}
		title = roll.ListedWords(groups, a.Key)
		if len(g.Pupils) == 0 {
			return title, nil, nil
		}
	}
	found, list, err := roll.GroupFor(tx, right, g)
	if title == "" {
		title = found
	}
	return title, list, err
}

// Choices is what the page offers to write to.
type Choices struct {
	Classes []roll.ClassRow
	Years   []string
	Groups  []Offered
	All     bool // the pass may write to everyone
}

// Offered are the groups of one other room.
type Offered struct {
	AudienceSource
	Groups []roll.Listed
}

func idsOf[T any](list []ids.ID[T]) map[ids.ID[T]]bool {
	out := make(map[ids.ID[T]]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out
}

// NameAudience says in words whom a message is for.
func (s *Service) NameAudience(ctx context.Context, p access.Pass, a Audience) (words string, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return "", err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		title, list, err := s.pupilsOf(tx, Send, a)
		if err != nil {
			return err
		}
		words = "the families of " + title
		if len(list) <= 3 {
			var names []string
			for _, x := range list {
				names = append(names, x.Name())
			}
			words = "the family of " + strings.Join(names, ", ")
		}
		if len(a.Adults) == 0 {
			return nil
		}
		var adults []string
		for _, x := range list {
			rels, err := roll.Relations(tx, x.ID)
			if err != nil {
				return err
			}
			for _, r := range rels {
				if slices.Contains(a.Adults, r.Adult.ID) && !slices.Contains(adults, r.Adult.Name) {
					adults = append(adults, r.Adult.Name)
				}
			}
		}
		words = strings.Join(adults, ", ") + ", about " + strings.TrimPrefix(words, "the family of ")
		return nil
	})
	return words, err
}
