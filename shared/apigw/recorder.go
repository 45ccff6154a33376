package apigw

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// recorder keeps what a handler writes, by the rules of net/http: the header is what it was when the status was written,
// and some answers have no body.
type recorder struct {
	header http.Header
	sent   http.Header // nil until the status is written
	status int
	head   bool // the answer says how long its body is, and has none
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status != 0 || status < http.StatusOK { // an HTTP API cannot carry interim answers
		return
	}
	w.status, w.sent = status, w.header.Clone()
}

// bodyless reports a status that never has a body (RFC 9110 15.3.5, 15.4.5).
func (w *recorder) bodyless() bool {
	return w.status == http.StatusNoContent || w.status == http.StatusNotModified
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.bodyless() {
		return len(b), nil
	}
	if w.body.Len() == 0 && len(b) > 0 && w.sent.Get("Content-Type") == "" && w.sent.Get("Content-Encoding") == "" {
		w.sent.Set("Content-Type", http.DetectContentType(b))
	}
	return w.body.Write(b)
}

// answer is what an HTTP API takes as the answer of a function.
func (w *recorder) answer() []byte {
	w.WriteHeader(http.StatusOK)
	body := w.body.Bytes()
	if w.head {
		if !w.bodyless() {
			w.sent.Set("Content-Length", strconv.Itoa(len(body)))
		}
		body = nil
	}
	packed := len(body) > 0 && (w.sent.Get("Content-Encoding") != "" || !utf8.Valid(body))
	out := make([]byte, 0, len(body)+len(body)/4+1024)
	out = append(out, `{"statusCode":`...)
	out = strconv.AppendInt(out, int64(w.status), 10)
	out = w.appendHeaders(out)
	out = append(out, `,"isBase64Encoded":`...)
	out = strconv.AppendBool(out, packed)
	out = append(out, `,"body":`...)
	if packed {
		out = append(out, '"')
		out = base64.StdEncoding.AppendEncode(out, body)
		return append(out, `"}`...)
	}
	return append(appendQuoted(out, body), '}')
}

func (w *recorder) appendHeaders(out []byte) []byte {
	before := `,"headers":{`
	for name, values := range w.sent {
		if name == "Set-Cookie" { // two cookies in one line cannot be told apart again
			continue
		}
		out = append(out, before...)
		out = append(appendQuoted(out, strings.ToLower(name)), ':')
		out = appendQuoted(out, strings.Join(values, ", "))
		before = ","
	}
	if before == "," {
		out = append(out, '}')
	}
	before = `,"cookies":[`
	for _, cookie := range w.sent["Set-Cookie"] {
		out = appendQuoted(append(out, before...), cookie)
		before = ","
	}
	if before == "," {
		out = append(out, ']')
	}
	return out
}

const hex = "0123456789abcdef"

// appendQuoted appends a string of JSON. What is no UTF-8 becomes U+FFFD, as encoding/json writes it.
func appendQuoted[T string | []byte](out []byte, text T) []byte {
	out = append(out, '"')
	from := 0
	for i := 0; i < len(text); {
		b := text[i]
		switch {
		case b >= utf8.RuneSelf:
			if r, size := utf8.DecodeRune([]byte(text[i:min(i+utf8.UTFMax, len(text))])); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			out = append(append(out, text[from:i]...), "\ufffd"...)
		case b == '"' || b == '\\':
			out = append(append(out, text[from:i]...), '\\', b)
		case b < ' ':
			out = append(append(out, text[from:i]...), '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			i++
			continue
		}
		i++
		from = i
	}
	return append(append(out, text[from:]...), '"')
}
