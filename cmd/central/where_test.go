package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyThisMachineIsALocalRun(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:3000": "http://127.0.0.1:3000", "http://localhost:80": "http://localhost:80", "http://127.0.0.1:3000/": "http://127.0.0.1:3000",
		"https://127.0.0.1:3000": "", "http://127.0.0.1": "", "http://127.0.0.1.example.com:3000": "", "http://10.0.0.1:3000": "", "127.0.0.1:3000": "",
		"http://127.0.0.1:3000/path": "", "http://u@example.com:1": "", "": "",
	} {
		origin, port, err := localOrigin(text)
		if origin != want || (err == nil) != (want != "") || err == nil && port == 0 {
			t.Errorf("%q: %q %d %v", text, origin, port, err)
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

func TestTheEnginesOfALocalRunAreOnThePortsAfterItsOwn(t *testing.T) {
	url := answering(t, "/_local/requests", http.StatusOK, "[]")
	variables := map[string]string{}
	c := &cli{getenv: func(name string) string { return variables[name] }, where: where{local: url, names: names{tokens: "other"}}}
	s, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := localOrigin(url)
	if _, db, _ := localOrigin(s.local.dynamoDB); db != port+1 {
		t.Errorf("DynamoDB is at %s, the run at %d", s.local.dynamoDB, port)
	}
	if s.users != localNames.users || s.tokens != "other" || s.publicURL != url {
		t.Errorf("%+v", s.names)
	}
	variables = map[string]string{"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
	if s, err = c.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := s.aws.Credentials.Retrieve(t.Context())
	if err != nil || s.local.s3 != "http://127.0.0.1:9" || keys.AccessKeyID != "id" {
		t.Errorf("%s %s %v", s.local.s3, keys.AccessKeyID, err)
	}
}

func TestSomethingElseIsNoLocalRun(t *testing.T) {
	url := answering(t, "/", http.StatusOK, "hello")
	r := central(t, "", "doctor", "--local", url).want(t, exitWrong)
	if !strings.Contains(r.err, "is no local run") {
		t.Error(r.err)
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

func TestTablesMayBeNamed(t *testing.T) {
	onAWS(t, http.StatusOK, identity)
	variables := map[string]string{"USERS_TABLE": "u", "TOKENS_TABLE": "t", "SMS_SENDER_ID": "CENTRL"}
	c := &cli{getenv: func(name string) string { return variables[name] }, where: where{names: names{tokens: "by flag"}}}
	s, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.users != "u" || s.tokens != "by flag" || s.operator != "arn:aws:iam::000000000000:user/ops" || s.settings["SMS_SENDER_ID"] != "CENTRL" {
		t.Errorf("%+v", s)
	}
	r := central(t, "", "account", "show", "x@example.com").want(t, exitUsage)
	if !strings.Contains(r.err, "which system?") {
		t.Error(r.err)
	}
}

func TestCredentialsThatDoNotWorkAreSaidAtOnce(t *testing.T) {
	onAWS(t, http.StatusForbidden, `<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>`)
	r := central(t, "", "doctor", "--stack", "central-prod").want(t, exitWrong)
	if !strings.Contains(r.err, "no AWS credentials that work") {
		t.Error(r.err)
	}
}
