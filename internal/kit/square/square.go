// Package square draws what the camera of a phone reads, a QR code, as lines that stay sharp on paper. Begin reading at Lines.
package square

import (
	"bytes"
	"fmt"

	"github.com/boombuler/barcode/qr"
)

// Lines gives the path of the dark modules for an SVG, and how many modules the square is wide with the quiet margin that cameras want. A text that is
// too long for one gives nothing.
func Lines(text string) (size int, path string) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, ""
	}
	n := code.Bounds().Dx()
	var b bytes.Buffer
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	return n + 8, b.String()
}
