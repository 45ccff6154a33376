package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"phonon.in/central/shared/awsenv"
	awsvoice "phonon.in/central/shared/awsenv/voice"
	"phonon.in/central/shared/callapi"
	carried "phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/voice"
)

// engines starts the services of the local run alone, and takes what it exports into the environment.
func engines(t *testing.T) (local, data string) {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	data = t.TempDir()
	cmd := exec.Command(localBinary(), "--root", projectRoot(), "--data", data, "--engines-only")
	said := &syncBuffer{}
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), "PORT="+portsInARow(t)), said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	export := regexp.MustCompile(`(?m)^export (\w+)='(.*)'$`)
	eventually(t, "the engines are up", func() bool { return strings.Contains(said.String(), "USERS_TABLE") })
	for _, v := range export.FindAllStringSubmatch(said.String(), -1) {
		t.Setenv(v[1], v[2])
	}
	return os.Getenv("CENTRAL_LOCAL_URL"), data
}

// TestBothRoadsOfACallBehaveAlike holds the adapter of AWS and that of the company's own API to the same table, over HTTP.
func TestBothRoadsOfACallBehaveAlike(t *testing.T) {
	if system.cmd == nil {
		t.Skip("it needs services of its own")
	}
	local, data := engines(t)
	api, err := callapi.New(os.Getenv("CALL_API_URL"), localSecrets(t, data), awsenv.Client(callapi.Deadline), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]road{
		"aws": {service: "voice", caller: voice.New(awsvoice.Client(), "+18005550100", "0.10"), local: local, begins: "Hello.", wait: "TimeToLive", lost: 2},
		"api": {service: "calls", caller: api, local: local, begins: "नमस्ते।", wait: "startWithin", lost: 1},
	} {
		t.Run(name, r.behaves)
	}
}

func localSecrets(t *testing.T, data string) callapi.Secrets {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "secret.json"))
	if err != nil {
		t.Fatal(err)
	}
	var members struct{ CallSecret string }
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	s, err := callapi.ParseSecrets(token.NewSecret(members.CallSecret))
	if err != nil || len(s) != 1 {
		t.Fatal(len(s), err)
	}
	return s
}

// road is an adapter, the service behind it, and what is its own.
type road struct {
	service string // as faults name it
	caller  outbox.Caller
	local   string
	begins  string // what somebody hears who chose Hindi
	wait    string // attribute with the seconds that a call may wait its turn
	lost    int    // how often it rings when the answer to the first request is lost, and it is asked again
}

func (r road) behaves(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		to    string
		code  string
		want  error // nil: anything that passes by itself
		taken bool
	}{
		"a call is made":                         {taken: true},
		"a number that is none is refused":       {to: "02212345678", want: carried.ErrRefused},
		"a code that is none is refused":         {code: "12 456", want: carried.ErrRefused},
		"a person who opted out is refused":      {fault: "refused", want: carried.ErrRefused},
		"what is the operator's is held":         {fault: "held", want: carried.ErrHeld},
		"too many are for later":                 {fault: "throttle"},
		"a service that fails is for later":      {fault: "500"},
		"a connection that breaks is for later":  {fault: "reset"},
		"a service that hangs is not waited for": {fault: "blackhole", want: context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			out := carried.ToPhone{
				ID: token.NewID(), Kind: carried.PhoneCodeCall, To: mobile(), Locale: "hi", Digits: token.NewSecret("314159"), Life: 9 * time.Minute, NotAfter: time.Now().Add(9 * time.Minute),
				Events: token.NewSecret("http://127.0.0.1:1/v1/calls/secret/events"),
			}
			if c.to != "" {
				out.To = c.to
			}
			if c.code != "" {
				out.Digits = token.NewSecret(c.code)
			}
			if c.fault != "" {
				r.fault(t, c.fault)
			}
			began := time.Now()
			err := r.caller.Call(t.Context(), out)
			if took := time.Since(began); took > 2500*time.Millisecond {
				t.Errorf("it took %s", took)
			}
			if (err == nil) != c.taken || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			for _, kind := range []error{carried.ErrRefused, carried.ErrHeld} {
				if errors.Is(err, kind) != (c.want == kind) {
					t.Errorf("%v is %v: %v", err, kind, errors.Is(err, kind))
				}
			}
			if err != nil {
				for _, secret := range []string{out.To, out.To[3:], out.Digits.Reveal(), "secret"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error tells %q: %v", secret, err)
					}
				}
			}
			got := r.calls(t, out.To)
			if (len(got) == 1) != c.taken || len(got) > 1 {
				t.Fatalf("it rang %d times", len(got))
			}
			if c.taken {
				r.saysTheCode(t, got[0])
			}
		})
	}
	t.Run("a request whose answer was lost is asked again", func(t *testing.T) {
		out := carried.ToPhone{ID: token.NewID(), Kind: carried.PhoneCodeCall, To: mobile(), Locale: "hi", Digits: token.NewSecret("314159"), Life: time.Minute, NotAfter: time.Now().Add(time.Minute)}
		r.fault(t, "reset_after")
		if err := r.caller.Call(t.Context(), out); err == nil && r.service == "voice" {
			t.Error("the answer was not lost")
		}
		r.fault(t, "off")
		if err := r.caller.Call(t.Context(), out); err != nil {
			t.Error(err)
		}
		if got := r.calls(t, out.To); len(got) != r.lost {
			t.Errorf("it rang %d times", len(got))
		}
	})
}

func (r road) saysTheCode(t *testing.T, got localMessage) {
	t.Helper()
	if groups := regexp.MustCompile(`\b314\s+159\b`).FindAllString(got.Text, -1); len(groups) != 2 || regexp.MustCompile(`\d`).MatchString(strings.NewReplacer("314", "", "159", "").Replace(got.Text)) {
		t.Errorf("the code is not said twice in groups of three, and no other digit: %s", got.Text)
	}
	if got.Kind != "call" || !strings.HasPrefix(got.Text, r.begins) || got.Attributes[r.wait] != "120" {
		t.Errorf("%+v", got)
	}
}

type localMessage struct {
	Kind, To, Text string
	Attributes     map[string]string
}

func (r road) calls(t *testing.T, to string) (list []localMessage) {
	t.Helper()
	answer, err := http.Get(r.local + "/messages?to=" + strings.ReplaceAll(to, "+", "%2B"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (r road) fault(t *testing.T, mode string) {
	t.Helper()
	put := func(mode string) {
		text, _ := json.Marshal(m{"service": r.service, "mode": mode})
		request, err := http.NewRequest("PUT", r.local+"/faults", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("the fault was answered %d", answer.StatusCode)
		}
	}
	put(mode)
	t.Cleanup(func() { put("off") })
}
