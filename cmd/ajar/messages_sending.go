package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

func init() {
	register("messages send", "write to families, show who gets it, and with --send send it", messagesSend)
	register("messages status", "say what became of messages, and how the ways out stand", messagesStatus)
}

// sendPrinted is what `ajar messages send` prints.
type sendPrinted struct {
	Message  string     `json:"message"`
	State    string     `json:"state"`
	Adults   int        `json:"adults"`
	Children int        `json:"children"`
	Ways     []wayCount `json:"ways"`
	NotSent  []notSent  `json:"not_reached"`
	LeftOut  int        `json:"left_out_by_orders"`
}

type wayCount struct {
	Way      string `json:"way"`
	Language string `json:"language"`
	Adults   int    `json:"adults"`
}

type notSent struct {
	Adult string `json:"adult"`
	Why   string `json:"why"`
}

func messagesSend(ctx context.Context, e *Env) error {
	f := e.Flags("messages send --org CODE --to WHOM --subject TEXT --body FILE [--short TEXT] [--send]")
	code := f.String("org", "", "`code` of the organisation")
	to := f.String("to", "", "whose families: everyone, year:7, class:7A or pupil:`ID`, the school's own number for the child")
	way := f.String("way", messages.ByBest, "how it goes: best, text, email, letter or call")
	tone := f.String("tone", messages.Neutral, "good, neutral or concern")
	class := f.String("class", messages.ClassService, "service, urgent or promotional")
	sensitive := f.Bool("sensitive", false, "consent, exclusion, special needs or safeguarding: goes only in words that were checked")
	subject := f.String("subject", "", "`subject` of letters and e-mails")
	body := f.String("body", "", "`file` with the words")
	short := f.String("short", "", "`words` of the text message")
	send := f.Bool("send", false, "send it; without, only say who would get it")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "write to families by command")
	if err != nil {
		return err
	}
	defer a.Close()
	t := messages.Typed{Way: *way, Tone: *tone, Class: *class, Sensitive: *sensitive, Subject: *subject, Short: *short}
	if *body != "" {
		words, err := os.ReadFile(*body)
		if err != nil {
			return fault.New(fault.Invalid, "The words can't be read: %s", err)
		}
		t.Body = string(words)
	}
	if t.Audience, err = audienceTo(ctx, a, p, *to); err != nil {
		return err
	}
	id, err := a.Messages.Save(ctx, p, 0, t, 0)
	if err != nil {
		return err
	}
	v, err := a.Messages.Open(ctx, p, id)
	if err != nil {
		return err
	}
	out := sendPrinted{Message: id.String(), State: v.State, Adults: len(v.Plan.To), Children: v.Plan.Pupils, Ways: []wayCount{}, NotSent: []notSent{}, LeftOut: v.Plan.LeftOut}
	for _, c := range v.Plan.Counts() {
		out.Ways = append(out.Ways, wayCount{c.Way, c.Lang.Tag(), c.Adults})
	}
	for _, x := range v.Plan.Not {
		out.NotSent = append(out.NotSent, notSent{x.Adult.Name, x.Why})
	}
	if *send {
		if out.State, err = a.Messages.SendIt(ctx, p, id, v.Version, len(v.Plan.To)); err != nil {
			return err
		}
	} else if err := a.Messages.Throw(ctx, p, id); err != nil {
		return err
	}
	return e.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "%d adults of %d children\n", out.Adults, out.Children)
		for _, x := range out.Ways {
			fmt.Fprintf(w, "  %d by %s in %s\n", x.Adults, x.Way, x.Language)
		}
		for _, x := range out.NotSent {
			fmt.Fprintf(w, "  not %s: %s\n", x.Adult, x.Why)
		}
		switch {
		case !*send:
			fmt.Fprintln(w, "Nothing was sent. Say --send to send it.")
		case out.State == messages.Waiting:
			fmt.Fprintln(w, "It waits for a head or senior leader, who looks at it in Ajar.")
		default:
			fmt.Fprintf(w, "It leaves in a few minutes. Its page is /messages/m/%s.\n", out.Message)
		}
	})
}

