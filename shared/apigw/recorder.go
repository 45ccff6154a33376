package apigw

import (
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
	body   strings.Builder
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
	body := w.body.String()
	if w.head {
		if !w.bodyless() {
			w.sent.Set("Content-Length", strconv.Itoa(len(body)))
		}
		body = ""
	}
	packed := len(body) > 0 && (w.sent.Get("Content-Encoding") != "" || !utf8.ValidString(body))
	out := make([]byte, 0, len(body)+len(body)/8+768)
	out = append(out, `{"statusCode":`...)
	out = strconv.AppendInt(out, int64(w.status), 10)
	out = w.appendHeaders(out)
	out = append(out, `,"isBase64Encoded":`...)
	out = strconv.AppendBool(out, packed)
	out = append(out, `,"body":`...)
	if packed {
		out = append(out, '"')
		out = base64.StdEncoding.AppendEncode(out, []byte(body))
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
func appendQuoted(out []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	out = append(out, '"')
	from := 0
	for i := range len(text) {
		b := text[i]
		if !special[b] {
			continue
		}
		out = append(append(out, text[from:i]...), '\\')
		if from = i + 1; b < ' ' {
			out = append(out, 'u', '0', '0', hex[b>>4], hex[b&15])
		} else {
			out = append(out, b)
		}
	}
	return append(append(out, text[from:]...), '"')
}
