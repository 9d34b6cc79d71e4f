package conversations

import (
	"math"

	"ajar/internal/roll/plain"
)

// readingAge is the estimate in whole years, and whether there is one.
func readingAge(text string) (int, bool) {
	r := plain.ReadingAge(text)
	return int(math.Round(r.Age)), r.Estimated
}
