package ui

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Column is one column of a Table. Give it Text, or Cell where the cell holds more than words.
type Column[T any] struct {
	Head    string
	Text    func(T) string
	Cell    func(T) templ.Component
	Sort    string // the name of this order in the address; empty: cannot be sorted by it
	Numeric bool   // figures stand at the right, under each other
	RowHead bool   // names the row (the pupil's name); one column has it
	Hint    string // a word under the head, such as the unit
	Foot    string // the last line of the table
	NoHead  bool   // Head is only for those who hear the page: a column of boxes or buttons
	NoPrint bool   // buttons and boxes have no use on paper
}

// Narrow is what a table does on a phone.
type Narrow int

// Cards turns each row into a small card of labelled lines: right for lists of people. Scroll keeps the grid, inside a
// region that the keyboard can scroll: right where columns are compared.
const (
	NarrowCards Narrow = iota
	NarrowScroll
)

// TableData is a Table with its rows, already sorted and cut to a page by whoever asked the database.
type TableData[T any] struct {
	Caption     string // always given; HideCaption where a heading above says the same
	HideCaption bool
	Columns     []Column[T]
	Rows        []T
	Sort        Sort
	Narrow      Narrow
	Dense       bool // less air, for registers
	Sticky      bool // the heads stay in view; not on phones
	Empty       templ.Component
}

// Sort is the order of a list, as it stands in the page's address: ?sort=name or ?sort=-name.
type Sort struct {
	Key  string
	Desc bool
	at   *url.URL
}

// SortFrom reads the order from the address; fallback is the one to use when it says nothing, "name" or "-i_factor".
// The key comes from outside: look it up in a list of orders, never put it into SQL.
func SortFrom(u *url.URL, fallback string) Sort {
	key := u.Query().Get("sort")
	if key == "" {
		key = fallback
	}
	name, desc := strings.CutPrefix(key, "-")
	return Sort{Key: name, Desc: desc, at: u}
}

// By gives the address that sorts by a column, or turns the order round when it is sorted by it already.
func (s Sort) By(key string) string {
	if s.at == nil {
		s.at = &url.URL{}
	}
	if s.Key == key && !s.Desc {
		return With(s.at, "sort", "-"+key)
	}
	return With(s.at, "sort", key)
}

func (s Sort) aria(key string) string {
	switch {
	case key == "" || s.Key != key:
		return ""
	case s.Desc:
		return "descending"
	}
	return "ascending"
}

func (s Sort) sayState(ctx context.Context, key string) string {
	switch s.aria(key) {
	case "ascending":
		return word(ctx, "ui.sort.up", "sorted, lowest first. Turn round")
	case "descending":
		return word(ctx, "ui.sort.down", "sorted, highest first. Turn round")
	}
	return word(ctx, "ui.sort.by", "sort by this")
}

func (d TableData[T]) class() string {
	c := "ajar-table"
	if d.Dense {
		c += " ajar-table--dense"
	}
	if d.Sticky {
		c += " ajar-table--sticky"
	}
	if d.Narrow == NarrowScroll {
		return c + " ajar-table--scroll"
	}
	return c + " ajar-table--cards"
}

func (d TableData[T]) hasFoot() bool {
	for _, c := range d.Columns {
		if c.Foot != "" {
			return true
		}
	}
	return false
}

// scrollAttrs: what scrolls must be reachable by keyboard and have a name.
func (d TableData[T]) scrollAttrs() templ.Attributes {
	if d.Narrow != NarrowScroll {
		return nil
	}
	return templ.Attributes{"tabindex": "0", "role": "region", "aria-label": d.Caption}
}

func (c Column[T]) class() string {
	s := ""
	if c.Numeric {
		s = "ajar-num"
	}
	if c.NoPrint {
		s += " no-print"
	}
	return strings.TrimSpace(s)
}

// label is what stands before the cell when the row has become a card.
func (c Column[T]) label() string {
	if c.NoHead {
		return ""
	}
	return c.Head
}

func (c Column[T]) text(row T) string {
	if c.Text == nil {
		return ""
	}
	return c.Text(row)
}

// FilterData is a panel that narrows a list. It asks by GET, so the address holds the filter and can be sent to a colleague.
type FilterData struct {
	Action  string
	Label   string        // "Filter these pupils"
	Keep    []HiddenInput // what of the address must stay, such as the order
	Chips   []Chip        // what is filtered by now
	Clear   string        // address without any filter
	Found   string        // "38 of 1,250 pupils"
	Open    bool
	Compact bool // always in view, in one row: for one or two fields
}

// Chip is one filter in force, with the address that takes it away; see Without.
type Chip struct{ Label, Value, Remove string }

// PaginationData leads through the pages of a list: by number (Page of Pages, with the page's address) or, for long
// lists read by key, by Prev and Next alone.
type PaginationData struct {
	Page, Pages int
	At          *url.URL
	Prev, Next  string
	Label       string // "Pages of pupils"
}

func (p PaginationData) label(ctx context.Context) string {
	if p.Label == "" {
		return word(ctx, "ui.pages", "Pages")
	}
	return p.Label
}

func (p PaginationData) href(n int) string {
	if p.At == nil {
		return "?page=" + strconv.Itoa(n)
	}
	return With(p.At, "page", strconv.Itoa(n))
}

func (p PaginationData) prev() string {
	if p.Prev == "" && p.Pages > 1 && p.Page > 1 {
		return p.href(p.Page - 1)
	}
	return p.Prev
}

func (p PaginationData) next() string {
	if p.Next == "" && p.Pages > 1 && p.Page < p.Pages {
		return p.href(p.Page + 1)
	}
	return p.Next
}

// numbers gives the pages to show, with 0 for a gap: 1 … 4 5 6 … 12.
func (p PaginationData) numbers() []int {
	if p.Pages < 2 {
		return nil
	}
	list := []int{}
	for n := 1; n <= p.Pages; n++ {
		near := n >= p.Page-1 && n <= p.Page+1
		switch {
		case n == 1 || n == p.Pages || near:
			list = append(list, n)
		case list[len(list)-1] != 0:
			list = append(list, 0)
		}
	}
	return list
}
