package messages

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

// This file is the log of everyday contact (V05): a call, a word at the gate, a visit. Whoever has it said writes it down from a phone while walking back,
// and hands it to the colleague whose matter it is. It waits on their list with its age in school days until they answer; after five it stands on the list of those
// who lead as well.

// LoggedWays are the ways in which a contact is noted by hand, the most usual first.
var LoggedWays = []roll.Listed{{Key: ByGate, Words: "Gate"}, {Key: ByCall, Words: "Call"}, {Key: ByMeeting, Words: "Meeting"}, {Key: ByVisit, Words: "Visit"}, {Key: ByCard, Words: "Card"}}

// WayWords says a way in which something is said.
func WayWords(way string) string {
	switch way {
	case ByText:
		return "Text"
	case ByEmail:
		return "E-mail"
	case ByLetter:
		return "Letter"
	}
	return roll.ListedWords(LoggedWays, way)
}

// What comes of a call.
const (
	Spoke    = "spoke"
	NoAnswer = "no_answer"
	LeftWord = "left_word"
)

// Outcomes lists them.
var Outcomes = []roll.Listed{{Key: Spoke, Words: "We spoke"}, {Key: LeftWord, Words: "Left word"}, {Key: NoAnswer, Words: "Nobody answered"}}

// EscalateAfter is after how many school days without an answer those who lead see it too (V05).
const EscalateAfter = 5

// escalateJob looks at a contact that waits, once its time is over.
const escalateJob = "messages.waits"

// ReaderRoles are the roles for which the words of a contact can be kept. The safeguarding lead is not among them: that role always reads.
var ReaderRoles = []access.Role{roll.Head, roll.Leader, roll.Senco, roll.KeyTeacher, roll.Teacher, roll.FamilyWorker, roll.Office}

// Logged is a contact as it is being noted.
type Logged struct {
	Pupils  []string `json:"pupils"`
	Adult   string   `json:"adult"` // the key of the adult; empty for somebody else, or several
	Way     string   `json:"way"`
	Tone    string   `json:"tone"`
	Words   string   `json:"words"`
	Outcome string   `json:"outcome"`
	On      string   `json:"on"`    // as typed; empty for today
	In      bool     `json:"in"`    // they came to the school
	Own     bool     `json:"own"`   // in their own language, or with an interpreter
	Owner   string   `json:"owner"` // the colleague who is to answer
	Roles   []string `json:"roles"` // who else may read the words
}

// ContactLine is a contact as its readers see it.
type ContactLine struct {
	Contact
	AdultName string
	OwnerName string
	OwnerEnds string         // their last day at work
	Children  []ContactChild // of those that the reader sees
	Hidden    bool           // the words are for others
	Age       int            // school days since it was asked, for one that waits
	Cover     string         // for whom the reader stands in
	MayAnswer bool
	MayStrike bool
}

// Waits tells whether somebody has still to answer.
func (c Contact) Waits() bool { return c.AskedMs != nil && c.AnsweredMs == nil && c.StruckMs == nil }

// ContactChild is a child whom a contact is about.
type ContactChild struct {
	ContactID ContactID
	Pupil     roll.PupilID
	Name      string
	Year      string
}

// MayReadContact decides who reads the words of a contact among those who see the child: everyone, unless roles are named; then its author, its owner and
// who covers for them, the safeguarding lead, and those roles.
func MayReadContact(c Contact, w access.Who, covers bool) bool {
	if c.Readers == "" || slices.Contains(w.Roles, roll.SafeguardingLead) || covers {
		return true
	}
	if w.Staff != 0 && (c.StaffID != nil && int64(*c.StaffID) == w.Staff || c.OwnerID != nil && int64(*c.OwnerID) == w.Staff) {
		return true
	}
	return slices.ContainsFunc(strings.Split(c.Readers, ","), func(r string) bool { return slices.Contains(w.Roles, access.Role(r)) })
}

// LogView is what the short form needs.
type LogView struct {
	Pupil    roll.Pupil
	Siblings []Sibling // that the person sees too, to be ticked
	Adults   []LogAdult
	Staff    []roll.Listed // who can be asked, with their parts
	Draft    Logged
	SavedMs  int64
	Today    string
	Balance  Balance
	MayLog   bool
}

