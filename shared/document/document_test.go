package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// flattened stands in the tables for a file that is taken and of which a picture leaves something out.
const flattened Reason = "flattened"

func inspect(t testing.TB, data []byte, declared string) Finding {
	t.Helper()
	f, err := Inspect(bytes.NewReader(data), declared)
	if err != nil {
		t.Fatal(err)
	}
	if f.Reason == "" && f.Flattens {
		f.Reason = flattened
	}
	return f
}

// The PDFs and pictures were made with reportlab, pypdf, pikepdf, img2pdf, qpdf, Ghostscript and Pillow.
func TestFilesOfRealPrograms(t *testing.T) {
	for _, c := range []struct {
		file, declared string
		reason         Reason
	}{
		{"links-and-form.pdf", pdfType, ""},
		{"object-streams.pdf", pdfType, ""},
		{"linearized.pdf", pdfType, ""},
		{"ghostscript.pdf", pdfType, ""},
		{"pypdf.pdf", pdfType, ""},
		{"scan.pdf", pdfType, ""},
		{"page.jpg", jpegType, ""},
		{"progressive.jpg", jpegType, ""},
		{"cmyk.jpg", jpegType, ""},
		{"exif.jpg", jpegType, ""},
		{"page.png", pngType, ""},
		{"page-1bit.png", pngType, ""},
		{"portrait.png", pngType, ""},

		{"encrypted.pdf", pdfType, PasswordProtected},
		{"encrypted-no-password-to-open.pdf", pdfType, flattened},
		{"encrypted-old.pdf", pdfType, flattened},
		{"javascript.pdf", pdfType, flattened},
		{"javascript-in-object-stream.pdf", pdfType, flattened},
		{"named-javascript-in-object-stream.pdf", pdfType, flattened},
		{"launch.pdf", pdfType, flattened},
		{"launch-in-object-stream.pdf", pdfType, flattened},
		{"attachment.pdf", pdfType, flattened},
		{"attachment-in-object-stream.pdf", pdfType, flattened},
		{"file-attachment-in-object-stream.pdf", pdfType, flattened},
		{"xfa.pdf", pdfType, flattened},
		{"xfa-in-object-stream.pdf", pdfType, flattened},
		{"automatic-action.pdf", pdfType, flattened},
		{"automatic-action-in-object-stream.pdf", pdfType, flattened},
		{"rich-media-in-object-stream.pdf", pdfType, flattened},
		{"rendition-in-object-stream.pdf", pdfType, flattened},
		{"small.jpg", jpegType, ImageTooSmall},
		{"huge.png", pngType, ImageTooLarge},

		{"page.jpg", pdfType, TypeMismatch},
		{"page.png", jpegType, TypeMismatch},
		{"links-and-form.pdf", pngType, TypeMismatch},
		{"page.webp", jpegType, TypeMismatch},
		{"page.gif", pngType, TypeMismatch},
		{"page.tif", jpegType, TypeMismatch},
		{"page.webp", "image/webp", TypeNotSupported},
		{"page.jpg", "", TypeNotSupported},
	} {
		t.Run(c.file+" as "+c.declared, func(t *testing.T) {
			f := inspect(t, file(t, c.file), c.declared)
			if f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
			if f.Reason == "" && (f.ContentType != c.declared || len(f.SHA256) != 64) {
				t.Errorf("clean, but %+v", f)
			}
		})
	}
}

func TestThePixelsOfAPictureAreCounted(t *testing.T) {
	if f := inspect(t, file(t, "portrait.png"), pngType); f.Width != 440 || f.Height != 640 {
		t.Errorf("%d x %d", f.Width, f.Height)
	}
	if f := inspect(t, file(t, "small.jpg"), jpegType); f.Width != 320 || f.Height != 240 {
		t.Errorf("%d x %d", f.Width, f.Height)
	}
}

