package seed

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Slowness are faults of a local run under which calls that are made side by side are seen to overlap, and the word of an upload comes after the
// browser's, as on AWS: without, the machine decides.
var Slowness = []string{
	`{"service": "dynamodb", "function": "intake", "mode": "delay", "ms": 600}`, `{"service": "dynamodb", "mode": "delay", "ms": 40}`, `{"service": "s3", "mode": "delay", "ms": 40}`,
}

// Use takes one new account of the local run at origin through all that is billed for a person: sign-up to a case that was handed in, and
// then what they do each month: they come back and log in at Product, which renews what it was given. Product must be there (AddProduct).
func Use(ctx context.Context, origin string, number int, now time.Time, done func(step string)) error {
	who := newPerson(origin, number, now)
	if err := who.live(ctx, plans[0], done); err != nil {
		return err
	}
	for _, s := range []struct {
		name string
		do   func(context.Context) error
	}{{"come back", who.comeBack}, {"use a product", who.useProduct}, {"log out", who.logOut}} {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		done(s.name)
	}
	return nil
}

// comeBack logs in again, and reads what the pages show: who they are, and where else they are logged in.
func (p *person) comeBack(ctx context.Context) error {
	if err := p.logIn(ctx, plan{}); err != nil {
		return err
	}
	for _, path := range []string{"/v1/account", "/v1/account", "/v1/sessions"} {
		if err := p.call(ctx, http.MethodGet, path, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// useProduct logs in at Product as a native app does (RFC 8252), and renews its tokens.
func (p *person) useProduct(ctx context.Context) error {
	const back = "http://127.0.0.1/callback"
	verifier := rand.Text() + rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, p.origin+"/oauth2/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {ProductID}, "redirect_uri": {back}, "scope": {"openid profile email"}, "state": {rand.Text()}, "nonce": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode(), nil)
	if err != nil {
		return err
	}
	asked.Header.Set("Cookie", "__Host-session="+p.bearer)
	browser := *p.http
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := browser.Do(asked)
	if err != nil {
		return err
	}
	answer.Body.Close()
	to, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || to.Query().Get("code") == "" {
		return fmt.Errorf("the authorization led to %d %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	given, err := p.token(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {back}, "code_verifier": {verifier}})
	if err != nil {
		return err
	}
	for range 2 {
		if given, err = p.token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {given.Refresh}}); err != nil {
			return err
		}
	}
	app := *p
	app.bearer = given.Access
	return app.call(ctx, http.MethodGet, "/oauth2/userinfo", nil, nil)
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func (p *person) token(ctx context.Context, form url.Values) (given tokens, err error) {
	form.Set("client_id", ProductID)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.origin+"/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil {
		return given, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.http.Do(r)
	if err != nil {
		return given, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return given, err
	}
	if answer.StatusCode != http.StatusOK {
		return given, fmt.Errorf("POST /oauth2/token answered %d: %.300s", answer.StatusCode, text)
	}
	return given, json.Unmarshal(text, &given)
}

func (p *person) logOut(ctx context.Context) error {
	return p.call(ctx, http.MethodPost, "/v1/logout", nil, nil)
}
