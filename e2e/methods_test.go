package e2e

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(projectRoot(), "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// an id of the shape that each path has, of nothing that exists.
var ids = strings.NewReplacer(
	"/v1/sessions/{id}", "/v1/sessions/"+strings.Repeat("a", 43), "/v1/signups/{id}", "/v1/signups/"+strings.Repeat("a", 22)+"."+strings.Repeat("A", 26),
	"{id}", strings.Repeat("A", 26), "{reference}", "K7M2-9QXD", "{n}", "1",
)

// raw sends a request and returns the answer and every byte that follows its header.
func (p *person) raw(method, path string, headers ...string) (*http.Response, string) {
	p.t.Helper()
	target, err := url.Parse(p.where())
	if err != nil {
		p.t.Fatal(err)
	}
	connection, err := net.Dial("tcp", target.Host)
	if err != nil {
		p.t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, path, target.Host)
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(connection, "%s: %s\r\n", headers[i], headers[i+1])
	}
	fmt.Fprint(connection, "\r\n")
	reader := bufio.NewReader(connection)
	answer, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	if method == "HEAD" {
		rest, _ := io.ReadAll(reader)
		return answer, string(rest)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer, string(body)
}

func TestAnAddressKnowsItsMethodsAndNamesThemToOthers(t *testing.T) {
	p := newPerson(t) // whose client holds each answer to the contract: Allow and problem among it
	asked := *p.http
	asked.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // pages are no part of it
	p.http = &asked
	paths := document(t).Paths
	for _, path := range slices.Sorted(maps.Keys(paths.Map())) {
		known := slices.Collect(maps.Keys(paths.Value(path).Operations()))
		if slices.Contains(known, "GET") {
			known = append(known, "HEAD")
		}
		slices.Sort(known)
		for _, method := range methods {
			got := p.call(method, ids.Replace(path), nil)
			allow, refused := got.header.Get("Allow"), got.status == 405
			switch {
			case slices.Contains(known, method) && (refused || got.status == 404 || allow != ""):
				t.Errorf("%s %s, which is known: %d, Allow %q", method, path, got.status, allow)
			case !slices.Contains(known, method) && (!refused || allow != strings.Join(known, ", ")):
				t.Errorf("%s %s, which is not known: %d, Allow %q, not %q", method, path, got.status, allow, strings.Join(known, ", "))
			}
		}
	}
	if paths.Len() < 20 {
		t.Errorf("only %d paths", paths.Len())
	}
}

func TestAnAddressThatIsNotThereIsThatForEveryMethod(t *testing.T) {
	p := newPerson(t)
	unknown := []string{"/v1", "/v1/", "/v1/none", "/v2/account", "/nothing", "/nothing/", "/_/0/none.js", "/v1//account", "/v1/account/../account", "/v1/%61ccount/x"}
	for path := range document(t).Paths.Map() {
		path = ids.Replace(path)
		unknown = append(unknown, path+"/", strings.ToUpper(path), path+"/x/y/z")
	}
	for _, path := range unknown {
		for _, method := range methods {
			answer, body := p.raw(method, path)
			if answer.StatusCode != 404 || answer.Header.Get("Allow") != "" || answer.Header.Get("Location") != "" || method == "HEAD" && body != "" {
				t.Errorf("%s %s: %d %v %.60s", method, path, answer.StatusCode, answer.Header, body)
			}
		}
	}
}

func TestPagesAndFilesKnowReadingAlone(t *testing.T) {
	p := newPerson(t)
	for _, path := range []string{"/", "/signup", "/settings/kyc", "/robots.txt", "/favicon.ico", "/_/0/app.css", "/.well-known/change-password", "/terms?lang=hi"} {
		for _, method := range methods {
			answer, body := p.raw(method, path)
			if method == "GET" || method == "HEAD" {
				if answer.StatusCode >= 400 || method == "HEAD" && body != "" {
					t.Errorf("%s %s: %d %.60s", method, path, answer.StatusCode, body)
				}
				continue
			}
			if answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" || answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: %d %v %.60s", method, path, answer.StatusCode, answer.Header, body)
			}
		}
	}
}

// changing is what differs between two answers to the same question.
var changing = []string{"Date", "Apigw-Requestid", "X-Request-Id"}

func TestHeadIsAnsweredAsGetWithoutABody(t *testing.T) {
	stranger, someone := newPerson(t), member(t)
	targets := []string{"/", "/login", "/nothing", "/v1/none", "/_/0/app.css", "/robots.txt", "/terms?lang=hi"}
	for path, item := range document(t).Paths.Map() {
		if item.Get != nil {
			targets = append(targets, ids.Replace(path))
		}
	}
	for who, headers := range map[*person][]string{stranger: nil, someone: {"Authorization", "Bearer " + someone.bearer, "Cookie", "__Host-session="}} {
		for _, path := range targets {
			for _, coding := range []string{"identity", "gzip"} {
				headers := append([]string{"Accept-Encoding", coding}, headers...)
				read, text := who.raw("GET", path, headers...)
				asked, body := who.raw("HEAD", path, headers...)
				if asked.StatusCode != read.StatusCode || body != "" {
					t.Errorf("%s: HEAD %d %q, GET %d", path, asked.StatusCode, body, read.StatusCode)
				}
				if path != "/v1/captcha" && path != "/v1/account/close" && asked.ContentLength != int64(len(text)) { // a challenge, and when an account would be erased, is never the same
					t.Errorf("%s in %s: HEAD says %d bytes, GET sends %d", path, coding, asked.ContentLength, len(text))
				}
				for _, header := range []http.Header{asked.Header, read.Header} {
					for _, name := range append(changing, "Content-Length") {
						header.Del(name)
					}
				}
				if !maps.EqualFunc(asked.Header, read.Header, slices.Equal) {
					t.Errorf("%s: HEAD has %v\nGET %v", path, asked.Header, read.Header)
				}
			}
		}
	}
}

// From the connection to the function: what is left of a cookie is no credential, and only spaces and tabs around one do not count.
func TestAnEmptyCookieIsNoCredential(t *testing.T) {
	p := member(t)
	for _, c := range []struct {
		name   string
		cookie string
		bearer bool
		status int
	}{
		{"an empty one beside a token", "__Host-session=", true, 200},
		{"a blank one beside a token", "a=1; __Host-session= \t; b=2", true, 200},
		{"two empty ones beside a token", "__Host-session=; __Host-session=", true, 200},
		{"the same as the token", "__Host-session=" + p.bearer, true, 200},
		{"another than the token", "__Host-session=" + p.bearer + "x", true, 401},
		{"an empty one", "__Host-session=", false, 401},
		{"an empty one and the right one", "__Host-session=; __Host-session=" + p.bearer, false, 200},
		{"the right one and an empty one", "__Host-session=" + p.bearer + ";__Host-session=", false, 200},
		{"the right one with spaces and tabs around", "\t __Host-session= " + p.bearer + " \t", false, 200},
		{"a no-break space behind it", "__Host-session=" + p.bearer + "\u00a0", false, 401},
		{"a no-break space before its name", "\u00a0__Host-session=" + p.bearer, false, 401},
		{"two that differ", "__Host-session=" + p.bearer + "; __Host-session=x", false, 401},
	} {
		headers := []string{"Cookie", c.cookie}
		if c.bearer {
			headers = append(headers, "Authorization", "Bearer "+p.bearer)
		}
		if answer, body := p.raw("GET", "/v1/account", headers...); answer.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.name, answer.StatusCode, body)
		}
	}
}
