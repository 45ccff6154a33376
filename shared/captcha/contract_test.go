package captcha_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"phonon.in/central/shared/captcha"
)

// The file holds what the official widget made of a challenge of ours.
func TestCheckTakesWhatTheOfficialWidgetSent(t *testing.T) {
	raw, err := os.ReadFile("testdata/altcha-3.2.2.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Key       string
		IssuedAt  time.Time
		Challenge captcha.Challenge
		Payload   string
	}
	if err := json.Unmarshal(raw, &recorded); err != nil {
		t.Fatal(err)
	}
	i := captcha.Issuer{Keys: keyring(t, recorded.Key, "")}
	spend, until, err := i.Check(recorded.Payload, recorded.IssuedAt)
	if err != nil || spend != recorded.Challenge.Signature || until.Unix() != recorded.Challenge.Parameters.ExpiresAt {
		t.Errorf("got %q, %s, %v", spend, until, err)
	}
	solution := decode(t, recorded.Payload).Solution
	if key, err := recorded.Challenge.Parameters.Derive(solution.Counter); err != nil || hex.EncodeToString(key) != solution.DerivedKey {
		t.Errorf("the widget derived %s, we derive %x, %v", solution.DerivedKey, key, err)
	}
	_, _, err = i.Check(recorded.Payload, until)
	wantFault(t, err, "captcha_expired")
}

func TestCheckTakesWhatAnIndependentSolverSent(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CENTRAL_ENGINES") == "required" {
			t.Fatal("node is missing and CENTRAL_ENGINES=required")
		}
		t.Skip("node is missing")
	}
	i := cheap(t)
	challenge, err := json.Marshal(issue(t, i))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/solve.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(challenge), os.Stderr
	payload, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := i.Check(string(payload), noon); err != nil {
		t.Error(err)
	}
}
