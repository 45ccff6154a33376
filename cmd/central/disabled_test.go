package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/console"
)

var resetLink = regexp.MustCompile(`/reset-password#(\S+)`)

// resets are the links to choose a new password that were mailed to an address, the newest first.
func (l local) resets(t *testing.T, to string) (tokens []string) {
	t.Helper()
	var mails []struct{ Text string }
	l.call(t, "GET", "/_local/messages?to="+to, "", &mails)
	for _, m := range mails {
		if found := resetLink.FindStringSubmatch(m.Text); found != nil {
			tokens = append(tokens, found[1])
		}
	}
	return tokens
}

// captcha solves a fresh challenge; not in this process, where the race detector makes the work ten times as long.
func (l local) captcha(t *testing.T) string {
	t.Helper()
	var challenge json.RawMessage
	l.call(t, "GET", "/v1/captcha", "", &challenge)
	cmd := exec.Command("python3", filepath.Join("..", "..", "tools", "solve-captcha.py"))
	cmd.Stdin = bytes.NewReader(challenge)
	solved, err := cmd.Output()
	if err != nil {
		t.Fatalf("tools/solve-captcha.py: %v", err)
	}
	return strings.TrimSpace(string(solved))
}

func TestADisabledAccountGetsNoLinkAndKeepsItsPassword(t *testing.T) {
	l := startLocal(t)
	who := demoAccounts(t, l, 1)[0]
	const next = "River stone 77!"
	forgot := func() {
		t.Helper()
		if status := l.call(t, "POST", "/v1/password/forgot", `{"email": "`+who.Email+`", "captcha": "`+l.captcha(t)+`"}`, nil); status != http.StatusAccepted {
			t.Fatalf("forgot answered %d", status)
		}
	}
	reset := func(token string) (int, string) {
		t.Helper()
		var answer struct{ Code string }
		status := l.call(t, "POST", "/v1/password/reset", `{"token": "`+token+`", "password": "`+next+`"}`, &answer)
		return status, answer.Code
	}
	forgot()
	before := l.resets(t, who.Email)
	if len(before) == 0 {
		t.Fatal("no link was mailed")
	}
	var shown accountView
	l.central(t, "", "account", "show", who.Email, "--json").want(t, console.Good).json(t, &shown)
	account := "account#" + string(shown.ID)
	l.central(t, "", "account", "disable", who.Email, "--reason", "a test", "--yes").want(t, console.Good)
	defer l.central(t, "", "account", "enable", who.Email, "--yes")

	activities := len(l.items(t, account, "activity#"))
	if status, code := l.login(t, who.Email); status != http.StatusForbidden || code != "account_disabled" {
		t.Errorf("the right password: %d %s", status, code)
	}
	if status, code := reset(before[0]); status != http.StatusForbidden || code != "account_disabled" {
		t.Errorf("a link from before: %d %s", status, code)
	}
	forgot()
	if after := l.resets(t, who.Email); len(after) != len(before) {
		t.Errorf("%d more links were mailed", len(after)-len(before))
	}
	if n := len(l.items(t, account, "session#")); n != 0 {
		t.Errorf("%d sessions were opened", n)
	}
	if n := len(l.items(t, account, "activity#")); n != activities {
		t.Errorf("%d activities were written down while it was disabled", n-activities)
	}
	l.central(t, "", "account", "enable", who.Email, "--yes").want(t, console.Good)
	if status, _ := l.login(t, who.Email); status != http.StatusOK {
		t.Errorf("enabled again, the old password is answered %d", status)
	}
	if status, code := reset(before[0]); status != http.StatusNoContent {
		t.Errorf("enabled again, the link is answered %d %s", status, code)
	}
	if status, _ := l.login(t, who.Email); status == http.StatusOK {
		t.Error("the reset had no effect")
	}
}
