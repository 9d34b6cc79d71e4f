package say

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// a small house of its own: one room with two texts, in the languages given.
func bookOf(files map[string]string) (*book, Msg, Msg) {
	b := newBook()
	hello := b.declare("door.hello", map[string]string{"other": "Hello {name}"}, false)
	children := b.declare("door.children", map[string]string{"one": "{n} child", "other": "{n} children"}, true)
	fsys := fstest.MapFS{}
	for tag, content := range files {
		fsys["texts/"+tag+".yaml"] = &fstest.MapFile{Data: []byte(content)}
	}
	b.rooms = []room{{"door", fsys, "internal/door/texts"}}
	return b, hello, children
}

const polishDoor = `language: pl
draft: true
texts:
  door.hello:
    en: "Hello {name}"
    pl: "Witaj, {name}"
  door.children:
    en: {one: "{n} child", other: "{n} children"}
    pl: {one: "{n} dziecko", few: "{n} dzieci", many: "{n} dzieci"}
`

const arabicDoor = `language: ar
draft: false
checked_by: Huda Karim
checked_on: 2026-11-20
texts:
  door.hello:
    en: "Hello {name}"
    ar: "مرحبًا {name}"
  door.children:
    en: {one: "{n} child", other: "{n} children"}
    ar: {zero: "لا أطفال", one: "طفل واحد", two: "طفلان", few: "{n} أطفال", many: "{n} طفلًا", other: "{n} طفل"}
`

func TestSpeaking(t *testing.T) {
	b, hello, children := bookOf(map[string]string{"pl": polishDoor, "ar": arabicDoor})
	lang := func(tag string) Lang { return b.lang(byTag[tag]) }
	for _, c := range []struct{ got, want string }{
		{lang("en").Put(hello, Args{"name": "Amira"}), "Hello Amira"},
		{lang("pl").Put(hello, Args{"name": "Amira"}), "Witaj, Amira"},
		{lang("pl").Put(children, Args{"n": 1}), "1 dziecko"},
		{lang("pl").Put(children, Args{"n": 3}), "3 dzieci"},
		{lang("ar").Put(children, Args{"n": 2}), "طفلان"},
		{lang("ar").Put(children, Args{"n": 11}), "\u206811\u2069 طفلًا"},
		{lang("ar").Put(hello, Args{"name": "Ben Okafor"}), "مرحبًا \u2068Ben Okafor\u2069"},
		{lang("en").Put(hello, Args{"name": "أميرة"}), "Hello \u2068أميرة\u2069"},
		{lang("en").Put(hello, Args{"name": "{n}"}), "Hello {n}"},
		{lang("en").Put(hello, Args{"name": "A\u202eB\u2069"}), "Hello AB"},
		{lang("en").Put(hello), "Hello {name}"},
		{lang("en").Put(hello, Args{"name": time.Minute}), "Hello 1m0s"},
		{lang("en").Put(Msg{}), ""},
		{Lang{}.Tag() + Lang{}.Dir(), "enltr"},
	} {
		if c.got != c.want {
			t.Errorf("said %q, want %q", c.got, c.want)
		}
	}
	// Turkish has no catalogue in this house: the text is English and says so.
	if text, tag := lang("tr").Say(hello, Args{"name": "Ece"}); text != "Hello Ece" || tag != "en" {
		t.Errorf("without a catalogue: %q in %q", text, tag)
	}
	if _, tag := lang("ar").Say(hello); tag != "ar" {
		t.Errorf("with a catalogue: in %q", tag)
	}
	if !lang("pl").Draft() || lang("ar").Draft() || lang("en").Draft() {
		t.Error("only Polish is a draft")
	}
}

func TestANumberThatIsNotShown(t *testing.T) {
	b := newBook()
	m := b.declare("a.b", map[string]string{"one": "Your child", "other": "Your children"}, true)
	l := b.lang(byTag["en"])
	if l.Put(m, Args{"n": 1}) != "Your child" || l.Put(m, Args{"n": 2}) != "Your children" {
		t.Error("the number does not decide")
	}
}

func TestFormsByLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "one other", "cy": "zero one two few many other", "pl": "one few many", "ro": "one few other", "ur": "one other", "pa": "one other",
		"bn": "one other", "ar": "zero one two few many other", "so": "one other", "pt": "one other", "tr": "one other", "uk": "one few many",
	} {
		if got := strings.Join(byTag[tag].forms(), " "); got != want {
			t.Errorf("%s has the forms %s, want %s", tag, got, want)
		}
	}
	for _, c := range []struct {
		tag  string
		n    int64
		form string
	}{{"uk", 21, "one"}, {"uk", 22, "few"}, {"uk", 11, "many"}, {"pl", 22, "few"}, {"pl", 12, "many"}, {"cy", 6, "many"}, {"cy", 3, "few"}, {"ar", 103, "few"}, {"ar", 100, "other"}, {"ro", 20, "other"}, {"ro", 19, "few"}, {"en", -1, "one"}} {
		if got := byTag[c.tag].form(c.n); got != c.form {
			t.Errorf("%s %d is %s, want %s", c.tag, c.n, got, c.form)
		}
	}
}

func TestWhichLanguage(t *testing.T) {
	for word, want := range map[string]string{"Polish": "pl", "pl-PL": "en", "punjabi": "pa", "Panjabi": "pa", "URD": "ur", "Soomaali": "so", "Cymraeg": "cy", " Bengali ": "bn", "Klingon": "en", "": "en"} {
		if l, _ := Reads(word); l.Tag() != want {
			t.Errorf("the record says %q: %s, want %s", word, l.Tag(), want)
		}
	}
	if _, ok := Reads("Tigrinya"); ok {
		t.Error("Tigrinya is not spoken here")
	}
	for tag, want := range map[string]string{"ur": "ur", "ur-PK": "ur", "PL_pl": "pl", "pa-Guru-IN": "pa", "pa-Arab": "en", "pa-PK": "en", "de": "en", "": "en", "../../etc": "en"} {
		if got := Tongue(tag).Tag(); got != want {
			t.Errorf("%q is %s, want %s", tag, got, want)
		}
	}
	for header, want := range map[string]string{"": "en", "de-DE,de;q=0.9,uk;q=0.8,en;q=0.5": "uk", "pl": "pl", "pa-PK,ur;q=0.7": "ur", "q=;;;": "en", "ur;q=0.1,pl;q=0.9": "pl", strings.Repeat("de,", 5000): "en"} {
		if got := Accepts(header).Tag(); got != want {
			t.Errorf("%.40q gives %s, want %s", header, got, want)
		}
	}
	if all := Tongues(); len(all) != 12 || all[0].Tag() != "en" {
		t.Errorf("%d languages", len(all))
	}
}

func TestDaysAndFigures(t *testing.T) {
	at := time.Date(2026, 11, 20, 15, 45, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Tongue("en").LongDay("2026-11-20"), "Friday 20 November 2026"},
		{Tongue("pl").LongDay("2026-11-20"), "piątek, 20 listopada 2026"},
		{Tongue("cy").LongDay("2026-11-20"), "dydd Gwener 20 Tachwedd 2026"},
		{Tongue("ro").Day("2026-05-01"), "1 mai 2026"},
		{Tongue("uk").Day("2026-03-04"), "4 березня 2026 року"},
		{Tongue("pt").Day("2026-03-04"), "4 de março de 2026"},
		{Tongue("tr").LongDay("2026-11-20"), "20 Kasım 2026 Cuma"},
		{Tongue("ur").Day("2026-11-20"), "20 نومبر 2026"},
		{Tongue("ar").LongDay("2026-11-20"), "الجمعة، 20 نوفمبر 2026"},
		{Tongue("bn").Day("2026-11-20"), "20 নভেম্বর 2026"},
		{Tongue("so").LongDay("2026-11-20"), "Jimce, 20 Nofembar 2026"},
		{Tongue("pa").LongDay("2026-11-20"), "ਸ਼ੁੱਕਰਵਾਰ, 20 ਨਵੰਬਰ 2026"},
		{Tongue("en").Day("not known"), "not known"},
		{Tongue("en").Clock(at), "3.45pm"},
		{Tongue("pl").Moment(at), "piątek, 20 listopada 2026, 15:45"},
		{Tongue("pl").Number(12345), "12\u00a0345"},
		{Tongue("en").Number(-1234567), "-1,234,567"},
		{Tongue("en").Number(1200), "1200"},
		{Tongue("en").And([]string{"Amira", "Ben", "Chidi"}), "Amira, Ben and Chidi"},
		{Tongue("ur").And([]string{"امیرہ", "Ben"}), "\u2068امیرہ\u2069 اور \u2068Ben\u2069"},
		{Tongue("so").And([]string{"Hodan"}) + Tongue("so").And(nil), "Hodan"},
	} {
		if c.got != c.want {
			t.Errorf("wrote %q, want %q", c.got, c.want)
		}
	}
	for _, l := range languages {
		for _, w := range append(l.calendar.months[:], l.calendar.days[:]...) {
			if w == "" {
				t.Errorf("%s lacks a month or a day", l.tag)
			}
		}
	}
}

