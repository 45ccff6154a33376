// Package outbox delivers what must be sent. A message is written in the same transaction as the data it belongs to. The
// function that wrote it delivers it at once if it can; what did not go out is delivered by functions/notify. Each message goes out at
// least once, and a second copy carries the same link or code.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// Store is where messages wait.
type Store interface {
	ClaimMessages(ctx context.Context, now time.Time, shard int, lease time.Duration, most int) ([]message.Message, error)
	MessageDelivered(ctx context.Context, m message.Message) error
	MessageFailed(ctx context.Context, m message.Message, next time.Time) error
	MessageDead(ctx context.Context, m message.Message, reason string, now time.Time) error
}

// Mailer sends a mail, Texter an SMS, Caller makes a call. An error that wraps message.ErrRefused is final.
type (
	Mailer interface {
		Send(context.Context, message.Mail) error
	}
	Texter interface {
		Send(context.Context, message.Code) error
	}
	Caller interface {
		Call(context.Context, message.Code) error
	}
)

// Outbox delivers messages. Carriers that a function has no use for may be nil.
type Outbox struct {
	Store     Store
	Keys      token.Keyring
	PublicURL string // origin of the links
	Mail      Mailer
	SMS       Texter
	Voice     Caller
	Log       *slog.Logger
}

// inlineDeadline is what a request waits for its own message. It is less than the lease of a fresh message, so that nobody
// else sends it meanwhile.
const inlineDeadline = 1500 * time.Millisecond

// Now tries to deliver a message that was just committed. It never fails: what does not go out now goes out later.
func (o *Outbox) Now(ctx context.Context, m message.Message) {
	ctx, cancel := context.WithTimeout(ctx, inlineDeadline)
	defer cancel()
	err := o.send(ctx, m)
	if err == nil {
		err = o.Store.MessageDelivered(ctx, m)
	}
	if err != nil {
		o.Log.WarnContext(ctx, "message left for later", "kind", m.Kind, "id", m.ID, "error", err)
	}
}

// link is where each kind of mail leads. The token is behind '#': browsers do not send it to any server.
func (o *Outbox) link(m message.Message) (link token.Secret, life time.Duration) {
	switch m.Kind {
	case message.VerifyEmail:
		return o.signed("/verify#", token.VerifyEmail, m), account.SignupLife
	case message.ResetPassword:
		return o.signed("/reset-password#", token.ResetPassword, m), account.ResetLife
	case message.Decoy:
		return token.NewSecret(o.PublicURL + "/reset-password"), account.ResetLife
	}
	return token.NewSecret(o.PublicURL + "/login"), 0
}

func (o *Outbox) signed(path string, p token.Purpose, m message.Message) token.Secret {
	return token.NewSecret(o.PublicURL + path + o.Keys.Issue(p, m.Refs...).Reveal())
}

// send renders the secret of a message from its references and hands it to the carrier.
func (o *Outbox) send(ctx context.Context, m message.Message) error {
	switch m.Kind {
	case message.PhoneCodeSMS, message.PhoneCodeCall:
		code := message.Code{To: m.To, Locale: m.Locale, Digits: o.Keys.Code(token.PhoneCode, m.Refs...), Life: account.ChallengeLife}
		if m.Kind == message.PhoneCodeSMS && o.SMS != nil {
			return o.SMS.Send(ctx, code)
		}
		if m.Kind == message.PhoneCodeCall && o.Voice != nil {
			return o.Voice.Call(ctx, code)
		}
	default:
		if o.Mail != nil {
			link, life := o.link(m)
			return o.Mail.Send(ctx, message.Mail{Kind: m.Kind, To: m.To, Locale: m.Locale, Link: link, Life: life})
		}
	}
	return fmt.Errorf("outbox: no carrier for %q: %w", m.Kind, message.ErrRefused)
}

// outcome is what became of one message in a sweep.
type outcome int

const (
	sent outcome = iota
	failed
	dead
)

// settle delivers one claimed message and writes down what became of it.
func (o *Outbox) settle(ctx context.Context, now time.Time, m message.Message) (outcome, error) {
	if !now.Before(m.NotAfter) {
		return dead, o.Store.MessageDead(ctx, m, "of no use any more", now)
	}
	err := o.send(ctx, m)
	switch {
	case err == nil:
		return sent, o.Store.MessageDelivered(ctx, m)
	case errors.Is(err, message.ErrRefused):
		o.Log.ErrorContext(ctx, "message refused", "kind", m.Kind, "id", m.ID, "error", err)
		return dead, o.Store.MessageDead(ctx, m, "refused by the carrier", now)
	}
	o.Log.WarnContext(ctx, "message not sent", "kind", m.Kind, "id", m.ID, "attempts", m.Attempts, "error", err)
	return failed, o.Store.MessageFailed(ctx, m, now.Add(pause(m.Attempts)))
}

var pauses = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// pause is how long a message rests after its n-th failed attempt.
func pause(attempts int) time.Duration { return pauses[min(max(attempts, 1), len(pauses))-1] }
