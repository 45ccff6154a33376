package document

import (
	"slices"
	"strconv"
)

// A cross-reference says where the object of a number is (7.5.4, 7.5.8), and readers compare the number that stands there. But an offset to the
// last digit of 117 finds object 7, and some readers take an object from an object stream by its place alone. For these names beside its own, and
// for nothing else, are cross-references read.
type crossReference struct {
	offsets []int // of every table and stream, sorted; also as counted from the header, as some readers do
	packed  []packedEntry
}

// packedEntry is the number of an object in an object stream, the number of that stream, and the place in it.
type packedEntry struct{ number, stream, index int }

// objectStream is what was unpacked of one: the indexes of its objects in pdfScan.
type objectStream struct{ from, to int }

func (x *crossReference) at(offset, start int) { x.offsets = append(x.offsets, offset, offset+start) }

// tables reads the entries of cross-reference tables, wherever they stand: offset, generation, n.
func (s *pdfScan) tables(data []byte) {
	start := max(0, pdfStart(data))
	for i := range occurrences(data, "n") {
		if begin, end, is := numberBefore(data[:i-1]); is && s.work >= 0 {
			s.work -= 16
			if offset, err := strconv.Atoi(string(data[begin:end])); err == nil {
				s.xref.at(offset, start)
			}
		}
	}
}

// table reads a cross-reference stream.
func (s *pdfScan) table(st stream, start int) {
	packed, sure := s.packed(st)
	data, whole := s.decode(st, packed)
	w, _ := only[list](st.dict, "W")
	var width [3]int
	for i := range min(len(w), len(width)) {
		n, is := w[i].(number)
		if width[i] = int(n); !is || n < 0 || n > 8 {
			whole = false
		}
	}
	row := width[0] + width[1] + width[2]
	if !sure || !whole || len(w) < len(width) || row == 0 {
		s.opaque = true
		return
	}
	index, _ := only[list](st.dict, "Index")
	if index == nil {
		index = list{number(0), number(len(data) / row)}
	}
	for ; len(index) >= 2; index = index[2:] {
		first, is := index[0].(number)
		count, isCount := index[1].(number)
		if !is || !isCount {
			s.opaque = true
			return
		}
		for i := 0; i < int(count) && len(data) >= row; i++ {
			s.work -= row
			kind, second, third := integer(data[:width[0]]), integer(data[width[0]:width[0]+width[1]]), integer(data[width[0]+width[1]:row])
			data = data[row:]
			switch {
			case kind == 1, width[0] == 0:
				s.xref.at(second, start)
			case kind == 2:
				s.xref.packed = append(s.xref.packed, packedEntry{int(first) + i, second, third})
			}
		}
	}
}

// integer is a number in big-endian bytes.
func integer(b []byte) (n int) {
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

// alias gives objects the numbers under which a cross-reference leads to them, beside their own.
func (s *pdfScan) alias() {
	slices.Sort(s.xref.offsets)
	s.xref.offsets = slices.Compact(s.xref.offsets)
	for i, o := range s.objects {
		if o.number < 0 || o.at != o.place { // in an object stream
			continue
		}
		begin, end, _ := numberBefore(o.data[:o.at-len("obj")])
		from, _ := slices.BinarySearch(s.xref.offsets, begin+1)
		for ; from < len(s.xref.offsets) && s.xref.offsets[from] < end && s.work >= 0; from++ {
			s.work -= end - s.xref.offsets[from]
			if n, err := strconv.Atoi(string(o.data[s.xref.offsets[from]:end])); err == nil {
				s.numbered[n] = append(s.numbered[n], i)
			}
		}
	}
	for _, e := range s.xref.packed {
		for _, st := range s.streams[e.stream] {
			if i := st.from + e.index; e.index >= 0 && i < st.to && s.objects[i].number != e.number {
				s.work -= workPerObject
				s.numbered[e.number] = append(s.numbered[e.number], i)
			}
		}
	}
}
