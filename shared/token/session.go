package token

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// NewSession makes a session token accountID.secret with 256 random bits or more, and the digest that the table keeps.
func NewSession(accountID string) (tok Secret, digest string) {
	secret := NewID() + NewID()
	return NewSecret(accountID + "." + secret), sessionDigest(secret)
}

// ParseSession splits a session token. It says nothing about whether the session exists. ErrInvalid when it has another shape.
func ParseSession(s string) (accountID, digest string, err error) {
	accountID, secret, ok := strings.Cut(s, ".")
	if !ok || len(accountID) != idLength || len(secret) != 2*idLength || !isID(accountID) || !isID(secret) {
		return "", "", ErrInvalid
	}
	return accountID, sessionDigest(secret), nil
}

const idLength = 26

func isID(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// IsID reports whether s has the shape of an id from NewID, so that a path or a body can be refused before a key is made of it.
func IsID(s string) bool { return len(s) == idLength && isID(s) }

// sessionDigest needs no key: the secret has more than 128 bits (ASVS 7.2.3), so a leaked digest cannot be turned back.
func sessionDigest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
