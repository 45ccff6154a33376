package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("IST", 19800))

const origin = "https://central.test"

// site is an API whose one endpoint, POST /v1/things/{id}, does what the test says.
type site struct {
	*API
	log bytes.Buffer
}

type thing struct {
	Name string `json:"name"`
}

func newSite(f func(ctx context.Context, c *Call, in thing) (any, error)) *site {
	s := &site{}
	s.API = New(Config{
		PublicURL: origin, Now: func() time.Time { return now }, Sessions: &sessions{}, Log: slog.New(slog.NewJSONHandler(&s.log, nil)),
		RequestID: func(context.Context) string { return "r-1" },
	})
	s.Public("POST /v1/things/{id}", JSON(http.StatusOK, f))
	nothing := func(context.Context, *Call, None) (None, error) { return None{}, nil }
	s.Public("GET /v1/nothing", JSON(http.StatusNoContent, nothing))
	s.Public("DELETE /v1/nothing", JSON(http.StatusNoContent, nothing))
	s.Private("GET /v1/private", JSON(http.StatusNoContent, nothing))
	return s
}

func fine(context.Context, *Call, thing) (any, error) { return thing{"ok"}, nil }

func request(method, target, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	return r
}

func (s *site) do(r *http.Request) (*httptest.ResponseRecorder, map[string]any) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var body map[string]any
	json.Unmarshal(w.Body.Bytes(), &body) // nil when there is none
	return w, body
}

func TestBodies(t *testing.T) {
	tests := []struct {
		name, method, path, body, mediaType string
		status                              int
		code                                string
	}{
		{name: "JSON is taken", body: `{"name":"x"}`, mediaType: "application/json", status: 200},
		{name: "parameters of the media type are allowed", body: `{}`, mediaType: "Application/JSON; charset=utf-8", status: 200},
		{name: "no media type is 415", body: `{}`, mediaType: "", status: 415, code: "not_json"},
		{name: "a form is 415", body: `name=x`, mediaType: "application/x-www-form-urlencoded", status: 415, code: "not_json"},
		{name: "plain text, which any page may send, is 415", body: `{}`, mediaType: "text/plain", status: 415, code: "not_json"},
		{name: "two media types are 415", body: `{}`, mediaType: "application/json, text/plain", status: 415, code: "not_json"},
		{name: "another kind of JSON is 415", body: `{}`, mediaType: "application/ld+json", status: 415, code: "not_json"},
		{name: "64 KiB are taken", body: `{"name":"` + strings.Repeat("x", 64<<10-11) + `"}`, mediaType: "application/json", status: 200},
		{name: "one byte more is 413", body: `{"name":"` + strings.Repeat("x", 64<<10-10) + `"}`, mediaType: "application/json", status: 413, code: "body_too_large"},
		{name: "a wrong body is 400", body: `{"name":1}`, mediaType: "application/json", status: 400, code: "body_malformed"},
		{name: "no body where one is expected is 400", body: ``, mediaType: "application/json", status: 400, code: "body_missing"},
		{name: "and says so without a media type, too", body: ``, mediaType: "", status: 400, code: "body_missing"},
		{name: "nothing where nothing is expected is taken, without a media type", method: "DELETE", path: "/v1/nothing", status: 204},
		{name: "the empty object is as good as nothing", method: "DELETE", path: "/v1/nothing", body: " {} ", mediaType: "application/json", status: 204},
		{name: "a blank that is none of JSON's is something", method: "DELETE", path: "/v1/nothing", body: "\u00a0", status: 400, code: "body_not_expected"},
		{name: "something where nothing is expected is 400", method: "DELETE", path: "/v1/nothing", body: `{"a":1}`, mediaType: "application/json", status: 400, code: "body_not_expected"},
		{name: "a long body where nothing is expected is 400", method: "GET", path: "/v1/nothing", body: strings.Repeat("x", 70000), status: 400, code: "body_not_expected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.method == "" {
				test.method, test.path = "POST", "/v1/things/1"
			}
			w, body := newSite(fine).do(request(test.method, test.path, test.body, "Content-Type", test.mediaType))
			if w.Code != test.status || test.code != "" && body["code"] != test.code {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if test.status == 204 && (w.Body.Len() > 0 || w.Header().Get("Content-Type") != "") {
				t.Errorf("204 with %q of %q", w.Body, w.Header().Get("Content-Type"))
			}
		})
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	secret := errors.New("table users-secret is on fire")
	about := fault.New(fault.Conflict, "busy", "Do it again.")
	tests := []struct {
		name   string
		err    error
		status int
		want   map[string]any
		retry  string
	}{
		{name: "a fault is told with kind, code and sentence", err: about.Because(secret), status: 409,
			want: map[string]any{"type": "urn:central:error:busy", "title": "Conflict", "status": 409.0, "code": "busy", "detail": "Do it again.", "instance": "urn:central:request:r-1"}},
		{name: "a fault deep inside is found", err: fmt.Errorf("store: save: %w", about), status: 409,
			want: map[string]any{"code": "busy", "detail": "Do it again."}},
		{name: "every wrong field is named", status: 422,
			err: fault.InvalidFields([]fault.Field{{Pointer: "/email", Code: "email_invalid", Detail: "No."}, {Pointer: "/terms/version", Code: "terms_outdated", Detail: "Read."}}),
			want: map[string]any{"code": "fields_invalid", "errors": []any{
				map[string]any{"pointer": "/email", "code": "email_invalid", "detail": "No."},
				map[string]any{"pointer": "/terms/version", "code": "terms_outdated", "detail": "Read."}}}},
		{name: "extensions stand beside, and replace nothing", err: about.With("attemptsLeft", 3).With("status", 200).With("code", "x"), status: 409,
			want: map[string]any{"attemptsLeft": 3.0, "status": 409.0, "code": "busy"}},
		{name: "waiting times are rounded up", err: fault.New(fault.TooMany, "too_many_requests", "Wait.").After(1200 * time.Millisecond), status: 429, retry: "2",
			want: map[string]any{"code": "too_many_requests"}},
		{name: "429 says at least one second", err: fault.New(fault.TooMany, "too_many_requests", "Wait."), status: 429, retry: "1",
			want: map[string]any{"code": "too_many_requests"}},
		{name: "a dependency that is down is 503", err: fault.Down(secret), status: 503, retry: "5", want: map[string]any{"code": "temporarily_unavailable"}},
		{name: "a deadline that passed is 503", err: fmt.Errorf("store: %w", context.DeadlineExceeded), status: 503, retry: "5", want: map[string]any{"code": "temporarily_unavailable"}},
		{name: "a cancelled call is 503", err: fmt.Errorf("store: %w", context.Canceled), status: 503, retry: "5", want: map[string]any{"code": "temporarily_unavailable"}},
		{name: "anything else is one fixed sentence", err: secret, status: 500, want: map[string]any{"code": "internal_error", "detail": errInternal.Detail, "title": "Internal Server Error"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(func(context.Context, *Call, thing) (any, error) { return nil, test.err })
			w, body := s.do(request("POST", "/v1/things/1", `{}`))
			if w.Code != test.status || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Retry-After") != test.retry {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			for name, want := range test.want {
				if fmt.Sprint(body[name]) != fmt.Sprint(want) {
					t.Errorf("%s: %v, want %v", name, body[name], want)
				}
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the text of an inner error reached the client: %s", w.Body)
			}
			if logged := strings.Contains(s.log.String(), "users-secret"); logged != (test.status >= 500 && errors.Is(test.err, secret)) {
				t.Errorf("log: %s", s.log.String())
			}
		})
	}
}

