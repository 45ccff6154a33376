// Package limit is the one table of every limit on how often something may be done.
//
// A limit lets at most Max uses pass per Window for one "who". It counts in windows that stand still, and adds of the window before the part
// that is less than a Window ago, so that nothing is to be had around the end of a window. With a Max of 1 it is a gap: a window begins with
// each use. Counting is a conditional write that comes before the work, so parallel requests cannot slip past it.
package limit

import (
	"errors"
	"fmt"
	"time"

	"phonon.in/central/shared/fault"
)

// Rule is one row of the table.
type Rule struct {
	Name   string // part of the counter's key: stable
	Max    int    // uses per window
	Window time.Duration
	Detail string // for the person who meets the limit
}

const day = 24 * time.Hour

// The table. IP limits are wide because Indian mobile networks put many people behind one address; the narrow limits
// are on the thing that is attacked or that costs money.
var (
	SignupIP      = Rule{"signup-ip", 120, 10 * time.Minute, "Too many sign-ups from your network."}
	SignupAddress = Rule{"signup-address", 20, time.Hour, "Too many sign-ups for this address. Look into its inbox, also under spam."}
	// Every mail to an address counts, whatever asked for it. Those to choose a new password are let through for longer, so that
	// strangers who sign up for an address cannot keep its holder from getting in again.
	MailGap       = Rule{"mail-gap", 1, time.Minute, "A mail was sent less than a minute ago. Look into your inbox, also under spam."}
	MailHour      = Rule{"mail-hour", 5, time.Hour, "Five mails went to this address within the hour. Look into the inbox, also under spam."}
	MailDay       = Rule{"mail-day", 10, day, "Ten mails went to this address today. Look into the inbox, also under spam, or try tomorrow."}
	ResetMailHour = MailHour.upTo(10)
	ResetMailDay  = MailDay.upTo(20)

	VerifyIP       = Rule{"verify-ip", 300, 10 * time.Minute, "Too many attempts from your network."}
	VerifyPassword = Rule{"verify-password", 10, time.Hour, "Too many wrong passwords for this link."}

	// Of log-ins only those count that have not succeeded.
	LoginIP        = Rule{"login-ip", 300, 10 * time.Minute, "Too many log-ins from your network."}
	LoginSpray     = Rule{"login-spray", 20, 10 * time.Minute, "Too many log-ins from your network."}
	LoginAddressIP = Rule{"login-address-ip", 60, 15 * time.Minute, "Too many wrong passwords. Wait, or reset your password."}
	LoginAddress   = Rule{"login-address", 100, day, "Too many wrong passwords for this address. Reset your password to go on."}
	LoginDevice    = Rule{"login-device", 100, day, "Too many wrong passwords. Reset your password to go on."}
	ForgotIP       = Rule{"forgot-ip", 60, 10 * time.Minute, "Too many requests from your network."}
	ForgotAddress  = Rule{"forgot-address", 5, time.Hour, "Five reset mails were asked for within the hour. Look into the inbox, also under spam."}
	ResetIP        = Rule{"reset-ip", 60, 10 * time.Minute, "Too many attempts from your network."}
	PasswordChange = Rule{"password-change", 10, 15 * time.Minute, "Too many wrong passwords. Wait a few minutes."}

	EmailChange = Rule{"email-change", 5, day, "Another address was asked for five times today. Try again tomorrow."}
	// Of codes and recovery codes those count that were wrong. Who has the password may try few, and never so many that one of them fits by chance.
	FactorCode   = Rule{"factor-code", 5, 15 * time.Minute, "Too many wrong codes. Wait a few minutes."}
	FactorDay    = Rule{"factor-day", 50, day, "Too many wrong codes today."}
	FactorDevice = Rule{"factor-device", 5, 15 * time.Minute, "Too many wrong codes. Wait a few minutes."}
	PasskeyIP    = Rule{"passkey-ip", 300, 10 * time.Minute, "Too many log-ins from your network."}
	FactorWrite  = Rule{"factor-write", 60, time.Hour, "Too many changes within a short time."}

	AuthorizeIP = Rule{"authorize-ip", 600, 10 * time.Minute, "Too many log-ins from your network."}

	// A client's secret cannot be guessed: what is bounded is the noise.
	ClientProof = Rule{"client-proof", 30, time.Minute, "Too many proofs of a client that were wrong."}
	PushClient  = Rule{"push-client", 600, time.Minute, "Too many requests were pushed."}

	CodeIP      = Rule{"code-ip", 120, time.Hour, "Too many codes were asked for from your network."}
	CodeGap     = Rule{"code-gap", 1, 30 * time.Second, "A code was sent to this number a moment ago. Wait for it before you ask for another."}
	CodePhone   = Rule{"code-phone", 5, day, "Five codes went to this number today. Try another number, or tomorrow."}
	CodeAccount = Rule{"code-account", 10, day, "Ten codes were sent for this account today. Try again tomorrow."}
	// Codes to one block of numbers cost whoever pays for them, and a fraud sends many and types none: those count that have not been verified.
	CodePrefix   = Rule{"code-prefix", 30, time.Hour, "Too many codes for numbers like this one. Try again in an hour."}
	CodePrefixIP = Rule{"code-prefix-ip", 6, time.Hour, "Too many codes for numbers like this one. Try again in an hour."}
	CallPhone    = Rule{"call-phone", 3, day, "Three calls went to this number today. Try another number, or tomorrow."}
	CodeTryIP    = Rule{"code-try-ip", 600, 10 * time.Minute, "Too many attempts from your network."}
	CallEventIP  = Rule{"call-event-ip", 600, 10 * time.Minute, "Too many events from your network."}

	UploadAccount = Rule{"upload-account", 100, day, "A hundred uploads were started today. Try again tomorrow."}
	SubmitAccount = Rule{"submit-account", 30, time.Hour, "Too many attempts to submit. Try again in an hour."}
	WriteAccount  = Rule{"write-account", 300, 10 * time.Minute, "Too many changes within a short time."}
	ExportAccount = Rule{"export-account", 10, day, "Ten exports were made today. Try again tomorrow."}
	PaperAccount  = Rule{"paper-account", 60, 10 * time.Minute, "Too many papers were made within a short time."}
)

