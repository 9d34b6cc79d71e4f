package family

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/say"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// CookieName is the cookie of the family's door. It is sent to addresses below /f alone, and no page of staff ever sees it.
const CookieName = "ajar_family"

// Identify finds out which adult sends a request. A cookie that is forgotten or over, an adult without a child who is open to them, and a shared device
// on which nobody has said who they are, are all the same: nobody.
func (s *Service) Identify(r *http.Request) (access.Who, bool, error) {
	return s.identify(r.Context(), Token(r))
}

// Token is what the browser brought along; empty when it brought nothing.
func Token(r *http.Request) string {
	c, err := r.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Service) identify(ctx context.Context, token string) (who access.Who, ok bool, err error) {
	if token == "" {
		return who, false, nil
	}
	err = s.DB.View(ctx, access.Installation("find the reader of a request"), func(tx *db.Tx) error {
		x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
		if err != nil || !found {
			return err
		}
		proved := proof(x.Reader, x.Others, tx.Now())
		if proved == 0 && (x.Others > 0 || !x.Alone) {
			return nil
		}
		return tx.Within(access.System("see whether the adult who asks still has a child here", x.Org), func(tx *db.Tx) error {
			name, found, err := roll.AdultName(tx, x.Adult)
			if err != nil || !found {
				return err
			}
			children, err := roll.OpenTo(tx, x.Adult)
			if err != nil || len(children) == 0 {
				return err
			}
			who = access.Who{Org: x.Org, OrgName: x.OrgName, Adult: int64(x.Adult), Name: name, Roles: []access.Role{roll.Parent}, SecondFactorMs: proved}
			ok = true
			return nil
		})
	})
	return who, ok, err
}

// proof is when the known fact was last proved, while that still counts; else 0.
func proof(r Reader, others int, now int64) int64 {
	length := ProofAlone
	if others > 0 || !r.Alone {
		length = ProofShared
	}
	if r.ProvedMs > 0 && now-r.ProvedMs < length.Milliseconds() {
		return r.ProvedMs
	}
	return 0
}

// Opening is what somebody finds who opens a link or types a code.
type Opening struct {
	State   State
	Org     int64
	OrgName string
	Phone   string // the school's own
	Tongue  string // what the adult chose or reads; empty when it is not known
	// Readers are the adults who share the phone or address that the link was sent to; one of them has to say that it is them.
	Readers []Choice

	link     Link
	adults   []roll.Adult // who may be reading, the link's own first
	shared   bool
	children int
}

// Choice is one name in the question who is reading.
type Choice struct {
	Adult  roll.AdultID
	Reader ReaderID
	First  string
	School string // told where the readers of a device are of several schools
}

// Key is what opened the door: the secret of a link, or a code from paper.
type Key struct {
	Secret string
	Code   string
}

func (k Key) hash() (string, bool) {
	if k.Code != "" {
		code, whole := readCode(k.Code)
		return hash(ofCode, code), whole
	}
	return hash(ofLink, k.Secret), len(k.Secret) >= 20 && len(k.Secret) <= 64
}

// Look tells what a link or code would open, and changes nothing: mail scanners and browsers that look ahead may do it as often as they like.
func (s *Service) Look(ctx context.Context, k Key) (o Opening, err error) {
	o.State = Unknown
	h, whole := k.hash()
	if !whole {
		return o, nil
	}
	err = s.DB.View(ctx, access.Installation("look at what a personal link opens"), func(tx *db.Tx) error {
		o, err = look(tx, h)
		return err
	})
	return o, err
}

func look(tx *db.Tx, h string) (o Opening, err error) {
	o.State = Unknown
	k, found, err := keyOf(tx, h)
	if err != nil || !found {
		return o, err
	}
	o.Org = k.Org
	if o.OrgName, err = orgName(tx, k.Org); err != nil {
		return o, err
	}
	err = tx.Within(access.System("look at what a personal link opens", k.Org), func(tx *db.Tx) error {
		if o.Phone, err = roll.Setting(tx, "school.phone"); err != nil {
			return err
		}
		if o.link, found, err = linkByID(tx, k.Link); err != nil || !found {
			return err
		}
		children, err := roll.OpenTo(tx, o.link.AdultID)
		if err != nil {
			return err
		}
		o.children = len(children)
		if o.State = stateOf(o.link, len(children), tx.Now()); o.State == Unknown {
			return nil
		}
		if o.adults, err = sharing(tx, o.link); err != nil || len(o.adults) == 0 {
			return err
		}
		if o.shared = len(o.adults) > 1; o.shared {
			for _, a := range o.adults {
				o.Readers = append(o.Readers, Choice{Adult: a.ID, First: FirstName(a)})
			}
			return nil
		}
		o.Tongue, err = tongueFor(tx, o.adults[0])
		return err
	})
	return o, err
}

