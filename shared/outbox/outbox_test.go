package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/shared/deadline"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/outbox"
	"phonon.in/central/shared/token"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func verify(id string) message.Message {
	return message.Message{
		ID: id, Kind: message.VerifyEmail, To: "asha@example.com", Locale: "hi", Refs: []string{"digest", "signup-" + id},
		CreatedAt: noon, NotAfter: noon.Add(24 * time.Hour),
	}
}

func TestEachKindOfMailLeadsToItsPage(t *testing.T) {
	for _, c := range []struct {
		kind    message.Kind
		refs    []string
		path    string
		purpose token.Purpose
	}{
		{message.VerifyEmail, []string{"digest", "ID"}, "/verify#", token.VerifyEmail},
		{message.ResetPassword, []string{"ACCOUNT", "ID"}, "/reset-password#", token.ResetPassword},
		{message.Decoy, nil, "/reset-password#", token.ResetPassword},
		{message.AlreadyMember, nil, "/login", ""},
		{message.PasswordChanged, nil, "/login", ""},
		{message.PhoneChanged, nil, "/settings/password", ""},
		{message.ConfirmEmail, []string{"ACCOUNT", "ID"}, "/confirm-email#", token.ChangeEmail},
		{message.EmailChanged, []string{"ACCOUNT", "ID"}, "/undo-email#", token.UndoEmail},
		{message.EmailTaken, nil, "/login", ""},
		{message.EmailChangeAsked, nil, "/settings/password", ""},
		{message.EmailRestored, nil, "/login", ""},
		{message.NewDevice, []string{"ACCOUNT", "DIGEST"}, "/not-me#", token.Disown},
		{message.AccountClosing, []string{"2026-12-03T12:30:00Z", ""}, "/login", ""},
		{message.AccountReopened, nil, "/login", ""},
		{message.AccountErased, []string{"2026-12-03T12:30:00Z", "2031-12-04T12:30:00Z"}, "/privacy", ""},
		{message.FactorAdded, nil, "/security", ""},
		{message.FactorRemoved, nil, "/security", ""},
		{message.RecoveryUsed, nil, "/security", ""},
		{message.RecoveryRenewed, nil, "/security", ""},
		{message.FactorReset, []string{"ACCOUNT", "ID"}, "/security/stop#", token.FactorReset},
		{message.KYCSubmitted, []string{"K7M2-9QXD", "2026-12-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCAnswered, []string{"K7M2-9QXD", ""}, "/settings/kyc", ""},
		{message.KYCQuestion, []string{"K7M2-9QXD", "2026-12-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCApproved, []string{"K7M2-9QXD", "2028-12-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCRejected, []string{"K7M2-9QXD", ""}, "/settings/kyc", ""},
		{message.KYCExpiring, []string{"K7M2-9QXD", "2028-12-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCExpired, []string{"K7M2-9QXD", "2026-10-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCLapsed, []string{"K7M2-9QXD", "2026-10-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCSuspended, []string{"K7M2-9QXD", ""}, "/settings/kyc", ""},
		{message.KYCResumed, []string{"K7M2-9QXD", ""}, "/settings/kyc", ""},
		{message.KYCReopened, []string{"K7M2-9QXD", ""}, "/settings/kyc", ""},
		{message.KYCReminder, []string{"K7M2-9QXD", "2026-12-03T12:30:00Z"}, "/settings/kyc", ""},
		{message.KYCDraftEnding, []string{"", "2026-12-03T12:30:00Z"}, "/settings/kyc", ""},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			sent := &carrier{}
			o, _ := newOutbox(t, newStore(), sent)
			m := message.Message{
				ID: "m", Kind: c.kind, To: "asha@example.com", Locale: "hi", Refs: c.refs, CreatedAt: noon, NotAfter: noon.Add(time.Hour),
			}
			if what, err := o.Deliver(t.Context(), noon.Add(10*time.Minute), m); what != outbox.Sent || err != nil {
				t.Fatal(what, err)
			}
			mail := sent.mails[0]
			if mail.Kind != c.kind || mail.To != m.To || mail.Locale != "hi" || mail.Life != 50*time.Minute {
				t.Errorf("%+v", mail)
			}
			reference, date := m.Case()
			if at, until := m.Closing(); !at.IsZero() {
				date = at
				if !mail.Until.Equal(until) {
					t.Errorf("kept until %s", mail.Until)
				}
			}
			if mail.Reference != reference || !mail.Date.Equal(date) || c.kind.OfCase() && reference == "" && date.IsZero() {
				t.Errorf("about %q, %s", mail.Reference, mail.Date)
			}
			tok, ok := strings.CutPrefix(mail.Link.Reveal(), origin+c.path)
			if !ok {
				t.Fatalf("leads to %s", mail.Link.Reveal())
			}
			if c.purpose == "" {
				if tok != "" {
					t.Errorf("carries %q", tok)
				}
				return
			}
			parts, err := keys(t).Open(c.purpose, tok, len(c.refs))
			if err != nil || strings.Join(parts, " ") != strings.Join(c.refs, " ") {
				t.Errorf("%v %v", parts, err)
			}
			for _, other := range []token.Purpose{token.VerifyEmail, token.ResetPassword, token.SignupBrowser} {
				if _, err := keys(t).Open(other, tok, len(c.refs)); err == nil && other != c.purpose {
					t.Errorf("is also a token for %s", other)
				}
			}
		})
	}
}

func TestADecoyOpensNothing(t *testing.T) {
	sent := &carrier{}
	o, _ := newOutbox(t, newStore(), sent)
	o.Now(t.Context(), message.Message{Kind: message.Decoy, To: "unknown@example.com", CreatedAt: noon, NotAfter: noon.Add(time.Hour)})
	_, tok, _ := strings.Cut(sent.mails[0].Link.Reveal(), "#")
	if parts, err := keys(t).Open(token.ResetPassword, tok, 2); err == nil {
		t.Errorf("opens %v", parts)
	}
}

func TestCodesAreDerivedAndNotStored(t *testing.T) {
	sent := &carrier{}
	o, _ := newOutbox(t, newStore(), sent)
	m := message.Message{
		ID: "m", Kind: message.PhoneCodeSMS, To: "+919876543210", Locale: "hi", Refs: []string{"CHALLENGE", "+919876543210"},
		CreatedAt: noon, NotAfter: noon.Add(10 * time.Minute),
	}
	o.Now(t.Context(), m)
	m.Kind = message.PhoneCodeCall
	if _, err := o.Deliver(t.Context(), noon.Add(4*time.Minute), m); err != nil {
		t.Fatal(err)
	}
	if len(sent.codes) != 1 || len(sent.called) != 1 || len(sent.mails) != 0 {
		t.Fatalf("%d SMS, %d calls, %d mails", len(sent.codes), len(sent.called), len(sent.mails))
	}
	for _, c := range []message.ToPhone{sent.codes[0], sent.called[0]} {
		if !keys(t).CodeMatches(token.PhoneCode, c.Digits.Reveal(), "CHALLENGE", "+919876543210") || c.To != m.To || c.Locale != "hi" {
			t.Errorf("%+v", c)
		}
	}
	if sent.codes[0].Life != 10*time.Minute || sent.called[0].Life != 6*time.Minute {
		t.Errorf("live for %s and %s", sent.codes[0].Life, sent.called[0].Life)
	}
}

func TestDeliveringAtOnceNeverFailsARequest(t *testing.T) {
	for name, c := range map[string]struct {
		carrier  *carrier
		failMark error
		kind     message.Kind
		sent     int
		left     bool
		longest  time.Duration
	}{
		"a mail that goes out is forgotten":               {carrier: &carrier{}, sent: 1},
		"a mail that is refused is left":                  {carrier: &carrier{err: message.ErrRefused}, left: true},
		"a mail that fails is left":                       {carrier: &carrier{err: errors.New("SES says Throttling")}, left: true},
		"a carrier that hangs is not waited for":          {carrier: &carrier{hang: time.Hour}, left: true, longest: 1500 * time.Millisecond},
		"a mail that cannot be forgotten is left":         {carrier: &carrier{}, failMark: errStore, sent: 1, left: true},
		"a message without a carrier is left for another": {carrier: &carrier{}, kind: "news", left: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := verify("A")
				if c.kind != "" {
					m.Kind = c.kind
				}
				s := newStore(m)
				s.failMark = c.failMark
				o, log := newOutbox(t, s, c.carrier)
				began := time.Now()
				o.Now(t.Context(), m)
				if took := time.Since(began); took > c.longest {
					t.Errorf("took %s", took)
				}
				if _, left := s.waiting["A"]; left != c.left || len(c.carrier.mails) != c.sent || len(s.dead) != 0 {
					t.Errorf("left %v, sent %d, dead %v", left, len(c.carrier.mails), s.dead)
				}
				if logged := log.Len() > 0; logged != c.left {
					t.Errorf("log: %s", log)
				}
				quiet(t, log.String())
			})
		})
	}
}

// quiet fails when the log says who was written to, or a secret.
func quiet(t *testing.T, log string) {
	t.Helper()
	for _, bad := range []string{"asha", "@", "9876", "#", "digest", "signup-"} {
		if strings.Contains(log, bad) {
			t.Errorf("the log has %q: %s", bad, log)
		}
	}
}

func TestAMailGetsWhatIsLeftOfTheRequestAndGoesOutLaterWhereThatIsTooLittle(t *testing.T) {
	for name, c := range map[string]struct {
		gone, hang, took time.Duration
		sent             bool
	}{
		"there is time":                {time.Second, 500 * time.Millisecond, 500 * time.Millisecond, true},
		"the time ends on the way":     {1900 * time.Millisecond, time.Hour, 500 * time.Millisecond, false},
		"there is too little to begin": {2200 * time.Millisecond, 0, 0, false},
		"there is none":                {time.Hour, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := verify("A")
				s, sent := newStore(m), &carrier{hang: c.hang}
				o, _ := newOutbox(t, s, sent)
				ctx, cancel := deadline.Within(t.Context())
				defer cancel()
				time.Sleep(c.gone)
				began := time.Now()
				o.Now(ctx, m)
				if took := time.Since(began); took != c.took {
					t.Errorf("it took %s", took)
				}
				if (len(sent.mails) == 1) != c.sent || (len(s.waiting) == 0) != c.sent {
					t.Errorf("%d mails went out, %d wait", len(sent.mails), len(s.waiting))
				}
			})
		})
	}
}

