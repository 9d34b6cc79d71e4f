package app

import (
	"context"
	"strings"

	"ajar/internal/barriers"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/messages"
	"ajar/internal/roll"
)

// joinMessages hands answers that come in to messages, and lets it write to the cohorts that barriers knows.
func (a *App) joinMessages() {
	a.Post.Receive = func(ctx context.Context, r post.Received) error {
		return a.Messages.Receive(ctx, messages.Incoming{ID: int64(r.ID), Way: r.Way, From: r.From, Text: strings.TrimSpace(post.Fresh(r.Text)), AtMs: r.AtMs, Reference: r.Reference, Auto: r.Automatic})
	}
	a.Messages.Audiences = append(a.Messages.Audiences, messages.AudienceSource{Key: "cohort", Words: "A cohort",
		List: func(tx *db.Tx) (out []roll.Listed, err error) {
			list, err := barriers.CohortsIn(tx)
			for _, c := range list {
				if c.Ended() {
					continue
				}
				out = append(out, roll.Listed{Key: c.ID.String(), Words: c.Name})
			}
			return out, err
		},
		Pupils: func(tx *db.Tx, key string) ([]roll.PupilID, error) {
			id, err := ids.Parse[barriers.Cohort](key)
			if err != nil {
				return nil, err
			}
			_, members, err := barriers.CohortIn(tx, id)
			var out []roll.PupilID
			for _, m := range members {
				if !m.Left() {
					out = append(out, m.PupilID)
				}
			}
			return out, err
		}})
}
