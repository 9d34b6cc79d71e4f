package messages

import (
	"context"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

// Wording is what a school has decided about words that nobody has checked.
type Wording struct {
	Drafts    bool // words that a person wrote and nobody checked may go, with the English beside
	Machine   bool // a translation service's words may go, with the English beside
	ByName    string
	ChangedMs int64
}

// The lengths of words.
const (
	longestTitle   = 100
	longestSubject = 150
	longestBody    = 6000
	longestShort   = 918 // six parts of a text message
	longestPhrase  = 400
)

// Old tells whether words say an earlier version of the English.
func (w TemplateWords) Old(t Template) bool { return w.OfVersion < t.Version }

// Sayable are the words of a template as they may be sent: those that say an earlier version of the English count as checked by nobody, and where the slots are others
// now, or the words are missing, they are left out.
func Sayable(t Template, list []TemplateWords) (out []Words) {
	english := englishOf(list)
	for _, w := range list {
		if strings.TrimSpace(w.Body+w.Short) == "" || len(SameSlots(english, w.Words)) > 0 {
			continue
		}
		if w.Old(t) && w.Lang != "en" && w.Standing == Checked {
			w.Standing = ADraft
		}
		out = append(out, w.Words)
	}
	return out
}

func englishOf(list []TemplateWords) Words {
	for _, w := range list {
		if w.Lang == "en" {
			return w.Words
		}
	}
	return Words{Lang: "en", Standing: Original}
}

// RoleList are the roles that may send a template; none is everyone who may write at all.
func (t Template) RoleList() []string {
	return strings.FieldsFunc(t.Roles, func(r rune) bool { return r == ',' })
}

// MaySend tells whether somebody with these roles may send a template.
func MaySend(t Template, roles []access.Role) bool {
	list := t.RoleList()
	return len(list) == 0 || slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(list, string(r)) })
}

// TemplateLine is a template as the list shows it.
type TemplateLine struct {
	Template
	Checked, Drafts, Old int // languages besides English
	MaySend              bool
}

// Templates is the list, with what Ajar brings along and the school has not taken.
type Templates struct {
	List    []TemplateLine
	Ready   []Ready
	Wording Wording
	Service bool // a translation service is configured
	MayKeep bool
}

// Templates lists the school's templates.
func (s *Service) Templates(ctx context.Context, p access.Pass) (out Templates, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return out, err
	}
	out.MayKeep, out.Service = p.Scope(Keep) == access.All, s.Translator != nil
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := templates(tx)
		if err != nil {
			return err
		}
		words, err := wordsOfTemplates(tx)
		if err != nil {
			return err
		}
		taken := map[string]bool{}
		for _, t := range list {
			taken[t.Ready] = true
			line := TemplateLine{Template: t, MaySend: MaySend(t, p.Who().Roles)}
			for _, w := range words {
				switch {
				case w.TemplateID != t.ID || w.Lang == "en":
				case w.Old(t):
					line.Old++
				case w.Standing == Checked:
					line.Checked++
				default:
					line.Drafts++
				}
			}
			out.List = append(out.List, line)
		}
		for _, r := range ReadyMade() {
			if !taken[r.Key] {
				out.Ready = append(out.Ready, r)
			}
		}
		out.Wording, err = wordingOf(tx)
		return err
	})
	return out, err
}

// TemplateView is one template with its words.
type TemplateView struct {
	Template
	English Words
	Words   []TemplateWords // all of them, the English first, then as languages are offered
	MayKeep bool
	MaySend bool
	Service bool
	School  string
}

// In gives the words in a language.
func (v TemplateView) In(lang string) (TemplateWords, bool) {
	for _, w := range v.Words {
		if w.Lang == lang {
			return w, true
		}
	}
	return TemplateWords{TemplateID: v.ID, Words: Words{Lang: lang}}, false
}

// Template opens one.
func (s *Service) Template(ctx context.Context, p access.Pass, id TemplateID) (v TemplateView, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		v, err = templateView(tx, id)
		v.Service = s.Translator != nil
		return err
	})
	return v, err
}

