package messages

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // reads what is uploaded
	_ "image/png"  // reads what is uploaded
	"net/url"
	"strings"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/plain"
)

// The keys of newsletters.
type (
	IssueID   = ids.ID[Issue]
	ItemID    = ids.ID[Item]
	PictureID = ids.ID[Picture]
)

// Issue is the newsletter of a month.
type Issue struct {
	ID           IssueID
	Month        string // 2026-11
	Title, Intro string
	Version      int
	ByName       string
	MadeMs       int64
	PublishedMs  *int64
	PublishedOn  string
	PublishedBy  string
}

// The kinds of what stands in an issue.
const (
	ItemDate  = "date"
	ItemDid   = "did"
	ItemStory = "story"
	ItemNews  = "news"
)

// ItemKinds lists them as forms offer them.
var ItemKinds = []roll.Listed{{Key: ItemDate, Words: "A date to come"}, {Key: ItemDid, Words: "You said, we did"}, {Key: ItemStory, Words: "A story"}, {Key: ItemNews, Words: "Other news"}}

// Item is one piece of an issue. Other rooms offer such pieces (ItemSource); Source then says which, so that none is offered twice.
type Item struct {
	ID      ItemID
	IssueID IssueID
	Kind    string
	Day     string // of a date to come
	Title   string
	Words   string
	Link    string
	Source  string
}

// ItemSource is a room that has pieces for the newsletter.
type ItemSource struct {
	Key, Words string
	// Items gives what may stand in an issue, each with a Source that stays the same.
	Items func(tx *db.Tx) ([]Item, error)
}

// OfferItems adds a room that has pieces for the newsletter.
func (s *Service) OfferItems(x ItemSource) { s.itemSources = append(s.itemSources, x) }

// Picture is a picture of an issue.
type Picture struct {
	ID      PictureID
	IssueID IssueID
	Kind    string
	Alt     string
	Size    int
	Body    []byte `db:"body"`
}

// The bounds of an issue.
const (
	longestPicture = 1 << 20
	mostPictures   = 4
	mostItems      = 40
	longestWords   = 1200
	mostPixels     = 40_000_000
)

// Dropped parts the dates of an issue into those that are still to come on a day, and those that are over: those are not printed or sent.
func Dropped(items []Item, today string) (stay, over []Item) {
	for _, x := range items {
		if x.Kind == ItemDate && x.Day < today {
			over = append(over, x)
			continue
		}
		stay = append(stay, x)
	}
	return stay, over
}

// IssueView is an issue with all that stands in it.
type IssueView struct {
	Issue
	Items    []Item // what is shown today
	Over     []Item // dates that are over
	Pictures []Picture
	Offers   []Item
	Plainer  []plain.Suggestion
	Age      plain.Readability
	School   string
	Phone    string
	Today    string
	MayKeep  bool
}

// Of gives the pieces of one kind.
func (v IssueView) Of(kind string) (out []Item) {
	for _, x := range v.Items {
		if x.Kind == kind {
			out = append(out, x)
		}
	}
	return out
}

// Text is all that a reader reads, for the check of plain language.
func (v IssueView) Text() string {
	parts := []string{v.Title, v.Intro}
	for _, x := range v.Items {
		parts = append(parts, x.Title+".", x.Words)
	}
	return strings.Join(parts, "\n\n")
}

// Issues lists the issues, the newest first.
func (s *Service) Issues(ctx context.Context, p access.Pass) (out []Issue, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = issues(tx)
		return err
	})
	return out, err
}

// Issue opens one, with what other rooms offer for it.
func (s *Service) Issue(ctx context.Context, p access.Pass, id IssueID) (v IssueView, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return v, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		if v, err = issueView(tx, id); err != nil {
			return err
		}
		used := map[string]bool{}
		for _, x := range append(v.Items, v.Over...) {
			used[x.Source] = true
		}
		for _, source := range s.itemSources {
			list, err := source.Items(tx)
			if err != nil {
				return err
			}
			for _, x := range list {
				if !used[x.Source] {
					v.Offers = append(v.Offers, x)
				}
			}
		}
		return nil
	})
	return v, err
}

