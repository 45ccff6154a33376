package apigw_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/deadline"
)

// seen is what a handler can tell about a request.
type seen struct {
	Method, Path, EscapedPath, RawPath, Query, Host, Body string
	Header                                                http.Header
	Length                                                int64
}

func look(r *http.Request) seen {
	body, _ := io.ReadAll(r.Body)
	h := maps.Clone(r.Header)
	h.Del("Content-Length") // net/http hands it over in both places, depending on the method
	return seen{r.Method, r.URL.Path, r.URL.EscapedPath(), r.URL.RawPath, r.URL.RawQuery, r.Host, string(body), h, r.ContentLength}
}

// wire is what a real server makes of the same request, or false when it refuses to read it.
func wire(method, target, header, cookie string, body []byte) (seen, bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: central.test\r\nX-Any: %s\r\n", method, target, header)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	b.Write(body)
	r, err := http.ReadRequest(bufio.NewReader(&b))
	if err != nil || !strings.HasPrefix(target, "/") {
		return seen{}, false
	}
	return look(r), true
}

// event is what API Gateway makes of it, with the path as it came.
func event(method, target, header, cookie string, body []byte) []byte {
	path, query, _ := strings.Cut(target, "?")
	e := map[string]any{
		"version": "2.0", "rawPath": path, "rawQueryString": query,
		"headers":        map[string]string{"host": "central.test", "x-any": strings.Trim(header, " \t"), "content-length": fmt.Sprint(len(body))},
		"requestContext": map[string]any{"requestId": "r-1", "http": map[string]string{"method": method, "sourceIp": "192.0.2.7"}},
		"body":           base64.StdEncoding.EncodeToString(body), "isBase64Encoded": true,
	}
	if cookie != "" {
		e["cookies"] = strings.Split(cookie, "; ")
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return text
}

// The property: a handler cannot tell whether a request came through API Gateway or through net/http's own server.
func FuzzRequestIsWhatAServerWouldSee(f *testing.F) {
	for _, target := range []string{
		"/", "/v1/x?a=1&b=2", "/v1/50%25", "/v/x%3Fadmin=true", "/v/x%3fadmin=true?q", "/a%2Fb", "/a%2fb/c", "//a//b", "/a#b", "/a?b#c", "/a%23b",
		"/a;b", "/a+b?c+d", "/%E0%A4%B9", "/ह", "/a/../b", "/*", "/a%00b", "/a?", "/a??b", "/:x", "/a%5Cb", "/a?b=%zz",
	} {
		f.Add("GET", target, "a, b,c", "", []byte(nil))
	}
	f.Add("POST", "/v1/signup", `W/"1", "2"`, "__Host-signup=a.b; other=1", []byte(`{"a":"ä"}`))
	f.Add("PUT", "/x", "", "a=1", []byte{0xff, 0, '\r', '\n'})
	f.Fuzz(func(t *testing.T, method, target, header, cookie string, body []byte) {
		if !utf8.ValidString(target) || !utf8.ValidString(header) || !utf8.ValidString(cookie) { // an event is JSON
			t.Skip()
		}
		want, ok := wire(method, target, header, cookie, body)
		if !ok || len(want.Header["X-Any"]) != 1 || want.Header.Get("X-Any") != strings.Trim(header, " \t") || !sameCookie(want, cookie) {
			t.Skip()
		}
		var got seen
		id := ""
		_, err := apigw.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.RemoteAddr != "192.0.2.7" {
				t.Errorf("RemoteAddr %q", r.RemoteAddr)
			}
			id = apigw.RequestID(r.Context())
			got = look(r)
		})).Invoke(t.Context(), event(method, target, header, cookie, body))
		if err != nil || id != "r-1" {
			t.Fatalf("request id %q, error %v", id, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("behind API Gateway\n%+v\na server\n%+v", got, want)
		}
	})
}

// sameCookie leaves out cookies that smuggle further header lines into the test's own request.
func sameCookie(s seen, cookie string) bool {
	return len(s.Header) <= 2 && s.Header.Get("Cookie") == cookie
}

