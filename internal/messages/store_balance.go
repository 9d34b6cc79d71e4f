package messages

import (
	"ajar/internal/kit/db"
	"ajar/internal/roll"
)

// heardFrom is what families heard from the school between two moments ($2 and before $3), one row for each child it was about: contacts that were noted, and copies of
// messages that left or were delivered by hand, each once for a child, to
// however many adults. What hangs on a copy is counted as the copy.
const heardFrom = `select x.pupil_id, x.tone, x.at_ms from (
		select m.pupil_id, c.tone, c.at_ms from messages_contact c join messages_about m on m.org_id = c.org_id and m.contact_id = c.id
			where c.org_id = $1 and c.at_ms >= $2 and c.at_ms < $3 and c.struck_ms is null and c.direction = 'out' and c.copy_id = 0 and c.outcome <> 'no_answer'
		union all
		select h.pupil_id, w.tone, min(coalesce(i.done_ms, y.done_ms, w.made_ms)) as at_ms from messages_message w
			join messages_copy y on y.org_id = w.org_id and y.message_id = w.id
			join messages_child h on h.org_id = y.org_id and h.copy_id = y.id
			left join post_item i on i.org_id = y.org_id and i.id = y.item_id
			where w.org_id = $1 and w.trial = 0 and w.state <> 'taken_back' and (y.state = 'done' or y.state = 'post' and i.state = 'sent' and i.unsure = 0 and i.arrived <> 'no')
				and coalesce(i.done_ms, y.done_ms, w.made_ms) >= $2 and coalesce(i.done_ms, y.done_ms, w.made_ms) < $3
			group by w.id, h.pupil_id, w.tone
	) x`

func heardByAll(tx *db.Tx, from, before int64) ([]heard, error) {
	return db.All[heard](tx, heardFrom+` order by x.at_ms, x.pupil_id`, from, before)
}

func heardBy(tx *db.Tx, pupils []roll.PupilID, from, before int64) ([]heard, error) {
	in, args := numbered(4, pupils)
	return db.All[heard](tx, heardFrom+` where x.pupil_id in (`+in+`) order by x.at_ms, x.pupil_id`, append([]any{from, before}, args...)...)
}
