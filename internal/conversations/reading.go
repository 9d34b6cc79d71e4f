package conversations

import "math"

// readingAge is the estimate in whole years, and whether there is one.
func readingAge(text string) (int, bool) {
	r := ReadingAge(text)
	return int(math.Round(r.Age)), r.Estimated
}