// sharing lists the adult of a link and, when it was sent to a phone or address that others share, those of them who have a child here.
func sharing(tx *db.Tx, l Link) (out []roll.Adult, err error) {
	list := []roll.AdultID{l.AdultID}
	if l.SentKind != "" {
		more, err := roll.AdultsBy(tx, l.SentKind, l.SentFolded)
		if err != nil {
			return nil, err
		}
		for _, id := range more {
			if id == l.AdultID {
				continue
			}
			children, err := roll.OpenTo(tx, id)
			if err != nil {
				return nil, err
			}
			if len(children) > 0 {
				list = append(list, id)
			}
		}
	}
	for _, id := range list {
		a, found, err := roll.AdultAt(tx, id)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, a)
		}
	}
	return out, nil
}

// tongueFor is the language for an adult: what they chose at this door, else what the record says they read. Empty for neither.
func tongueFor(tx *db.Tx, a roll.Adult) (string, error) {
	t, err := tongueOf(tx, a.ID)
	if err != nil || t != "" {
		return t, err
	}
	if l, ok := say.Reads(a.Reads); ok {
		return l.Tag(), nil
	}
	return "", nil
}

// Visit is the browser that comes to the door.
type Visit struct {
	Token  string // of its cookie, if it has one
	Agent  string
	Tongue string       // the language that was chosen on this device; kept for the adult
	As     roll.AdultID // who says that they are reading, when a way is shared
}

// Let is what came of it: Token goes into the cookie, Path is where to go.
type Let struct {
	Opening
	Token string
	Path  string
}

// Use opens the door by a link or a code and remembers the browser. Nothing happens unless State is Open and, for a shared way, As is one of the readers.
func (s *Service) Use(ctx context.Context, k Key, v Visit) (out Let, err error) {
	if out.Opening, err = s.Look(ctx, k); err != nil || !out.mayOpen() || out.shared && !out.reader(v.As) {
		return out, err
	}
	h, _ := k.hash()
	return s.letIn(h, v)
}

// admit lets a browser in, inside the write that it shares with others.
func (s *Service) admit(tx *db.Tx, h string, v Visit, out *Let) (err error) {
	// Once more, since the last opening may have gone meanwhile.
	if out.Opening, err = look(tx, h); err != nil || !out.mayOpen() {
		return err
	}
	adult := out.link.AdultID
	if out.shared {
		if !out.reader(v.As) {
			return nil
		}
		adult = v.As
	}
	if out.Token, err = s.sit(tx, &out.Opening, adult, v); err != nil || out.Token == "" {
		return err
	}
	out.State, out.Path = Open, HomePath
	if adult == out.link.AdultID {
		out.Path = s.PathOf(out.link.Thing, out.link.ThingKey)
	}
	return nil
}

// mayOpen is open, or used up: the browser that used it may come again.
func (o Opening) mayOpen() bool { return o.State == Open || o.State == Used }

func (o Opening) reader(id roll.AdultID) bool {
	for _, r := range o.Readers {
		if r.Adult == id {
			return true
		}
	}
	return false
}

