package conversations

import (
	"context"
	"slices"

	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
)

// The things that a link to many may open.
const (
	SheetThing = "conversations.sheet"
	TimeThing  = "conversations.time"
)

// InvitedFor lists the adults who were invited in a programme, for a link to each: to the thing, among the conversations of the programme, or to their own
// page. Whether each may have one is asked by the family's door, at the moment of sending and again when it leaves.
func (s *Service) InvitedFor(ctx context.Context, p access.Pass, id ProgrammeID, thing string) (pr Programme, out []family.Wanted, err error) {
	if err := p.CheckAll(Invite); err != nil {
		return pr, nil, err
	}
	if !slices.Contains([]string{"", family.Page, SheetThing, TimeThing}, thing) {
		return pr, nil, fault.Field("thing", "Choose what the link opens.")
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		var found bool
		if pr, found, err = programmeByID(tx, id); err != nil || !found {
			if err == nil {
				err = fault.Gone("programme")
			}
			return err
		}
		list, err := invitedIn(tx, id)
		for _, i := range list {
			n := len(out) - 1
			if n < 0 || out[n].Adult != i.AdultID || out[n].Pupil != i.PupilID {
				out = append(out, family.Wanted{Adult: i.AdultID, Pupil: i.PupilID, Thing: thing})
				n++
			}
			out[n].Keys = append(out[n].Keys, int64(i.TalkID))
		}
		return err
	})
	return pr, out, err
}
