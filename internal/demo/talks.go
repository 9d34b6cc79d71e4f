package demo

// topic is something that families and schools talk about, with the words of both and what they might agree.
type topic struct {
	priority string
	parent   []string // the parent's words; %s is the child's name
	child    []string
	way      string // what gets in the way
	targets  []target
}

type target struct {
	owner   string // school, parent or pupil
	words   string
	who     string // in general words; the name of the key teacher is put in for school
	measure string
	weeks   int
}

var topics = []topic{
	{"Getting to school on the days that are hardest",
		[]string{"%s is fine from Tuesday on. It's Sunday night and Monday morning. By breakfast there are tears, and I have the little one to get out too.",
			"I start work at six. %s is meant to get up alone, and some days that does not happen. I find out at half past nine from your text.",
			"After the summer %s got out of the way of it. Once a day is missed the next is harder."},
		[]string{"I don't like coming in late when everyone looks.", "Mondays are the worst because I don't know what's coming."},
		"Mornings: work starts early at home, and a missed day makes the next one harder.",
		[]target{{"school", "Meet at the side door at 8.35 on Mondays with a quiet start in the library", "Key teacher", "Mondays present out of the next six", 6},
			{"parent", "Bag and clothes ready on Sunday night, phone downstairs by nine", "At home", "How many Sundays it worked", 6},
			{"pupil", "Text the key teacher's work phone from the gate on Mondays", "Pupil", "Texts sent", 6}}},
	{"Reading that feels worth doing",
		[]string{"%s reads all day on the phone, football mostly. Give a book and it's a fight. I was the same, if I'm honest.",
			"We read together until Year 4. Then it was too easy or too hard and we stopped.",
			"I would help more, but I don't read English well enough to know if %s has read it right."},
		[]string{"Reading out loud makes my face hot.", "I like facts. I don't like stories with no pictures."},
		"Books on offer are either too hard or feel young. Reading aloud in front of others is a worry.",
		[]target{{"school", "Choose three books together from the library, with football and true stories among them", "Key teacher", "Books chosen and read by half term", 6},
			{"school", "No reading aloud to the class unless asked first", "All teachers", "Ask the child each fortnight", 3},
			{"parent", "Ten minutes of anything, any language, four evenings a week", "At home", "Ticks on the fridge", 6}}},
	{"Settling in lessons after lunch",
		[]string{"You only ring when there is trouble. I would like to hear it when it goes well, because at home I see a kind child.",
			"%s comes out of school wound up. It all comes out in the car.",
			"It began when the seat was changed. Nobody asked."},
		[]string{"I get told off for the things other people start.", "I can do it when I sit at the front by the door."},
		"The time after lunch, and the seat at the back.",
		[]target{{"school", "Seat by the door in the three lessons after lunch; all teachers told by Friday", "Key teacher", "Removals after lunch, out of the next four weeks", 4},
			{"school", "One good thing sent home by text each Friday", "Key teacher", "Texts sent", 8},
			{"pupil", "Use the time-out card before it boils over", "Pupil", "Times used, times it helped", 4}}},
	{"Friends, and feeling part of it",
		[]string{"We moved in the spring and %s has not been asked to anyone's house. I hear about it at bedtime.",
			"There was a group and now %s is not in it. I don't want a fuss made, I want it noticed.",
			"I don't know the other parents. At the gate they all know each other."},
		[]string{"Lunch is long.", "I'd go to a club if someone went with me the first time."},
		"New to the area, long lunchtimes, and no one to go to a club with.",
		[]target{{"school", "A buddy for Tuesday's art club, and walk there together the first two times", "Key teacher", "Weeks at the club", 6},
			{"school", "Invite mum to the coffee morning by name, with someone to meet her at the door", "Family worker", "Came once by half term", 6},
			{"parent", "Say yes to one invitation, or make one", "At home", "Happened or not", 8}}},
	{"Homework without a fight",
		[]string{"There is one table, three children and one charger. I never know what is set or if it is done.",
			"Last year it was on paper and I could see it. Now it is on a site and the password is lost.",
			"%s says there is none. Then a letter comes that there were six."},
		[]string{"I forget which day.", "If I get stuck I just stop."},
		"One table and one device at home; nobody sees what is set.",
		[]target{{"school", "A paper copy of the week's homework every Monday, and the password reset today", "Form tutor", "Weeks with a paper copy", 6},
			{"school", "A place at homework club on Wednesdays, with a snack", "Key teacher", "Wednesdays attended", 6},
			{"pupil", "Show the planner at tea on Mondays", "Pupil", "Homework handed in, out of what was set", 6}}},
	{"Help with the language while English grows",
		[]string{"%s understands more than the teachers think. At home we talk about everything, only not in English.",
			"Letters come and I take a picture and send it to my sister to read. Sometimes it is too late.",
			"In our country parents do not come into school. Here I did not know I was allowed to ask."},
		[]string{"I know the answer but not the words.", "I like maths because I can read it."},
		"The words of lessons are new each week, and letters home can't be read.",
		[]target{{"school", "The ten new words of each topic sent home a week before, to talk about in the home language", "EAL teacher", "Topics with words sent", 8},
			{"school", "Ring instead of writing, with an interpreter when it matters", "Office", "Calls made", 12},
			{"parent", "Talk the ten words over at home, in any language", "At home", "Words the child can use", 8}}},
	{"Number: going back to what was missed",
		[]string{"The maths went when %s was ill in Year 5. It has never come back and now it is 'I can't'.",
			"I can't help with the method. When I show mine I am told it is wrong."},
		[]string{"I copy and I don't know why.", "I'd rather be told what to practise."},
		"Gaps from a time of illness, and a method that differs at home.",
		[]target{{"school", "Twenty minutes twice a week on times tables and place value, in a group of four", "Maths teacher", "Score on the same twenty questions in six weeks", 6},
			{"school", "One page for home that shows our method", "Maths teacher", "Sent or not", 1},
			{"parent", "Five minutes with the page, three evenings", "At home", "Ticks on the page", 6}}},
	{"Caring at home, and being a child too",
		[]string{"%s does a lot for me. More than I want. On my bad days the little ones get to school because of %s.",
			"I did not tell the school because I was afraid of what would happen. I am glad I have."},
		[]string{"If my phone is in the locker I worry all day.", "I'm tired in period one."},
		"Jobs at home before and after school, and worry during the day.",
		[]target{{"school", "Leave to check the phone in the office at break and lunch", "Key teacher", "Ask each fortnight whether it helps", 4},
			{"school", "The young carers' group on Thursdays, and the family worker to talk with mum about help at home", "Family worker", "Went; first visit made", 3},
			{"parent", "Ring the office on bad days so that lateness is not marked down", "At home", "Calls made", 8}}},
}

