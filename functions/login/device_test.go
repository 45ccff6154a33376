package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

const (
	onAndroid = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)

// asked counts the mails that ask whether a log-in was the holder's.
func (w *world) asked(email string) (n int) {
	for _, m := range w.sent.all {
		if m.To == email && m.Kind == message.NewDevice {
			n++
		}
	}
	return n
}

func TestALogInFromADeviceThatIsNotKnownAsksItsHolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.member()
	_, _, cookie := w.logIn(try{email: member, password: right, from: "203.0.113.7", agent: onAndroid})
	if n := w.asked(member); n != 0 {
		t.Errorf("who has just signed up is asked %d times", n)
	}
	for _, row := range []struct {
		what string
		try  try
		want int // mails so far
	}{
		{"a wrong password", try{password: wrong, from: "192.0.2.1", agent: onWindows}, 0},
		{"the same kind of device in the same network", try{password: right, from: "203.0.113.200", agent: onAndroid}, 0},
		{"a known device anywhere", try{password: right, from: "192.0.2.1", agent: onWindows, device: cookie}, 0},
		{"another network", try{password: right, from: "198.51.100.7", agent: onAndroid}, 1},
		{"which is known then", try{password: right, from: "198.51.100.9", agent: onAndroid}, 1},
		{"another device there", try{password: right, from: "203.0.113.7", agent: onWindows}, 2},
		{"a program", try{password: right, from: "203.0.113.7", agent: "curl/8.5.0"}, 3},
	} {
		row.try.email = member
		w.logIn(row.try)
		if n := w.asked(member); n != row.want {
			t.Errorf("%s: %d mails, want %d", row.what, n, row.want)
		}
	}
	for _, m := range w.sent.all {
		if device, network := m.Device(); device != "Chrome, Android" && device != "Chrome, Windows" && device != "curl" || network == "" {
			t.Errorf("it names %q in %q", device, network)
		}
	}
	w.passes(48 * time.Hour)
	other := w.member()
	w.passes(25 * time.Hour)
	w.logIn(try{email: other, password: right, from: "203.0.113.7", agent: onAndroid})
	if n := w.asked(other); n != 1 {
		t.Errorf("an account without a session asks %d times after a day", n)
	}
}

// disown says by the last mail that a log-in was somebody else's.
func (w *world) disown(body map[string]any) (status int, code string, reset string) {
	w.t.Helper()
	text, _ := json.Marshal(body) // of strings
	r := httptest.NewRequest("POST", "/v1/login/disown", bytes.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = "192.0.2.50:1234"
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	var got struct{ Code, Reset string }
	_ = json.Unmarshal(answer.Body.Bytes(), &got)
	return answer.Code, got.Code, got.Reset
}

func (w *world) lastLink() map[string]any {
	return map[string]any{"token": w.keys.Issue(token.Disown, w.sent.all[len(w.sent.all)-1].Refs[:2]...).Reveal()}
}

// intruded is a member to whose account somebody has logged in from elsewhere.
func (w *world) intruded() (email string, p account.Login) {
	w.t.Helper()
	email = w.member()
	w.logIn(try{email: email, password: right, from: "203.0.113.7", agent: onAndroid})
	w.logIn(try{email: email, password: right, from: "198.51.100.7", agent: onWindows})
	address, err := account.ParseEmail(email)
	must(w.t, err)
	p, _, err = w.Login(w.t.Context(), address)
	must(w.t, err)
	return email, p
}

func TestWhoseLogInItWasNotEndsItAndChoosesANewPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	email, who := w.intruded()
	link := w.lastLink()
	var mu sync.Mutex
	answers, reset := map[string]int{}, ""
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			status, code, token := w.disown(link)
			mu.Lock()
			defer mu.Unlock()
			answers[fmt.Sprint(status, " ", code)]++
			reset += token
		})
	}
	all.Wait()
	if answers["200 "] != 1 || answers["200 "]+answers["410 link_used"]+answers["410 link_expired"] != 50 {
		t.Fatal(answers)
	}
	if sessions, err := w.StartedSessions(t.Context(), who.AccountID); err != nil || len(sessions) > 0 {
		t.Errorf("%d sessions are left, %v", len(sessions), err)
	}
	if status, code, _ := w.logIn(try{email: email, password: right, from: "198.51.100.7", agent: onWindows}); status != http.StatusUnauthorized {
		t.Errorf("the password that the other knows still works: %d %s", status, code)
	}
	parts, err := w.keys.Open(token.ResetPassword, reset, 2)
	must(t, err)
	open, p, err := w.Reset(t.Context(), who.AccountID)
	must(t, err)
	if open.ID != parts[1] || open.CredentialVersion != p.CredentialVersion {
		t.Errorf("it leads to %v, and %+v is open", parts, open)
	}
}

func TestWhatDisownsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, who := w.intruded()
	link := w.lastLink()
	for name, row := range map[string]struct {
		body map[string]any
		want string
	}{
		"no token":           {map[string]any{"token": "AA.BB.CC"}, "400 link_invalid"},
		"another purpose":    {map[string]any{"token": w.keys.Issue(token.ResetPassword, string(who.AccountID), "x").Reveal()}, "400 link_invalid"},
		"a session not told": {map[string]any{"token": w.keys.Issue(token.Disown, string(who.AccountID), "x").Reveal()}, "410 link_expired"},
	} {
		if status, code, _ := w.disown(row.body); fmt.Sprint(status, " ", code) != row.want {
			t.Errorf("%s: %d %s", name, status, code)
		}
	}
	w.passes(account.NoticeLife)
	if status, code, _ := w.disown(link); code != "link_expired" {
		t.Errorf("after a week: %d %s", status, code)
	}
	_, who = w.intruded()
	link = w.lastLink()
	p, err := w.Profile(t.Context(), who.AccountID)
	must(t, err)
	sessions, err := w.StartedSessions(t.Context(), who.AccountID)
	must(t, err)
	must(t, w.ChangePassword(t.Context(), p, sessions[0].Digest, token.NewSecret("y"), message.Message{ID: token.NewID(), CreatedAt: w.now()}, account.Activity{Kind: "password_changed", At: w.now()}, w.now()))
	if status, code, _ := w.disown(link); code != "link_expired" {
		t.Errorf("after a new password: %d %s", status, code)
	}
	if sessions, err := w.StartedSessions(t.Context(), who.AccountID); err != nil || len(sessions) != 2 {
		t.Errorf("%d sessions are left, %v", len(sessions), err)
	}
}
