package web

import (
	"embed"

	"ajar/internal/kit/say"
	"ajar/internal/practice"
)

// What this capability says to families, at their own door.

//go:embed all:texts
var texts embed.FS

var _ = say.Catalogues("practice", texts, "internal/practice/web/texts")

var (
	tAskTitle  = say.Text("practice.ask.title", "How much did parents decide?")
	tAskItem   = say.Text("practice.ask.item", "How much did parents decide? {what}")
	tAskNote   = say.Text("practice.ask.note", "One short question. You can answer until {day}.")
	tAskLead   = say.Text("practice.ask.lead", "If you took part, please choose the line that fits best. There is no right answer.")
	tAskAway   = say.Text("practice.ask.away", "If you were not there, you do not have to answer.")
	tAskSecret = say.Text("practice.ask.secret", "Your name is not kept with your answer. Nobody can find out what you said.")
	tAskHow    = say.Text("practice.ask.how", "Which line fits best?")
	tAskSend   = say.Text("practice.ask.send", "Send my answer")
	tChooseOne = say.Text("practice.ask.choose", "Choose one line.")
	tThanks    = say.Text("practice.thanks.title", "Thank you")
	tThankText = say.Text("practice.thanks.text", "Your answer is in. It is shown only together with what other parents said.")
	tOver      = say.Text("practice.over", "This time is over. The school is not taking answers now.")
	tRungs     = [...]say.Msg{
		say.Text("practice.rung.1", "We were used to make it look as if we agreed."),
		say.Text("practice.rung.2", "We were there for show."),
		say.Text("practice.rung.3", "A few of us were asked, but it made no difference."),
		say.Text("practice.rung.4", "We were told what to do, and why."),
		say.Text("practice.rung.5", "We were asked, and then told what came of it."),
		say.Text("practice.rung.6", "The school began it, and we decided together."),
		say.Text("practice.rung.7", "We began it, and we ran it."),
		say.Text("practice.rung.8", "We began it, and decided together with the school."),
	}
)

// rungText is a step as parents read it.
func rungText(r practice.Rung) say.Msg { return tRungs[r-1] }
