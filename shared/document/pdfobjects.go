package document

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

// object is where the value of an object begins.
type object struct {
	number int
	data   []byte // the file, or an unpacked object stream
	at     int
	place  int // the same in the file; of what is in an object stream, where that is
}

const (
	anyNumber = -1 // readers differ in the number, or it is not worth finding out
	noNumber  = -2 // a trailer, which is no object
)

type trailer struct {
	dict
	place int
}

// find collects the objects of a file, of its object streams, and its trailers.
func (s *pdfScan) find(data []byte) {
	for i := range occurrences(data, "trailer") {
		s.add(object{noNumber, data, i, i})
	}
	for i := range occurrences(data, "obj") {
		if begin, end, is := numberBefore(data[:i-len("obj")]); is {
			n, err := strconv.Atoi(string(data[begin:end]))
			if err != nil {
				n = anyNumber
			}
			s.add(object{n, data, i, i})
		}
	}
	s.tables(data)
	for _, o := range s.objects { // as they are now: unpack adds some
		v, _ := s.parse(o)
		switch v := v.(type) {
		case dict:
			if o.number == noNumber {
				s.trailers = append(s.trailers, trailer{v, o.place})
			}
		case stream:
			if v.is("Type", "XRef") || v.has("W") && v.has("Root") {
				s.trailers = append(s.trailers, trailer{v.dict, o.place})
				s.table(v, max(0, pdfStart(data)))
			}
			if v.has("First") { // a required key; readers do without the type
				from := len(s.objects)
				s.unpack(v, o.place)
				s.streams[o.number] = append(s.streams[o.number], objectStream{from, len(s.objects)})
			}
		}
	}
	s.alias()
}

// workPerObject is what an object costs at least, and a step that a reference takes.
const workPerObject = 128

func (s *pdfScan) add(o object) {
	if s.work -= workPerObject; s.work >= 0 {
		s.numbered[o.number] = append(s.numbered[o.number], len(s.objects))
		s.objects = append(s.objects, o)
	}
}

// occurrences yields the offset behind each place of a keyword.
func occurrences(data []byte, keyword string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; ; {
			n := bytes.Index(data[i:], []byte(keyword))
			if n < 0 {
				return
			}
			if i += n + len(keyword); !yield(i) {
				return
			}
		}
	}
}

// numberBefore finds the first of two integers that stand before a keyword: the number of an object, or an offset. It has no digits when
// there is a comment between them.
func numberBefore(data []byte) (begin, end int, is bool) {
	for range 2 {
		end = len(data)
		for end > 0 && isBlank(data[end-1]) {
			end--
		}
		if bytes.ContainsAny(data[end:], "\r\n") && bytes.IndexByte(data[bytes.LastIndexAny(data[:end], "\r\n")+1:end], '%') >= 0 {
			return end, end, true
		}
		begin = end
		for begin > 0 && isDigit(data[begin-1]) {
			begin--
		}
		if begin == end {
			return 0, 0, false
		}
		data = data[:begin]
	}
	return begin, end, true
}

// parse reads an object. Odd means that it is a dictionary, a list or a stream, and malformed.
func (s *pdfScan) parse(o object) (v any, odd bool) {
	p := parser{lexer: lexer{data: o.data, at: o.at, work: &s.work}}
	v = p.value()
	switch d := v.(type) {
	case list:
		return v, p.odd
	case dict:
		if body, neat, is := p.body(); is {
			return stream{d, body, neat}, p.odd
		}
		return v, p.odd
	}
	return v, false
}

// body is what follows the keyword "stream", if that comes next.
func (p *parser) body() (body []byte, neat, is bool) {
	if kind, w := p.next(); kind != wordToken || string(w) != "stream" {
		return nil, false, false
	}
	rest := p.data[p.at:]
	for _, line := range []string{"\r\n", "\n"} {
		if body, neat = bytes.CutPrefix(rest, []byte(line)); neat {
			return body, true, true
		}
	}
	return rest, false, true
}

// malformed stands for what readers may find in a malformed object.
type malformed struct{}

// resolve follows references: to every object of the number.
func (s *pdfScan) resolve(v any) []any { return s.follow(v, 8) }

func (s *pdfScan) follow(v any, steps int) (values []any) {
	to, is := v.(ref)
	if !is {
		return []any{v}
	}
	for _, same := range [][]int{s.numbered[int(to)], s.numbered[anyNumber]} {
		for _, i := range same {
			if s.work -= workPerObject; steps == 0 || s.work < 0 {
				s.opaque = true
				return values
			}
			v, odd := s.parse(s.objects[i])
			values = append(values, s.follow(v, steps-1)...)
			if odd {
				values = append(values, malformed{})
			}
		}
	}
	return values
}

// last follows references to what was written last, as an update of a file would have it.
func (s *pdfScan) last(v any) any {
	for range 8 {
		to, is := v.(ref)
		if !is {
			return v
		}
		all := s.numbered[int(to)]
		if len(all) == 0 {
			return nil
		}
		newest := slices.MaxFunc(all, func(i, j int) int { return cmp.Compare(s.objects[i].place, s.objects[j].place) })
		s.work -= len(all)
		v, _ = s.parse(s.objects[newest])
	}
	return nil
}

// dictOf is the dictionary of a dictionary or a stream.
func dictOf(v any) (d dict, is bool) {
	switch v := v.(type) {
	case dict:
		return v, true
	case stream:
		return v.dict, true
	}
	return nil, false
}

// is reports that a key has a name for its value.
func (d dict) is(key, value string) bool { return slices.Contains(d.all(key), any(name(value))) }
