package awards

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/audit"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// Show shows a piece of evidence for an objective or for a criterion under it, with a word on what it shows. The piece is kept in the library first, if it is new;
// one piece can serve as many objectives as it likes.
func (s *Service) Show(ctx context.Context, p access.Pass, id AwardID, code string, in audit.Shown, words string) error {
	words = strings.TrimSpace(words)
	if _, err := p.CheckNamed(Gather); err != nil {
		return err
	}
	var here []audit.Source
	if strings.HasPrefix(strings.TrimSpace(in.Address), "/") {
		var err error
		if here, err = s.inAjar(ctx, p); err != nil {
			return err
		}
	}
	return s.doing(ctx, p, Gather, id, gathers, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		f, err := audit.FrameworkIn(tx, x.Framework, x.Version)
		if err != nil {
			return err
		}
		objective, criterion, found := placeOf(f, code)
		switch {
		case !found:
			return fault.Gone("objective")
		case len([]rune(words)) > longest:
			return fault.Field("words", "This is too long: there is room for %d characters.", longest)
		}
		kept, err := audit.Keep(tx, in, here)
		if err != nil {
			return err
		}
		return putShown(tx, id, Shown{Objective: objective, Criterion: criterion, Evidence: kept, Words: words})
	})
}

// StillHolds says of a carried piece that it was looked at again today and still shows what it did, in these words.
func (s *Service) StillHolds(ctx context.Context, p access.Pass, id AwardID, shown ShownID, words string) error {
	words = strings.TrimSpace(words)
	return s.doing(ctx, p, Gather, id, gathers, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		was, err := shownByID(tx, id, shown)
		switch {
		case err != nil:
			return err
		case len([]rune(words)) > longest:
			return fault.Field("words", "This is too long: there is room for %d characters.", longest)
		case words == "":
			words = was.Words
		}
		return setSeen(tx, id, shown, words)
	})
}

// TakeOff takes a piece of evidence off a place. The piece stays in the library.
func (s *Service) TakeOff(ctx context.Context, p access.Pass, id AwardID, shown ShownID) error {
	return s.doing(ctx, p, Gather, id, gathers, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		n, err := dropShown(tx, id, shown)
		if err == nil && n == 0 {
			err = fault.Gone("piece of evidence")
		}
		return err
	})
}

// File hands out a file that is shown in an award, to those who see that award: as it is now or, for an assessor, in a version that was frozen.
func (s *Service) File(ctx context.Context, p access.Pass, id AwardID, evidence audit.EvidenceID) (e audit.Evidence, body []byte, err error) {
	if _, err := p.CheckNamed(See); err != nil {
		return e, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := enter(tx, id)
		if err != nil {
			return err
		}
		if x.scope < access.Own {
			return access.Denied()
		}
		there := false
		if !x.only {
			list, err := shownIn(tx, id)
			if err != nil {
				return err
			}
			there = slices.ContainsFunc(list, func(s Shown) bool { return s.Evidence == evidence })
		}
		versions, err := versionsOf(tx, id)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if there {
				break
			}
			f, err := frozenPortfolio(tx, id, v.No)
			if err != nil {
				return err
			}
			there = slices.ContainsFunc(f.Objectives, func(o Objective) bool {
				return slices.ContainsFunc(o.Shown, func(s Shown) bool { return s.Evidence == evidence })
			})
		}
		if !there {
			return fault.Gone("file")
		}
		e, body, err = audit.FileOf(tx, evidence)
		return err
	})
	return e, body, err
}

// Line is one row of a sheet that says what shows what.
type Line struct {
	Row       int
	Objective string // its code, or the code of a criterion under it
	Evidence  string // an address, a page of Ajar, or the title or file name of what is in the library
	Words     string
	File      string // the name of a file that comes with the sheet
	Body      []byte
}

// Taken is what became of a sheet.
type Taken struct {
	Rows     int      `json:"rows"`
	Created  int      `json:"created"`
	Updated  int      `json:"updated"`
	Same     int      `json:"same"`
	Refused  int      `json:"refused"`
	Refusals []string `json:"refusals"`
}

// TakeMap brings a sheet in: objective, evidence, words. Each row is created, updated, the same, or refused with its reason; nothing is skipped in silence.
func (s *Service) TakeMap(ctx context.Context, p access.Pass, id AwardID, lines []Line) (out Taken, err error) {
	out.Refusals = []string{}
	if _, err := p.CheckNamed(Gather); err != nil {
		return out, err
	}
	here, err := s.inAjar(ctx, p)
	if err != nil {
		return out, err
	}
	err = s.doing(ctx, p, Gather, id, gathers, func(tx *db.Tx, x standing) error {
		if err := stillGathering(x); err != nil {
			return err
		}
		f, err := audit.FrameworkIn(tx, x.Framework, x.Version)
		if err != nil {
			return err
		}
		for _, l := range lines {
			out.Rows++
			what, err := take(tx, id, f, here, l)
			if err != nil && fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
				return err
			}
			switch what {
			case "created":
				out.Created++
			case "updated":
				out.Updated++
			case "same":
				out.Same++
			default:
				out.Refused++
				said, _ := fault.Sentence(err)
				out.Refusals = append(out.Refusals, "row "+plainRow(l.Row)+": "+said)
			}
		}
		return nil
	})
	return out, err
}

func take(tx *db.Tx, id AwardID, f audit.Framework, here []audit.Source, l Line) (string, error) {
	objective, criterion, found := placeOf(f, l.Objective)
	l.Evidence, l.Words = strings.TrimSpace(l.Evidence), strings.TrimSpace(l.Words)
	switch {
	case !found:
		return "", fault.New(fault.Invalid, "%q is the code of no objective and no criterion of %s, version %s.", l.Objective, f.Title, f.Version)
	case l.Evidence == "":
		return "", fault.New(fault.Invalid, "There is no evidence in this row.")
	case len([]rune(l.Words)) > longest:
		return "", fault.New(fault.Invalid, "The words are longer than %d characters.", longest)
	}
	in := audit.Shown{Address: l.Evidence}
	if !strings.HasPrefix(l.Evidence, "https://") && !strings.HasPrefix(l.Evidence, "http://") && !strings.HasPrefix(l.Evidence, "/") || len(l.Body) > 0 {
		kept, err := audit.Pieces(tx)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(kept, func(e audit.Evidence) bool {
			if len(l.Body) > 0 {
				return e.Kind == audit.EvidenceFile && e.FileName == l.File && e.Size == len(l.Body)
			}
			return strings.EqualFold(e.Title, l.Evidence) || strings.EqualFold(e.FileName, l.Evidence)
		})
		switch {
		case i >= 0:
			in = audit.Shown{Kept: kept[i].ID}
		case len(l.Body) > 0:
			in = audit.Shown{File: l.File, Body: l.Body}
		default:
			return "", fault.New(fault.Invalid, "Nothing in the library is called %q, it is no address, and no such file lies beside the sheet.", l.Evidence)
		}
	}
	kept, err := audit.Keep(tx, in, here)
	if err != nil {
		return "", err
	}
	list, err := shownIn(tx, id)
	if err != nil {
		return "", err
	}
	what := "created"
	if i := slices.IndexFunc(list, func(s Shown) bool {
		return s.Evidence == kept && s.Objective == objective && s.Criterion == criterion
	}); i >= 0 {
		if list[i].Words == l.Words {
			return "same", nil
		}
		what = "updated"
	}
	return what, putShown(tx, id, Shown{Objective: objective, Criterion: criterion, Evidence: kept, Words: l.Words})
}
