package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
)

// The vectors of RFC 6238 appendix B for SHA-1, cut to six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	secret := base32Key.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := codeAt(secret, at/stepLength); err != nil || got != want {
			t.Errorf("at %d: %s, %v; want %s", at, got, err, want)
		}
	}
}

func TestAnAppIsTakenInByItsFirstCodeAndRecoveryCodesComeWithIt(t *testing.T) {
	t.Parallel()
	p := newWorld(t).person()
	begun := p.does("POST", "/v1/factors/totp", nil, "200")
	p.app = begun.text("secret")
	if !strings.Contains(begun.text("uri"), "secret="+p.app) || !strings.HasPrefix(begun.text("uri"), "otpauth://totp/Central:") {
		t.Error(begun.text("uri"))
	}
	if r := p.does("GET", "/v1/factors", nil, "200"); r.body["totpAddedAt"] != nil {
		t.Error("it is there before it was confirmed")
	}
	confirm := func(code, says string) reply {
		t.Helper()
		return p.does("POST", "/v1/factors/totp/confirm", m{"enrolment": begun.text("enrolment"), "code": code}, says)
	}
	confirm("12345", "422 code_invalid")
	confirm("000000", "422 code_wrong")
	done := confirm(" "+p.shows(0)[:3]+"-"+p.shows(0)[3:], "200")
	codes := done.body["recoveryCodes"].([]any)
	if len(codes) != 10 || done.body["recoveryCodesLeft"] != 10.0 || done.body["totpAddedAt"] == nil {
		t.Errorf("%v", done.body)
	}
	if again := p.does("GET", "/v1/factors", nil, "200"); again.body["recoveryCodes"] != nil {
		t.Error("the codes are shown twice")
	}
	p.does("POST", "/v1/factors/totp", nil, "409 totp_present")
	p.does("POST", "/v1/step-up", m{"code": p.shows(0)}, "422 code_used")
	if !slices.Equal(p.told, []message.Kind{message.FactorAdded}) {
		t.Error(p.told)
	}
	set, err := p.Factors(t.Context(), p.id)
	must(t, err)
	if kept := fmt.Sprintf("%+v", set); strings.Contains(kept, p.app) || strings.Contains(kept, codes[0].(string)) {
		t.Error("the table holds what opens the account: " + kept)
	}
}

func TestAnEnrolmentIsOfOneAccountAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.person(), w.person()
	begun := p.does("POST", "/v1/factors/totp", nil, "200")
	p.app, other.app = begun.text("secret"), begun.text("secret")
	body := func() m { return m{"enrolment": begun.text("enrolment"), "code": p.shows(0)} }
	other.does("POST", "/v1/factors/totp/confirm", body(), "410 enrolment_expired")
	p.does("POST", "/v1/factors/totp/confirm", m{"enrolment": begun.text("enrolment") + "A", "code": p.shows(0)}, "410 enrolment_expired")
	w.passes(enrolmentLife)
	p.does("POST", "/v1/factors/totp/confirm", body(), "410 enrolment_expired")
	w.passes(account.StepUpLife)
	p.does("POST", "/v1/factors/totp/confirm", body(), "403 step_up_required")
	p.does("POST", "/v1/factors/totp", nil, "403 step_up_required")
}

func TestACodeIsUsedUpOnceAndTheStepBeforeWithIt(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	p.passes(5 * stepLength * time.Second)
	p.does("POST", "/v1/step-up", m{"code": p.shows(-2)}, "422 code_wrong")
	p.does("POST", "/v1/step-up", m{"code": p.shows(2)}, "422 code_wrong")
	p.does("POST", "/v1/step-up", m{"code": p.shows(1)}, "204")
	for steps := range int64(3) {
		p.does("POST", "/v1/step-up", m{"code": p.shows(steps - 1)}, "422 code_used")
	}
	p.passes(30 * time.Minute)
	said := atOnce(50, func(int) reply { return p.call(p.session, "POST", "/v1/step-up", m{"code": p.shows(0)}) })
	if said["204"] != 1 {
		t.Errorf("of 50 at once: %v", said)
	}
}

