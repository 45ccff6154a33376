package document

import "bytes"

// dict is what the keys of a dictionary say about the stream that follows it.
type dict struct {
	complete bool
	objects  bool // it is an object stream
	filters  int  // how often the key is there
	flate    bool // and that its value is Flate alone
	params   bool
}

// readDict reads the dictionary that data begins with and returns its length.
func readDict(data []byte) (d dict, length int) {
	depth := 0
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '%':
			i += skipTo(data[i:], "\r\n")
		case c == '(':
			i += stringLength(data[i:])
		case c == '<' && bytes.HasPrefix(data[i:], []byte("<<")):
			depth++
			i += 2
		case c == '<':
			i += skipTo(data[i:], ">")
		case c == '>' && bytes.HasPrefix(data[i:], []byte(">>")):
			depth--
			i += 2
			if depth == 0 {
				d.complete = true
				return d, i
			}
		case c == '/':
			name, n := readName(data[i+1:])
			i += 1 + n
			d.note(name, data[i:])
		default:
			i++
		}
	}
	return d, len(data)
}

// note keeps what matters for unpacking. First is a required key of an object stream; readers do without its type.
func (d *dict) note(name string, after []byte) {
	switch name {
	case "ObjStm", "First":
		d.objects = true
	case "Filter":
		d.filters++
		d.flate = flateFollows.Match(after[:min(len(after), maxName)])
	case "DecodeParms":
		d.params = true
	}
}

// blankLength is the number of bytes of white space and comments at the start of data.
func blankLength(data []byte) int {
	n := 0
	for n < len(data) {
		switch data[n] {
		case 0, '\t', '\n', '\f', '\r', ' ':
			n++
		case '%':
			n += skipTo(data[n:], "\r\n")
		default:
			return n
		}
	}
	return n
}

// skipTo is the number of bytes up to and with the first of the bytes in any.
func skipTo(data []byte, any string) int {
	if n := bytes.IndexAny(data, any); n >= 0 {
		return n + 1
	}
	return len(data)
}

// stringLength is the length of the string in parentheses that data begins with (7.3.4.2).
func stringLength(data []byte) int {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(data)
}

// maxName is how much of a name is read: more than any name that matters, also with each character escaped.
const maxName = 64

var endsName = func() (ends [256]bool) {
	for _, c := range []byte("\x00\t\n\f\r ()<>[]{}/%") {
		ends[c] = true
	}
	return ends
}()

// readName reads the name that data begins with, without its slash, and undoes #xx (7.3.5). Length is that of its spelling.
func readName(data []byte) (name string, length int) {
	for length < len(data) && length < maxName && !endsName[data[length]] {
		length++
	}
	raw := data[:length]
	if bytes.IndexByte(raw, '#') < 0 {
		return string(raw), length
	}
	var plain []byte
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '#' && i+2 < len(raw) {
			if high, low := unhex(raw[i+1]), unhex(raw[i+2]); high >= 0 && low >= 0 {
				c = byte(high<<4 | low)
				i += 2
			}
		}
		plain = append(plain, c)
	}
	return string(plain), length
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c - 'a' + 10)
	case 'A' <= c && c <= 'F':
		return int(c - 'A' + 10)
	}
	return -1
}
