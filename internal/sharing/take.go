package sharing

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/sheet"
	"ajar/internal/roll"
)

// Take gives a school what is its own of an agreement, as files that any computer opens: the agreement, what flowed and when, the families it shared,
// the packs it sent and those it received. What the other school shared by name is that school's and is not in it.
func (s *Service) Take(ctx context.Context, p access.Pass, id AgreementID) ([]byte, error) {
	if err := p.CheckAll(Agree); err != nil {
		return nil, err
	}
	var a Partner
	var given []Given
	var mine []Pack
	var flows []decision
	if err := s.DB.View(ctx, p, func(tx *db.Tx) error {
		x, err := agreementOf(tx, id)
		if err != nil {
			return err
		}
		if a, err = partner(tx, x); err != nil {
			return err
		}
		if given, err = sharesUnder(tx, id); err != nil {
			return err
		}
		for i := range given {
			who, err := roll.Enter(tx, Families, given[i].PupilID)
			if err != nil {
				return err
			}
			given[i].PupilName, given[i].Year = who.Name(), who.Year
		}
		all, err := packs(tx)
		if err != nil {
			return err
		}
		for _, k := range all {
			if k.Agreement == id {
				mine = append(mine, k)
			}
		}
		flows, err = decisions(tx, a.OtherID)
		return err
	}); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, body []byte) error {
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	}
	if err := put("agreement.json", document(map[string]any{"with": a.OtherName, "purpose": a.Purpose, "basis": a.Basis, "since": a.Starts, "until": open(a.Ends), "review_on": a.ReviewOn,
		"signed_by": []string{a.SignedA + ", " + a.NameA, a.SignedB + ", " + a.NameB}, "ended_by": a.EndedName, "ended_why": a.EndedWhy})); err != nil {
		return nil, err
	}
	rows := [][]string{{"direction", "what", "allowed", "decided_by", "at"}}
	for _, f := range flows {
		rows = append(rows, []string{f.direction(p.Org()), f.Kind, map[bool]string{true: "yes", false: "no"}[f.Allowed == 1], f.ByName, moment(f.AtMs)})
	}
	if err := put("flows.csv", table(rows)); err != nil {
		return nil, err
	}
	rows = [][]string{{"pupil", "year", "why", "what_helps", "family_told_on", "told_how", "from", "until", "shared_by"}}
	for _, g := range given {
		rows = append(rows, []string{g.PupilName, g.Year, g.Purpose, g.Note, g.ToldOn, g.ToldHow, g.Starts, g.Ends, g.ByName})
	}
	if err := put("families.csv", table(rows)); err != nil {
		return nil, err
	}
	for i, k := range mine {
		if err := put(fmt.Sprintf("packs/%03d-%s.json", i+1, k.Direction), document(map[string]any{"direction": k.Direction, "pupil": k.PupilName, "why": k.Why, "by": k.ByName, "at": moment(k.MadeMs), "parts": k.Parts()})); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func document(v any) []byte {
	b, _ := json.MarshalIndent(v, "", "  ")
	return append(b, '\n')
}

// table writes rows as a sheet that Excel opens rightly and in which no cell is taken for a formula.
func table(rows [][]string) []byte {
	var b bytes.Buffer
	_ = sheet.WriteCSV(&b, rows[0], slices.Values(rows[1:])) // a buffer takes everything
	return b.Bytes()
}

func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

func open(day string) string {
	if day == roll.ForGood {
		return ""
	}
	return day
}
