package document

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

// Whatever the bytes are: an answer, and a clean file begins as its type does, is no archive, and has nothing active in the open.
func FuzzInspect(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if !name.IsDir() {
			f.Add(file(f, name.Name()), 0)
			f.Add(file(f, name.Name()), 1)
			f.Add(file(f, name.Name()), 2)
		}
	}
	f.Add(pdf("1 0 obj<</Filter[/Fl]/First 1>>stream\n"), 0)
	types := []string{pdfType, jpegType, pngType}
	starts := [][]byte{[]byte("%PDF-"), []byte("\xff\xd8\xff"), []byte("\x89PNG\r\n\x1a\n")}
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		n = int(uint(n) % 3)
		got := inspect(t, data, types[n])
		if got != inspect(t, data, types[n]) {
			t.Error("another answer the second time")
		}
		if got.Reason != "" {
			if !slices.Contains(Reasons(), got.Reason) {
				t.Errorf("%q is no known reason", got.Reason)
			}
			return
		}
		if i := bytes.Index(data, starts[n]); got.ContentType != types[n] || i < 0 || i > head || n > 0 && i != 0 {
			t.Errorf("clean, but it does not begin as %s", types[n])
		}
		if n > 0 && (got.Width*got.Height > maxPixels || min(got.Width, got.Height) < minShort) {
			t.Errorf("clean, but %d x %d", got.Width, got.Height)
		}
		for _, mark := range []string{"/JavaScript ", "/Launch/", "/Encrypt "} {
			if n == 0 && bytes.Contains(data, []byte(mark)) {
				t.Errorf("clean, but it has %s", mark)
			}
		}
		if endsAsZip(data) {
			t.Error("clean, but an archive")
		}
	})
}
