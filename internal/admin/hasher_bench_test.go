package admin

import "testing"

// What one sign-in costs with the settings that are served.
func BenchmarkPassword(b *testing.B) {
	h := NewHasher(19*1024, 2)
	hashed, err := h.Make(b.Context(), good)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, _ := h.Check(b.Context(), hashed, good); !ok {
			b.Fatal("does not fit")
		}
	}
}
