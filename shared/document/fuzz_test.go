package document

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

// Whatever the bytes are: an answer, always the same; and a clean file begins as its type does and is no archive. A clean PDF with an active
// object anywhere in it, also in the middle of something else, is clean no longer.
func FuzzInspect(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if !name.IsDir() {
			for n := range 3 {
				f.Add(file(f, name.Name()), n, 1000)
			}
		}
	}
	f.Add(pdf("1 0 obj<</Filter[/Fl]/First 1>>stream\n"), 0, 50)
	f.Add(parts{catalog: "/OpenAction[103 0 R/Fit]", objects: []string{"5 0 obj<</Title(a) 7>>endobj"}}.packed(), 0, 150)
	types := []string{pdfType, jpegType, pngType}
	starts := [][]byte{[]byte("%PDF-"), []byte("\xff\xd8\xff"), []byte("\x89PNG\r\n\x1a\n")}
	f.Fuzz(func(t *testing.T, data []byte, n, at int) {
		n = int(uint(n) % 3)
		got := inspect(t, data, types[n])
		if got != inspect(t, data, types[n]) {
			t.Error("another answer the second time")
		}
		if got.Reason == flattened {
			return
		}
		if got.Reason != "" {
			if !slices.Contains(Reasons(), got.Reason) {
				t.Errorf("%q is no known reason", got.Reason)
			}
			return
		}
		if i := bytes.Index(data, starts[n]); got.ContentType != types[n] || i < 0 || i >= head || n > 0 && i != 0 {
			t.Errorf("clean, but it does not begin as %s", types[n])
		}
		if n > 0 && (got.Width*got.Height > maxPixels || min(got.Width, got.Height) < minShort) {
			t.Errorf("clean, but %d x %d", got.Width, got.Height)
		}
		if endsAsZip(data) {
			t.Error("clean, but an archive")
		}
		if n > 0 {
			return
		}
		at = int(uint(at) % uint(len(data)+1))
		for _, object := range []string{"\n7 0 obj<</S/Launch/F(a)>>endobj\n", "\n7 0 obj<</OpenAction<</S/URI/URI(a)>>>>endobj\n", "\n7 0 obj<</X/S/JavaScript>>"} {
			if f := inspect(t, slices.Concat(data[:at], []byte(object), data[at:]), pdfType); f.Reason == "" {
				t.Errorf("clean with %q at %d", object, at)
			}
		}
	})
}
