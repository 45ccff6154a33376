package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

var sums = [2]string{strings.Repeat("a1", 32), strings.Repeat("b2", 32)}

// approved is a desk whose holder was approved.
func approved(t *testing.T) *desk {
	d := newDesk()
	d.profile.Verified = account.Verification{CaseNo: 2, Until: evening.AddDate(2, 0, 0)}
	d.profile.Email, _ = account.ParseEmail("asha@example.com")
	d.found = kyc.Case{
		AccountID: d.profile.ID, No: 2, Status: kyc.Approved, Reference: "K7M2-9QXD", EntityType: "private_limited", Catalogue: kyc.Current().Version,
		Fields: known, ApprovedAt: evening.AddDate(0, -1, 0), ValidUntil: d.profile.Verified.Until,
		Documents: []kyc.Document{
			{ID: "1", Requirement: "entity_pan", Type: "epan", FileName: "पैन कार्ड.pdf", State: kyc.DocAccepted, SHA256: sums[0]},
			{ID: "2", Requirement: "entity_pan", Type: "pan_card", FileName: "blurred.pdf", State: kyc.DocRejected, SHA256: sums[1]},
		},
	}
	return d
}

func TestTheSummarySaysWhatIsVerifiedAndByWhat(t *testing.T) {
	text := approved(t).read(t, "/v1/kyc/summary")
	for _, want := range []string{
		"Summary of a verified account", "As of 26 November 2026", "Rao & Sons Traders Private Limited", "Private limited company", "ZZZCZ9999Z", "U72900GJ2010PTC000001", "Meera Shah",
		"asha@example.com", "K7M2-9QXD", "Approved on", "26 October 2026", "Valid until", "26 November 2028", "e-PAN", "Verified by document review", "No register was asked",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if one := strings.ReplaceAll(text, " ", ""); !strings.Contains(one, sums[0]) || strings.Contains(one, sums[1]) || strings.Contains(text, "blurred") {
		t.Errorf("it names other files than the accepted ones:\n%s", text)
	}
}

func TestThereIsNoSummaryOfWhatIsNotInForce(t *testing.T) {
	for name, change := range map[string]func(d *desk){
		"nothing was ever approved":            func(d *desk) { d.profile.Verified = account.Verification{} },
		"it has ended a moment ago":            func(d *desk) { d.profile.Verified.Until = evening },
		"it was suspended meanwhile":           func(d *desk) { d.found.Status = kyc.Suspended },
		"its approval is being looked at anew": func(d *desk) { d.found.Status = kyc.UnderReview },
	} {
		t.Run(name, func(t *testing.T) {
			d := approved(t)
			change(d)
			if w := d.get("/v1/kyc/summary"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "kyc_not_approved") {
				t.Errorf("%d %.300s", w.Code, w.Body)
			}
		})
	}
	d := approved(t)
	d.found.Status, d.profile.KYC, d.profile.KYCCase = kyc.Expiring, "draft", 3 // its successor is open
	if w := d.get("/v1/kyc/summary"); w.Code != http.StatusOK {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
	d.profile.Verified.Until = evening.Add(time.Millisecond)
	if w := d.get("/v1/kyc/summary"); w.Code != http.StatusOK {
		t.Errorf("in its last moment: %d", w.Code)
	}
}
