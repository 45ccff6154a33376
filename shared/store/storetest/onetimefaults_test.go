package storetest

import (
	"fmt"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// One call in five goes wrong, before its effect or after it; the store's client tries six times, as that of the functions.
const (
	oneInFive = 0.2
	sixTries  = 6
)

// wantExactly fails unless so many of the requests at once were done and all others refused. Of those whose outcome is unknown each may have
// been one of them.
func wantExactly(t *testing.T, most int, errs []error, refusals ...error) {
	t.Helper()
	count := map[answer]int{}
	for _, err := range errs {
		count[answered(err, refusals...)]++
	}
	t.Logf("%d done, %d refused, %d unknown", count[done], count[refused], count[unknown])
	if count[done] > most || count[done]+count[unknown] < most || count[unknown] > len(errs)/10 {
		t.Errorf("%d done of %d, want %d; %d are unknown: %v", count[done], len(errs), most, count[unknown], errs)
	}
}

func TestOneTimeThingsAreUsedExactlySoOftenAlsoWhereCallsFail(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		s := f.Unreliable(t, oneInFive, 6, sixTries)
		t.Run("of 200 guesses at a code five are admitted", func(t *testing.T) {
			c := challengeOf(t, f, member(t, f, "guesses@example.com").ID, newPhone())
			wantExactly(t, account.ChallengeAttempts, atOnce(200, func(int) error {
				_, err := s.Process().CountAttempt(t.Context(), c.AccountID, c.ID, now)
				return err
			}), account.ErrChallengeSpent)
		})
		t.Run("of 50 uses of a link that proves an address one", func(t *testing.T) {
			p := newSignup(t, "fifty@example.com")
			must(t, f.StartSignup(t.Context(), p, mail(message.VerifyEmail, "fifty@example.com")))
			wantExactly(t, 1, atOnce(50, func(int) error { return complete(t, s.Process(), p, now) }), account.ErrAlreadyVerified)
		})
		t.Run("of 50 uses of a link that sets a password one", func(t *testing.T) {
			p := member(t, f, "resets@example.com")
			r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: p.CredentialVersion, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
			must(t, f.StartReset(t.Context(), r, mail(message.ResetPassword, p.Email.String())))
			wantExactly(t, 1, atOnce(50, func(i int) error {
				told := mail(message.PasswordChanged, p.Email.String())
				return s.Process().CompleteReset(t.Context(), r, p, token.NewSecret(fmt.Sprint("hash", i)), told, seen("password_reset"), now)
			}), account.ErrLinkUsed)
			now, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if now.CredentialVersion != p.CredentialVersion+1 {
				t.Errorf("the password was changed %d times", now.CredentialVersion-p.CredentialVersion)
			}
		})
		t.Run("of 50 devices that open a signatory's link one", func(t *testing.T) {
			c, l := linked(t, f, "linked-faults@example.com")
			wantExactly(t, 1, atOnce(50, func(int) error {
				return s.Process().OpenSignatoryLink(t.Context(), c, opened(l, token.NewID()), linkRecord(kyc.RecordSignatoryOpened), seen("signatory_link_opened"))
			}), kyc.ErrSignatoryLinkTaken)
		})
		t.Run("of 50 uses of a captcha one", func(t *testing.T) {
			wantExactly(t, 1, atOnce(50, func(int) error { return s.Process().Spend(t.Context(), "sig-faults", now.Add(time.Minute)) }), account.ErrCaptchaSpent)
		})
		t.Run("of 50 uses of a code that is right one", func(t *testing.T) {
			p := member(t, f, "rightcode@example.com")
			c := challengeOf(t, f, p.ID, newPhone())
			wantExactly(t, 1, atOnce(50, func(int) error {
				return s.Process().VerifyPhone(t.Context(), c, p, seen("phone_verified"), nil, now)
			}), account.ErrChallengeUsed, account.ErrBusy)
		})
		s.Struck(t)
	})
}
