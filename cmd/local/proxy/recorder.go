package proxy

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// statusRecorder notes the status, and calls before ahead of sending it.
type statusRecorder struct {
	http.ResponseWriter
	status int
	before func(status int, h http.Header)

	keep    bool
	refusal []byte // the beginning of the body of an error, if it is to be kept
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.keep && s.status >= http.StatusBadRequest {
		s.refusal = append(s.refusal, b[:min(len(b), keptHead-len(s.refusal))]...)
	}
	return s.ResponseWriter.Write(b)
}

// errorMembers are what AWS's protocols call the code and the text of an error, in XML and in JSON.
var errorMembers = regexp.MustCompile(`<(?:Code|Message)>([^<]*)|"(?:__type|message|detail)" *: *("(?:[^"\\]|\\.)*")`)

// reason is the code and the text of an error, in words.
func reason(body []byte) string {
	var words []string
	for _, m := range errorMembers.FindAllSubmatch(body, -1) {
		text := html.UnescapeString(string(m[1]))
		if len(m[2]) > 0 && json.Unmarshal(m[2], &text) != nil {
			continue
		}
		words = append(words, text)
	}
	if len(words) == 0 {
		return string(body)
	}
	return strings.Join(words, ": ")
}

func (s *statusRecorder) WriteHeader(status int) {
	if status >= 200 {
		s.status = status
		if s.before != nil {
			s.before(status, s.Header())
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// headOf keeps the beginning of a body that is read: the fields of a form, which come before the file.
type headOf struct {
	io.ReadCloser
	mu   sync.Mutex
	kept []byte
}

const keptHead = 64 << 10

func (h *headOf) Read(b []byte) (int, error) {
	n, err := h.ReadCloser.Read(b)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = append(h.kept, b[:min(n, keptHead-len(h.kept))]...)
	return n, err
}

func (h *headOf) bytes() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.kept)
}
