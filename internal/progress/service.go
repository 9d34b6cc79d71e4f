package progress

import (
	"embed"
	"io/fs"

	"ajar/internal/kit/batch"
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables of this capability.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(migrations, "migrations")
	return db.Migrations{Name: "progress", Files: sub}
}

// Service is what can be done with the figures about pupils.
type Service struct {
	DB   *db.DB
	Roll *roll.Service
}

// New makes the service and offers its kinds of import: attendance, results and counts.
func New(d *db.DB, r *roll.Service, imports *batch.Service) *Service {
	s := &Service{DB: d, Roll: r}
	s.offer(imports)
	return s
}
