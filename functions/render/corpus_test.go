package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/document"
)

// through is what becomes of a file on its way through intake and render: the reason that it is refused with, or its pages.
func through(t testing.TB, p *printer, data []byte, declared string) (pages [][]byte, flattened bool, reason document.Reason) {
	t.Helper()
	found, err := document.Inspect(bytes.NewReader(data), declared)
	if err != nil {
		t.Fatal(err)
	}
	if found.Reason != "" {
		return nil, false, found.Reason
	}
	pages, reason, err = p.print(t.Context(), data, declared)
	if err != nil {
		t.Fatal(err)
	}
	return pages, found.Flattens, reason
}

// pdfOf is a PDF of these objects, the first of which is its catalog.
func pdfOf(objects ...string) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, o)
	}
	b.WriteString("trailer<</Root 1 0 R>>\n%%EOF\n")
	return []byte(b.String())
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R>>"
	onePage = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
)

func stream(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(content), content)
}

func deflated(content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(content))
	w.Close()
	return b.String()
}

// pagesOf is a PDF of n pages that show something.
func pagesOf(n int) []byte {
	return pdfOf(catalog, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.Repeat("3 0 R ", n), n), "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
		stream("", "0 0 90 90 re f"))
}

// laughing is a page of forms that each show the next one twice, 30 deep.
func laughing() []byte {
	objects := []string{catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>", stream("", "0 0 9 9 re f /F Do")}
	for i := range 30 {
		objects = append(objects, stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<</XObject<</F %d 0 R>>>>", i+6), "/F Do /F Do"))
	}
	return pdfOf(append(objects, stream("/Type/XObject/Subtype/Form/BBox[0 0 200 200]", strings.Repeat("0 0 9 9 re f ", 50)))...)
}

func TestHostileFilesEndWithAReasonOrWithPicturesOnly(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, _ := z.Create("zeros")
	w.Write(make([]byte, 64<<20))
	z.Close()
	var grey bytes.Buffer
	png.Encode(&grey, image.NewGray(image.Rect(0, 0, 800, 600)))
	scan, jpg := testFile(t, "scan.pdf"), testFile(t, "page.jpg")
	vast := bytes.Clone(jpg)
	sof := bytes.Index(vast, []byte{0xff, 0xc0})
	copy(vast[sof+5:], "\xff\xff\xff\xff")
	broken := bytes.Clone(jpg)
	copy(broken[bytes.Index(broken, []byte{0xff, 0xda})+20:len(broken)-2], bytes.Repeat([]byte{0}, 1<<20))
	picture := func(width, height int, filter, data string) []byte {
		return pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>", stream("", "0 0 9 9 re f 200 0 0 200 0 0 cm /P Do"),
			stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/%s", width, height, filter), data))
	}
	const pdf, jpeg, png = "application/pdf", "image/jpeg", "image/png"
	for _, c := range []struct {
		name, declared string
		data           []byte
		reason         document.Reason // "" when it is taken
		flattened      bool
	}{
		{"nothing", pdf, nil, document.Empty, false},
		{"a renamed program", pdf, []byte("MZ\x90\x00\x03 and so on"), document.TypeMismatch, false},
		{"malware alone, where no scanner has seen it", pdf, []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"), document.TypeMismatch, false},
		{"an SVG", png, []byte("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), document.TypeMismatch, false},
		{"a web page", pdf, []byte("<!doctype html><script>alert(1)</script>%PDF-1.7"), document.TypeMismatch, false},
		{"an archive that unpacks to much", pdf, archive.Bytes(), document.TypeMismatch, false},
		{"an archive after a PDF", pdf, append(bytes.Clone(scan), archive.Bytes()...), document.Polyglot, false},
		{"a program after a PDF", pdf, append(bytes.Clone(scan), "\nMZ\x90 This program cannot be run in DOS mode"...), document.Polyglot, false},
		{"a page after a JPEG", jpeg, append(bytes.Clone(jpg), "<html><script>"...), document.Polyglot, false},
		{"half a PDF", pdf, scan[:len(scan)/2], document.Corrupt, false},
		{"half a JPEG", jpeg, jpg[:len(jpg)/2], document.Corrupt, false},
		{"a PDF with a password", pdf, testFile(t, "encrypted.pdf"), document.PasswordProtected, false},
		{"no page", pdf, pdfOf(catalog, "<</Type/Pages/Kids[]/Count 0>>"), document.WithoutPage, false},
		{"50 pages", pdf, pagesOf(50), "", false},
		{"51 pages", pdf, pagesOf(51), document.TooManyPages, false},
		{"an empty page", pdf, pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>", stream("", "1 0 0 1 0 0 cm")), document.Blank, false},
		{"white on white", pdf, pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>", stream("", "1 g 0 0 90 90 re f")), document.Blank, false},
		{"a page without a size that PDFium takes", pdf, pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e30 1e30]/Contents 4 0 R>>", stream("", "0 0 90 90 re f")), "", false},
		{"a page as a thread", pdf, pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 1]/Contents 4 0 R>>", stream("", "0 0 7200 90 re f")), "", false},
		{"a picture that unpacks to gigabytes", pdf, picture(60000, 60000, "FlateDecode", deflated(strings.Repeat("\x00", 8<<20))), "", false},
		{"a content that unpacks to much", pdf, pdfOf(catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>", stream("/Filter/FlateDecode", deflated("0 0 9 9 re f "+strings.Repeat(" ", 80<<20)))), document.Corrupt, false},
		{"forms in forms in forms", pdf, laughing(), document.NotRendered, false},
		{"a JPEG that says it is vast", jpeg, vast, document.ImageTooLarge, false},
		{"a vast PNG", png, testFile(t, "huge.png"), document.ImageTooLarge, false},
		{"a JPEG 2000 that is none", pdf, picture(900, 900, "JPXDecode", "not a picture"), "", false},
		{"a picture of one colour", png, grey.Bytes(), "", false},
		{"a script", pdf, testFile(t, "javascript.pdf"), "", true},
		{"a program that is launched", pdf, testFile(t, "launch.pdf"), "", true},
		{"a form program", pdf, testFile(t, "xfa.pdf"), "", true},
		{"an attachment", pdf, testFile(t, "attachment.pdf"), "", true},
		{"a page that fetches another file", pdf, testFile(t, "corpus/flattened/qpdf-external-stream-packed.pdf"), "", true},
		{"an address that opens by itself", pdf, testFile(t, "corpus/flattened/ghostscript-open-uri.pdf"), "", true},
		{"a lock without a password", pdf, testFile(t, "corpus/flattened/qpdf-r6.pdf"), "", true},
		{"text about scripts", pdf, testFile(t, "corpus/clean/chromium-article-outline.pdf"), "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			bounded := &printer{limit: 2 * time.Second, pool: printing.pool}
			pages, flattened, reason := through(t, bounded, c.data, c.declared)
			if reason != c.reason || flattened != c.flattened && c.reason == "" {
				t.Errorf("%q, flattened %v, %d pages", reason, flattened, len(pages))
			}
			if c.reason == "" {
				wantPages(t, pages)
			}
		})
	}
	if pages, _, reason := through(t, printing, scan, pdf); len(pages) != 2 {
		t.Errorf("after all of these, an honest file has %d pages: %q", len(pages), reason)
	}
}

// wantPages fails unless each page is a JPEG of sane size, and nothing but that.
func wantPages(t testing.TB, pages [][]byte) {
	t.Helper()
	if len(pages) == 0 {
		t.Error("no page")
	}
	for n, page := range pages {
		config, err := jpeg.DecodeConfig(bytes.NewReader(page))
		if err != nil || max(config.Width, config.Height) > longestSide {
			t.Errorf("page %d: %v, %d x %d", n+1, err, config.Width, config.Height)
		}
		for _, foreign := range []string{"Exif", "GPS", "http://ns.adobe.com", "JavaScript", "%PDF", "<x:xmpmeta"} {
			if bytes.Contains(page, []byte(foreign)) {
				t.Errorf("page %d has %q in it", n+1, foreign)
			}
		}
		for i := 2; i+4 < len(page) && page[i] == 0xff && page[i+1] != 0xda; i += 2 + int(binary.BigEndian.Uint16(page[i+2:])) {
			if 0xe0 <= page[i+1] && page[i+1] <= 0xef || page[i+1] == 0xfe { // what applications write, and comments
				t.Errorf("page %d has a segment %x", n+1, page[i+1])
			}
		}
	}
}

// withExif puts an orientation and a place into a JPEG.
func withExif(photo []byte, orientation byte) []byte {
	tiff := "II*\x00\x08\x00\x00\x00\x02\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string(orientation) + "\x00\x00\x00\x25\x88\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00" +
		"\x01\x00\x01\x00\x02\x00\x02\x00\x00\x00N\x00\x00\x00\x00\x00\x00\x00GPS 19.0760 N 72.8777 E"
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(8+len(tiff)))
	return bytes.Join([][]byte{photo[:2], segment, []byte("Exif\x00\x00" + tiff), photo[2:]}, nil)
}

func TestAPhotoIsUprightAndSaysNothingOfWhereItWasTaken(t *testing.T) {
	const w, h = 800, 600
	corners := [4]color.RGBA{{220, 0, 0, 255}, {0, 200, 0, 255}, {0, 0, 220, 255}, {20, 20, 20, 255}}
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			stored.SetRGBA(x, y, corners[2*(2*y/h)+2*x/w])
		}
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, stored, nil); err != nil {
		t.Fatal(err)
	}
	// Where a point of the upright picture is in the stored one (Exif 2.32, tag 0x0112).
	for orientation, from := range map[byte]func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	} {
		pages, _, reason := through(t, printing, withExif(photo.Bytes(), orientation), "image/jpeg")
		if len(pages) != 1 {
			t.Fatalf("%d: %d pages, %q", orientation, len(pages), reason)
		}
		wantPages(t, pages)
		page, err := jpeg.Decode(bytes.NewReader(pages[0]))
		if err != nil {
			t.Fatal(err)
		}
		wide, high := w, h
		if orientation >= 5 {
			wide, high = h, w
		}
		if page.Bounds().Dx() != wide || page.Bounds().Dy() != high {
			t.Fatalf("%d: %v", orientation, page.Bounds())
		}
		for _, at := range [][2]int{{wide / 4, high / 4}, {3 * wide / 4, high / 4}, {wide / 4, 3 * high / 4}, {3 * wide / 4, 3 * high / 4}} {
			r1, g1, b1, _ := page.At(at[0], at[1]).RGBA()
			x, y := from(at[0], at[1])
			r2, g2, b2, _ := stored.At(x, y).RGBA()
			for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
				if d < -6000 || d > 6000 { // of 65,535
					t.Errorf("orientation %d: at %v another colour than at %d, %d", orientation, at, x, y)
				}
			}
		}
	}
}

func TestATransparentPNGIsOnWhitePaper(t *testing.T) {
	glass := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	for x := range 320 {
		for y := range 480 {
			glass.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, glass); err != nil {
		t.Fatal(err)
	}
	pages, _, reason := through(t, printing, b.Bytes(), "image/png")
	if len(pages) != 1 {
		t.Fatalf("%q", reason)
	}
	page, err := jpeg.Decode(bytes.NewReader(pages[0]))
	if err != nil {
		t.Fatal(err)
	}
	if left, _, _, _ := page.At(100, 240).RGBA(); left > 6000 {
		t.Errorf("what is black has %d", left)
	}
	if right, _, _, _ := page.At(500, 240).RGBA(); right < 60000 {
		t.Errorf("what is transparent has %d", right)
	}
}

// Honest files of many programs (tools/corpus.sh) have pictures of all their pages: with -v all files, and a table of what became of them;
// otherwise some of them, as the race detector makes a page ten times as slow.
func TestHonestFilesOfManyProgramsAreRendered(t *testing.T) {
	for _, c := range []struct {
		name, folder    string
		files, programs int
		required        bool
	}{
		{"of testdata", filepath.Join("..", "..", "shared", "document", "testdata", "corpus"), 30, 7, true},
		{"of this machine's programs", filepath.Join("..", "..", ".local", "corpus"), 110, 8, os.Getenv("CENTRAL_ENGINES") == "required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			taken := map[string][3]int{} // by program: taken, of these flattened, pages
			files, printed, began := 0, 0, time.Now()
			for _, folder := range []string{"clean", "flattened"} {
				names, err := filepath.Glob(filepath.Join(c.folder, folder, "*.*"))
				if err != nil {
					t.Fatal(err)
				}
				for i, name := range names {
					if !testing.Verbose() && i%6 != 0 {
						continue
					}
					data, err := os.ReadFile(name)
					if err != nil {
						t.Fatal(err)
					}
					declared := map[string]string{".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}[filepath.Ext(name)]
					pages, flattened, reason := through(t, printing, data, declared)
					if reason != "" || flattened != (folder == "flattened") {
						t.Errorf("%s: %q, flattened %v", name, reason, flattened)
						continue
					}
					wantPages(t, pages)
					program, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), "-")
					sum := taken[program]
					sum[0]++
					sum[2] += len(pages)
					if flattened {
						sum[1]++
					}
					taken[program], files, printed = sum, files+1, printed+len(pages)
				}
			}
			if files == 0 && !c.required {
				t.Skip("make corpus makes it")
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			t.Logf("%d files of %d programs, %d pages in %v, %d MB of the system's memory: %v (taken, flattened, pages)",
				files, len(taken), printed, time.Since(began).Round(time.Millisecond), memory.Sys>>20, taken)
			if testing.Verbose() && (files < c.files || len(taken) < c.programs) || files < c.files/8 {
				t.Errorf("%d files of %d programs", files, len(taken))
			}
		})
	}
}

// What libraries write (reportlab, pypdf, pikepdf, img2pdf, Pillow), and what cameras do: the coding, colours and depth of a picture.
func TestHonestFilesOfLibrariesAreRendered(t *testing.T) {
	for name, pages := range map[string]int{
		"links-and-form.pdf": 2, "object-streams.pdf": 2, "linearized.pdf": 2, "pypdf.pdf": 2, "scan.pdf": 2, "page.jpg": 1, "progressive.jpg": 1, "cmyk.jpg": 1, "exif.jpg": 1,
		"page.png": 1, "page-1bit.png": 1, "portrait.png": 1,
	} {
		declared := map[string]string{".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}[filepath.Ext(name)]
		got, flattened, reason := through(t, printing, testFile(t, name), declared)
		if len(got) != pages || flattened || reason != "" {
			t.Errorf("%s: %d pages, flattened %v, %q", name, len(got), flattened, reason)
		}
		wantPages(t, got)
	}
}
