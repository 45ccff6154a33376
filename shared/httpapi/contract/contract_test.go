package contract

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/routers"
)

const document = `
openapi: 3.0.3
info: {title: Test, version: "1"}
servers: [{url: /}]
paths:
  /v1/things/new:
    post: {responses: {"204": {description: Nothing.}}}
  /v1/things/{id}:
    get:
      responses:
        "200":
          description: One.
          content: {application/json: {schema: {type: object, additionalProperties: false, required: [size], properties: {size: {type: integer}}}}}
        "400": &wrong
          description: Wrong.
          content: {application/problem+json: {schema: {type: object, required: [code, status], properties: {code: {type: string}, status: {type: integer}}}}}
    parameters:
    - {name: id, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$"}}
    put:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, additionalProperties: false, required: [name], properties: {name: {type: string}}}
      responses:
        "200":
          description: Done.
          content: {application/json: {schema: {type: object, additionalProperties: false, required: [size], properties: {size: {type: integer}}}}}
        "204": {description: Nothing.}
        "400": *wrong
        "429":
          description: Too many.
          headers: {Retry-After: {required: true, schema: {type: integer, minimum: 1}}}
          content: {application/problem+json: {schema: {type: object}}}
        "503": *wrong
`

// failures hears what would fail a test.
type failures struct {
	testing.TB
	all []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.all = append(f.all, fmt.Sprintf(format, args...))
}

