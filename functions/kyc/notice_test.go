package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/web/legal"
)

// kycConsents are the consents of the account but that to the terms.
func (p *holder) kycConsents(t *testing.T) []account.Consent {
	t.Helper()
	all, err := p.Consents(t.Context(), p.id)
	must(t, err)
	return slices.DeleteFunc(all, func(c account.Consent) bool { return c.Document == "terms" })
}

func TestACaseIsNotHandedInBeforeItsNoticeIsAcceptedAndItsPeopleDeclared(t *testing.T) {
	p := newWorld(t).holder(t)
	p.drafted(t)
	version := legal.KYC().Version
	before := p.rows(t)
	for _, row := range []struct {
		body    any
		missing string
	}{
		{m{}, "/declared declaration_missing, /notice/accepted notice_not_accepted, /notice/version notice_outdated"},
		{m{"notice": m{"version": version}, "declared": true}, "/notice/accepted notice_not_accepted"},
		{m{"notice": m{"version": version, "accepted": false}, "declared": true}, "/notice/accepted notice_not_accepted"},
		{m{"notice": m{"version": "000000000000", "accepted": true}, "declared": true}, "/notice/version notice_outdated"},
		{m{"notice": m{"version": version, "accepted": true}}, "/declared declaration_missing"},
		{m{"notice": m{"version": version, "accepted": true, "locale": "हिन्दी"}, "declared": true}, "/notice/locale locale_invalid"},
	} {
		r := p.call("POST", "/v1/kyc/submit", row.body)
		if r.status != 422 || r.missing() != row.missing {
			t.Errorf("%v is answered %s: %s", row.body, r.says(), r.raw)
		}
	}
	p.want(t, "400 body_missing", "POST", "/v1/kyc/submit", nil)
	if p.rows(t) != before {
		t.Error("something changed all the same")
	}
	if got := p.call("GET", "/v1/kyc", nil).body["notice"].(m); got["version"] != version || got["due"] != true {
		t.Errorf("the case says %v", got)
	}
}

func TestWhatIsMissingIsSaidBeforeTheNoticeIs(t *testing.T) {
	p := newWorld(t).holder(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}})
	p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", m{})
	if got := p.kycConsents(t); len(got) != 0 {
		t.Errorf("kept all the same: %+v", got)
	}
}

func TestWhatIsAcceptedIsKeptWithTheHashOfTheTextThatWasRead(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.drafted(t)
	body := agreed()
	body["notice"].(m)["locale"] = "hi-IN"
	p.want(t, "202", "POST", "/v1/kyc/submit", body)
	text, err := os.ReadFile("../../web/legal/kyc.hi.html")
	must(t, err)
	sum := sha256.Sum256(text)
	got := p.kycConsents(t)
	if len(got) != 2 {
		t.Fatalf("kept: %+v", got)
	}
	for i, document := range []string{"kyc_declaration", "kyc_notice"} {
		c := got[i]
		if c.Document != document || c.Version != legal.KYC().Version || c.Hash != hex.EncodeToString(sum[:]) || c.Locale != "hi" || !c.AcceptedAt.Equal(now) {
			t.Errorf("kept: %+v", c)
		}
	}
	if got := p.call("GET", "/v1/kyc", nil).body["notice"].(m); got["due"] != false {
		t.Errorf("handed in, the case says %v", got)
	}
}

func TestAnAnswerAsksForTheNoticeAgainOnlyIfItIsAnother(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.drafted(t)
	p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
	p.review(t, kyc.NeedsInfo)
	p.want(t, "202", "POST", "/v1/kyc/submit", m{})
	if got := p.kycConsents(t); len(got) != 2 {
		t.Errorf("kept: %+v", got)
	}
	p.review(t, kyc.NeedsInfo)
	w.h.notice.Version = "111111111111"
	if r := p.call("POST", "/v1/kyc/submit", agreed()); r.status != 422 || r.missing() != "/notice/version notice_outdated" {
		t.Errorf("the version before is answered %s: %s", r.says(), r.raw)
	}
	p.want(t, "202", "POST", "/v1/kyc/submit", m{"notice": m{"version": "111111111111", "accepted": true}, "declared": true})
	if got := p.kycConsents(t); len(got) != 4 || got[3].Version != "111111111111" || !got[3].AcceptedAt.After(got[1].AcceptedAt) {
		t.Errorf("kept: %+v", got)
	}
}
