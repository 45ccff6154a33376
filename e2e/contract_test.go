package e2e

import (
	"net/http"
	"sync"
	"testing"
)

// outages names the tests that let dependencies fail on purpose. In every other test an answer of 500 or above is a failure.
var outages sync.Map

type noServerError struct {
	t    *testing.T
	next http.RoundTripper
}

func (n noServerError) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := n.next.RoundTrip(r)
	if _, expected := outages.Load(n.t.Name()); err == nil && answer.StatusCode >= 500 && !expected {
		n.t.Errorf("%s %s answered %d", r.Method, r.URL.Path, answer.StatusCode)
	}
	return answer, err
}
