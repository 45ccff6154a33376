package kyc

import (
	"crypto/rand"
	"strings"

	"phonon.in/central/shared/typed"
)

// crockford is Douglas Crockford's base32: no letter that is taken for a digit, and no U, so that few words come about.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const referenceLength = 8

// NewReference makes a reference as "K7M2-9QXD": 40 random bits, short enough to be said on the phone. It opens nothing.
func NewReference() string {
	var b [referenceLength]byte
	rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = crockford[b[i]%byte(len(crockford))]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// spoken are letters that are heard or read for a digit.
var spoken = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// ParseReference reads a reference as people type it: in small letters, with or without its hyphen, with O for 0 and I or L for 1. ok is
// false for what can be none.
func ParseReference(s string) (reference string, ok bool) {
	s = spoken.Replace(strings.ToUpper(typed.Compact(typed.Digits(s))))
	if len(s) != referenceLength || strings.Trim(s, crockford) != "" {
		return "", false
	}
	return s[:4] + "-" + s[4:], true
}
