package web

import (
	"embed"

	"ajar/internal/kit/access"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// Everything that the family's door says, in one place, so that a translator reads it as a whole. Sentences are short: many who read them do so in a
// third language, or late at night.

//go:embed all:texts
var texts embed.FS

var _ = say.Catalogues("family", texts, "internal/family/web/texts")

// The way in.
var (
	tEnter      = say.Text("family.enter.title", "Open your page")
	tEnterLead  = say.Text("family.enter.lead", "You do not need an account or a password.")
	tCode       = say.Text("family.enter.code", "Type the code from your letter")
	tCodeHint   = say.Text("family.enter.hint", "It has 12 letters and numbers, like 7KQ2-M9XD-40RV. Small letters work too.")
	tContinue   = say.Text("family.continue", "Continue")
	tNoCode     = say.Text("family.enter.no_code", "I have no code")
	tNoCodeText = say.Text("family.enter.no_code_text", "Ring the school or ask at the office. They can give you a new code in a minute.")
	tCodeSlip   = say.Text("family.enter.slip", "One of the letters or numbers is wrong or missing. Please look at your letter again.")
	tCodeWrong  = say.Text("family.enter.wrong", "This code opens nothing. Please check it, or ask for a new one.")
	tCodeWait   = say.Count("family.enter.wait", "There were many wrong codes from this internet connection. Please wait {n} minute. The link or the square on your letter works now.", "There were many wrong codes from this internet connection. Please wait {n} minutes. The link or the square on your letter works now.")
	tLink       = say.Text("family.link.title", "Something for you from {school}")
	tLinkText   = say.Text("family.link.text", "This link is only for you. Press the button to open it.")
	tLinkOpen   = say.Text("family.link.open", "Open")
	tLinkDevice = say.Text("family.link.device", "We will know this phone or computer for 90 days. You can make us forget it at any time.")
	tDead       = say.Text("family.dead.title", "This link or code does not open now")
	tDeadText   = say.Text("family.dead.text", "It may be too old, or it was used on several phones. Nothing is lost. You can have a new one.")
	tDeadSend   = say.Text("family.dead.send", "Send me a new one")
	tDeadWhere  = say.Text("family.dead.where", "It goes to the phone, e-mail or home address that the school has for you.")
	tAsked      = say.Text("family.asked.title", "Thank you")
	tAskedText  = say.Text("family.asked.text", "If the school knows this link, a new one comes to you. It may take a school day. You can also ring the school.")
)

// Who is reading, and the one more fact.
var (
	tFact         = say.Text("family.fact.title", "One more question")
	tFactLead     = say.Text("family.fact.lead", "So that nobody else reads this, please answer one question. The school knows the answer.")
	tBirth        = say.Text("family.fact.birth", "What is your child's date of birth?")
	tBirthSeveral = say.Text("family.fact.birth_several", "What is the date of birth of one of your children at this school?")
	tBirthHint    = say.Text("family.fact.birth_hint", "Day, month and year, like 27 3 2015")
	tPostcode     = say.Text("family.fact.postcode", "What is the postcode of your home?")
	tPhone        = say.Text("family.fact.phone", "What are the last three numbers of your phone?")
	tPhoneHint    = say.Text("family.fact.phone_hint", "Any phone number that the school has for you.")
	tFactOther    = say.Text("family.fact.other", "Ask me something else")
	tFactWrong    = say.Text("family.fact.wrong", "The school has something else. Please check what you wrote.")
	tFactWhole    = say.Text("family.fact.whole", "Please write the whole answer.")
	tFactPause    = say.Text("family.fact.pause", "There were too many wrong answers. You can try again on {when}. You can also ring the school now.")
	tNoFact       = say.Text("family.fact.none", "The school knows too little to ask you a question. Please ring the school. We have told the office.")
	tWho          = say.Text("family.who.title", "Who is reading?")
	tWhoLead      = say.Text("family.who.lead", "More than one person uses this phone, computer or address. Please say who you are. Nobody else sees your page.")
	tWhoChoose    = say.Text("family.who.choose", "Please choose a name.")
	tWhoOther     = say.Text("family.who.other", "I am somebody else")
	tWhoOwn       = say.Text("family.who.own", "We cannot ask you something that only you know. Please open your own link, or type the code from your own letter.")
)

// The adult's own page.
var (
	tHello     = say.Text("family.home.title", "Hello {name}")
	tToRead    = say.Text("family.home.read", "For you to read")
	tNothing   = say.Text("family.home.nothing", "There is nothing new for you to read.")
	tNew       = say.Text("family.home.new", "New")
	tOneChild  = say.Text("family.home.one_child", "Your child")
	tChildren  = say.Text("family.home.children", "Your children")
	tChildOpen = say.Text("family.home.child", "What the school holds about {child}")
	tYearForm  = say.Text("family.home.year_form", "Year {year}, {form}")
	tYearOnly  = say.Text("family.home.year", "Year {year}")
	tYou       = say.Text("family.home.you", "About you")
	tYouOpen   = say.Text("family.home.you_open", "Your phone, address and languages")
	tWaiting   = say.Count("family.home.waiting", "{n} change waits for the school", "{n} changes wait for the school")
	tDevices   = say.Text("family.home.devices", "Your phones and computers")
	tPrivacy   = say.Text("family.home.privacy", "Who is this, and what happens with what I write?")
	tNotYou    = say.Text("family.home.not_you", "You are reading as {name}. If that is not you, close your page here.")
	tCloseHere = say.Text("family.home.close", "Close my page on this phone or computer")
	tClosed    = say.Text("family.home.closed", "Your page is closed here. Your link or code opens it again.")
	tBack      = say.Text("family.back", "Back to your page")
	tReadingAs = say.Text("family.reading_as", "Reading as {name}")
)

// What the school holds.
var (
	tHeldChild    = say.Text("family.held.child", "What {school} holds about {child}")
	tHeldYou      = say.Text("family.held.you", "What {school} holds about you")
	tHeldLead     = say.Text("family.held.lead", "This is what stands in this programme today. The school may keep other papers. Ask the office if you want to see them.")
	tAbout        = say.Text("family.held.about", "About {child}")
	tName         = say.Text("family.held.name", "Name")
	tKnownAs      = say.Text("family.held.known_as", "Called")
	tBorn         = say.Text("family.held.born", "Date of birth")
	tYearGroup    = say.Text("family.held.year", "Year group")
	tClasses      = say.Text("family.held.classes", "Classes")
	tAddress      = say.Text("family.held.address", "Address")
	tPostcodeRow  = say.Text("family.held.postcode", "Postcode")
	tFirstTongue  = say.Text("family.held.first_language", "First language")
	tSen          = say.Text("family.held.sen", "Special educational needs")
	tSenSupport   = say.Text("family.held.sen_support", "Gets extra support in school")
	tSenPlan      = say.Text("family.held.sen_plan", "Has an education, health and care plan")
	tSenNone      = say.Text("family.held.sen_none", "None recorded")
	tMeals        = say.Text("family.held.meals", "Free school meals")
	tNumber       = say.Text("family.held.number", "Pupil number")
	tYes          = say.Text("family.yes", "Yes")
	tNo           = say.Text("family.no", "No")
	tNotKnown     = say.Text("family.not_known", "Not known to the school")
	tYourTie      = say.Text("family.held.tie", "You and {child}")
	tRelation     = say.Text("family.held.relation", "You are")
	tResponsible  = say.Text("family.held.responsibility", "You have parental responsibility")
	tLivesWith    = say.Text("family.held.lives_with", "{child} lives with you")
	tCallOrder    = say.Text("family.held.priority", "When the school rings, your place in the list")
	tSpeaks       = say.Text("family.held.speaks", "Language you speak")
	tReads        = say.Text("family.held.reads", "Language you read")
	tInterpreter  = say.Text("family.held.interpreter", "You want an interpreter")
	tNeeds        = say.Text("family.held.needs", "What helps you take part")
	tPhoneRow     = say.Text("family.held.phone", "Phone")
	tEmailRow     = say.Text("family.held.email", "E-mail")
	tSeenBy       = say.Text("family.seen.title", "Who can see this")
	tSeenPeople   = say.Text("family.seen.people", "These people work with {child}:")
	tSeenAll      = say.Text("family.seen.all", "These people at the school can see it for every child:")
	tSeenOwn      = say.Text("family.seen.own", "These see it only for children they work with:")
	tSeenCounts   = say.Text("family.seen.counts", "These see only numbers, and no names:")
	tSeenYou      = say.Text("family.seen.you", "You see it here. Another parent never sees your phone, e-mail or address on their page.")
	tWrong        = say.Text("family.wrong.title", "Is something wrong?")
	tWrongChild   = say.Text("family.wrong.child", "Please tell the office. They put it right.")
	tPartWords    = say.Text("family.seen.part", "{name}, {part}")
	tTeaches      = say.Text("family.seen.teaches", "{name}, teacher ({class})")
	tPartKey      = say.Text("family.part.key_teacher", "key teacher")
	tPartFamily   = say.Text("family.part.family_worker", "family worker")
	tPartCover    = say.Text("family.part.cover", "cover")
	tAttendance   = say.Text("family.held.attendance", "Attendance")
	tAttended     = say.Text("family.held.attended", "This school year, half days in school")
	tAttendedOf   = say.Text("family.held.attended_of", "{here} of {possible}")
	tMissedExcuse = say.Text("family.held.authorised", "Missed with a reason the school accepted")
	tMissed       = say.Text("family.held.unauthorised", "Missed without one")
	tPlain        = say.Text("family.plain", "{n}")
	tFrom         = say.Text("family.held.from", "Counted from")
	tTo           = say.Text("family.held.to", "Counted until")
	tResults      = say.Text("family.held.results", "Results")
	tNotes        = say.Text("family.held.notes", "Notes for you")
	tNoteOn       = say.Text("family.held.note", "{day}, {name}")
	tNotesOther   = say.Text("family.held.notes_other", "Other notes")
	tNotesAsk     = say.Text("family.held.notes_ask", "The school keeps other notes too. You can ask the school for a copy.")
	tResultOn     = say.Text("family.held.result", "{subject}, {day}")
)

// Asking for a change.
var (
	tAskChange     = say.Text("family.change.link", "Ask the school to change something")
	tChange        = say.Text("family.change.title", "Ask for a change about you")
	tChangeLead    = say.Text("family.change.lead", "Write it as it should be. The school looks at it first, and you see here what they said. Nothing changes before that.")
	tAnother       = say.Text("family.change.another", "One more phone")
	tAnotherEmail  = say.Text("family.change.another_email", "One more e-mail")
	tEmptyRemoves  = say.Text("family.change.remove", "Leave it empty if the school should take it away.")
	tSendSchool    = say.Text("family.change.send", "Send to the school")
	tSent          = say.Text("family.change.sent", "Thank you. The school will look at it.")
	tUnchanged     = say.Text("family.change.unchanged", "You have not changed anything yet.")
	tErrPhone      = say.Text("family.change.err_phone", "{value} is not a whole phone number.")
	tErrEmail      = say.Text("family.change.err_email", "{value} is not an e-mail address. It looks like name@example.org.")
	tErrLong       = say.Text("family.change.err_long", "This is too long. There is room for 300 letters.")
	tErrName       = say.Text("family.change.err_name", "Please write your name.")
	tErrStale      = say.Text("family.change.err_stale", "The school changed this a moment ago. Please look again.")
	tWishes        = say.Text("family.wishes.title", "What you asked for")
	tWishOn        = say.Text("family.wishes.on", "{day}: {field}")
	tFromTo        = say.Text("family.wishes.from_to", "From {old} to {new}")
	tAdded         = say.Text("family.wishes.added", "New: {new}")
	tRemoved       = say.Text("family.wishes.removed", "Take away: {old}")
	tStateWaiting  = say.Text("family.wishes.waiting", "Waits for the school")
	tStateAccepted = say.Text("family.wishes.accepted", "Done on {day}")
	tStateDeclined = say.Text("family.wishes.declined", "Not done. The school says:")
	tStateTaken    = say.Text("family.wishes.withdrawn", "You took it back")
	tTakeBack      = say.Text("family.wishes.take_back", "Take it back")
	tTakenBack     = say.Text("family.wishes.taken_back", "You took it back. Nothing changes.")
)

// Children at several schools.
var (
	tAllChildren  = say.Text("family.together.title", "Your children at all schools")
	tTogetherLead = say.Text("family.together.lead", "Each school keeps its own page. The school decides what you see there.")
	tGoTo         = say.Text("family.together.open", "Open the page at {school}")
	tLeave        = say.Text("family.together.leave", "Stop showing {school} here")
	tLeft         = say.Text("family.together.left", "{school} is not shown here any more. Your link from that school still works.")
	tNobodyThere  = say.Text("family.together.nobody", "This school shows you no child now. You can ask the school.")
	tAddSchool    = say.Text("family.together.add", "Add another school")
	tAddLead      = say.Text("family.together.add_lead", "Do you have a child at another school near here? Type the code from the letter of that school. Or open the link of that school on this phone, and then come back here.")
	tAddNear      = say.Text("family.together.near", "This phone also opens a page of {school}.")
	tJoin         = say.Text("family.together.join", "Show {school} here too")
	tJoinText     = say.Text("family.together.join_text", "You will see your children at both schools on one page. No school can read the page of the other. Both schools can see that you did this. You can undo it at any time.")
	tJoined       = say.Text("family.together.joined", "You see {school} here now.")
	tNotTogether  = say.Text("family.together.not", "These two pages cannot be shown together. The link of each school still works by itself. You can ask one of the schools why.")
)

// Devices, and what goes wrong.
var (
	tDevicesLead   = say.Text("family.devices.lead", "These phones and computers open your page. If one is not yours, or is lost, make us forget it.")
	tThisDevice    = say.Text("family.devices.this", "the one you use now")
	tSince         = say.Text("family.devices.since", "since {day}, until {until}")
	tSomeDevice    = say.Text("family.devices.some", "A phone or computer")
	tForget        = say.Text("family.devices.forget", "Forget it")
	tForgetAll     = say.Text("family.devices.forget_all", "Forget all of them")
	tForgotten     = say.Text("family.devices.forgotten", "It is forgotten.")
	tTroubleGone   = say.Text("family.trouble.gone", "There is nothing here for you")
	tTroubleGone2  = say.Text("family.trouble.gone_text", "The address may be wrong, or this is not there any more. If you think it should be, please ask the school.")
	tTroubleOurs   = say.Text("family.trouble.ours", "Something went wrong")
	tTroubleOurs2  = say.Text("family.trouble.ours_text", "It is our fault, not yours. Please try again. If it happens again, tell the school this number: {number}.")
	tTroubleAgain  = say.Text("family.trouble.again", "Please send it once more")
	tTroubleAgain2 = say.Text("family.trouble.again_text", "It did not arrive, so nothing was changed. Go back and try again. You may have to open your link first.")
)

// Privacy, one question a paragraph.
var (
	tPrivacyTitle = say.Text("family.privacy.title", "Who is this?")
	tPrivacyWho   = say.Text("family.privacy.who", "This page belongs to {school}. The school uses a programme called Ajar to talk with families. No company reads along, and there is no advertising.")
	tPrivacyWhat  = say.Text("family.privacy.what", "What you write goes to the school and to nobody else. The school decides what it keeps and for how long.")
	tPrivacyHow   = say.Text("family.privacy.how", "We keep one small file on your phone or computer, so that you need not type a code each time. It is no use to anyone else and ends after 90 days.")
	tPrivacySeen  = say.Text("family.privacy.seen", "The school can see that your link was opened, and on how many phones. It cannot see where you are or what else you do.")
	tPrivacyRight = say.Text("family.privacy.rights", "You can ask the school for a copy of everything it holds about you and your child, and to put right what is wrong. If you are not content with the answer, you can complain to the Information Commissioner: ico.org.uk.")
	tPrivacySafe  = say.Text("family.privacy.safe", "Is it not safe for you to read this? The button at the top takes you away from here at once. Close your page here so that nobody else can open it.")
)

// The slip on a letter.
var (
	tSlip        = say.Text("family.slip.title", "Read and answer on your phone")
	tSlipCamera  = say.Text("family.slip.camera", "Point the camera of your phone at the square.")
	tSlipCode    = say.Text("family.slip.code", "Or go to {address} and type this code:")
	tDear        = say.Text("family.letter.dear", "Dear {name}")
	tLetterBody  = say.Text("family.letter.body", "This letter opens a page of {school} that is only for you. There you can read what you and the school agreed, see what the school holds, and tell the office about a new phone or address.")
	tLetterPhone = say.Text("family.letter.phone", "If you would rather talk to somebody, ring {phone}.")
	tSlipUntil   = say.Text("family.slip.until", "It is only for you, and works until {day}. You need no account.")
)

// tRoles are the parts that staff play, as a parent reads them.
var tRoles = map[access.Role]say.Msg{
	roll.Head:             say.Text("family.role.head", "the head"),
	roll.Leader:           say.Text("family.role.leader", "senior leaders"),
	roll.KeyTeacher:       say.Text("family.role.key_teacher", "key teachers"),
	roll.Teacher:          say.Text("family.role.teacher", "teachers"),
	roll.Senco:            say.Text("family.role.senco", "the co-ordinator for special needs"),
	roll.SafeguardingLead: say.Text("family.role.safeguarding_lead", "the safeguarding lead"),
	roll.Office:           say.Text("family.role.office", "the office"),
	roll.FamilyWorker:     say.Text("family.role.family_worker", "family workers"),
	roll.Governor:         say.Text("family.role.governor", "governors"),
	roll.Coordinator:      say.Text("family.role.coordinator", "the co-ordinator of the group of schools"),
	roll.Administrator:    say.Text("family.role.administrator", "the person who looks after this programme"),
}

// tFields are the adult's own details, by column.
var tFields = map[string]say.Msg{
	"name": tName, "phone": tPhoneRow, "email": tEmailRow, "address": tAddress, "postcode": tPostcodeRow, "speaks": tSpeaks, "reads": tReads, "needs": tNeeds,
}
