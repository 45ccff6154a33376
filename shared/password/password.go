// Package password reads, judges and hashes passwords.
package password

import (
	"fmt"
	"log/slog"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// Password is what a person typed, in NFKC, so that it is the same from every keyboard. It does not print.
type Password struct{ normal token.Secret }

// MaxLength in code points bounds the work of hashing. ASVS 6.2.9 asks for at least 64.
const MaxLength = 128

// Read reads a password that is to be compared, at log-in for example: it may be empty or break the rules for a new one.
// Faults at /password: password_too_long, password_not_text.
func Read(s string) (Password, error) { return read("/password", s) }

func read(pointer, s string) (Password, error) {
	// The length is checked before any work, and again after it: one code point can become eighteen in NFKC.
	if len(s) > MaxLength*utf8.UTFMax || utf8.RuneCountInString(s) > MaxLength {
		return Password{}, tooLong(pointer)
	}
	if !utf8.ValidString(s) {
		return Password{}, fault.At(pointer, "password_not_text", "The password is not valid text (UTF-8).")
	}
	s = norm.NFKC.String(s)
	if utf8.RuneCountInString(s) > MaxLength {
		return Password{}, tooLong(pointer)
	}
	return Password{token.NewSecret(s)}, nil
}

func tooLong(pointer string) error {
	return fault.At(pointer, "password_too_long", fmt.Sprintf("The password is too long: at most %d characters.", MaxLength))
}

// Equal reports whether two passwords are the same, in constant time.
func (p Password) Equal(q Password) bool { return p.normal.Equal(q.normal.Reveal()) }

const hidden = "[password]"

func (Password) String() string               { return hidden }
func (Password) GoString() string             { return hidden }
func (Password) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }
