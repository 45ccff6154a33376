package e2e

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"phonon.in/central/shared/httpapi/contract"
)

// What follows is for tools/upgrade.sh: two versions on one database, the earlier one at system.url.

// eachByItsOwn holds the answers of each version to its own contract.
type eachByItsOwn struct{ before, now http.RoundTripper }

func (e eachByItsOwn) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(system.url, "http://"+r.URL.Host) {
		return e.before.RoundTrip(r)
	}
	return e.now.RoundTrip(r)
}

func heldTo(t testing.TB, next http.RoundTripper) http.RoundTripper {
	now := contract.Transport(t, next)
	if system.other == "" {
		return now
	}
	return eachByItsOwn{contract.TransportOf(t, os.Getenv("CENTRAL_CONTRACT"), next), now}
}

// beginBefore leaves out of a case what only the later version asks for: the earlier one begins it, with a catalogue that both know.
func (p *person) beginBefore(start m) {
	p.t.Helper()
	all := start["fields"].(m)
	known := m{}
	for _, name := range []string{"pan", "gstin", "cin"} {
		if v, ok := all[name]; ok {
			known[name] = v
		}
	}
	p.calls.Store(0)
	begun := p.want(p.call("PUT", "/v1/kyc", m{"entityType": start["entityType"], "fields": known}), 200)
	for _, x := range begun.body["missing"].([]any) {
		if name, ok := strings.CutPrefix(x.(map[string]any)["pointer"].(string), "/fields/"); ok {
			if known[name] = all[name]; known[name] == nil {
				known[name] = "Asha Rao"
			}
		}
	}
	start["fields"] = known
}

// handIn submits the case. A version from before the KYC notice takes no body.
func (p *person) handIn() reply {
	p.t.Helper()
	if system.other != "" && p.calls.Load()%2 == 0 && !strings.Contains(earlierContract(p.t), "NoticeAcceptance") {
		return p.call("POST", "/v1/kyc/submit", nil)
	}
	return p.call("POST", "/v1/kyc/submit", agreed())
}

func earlierContract(t testing.TB) string {
	text, err := os.ReadFile(os.Getenv("CENTRAL_CONTRACT"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// reachesTheDesk waits until a case is in the lane of new ones, whichever version took it in: the clock adopts what the earlier one did.
func (p *person) reachesTheDesk() {
	p.t.Helper()
	reference := p.kycCase()["reference"]
	eventually(p.t, "a case is in a lane", func() bool {
		return len(itemsOf(p.t, "users", func(i item) bool { return i["reference"] == reference && i["queue"] == "lane#new" })) == 1
	})
}
