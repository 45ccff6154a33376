package apigw

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// An event is read by hand: encoding/json looks at each byte twice and at each field by reflection, which is the larger part of what it costs to
// get a request to its handler. A test holds this reader to encoding/json.

// request is the part of an HTTP API event that makes an HTTP request.
type request struct {
	path, query string
	cookies     []string
	headers     [][2]string // names and values; of those of one name the last counts
	body        string
	base64      bool

	id, method, sourceIP string
}

// usualHeaders is how many a browser and API Gateway send together.
const usualHeaders = 24

var errNoEvent = errors.New("not JSON, or not with the members of an event")

// readEvent reads an event. The members that it does not know may be anything.
func readEvent(payload []byte) (e request, err error) {
	r := reader{in: string(payload)}
	e.headers = make([][2]string, 0, usualHeaders)
	err = r.object(func(name string) (err error) {
		switch name {
		case "rawPath":
			e.path, err = r.text()
		case "rawQueryString":
			e.query, err = r.text()
		case "cookies":
			e.cookies = nil
			err = r.array(func() error {
				cookie, err := r.text()
				e.cookies = append(e.cookies, cookie)
				return err
			})
		case "headers":
			err = r.object(func(name string) error {
				value, err := r.text()
				e.headers = append(e.headers, [2]string{name, value})
				return err
			})
		case "body":
			e.body, err = r.text()
		case "isBase64Encoded":
			e.base64, err = r.boolean()
		case "requestContext":
			err = r.context(&e)
		default:
			err = r.skip()
		}
		return err
	})
	if r.space(); err == nil && r.at != len(r.in) {
		err = errNoEvent
	}
	return e, err
}

func (r *reader) context(e *request) error {
	return r.object(func(name string) (err error) {
		switch name {
		case "requestId":
			e.id, err = r.text()
		case "http":
			err = r.object(func(name string) (err error) {
				switch name {
				case "method":
					e.method, err = r.text()
				case "sourceIp":
					e.sourceIP, err = r.text()
				default:
					err = r.skip()
				}
				return err
			})
		default:
			err = r.skip()
		}
		return err
	})
}

// reader reads JSON (RFC 8259). Where there is null, an object and an array are empty and a text is none.
type reader struct {
	in    string
	at    int
	depth int
}

// mostDepth is that of encoding/json.
const mostDepth = 10000

// peek is the next byte that is no white space, or 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.at == len(r.in) {
		return 0
	}
	return r.in[r.at]
}

func (r *reader) space() {
	for r.at < len(r.in) && (r.in[r.at] == ' ' || r.in[r.at] == '\n' || r.in[r.at] == '\t' || r.in[r.at] == '\r') {
		r.at++
	}
}

func (r *reader) take(b byte) bool {
	if r.peek() != b {
		return false
	}
	r.at++
	return true
}

func (r *reader) word(w string) bool {
	r.space()
	if !strings.HasPrefix(r.in[r.at:], w) {
		return false
	}
	r.at += len(w)
	return true
}

func (r *reader) object(member func(name string) error) error {
	return r.list('{', '}', func() error {
		name, err := r.quoted()
		if err == nil && !r.take(':') {
			err = errNoEvent
		}
		if err != nil {
			return err
		}
		return member(name)
	})
}

func (r *reader) array(element func() error) error { return r.list('[', ']', element) }

func (r *reader) list(open, shut byte, each func() error) error {
	if r.peek() == 'n' && r.word("null") {
		return nil
	}
	if r.depth++; r.depth > mostDepth || !r.take(open) {
		return errNoEvent
	}
	defer func() { r.depth-- }()
	if r.take(shut) {
		return nil
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if r.take(shut) {
			return nil
		}
		if !r.take(',') {
			return errNoEvent
		}
	}
}

func (r *reader) text() (string, error) {
	if r.peek() == 'n' && r.word("null") {
		return "", nil
	}
	return r.quoted()
}

// quoted reads a string.
func (r *reader) quoted() (string, error) {
	if !r.take('"') {
		return "", errNoEvent
	}
	from, escapes := r.at, false
	for ; r.at < len(r.in); r.at++ {
		b := r.in[r.at]
		if !special[b] {
			continue
		}
		switch b {
		case '"':
			text := r.in[from:r.at]
			r.at++
			if escapes || !utf8.ValidString(text) {
				return unescaped(text)
			}
			return text, nil
		case '\\':
			escapes = true
			r.at++ // what follows is no end
		default:
			return "", errNoEvent
		}
	}
	return "", errNoEvent
}

// special are the bytes that stand in no string of JSON as they are.
var special = func() (is [256]bool) {
	for b := range ' ' {
		is[b] = true
	}
	is['"'], is['\\'] = true, true
	return is
}()

var short = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescaped takes the escapes out. The rare ones, by number, and what is no UTF-8 it leaves to encoding/json.
func unescaped(text string) (plain string, err error) {
	var b strings.Builder
	b.Grow(len(text))
	rest := text
	for i := strings.IndexByte(rest, '\\'); i >= 0; i = strings.IndexByte(rest, '\\') {
		if i+1 == len(rest) || short[rest[i+1]] == 0 {
			return decoded(text)
		}
		b.WriteString(rest[:i])
		b.WriteByte(short[rest[i+1]])
		rest = rest[i+2:]
	}
	b.WriteString(rest)
	if !utf8.ValidString(b.String()) {
		return decoded(text)
	}
	return b.String(), nil
}

func decoded(text string) (plain string, err error) {
	err = json.Unmarshal([]byte(`"`+text+`"`), &plain)
	return plain, err
}

func (r *reader) boolean() (bool, error) {
	switch {
	case r.word("true"):
		return true, nil
	case r.word("false"), r.word("null"):
		return false, nil
	}
	return false, errNoEvent
}

// skip reads any value.
func (r *reader) skip() (err error) {
	switch r.peek() {
	case '{':
		return r.object(func(string) error { return r.skip() })
	case '[':
		return r.array(r.skip)
	case '"':
		_, err = r.quoted()
		return err
	case 't', 'f', 'n':
		_, err = r.boolean()
		return err
	}
	from := r.at
	for r.at < len(r.in) && strings.IndexByte("+-.eE0123456789", r.in[r.at]) >= 0 {
		r.at++
	}
	if !json.Valid([]byte(r.in[from:r.at])) {
		return errNoEvent
	}
	return nil
}
