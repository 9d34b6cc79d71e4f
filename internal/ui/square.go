package ui

import (
	"bytes"
	"fmt"

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"
)

// Square is what the camera of a phone reads (a QR code), drawn in lines so that it is sharp on paper. Label says what it is to those who can't see it;
// what it says must stand beside it in letters.
func Square(text, label string) templ.Component {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return templ.NopComponent
	}
	n := code.Bounds().Dx()
	var path bytes.Buffer
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	return squareOf(n+8, path.String(), label)
}
