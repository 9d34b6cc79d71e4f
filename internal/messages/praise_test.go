package messages

import (
	"strings"
	"testing"

	"ajar/internal/kit/db"
	"ajar/internal/kit/fault"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
	"ajar/internal/roll/worry"
)

func goodNotes(t *testing.T, s *Service, p wordPlace) (n int) {
	t.Helper()
	ok(t, s.DB.View(t.Context(), p.as(roll.Head), func(tx *db.Tx) (err error) {
		n, err = db.One[int](tx, `select count(*) from messages_contact where org_id = $1 and tone = 'good' and direction = 'out'`)
		return err
	}))
	return n
}

// V04: postcards are made in bulk, signed one by one, printed in the adult's language with English beside, and count as good news once they are.
func TestV04PraiseIsSignedOneByOneAndCounts(t *testing.T) {
	wordPlaces(t, func(t *testing.T, s *Service, a, b wordPlace) {
		ctx, head := t.Context(), a.as(roll.Head)
		_, err := s.TakeReady(ctx, head, []string{"praise_card"})
		ok(t, err)
		list, err := s.Templates(ctx, head)
		ok(t, err)
		card := list.List[0].ID
		v, err := s.Template(ctx, head, card)
		ok(t, err)
		urdu, _ := v.In("ur")
		ok(t, s.Translate(ctx, head, card, urdu.Words, "Nadia Malik", 1))
		desk, err := s.Praises(ctx, head, a.class)
		if err != nil || len(desk.Pupils) != 1 || len(desk.Classes) != 1 || len(desk.Templates) != 1 {
			t.Fatalf("%+v %v", desk, err)
		}
		asked := PraiseAsked{Kind: ByCard, Template: card, What: map[roll.PupilID]string{a.pupil: ""}}
		if _, err := s.MakePraise(ctx, head, asked); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a word about the child: %v", err)
		}
		asked.What[a.pupil] = "dad hit him again at home"
		if _, err := s.MakePraise(ctx, head, asked); err == nil {
			t.Error("a worry was kept")
		} else if _, waits := worry.As(err); !waits {
			t.Error(err)
		}
		asked.What[a.pupil] = "helped a new child find her way"
		if n, err := s.MakePraise(ctx, head, asked); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		desk, err = s.Praises(ctx, head, 0)
		if err != nil || len(desk.ToSign) != 1 || desk.ToSign[0].Shown.Body != "We have good news about Amira: helped a new child find her way. We are proud, and we think you will be too." {
			t.Fatalf("%+v %v", desk.ToSign, err)
		}
		x := desk.ToSign[0]
		// Nothing is printed before it is signed, and a name stands under the words that were seen.
		if _, n, none, err := s.PrintPraise(ctx, head, ByCard); err != nil || n != 0 || none != 0 || goodNotes(t, s, a) != 0 {
			t.Errorf("printed without a name: %d %d %v", n, none, err)
		}
		ok(t, s.ChangePraise(ctx, head, x.ID, x.Subject, x.Body, "helped a new child", x.Version))
		if err := s.SignPraise(ctx, head, x.ID, x.Version); fault.KindOf(err) != fault.Conflict {
			t.Errorf("signed words that had changed: %v", err)
		}
		ok(t, s.SignPraise(ctx, head, x.ID, x.Version+1))
		at, n, none, err := s.PrintPraise(ctx, head, ByCard)
		if err != nil || n != 1 || none != 0 || goodNotes(t, s, a) != 1 {
			t.Fatalf("%d %d %v, %d notes", n, none, err, goodNotes(t, s, a))
		}
		prints, err := s.PrintedPraise(ctx, head, at)
		if err != nil || len(prints) != 1 {
			t.Fatal(prints, err)
		}
		if p := prints[0]; p.Lang.Tag() != "ur" || !strings.Contains(p.Theirs.Body, "\u2068Amira\u2069") || !strings.Contains(p.English.Body, "helped a new child") || p.Note != "" || p.SignedName != "Test head" || p.Name != "Fatima Khan" {
			t.Errorf("%+v", p)
		}
		if _, n, _, err := s.PrintPraise(ctx, head, ByCard); err != nil || n != 0 || goodNotes(t, s, a) != 1 {
			t.Errorf("printed and noted twice: %d %v", n, err)
		}
		if err := s.SignPraise(ctx, head, x.ID, x.Version+1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("signed after it was printed: %v", err)
		}
		// An order that comes between printing and the printer is obeyed.
		ok(t, s.DB.Update(ctx, head, func(tx *db.Tx) error {
			tie, err := db.One[roll.TieID](tx, `select id from roll_tie where org_id = $1`)
			if err == nil {
				_, err = tx.Exec(`insert into roll_order (org_id, id, tie_id, kind, starts, decided_by, by_name, made_ms) values ($1, $2, $3, 'no_contact', '2020-01-01', 'court', 'x', 0)`, ids.New[roll.Order](), tie)
			}
			return err
		}))
		if prints, err = s.PrintedPraise(ctx, head, at); err != nil || len(prints) != 0 {
			t.Errorf("printed for an adult under an order: %+v %v", prints, err)
		}
		// Nobody left who may get post: it stays, and the page says so.
		own := PraiseAsked{Kind: ByLetter, Body: "{child} read a whole book.", What: map[roll.PupilID]string{a.pupil: "x"}}
		_, err = s.MakePraise(ctx, head, own)
		ok(t, err)
		desk, err = s.Praises(ctx, head, 0)
		ok(t, err)
		ok(t, s.SignPraise(ctx, head, desk.ToSign[0].ID, 1))
		if _, n, none, err := s.PrintPraise(ctx, head, ByLetter); err != nil || n != 0 || none != 1 {
			t.Errorf("%d %d %v", n, none, err)
		}
		// The other school sees nothing of it; its own father, of whom nothing is recorded, gets English.
		other := b.as(roll.Head)
		if desk, err := s.Praises(ctx, other, 0); err != nil || len(desk.ToSign)+len(desk.ToPrint) != 0 {
			t.Errorf("%+v %v", desk, err)
		}
		if _, err := s.MakePraise(ctx, other, own); fault.KindOf(err) != fault.NotFound {
			t.Errorf("praise for a child of another school: %v", err)
		}
		own.What = map[roll.PupilID]string{b.pupil: "x"}
		_, err = s.MakePraise(ctx, other, own)
		ok(t, err)
		desk, err = s.Praises(ctx, other, 0)
		ok(t, err)
		ok(t, s.SignPraise(ctx, other, desk.ToSign[0].ID, 1))
		at, _, _, err = s.PrintPraise(ctx, other, ByLetter)
		ok(t, err)
		if prints, err = s.PrintedPraise(ctx, other, at); err != nil || len(prints) != 1 || prints[0].Lang.Tag() != "en" || prints[0].English.Body != "Ben read a whole book." {
			t.Errorf("%+v %v", prints, err)
		}
	})
}
