package message

import (
	"errors"
	"time"
)

// What becomes of a message that its carrier did not take. An error that is neither is worth another try by itself.
var (
	// ErrRefused marks a message that its carrier will never take: sending it again is of no use.
	ErrRefused = errors.New("refused by the carrier")
	// ErrHeld marks a message that its carrier takes once the operator has mended something: an identity, a quota, a credential. Whom
	// it is for has done nothing wrong.
	ErrHeld = errors.New("held")
)

// Later is the error of a carrier that says after what time to come again.
type Later struct {
	After time.Duration
	Err   error
}

func (l Later) Error() string { return l.Err.Error() }

// Unwrap gives what happened.
func (l Later) Unwrap() error { return l.Err }
