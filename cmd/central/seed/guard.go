package seed

import (
	"context"
	"errors"
	"time"

	"github.com/pquerna/otp/hotp"
)

// guard gives the account an app that makes codes, as reviewers need one, and returns what the app knows and one recovery code.
func (p *person) guard(ctx context.Context, now time.Time) (app, recovery string, err error) {
	var begun struct{ Enrolment, Secret string }
	if err := p.call(ctx, "POST", "/v1/factors/totp", nil, &begun); err != nil {
		return "", "", err
	}
	code, err := hotp.GenerateCode(begun.Secret, uint64(now.Unix()/30))
	if err != nil {
		return "", "", err
	}
	var done struct{ RecoveryCodes []string }
	if err := p.call(ctx, "POST", "/v1/factors/totp/confirm", object{"enrolment": begun.Enrolment, "code": code}, &done); err != nil {
		return "", "", err
	}
	if len(done.RecoveryCodes) == 0 {
		return "", "", errors.New("no recovery codes came")
	}
	return begun.Secret, done.RecoveryCodes[0], nil
}
