package app

import (
	"testing"

	_ "ajar/internal/family/web" // declares texts
	"ajar/internal/kit/say"
)

// Every text that a family reads is there in every language, whole, with its places and all forms of its number, and made from the English as it
// is now. `ajar texts --export pl` writes what is missing for a translator, and `ajar texts --take FILE` puts it back.
func TestFamiliesAreSpokenToInEveryLanguage(t *testing.T) {
	for _, p := range say.Problems() {
		t.Error(p.Error())
	}
	if n := len(say.Tongues()); n != 12 {
		t.Errorf("Ajar speaks %d languages, want 12", n)
	}
}
