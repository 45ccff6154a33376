// Package token makes and checks the random and signed strings that prove something: ids, link tokens, one-time codes
// and session tokens.
package token

import (
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"unique"
)

const hidden = "[secret]"

// Secret is a string that does not print: not with fmt, not in JSON, not in a log. Reveal is the only way out.
//
// The string sits behind a handle because fmt asks no method of a Secret in an unexported field: it prints what is inside,
// and inside is only an address.
type Secret struct{ h unique.Handle[string] }

// NewSecret wraps s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{unique.Make(s)}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.h.Value()
}

// IsZero reports that there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// Equal compares in constant time.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other)) == 1
}

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// NewID returns an unguessable id: 26 characters of base32 (RFC 4648), 130 random bits.
func NewID() string { return rand.Text() }