// LogAdult is an adult whom no order keeps from being spoken with about the child.
type LogAdult struct {
	ID         roll.AdultID
	Name       string
	Tie        string
	Interprets bool // needs an interpreter, or speaks another language than English
	Speaks     string
}

// LogForm opens the short form about one child.
func (s *Service) LogForm(ctx context.Context, p access.Pass, pupil roll.PupilID) (v LogView, err error) {
	if _, err := p.CheckNamed(Log); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := roll.Enter(tx, Log, pupil)
		if err != nil {
			return err
		}
		v, err = LogFormIn(tx, child)
		return err
	})
	return v, err
}

// LogFormIn is the same about a child who has been entered, for the panel of their page.
func LogFormIn(tx *db.Tx, child roll.Pupil) (v LogView, err error) {
	v.Pupil, v.Today, v.MayLog = child, tx.Today(), true
	rels, err := roll.Relations(tx, child.ID)
	if err != nil {
		return v, err
	}
	for _, r := range rels {
		if ok, _ := roll.May(r, roll.Contact, v.Today); ok {
			v.Adults = append(v.Adults, LogAdult{ID: r.Adult.ID, Name: r.Adult.Name, Tie: r.Tie.Relationship, Speaks: r.Adult.Speaks, Interprets: needsOwn(r.Adult)})
		}
	}
	others, err := roll.Siblings(tx, child.ID)
	if err != nil {
		return v, err
	}
	for _, o := range others {
		x, err := roll.Enter(tx, Log, o)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return v, err
		}
		v.Siblings = append(v.Siblings, Sibling{Pupil: o, Name: x.Name()})
	}
	if v.Staff, err = askable(tx, child.ID); err != nil {
		return v, err
	}
	if v.Balance, err = balanceOf(tx, child.ID); err != nil {
		return v, err
	}
	body, at, err := logDraft(tx, roll.StaffID(tx.Pass().Who().Staff), child.ID)
	if err != nil || body == "" {
		return v, err
	}
	v.SavedMs = at
	return v, json.Unmarshal([]byte(body), &v.Draft)
}

// needsOwn tells whether a talk in English alone may not be one: an interpreter is asked for, or another language is spoken and nobody has said that none is needed.
func needsOwn(a roll.Adult) bool {
	if a.Interpreter != nil {
		return *a.Interpreter
	}
	return a.Speaks != "" && !isEnglish(a.Speaks)
}

// isEnglish tells whether the word that a record has for a language means English.
func isEnglish(word string) bool {
	l, known := say.Reads(word)
	return known && l.IsEnglish()
}

// askable lists the colleagues who see a child and can be handed a matter about them: by their roles, or by working with them; never about their own child.
func askable(tx *db.Tx, pupil roll.PupilID) (out []roll.Listed, err error) {
	rows, err := colleaguesFor(tx, pupil)
	if err != nil {
		return nil, err
	}
	type who struct {
		name  string
		roles []string
		sees  bool
	}
	at, order := map[roll.StaffID]*who{}, []roll.StaffID{}
	for _, r := range rows {
		if at[r.StaffID] == nil {
			at[r.StaffID] = &who{name: r.Name}
			order = append(order, r.StaffID)
		}
		x := at[r.StaffID]
		x.roles = append(x.roles, roll.RoleWords[r.Role])
		switch Read.Roles[r.Role] {
		case access.All:
			x.sees = true
		case access.Own:
			x.sees = x.sees || r.Works
		}
	}
	for _, id := range order {
		x := at[id]
		if !x.sees || int64(id) == tx.Pass().Who().Staff {
			continue
		}
		own, err := roll.IsOwnChild(tx, id, pupil)
		if err != nil {
			return nil, err
		}
		if !own {
			out = append(out, roll.Listed{Key: id.String(), Words: x.name + ", " + strings.ToLower(strings.Join(x.roles, ", "))})
		}
	}
	return out, nil
}

const longestContact = 4000

