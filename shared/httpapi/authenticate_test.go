package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// sessions holds one session; openErr and touchErr make it fail.
type sessions struct {
	session           account.Session
	profile           account.Profile
	openErr, touchErr error
	opened, touched   int
	touchHangs        bool
}

func (s *sessions) OpenSession(_ context.Context, id account.ID, digest string) (account.Session, account.Profile, error) {
	s.opened++
	if s.openErr != nil {
		return account.Session{}, account.Profile{}, s.openErr
	}
	if id != s.session.AccountID || digest != s.session.Digest {
		return account.Session{}, account.Profile{}, fmt.Errorf("store: open session: %w", account.ErrSessionUnknown)
	}
	return s.session, s.profile, nil
}

func (s *sessions) TouchSession(ctx context.Context, _ account.Session, _ time.Time) error {
	s.touched++
	if s.touchHangs {
		<-ctx.Done()
	}
	return s.touchErr
}

func TestAuthentication(t *testing.T) {
	id := account.ID(token.NewID())
	secret, digest := token.NewSession(string(id))
	valid := secret.Reveal()
	stranger, _ := token.NewSession(string(id))
	other := stranger.Reveal()
	cookie := func(values ...string) []string {
		return []string{"Cookie", SessionCookie + "=" + strings.Join(values, "; "+SessionCookie+"=")}
	}
	tests := []struct {
		name    string
		header  []string
		change  func(s *sessions)
		status  int
		touched int
	}{
		{name: "the cookie is enough", header: cookie(valid), status: 204},
		{name: "the bearer token is enough", header: []string{"Authorization", "Bearer " + valid}, status: 204},
		{name: "the scheme may have any case", header: []string{"Authorization", "bEARER " + valid}, status: 204},
		{name: "both are fine when they are the same", header: append(cookie(valid), "Authorization", "Bearer "+valid), status: 204},
		{name: "any number of spaces may follow the scheme", header: []string{"Authorization", "Bearer   " + valid}, status: 204},
		{name: "an empty cookie beside a token is none", header: append(cookie(""), "Authorization", "Bearer "+valid), status: 204},
		{name: "a blank cookie beside a token is none", header: append(cookie("  "), "Authorization", "Bearer "+valid), status: 204},
		{name: "an empty cookie in quotes beside a token is none", header: append(cookie(`""`), "Authorization", "Bearer "+valid), status: 204},
		{name: "an empty cookie before the right one is none", header: cookie("", valid), status: 204},
		{name: "an empty cookie after the right one is none", header: cookie(valid, ""), status: 204},
		{name: "the same cookie twice is one", header: cookie(valid, valid), status: 204},
		{name: "the same cookie twice and the token are one", header: append(cookie(valid, "", valid), "Authorization", "Bearer "+valid), status: 204},
		{name: "spaces around the cookie do not count", header: cookie("  " + valid + " "), status: 204},
		{name: "an old session is touched", header: cookie(valid), change: func(s *sessions) { s.session.LastSeenAt = now.Add(-time.Hour) }, status: 204, touched: 1},
		{name: "a touch that fails does not matter", header: cookie(valid), status: 204, touched: 1, change: func(s *sessions) {
			s.session.LastSeenAt, s.touchErr = now.Add(-time.Hour), errors.New("slow")
		}},
		{name: "a touch that hangs does not matter", header: cookie(valid), status: 204, touched: 1, change: func(s *sessions) {
			s.session.LastSeenAt, s.touchHangs = now.Add(-time.Hour), true
		}},

		{name: "nothing is 401", status: 401},
		{name: "an empty cookie is 401", header: cookie(""), status: 401},
		{name: "empty cookies are 401", header: cookie("", " "), status: 401},
		{name: "an empty token is 401, even beside a good cookie", header: append(cookie(valid), "Authorization", "Bearer "), status: 401},
		{name: "white space inside a cookie is 401", header: cookie(valid[:20] + " " + valid[20:]), status: 401},
		{name: "a blank of another kind is part of the cookie", header: cookie(valid + "\u00a0"), status: 401},
		{name: "a tab after the scheme is 401", header: []string{"Authorization", "Bearer\t" + valid}, status: 401},
		{name: "an empty cookie does not hide that two differ", header: cookie(valid, "", other), status: 401},
		{name: "the same cookie twice does not outvote another", header: cookie(valid, other, valid), status: 401},
		{name: "two different tokens are 401", header: append(cookie(valid), "Authorization", "Bearer "+other), status: 401},
		{name: "two different cookies are 401, in either order", header: cookie(valid, other), status: 401},
		{name: "two different cookies are 401", header: cookie(other, valid), status: 401},
		{name: "another scheme is 401, even beside a good cookie", header: append(cookie(valid), "Authorization", "Basic eDp5"), status: 401},
		{name: "a scheme alone is 401", header: []string{"Authorization", "Bearer"}, status: 401},
		{name: "a token without a scheme is 401", header: []string{"Authorization", valid}, status: 401},
		{name: "a cookie of another name is 401", header: []string{"Cookie", "session=" + valid}, status: 401},
		{name: "an unknown session is 401", header: cookie(other), status: 401},
		{name: "a token of another shape is 401", header: cookie("x"), status: 401},
		{name: "a token in lower case is 401", header: cookie(strings.ToLower(valid)), status: 401},
		{name: "an idle session is 401", header: cookie(valid), change: func(s *sessions) { s.session.LastSeenAt = now.Add(-9 * time.Hour) }, status: 401},
		{name: "an old session is 401 at its end", header: cookie(valid), change: func(s *sessions) { s.session.ExpiresAt = now }, status: 401},
		{name: "a session from before the password changed is 401", header: cookie(valid), change: func(s *sessions) { s.profile.CredentialVersion++ }, status: 401},
		{name: "a disabled account is 401", header: cookie(valid), change: func(s *sessions) { s.profile.Status = account.Disabled }, status: 401},
		{name: "a store that is down is 503, not 401", header: cookie(valid), change: func(s *sessions) { s.openErr = fault.Down(errors.New("down")) }, status: 503},
		{name: "a store that fails otherwise is 500", header: cookie(valid), change: func(s *sessions) { s.openErr = errors.New("broken") }, status: 500},
	}
	var refusal string
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := &sessions{
				session: account.Session{Digest: digest, AccountID: id, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1},
				profile: account.Profile{ID: id, Status: account.Active, CredentialVersion: 1},
			}
			if test.change != nil {
				test.change(store)
			}
			ran := false
			s := &site{}
			s.API = New(Config{PublicURL: origin, Now: func() time.Time { return now }, Sessions: store, Log: slog.New(slog.NewJSONHandler(&s.log, nil))})
			s.Private("GET /v1/private", JSON(http.StatusNoContent, func(_ context.Context, c *Call, _ None) (None, error) {
				ran = c.Session == store.session && c.Profile.ID == id
				return None{}, nil
			}))
			w, _ := s.do(request("GET", "/v1/private", "", test.header...))
			if w.Code != test.status || ran != (test.status == 204) || store.touched != test.touched {
				t.Errorf("%d %s, ran %v, touched %d", w.Code, w.Body, ran, store.touched)
			}
			if logged := bytes.Contains(s.log.Bytes(), []byte(id)); logged != (test.status == 204) {
				t.Errorf("log: %s", s.log.Bytes())
			}
			if bytes.Contains(s.log.Bytes(), []byte(valid[27:])) || bytes.Contains(s.log.Bytes(), []byte(digest)) {
				t.Errorf("a secret is in the log: %s", s.log.Bytes())
			}
			if test.status != 401 {
				return
			}
			if refusal == "" {
				refusal = w.Body.String()
			}
			if w.Body.String() != refusal || w.Header().Get("WWW-Authenticate") != `Bearer realm="central"` {
				t.Errorf("this 401 can be told from the others: %s %v", w.Body, w.Header())
			}
		})
	}
}

