package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

// program logs in as one, and returns the session.
func (w *world) program(email string) string {
	w.t.Helper()
	var got struct{ Session string }
	body, _ := json.Marshal(map[string]string{"email": email, "password": right, "transport": "bearer"}) // of strings
	if status := w.with("", "POST", "/v1/login", body, &got); status != 200 {
		w.t.Fatalf("log-in: %d", status)
	}
	return got.Session
}

// with calls with a session, and reads what is answered.
func (w *world) with(session, method, path string, body []byte, answer any) int {
	w.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.RemoteAddr = "203.0.113.7:1234"
	r.Header.Set("Content-Type", "application/json")
	if session != "" {
		r.Header.Set("Authorization", "Bearer "+session)
	}
	got := httptest.NewRecorder()
	w.api.ServeHTTP(got, r)
	_ = json.Unmarshal(got.Body.Bytes(), answer) // what is empty says nothing
	return got.Code
}

func TestOtherSessionsAreEndedByWhoHasProvedWhoTheyAreAndTheOwnByAnybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email := w.member()
	found, others := w.program(email), w.program(email)
	var list struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	w.with(found, "GET", "/v1/sessions", nil, &list)
	own, other := "", ""
	for _, s := range list.Sessions {
		if s.Current {
			own = s.ID
		} else {
			other = s.ID
		}
	}
	w.passes(account.StepUpLife + time.Second)
	for _, path := range []string{"/v1/sessions", "/v1/sessions/" + other} {
		var problem struct {
			Code   string
			Proofs []string
		}
		if status := w.with(found, "DELETE", path, nil, &problem); status != 403 || problem.Code != "step_up_required" || len(problem.Proofs) != 1 {
			t.Errorf("%s without a fresh proof: %d %+v", path, status, problem)
		}
	}
	if status := w.with(others, "GET", "/v1/sessions", nil, nil); status != 200 {
		t.Errorf("the other session is over all the same: %d", status)
	}
	if status := w.with(found, "DELETE", "/v1/sessions/"+own, nil, nil); status != 204 {
		t.Errorf("the own session: %d", status)
	}
	fresh := w.program(email)
	if status := w.with(fresh, "DELETE", "/v1/sessions/"+other, nil, nil); status != 204 {
		t.Errorf("with a fresh proof: %d", status)
	}
	if status := w.with(others, "GET", "/v1/sessions", nil, nil); status != 401 {
		t.Errorf("the session that was ended: %d", status)
	}
}