// sit makes the adult a reader on the device of the visit, which is a new one when the browser is not known. A browser that comes again by the same link
// takes no further opening.
func (s *Service) sit(tx *db.Tx, o *Opening, adult roll.AdultID, v Visit) (token string, err error) {
	ends := tx.Now() + DeviceLength.Milliseconds()
	r := Reader{ID: newID[Reader](), Org: o.Org, Adult: adult, Link: o.link.ID, Alone: !o.shared, EndsMs: ends}
	var again bool
	if v.Token != "" {
		was, known, err := seatOf(tx, hash(ofDevice, v.Token), tx.Now())
		if err != nil {
			return "", err
		}
		if known {
			r.Device = was.Device
			old, found, err := readerFor(tx, was.Device, o.Org, adult, tx.Now())
			if err != nil {
				return "", err
			}
			if again = found; found {
				r.ID = old.ID
				if old.ID == was.ID {
					r.ProvedMs = old.ProvedMs
				}
			}
		}
	}
	if !again {
		free := true
		if err := tx.Within(access.System("count the opening of a personal link", o.Org), func(tx *db.Tx) error {
			if free, err = countOpening(tx, o.link.ID); err != nil || !free {
				return err
			}
			return s.note(tx, adult, "opened a personal link: "+s.wordsOf(o.link.Thing))
		}); err != nil {
			return "", err
		}
		if !free {
			o.State = Used
			return "", nil
		}
	}
	if v.Tongue != "" {
		if err := tx.Within(access.System("keep the language that a parent chose", o.Org), func(tx *db.Tx) error {
			return setTongue(tx, adult, v.Tongue)
		}); err != nil {
			return "", err
		}
	}
	token = newSecret()
	if again {
		if err := renewReader(tx, r.ID, hash(ofDevice, token), r.Link, r.Alone, ends, r.ProvedMs); err != nil {
			return "", err
		}
		return token, keepDevice(tx, r.Device, ends)
	}
	if r.Device.Zero() {
		r.Device = newID[Device]()
		if err := insertDevice(tx, r.Device, DeviceName(v.Agent), ends); err != nil {
			return "", err
		}
	} else if err := keepDevice(tx, r.Device, ends); err != nil {
		return "", err
	}
	return token, insertReader(tx, hash(ofDevice, token), r)
}

// Tried is what came of a typed code.
type Tried struct {
	Let
	Slip bool          // a sign is wrong or missing, which the code itself gives away
	Wait time.Duration // too many wrong codes came from this address
}

// Type opens the door by a code from paper. Wrong ones are counted by address.
func (s *Service) Type(ctx context.Context, code, address string, v Visit) (out Tried, err error) {
	out.State = Unknown
	k := Key{Code: code}
	if _, whole := k.hash(); !whole {
		out.Slip = true
		return out, nil
	}
	now := s.DB.Clock().Now()
	if out.Wait = s.Guesses.Wait(address, now); out.Wait > 0 {
		return out, nil
	}
	if out.Let, err = s.Use(ctx, k, v); err == nil && out.Org == 0 {
		s.Guesses.Wrong(address, now)
	}
	return out, err
}

// AnswersToday is how many links an adult may have sent to themselves in a day.
const answersToday = 3

// NewOne is asked for by somebody whose link is over. Whatever there is of it, the page says the same. A new link goes to a channel that the school holds,
// and when there is none, or no way out of the house yet, the office is told.
func (s *Service) NewOne(ctx context.Context, k Key) error {
	h, whole := k.hash()
	if !whole {
		return nil
	}
	return s.DB.Update(ctx, access.Installation("offer a parent a new link"), func(tx *db.Tx) error {
		k, found, err := keyOf(tx, h)
		if err != nil || !found {
			return err
		}
		return tx.Within(access.System("offer a parent a new link", k.Org), func(tx *db.Tx) error {
			l, found, err := linkByID(tx, k.Link)
			if err != nil || !found {
				return err
			}
			children, err := roll.OpenTo(tx, l.AdultID)
			if err != nil || len(children) == 0 {
				return err
			}
			return s.again(tx, l, children)
		})
	})
}

// again sends a link like the one that is over to the way that reaches the adult best. It leads to the door that the old one led to: what address this
// request was sent to is a stranger's to choose.
func (s *Service) again(tx *db.Tx, l Link, children []roll.TiedPupil) error {
	a, found, err := roll.AdultAt(tx, l.AdultID)
	if err != nil || !found {
		return err
	}
	n, err := sentSince(tx, a.ID, tx.Now()-24*time.Hour.Milliseconds())
	if err != nil {
		return err
	}
	w := Wanted{Adult: a.ID, Thing: l.Thing, ThingKey: l.ThingKey, Base: l.Base}
	if l.PupilID != nil {
		w.Pupil = *l.PupilID
		if !slices.ContainsFunc(children, func(c roll.TiedPupil) bool { return c.Pupil.ID == w.Pupil }) {
			w.Pupil, w.Thing, w.ThingKey = 0, Page, 0 // closed by now; their other children are not
		}
	}
	ways, err := s.waysOf(tx, a)
	if err != nil {
		return err
	}
	if way, ok := roll.Best(ways); ok && n < answersToday && l.Base != "" {
		_, err := s.send(tx, a, w, way, 0)
		return err
	}
	if n >= answersToday {
		return nil
	}
	return addAsk(tx, Ask{ID: newID[Ask](), AdultID: a.ID, Thing: l.Thing, ThingKey: l.ThingKey, PupilID: l.PupilID, Why: "new"})
}

