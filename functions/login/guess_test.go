package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

const (
	right = "Mango tree 42"
	wrong = "Mango tree 43"
	yes   = "solved"
)

// world is the function on a real engine, with a captcha that takes one word.
type world struct {
	storetest.Fixture
	t    *testing.T
	api  http.Handler
	said *bytes.Buffer
	mu   sync.Mutex
	at   time.Time
	keys token.Keyring
	sent inbox

	requests int
}

// inbox takes the mails that are delivered at once.
type inbox struct {
	mu  sync.Mutex
	all []message.Message
}

func (b *inbox) Now(_ context.Context, m message.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, m)
}

// told are the kinds of mails that went out.
func (w *world) told() (kinds []message.Kind) {
	for _, m := range w.sent.all {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

type oneWord struct{}

func (oneWord) Challenge(time.Time) (any, error) { return nil, nil }

func (oneWord) Verify(_ context.Context, response, _ string, _ time.Time) error {
	switch response {
	case yes:
		return nil
	case "":
		return fault.At("/captcha", "captcha_required", "Let the check against robots run.")
	}
	return errCaptcha
}

func (w oneWord) Admit(ctx context.Context, response, ip string, now time.Time, count func() error) error {
	return errors.Join(count(), w.Verify(ctx, response, ip, now))
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), t: t, said: &bytes.Buffer{}, at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	if err != nil {
		t.Fatal(err)
	}
	w.keys = keys
	log := slog.New(slog.NewJSONHandler(w.said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h := &handler{store: w.Store, keys: keys, captcha: oneWord{}, log: log, outbox: &w.sent}
	w.api = contract.Check(t, h.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: w.now, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler)}))
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) passes(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

var hashed = sync.OnceValues(func() (string, error) {
	p, err := password.Read(right)
	if err != nil {
		return "", err
	}
	return password.Hash(context.Background(), p)
})

// member is the address of an account whose password is right.
func (w *world) member() string {
	w.t.Helper()
	hash, err := hashed()
	must(w.t, err)
	id, begun := account.ID(token.NewID()), w.now()
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	must(w.t, err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret(hash), Consent: account.Consent{Document: "terms", AcceptedAt: begun}, CreatedAt: begun, ExpiresAt: begun.Add(time.Hour)}
	must(w.t, w.StartSignup(w.t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: begun, NotAfter: begun}))
	p := account.Profile{ID: id, Email: email, Status: account.Active, KYC: "not_started", Locale: "en", CredentialVersion: 1, Version: 1, CreatedAt: begun, UpdatedAt: begun}
	must(w.t, w.CompleteSignup(w.t.Context(), signup, p, account.Activity{Kind: "account_created", At: begun}, begun))
	return email.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// try is one log-in from a place.
type try struct{ email, password, from, captcha, device, agent string }

func (w *world) logIn(c try) (status int, code, device string) {
	body, _ := json.Marshal(map[string]any{"email": c.email, "password": c.password, "captcha": c.captcha}) // of strings
	r := httptest.NewRequest("POST", "/v1/login", bytes.NewReader(body))
	r.RemoteAddr = c.from + ":1234"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "https://central.example.com")
	r.Header.Set("User-Agent", c.agent)
	if c.device != "" {
		r.AddCookie(&http.Cookie{Name: httpapi.DeviceCookie, Value: c.device})
	}
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	var problem struct {
		Code   string
		Errors []struct{ Code string }
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &problem) // what is no problem has no code
	if len(problem.Errors) > 0 {
		problem.Code = problem.Errors[0].Code
	}
	for _, cookie := range answer.Result().Cookies() {
		if cookie.Name == httpapi.DeviceCookie {
			device = cookie.Value
		}
	}
	return answer.Code, problem.Code, device
}

func TestOneNetworkTriesAFewAddressesAnHourWithoutACaptcha(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	compared := 0
	for i := range 400 { // in an hour
		_, code, _ := w.logIn(try{email: fmt.Sprintf("somebody-%d@example.com", i), password: wrong, from: "203.0.113.7"})
		switch code {
		case "credentials_wrong":
			compared++
		case "captcha_required":
		default:
			t.Fatalf("try %d: %s", i, code)
		}
		w.passes(9 * time.Second)
	}
	t.Logf("400 addresses from one network in an hour: %d passwords compared", compared)
	if compared < 20 || compared > 160 {
		t.Errorf("%d passwords were compared", compared)
	}
	events := strings.Count(w.said.String(), "password_spraying")
	if events < 1 || events > 7 || strings.Contains(w.said.String(), "somebody-") {
		t.Errorf("it was said %d times: %s", events, w.said)
	}
}

