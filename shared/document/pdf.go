package document

import (
	"bytes"
	"compress/flate"
	"io"
	"regexp"
)

// A reader of PDFs follows offsets into the file, and where they are wrong it searches for objects by itself. So what
// matters may be anywhere: in a comment, in a string, in the middle of packed pixels. Names that mark something active are
// therefore looked for at every byte; they are too long to turn up in packed data by chance. Short names count only outside
// of streams. Objects can also be packed into object streams (ISO 32000-2, 7.5.7): those are unpacked, and one that cannot be
// unpacked is a reason to refuse the file.

// activeNames are refused anywhere (12.6 actions, 7.11.4 embedded files, 13.7 rich media; XFA is in ISO 32000-1, 12.7.8).
var activeNames = map[string]bool{
	"JavaScript": true, "Launch": true, "EmbeddedFile": true, "EmbeddedFiles": true, "FileAttachment": true, "RichMedia": true, "Rendition": true,
	"GoToE": true, "ImportData": true, "XFA": true,
}

// shortNames are refused where a value follows: a script, additional actions, the content of an attachment.
var shortNames = map[string]bool{"JS": true, "AA": true, "EF": true}

var (
	valueFollows = regexp.MustCompile(`^[\s\x00]*(\(|<|[0-9]+[\s\x00]+[0-9]+[\s\x00]+R)`)
	flateFollows = regexp.MustCompile(`^[\s\x00]*(/(FlateDecode|Fl)[\s\x00/>]|\[[\s\x00]*/(FlateDecode|Fl)[\s\x00]*\])`)
)

const (
	workPerFile   = 64 << 20 // bytes of dictionaries read and of objects unpacked, for one file
	workPerStream = 4 << 10  // what unpacking costs at least
)

// inspectPDF looks for what a printed page would not have. A link, a bookmark, a form without scripts and a signature are fine.
func inspectPDF(data []byte) Reason {
	start, end := pdfStart(data), bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 {
		return Corrupt
	}
	trailer := data[end+len("%%EOF"):]
	if endsAsZip(data) || hidesAnother(data[:start]) || hidesAnother(trailer) {
		return Polyglot
	}
	s := pdfScan{work: workPerFile}
	s.file(data)
	switch {
	case s.encrypted:
		return PasswordProtected
	case s.active:
		return ActiveContent
	case s.opaque, len(bytes.Trim(trailer, "\x00\x1a \t\r\n\f")) > head:
		return Corrupt
	}
	return ""
}

// pdfScan collects what is found in a file and in its object streams.
type pdfScan struct {
	encrypted bool
	active    bool
	opaque    bool // something that has to be looked into cannot be
	work      int  // what is left of workPerFile
}

// file looks at every byte for names, and at every "obj" for the stream that it may begin.
func (s *pdfScan) file(data []byte) {
	inside := 0 // up to here, what is seen is in a stream that is no object stream
	for i := range data {
		switch {
		case data[i] == '/':
			s.name(data[i+1:], i >= inside)
		case data[i] == 'o' && bytes.HasPrefix(data[i:], []byte("obj")):
			n, packed := s.object(data[i+len("obj"):])
			if n > 0 && !packed && i >= inside {
				inside = i + n + streamLength(data[i+n:])
			}
		}
	}
}

// name looks at the name that data begins with. Outside is false in a stream.
func (s *pdfScan) name(data []byte, outside bool) {
	name, n := readName(data)
	switch {
	case name == "Encrypt":
		s.encrypted = true
	case activeNames[name]:
		s.active = true
	case outside && shortNames[name] && valueFollows.Match(data[n:min(len(data), n+maxName)]):
		s.active = true
	}
}

// object reads the dictionary of an object. If a stream follows it returns the offset of its first byte, otherwise 0. Packed
// means that the stream holds objects, which it has looked at.
func (s *pdfScan) object(data []byte) (offset int, packed bool) {
	begin := s.blank(data)
	if !bytes.HasPrefix(data[begin:], []byte("<<")) {
		return 0, false
	}
	d, n := readDict(data[begin:min(len(data), begin+s.work)])
	s.work -= n
	if !d.complete {
		s.opaque = true
		return 0, false
	}
	offset = begin + n
	offset += s.blank(data[offset:])
	body, ok := bytes.CutPrefix(data[offset:], []byte("stream"))
	if !ok {
		return 0, false
	}
	body = bytes.TrimPrefix(bytes.TrimPrefix(body, []byte("\r")), []byte("\n"))
	offset = len(data) - len(body)
	if d.objects && d.filters > 0 {
		s.unpack(d, body)
	}
	return offset, d.objects
}

// blank is the number of bytes of white space and comments at the start of data.
func (s *pdfScan) blank(data []byte) int {
	n := blankLength(data[:min(len(data), s.work)])
	s.work -= n
	if s.work == 0 {
		s.opaque = true
	}
	return n
}

// unpack looks at the objects in a stream. Writers pack them with plain Flate; anything else could hide them.
func (s *pdfScan) unpack(d dict, body []byte) {
	const zlibHeader = 2 // the checksum at the end does not matter: readers do not mind a wrong one
	if d.filters > 1 || !d.flate || d.params || len(body) < zlibHeader || s.work == 0 {
		s.opaque = true
		return
	}
	objects, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body[zlibHeader:])), int64(s.work)))
	s.work = max(0, s.work-max(len(objects), workPerStream))
	if s.work == 0 || err != nil && len(objects) == 0 {
		s.opaque = true
	}
	for i, c := range objects {
		if c == '/' {
			s.name(objects[i+1:], true)
		}
	}
}

// streamLength is the number of bytes up to "endstream", or to the end.
func streamLength(body []byte) int {
	if n := bytes.Index(body, []byte("endstream")); n >= 0 {
		return n
	}
	return len(body)
}
