package oidc

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/shared/pattern"
)

const (
	maxURI  = 512
	maxURIs = 20
)

// Redirects reports that the client may be sent to this address with a code or an error: it is registered letter for letter, or it is a
// native app's loopback address, for which any port will do (RFC 8252, section 7.3).
func (c Client) Redirects(uri string) bool {
	return slices.Contains(c.RedirectURIs, uri) || c.Native && slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		return samePortless(registered, uri)
	})
}

// RedirectsAfterLogout reports that a log-out may lead to this address.
func (c Client) RedirectsAfterLogout(uri string) bool { return slices.Contains(c.PostLogoutURIs, uri) }

var port = pattern.New(`^:[1-9][0-9]{0,4}(/.*)?$`)

// samePortless reports that uri is a registered address on a loopback IP without a port, with one.
func samePortless(registered, uri string) bool {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		path, ok := strings.CutPrefix(registered, host)
		rest, same := strings.CutPrefix(uri, host)
		if ok && same && port.MatchString(rest) {
			return strings.TrimLeft(rest[1:], "0123456789") == path
		}
	}
	return false
}

// answers are the parameters of an answer: a redirect URI that has one by itself would make two (mix-up, RFC 9700, section 4.4).
var answers = []string{"code", "state", "iss", "error", "error_description", "error_uri", "response", "session_state", "id_token", "access_token"}

var (
	uriLetters    = pattern.New(`^[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+$`) // RFC 3986, without "#"
	privateScheme = pattern.New(`^[a-z][a-z0-9+\-]*(\.[a-z0-9+\-]+)+$`)
	hostLetters   = pattern.New(`^[a-z0-9\-]+(\.[a-z0-9\-]+)*$`)
)

// place is where addresses of a client may be.
type place struct {
	native bool // private schemes, and http on loopback
	local  bool // http on loopback, because Central itself is there: nobody but a developer is
}

// flaw says what is wrong with an address that people's browsers are sent to; "" is nothing.
func (p place) flaw(text string) string {
	u, flaw := parseURI(text)
	if flaw != "" {
		return flaw
	}
	switch {
	case u.Scheme == "https":
		return hostFlaw(u)
	case u.Scheme == "http":
		if !loopback(u.Hostname()) || !p.native && !p.local {
			return "must be https; http is for native apps on 127.0.0.1, [::1] or localhost"
		}
		return hostFlaw(u)
	case privateScheme.MatchString(u.Scheme):
		if !p.native {
			return "has a private scheme, which native apps alone have"
		}
		if u.Opaque != "" || u.Path == "" {
			return "must have a path that begins with a slash"
		}
		return ""
	}
	return "must be https, or a native app's scheme with a dot in it (com.example.app:/callback)"
}

// parseURI reads an address that is written in one way only.
func parseURI(text string) (*url.URL, string) {
	if text == "" || len(text) > maxURI {
		return nil, "must have 1 to 512 letters"
	}
	if strings.Contains(text, "#") {
		return nil, "must have no fragment"
	}
	if strings.Contains(text, "*") {
		return nil, "must have no wildcard: addresses are compared letter for letter"
	}
	u, err := url.Parse(text)
	if err != nil || !uriLetters.MatchString(text) {
		return nil, "is no URI of the letters that RFC 3986 allows"
	}
	scheme, _, _ := strings.Cut(text, ":")
	switch {
	case scheme == "" || scheme != u.Scheme:
		return nil, "must begin with a scheme in small letters"
	case u.User != nil || strings.Contains(u.Host, "@"):
		return nil, "must have no user name"
	case slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool {
		s, _, _ = strings.Cut(s, ";")
		return s == "." || s == ".."
	}):
		return nil, "must have no dots for a folder in its path"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, "has a query that cannot be read"
	}
	for name := range query {
		if slices.Contains(answers, strings.ToLower(name)) {
			return nil, "must not have " + strings.ToLower(name) + " in its query, which an answer has"
		}
	}
	return u, ""
}

func hostFlaw(u *url.URL) string {
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	if u.Opaque != "" || !hostLetters.MatchString(host) {
		return "must have a host in small letters, as DNS has it"
	}
	return ""
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// serverFlaw says what is wrong with an address that Central itself calls.
func (p place) serverFlaw(text string) string {
	u, flaw := parseURI(text)
	if flaw != "" {
		return flaw
	}
	if p.local && (u.Scheme == "http" || u.Scheme == "https") && loopback(u.Hostname()) {
		return ""
	}
	if u.Scheme != "https" {
		return "must be https"
	}
	if flaw := hostFlaw(u); flaw != "" {
		return flaw
	}
	if !publicHost(u.Hostname()) {
		return "must be a public host: Central calls no private network"
	}
	return ""
}

// publicHost reports a name that is not of one's own network, or an address of the public internet.
func publicHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return PublicAddress(ip)
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	return len(labels) > 1 && strings.Trim(last, "0123456789") != "" && !slices.Contains([]string{"local", "localhost", "internal", "lan", "home", "corp", "test", "invalid", "example", "arpa"}, last)
}

// notPublic are the networks of RFC 6890 and its kind that netip has no word for.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/23"),
}

// PublicAddress reports an address of the public internet: who sends to a client's address asks again once DNS has answered.
func PublicAddress(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// originFlaw says what is wrong with the origin of a client's pages.
func (p place) originFlaw(text string) string {
	u, flaw := parseURI(text)
	if flaw != "" {
		return flaw
	}
	if u.Scheme+"://"+u.Host != text {
		return "must be an origin: scheme, host, and a port where it is not the scheme's own"
	}
	return p.flaw(text)
}
