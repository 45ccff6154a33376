package account

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"phonon.in/central/shared/pattern"
)

// named is what people call a system or a browser, and how it calls itself.
type named struct {
	name string
	says *pattern.Pattern
}

// The first that fits: Android also says Linux, and Edge says Chrome.
var (
	systems = []named{
		{"Android", pattern.New(`Android`)}, {"iPhone", pattern.New(`iPhone`)}, {"iPad", pattern.New(`iPad`)},
		{"KaiOS", pattern.New(`(?i)KAIOS`)}, {"Windows", pattern.New(`Windows`)}, {"Mac", pattern.New(`Mac OS X|Macintosh`)},
		{"ChromeOS", pattern.New(`CrOS`)}, {"Linux", pattern.New(`Linux|X11`)},
	}
	browsers = []named{
		{"Edge", pattern.New(`Edg(A|iOS)?/`)}, {"Opera", pattern.New(`OPR/|OPT/|OPX/`)}, {"Samsung Internet", pattern.New(`SamsungBrowser/`)},
		{"UC Browser", pattern.New(`UCBrowser/`)}, {"Mi Browser", pattern.New(`MiuiBrowser/`)}, {"Firefox", pattern.New(`Firefox/|FxiOS/`)},
		{"Chrome", pattern.New(`Chrome/|CriOS/`)}, {"Safari", pattern.New(`Safari/`)},
	}
	ownName = pattern.New(`^[\w.-]+`)
)

func first(list []named, userAgent string) string {
	if i := slices.IndexFunc(list, func(n named) bool { return n.says.MatchString(userAgent) }); i >= 0 {
		return list[i].name
	}
	return ""
}

// DeviceOf is what people call a device, by what it says of itself: "Chrome, Android". Of a program it is its own name, "" where nothing is known.
// The parts are names in every language.
func DeviceOf(userAgent string) string {
	found := slices.DeleteFunc([]string{first(browsers, userAgent), first(systems, userAgent)}, func(s string) bool { return s == "" })
	if len(found) > 0 {
		return strings.Join(found, ", ")
	}
	return ownName.FindString(userAgent)
}

// NetworkOf is the network that an address is in, as a place: its /24, or the /48 of an IPv6 address. What is no address is "".
func NetworkOf(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	bits := 48
	if address = address.Unmap().WithZone(""); address.Is4() {
		bits = 24
	}
	network, err := address.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}

// SamePlace reports that two log-ins came from one kind of device in one network.
func (s Session) SamePlace(other Session) bool {
	return DeviceOf(s.UserAgent) == DeviceOf(other.UserAgent) && NetworkOf(s.IP) == NetworkOf(other.IP)
}

// settling is how long after it began an account without a session tells of no device: its holder has just signed up.
const settling = 24 * time.Hour

// Strange reports that a session, of a browser that has not logged in to the account before, comes from a device that is not known: none of
// the sessions before it came from such a device in such a network.
func (s Session) Strange(p Profile, before []Session) bool {
	if len(before) == 0 && s.CreatedAt.Sub(p.CreatedAt) < settling {
		return false
	}
	return !slices.ContainsFunc(before, s.SamePlace)
}

// NoticeLife is how long the link works that disowns a log-in from a device that was not known.
const NoticeLife = 7 * 24 * time.Hour

// Notice is what was told of a log-in from a device that was not known: who it was not disowns it, once.
type Notice struct {
	AccountID         ID
	Digest            string // of the session
	CredentialVersion int    // of the session: a new password makes the notice void
	ExpiresAt         time.Time
	UsedAt            time.Time
}

// NoticeOf is the notice of a session from a device that was not known.
func NoticeOf(s Session) Notice {
	return Notice{AccountID: s.AccountID, Digest: s.Digest, CredentialVersion: s.CredentialVersion, ExpiresAt: s.CreatedAt.Add(NoticeLife)}
}
