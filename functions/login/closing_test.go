package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// closed is a member who has closed the account.
func (w *world) closed() (email string, p account.Profile) {
	w.t.Helper()
	email = w.member()
	address, err := account.ParseEmail(email)
	must(w.t, err)
	who, _, err := w.Login(w.t.Context(), address)
	must(w.t, err)
	p, err = w.Profile(w.t.Context(), who.AccountID)
	must(w.t, err)
	m := message.Message{ID: token.NewID(), Kind: message.AccountClosing, To: email, CreatedAt: w.now(), NotAfter: w.now()}
	must(w.t, w.CloseAccount(w.t.Context(), p, w.now().Add(account.ClosingLife), m, account.Activity{Kind: "account_closed", At: w.now()}, w.now()))
	p, err = w.Profile(w.t.Context(), p.ID)
	must(w.t, err)
	return email, p
}

func TestALogInToAnAccountThatIsBeingClosedLeadsToTakingItBackAndOpensNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, p := w.closed()
	if status, code, _ := w.logIn(try{email: email, password: wrong, from: "203.0.113.7"}); status != 401 || code != "credentials_wrong" {
		t.Errorf("a wrong password: %d %s", status, code)
	}
	body, _ := json.Marshal(map[string]string{"email": email, "password": right}) // of strings
	r := httptest.NewRequest("POST", "/v1/login", bytes.NewReader(body))
	r.RemoteAddr = "203.0.113.7:1234"
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	var got struct{ Code, Reopen, Until, Session string }
	must(t, json.Unmarshal(answer.Body.Bytes(), &got))
	parts, err := w.keys.Open(token.Reopen, got.Reopen, 2)
	if answer.Code != 403 || got.Code != "account_closing" || got.Until == "" || err != nil || parts[0] != string(p.ID) || len(answer.Result().Cookies()) > 0 {
		t.Errorf("%d %s, cookies %v", answer.Code, answer.Body, answer.Result().Cookies())
	}
	if sessions, err := w.StartedSessions(t.Context(), p.ID); err != nil || len(sessions) > 0 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
}

func TestWhoHasForgottenThePasswordOfAClosedAccountChoosesANewOneAndIsLedBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, p := w.closed()
	post := func(path string, body map[string]string) int {
		text, _ := json.Marshal(body) // of strings
		r := httptest.NewRequest("POST", path, bytes.NewReader(text))
		r.RemoteAddr = "203.0.113.7:1234"
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		w.api.ServeHTTP(answer, r)
		return answer.Code
	}
	if status := post("/v1/password/forgot", map[string]string{"email": email, "captcha": yes}); status != 202 {
		t.Fatal(status)
	}
	m := w.sent.all[len(w.sent.all)-1]
	if m.Kind != message.ResetPassword || m.Refs[0] != string(p.ID) {
		t.Fatalf("mailed %s", m.Kind)
	}
	const chosen = "River stone 77!"
	if status := post("/v1/password/reset", map[string]string{"token": w.keys.Issue(token.ResetPassword, m.Refs...).Reveal(), "password": chosen}); status != 204 {
		t.Fatal(status)
	}
	if _, code, _ := w.logIn(try{email: email, password: chosen, from: "203.0.113.7"}); code != "account_closing" {
		t.Errorf("it leads to %s", code)
	}
}
