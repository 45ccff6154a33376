package token

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// recoveryLength gives 120 bits: from 112 on a look-up secret needs no password hash (ASVS 6.5.2).
const recoveryLength = 24

// NewRecoveryCode makes a code for the day when nothing else is left, as people read it, in groups of four, and the digest that the table keeps.
func NewRecoveryCode() (code Secret, digest string) {
	plain := NewID()[:recoveryLength]
	groups := make([]string, 0, recoveryLength/4)
	for i := 0; i < recoveryLength; i += 4 {
		groups = append(groups, plain[i:i+4])
	}
	return NewSecret(strings.Join(groups, "-")), recoveryDigest(plain)
}

// RecoveryDigest is the digest of a recovery code as somebody typed it, without white space and marks. ErrInvalid where it has not the shape of one.
func RecoveryDigest(typed string) (string, error) {
	plain := strings.ToUpper(typed)
	if len(plain) != recoveryLength || !isID(plain) {
		return "", ErrInvalid
	}
	return recoveryDigest(plain), nil
}

func recoveryDigest(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
