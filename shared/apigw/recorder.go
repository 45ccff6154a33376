package apigw

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// response is what an HTTP API takes as the answer of a function.
type response struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers,omitempty"`
	Cookies         []string          `json:"cookies,omitempty"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

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

func (w *recorder) response() response {
	w.WriteHeader(http.StatusOK)
	out := response{StatusCode: w.status, Cookies: w.sent["Set-Cookie"], Headers: make(map[string]string, len(w.sent))}
	for name, values := range w.sent {
		if name != "Set-Cookie" { // two cookies in one line cannot be told apart again
			out.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	switch {
	case w.head && w.bodyless():
	case w.head:
		out.Headers["content-length"] = strconv.Itoa(w.body.Len())
	case w.sent.Get("Content-Encoding") != "" || !utf8.Valid(w.body.Bytes()):
		out.IsBase64Encoded = true
		out.Body = base64.StdEncoding.EncodeToString(w.body.Bytes())
	default:
		out.Body = w.body.String()
	}
	return out
}