func (l Logged) read(today string) (c Contact, err error) {
	var f fault.Fields
	c = Contact{Way: l.Way, Tone: l.Tone, Words: strings.TrimSpace(l.Words), Direction: "out", HappenedOn: today}
	if l.In {
		c.Direction = "in"
	}
	if roll.ListedWords(LoggedWays, l.Way) == "" || !listed(LoggedWays, l.Way) {
		f.Add("way", "Choose how you spoke.")
	}
	if !listed(Tones, l.Tone) {
		f.Add("tone", "Choose what it was: good news, a concern, or neither.")
	}
	if l.Way == ByCall {
		if c.Outcome = cmp.Or(l.Outcome, Spoke); !listed(Outcomes, c.Outcome) {
			f.Add("outcome", "Choose what came of the call.")
		}
	}
	if n := len([]rune(c.Words)); n > longestContact {
		f.Add("words", "This is too long: it has %d characters and there is room for %d.", n, longestContact)
	}
	if l.On != "" {
		d, err := roll.ParseDate(l.On, roll.DateStyle{})
		switch {
		case err != nil:
			f.Add("on", "“%s” is not a date. Write it as day, month and year, like 27 3 2026.", l.On)
		case d.ISO > today:
			f.Add("on", "This day is still to come. Write the day on which you spoke.")
		default:
			c.HappenedOn = d.ISO
		}
	}
	for _, r := range l.Roles {
		if !slices.Contains(ReaderRoles, access.Role(r)) {
			f.Add("roles", "Choose the roles from the list.")
			break
		}
	}
	c.Readers = strings.Join(l.Roles, ",")
	return c, f.Err()
}

func listed(list []roll.Listed, key string) bool {
	return slices.ContainsFunc(list, func(x roll.Listed) bool { return x.Key == key })
}

// LogContact keeps a contact about one child or several. What may be a worry about a child's safety is refused with a *worry.Error, and nothing of it is stored.
func (s *Service) LogContact(ctx context.Context, p access.Pass, l Logged) (id ContactID, err error) {
	if _, err := p.CheckNamed(Log); err != nil {
		return 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		id, err = s.logContact(tx, l)
		return err
	})
	return id, err
}

