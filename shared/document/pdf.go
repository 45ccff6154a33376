package document

import "bytes"

// A reader of PDFs follows offsets to the objects of a file, and where they are wrong it searches for objects by itself. So an object
// can be anywhere: in a string, in a comment, in the middle of packed pixels; and several can have the same number. But wherever it
// is, a reader finds it by "N G obj" before it, or in an object stream, which begins like that; a trailer by its keyword. Therefore:
//
//   - Everything behind such a beginning is read as an object, wherever it stands, and judged by its structure (pdfobjects.go). A word
//     in a string, in text or in metadata is no key and no name of any object: it says nothing.
//   - A reference leads to every object of that number, also by a cross-reference that gives it another (pdfxref.go); one that acts is
//     enough.
//   - Object streams are unpacked. Where that cannot be done, or where their length is not as it says, the file is Corrupt.
//   - Where an object is malformed, readers differ in what is a key and what a value. Then every name behind its beginning is taken for
//     a key, to the end of the data (scan.flat). That is more than any reader sees.
//   - All reading and unpacking is paid from one budget. Who uses it up is Corrupt.
//
// What a picture of a page leaves out is in pdfactive.go.

// workPerFile is the budget: bytes of objects read, again for each time, and of streams unpacked.
const workPerFile = 64 << 20

// pdfScan collects what is found in a file.
type pdfScan struct {
	work     int           // what is left of workPerFile
	objects  []object      // trailers, objects, objects in object streams: each in the order of the file
	numbered map[int][]int // indexes of objects by their number
	trailers []trailer     // and the dictionaries of cross-reference streams, which serve as such
	catalogs []dict        // objects that say that they are one
	xref     crossReference
	streams  map[int][]objectStream // by their number
	seen     map[*byte][]uint64     // by the first byte of the data: where flat has been
	active   bool
	opaque   bool // something that has to be looked into cannot be
}

// inspectPDF looks for what a printed page would not have, and for pages. A file that is encrypted shows neither.
func inspectPDF(data []byte) (flattens bool, origin Origin, reason Reason) {
	start, end := pdfStart(data), bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 {
		return false, Origin{}, Corrupt
	}
	after := data[end+len("%%EOF"):]
	if endsAsZip(data) || hidesAnother(data[:start]) || hidesAnother(after) {
		return false, Origin{}, Polyglot
	}
	s := pdfScan{work: workPerFile, numbered: map[int][]int{}, streams: map[int][]objectStream{}, seen: map[*byte][]uint64{}}
	s.find(data)
	if encrypted, opens := s.encryption(); encrypted && opens {
		return true, Origin{}, ""
	} else if encrypted {
		return false, Origin{}, PasswordProtected
	}
	for _, o := range s.objects {
		s.judge(o)
	}
	if s.opaque || s.work < 0 || len(bytes.Trim(after, "\x00\x1a \t\r\n\f")) > head {
		return s.active, Origin{}, Corrupt
	}
	reason = s.pages()
	return s.active, s.origin(data), reason
}

// judge looks at one object.
func (s *pdfScan) judge(o object) {
	v, odd := s.parse(o)
	if st, is := v.(stream); is {
		s.active = s.active || st.has("F") || st.has("FFilter") || st.has("FDecodeParms") // the stream is in another file (7.3.8)
		v = st.dict
	}
	s.walk(v)
	if odd {
		s.flat(o)
	}
	if d, is := v.(dict); is && d.is("Type", "Catalog") {
		s.catalogs = append(s.catalogs, d)
	}
}

// walk looks at each entry of each dictionary in an object.
func (s *pdfScan) walk(v any) {
	switch v := v.(type) {
	case list:
		for _, v := range v {
			s.walk(v)
		}
	case dict:
		for _, e := range v {
			if acts := rules[e.key]; acts != nil && acts(s, v, e.value) {
				s.active = true
			}
			s.walk(e.value)
		}
	}
}

// flat takes every name from the beginning of an object to the end of the data for a key.
func (s *pdfScan) flat(o object) {
	seen := s.seen[&o.data[0]]
	if seen == nil {
		seen = make([]uint64, len(o.data)/64+1)
		s.seen[&o.data[0]] = seen
	}
	p := parser{lexer: lexer{data: o.data, at: o.at, work: &s.work}}
	for own := true; ; {
		if bit := uint64(1) << (p.at % 64); !own && seen[p.at/64]&bit != 0 {
			return // from here on, all has been seen
		} else {
			seen[p.at/64] |= bit
		}
		kind, key := p.next()
		switch {
		case kind == endOfData:
			return
		case kind == wordToken && string(key) == "obj":
			own = false
		case kind == nameToken:
			value := parser{lexer: lexer{data: o.data, at: p.at, work: &s.work}}
			s.entry(string(key), &value, own)
		}
	}
}

// entry judges a key and what follows it, in a dictionary of which nothing is known.
func (s *pdfScan) entry(key string, p *parser, own bool) {
	acts := rules[key]
	if acts == nil && key != "First" && key != "FFilter" {
		return
	}
	v := p.value()
	_, isNumber := v.(number)
	switch {
	case key == "First" && isNumber && own: // an object stream, for some readers
		s.opaque = true
	case key == "FFilter", acts != nil && acts(s, nil, v):
		s.active = true
	case p.odd && (key == "OpenAction" || key == "AA"):
		s.opaque = true
	}
}
