package siteverify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

const secret = "the-secret-of-the-site"

// provider is a provider that gives one answer and remembers what it was asked.
type provider struct {
	*httptest.Server
	asked []url.Values
}

func newProvider(t testing.TB, answer http.HandlerFunc) *provider {
	p := &provider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
			t.Errorf("asked with %s %s, %s", r.Method, r.URL, r.Header.Get("Content-Type"))
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		p.asked = append(p.asked, r.PostForm)
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func (p *provider) verifier(name Provider) Verifier {
	return Verifier{Provider: name, Secret: token.NewSecret(secret), Hostname: "central.example.com", Client: p.Client(), Endpoint: p.URL}
}

// outcome is the code of the fault, or "yes".
func outcome(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return "yes"
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	if strings.Contains(f.Error()+f.Detail, secret) {
		t.Errorf("the secret is in %v", err)
	}
	if f.Kind == fault.Invalid && (len(f.Fields) != 1 || f.Fields[0].Pointer != "/captcha") {
		t.Errorf("fields %+v, want one at /captcha", f.Fields)
	}
	return f.Code
}

func TestVerifyBelievesOnlyAClearYes(t *testing.T) {
	const invalid, expired, down = "captcha_invalid", "captcha_expired", "temporarily_unavailable"
	for name, c := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"yes":                              {200, `{"success":true,"hostname":"central.example.com","challenge_ts":"2026-11-02T12:00:00Z"}`, "yes"},
		"yes, with members we do not know": {200, `{"success":true,"hostname":"central.example.com","score":0.1,"metadata":{}}`, "yes"},
		"no":                               {200, `{"success":false,"error-codes":["invalid-input-response"]}`, invalid},
		"no, without a reason":             {200, `{"success":false}`, invalid},
		"no, with the right host":          {200, `{"success":false,"hostname":"central.example.com"}`, invalid},
		"solved on another site":           {200, `{"success":true,"hostname":"evil.example"}`, invalid},
		"solved on a subdomain":            {200, `{"success":true,"hostname":"x.central.example.com"}`, invalid},
		"solved on no site":                {200, `{"success":true}`, invalid},
		"too old or used before":           {200, `{"success":false,"error-codes":["timeout-or-duplicate"]}`, expired},
		"used before, says hCaptcha":       {200, `{"success":false,"error-codes":["already-seen-input-response"]}`, expired},
		"our secret is wrong":              {200, `{"success":false,"error-codes":["invalid-input-secret"]}`, down},
		"their own error":                  {200, `{"success":false,"error-codes":["internal-error"]}`, down},
		"status 500":                       {500, `{"success":true,"hostname":"central.example.com"}`, down},
		"status 429":                       {429, ``, down},
		"status 204":                       {204, ``, down},
		"a page of HTML":                   {200, `<html>`, down},
		"nothing":                          {200, ``, down},
		"null":                             {200, `null`, down},
		"no success":                       {200, `{}`, down},
		"success as text":                  {200, `{"success":"true","hostname":"central.example.com"}`, down},
		"success null":                     {200, `{"success":null,"hostname":"central.example.com"}`, down},
		"a list":                           {200, `[{"success":true}]`, down},
		"an answer cut off":                {200, `{"success":true,"hostname":"central.exam`, down},
		"an answer without end":            {200, `{"success":true,"x":"` + strings.Repeat("x", 1<<20) + `"}`, down},
	} {
		for _, name2 := range []Provider{Turnstile, HCaptcha, ReCAPTCHA} {
			t.Run(fmt.Sprintf("%s/%s", name2, name), func(t *testing.T) {
				p := newProvider(t, says(c.status, c.body))
				if got := outcome(t, p.verifier(name2).Verify(t.Context(), "tok", "203.0.113.7")); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			})
		}
	}
}

func TestVerifySendsSecretResponseAndAddress(t *testing.T) {
	p := newProvider(t, says(200, `{"success":true,"hostname":"central.example.com"}`))
	v := p.verifier(Turnstile)
	for _, ip := range []string{"2001:db8::1", ""} {
		if err := v.Verify(t.Context(), "a token & more=signs", ip); err != nil {
			t.Fatal(err)
		}
	}
	with, without := p.asked[0], p.asked[1]
	if with.Get("secret") != secret || with.Get("response") != "a token & more=signs" || with.Get("remoteip") != "2001:db8::1" || len(with) != 3 {
		t.Errorf("sent %v", with)
	}
	if without.Has("remoteip") {
		t.Errorf("sent an empty address: %v", without)
	}
}

