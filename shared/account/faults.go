package account

import "phonon.in/central/shared/fault"

// The faults of one-time things and of state, returned by the store and by the functions.
var (
	ErrAlreadyVerified = fault.New(fault.Gone, "already_verified", "This address is already verified. Log in with the password of the sign-up that was verified, or choose a new one by Forgot your password.")
	ErrLinkExpired     = fault.New(fault.Gone, "link_expired", "This link has expired or was replaced by a newer one. Ask for a new mail, or log in if you are done already.")
	ErrLinkUsed        = fault.New(fault.Gone, "link_used", "This link was used already. Log in, or ask for a new mail.")
	ErrLinkInvalid     = fault.New(fault.Malformed, "link_invalid", "This link is not complete. Open it again from the mail, or copy all of it.").On("/token")

	ErrSessionUnknown = fault.New(fault.Unauthenticated, "session_unknown", "Log in first.")
	ErrNotFound       = fault.New(fault.NotFound, "not_found", "There is nothing of yours under this address.")
	ErrDisabled       = fault.New(fault.Forbidden, "account_disabled", "This account is disabled. Write to support.")

	ErrCursor           = fault.New(fault.Invalid, "cursor_invalid", "This is no place in the list. Begin with its first page.")
	ErrTermsDue         = fault.New(fault.Forbidden, "terms_acceptance_required", "The terms have changed. Read and accept them before you go on: POST /v1/terms/accept.")
	ErrVersion          = fault.New(fault.PreconditionFailed, "version_mismatch", "The account was changed meanwhile. Load it again, then repeat your change.")
	ErrBusy             = fault.New(fault.Conflict, "changed_meanwhile", "Something else changed this at the same moment. Load it again, then repeat your change.")
	ErrIdentityLocked   = fault.New(fault.Conflict, "identity_locked", "Your KYC is with us or approved, so type, names, company and phone stay as they are. Sector and language can be changed. Write to support if something is wrong.")
	ErrPhoneNotVerified = fault.New(fault.Conflict, "phone_not_verified", "Prove your phone number first: ask for a code, then enter it.")
	ErrPhoneInUse       = fault.New(fault.Conflict, "phone_in_use", "This number already belongs to five accounts. Use another number.").On("/phone")

	ErrChallengeExpired  = fault.New(fault.Gone, "challenge_expired", "This code has expired. Ask for a new one.")
	ErrChallengeReplaced = fault.New(fault.Gone, "challenge_replaced", "A newer code was sent. Enter that one.")
	ErrChallengeUsed     = fault.New(fault.Gone, "challenge_used", "This code was used already.")
	ErrChallengeSpent    = fault.New(fault.Gone, "challenge_spent", "Five wrong codes were entered. Ask for a new code.")

	ErrLoginExpired = fault.New(fault.Unauthenticated, "login_expired", "This log-in took too long, or was finished elsewhere. Log in again.")
	ErrCodeUsed     = fault.At("/code", "code_used", "This code was used already. Wait for the next one.")
	ErrRecoveryUsed = fault.At("/recoveryCode", "recovery_code_wrong", "This is none of your recovery codes, or it was used already.")
	ErrPasskeyUsed  = fault.New(fault.Gone, "passkey_challenge_used", "This question was answered already. Begin again.")

	ErrCaptchaSpent = fault.At("/captcha", "captcha_spent", "This captcha was used already. Solve a new one.")
)
