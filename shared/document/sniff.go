package document

import (
	"bytes"
	"encoding/binary"
)

const (
	pdfType     = "application/pdf"
	jpegType    = "image/jpeg"
	pngType     = "image/png"
	unknownType = "application/octet-stream"
)

// magic are the first bytes of kinds of file, the ones that are taken first. Media types in application/ that are
// not registered name a whole family.
var magic = []struct{ prefix, contentType string }{
	{"\xff\xd8\xff", jpegType},
	{"\x89PNG\r\n\x1a\n", pngType},
	{"GIF8", "image/gif"},
	{"BM", "image/bmp"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"PK\x03\x04", "application/zip"},
	{"PK\x05\x06", "application/zip"},
	{"Rar!\x1a\a", "application/zip"},
	{"7z\xbc\xaf\x27\x1c", "application/zip"},
	{"\x1f\x8b", "application/zip"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/ole"},
	{"{\\rtf", "application/rtf"},
	{"MZ", "application/exe"},
	{"\x7fELF", "application/exe"},
	{"\xca\xfe\xba\xbe", "application/exe"},
	{"\xcf\xfa\xed\xfe", "application/exe"},
	{"\xce\xfa\xed\xfe", "application/exe"},
	{"#!", "application/exe"},
}

// heifBrands are the brands of still pictures in the container that videos use too (ISO/IEC 23008-12).
var heifBrands = map[string]string{
	"heic": "image/heic", "heix": "image/heic", "hevc": "image/heic", "hevx": "image/heic", "mif1": "image/heif", "msf1": "image/heif",
	"avif": "image/avif", "avis": "image/avif",
}

// head is how far into a file a reader looks for the start of a PDF (PDF 1.7, Adobe's implementation note 13).
const head = 1024

// sniff says what a file is by its first bytes. A file that is both something else and a PDF is something else.
func sniff(data []byte) string {
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return m.contentType
		}
	}
	if len(data) >= 12 {
		switch {
		case string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
			return "image/webp"
		case string(data[4:8]) == "ftyp":
			if t := heifBrands[string(data[8:12])]; t != "" {
				return t
			}
			return "video/mp4"
		}
	}
	if markup := sniffMarkup(data); markup != "" {
		return markup
	}
	if pdfStart(data) >= 0 {
		return pdfType
	}
	return unknownType
}

// pdfStart is the offset of the header of a PDF, or -1. It begins within the first 1024 bytes.
func pdfStart(data []byte) int {
	return bytes.Index(data[:min(len(data), head-1+len("%PDF-"))], []byte("%PDF-"))
}

// sniffMarkup knows files that a browser would show as a page or a drawing.
func sniffMarkup(data []byte) string {
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), head)], []byte("\xef\xbb\xbf")), " \t\r\n\f"))
	switch {
	case bytes.HasPrefix(start, []byte("<svg")), bytes.HasPrefix(start, []byte("<?xml")) && bytes.Contains(start, []byte("<svg")):
		return "image/svg+xml"
	case bytes.HasPrefix(start, []byte("<?xml")):
		return "text/xml"
	}
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<!--"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return "text/html"
		}
	}
	return ""
}

// foreign are marks of another file, long enough not to turn up in packed pixels by chance. Letters are lower case.
var foreign = [][]byte{
	[]byte("%pdf-"), []byte("pk\x03\x04\x0a\x00"), []byte("pk\x03\x04\x14\x00"), []byte("rar!\x1a\a"), []byte("7z\xbc\xaf\x27\x1c"),
	[]byte("<html"), []byte("<script"), []byte("<!doctype"), []byte("<iframe"), []byte("<svg "), []byte("this program cannot be run in dos mode"),
}

// hidesAnother reports that the bytes before or after a picture or PDF are another file. Harmless bytes there are common:
// cameras append previews and films, mailers and printers blank lines.
func hidesAnother(outside []byte) bool {
	switch sniff(outside) {
	case unknownType, jpegType, "video/mp4":
	default:
		return true
	}
	outside = bytes.ToLower(outside)
	for _, mark := range foreign {
		if bytes.Contains(outside, mark) {
			return true
		}
	}
	return false
}

// endsAsZip reports that an archiver would open the file: archives are read from their end, so one can hide inside any other
// file (APPNOTE.TXT 4.3.16).
func endsAsZip(data []byte) bool {
	const size, maxComment = 22, 1<<16 - 1
	tail := data[max(0, len(data)-size-maxComment):]
	for end := len(tail); ; {
		i := bytes.LastIndex(tail[:end], []byte("PK\x05\x06\x00\x00\x00\x00")) // both disk numbers are 0
		if i < 0 {
			return false
		}
		if i+size <= len(tail) && i+size+int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail) {
			return true
		}
		end = i
	}
}
