package conversations

import (
	"fmt"
	"strconv"

	"ajar/internal/kit/db"
	"ajar/internal/progress"
)

// Figure is one thing measured about a pupil, ready to be shown: with its direction, its date and how it was worked out.
type Figure struct {
	Label  string // "Attendance"
	Value  string // "91.4 %"; empty is not known
	Change string // "up from 88.2 % on 20 October"
	AsOf   string
	How    []string
}

// weeksBack is how far back the pack looks for the direction of attendance: long enough for a change to show, short enough to speak about.
const weeksBack = 6

// measured fills the figures of a pack from the snapshot of today, and earlier ones for the direction.
func measured(tx *db.Tx, k *Pack) error {
	now, err := progress.One(tx, k.Line.PupilID, tx.Today())
	if err != nil {
		return err
	}
	then, err := progress.One(tx, k.Line.PupilID, addDays(tx.Today(), -7*weeksBack))
	if err != nil {
		return err
	}
	k.Figures = append(k.Figures, attendanceFigure(now.Attendance, then.Attendance))
	before := map[string]progress.Snapshot{}
	for _, r := range now.Results {
		was, ok := before[r.On]
		if !ok {
			if was, err = progress.One(tx, k.Line.PupilID, dayBefore(r.On)); err != nil {
				return err
			}
			before[r.On] = was
		}
		k.Figures = append(k.Figures, resultFigure(r, was.Results))
	}
	k.Praise, k.PraiseKnown, k.PraiseSince = now.Counts.Praise.N, now.Counts.Praise.Known, now.Counts.From
	return nil
}

func attendanceFigure(now, then progress.Attendance) Figure {
	f := Figure{Label: "Attendance", How: []string{"From " + now.Source() + "."}}
	if !now.Known {
		f.How = []string{"No attendance is recorded for this child, so nothing can be said about it."}
		return f
	}
	f.Value, f.AsOf = percent(now.Percent), now.AsOf()
	if now.HasCounts {
		f.How = append(f.How, "Sessions that were possible but missed are counted; a session is half a day. Codes that make a session impossible are left out.")
	}
	if !then.Known || then.AsOf() >= now.AsOf() {
		return f
	}
	day := progress.DayWords(then.AsOf())
	switch a, b := percent(then.Percent), percent(now.Percent); {
	case a == b:
		f.Change = fmt.Sprintf("the same as on %s", day)
	case then.Percent < now.Percent:
		f.Change = fmt.Sprintf("up from %s on %s", a, day)
	default:
		f.Change = fmt.Sprintf("down from %s on %s", a, day)
	}
	return f
}

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + " %" }

// resultFigure compares a result with the one before it on the same scale; results on different scales are never compared.
func resultFigure(r progress.Result, earlier []progress.Result) Figure {
	scale := progress.LookUpScale(r.Scale)
	words := scale.Words
	if words == "" {
		words = scale.Name
	}
	f := Figure{Label: r.Subject + " (" + words + ")", Value: r.Text, AsOf: r.On, How: []string{"The latest result on this scale. Only results on the same scale are compared."}}
	for _, e := range earlier {
		if e.Key == r.Key && e.Scale == r.Scale && e.On < r.On {
			if words, ok := progress.Direction(e.AsValue(), r.AsValue(), progress.DayWords(e.On)); ok {
				f.Change = words
			}
		}
	}
	return f
}