func templateView(tx *db.Tx, id TemplateID) (v TemplateView, err error) {
	if v.Template, err = templateByID(tx, id); err != nil {
		return v, err
	}
	list, err := templateWords(tx, id)
	if err != nil {
		return v, err
	}
	for _, l := range say.Tongues() {
		for _, w := range list {
			if w.Lang == l.Tag() {
				v.Words = append(v.Words, w)
			}
		}
	}
	v.English, v.MayKeep, v.MaySend = englishOf(list), tx.Pass().Scope(Keep) == access.All, MaySend(v.Template, tx.Pass().Who().Roles)
	v.School, _, err = roll.Sender(tx)
	return v, err
}

// TakeReady makes templates of the school's own from some that Ajar brings along. One that the school has already stays as it is.
func (s *Service) TakeReady(ctx context.Context, p access.Pass, keys []string) (n int, err error) {
	if err := p.CheckAll(Keep); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		list, err := templates(tx)
		if err != nil {
			return err
		}
		for _, key := range keys {
			r, ok := ReadyByKey(key)
			if !ok {
				return fault.Gone("ready-made template")
			}
			if slices.ContainsFunc(list, func(t Template) bool { return t.Ready == key }) {
				continue
			}
			t := Template{ID: ids.New[Template](), Title: r.Title, Class: r.Class, Tone: r.Tone, Way: r.Way, Sensitive: r.Sensitive, Version: 1, Ready: key}
			if err := insertTemplate(tx, t); err != nil {
				return err
			}
			for _, w := range r.Words {
				if err := putTemplateWords(tx, TemplateWords{TemplateID: t.ID, Words: w, OfVersion: 1}); err != nil {
					return err
				}
			}
			list = append(list, t)
			n++
		}
		return nil
	})
	return n, err
}

// PutTemplate writes a template, or changes one; seen is the version that the page showed. A change of its English is a new version: translations of the one before are no
// longer sent as checked.
func (s *Service) PutTemplate(ctx context.Context, p access.Pass, t Template, w Words, seen int) (id TemplateID, err error) {
	if err := p.CheckAll(Keep); err != nil {
		return 0, err
	}
	t.Title, w = strings.TrimSpace(t.Title), trimmed(w)
	w.Lang, w.Standing, w.ByName = "en", Original, p.Who().Name
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if t.ID != 0 {
			if _, err := templateByID(tx, t.ID); err != nil {
				return err
			}
		}
		if err := judgeTemplate(t, w); err != nil {
			return err
		}
		if t.ID == 0 {
			t.ID, t.Version = ids.New[Template](), 1
			if err := insertTemplate(tx, t); err != nil {
				return err
			}
			id = t.ID
			return putTemplateWords(tx, TemplateWords{TemplateID: id, Words: w, OfVersion: 1})
		}
		id = t.ID
		was, err := templateWords(tx, id)
		if err != nil {
			return err
		}
		old := englishOf(was)
		t.Version = seen
		if old.Subject != w.Subject || old.Body != w.Body || old.Short != w.Short {
			t.Version++
		}
		ok, err := updateTemplate(tx, t, seen)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "This template was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
		}
		if err != nil || t.Version == seen {
			return err
		}
		return putTemplateWords(tx, TemplateWords{TemplateID: id, Words: w, OfVersion: t.Version})
	})
	return id, err
}

func trimmed(w Words) Words {
	for _, x := range []*string{&w.Subject, &w.Body, &w.Short} {
		*x = strings.TrimSpace(strings.ReplaceAll(*x, "\r\n", "\n"))
	}
	return w
}

func judgeTemplate(t Template, w Words) error {
	var f fault.Fields
	if t.Title == "" {
		f.Add("title", "Give the template a name, such as “Trip reminder”.")
	}
	long(&f, "title", t.Title, longestTitle)
	mustList(&f, "class", t.Class, Classes, "Say what kind of message it is.")
	mustList(&f, "tone", t.Tone, Tones, "Say whether it is good news.")
	mustList(&f, "way", t.Way, TemplateWays, "Say how it goes.")
	judgeWords(&f, w, nil)
	if w.Body == "" {
		f.Add("body", "Write the words.")
	}
	return f.Err()
}

