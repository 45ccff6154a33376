// Package message names what Central sends to people: the nouns that the outbox stores and that mail, SMS and voice render.
package message

import (
	"time"

	"phonon.in/central/shared/token"
)

// Kind says what a message is for; each that goes to people has one template per language.
type Kind string

const (
	VerifyEmail     Kind = "verify_email"     // Refs: address digest, sign-up id
	AlreadyMember   Kind = "already_member"   // no refs: the address has an account
	ResetPassword   Kind = "reset_password"   // Refs: account id, reset id
	PasswordChanged Kind = "password_changed" // no refs
	Decoy           Kind = "decoy"            // no refs: sent to the mail provider's simulator, so that unknown addresses take the same time
	PhoneCodeSMS    Kind = "phone_code_sms"   // Refs: challenge id, E.164 number
	PhoneCodeCall   Kind = "phone_code_call"  // Refs: challenge id, E.164 number

	// That the account has another phone number is told to its address, and to the number that it had. They have no refs.
	PhoneChanged     Kind = "phone_changed"
	PhoneChangedSMS  Kind = "phone_changed_sms"
	PhoneChangedCall Kind = "phone_changed_call"

	// Of a change of address. Each goes to one of the two addresses.
	ConfirmEmail     Kind = "confirm_email"      // to the new one. Refs: account id, id of the request
	EmailTaken       Kind = "email_taken"        // to the new one, which has an account of its own: no refs
	EmailChangeAsked Kind = "email_change_asked" // to the present one: no refs
	EmailChanged     Kind = "email_changed"      // to the one before. Refs: account id, id of what takes it back
	EmailRestored    Kind = "email_restored"     // to the one that the account had meanwhile: no refs

	// NewDevice asks whether a log-in was the holder's; AboutDevice makes it. Refs: account id, digest of the session, device, network.
	NewDevice Kind = "new_device"

	// Of an account that is closed; AboutClosing makes them. Refs: when it is erased, and until when what identified its holder is
	// kept, as RFC 3339; the latter "" where nothing is.
	AccountClosing  Kind = "account_closing"
	AccountReopened Kind = "account_reopened" // no refs
	AccountErased   Kind = "account_erased"
	// What happened to the second factors of an account is told to its address. They have no refs, but for the last: account id, reset id.
	FactorAdded     Kind = "factor_added"
	FactorRemoved   Kind = "factor_removed"
	RecoveryUsed    Kind = "recovery_used"
	RecoveryRenewed Kind = "recovery_renewed"
	FactorReset     Kind = "factor_reset" // it takes effect in account.FactorResetDelay, unless its link is followed

	// SessionsEnded goes to a client that was logged in by a session, or by all of them; AboutEnded makes it. Refs: client id, the session's
	// name in tokens or "". It has no recipient.
	SessionsEnded Kind = "sessions_ended"

	// Event goes to the products beside this one and not to a person: package event makes it, and reads it. It has no recipient.
	Event Kind = "event"
)

// Message is one thing to send. It carries references, never a secret: the link or the code is derived from Refs when it
// is sent, so a leaked table opens nothing and a message sent twice says the same.
type Message struct {
	ID        string // from token.NewID
	Kind      Kind
	To        string // an email address or an E.164 number
	Locale    string // BCP 47: "en", "hi"
	Refs      []string
	Account   string // id of the account that asked for it; empty where nobody is logged in
	CreatedAt time.Time
	Due       time.Time // nobody delivers it before, and nobody at once; zero for what goes out at once. It is written, never read back
	NotAfter  time.Time // past this it is of no use to anybody and is dropped
	Attempts  int       // deliveries tried so far
	Held      string    // what the operator has to mend before its carrier takes it, as the last try found; empty otherwise
}

// Mail is a message ready for the mail sender.
type Mail struct {
	ID     string // of the message
	Kind   Kind
	To     string
	Locale string
	Link   token.Secret  // the page to open; empty where the mail has none
	Life   time.Duration // how long the link works

	// Of a mail about a KYC case, or the closing of an account, where there are any.
	Reference string
	Date      time.Time

	Device, Network string // that somebody logged in from; "" where it is not known

	Until time.Time // until when something is kept; zero where nothing is
}

// ToPhone is a message ready for the SMS or voice sender.
type ToPhone struct {
	ID       string // of the message: the same for each try
	Kind     Kind
	To       string // E.164
	Locale   string
	Digits   token.Secret // the code; empty where the message has none
	Life     time.Duration
	NotAfter time.Time
	Events   token.Secret // address that hears how the call ended; empty where none is to be told
}
