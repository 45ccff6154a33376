package document

import "bytes"

// lexer reads the tokens of PDF (ISO 32000-2, 7.2 and 7.3).
type lexer struct {
	data []byte
	at   int
	work *int // bytes that may still be read
	odd  bool // readers may understand what was read in more than one way
}

// Kinds of tokens. A word is a number or a keyword; a stray is a delimiter that nothing opened.
const (
	endOfData  = 0
	nameToken  = '/'
	textToken  = '('
	wordToken  = 'w'
	dictOpen   = '<'
	dictClose  = '>'
	listOpen   = '['
	listClose  = ']'
	strayToken = '?'
)

// next reads a token. Text is what was written; of a name it is what the name means, without the slash.
func (l *lexer) next() (kind byte, text []byte) {
	if *l.work < 0 {
		return endOfData, nil
	}
	begin := l.at
	kind, text = l.scan()
	*l.work -= l.at - begin + 1
	return kind, text
}

func (l *lexer) scan() (kind byte, text []byte) {
	l.blank()
	if l.at >= len(l.data) {
		return endOfData, nil
	}
	rest := l.data[l.at:]
	n := 1
	switch c := rest[0]; {
	case c == '/':
		n += regularLength(rest[1:])
		kind, text = nameToken, plainName(rest[1:n])
	case c == '(':
		n = stringLength(rest)
		kind, text = textToken, rest[:n]
	case bytes.HasPrefix(rest, []byte("<<")):
		kind, n = dictOpen, 2
	case bytes.HasPrefix(rest, []byte(">>")):
		kind, n = dictClose, 2
	case c == '<':
		n = skipTo(rest, ">")
		kind, text = textToken, rest[:n]
	case c == '[', c == ']':
		kind = c
	case delimits[c]:
		kind = strayToken
	default:
		n = regularLength(rest)
		kind, text = wordToken, rest[:n]
	}
	l.at += n
	return kind, text
}

// blank goes over white space and comments.
func (l *lexer) blank() {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case c == '%':
			l.at += skipTo(l.data[l.at:], "\r\n")
		case isBlank(c):
			l.odd = l.odd || c >= 0x80
			l.at++
		default:
			return
		}
	}
}

// isBlank knows the white space of PDF (table 1), and two bytes that PDFium takes for some.
func isBlank(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ', 0x80, 0xff:
		return true
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

var delimits = func() (is [256]bool) {
	for _, c := range []byte("()<>[]{}/%") {
		is[c] = true
	}
	return is
}()

// regularLength is the number of bytes up to white space or a delimiter.
func regularLength(data []byte) int {
	for i, c := range data {
		if delimits[c] || isBlank(c) {
			return i
		}
	}
	return len(data)
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

// plainName undoes #xx (7.3.5).
func plainName(raw []byte) []byte {
	if bytes.IndexByte(raw, '#') < 0 {
		return raw
	}
	plain := make([]byte, 0, len(raw))
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
	return plain
}

func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c - 'a' + 10)
	case 'A' <= c && c <= 'F':
		return int(c - 'A' + 10)
	}
	return -1
}