// TemplateWays are the ways that a template may name, as forms offer them.
var TemplateWays = []roll.Listed{{Key: ByBest, Words: "Whatever reaches each adult best"}, {Key: ByText, Words: "A text message"}, {Key: ByEmail, Words: "An e-mail"}, {Key: ByLetter, Words: "A letter"}, {Key: ByCall, Words: "A call: somebody rings"}}

func long(f *fault.Fields, name, text string, n int) {
	if len([]rune(text)) > n {
		f.Add(name, "This is too long: there is room for %d characters.", n)
	}
}

func mustList(f *fault.Fields, name, key string, list []roll.Listed, words string) {
	if !slices.ContainsFunc(list, func(x roll.Listed) bool { return x.Key == key }) {
		f.Add(name, "%s", words)
	}
}

// judgeWords judges words alone, or as a translation of the English.
func judgeWords(f *fault.Fields, w Words, english *Words) {
	long(f, "subject", w.Subject, longestSubject)
	long(f, "body", w.Body, longestBody)
	long(f, "short", w.Short, longestShort)
	found := Judge(w)
	if english != nil {
		found = SameSlots(*english, w)
	}
	for _, p := range found {
		f.Add(p.Place, "%s", p.Words)
	}
}

// Translate writes a template's words in another language. checkedBy is who, reading the language, has checked them; empty for a draft. version is the version of the
// English that stood beside them.
func (s *Service) Translate(ctx context.Context, p access.Pass, id TemplateID, w Words, checkedBy string, version int) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	w, checkedBy = trimmed(w), strings.TrimSpace(checkedBy)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := templateView(tx, id)
		if err != nil {
			return err
		}
		var f fault.Fields
		if l, ok := say.Known(w.Lang); !ok || l.IsEnglish() || l.Tag() != w.Lang {
			f.Add("lang", "Choose the language.")
		}
		if w.Body == "" {
			f.Add("body", "Write the words.")
		}
		if v.English.Subject != "" && w.Subject == "" {
			f.Add("subject", "Write the subject.")
		}
		if v.English.Short != "" && w.Short == "" {
			f.Add("short", "Write the words for a text message.")
		}
		judgeWords(&f, w, &v.English)
		long(&f, "checked_by", checkedBy, longestTitle)
		if err := f.Err(); err != nil {
			return err
		}
		if version != v.Version {
			return fault.New(fault.Conflict, "The English was changed while you were writing. Look at it again, beside what you wrote.")
		}
		w.Standing, w.ByName = ADraft, p.Who().Name
		if checkedBy != "" {
			w.Standing, w.ByName = Checked, checkedBy
		}
		return putTemplateWords(tx, TemplateWords{TemplateID: id, Words: w, OfVersion: v.Version})
	})
}

// DropTemplate takes a template off the list, or puts it back. Messages that were made with it stay as they are.
func (s *Service) DropTemplate(ctx context.Context, p access.Pass, id TemplateID, gone bool) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := templateByID(tx, id); err != nil {
			return err
		}
		var at *int64
		if now := tx.Now(); gone {
			at = &now
		}
		return endTemplate(tx, id, at)
	})
}

// ChooseWording keeps what the school decides about words that nobody has checked.
func (s *Service) ChooseWording(ctx context.Context, p access.Pass, w Wording) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error { return putWording(tx, w) })
}

// TemplateSaying is a template as the sending of a message needs it: its English, and what LanguageFor decides from. It is for use inside a transaction that has checked who
// asks; whether the template may be sent by them is MaySend.
func TemplateSaying(tx *db.Tx, id TemplateID) (t Template, english Words, sy Saying, err error) {
	if t, err = templateByID(tx, id); err != nil {
		return t, english, sy, err
	}
	list, err := templateWords(tx, id)
	if err != nil {
		return t, english, sy, err
	}
	sy, err = SayingOf(tx, Sayable(t, list), t.Sensitive)
	return t, englishOf(list), sy, err
}

// SayingOf puts words together with what the school has decided about unchecked ones.
func SayingOf(tx *db.Tx, words []Words, sensitive bool) (Saying, error) {
	w, err := wordingOf(tx)
	return Saying{Words: words, Sensitive: sensitive, Drafts: w.Drafts, Machine: w.Machine}, err
}