func TestDeclaring(t *testing.T) {
	for name, f := range map[string]func(b *book){
		"twice": func(b *book) {
			b.declare("a.b", map[string]string{"other": "x"}, false)
			b.declare("a.b", map[string]string{"other": "y"}, false)
		},
		"no room":       func(b *book) { b.declare("hello", map[string]string{"other": "x"}, false) },
		"empty":         func(b *book) { b.declare("a.b", map[string]string{"other": " "}, false) },
		"open place":    func(b *book) { b.declare("a.b", map[string]string{"other": "x {name"}, false) },
		"loose brace":   func(b *book) { b.declare("a.b", map[string]string{"other": "x } y"}, false) },
		"strange place": func(b *book) { b.declare("a.b", map[string]string{"other": "x {Na me}"}, false) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was taken")
				}
			}()
			f(newBook())
		})
	}
}

// TestReview gives the Polish or Arabic catalogue one mistake at a time.
func TestReview(t *testing.T) {
	for _, c := range []struct {
		name, tag, from, to, says string
	}{
		{"good", "pl", "", "", ""},
		{"good from the right", "ar", "", "", ""},
		{"missing", "pl", `pl: "Witaj, {name}"`, `pl: ""`, "not translated"},
		{"a form missing", "pl", `few: "{n} dzieci", `, "", `the form for "few" is missing`},
		{"a form too many", "pl", `many:`, `two: "{n} dwoje", many:`, `no form "two"`},
		{"no such form", "pl", `many:`, `lots: "{n} dzieci", many:`, `no form "lots"`},
		{"a place lost", "pl", "Witaj, {name}", "Witaj", "{name} is missing"},
		{"a place invented", "pl", "Witaj, {name}", "Witaj, {name} {imie}", "no {imie}"},
		{"a place translated", "pl", "Witaj, {name}", "Witaj, {imię}", "is not like {name}"},
		{"the number lost", "ar", "{n} أطفال", "أطفال", "{n} is missing"},
		{"English left", "pl", `pl: "Witaj, {name}"`, `pl: "Hello {name}"`, "still the English"},
		{"English rightly left", "pl", "texts:\n  door.hello:\n    en: \"Hello {name}\"\n    pl: \"Witaj, {name}\"", "same_as_english: [door.hello]\ntexts:\n  door.hello:\n    en: \"Hello {name}\"\n    pl: \"Hello {name}\"", ""},
		{"English changed", "pl", `en: "Hello {name}"`, `en: "Good day {name}"`, "has changed since"},
		{"unknown key", "pl", "texts:", "texts:\n  door.bye:\n    en: Bye\n    pl: Pa", "no page says this"},
		{"spaces", "pl", "Witaj, {name}", "Witaj, {name} ", "ends with a space"},
		{"markup", "pl", "Witaj, {name}", "Witaj, <b>{name}</b>", "not HTML"},
		{"other letters", "pl", "Witaj, {name}", "Привіт, {name}", "not in the letters of Polish"},
		{"turning mark", "ar", "مرحبًا {name}", "مرحبًا \u202b{name}", "turns text round"},
		{"open isolate", "ar", "مرحبًا {name}", "مرحبًا \u2068{name}", "does not close"},
		{"begins from the left", "ar", "مرحبًا {name}", "Ajar مرحبًا {name}", "begins with letters from the left"},
		{"own figures", "ar", "طفل واحد", "١ طفل", "write the figure"},
		{"loose accents", "pl", "Witaj, {name}", "Witaj, cze\u0301sc {name}", "loose accents"},
		{"checked by nobody", "ar", "checked_by: Huda Karim\n", "", "who has checked it"},
		{"checked on no day", "ar", "2026-11-20", "Friday", "when it was checked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := map[string]string{"pl": polishDoor, "ar": arabicDoor}[c.tag]
			changed := strings.Replace(content, c.from, c.to, 1)
			if c.from != "" && changed == content {
				t.Fatal("the case changes nothing")
			}
			b, _, _ := bookOf(nil)
			cat, err := ReadCatalogue([]byte(changed))
			if err != nil {
				t.Fatal(err)
			}
			found := b.review(cat, "door")
			if c.says == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			for _, p := range found {
				if strings.Contains(p.Error(), c.says) {
					return
				}
			}
			t.Errorf("did not notice it; found %v", found)
		})
	}
}

