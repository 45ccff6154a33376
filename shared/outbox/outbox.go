// Package outbox delivers what must be sent. A message is written in the same transaction as the data it belongs to. The
// function that wrote it delivers it at once if it can; what did not go out is delivered by functions/notify. Each message goes
// out at least once, and a second copy carries the same link or code.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"phonon.in/central/shared/deadline"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// Store is where messages wait.
type Store interface {
	// ClaimMessages takes up to most due messages of one shard, for the time of lease, and counts an attempt for each.
	ClaimMessages(ctx context.Context, now time.Time, shard int, lease time.Duration, most int) ([]message.Message, error)
	// MessageDelivered removes a message that was sent.
	MessageDelivered(ctx context.Context, m message.Message) error
	// MessageFailed makes a claimed message due again at next, with its attempts and what holds it.
	MessageFailed(ctx context.Context, m message.Message, next time.Time) error
	// MessageDead moves a message that will never be sent to where an operator finds it.
	MessageDead(ctx context.Context, m message.Message, reason string, now time.Time) error
}

// Mailer sends a mail, Texter an SMS, Caller makes a call. An error that wraps message.ErrRefused is final, and one that wraps
// message.ErrHeld the operator's. No error may carry an address, a number, a link or a code: errors are logged, and shown to operators.
type (
	Mailer interface {
		Send(context.Context, message.Mail) error
	}
	Texter interface {
		Send(context.Context, message.ToPhone) error
	}
	Caller interface {
		Call(context.Context, message.ToPhone) error
	}
)

// Publisher tells the products beside this one. Its errors are as those of the others.
type Publisher interface {
	Publish(context.Context, event.Event) error
}

// Teller tells clients of Central, as an OpenID Provider, that sessions are over. Its errors are as those of the others.
type Teller interface {
	Tell(context.Context, message.Message) error
}

// Outbox delivers messages. Carriers that a function has no use for may be nil.
type Outbox struct {
	Store     Store
	Keys      token.Keyring
	PublicURL string // origin of the links
	Mail      Mailer
	SMS       Texter
	Voice     Caller
	Events    Publisher
	Clients   Teller
	Log       *slog.Logger
}

// What a request waits for its own message, as far as its time goes. Together they are less than the lease of a fresh message, so that
// nobody else sends it meanwhile.
const (
	inlineDeadline = 1500 * time.Millisecond
	inlineLeast    = 300 * time.Millisecond // with less left, a carrier would often take a message that we hear no answer to
	markDeadline   = time.Second
)

// Now tries to deliver a message that was just committed. It never fails: what does not go out now goes out later.
func (o *Outbox) Now(ctx context.Context, m message.Message) {
	if !m.Due.IsZero() { // its time is for the sweep to keep
		return
	}
	left := deadline.Left(ctx, inlineDeadline)
	if left < inlineLeast {
		o.Log.WarnContext(ctx, "message left for later", "kind", m.Kind, "error", "the request has no time left")
		return
	}
	short, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	err := o.send(short, m.CreatedAt, m)
	if err == nil {
		err = o.delivered(ctx, m)
	}
	if err != nil {
		o.Log.WarnContext(ctx, "message left for later", "kind", m.Kind, "error", err)
	}
}

// delivered forgets a message that went out. It has its own time and outlives the request: what is not forgotten is sent twice.
func (o *Outbox) delivered(ctx context.Context, m message.Message) error {
	ctx, cancel := deadline.After(ctx, markDeadline)
	defer cancel()
	return o.Store.MessageDelivered(ctx, m)
}

// send renders the secret of a message from its references and hands it to the carrier.
func (o *Outbox) send(ctx context.Context, now time.Time, m message.Message) error {
	life := m.NotAfter.Sub(now)
	switch m.Kind {
	case message.PhoneCodeSMS, message.PhoneChangedSMS:
		if o.SMS != nil {
			return o.SMS.Send(ctx, o.toPhone(m, life))
		}
	case message.PhoneCodeCall, message.PhoneChangedCall:
		if o.Voice != nil {
			return o.Voice.Call(ctx, o.toPhone(m, life))
		}
	case message.SessionsEnded:
		if o.Clients != nil {
			return o.Clients.Tell(ctx, m)
		}
	case message.Event:
		if o.Events != nil {
			return o.publish(ctx, m)
		}
	default:
		if link := o.link(m); o.Mail != nil && !link.IsZero() {
			reference, date := m.Case()
			at, until := m.Closing()
			device, network := m.Device()
			switch {
			case device != "" || network != "":
				date = m.CreatedAt
			case date.IsZero():
				date = at
			}
			return o.Mail.Send(ctx, message.Mail{
				ID: m.ID, Kind: m.Kind, To: m.To, Locale: m.Locale, Link: link, Life: life, Reference: reference, Date: date, Until: until, Device: device, Network: network,
			})
		}
	}
	return fmt.Errorf("outbox: no carrier for %q: %w", m.Kind, message.ErrRefused)
}

func (o *Outbox) publish(ctx context.Context, m message.Message) error {
	e, err := event.Of(m)
	if err != nil {
		return fmt.Errorf("%w: %w", message.ErrRefused, err)
	}
	return o.Events.Publish(ctx, e)
}

