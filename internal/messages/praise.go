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
	"ajar/internal/roll/worry"
)

// PraiseID is the key of a piece of praise.
type PraiseID = ids.ID[Praise]

// Praise is a postcard or a letter about one child, in English as it was written; what each adult gets is put together when it is printed.
type Praise struct {
	ID            PraiseID
	Kind          string // ByCard or ByLetter
	PupilID       roll.PupilID
	TemplateID    TemplateID // 0 for words of one's own
	Subject, Body string
	What          string // what the child did, for {what}
	Version       int
	ByName        string
	MadeMs        int64
	SignedName    string
	SignedMs      *int64
	PrintedMs     *int64
	DroppedMs     *int64
}

// most pieces of praise that are made at once, and the length of one.
const (
	mostPraise    = 120
	longestPraise = 600
)

// PraiseLine is one piece with the child it is about.
type PraiseLine struct {
	Praise
	Pupil roll.Pupil
	Shown Words // as it reads in English, filled
}

// PraiseDesk is what waits: to be signed, and to be printed.
type PraiseDesk struct {
	ToSign, ToPrint []PraiseLine
	Templates       []Template // of good tone, for the form
	Classes         []roll.Listed
	Pupils          []roll.Pupil // of the class that was chosen
}

// words are as they stand, with slots.
func (x Praise) words() Words {
	return Words{Lang: "en", Subject: x.Subject, Body: x.Body, Standing: Original}
}

func (x Praise) values(school string, pupil roll.Pupil, adult string, today, phone string) Values {
	first := pupil.Forename
	if pupil.KnownAs != "" {
		first = pupil.KnownAs
	}
	return Values{Children: []string{first}, Adult: adult, School: school, Phone: phone, Today: today, Given: map[string]string{"what": x.What}}
}

// Praises gives what waits, of the children whom one sees, and the pupils of a class to choose from.
func (s *Service) Praises(ctx context.Context, p access.Pass, class roll.ClassID) (out PraiseDesk, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		seen, err := roll.Pupils(tx, Send)
		if err != nil {
			return err
		}
		list, err := openPraise(tx)
		if err != nil {
			return err
		}
		school, _, err := roll.Sender(tx)
		if err != nil {
			return err
		}
		for _, x := range list {
			at := slices.IndexFunc(seen, func(c roll.Pupil) bool { return c.ID == x.PupilID })
			if at < 0 {
				continue
			}
			line := PraiseLine{x, seen[at], Words{}}
			line.Shown, _ = Fill(x.words(), say.Tongue("en"), x.values(school, seen[at], "", tx.Today(), ""))
			if x.SignedMs == nil {
				out.ToSign = append(out.ToSign, line)
			} else {
				out.ToPrint = append(out.ToPrint, line)
			}
		}
		all, err := templates(tx)
		if err != nil {
			return err
		}
		for _, t := range all {
			if t.Tone == Good && t.Way == ByLetter && MaySend(t, p.Who().Roles) {
				out.Templates = append(out.Templates, t)
			}
		}
		if out.Classes, err = classesNow(tx); err != nil || class.Zero() {
			return err
		}
		in, err := pupilsOfClass(tx, class)
		for _, c := range seen {
			if in[c.ID] {
				out.Pupils = append(out.Pupils, c)
			}
		}
		return err
	})
	return out, err
}

// PraiseAsked is praise for several children: the words are the same until somebody changes one, and what each of them did may be said for each.
type PraiseAsked struct {
	Kind     string
	Template TemplateID
	Subject  string
	Body     string // one's own words, where there is no template
	What     map[roll.PupilID]string
}

