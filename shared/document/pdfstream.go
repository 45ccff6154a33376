package document

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"encoding/hex"
	"io"
)

// unpack finds the objects in an object stream (7.5.7): pairs of number and offset, and from First on the objects.
func (s *pdfScan) unpack(st stream, place int) {
	packed, sure := s.packed(st)
	data, whole := s.decode(st, packed)
	first, hasFirst := only[number](st.dict, "First")
	n, hasN := only[number](st.dict, "N")
	if !sure || !whole || !hasFirst || !hasN || int(first) > len(data) || n > maxItems || first < 0 {
		s.opaque = true
	}
	if len(data) == 0 {
		return
	}
	head := parser{lexer: lexer{data: data, work: &s.work}}
	end, gap := int(first), false
	for range n {
		no, isNo := head.value().(number)
		offset, isOffset := head.value().(number)
		at := int(first) + int(offset)
		if !isNo || !isOffset || offset < 0 || at < 0 || at >= len(data) {
			s.opaque = true
			return
		}
		s.add(object{int(no), data, at, place})
		p := parser{lexer: lexer{data: data, at: at, work: &s.work}}
		p.value()
		gap = gap || !s.blank(data, end, at)
		end = p.at
	}
	if gap || !s.blank(data, end, len(data)) { // something between the objects, for readers that go by their order
		s.flat(object{noNumber, data, max(0, min(int(first), len(data)-1)), place})
	}
}

// blank reports that there is nothing but white space between two offsets.
func (s *pdfScan) blank(data []byte, from, to int) bool {
	if from < 0 || from > to {
		return false
	}
	l := lexer{data: data[:to], at: from, work: &s.work}
	kind, _ := l.next()
	return kind == endOfData
}

// only is the value of a key that is there once and has this type.
func only[T any](d dict, key string) (value T, is bool) {
	all := d.all(key)
	if len(all) != 1 {
		return value, false
	}
	value, is = all[0].(T)
	return value, is
}

var endstream = []byte("endstream")

// packed is a stream as it is in the file. Sure means that all readers find the same start and end.
func (s *pdfScan) packed(st stream) (data []byte, sure bool) {
	data, sure = st.body, st.neat || st.has("Filter") // filters that are known here begin with no white space, or do not mind it
	var lengths []any
	for _, v := range st.all("Length") {
		lengths = append(lengths, s.resolve(v)...)
	}
	sure = sure && (len(lengths) == 1 || !st.has("Length"))
	for _, v := range lengths {
		if n, is := v.(number); is && 0 <= n && int(n) <= len(st.body) && s.ends(st.body[n:]) {
			data = st.body[:n]
		} else {
			sure = false
		}
	}
	if len(data) == len(st.body) && s.work >= 0 {
		if n := bytes.Index(st.body, endstream); n >= 0 {
			data = st.body[:n]
		}
		s.work -= len(data) / 64 // searching is that much cheaper than reading
	}
	return data, sure
}

// ends reports that the end of a stream comes next.
func (s *pdfScan) ends(data []byte) bool {
	l := lexer{data: data, work: &s.work}
	_, w := l.next()
	return bytes.HasPrefix(w, endstream)
}

// decode undoes the filters of a stream. Whole is false when readers may see something else; the data is what could be read.
func (s *pdfScan) decode(st stream, packed []byte) (data []byte, whole bool) {
	filters, parms := each(st.all("Filter")), each(st.all("DecodeParms"))
	if len(st.all("Filter")) > 1 || len(st.all("DecodeParms")) > 1 || st.has("DP") {
		return nil, false
	}
	data, whole = packed, true
	for i, f := range filters {
		s.work -= len(data)
		if s.work < 0 {
			return nil, false
		}
		var ok bool
		if data, ok = s.undo(f, data); !ok {
			whole = false
		}
		if i < len(parms) && parms[i] != nil {
			if data, ok = unpredict(parms[i], data); !ok {
				whole = false
			}
		}
	}
	return data, whole
}