func (o *Outbox) toPhone(m message.Message, life time.Duration) message.ToPhone {
	ready := message.ToPhone{ID: m.ID, Kind: m.Kind, To: m.To, Locale: m.Locale, Life: life, NotAfter: m.NotAfter, Events: o.events(m)}
	if m.Kind == message.PhoneCodeSMS || m.Kind == message.PhoneCodeCall {
		ready.Digits = o.Keys.Code(token.PhoneCode, m.Refs...)
	}
	return ready
}

// link is where each kind of mail leads. The token is behind '#': browsers do not send it to any server.
func (o *Outbox) link(m message.Message) token.Secret {
	switch m.Kind {
	case message.VerifyEmail:
		return o.signed("/verify#", token.VerifyEmail, m)
	case message.ResetPassword, message.Decoy: // the decoy has no references: the same work, and a token that opens nothing
		return o.signed("/reset-password#", token.ResetPassword, m)
	case message.ConfirmEmail:
		return o.signed("/confirm-email#", token.ChangeEmail, m)
	case message.NewDevice:
		return token.NewSecret(o.PublicURL + "/not-me#" + o.Keys.Issue(token.Disown, m.Refs[:2]...).Reveal())
	case message.EmailChanged:
		return o.signed("/undo-email#", token.UndoEmail, m)
	case message.AlreadyMember, message.PasswordChanged, message.EmailTaken, message.EmailRestored,
		message.AccountClosing, message.AccountReopened:
		return token.NewSecret(o.PublicURL + "/login")
	case message.AccountErased:
		return token.NewSecret(o.PublicURL + "/privacy")
	case message.FactorAdded, message.FactorRemoved, message.RecoveryUsed, message.RecoveryRenewed:
		return token.NewSecret(o.PublicURL + "/security")
	case message.FactorReset:
		return o.signed("/security/stop#", token.FactorReset, m)
	case message.PhoneChanged, message.EmailChangeAsked:
		return token.NewSecret(o.PublicURL + "/settings/password")
	}
	if m.Kind.OfCase() {
		return token.NewSecret(o.PublicURL + "/settings/kyc")
	}
	return token.Secret{}
}

// events is where the carrier of a call says how it ended. The address names message, account and challenge, and proves itself.
func (o *Outbox) events(m message.Message) token.Secret {
	if m.Kind != message.PhoneCodeCall || m.Account == "" { // a message of before accounts were noted
		return token.Secret{}
	}
	about := o.Keys.Issue(token.CallEvents, m.ID, m.Account, m.Refs[0])
	return token.NewSecret(o.PublicURL + "/v1/calls/" + about.Reveal() + "/events")
}

func (o *Outbox) signed(path string, p token.Purpose, m message.Message) token.Secret {
	return token.NewSecret(o.PublicURL + path + o.Keys.Issue(p, m.Refs...).Reveal())
}

// Outcome is what became of one message.
type Outcome int

const (
	Sent   Outcome = iota + 1
	Failed         // due again later
	Held           // due again with the next sweep: its carrier takes it once the operator has mended something
	Dead           // refused by its carrier, or of no use any more
)

// Deliver sends one claimed message and writes down what became of it. The error is the store's alone: the message is then due
// again when its lease ends.
func (o *Outbox) Deliver(ctx context.Context, now time.Time, m message.Message) (Outcome, error) {
	if !now.Before(m.NotAfter) {
		o.Log.ErrorContext(ctx, "message too old", "kind", m.Kind, "attempts", m.Attempts, "held", m.Held)
		return Dead, o.Store.MessageDead(ctx, m, tooOld(m), now)
	}
	err := o.send(ctx, now, m)
	switch {
	case err == nil:
		return Sent, o.delivered(ctx, m)
	case errors.Is(err, message.ErrRefused):
		o.Log.ErrorContext(ctx, "message refused", "kind", m.Kind, "error", err)
		return Dead, o.Store.MessageDead(ctx, m, err.Error(), now)
	case errors.Is(err, message.ErrHeld):
		o.Log.WarnContext(ctx, "message held", "kind", m.Kind, "attempts", m.Attempts, "error", err)
		m.Held = err.Error()
		return Held, o.Store.MessageFailed(ctx, m, now.Add(heldPause))
	}
	o.Log.WarnContext(ctx, "message not sent", "kind", m.Kind, "attempts", m.Attempts, "error", err)
	if m.Held != "" { // what the operator took does not count against the carrier
		m.Held, m.Attempts = "", 1
	}
	return Failed, o.Store.MessageFailed(ctx, m, now.Add(pause(m.Attempts, err)))
}

func tooOld(m message.Message) string {
	const reason = "of no use any more"
	if m.Held == "" {
		return reason
	}
	return reason + "; " + m.Held
}

// heldPause is less than the time between two sweeps and more than none: each sweep tries a held message once.
const heldPause = 500 * time.Millisecond

// The first pause is less than the time between two sweeps: the next one tries again, also where it begins a little earlier.
var pauses = []time.Duration{55 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// pause is how long a message rests after its n-th failed attempt: as long as its carrier asks for, within an hour, or longer each time.
func pause(attempts int, err error) time.Duration {
	if later, ok := errors.AsType[message.Later](err); ok {
		return min(later.After, pauses[len(pauses)-1])
	}
	return pauses[min(max(attempts, 1), len(pauses))-1]
}