func (s *Service) logContact(tx *db.Tx, l Logged) (ContactID, error) {
	children, err := enterAll(tx, Log, l.Pupils)
	if err != nil {
		return 0, err
	}
	c, err := l.read(tx.Today())
	faults := fault.AsFields(err)
	if err != nil && faults == nil {
		return 0, err
	}
	if l.Adult != "" {
		a, err := spokenWith(tx, l.Adult, children)
		if err != nil {
			more := fault.AsFields(err)
			if more == nil {
				return 0, err
			}
			faults = append(faults, more...)
		} else {
			c.AdultID = new(a.ID)
			if l.Own {
				c.Lang = cmp.Or(a.Speaks, a.Reads)
			}
		}
	}
	if l.Owner != "" {
		owner, err := owning(tx, l.Owner, children)
		if err != nil {
			more := fault.AsFields(err)
			if more == nil {
				return 0, err
			}
			faults = append(faults, more...)
		} else {
			c.OwnerID, c.AskedMs = new(owner), new(tx.Now())
		}
		if c.Words == "" {
			faults = append(faults, fault.AsFields(fault.Field("words", "Write a few words about what is asked, for the colleague who is to answer."))...)
		}
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	if err := s.keeper.Heed(nil, worry.Says("words", "What was said", l.Words)); err != nil {
		return 0, err
	}
	w := tx.Pass().Who()
	c.ID, c.ByName, c.MadeMs, c.AtMs = ids.New[Contact](), w.Name, tx.Now(), tx.Now()
	if w.Staff != 0 {
		c.StaffID = new(roll.StaffID(w.Staff))
	}
	if c.HappenedOn != tx.Today() {
		if at, err := time.ParseInLocation("2006-01-02 15", c.HappenedOn+" 12", s.DB.Clock().Zone()); err == nil {
			c.AtMs = at.UnixMilli()
		}
	}
	if err := insertContact(tx, c); err != nil {
		return 0, err
	}
	for _, child := range children {
		if err := insertAbout(tx, c.ID, child.ID); err != nil {
			return 0, err
		}
		if err := dropLogDraft(tx, roll.StaffID(w.Staff), child.ID); err != nil {
			return 0, err
		}
	}
	return c.ID, s.promiseEscalation(tx, c)
}

// mostChildren bounds one contact: the children of one family.
const mostChildren = 20

func enterAll(tx *db.Tx, right access.Right, keys []string) (out []roll.Pupil, err error) {
	if len(keys) == 0 || len(keys) > mostChildren {
		return nil, fault.Field("pupils", "Choose the child it was about, or several of one family.")
	}
	for _, k := range keys {
		id, err := ids.Parse[roll.Pupil](k)
		if err != nil {
			return nil, fault.Gone("pupil")
		}
		if slices.ContainsFunc(out, func(p roll.Pupil) bool { return p.ID == id }) {
			continue
		}
		child, err := roll.Enter(tx, right, id)
		if err != nil {
			return nil, err
		}
		out = append(out, child)
	}
	return out, nil
}

// spokenWith finds the adult among those whom no order keeps from being spoken with about one of the children.
func spokenWith(tx *db.Tx, key string, children []roll.Pupil) (roll.Adult, error) {
	id, err := ids.Parse[roll.Adult](key)
	if err != nil {
		return roll.Adult{}, fault.Field("adult", "Choose whom you spoke with from the list.")
	}
	for _, child := range children {
		rels, err := roll.Relations(tx, child.ID)
		if err != nil {
			return roll.Adult{}, err
		}
		for _, r := range rels {
			if ok, _ := roll.May(r, roll.Contact, tx.Today()); ok && r.Adult.ID == id {
				return r.Adult, nil
			}
		}
	}
	return roll.Adult{}, fault.Field("adult", "Choose whom you spoke with from the list.")
}

func owning(tx *db.Tx, key string, children []roll.Pupil) (roll.StaffID, error) {
	id, err := ids.Parse[roll.Staff](key)
	if err != nil {
		return 0, fault.Field("owner", "Choose the colleague from the list.")
	}
	for _, child := range children {
		can, err := askable(tx, child.ID)
		if err != nil {
			return 0, err
		}
		if !listed(can, id.String()) && int64(id) != tx.Pass().Who().Staff {
			return 0, fault.Field("owner", "This colleague does not see %s. Choose somebody from the list.", child.Name())
		}
	}
	return id, nil
}

// SaveLogDraft keeps what somebody has begun to note about a child. Words that may hold a worry are left out and named in the error; all else is kept.
func (s *Service) SaveLogDraft(ctx context.Context, p access.Pass, pupil roll.PupilID, l Logged) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	var waits *worry.Error
	err := s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Log, pupil); err != nil {
			return err
		}
		if p.Who().Staff == 0 {
			return fault.New(fault.Forbidden, "Drafts are kept for members of staff.")
		}
		if len(l.Words) > 12*longestContact || len(l.Pupils) > mostChildren || len(l.Roles) > 2*len(ReaderRoles) {
			return fault.Field("words", "This is too long to be kept as a draft.")
		}
		if w, ok := worry.As(s.keeper.Heed(nil, worry.Says("words", "What was said", l.Words))); ok {
			waits, l.Words = w, ""
		}
		body, err := json.Marshal(l)
		if err != nil {
			return err
		}
		return putLogDraft(tx, roll.StaffID(p.Who().Staff), pupil, string(body))
	})
	if err == nil && waits != nil {
		return waits
	}
	return err
}

// DropLogDraft forgets what was begun.
func (s *Service) DropLogDraft(ctx context.Context, p access.Pass, pupil roll.PupilID) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := roll.Enter(tx, Log, pupil); err != nil {
			return err
		}
		return dropLogDraft(tx, roll.StaffID(p.Who().Staff), pupil)
	})
}

// ContactList is what was said with a child's family, the latest first.
type ContactList struct {
	Pupil   roll.Pupil
	Lines   []ContactLine
	Hidden  int // contacts whose words are for others
	Balance Balance
	MayLog  bool
	Today   string
}

// ContactsOf opens what was said with the family of a child.
func (s *Service) ContactsOf(ctx context.Context, p access.Pass, pupil roll.PupilID) (out ContactList, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		child, err := roll.Enter(tx, Read, pupil)
		if err != nil {
			return err
		}
		out, err = ContactsIn(tx, child)
		return err
	})
	return out, err
}

// ContactsIn is the same about a child who has been entered.
func ContactsIn(tx *db.Tx, child roll.Pupil) (out ContactList, err error) {
	out.Pupil, out.Today, out.MayLog = child, tx.Today(), tx.Pass().Scope(Log) >= access.Own
	if out.Balance, err = balanceOf(tx, child.ID); err != nil {
		return out, err
	}
	list, err := contactsOfPupil(tx, child.ID)
	if err != nil {
		return out, err
	}
	lines, err := dress(tx, list)
	for _, l := range lines {
		if l.Hidden {
			out.Hidden++
			continue
		}
		out.Lines = append(out.Lines, l)
	}
	return out, err
}