// MakePraise makes a piece for each child. Nothing goes anywhere before somebody has signed it.
func (s *Service) MakePraise(ctx context.Context, p access.Pass, a PraiseAsked) (n int, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, err
	}
	a.Subject, a.Body = strings.TrimSpace(a.Subject), strings.TrimSpace(a.Body)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		w := Words{Subject: a.Subject, Body: a.Body}
		if a.Template != 0 {
			v, err := templateView(tx, a.Template)
			if err != nil {
				return err
			}
			if !v.MaySend {
				return access.Denied()
			}
			w = v.English
		}
		var f fault.Fields
		if a.Kind != ByCard && a.Kind != ByLetter {
			f.Add("kind", "Say whether it is a postcard or a letter.")
		}
		if len(a.What) == 0 {
			f.Add("pupils", "Tick the children.")
		}
		if len(a.What) > mostPraise {
			f.Add("pupils", "That is more than %d at once. Take them in parts.", mostPraise)
		}
		judgePraise(&f, w, a.Template == 0)
		if err := f.Err(); err != nil {
			return err
		}
		pupils := make([]roll.PupilID, 0, len(a.What))
		for id := range a.What {
			pupils = append(pupils, id)
		}
		slices.Sort(pupils)
		for _, id := range pupils {
			if _, err := roll.Enter(tx, Send, id); err != nil {
				return err
			}
			x := Praise{ID: ids.New[Praise](), Kind: a.Kind, PupilID: id, TemplateID: a.Template, Subject: w.Subject, Body: w.Body, What: strings.TrimSpace(a.What[id])}
			if needsWhat(w) && x.What == "" {
				f.Add("what", "Write what each child did. It is what the family will remember.")
				return f.Err()
			}
			long(&f, "what", x.What, 300)
			if err := f.Err(); err != nil {
				return err
			}
			if err := s.keeper.Heed(nil, worry.Says("body", "Words", x.Body), worry.Says("what", "What the child did", x.What)); err != nil {
				return err
			}
			if err := insertPraise(tx, x); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func needsWhat(w Words) bool {
	return slices.ContainsFunc(ToFill(w), func(k SlotInfo) bool { return k.Name == "what" })
}

// judgePraise judges the words: they have only slots that can be filled here.
func judgePraise(f *fault.Fields, w Words, own bool) {
	if w.Body == "" {
		f.Add("body", "Choose a template, or write the words.")
	}
	if own {
		long(f, "body", w.Body, longestPraise)
	}
	long(f, "subject", w.Subject, longestSubject)
	for _, bad := range Judge(w) {
		f.Add(bad.Place, "%s", bad.Words)
	}
	for _, x := range Slots(w) {
		if !slices.Contains([]string{"child", "children", "adult", "school", "phone", "today", "what"}, x.Name) && x.Fixed == "" {
			f.Add("body", "%s can't be filled on a postcard or letter of praise.", x.Text())
		}
	}
}

// PraisePiece opens one piece.
func (s *Service) PraisePiece(ctx context.Context, p access.Pass, id PraiseID) (out PraiseLine, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = praiseLine(tx, id)
		return err
	})
	return out, err
}

func praiseLine(tx *db.Tx, id PraiseID) (out PraiseLine, err error) {
	if out.Praise, err = praiseByID(tx, id); err != nil {
		return out, err
	}
	if out.Pupil, err = roll.Enter(tx, Send, out.PupilID); err != nil {
		return out, err
	}
	school, _, err := roll.Sender(tx)
	if err != nil {
		return out, err
	}
	out.Shown, _ = Fill(out.words(), say.Tongue("en"), out.values(school, out.Pupil, "", tx.Today(), ""))
	return out, nil
}

var praiseChanged = "This was changed or printed on another page in the meantime. Look at it again."

// ChangePraise writes one piece anew. Whoever had signed it signs again.
func (s *Service) ChangePraise(ctx context.Context, p access.Pass, id PraiseID, subject, body, what string, seen int) error {
	if _, err := p.CheckNamed(Send); err != nil {
		return err
	}
	subject, body, what = strings.TrimSpace(subject), strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")), strings.TrimSpace(what)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		was, err := praiseLine(tx, id)
		if err != nil {
			return err
		}
		x := was.Praise
		if x.Subject != subject || x.Body != body {
			x.TemplateID = 0 // the translations say something else
		}
		x.Subject, x.Body, x.What = subject, body, what
		var f fault.Fields
		judgePraise(&f, x.words(), true)
		if needsWhat(x.words()) && what == "" {
			f.Add("what", "Write what the child did. It is what the family will remember.")
		}
		long(&f, "what", what, 300)
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.keeper.Heed([]string{was.Body, was.What}, worry.Says("body", "Words", body), worry.Says("what", "What the child did", what)); err != nil {
			return err
		}
		done, err := changePraise(tx, x, seen)
		if err == nil && !done {
			err = fault.New(fault.Conflict, "%s", praiseChanged)
		}
		return err
	})
}

