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
	s.Imports.Offer(batch.Kind{
		Key: "staff", Title: "Staff",
		Help: "One row for each colleague: who joins, who leaves and when, and what they are here. Nobody gets a role that you could not give by hand.",
		// Who works here decides who may see whom, as SaveStaff says.
		Need: Settings, Fields: staffFields, Required: []string{"staff_id"}, Synonyms: staffSynonyms,
		Propose: batch.Proposing{
			Title: "Here, and not in this file", Ask: "Who has left?",
			Help: "If the file is the whole list of staff, these colleagues have left. Tick those who have: from then on they can't sign in. Nobody is ticked for you.",
		},
		Around: stillInCharge,
		Read:   s.readStaffSheet, Undo: s.undoStaffSheet,
	})
}
