package messages

import (
	"ajar/internal/kit/db"
	"ajar/internal/kit/post"
	"ajar/internal/roll"
)

// traces reads how every adult was tried, and what shows that they were reached since a moment.
func (s *Service) traces(tx *db.Tx, since int64) (map[roll.AdultID]trace, error) {
	out := map[roll.AdultID]trace{}
	// The last of each kind of message in each language that arrived: by what its receipt says, and not by being handed over.
	type arrivedRow struct {
		Adult roll.AdultID
		Lang  string
		AtMs  int64
	}
	if err := db.Each(tx, func(r *arrivedRow) error {
		t := out[r.Adult]
		t.arrived = append(t.arrived, receipt{r.Lang, r.AtMs})
		out[r.Adult] = t
		return nil
	}, `select i.adult, i.lang, max(coalesce(i.arrived_ms, i.done_ms)) as at_ms from post_item i
		where i.org_id = $1 and i.adult <> 0 and i.arrived = 'yes' and coalesce(i.arrived_ms, i.done_ms) >= $2 group by i.adult, i.lang`, since); err != nil {
		return nil, err
	}
	// The last try of each number and address.
	type tryRow struct {
		Adult                                           roll.AdultID
		Way, Address, State, Arrived, Trouble, Receipts string
		AtMs                                            int64
	}
	if err := db.Each(tx, func(r *tryRow) error {
		t := out[r.Adult]
		kind := "email"
		if r.Way == post.SMS {
			kind = "phone"
		}
		x := roll.Try{Kind: kind, Folded: roll.FoldChannel(kind, r.Address), OnMs: r.AtMs, State: r.State, Arrived: r.Arrived, Trouble: r.Trouble}
		if x.Arrived == "no" {
			x.Trouble = r.Receipts
		}
		t.tries = append(t.tries, x)
		out[r.Adult] = t
		return nil
	}, `select x.adult, x.way, x.address, x.state, x.arrived, x.trouble, x.arrived_words as receipts, x.made_ms as at_ms from (
			select i.adult, i.way, i.address, i.state, i.arrived, i.trouble, i.arrived_words, i.made_ms,
				row_number() over (partition by i.adult, i.way, i.address order by i.made_ms desc, i.id) as place
			from post_item i where i.org_id = $1 and i.adult <> 0
		) x where x.place = 1`); err != nil {
		return nil, err
	}
	// What was said: an answer from them, and talks.
	type saidRow struct {
		AdultID                       roll.AdultID
		Way, Direction, Outcome, Lang string
		AtMs                          int64
	}
	if err := db.Each(tx, func(r *saidRow) error {
		t := out[r.AdultID]
		switch r.Way {
		case ByText, ByEmail, ByLetter:
			if r.Direction == "in" {
				t.answer = max(t.answer, r.AtMs)
			}
		case ByCall:
			if r.Outcome == Spoke {
				t.talks = append(t.talks, talked{r.Lang != "", r.AtMs})
			}
		case ByGate, ByVisit, ByMeeting:
			t.talks = append(t.talks, talked{r.Lang != "", r.AtMs})
		}
		out[r.AdultID] = t
		return nil
	}, `select c.adult_id, c.way, c.direction, c.outcome, c.lang, c.at_ms from messages_contact c
		where c.org_id = $1 and c.adult_id is not null and c.struck_ms is null and c.at_ms >= $2 order by c.at_ms`, since); err != nil {
		return nil, err
	}
	// The last letter that was printed and sent.
	type letterRow struct {
		AdultID roll.AdultID
		AtMs    int64
	}
	if err := db.Each(tx, func(r *letterRow) error {
		t := out[r.AdultID]
		t.letter = r.AtMs
		out[r.AdultID] = t
		return nil
	}, `select y.adult_id, max(y.done_ms) as at_ms from messages_copy y where y.org_id = $1 and y.way = 'letter' and y.state = 'done' and y.done_ms >= $2 group by y.adult_id`, since); err != nil {
		return nil, err
	}
	// Numbers and addresses not to be used, on whichever adult they stand.
	type stopRow struct {
		AdultID     roll.AdultID
		Folded, Why string
	}
	if err := db.Each(tx, func(r *stopRow) error {
		t := out[r.AdultID]
		if t.wrong == nil {
			t.wrong, t.stopped = map[string]bool{}, map[string]bool{}
		}
		if r.Why == "wrong" {
			t.wrong[r.Folded] = true
		} else {
			t.stopped[r.Folded] = true
		}
		out[r.AdultID] = t
		return nil
	}, `select c.adult_id, s.folded, s.why from messages_stop s join roll_channel c on c.org_id = s.org_id and c.kind = s.kind and c.folded = s.folded where s.org_id = $1 and s.ended_ms is null`); err != nil {
		return nil, err
	}
	if s.Seen == nil {
		return out, nil
	}
	seen, err := s.Seen(tx, since)
	for id, at := range seen {
		t := out[id]
		t.opened = at
		out[id] = t
	}
	return out, err
}

// formsToday are the forms of the children on the roll.
func formsToday(tx *db.Tx) (map[roll.PupilID]string, error) {
	type row struct {
		PupilID roll.PupilID
		Title   string
	}
	list, err := db.All[row](tx, `select m.pupil_id, min(c.title) as title from roll_member m join roll_class c on c.org_id = m.org_id and c.id = m.class_id and c.kind = 'form'
		where m.org_id = $1 and m.pupil_id is not null and m.starts <= $2 and m.ends >= $2 group by m.pupil_id`, tx.Today())
	out := make(map[roll.PupilID]string, len(list))
	for _, x := range list {
		out[x.PupilID] = x.Title
	}
	return out, err
}
