package main

import (
	"strings"
	"testing"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet/fleettest"
)

// signed is a deployed stack with the secret of signing keys, which has none yet.
func signed() *fleettest.AWS {
	a := deployed()
	a.Funcs["otp-1"].Env["SIGNING_SECRET_ID"] = "arn:signing"
	a.Secret["arn:signing"] = `{"keys":[]}`
	a.Stacks["central-prod"].Outputs["SigningSecretArn"] = "arn:signing"
	return a
}

func keysOf(t *testing.T, a *fleettest.AWS) map[string][]string {
	t.Helper()
	var views []keyView
	onStack(t, a, "", "keys", "list", "--json").want(t, console.Good).json(t, &views)
	states := map[string][]string{}
	for _, v := range views {
		states[v.State] = append(states[v.State], v.ID)
	}
	return states
}

func TestKeysAreRotatedAndShownWithoutTheirPrivateHalf(t *testing.T) {
	a := signed()
	says(t, onStack(t, a, "", "keys", "list").want(t, console.Good).out, "no keys")
	if r := onStack(t, a, "no\n", "keys", "rotate").want(t, console.Wrong); a.Secret["arn:signing"] != `{"keys":[]}` {
		t.Error("unasked: " + r.err)
	}
	shown := onStack(t, a, "yes\n", "keys", "rotate").want(t, console.Good)
	says(t, shown.out, "ES256", "RS256", "signs")
	first := keysOf(t, a)
	if len(first["signs"]) != 2 || len(first) != 1 || a.Funcs["otp-1"].Env["SECRET_VERSION"] == "" || a.Funcs["web-1"].Env["SECRET_VERSION"] != "" {
		t.Fatalf("%v %v", first, a.Funcs["otp-1"].Env)
	}
	says(t, onStack(t, a, "", "keys", "rotate", "--yes").want(t, console.Good).err, "48 hours")
	second := keysOf(t, a)
	if strings.Join(second["signs"], " ") != strings.Join(first["signs"], " ") || len(second["next"]) != 2 {
		t.Errorf("%v", second)
	}
	before := a.Secret["arn:signing"]
	says(t, onStack(t, a, "", "keys", "rotate", "--yes").want(t, console.Wrong).err, "nothing was changed", "sign from 2026-11-28")
	if a.Secret["arn:signing"] != before {
		t.Error("it was changed")
	}
	leaked := onStack(t, a, "", "keys", "rotate", "--leaked", "--yes").want(t, console.Good)
	third := keysOf(t, a)
	if len(third["signs"]) != 2 || len(third) != 1 || third["signs"][0] == first["signs"][0] {
		t.Errorf("%v", third)
	}
	for _, text := range []string{shown.out, shown.err, leaked.out, leaked.err, onStack(t, a, "", "keys", "list").out} {
		if strings.Contains(text, "MIG") || strings.Contains(text, "MII") { // how PKCS #8 begins in base64
			t.Errorf("a private key is in:\n%s", text)
		}
	}
}

func TestTheFirstClientMakesTheFirstKeysOfAStack(t *testing.T) {
	a := signed()
	add := []string{"client", "add", "--name", "Calls", "--redirect", "https://calls.example.com/cb", "--public-url", "https://central.example.com", "--yes"}
	onStack(t, a, "", append(add, "--redirect", "http://calls.example.com/cb")...).want(t, console.Wrong)
	if a.Secret["arn:signing"] != `{"keys":[]}` {
		t.Error("a client that cannot be makes keys")
	}
	says(t, onStack(t, a, "", add...).err, "the first are made")
	first := keysOf(t, a)
	if len(first["signs"]) != 2 || a.Funcs["otp-1"].Env["SECRET_VERSION"] == "" {
		t.Fatalf("%v", first)
	}
	onStack(t, a, "", add...)
	if again := keysOf(t, a); strings.Join(again["signs"], " ") != strings.Join(first["signs"], " ") || len(again) != 1 {
		t.Errorf("the second client makes keys, too: %v", again)
	}
}
