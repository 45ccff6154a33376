package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

// jpegParts are the segments of a JPEG of 800 x 600 pixels with three components; its packed pixels are none, and it
// has no tables of codes, as frames of films have none.
type jpegParts struct {
	frame      byte
	precision  byte
	height     uint16
	sampling   []byte // of each component: horizontal in the upper four bits
	between    string // segments before the frame
	noTables   bool
	scan, end  string
	scanHeader func(components int) []byte
}

func marker(code byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, code}, uint16(len(body)+2)), body...)
}

func (p jpegParts) file() []byte {
	b := slices.Concat([]byte("\xff\xd8"), marker(0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")))
	if !p.noTables {
		b = append(b, marker(dqt, make([]byte, 65))...)
	}
	b = append(b, p.between...)
	frame := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{p.precision}, p.height), 800)
	frame = append(frame, byte(len(p.sampling)))
	for i, s := range p.sampling {
		frame = append(frame, byte(i+1), s, 0)
	}
	b = append(b, marker(p.frame, frame)...)
	b = append(b, marker(sos, p.scanHeader(len(p.sampling)))...)
	return append(append(b, p.scan...), p.end...)
}

// scanOf is the header of a scan of all components.
func scanOf(components int) []byte {
	b := []byte{byte(components)}
	for i := range components {
		b = append(b, byte(i+1), 0)
	}
	return append(b, 0, 63, 0)
}

func scanHeader(b ...byte) func(int) []byte { return func(int) []byte { return b } }

