// Package document finds out what a file really is, whatever its name and its declared type say, and whether pictures of its pages
// can be made for a reviewer. It decides by the bytes alone, and never decodes a picture or renders a page: functions/render does.
package document

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	MaxBytes = 10 << 20 // size of the largest file that is looked at
	MaxPages = 50       // of a PDF: nobody reviews more
)

// Reason is a stable code for why a file is refused.
type Reason string

const (
	Empty             Reason = "file_empty"
	TooLarge          Reason = "file_too_large"          // more than MaxBytes
	TypeMismatch      Reason = "file_type_mismatch"      // Finding.ContentType is not the declared type
	TypeNotSupported  Reason = "file_type_not_supported" // the declared type is none that is taken
	PasswordProtected Reason = "file_password_protected" // an encrypted PDF that the empty password does not open
	WithoutPage       Reason = "file_without_page"       // a PDF in whose page tree is no page
	TooManyPages      Reason = "file_too_many_pages"     // more than MaxPages
	Blank             Reason = "file_blank"              // a PDF of which no page paints anything
	Polyglot          Reason = "file_polyglot"           // two kinds of file in one
	Corrupt           Reason = "file_corrupt"            // cut off, damaged, or built so that it cannot be checked
	ImageTooSmall     Reason = "image_too_small"         // under 600 x 400 pixels in either orientation
	ImageTooLarge     Reason = "image_too_large"         // over 40 million pixels
	ImageNotShown     Reason = "image_not_shown"         // a whole JPEG or PNG of a kind that browsers do not show
	NotRendered       Reason = "file_not_rendered"       // a file of which no pictures can be made, or not within time and memory
	NotScanned        Reason = "file_not_scanned"        // a file that the scanner of malware cannot look into
	Infected          Reason = "file_infected"           // a file in which the scanner found malware
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		Empty, TooLarge, TypeMismatch, TypeNotSupported, PasswordProtected, WithoutPage, TooManyPages, Blank, Polyglot, Corrupt,
		ImageTooSmall, ImageTooLarge, ImageNotShown, NotRendered, NotScanned, Infected,
	}
}

// Finding is what was found out about a file.
type Finding struct {
	ContentType   string // what the file really is; unknownType when it is nothing known
	SHA256        string // lower-case hex, of the whole file; empty when the file is too large
	Size          int64  // bytes; when the file is too large, only more than MaxBytes
	Reason        Reason // why it is refused; empty when the file is clean
	Width, Height int    // pixels, as stored, of a picture that could be read
	Origin        Origin // of a PDF that opens without a password
	Flattens      bool   // a PDF with more than a printed page would have: an action, a program, an attachment, or a lock without a password
}

// Inspect reads a file to its end and compares it with the type that it is said to have: application/pdf, image/jpeg or
// image/png. A refused file is no error; an error is one of r.
func Inspect(r io.Reader, declared string) (Finding, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Finding{}, fmt.Errorf("document: read: %w", err)
	}
	f := Finding{ContentType: sniff(data), Size: int64(len(data))}
	if len(data) > MaxBytes {
		f.Reason = TooLarge
		return f, nil
	}
	sum := sha256.Sum256(data)
	f.SHA256 = hex.EncodeToString(sum[:])
	switch {
	case len(data) == 0:
		f.Reason = Empty
	case declared != pdfType && declared != jpegType && declared != pngType:
		f.Reason = TypeNotSupported
	case f.ContentType != declared:
		f.Reason = TypeMismatch
	case declared == pdfType:
		f.Flattens, f.Origin, f.Reason = inspectPDF(data)
	default:
		f.Width, f.Height, f.Reason = inspectImage(data, declared)
	}
	return f, nil
}
