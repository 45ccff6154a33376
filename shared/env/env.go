// Package env reads a function's settings and reports everything that is wrong with them at once.
package env

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Reader reads variables by name and collects what is wrong. A test finds the variables of a function by the string literals
// at the call sites, so names are never computed.
type Reader struct {
	lookup func(string) (string, bool)
	errs   []error
}

// New reads with lookup, such as os.LookupEnv.
func New(lookup func(string) (string, bool)) *Reader { return &Reader{lookup: lookup} }

// Err returns one error that names every variable that is missing or wrong, or nil.
func (r *Reader) Err() error { return errors.Join(r.errs...) }

func (r *Reader) wrong(name, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("env: %s %s", name, fmt.Sprintf(format, args...)))
}

// Text is a variable that must be set.
func (r *Reader) Text(name string) string {
	v, _ := r.lookup(name)
	if v == "" {
		r.wrong(name, "is not set")
	}
	return v
}

// Optional is a variable that may be missing.
func (r *Reader) Optional(name string) string {
	v, _ := r.lookup(name)
	return v
}

// Origin is a URL of scheme and host alone, without a slash at its end. It is https, but on a developer's machine: browsers
// keep no Secure cookie of another host without TLS.
func (r *Reader) Origin(name string) string {
	v := r.Text(name)
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Scheme+"://"+u.Host != v {
		r.wrong(name, "is %q, not an origin like https://central.example.com", v)
	} else if u.Scheme == "http" && u.Hostname() != "localhost" && !loopback(v) {
		r.wrong(name, "is %q, which lacks TLS", v)
	}
	return v
}

// Int is a whole number from least to most.
func (r *Reader) Int(name string, least, most int) int {
	v := r.Text(name)
	n, err := strconv.Atoi(v)
	if v != "" && (err != nil || n < least || n > most) {
		r.wrong(name, "is %q, not a whole number from %d to %d", v, least, most)
	}
	return n
}

// Choice is one of a few words.
func (r *Reader) Choice(name string, words ...string) string {
	v := r.Text(name)
	if v != "" && !slices.Contains(words, v) {
		r.wrong(name, "is %q, not %s", v, strings.Join(words, " or "))
	}
	return v
}

// Captcha providers.
const (
	ProofOfWork = "altcha"
	NoCaptcha   = "off"
)

// CaptchaProvider is "altcha", "turnstile", "hcaptcha" or "recaptcha". "off" is taken only when DynamoDB itself is on this very
// machine, so that no deployment can run without a captcha.
func (r *Reader) CaptchaProvider(name string) string {
	v := r.Text(name)
	switch v {
	case "", ProofOfWork, "turnstile", "hcaptcha", "recaptcha":
	case NoCaptcha:
		endpoint, _ := r.lookup("AWS_ENDPOINT_URL_DYNAMODB")
		if !loopback(endpoint) {
			r.wrong(name, "is \"off\", which works on a developer's machine only")
		}
	default:
		r.wrong(name, "is %q, not altcha, turnstile, hcaptcha or recaptcha", v)
	}
	return v
}

// CaptchaEndpoint is the address that is asked about captchas in the place of the provider's own; "" is that one's. It is taken only when
// it, and DynamoDB too, is on this very machine.
func (r *Reader) CaptchaEndpoint(name string) string {
	v, _ := r.lookup(name)
	if endpoint, _ := r.lookup("AWS_ENDPOINT_URL_DYNAMODB"); v != "" && !(loopback(v) && loopback(endpoint)) {
		r.wrong(name, "is %q, and works on a developer's machine only", v)
	}
	return v
}

func loopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
