// Package captchatest solves challenges, for tests and for the demonstration of what one costs.
package captchatest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"phonon.in/central/shared/captcha"
)

// Cheap is work that a test can do in a millisecond.
var Cheap = captcha.Work{Cost: 10, MinCounter: 5, MaxCounter: 10}

// Solve does the work of c and returns the payload that a browser would send. It panics for a challenge that no Issuer made.
func Solve(c captcha.Challenge) string {
	for counter := uint32(0); ; counter++ {
		key, err := c.Parameters.Derive(counter)
		if err != nil {
			panic(err)
		}
		if derived := hex.EncodeToString(key); strings.HasPrefix(derived, c.Parameters.KeyPrefix) {
			return Encode(captcha.Payload{Challenge: c, Solution: captcha.Solution{Counter: counter, DerivedKey: derived}})
		}
	}
}

// Encode writes a payload as the browser does.
func Encode(p captcha.Payload) string {
	raw, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}