// Question is the one more fact that is asked, of one reader on a device.
type Question struct {
	Reader  ReaderID
	Org     int64
	OrgName string
	Phone   string
	First   string
	Tongue  string
	Fact    Fact
	Others  []Kind // what could be asked instead
	Paused  time.Time
	None    bool     // the school holds nothing that could be asked
	Own     bool     // nothing tells this reader from the others: their own link has to
	Choices []Choice // who reads on this device; more than one on a shared one
	Shared  bool

	facts []Fact
	adult roll.AdultID
	wrong int
}

// Question finds what to ask the readers of a device. who is the one who says that it is them; zero means the one the cookie is of. It answers a question
// without a Reader for a browser that is not known, or whose adult is kept out by now.
func (s *Service) Question(ctx context.Context, token string, who ReaderID, kind Kind) (q Question, err error) {
	if token == "" {
		return q, nil
	}
	err = s.DB.View(ctx, access.Installation("find what to ask a reader"), func(tx *db.Tx) error {
		q, err = question(tx, token, who, kind)
		return err
	})
	return q, err
}

// party is one who may be reading on a device, with what tells them from the others.
type party struct {
	Reader
	orgName, phone, tongue string
	adult                  roll.Adult
	children               []roll.TiedPupil
	facts                  []Fact
	sharers                [][]Fact // of adults who share the way by which this one came
}

func question(tx *db.Tx, token string, who ReaderID, kind Kind) (q Question, err error) {
	x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
	if err != nil || !found {
		return q, err
	}
	readers, err := readersOn(tx, x.Device, tx.Now())
	if err != nil {
		return q, err
	}
	if readers, err = each(tx, readers, cmp.Or(who, x.ID)); err != nil {
		return q, err
	}
	var parties []party
	for _, r := range readers {
		p, open, err := partyOf(tx, r)
		if err != nil {
			return q, err
		}
		if open {
			parties = append(parties, p)
			q.Choices = append(q.Choices, Choice{r.Adult, r.ID, FirstName(p.adult), p.orgName})
		}
	}
	if who.Zero() {
		who = x.ID
	}
	for i, p := range parties {
		if p.ID == who {
			return q.of(p, append(parties[:i:i], parties[i+1:]...), len(readers) > 1 || !p.Alone, kind, tx.Now()), nil
		}
	}
	if len(parties) > 0 { // the one of the cookie is kept out; the others may still say who they are
		q.Shared = true
		return q, nil
	}
	return Question{}, nil
}

// each keeps one of those readers of a device who are one person with records in several schools: the one who is asked about, else the first.
func each(tx *db.Tx, readers []Reader, who ReaderID) (out []Reader, err error) {
	for _, r := range readers {
		at := -1
		for i, o := range out {
			if o.Org == r.Org {
				continue
			}
			same, err := roll.OnePerson(tx, roll.OrgID(o.Org), o.Adult, roll.OrgID(r.Org), r.Adult)
			if err != nil {
				return nil, err
			}
			if same {
				at = i
			}
		}
		switch {
		case at < 0:
			out = append(out, r)
		case r.ID == who:
			out[at] = r
		}
	}
	return out, nil
}

func partyOf(tx *db.Tx, r Reader) (p party, open bool, err error) {
	p.Reader = r
	if p.orgName, err = orgName(tx, r.Org); err != nil {
		return p, false, err
	}
	err = tx.Within(access.System("find what to ask a reader", r.Org), func(tx *db.Tx) error {
		if p.children, err = roll.OpenTo(tx, r.Adult); err != nil || len(p.children) == 0 {
			return err
		}
		if p.adult, open, err = roll.AdultAt(tx, r.Adult); err != nil || !open {
			return err
		}
		if p.phone, err = roll.Setting(tx, "school.phone"); err != nil {
			return err
		}
		if p.tongue, err = tongueFor(tx, p.adult); err != nil {
			return err
		}
		p.facts = FactsOf(p.adult, p.children)
		if r.Alone {
			return nil
		}
		l, found, err := linkByID(tx, r.Link)
		if err != nil || !found {
			return err
		}
		others, err := sharing(tx, l)
		if err != nil {
			return err
		}
		for _, a := range others {
			if a.ID == r.Adult {
				continue
			}
			children, err := roll.OpenTo(tx, a.ID)
			if err != nil {
				return err
			}
			p.sharers = append(p.sharers, FactsOf(a, children))
		}
		return nil
	})
	return p, open, err
}

