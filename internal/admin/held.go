package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
)

// Held is a form that was sent while the session was locked or had not proved a second factor. Nothing was done with it; after the proof the person
// can send it again.
type Held struct {
	Path      string
	Multipart bool
	Values    url.Values
	Files     []string // fields of files; the files themselves are not kept
}

// HeldLength is for how long a form is held.
const HeldLength = time.Hour

// maxHeld is how many forms are held for one session; the oldest goes first.
const maxHeld = 5

// maxHeldBytes bounds one of them. A page of ours takes a form of 1 MB at the most.
const maxHeldBytes = 2 << 20

const heldPurpose = "a form that waits for its proof"

// Hold keeps a form, sealed, for the session that sent it. The form has been read already.
func (s *Service) Hold(r *http.Request) (string, error) {
	h := Held{Path: r.URL.RequestURI(), Values: r.PostForm}
	if r.MultipartForm != nil {
		h.Multipart, h.Values = true, r.MultipartForm.Value
		for name := range r.MultipartForm.File {
			h.Files = append(h.Files, name)
		}
		slices.Sort(h.Files)
	}
	plain, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	if len(plain) > maxHeldBytes {
		return "", fault.New(fault.TooLarge, "Your session has to be unlocked first, and this form is too long to be kept until then. Go back, unlock Ajar in another tab, and send it once more.")
	}
	id := ids.New[Held]()
	sealed, err := s.Box.Seal(heldPurpose, plain)
	if err != nil {
		return "", err
	}
	err = s.DB.Update(r.Context(), access.Installation("hold a form until its session is proved").Often(), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, Token(r))
		if err != nil {
			return err
		}
		if !found {
			return errSignedOut()
		}
		if x.ID == 0 {
			return errNoNumber()
		}
		if _, err := tx.Exec(`delete from admin_held where session = $1 and id not in (select id from admin_held where session = $1 order by made_ms desc, id desc limit $2)`, x.ID, maxHeld-1); err != nil {
			return err
		}
		_, err = tx.Exec(`insert into admin_held (id, session, sealed, made_ms) values ($1, $2, $3, $4)`, id, x.ID, sealed, tx.Now())
		return err
	})
	return id.String(), err
}

// HeldFor opens a form that is held for the session of a cookie, and for no other. A session that is locked opens none.
func (s *Service) HeldFor(ctx context.Context, token string, id ids.ID[Held]) (h Held, err error) {
	var sealed string
	err = s.DB.View(ctx, access.Installation("open a form that was held"), func(tx *db.Tx) error {
		x, found, err := sessionOf(tx, token)
		found = found && x.LockedMs == 0 && x.ID != 0
		if err == nil && found {
			sealed, found, err = db.Maybe[string](tx, `select sealed from admin_held where id = $1 and session = $2 and made_ms >= $3`, id, x.ID, tx.Now()-HeldLength.Milliseconds())
		}
		if err == nil && !found {
			return fault.New(fault.NotFound, "What you sent is no longer here: it is kept for an hour, and for the device that sent it. Please do it once more.")
		}
		return err
	})
	if err != nil {
		return h, err
	}
	plain, err := s.Box.Open(heldPurpose, sealed)
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(plain, &h)
}
