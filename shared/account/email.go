package account

import (
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/typed"
)

// Email is one address in the one spelling that Central uses everywhere: as the name of the account, for limits and for
// sending. Values compare with ==. The zero value is no address.
type Email struct{ address string }

// Limits of RFC 5321 4.5.3.1 (the path of 256 has two angle brackets) and RFC 1035 2.3.4: in bytes, and that of an address in characters
// as it was typed, too.
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

// ParseEmail reads an address, with whatever white space and invisible marks came along at its ends. Its rules are narrower than
// RFC 5322, because an address must not have two spellings: the local part is ASCII of RFC 5322 atoms (no quotes, no comments), the
// domain becomes A-labels (UTS 46), ASCII letters become lower case. Parsing String() again gives the same Email. The fault is
// email_invalid at /email.
func ParseEmail(s string) (Email, error) {
	if utf8.RuneCountInString(s) > maxAddress {
		return Email{}, invalidEmail("This is too long for an email address.")
	}
	s = typed.Trim(s)
	if s == "" {
		return Email{}, invalidEmail("Enter your email address.")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return Email{}, invalidEmail("An email address has no spaces or control characters.")
	}
	if last, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune(".,;:!?)>]'\"", last) {
		return Email{}, invalidEmail("Take the sign " + string(last) + " at the end off the address.")
	}
	local, domain, found := strings.Cut(s, "@")
	if !found || strings.Contains(domain, "@") {
		return Email{}, invalidEmail("An email address has exactly one @, like name@example.com.")
	}
	if detail := checkLocal(local); detail != "" {
		return Email{}, invalidEmail(detail)
	}
	ascii, ok := asciiDomain(domain)
	switch {
	case !ok && strings.ContainsFunc(domain, typed.Invisible):
		return Email{}, invalidEmail(invisible)
	case !ok:
		return Email{}, invalidEmail("Check the part after the @: it should look like example.com.")
	}
	// Both parts are ASCII here: outside ASCII, lowering makes different letters the same.
	address := strings.ToLower(local) + "@" + ascii
	if len(address) > maxAddress {
		return Email{}, invalidEmail("This is too long for an email address.")
	}
	return Email{address}, nil
}

const invisible = "There is an invisible character in the address. Type it by hand."

// checkLocal says what is wrong with a local part, or nothing.
func checkLocal(local string) string {
	switch {
	case local == "":
		return "The part before the @ is missing."
	case strings.ContainsFunc(local, typed.Invisible):
		return invisible
	case len(local) > maxLocal:
		return "The part before the @ is too long."
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return "The part before the @ has a dot at its start, at its end, or two in a row."
	}
	for _, c := range []byte(local) {
		if !isAtext(c) && c != '.' {
			return "The part before the @ has a character that we do not accept. Letters a to z, digits, dots, hyphens and the like work."
		}
	}
	return ""
}

// isAtext is atext of RFC 5322 3.2.3.
func isAtext(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// asciiDomain turns a domain into lower-case A-labels.
func asciiDomain(domain string) (string, bool) {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !utf8.ValidString(domain) { // idna encodes what is no text
		return "", false
	}
	labels, typed := strings.Split(ascii, "."), strings.Split(domain, ".")
	if len(labels) < 2 || len(labels) != len(typed) {
		return "", false
	}
	for i, label := range labels {
		if label == "" || len(label) > maxLabel {
			return "", false
		}
		// UTS 46 also maps look-alikes such as full-width letters or the Kelvin sign to ASCII. Nobody's address needs them.
		if !isASCII(typed[i]) && !strings.HasPrefix(label, "xn--") {
			return "", false
		}
	}
	// A top-level domain begins with a letter, an IPv4 address or a hexadecimal number does not.
	if tld := labels[len(labels)-1]; tld[0] < 'a' || tld[0] > 'z' {
		return "", false
	}
	return ascii, true
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

func invalidEmail(detail string) error { return fault.At("/email", "email_invalid", detail) }

// String is the address. It is personal data: log the Email itself, which masks, and not this.
func (e Email) String() string { return e.address }

// IsZero reports that there is no address.
func (e Email) IsZero() bool { return e.address == "" }

// Local is the part before the @.
func (e Email) Local() string {
	local, _, _ := strings.Cut(e.address, "@")
	return local
}

// Digest names the address in keys and tokens: 22 characters of base64url, 128 bits of SHA-256. It is no secret: who guesses
// the address can compute it.
func (e Email) Digest() string {
	sum := sha256.Sum256([]byte(e.address))
	return base64.RawURLEncoding.EncodeToString(sum[:digestBytes])
}

const digestBytes = 16

// IsDigest reports the shape of a Digest.
func IsDigest(s string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(s) // which passes over line breaks
	return err == nil && len(sum) == digestBytes && len(s) == base64.RawURLEncoding.EncodedLen(digestBytes)
}

// LogValue masks the address: "a***@example.com".
func (e Email) LogValue() slog.Value {
	local, domain, found := strings.Cut(e.address, "@")
	if !found {
		return slog.StringValue("")
	}
	return slog.StringValue(local[:1] + "***@" + domain)
}
