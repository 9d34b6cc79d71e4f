package roll

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/sheet"
)

// Registered is a school as the register of English schools (GIAS) has it.
type Registered struct {
	URN        string   `db:"urn" json:"urn"`
	Name       string   `json:"name"`
	LACode     string   `db:"la_code" json:"la_code"`
	LAName     string   `db:"la_name" json:"la_name"`
	LAESTAB    string   `db:"laestab" json:"laestab"`
	Type       string   `json:"type"`
	Phase      string   `json:"phase"`
	Status     string   `json:"status"`
	Opened     string   `json:"opened"`
	Closed     string   `json:"closed"`
	Town       string   `json:"town"`
	Postcode   string   `json:"postcode"`
	Pupils     *int     `json:"pupils"`
	FSMPercent *float64 `db:"fsm_percent" json:"fsm_percent"`
	Ragged     bool     `json:"ragged"` // the row had more or fewer cells than the file has columns, so any value may be another's
}

const registeredColumns = `r.urn, r.name, r.la_code, r.la_name, r.laestab, r.type, r.phase, r.status, r.opened, r.closed, r.town, r.postcode, r.pupils, r.fsm_percent, r.ragged`

// RegisterReport tells what a reading of the register did. Rows = created + updated + same + refused.
type RegisterReport struct {
	sheet.Tally
	Ragged   int             `json:"ragged"` // of the rows that are kept
	Refusals []sheet.Refusal `json:"refusals"`
	Warnings []string        `json:"warnings"`
}

// registerColumn finds a column of the register by its name there; the dates of releases differ in which columns they have.
type registerColumns struct {
	urn, name, laCode, laName, estab, kind, phase, status, opened, closed, town, postcode, pupils, fsm int
}

func registerColumnsOf(header []string) registerColumns {
	at := func(names ...string) int {
		for _, n := range names {
			for i, h := range header {
				if strings.EqualFold(h, n) {
					return i
				}
			}
		}
		return -1
	}
	return registerColumns{
		urn: at("URN"), name: at("EstablishmentName"), laCode: at("LA (code)"), laName: at("LA (name)"), estab: at("EstablishmentNumber"),
		kind: at("TypeOfEstablishment (name)"), phase: at("PhaseOfEducation (name)"), status: at("EstablishmentStatus (name)"), opened: at("OpenDate"), closed: at("CloseDate"),
		town: at("Town"), postcode: at("Postcode"), pupils: at("NumberOfPupils"), fsm: at("PercentageFSM"),
	}
}

// LoadRegister reads the register of English schools from its CSV. Ragged rows are kept, marked, with their cells as they came: the register
// writes the links of a school without quotation marks around the commas. Reading it again changes what is different and leaves the rest.
func (s *Service) LoadRegister(ctx context.Context, why string, t *sheet.Table) (*RegisterReport, error) {
	cols := registerColumnsOf(t.Header)
	if cols.urn < 0 || cols.name < 0 {
		return nil, fault.New(fault.Invalid, "%s: the register needs the columns URN and EstablishmentName. Its columns are: %s.", t.Name, cutText(strings.Join(t.Header, ", "), 300))
	}
	r := &RegisterReport{Refusals: []sheet.Refusal{}, Warnings: []string{}}
	err := s.DB.Update(ctx, access.Installation(why), func(tx *db.Tx) error {
		known, err := registerKnown(tx)
		if err != nil {
			return err
		}
		seen := map[string]int{}
		for {
			row, err := t.Next()
			var bad *sheet.RowError
			switch {
			case errors.Is(err, io.EOF):
				r.Warnings = append(r.Warnings, t.Notes...)
				return nil
			case errors.As(err, &bad):
				r.refuse(bad.Refusal())
				continue
			case err != nil:
				return plainly(err)
			}
			if err := r.take(tx, t, cols, row, known, seen); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (r *RegisterReport) refuse(f sheet.Refusal) {
	r.Add(sheet.Refused)
	r.Refusals = append(r.Refusals, f)
}

func (r *RegisterReport) take(tx *db.Tx, t *sheet.Table, cols registerColumns, row sheet.Row, known map[string]string, seen map[string]int) error {
	cell := func(i int) string {
		if i < 0 || i >= len(row.Cells) {
			return ""
		}
		return strings.TrimSpace(row.Cells[i])
	}
	urn, name := cell(cols.urn), cell(cols.name)
	if _, err := strconv.Atoi(urn); err != nil || len(urn) > 10 {
		r.refuse(sheet.NewRefusal(t.Name, row.N, "URN", urn, "There is no URN: a number of five or six figures is needed to know the school by."))
		return nil
	}
	if name == "" {
		r.refuse(sheet.NewRefusal(t.Name, row.N, "EstablishmentName", "", "There is no name."))
		return nil
	}
	if before := seen[urn]; before != 0 {
		r.refuse(sheet.NewRefusal(t.Name, row.N, "URN", urn, "This URN stands in row "+strconv.Itoa(before)+" already."))
		return nil
	}
	seen[urn] = row.N
	raw, err := json.Marshal(row.Cells)
	if err != nil {
		return err
	}
	outcome := sheet.Created
	if was, there := known[urn]; there {
		outcome = sheet.Updated
		if was == string(raw) {
			outcome = sheet.Same
		}
	}
	r.Add(outcome)
	if row.Ragged {
		r.Ragged++
	}
	if outcome == sheet.Same {
		return nil
	}
	laestab := ""
	if la, e := cell(cols.laCode), cell(cols.estab); len(la) == 3 && len(e) == 4 {
		laestab = la + e
	}
	x := Registered{URN: urn, Name: name, LACode: cell(cols.laCode), LAName: cell(cols.laName), LAESTAB: laestab, Type: cell(cols.kind), Phase: cell(cols.phase), Status: cell(cols.status),
		Opened: registerDate(cell(cols.opened)), Closed: registerDate(cell(cols.closed)), Town: cell(cols.town), Postcode: cell(cols.postcode), Ragged: row.Ragged}
	if n, err := strconv.Atoi(cell(cols.pupils)); err == nil && n >= 0 {
		x.Pupils = &n
	}
	if f, err := strconv.ParseFloat(cell(cols.fsm), 64); err == nil && f >= 0 && f <= 100 {
		x.FSMPercent = &f
	}
	return keepRegistered(tx, x, row.N, string(raw))
}

// registerDate reads a date of the register. 01-01-1900 stands there for a day that nobody knows; what can't be read is in the raw cells.
func registerDate(text string) string {
	d, err := ParseDate(text, DateStyle{})
	if err != nil {
		return ""
	}
	return d.ISO
}

// LookUp finds schools of the register by URN or by any part of the name, accents and capitals ignored: those that are open first.
func (s *Service) LookUp(ctx context.Context, text string, limit int) ([]Registered, error) {
	out := []Registered{}
	words := strings.Fields(Fold(text))
	if len(words) == 0 || limit < 1 {
		return out, nil
	}
	err := s.DB.View(ctx, access.Installation("look a school up in the register"), func(tx *db.Tx) error {
		list, err := findRegistered(tx, strings.TrimSpace(text), words, min(limit, 500))
		out = append(out, list...)
		return err
	})
	return out, err
}
