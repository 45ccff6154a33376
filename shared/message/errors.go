package message

import "errors"

// ErrRefused marks a message that its carrier will never take: sending it again is of no use.
var ErrRefused = errors.New("message refused for good")
