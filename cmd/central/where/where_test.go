package where

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
)

func TestOnlyThisMachineIsALocalRun(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:3000": "http://127.0.0.1:3000", "http://localhost:80": "http://localhost:80", "http://127.0.0.1:3000/": "http://127.0.0.1:3000",
		"https://127.0.0.1:3000": "", "http://127.0.0.1": "", "http://127.0.0.1.example.com:3000": "", "http://10.0.0.1:3000": "", "127.0.0.1:3000": "",
		"http://127.0.0.1:3000/path": "", "http://u@example.com:1": "", "": "",
	} {
		origin, err := localOrigin(text)
		if origin != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", text, origin, err)
		}
	}
}

// answering is a server that gives one answer under one path.
func answering(t *testing.T, path string, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// aRun is a local run, as far as the command line asks it who it is.
func aRun(t *testing.T, data string) string {
	t.Helper()
	var url string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/_local/run" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(running{URL: url, Data: data, Environment: map[string]string{
			"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:4711", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4712",
			"USERS_TABLE": "users", "TOKENS_TABLE": "tokens", "UPLOADS_BUCKET": "bucket", "SECRET_ID": "secret",
		}})
	}))
	t.Cleanup(s.Close)
	url = s.URL
	return url
}

func TestALocalRunSaysWhereItsEnginesAre(t *testing.T) {
	url := aRun(t, "")
	variables := map[string]string{}
	c := &Call{Getenv: func(name string) string { return variables[name] }, Local: url, Names: Names{Tokens: "other"}}
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (Names{"users", "other", "bucket", "secret", "", "", url}); s.Names != want || s.local.dynamoDB != "http://127.0.0.1:4711" {
		t.Errorf("%+v %+v", s.Names, s.local)
	}
	variables = map[string]string{"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
	if s, err = c.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := s.AWS.Credentials.Retrieve(t.Context())
	if err != nil || s.local.s3 != "http://127.0.0.1:9" || keys.AccessKeyID != "id" {
		t.Errorf("%s %s %v", s.local.s3, keys.AccessKeyID, err)
	}
}

// project is a folder of the project. A run has left its data in it, and says in run.json that it is at url.
func project(t *testing.T, url string, hasData bool) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{"template.yaml": "", "cmd/central/main.go": "", ".local/run.json": `{"url": "` + url + `"}`}
	if hasData {
		files[".local/dynamo.db"] = ""
	}
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(root, "cmd", "central")
}

func TestALocalRunIsFoundByItself(t *testing.T) {
	onAWS(t, http.StatusOK, identity)
	up, other := aRun(t, ""), aRun(t, "")
	port := func(url string) string { return url[strings.LastIndex(url, ":")+1:] }
	const gone = "http://127.0.0.1:1"
	for _, c := range []struct {
		name, here string
		variables  map[string]string
		flags      Names
		title      string // of what is taken
		says       string
		fails      string
	}{
		{name: "that of the folder, which says where it is", here: project(t, up, true), title: "local run " + up, says: "central: in the local run " + up + "\n"},
		{name: "the one on the port of PORT, where the folder has none", here: project(t, gone, false), variables: map[string]string{"PORT": port(other)}, title: "local run " + other, says: other},
		{name: "outside of a project, too", here: t.TempDir(), variables: map[string]string{"PORT": port(other)}, title: "local run " + other, says: other},
		{name: "that whose variables are set", here: project(t, up, true), variables: map[string]string{"CENTRAL_LOCAL_URL": other + "/_local", "USERS_TABLE": "u", "AWS_ACCESS_KEY_ID": "id"},
			title: "local run " + other, says: "central: in the local run " + other + "\n"},
		{name: "also where AWS is configured, which is said", here: project(t, up, true), variables: map[string]string{"AWS_PROFILE": "prod"},
			title: "local run " + up, says: "(not on AWS, although AWS_PROFILE is set: name a deployed system with --stack)"},
		{name: "but not where tables on AWS are named by variables, which is said", here: project(t, up, true), variables: map[string]string{"USERS_TABLE": "u", "TOKENS_TABLE": "t"},
			title: "named tables", says: "central: in the tables u and t on AWS, as arn:aws:iam::000000000000:user/ops\n"},
		{name: "nor where flags name them", here: project(t, up, true), flags: Names{Users: "u", Tokens: "t"}, title: "named tables", says: "on AWS"},
		{name: "nor where there is none: AWS is never taken unnamed", here: project(t, gone, false), variables: map[string]string{"PORT": "1", "AWS_PROFILE": "prod"}, fails: "which system?"},
		{name: "data without a run and its program say how to start it", here: project(t, gone, true), variables: map[string]string{"PORT": "1"}, fails: "start it again with make run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said bytes.Buffer
			call := &Call{Console: &console.Console{Err: &said}, Here: c.here, Getenv: func(name string) string { return c.variables[name] }, Names: c.flags}
			s, err := call.Open(t.Context())
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Fatalf("%+v %v", s, err)
				}
				return
			}
			if err != nil || s.Title != c.title || !strings.Contains(said.String(), c.says) || strings.Count(said.String(), "\n") != 1 {
				t.Errorf("%+v %v, said %q", s, err, &said)
			}
		})
	}
}

