package roll

import (
	"slices"
	"strings"
	"unicode"

	"ajar/internal/kit/db"
)

// NameFound is a word in a text that is also the name of somebody whom the school has a record of.
type NameFound struct {
	Word string // as it stands in the text
	Of   string // "a pupil" or "a parent or carer"
	Sure bool   // not an everyday word, such as May or Grace, that stands alone
}

// everyday are words that are names too. One of them is no sign of a person unless another name stands beside it.
var everyday = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`will mark grace hope joy faith may june april august summer autumn rose ivy lily daisy holly heather rich frank grant art bill bob pat sue drew
		dean earl king prince duke major miles penny ruby amber crystal jade pearl star sky skye sunny dawn eve angel christian english polish french german irish scott
		welsh young old long short small large little black white brown green grey gray gold silver read reader reed cook baker miller mason carpenter farmer fisher
		hunter parker porter potter shepherd smith taylor tailor turner walker weaver wright ward warden hall house wood woods hill field fields banks bridge brook
		brooks church cross ford forest gates garden green grove heath lake lane marsh mills park parks pool rivers stone street town wells west north south east
		day may week winter spring snow frost rain flood winters noble love loving best good goodman hardy sharp swift wise bright power powers price rice bell book
		case chase day dale dell drake fox wolf lamb bird swan crane finch robin martin jay bear bull hart post page paige pack pace pope priest abbot bishop dean
		cannon chambers chance charity chief child childs close cole coles cotton court crisp curry dance dear dry early else fair fine first flower flowers free
		french friend gift glass glover grain guy head healy help home homes in just keen keys kind kitchen law lawless leader leaf lord loud low lower luck man
		manning mann marks mean might monday more moss mother nation new newby newman nice night noon oak oaks office order page paper parent parents partridge
		patience payne people perfect pick pike pitt plain plant plum pride pupil quick rock root rose rush sale sales sands school sea seal self senior service
		shaw shore show silk singer son sound speed spring square staff stand still story strong sum sure teacher team thorn thyme tide tree true trust upton
		valentine van vale view vine wall walls wait war waters way weeks wells wheat wheeler whole wick wild win wing winner winter work worth yard year sun
		song do an so to my by go no on he she me we us it is as at be am are or of off out up down see sea don josh ray ken kit max rob tab tom tim amen ali jan
		mar apr jun jul sep oct nov dec mum dad nan gran grandad aunt uncle sister brother miss sir ms mr mrs mx dr`) {
		m[w] = true
	}
	return m
}()

type nameWord struct {
	text, folded string
	from, to     int
	capital      bool
}

// nameWords parts a text into words of letters. A hyphen and the s of the genitive part them too.
func nameWords(text string) (out []nameWord) {
	start := -1
	end := func(to int) {
		if start < 0 {
			return
		}
		w := text[start:to]
		first := []rune(w)[0]
		out = append(out, nameWord{w, Fold(w), start, to, unicode.IsUpper(first) || unicode.IsTitle(first)})
		start = -1
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		end(i)
	}
	end(len(text))
	return out
}

// knownNames are what is on record, by folded word.
type knownNames struct{ forenames, surnames map[string]string }

func readNames(tx *db.Tx) (n knownNames, err error) {
	n = knownNames{map[string]string{}, map[string]string{}}
	add := func(m map[string]string, text, of string) {
		for _, w := range nameWords(text) {
			if len([]rune(w.folded)) > 1 && m[w.folded] == "" {
				m[w.folded] = of
			}
		}
	}
	type row struct{ Forename, KnownAs, Surname string }
	if err = db.Each(tx, func(r *row) error {
		add(n.forenames, r.Forename, "a pupil")
		add(n.forenames, r.KnownAs, "a pupil")
		add(n.surnames, r.Surname, "a pupil")
		return nil
	}, `select forename, known_as, surname from roll_pupil where org_id = $1`); err != nil {
		return n, err
	}
	err = db.Each(tx, func(r *row) error {
		add(n.forenames, r.Forename, "a parent or carer")
		add(n.surnames, r.Surname, "a parent or carer")
		return nil
	}, `select forename, '' as known_as, surname from roll_adult where org_id = $1`)
	return n, err
}

// of tells whose name a word is. A surname counts only with its capital: too many are trades and colours.
func (n knownNames) of(w nameWord) string {
	if of := n.forenames[w.folded]; of != "" && (w.capital || len(w.folded) > 3) {
		return of
	}
	if w.capital {
		return n.surnames[w.folded]
	}
	return ""
}

func (n knownNames) in(text string, each func(w nameWord, of string, sure bool)) {
	words := nameWords(text)
	for i, w := range words {
		of := n.of(w)
		if of == "" {
			continue
		}
		plain := everyday[w.folded]
		if plain && !w.capital {
			continue
		}
		beside := func(j int) bool {
			if j < 0 || j >= len(words) || !words[j].capital || n.of(words[j]) == "" || everyday[words[j].folded] && everyday[w.folded] {
				return false
			}
			a, b := min(i, j), max(i, j)
			return strings.TrimSpace(text[words[a].to:words[b].from]) == ""
		}
		each(w, of, !plain || beside(i-1) || beside(i+1))
	}
}

// NamesIn finds words in texts that are names of pupils, or of their parents and carers, whom the school of the transaction has a record of: each once.
func NamesIn(tx *db.Tx, texts ...string) (out []NameFound, err error) {
	n, err := readNames(tx)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		n.in(t, func(w nameWord, of string, sure bool) {
			at := slices.IndexFunc(out, func(x NameFound) bool { return Fold(x.Word) == w.folded })
			if at < 0 {
				out = append(out, NameFound{w.text, of, sure})
			} else if sure {
				out[at].Sure = true
			}
		})
	}
	return out, nil
}

// Hidden is what stands in place of a name.
const Hidden = "[name]"

// WithoutNames gives the texts with what is surely a name taken out, for pages that leave the circle of those who know the families.
func WithoutNames(tx *db.Tx, texts ...*string) error {
	n, err := readNames(tx)
	if err != nil {
		return err
	}
	for _, t := range texts {
		var out strings.Builder
		last := 0
		n.in(*t, func(w nameWord, _ string, sure bool) {
			if sure {
				out.WriteString((*t)[last:w.from])
				out.WriteString(Hidden)
				last = w.to
			}
		})
		out.WriteString((*t)[last:])
		*t = strings.ReplaceAll(out.String(), Hidden+" "+Hidden, Hidden)
	}
	return nil
}
