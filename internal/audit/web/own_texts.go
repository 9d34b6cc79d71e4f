package web

import (
	"embed"

	"ajar/internal/kit/say"
)

// What this capability says to families, at their own door.

//go:embed all:texts
var texts embed.FS

var _ = say.Catalogues("audit", texts, "internal/audit/web/texts")

var (
	tAskTitle   = say.Text("audit.ask.title", "How do you see our school?")
	tAskNote    = say.Text("audit.ask.note", "A few short questions. You can answer until {day}.")
	tAskLead    = say.Text("audit.ask.lead", "We would like to know how things are for you. It takes about five minutes.")
	tAskSecret  = say.Text("audit.ask.secret", "Your name is not kept with your answers. Nobody can find out what you said.")
	tAskStop    = say.Text("audit.ask.stop", "You can stop at any time. On this phone or computer your answers wait for you until {day}.")
	tAskBegin   = say.Text("audit.ask.begin", "Begin")
	tAskGoOn    = say.Text("audit.ask.go_on", "Go on")
	tAskOf      = say.Text("audit.ask.of", "Question {number} of {total}")
	tAskHow     = say.Text("audit.ask.how", "How true is this for you?")
	tLevel1     = say.Text("audit.answer.1", "No, not yet")
	tLevel2     = say.Text("audit.answer.2", "A little")
	tLevel3     = say.Text("audit.answer.3", "Mostly yes")
	tLevel4     = say.Text("audit.answer.4", "Yes")
	tLevel5     = say.Text("audit.answer.5", "Yes, very much")
	tLevel0     = say.Text("audit.answer.0", "I don't know")
	tNext       = say.Text("audit.ask.next", "Next")
	tBefore     = say.Text("audit.ask.before", "The question before")
	tChooseOne  = say.Text("audit.ask.choose", "Choose one answer. You can also choose “I don't know”.")
	tEnd        = say.Text("audit.end.title", "Is there something you would like to tell us?")
	tEndHint    = say.Text("audit.end.hint", "You can write in your own language. Please do not write names. If you leave it empty, that is fine.")
	tEndWhat    = say.Text("audit.end.what", "What you would like to tell us")
	tEndSend    = say.Text("audit.end.send", "Send my answers")
	tEndNothing = say.Text("audit.end.nothing", "You have not answered anything yet. Answer one question first.")
	tEndAgain   = say.Text("audit.end.again", "Look at my answers again")
	tThanks     = say.Text("audit.thanks.title", "Thank you")
	tThanksText = say.Text("audit.thanks.text", "Your answers are in. The school tells parents what it learns from all the answers together.")
	tOver       = say.Text("audit.over", "This time is over. The school is not taking answers now.")
	tTooLong    = say.Text("audit.too_long", "This is too long. Please make it shorter.")
	tWorry      = say.Text("audit.worry.title", "Is a child not safe?")
	tWorryText  = say.Text("audit.worry.text", "Then please talk to somebody at the school today. What you wrote was not sent.")
	tWorryRing  = say.Text("audit.worry.ring", "Ring {phone}. {name} is there to help.")
	tWorryNow   = say.Text("audit.worry.now", "If somebody is in danger now, ring 999.")
	tWorryNot   = say.Text("audit.worry.not", "It is not about safety. Please send what I wrote.")
)

// answerText is what parents choose from.
func answerText(level int) say.Msg {
	return []say.Msg{tLevel0, tLevel1, tLevel2, tLevel3, tLevel4, tLevel5}[level]
}
