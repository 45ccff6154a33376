// Package contract holds requests and answers of tests to api/openapi.yaml. An answer must be one that the document knows, and a
// request that breaks the document must be answered with a problem of the 4xx kind: it was not understood in another way. HEAD must be
// answered as GET, and a method that a path does not have with 405 and those that it has.
package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// Check wraps h for tests within one process. What breaks the contract fails t, with the route and the reason.
func Check(t testing.TB, h http.Handler) http.Handler {
	return check(t, api, h)
}

func check(t testing.TB, document func() (routers.Router, error), h http.Handler) http.Handler {
	checked := &transport{t, document, inProcess{h}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := checked.RoundTrip(r)
		if err != nil {
			t.Errorf("contract: %s %s: %v", r.Method, r.URL.Path, err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		for name, values := range answer.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.StatusCode)
		io.Copy(w, answer.Body)
	})
}

// inProcess hands a request to a handler as if it had come over the network.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// Transport wraps next for tests over HTTP.
func Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	return &transport{t, api, next}
}

// TransportOf does it by the document in a file: that of another version.
func TransportOf(t testing.TB, file string, next http.RoundTripper) http.RoundTripper {
	return &transport{t, func() (routers.Router, error) { return ofFile(file) }, next}
}

var (
	readFiles sync.Mutex
	files     = map[string]routers.Router{}
)

func ofFile(name string) (routers.Router, error) {
	readFiles.Lock()
	defer readFiles.Unlock()
	if known := files[name]; known != nil {
		return known, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	files[name], err = parse(text)
	return files[name], err
}

type transport struct {
	t        testing.TB
	document func() (routers.Router, error)
	next     http.RoundTripper
}

// RoundTrip passes request and answer on as they are.
func (c *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	router, err := c.document()
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	var sent, got []byte
	if r.Body != nil {
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err = io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(got))
	if err := verify(router, r, sent, answer, got); err != nil {
		c.t.Errorf("contract: %s %s answered %d: %v\n%s", r.Method, r.URL.Path, answer.StatusCode, err, got)
	}
	return answer, nil
}

func init() { openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder) } // a page is held to being one

var options = &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}

func verify(router routers.Router, r *http.Request, sent []byte, answer *http.Response, got []byte) error {
	known := operations(router, r)
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	found, ok := known[method]
	if !ok {
		return refused(known, r, answer, got)
	}
	asked, judged := as(r, method), *options
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: found.params, Route: found.route, Options: &judged}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && (answer.StatusCode < 400 || answer.StatusCode > 499) {
		return fmt.Errorf("the request was wrong: %s", short(err))
	}
	if r.Method == http.MethodHead {
		if len(got) > 0 {
			return errors.New("HEAD with a body")
		}
		judged.ExcludeResponseBody = true
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header, Options: &judged}
	out.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		return errors.New(short(err))
	}
	if answer.StatusCode >= 400 && strings.HasPrefix(r.URL.Path, "/v1/") { // what is no API of ours has errors of its own form
		return problem(r, answer, got)
	}
	return nil
}

// refused holds the answer to a method that the document does not have for a path.
func refused(known map[string]operation, r *http.Request, answer *http.Response, got []byte) error {
	if len(known) == 0 {
		return errors.New("no such route")
	}
	allow := slices.Collect(maps.Keys(known))
	if _, ok := known[http.MethodGet]; ok {
		allow = append(allow, http.MethodHead)
	}
	slices.Sort(allow)
	if said := answer.Header.Get("Allow"); answer.StatusCode != http.StatusMethodNotAllowed || said != strings.Join(allow, ", ") {
		return fmt.Errorf("no such route, as %v are; Allow says %q", allow, said)
	}
	return problem(r, answer, got)
}

type operation struct {
	route  *routers.Route
	params map[string]string
}

// operations are those of a path, by method. A path without names in it comes before one with them that would fit too (OpenAPI 3.0.3, Paths).
func operations(router routers.Router, r *http.Request) map[string]operation {
	all := map[string]operation{}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		if route, params, err := router.FindRoute(as(r, method)); err == nil {
			all[method] = operation{route, params}
		}
	}
	literal := func(o operation) bool { return o.route.Path == r.URL.Path }
	if slices.ContainsFunc(slices.Collect(maps.Values(all)), literal) {
		maps.DeleteFunc(all, func(_ string, o operation) bool { return !literal(o) })
	}
	return all
}

// as is the request with another method, to any host: the document is about every one.
func as(r *http.Request, method string) *http.Request {
	asked := r.Clone(r.Context())
	asked.Method, asked.URL.Scheme, asked.URL.Host, asked.Host = method, "", "", ""
	return asked
}

// problem checks what the document cannot say: one media type for all errors, and a status that repeats the true one.
func problem(r *http.Request, answer *http.Response, got []byte) error {
	if media := answer.Header.Get("Content-Type"); media != "application/problem+json" {
		return fmt.Errorf("an error as %q", media)
	}
	if r.Method == http.MethodHead && len(got) == 0 {
		return nil
	}
	var p struct{ Status int }
	if err := json.Unmarshal(got, &p); err != nil || p.Status != answer.StatusCode {
		return fmt.Errorf("a problem with status %d: %v", p.Status, err)
	}
	return nil
}

// short leaves out the schema and the value that kin-openapi repeats in full.
func short(err error) string {
	reason, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return reason
}

var api = sync.OnceValues(func() (routers.Router, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		return nil, err
	}
	return parse(text)
})

func parse(text []byte) (routers.Router, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := document.Validate(context.Background()); err != nil {
		return nil, err
	}
	return legacy.NewRouter(document)
}

// moduleRoot is the nearest folder above with a go.mod: tests run in the folder of their package.
func moduleRoot() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", errors.New("no go.mod above the working folder")
		}
		at = up
	}
}

// Operations lists what the document has below a path, as "GET /v1/kyc/documents/{id}", sorted.
func Operations(t testing.TB, below string) (all []string) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths.Map() {
		if path != below && !strings.HasPrefix(path, below+"/") {
			continue
		}
		for method := range item.Operations() {
			all = append(all, method+" "+path)
		}
	}
	slices.Sort(all)
	return all
}
