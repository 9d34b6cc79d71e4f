package sharing

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ajar/internal/kit/access"
	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/trail"
	"ajar/internal/roll"
)

// Pack is a hand-over pack as one of the two schools keeps it.
type Pack struct {
	ID        ids.ID[Pack]
	Agreement AgreementID
	Direction string // sent or received
	Other     roll.OrgID
	OtherName string `db:"-"`
	PupilID   *roll.PupilID
	PupilName string
	Why       string
	Body      string
	ByName    string
	MadeMs    int64
	OpenedMs  *int64
	OpenedBy  string
}

// Parts reads what is in the pack.
func (p Pack) Parts() (out []PackPart) {
	_ = json.Unmarshal([]byte(p.Body), &out) // we wrote it; an empty pack says that it can't be read
	return out
}

// PreparePack makes the parts of a hand-over pack, to be looked at before it is sent. Nothing is kept.
func (s *Service) PreparePack(ctx context.Context, p access.Pass, id AgreementID, pupil roll.PupilID) (who roll.Pupil, with Partner, parts []PackPart, err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return who, with, nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		who, with, parts, err = s.prepare(tx, id, pupil)
		return err
	})
	return who, with, parts, err
}

func (s *Service) prepare(tx *db.Tx, id AgreementID, pupil roll.PupilID) (who roll.Pupil, with Partner, parts []PackPart, err error) {
	if who, with, err = mayShare(tx, id, pupil, PackFor); err != nil {
		return who, with, nil, err
	}
	if parts, err = ownParts(tx, who); err != nil {
		return who, with, nil, err
	}
	for _, x := range s.sections {
		lines, err := x.Make(tx, pupil)
		if err != nil {
			return who, with, nil, err
		}
		if len(lines) > 0 {
			parts = append(parts, PackPart{x.Key, x.Title, lines})
		}
	}
	return who, with, parts, nil
}

// ownParts are what the roll has for the next school: the child, the adults, and the orders, which the next school must know of to obey them.
func ownParts(tx *db.Tx, who roll.Pupil) ([]PackPart, error) {
	child := PackPart{Key: "child", Title: "The child"}
	add := func(p *PackPart, label, text string) {
		if text != "" {
			p.Lines = append(p.Lines, Line{label, text})
		}
	}
	add(&child, "Name", who.Forename+" "+who.Surname)
	add(&child, "Known as", who.KnownAs)
	add(&child, "Born", roll.DayInWords(who.DateOfBirth))
	add(&child, "Year group", who.Year)
	add(&child, "First language", who.FirstLanguage)
	add(&child, "Unique pupil number", who.UPN)
	rels, err := roll.Relations(tx, who.ID)
	if err != nil {
		return nil, err
	}
	adults, orders := PackPart{Key: "adults", Title: "The adults"}, PackPart{Key: "orders", Title: "Orders to obey"}
	for _, r := range rels {
		if r.Tie.Ends < tx.Today() {
			continue
		}
		var words []string
		for _, w := range []string{r.Tie.Relationship, "parental responsibility: " + r.Tie.Responsibility, speaks(r.Adult)} {
			if w != "" {
				words = append(words, w)
			}
		}
		add(&adults, r.Adult.Name, strings.Join(words, "; "))
		for _, o := range r.InForceOn(tx.Today()) {
			text := o.Words() + ". Decided by " + o.DecidedBy + ", in force since " + roll.DayInWords(o.Starts)
			if o.ReviewOn != "" {
				text += ", to be looked at again on " + roll.DayInWords(o.ReviewOn)
			}
			add(&orders, r.Adult.Name, text+". Ask us for sight of the papers.")
		}
	}
	out := []PackPart{child, adults}
	if len(orders.Lines) > 0 {
		out = append(out, orders)
	}
	return out, nil
}

func speaks(a roll.Adult) string {
	var out []string
	if a.Speaks != "" {
		out = append(out, "speaks "+a.Speaks)
	}
	if a.Reads != "" {
		out = append(out, "reads "+a.Reads)
	}
	if a.Interpreter != nil && *a.Interpreter {
		out = append(out, "wants an interpreter")
	}
	return strings.Join(out, ", ")
}