func TestNoCatalogue(t *testing.T) {
	for _, content := range []string{"", "language: en\n", "language: xx\n", "[1,2", "language: pl\nstrange: 1\n", "language: pl\ntexts:\n  a.b:\n    de: Hallo\n", "language: pl\ntexts:\n  a.b:\n    pl: [1]\n", "language: pl\ntexts:\n  a.b:\n    pl: {one: 1}\n", strings.Repeat("#", 5<<20)} {
		if _, err := ReadCatalogue([]byte(content)); err == nil {
			t.Errorf("%.40q was read as a catalogue", content)
		}
	}
}

func TestProblemsOfAHouse(t *testing.T) {
	b, _, _ := bookOf(map[string]string{"pl": polishDoor, "ar": "language: pl\n", "xx": "language: pl\n", "ur": "["})
	b.declare("yard.bench", map[string]string{"other": "A bench"}, false)
	var all strings.Builder
	for _, p := range b.problems() {
		all.WriteString(p.Error() + "\n")
	}
	for _, want := range []string{"xx.yaml is the catalogue of no language", "ar door: the file says that it is in pl", "ur door: this is no catalogue", "there is no internal/door/texts/tr.yaml", "no room called yard"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("did not say %q; said:\n%s", want, all.String())
		}
	}
	if strings.Contains(all.String(), "pl door") {
		t.Errorf("found fault with Polish:\n%s", all.String())
	}
}

// A catalogue goes to a translator and comes back: nothing is lost on the way, and what is missing stands first and empty.
func TestThereAndBack(t *testing.T) {
	b, hello, _ := bookOf(map[string]string{"pl": strings.Replace(polishDoor, `en: "Hello {name}"`, `en: "Good day {name}"`, 1)})
	out, err := b.export("pl")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "texts:\n  door.hello:\n    en: \"Hello {name}\"\n    pl: \"\"\n") {
		t.Fatalf("the changed text does not stand first and empty:\n%s", out)
	}
	if _, found, err := b.take(out); err != nil || len(found) != 1 || found[0].Key != "door.hello" || !found[0].Missing {
		t.Fatalf("an unfinished catalogue was taken: %v %v", found, err)
	}
	back := strings.Replace(string(out), `pl: ""`, `pl: "Dzień dobry, {name}: \"\\"`, 1)
	back = strings.Replace(back, "draft: true", "draft: false\nchecked_by: \"Ola Nowak\"\nchecked_on: 2026-11-30", 1)
	placed, found, err := b.take([]byte(back))
	if err != nil || len(found) > 0 || len(placed) != 1 || placed[0].File != "internal/door/texts/pl.yaml" {
		t.Fatalf("%v %v %v", placed, found, err)
	}
	again, _, _ := bookOf(map[string]string{"pl": string(placed[0].Content)})
	l := again.lang(byTag["pl"])
	if got := l.Put(Msg{again.texts[hello.Key()]}, Args{"name": "Ewa"}); got != `Dzień dobry, Ewa: "\` || l.Draft() {
		t.Errorf("said %q, draft %v\n%s", got, l.Draft(), placed[0].Content)
	}
	if _, err := b.export("en"); err == nil {
		t.Error("there is no catalogue of English")
	}
}

func FuzzCatalogue(f *testing.F) {
	f.Add([]byte(polishDoor), "Ewa")
	f.Add([]byte(arabicDoor), "\u202e{n}")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		b, hello, children := bookOf(map[string]string{"pl": string(content)})
		_ = b.problems()
		if c, err := ReadCatalogue(content); err == nil {
			_ = b.review(c, "")
		}
		l := b.lang(byTag["pl"])
		if l.Put(hello, Args{"name": name}) == "" || l.Put(children, Args{"n": len(name)}) == "" {
			t.Error("a text vanished")
		}
	})
}