func TestWhatIsNoRoute(t *testing.T) {
	tests := []struct {
		name, method, path string
		status             int
		code, allow        string
	}{
		{"an unknown path is 404", "GET", "/v1/other", 404, "route_unknown", ""},
		{"a slash at the end makes another path", "GET", "/v1/nothing/", 404, "route_unknown", ""},
		{"an untidy path is 404, not a redirect", "GET", "//v1/nothing", 404, "route_unknown", ""},
		{"dots are 404, not a redirect", "GET", "/v1/x/../nothing", 404, "route_unknown", ""},
		{"a path leading to another host is 404, not a redirect", "GET", "//evil.example/%2e%2e", 404, "route_unknown", ""},
		{"another method is 405 and names those that work", "PATCH", "/v1/nothing", 405, "method_not_allowed", "DELETE, GET, HEAD"},
		{"a preflight is 405: no other site may call", "OPTIONS", "/v1/things/1", 405, "method_not_allowed", "POST"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, body := newSite(fine).do(request(test.method, test.path, ""))
			if w.Code != test.status || body["code"] != test.code || w.Header().Get("Allow") != test.allow {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
			if w.Header().Get("Location") != "" || w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	broken := newSite(func(context.Context, *Call, thing) (any, error) { return nil, errors.New("broken") })
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"} {
		for _, path := range []string{"/", "/v1/things/1", "/v1/nothing", "/v1/private", "/other", "//x"} {
			w, _ := broken.do(request(method, path, `{}`))
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
				"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Cross-Origin-Opener-Policy": "same-origin",
				"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", "X-Request-Id": "r-1",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s %s: %d with %s %q", method, path, w.Code, name, got)
				}
			}
		}
	}
}