// audienceTo reads whom a message is for.
func audienceTo(ctx context.Context, a *app.App, p access.Pass, to string) (out messages.Audience, err error) {
	kind, key, _ := strings.Cut(to, ":")
	switch kind {
	case "everyone":
		out.Everyone = true
	case "year":
		out.Year = key
	case "class":
		list, err := a.Roll.Classes(ctx, p)
		if err != nil {
			return out, err
		}
		for _, c := range list {
			if strings.EqualFold(c.Title, key) {
				out.Class = c.ID
			}
		}
		if out.Class.Zero() {
			return out, fault.New(fault.NotFound, "There is no class called %q.", key)
		}
	case "pupil":
		err = a.DB.View(ctx, p, func(tx *db.Tx) error {
			list, err := roll.Pupils(tx, messages.Send)
			for _, x := range list {
				if x.LocalID == key {
					out.Pupils = append(out.Pupils, x.ID)
				}
			}
			if err == nil && len(out.Pupils) == 0 {
				err = fault.New(fault.NotFound, "There is no pupil with the number %q.", key)
			}
			return err
		})
	default:
		err = fault.New(fault.Invalid, "Say with --to whose families it is for: everyone, year:7, class:7A or pupil:1234.")
	}
	return out, err
}

// statusPrinted is what `ajar messages status` prints.
type statusPrinted struct {
	Ways     []wayPrinted     `json:"ways"`
	Messages []messagePrinted `json:"messages"`
}

type wayPrinted struct {
	Way     string `json:"way"`
	Waiting int    `json:"waiting"`
	Trouble string `json:"trouble,omitempty"`
}

type messagePrinted struct {
	Message  string         `json:"message"`
	Title    string         `json:"title"`
	State    string         `json:"state"`
	Adults   int            `json:"adults"`
	Need     int            `json:"need_somebody"`
	Outcomes map[string]int `json:"outcomes,omitempty"`
}

func messagesStatus(ctx context.Context, e *Env) error {
	f := e.Flags("messages status --org CODE [--message ID]")
	code := f.String("org", "", "`code` of the organisation")
	one := f.String("message", "", "`key` of one message, as messages send gave it")
	if _, err := e.Parse(); err != nil {
		return err
	}
	a, p, err := inOrg(ctx, e, *code, "tell by command what became of messages")
	if err != nil {
		return err
	}
	defer a.Close()
	out := statusPrinted{Ways: []wayPrinted{}, Messages: []messagePrinted{}}
	states, err := a.Post.States(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		w := wayPrinted{Way: s.Way, Waiting: s.Waiting}
		if s.Pause != nil {
			w.Trouble = s.Pause.Trouble
		}
		out.Ways = append(out.Ways, w)
	}
	list, now, err := a.Messages.List(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range list {
		if *one != "" && m.ID.String() != *one {
			continue
		}
		x := messagePrinted{Message: m.ID.String(), Title: m.Title, State: m.StateWords(now), Adults: m.Adults, Need: m.Trouble}
		if *one != "" {
			id, err := ids.Parse[messages.Message](*one)
			if err != nil {
				return err
			}
			v, err := a.Messages.Open(ctx, p, id)
			if err != nil {
				return err
			}
			o := v.Outcome
			x.Outcomes = map[string]int{"arrived": o.Arrived, "gone": o.Gone, "waiting": o.Waiting, "failed": o.Failed, "in_doubt": o.Unsure, "stopped": o.Stopped, "to_print": o.ToPrint, "printed": o.Printed,
				"to_call": o.ToCall, "called": o.Called, "not_reached": o.Nothing, "trial": o.Trial}
		}
		out.Messages = append(out.Messages, x)
	}
	if *one != "" && len(out.Messages) == 0 {
		return fault.New(fault.NotFound, "There is no message with the key %q.", *one)
	}
	return e.Print(out, func(w io.Writer) {
		for _, x := range out.Ways {
			fmt.Fprintf(w, "%s: %d wait", x.Way, x.Waiting)
			if x.Trouble != "" {
				fmt.Fprintf(w, "; it is not working: %s", x.Trouble)
			}
			fmt.Fprintln(w)
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, x := range out.Messages {
			fmt.Fprintf(t, "%s\t%s\t%s\t%d adults\t%d need somebody\n", x.Message, x.Title, x.State, x.Adults, x.Need)
		}
		_ = t.Flush()
	})
}