func issueView(tx *db.Tx, id IssueID) (v IssueView, err error) {
	if v.Issue, err = issueByID(tx, id); err != nil {
		return v, err
	}
	list, err := issueItems(tx, id)
	if err != nil {
		return v, err
	}
	v.Today, v.MayKeep = tx.Today(), tx.Pass().Scope(Keep) == access.All
	v.Items, v.Over = Dropped(list, v.Today)
	if v.Pictures, err = issuePictures(tx, id); err != nil {
		return v, err
	}
	if v.School, _, err = roll.Sender(tx); err != nil {
		return v, err
	}
	text := v.Text()
	v.Plainer, v.Age = plain.Plainer(text), plain.ReadingAge(text)
	v.Phone, err = roll.Setting(tx, "school.phone")
	return v, err
}

// PutIssue begins an issue, or changes its title and first words.
func (s *Service) PutIssue(ctx context.Context, p access.Pass, x Issue, seen int) (id IssueID, err error) {
	if err := p.CheckAll(Keep); err != nil {
		return 0, err
	}
	x.Title, x.Intro = strings.TrimSpace(x.Title), strings.TrimSpace(x.Intro)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if x.ID != 0 {
			if _, err := issueByID(tx, x.ID); err != nil {
				return err
			}
		}
		var f fault.Fields
		if _, err := time.Parse("2006-01", x.Month); err != nil {
			f.Add("month", "Write the month as 2026-11.")
		}
		if x.Title == "" {
			f.Add("title", "Give the issue a title.")
		}
		long(&f, "title", x.Title, longestTitle)
		long(&f, "intro", x.Intro, longestWords)
		if err := f.Err(); err != nil {
			return err
		}
		if x.ID == 0 {
			x.ID = ids.New[Issue]()
			id = x.ID
			return insertIssue(tx, x)
		}
		id = x.ID
		ok, err := updateIssue(tx, x, seen)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "This issue was changed on another page in the meantime. Open it again, and put in what you wanted to change.")
		}
		return err
	})
	return id, err
}

// PutItem puts a piece into an issue, or changes one.
func (s *Service) PutItem(ctx context.Context, p access.Pass, x Item) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	for _, t := range []*string{&x.Title, &x.Words, &x.Link} {
		*t = strings.TrimSpace(*t)
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := issueByID(tx, x.IssueID); err != nil {
			return err
		}
		if x.ID != 0 {
			was, err := itemByID(tx, x.IssueID, x.ID)
			if err != nil {
				return err
			}
			x.Source = was.Source
		}
		list, err := issueItems(tx, x.IssueID)
		if err != nil {
			return err
		}
		var f fault.Fields
		mustList(&f, "kind", x.Kind, ItemKinds, "Say what it is.")
		if x.Title == "" {
			f.Add("title", "Give it a title.")
		}
		if x.Kind == ItemDate && !isDay(x.Day) {
			f.Add("day", "Write the day.")
		}
		if x.Kind != ItemDate {
			x.Day = ""
		}
		if u, err := url.Parse(x.Link); x.Link != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			f.Add("link", "Write the whole address, such as https://www.example.org.")
		}
		long(&f, "title", x.Title, longestTitle)
		long(&f, "words", x.Words, longestWords)
		if x.ID == 0 && len(list) >= mostItems {
			f.Add("title", "There is room for %d pieces in an issue. Take one out first.", mostItems)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if x.ID == 0 {
			x.ID = ids.New[Item]()
		}
		return putItem(tx, x)
	})
}

// TakeOffer puts a piece that another room offers into an issue, as it is there today.
func (s *Service) TakeOffer(ctx context.Context, p access.Pass, id IssueID, source string) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	v, err := s.Issue(ctx, p, id)
	if err != nil {
		return err
	}
	for _, x := range v.Offers {
		if x.Source == source {
			x.ID, x.IssueID = 0, id
			x.Words = clip(x.Words, longestWords)
			x.Title = clip(x.Title, longestTitle)
			return s.PutItem(ctx, p, x)
		}
	}
	return fault.Gone("piece that is offered")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