func (q Question) of(p party, others []party, shared bool, kind Kind, now int64) Question {
	q.Reader, q.Org, q.OrgName, q.Phone, q.First, q.Tongue, q.adult, q.wrong, q.Shared = p.ID, p.Org, p.orgName, p.phone, FirstName(p.adult), p.tongue, p.Adult, p.Wrong, shared
	q.facts = p.facts
	if shared {
		theirs := p.sharers
		for _, o := range others {
			if o.Adult != p.Adult || o.Org != p.Org {
				theirs = append(theirs, o.facts)
			}
		}
		if q.facts = Telling(p.facts, theirs...); len(q.facts) == 0 && len(p.facts) > 0 {
			q.Own = true
		}
	}
	q.None = len(p.facts) == 0
	if p.PausedMs > now {
		q.Paused = time.UnixMilli(p.PausedMs)
	}
	var ok bool
	if q.Fact, ok = pick(q.facts, kind); !ok {
		q.Fact, _ = pick(q.facts, "")
	}
	for _, f := range q.facts {
		if f.Kind != q.Fact.Kind {
			q.Others = append(q.Others, f.Kind)
		}
	}
	return q
}

// Verdict is what came of an answer.
type Verdict int

// The verdicts.
const (
	Proved Verdict = iota
	Wrong
	Incomplete
	NotAsked // nothing can be asked now: a pause, no fact, or a browser that is not known
)

// Prove takes the answer to the known fact. After five wrong ones nothing is asked for a while; a right answer during a pause opens nothing either, so that
// a pause tells nobody anything. The token is that of the cookie from now on.
func (s *Service) Prove(ctx context.Context, token string, who ReaderID, a Answer) (fresh string, q Question, v Verdict, err error) {
	err = s.DB.Update(ctx, access.Installation("take the answer of a reader"), func(tx *db.Tx) error {
		if q, err = question(tx, token, who, a.Kind); err != nil {
			return err
		}
		v = NotAsked
		if q.Reader.Zero() || !q.Paused.IsZero() || len(q.facts) == 0 {
			return s.noFact(tx, q)
		}
		if !a.Whole || q.Fact.Kind != a.Kind {
			v = Incomplete
			return nil
		}
		if !q.Fact.right(a) {
			v = Wrong
			return s.wrongAnswer(tx, &q)
		}
		v, fresh = Proved, token
		x, _, err := seatOf(tx, hash(ofDevice, token), tx.Now())
		if err != nil {
			return err
		}
		if x.ID == q.Reader {
			return setProved(tx, q.Reader)
		}
		r, found, err := readerFor(tx, x.Device, q.Org, q.adult, tx.Now())
		if err != nil || !found {
			return err
		}
		fresh = newSecret()
		if err := renewReader(tx, r.ID, hash(ofDevice, fresh), r.Link, r.Alone, r.EndsMs, tx.Now()); err != nil {
			return err
		}
		return setProved(tx, r.ID)
	})
	return fresh, q, v, err
}

// noFact tells the office that somebody stands at the door and nothing is held that could be asked.
func (s *Service) noFact(tx *db.Tx, q Question) error {
	if q.Reader.Zero() || !q.None {
		return nil
	}
	return tx.Within(access.System("tell the office that a parent can't be asked a known fact", q.Org), func(tx *db.Tx) error {
		return addAsk(tx, Ask{ID: newID[Ask](), AdultID: q.adult, Thing: Page, Why: "no_fact"})
	})
}

// StandsWithoutFact is noFact for the page that shows it.
func (s *Service) StandsWithoutFact(ctx context.Context, token string) error {
	return s.DB.Update(ctx, access.Installation("tell the office that a parent can't be asked a known fact"), func(tx *db.Tx) error {
		q, err := question(tx, token, 0, "")
		if err != nil {
			return err
		}
		return s.noFact(tx, q)
	})
}

func (s *Service) wrongAnswer(tx *db.Tx, q *Question) error {
	q.wrong++
	var until int64
	if pause := Pause(q.wrong); pause > 0 {
		until = tx.Now() + pause.Milliseconds()
		q.Paused = time.UnixMilli(until)
	}
	if err := setWrong(tx, q.Reader, q.wrong, until); err != nil {
		return err
	}
	return tx.Within(access.System("note a wrong answer at the family's door", q.Org), func(tx *db.Tx) error {
		return s.note(tx, q.adult, "a wrong answer to the known fact")
	})
}

