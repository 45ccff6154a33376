package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	imagejpeg "image/jpeg"
	"sync/atomic"
	"testing"
)

// made counts files, so that no two are the same.
var made atomic.Uint32

// pdf makes a small, whole PDF with one page of text.
func pdf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	text := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (Certificate of incorporation %d) Tj ET", made.Add(1))
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}

// jpeg makes a photo of 800 x 600 pixels.
func jpeg(t *testing.T) []byte {
	t.Helper()
	picture, shade := image.NewRGBA(image.Rect(0, 0, 800, 600)), made.Add(1)
	for x := range 800 {
		for y := range 600 {
			picture.Set(x, y, color.RGBA{uint8(x) ^ uint8(shade), uint8(y) ^ uint8(shade>>8), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := imagejpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