func TestAJPEGIsJudgedByItsStructure(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *jpegParts)
		reason Reason
	}{
		{"baseline", func(*jpegParts) {}, ""},
		{"extended", func(p *jpegParts) { p.frame = 0xc1 }, ""},
		{"progressive", func(p *jpegParts) { p.frame = sof2; p.scanHeader = scanHeader(3, 1, 0, 2, 0, 3, 0, 0, 0, 1) }, ""},
		{"progressive, a later scan", func(p *jpegParts) { p.frame = sof2; p.scanHeader = scanHeader(1, 2, 0, 1, 63, 0x21) }, ""},
		{"grey", func(p *jpegParts) { p.sampling = []byte{0x11} }, ""},
		{"grey with a sampling", func(p *jpegParts) { p.sampling = []byte{0x44} }, ""},
		{"four components", func(p *jpegParts) { p.sampling = []byte{0x22, 0x11, 0x11, 0x22} }, ""},
		{"4:1:0", func(p *jpegParts) { p.sampling = []byte{0x42, 0x11, 0x11} }, ""},
		{"3 x 1", func(p *jpegParts) { p.sampling = []byte{0x31, 0x11, 0x11} }, ""},
		{"2 x 4", func(p *jpegParts) { p.sampling = []byte{0x24, 0x11, 0x11} }, ""},
		{"colour finer than brightness", func(p *jpegParts) { p.sampling = []byte{0x11, 0x22, 0x21} }, ""},
		{"4 x 4 in scans of one component", func(p *jpegParts) {
			p.sampling = []byte{0x44, 0x11, 0x11}
			p.scanHeader = scanHeader(1, 1, 0, 0, 63, 0)
		}, ""},
		{"fill bytes", func(p *jpegParts) { p.between = "\xff\xff\xff" }, ""},
		{"noise between segments", func(p *jpegParts) { p.between = "noise" }, ""},
		{"restart markers", func(p *jpegParts) { p.scan = "ab\xff\xd0cd\xff\xd1ef" }, ""},
		{"a comment before its end", func(p *jpegParts) { p.end = "\xff\xfe\x00\x04ab\xff\xd9" }, ""},

		{"lossless", func(p *jpegParts) { p.frame = 0xc3 }, ImageNotShown},
		{"hierarchical", func(p *jpegParts) { p.between = "\xff\xde\x00\x02"; p.frame = 0xc5 }, ImageNotShown},
		{"arithmetic", func(p *jpegParts) { p.frame = 0xc9 }, ImageNotShown},
		{"arithmetic, progressive", func(p *jpegParts) { p.frame = 0xca }, ImageNotShown},
		{"JPEG-LS", func(p *jpegParts) { p.frame = jpegLS }, ImageNotShown},
		{"12 bits", func(p *jpegParts) { p.frame = 0xc1; p.precision = 12 }, ImageNotShown},
		{"two components", func(p *jpegParts) { p.sampling = []byte{0x11, 0x11} }, ImageNotShown},
		{"a height that follows", func(p *jpegParts) { p.height = 0 }, ImageNotShown},
		{"sampling between the pixels", func(p *jpegParts) { p.sampling = []byte{0x31, 0x21, 0x11} }, ImageNotShown},
		{"sampling between the lines", func(p *jpegParts) { p.sampling = []byte{0x13, 0x12, 0x11} }, ImageNotShown},

		{"low", func(p *jpegParts) { p.height = 399 }, ImageTooSmall},
		{"high", func(p *jpegParts) { p.height = 50_001 }, ImageTooLarge},

		{"12 bits, baseline", func(p *jpegParts) { p.precision = 12 }, Corrupt},
		{"9 bits", func(p *jpegParts) { p.frame = 0xc1; p.precision = 9 }, Corrupt},
		{"no components", func(p *jpegParts) { p.sampling = nil }, Corrupt},
		{"a sampling of 5", func(p *jpegParts) { p.sampling = []byte{0x51, 0x11, 0x11} }, Corrupt},
		{"a sampling of 0", func(p *jpegParts) { p.sampling = []byte{0x20, 0x11, 0x11} }, Corrupt},
		{"more blocks than a scan may have", func(p *jpegParts) { p.sampling = []byte{0x44, 0x11, 0x11} }, Corrupt},
		{"a table that is not there", func(p *jpegParts) { p.noTables = true }, Corrupt},
		{"a damaged table", func(p *jpegParts) { p.between = "\xff\xdb\x00\x03\x00" }, Corrupt},
		{"two frames", func(p *jpegParts) { p.between = string(marker(sof0, []byte{8, 0, 9, 0, 9, 1, 1, 0x11, 0})) }, Corrupt},
		{"a picture in the picture", func(p *jpegParts) { p.between = "\xff\xd8" }, Corrupt},
		{"a scan of another component", func(p *jpegParts) { p.scanHeader = scanHeader(1, 9, 0, 0, 63, 0) }, Corrupt},
		{"a scan of no component", func(p *jpegParts) { p.scanHeader = scanHeader(0, 0, 63, 0) }, Corrupt},
		{"a scan of five", func(p *jpegParts) { p.scanHeader = scanHeader(5, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 63, 0) }, Corrupt},
		{"a scan with codes that cannot be", func(p *jpegParts) { p.scanHeader = scanHeader(1, 1, 0x40, 0, 63, 0) }, Corrupt},
		{"a progressive scan of all at once", func(p *jpegParts) { p.frame = sof2; p.scanHeader = scanOf }, Corrupt},
		{"a progressive scan of two components at once", func(p *jpegParts) { p.frame = sof2; p.scanHeader = scanHeader(2, 1, 0, 2, 0, 1, 63, 0) }, Corrupt},
		{"a scan without a pixel", func(p *jpegParts) { p.scan = "" }, Corrupt},
		{"no end", func(p *jpegParts) { p.end = "" }, Corrupt},
		{"a segment that is cut off", func(p *jpegParts) { p.end = "\xff\xfe\x40\x00" }, Corrupt},
		{"a segment without a length", func(p *jpegParts) { p.between = "\xff\xe1\x00\x01" }, Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := jpegParts{frame: sof0, precision: 8, height: 600, sampling: []byte{0x22, 0x11, 0x11}, scan: "pixels", end: "\xff\xd9", scanHeader: scanOf}
			c.change(&p)
			f := inspect(t, p.file(), jpegType)
			if f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
			if f.Reason == "" && (f.Width != 800 || f.Height != 600) {
				t.Errorf("%d x %d", f.Width, f.Height)
			}
		})
	}
	if f := inspect(t, []byte("\xff\xd8\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00pixels\xff\xd9"), jpegType); f.Reason != Corrupt {
		t.Errorf("a scan without a frame: %q", f.Reason)
	}
}

func chunk(kind string, body []byte) string {
	named := append([]byte(kind), body...)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), named...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(named)))
}

func ihdr(width, height uint32, rest ...byte) string {
	return chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height), rest...))
}