// dress gives contacts the names of their children, as far as the person sees them, and takes away the words that are for others.
func dress(tx *db.Tx, list []ContactLine) ([]ContactLine, error) {
	if len(list) == 0 {
		return nil, nil
	}
	keys := make([]ContactID, len(list))
	for i, c := range list {
		keys[i] = c.ID
	}
	about, err := childrenOf(tx, keys)
	if err != nil {
		return nil, err
	}
	covering, err := roll.CoveringFor(tx)
	if err != nil {
		return nil, err
	}
	off, err := roll.DaysOff(tx)
	if err != nil {
		return nil, err
	}
	p, me := tx.Pass(), tx.Pass().Who()
	for i := range list {
		c := &list[i]
		c.Children = about[c.ID]
		covers := false
		if c.OwnerID != nil {
			for _, x := range c.Children {
				for _, in := range covering {
					if in.For(*c.OwnerID, x.Pupil) {
						covers, c.Cover = true, in.Name
					}
				}
			}
		}
		mine := c.OwnerID != nil && me.Staff != 0 && int64(*c.OwnerID) == me.Staff
		author := c.StaffID != nil && me.Staff != 0 && int64(*c.StaffID) == me.Staff
		if c.Hidden = p.Reason() == "" && !MayReadContact(c.Contact, me, covers); c.Hidden {
			c.Words, c.Answer, c.StruckWhy = "", "", ""
		}
		if c.Waits() {
			c.Age = roll.SchoolDays(dayOf(tx, *c.AskedMs), tx.Today(), off)
		}
		c.MayAnswer = c.Waits() && !c.Hidden && (mine || covers || p.Scope(Log) == access.All)
		c.MayStrike = c.StruckMs == nil && !c.Hidden && c.CopyID == 0 && c.Folded == "" && (author || slices.Contains(me.Roles, roll.Head) || slices.Contains(me.Roles, roll.SafeguardingLead))
	}
	return list, nil
}

// dayOf is the day of a moment where the school is.
func dayOf(tx *db.Tx, ms int64) string {
	return time.UnixMilli(ms).In(tx.DB().Clock().Zone()).Format(time.DateOnly)
}

// enterContact opens a contact for a right: by a child of it whom the person sees, or because it waits for them. One that is not there, one about a family who is not
// theirs and one whose words are for others look the same. The wall before one's own family holds for owners too.
func enterContact(tx *db.Tx, right access.Right, id ContactID) (c ContactLine, err error) {
	gone := fault.Gone("contact")
	list, err := contactByID(tx, id)
	if err != nil {
		return c, err
	}
	if len(list) == 0 {
		return c, gone
	}
	if list, err = dress(tx, list); err != nil {
		return c, err
	}
	c = list[0]
	if c.Hidden {
		return ContactLine{}, gone
	}
	all, seen := c.Children, []ContactChild(nil)
	for _, x := range all {
		_, err := roll.Enter(tx, right, x.Pupil)
		switch {
		case err == nil:
			seen = append(seen, x)
		case fault.KindOf(err) != fault.NotFound:
			return ContactLine{}, err
		}
	}
	if len(seen) > 0 {
		c.Children = seen
		return c, nil
	}
	if _, err := tx.Pass().CheckNamed(right); err != nil {
		return ContactLine{}, gone
	}
	me := tx.Pass().Who()
	if c.Cover == "" && (c.OwnerID == nil || me.Staff == 0 || int64(*c.OwnerID) != me.Staff) {
		return ContactLine{}, gone
	}
	for _, x := range all {
		if own, err := roll.OwnChild(tx, x.Pupil); err != nil || own {
			return ContactLine{}, errors.Join(err, gone)
		}
	}
	return c, nil
}

// ContactView is the page of one contact.
type ContactView struct {
	ContactLine
	Staff []roll.Listed // to whom it can be handed
	Today string
}

