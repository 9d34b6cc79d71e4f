package roll

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
)

// Three texts say who is in sight: the view, the condition of lists, and the list of pupils by name, which itself reads few by their keys and leaves the others out of many. On a school in
// which people come and go by chance, with classes, assignments and cover, all of them name the same pupils on every day, on both engines.
func TestSightIsTheSameEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, a, b school) {
		chance := rand.New(rand.NewPCG(7, 11))
		day := func() (starts, ends string) {
			from := chance.IntN(12)
			return fmt.Sprintf("2026-11-%02d", 1+from), fmt.Sprintf("2026-11-%02d", 1+from+chance.IntN(12))
		}
		const pupils, people, classes = 460, 6, 9
		var staff []StaffID
		for _, org := range []access.Pass{testkit.A(), testkit.B()} { // the other school has as much, and none of it may show
			if err := a.s.DB.Update(t.Context(), org, func(tx *db.Tx) error {
				made, err := fillByChance(tx, chance, day, pupils, people, classes)
				if org.Org() == testkit.OrgA {
					staff = made
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		sizes := map[string]int{}
		for d := 1; d <= 24; d += 3 {
			at := time.Date(2026, 11, d, 10, 0, 0, 0, time.UTC)
			a.s.DB.SetClock(clock.At(at))
			for _, who := range staff {
				p := as(testkit.OrgA, who, Teacher)
				if err := a.s.DB.View(t.Context(), p, func(tx *db.Tx) error {
					key, today, err := SightArgs(tx, See)
					if err != nil {
						return err
					}
					view, err := db.All[PupilID](tx, `select distinct v.pupil_id from roll_sight v where v.org_id = $1 and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3`, key, today)
					if err != nil {
						return err
					}
					list, err := db.All[PupilID](tx, `select p.id from roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and `+Sight, key, today)
					if err != nil {
						return err
					}
					one, err := db.All[PupilID](tx, `select p.id from roll_pupil p where p.org_id = $1 and p.starts <= $3 and p.ends >= $3 and p.sort_key = '7' and `+sightOfOne, key, today)
					if err != nil {
						return err
					}
					viewSome, err := db.All[PupilID](tx, `select p.id from roll_pupil p where p.org_id = $1 and p.sort_key = '7'
						and p.id in (select v.pupil_id from roll_sight v where v.org_id = $1 and v.staff_id = $2 and v.starts <= $3 and v.ends >= $3)`, key, today)
					if err != nil {
						return err
					}
					if !slices.Equal(sorted(one), sorted(viewSome)) {
						t.Errorf("on %s the condition for one names %d pupils and the view %d", today, len(one), len(viewSome))
					}
					named, err := Pupils(tx, See)
					if err != nil {
						return err
					}
					var byName []PupilID
					for _, x := range named {
						byName = append(byName, x.ID)
					}
					for what, got := range map[string][]PupilID{"the condition of lists": list, "the list by name": byName} {
						if !slices.Equal(sorted(got), sorted(view)) {
							t.Errorf("on %s %s names %d pupils and the view %d", today, what, len(got), len(view))
						}
					}
					switch n := len(view); {
					case n == 0:
						sizes["nobody"]++
					case 3*n < pupils:
						sizes["few"]++
					default:
						sizes["many"]++
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if sizes["few"] < 5 || sizes["many"] < 5 {
			t.Errorf("the school of chance has too little in it to mean anything: %v", sizes)
		}
	})
}

func sorted(list []PupilID) []PupilID {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

// fillByChance makes pupils, staff who take classes, work with pupils by name, and stand in for each other, each for some days.
func fillByChance(tx *db.Tx, chance *rand.Rand, day func() (string, string), pupils, people, classes int) (staff []StaffID, err error) {
	bulk := func(table string, cols []string, n int, row func(i int) []any) {
		if err != nil {
			return
		}
		i := -1
		_, err = tx.Bulk(table, cols, func() ([]any, bool) {
			i++
			if i >= n {
				return nil, false
			}
			return row(i), true
		})
	}
	keys, rooms := make([]PupilID, pupils), make([]ClassID, classes)
	bulk("roll_pupil", []string{"id", "local_id", "forename", "surname", "sort_key", "search"}, pupils, func(i int) []any {
		keys[i] = ids.New[Pupil]()
		return []any{keys[i], fmt.Sprint("chance ", i), "A", "B", fmt.Sprint(chance.IntN(50)), ""}
	})
	bulk("roll_class", []string{"id", "local_id", "title", "kind"}, classes, func(i int) []any {
		rooms[i] = ids.New[Class]()
		return []any{rooms[i], fmt.Sprint("chance ", i), "C", "class"}
	})
	for i := 0; i < people && err == nil; i++ {
		var id StaffID
		if id, err = AddStaff(tx, fmt.Sprint("Chance ", i), ""); err == nil {
			staff = append(staff, id)
		}
	}
	if err != nil {
		return nil, err
	}
	bulk("roll_member", []string{"id", "class_id", "pupil_id", "starts", "ends"}, 3*pupils, func(i int) []any {
		starts, ends := day()
		return []any{ids.New[Member](), rooms[chance.IntN(classes)], keys[i%pupils], starts, ends}
	})
	bulk("roll_member", []string{"id", "class_id", "staff_id", "starts", "ends"}, 2*people, func(i int) []any {
		starts, ends := day()
		return []any{ids.New[Member](), rooms[chance.IntN(classes)], staff[i%people], starts, ends}
	})
	// The last of the staff works with nearly all by name, so that there is somebody who sees many.
	bulk("roll_assignment", []string{"id", "pupil_id", "staff_id", "part", "starts", "ends"}, 5*pupils, func(i int) []any {
		who := staff[people-1]
		if i%3 == 0 {
			who = staff[chance.IntN(people)]
		}
		starts, ends := day()
		return []any{ids.New[Worker](), keys[i%pupils], who, "key_teacher", starts, ends}
	})
	bulk("roll_standin", []string{"id", "away_id", "staff_id", "pupil_id", "starts", "ends"}, 8, func(i int) []any {
		starts, ends := day()
		var one any
		if i%2 == 0 {
			one = int64(keys[chance.IntN(pupils)])
		}
		return []any{ids.New[StandIn](), staff[(i+1)%people], staff[i%people], one, starts, ends}
	})
	return staff, err
}
