package web

import (
	"embed"

	"ajar/internal/conversations"
	"ajar/internal/kit/say"
)

// What this capability says to families, at their own door.

//go:embed all:texts
var texts embed.FS

var _ = say.Catalogues("conversations", texts, "internal/conversations/web/texts")

// The sheet.
var (
	tSheet        = say.Text("conversations.sheet.title", "What we agreed about {child}")
	tSheetNote    = say.Text("conversations.sheet.note", "Please read it and tell us if it is right.")
	tSheetAgreed  = say.Text("conversations.sheet.note_agreed", "You agreed to this.")
	tSheetLead    = say.Text("conversations.sheet.lead", "This was written down after the talk on {day}.")
	tChanged      = say.Text("conversations.sheet.changed", "This text was changed on {day}. What is different:")
	tChangedSince = say.Text("conversations.sheet.changed_since", "It was changed after you agreed. Please read it again.")
	tYourWords    = say.Text("conversations.sheet.your_words", "What you told us")
	tChildWords   = say.Text("conversations.sheet.child_words", "What {child} says")
	tInShort      = say.Text("conversations.sheet.summary", "In short")
	tStrengths    = say.Text("conversations.sheet.strengths", "What goes well")
	tInTheWay     = say.Text("conversations.sheet.in_the_way", "What makes it harder")
	tPriorities   = say.Text("conversations.sheet.priorities", "What matters most now")
	tPlanSchool   = say.Text("conversations.sheet.school", "What the school does")
	tPlanHome     = say.Text("conversations.sheet.home", "What you do at home")
	tPlanChild    = say.Text("conversations.sheet.child", "What {child} does")
	tWhoDoes      = say.Text("conversations.sheet.who", "Who")
	tByWhen       = say.Text("conversations.sheet.due", "By when")
	tMeasure      = say.Text("conversations.sheet.measure", "How we will see it")
	tCameOf       = say.Text("conversations.sheet.came_of", "What came of it ({day})")
	tMet          = say.Text("conversations.sheet.met", "Done")
	tPartly       = say.Text("conversations.sheet.partly", "Partly done")
	tNotMet       = say.Text("conversations.sheet.not", "Not done yet")
	tNextTalk     = say.Text("conversations.sheet.next", "We talk again on {day}.")
	tSeenBy       = say.Text("conversations.sheet.seen_by", "Who sees this")
	tWhoAgreed    = say.Text("conversations.sheet.who_agreed", "Who has agreed")
	tAgreedOn     = say.Text("conversations.sheet.agreed_on", "{name}, {day}")
	tNobody       = say.Text("conversations.sheet.nobody", "Nobody has agreed yet.")
)

// Agreeing and asking for a change.
var (
	tIsRight       = say.Text("conversations.agree.title", "Is this right?")
	tIsRightText   = say.Text("conversations.agree.text", "If this is what we agreed, press the button. You can still ask for a change later.")
	tAgree         = say.Text("conversations.agree.button", "Yes, I agree")
	tAgreedThanks  = say.Text("conversations.agree.thanks", "Thank you. The school sees that you agree.")
	tAgreeLater    = say.Text("conversations.agree.later", "You asked for a change. Somebody from the school talks with you first. You can agree after that.")
	tChange        = say.Text("conversations.change.title", "Would you change something?")
	tChangeLabel   = say.Text("conversations.change.label", "What would you change?")
	tChangeHint    = say.Text("conversations.change.hint", "You can write in your own language. The school reads it and talks with you before anything is changed.")
	tSend          = say.Text("conversations.send", "Send to the school")
	tChangeSent    = say.Text("conversations.change.sent", "Thank you. The school will talk with you. Nothing is changed until then.")
	tYouWrote      = say.Text("conversations.remark.title", "What you wrote")
	tWaits         = say.Text("conversations.remark.waiting", "Waits for the school")
	tAccepted      = say.Text("conversations.remark.accepted", "The school did this.")
	tDeclined      = say.Text("conversations.remark.declined", "It stays as it is.")
	tTakeBack      = say.Text("conversations.remark.take_back", "Take it back")
	tTakenBack     = say.Text("conversations.remark.taken_back", "You took it back.")
	tBack          = say.Text("conversations.back", "Back to your page")
	tErrWords      = say.Text("conversations.err.no_words", "Please write a few words.")
	tErrLong       = say.Text("conversations.err.too_long", "This is too long. There is room for 2000 letters.")
	tErrMany       = say.Text("conversations.err.too_many", "You have written several times already. Please wait for the answer, or ring the school.")
	tErrNewer      = say.Text("conversations.err.newer", "The text was changed a moment ago. Please read it again. What you wrote is still here.")
	tErrPast       = say.Text("conversations.err.past", "This time has passed or was changed. Please look again.")
	tWorry         = say.Text("conversations.worry.title", "Is a child not safe?")
	tWorryText     = say.Text("conversations.worry.text", "Then please talk to somebody at the school today. What you wrote was not sent.")
	tWorryRing     = say.Text("conversations.worry.ring", "Ring {phone}. {name} is there to help.")
	tWorryNow      = say.Text("conversations.worry.now", "If somebody is in danger now, ring 999.")
	tWorryNot      = say.Text("conversations.worry.not", "It is not about safety. Please send what I wrote.")
	tTime          = say.Text("conversations.time.title", "Your talk with the school about {child}")
	tTimeNote      = say.Text("conversations.time.note", "Time agreed: {day}")
	tWhen          = say.Text("conversations.time.when", "When")
	tWhere         = say.Text("conversations.time.where", "Where")
	tWithWhom      = say.Text("conversations.time.with", "Who will be there")
	tPassed        = say.Text("conversations.time.passed", "There is no time in front of us. The school tells you when there is a new one.")
	tSuits         = say.Text("conversations.time.suits", "Does this time not suit you?")
	tCannot        = say.Text("conversations.time.cannot", "I cannot come")
	tOther         = say.Text("conversations.time.other", "Another time suits me better")
	tTimeLabel     = say.Text("conversations.time.label", "When would suit you?")
	tTimeHint      = say.Text("conversations.time.hint", "Days and times, in your own language. You need not say why.")
	tTimeSent      = say.Text("conversations.time.sent", "Thank you. The school will ring you or write to you. The time stays until then.")
	tChooseOneTime = say.Text("conversations.time.choose", "Please choose one.")
)

var slipTexts = map[conversations.Slip]say.Msg{
	conversations.SlipNoWords: tErrWords, conversations.SlipTooLong: tErrLong, conversations.SlipTooMany: tErrMany, conversations.SlipNewer: tErrNewer,
	conversations.SlipWaiting: tAgreeLater, conversations.SlipPast: tErrPast,
}