// withoutHashes is what a wrong password comes to but for the comparison itself, whose hash would take most of a test's time.
func (w *world) withoutHashes() {
	h := &handler{store: w.Store, keys: w.keys, captcha: oneWord{}, log: slog.New(slog.DiscardHandler)}
	api := httpapi.New(httpapi.Config{PublicURL: "https://central.example.com", Now: w.now, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler)})
	api.Public("POST /v1/login", httpapi.JSON(http.StatusOK, func(ctx context.Context, c *httpapi.Call, in loginRequest) (httpapi.None, error) {
		address, _, err := parse(&in)
		if err != nil {
			return httpapi.None{}, err
		}
		tried, err := h.admit(ctx, c, address, in.Captcha)
		if err != nil {
			return httpapi.None{}, err
		}
		return httpapi.None{}, errors.Join(errCredentials, h.failed(ctx, c, address, tried))
	}))
	w.api = api
}

// Each captcha costs who solves it half a second of a core, and however many are solved, the network's own limit holds.
func TestANetworkThatSolvesEveryCaptchaPaysForEachGuessAndMeetsItsLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pause            time.Duration // between two of 400 tries, each at another address
		compared, solved int
	}{
		"400 in an hour":      {9 * time.Second, 400, 380},
		"400 within a minute": {150 * time.Millisecond, 300, 280},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.withoutHashes()
			codes, solved := map[string]int{}, 0
			for i := range 400 {
				one := try{email: fmt.Sprintf("somebody-%d@example.com", i), password: wrong, from: "203.0.113.7"}
				_, code, _ := w.logIn(one)
				if code == "captcha_required" {
					one.captcha = yes
					if _, code, _ = w.logIn(one); code == "credentials_wrong" {
						solved++
					}
				}
				codes[code]++
				w.passes(c.pause)
			}
			if codes["credentials_wrong"] != c.compared || codes["too_many_requests"] != 400-c.compared || solved != c.solved {
				t.Errorf("%v, for %d captchas", codes, solved)
			}
		})
	}
}

func TestACaptchaLetsTheHonestInFromANetworkThatSprays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.member()
	for i := range 20 {
		w.logIn(try{email: fmt.Sprintf("somebody-%d@example.com", i), password: wrong, from: "203.0.113.7"})
	}
	for _, row := range []struct {
		what string
		try  try
		want string
	}{
		{"a member without it", try{email: member, password: right, from: "203.0.113.7"}, "422 captcha_required"},
		{"with a wrong answer", try{email: member, password: right, from: "203.0.113.7", captcha: "no"}, "422 captcha_invalid"},
		{"with it", try{email: member, password: right, from: "203.0.113.7", captcha: yes}, "200 "},
		{"from elsewhere", try{email: member, password: right, from: "198.51.100.4"}, "200 "},
		{"from the next network of sixteen numbers", try{email: member, password: right, from: "[2001:db8::1]"}, "200 "},
	} {
		if status, code, _ := w.logIn(row.try); fmt.Sprint(status, " ", code) != row.want {
			t.Errorf("%s: %d %s, want %s", row.what, status, code, row.want)
		}
	}
	_, _, device := w.logIn(try{email: member, password: right, from: "198.51.100.4"})
	if status, code, _ := w.logIn(try{email: member, password: right, from: "203.0.113.7", device: device}); status != http.StatusOK {
		t.Errorf("on a known device: %d %s", status, code)
	}
}

func TestAnOfficeThatBeginsToWorkIsNoAttack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var office []string
	for range 50 {
		office = append(office, w.member())
	}
	var all sync.WaitGroup
	for _, email := range office {
		all.Go(func() {
			if status, code, _ := w.logIn(try{email: email, password: right, from: "203.0.113.7"}); status != http.StatusOK {
				t.Errorf("%s: %d %s", email, status, code)
			}
		})
	}
	all.Wait()
	if w.said.Len() > 0 {
		t.Error(w.said)
	}
}

