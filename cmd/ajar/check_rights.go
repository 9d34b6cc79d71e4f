package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"ajar/internal/app"
)

// checkRights prints the matrix of rights. It is the same for every installation, so that it reads no data: the program is put together on an empty store
// in a folder that is gone afterwards.
func checkRights(ctx context.Context, e *Env) error {
	dir, err := os.MkdirTemp("", "ajar-rights")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := app.Open(ctx, app.Options{Data: dir, Fast: true})
	if err != nil {
		return err
	}
	defer a.Close()
	m, err := a.Matrix()
	if err != nil {
		return err
	}
	_, rows := a.RightsTable()
	if err := e.Print(m, func(w io.Writer) { printMatrix(w, m, rows) }); err != nil {
		return err
	}
	if len(m.Holes) > 0 {
		return errors.New("some cases were never tried; see the holes above")
	}
	return nil
}

// The width that the print-out keeps to, and the marks of the roles at the head of a column.
const rightsWide = 100

var roleMarks = map[string]string{"head": "He", "leader": "Le", "key_teacher": "KT", "teacher": "Te", "senco": "SE", "safeguarding_lead": "SG", "office": "Of", "family_worker": "FW",
	"governor": "Go", "coordinator": "Co", "administrator": "Ad", "adviser": "Av", "assessor": "As", "partner": "Pa", "parent": "Fa"}

// printMatrix writes the matrix for somebody who looks after data protection: a hundred signs wide, the same columns throughout.
func printMatrix(w io.Writer, m app.Matrix, rows [][]string) {
	section := func(title, explained string) {
		fmt.Fprintf(w, "\n%s\n%s\n", strings.ToUpper(title), strings.Repeat("=", len([]rune(title))))
		for _, l := range wrap(explained, rightsWide) {
			fmt.Fprintln(w, l)
		}
		fmt.Fprintln(w)
	}
	var marks, legend []string
	for _, r := range m.Roles {
		mark := cmp.Or(roleMarks[r.Role], r.Role)
		marks, legend = append(marks, mark), append(legend, mark+" "+r.Words)
	}
	const first = 51
	line := func(words string, cells []string, after string) {
		for i, l := range wrap(words, first) {
			if i > 0 {
				fmt.Fprintf(w, "  %s\n", l)
				continue
			}
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-*s %s %s", first+2, l, strings.Join(cells, " "), after), " "))
		}
	}
	section("Who may do what", "A: everyone in their organisation. o: only the pupils and families they work with, today; for a parent or carer their own children. f: figures without names. A dot: nothing. Nobody has anything in another organisation. (second step): asked for once a session. The roles:")
	for part := range slices.Chunk(legend, 4) {
		for _, l := range part {
			fmt.Fprintf(w, "%-25s", l)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	was := ""
	for _, r := range rows {
		if r[0] != was {
			if was != "" {
				fmt.Fprintln(w)
			}
			was = r[0]
			line(cmp.Or(capabilityWords[r[0]], r[0])+":", marks, "")
		}
		var cells []string
		for _, c := range r[2:] {
			cells = append(cells, map[string]string{"all": "A ", "own": "o ", "figures": "f "}[c])
			if cells[len(cells)-1] == "" {
				cells[len(cells)-1] = ". "
			}
		}
		line(r[1], cells, "")
	}

	kinds := map[string]string{"no_contact": "1", "no_information": "2", "no_address": "3", "supervised": "4", "reports_only": "5"}
	section("Ways to families", "What can reach an adult about a child, and the orders that stop it from the next request on: 1 no contact with the child, 2 no information about the child, 3 must not learn the other home's address or phone, 4 contact only under supervision, 5 school reports only. Each way was tried with each kind of order, before it begins, while it binds and when it is over.")
	for _, c := range m.Channels {
		var stops []string
		for _, k := range []string{"no_contact", "no_information", "no_address", "supervised", "reports_only"} {
			mark := "."
			if slices.Contains(c.Orders, k) {
				mark = kinds[k]
			}
			stops = append(stops, mark)
		}
		for i, l := range wrap(c.Words, rightsWide-14) {
			if i == 0 {
				fmt.Fprintf(w, "%-*s %s\n", rightsWide-12, l, strings.Join(stops, " "))
			} else {
				fmt.Fprintf(w, "  %s\n", l)
			}
		}
	}

	section("Addresses", "Each address, tried as every role with keys of its own organisation, of another one, and of none. x: it opens. A dot: as if it were not there. The last column is a key of another organisation: a dot says that it is answered to the letter like a key that is nobody's, and = that the address has no key and shows one's own organisation. Nobody who is not signed in gets further than the door; public addresses are listed last, with the reason.")
	var public []app.RouteCase
	fmt.Fprintf(w, "%-*s %s %s\n", first+2, "", strings.Join(marks, " "), "")
	for _, r := range m.Routes {
		if strings.HasPrefix(r.Need, "public") || r.Nobody == "" {
			public = append(public, r)
			continue
		}
		var cells []string
		for _, role := range m.Roles {
			mark := ". "
			if slices.Contains(r.Opens, role.Role) {
				mark = "x "
			}
			cells = append(cells, mark)
		}
		other := "="
		if r.Other == "as if it were not there" {
			other = "."
		}
		line(r.Route, cells, other)
	}
	fmt.Fprintln(w)
	entry := func(name, words string) {
		fmt.Fprintln(w, name)
		for _, l := range wrap(words, rightsWide-4) {
			fmt.Fprintf(w, "    %s\n", l)
		}
	}
	for _, r := range public {
		entry(r.Route, r.Need)
	}

	section("What the program can do", "Each verb, as whom it was tried, who saw the same as for what is not there, and what the same person of another organisation got. Without a pass each was refused.")
	for _, v := range m.Verbs {
		if v.Except == "" {
			entry(strings.TrimPrefix(v.Verb, "internal/"), "let in: "+v.Allowed+". Refused: "+v.Denied+". Another organisation: "+v.Other+".")
		}
	}
	section("What needs no pass of a person", "Verbs that open the store by themselves, and why that is right.")
	for _, v := range m.Verbs {
		if v.Except != "" {
			entry(strings.TrimPrefix(v.Verb, "internal/"), v.Except)
		}
	}
	section("Holes", "Anything without its allowed, denied, other-organisation and order cases.")
	if len(m.Holes) == 0 {
		fmt.Fprintf(w, "None: %d verbs, %d addresses, %d roles and %d ways to families have all their cases.\n", len(m.Verbs), len(m.Routes), len(m.Roles), len(m.Channels))
	}
	for _, h := range m.Holes {
		fmt.Fprintln(w, h)
	}
}

var capabilityWords = map[string]string{"admin": "The trail", "barriers": "Who needs reaching", "conversations": "Conversations", "family": "The family's door", "notes": "Notes", "progress": "Attendance and results",
	"roll": "Pupils, families and staff", "sharing": "Working together"}

// wrap breaks words into lines of at most so many signs; a word that is longer stands alone.
func wrap(text string, wide int) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > wide {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}
