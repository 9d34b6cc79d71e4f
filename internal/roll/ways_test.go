package roll

import (
	"strings"
	"testing"

	"ajar/internal/kit/post"
)

// What truly reaches somebody goes first; what has just failed is never taken without a person choosing it.
func TestRankWays(t *testing.T) {
	all := func(string) bool { return true }
	one, two, land, mail := Channel{Kind: "phone", Value: "07700 900111", Folded: "1", Place: 1}, Channel{Kind: "phone", Value: "07700 900112", Folded: "2", Place: 2},
		Channel{Kind: "phone", Value: "01632 960001", Folded: "3", Place: 3}, Channel{Kind: "email", Value: "a@b.example", Folded: "a@b.example", Place: 1}
	try := func(c Channel, on int64, state string, opened bool) Try {
		return Try{Kind: c.Kind, Folded: c.Folded, OnMs: on, State: state, Trouble: "unknown subscriber", Opened: opened}
	}
	for _, c := range []struct {
		name  string
		tries []Try
		open  func(string) bool
		want  string
		best  string
	}{
		{"nothing tried: texts first, then as the school keeps them", nil, all, "07700 900111 07700 900112 a@b.example 01632 960001", one.Value},
		{"the e-mail was opened", []Try{try(mail, 1, post.Sent, true)}, all, "a@b.example 07700 900111 07700 900112 01632 960001", mail.Value},
		{"the first number failed", []Try{try(one, 2, post.Failed, false)}, all, "07700 900112 a@b.example 07700 900111 01632 960001", two.Value},
		{"opened once and failed since", []Try{try(one, 1, post.Sent, true), try(one, 2, post.Failed, false)}, all, "07700 900112 a@b.example 07700 900111 01632 960001", two.Value},
		{"failed once and opened since", []Try{try(two, 1, post.Failed, false), try(two, 2, post.Sent, true)}, all, "07700 900112 07700 900111 a@b.example 01632 960001", two.Value},
		{"the second was taken", []Try{try(two, 1, post.Sent, false)}, all, "07700 900112 07700 900111 a@b.example 01632 960001", two.Value},
		{"stopped by an order says nothing of the way", []Try{try(one, 1, post.Stopped, false)}, all, "07700 900111 07700 900112 a@b.example 01632 960001", one.Value},
		{"no gateway for texts", nil, func(w string) bool { return w == post.Email }, "a@b.example 07700 900111 07700 900112 01632 960001", mail.Value},
		{"the number said that it arrived", []Try{{Kind: two.Kind, Folded: two.Folded, OnMs: 1, State: post.Sent, Arrived: "yes"}, try(one, 1, post.Sent, false)}, all, "07700 900112 07700 900111 a@b.example 01632 960001", two.Value},
		{"taken, and did not arrive", []Try{{Kind: one.Kind, Folded: one.Folded, OnMs: 1, State: post.Sent, Arrived: "no", Trouble: "number not in use"}}, all, "07700 900112 a@b.example 07700 900111 01632 960001", two.Value},
		{"nothing at all", nil, func(string) bool { return false }, "07700 900111 07700 900112 01632 960001 a@b.example", ""},
	} {
		ways := RankWays([]Channel{one, two, land, mail}, c.tries, c.open)
		var got []string
		for _, w := range ways {
			got = append(got, w.Channel.Value)
		}
		way, ok := Best(ways)
		if strings.Join(got, " ") != c.want || way.Channel.Value != c.best || ok != (c.best != "") {
			t.Errorf("%s: %v, best %q", c.name, got, way.Channel.Value)
		}
	}
}
