// Package worry finds words that may be a worry about a child's safety, so that no text that people write in Ajar keeps one by accident. Such a
// worry goes to the safeguarding lead by the school's own way; Ajar shows the way and stores nothing of it.
//
// It has no tables. Begin reading at Possible, then Keeper.
package worry

import (
	"slices"
	"strings"

	"ajar/internal/kit/prose"
	"ajar/internal/roll"
)

// Possible says that a text may hold a worry about a child's safety, so that the page can show the school's own safeguarding route. It
// answers a yes or no and nothing else: no word of the text is kept, counted or sent, and a no says nothing about a child. It looks
// for short phrases whose words stand together, because single words ("hit", "scared", "cut") mean mostly harmless things in a
// school: a hit in rounders, scared of a test, a cut knee.
func Possible(text string) bool { return len(Sentences(text)) > 0 }

// Sentences gives the sentences of a text that may hold a worry, folded so that the same sentence is known again however it is typed.
func Sentences(text string) []string {
	var out []string
	// The text is folded sentence by sentence so that a phrase never spans two of them.
	for _, s := range prose.Sentences(text, prose.Tokens(text)) {
		folded := foldSentence(text[s.Start:s.End])
		words := strings.Fields(folded)
		for i := range words {
			if concernAt(words, i) {
				out = append(out, folded)
				break
			}
		}
	}
	return out
}

func foldSentence(s string) string {
	return roll.Fold(strings.NewReplacer("'", "", "’", "").Replace(s))
}

// concern is a pattern of words in a row. "|" parts choices for one place; "*" is up to three words of any kind, "$" the end of the sentence.
type concern [][]string

var concerns = readConcerns(`
hits|kicks|punches|slaps|hurts|hitting|kicking|punching|slapping|hurting him|me|us
hits|kicks|punches|slaps|hurts|hitting|kicking|punching|slapping|hurting her|them $|when|with|if|and|because|every|again|so|often|sometimes|after|until|hard
beats|beating him|her|them|me|us $|when|with|if|and|because|every|again|so|often|sometimes|after|until|up
hits|beats|kicks|punches|slaps|hitting|beating the|his|her|my child|children|son|daughter|kids|wife|baby
is|was|been|being|get|gets|got|getting abused|molested|raped|trafficked|groomed|strangled
beaten up
beaten at home
hit|beat|beats|beaten|slapped|slaps|punched|kicked|burnt|burned|hurt by|with * dad|father|mum|mother|stepdad|stepfather|stepmum|uncle|carer|belt|stick|cable|boyfriend|parents
dad|father|mum|mother|stepdad|stepfather|stepmum|uncle|carer|boyfriend hit|hits|beat|beats|punched|slapped|kicked|strangled|choked|burnt|burned|hurts|touches|touched him|her|them|me|us
dad|father|mum|mother|stepdad|stepfather|stepmum|uncle|brother|carer|boyfriend is|keeps|was hitting|beating|hurting|touching|punching|slapping|kicking
bruises|bruise|bruising|welts on|all|across|over * arm|arms|back|leg|legs|neck|face|body|thigh|thighs|ribs
marks|burns on|over his|her|their|my arm|arms|leg|legs|neck|face|body|ribs
cigarette burn|burns
sexually abused|assaulted|touched|exploited
sexual abuse|assault|exploitation
physical|physically|emotional|emotionally|domestic abuse|abused|violence
domestic violence
touched|touches|touching him|her|me|them * private|privates|inappropriately|sexually
touched|touches|touching his|her|my private|privates
inappropriate|inappropriately touching|touched
private parts
female genital mutilation
fgm
forced|force marriage
forced|made|forcing to marry
forced|made|forcing him|her|me to marry
honour based violence|abuse
self harm|harms|harmed|harming
selfharm|selfharming|selfharmed
cuts|cutting|cut himself|herself|themselves|myself
cuts|cutting her|his|my|their arms|wrists|wrist|arm|legs|thighs
harm|harms|harmed|harming|hurting|hurt|hurts himself|herself|themselves|myself on purpose|deliberately
harm|harming|kill|killing|hang|hanging|drown himself|herself|themselves|myself
suicide|suicidal
took|taken|take an overdose
end his|her|my|their own|life
end|ending his|her|my|their life
take|takes|taking his|her|my|their own life
wants|want|wanted|wishes|wish to be dead|die
wants|want|wanted|wish|wishes to die
wishes|wish|wished he|she|they|i was|were dead
not|doesnt|dont|didnt want to live $|any|anymore
not|doesnt|dont|didnt want to be alive|here $|any|anymore
afraid|scared|frightened|terrified to go home
afraid|scared|frightened|terrified of going home
afraid|scared|frightened|terrified of his|her|my|their dad|father|stepdad|stepfather|mum|mother|uncle|husband|partner|boyfriend
not safe at home
unsafe at home
doesnt|dont|didnt|not feel safe at home|with
no|enough food at home
no|enough food in the house|home
nothing to eat at home
hasnt|havent|not eaten for days|two|three
left|leaves|leave alone at|overnight|all home|night|weekend|$
left|leaves|leave home alone
left|leaves|leave him|her|them|us home alone
left|leaves|leave him|her|them|us alone at|overnight|all home|night|weekend|$
locked|locks in|out * cupboard|room|bedroom|shed|garage|house|night
locked|locks him|her|them|me in|out
sends|sent|sending|asked|asking|asks for nude|nudes|naked
sends|sent|sending|share|shared|sharing nude|nudes|naked
naked|nude picture|pictures|photo|photos|image|images|video
older boyfriend
seeing|meeting|meets an older man|men
meeting|met|meets a|an|some man|men|stranger|adult online|from
county lines
carrying|carries|carried|carry a knife|blade|weapon
knife to|at|in school|him|her|bag
threatened|threatens|threatening to kill|stab|hurt
threatened|threatens|threatening him|her|me|us|them with|to
joined|joining|join a gang
in a gang
radicalised|radicalisation
smacks|smacked|whips|whipped|belted|belts him|her|them|me
child protection concern|concerns|issue
safeguarding concern|concerns|issue|worry
`)

func readConcerns(list string) map[string][]concern {
	index := map[string][]concern{}
	for line := range strings.Lines(strings.TrimSpace(list)) {
		var c concern
		for place := range strings.FieldsSeq(line) {
			c = append(c, strings.Split(place, "|"))
		}
		for _, first := range c[0] {
			index[first] = append(index[first], c)
		}
	}
	return index
}

func concernAt(words []string, at int) bool {
	for _, c := range concerns[words[at]] {
		if matchConcern(c, words[at:]) && !harmless(words, at) {
			return true
		}
	}
	return false
}

func matchConcern(c concern, words []string) bool {
	if len(c) == 0 {
		return true
	}
	if len(c[0]) == 1 && c[0][0] == "*" {
		for skip := 0; skip <= 3 && skip <= len(words); skip++ {
			if matchConcern(c[1:], words[skip:]) {
				return true
			}
		}
		return false
	}
	if len(words) == 0 {
		return len(c) == 1 && slices.Contains(c[0], "$")
	}
	return slices.Contains(c[0], words[0]) && matchConcern(c[1:], words[1:])
}

// harmless looks at the words just before: lessons and policies speak of such things without a child being in danger.
func harmless(words []string, at int) bool {
	for _, before := range words[max(0, at-4):at] {
		switch before {
		case "lesson", "lessons", "assembly", "policy", "training", "book", "story", "novel", "film", "essay", "charity", "pshe", "poster", "leaflet", "history":
			return true
		}
	}
	return false
}
