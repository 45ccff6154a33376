package callapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/callapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

const (
	secret   = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" // that of the specification's examples
	previous = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

func secrets(t *testing.T, texts ...string) callapi.Secrets {
	t.Helper()
	var all []token.Secret
	for _, text := range texts {
		all = append(all, token.NewSecret(text))
	}
	s, err := callapi.ParseSecrets(all...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func code(locale string) message.ToPhone {
	return message.ToPhone{
		ID: "CALLAAAAAAAAAAAAAAAAAAAAAA", Kind: message.PhoneCodeCall, To: "+912212345678", Locale: locale, Digits: token.NewSecret("012345"), Life: 9 * time.Minute, NotAfter: noon.Add(9 * time.Minute),
		Events: token.NewSecret("https://central.example.com/v1/calls/a.b.c.d/events"),
	}
}

// dialer answers each request as answer says and keeps what it was asked.
type dialer struct {
	*httptest.Server
	header http.Header
	body   string
	asked  int
}

func newDialer(t *testing.T, answer http.HandlerFunc) *dialer {
	d := &dialer{}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/calls" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		d.header, d.body, d.asked = r.Header, string(text), d.asked+1
		answer(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *dialer) caller(t *testing.T, s callapi.Secrets) *callapi.Caller {
	t.Helper()
	c, err := callapi.New(d.URL+"/v1/calls", s, d.Client(), clock)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func taken(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"id":"CALLAAAAAAAAAAAAAAAAAAAAAA"}`)
}

func TestTheRequestIsAsItWasAgreed(t *testing.T) {
	for _, locale := range []string{"en", "hi"} {
		d := newDialer(t, taken)
		if err := d.caller(t, secrets(t, secret)).Call(t.Context(), code(locale)); err != nil {
			t.Fatal(err)
		}
		file := "testdata/request." + locale + ".json"
		var pretty strings.Builder
		e := json.NewEncoder(&pretty)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(json.RawMessage(d.body)); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, []byte(pretty.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || pretty.String() != string(want) {
			t.Errorf("%s is not what goes out; look at the difference, then run go test ./shared/callapi -update\n%s", file, pretty.String())
		}
		if d.header.Get("Content-Type") != "application/json" || d.header.Get("Webhook-Id") != "CALLAAAAAAAAAAAAAAAAAAAAAA" || d.header.Get("Idempotency-Key") != "CALLAAAAAAAAAAAAAAAAAAAAAA" {
			t.Errorf("headers %v", d.header)
		}
	}
}

// The example of the contract is what goes out, but for the call that it is about.
func TestTheDocumentationShowsTheRequest(t *testing.T) {
	manual, err := os.ReadFile("../../docs/call-api.md")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/request.en.json")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(manual), "```json\n")
	example, _, _ = strings.Cut(example, "```")
	same := func(text string) string {
		var body map[string]any
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"id", "to", "notAfter", "events"} {
			if body[name] == nil {
				t.Errorf("%s is missing: %s", name, text)
			}
			delete(body, name)
		}
		again, _ := json.Marshal(body)
		return string(again)
	}
	if shown, sent := same(example), same(string(golden)); shown != sent {
		t.Errorf("docs/call-api.md shows\n%s\nand this goes out:\n%s", shown, sent)
	}
}

func TestEveryTryOfAMessageIsTheSameRequest(t *testing.T) {
	d := newDialer(t, taken)
	c := d.caller(t, secrets(t, secret))
	m := code("hi")
	m.NotAfter = m.NotAfter.Add(123 * time.Millisecond).In(time.FixedZone("IST", 5*3600+1800)) // as the request had it
	if err := c.Call(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	first := d.body
	m.Life, m.NotAfter = m.Life-5*time.Minute, code("hi").NotAfter // as the next sweep reads it
	if err := c.Call(t.Context(), m); err != nil || d.body != first || d.asked != 2 {
		t.Errorf("%v\n%s\n%s", err, first, d.body)
	}
}

func TestAnAnswerDecidesWhatBecomesOfTheCall(t *testing.T) {
	const (
		id    = `{"id":"CALLAAAAAAAAAAAAAAAAAAAAAA"}`
		later = "later"
	)
	for name, c := range map[string]struct {
		status int
		body   string
		want   any // nil is taken
	}{
		"taken":                             {202, id, nil},
		"taken by an earlier try":           {200, id, nil},
		"taken by an earlier try otherwise": {409, `{"code":"id_reused"}`, nil},

		"a number that is none":              {422, `{"code":"number_invalid"}`, message.ErrRefused},
		"a number that nobody may call":      {422, `{"code":"number_blocked"}`, message.ErrRefused},
		"a number that cannot be reached":    {404, `{"code":"number_unreachable"}`, message.ErrRefused},
		"a signature that is not recognised": {401, `{"code":"signature_invalid"}`, message.ErrHeld},
		"a caller that may not":              {403, ``, message.ErrHeld},
		"no credit":                          {402, `{"code":"credit"}`, message.ErrHeld},
		"a wrong address":                    {404, `<html>`, message.ErrHeld},
		"a request that is not understood":   {400, `{"code":"body_malformed"}`, message.ErrHeld},
		"another conflict":                   {409, `{}`, message.ErrHeld},
		"a redirect":                         {307, ``, message.ErrHeld},
		"the page of another server":         {200, `<html>welcome</html>`, message.ErrHeld},
		"taken, but which?":                  {202, `{}`, message.ErrHeld},
		"taken, but another":                 {202, `{"id":"OTHER"}`, message.ErrHeld},
		"nothing":                            {204, ``, message.ErrHeld},
		"a final word about no number":       {422, `{"code":"number_+912212345678"}`, message.ErrHeld},

		"too many":     {429, ``, later},
		"too early":    {425, ``, later},
		"a time-out":   {408, ``, later},
		"broken":       {500, `{"code":"number_invalid"}`, later},
		"a bad gate":   {502, `<html>`, later},
		"out for now":  {503, ``, later},
		"a gate waits": {504, ``, later},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDialer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				if c.status != http.StatusNoContent {
					io.WriteString(w, c.body)
				}
			})
			err := d.caller(t, secrets(t, secret)).Call(t.Context(), code("en"))
			if (err == nil) != (c.want == nil) || errors.Is(err, message.ErrRefused) != (c.want == message.ErrRefused) || errors.Is(err, message.ErrHeld) != (c.want == message.ErrHeld) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if d.asked != 1 {
				t.Errorf("it was asked %d times", d.asked)
			}
			quiet(t, err)
		})
	}
}