func invoke(t *testing.T, h http.HandlerFunc, event string) (answer struct {
	StatusCode      int
	Headers         map[string]string
	Cookies         []string
	Body            string
	IsBase64Encoded bool
}) {
	t.Helper()
	out, err := apigw.Wrap(h).Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

const (
	get  = `{"rawPath":"/","requestContext":{"http":{"method":"GET","sourceIp":"192.0.2.7"}}}`
	head = `{"rawPath":"/","requestContext":{"http":{"method":"HEAD","sourceIp":"192.0.2.7"}}}`
)

func TestAnswer(t *testing.T) {
	tests := []struct {
		name    string
		event   string
		handler http.HandlerFunc
		status  int
		body    string
		base64  bool
		headers map[string]string
		cookies []string
	}{
		{name: "a handler that writes nothing is 200 with an empty body", handler: func(http.ResponseWriter, *http.Request) {}, status: 200},
		{name: "text is passed as it is", status: 200, body: "ह <&>", handler: func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "ह <&>")
		}, headers: map[string]string{"content-type": "text/plain; charset=utf-8"}},
		{name: "bytes that are not UTF-8 are base64", status: 200, body: "/wA=", base64: true, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			w.Write([]byte{0xff})
			w.Write([]byte{0})
		}, headers: map[string]string{"content-type": "image/png"}},
		{name: "a compressed body is base64 even when it happens to be UTF-8", status: 200, body: "YQ==", base64: true,
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				io.WriteString(w, "a")
			}, headers: map[string]string{"content-encoding": "gzip"}},
		{name: "every cookie is kept apart, other values are joined", status: 201, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Set-Cookie", "a=1; Expires=Mon, 23 Nov 2026 10:00:00 GMT")
			w.Header().Add("Set-Cookie", "b=2")
			w.Header().Add("Vary", "Origin")
			w.Header().Add("Vary", "Accept")
			w.WriteHeader(201)
		}, headers: map[string]string{"vary": "Origin, Accept"}, cookies: []string{"a=1; Expires=Mon, 23 Nov 2026 10:00:00 GMT", "b=2"}},
		{name: "what comes after the status changes neither status nor header", status: 404, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(404)
			w.WriteHeader(200)
			w.Header().Set("X-Late", "1")
		}},
		{name: "204 has no body", status: 204, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			io.WriteString(w, "x")
		}},
		{name: "304 has no body", status: 304, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"1"`)
			w.WriteHeader(304)
			io.WriteString(w, "x")
		}, headers: map[string]string{"etag": `"1"`}},
		{name: "HEAD has no body, and the headers of GET with its length in bytes", event: head, status: 404, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(404)
			io.WriteString(w, "ह")
			io.WriteString(w, "x")
		}, headers: map[string]string{"content-type": "text/plain", "content-length": "4"}},
		{name: "HEAD guesses the type as GET does", event: head, status: 200, handler: func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "<!doctype html>")
		}, headers: map[string]string{"content-type": "text/html; charset=utf-8", "content-length": "15"}},
		{name: "HEAD of a packed body says how long it is packed", event: head, status: 200, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte{0x1f, 0x8b})
		}, headers: map[string]string{"content-encoding": "gzip", "content-length": "2"}},
		{name: "HEAD of nothing says so", event: head, status: 200, handler: func(http.ResponseWriter, *http.Request) {}, headers: map[string]string{"content-length": "0"}},
		{name: "HEAD of what never has a body has no length", event: head, status: 304, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(304)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.event == "" {
				test.event = get
			}
			got := invoke(t, test.handler, test.event)
			if got.StatusCode != test.status || got.Body != test.body || got.IsBase64Encoded != test.base64 {
				t.Errorf("got %+v", got)
			}
			if len(got.Headers)+len(test.headers) > 0 && !reflect.DeepEqual(got.Headers, test.headers) {
				t.Errorf("headers %v, want %v", got.Headers, test.headers)
			}
			if !reflect.DeepEqual(got.Cookies, test.cookies) {
				t.Errorf("cookies %q, want %q", got.Cookies, test.cookies)
			}
		})
	}
}

func TestAnEventThatIsNoRequestIsAnError(t *testing.T) {
	never := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })
	for _, event := range []string{``, `{}`, `[]`, `{"Records":[]}`, `{"body":"%","isBase64Encoded":true,"requestContext":{"http":{"method":"GET"}}}`} {
		if out, err := apigw.Wrap(never).Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%s: answered %s", event, out)
		}
	}
}

func TestAPathThatIsNotEncodedReachesTheHandlerAsItIs(t *testing.T) {
	for raw, want := range map[string]string{"/v/50%": "/v/50%", "/v/%zz": "/v/%zz", "/v/x?admin=true": "/v/x?admin=true", "": "/", "x": "/x"} {
		e := strings.Replace(get, `"/"`, `"`+raw+`"`, 1)
		invoke(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != want || r.URL.RawQuery != "" {
				t.Errorf("%q: path %q, query %q", raw, r.URL.Path, r.URL.RawQuery)
			}
			if again, err := url.ParseRequestURI(r.RequestURI); err != nil || again.Path != want {
				t.Errorf("%q: RequestURI %q does not lead back: %v", raw, r.RequestURI, err)
			}
		}, e)
	}
}

func TestHeadersOfTheClientNameNeitherAddressNorRequest(t *testing.T) {
	e := `{"rawPath":"/","headers":{"x-forwarded-for":"203.0.113.9","forwarded":"for=203.0.113.9","x-request-id":"forged","x-amzn-requestid":"forged"},
		"requestContext":{"requestId":"real","http":{"method":"GET","sourceIp":"192.0.2.7"}}}`
	invoke(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.RemoteAddr != "192.0.2.7" || apigw.RequestID(r.Context()) != "real" {
			t.Errorf("address %q, request %q", r.RemoteAddr, apigw.RequestID(r.Context()))
		}
	}, e)
}

func TestTheHandlerHasToEndBeforeLambdaDoes(t *testing.T) {
	end := time.Now().Add(2 * time.Second)
	ctx, cancel := context.WithDeadline(t.Context(), end)
	defer cancel()
	_, err := apigw.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got, ok := r.Context().Deadline(); !ok || !got.Before(end) || got.Before(end.Add(-time.Second)) {
			t.Errorf("deadline %v, Lambda's is %v", got, end)
		}
	})).Invoke(ctx, []byte(get))
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheHandlerHasTheTimeOfOneAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := apigw.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			began := time.Now()
			<-r.Context().Done()
			tidy, done := deadline.After(r.Context(), time.Hour)
			defer done()
			<-tidy.Done()
			if took := time.Since(began); took >= 3*time.Second || took != deadline.Work+deadline.Tidy {
				t.Errorf("it had %s", took)
			}
		})).Invoke(ctx, []byte(get))
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAPanicIsNotRecovered(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("recovered: the broken process would go on")
		}
	}()
	invoke(t, func(http.ResponseWriter, *http.Request) { panic("broken") }, get)
}

// Two people alternate on one process: nothing of one may be in the answer of the other.
func TestNothingOfOneRequestIsLeftForTheNext(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.RawQuery
		http.SetCookie(w, &http.Cookie{Name: "who", Value: name})
		w.Header().Set("X-Who", name)
		io.WriteString(w, name)
	}
	for i := range 2000 {
		me := []string{"ada", "bob"}[i%2]
		got := invoke(t, h, strings.Replace(get, `"rawPath"`, `"rawQueryString":"`+me+`","rawPath"`, 1))
		if got.Body != me || got.Headers["x-who"] != me || !reflect.DeepEqual(got.Cookies, []string{"who=" + me}) {
			t.Fatalf("request %d of %s got %+v", i, me, got)
		}
	}
}