// SendPack hands the chosen parts over. Both schools keep a copy: the sender what was sent, the receiver its own record from now on.
func (s *Service) SendPack(ctx context.Context, p access.Pass, id AgreementID, pupil roll.PupilID, keys []string, why string) (pack ids.ID[Pack], err error) {
	if _, err := p.CheckNamed(Families); err != nil {
		return 0, err
	}
	why = strings.TrimSpace(why)
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		who, with, parts, err := s.prepare(tx, id, pupil)
		if err != nil {
			return err
		}
		parts = slices.DeleteFunc(parts, func(x PackPart) bool { return !slices.Contains(keys, x.Key) })
		var f fault.Fields
		if len(parts) == 0 {
			f.Add("parts", "Choose what goes into the pack.")
		}
		if why == "" || len([]rune(why)) > longest {
			f.Add("why", "Write why it is handed over, and that the family knows: for example “moves to you on 5 January; told Mum on 20 November”.")
		}
		if err := f.Err(); err != nil {
			return err
		}
		body, err := json.Marshal(parts)
		if err != nil {
			return err
		}
		sent := Pack{ID: ids.New[Pack](), Agreement: id, Direction: "sent", Other: with.OtherID, PupilID: &pupil, PupilName: who.Name(), Why: why, Body: string(body), ByName: p.Who().Name}
		pack = sent.ID
		if err := insertPack(tx, sent); err != nil {
			return err
		}
		got := sent
		got.ID, got.Direction, got.Other, got.PupilID = ids.New[Pack](), "received", roll.OrgID(p.Org()), nil
		if err := tx.Within(access.System("receive a hand-over pack from another school", int64(with.OtherID)), func(in *db.Tx) error {
			if err := insertPack(in, got); err != nil {
				return err
			}
			return trail.Write(in, trail.Entry{Kind: trail.Import, About: "pack", Key: int64(got.ID), Words: "A hand-over pack came from another school."})
		}); err != nil {
			return err
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Export, About: "pupil", Key: int64(pupil), Words: "A hand-over pack went to " + with.OtherName + "."})
	})
	if err != nil {
		return 0, err
	}
	return pack, nil
}

// Packs lists what was sent and received, the latest first.
func (s *Service) Packs(ctx context.Context, p access.Pass) (out []Pack, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, p, func(tx *db.Tx) error {
		out, err = packs(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, s.nameOthers(ctx, out)
}

// OpenPack opens one. The first opening of a received pack is noted, and who opened it.
func (s *Service) OpenPack(ctx context.Context, p access.Pass, id ids.ID[Pack]) (out Pack, err error) {
	if _, err := p.CheckNamed(Read); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, p, func(tx *db.Tx) error {
		var found bool
		if out, found, err = packByID(tx, id); err != nil {
			return err
		}
		if !found {
			return fault.Gone("pack")
		}
		// What was sent is about a pupil of ours: who may not see the pupil may not see the pack. A received pack is about a child who is not here yet.
		if out.PupilID != nil {
			if _, err := roll.Enter(tx, Read, *out.PupilID); err != nil {
				return err
			}
		}
		if out.Direction == "received" && out.OpenedMs == nil {
			if err := openedPack(tx, id, p.Who().Name); err != nil {
				return err
			}
			now := tx.Now()
			out.OpenedMs, out.OpenedBy = &now, p.Who().Name
		}
		return trail.Write(tx, trail.Entry{Kind: trail.Seen, About: "pack", Key: int64(id), Words: "A hand-over pack was read."})
	})
	if err != nil {
		return Pack{}, err
	}
	list := []Pack{out}
	if err := s.nameOthers(ctx, list); err != nil {
		return Pack{}, err
	}
	return list[0], nil
}

func (s *Service) nameOthers(ctx context.Context, list []Pack) error {
	return s.DB.View(ctx, access.Installation("name the schools of hand-over packs"), func(tx *db.Tx) error {
		for i := range list {
			name, _, err := db.Maybe[string](tx, `select name from roll_org where id = $1`, list[i].Other)
			if err != nil {
				return err
			}
			list[i].OtherName = cmp.Or(name, fmt.Sprint("school ", list[i].Other))
		}
		return nil
	})
}