// quiet fails when an error tells number, code or address.
func quiet(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, bad := range []string{"2212345678", "012345", "012", "events", "whsec", "MfKQ9", "/v1/calls"} {
		if strings.Contains(err.Error(), bad) {
			t.Errorf("the error says %s: %v", bad, err)
		}
	}
}

func TestAnAnswerSaysWhenToComeAgain(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, "0": 0, "-5": 0, "soon": 0, "": 0, "99999999": 24 * time.Hour,
		noon.Add(2 * time.Minute).Format(http.TimeFormat): 2 * time.Minute, noon.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		d := newDialer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		err := d.caller(t, secrets(t, secret)).Call(t.Context(), code("en"))
		later, _ := errors.AsType[message.Later](err)
		if err == nil || later.After != want {
			t.Errorf("%q: %v after %s, want %s", header, err, later.After, want)
		}
	}
}

func TestADialerThatIsAwayOrHangsIsNotWaitedFor(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	hanging := newDialer(t, func(http.ResponseWriter, *http.Request) { <-release })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := hanging.caller(t, secrets(t, secret)).Call(ctx, code("en")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	} else {
		quiet(t, err)
	}
	away := newDialer(t, taken)
	c := away.caller(t, secrets(t, secret))
	away.Close()
	if err := c.Call(t.Context(), code("en")); err == nil || errors.Is(err, message.ErrHeld) || errors.Is(err, message.ErrRefused) {
		t.Errorf("%v", err)
	} else {
		quiet(t, err)
	}
	deadline := time.Duration(0)
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		end, _ := r.Context().Deadline()
		deadline = time.Until(end)
		return nil, errors.New("away")
	})}
	c, err := callapi.New("https://calls.example.com/v1/calls", secrets(t, secret), client, clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Call(t.Context(), code("en")); err == nil || deadline <= 0 || deadline > callapi.Deadline {
		t.Errorf("%v, a request may take %s", err, deadline)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWhatIsNoCodeIsNotSpoken(t *testing.T) {
	d := newDialer(t, taken)
	m := code("hi")
	m.Digits = token.NewSecret("12a456")
	if err := d.caller(t, secrets(t, secret)).Call(t.Context(), m); !errors.Is(err, message.ErrRefused) || d.asked != 0 {
		t.Errorf("%v, asked %d times", err, d.asked)
	}
}

func TestSettingsThatWouldTellStrangersAreRefused(t *testing.T) {
	good := secrets(t, secret)
	for address, ok := range map[string]bool{
		"https://calls.example.com": true, "https://calls.example.com:8443/v1/calls?tenant=central": true,
		"http://127.0.0.1:3007/calls": true, "http://localhost:3007/calls": true, "http://[::1]:3007/": true,
		"": false, "calls.example.com": false, "/v1/calls": false, "http://calls.example.com": false, "http://10.0.0.1/calls": false,
		"http://127.0.0.1.example.com": false, "https://user:pass@calls.example.com": false, "https://calls.example.com/#x": false, "ftp://127.0.0.1/": false, "https://": false,
	} {
		if c, err := callapi.New(address, good, http.DefaultClient, clock); (err == nil) != ok || (c != nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestWithoutASecretCallsWaitForTheOperator: SMS and everything else go on.
func TestWithoutASecretCallsWaitForTheOperator(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	c, err := callapi.New(server.URL, nil, server.Client(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Call(t.Context(), code("en")); !errors.Is(err, message.ErrHeld) || !strings.Contains(err.Error(), "callSecret") || asked > 0 {
		t.Errorf("%v, asked %d times", err, asked)
	}
}
