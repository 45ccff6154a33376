package seed

import (
	"bytes"
	"fmt"
	"strings"
)

var textEscapes = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)

// specimen is a PDF of one page that says what it stands for, and that it is none.
func specimen(title string) []byte {
	var b bytes.Buffer
	var offsets []int
	add := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	add("<< /Type /Catalog /Pages 2 0 R >>")
	add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	page := "BT /F1 28 Tf 72 720 Td (SPECIMEN) Tj /F1 14 Tf 0 -40 Td (" + textEscapes.Replace(title) + ") Tj ET"
	add(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page))
	add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}
