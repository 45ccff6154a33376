package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

func TestProofOfWork(t *testing.T) {
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789012345678901234567890123456789"}`))
	if err != nil {
		t.Fatal(err)
	}
	spent := map[string]time.Time{}
	own := ProofOfWork{
		Issuer: captcha.Issuer{Keys: keys, Work: captchatest.Cheap},
		Spend: func(_ context.Context, signature string, until time.Time) error {
			if _, again := spent[signature]; again {
				return account.ErrCaptchaSpent
			}
			spent[signature] = until
			return nil
		},
	}
	issued, err := own.Challenge(now)
	if err != nil {
		t.Fatal(err)
	}
	wire, err := json.Marshal(issued)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Provider string
		captcha.Challenge
	}
	if err := json.Unmarshal(wire, &got); err != nil || got.Provider != "altcha" || got.Signature == "" {
		t.Fatalf("%s: %v", wire, err)
	}
	solution := captchatest.Solve(got.Challenge)
	if err := own.Verify(t.Context(), "", "192.0.2.7", now); !errors.Is(err, errCaptchaRequired) {
		t.Errorf("no solution: %v", err)
	}
	if err := own.Verify(t.Context(), "rubbish", "192.0.2.7", now); err == nil || len(spent) != 0 {
		t.Errorf("rubbish: %v, spent %v", err, spent)
	}
	if err := own.Verify(t.Context(), solution, "192.0.2.7", now); err != nil {
		t.Errorf("a solution: %v", err)
	}
	if err := own.Verify(t.Context(), solution, "192.0.2.7", now); !errors.Is(err, account.ErrCaptchaSpent) {
		t.Errorf("the same solution again: %v", err)
	}
	for _, until := range spent {
		if until.Before(now.Add(captcha.Life).Truncate(time.Second)) {
			t.Errorf("spent until %v, but good for %v", until, captcha.Life)
		}
	}
	own.Spend = func(context.Context, string, time.Time) error { return errors.New("down") }
	if err := own.Verify(t.Context(), solution, "", now); err == nil {
		t.Error("a store that is down lets a solution pass")
	}
}

func TestThirdParty(t *testing.T) {
	no := errors.New("no")
	asked := 0
	c := ThirdParty{Provider: "turnstile", SiteKey: "key", Check: func(_ context.Context, response, ip string) error {
		asked++
		if response != "token" || ip != "192.0.2.7" {
			return no
		}
		return nil
	}}
	if issued, err := c.Challenge(now); err != nil || text(t, issued) != `{"provider":"turnstile","siteKey":"key"}` {
		t.Errorf("%s %v", text(t, issued), err)
	}
	if err := c.Verify(t.Context(), "", "192.0.2.7", now); !errors.Is(err, errCaptchaRequired) || asked != 0 {
		t.Errorf("no token: %v, asked %d", err, asked)
	}
	if err := c.Verify(t.Context(), "token", "192.0.2.7", now); err != nil {
		t.Error(err)
	}
	if err := c.Verify(t.Context(), "other", "192.0.2.7", now); err != no {
		t.Errorf("refused: %v", err)
	}
}

func TestNoCaptcha(t *testing.T) {
	if issued, err := (NoCaptcha{}).Challenge(now); err != nil || text(t, issued) != `{"provider":"off"}` {
		t.Errorf("%s %v", text(t, issued), err)
	}
	if err := (NoCaptcha{}).Verify(t.Context(), "", "", now); err != nil {
		t.Error(err)
	}
}

// The contract has a kind for each provider, and the answer must be of exactly one.
func TestEveryCaptchaIsOfAKindThatTheContractHas(t *testing.T) {
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789012345678901234567890123456789"}`))
	if err != nil {
		t.Fatal(err)
	}
	own := ProofOfWork{Issuer: captcha.Issuer{Keys: keys, Work: captchatest.Cheap}}
	for _, provider := range []string{"altcha", "turnstile", "hcaptcha", "recaptcha", "off"} {
		c := ChooseCaptcha(provider, "key", own, nil)
		s := newSite(fine)
		s.Public("GET /v1/captcha", JSON(http.StatusOK, func(_ context.Context, call *Call, _ None) (any, error) { return c.Challenge(call.Now) }))
		w := httptest.NewRecorder()
		contract.Check(t, s).ServeHTTP(w, request("GET", "/v1/captcha", ""))
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"provider":"`+provider+`"`) {
			t.Errorf("%s: %d %s", provider, w.Code, w.Body)
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestLimitsAndCaptchaLetInWhomBothLetIn(t *testing.T) {
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789012345678901234567890123456789"}`))
	if err != nil {
		t.Fatal(err)
	}
	issuer := captcha.Issuer{Keys: keys, Work: captchatest.Cheap}
	challenge, err := issuer.New(now)
	if err != nil {
		t.Fatal(err)
	}
	solution := captchatest.Solve(challenge)
	tooMany := limit.CodeGap.By("x").Exceeded(now, now.Add(time.Second))
	for name, c := range map[string]struct {
		response      string
		limited       error
		want          error
		spent, asked  int // of our own, and of a provider
		wantsProvider error
	}{
		"a solution within the limits":                    {solution, nil, nil, 1, 1, nil},
		"a solution beyond them is refused for the limit": {solution, tooMany, tooMany, 1, 0, tooMany},
		"none beyond them is refused for the limit":       {"", tooMany, tooMany, 0, 0, tooMany},
		"none within the limits":                          {"", nil, errCaptchaRequired, 0, 0, errCaptchaRequired},
		"limits that nobody can count":                    {solution, fault.Down(errors.New("x")), fault.Down(nil), 1, 0, fault.Down(nil)},
	} {
		t.Run(name, func(t *testing.T) {
			counting := make(chan bool, 2)
			count := func() error { counting <- true; return c.limited }
			spent, asked := 0, 0
			own := ProofOfWork{Issuer: issuer, Spend: func(context.Context, string, time.Time) error {
				counting <- <-counting // waits for the limits to be counted: they are, beside it
				spent++
				return nil
			}}
			theirs := ThirdParty{Check: func(context.Context, string, string) error { asked++; return nil }}
			if err := own.Admit(t.Context(), c.response, "192.0.2.7", now, count); !errors.Is(err, c.want) || spent != c.spent {
				t.Errorf("our own: %v, spent %d", err, spent)
			}
			if err := theirs.Admit(t.Context(), c.response, "192.0.2.7", now, count); !errors.Is(err, c.wantsProvider) || asked != c.asked {
				t.Errorf("a provider: %v, asked %d", err, asked)
			}
			if err := (NoCaptcha{}).Admit(t.Context(), c.response, "", now, func() error { return c.limited }); !errors.Is(err, c.limited) {
				t.Errorf("none: %v", err)
			}
		})
	}
}
