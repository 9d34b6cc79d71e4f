package messages

import (
	"strings"
	"testing"
	"time"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

func TestWhatProvesThatAnAdultWasReached(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		a    roll.Adult
		t    trace
		want string
	}{
		"sent alone":                              {roll.Adult{Reads: "Polish"}, trace{tries: []roll.Try{{Kind: "phone", State: post.Sent, OnMs: 50}}}, ""},
		"a receipt in their language":             {roll.Adult{Reads: "Polish"}, trace{arrived: []receipt{{"pl", 50}}}, "receipt"},
		"a receipt in English, reads Polish":      {roll.Adult{Reads: "Polish"}, trace{arrived: []receipt{{"en", 50}}}, ""},
		"a receipt in English, reads English":     {roll.Adult{Reads: "English"}, trace{arrived: []receipt{{"en", 50}}}, "receipt"},
		"a receipt in English, nothing recorded":  {roll.Adult{}, trace{arrived: []receipt{{"en", 50}}}, "receipt"},
		"a receipt in a language that is unknown": {roll.Adult{Reads: "Tigrinya"}, trace{arrived: []receipt{{"en", 50}}}, ""},
		"too long ago":                            {roll.Adult{Reads: "English"}, trace{arrived: []receipt{{"en", 9}}}, ""},
		"an answer":                               {roll.Adult{Reads: "Tigrinya"}, trace{answer: 20}, "answer"},
		"an opened link":                          {roll.Adult{Reads: "Polish"}, trace{opened: 20}, "opened"},
		"a talk":                                  {roll.Adult{}, trace{talks: []talked{{false, 20}}}, "talk"},
		"a talk in English with a Somali speaker": {roll.Adult{Speaks: "Somali"}, trace{talks: []talked{{false, 20}}}, ""},
		"the same with an interpreter":            {roll.Adult{Speaks: "Somali"}, trace{talks: []talked{{true, 20}}}, "talk"},
		"a Somali speaker who needs none":         {roll.Adult{Speaks: "Somali", Interpreter: &no}, trace{talks: []talked{{false, 20}}}, "talk"},
		"an interpreter needed, none there":       {roll.Adult{Interpreter: &yes}, trace{talks: []talked{{false, 20}}}, ""},
	} {
		p, ok := proofOf(c.a, c.t, 10)
		if p.How != c.want || ok != (c.want != "") {
			t.Errorf("%s: %+v", name, p)
		}
		if name == "a receipt in English, nothing recorded" && p.Note == "" {
			t.Error("that nothing is recorded about reading is not said")
		}
	}
}

