package e2e

import (
	"regexp"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"phonon.in/central/shared/account"
	outgoing "phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// appCode is the code of an app, some steps of thirty seconds from now.
func (p *person) appCode(secret string, steps int64) string {
	p.t.Helper()
	code, err := hotp.GenerateCode(secret, uint64(time.Now().Unix()/30+steps))
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// addApp gives the account an app that makes codes; the session is proved by it.
func (p *person) addApp() (secret string, recovery []any) {
	p.t.Helper()
	begun := p.want(p.call("POST", "/v1/factors/totp", nil), 200)
	secret = begun.text("secret")
	done := p.want(p.call("POST", "/v1/factors/totp/confirm", m{"enrolment": begun.text("enrolment"), "code": p.appCode(secret, 0)}), 200)
	return secret, done.body["recoveryCodes"].([]any)
}

// pendingLogin is a log-in of somebody with an app whose password was right.
func pendingLogin(t *testing.T) string {
	t.Helper()
	p := member(t)
	p.addApp()
	return p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"}), 403, "second_factor_required").text("pending")
}

// factorReset is the token of the link by which an owner stops an operator who removes the second factor.
func factorReset(t *testing.T) string {
	t.Helper()
	p := member(t)
	p.addApp()
	s, id, now := accountsStore(t), account.ID(p.call("GET", "/v1/account", nil).text("id")), time.Now().UTC()
	profile, err := s.Profile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.Factors(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	reset := token.NewID()
	m := outgoing.Message{
		ID: token.NewID(), Kind: outgoing.FactorReset, To: p.email, Locale: "en", Refs: []string{string(id), reset}, CreatedAt: now.Add(-time.Minute), NotAfter: now.Add(time.Hour),
	}
	deed := store.Deed{Kind: "factor_reset_begun", By: "local run", Reason: "a test", At: now}
	if err := s.BeginFactorReset(t.Context(), profile, set, reset, now.Add(time.Hour), deed, m); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`/security/stop#(\S+)`)
	found := ""
	eventually(t, "the owner is told", func() bool {
		for _, sent := range p.messages(p.email) {
			if match := link.FindStringSubmatch(sent.Text); match != nil {
				found = match[1]
			}
		}
		return found != ""
	})
	return found
}

func TestAnAccountWithAnAppIsOpenedByBothHalves(t *testing.T) {
	t.Parallel()
	p := member(t)
	secret, recovery := p.addApp()
	p.message(p.email, `(second factor) was added`)
	other := newPerson(t)
	other.email = p.email
	waits := other.want(other.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword, "transport": "bearer"}), 403, "second_factor_required").text("pending")
	other.want(other.call("POST", "/v1/login/factor/passkey", m{"pending": waits}), 200)
	other.want(other.call("POST", "/v1/login/factor", m{"pending": waits, "code": "000000"}), 422, "code_wrong")
	opened := other.want(other.call("POST", "/v1/login/factor", m{"pending": waits, "code": other.appCode(secret, 1), "transport": "bearer"}), 200)
	other.bearer = opened.text("session")
	other.want(other.call("POST", "/v1/step-up", m{"recoveryCode": recovery[0]}), 204)
	other.message(p.email, `(recovery codes) of your`)
	other.want(other.call("POST", "/v1/step-up/passkey", nil), 200)
	other.want(other.call("POST", "/v1/factors/passkeys/begin", nil), 200)
	other.want(other.call("POST", "/v1/factors/recovery-codes", nil), 200)
	other.want(other.call("DELETE", "/v1/factors/totp", nil), 200)
	p.want(p.call("GET", "/v1/factors", nil), 401, "unauthenticated")
	browser := newPerson(t)
	browser.want(browser.call("POST", "/v1/login/passkey/begin", nil), 200)
	browser.want(browser.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 200)
}