func TestCheck(t *testing.T) {
	const good, json, problem = `{"name":"x"}`, "application/json", "application/problem+json"
	tests := []struct {
		name, method, path, body string
		status                   int
		mediaType, answer, retry string
		allow                    string
		complaint                string // part of it; empty when there must be none
	}{
		{name: "an answer by the document passes", body: good, status: 200, mediaType: json, answer: `{"size":1}`},
		{name: "a documented answer without a body passes", body: good, status: 204},
		{name: "a wrong request that is refused passes", body: `{}`, status: 400, mediaType: problem, answer: `{"code":"x","status":400}`},
		{name: "a right request may be refused", body: good, status: 400, mediaType: problem, answer: `{"code":"x","status":400}`},
		{name: "a header that must be there is there", body: good, status: 429, mediaType: problem, answer: `{"status":429}`, retry: "1"},

		{name: "a member too many", body: good, status: 200, mediaType: json, answer: `{"size":1,"secret":2}`, complaint: `"secret" is unsupported`},
		{name: "a member of another type", body: good, status: 200, mediaType: json, answer: `{"size":"1"}`, complaint: "integer"},
		{name: "a member too few", body: good, status: 200, mediaType: json, answer: `{}`, complaint: `"size" is missing`},
		{name: "another media type", body: good, status: 200, mediaType: "text/html", answer: `{"size":1}`, complaint: "text/html"},
		{name: "a status that is not documented", body: good, status: 201, mediaType: json, answer: `{}`, complaint: "status"},
		{name: "an error that is not documented", body: good, status: 500, mediaType: problem, answer: `{"status":500}`, complaint: "status"},
		{name: "a wrong request that is taken", body: `{"name":1}`, status: 204, complaint: "the request was wrong"},
		{name: "a wrong request that breaks something", body: `{"name":1}`, status: 503, mediaType: problem, answer: `{"code":"x","status":503}`, complaint: "the request was wrong"},
		{name: "a wrong path parameter that is taken", path: "/v1/things/1", body: good, status: 204, complaint: "the request was wrong"},
		{name: "an error as JSON", body: good, status: 400, mediaType: json, answer: `{"code":"x","status":400}`, complaint: json},
		{name: "a problem with another status", body: good, status: 400, mediaType: problem, answer: `{"code":"x","status":404}`, complaint: "status 404"},
		{name: "a missing header", body: good, status: 429, mediaType: problem, answer: `{"status":429}`, complaint: "Retry-After"},
		{name: "an unknown path", path: "/v1/other", body: good, status: 204, complaint: "no such route"},
		{name: "an unknown path, even when it is 404", path: "/v1/other", status: 404, mediaType: problem, answer: `{"code":"x","status":404}`, complaint: "no such route"},
		{name: "an unknown method that is taken", method: "POST", body: good, status: 204, complaint: "no such route"},

		{name: "HEAD as GET passes", method: "HEAD", status: 200, mediaType: json},
		{name: "HEAD of a problem passes", method: "HEAD", status: 400, mediaType: problem},
		{name: "HEAD with a body", method: "HEAD", status: 200, mediaType: json, answer: `{"size":1}`, complaint: "HEAD with a body"},
		{name: "HEAD with a status that GET has not", method: "HEAD", status: 204, complaint: "status"},
		{name: "HEAD of a problem as another type", method: "HEAD", status: 400, mediaType: json, complaint: json},
		{name: "another method that is refused passes", method: "POST", status: 405, mediaType: problem, answer: `{"code":"x","status":405}`, allow: "GET, HEAD, PUT"},
		{name: "OPTIONS is another method", method: "OPTIONS", status: 405, mediaType: problem, answer: `{"code":"x","status":405}`, allow: "GET, HEAD, PUT"},
		{name: "a literal path has its own methods", method: "GET", path: "/v1/things/new", status: 405, mediaType: problem, answer: `{"code":"x","status":405}`, allow: "POST"},
		{name: "HEAD of what has no GET is refused", method: "HEAD", path: "/v1/things/new", status: 405, mediaType: problem, allow: "POST"},
		{name: "another method that is not there", method: "POST", status: 404, mediaType: problem, answer: `{"code":"x","status":404}`, complaint: "no such route, as [GET HEAD PUT] are"},
		{name: "another method without Allow", method: "POST", status: 405, mediaType: problem, answer: `{"code":"x","status":405}`, complaint: "Allow says"},
		{name: "another method with too few in Allow", method: "POST", status: 405, mediaType: problem, answer: `{"code":"x","status":405}`, allow: "GET, PUT", complaint: "Allow says"},
		{name: "another method, refused as text", method: "POST", status: 405, mediaType: "text/plain", answer: "no", allow: "GET, HEAD, PUT", complaint: "text/plain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := &failures{TB: t}
			h := check(f, func() (routers.Router, error) { return parse([]byte(document)) }, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); string(body) != test.body {
					t.Errorf("the handler got %q", body)
				}
				if test.mediaType != "" {
					w.Header().Set("Content-Type", test.mediaType)
				}
				if test.retry != "" {
					w.Header().Set("Retry-After", test.retry)
				}
				if test.allow != "" {
					w.Header().Set("Allow", test.allow)
				}
				w.Header().Add("Set-Cookie", "a=1")
				w.Header().Add("Set-Cookie", "b=2")
				w.WriteHeader(test.status)
				io.WriteString(w, test.answer)
			}))
			if test.method == "" {
				test.method = "PUT"
			}
			if test.path == "" {
				test.path = "/v1/things/a"
			}
			r := httptest.NewRequest(test.method, "https://central.test"+test.path, strings.NewReader(test.body))
			r.Header.Set("Content-Type", json)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.answer || len(w.Header()["Set-Cookie"]) != 2 {
				t.Errorf("the answer was changed: %d %v %s", w.Code, w.Header(), w.Body)
			}
			said := strings.Join(f.all, "\n")
			if test.complaint == "" && said != "" || test.complaint != "" && (len(f.all) != 1 || !strings.Contains(said, test.complaint)) {
				t.Errorf("complained %q, want %q", said, test.complaint)
			}
			if test.complaint != "" && !strings.Contains(said, test.method+" "+test.path) {
				t.Errorf("the route is not named: %s", said)
			}
		})
	}
}

func TestTransportReadsTheProjectsDocument(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"status":"`+r.URL.RawQuery+`"}`)
	}))
	defer server.Close()
	for query, complaints := range map[string]int{"ok": 0, "broken": 1} {
		f := &failures{TB: t}
		client := &http.Client{Transport: Transport(f, http.DefaultTransport)}
		answer, err := client.Get(server.URL + "/v1/health?" + query)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(answer.Body); string(body) != `{"status":"`+query+`"}` {
			t.Errorf("got %s", body)
		}
		answer.Body.Close()
		if len(f.all) != complaints {
			t.Errorf("%s: %q", query, f.all)
		}
	}
}
