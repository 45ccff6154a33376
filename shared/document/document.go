// Package document finds out what a file really is, whatever its name and its declared type say, and whether it is safe to
// show to a reviewer.
package document

import "io"

// MaxBytes is the largest file that is looked at.
const MaxBytes = 10 << 20

// Reason is a stable code for why a file is refused.
type Reason string

// Finding is what was found out about a file.
type Finding struct {
	ContentType   string // what the file really is; application/octet-stream when it is nothing known
	SHA256        string // lower-case hex, of the whole file
	Size          int64  // bytes
	Reason        Reason // why it is refused; empty when the file is clean
	Width, Height int    // pixels, of a picture
}

// Inspect reads a file that is said to be of the declared type.
func Inspect(r io.Reader, declared string) (Finding, error) { return Finding{}, nil }
