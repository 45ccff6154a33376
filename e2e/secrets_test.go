package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// marks are what no log may have: whatever anybody typed in these tests, and each session and cookie that was given out. It is
// looked for when all tests have ended.
var marks = markSet{seen: map[string]bool{}}

type markSet struct {
	mu   sync.Mutex
	seen map[string]bool
}

// harmless are words of the contract, such as private_limited or en, times, and ids, which open nothing: they are nobody's.
var harmless = regexp.MustCompile(`^([a-z_./-]*|[A-Z2-7]{26}|[0-9-]{10}(T[0-9:.]+Z)?|[0-9]{4}-[0-9]{2}(-[0-9]+)?)$`)

// shortest is what can be told from chance, and in base64, where ids and traces look alike.
const shortest, shortestCoded = 6, 9

func (s *markSet) add(text string) {
	if len(text) < shortest || harmless.MatchString(text) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[text] = true
}

// strings adds each text that is a value somewhere in JSON.
func (s *markSet) strings(v any) {
	switch v := v.(type) {
	case string:
		s.add(v)
	case []any:
		for _, e := range v {
			s.strings(e)
		}
	case map[string]any:
		for _, e := range v {
			s.strings(e)
		}
	}
}

// marking notes what goes out and what opens a session.
type marking struct{ next http.RoundTripper }

func (m marking) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if body, err := r.GetBody(); err == nil {
			var sent any
			if json.NewDecoder(body).Decode(&sent) == nil {
				marks.strings(sent)
			}
		}
	}
	answer, err := m.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range answer.Cookies() {
		marks.add(c.Value)
	}
	if strings.HasSuffix(r.URL.Path, "/login") {
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(body))
		var got struct{ Session string }
		if err == nil && json.Unmarshal(body, &got) == nil {
			marks.add(got.Session)
		}
	}
	return answer, err
}

// spellings are the ways in which a text may stand in a log: as it is, in JSON, in a URL, and in base64, whatever stands before it there.
func spellings(text string) (all []string) {
	quoted, _ := json.Marshal(text)
	all = append(all, text, string(quoted[1:len(quoted)-1]), url.QueryEscape(text), url.PathEscape(text))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := 0; before < 3 && len(text) >= shortestCoded; before++ {
			encoded := encoding.EncodeToString(append(make([]byte, before), text...))
			first, last := (before*8+5)/6, (before+len(text))*8/6 // the characters that depend on the text alone
			all = append(all, encoded[first:last])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// found lists the lines of functions in which a mark stands, in any spelling.
func (s *markSet) found(log string) (wrong []string) {
	byStart := map[string][]string{} // by their first characters
	for mark := range s.seen {
		for _, spelling := range spellings(mark) {
			if len(spelling) >= shortest {
				byStart[spelling[:shortest]] = append(byStart[spelling[:shortest]], spelling)
			}
		}
	}
	for line := range strings.Lines(log) {
		at := strings.Index(line, `{"time":`)
		if at < 0 { // of the local run itself, which shows mails on its page
			continue
		}
		line = line[at:]
		for i := range max(0, len(line)-shortest) {
			for _, spelling := range byStart[line[i:i+shortest]] {
				if strings.HasPrefix(line[i:], spelling) && !isPartOfNumber(line, i, len(spelling)) {
					wrong = append(wrong, fmt.Sprintf("%q in %s", spelling, strings.TrimSpace(line)))
				}
			}
		}
	}
	return wrong
}

// isPartOfNumber reports that digits stand in something longer, such as a time or an id: a code of six digits is not to be found there.
func isPartOfNumber(line string, at, n int) bool {
	for i := at; i < at+n; i++ {
		if line[i] < '0' || line[i] > '9' {
			return false
		}
	}
	joins := func(i int) bool { return i >= 0 && i < len(line) && inWord.MatchString(line[i:i+1]) }
	return joins(at-1) || joins(at+n)
}

var inWord = regexp.MustCompile(`[0-9A-Za-z.-]`)

func TestAMarkIsFoundInTheLogInEverySpelling(t *testing.T) {
	secret := "Mango tree/42+\"ä"
	for _, before := range []string{"", "x", "xy"} {
		for _, said := range append(spellings(secret), base64.StdEncoding.EncodeToString([]byte(before+secret+"!")), base64.URLEncoding.EncodeToString([]byte(before+secret))) {
			s := markSet{seen: map[string]bool{}}
			s.strings(map[string]any{"a": []any{1, map[string]any{"password": secret}}})
			if got := s.found(`{"time":"2026-11-26T10:00:00Z","msg":"` + said + `"}` + "\n"); len(got) == 0 {
				t.Errorf("%s is not found", said)
			}
		}
	}
	s := markSet{seen: map[string]bool{}}
	for _, word := range []string{"private_limited", "2026-11-26T10:00:00Z", "2027-01", "en", "123456", secret} {
		s.add(word)
	}
	quiet := `{"time":"2026-11-26T10:00:00.123456Z","entity":"private_limited","terms":"2027-01","n":0.123456,"trace_id":"1-6b087c97-dad6c2bee123456bc207"}` + "\nmail to " + secret + "\n"
	if got := s.found(quiet); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	for _, said := range []string{`{"time":"x","code":"123456"}`, `{"time":"x","code":123456}`, `{"time":"x","msg":"code 123456 sent"}`} {
		if got := s.found(said + "\n"); len(got) != 1 {
			t.Errorf("a code is not found in %s: %v", said, got)
		}
	}
}