// SignPraise puts one's name under one piece, as it was seen.
func (s *Service) SignPraise(ctx context.Context, p access.Pass, id PraiseID, seen int) error {
	if _, err := p.CheckNamed(Send); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := praiseLine(tx, id); err != nil {
			return err
		}
		done, err := signPraise(tx, id, seen)
		if err == nil && !done {
			err = fault.New(fault.Conflict, "%s", praiseChanged)
		}
		return err
	})
}

// DropPraise takes one piece away before it is printed.
func (s *Service) DropPraise(ctx context.Context, p access.Pass, id PraiseID) error {
	if _, err := p.CheckNamed(Send); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := praiseLine(tx, id); err != nil {
			return err
		}
		return dropPraise(tx, id)
	})
}

// PraisePrint is one postcard or letter for one adult.
type PraisePrint struct {
	Praise
	Adult   roll.AdultID
	Name    string   // of the adult
	Post    []string // where they live, as they may be written to
	Lang    say.Lang
	Theirs  Words // in their language; empty where it is English alone
	English Words
	Note    string // what is said about the language
	School  string
	Today   string
	Phone   string
}

// PrintPraise marks what is signed as printed, of one kind and of the children whom one sees, and notes good news for each adult who gets it. at is by what PrintedPraise finds it
// again; none is how many had nobody who may get it, and these stay where they are.
func (s *Service) PrintPraise(ctx context.Context, p access.Pass, kind string) (at int64, n, none int, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return 0, 0, 0, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		list, err := openPraise(tx)
		if err != nil {
			return err
		}
		at = tx.Now()
		list = slices.DeleteFunc(list, func(x Praise) bool { return x.SignedMs == nil || x.Kind != kind })
		prints, err := praiseFor(tx, list)
		if err != nil {
			return err
		}
		for _, x := range list {
			to := 0
			for _, one := range prints {
				if one.ID != x.ID {
					continue
				}
				to++
				if err := s.goodNews(tx, one); err != nil {
					return err
				}
			}
			if to == 0 {
				none++
				continue
			}
			n += to
			if err := markPrinted(tx, x.ID, at); err != nil {
				return err
			}
		}
		return nil
	})
	return at, n, none, err
}

func (s *Service) goodNews(tx *db.Tx, x PraisePrint) error {
	note := s.NoteGood
	if note == nil {
		note = noteGood
	}
	return note(tx, x.Adult, x.PupilID, x.Kind, x.English.Body, x.Lang.Tag())
}

// PrintedPraise gives what was printed at one time, for the printer: put together anew, so that an order that came since is obeyed.
func (s *Service) PrintedPraise(ctx context.Context, p access.Pass, at int64) (out []PraisePrint, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		list, err := printedPraise(tx, at)
		if err != nil {
			return err
		}
		out, err = praiseFor(tx, list)
		return err
	})
	return out, err
}

// praiseFor puts together what each adult gets, of the children whom the pass sees: those who may be written to about the child and get letters.
func praiseFor(tx *db.Tx, list []Praise) (out []PraisePrint, err error) {
	seen, err := roll.Pupils(tx, Send)
	if err != nil {
		return nil, err
	}
	var keys []roll.PupilID
	for _, x := range list {
		keys = append(keys, x.PupilID)
	}
	of, err := roll.RelationsOf(tx, keys)
	if err != nil {
		return nil, err
	}
	school, _, err := roll.Sender(tx)
	if err != nil {
		return nil, err
	}
	phone, err := roll.Setting(tx, "school.phone")
	if err != nil {
		return nil, err
	}
	sayings := map[PraiseID]Saying{}
	for _, x := range list {
		at := slices.IndexFunc(seen, func(c roll.Pupil) bool { return c.ID == x.PupilID })
		if at < 0 {
			continue
		}
		if sayings[x.ID], err = praiseSaying(tx, x); err != nil {
			return nil, err
		}
		for _, r := range of[x.PupilID] {
			if ok, _ := roll.May(r, roll.Contact|roll.Lists, tx.Today()); !ok || !r.Tie.Parent() || !r.GetsLetters() {
				continue
			}
			one := PraisePrint{Praise: x, Adult: r.Adult.ID, Name: r.Adult.Name, Post: r.Post, School: school, Today: tx.Today(), Phone: phone}
			if one.put(sayings[x.ID], r.Adult.Reads, x.values(school, seen[at], r.Adult.Name, tx.Today(), phone)) {
				out = append(out, one)
			}
		}
	}
	return out, nil
}