func TestABurstIsAskedForACaptchaBeforeAnyOfItHasFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	codes := map[string]int{}
	var all sync.WaitGroup
	for i := range 120 {
		all.Go(func() {
			_, code, _ := w.logIn(try{email: fmt.Sprintf("somebody-%d@example.com", i), password: wrong, from: "203.0.113.7"})
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	all.Wait()
	if codes["credentials_wrong"] > 60 || codes["captcha_required"] < 60 || codes["captcha_required"]+codes["credentials_wrong"] != 120 {
		t.Error(codes)
	}
}

func TestWhoFailsAgainAndAgainWaitsLongerAndLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.member()
	guess := try{email: member, password: wrong, from: "203.0.113.7"}
	var waits []time.Duration
	for range 9 {
		if status, code, _ := w.logIn(guess); status != http.StatusUnauthorized {
			t.Fatalf("%d %s", status, code)
		}
		waited := time.Duration(0)
		for waited < 20*time.Second {
			status, code, _ := w.logIn(try{email: member, password: right, from: guess.from})
			if status == http.StatusOK {
				break
			}
			if code != "too_many_requests" {
				t.Fatalf("%d %s", status, code)
			}
			w.passes(time.Second)
			waited += time.Second
		}
		waits = append(waits, waited)
	}
	if want := "[0s 0s 0s 0s 0s 2s 4s 8s 16s]"; fmt.Sprint(waits) != want {
		t.Errorf("the waits are %v, want %s", waits, want)
	}
	if status, code, _ := w.logIn(try{email: member, password: right, from: "198.51.100.4"}); status != http.StatusOK {
		t.Errorf("from elsewhere: %d %s", status, code)
	}
}

func TestStrangersNeverKeepTheOwnerOutOfTheUsualDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.member()
	_, _, device := w.logIn(try{email: member, password: right, from: "203.0.113.7"})
	for i := range 1000 {
		from := fmt.Sprintf("198.51.%d.4", i%100)
		if i%2 == 0 {
			from = "203.0.113.7" // that of the owner
		}
		w.logIn(try{email: member, password: wrong, from: from, captcha: yes})
		if i%250 == 249 {
			if status, code, _ := w.logIn(try{email: member, password: right, from: "203.0.113.7", device: device}); status != http.StatusOK {
				t.Errorf("after %d wrong log-ins of strangers: %d %s", i+1, status, code)
			}
		}
	}
	_, _, other := w.logIn(try{email: w.member(), password: right, from: "192.0.2.9"})
	if status, code, _ := w.logIn(try{email: member, password: right, from: "192.0.2.9", device: other}); code != "too_many_requests" {
		t.Errorf("with a device of another account: %d %s", status, code)
	}
}

func TestKnownAndUnknownAddressesMeetTheSameLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	addresses := map[string]string{"known": w.member(), "unknown": "nobody@example.com"}
	answers := map[string][]string{}
	for range 12 {
		for which, email := range addresses {
			_, code, _ := w.logIn(try{email: email, password: wrong, from: "203.0.113.7"})
			answers[which] = append(answers[which], code)
		}
		w.passes(3 * time.Second)
	}
	if fmt.Sprint(answers["known"]) != fmt.Sprint(answers["unknown"]) {
		t.Errorf("known %v, unknown %v", answers["known"], answers["unknown"])
	}
}

// withoutSignups cannot read the sign-ups that are open, which comes after a password was compared.
type withoutSignups struct{ accounts }

func (withoutSignups) OpenSignups(context.Context, string, time.Time) ([]account.Signup, error) {
	return nil, fault.Down(errors.New("no answer"))
}

func TestAGuessThatWasComparedCountsWhateverFailsAfterIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.member()
	h := &handler{store: withoutSignups{w.Store}, keys: w.keys, captcha: oneWord{}, log: slog.New(slog.DiscardHandler), outbox: &w.sent}
	w.api = contract.Check(t, h.routes(httpapi.Config{PublicURL: "https://central.example.com", Now: w.now, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler)}))
	for guesses := range limit.CaptchaAfter + 5 {
		switch status, code, _ := w.logIn(try{email: member, password: wrong, from: "203.0.113.7"}); {
		case code == "captcha_required" && guesses >= limit.CaptchaAfter:
			return
		case status != http.StatusServiceUnavailable:
			t.Fatalf("guess %d: %d %s", guesses, status, code)
		}
	}
	t.Error("guesses were compared, and none of them counted: no captcha is asked for")
}
