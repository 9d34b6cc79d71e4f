package family

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/say"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "family", Files: sub}
}

// The keys of this room.
type (
	LinkID   = ids.ID[Link]
	ReaderID = ids.ID[Reader]
	DeviceID = ids.ID[Device]
	WishID   = ids.ID[Wish]
	AskID    = ids.ID[Ask]
)

// Page is the thing of a link that opens the adult's own page and nothing in particular.
const Page = "page"

// The ways in which a link leaves the house.
const (
	ByLetter = "letter" // printed, with a code
	ByCopy   = "copy"   // a colleague copied it, to hand it on in their own way
	BySent   = "sent"   // Ajar sent it to a phone or an e-mail address
	ByStaff  = "staff"  // the adult is staff here as well, and changed hats
)

// Openings is how many devices one link opens: the phone that the mail came to, the browser that the mail's own one hands over to, the computer at work
// and one for good measure. A link that is handed round ends there.
const Openings = 5

// LinkDays is how long a link can be opened, unless the school decides otherwise.
const LinkDays = 30

// SettingDays is the school's own choice of that.
const SettingDays = "family.link_days"

// DeviceLength is how long a device is remembered after it was let in.
const DeviceLength = 90 * 24 * time.Hour

// A known fact counts for a while: on a device with one reader until it is asked again after a month, on a shared one for as long as one sitting.
const (
	ProofAlone  = 30 * 24 * time.Hour
	ProofShared = 30 * time.Minute
)

// Link is a personal link as staff see it; what opens it was shown once, when it was made.
type Link struct {
	ID          LinkID
	AdultID     roll.AdultID
	PupilID     *roll.PupilID
	Thing       string
	ThingKey    int64
	Way         string
	SentKind    string
	SentFolded  string
	MadeMs      int64
	ByName      string
	EndsMs      int64
	RevokedMs   *int64
	RevokedWhy  string
	Opened      int
	OpenedMs    *int64
	Base        string
	Batch       BatchID
	Devices     int    `db:"-"`
	Went        string `db:"-"` // how it was sent, and what came of it
	AdultName   string `db:"-"`
	ThingWords  string `db:"-"`
	StateWords  string `db:"-"`
	StillOpens  bool   `db:"-"`
	StillLetter bool   `db:"-"`
}

// Made is a link in the moment in which it can be printed, copied or sent: afterwards only hashes are kept.
type Made struct {
	Link   LinkID
	Adult  roll.Adult
	Secret string   // the end of the address
	Code   string   // for paper
	Ends   string   // the last day, YYYY-MM-DD
	Tongue string   // what the adult reads, as a tag, when Ajar speaks it; else empty
	Post   []string // where a letter about the child goes, below the name; empty when no address is known
}

// Reader is one adult on one device.
type Reader struct {
	ID       ReaderID
	Device   DeviceID
	Org      int64
	Adult    roll.AdultID
	Link     LinkID
	Alone    bool
	MadeMs   int64
	EndsMs   int64
	ProvedMs int64
	Wrong    int
	PausedMs int64
}

// Device is a remembered browser as its reader sees it in the list of their own.
type Device struct {
	ID     DeviceID
	Reader ReaderID
	Name   string // "Chrome on Android"
	MadeMs int64
	EndsMs int64
	This   bool `db:"-"`
}

// Wish is one change that an adult asks for about themselves.
type Wish struct {
	ID        WishID
	AdultID   roll.AdultID
	Field     string
	Was       string // what the record said; empty for one more phone or e-mail
	To        string `db:"wish"` // what it should say; empty to take it away
	MadeMs    int64
	State     string // waiting, accepted, declined or withdrawn
	SettledMs *int64
	ByName    string
	Reason    string
}

// Ask is a new link that somebody asked for and that a colleague has to see to.
type Ask struct {
	ID       AskID
	AdultID  roll.AdultID
	Thing    string
	ThingKey int64
	PupilID  *roll.PupilID
	Why      string // new, or no_fact
	MadeMs   int64
	Name     string `db:"-"`
	Reached  string `db:"-"` // the ways the school has
}

// Thing is something that a room above lets an adult read or do by a link of its own.
type Thing struct {
	// Key is the room and the thing: "conversations.sheet".
	Key string
	// Words say to staff what the link opens: "the agreed sheet".
	Words string
	// Path is where it opens, below /f/.
	Path func(key int64) string
	// Items lists what there is of it for an adult about one child who is open to them.
	Items func(tx *db.Tx, adult roll.AdultID, child roll.TiedPupil) ([]Item, error)
}

// Item is one thing to open, as the adult's own page offers it.
type Item struct {
	Key   int64
	Title say.Msg
	Args  say.Args
	Note  say.Msg // a second line: by when, what for
	Told  say.Args
	New   bool   // not opened by this adult yet
	Path  string // filled from the thing
}

// Held is what a room keeps about a child, for the page that tells a parent what the school holds.
type Held struct {
	Order int
	Title say.Msg
	// Rows says it in lines. No rows at all leaves the section out.
	Rows func(tx *db.Tx, child roll.TiedPupil) ([]Row, error)
}

// Row is one line of what is held: a label in the adult's language, and the value as the school has it, or a text of ours.
type Row struct {
	Label say.Msg
	Args  say.Args
	Value string  // as it was typed or imported
	Said  say.Msg // when the value is a word of ours
	Told  say.Args
	Day   string // when the value is a date
}

// Service is what can be done at the family's door.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	// Post is the way out of the house; nil while there is none, and then a colleague gives the link by hand.
	Post *post.Service
	// Words writes the message that carries a link, in a language. The pages of this room set it.
	Words func(l say.Lang, way string, x Letter) (subject, body string)
	// Admit makes the pass of an adult at another school's door, who has just answered what it asks.
	Admit func(access.Who) access.Pass
	// HatOf tells which adult a member of staff is; nil while nobody has two hats.
	HatOf func(tx *db.Tx, staff roll.StaffID) (roll.AdultID, error)
	// LookAround lets visitors of the demo in as the parents of the demo.
	LookAround bool
	Guesses    *Guesses

	together together
	things   []Thing
	held     []Held
}

// New makes the service.
func New(d *db.DB, r *roll.Service) *Service {
	r.OnMerge(mergePart)
	return &Service{DB: d, Roll: r, Guesses: &Guesses{}}
}

// Offer adds a thing to read, while the program is put together.
func (s *Service) Offer(t Thing) { s.things = append(s.things, t) }

// Hold adds what a room keeps about a child, while the program is put together.
func (s *Service) Hold(h Held) { s.held = append(s.held, h) }

// thing finds what a link opens.
func (s *Service) thing(key string) (Thing, bool) {
	for _, t := range s.things {
		if t.Key == key {
			return t, true
		}
	}
	return Thing{}, false
}

// PathOf is where a link leads once it has let somebody in.
func (s *Service) PathOf(thing string, key int64) string {
	if t, ok := s.thing(thing); ok && t.Path != nil {
		return t.Path(key)
	}
	return HomePath
}

// HomePath is the adult's own page.
const HomePath = "/f/"

// background is a context that outlives a request, for notes that nobody waits for.
func background() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}