func TestWhatWentOutIsForgottenEvenIfTheRequestHasEnded(t *testing.T) {
	s := newStore(verify("A"))
	ctx, cancel := context.WithCancel(t.Context())
	c := &carrier{}
	o, _ := newOutbox(t, s, c)
	o.Mail = hangUp{c, cancel}
	o.Now(ctx, verify("A"))
	if len(s.waiting) != 0 || len(c.mails) != 1 {
		t.Errorf("%d waiting, %d sent", len(s.waiting), len(c.mails))
	}
}

// hangUp ends the request as soon as the mail is out.
type hangUp struct {
	*carrier
	cancel context.CancelFunc
}

func (h hangUp) Send(ctx context.Context, m message.Mail) error {
	defer h.cancel()
	return h.carrier.Send(ctx, m)
}

func TestAFunctionWithoutACarrierLeavesTheMessageToNotify(t *testing.T) {
	m := verify("A")
	s := newStore(m)
	o := &outbox.Outbox{Store: s, Keys: keys(t), PublicURL: origin, Log: discard}
	o.Now(t.Context(), m)
	if len(s.waiting) != 1 || len(s.dead) != 0 {
		t.Errorf("%v %v", s.waiting, s.dead)
	}
}

func TestAFailedMessageRestsLongerEachTime(t *testing.T) {
	want := []time.Duration{55, 120, 300, 900, 1800, 3600, 3600, 3600}
	for i, seconds := range want {
		m := verify("A")
		m.Attempts = i + 1
		s := newStore(m)
		o, log := newOutbox(t, s, &carrier{err: errors.New("SES says Throttling")})
		if what, err := o.Deliver(t.Context(), noon, m); what != outbox.Failed || err != nil {
			t.Fatal(what, err)
		}
		if got := s.waiting["A"].due.Sub(noon); got != seconds*time.Second {
			t.Errorf("after attempt %d it rests %s", i+1, got)
		}
		quiet(t, log.String())
	}
}

func TestAMessageDiesOnceItIsOfNoUse(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		at   time.Duration
		dead bool
	}{
		"at the end of its life":   {nil, 24 * time.Hour, true},
		"after it":                 {nil, 25 * time.Hour, true},
		"not a moment before":      {nil, 24*time.Hour - 1, false},
		"when its carrier refuses": {fmt.Errorf("email: %w", message.ErrRefused), time.Minute, true},
	} {
		m := verify("A")
		s, sent := newStore(m), &carrier{err: c.err}
		o, log := newOutbox(t, s, sent)
		what, err := o.Deliver(t.Context(), noon.Add(c.at), m)
		if err != nil || (what == outbox.Dead) != c.dead {
			t.Errorf("%s: %v %v", name, what, err)
		}
		if reason, dead := s.dead["A"]; dead != c.dead || len(s.waiting) != 0 || c.dead && (reason == "" || len(sent.mails) != 0) {
			t.Errorf("%s: dead %v, reason %q, %d sent", name, dead, reason, len(sent.mails))
		}
		quiet(t, log.String())
	}
}
