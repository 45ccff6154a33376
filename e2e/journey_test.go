package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"phonon.in/central/web/legal"
)

// journey takes one person from "never heard of us" to a submitted case.
func journey(t *testing.T, p *person, accountType, phoneKind, number string) {
	t.Helper()
	begins(t, p, accountType, phoneKind, number)
	p.fillCase(accountType)
	p.want(p.handIn(), 202)
	if got := p.login().text("next"); got != "home" {
		t.Errorf("after the submission next is %s", got)
	}
	p.want(p.handIn(), 409, "case_locked")
	if system.other != "" {
		p.reachesTheDesk()
	}
}

// begins is the way from signing up to an account with details.
func begins(t *testing.T, p *person, accountType, phoneKind, number string) {
	t.Helper()
	signedUp := p.signup()
	if signedUp.text("email") != p.email || signedUp.body["resendAfter"] != 60.0 {
		t.Errorf("sign-up answered %s", signedUp.raw)
	}
	verified := p.want(p.call("POST", "/v1/verify", m{"token": p.linkToken()}), 200)
	if verified.text("next") != "login" {
		t.Errorf("verify says next: %s", verified.text("next"))
	}
	if got := p.login().text("next"); got != "account-details" {
		t.Errorf("the first log-in says next: %s", got)
	}
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual"}), 409, "account_details_required")
	p.provePhone(number, phoneKind)
	p.saveDetails(accountType)
	if got := p.want(p.call("GET", "/v1/account", nil), 200); got.text("next") != "kyc" {
		t.Errorf("after the details next is %s", got.text("next"))
	}
}

// agreed is what a submission accepts and declares.
func agreed() m {
	return m{"notice": m{"version": legal.KYC().Version, "accepted": true}, "declared": true}
}

// wholeFields are the fields of an individual that lack nothing.
func wholeFields() m {
	return m{
		"pan": "ZZZPZ9999Z", "legalName": "Zoya Zaveri", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
	}
}

// wholeCompany are the fields of a private limited company that lack nothing.
func wholeCompany() m {
	fields := m{
		"pan": "ZZZCZ9999Z", "gstin": "24ZZZCZ9999Z1ZP", "cin": "U72900GJ2008PTC046374", "legalName": "Zaveri Traders Private Limited",
		"signatoryName": "Asha Rao", "signatoryDesignation": "Manager", "signatoryPan": "AAAPR1234C", "signatoryMobile": "+919876543210",
		"signatoryEmail": "asha.rao@example.com",
	}
	for _, name := range []string{"addressLine1", "city", "state", "pinCode"} {
		fields[name] = wholeFields()[name]
	}
	return fields
}

// fillCase gives everything that the case asks for: the first option of each requirement, a PDF and a JPEG in turn.
func (p *person) fillCase(accountType string) {
	p.t.Helper()
	start := m{"entityType": "individual", "fields": wholeFields()}
	if accountType == "company" {
		start = m{"entityType": "private_limited", "fields": wholeCompany()}
	}
	if system.other != "" {
		p.beginBefore(start)
	}
	p.want(p.call("PUT", "/v1/kyc", start), 200)
	refused := p.want(p.handIn(), 422, "kyc_incomplete")
	if !strings.Contains(refused.pointers(), "/requirements/") || strings.Contains(refused.pointers(), "/fields/") {
		p.t.Errorf("submit does not name the requirements: %s", refused.raw)
	}
	var uploaded []string
	for i, x := range p.kycCase()["requirements"].([]any) {
		r := x.(map[string]any)
		if r["needed"] != true {
			continue
		}
		options := r["options"].([]any)
		for n := range int(r["minOf"].(float64)) {
			file, name, kind := pdf(p.t), "file.pdf", "application/pdf"
			if i%2 == 1 {
				file, name, kind = jpeg(p.t), "photo.jpg", "image/jpeg"
			}
			id, status := p.upload(r["id"].(string), options[n].(map[string]any)["id"].(string), name, kind, file)
			if status != 201 {
				p.t.Fatalf("storage answered %d", status)
			}
			p.want(p.call("POST", "/v1/kyc/documents/"+id+"/complete", nil), 200)
			uploaded = append(uploaded, id)
		}
	}
	for _, id := range uploaded {
		if d := p.settled(id); d["state"] != "clean" {
			p.t.Fatalf("a good file became %v: %v", d["state"], d["reason"])
		}
	}
}

func TestJourneyOfAnIndividualWithAMobile(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	p.works = true
	journey(t, p, "individual", "mobile", mobile())
}

func TestJourneyOfACompanyWithALandline(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	number := landline()
	journey(t, p, "company", "landline", number)
	if got := p.messages(number); len(got) != 1 || got[0].Kind != "call" {
		t.Errorf("a landline got %+v", got)
	}
}

// Every fifth hands in a case too: rendering its documents is what takes the time.
func TestFiftyPeopleAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for i := range 50 {
		p := newPerson(t)
		all.Go(func() {
			kind, phone, number := "individual", "mobile", mobile()
			if i%2 == 1 {
				kind, phone, number = "company", "landline", landline()
			}
			if i%5 == 0 {
				journey(t, p, kind, phone, number)
				return
			}
			begins(t, p, kind, phone, number)
		})
	}
	all.Wait() // an answer of 500 or above fails the test: see contractTransport
}

func local(t *testing.T, path string, into any) {
	t.Helper()
	answer, err := http.Get(system.local + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
}
