// Package siteverify checks the captcha of a third party: Turnstile, hCaptcha and reCAPTCHA answer the same request.
package siteverify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/spent"
	"phonon.in/central/shared/token"
)

// Provider is who checks.
type Provider string

const (
	Turnstile Provider = "turnstile"
	HCaptcha  Provider = "hcaptcha"
	ReCAPTCHA Provider = "recaptcha"
)

var endpoints = map[Provider]string{
	Turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
	HCaptcha:  "https://api.hcaptcha.com/siteverify",
	ReCAPTCHA: "https://www.google.com/recaptcha/api/siteverify",
}

// Timeout is how long the provider may take: a request has to be answered within three seconds in all.
const Timeout = 2 * time.Second

const maxAnswer = 64 << 10

// Verifier asks one provider. It fails closed: without a clear yes there is an error.
type Verifier struct {
	Provider Provider
	Secret   token.Secret
	Hostname string       // of the page that shows the captcha; a solution made on another page is refused
	Client   *http.Client // nil means http.DefaultClient
	Endpoint string       // empty means the provider's own
}

// New makes a verifier for captchas that are shown on the pages of publicURL. It asks at endpoint; "" is the provider's own.
func New(provider string, secret token.Secret, publicURL, endpoint string) Verifier {
	v := Verifier{Provider: Provider(provider), Secret: secret, Endpoint: endpoint}
	if u, err := url.Parse(publicURL); err == nil {
		v.Hostname = u.Hostname()
	}
	return v
}

// Verify checks the token that the browser got. ip is the browser's address, or empty. Faults at /captcha: captcha_invalid,
// captcha_expired (too old or used before: providers do not tell these apart). fault.Down when the provider does not answer
// or refuses our own credentials.
func (v Verifier) Verify(ctx context.Context, response, ip string) error {
	invalid := fault.At("/captcha", "captcha_invalid", "The captcha did not succeed. Do it again.")
	if response == "" || len(response) > captcha.MaxResponse {
		return invalid
	}
	answer, err := v.ask(ctx, response, ip)
	if err != nil {
		return fault.Down(fmt.Errorf("siteverify: %s: %w", v.Provider, err))
	}
	switch {
	case *answer.Success && v.Hostname != "" && answer.Hostname == v.Hostname:
		return nil
	case *answer.Success:
		return invalid.Because(fmt.Errorf("siteverify: %s: solved on host %q, want %q", v.Provider, answer.Hostname, v.Hostname))
	case answer.has("timeout-or-duplicate", "expired-input-response", "already-seen-input-response", "invalid-or-already-seen-response"):
		return fault.At("/captcha", "captcha_expired", "The captcha is too old or was used before. Do it again.")
	case answer.has("missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch", "bad-request", "internal-error"):
		return fault.Down(fmt.Errorf("siteverify: %s: %s", v.Provider, strings.Join(answer.ErrorCodes, " ")))
	}
	return invalid.Because(fmt.Errorf("siteverify: %s: %s", v.Provider, strings.Join(answer.ErrorCodes, " ")))
}

type answer struct {
	Success    *bool    `json:"success"`
	Hostname   string   `json:"hostname"`
	ErrorCodes []string `json:"error-codes"`
}

func (a answer) has(codes ...string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(a.ErrorCodes, c) })
}

func (v Verifier) ask(ctx context.Context, response, ip string) (answer, error) {
	defer spent.On(ctx, "captcha")()
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	form := url.Values{"secret": {v.Secret.Reveal()}, "response": {response}}
	if ip != "" {
		form.Set("remoteip", ip)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.endpoint(), strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.client().Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("status %d", resp.StatusCode)
	}
	var a answer
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&a); err != nil {
		return answer{}, err
	}
	if a.Success == nil {
		return answer{}, errors.New("an answer without success")
	}
	return a, nil
}

func (v Verifier) endpoint() string {
	if v.Endpoint != "" {
		return v.Endpoint
	}
	return endpoints[v.Provider]
}

// client follows no redirect: a redirected POST would carry the secret to another host.
func (v Verifier) client() *http.Client {
	var c http.Client
	if v.Client != nil {
		c = *v.Client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}
