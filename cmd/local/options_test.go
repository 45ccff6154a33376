package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"phonon.in/central/cmd/local/engine"
)

func TestOptionsThatCannotBeMeantAreRefused(t *testing.T) {
	none := func(string) string { return "" }
	for _, c := range []struct {
		name   string
		args   []string
		getenv func(string) string
		says   string
	}{
		{"a word", []string{"start"}, none, "start"},
		{"an unknown flag", []string{"--nonsense"}, none, "nonsense"},
		{"a parameter without a value", []string{"--set", "Name"}, none, "Name=Value"},
		{"a port that is none", nil, func(n string) string { return map[string]string{"PORT": "http"}[n] }, `"http" is not a port`},
		{"a port that no machine has", []string{"--port", "65536"}, none, `"65536" is not a port`},
		{"a product without Central", []string{"--product", "--engines-only"}, none, "--product needs Central"},
		{"a folder outside the project", []string{"--root", "/"}, none, "--root"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := readOptions(c.args, c.getenv, io.Discard); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	var help bytes.Buffer
	readOptions([]string{"--help"}, none, &help)
	for _, name := range []string{"-fresh", "-product", "-verbose", "-port", "-engines-only", "-data", "-schedule-every", "PORT", "CAPTCHA=off", "AWS_ENDPOINT_URL_S3"} {
		if !strings.Contains(help.String(), name) {
			t.Errorf("--help does not say %s", name)
		}
	}
}

func TestWhatOnlyOneRunCanHaveIsNamedWhenItIsTaken(t *testing.T) {
	root := newProject(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	environment := func(port string) func(string) string {
		return func(name string) string { return map[string]string{"PORT": port}[name] }
	}
	o, err := readOptions([]string{"--root", root}, environment(port), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t.Context(), o, io.Discard); err == nil || !strings.Contains(err.Error(), "PORT=") || !strings.Contains(err.Error(), port) {
		t.Errorf("a busy port: %v", err)
	}
	s := startSystem(t, root, nil)
	o, err = readOptions([]string{"--root", root}, environment("0"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t.Context(), o, io.Discard); err == nil || !strings.Contains(err.Error(), s.options.data) || !strings.Contains(err.Error(), s.url) {
		t.Errorf("data in use: %v", err)
	}
	port = s.url[strings.LastIndex(s.url, ":")+1:]
	o, err = readOptions([]string{"--root", root, "--data", t.TempDir(), "--port", port}, environment("1"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t.Context(), o, io.Discard); err == nil || !strings.Contains(err.Error(), "another local run of Central") {
		t.Errorf("the port of another run: %v", err)
	}
}

func TestProgramsFindARunWhileItRuns(t *testing.T) {
	s := startSystem(t, newProject(t), nil)
	text, err := os.ReadFile(runFile(s.options.data))
	if err != nil {
		t.Fatal(err)
	}
	var asked, written running
	if s.json(t, "/_local/run", &asked); json.Unmarshal(text, &written) != nil || asked.URL != s.url || written.URL != s.url || written.PID != os.Getpid() {
		t.Errorf("%+v %+v", asked, written)
	}
	if asked.Environment["USERS_TABLE"] != "central-local-UsersTable" || asked.Environment["AWS_ENDPOINT_URL_S3"] != s.services.Environment()["AWS_ENDPOINT_URL_S3"] {
		t.Errorf("%+v", asked.Environment)
	}
	if strings.Contains(string(text), engine.LocalKeys.Secret) {
		t.Error("a key is in it")
	}
	s.stop()
	if _, err := os.Stat(runFile(s.options.data)); err == nil {
		t.Error("it says that a run that has ended is up")
	}
}

func TestTheEnginesAloneAreUsableFromAShell(t *testing.T) {
	s := startSystem(t, newProject(t), func(o *options) { o.enginesOnly = true })
	var out bytes.Buffer
	s.banner(&out, io.Discard)
	env := map[string]string{}
	for line := range strings.Lines(out.String()) {
		name, v, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok || !strings.HasPrefix(line, "export ") {
			t.Fatalf("line %q", line)
		}
		env[name] = strings.Trim(v, "'")
	}
	for _, name := range []string{
		"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SES", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "USERS_TABLE", "SECRET_ID", "CENTRAL_LOCAL_URL",
	} {
		if env[name] == "" {
			t.Errorf("%s is not exported", name)
		}
	}
	answer, err := http.Get(env["CENTRAL_LOCAL_URL"] + "/messages")
	if err != nil {
		t.Fatalf("the mail box does not answer: %v", err)
	}
	answer.Body.Close()
}

func TestAnEngineCanBeReplaced(t *testing.T) {
	engines := startSystem(t, newProject(t), func(o *options) { o.enginesOnly = true })
	theirs := engines.services.Environment()
	s := startSystem(t, newProject(t), func(o *options) {
		o.getenv = func(name string) string {
			switch name {
			case "PORT":
				return "0"
			case "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3":
				return theirs[name]
			}
			return ""
		}
	})
	if n := len(s.services.Engines); n != 0 {
		t.Errorf("%d engines run", n)
	}
	checkTables(t, s)
	if _, text := engines.call(t, "GET", "/_local/tables", ""); !strings.Contains(text, `"pk":"a"`) {
		t.Errorf("the item is not in the other engine: %s", text)
	}
}
