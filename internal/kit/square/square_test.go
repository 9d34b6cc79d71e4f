package square

import (
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	size, path := Lines("https://ajar.example/f/l/abc")
	if size < 29+8-8 || strings.Count(path, "M") < 100 || !strings.HasPrefix(path, "M4 4h1v1h-1z") {
		t.Errorf("%d, %.40s", size, path)
	}
	if size, path := Lines(strings.Repeat("x", 10000)); size != 0 || path != "" {
		t.Errorf("too long: %d", size)
	}
}
