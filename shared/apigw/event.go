package apigw

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// An event is read by hand: encoding/json looks at each byte twice and at each field by reflection, which is the larger part of what it costs to
// get a request to its handler. A test holds this reader to encoding/json.

// request is the part of an HTTP API event that makes an HTTP request.
type request struct {
	path, query string
	cookies     []string
	headers     [][2]string // names and values; of those of one name the last counts
	body        []byte
	base64      bool

	id, method, sourceIP string
}

var errNoEvent = errors.New("not JSON, or not with the members of an event")

// readEvent reads an event. The members that it does not know may be anything.
func readEvent(payload []byte) (e request, err error) {
	r := reader{in: payload}
	err = r.object(func(name []byte) (err error) {
		switch string(name) {
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
			err = r.object(func(name []byte) error {
				value, err := r.text()
				e.headers = append(e.headers, [2]string{string(name), value})
				return err
			})
		case "body":
			e.body, err = r.bytes()
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
	return r.object(func(name []byte) (err error) {
		switch string(name) {
		case "requestId":
			e.id, err = r.text()
		case "http":
			err = r.object(func(name []byte) (err error) {
				switch string(name) {
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
	in    []byte
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
	if !bytes.HasPrefix(r.in[r.at:], []byte(w)) {
		return false
	}
	r.at += len(w)
	return true
}

func (r *reader) object(member func(name []byte) error) error {
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
	text, err := r.bytes()
	return string(text), err
}

func (r *reader) bytes() ([]byte, error) {
	if r.peek() == 'n' && r.word("null") {
		return nil, nil
	}
	return r.quoted()
}

// quoted reads a string. What it returns may be a part of the event.
func (r *reader) quoted() ([]byte, error) {
	if !r.take('"') {
		return nil, errNoEvent
	}
	from, escapes := r.at, 0
	for ; r.at < len(r.in); r.at++ {
		switch b := r.in[r.at]; {
		case b == '"':
			text := r.in[from:r.at]
			r.at++
			if escapes > 0 || !utf8.Valid(text) {
				return unescaped(text)
			}
			return text, nil
		case b == '\\':
			escapes++
			r.at++ // what follows is no end
		case b < ' ':
			return nil, errNoEvent
		}
	}
	return nil, errNoEvent
}

var short = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescaped takes the escapes out. The rare ones, by number, and what is no UTF-8 it leaves to encoding/json.
func unescaped(text []byte) ([]byte, error) {
	plain := make([]byte, 0, len(text))
	for rest := text; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 {
			plain = append(plain, rest...)
			break
		}
		if i+1 == len(rest) || short[rest[i+1]] == 0 {
			return decoded(text)
		}
		plain = append(append(plain, rest[:i]...), short[rest[i+1]])
		rest = rest[i+2:]
	}
	if !utf8.Valid(plain) {
		return decoded(text)
	}
	return plain, nil
}

func decoded(text []byte) ([]byte, error) {
	var s string
	err := json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &s)
	return []byte(s), err
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
		return r.object(func([]byte) error { return r.skip() })
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
	for r.at < len(r.in) && bytes.IndexByte([]byte("+-.eE0123456789"), r.in[r.at]) >= 0 {
		r.at++
	}
	if !json.Valid(r.in[from:r.at]) {
		return errNoEvent
	}
	return nil
}
