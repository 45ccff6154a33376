package home

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhoComesUnderAnotherNameIsLedHome(t *testing.T) {
	const home = "http://127.0.0.1:3000"
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "served") })
	handler := Lead(home, served)
	for _, c := range []struct {
		name, method, url, origin string
		status                    int
		to                        string
	}{
		{"a page at home is served", "GET", home + "/signup", "", 200, ""},
		{"a page under localhost is led home, path and query kept", "GET", "http://localhost:3000/a%20b/verify?x=1&y=%2F", "", 307, home + "/a%20b/verify?x=1&y=%2F"},
		{"HEAD too", "HEAD", "http://localhost:3000/", "", 307, home + "/"},
		{"under the address of IPv6", "GET", "http://[::1]:3000/login", "", 307, home + "/login"},
		{"under the machine's name", "GET", "http://asha-laptop:3000/", "", 307, home + "/"},
		{"under a forwarded port", "GET", "http://127.0.0.1:8080/", "", 307, home + "/"},
		{"a path that looks like another host stays a path", "GET", "http://localhost:3000//evil.example/x", "", 307, home + "//evil.example/x"},
		{"the page /_local is a page", "GET", "http://localhost:3000/_local", "", 307, home + "/_local"},
		{"what programs read of /_local is served", "GET", "http://localhost:3000/_local/messages", "", 200, ""},
		{"a program may call the API under any name", "POST", "http://localhost:3000/v1/signup", "", 200, ""},
		{"and read from it", "GET", "http://localhost:3000/v1/account", "", 200, ""},
		{"a page that is open under another name is told where to go", "POST", "http://localhost:3000/v1/signup", "http://localhost:3000", 421, ""},
		{"a foreign page is the API's to refuse", "POST", "http://127.0.0.1:3000/v1/signup", "https://evil.example", 200, ""},
		{"our own page is served", "POST", "http://127.0.0.1:3000/v1/signup", home, 200, ""},
		{"a form that is posted to a page is no reading", "POST", "http://localhost:3000/signup", "", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, nil)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.status || w.Header().Get("Location") != c.to || (w.Body.String() == "served") != (c.status == 200) {
				t.Errorf("%d %q %q", w.Code, w.Header().Get("Location"), w.Body)
			}
			if c.status == 421 && (!strings.Contains(w.Body.String(), home) || w.Header().Get("Content-Type") != "application/problem+json") {
				t.Errorf("it does not say where to go: %s", w.Body)
			}
		})
	}
}
