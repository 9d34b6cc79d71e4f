package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"ajar/internal/roll"
)

// pupil is a fictional child with the grown-ups around them.
type pupil struct {
	id, upn, forename, surname, knownAs string
	born                                time.Time
	sex, year, class                    string
	sen, language                       string
	eal, fsm, premium, lookedAfter      bool
	carer                               bool
	address, postcode                   string
	parents                             []parent
	shape                               shape
}

type parent struct {
	name, relationship, responsibility, email, phone, language, reads string
	interpreter                                                       string
	livesWith                                                         string
}

// shape is what is drawn once for a child and colours all that is measured: how much is missed, how reading and number go, how days go.
type shape struct {
	absence, drift  float64 // share of sessions missed last year; how it changes this year
	reading, maths  float64 // standardised, mean 100
	trouble, praise float64 // a week
	homework        float64 // share missed
}

type maker struct {
	r        *rand.Rand
	serial   int
	phones   int
	emails   map[string]int
	siblings []family
}

// family can have another child in the same school or the next.
type family struct {
	surname  string
	c        community
	parents  []parent
	address  string
	postcode string
	fsm      bool
}

func newMaker(seed uint64) *maker {
	return &maker{r: rand.New(rand.NewPCG(seed, 0x616a6172)), emails: map[string]int{}}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (m *maker) chance(percent float64) bool { return m.r.Float64()*100 < percent }

func (m *maker) community() community {
	n := m.r.IntN(1000)
	for _, c := range communities {
		if n -= c.share; n < 0 {
			return c
		}
	}
	return communities[0]
}

// phone gives a number from the range kept for drama; after a thousand they repeat, which is how shared phones come about by themselves.
func (m *maker) phone() string {
	m.phones++
	return fmt.Sprintf("07700 900%03d", m.phones*37%1000)
}

func (m *maker) email(forename, surname string) string {
	key := roll.Fold(forename) + "." + roll.Fold(surname)
	b := []byte(key)
	for i, c := range b {
		if c == ' ' {
			b[i] = '-'
		}
	}
	m.emails[key]++
	if n := m.emails[key]; n > 1 {
		return fmt.Sprintf("%s%d@example.org", b, n)
	}
	return string(b) + "@example.org"
}

func (m *maker) family(fsm int) family {
	c := m.community()
	f := family{surname: pick(m.r, c.surnames), c: c, fsm: m.chance(float64(fsm))}
	f.address = fmt.Sprintf("%d %s, Harrowmere", 1+m.r.IntN(140), pick(m.r, streets))
	f.postcode = fmt.Sprintf("ZZ%d %d%c%c", 1+m.r.IntN(9), 1+m.r.IntN(9), 'A'+rune(m.r.IntN(8)), 'J'+rune(m.r.IntN(8)))
	mother := m.parent(c, pick(m.r, c.girls), f.surname, "Mother", "yes")
	f.parents = []parent{mother}
	switch {
	case m.chance(56): // both parents in one home
		father := m.parent(c, pick(m.r, c.boys), f.surname, "Father", "yes")
		if m.chance(14) {
			father.phone = mother.phone // one phone in the house
		}
		f.parents = append(f.parents, father)
	case m.chance(60): // two homes
		name := f.surname
		if m.chance(70) {
			name = pick(m.r, communities[m.r.IntN(4)].surnames)
		}
		father := m.parent(c, pick(m.r, c.boys), name, "Father", pick(m.r, []string{"yes", "yes", "yes", "no", ""}))
		father.livesWith = "no"
		f.parents = append(f.parents, father)
		if m.chance(25) {
			step := m.parent(c, pick(m.r, communities[0].boys), pick(m.r, communities[0].surnames), "Step-parent", "no")
			f.parents = append(f.parents, step)
		}
	case m.chance(18): // a grandparent brings the child up
		f.parents = []parent{m.parent(c, pick(m.r, c.girls), f.surname, "Grandmother", pick(m.r, []string{"yes", "", "no"}))}
	}
	return f
}

func (m *maker) parent(c community, forename, surname, relationship, responsibility string) parent {
	p := parent{name: forename + " " + surname, relationship: relationship, responsibility: responsibility, livesWith: "yes", phone: m.phone(), language: c.language}
	if m.chance(81) {
		p.email = m.email(forename, surname)
	}
	if m.chance(4) {
		p.phone = ""
	}
	if c.language == "" {
		p.language = pick(m.r, []string{"English", "English", ""})
		return p
	}
	p.reads = c.language
	if m.chance(45) {
		p.reads = "English"
	}
	if m.chance(38) {
		p.interpreter = "yes"
	}
	return p
}

// child makes one child of a year group. The number in the year counts from 0; the class follows from it.
func (m *maker) child(p place, prefix string, year roll.YearGroup, n int, schoolYear int) pupil {
	var f family
	if len(m.siblings) > 0 && m.chance(16) {
		i := m.r.IntN(len(m.siblings))
		f = m.siblings[i]
		m.siblings = append(m.siblings[:i], m.siblings[i+1:]...)
	} else {
		f = m.family(p.fsm)
		if m.chance(30) {
			m.siblings = append(m.siblings, f)
		}
	}
	m.serial++
	c := pupil{surname: f.surname, parents: f.parents, address: f.address, postcode: f.postcode, year: string(year), fsm: f.fsm}
	c.sex = pick(m.r, []string{"F", "M"})
	if c.sex == "F" {
		c.forename = pick(m.r, f.c.girls)
	} else {
		c.forename = pick(m.r, f.c.boys)
	}
	if f.c.language == "" && m.chance(7) {
		c.knownAs = map[string]string{"Charlotte": "Lottie", "Daniel": "Danny", "Joshua": "Josh", "Isaac": "Zac", "Georgia": "Georgie", "Harvey": "Harv", "Olivia": "Liv", "Nathan": "Nate"}[c.forename]
	}
	number, ok := year.Number()
	if !ok { // Reception
		number = 0
	}
	c.born = time.Date(schoolYear-5-number, 9, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.r.IntN(365))
	c.id = fmt.Sprintf("%s%05d", prefix, m.serial)
	c.upn = upn(999, 4000+int(prefix[0]), (schoolYear-max(number-4, 0))%100, m.serial%1000)
	if p.phase == "secondary" {
		c.class = string(year) + string("HARMOWELTN"[n*10/p.pupils])
	} else {
		c.class = pick(m.r, []string{"Robins", "Wrens"}) + " " + year.Words()
		if p.pupils == 30 {
			c.class = year.Words()
		}
	}
	if f.c.language != "" {
		c.language, c.eal = f.c.language, true
	} else if m.chance(94) {
		c.language = "English"
	}
	switch {
	case m.chance(4.2):
		c.sen = "E"
	case m.chance(15):
		c.sen = "K"
	case m.chance(97):
		c.sen = "N"
	}
	c.premium = c.fsm && m.chance(92) || m.chance(4)
	c.lookedAfter = m.chance(0.8)
	c.carer = m.chance(2.2)
	if c.lookedAfter {
		foster := m.parent(communities[0], pick(m.r, communities[0].girls), pick(m.r, communities[0].surnames), "Foster carer", "no")
		c.parents = append([]parent{foster}, c.parents[:1]...)
		c.parents[1].livesWith = "no"
		c.premium = true
	}
	c.shape = m.shape(c)
	return c
}

func (m *maker) shape(c pupil) shape {
	s := shape{absence: 0.045, reading: 102 + m.r.NormFloat64()*13, maths: 101 + m.r.NormFloat64()*13, trouble: 0.08, praise: 0.8 + m.r.Float64(), homework: 0.05 + m.r.Float64()*0.1}
	if c.fsm {
		s.absence += 0.03
		s.reading -= 4
		s.maths -= 4
	}
	if c.sen == "K" || c.sen == "E" {
		s.absence += 0.02
		s.reading -= 10
		s.maths -= 9
		s.trouble += 0.12
	}
	if m.chance(11) { // something is hard just now
		s.absence += 0.06 + m.r.ExpFloat64()*0.07
		s.trouble += 0.3
		s.homework += 0.25
	}
	s.absence = min(0.75, max(0.004, s.absence*(0.25+1.1*m.r.ExpFloat64()*0.7+0.2)))
	s.drift = m.r.NormFloat64() * 0.02
	return s
}

// upn makes a pupil number of an authority that does not exist, with its right check letter.
func upn(la, estab, year, serial int) string {
	body := fmt.Sprintf("%03d%04d%02d%03d", la, estab, year, serial)
	const letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
	sum := 0
	for i, c := range body {
		d, _ := strconv.Atoi(string(c))
		sum += d * (i + 2)
	}
	return string(letters[sum%23]) + body
}

// years of a phase, oldest last.
func years(phase string) []roll.YearGroup {
	if phase == "secondary" {
		return []roll.YearGroup{"7", "8", "9", "10", "11"}
	}
	return []roll.YearGroup{"R", "1", "2", "3", "4", "5", "6"}
}

// school makes every child of a school, in order of year and class.
func (m *maker) school(p place, schoolYear int) []pupil {
	var out []pupil
	for _, y := range years(p.phase) {
		for n := range p.pupils {
			out = append(out, m.child(p, p.code[:1], y, n, schoolYear))
		}
	}
	return out
}