func TestCrossSite(t *testing.T) {
	tests := []struct {
		name    string
		method  string
		header  []string
		refused bool
	}{
		{name: "our own page writes", header: []string{"Origin", origin, "Sec-Fetch-Site", "same-origin"}},
		{name: "an old browser of our own page writes", header: []string{"Origin", origin}},
		{name: "a person who types the address writes", header: []string{"Sec-Fetch-Site", "none"}},
		{name: "a program writes", header: nil},
		{name: "a program with a bearer token writes from anywhere", header: []string{"Authorization", "bearer x", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}},
		{name: "another site may read what everybody may read", method: "GET", header: []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}},
		{name: "another site does not write", header: []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, refused: true},
		{name: "another site in an old browser does not write", header: []string{"Origin", "https://evil.example"}, refused: true},
		{name: "a sibling domain does not write", header: []string{"Origin", "https://www.central.test", "Sec-Fetch-Site", "same-site"}, refused: true},
		{name: "same-site is not enough", header: []string{"Sec-Fetch-Site", "same-site"}, refused: true},
		{name: "a page without an origin does not write", header: []string{"Origin", "null"}, refused: true},
		{name: "our host without TLS does not write", header: []string{"Origin", "http://central.test"}, refused: true},
		{name: "another port does not write", header: []string{"Origin", origin + ":8443"}, refused: true},
		{name: "a host that begins like ours does not write", header: []string{"Origin", origin + ".evil.example"}, refused: true},
		{name: "two origins do not write", header: []string{"Origin", origin + ", https://evil.example"}, refused: true},
		{name: "an unknown word of the browser does not write", header: []string{"Origin", origin, "Sec-Fetch-Site", "new"}, refused: true},
		{name: "another kind of Authorization, which a browser sends by itself, does not help", header: []string{"Authorization", "Basic eDp5", "Origin", "https://evil.example"}, refused: true},
		{name: "a forwarded host does not help", header: []string{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example", "Host", "evil.example"}, refused: true},
		{name: "deleting is writing", method: "DELETE", header: []string{"Sec-Fetch-Site", "cross-site"}, refused: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ran := false
			s := newSite(func(context.Context, *Call, thing) (any, error) { ran = true; return nil, nil })
			r := request("POST", "/v1/things/1", `{}`, test.header...)
			if test.method != "" {
				r = request(test.method, "/v1/nothing", "", test.header...)
			}
			w, body := s.do(r)
			if refused := w.Code == 403 && body["code"] == "cross_site"; refused != test.refused || refused && ran {
				t.Errorf("%d %s, endpoint ran: %v", w.Code, w.Body, ran)
			}
		})
	}
}

func TestTheOriginIsThatOfPublicURL(t *testing.T) {
	for public, origin := range map[string]string{
		"https://Central.Test": "https://central.test", "https://central.test:443": "https://central.test", "http://central.test:80": "http://central.test",
		"http://127.0.0.1:3000": "http://127.0.0.1:3000", "https://central.test:8443": "https://central.test:8443", "http://[::1]:3000": "http://[::1]:3000",
	} {
		a := New(Config{PublicURL: public})
		if a.crossSite(request("POST", "/", "", "Origin", origin)) {
			t.Errorf("%s refuses its own page at %s", public, origin)
		}
	}
	for _, public := range []string{"", "%", "central.test"} {
		for _, origin := range []string{"null", "://", "http://", "https://central.test"} {
			if !New(Config{PublicURL: public}).crossSite(request("POST", "/", "", "Origin", origin)) {
				t.Errorf("PUBLIC_URL %q lets %q write", public, origin)
			}
		}
	}
}

// One line for each request, and nothing in it that a client wrote beside the method.
func TestRequestLog(t *testing.T) {
	s := newSite(func(_ context.Context, c *Call, in thing) (any, error) {
		return nil, fault.New(fault.Conflict, "busy", "SENTENCE").Because(errors.New("CAUSE"))
	})
	for range 2 {
		s.do(request("POST", "/v1/things/PATHID?token=QUERY", `{"name":"BODY"}`, "Cookie", "a=COOKIE", "Authorization", "Bearer BEARER", "User-Agent", "AGENT", "Referer", "REFERER"))
	}
	s.do(request("GET", "/PATHID", ""))
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), s.log.String())
	}
	for i, want := range []map[string]any{
		{"method": "POST", "route": "POST /v1/things/{id}", "status": 409.0, "code": "busy", "request_id": "r-1", "cold_start": true, "level": "INFO", "msg": "request"},
		{"status": 409.0, "cold_start": false},
		{"method": "GET", "route": "", "status": 404.0, "code": "route_unknown"},
	} {
		var line map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil {
			t.Fatal(err)
		}
		for name, value := range want {
			if line[name] != value {
				t.Errorf("line %d: %s is %v, want %v", i, name, line[name], value)
			}
		}
	}
	for _, word := range []string{"PATHID", "QUERY", "BODY", "COOKIE", "BEARER", "AGENT", "REFERER", "SENTENCE", "CAUSE", "192.0.2.7"} {
		if strings.Contains(s.log.String(), word) {
			t.Errorf("%s is in the log: %s", word, s.log.String())
		}
	}
}
