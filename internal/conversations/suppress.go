package conversations

import "strconv"

// Cell is one figure of a table that leaves the staff circle.
type Cell struct {
	N    int
	Mark Mark
}

// Mark says why a figure is not shown.
type Mark string

// The marks. Small is 1 to 4; Protecting may be any number, hidden so that a small one beside it can't be worked out.
const (
	Shown      Mark = ""
	Small      Mark = "small"
	Protecting Mark = "hidden"
)

// String is what the page, the sheet and the file show alike.
func (c Cell) String() string {
	switch c.Mark {
	case Small:
		return "fewer than 5"
	case Protecting:
		return "hidden"
	}
	return strconv.Itoa(c.N)
}

// MarshalJSON gives the number, or the words in its place.
func (c Cell) MarshalJSON() ([]byte, error) {
	if c.Mark == Shown {
		return []byte(strconv.Itoa(c.N)), nil
	}
	return strconv.AppendQuote(nil, c.String()), nil
}

// PublicRow is a CoverageRow with small numbers hidden. A hidden cell holds no number at all.
type PublicRow struct {
	Year       string `json:"year"`
	Invited    Cell   `json:"invited"`
	Reached    Cell   `json:"reached"`
	Held       Cell   `json:"held"`
	Declined   Cell   `json:"declined"`
	NoReply    Cell   `json:"no_reply"`
	DidNotCome Cell   `json:"did_not_come"`
	ToCome     Cell   `json:"to_come"`
}

// parts are the four cells that add up to invited, in the order in which one is given up to protect a small one: what governors need
// most, the conversations held, comes last.
func (r *PublicRow) parts() [4]*Cell {
	return [4]*Cell{&r.NoReply, &r.Declined, &r.DidNotCome, &r.Held}
}

func small(n int) bool { return n >= 1 && n <= 4 }

// SuppressCoverage hides what could point at a family (domain 5.11). In a row with a cell of 1 to 4, that cell and one other are hidden, so that it
// can't be had from the row's sum; where no other cell is large enough, the whole row is hidden but its sum. The totals of columns
// are shown only when every small cell could still be another number with them in view, which is tried; otherwise those of the columns
// with hidden cells are hidden as well.
func SuppressCoverage(rows []CoverageRow) (out []PublicRow, total PublicRow) {
	out = make([]PublicRow, len(rows))
	whole := true // every row's sum is shown
	for i, r := range rows {
		out[i] = suppressRow(r)
		whole = whole && out[i].Invited.Mark == Shown
	}
	t := TotalCoverage(rows)
	total = plainRow(t)
	hidden := func(get func(*PublicRow) *Cell) bool {
		for i := range out {
			if get(&out[i]).Mark != Shown {
				return true
			}
		}
		return false
	}
	if hidden(func(r *PublicRow) *Cell { return &r.ToCome }) || small(t.ToCome) {
		total.ToCome = Cell{Mark: Protecting}
	}
	if !whole {
		for _, c := range total.parts() {
			*c = Cell{Mark: Protecting}
		}
		total.Invited, total.Reached = Cell{Mark: Protecting}, Cell{Mark: Protecting}
		return forget(out), total
	}
	totalsSmall := small(t.Invited) || small(t.Reached)
	for _, c := range total.parts() {
		totalsSmall = totalsSmall || small(c.N)
	}
	if totalsSmall || !swappable(out) {
		for k := range 4 {
			if hidden(func(r *PublicRow) *Cell { return r.parts()[k] }) {
				*total.parts()[k] = Cell{Mark: Protecting}
			}
		}
		// What is hidden in no row adds up to a shown total, small or not: hiding it would hide nothing.
	}
	if total.NoReply.Mark != Shown {
		total.Reached = Cell{Mark: Protecting}
	}
	return forget(out), total
}

func plainRow(r CoverageRow) PublicRow {
	return PublicRow{Year: r.Year, Invited: Cell{N: r.Invited}, Reached: Cell{N: r.Reached}, Held: Cell{N: r.Held}, Declined: Cell{N: r.Declined},
		NoReply: Cell{N: r.NoReply}, DidNotCome: Cell{N: r.DidNotCome}, ToCome: Cell{N: r.ToCome}}
}

// suppressRow marks one row and leaves the numbers in, for the test of the totals.
func suppressRow(r CoverageRow) PublicRow {
	p := plainRow(r)
	if small(r.ToCome) {
		p.ToCome.Mark = Small
	}
	any, large := false, -1
	for k, c := range p.parts() {
		if small(c.N) {
			any = true
		} else if c.N >= 5 && large < 0 {
			large = k
		}
	}
	if !any {
		return p
	}
	if large < 0 {
		// All cells are below 5: naming them so would give them away when they add up to 4 or to 16.
		for _, c := range p.parts() {
			c.Mark = Protecting
		}
		p.Reached.Mark = Protecting
		if small(r.Invited) {
			p.Invited.Mark = Small
		}
		return p
	}
	for k, c := range p.parts() {
		if small(c.N) {
			c.Mark = Small
		} else if k == large {
			c.Mark = Protecting
		}
	}
	if p.NoReply.Mark != Shown {
		p.Reached.Mark = Protecting
	}
	return p
}

// swappable tries, for each hidden cell, to find another table with the same sums in which that cell is different: one family more here and one
// fewer there in two rows and two columns. Where there is one, nobody can tell the two apart.
func swappable(rows []PublicRow) bool {
	room := func(c *Cell, up bool) bool {
		switch {
		case c.Mark == Shown:
			return false
		case c.Mark == Small && up:
			return c.N < 4
		case c.Mark == Small:
			return c.N > 1
		}
		return up || c.N > 0
	}
	for i := range rows {
		for k, c := range rows[i].parts() {
			if c.Mark == Shown {
				continue
			}
			found := false
			for j := range rows {
				for l := range 4 {
					if j == i || l == k {
						continue
					}
					a, b := rows[i].parts(), rows[j].parts()
					for _, up := range []bool{true, false} {
						found = found || room(a[k], up) && room(a[l], !up) && room(b[k], !up) && room(b[l], up)
					}
				}
			}
			if !found {
				return false
			}
		}
	}
	return true
}

// forget takes the numbers out of hidden cells, so that no later step can let one slip.
func forget(rows []PublicRow) []PublicRow {
	for i := range rows {
		r := &rows[i]
		for _, c := range append([]*Cell{&r.NoReply, &r.Declined, &r.DidNotCome, &r.Held}, &r.Invited, &r.Reached, &r.ToCome) {
			if c.Mark != Shown {
				c.N = 0
			}
		}
	}
	return rows
}
