package apigw

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
)

func TestWhileSetupFailsEveryRequestIs503AndTriesAgain(t *testing.T) {
	calls, broken := 0, true
	l := &lazy{setup: func(ctx context.Context) (http.Handler, error) {
		calls++
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > setupDeadline {
			t.Error("setup has no deadline")
		}
		if broken {
			return nil, errors.New("secret words")
		}
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), nil
	}}
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		return w
	}
	for range 2 {
		if w := ask(); w.Code != http.StatusServiceUnavailable {
			t.Fatalf("status %d", w.Code)
		}
	}
	broken = false
	for range 2 {
		if w := ask(); w.Code != http.StatusNoContent {
			t.Fatalf("after recovery: status %d", w.Code)
		}
	}
	if calls != 3 {
		t.Errorf("setup ran %d times, want 2 failures and 1 success", calls)
	}
}

// The answer before there is an API is the answer that the API would give.
func TestTheEarly503IsTheSameAsTheLaterOne(t *testing.T) {
	early := httptest.NewRecorder()
	l := &lazy{setup: func(context.Context) (http.Handler, error) { return nil, errors.New("down") }}
	l.ServeHTTP(early, httptest.NewRequest("GET", "/", nil))

	late := httptest.NewRecorder()
	api := httpapi.New(httpapi.Config{PublicURL: "https://central.test", Now: time.Now})
	api.Public("GET /", httpapi.JSON(200, func(context.Context, *httpapi.Call, httpapi.None) (httpapi.None, error) {
		return httpapi.None{}, fault.Down(errors.New("down"))
	}))
	api.ServeHTTP(late, httptest.NewRequest("GET", "/", nil))

	if early.Code != late.Code {
		t.Errorf("status %d, later %d", early.Code, late.Code)
	}
	for name := range late.Header() {
		if early.Header().Get(name) != late.Header().Get(name) {
			t.Errorf("%s: %q, later %q", name, early.Header().Get(name), late.Header().Get(name))
		}
	}
	if a, b := object(t, early), object(t, late); len(a) != len(b) {
		t.Errorf("body %v, later %v", a, b)
	} else {
		for name := range b {
			if a[name] != b[name] {
				t.Errorf("%s: %v, later %v", name, a[name], b[name])
			}
		}
	}
}

func object(t *testing.T, w *httptest.ResponseRecorder) (o map[string]any) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
		t.Fatal(err)
	}
	return o
}
