package messages

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

// Ask is what decides how one adult gets a message.
type Ask struct {
	Way, Tone, Class string
	Named            bool // the writer has chosen the way for bad news on purpose
	Text             bool // there are words short enough for a text
}

// Going is how one adult gets a message. Way is ByNone when there is no way at all.
type Going struct {
	Way     string
	Channel roll.Channel // for a text or an e-mail; the number to ring for a call
	Why     string
}

// Choose takes the way for one adult: what they asked for, then what bad news asks for, then what reaches them best. stopped are numbers and addresses that must
// not be used, and why. posted tells whether an address for letters is known, and letters whether this adult wants them.
func Choose(a roll.Adult, ways []roll.Way, stopped map[string]string, posted, letters bool, ask Ask) Going {
	phone, hasPhone := roll.Channel{}, false
	for _, c := range a.Channels {
		if c.Kind == "phone" && stopped[c.Folded] != "wrong" {
			phone, hasPhone = c, true
			break
		}
	}
	call := func(why string) Going {
		switch {
		case hasPhone:
			return Going{ByCall, phone, why}
		case posted:
			return Going{Way: ByLetter, Why: why + "; no phone is held, so a letter"}
		}
		return Going{Way: ByNone, Why: why + "; no phone and no address is held"}
	}
	letter := func(why string) Going {
		if posted {
			return Going{Way: ByLetter, Why: why}
		}
		if hasPhone {
			return Going{ByCall, phone, "no address is held"}
		}
		return Going{Way: ByNone, Why: "no address and no phone is held"}
	}
	switch {
	case ask.Way == ByCall:
		return call("a call was chosen")
	case a.Wants("calls") || !letters:
		return call("asked to be called instead")
	case a.Wants("read_out"):
		return call("somebody reads letters out to them")
	case ask.Way == ByLetter:
		return letter("a letter was chosen")
	case ask.Tone == Concern && ask.Way == ByBest && !ask.Named:
		return call("bad news is better spoken")
	}
	var why string
	for _, w := range ways {
		switch {
		case w.Rank < roll.Untried:
			why = cmp.Or(why, lower(w.Known))
			continue
		case ask.Way == ByText && w.By != post.SMS, ask.Way == ByEmail && w.By != post.Email:
			continue
		case w.By == post.SMS && !ask.Text:
			why = cmp.Or(why, "there are no words for a text")
			continue
		case stopped[w.Channel.Folded] == "wrong":
			why = cmp.Or(why, "the number belongs to somebody else")
			continue
		case stopped[w.Channel.Folded] != "":
			why = "asked for no more messages there"
			continue
		}
		way := ByEmail
		if w.By == post.SMS {
			way = ByText
		}
		return Going{way, w.Channel, ""}
	}
	if ask.Class == ClassUrgent && hasPhone {
		return call(cmp.Or(why, "no message can reach them"))
	}
	return letter(cmp.Or(why, "no mobile and no e-mail address is held"))
}

func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// Quiet are the hours in which families are left alone, in minutes after midnight of the school's zone. They may go over midnight.
type Quiet struct{ From, To int }

// DefaultQuiet is from 18:00 to 07:30.
var DefaultQuiet = Quiet{18 * 60, 7*60 + 30}

// Until tells when a message may leave that would leave now: now, or the end of the quiet hours.
func (q Quiet) Until(now time.Time) time.Time {
	if q.From == q.To {
		return now
	}
	at := now.Hour()*60 + now.Minute()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	end := func(days int) time.Time {
		return time.Date(midnight.Year(), midnight.Month(), midnight.Day()+days, q.To/60, q.To%60, 0, 0, now.Location())
	}
	switch {
	case q.From < q.To && at >= q.From && at < q.To, q.From > q.To && at < q.To:
		return end(0)
	case q.From > q.To && at >= q.From:
		return end(1)
	}
	return now
}

// The grace in which a message can be taken back (users.md, d.14).
const (
	GraceOne  = 30 * time.Second
	GraceMany = 5 * time.Minute
)

// Grace is how long a message to so many adults waits before it leaves.
func Grace(adults int) time.Duration {
	if adults <= 1 {
		return GraceOne
	}
	return GraceMany
}

// Said is what an answer from a family asks for besides being read.
type Said int

// What it can ask for.
const (
	SaidWords Said = iota
	SaidStop
	SaidStart
	SaidWrong
)

// stops, starts and wrongs are what people write in the languages of families, folded: the whole answer, or its first word. STOP and START are understood in
// Latin letters everywhere, since that is what a text asks for.
var (
	stops = commands("stop stopall unsubscribe end quit cancel arret stopp przestan zatrzymaj stopiwch peidiwch pare parar opriti opreste jooji dur durdur зупинити стоп",
		"توقف", "أوقف", "ایقاف", "بند", "روکیں", "بند کرو", "বন্ধ", "থামুন", "ਬੰਦ", "ਰੋਕੋ")
	starts = commands("start unstop yes resume zacznij wznow cychwyn comecar incepeti billow basla старт почати",
		"ابدأ", "شروع", "শুরু", "ਸ਼ੁਰੂ")
	wrongs = []string{"wrong number", "wrong person", "not my child", "i don't know this", "no children", "zly numer", "pomylka", "numero errado", "numar gresit", "lambarka qaldan", "yanlis numara",
		"не той номер", "неправильний номер", "رقم خاطئ", "الرقم خطأ", "غلط نمبر", "رانگ نمبر", "ভুল নম্বর", "ਗਲਤ ਨੰਬਰ", "rhif anghywir"}
)

func commands(list string, more ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range append(strings.Fields(list), more...) {
		out[roll.Fold(w)] = true
	}
	return out
}

// ReadAnswer tells what an answer asks for. Only a short one can be a command: "please stop calling him lazy" is a sentence.
func ReadAnswer(text string) Said {
	folded := roll.Fold(text)
	if n := len([]rune(folded)); n <= 24 {
		first, rest, _ := strings.Cut(folded, " ")
		switch few := len(strings.Fields(rest)) <= 1; {
		case stops[folded], few && stops[first]:
			return SaidStop
		case starts[folded]:
			return SaidStart
		}
	}
	if len([]rune(folded)) <= 80 && slices.ContainsFunc(wrongs, func(w string) bool { return strings.Contains(folded, roll.Fold(w)) }) {
		return SaidWrong
	}
	return SaidWords
}
