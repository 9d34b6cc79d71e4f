package roll

import (
	"ajar/internal/kit/batch"
)

// offer adds the kinds of import that bring people in.
func (s *Service) offer() {
	if s.Imports == nil {
		return
	}
	s.Imports.Offer(batch.Kind{
		Key: "pupils", Title: "Pupils and parents",
		Help: "One row for each pupil, with up to six parents or carers beside them; or one row for each parent.",
		Need: Import, Fields: pupilTemplate(), Required: []string{"pupil_id", "forename"}, Synonyms: pupilSynonyms,
		Read: s.readPupils, Undo: s.undoPeople,
	})
	s.Imports.Offer(batch.Kind{
		Key: "oneroster", Title: "OneRoster",
		Help: "A zip or a folder of CSV files as OneRoster 1.1 or 1.2 has them: pupils, parents, staff, classes and who is in them.",
		Need: Import, Bundle: true,
		Read: s.readRoster, Undo: s.undoPeople,
	})
}
