// Package token makes and checks the random and signed strings that prove something: ids, link tokens, one-time codes
// and session tokens.
package token

import (
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
)

const hidden = "[secret]"

// Secret is a string that does not print: not with fmt, not in JSON, not in a log. Reveal is the only way out.
type Secret struct{ s string }

// NewSecret wraps s.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return s.s }

// IsZero reports that there is no secret.
func (s Secret) IsZero() bool { return s.s == "" }

// Equal compares in constant time.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s.s), []byte(other)) == 1
}

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// NewID returns an unguessable id: 26 characters of base32 (RFC 4648), 130 random bits.
func NewID() string { return rand.Text() }
