package e2e

import (
	"fmt"
	"testing"
	"time"
)

// Whoever asks for a captcha of a third party asks a provider that may be down: then nobody gets past it, and nothing is done.
func TestACaptchasProviderThatFailsOrHangsIsA503AndChangesNothing(t *testing.T) {
	ownRun(t, "--set", "CaptchaProvider=turnstile", "--set", "CaptchaSiteKey=1x00000000000000000000AA")
	holder := newPerson(t)
	solved := 0
	solve := func() string { solved++; return fmt.Sprintf("solved-%d", solved) }
	signUp := func(p *person, captcha string) reply {
		terms := p.call("GET", "/v1/terms", nil).text("version")
		return p.call("POST", "/v1/signup", m{"email": p.email, "password": goodPassword, "captcha": captcha, "terms": m{"version": terms, "accepted": true}, "locale": "en"})
	}
	if r := holder.call("GET", "/v1/captcha", nil); r.text("provider") != "turnstile" {
		t.Errorf("the page is told %s", r.raw)
	}
	used := solve()
	holder.want(signUp(holder, used), 202)
	holder.verify()
	for _, mode := range []string{"blackhole", "500", "throttle", "reset"} {
		t.Run(mode, func(t *testing.T) {
			p, captchas := newPerson(t), []string{solve(), solve()}
			mails := len(holder.messages(holder.email))
			fault(t, m{"service": "captcha", "mode": mode})
			for what, request := range map[string]func() reply{
				"sign-up": func() reply { return signUp(p, captchas[0]) },
				"forgot": func() reply {
					return holder.call("POST", "/v1/password/forgot", m{"email": holder.email, "captcha": captchas[1]})
				},
			} {
				began := time.Now()
				r := p.want(request(), 503, "temporarily_unavailable")
				if took := time.Since(began); took > 3*time.Second || r.header.Get("Retry-After") == "" {
					t.Errorf("%s: answered after %s, Retry-After %q", what, took, r.header.Get("Retry-After"))
				}
			}
			if left := itemsOf(t, "tokens", func(i item) bool { return i["email"] == p.email || i["to"] == p.email }); len(left) > 0 || len(p.messages(p.email)) > 0 {
				t.Errorf("of a sign-up that nobody checked there is %v", left)
			}
			if now := len(holder.messages(holder.email)); now != mails {
				t.Errorf("%d mails went to the holder", now-mails)
			}
			mend(t, m{"service": "captcha"})
			p.want(signUp(p, captchas[0]), 202) // the solution was not used up, nor was the person's turn
			p.verify()
			forget(t, "")
			holder.want(holder.call("POST", "/v1/password/forgot", m{"email": holder.email, "captcha": captchas[1]}), 202)
		})
	}
	p := newPerson(t)
	p.want(signUp(p, "guessed"), 422, "captcha_invalid")
	p.want(signUp(p, used), 422, "captcha_expired")
	p.want(signUp(p, ""), 422, "captcha_required")
}