// Close forgets the reader of a browser.
func (s *Service) Close(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.DB.Update(ctx, access.Installation("close a parent's page on a device"), func(tx *db.Tx) error {
		x, found, err := seatOf(tx, hash(ofDevice, token), tx.Now())
		if err != nil || !found {
			return err
		}
		_, err = dropReader(tx, x.ID)
		return err
	})
}

// Sweep removes devices and readers that are over, and keys of links that ended a year ago.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Update(ctx, access.Installation("remove devices and links of parents that are over"), func(tx *db.Tx) error {
		return sweep(tx, 365*24*time.Hour.Milliseconds())
	})
}

// Guest is a parent of the demo as whom a visitor can look around.
type Guest struct {
	Org, Adult int64
	Words      string
	OrgName    string
	Name       string `db:"-"`
	Place      int
}

// Guests lists the parents of the demo. None are offered when looking around is not open.
func (s *Service) Guests(ctx context.Context) (out []Guest, err error) {
	if !s.LookAround {
		return nil, nil
	}
	err = s.DB.View(ctx, access.Installation("list the parents of the demo"), func(tx *db.Tx) error {
		if out, err = guests(tx); err != nil {
			return err
		}
		for i, g := range out {
			if err := tx.Within(access.System("name a parent of the demo", g.Org), func(tx *db.Tx) error {
				out[i].Name, _, err = roll.AdultName(tx, roll.AdultID(g.Adult))
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// AddGuest offers a parent of a demo organisation to visitors.
func (s *Service) AddGuest(ctx context.Context, org roll.OrgID, adult roll.AdultID, place int, words string) error {
	return s.DB.Update(ctx, access.Installation("make the demo"), func(tx *db.Tx) error {
		return insertGuest(tx, org, adult, place, words)
	})
}

// EnterGuest lets a visitor in as a parent of the demo and as no other adult. What they would be asked counts as answered.
func (s *Service) EnterGuest(ctx context.Context, org, adult int64, agent string) (token string, err error) {
	if !s.LookAround {
		return "", fault.Gone("page")
	}
	err = s.DB.Update(ctx, access.Installation("look around in the demo as a parent"), func(tx *db.Tx) error {
		list, err := guests(tx)
		if err != nil {
			return err
		}
		for _, g := range list {
			if g.Org == org && g.Adult == adult {
				token, err = s.seat(tx, org, roll.AdultID(adult), agent)
				return err
			}
		}
		return fault.Gone("person")
	})
	return token, err
}

// seat remembers a browser whose person has proved elsewhere who they are.
func (s *Service) seat(tx *db.Tx, org int64, adult roll.AdultID, agent string) (string, error) {
	ends, token, device := tx.Now()+DeviceLength.Milliseconds(), newSecret(), newID[Device]()
	if err := insertDevice(tx, device, DeviceName(agent), ends); err != nil {
		return "", err
	}
	return token, insertReader(tx, hash(ofDevice, token), Reader{ID: newID[Reader](), Device: device, Org: org, Adult: adult, Alone: true, EndsMs: ends, ProvedMs: tx.Now()})
}

// AsParent opens the family's door for a member of staff who is also a parent here: the other hat. The store says which adult they are, never the form.
func (s *Service) AsParent(ctx context.Context, p access.Pass, agent string) (token, path string, err error) {
	if p.Who().Staff == 0 || s.HatOf == nil {
		return "", "", access.Denied()
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		adult, err := s.HatOf(tx, roll.StaffID(p.Who().Staff))
		if err != nil {
			return err
		}
		children, err := roll.OpenTo(tx, adult)
		if err != nil {
			return err
		}
		if len(children) == 0 {
			return fault.Gone("page")
		}
		return tx.Within(access.Installation("let a colleague in by the family's door as the parent they are"), func(tx *db.Tx) error {
			token, err = s.seat(tx, p.Org(), adult, agent)
			return err
		})
	})
	return token, HomePath, err
}

// note writes to the trail who did what at this door. Before somebody is let in, the adult of the link stands for them.
func (s *Service) note(tx *db.Tx, adult roll.AdultID, words string) error {
	e := trail.Entry{Kind: trail.Link, About: "adult", Key: int64(adult), Words: words}
	if tx.Pass().Reason() == "" {
		return trail.Write(tx, e)
	}
	name, _, err := roll.AdultName(tx, adult)
	if err != nil {
		return err
	}
	return trail.WriteAs(tx, access.Who{Org: tx.Pass().Org(), Adult: int64(adult), Name: name}, e)
}
