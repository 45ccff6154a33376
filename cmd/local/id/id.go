// Package id makes ids in the forms that AWS gives them.
package id

import (
	"crypto/rand"
	"encoding/hex"
)

// Hex is so many random bytes in hexadecimal.
func Hex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// UUID is a random id in the form of AWS's request ids.
func UUID() string {
	s := Hex(16)
	return s[:8] + "-" + s[8:12] + "-4" + s[13:16] + "-a" + s[17:20] + "-" + s[20:]
}
