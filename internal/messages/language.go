package messages

import (
	"fmt"
	"strings"

	"ajar/internal/kit/say"
)

// Saying is what a message is made of, as far as its language goes.
type Saying struct {
	Words     []Words // in every language there is; the English is the one whose standing is Original
	Sensitive bool    // consent, exclusion, SEN, safeguarding
	Drafts    bool    // the school lets words go that nobody has checked
	Machine   bool    // the school lets a translation service's words go
}

// Chosen is in which language a message goes to one adult, and what goes with it.
type Chosen struct {
	Lang     string
	Standing string
	Why      string
	Note     bool // the English goes, with EnglishNote in the language that they read
	Beside   bool // the English goes beside the words, under UncheckedNote
	Person   bool // nothing goes in writing: a named person explains it, with an interpreter
}

// LanguageFor decides in which language a message goes to an adult; reads is what the roll has for the language that they read. Checked words in their language go. Where
// there are none, a sensitive message waits for a named person; another goes in words nobody has checked if the school allows them, then in a translation service's, and
// else in English with a note. What is not recorded is not guessed.
func LanguageFor(s Saying, reads string) Chosen {
	reads = strings.TrimSpace(reads)
	english := Chosen{Lang: "en", Standing: Original}
	if reads == "" {
		english.Why = "Nothing is recorded about what they read, so it goes in English."
		return english
	}
	l, spoken := say.Reads(reads)
	if spoken && l.IsEnglish() {
		english.Why = "They read English."
		return english
	}
	if !spoken {
		if s.Sensitive {
			return Chosen{Lang: "en", Standing: Original, Person: true, Why: fmt.Sprintf("They read %s, Ajar has no words in it, and this must be understood: somebody explains it to them, with an interpreter.", reads)}
		}
		english.Why = fmt.Sprintf("They read %s, and Ajar has no words in it. It goes in English.", reads)
		english.Note = true
		return english
	}
	in := map[string]bool{}
	for _, w := range s.Words {
		if w.Lang == l.Tag() && strings.TrimSpace(w.Body+w.Short) != "" {
			in[w.Standing] = true
		}
	}
	name := l.English()
	switch {
	case in[Checked]:
		return Chosen{Lang: l.Tag(), Standing: Checked, Why: fmt.Sprintf("They read %s, and somebody who does has checked the words.", name)}
	case in[Original]:
		return Chosen{Lang: l.Tag(), Standing: Original, Why: fmt.Sprintf("They read %s, in which it was written.", name)}
	case s.Sensitive:
		return Chosen{Lang: "en", Standing: Original, Person: true, Why: fmt.Sprintf("They read %s, nobody has checked the words, and this must be understood: somebody explains it to them, with an interpreter.", name)}
	case in[ADraft] && s.Drafts:
		return Chosen{Lang: l.Tag(), Standing: ADraft, Beside: true, Why: fmt.Sprintf("They read %s. Nobody has checked the words, so the English stands beside them.", name)}
	case in[Machine] && s.Machine:
		return Chosen{Lang: l.Tag(), Standing: Machine, Beside: true, Why: fmt.Sprintf("They read %s. A translation service made the words, so the English stands beside them.", name)}
	}
	english.Note = true
	switch {
	case in[ADraft]:
		english.Why = fmt.Sprintf("They read %s. Nobody has checked the words, and this school sends only checked ones: it goes in English, with a line in %s.", name, name)
	case in[Machine]:
		english.Why = fmt.Sprintf("They read %s. Only a translation service's words are there, and this school does not send them: it goes in English, with a line in %s.", name, name)
	default:
		english.Why = fmt.Sprintf("They read %s, and there are no words in it: it goes in English, with a line in %s.", name, name)
	}
	return english
}

// Render puts together what an adult gets: the words in the chosen language, filled, with what goes with them. english are the words as they were written, words those of the
// chosen language; both with slots.
func Render(c Chosen, english, words Words, reads string, v Values) (Words, []Problem) {
	if c.Lang == "en" {
		words = english
	}
	l := say.Tongue(c.Lang)
	out, found := Fill(words, l, v)
	if len(found) > 0 {
		return out, found
	}
	out.Lang, out.Standing = c.Lang, c.Standing
	if c.Note {
		theirs, _ := say.Reads(reads)
		note := EnglishNote(theirs, v.Phone)
		if theirs.IsEnglish() {
			note = "Ask us if you would like somebody to explain this in your language." // there are no words in theirs
		}
		out.Body, out.Short = above(note, out.Body), above(note, out.Short)
	}
	if c.Beside {
		original, found := Fill(english, say.Tongue("en"), v)
		if len(found) > 0 {
			return words, found
		}
		out.Body = above(UncheckedNote(l, c.Standing), out.Body) + "\n\n" + "— " + l.Put(noteInEnglish) + " —\n\n" + original.Body
		if out.Short != "" {
			out.Short += "\n" + original.Short
		}
	}
	return out, nil
}

// above puts a note over words; over none it puts nothing.
func above(note, words string) string {
	if words == "" || note == "" {
		return words
	}
	return note + "\n\n" + words
}