var strengths = []string{"Patient with younger children", "Notices when somebody is left out", "Remembers everything about animals", "Never gives up on a model or a drawing", "Makes people laugh, and knows when to stop",
	"Good with money at the market stall", "Speaks two languages and helps the office with a third", "Swims every Saturday", "Cooks for the family on Sundays", "Kind to the new ones", "A careful goalkeeper", "Sings, when nobody is looking",
	"Fixes bikes with an uncle", "Asks the question that others are thinking", "Reads to a grandmother", "Builds whole worlds on paper"}

var hopes = []string{"To be happy to come in", "A trade, and to be proud of it", "To go further in school than we did", "Friends who are good for them", "To read a whole book and like it", "To finish Year 11 with choices", "To be themselves"}

var declined = []string{"Works nights this month; would rather talk on the phone in the new year", "Feels that there is nothing to talk about just now", "Would like to talk to the class teacher instead", "Had a long talk with the head last week"}

var missed = []string{"work", "childcare", "transport", "language", "other"}

var whyPartly = []string{"It worked until the half term, then the timetable changed", "Three weeks out of six; the bus changed", "Better on the weeks with a text home", "Done at home, we at school forgot twice"}

var whyNot = []string{"The club was full", "There was illness at home", "We did not start until it was too late; that is ours to mend"}