func TestVerifyDoesNotAskAboutWhatCannotBeAToken(t *testing.T) {
	p := newProvider(t, says(200, `{"success":true,"hostname":"central.example.com"}`))
	for name, c := range map[string]struct {
		provider Provider
		length   int
		want     string
	}{
		"an empty token":                       {Turnstile, 0, "captcha_invalid"},
		"Turnstile's longest":                  {Turnstile, 2048, "yes"},
		"longer than anything Turnstile sends": {Turnstile, 8193, "captcha_invalid"},
		"a long one of hCaptcha":               {HCaptcha, 8192, "yes"},
		"longer than anything hCaptcha sends":  {HCaptcha, 8193, "captcha_invalid"},
		"longer than anything reCAPTCHA sends": {ReCAPTCHA, 8193, "captcha_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(p.asked)
			got := outcome(t, p.verifier(c.provider).Verify(t.Context(), strings.Repeat("x", c.length), ""))
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if asked := len(p.asked) > before; asked != (c.want == "yes") {
				t.Errorf("asked the provider: %v", asked)
			}
		})
	}
}

func TestVerifyWithoutAHostnameTrustsNobody(t *testing.T) {
	v := newProvider(t, says(200, `{"success":true,"hostname":""}`)).verifier(Turnstile)
	v.Hostname = ""
	if got := outcome(t, v.Verify(t.Context(), "tok", "")); got != "captcha_invalid" {
		t.Errorf("got %s", got)
	}
}

func TestVerifyTakesItsSecretToNoOtherHost(t *testing.T) {
	elsewhere := newProvider(t, says(200, `{"success":true,"hostname":"central.example.com"}`))
	for _, status := range []int{301, 302, 307, 308} {
		p := newProvider(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
		if got := outcome(t, p.verifier(Turnstile).Verify(t.Context(), "tok", "")); got != "temporarily_unavailable" {
			t.Errorf("status %d: got %s", status, got)
		}
	}
	if len(elsewhere.asked) > 0 {
		t.Error("a redirect was followed")
	}
}

func TestVerifyFailsClosedWhenNobodyAnswers(t *testing.T) {
	p := newProvider(t, says(200, ``))
	v := p.verifier(Turnstile)
	p.Close()
	if got := outcome(t, v.Verify(t.Context(), "tok", "")); got != "temporarily_unavailable" {
		t.Errorf("got %s", got)
	}
}

// hangs is a connection to a provider that never answers.
type hangs struct{}

func (hangs) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestVerifyGivesUpOnAProviderThatHangs(t *testing.T) {
	v := Verifier{Provider: HCaptcha, Secret: token.NewSecret(secret), Hostname: "central.example.com", Client: &http.Client{Transport: hangs{}}}
	t.Run("after its time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if got := outcome(t, v.Verify(t.Context(), "tok", "")); got != "temporarily_unavailable" {
				t.Errorf("got %s", got)
			}
			if took := time.Since(start); took != Timeout {
				t.Errorf("took %s", took)
			}
		})
	})
	t.Run("earlier when the request has less time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := v.Verify(ctx, "tok", "")
			if got := outcome(t, err); got != "temporarily_unavailable" || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("also in the middle of an answer", func(t *testing.T) {
		release := make(chan struct{})
		p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"success":true,`)
			w.(http.Flusher).Flush()
			<-release
		})
		defer close(release)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if got := outcome(t, p.verifier(Turnstile).Verify(ctx, "tok", "")); got != "temporarily_unavailable" {
			t.Errorf("got %s", got)
		}
	})
}

func TestEveryProviderHasAnEndpointOverTLS(t *testing.T) {
	for _, p := range []Provider{Turnstile, HCaptcha, ReCAPTCHA} {
		u, err := url.Parse(Verifier{Provider: p}.endpoint())
		if err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: %v, %v", p, u, err)
		}
	}
}

func FuzzNoAnswerButYesIsBelieved(f *testing.F) {
	for _, s := range []string{`{"success":true}`, `{"success":true,"hostname":"central.example.com"}`, `{"SUCCESS":true}`, `{`, `null`, `{"success":true}{"success":false}`} {
		f.Add(s)
	}
	var body string
	p := newProvider(f, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
	v := p.verifier(Turnstile)
	f.Fuzz(func(t *testing.T, s string) {
		body = s
		p.asked = nil
		if err := v.Verify(t.Context(), "tok", ""); err == nil && !strings.Contains(s, "true") {
			t.Errorf("believed %q", s)
		}
	})
}
