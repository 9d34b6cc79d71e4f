package messages

import (
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"ajar/internal/kit/say"
)

//go:embed wording
var wordingFiles embed.FS

func wordingTexts() fs.FS {
	sub, _ := fs.Sub(wordingFiles, "wording")
	return sub
}

var _ = say.Catalogues("wording", wordingTexts(), "internal/messages/wording/texts")

// Ready is a template that Ajar brings along: a school takes it and then has it for its own.
type Ready struct {
	Key       string
	Title     string
	Class     string
	Tone      string
	Way       string
	Sensitive bool
	Words     []Words // the English first, then drafts in the other languages
}

// Phrase is a sentence that can be put together with others into a message.
type Phrase struct {
	Key     string
	English string
	Said    map[string]string // by language tag; drafts
}

type wordingFile struct {
	Language  string `yaml:"language"`
	Draft     bool   `yaml:"draft"`
	English   string `yaml:"english"`
	Templates map[string]struct {
		Title     string `yaml:"title"`
		Class     string `yaml:"class"`
		Tone      string `yaml:"tone"`
		Way       string `yaml:"way"`
		Sensitive bool   `yaml:"sensitive"`
		Subject   string `yaml:"subject"`
		Body      string `yaml:"body"`
	} `yaml:"templates"`
	Phrases map[string]string `yaml:"phrases"`
}

// shippedWording is what the files say, read once. What is wrong with them stops the tests, not the program: a language whose file can't be read has no
// drafts.
var shippedWording = sync.OnceValue(func() (out struct {
	ready   []Ready
	phrases []Phrase
}) {
	files := map[string]wordingFile{}
	for _, l := range say.Tongues() {
		if f, err := readWording(l.Tag()); err == nil {
			files[l.Tag()] = f
		}
	}
	english := files["en"]
	for _, key := range orderIn("templates", english) {
		t := english.Templates[key]
		r := Ready{Key: key, Title: t.Title, Class: t.Class, Tone: t.Tone, Way: t.Way, Sensitive: t.Sensitive}
		for _, l := range say.Tongues() {
			said, ok := files[l.Tag()].Templates[key]
			if !ok {
				continue
			}
			w := Words{Lang: l.Tag(), Subject: said.Subject, Body: said.Body, Standing: ADraft}
			if l.IsEnglish() {
				w.Standing = Original
			}
			if t.Way != ByLetter {
				w.Short = said.Body // short enough to go as a text as it is
			}
			r.Words = append(r.Words, w)
		}
		out.ready = append(out.ready, r)
	}
	for _, key := range orderIn("phrases", english) {
		p := Phrase{Key: key, English: english.Phrases[key], Said: map[string]string{}}
		for tag, f := range files {
			if said := f.Phrases[key]; tag != "en" && said != "" {
				p.Said[tag] = said
			}
		}
		out.phrases = append(out.phrases, p)
	}
	return out
})

func readWording(tag string) (f wordingFile, err error) {
	content, err := wordingFiles.ReadFile("wording/" + tag + ".yaml")
	if err != nil {
		return f, err
	}
	if err := yaml.UnmarshalWithOptions(content, &f, yaml.Strict()); err != nil {
		return f, fmt.Errorf("wording/%s.yaml: %w", tag, err)
	}
	if f.Language != tag {
		return f, fmt.Errorf("wording/%s.yaml says that it is in %q", tag, f.Language)
	}
	return f, nil
}

// orderIn gives the keys of a part of the English file in the order in which they stand there, which is the order in which pages offer them.
func orderIn(part string, f wordingFile) (out []string) {
	content, _ := wordingFiles.ReadFile("wording/en.yaml")
	in := false
	for line := range strings.Lines(string(content)) {
		key, _, ok := strings.Cut(strings.TrimRight(line, "\n"), ":")
		switch {
		case ok && !strings.HasPrefix(key, " "):
			in = key == part
		case ok && in && strings.HasPrefix(key, "  ") && !strings.HasPrefix(key, "   "):
			out = append(out, strings.TrimSpace(key))
		}
	}
	return out
}

// EnglishMark changes whenever a line of the English that Ajar brings along does. The files of the other languages carry the mark of the English that they
// were made from.
func EnglishMark() string {
	b := fnv.New32a()
	for _, r := range ReadyMade() {
		fmt.Fprintf(b, "%s\x00%s\x00%s\x00", r.Key, r.Words[0].Subject, r.Words[0].Body)
	}
	for _, p := range Phrases() {
		fmt.Fprintf(b, "%s\x00%s\x00", p.Key, p.English)
	}
	return fmt.Sprintf("%08x", b.Sum32())
}

// ReadyMade lists the templates that Ajar brings along.
func ReadyMade() []Ready { return slices.Clone(shippedWording().ready) }

// ReadyByKey finds one.
func ReadyByKey(key string) (Ready, bool) {
	for _, r := range shippedWording().ready {
		if r.Key == key {
			return r, true
		}
	}
	return Ready{}, false
}

// Phrases lists the phrases that Ajar brings along.
func Phrases() []Phrase { return slices.Clone(shippedWording().phrases) }

// What is said beside words that are not in the reader's language, or that nobody has checked.
var (
	noteEnglish    = say.Text("wording.in_english", "This is in English. Ring {phone} and we will explain it.")
	noteEnglishAsk = say.Text("wording.in_english_ask", "This is in English. Ask us and we will explain it.")
	noteUnchecked  = say.Text("wording.unchecked", "Nobody has checked this translation yet. The English stands below.")
	noteMachine    = say.Text("wording.machine", "A computer translated this. The English stands below.")
	noteInEnglish  = say.Text("wording.the_english", "The English")
	newsTitle      = say.Text("wording.news", "News from {school}")
	newsDates      = say.Text("wording.news_dates", "Dates to come")
	newsDid        = say.Text("wording.news_did", "You said, we did")
	newsStories    = say.Text("wording.news_stories", "Stories")
	newsOther      = say.Text("wording.news_other", "News of the month")
	newsRead       = say.Text("wording.news_read", "The news from {school} is here: {link}")
	newsReadOn     = say.Text("wording.news_read_on", "Read it as a web page")
	mailWhy        = say.Text("wording.mail_why", "You get this because you are in contact with {school}.")
	praiseDear     = say.Text("wording.dear", "Dear {name},")
	praiseRegards  = say.Text("wording.regards", "With best wishes")
)

// EnglishNote is the line that goes with English words to somebody who reads another language.
func EnglishNote(l say.Lang, phone string) string {
	switch {
	case l.IsEnglish():
		return ""
	case phone == "":
		return l.Put(noteEnglishAsk)
	}
	return l.Put(noteEnglish, say.Args{"phone": phone})
}

// UncheckedNote is the line that goes with words that nobody has checked; empty for words that somebody answers for.
func UncheckedNote(l say.Lang, standing string) string {
	switch {
	case l.IsEnglish():
		return ""
	case standing == ADraft:
		return l.Put(noteUnchecked)
	case standing == Machine:
		return l.Put(noteMachine)
	}
	return ""
}
