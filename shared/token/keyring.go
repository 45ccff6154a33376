package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Purpose separates keys: what was signed for one purpose proves nothing for another.
type Purpose string

const (
	VerifyEmail   Purpose = "verify-email"   // the mailed link
	SignupBrowser Purpose = "signup-browser" // the cookie of the browser that signed up
	ResetPassword Purpose = "reset-password"
	PhoneCode     Purpose = "phone-code"
	Captcha       Purpose = "captcha"
	KnownDevice   Purpose = "known-device" // the cookie of a browser that logged in before
	SignupSalt    Purpose = "signup-salt"  // of the passwords of the sign-ups for one address
	SignatoryLink Purpose = "signatory-link"
	Reopen        Purpose = "reopen" // an account that is being closed
	Disown        Purpose = "disown" // a session, by the mail about it
	ChangeEmail   Purpose = "change-email"
	UndoEmail     Purpose = "undo-email"
	FactorSecret  Purpose = "factor-secret" // what codes are made of, at rest
	Enrolment     Purpose = "enrolment"     // of an app that makes codes
	PasskeyAdd    Purpose = "passkey-add"
	PasskeyProof  Purpose = "passkey-proof"
	PasskeyLogin  Purpose = "passkey-login"
	FactorReset   Purpose = "factor-reset"  // the mailed link that stops it
	SentToLogin   Purpose = "sent-to-login" // a request for authorization, and when
	Agreement     Purpose = "agreement"     // the question to the holder that a form of ours asked
	CallEvents    Purpose = "call-events"   // the address that hears how a call ended
	OIDCCode      Purpose = "oidc-code"
	OIDCAccess    Purpose = "oidc-access"
	OIDCRefresh   Purpose = "oidc-refresh"
	OIDCAccessID  Purpose = "oidc-access-id" // jti of an access token that is a JWT: it leads to the grant and is no token
)

// ErrInvalid is the error for a token that this keyring did not sign for this purpose.
var ErrInvalid = errors.New("token: not signed by us")

// Keyring holds the master key, and while it is being rotated the previous one, which still verifies but no longer signs.
type Keyring struct{ keys []Secret }

// minKeyLength is the length in characters of the generated secret; 32 characters of base62 have 190 bits.
const minKeyLength = 32

// ParseKeyring reads the secret document {"current": "...", "previous": "..."}; other members are ignored.
func ParseKeyring(document []byte) (Keyring, error) {
	var d struct{ Current, Previous string }
	if err := json.Unmarshal(document, &d); err != nil {
		return Keyring{}, errors.New("token: the secret is not a JSON object with a member \"current\"")
	}
	var k Keyring
	for _, s := range []string{d.Current, d.Previous} {
		if s == "" {
			continue
		}
		if len(s) < minKeyLength {
			return Keyring{}, fmt.Errorf("token: a key has %d characters, needs at least %d", len(s), minKeyLength)
		}
		k.keys = append(k.keys, NewSecret(s))
	}
	if d.Current == "" {
		return Keyring{}, errors.New("token: the secret has no member \"current\"")
	}
	return k, nil
}

// Sign returns the HMAC-SHA-256 of parts under the current key of purpose. Parts are length-prefixed, so no two lists of
// parts have the same encoding.
func (k Keyring) Sign(p Purpose, parts ...string) []byte { return sign(k.keys[0], p, parts) }

// Verify reports whether mac is the signature of parts under the current or the previous key.
func (k Keyring) Verify(p Purpose, mac []byte, parts ...string) bool {
	ok := false
	for _, key := range k.keys {
		if hmac.Equal(mac, sign(key, p, parts)) {
			ok = true
		}
	}
	return ok
}

func sign(master Secret, p Purpose, parts []string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(master.Reveal()), nil, "central "+string(p), sha256.Size)
	if err != nil {
		panic("token: hkdf: " + err.Error()) // only for an impossible key length
	}
	mac := hmac.New(sha256.New, key)
	var length [4]byte
	for _, part := range parts {
		binary.BigEndian.PutUint32(length[:], uint32(len(part)))
		mac.Write(length[:])
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}

// Issue makes the token part.part.mac. Parts must be of letters, digits, '-' and '_'.
func (k Keyring) Issue(p Purpose, parts ...string) Secret {
	mac := base64.RawURLEncoding.EncodeToString(k.Sign(p, parts...))
	return NewSecret(strings.Join(append(append([]string{}, parts...), mac), "."))
}

// maxTokenLength bounds the work spent on a hostile token.
const maxTokenLength = 512

// macLength is that of 32 bytes in base64url.
const macLength = 43

// Open checks a token that Issue made for the same purpose and returns its n parts, or ErrInvalid.
func (k Keyring) Open(p Purpose, s string, n int) ([]string, error) {
	if len(s) > maxTokenLength {
		return nil, ErrInvalid
	}
	parts := strings.Split(s, ".")
	if len(parts) != n+1 {
		return nil, ErrInvalid
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(parts[n])
	// The decoder skips line breaks, the length does not: a token has one spelling.
	if err != nil || len(parts[n]) != macLength || !k.Verify(p, mac, parts[:n]...) {
		return nil, ErrInvalid
	}
	return parts[:n], nil
}

// codeModulus gives six digits: 20 bits, as ASVS 6.5.4 asks at least.
const codeModulus = 1_000_000

// Code derives a six-digit code from parts.
func (k Keyring) Code(p Purpose, parts ...string) Secret { return code(k.Sign(p, parts...)) }

// CodeMatches compares a typed code in constant time with the one derived under the current or the previous key.
func (k Keyring) CodeMatches(p Purpose, typed string, parts ...string) bool {
	ok := false
	for _, key := range k.keys {
		if code(sign(key, p, parts)).Equal(typed) {
			ok = true
		}
	}
	return ok
}

func code(mac []byte) Secret {
	// 64 bits over a million: the bias is below 2^-44.
	return NewSecret(fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac)%codeModulus))
}
