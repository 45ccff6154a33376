package apigw

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// byReflection is what encoding/json makes of an event.
type byReflection struct {
	RawPath         string            `json:"rawPath"`
	RawQueryString  string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	RequestContext  struct {
		RequestID string `json:"requestId"`
		HTTP      struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

var known = []string{"rawPath", "rawQueryString", "cookies", "headers", "body", "isBase64Encoded", "requestContext", "requestId", "http", "method", "sourceIp"}

// told has members that encoding/json would take for known ones, whatever their case, or of which it keeps something where they come twice.
func told(payload []byte) bool {
	for _, name := range known {
		quoted := `"` + name + `"`
		if n := strings.Count(strings.ToLower(string(payload)), strings.ToLower(quoted)); n > 1 || n != strings.Count(string(payload), quoted) {
			return true
		}
	}
	return strings.Contains(string(payload), `\u`) || strings.ContainsAny(string(payload), "ſK") // which fold to s and k
}

func FuzzAnEventIsReadAsEncodingJSONReadsIt(f *testing.F) {
	recorded, err := filepath.Glob("testdata/*.json")
	if err != nil || len(recorded) == 0 {
		f.Fatal(recorded, err)
	}
	for _, file := range recorded {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		`{}`, ` { } `, `[]`, `null`, `{"rawPath":"/x"`, `{"rawPath":"/x",}`, `{"rawPath":null,"cookies":null,"headers":null,"body":null,"requestContext":null,"isBase64Encoded":null}`,
		`{"cookies":["a=1" , "b=\"2\""],"headers":{"x":"\\ \/ \b\f\n\r\t","y":"ह"}}`, `{"body":"{\"a\":\"b\\n\"}"}`, "{\"body\":\"\xff\"}", `{"body":"\x"}`, "{\"body\":\"a\nb\"}",
		`{"more":[1,-2.5e+3,true,false,null,{"x":[]}],"body":"x"}`, `{"more":01}`, `{"more":-}`, `{"more":+1}`, `{"more":tru}`, `{"rawPath":1}`, `{"cookies":{}}`, `{"isBase64Encoded":"x"}`,
		`{"body":"x"}}`, `{"body":"x"} x`, `{"body":"x`, `{"body":"\`, `{"body"}`, `{"a":1 "b":2}`, `{,}`, `{"requestContext":{"http":{"method":"GET"},"requestId":"r"}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if told(payload) {
			t.Skip()
		}
		var want byReflection
		wrong := json.Unmarshal(payload, &want)
		got, err := readEvent(payload)
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%q: %v, encoding/json %v", payload, err, wrong)
		}
		if err != nil {
			return
		}
		headers := map[string]string{}
		for _, h := range got.headers {
			headers[h[0]] = h[1]
		}
		if got.path != want.RawPath || got.query != want.RawQueryString || got.body != want.Body || got.base64 != want.IsBase64Encoded ||
			!slices.Equal(got.cookies, want.Cookies) || !maps.Equal(headers, want.Headers) || got.id != want.RequestContext.RequestID ||
			got.method != want.RequestContext.HTTP.Method || got.sourceIP != want.RequestContext.HTTP.SourceIP {
			t.Errorf("%q\n%+v\n%+v", payload, got, want)
		}
	})
}

func TestEscapesByNumberAreThoseOfEncodingJSON(t *testing.T) {
	for _, text := range []string{`"\u0041\n"`, `"\ud83d\ude00"`, `"\ud83d"`, `"a\\u0041"`, `"\u00e9\"x"`} {
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if got, err := readEvent([]byte(`{"body":` + text + `}`)); err != nil || got.body != want {
			t.Errorf("%s: %q, want %q, %v", text, got.body, want, err)
		}
	}
	if _, err := readEvent([]byte(`{"body":"\u00zz"}`)); err == nil {
		t.Error("an escape that is none is read")
	}
	if _, err := readEvent([]byte(`{"more":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`)); err == nil {
		t.Error("a hundred thousand arrays within each other are read")
	}
}

func FuzzWhatIsQuotedIsReadBack(f *testing.F) {
	for _, text := range []string{"", "plain", `{"a":"b\n"}`, "\x00\x1f\x7f", "ह😀\u2028\ufffd", "\xff\xc3", "<b>&"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var back string
		if err := json.Unmarshal(appendQuoted(nil, text), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); back != want {
			t.Errorf("%q came back as %q, want %q", text, back, want)
		}
	})
}
