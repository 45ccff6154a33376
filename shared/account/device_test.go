package account

import (
	"testing"
	"time"
)

func TestADeviceIsCalledAsPeopleCallIt(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                     "Chrome, Android",
		"Mozilla/5.0 (Linux; Android 13; SM-M146B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                     "Firefox, Linux",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":                      "Safari, Mac",
		"curl/8.5.0":        "curl",
		"okhttp/4.12.0":     "okhttp",
		"":                  "",
		"<script>alert(1)":  "",
		"   Chrome without": "",
	} {
		if got := DeviceOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

func TestANetworkIsAPlaceAndNotAnAddress(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "::ffff:203.0.113.77": "203.0.113.0/24", "2001:db8:1234:5678::9": "2001:db8:1234::/48",
		"fe80::1%eth0": "fe80::/48", "unknown": "", "": "", "203.0.113.77:80": "",
	} {
		if got := NetworkOf(ip); got != want {
			t.Errorf("%s: %q, want %q", ip, got, want)
		}
	}
}

func TestALogInFromADeviceOrANetworkThatIsNotKnownIsStrange(t *testing.T) {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	const phone, desk = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	before := []Session{{UserAgent: phone, IP: "203.0.113.7"}}
	for name, c := range map[string]struct {
		agent, ip string
		age       time.Duration // of the account
		before    []Session
		want      bool
	}{
		"the same again":                           {phone, "203.0.113.9", 0, before, false},
		"another device":                           {desk, "203.0.113.7", 0, before, true},
		"another network":                          {phone, "198.51.100.4", 0, before, true},
		"the first of a new account":               {desk, "198.51.100.4", 24*time.Hour - 1, nil, false},
		"the first of one that is a day old":       {desk, "198.51.100.4", 24 * time.Hour, nil, true},
		"another device on an account's first day": {desk, "203.0.113.7", time.Hour, before, true},
	} {
		s := Session{UserAgent: c.agent, IP: c.ip, CreatedAt: at}
		if got := s.Strange(Profile{CreatedAt: at.Add(-c.age)}, c.before); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if n := NoticeOf(Session{AccountID: "a", Digest: "d", CredentialVersion: 3, CreatedAt: at}); n != (Notice{AccountID: "a", Digest: "d", CredentialVersion: 3, ExpiresAt: at.Add(168 * time.Hour)}) {
		t.Errorf("%+v", n)
	}
}
