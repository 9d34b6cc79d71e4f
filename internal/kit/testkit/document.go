package testkit

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// Document reads what a Word document says, a line for each paragraph and each cell, for tests of whoever makes one.
func Document(t testing.TB, body string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("this is no document: %v", err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var b strings.Builder
	for d, in := xml.NewDecoder(f), false; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			in = x.Name.Local == "t"
		case xml.CharData:
			if in {
				b.Write(x)
			}
		case xml.EndElement:
			in = false
			if x.Name.Local == "p" {
				b.WriteByte('\n')
			}
		}
	}
}
