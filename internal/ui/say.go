package ui

import (
	"context"
	"strings"
)

// Say gives the text for a key in the reader's language, or the English when there is none.
type Say func(ctx context.Context, key, english string) string

type sayKey struct{}

// WithSay makes the components speak through say for the rest of this request.
func WithSay(ctx context.Context, say Say) context.Context {
	return context.WithValue(ctx, sayKey{}, say)
}

func word(ctx context.Context, key, english string) string {
	if say, ok := ctx.Value(sayKey{}).(Say); ok && say != nil {
		return say(ctx, key, english)
	}
	return english
}

// fill puts values into the named places of a sentence: fill("Row {n} of {of}", "n", "3", "of", "9").
// Sentences stay whole for the translator; nothing is glued together.
func fill(sentence string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	if len(pairs)%2 == 1 {
		pairs = pairs[:len(pairs)-1]
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

var rightToLeft = map[string]bool{"ar": true, "fa": true, "ur": true, "ps": true, "he": true, "yi": true, "ckb": true, "sd": true, "ug": true, "dv": true}

// Direction gives "rtl" for languages that are written from right to left, else "ltr".
func Direction(lang string) string {
	base, rest, _ := strings.Cut(strings.ToLower(lang), "-")
	// Punjabi is written in Gurmukhi in India and in Shahmukhi, from the right, in Pakistan.
	if rightToLeft[base] || (base == "pa" && (strings.HasPrefix(rest, "arab") || rest == "pk")) {
		return "rtl"
	}
	return "ltr"
}
