package practice

import (
	"strings"

	"ajar/internal/kit/db"
	"ajar/internal/messages"
)

// News offers published stories for the newsletter: what was done, and what changed. Who comes from a family's story agreed to its words when it was published.
func News() messages.ItemSource {
	return messages.ItemSource{Key: "practice", Words: "Stories", Items: func(tx *db.Tx) (out []messages.Item, err error) {
		list, err := stories(tx)
		for _, s := range list {
			if s.State == "published" {
				out = append(out, messages.Item{Kind: messages.ItemStory, Title: s.Title, Words: strings.TrimSpace(s.Did + "\n\n" + s.Changed), Source: "practice:" + s.ID.String()})
			}
		}
		return out, err
	}}
}