func TestAPrivateRouteWithoutAStoreOfSessionsStopsTheStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	New(Config{PublicURL: origin, Now: time.Now}).Private("GET /", http.NotFoundHandler())
}

func TestABrowsersSessionThatIsOverIsTakenBack(t *testing.T) {
	id := account.ID(token.NewID())
	secret, digest := token.NewSession(string(id))
	other, _ := token.NewSession(string(id))
	cookie := []string{"Cookie", SessionCookie + "=" + secret.Reveal()}
	for name, c := range map[string]struct {
		header []string
		change func(*sessions)
		status int
		taken  bool
	}{
		"it has ended":                     {header: cookie, change: func(s *sessions) { s.session.ExpiresAt = now.Add(-time.Second) }, status: 401, taken: true},
		"nobody knows it":                  {header: []string{"Cookie", SessionCookie + "=" + other.Reveal()}, status: 401, taken: true},
		"its account is disabled":          {header: cookie, change: func(s *sessions) { s.profile.Status = account.Disabled }, status: 401, taken: true},
		"it is open":                       {header: cookie, status: 204},
		"there is none":                    {status: 401},
		"a program's token has ended":      {header: []string{"Authorization", "Bearer " + secret.Reveal()}, change: func(s *sessions) { s.session.ExpiresAt = now.Add(-time.Second) }, status: 401},
		"two that differ":                  {header: []string{"Cookie", SessionCookie + "=" + secret.Reveal() + "; " + SessionCookie + "=" + other.Reveal()}, status: 401},
		"the database does not answer":     {header: cookie, change: func(s *sessions) { s.openErr = fault.Down(errors.New("x")) }, status: 503},
		"what is no session, but a cookie": {header: []string{"Cookie", SessionCookie + "=x"}, status: 401, taken: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(fine)
			store := &sessions{
				session: account.Session{Digest: digest, AccountID: id, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1},
				profile: account.Profile{ID: id, Status: account.Active, CredentialVersion: 1},
			}
			if c.change != nil {
				c.change(store)
			}
			s.Sessions = store
			w, _ := s.do(request("GET", "/v1/private", "", c.header...))
			taken := strings.Contains(w.Header().Get("Set-Cookie"), SessionCookie+"=; Path=/; Max-Age=0; HttpOnly; Secure")
			if w.Code != c.status || taken != c.taken {
				t.Errorf("%d, taken back: %v (%q)", w.Code, taken, w.Header().Get("Set-Cookie"))
			}
		})
	}
}