// onAWS sets an environment in which AWS is a server of ours.
func onAWS(t *testing.T, status int, body string) {
	t.Helper()
	for name, v := range map[string]string{
		"AWS_ENDPOINT_URL_STS": answering(t, "/", status, body), "AWS_REGION": "ap-south-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PROFILE": "", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, v)
	}
}

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::000000000000:user/ops</Arn><UserId>1</UserId><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

// exits opens the system as the only thing that a command does, and returns its exit code and what it said.
func exits(t *testing.T, c *Call) (int, string) {
	t.Helper()
	var said bytes.Buffer
	c.Console = &console.Console{Out: io.Discard, Err: &said}
	root := &cobra.Command{Use: "central", SilenceErrors: true, SilenceUsage: true, RunE: c.Action(func(ctx context.Context, _ []string) error {
		_, err := c.Open(ctx)
		return err
	})}
	return c.Run(t.Context(), root, []string{}), said.String()
}

func TestTablesMayBeNamed(t *testing.T) {
	onAWS(t, http.StatusOK, identity)
	variables := map[string]string{"USERS_TABLE": "u", "TOKENS_TABLE": "t", "SMS_SENDER_ID": "CENTRL"}
	c := &Call{Console: &console.Console{Err: io.Discard}, Getenv: func(name string) string { return variables[name] }, Names: Names{Tokens: "by flag"}}
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Users != "u" || s.Tokens != "by flag" || s.Operator != "arn:aws:iam::000000000000:user/ops" || s.Settings["SMS_SENDER_ID"] != "CENTRL" {
		t.Errorf("%+v", s)
	}
}

func TestWithoutATableNamedNoneIsTaken(t *testing.T) {
	onAWS(t, http.StatusOK, identity)
	if code, said := exits(t, &Call{Getenv: func(string) string { return "" }}); code != console.Usage || !strings.Contains(said, "which system?") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestSomethingElseIsNoLocalRun(t *testing.T) {
	url := answering(t, "/", http.StatusOK, "hello")
	if code, said := exits(t, &Call{Getenv: func(string) string { return "" }, Local: url}); code != console.Wrong || !strings.Contains(said, "is no local run") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestCredentialsThatDoNotWorkAreSaidAtOnce(t *testing.T) {
	onAWS(t, http.StatusForbidden, `<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>`)
	if code, said := exits(t, &Call{Getenv: func(string) string { return "" }, Stack: "central-prod"}); code != console.Wrong || !strings.Contains(said, "no AWS credentials that work") {
		t.Errorf("exit %d: %s", code, said)
	}
}
