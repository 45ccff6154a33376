package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

var api = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(projectRoot(), "api", "openapi.yaml"))
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// contract holds every request and answer of a test to api/openapi.yaml: an answer must be one that the document knows, and a
// request that breaks the document must not be answered as if it did not.
func contract(t *testing.T, next http.RoundTripper) http.RoundTripper {
	return &contractTransport{t, next}
}

type contractTransport struct {
	t    *testing.T
	next http.RoundTripper
}

// outages is set while a test lets dependencies fail on purpose: only then is a 503 no failure of the test.
var outages sync.Map

func (c *contractTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	router, err := api()
	if err != nil {
		c.t.Fatalf("api/openapi.yaml: %v", err)
	}
	var sent []byte
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
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	c.check(router, r, sent, answer, body)
	return answer, nil
}

func (c *contractTransport) check(router routers.Router, r *http.Request, sent []byte, answer *http.Response, body []byte) {
	c.t.Helper()
	what := r.Method + " " + r.URL.Path
	if _, expected := outages.Load(c.t.Name()); answer.StatusCode >= 500 && !expected {
		c.t.Errorf("%s answered %d: %s", what, answer.StatusCode, body)
		return
	}
	probe := r.Clone(r.Context())
	probe.URL.Scheme, probe.URL.Host, probe.Host = "", "", ""
	probe.Body = io.NopCloser(bytes.NewReader(sent))
	route, params, err := router.FindRoute(probe)
	if err != nil {
		if answer.StatusCode != http.StatusNotFound {
			c.t.Errorf("%s is not in api/openapi.yaml and was answered %d", what, answer.StatusCode)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: probe, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && answer.StatusCode < 400 {
		c.t.Errorf("%s took a request that breaks the contract: %v", what, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header, Options: in.Options}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		c.t.Errorf("%s answered %d outside the contract: %v\n%s", what, answer.StatusCode, firstLines(err), body)
	}
	if answer.StatusCode >= 400 && !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json") {
		c.t.Errorf("%s answered %d as %s", what, answer.StatusCode, answer.Header.Get("Content-Type"))
	}
}

func firstLines(err error) string {
	lines := strings.SplitN(err.Error(), "\n", 4)
	return strings.Join(lines[:min(3, len(lines))], " ")
}
