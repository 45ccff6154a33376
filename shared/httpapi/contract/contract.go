// Package contract holds requests and answers of tests to api/openapi.yaml. An answer must be one that the document knows, and a
// request that breaks the document must be answered with a problem of the 4xx kind: it was not understood in another way.
package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

var options = &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}

func verify(router routers.Router, r *http.Request, sent []byte, answer *http.Response, got []byte) error {
	asked := r.Clone(r.Context())
	asked.URL.Scheme, asked.URL.Host, asked.Host = "", "", "" // the document is about every host
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	route, params, err := router.FindRoute(asked)
	if err != nil {
		return fmt.Errorf("no such route: %w", err)
	}
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && (answer.StatusCode < 400 || answer.StatusCode > 499) {
		return fmt.Errorf("the request was wrong: %s", short(err))
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header, Options: options}
	out.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		return errors.New(short(err))
	}
	if answer.StatusCode >= 400 {
		return problem(answer, got)
	}
	return nil
}

// problem checks what the document cannot say: one media type for all errors, and a status that repeats the true one.
func problem(answer *http.Response, got []byte) error {
	if media := answer.Header.Get("Content-Type"); media != "application/problem+json" {
		return fmt.Errorf("an error as %q", media)
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
