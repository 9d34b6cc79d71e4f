package messages

import (
	"embed"
	"io/fs"

	"ajar/internal/kit/db"
	"ajar/internal/kit/jobs"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "messages", Files: sub}
}

// Service is what can be done with messages.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
	Jobs *jobs.Queue
	Post *post.Service
	// Audiences are groups of children that other rooms know, such as a cohort.
	Audiences []AudienceSource
	// Seen tells when an adult last did something by the family's door, which shows that messages reach them; the door is another room.
	Seen func(tx *db.Tx, since int64) (map[roll.AdultID]int64, error)
	// Translator is a translation service, where the installation has one.
	Translator Translator
	// NoteGood notes good news that went on paper as a contact; nil is this package's own way.
	NoteGood    func(tx *db.Tx, adult roll.AdultID, pupil roll.PupilID, way, words, lang string) error
	itemSources []ItemSource
	keeper      worry.Keeper
}

// New makes the service.
func New(d *db.DB, r *roll.Service, q *jobs.Queue, p *post.Service) *Service {
	r.OnMerge(mergePart())
	s := &Service{DB: d, Roll: r, Jobs: q, Post: p}
	q.Handle(escalateJob, s.escalate)
	return s
}

// Keeping is the service for one request in which a person said of these texts that they are no worry about a child's safety.
func (s *Service) Keeping(texts ...string) *Service {
	out := *s
	out.keeper = worry.Confirmed(texts...)
	return &out
}

// AudienceSource is a kind of group of children that another room knows.
type AudienceSource struct {
	Key, Words string
	// List gives the groups that the pass may choose from.
	List func(tx *db.Tx) ([]roll.Listed, error)
	// Pupils gives the children of one group.
	Pupils func(tx *db.Tx, key string) ([]roll.PupilID, error)
}