func TestAPNGIsJudgedByItsStructure(t *testing.T) {
	const signature = "\x89PNG\r\n\x1a\n"
	end, pixels := chunk("IEND", nil), chunk("IDAT", []byte("pixels"))
	palette := chunk("PLTE", []byte("abc"))
	for _, c := range []struct {
		name, chunks string
		reason       Reason
	}{
		{"grey", ihdr(800, 600, 16, 0, 0, 0, 0) + pixels + end, ""},
		{"colour", ihdr(800, 600, 8, 2, 0, 0, 1) + pixels + pixels + end, ""},
		{"with a palette", ihdr(800, 600, 4, 3, 0, 0, 0) + palette + pixels + end, ""},
		{"with transparency", ihdr(800, 600, 16, 6, 0, 0, 0) + pixels + end, ""},
		{"animated", ihdr(800, 600, 8, 4, 0, 0, 0) + chunk("acTL", []byte("12345678")) + pixels + chunk("fdAT", []byte("x")) + end, ""},
		{"with damage in a note", ihdr(800, 600, 8, 0, 0, 0, 0) + strings.Replace(chunk("tEXt", []byte("note")), "note", "Note", 1) + pixels + end, ""},
		{"of an iOS app", chunk("CgBI", []byte("1234")) + ihdr(800, 600, 8, 6, 0, 0, 0) + pixels + end, ImageNotShown},
		{"with a chunk that must be known", ihdr(800, 600, 8, 6, 0, 0, 0) + chunk("JDAT", nil) + pixels + end, ImageNotShown},
		{"high", ihdr(800, 50_001, 8, 0, 0, 0, 0) + pixels + end, ImageTooLarge},
		{"of a size that no sum holds", ihdr(1<<31-1, 1<<31-1, 8, 0, 0, 0, 0) + pixels + end, ImageTooLarge},
		{"low", ihdr(800, 399, 8, 0, 0, 0, 0) + pixels + end, ImageTooSmall},

		{"without a header", pixels + end, Corrupt},
		{"with two headers", ihdr(800, 600, 8, 0, 0, 0, 0) + ihdr(9, 9, 8, 0, 0, 0, 0) + pixels + end, Corrupt},
		{"with a short header", ihdr(800, 600, 8, 0, 0, 0) + pixels + end, Corrupt},
		{"without pixels", ihdr(800, 600, 8, 0, 0, 0, 0) + chunk("IDAT", nil) + end, Corrupt},
		{"without an end", ihdr(800, 600, 8, 0, 0, 0, 0) + pixels, Corrupt},
		{"without its palette", ihdr(800, 600, 8, 3, 0, 0, 0) + pixels + palette + end, Corrupt},
		{"with half a colour", ihdr(800, 600, 8, 3, 0, 0, 0) + chunk("PLTE", []byte("ab")) + pixels + end, Corrupt},
		{"of no width", ihdr(0, 600, 8, 0, 0, 0, 0) + pixels + end, Corrupt},
		{"of a width that cannot be", ihdr(1<<31, 600, 8, 0, 0, 0, 0) + pixels + end, Corrupt},
		{"with 4 bits of colour", ihdr(800, 600, 4, 2, 0, 0, 0) + pixels + end, Corrupt},
		{"with 3 bits", ihdr(800, 600, 3, 0, 0, 0, 0) + pixels + end, Corrupt},
		{"with a colour type that is none", ihdr(800, 600, 8, 5, 0, 0, 0) + pixels + end, Corrupt},
		{"packed in another way", ihdr(800, 600, 8, 0, 1, 0, 0) + pixels + end, Corrupt},
		{"filtered in another way", ihdr(800, 600, 8, 0, 0, 1, 0) + pixels + end, Corrupt},
		{"interlaced in another way", ihdr(800, 600, 8, 0, 0, 0, 2) + pixels + end, Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, []byte(signature+c.chunks), pngType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}

// ISO 32000-2 has the header at the start; readers take it anywhere in the first 1024 bytes (PDF 1.7, Adobe's implementation note 13).
func TestWhereAPDFMayBegin(t *testing.T) {
	for before, want := range map[int]string{0: pdfType, 1: pdfType, 1023: pdfType, 1024: unknownType} {
		f := inspect(t, append(bytes.Repeat([]byte("\n"), before), pdf()...), pdfType)
		if f.ContentType != want || (f.Reason == "") != (want == pdfType) {
			t.Errorf("after %d bytes: %s, %q", before, f.ContentType, f.Reason)
		}
	}
}
