package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"ajar/internal/conversations"
	"ajar/internal/kit/access"
)

func init() {
	register("conversations coverage", "count invited, reached and held by year group", coverage)
}

func coverage(ctx context.Context, e *Env) error {
	f := e.Flags("conversations coverage --org CODE")
	code := f.String("org", "", "`code` of the school")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, err := e.Open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	o, err := a.Roll.OrgByCode(ctx, *code)
	if err != nil {
		return err
	}
	rows, err := a.Conversations.Coverage(ctx, access.System("print the coverage by command", int64(o.ID)), conversations.Filter{})
	if err != nil {
		return err
	}
	if rows == nil {
		rows = []conversations.CoverageRow{}
	}
	return e.Print(rows, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintf(w, "No family of %s has been chosen for a conversation yet.\n", o.Name)
			return
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "Year\tInvited\tReached\tHeld\tDeclined\tNo reply\tDid not come\tStill to come\tNot invited yet\t")
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", r.Year, r.Invited, r.Reached, r.Held, r.Declined, r.NoReply, r.DidNotCome, r.ToCome, r.NotInvited)
		}
		_ = t.Flush()
		fmt.Fprintln(w, "\nInvited counts families whose time has come: invited = held + declined + no reply + did not come.")
	})
}