// each is what a value holds that may be one thing or a list of them.
func each(values []any) []any {
	if len(values) == 0 || values[0] == nil {
		return nil
	}
	if l, is := values[0].(list); is {
		return l
	}
	return values[:1]
}

// undo undoes one filter (7.4). Others than these, no writer uses for objects.
func (s *pdfScan) undo(filter any, data []byte) ([]byte, bool) {
	f, _ := filter.(name)
	switch f {
	case "FlateDecode", "Fl":
		return s.inflate(data)
	case "ASCIIHexDecode", "AHx":
		data = bytes.Join(bytes.Fields(data[:skipTo(data, ">")]), nil)
		data = bytes.TrimSuffix(data, []byte(">"))
		if len(data)%2 == 1 {
			data = append(data, '0')
		}
		out := make([]byte, len(data)/2)
		n, err := hex.Decode(out, data)
		return out[:n], err == nil
	case "ASCII85Decode", "A85":
		data, _, ended := bytes.Cut(data, []byte("~>"))
		out := make([]byte, 4*len(data))
		n, _, err := ascii85.Decode(out, data, true)
		return out[:n], ended && err == nil
	}
	return nil, false
}

// inflate unpacks zlib's format (RFC 1950). Readers do not mind a wrong checksum at its end, and neither does this.
func (s *pdfScan) inflate(data []byte) (out []byte, ok bool) {
	const workPerStream = 4 << 10 // what unpacking costs at least
	data = bytes.TrimLeft(data, "\x00\t\n\f\r ")
	if len(data) < 2 || data[0]&15 != 8 || (int(data[0])<<8|int(data[1]))%31 != 0 || data[1]&32 != 0 {
		return nil, false
	}
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data[2:])), int64(s.work)+1))
	s.work -= max(len(out), workPerStream)
	return out, err == nil
}

// unpredict undoes the predictors of PNG (7.4.4.4).
func unpredict(parms any, data []byte) ([]byte, bool) {
	d, is := parms.(dict)
	if !is {
		return nil, false
	}
	value := map[string]int{"Predictor": 1, "Colors": 1, "BitsPerComponent": 8, "Columns": 1}
	for key := range value {
		if n, is := only[number](d, key); is && 0 < n && n < 1<<16 {
			value[key] = int(n)
		} else if d.has(key) {
			return nil, false
		}
	}
	if value["Predictor"] == 1 {
		return data, true
	}
	bits := value["Colors"] * value["BitsPerComponent"]
	back, row := (bits+7)/8, (bits*value["Columns"]+7)/8
	if value["Predictor"] < 10 || value["Predictor"] > 15 || row > 1<<20 {
		return nil, false
	}
	out, above := make([]byte, 0, len(data)), make([]byte, row)
	for len(data) > 1 {
		kind, begin, n := data[0], len(out), min(len(data), 1+row)
		out = append(out, data[1:n]...)
		line := out[begin:]
		for i := range line {
			line[i] += predicted(kind, line, above, i, back)
		}
		above, data = line, data[n:]
		if kind > 4 {
			return out, false
		}
	}
	return out, true
}

// predicted is what byte i of a row is expected to be (PNG, third edition, 9.2).
func predicted(kind byte, line, above []byte, i, back int) byte {
	var left, corner int
	up := int(above[i])
	if i >= back {
		left, corner = int(line[i-back]), int(above[i-back])
	}
	switch kind {
	case 1:
		return byte(left)
	case 2:
		return byte(up)
	case 3:
		return byte((left + up) / 2)
	case 4:
		toLeft, toUp, toCorner := distance(up, corner), distance(left, corner), distance(left+up, 2*corner)
		switch {
		case toLeft <= toUp && toLeft <= toCorner:
			return byte(left)
		case toUp <= toCorner:
			return byte(up)
		}
		return byte(corner)
	}
	return 0
}

func distance(a, b int) int { return max(a, b) - min(a, b) }
