package seed

import (
	"context"
	"crypto/rand"
	"time"
)

// Journey takes one new account from sign-up to a case that was handed in, or without a phone number (E.164) as far as log-in, and tells
// done of each step. The account stays, also when the error says which step failed.
func Journey(ctx context.Context, origin, email, phone string, mailbox Mailbox, now time.Time, done func(step string)) error {
	who := newPerson(origin, 0, now)
	who.email, who.phone, who.mailbox, who.password = email, phone, mailbox, "Aa1!"+rand.Text()
	to := plans[0]
	if phone == "" {
		to.stage = Verified
	}
	return who.live(ctx, to, done)
}
