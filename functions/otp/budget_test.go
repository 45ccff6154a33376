package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

var morning = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

// sent counts the messages that go out.
type sent struct{ atomic.Int64 }

func (s *sent) Now(context.Context, message.Message) { s.Add(1) }

// world is the function on a real engine, with a budget of a day.
type world struct {
	storetest.Fixture
	t    *testing.T
	api  http.Handler
	sent sent
}

func newWorld(t *testing.T, budget int) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), t: t}
	quiet := slog.New(slog.DiscardHandler)
	h := &handler{store: w.Store, outbox: &w.sent, smsBudget: limit.SMSBudget(budget), callBudget: limit.CallBudget(budget), calls: true, log: quiet}
	w.api = h.routes(httpapi.Config{
		PublicURL: "https://central.example.com", Now: func() time.Time { return morning }, Sessions: w.Store, Limits: w.Store, Log: quiet,
	})
	return w
}

// member is a new account; what it returns asks for a code, and answers with the status and the limit that refused.
func (w *world) member() (ask func(number string) string) {
	w.t.Helper()
	to, err := account.ParseEmail(strings.ToLower(token.NewID()) + "@example.com")
	must(w.t, err)
	p := account.Signup{ID: token.NewID(), Email: to, PasswordHash: token.NewSecret("hash"), CreatedAt: morning, ExpiresAt: morning.Add(time.Hour)}
	must(w.t, w.StartSignup(w.t.Context(), p, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: morning, NotAfter: morning}))
	profile := account.Profile{
		ID: account.ID(token.NewID()), Email: to, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: morning, UpdatedAt: morning,
	}
	must(w.t, w.CompleteSignup(w.t.Context(), p, profile, account.Activity{Kind: "account_created", At: morning}, morning))
	secret, digest := token.NewSession(string(profile.ID))
	session := account.Session{
		Digest: digest, AccountID: profile.ID, CreatedAt: morning, LastSeenAt: morning, ExpiresAt: morning.Add(time.Hour), CredentialVersion: 1,
		ProvenAt: morning, ProvenBy: account.ByPassword,
	}
	must(w.t, w.StartSession(w.t.Context(), session, account.Activity{Kind: "logged_in", At: morning}))
	return func(number string) string {
		r := httptest.NewRequest("POST", "/v1/otp", strings.NewReader(`{"phone":"`+number+`","kind":"mobile"}`))
		r.RemoteAddr = "192.0.2.7:443"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+secret.Reveal())
		answer := httptest.NewRecorder()
		w.api.ServeHTTP(answer, r)
		_, limited, _ := strings.Cut(answer.Body.String(), `"limit":"`)
		limited, _, _ = strings.Cut(limited, `"`)
		return strings.TrimSpace(fmt.Sprint(answer.Code, " ", limited))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRefusedRequestsDoNotUseUpTheBudgetOfTheDay(t *testing.T) {
	w := newWorld(t, 3)
	ask := w.member()
	if got := ask("+919812300001"); got != "202" {
		t.Fatal(got)
	}
	for range 10 { // more than the budget has
		if got := ask("+919812300001"); got != "429 code-gap" {
			t.Errorf("the same number again: %s", got)
		}
	}
	for i, want := range []string{"202", "202", "429 budget-sms", "429 budget-sms"} {
		number := fmt.Sprintf("+91982%d000000", i)
		if got := ask(number); got != want {
			t.Errorf("after the refused, another number: %s, want %s", got, want)
		}
		if want != "202" { // nor does what the budget refuses use up what is the number's
			if got := ask(number); got != want {
				t.Errorf("and once more: %s", got)
			}
		}
	}
	if n := w.sent.Load(); n != 3 {
		t.Errorf("%d codes went out", n)
	}
}

func TestOfManyCodesAtOnceTheBudgetLetsOutNoMoreThanItHas(t *testing.T) {
	w := newWorld(t, 4)
	var all sync.WaitGroup
	var taken atomic.Int64
	for i := range 12 {
		ask := w.member()
		all.Go(func() {
			if ask(fmt.Sprintf("+9198%02d000000", 20+i)) == "202" {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 4 || w.sent.Load() != taken.Load() {
		t.Errorf("%d were taken, %d went out", taken.Load(), w.sent.Load())
	}
}
