package app

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ajar/internal/admin"
	"ajar/internal/family"
	familyweb "ajar/internal/family/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/web"
	"ajar/internal/messages"
	"ajar/internal/notes"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

// openFamilyDoor builds the door for parents and carers, with what the rooms beside it hold about a child.
func (a *App) openFamilyDoor(lookAround bool) {
	a.Family = family.New(a.DB, a.Roll)
	a.Family.LookAround, a.Family.Post = lookAround, a.Post
	a.Family.HatOf = roll.AdultOf
	a.Admin.AsParent = func(ctx context.Context, p access.Pass, agent string) (*http.Cookie, string, error) {
		token, path, err := a.Family.AsParent(ctx, p, agent)
		c := web.Cookie(family.CookieName, token, family.DeviceLength, false)
		c.Path = "/f" // as the door itself sets it: no page of staff sees it
		return c, path, err
	}
	a.Family.Hold(family.Held{Order: 10, Title: familyweb.AttendanceTitle, Rows: attendanceHeld})
	a.Family.Hold(family.Held{Order: 20, Title: familyweb.ResultsTitle, Rows: resultsHeld})
	a.Family.Hold(family.Held{Order: 30, Title: familyweb.NotesTitle, Rows: notesHeld})
	a.Admin.AddHome(admin.HomePanel{Order: 12, Need: family.Settle, Show: familyweb.HomePanel})
	a.Admin.MoreGuests = func(q *web.Req) (web.Component, error) {
		list, err := a.Family.Guests(q.Context())
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return familyweb.GuestList(list), nil
	}
}

func attendanceHeld(tx *db.Tx, c roll.TiedPupil) ([]family.Row, error) {
	s, err := progress.One(tx, c.Pupil.ID, tx.Today())
	if err != nil || !s.Attendance.Known {
		return nil, err
	}
	at := s.Attendance
	if !at.HasCounts {
		return familyweb.PercentRow(strconv.FormatFloat(at.Percent, 'f', 1, 64)+" %", at.From, at.To), nil
	}
	n := at.Sessions
	return familyweb.AttendanceRows(n.Attended, n.Possible, n.Authorised, n.Unauthorised, at.Split, at.From, at.To), nil
}

func resultsHeld(tx *db.Tx, c roll.TiedPupil) (out []family.Row, err error) {
	s, err := progress.One(tx, c.Pupil.ID, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, r := range s.Results {
		out = append(out, familyweb.ResultRow(r.Subject, r.Text, r.On))
	}
	return out, nil
}

// atFamilyDoor tells the routes of the family's door from those of staff: it has another cookie, and neither door knows the other's people.
func atFamilyDoor(r web.Route) bool {
	_, path, _ := strings.Cut(r.Pattern, " ")
	return strings.HasPrefix(path, familyweb.EnterPath)
}

// doors puts both doors into one handler.
func (a *App) doors(staff *web.Server) (http.Handler, error) {
	a.Family.LookAround = a.Admin.LookAround
	fam := &web.Server{Gate: a.Gate, Identify: a.Family.Identify, Note: staff.Note, Frame: familyweb.Frame, Trouble: familyweb.Trouble, SignIn: familyweb.EnterPath, Log: staff.Log}
	for _, r := range staff.Routes {
		if atFamilyDoor(r) {
			fam.Routes = append(fam.Routes, r)
		}
	}
	staff.Routes = slices.DeleteFunc(slices.Clone(staff.Routes), atFamilyDoor)
	atStaff, err := staff.Handler()
	if err != nil {
		return nil, err
	}
	atFamily, err := fam.Handler()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == strings.TrimSuffix(familyweb.EnterPath, "/"):
			http.Redirect(w, r, familyweb.EnterPath, http.StatusSeeOther) // what people type from a letter
		case strings.HasPrefix(r.URL.Path, familyweb.EnterPath):
			atFamily.ServeHTTP(w, r)
		default:
			atStaff.ServeHTTP(w, r)
		}
	}), nil
}

// notesHeld are the notes about a child that are marked for the family, and that there are others.
func notesHeld(tx *db.Tx, c roll.TiedPupil) (out []family.Row, err error) {
	list, others, err := notes.ForFamily(tx, c.Pupil.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		out = append(out, familyweb.NoteRow(n.HappenedOn, n.ByName, n.Seen, n.Said, n.Did))
	}
	if !others { // a call or a word at the gate that was noted is a note too
		if others, err = messages.Noted(tx, roll.AdultID(tx.Pass().Who().Adult), c.Pupil.ID); err != nil {
			return nil, err
		}
	}
	if others {
		out = append(out, familyweb.OtherNotesRow())
	}
	return out, nil
}