// Contact opens one contact.
func (s *Service) Contact(ctx context.Context, p access.Pass, id ContactID) (v ContactView, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if v.ContactLine, err = enterContact(tx, Read, id); err != nil {
			return err
		}
		v.Today = tx.Today()
		if len(v.Children) > 0 && v.StruckMs == nil && v.AnsweredMs == nil {
			v.Staff, err = askable(tx, v.Children[0].Pupil)
		}
		return err
	})
	return v, err
}

// RouteContact hands a contact to a colleague, who is to answer. Handing it on again does not make it any younger.
func (s *Service) RouteContact(ctx context.Context, p access.Pass, id ContactID, owner string) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		c, err := enterContact(tx, Log, id)
		if err != nil {
			return err
		}
		if c.StruckMs != nil || c.AnsweredMs != nil {
			return fault.New(fault.Conflict, "This is answered or struck through already. Note what was said since as a contact of its own.")
		}
		var children []roll.Pupil
		for _, x := range c.Children {
			children = append(children, roll.Pupil{ID: x.Pupil, KnownAs: x.Name})
		}
		to, err := owning(tx, owner, children)
		if err != nil {
			return err
		}
		if c.AskedMs == nil {
			c.AskedMs = new(tx.Now())
		}
		if err := setOwner(tx, id, to, *c.AskedMs); err != nil {
			return err
		}
		c.OwnerID = &to
		return s.promiseEscalation(tx, c.Contact)
	})
}

// AnswerContact says what came of it. Whoever asked sees it on the child's page and on their own list.
func (s *Service) AnswerContact(ctx context.Context, p access.Pass, id ContactID, words string) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	words = strings.TrimSpace(words)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		c, err := enterContact(tx, Log, id)
		if err != nil {
			return err
		}
		if !c.Waits() {
			return fault.New(fault.Conflict, "Nobody waits for this any more: it was answered or struck through.")
		}
		if !c.MayAnswer {
			return fault.New(fault.Forbidden, "It waits for %s. You can hand it to yourself first, or speak to them.", c.OwnerName)
		}
		if words == "" {
			return fault.Field("answer", "Write in a few words what came of it.")
		}
		if len([]rune(words)) > longestContact {
			return fault.Field("answer", "This is too long. There is room for %d characters.", longestContact)
		}
		if err := s.keeper.Heed(nil, worry.Says("answer", "What came of it", words)); err != nil {
			return err
		}
		if err := answerContact(tx, id, words); err != nil {
			return err
		}
		_, err = s.Jobs.Cancel(tx, escalateJob, int64(id))
		return err
	})
}

// StrikeContact strikes a contact through as noted in error. It stays readable.
func (s *Service) StrikeContact(ctx context.Context, p access.Pass, id ContactID, why string) error {
	if _, err := p.CheckNamed(Log); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		c, err := enterContact(tx, Log, id)
		if err != nil {
			return err
		}
		if !c.MayStrike {
			return fault.New(fault.Forbidden, "This can be struck through by who noted it, the head or the safeguarding lead, and only once.")
		}
		if why == "" {
			return fault.Field("why", "Write why: for example, that it is about another child.")
		}
		if len([]rune(why)) > 500 {
			return fault.Field("why", "The reason is too long. There is room for 500 characters.")
		}
		if err := s.keeper.Heed(nil, worry.Says("why", "Why", why)); err != nil {
			return err
		}
		if err := strikeContact(tx, id, why); err != nil {
			return err
		}
		_, err = s.Jobs.Cancel(tx, escalateJob, int64(id))
		return err
	})
}

// WaitingList is what waits for the person of the pass, and for those who lead what has waited too long with others.
type WaitingList struct {
	Today     string
	Mine      []ContactLine // as owner, or covering for the owner
	Escalated []ContactLine // of everybody, for those who lead
	Asked     []ContactLine // what the person handed to others and is not answered, or was in the last two weeks
	Leads     bool
}

// WaitingContacts reads it, the oldest first.
func (s *Service) WaitingContacts(ctx context.Context, p access.Pass) (out WaitingList, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = WaitingIn(tx)
		return err
	})
	return out, err
}

