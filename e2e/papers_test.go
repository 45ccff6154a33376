package e2e

import (
	"strings"
	"testing"
)

func TestALetterToSignIsMadeForWhoeverIsLoggedIn(t *testing.T) {
	p := applicant(t)
	r := p.want(p.call("GET", "/v1/kyc/papers/gst_declaration", nil), 200)
	if !strings.HasPrefix(r.raw, "%PDF-") || r.header.Get("Content-Disposition") != "attachment; filename=gst-declaration.pdf" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v, %.20q", r.header, r.raw)
	}
	p.want(p.call("GET", "/v1/kyc/papers/memorandum", nil), 404, "paper_unknown")
	p.want(p.call("GET", "/v1/kyc/summary", nil), 409, "kyc_not_approved")
	p.want(newPerson(t).call("GET", "/v1/kyc/papers/gst_declaration", nil), 401, "unauthenticated")
}