// DropItem takes a piece out of an issue.
func (s *Service) DropItem(ctx context.Context, p access.Pass, issue IssueID, id ItemID) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := itemByID(tx, issue, id); err != nil {
			return err
		}
		return dropItem(tx, issue, id)
	})
}

// AddPicture puts a picture into an issue. Words for those who do not see it are not left out.
func (s *Service) AddPicture(ctx context.Context, p access.Pass, issue IssueID, body []byte, alt string) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	alt = strings.TrimSpace(alt)
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := issueByID(tx, issue); err != nil {
			return err
		}
		var f fault.Fields
		if alt == "" {
			f.Add("alt", "Write what can be seen, for those who don't see it: “Children plant beans in the school garden”.")
		}
		long(&f, "alt", alt, 300)
		kind := pictureKind(body)
		switch {
		case len(body) == 0:
			f.Add("picture", "Choose a picture.")
		case len(body) > longestPicture:
			f.Add("picture", "The picture is larger than 1 MB. Make it smaller first.")
		case kind == "":
			f.Add("picture", "This is no picture that Ajar can show. Use a PNG or a JPEG.")
		}
		list, err := issuePictures(tx, issue)
		if err != nil {
			return err
		}
		if len(list) >= mostPictures {
			f.Add("picture", "There is room for %d pictures in an issue. Take one out first.", mostPictures)
		}
		if err := f.Err(); err != nil {
			return err
		}
		return insertPicture(tx, Picture{ID: ids.New[Picture](), IssueID: issue, Kind: kind, Alt: alt, Body: body})
	})
}

// pictureKind looks into the file itself: its name and what a browser says of it count for nothing.
func pictureKind(body []byte) string {
	c, kind, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > mostPixels/c.Height {
		return ""
	}
	switch kind {
	case "png":
		return "image/png"
	case "jpeg":
		return "image/jpeg"
	}
	return ""
}

// DropPicture takes a picture out of an issue.
func (s *Service) DropPicture(ctx context.Context, p access.Pass, issue IssueID, id PictureID) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		if _, err := pictureByID(tx, issue, id); err != nil {
			return err
		}
		return dropPicture(tx, issue, id)
	})
}

// PictureOf opens a picture, for those who make the issue.
func (s *Service) PictureOf(ctx context.Context, p access.Pass, issue IssueID, id PictureID) (out Picture, err error) {
	if _, err := p.CheckNamed(Send); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = pictureByID(tx, issue, id)
		return err
	})
	return out, err
}

// Publish lets whoever has the address of an issue read it; without on it is taken back.
func (s *Service) Publish(ctx context.Context, p access.Pass, id IssueID, on bool) error {
	if err := p.CheckAll(Keep); err != nil {
		return err
	}
	return s.DB.Update(ctx, p, func(tx *db.Tx) error {
		v, err := issueView(tx, id)
		if err != nil {
			return err
		}
		if !on {
			return publishIssue(tx, id, nil, "", "")
		}
		if len(v.Items) == 0 {
			return fault.New(fault.Conflict, "There is nothing in this issue yet. Put in a date, a story or some news first.")
		}
		now := tx.Now()
		return publishIssue(tx, id, &now, tx.Today(), p.Who().Name)
	})
}

// Published opens an issue for whoever has its address. An issue that is not published is not there.
func (s *Service) Published(ctx context.Context, org int64, id IssueID) (v IssueView, err error) {
	pass := access.System("show an issue of the newsletter to whoever has its address", org)
	err = s.DB.View(ctx, pass, func(tx *db.Tx) error {
		if v, err = issueView(tx, id); err != nil {
			return err
		}
		if v.PublishedMs == nil {
			return fault.Gone("issue")
		}
		return nil
	})
	return v, err
}

// PublishedPicture opens a picture of a published issue.
func (s *Service) PublishedPicture(ctx context.Context, org int64, issue IssueID, id PictureID) (out Picture, err error) {
	if _, err := s.Published(ctx, org, issue); err != nil {
		return out, err
	}
	err = s.DB.View(ctx, access.System("show a picture of the newsletter to whoever has its address", org), func(tx *db.Tx) error {
		out, err = pictureByID(tx, issue, id)
		return err
	})
	return out, err
}
