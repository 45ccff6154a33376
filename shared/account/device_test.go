package account

import "testing"

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