func TestWhatIsToBeDone(t *testing.T) {
	day := (24 * time.Hour).Milliseconds()
	now := 100 * day
	mobile := roll.Channel{Kind: "phone", Value: "07700 900111", Folded: "07700900111"}
	landline := roll.Channel{Kind: "phone", Value: "020 7946 0000", Folded: "02079460000"}
	email := roll.Channel{Kind: "email", Value: "a@example.org", Folded: "a@example.org", Place: 1}
	with := func(list ...roll.Channel) roll.Relation { return roll.Relation{Adult: roll.Adult{Channels: list}} }
	paper := func(r roll.Relation) roll.Relation { r.Post = []string{"1 Mill Lane"}; return r }
	reads := func(r roll.Relation, l string) roll.Relation { r.Adult.Reads = l; return r }
	failed := roll.Try{Kind: "phone", Folded: mobile.Folded, OnMs: now - 30*day, State: post.Failed, Trouble: "no such number"}
	bounced := roll.Try{Kind: "email", Folded: email.Folded, OnMs: now - 30*day, State: post.Sent, Arrived: "no", Trouble: "mailbox unknown"}
	for name, c := range map[string]struct {
		r    roll.Relation
		t    trace
		want string
	}{
		"nothing at all":                          {with(), trace{}, DoKnock},
		"an address alone":                        {paper(with()), trace{}, DoPrint},
		"a letter last week":                      {paper(with()), trace{letter: now - 5*day}, ""},
		"a letter that nobody answered":           {paper(with()), trace{letter: now - 20*day}, DoKnock},
		"a landline":                              {paper(with(landline)), trace{}, DoMobile},
		"a number that fails":                     {with(mobile), trace{tries: []roll.Try{failed}}, DoNumber},
		"a bounced address beside a good number":  {with(mobile, email), trace{tries: []roll.Try{bounced}}, DoEmail},
		"somebody else's number":                  {with(mobile), trace{wrong: map[string]bool{mobile.Folded: true}}, DoNumber},
		"both broken":                             {with(mobile, email), trace{tries: []roll.Try{failed, bounced}}, DoNumber + " " + DoEmail},
		"asked for no more texts":                 {paper(with(mobile)), trace{stopped: map[string]bool{mobile.Folded: true}}, DoPrint},
		"a language that Ajar does not write":     {reads(with(mobile), "Tigrinya"), trace{}, DoLanguage},
		"never tried":                             {with(mobile), trace{}, DoTry},
		"sent yesterday":                          {with(mobile), trace{tries: []roll.Try{{Kind: "phone", Folded: mobile.Folded, OnMs: now - day, State: post.Sent}}}, ""},
		"sent a month ago, and nothing came back": {with(mobile), trace{tries: []roll.Try{{Kind: "phone", Folded: mobile.Folded, OnMs: now - 30*day, State: post.Sent}}}, DoTry},
	} {
		var got []string
		for _, d := range todosOf(c.r, c.t, now, func(string) bool { return true }) {
			got = append(got, d.what)
			if d.why == "" {
				t.Errorf("%s: no reason", name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

func (x *ledgerSchool) channel(t *testing.T, adult, kind, value string) {
	t.Helper()
	x.do(t, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into roll_channel (org_id, id, adult_id, kind, value, folded) values ($1, $2, $3, $4, $5, $6)`, ids.New[roll.Channel](), x.folk[adult], kind, value, roll.FoldChannel(kind, value))
		return err
	})
}

func (x *ledgerSchool) item(t *testing.T, adult, way, address, lang, state, arrived string) {
	t.Helper()
	x.do(t, func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into post_item (org_id, id, way, adult, about, key, address, lang, body, state, by_name, made_ms, done_ms, arrived, arrived_ms, arrived_words) values ($1, $2, $3, $4, 'test', 1, $5, $6, '', $7, 'test', $8, $8, $9, $8, $10)`,
			ids.New[post.Item](), way, x.folk[adult], address, lang, state, tx.Now(), arrived, map[string]string{"no": "no such mailbox"}[arrived])
		return err
	})
}

// The week's worklist: every line leaves by itself once what it asks for is done.
func TestReachOfASchool(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		read := func() ReachReport {
			r, err := w.s.Reach(t.Context(), oak.as("Han"))
			ledgerMust(t, err)
			return r
		}
		lines := func(r ReachReport) string {
			var out []string
			for _, l := range r.Lines {
				out = append(out, l.What+":"+strings.TrimSuffix(l.Name, " Khan"))
			}
			return strings.Join(out, " ")
		}
		oak.channel(t, "Mum", "phone", "07700 900111")
		oak.channel(t, "Dad", "email", "dad@example.org")
		oak.channel(t, "Bea", "phone", "020 7946 0000")
		oak.item(t, "Mum", "sms", "07700 900111", "en", "sent", "")
		oak.item(t, "Dad", "email", "dad@example.org", "ur", "sent", "no")
		r := read()
		if r.School.Of != 4 || r.School.N != 0 {
			t.Fatalf("sent alone proves nothing: %+v", r.School)
		}
		if got := lines(r); got != "email:Dad mobile:Bea" {
			t.Fatalf("%s: to Mum something is on its way, and Gran is nobody's parent here", got)
		}
		oak.item(t, "Mum", "sms", "07700 900111", "en", "sent", "yes")
		r = read()
		if r.School.N != 2 || r.Unproved != 2 {
			t.Errorf("Amira and Bilal by their mother, of whom nothing is recorded about reading: %+v, %d", r.School, r.Unproved)
		}
		for _, l := range r.Lines {
			if l.Name == "Dad Khan" && (!l.Nobody || len(l.Children) != 2) {
				t.Errorf("the father is all that Dua has: %+v", l)
			}
		}
		var roles []string
		for _, x := range r.Roles {
			roles = append(roles, x.Group)
			if x.Group == roleFather && (x.N != 0 || x.Of != 1) || x.Group == roleMother && (x.N != 1 || x.Of != 2) {
				t.Errorf("by role: %+v", x)
			}
		}
		if strings.Join(roles, ", ") != "Mothers, Fathers" {
			t.Errorf("%v", roles)
		}
		// English to somebody who reads Urdu proves nothing; the new address and Urdu do.
		oak.item(t, "Dad", "email", "new@example.org", "en", "sent", "yes")
		if r = read(); r.School.N != 2 {
			t.Errorf("%+v", r.School)
		}
		oak.do(t, func(tx *db.Tx) error {
			_, err := tx.Exec(`update roll_channel set value = 'new@example.org', folded = 'new@example.org' where org_id = $1 and adult_id = $2`, oak.folk["Dad"])
			return err
		})
		if got := lines(read()); strings.Contains(got, "email:Dad") {
			t.Errorf("the address was mended, and stands there still: %s", got)
		}
		oak.item(t, "Dad", "email", "new@example.org", "ur", "sent", "yes")
		if r = read(); r.School.N != 3 {
			t.Errorf("Dua by her father: %+v", r.School)
		}
		// A word at the gate with Cai's mother clears the last line.
		oak.log(t, "Han", Logged{Tone: Good, Adult: oak.folk["Bea"].String()}, "Cai")
		if r = read(); r.School.N != 4 || len(r.Lines) != 0 {
			t.Errorf("%+v, %s", r.School, lines(r))
		}
		if share, _ := r.School.Share(); share != 100 {
			t.Errorf("%v", share)
		}
		// Sixty days later it is all to be shown again.
		w.on(t, "2027-01-22")
		if r = read(); r.School.N != 0 {
			t.Errorf("%+v", r.School)
		}
		w.on(t, "2026-11-20")
		// Who may not be written to about a child reaches no child, and is not called unreached.
		oak.order(t, "Dua", "Dad", "no_contact")
		r = read()
		if r.School.N != 3 || r.Held != 1 {
			t.Errorf("an order: %+v, held %d", r.School, r.Held)
		}
		for _, l := range r.Lines {
			for _, c := range l.Children {
				if l.Name == "Dad Khan" && c.Name == "Dua Khan" {
					t.Error("a line about an adult under an order")
				}
			}
		}
		// The key teacher sees the ledger of their own; other schools and governors nothing of it.
		own, err := w.s.Reach(t.Context(), oak.as("Kit"))
		ledgerMust(t, err)
		if own.School.Of != 1 || !own.Partial {
			t.Errorf("%+v", own.School)
		}
		if e, err := w.s.Reach(t.Context(), w.elm.as("Han")); err != nil || e.School.N != 0 {
			t.Errorf("the other school: %+v %v", e.School, err)
		}
		governor := oak.as("Olu", roll.Governor)
		if _, err := w.s.Reach(t.Context(), governor); fault.KindOf(err) != fault.NotFound {
			t.Errorf("names for governors: %v", err)
		}
		f, err := w.s.ReachFigures(t.Context(), governor)
		ledgerMust(t, err)
		if f.School.Of.Mark != "small" || f.School.N.N != 0 || f.Roles[0].N.Mark == "" {
			t.Errorf("small numbers for governors: %+v", f)
		}
	})
}

func TestAnOpenedLinkReaches(t *testing.T) {
	ledgerBoth(t, func(t *testing.T, w *ledgerWorld) {
		oak := w.oak
		w.s.Seen = func(tx *db.Tx, since int64) (map[roll.AdultID]int64, error) {
			return map[roll.AdultID]int64{oak.folk["Bea"]: since + 1}, nil
		}
		r, err := w.s.Reach(t.Context(), oak.as("Han"))
		ledgerMust(t, err)
		if r.School.N != 1 {
			t.Errorf("%+v", r.School)
		}
	})
}
