package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"ajar/internal/messages"
	"ajar/internal/roll"
)

func init() {
	register("messages reach", "say how many children have an adult whom messages reach, and what would help", messagesReach)
	register("messages balance", "say how many families hear nothing but concern, and which children", messagesBalance)
}

// reachTodo is one kind of thing to do and for how many adults.
type reachTodo struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// reachPrinted is what `ajar messages reach` prints. Share is in per cent, and null when there are no children.
type reachPrinted struct {
	Children int         `json:"children"`
	Reached  int         `json:"reached"`
	Share    *float64    `json:"share"`
	Worklist []reachTodo `json:"worklist"`
}

func messagesReach(ctx context.Context, e *Env) error {
	f := e.Flags("messages reach --org CODE")
	code := f.String("org", "", "`code` of the organisation")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "tell by command whom messages reach")
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.Messages.Reach(ctx, p)
	if err != nil {
		return err
	}
	out := reachPrinted{Children: r.School.Of, Reached: r.School.N, Share: rounded(r.School.Share()), Worklist: []reachTodo{}}
	for _, t := range messages.Todos {
		if n := r.Counts[t.Key]; n > 0 {
			out.Worklist = append(out.Worklist, reachTodo{t.Key, n})
		}
	}
	return e.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "%d of %d children have an adult who was reached in the last %d days%s.\n", out.Reached, out.Children, messages.ReachDays, percent(out.Share))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, x := range out.Worklist {
			fmt.Fprintf(t, "%d\t%s\n", x.Count, roll.ListedWords(messages.Todos, x.What))
		}
		_ = t.Flush()
	})
}

// balanceChild is a child whose family only hears when it goes wrong.
type balanceChild struct {
	Pupil   string `json:"pupil"`
	Name    string `json:"name"`
	Year    string `json:"year"`
	Good    int    `json:"good"`
	Neutral int    `json:"neutral"`
	Concern int    `json:"concern"`
}

// balancePrinted is what `ajar messages balance` prints. Share is only_concern of families_contacted in per cent, and null when no family was contacted.
type balancePrinted struct {
	Term        string         `json:"term"`
	Contacted   int            `json:"families_contacted"`
	OnlyConcern int            `json:"only_concern"`
	Share       *float64       `json:"share"`
	Children    []balanceChild `json:"children"`
}

func messagesBalance(ctx context.Context, e *Env) error {
	f := e.Flags("messages balance --org CODE [--on DAY]")
	code, on := f.String("org", "", "`code` of the organisation"), f.String("on", "", "a `day` of the term, as YYYY-MM-DD; today without it")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "tell by command which families hear only bad news")
	if err != nil {
		return err
	}
	defer a.Close()
	r, err := a.Messages.Balances(ctx, p, *on)
	if err != nil {
		return err
	}
	out := balancePrinted{Term: r.Term, Contacted: r.School.Contacted, OnlyConcern: r.School.OnlyConcern, Share: rounded(r.School.Share()), Children: []balanceChild{}}
	for _, c := range r.OnlyWrong {
		out.Children = append(out.Children, balanceChild{c.LocalID, c.Name, c.Year, c.Good, c.Neutral, c.Concern})
	}
	return e.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d families were in contact with the school; %d of them heard nothing but concern%s.\n", out.Term, out.Contacted, out.OnlyConcern, percent(out.Share))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for i, c := range out.Children {
			if i == 0 {
				fmt.Fprintln(t, "\nOnly hear when it goes wrong:\nPupil\tYear\tConcerns\tNeither\tGood")
			}
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", c.Name, c.Year, c.Concern, c.Neutral, c.Good)
		}
		_ = t.Flush()
	})
}

// rounded is a share in per cent to a tenth; nil when there is nothing to divide by.
func rounded(share float64, some bool) *float64 {
	if !some {
		return nil
	}
	return new(math.Round(share*10) / 10)
}

func percent(share *float64) string {
	if share == nil {
		return ""
	}
	return fmt.Sprintf(", %.1f %%", *share)
}
