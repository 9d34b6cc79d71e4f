package roll

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shown is a value as an error may quote it: short, on one line.
func shown(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if utf8.RuneCountInString(text) > 40 {
		text = string([]rune(text)[:40]) + "…"
	}
	return `"` + text + `"`
}

// cellWords is a cell as the readers below compare it: lower case, single spaces, a spreadsheet's leading apostrophe gone.
func cellWords(text string) string {
	text = strings.TrimPrefix(strings.TrimSpace(strings.ToValidUTF8(text, "?")), "'")
	return strings.Join(strings.Fields(strings.ToLower(text)), " ")
}

// YearGroup is a national curriculum year: N1, N2, R, 1 to 14, X for a pupil who is in none, or empty for unknown. E1, E2 (early
// years) and M (mixed class) occur in old files and are kept.
type YearGroup string

var yearGroupOrder = []YearGroup{"E1", "E2", "N1", "N2", "R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "M", "X"}

var yearGroupNames = map[string]YearGroup{
	"reception": "R", "rec": "R", "r": "R", "yr": "R", "year r": "R", "yr r": "R", "reception year": "R", "reception class": "R",
	"nursery 1": "N1", "nursery first year": "N1", "nursery 2": "N2", "nursery second year": "N2", "n1": "N1", "n2": "N2", "e1": "E1", "e2": "E2", "m": "M", "x": "X",
	"national curriculum not followed": "X", "not applicable": "X",
	// The NHS and most exports count Reception as year 0.
	"0": "R", "00": "R",
	"?": "", "not supplied": "", "unknown": "", "not known": "",
}

// ParseYearGroup reads a year however schools write it: 8, Y8, Yr 08, Year 8, Reception. Blank is unknown.
func ParseYearGroup(text string) (YearGroup, error) {
	words := cellWords(text)
	if words == "" {
		return "", nil
	}
	if year, ok := yearGroupNames[words]; ok {
		return year, nil
	}
	bare := words
	for _, prefix := range []string{"year group", "year", "yr.", "yr", "y"} {
		if rest, ok := strings.CutPrefix(bare, prefix); ok {
			bare = strings.TrimSpace(rest)
			break
		}
	}
	if year, ok := yearGroupNames[bare]; ok && bare != "?" {
		return year, nil
	}
	// A spreadsheet turns 8 into 8.0.
	number, err := strconv.Atoi(strings.TrimSuffix(bare, ".0"))
	if err == nil && number >= 1 && number <= 14 && len(bare) <= 4 && isFigure(bare[0]) {
		return YearGroup(strconv.Itoa(number)), nil
	}
	hint := "Use N1, N2, R, 1 to 14, or X for none."
	switch {
	case strings.HasPrefix(words, "nursery"):
		hint = "Say N1 for the first nursery year or N2 for the second."
	case strings.HasPrefix(words, "grade"), strings.HasPrefix(words, "kindergarten"), words == "kg":
		hint = "Grades and kindergarten are other countries' years, one behind England's. " + hint
	}
	return "", fmt.Errorf("%s is not a year group. %s", shown(text), hint)
}

// Order sorts years as they follow each other in school; unknown comes last.
func (y YearGroup) Order() int {
	for i, known := range yearGroupOrder {
		if y == known {
			return i
		}
	}
	return len(yearGroupOrder)
}

// Number is the year as a figure for rules such as "Year 9 and above": Reception is 0, N2 is -1, N1 is -2. Not ok for
// years that have no place in that row.
func (y YearGroup) Number() (int, bool) {
	switch y {
	case "N1":
		return -2, true
	case "N2":
		return -1, true
	case "R":
		return 0, true
	}
	n, err := strconv.Atoi(string(y))
	return n, err == nil && n >= 1 && n <= 14
}

// Words is the year as people say it.
func (y YearGroup) Words() string {
	switch y {
	case "":
		return "Year not known"
	case "N1":
		return "Nursery, first year"
	case "N2":
		return "Nursery, second year"
	case "R":
		return "Reception"
	case "E1", "E2":
		return "Early years (" + string(y) + ")"
	case "M":
		return "Mixed-year class"
	case "X":
		return "No national curriculum year"
	}
	return "Year " + string(y)
}

// SENProvision is the kind of help for special educational needs a pupil is recorded with: E, K or N; one of the codes from before
// 2014 (S, A, P, Q) as it came; or empty for unknown.
type SENProvision string

var senNames = map[string]SENProvision{
	"e": "E", "ehcp": "E", "ehc plan": "E", "ehc": "E", "education health and care plan": "E", "education, health and care plan": "E",
	"education, health and care (ehc) plan": "E", "education, health & care plan": "E",
	"k": "K", "sen support": "K", "send support": "K", "special educational needs support": "K", "support": "K",
	"n": "N", "no": "N", "none": "N", "no sen": "N", "no special educational need": "N", "no special educational needs": "N", "no special educational provision": "N",
	// Watched, not supported: management systems export it as N.
	"monitoring": "N", "monitor": "N", "m": "N",
	"s": "S", "statement": "S", "statemented": "S", "statement of sen": "S",
	"a": "A", "school action": "A", "sa": "A", "school action or early years action": "A",
	"p": "P", "school action plus": "P", "school action+": "P", "sa+": "P", "school action plus or early years action plus": "P",
	"q": "Q", "school action plus statutory assessment": "Q", "school action plus and statutory assessment": "Q",
	"?": "", "not supplied": "", "unknown": "", "not known": "",
}

var senWords = map[SENProvision]string{
	"E": "Education, health and care plan", "K": "SEN support", "N": "No special educational need recorded",
	"S": "Statement", "A": "School Action", "P": "School Action Plus", "Q": "School Action Plus with statutory assessment",
}

// ParseSEN reads a SEN provision as a code or in words. Codes from before 2014 stay what they are: what a pupil has today is for a
// person to say.
func ParseSEN(text string) (SENProvision, error) {
	words := cellWords(text)
	if words == "" {
		return "", nil
	}
	if sen, ok := senNames[words]; ok {
		return sen, nil
	}
	// "K - SEN support" and "E: Education, Health and Care Plan" are one code with its words.
	if code, rest, ok := strings.Cut(words, " "); ok {
		code, rest = strings.Trim(code, "-:–—."), strings.TrimLeft(rest, "-:–—. ")
		if sen, ok := senNames[code]; ok && len(code) == 1 && sen == senNames[rest] {
			return sen, nil
		}
	}
	return "", fmt.Errorf("%s is not a SEN provision. Use E (education, health and care plan), K (SEN support) or N (none)", shown(text))
}

// Old says that the code is one from before 2014.
func (s SENProvision) Old() bool { return s == "S" || s == "A" || s == "P" || s == "Q" }

// Today is the code of today that means the same or comes nearest: a statement became a plan, School Action became SEN support.
func (s SENProvision) Today() SENProvision {
	switch s {
	case "S":
		return "E"
	case "A", "P", "Q":
		return "K"
	}
	return s
}

// Words names the provision; an old code is shown with what it would be today.
func (s SENProvision) Words() string {
	switch {
	case s == "":
		return "Not known"
	case s.Old():
		return fmt.Sprintf("%s (old code %s; today %s, %s)", senWords[s], string(s), string(s.Today()), lowerFirst(senWords[s.Today()]))
	case senWords[s] == "":
		return string(s)
	}
	return senWords[s]
}

func lowerFirst(s string) string {
	if strings.HasPrefix(s, "SEN") {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// Sex is F, M, O where the source says that it is neither, or empty for unknown. Transfer files up to version 24 call the
// element Gender, later ones Sex; the values are the same.
type Sex string

// ParseSex reads the words and letters sources use.
func ParseSex(text string) (Sex, error) {
	switch cellWords(text) {
	case "f", "female", "girl", "woman":
		return "F", nil
	case "m", "male", "boy", "man":
		return "M", nil
	case "o", "other", "x", "non-binary", "non binary", "nonbinary":
		return "O", nil
	case "", "?", "u", "unknown", "not known", "unspecified", "not specified", "not supplied", "prefer not to say":
		return "", nil
	}
	return "", fmt.Errorf("%s is not a sex that can be read. Use F or M, or leave it blank if it is not known", shown(text))
}

// Words is the sex as a page shows it.
func (s Sex) Words() string {
	switch s {
	case "F":
		return "Female"
	case "M":
		return "Male"
	case "O":
		return "Other"
	}
	return "Not known"
}

// Answer is yes, no or unknown. It is never a plain bool, because what nobody has said is not a no.
type Answer string

// The three answers; the zero value is the unknown one.
const (
	NotKnown Answer = ""
	Yes      Answer = "yes"
	No       Answer = "no"
)

// ParseAnswer reads a yes-or-no cell. Blank is unknown, and anything else is an error that names the value.
func ParseAnswer(text string) (Answer, error) {
	switch cellWords(text) {
	case "yes", "y", "true", "t", "1", "1.0", "✓", "✔":
		return Yes, nil
	case "no", "n", "false", "f", "0", "0.0", "✗", "✘":
		return No, nil
	case "", "?", "unknown", "not known", "nk", "n/k", "not supplied":
		return NotKnown, nil
	}
	return NotKnown, fmt.Errorf("%s is neither yes nor no. Use yes, no, or leave it blank if it is not known", shown(text))
}

// Known says whether anybody answered.
func (a Answer) Known() bool { return a == Yes || a == No }

// Words is the answer as a page shows it.
func (a Answer) Words() string {
	switch a {
	case Yes:
		return "Yes"
	case No:
		return "No"
	}
	return "Not known"
}

// ParseResponsibility reads whether an adult has parental responsibility. It takes only the cell that says so and never the
// relationship: a mother nearly always has it, a father, step-parent or carer may or may not, and only papers tell.
func ParseResponsibility(text string) (Answer, error) {
	switch cellWords(text) {
	case "pr", "has pr", "parental responsibility", "has parental responsibility", "legal guardian":
		return Yes, nil
	case "no pr", "none", "no parental responsibility":
		return No, nil
	}
	answer, err := ParseAnswer(text)
	if err != nil {
		return NotKnown, fmt.Errorf("%s does not say whether this adult has parental responsibility. Use yes, no, or leave it blank if it is not known", shown(text))
	}
	return answer, nil
}

// Relationship is what an adult is to a child, from a short list, so that lists and letters can use it. The school's own text
// is kept beside it.
type Relationship string

// The relationships Ajar tells apart. RelationOther stands for a text that is none of them, RelationUnknown for no text.
const (
	RelationUnknown      Relationship = ""
	RelationMother       Relationship = "mother"
	RelationFather       Relationship = "father"
	RelationParent       Relationship = "parent"
	RelationStepParent   Relationship = "step-parent"
	RelationAdoptive     Relationship = "adoptive parent"
	RelationGrandparent  Relationship = "grandparent"
	RelationAuntUncle    Relationship = "aunt or uncle"
	RelationSibling      Relationship = "brother or sister"
	RelationRelative     Relationship = "other relative"
	RelationFosterCarer  Relationship = "foster carer"
	RelationCarer        Relationship = "carer"
	RelationGuardian     Relationship = "guardian"
	RelationSocialWorker Relationship = "social worker"
	RelationPartner      Relationship = "parent's partner"
	RelationChildminder  Relationship = "childminder"
	RelationFriend       Relationship = "family friend or neighbour"
	RelationOther        Relationship = "other"
)

// Codes of management systems are left out on purpose: their meaning could not be verified, so they stay text of the school's own.
var relationshipNames = map[string]Relationship{}

func init() {
	for relationship, names := range map[Relationship]string{
		RelationMother:       "mother|mum|mam|mummy|mom|birth mother|natural mother|biological mother",
		RelationFather:       "father|dad|daddy|birth father|natural father|biological father",
		RelationParent:       "parent|mother father|father mother|mum dad|mother and father|mum and dad|parents|single parent|birth parent",
		RelationStepParent:   "step parent|stepparent|step mother|stepmother|step father|stepfather|step mum|stepmum|step dad|stepdad|step mom|stepmom",
		RelationAdoptive:     "adoptive parent|adoptive mother|adoptive father|adopter",
		RelationGrandparent:  "grandparent|grand parent|grandmother|grandfather|grandma|grandpa|grandad|granddad|gran|granny|nan|nana|nanna|grand mother|grand father|great grandmother|great grandfather|grandparents",
		RelationAuntUncle:    "aunt|aunty|auntie|uncle|great aunt|great uncle",
		RelationSibling:      "sibling|brother|sister|half brother|half sister|half sibling|step brother|step sister|stepbrother|stepsister|older brother|older sister",
		RelationRelative:     "relative|other relative|cousin|family member|other family member|relation|niece|nephew",
		RelationFosterCarer:  "foster carer|foster parent|foster mother|foster father|foster mum|foster dad|foster|fostercarer|kinship foster carer",
		RelationCarer:        "carer|caregiver|kinship carer|main carer",
		RelationGuardian:     "guardian|legal guardian|special guardian|guardians|sgo holder",
		RelationSocialWorker: "social worker|allocated social worker",
		RelationPartner:      "partner|mothers partner|fathers partner|parents partner|mums partner|dads partner|mother s partner|father s partner|mum s partner|dad s partner|parent s partner|mums boyfriend|dads girlfriend",
		RelationChildminder:  "childminder|child minder|nanny|au pair",
		RelationFriend:       "friend|family friend|neighbour|neighbor|friend of family|friend neighbour",
		RelationOther:        "other|other contact",
		RelationUnknown:      "|unknown|not known|not supplied",
	} {
		for name := range strings.SplitSeq(names, "|") {
			relationshipNames[name] = relationship
		}
	}
}

// ParseRelationship finds the relationship in a school's own text; keep the text too. It never fails: a text of the school's own is
// RelationOther. The relationship says nothing about parental responsibility.
func ParseRelationship(text string) Relationship {
	folded := Fold(text)
	if relationship, ok := relationshipNames[folded]; ok {
		return relationship
	}
	// "Mother (works nights)", "Mum - first contact": the part before the remark.
	if cut := strings.IndexAny(text, "(-–:,;["); cut > 0 {
		if relationship, ok := relationshipNames[Fold(text[:cut])]; ok && relationship != RelationUnknown {
			return relationship
		}
	}
	return RelationOther
}