// praiseSaying is in which languages a piece can go: those of its template while the English is the same, or of the phrases that it is made of.
func praiseSaying(tx *db.Tx, x Praise) (Saying, error) {
	if x.TemplateID != 0 {
		_, english, sy, err := TemplateSaying(tx, x.TemplateID)
		if err != nil || english.Body == x.Body && english.Subject == x.Subject {
			return sy, err
		}
	}
	list, _, err := PhraseWords(tx, x.words())
	if err != nil {
		return Saying{}, err
	}
	return SayingOf(tx, append(list, x.words()), false)
}

// put fills the words in both languages; false where they can't be filled, which judgePraise has kept from happening.
func (o *PraisePrint) put(sy Saying, reads string, v Values) bool {
	c := LanguageFor(sy, reads)
	o.Lang = say.Tongue(c.Lang)
	var found []Problem
	if o.English, found = Fill(o.words(), say.Tongue("en"), v); len(found) > 0 {
		return false
	}
	if c.Note {
		theirs, _ := say.Reads(reads)
		o.Note = EnglishNote(theirs, v.Phone)
	}
	if c.Lang == "en" {
		return true
	}
	for _, w := range sy.Words {
		if w.Lang == c.Lang && w.Standing == c.Standing {
			if o.Theirs, found = Fill(w, o.Lang, v); len(found) > 0 {
				return false
			}
		}
	}
	if c.Standing != Checked {
		o.Note = UncheckedNote(o.Lang, c.Standing)
	}
	return true
}

// PraiseOutlets are the ways by which praise reaches an adult.
func (s *Service) PraiseOutlets() []roll.Outlet {
	return []roll.Outlet{{Key: "messages.praise", Words: "Postcards and letters of praise", Needs: roll.Contact | roll.Lists, Reads: []string{"messages.praiseFor"}, Probe: s.praised, Sent: praisedTo}}
}

// praised makes a postcard about the child, signs and prints it, and looks who gets one.
func (s *Service) praised(ctx context.Context, a roll.Asked) (out roll.Reach, err error) {
	if _, err := s.MakePraise(ctx, a.Staff, PraiseAsked{Kind: ByCard, Body: "Good news about {child}: {what}.", What: map[roll.PupilID]string{a.Pupil: "read a whole book"}}); err != nil {
		return out, err
	}
	desk, err := s.Praises(ctx, a.Staff, 0)
	if err != nil {
		return out, err
	}
	for _, x := range desk.ToSign {
		if err := s.SignPraise(ctx, a.Staff, x.ID, x.Version); err != nil {
			return out, err
		}
	}
	at, _, _, err := s.PrintPraise(ctx, a.Staff, ByCard)
	if err != nil {
		return out, err
	}
	list, err := s.PrintedPraise(ctx, a.Staff, at)
	for _, x := range list {
		if x.PupilID == a.Pupil && x.Adult == a.Adult {
			out.Reached, out.Text = true, out.Text+x.English.Body+strings.Join(x.Post, " ")
		}
	}
	return out, err
}

func praisedTo(tx *db.Tx, pupil roll.PupilID, adult roll.AdultID) ([]roll.Sent, error) {
	list, err := praiseSent(tx, pupil, adult)
	var out []roll.Sent
	for _, r := range list {
		out = append(out, roll.Sent{On: r.HappenedOn, Words: map[string]string{ByCard: "Postcard of praise", ByLetter: "Letter of praise"}[r.Way]})
	}
	return out, err
}

// Dear and Regards begin and end a letter in a language.
func Dear(l say.Lang, name string) string { return l.Put(praiseDear, say.Args{"name": name}) }

// Regards is the line above the name.
func Regards(l say.Lang) string { return l.Put(praiseRegards) }