// WaitingIn is the same for the panel of the first page.
func WaitingIn(tx *db.Tx) (out WaitingList, err error) {
	me := tx.Pass().Who()
	out.Today = tx.Today()
	out.Leads = slices.Contains(me.Roles, roll.Head) || slices.Contains(me.Roles, roll.Leader)
	list, err := contactsWaiting(tx)
	if err != nil {
		return out, err
	}
	if list, err = dress(tx, list); err != nil {
		return out, err
	}
	for _, c := range list {
		own := false
		for _, x := range c.Children {
			if own, err = roll.OwnChild(tx, x.Pupil); err != nil {
				return out, err
			}
			if own {
				break
			}
		}
		mine := me.Staff != 0 && c.OwnerID != nil && int64(*c.OwnerID) == me.Staff
		switch {
		case own:
		case mine || c.Cover != "":
			out.Mine = append(out.Mine, c)
		case out.Leads && (c.EscalatedMs != nil || c.OwnerEnds < out.Today):
			out.Escalated = append(out.Escalated, c)
		}
		if !own && !mine && me.Staff != 0 && c.StaffID != nil && int64(*c.StaffID) == me.Staff {
			out.Asked = append(out.Asked, c)
		}
	}
	answered, err := contactsAnswered(tx, roll.StaffID(me.Staff), tx.Now()-14*24*time.Hour.Milliseconds())
	if err != nil {
		return out, err
	}
	answered, err = dress(tx, answered)
	out.Asked = append(out.Asked, answered...)
	return out, err
}

// promiseEscalation looks at a contact again when five school days are over since it was asked, at the time of day at which it was.
func (s *Service) promiseEscalation(tx *db.Tx, c Contact) error {
	if c.AskedMs == nil || c.AnsweredMs != nil || c.EscalatedMs != nil {
		return nil
	}
	off, err := roll.DaysOff(tx)
	if err != nil {
		return err
	}
	return s.Jobs.Promise(tx, escalateJob, int64(c.ID), escalatesAt(*c.AskedMs, off, s.DB.Clock().Zone()))
}

// escalatesAt is the moment at which five school days are over.
func escalatesAt(askedMs int64, off []roll.Dates, zone *time.Location) int64 {
	at := time.UnixMilli(askedMs).In(zone)
	from := at.Format(time.DateOnly)
	for i := 1; i <= 366; i++ {
		day := at.AddDate(0, 0, i)
		if roll.SchoolDays(from, day.Format(time.DateOnly), off) >= EscalateAfter {
			return day.UnixMilli()
		}
	}
	return at.AddDate(1, 0, 0).UnixMilli()
}

// escalate puts a contact on the list of those who lead, unless somebody has answered. Where holidays were entered meanwhile it is looked at later.
func (s *Service) escalate(ctx context.Context, j jobs.Job) error {
	return s.DB.Update(ctx, access.System("put what nobody answered in five school days before those who lead", j.Org), func(tx *db.Tx) error {
		list, err := contactByID(tx, ContactID(j.Key))
		if err != nil || len(list) == 0 {
			return err
		}
		c := list[0]
		if !c.Waits() || c.EscalatedMs != nil {
			return nil
		}
		off, err := roll.DaysOff(tx)
		if err != nil {
			return err
		}
		if due := escalatesAt(*c.AskedMs, off, s.DB.Clock().Zone()); due > tx.Now() {
			return s.Jobs.Promise(tx, escalateJob, j.Key, due)
		}
		return escalateContact(tx, c.ID)
	})
}

// LogSearch is the page for those who don't know where a child is in Ajar: a name, then the child.
type LogSearch struct {
	Text  string
	Found roll.Found
	Near  []ContactChild // children about whom the person noted something lately
}

// FindToLog searches children about whom the person may note something.
func (s *Service) FindToLog(ctx context.Context, p access.Pass, text string) (out LogSearch, err error) {
	if _, err := p.CheckNamed(Log); err != nil {
		return out, err
	}
	out.Text = text
	if text != "" {
		if out.Found, err = s.Roll.Find(ctx, p, text); err != nil {
			return out, err
		}
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if out.Near, err = lately(tx, roll.StaffID(p.Who().Staff)); err != nil {
			return err
		}
		out.Near = slices.DeleteFunc(out.Near, func(c ContactChild) bool {
			_, err := roll.Enter(tx, Log, c.Pupil)
			return err != nil
		})
		return nil
	})
	return out, err
}

// AgeWords says how long something has waited.
func AgeWords(days int) string {
	switch days {
	case 0:
		return "today"
	case 1:
		return "1 school day"
	}
	return fmt.Sprintf("%d school days", days)
}