// When log-in asks for a captcha too: after so many wrong passwords for an address within LoginAddress's window; where a network has failed for
// LoginSpray.Max different addresses; and where more than so many log-ins of a network are on their way or have failed, which is more than an
// office of fifty has when it begins to work.
const (
	CaptchaAfter      = 50
	CaptchaPerNetwork = 60
)

// freeFailures is how often somebody may mistype a password from one network without having to wait.
const freeFailures = 5

// Wait is for how long nobody tries again from a network on an address where so many tries have failed: two seconds after the sixth, twice as
// long after each one more, a quarter of an hour at most.
func Wait(failures int) time.Duration {
	if failures <= freeFailures {
		return 0
	}
	return min(time.Second<<min(failures-freeFailures, 10), LoginAddressIP.Window)
}

// SMSBudget and CallBudget bound what one day may cost, over all accounts. Max comes from the configuration.
func SMSBudget(perDay int) Rule {
	return Rule{"budget-sms", perDay, day, "We cannot send more SMS today. Choose a call, or try tomorrow."}
}

// CallBudget is SMSBudget for calls.
func CallBudget(perDay int) Rule {
	return Rule{"budget-call", perDay, day, "We cannot make more calls today. Try again tomorrow."}
}

// upTo is the rule on the same counter that lets more through.
func (r Rule) upTo(most int) Rule {
	r.Max = most
	return r
}

// IsGap reports that the rule asks for time between one use and the next.
func (r Rule) IsGap() bool { return r.Max == 1 }

// Use is one use of a rule by one who: an IP prefix, an address digest, an account id, a phone number.
type Use struct {
	Rule Rule
	Who  string
}

// By makes a use.
func (r Rule) By(who string) Use { return Use{r, who} }

// Refused reports whether an error is that of a limit that is used up.
func Refused(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.TooMany
}

// Exceeded is the fault for a use beyond the limit; RetryAfter reaches until the time when there is room again.
func (u Use) Exceeded(now, until time.Time) *fault.Error {
	wait := until.Sub(now)
	f := fault.New(fault.TooMany, "too_many_requests", u.Rule.Detail+" "+tryAgain(wait))
	return f.After(wait).With("limit", u.Rule.Name)
}

func tryAgain(d time.Duration) string {
	ceil := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d <= time.Second:
		return "Try again in a second."
	case d <= time.Minute:
		return fmt.Sprintf("Try again in %d seconds.", ceil(time.Second))
	case d <= time.Hour:
		return fmt.Sprintf("Try again in %d minutes.", ceil(time.Minute))
	}
	return fmt.Sprintf("Try again in %d hours.", ceil(time.Hour))
}