func TestOtherKindsOfFileAreNamed(t *testing.T) {
	for _, c := range []struct{ name, start, want string }{
		{"a Windows program", "MZ\x90\x00\x03", "application/exe"},
		{"a Linux program", "\x7fELF\x02\x01\x01", "application/exe"},
		{"a shell script", "#!/bin/sh\n", "application/exe"},
		{"an archive or Office document", "PK\x03\x04\x14\x00", "application/zip"},
		{"an old Office document", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/ole"},
		{"a picture of an iPhone", "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic", "image/heic"},
		{"a film", "\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4"},
		{"a web page", "\xef\xbb\xbf \r\n<!DOCTYPE html><html>", "text/html"},
		{"a web page that mentions a PDF", "<html>%PDF-1.7", "text/html"},
		{"a drawing", "<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"},
		{"a drawing with an XML header", "<?xml version='1.0'?>\n<svg>", "image/svg+xml"},
		{"an XML file", "<?xml version='1.0'?><a/>", "text/xml"},
		{"plain text", "hello", unknownType},
		{"an RTF document", "{\\rtf1", "application/rtf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := inspect(t, []byte(c.start), pdfType)
			if f.ContentType != c.want || f.Reason != TypeMismatch {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	if f := inspect(t, nil, pdfType); f.Reason != Empty {
		t.Errorf("an empty file: %+v", f)
	}
	if f := inspect(t, bytes.Repeat([]byte(" "), MaxBytes+1), pdfType); f.Reason != TooLarge {
		t.Errorf("a large file: %+v", f)
	}
	broken := errors.New("connection reset")
	if _, err := Inspect(iotest.ErrReader(broken), pdfType); !errors.Is(err, broken) {
		t.Errorf("an error of the reader became %v", err)
	}
}

const zipEnd = "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// Each is a harmless file with something before, after or cut off.
func TestWhatIsAroundAFile(t *testing.T) {
	pdf, jpg, png := file(t, "links-and-form.pdf"), file(t, "page.jpg"), file(t, "page.png")
	join := func(parts ...any) []byte {
		var b []byte
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				b = append(b, p...)
			case []byte:
				b = append(b, p...)
			}
		}
		return b
	}
	for _, c := range []struct {
		name, declared string
		data           []byte
		reason         Reason
	}{
		{"blank lines before a PDF", pdfType, join("\r\n\r\n", pdf), ""},
		{"a mailer's lines before a PDF", pdfType, join("Content-Type: application/pdf\r\n\r\n", pdf), ""},
		{"blank lines after a PDF", pdfType, join(pdf, strings.Repeat("\r\n", 2000)), ""},
		{"zeros after a PDF", pdfType, join(pdf, make([]byte, 5000)), ""},
		{"a few bytes after a PDF", pdfType, join(pdf, "\x1b%-12345X@PJL EOJ\r\n"), ""},
		{"a preview after a JPEG", jpegType, join(jpg, jpg), ""},
		{"a film after a JPEG", jpegType, join(jpg, "\x00\x00\x00\x20ftypisom", make([]byte, 9000)), ""},
		{"a phone's own data after a JPEG", jpegType, join(jpg, "\x00\x00\x01\x0aImage_UTC_Data1732345678SEFHe\x00\x00SEFT"), ""},

		{"a web page before a PDF", pdfType, join("x<html><script>alert(1)</script>", pdf), Polyglot},
		{"an archive after a PDF", pdfType, join(pdf, "PK\x03\x04\x14\x00 and so on"), Polyglot},
		{"the end of an archive after a PDF", pdfType, join(pdf, zipEnd), Polyglot},
		{"the end of an archive with a comment that is a PDF", pdfType, join(pdf[:len(pdf)-40], zipEnd[:20], "\x28\x00", pdf[len(pdf)-40:]), Polyglot},
		{"a page after a PDF", pdfType, join(pdf, "\n<SCRIPT>alert(1)</SCRIPT>"), Polyglot},
		{"a program after a PDF", pdfType, join(pdf, "\nMZ\x90 This program cannot be run in DOS mode"), Polyglot},
		{"much of something after a PDF", pdfType, join(pdf, bytes.Repeat([]byte("x"), 3000)), Corrupt},
		{"a PDF in a JPEG", jpegType, join(jpg[:2], "\xff\xfe\x00\x0b%PDF-1.7\n", jpg[2:]), Polyglot},
		{"an archive after a JPEG", jpegType, join(jpg, "PK\x03\x04\x14\x00", make([]byte, 100), zipEnd), Polyglot},
		{"a page after a JPEG", jpegType, join(jpg, "<html>"), Polyglot},
		{"a page after a PNG", pngType, join(png, "<!doctype html><p>"), Polyglot},
		{"a PDF after a PNG", pngType, join(png, pdf), Polyglot},

		{"half a PDF", pdfType, pdf[:len(pdf)/2], Corrupt},
		{"half a JPEG", jpegType, jpg[:len(jpg)/2], Corrupt},
		{"a JPEG without its end", jpegType, jpg[:len(jpg)-2], Corrupt},
		{"the start of a JPEG", jpegType, jpg[:3], Corrupt},
		{"a JPEG without a picture", jpegType, []byte("\xff\xd8\xff\xd9"), Corrupt},
		{"half a PNG", pngType, png[:len(png)/2], Corrupt},
		{"the start of a PNG", pngType, png[:8], Corrupt},
		{"a PNG with a flipped bit", pngType, join(png[:60], []byte{png[60] ^ 1}, png[61:]), Corrupt},
		{"a PNG with a huge chunk", pngType, join(png[:8], binary.BigEndian.AppendUint32(nil, 1<<31), png[12:]), Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, c.data, c.declared); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}