func TestOf200GuessesAtOnceFiveAreCompared(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	waits := p.pending()
	guess := func(i int) string {
		code := fmt.Sprintf("%06d", i)
		for steps := range int64(3) {
			if p.shows(steps-1) == code {
				return "999999"
			}
		}
		return code
	}
	said := atOnce(200, func(i int) reply {
		if i%2 == 0 {
			return p.call("", "POST", "/v1/login/factor", m{"pending": waits, "code": guess(i), "transport": "bearer"})
		}
		return p.call(p.session, "POST", "/v1/step-up", m{"code": guess(i)})
	})
	compared, unanswered := said["422 code_wrong"], said["503 temporarily_unavailable"] // a busy machine may leave some unanswered
	if compared > 5 || compared+unanswered < 5 || compared+unanswered+said["429 too_many_requests"] != 200 {
		t.Errorf("%v", said)
	}
	p.does("POST", "/v1/step-up", m{"code": p.shows(0)}, "429 too_many_requests")
	p.passes(time.Hour)
	p.does("POST", "/v1/step-up", m{"code": p.shows(0)}, "204")
}

func TestARecoveryCodeWorksOnceAndIsTold(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	said := atOnce(50, func(int) reply {
		return p.call(p.session, "POST", "/v1/step-up", m{"recoveryCode": strings.ToLower(p.codes[3])})
	})
	if said["204"] != 1 || p.told[len(p.told)-1] != message.RecoveryUsed {
		t.Errorf("%v, told %v", said, p.told)
	}
	p.passes(time.Hour)
	p.does("POST", "/v1/step-up", m{"recoveryCode": p.codes[3]}, "422 recovery_code_wrong")
	p.does("POST", "/v1/step-up", m{"recoveryCode": p.codes[3] + "A"}, "422 recovery_code_invalid")
	p.does("POST", "/v1/step-up", m{"recoveryCode": p.codes[4]}, "204")
	renewed := p.does("POST", "/v1/factors/recovery-codes", nil, "200")
	if renewed.body["recoveryCodesLeft"] != 10.0 {
		t.Error(renewed.body)
	}
	p.does("POST", "/v1/step-up", m{"recoveryCode": p.codes[5]}, "422 recovery_code_wrong")
	p.does("POST", "/v1/step-up", m{"recoveryCode": renewed.body["recoveryCodes"].([]any)[0]}, "204")
}

func TestARemovedAppEndsEveryOtherSessionAtOnce(t *testing.T) {
	t.Parallel()
	p := newWorld(t).withApp()
	other, waits := p.another(), p.pending()
	p.want(p.call(other, "DELETE", "/v1/factors/totp", nil), "403 step_up_required") // the password is not enough
	p.want(p.call(other, "POST", "/v1/step-up", m{"password": right}), "422 factor_required")
	left := p.does("DELETE", "/v1/factors/totp", nil, "200")
	if left.body["recoveryCodesLeft"] != 0.0 || left.body["totpAddedAt"] != nil {
		t.Error(left.body)
	}
	p.want(p.call(other, "GET", "/v1/factors", nil), "401 unauthenticated")
	p.want(p.call("", "POST", "/v1/login/factor", m{"pending": waits, "code": p.shows(0)}), "401 login_expired")
	p.does("DELETE", "/v1/factors/totp", nil, "409 factor_missing") // a stale tab
	p.does("POST", "/v1/factors/recovery-codes", nil, "409 factor_missing")
	p.does("POST", "/v1/step-up", m{"password": right}, "204")
}

func TestAnAppOutlivesARotationOfTheKeysOnceItWasUsed(t *testing.T) {
	t.Parallel()
	const before, after = "0123456789abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba9876543210"
	w := newWorld(t)
	used, idle := w.withApp(), w.withApp()
	w.with(`{"current":"` + after + `","previous":"` + before + `"}`)
	w.passes(stepLength * time.Second)
	used.does("POST", "/v1/step-up", m{"code": used.shows(0)}, "204")
	w.with(`{"current":"` + after + `"}`)
	w.passes(stepLength * time.Second)
	used.does("POST", "/v1/step-up", m{"code": used.shows(0)}, "204")
	idle.does("POST", "/v1/step-up", m{"code": idle.shows(0)}, "422 code_wrong")
	idle.does("POST", "/v1/step-up", m{"recoveryCode": idle.codes[0]}, "204")
}
