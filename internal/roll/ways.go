package roll

import (
	"slices"
	"time"

	"ajar/internal/kit/post"
)

// Try is one message that went to an adult by a way, and what came of it.
type Try struct {
	Kind, Folded string
	OnMs         int64
	State        string // of the item: waiting, sent, stopped or failed
	Arrived      string // as the other side told: "yes", "no", or nothing
	Trouble      string
	Opened       bool // its link was opened, or it was answered
}

// Rank says what is known of a way. Higher is better.
type Rank int

// The ranks. A doubtful way can be chosen by a person, and is never taken by itself.
const (
	Closed   Rank = iota // it can't be used at all
	Doubtful             // the last try did not go
	Untried
	HandedOver // a server or gateway took the last one
	Arrived    // its receipt says that it arrived
	Answered   // a link that went there was opened, or it was answered
)

// Way is one phone or e-mail address of an adult, as a link may go by it.
type Way struct {
	Channel Channel
	By      string // post.SMS or post.Email
	Rank    Rank
	Known   string // what is known of it, for staff
}

// RankWays weighs the ways of an adult by what came of earlier tries: one by which a link was opened first, then one that took the last, then those not
// tried. Among equals a text goes before an e-mail, since texts are read sooner, and then the order that the school keeps. open tells what is set up.
func RankWays(channels []Channel, tries []Try, open func(way string) bool) []Way {
	var out []Way
	for _, c := range channels {
		w := Way{Channel: c, By: post.Email, Rank: Untried, Known: "Not tried yet"}
		if c.Kind == "phone" {
			w.By = post.SMS
		}
		switch {
		case !open(w.By):
			w.Rank, w.Known = Closed, map[string]string{post.SMS: "Text messages are not set up", post.Email: "E-mail is not set up"}[w.By]
		case !post.Fits(w.By, c.Value):
			w.Rank, w.Known = Closed, map[string]string{post.SMS: "Not a mobile number", post.Email: "Not an e-mail address"}[w.By]
		default:
			w.weigh(tries)
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Way) int {
		if a.Rank != b.Rank {
			return int(b.Rank - a.Rank)
		}
		if a.By != b.By {
			return map[string]int{post.SMS: 0, post.Email: 1}[a.By]*2 - 1
		}
		return a.Channel.Place - b.Channel.Place
	})
	return out
}

// weigh looks at the tries by this way. The newest that ended counts; that one was ever opened counts more, unless what came after it failed.
func (w *Way) weigh(tries []Try) {
	var last, opened Try
	for _, t := range tries {
		if t.Kind != w.Channel.Kind || t.Folded != w.Channel.Folded {
			continue
		}
		if t.Arrived == "no" {
			t.State = post.Failed
		}
		if t.OnMs >= last.OnMs && (t.State == post.Sent || t.State == post.Failed) {
			last = t
		}
		if t.Opened && t.OnMs >= opened.OnMs {
			opened = t
		}
	}
	day := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }
	switch {
	case last.State == post.Failed && last.OnMs > opened.OnMs:
		w.Rank, w.Known = Doubtful, "The last message did not go: "+last.Trouble
	case opened.OnMs > 0:
		w.Rank, w.Known = Answered, "A link sent here on "+day(opened.OnMs)+" was opened"
	case last.State == post.Sent && last.Arrived == "yes":
		w.Rank, w.Known = Arrived, "The message of "+day(last.OnMs)+" arrived"
	case last.State == post.Sent:
		w.Rank, w.Known = HandedOver, "The message of "+day(last.OnMs)+" was taken; its link has not been opened"
	}
}

// Best is the way to take without asking anybody.
func Best(ways []Way) (Way, bool) {
	if len(ways) > 0 && ways[0].Rank >= Untried {
		return ways[0], true
	}
	return Way{}, false
}

// NoWay says why an adult can't be reached by a message.
func NoWay(ways []Way) string {
	if len(ways) == 0 {
		return "no phone and no e-mail address is held"
	}
	switch w := ways[0]; w.Rank {
	case Doubtful:
		return "the last message to " + w.Channel.Value + " did not go; ask for another number or address"
	default:
		for _, w := range ways {
			if w.Channel.Kind == "phone" && w.Known == "Not a mobile number" {
				return "only " + w.Channel.Value + " is held, which is not a mobile number"
			}
		}
		return "nothing is held that a message could go to"
	}
}
