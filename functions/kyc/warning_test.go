package main

import (
	"strings"
	"testing"
)

func TestWhatIsUnusualIsShownAndHoldsNothingUp(t *testing.T) {
	p := newWorld(t).holder(t)
	p.drafted(t)
	if r := p.call("GET", "/v1/kyc", nil); len(r.body["warnings"].([]any)) != 0 {
		t.Errorf("an honest case is warned of %v", r.body["warnings"])
	}
	r := p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"legalName": "Asha Mehta"}})
	warnings := r.body["warnings"].([]any)
	if len(warnings) != 1 || warnings[0].(m)["code"] != "pan_name_disagrees" || warnings[0].(m)["pointers"].([]any)[0] != "/fields/pan" {
		t.Errorf("it is warned of %v", warnings)
	}
	if r.body["canSubmit"] != true || len(r.body["missing"].([]any)) != 0 {
		t.Errorf("it is held up: %s", r.missing())
	}
	p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
}

func TestACaseSaysWhatItsOwnVersionAsks(t *testing.T) {
	p := newWorld(t).holder(t)
	r := p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
	var asked []string
	for _, f := range r.body["asked"].([]any) {
		asked = append(asked, f.(m)["name"].(string))
	}
	if got := strings.Join(asked[:3], " "); r.body["catalogueVersion"] != "2026-12" || got != "pan legalName addressLine1" {
		t.Errorf("%v asks for %s", r.body["catalogueVersion"], got)
	}
}

func TestACaseSaysWhichPapersCanBeFilledInAndWhereInADrawingToLook(t *testing.T) {
	p := newWorld(t).holder(t)
	options := map[string]m{}
	for _, r := range p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "sole_proprietorship"}).body["requirements"].([]any) {
		for _, o := range r.(m)["options"].([]any) {
			options[o.(m)["id"].(string)] = o.(m)
		}
	}
	letter, card := options["gst_declaration"], options["pan_card"]
	if sample, _ := letter["sample"].(m); letter["template"] != "gst_declaration" || sample["name"] != "letter" || len(sample["spots"].([]any)) != len(letter["checklist"].([]any)) {
		t.Errorf("the declaration: %v", letter)
	}
	if sample, _ := card["sample"].(m); card["template"] != nil || sample["name"] != "card" || sample["spots"].([]any)[0].(m)["x"].(float64) == 0 {
		t.Errorf("the PAN card: %v", card)
	}
}

func TestANumberThatMayBeAnAadhaarIsTakenFromWhoSaysItIsNone(t *testing.T) {
	p := newWorld(t).holder(t)
	p.drafted(t)
	plot := m{"fields": m{"addressLine1": "Plot 2341/2341/2346"}}
	p.want(t, "422 aadhaar_number_suspected", "PATCH", "/v1/kyc", plot)
	plot["confirmed"] = []string{"/fields/addressLine1"}
	if r := p.want(t, "200", "PATCH", "/v1/kyc", plot); r.body["fields"].(m)["addressLine1"] != "Plot 2341/2341/2346" {
		t.Errorf("it is %v", r.body["fields"])
	}
	file := m{"requirement": "bank_proof", "documentType": "passbook", "fileName": "2341 2341 2346.pdf", "contentType": "application/pdf", "size": 9}
	p.want(t, "422 aadhaar_number_suspected", "POST", "/v1/kyc/documents", file)
	file["confirmed"] = []string{"/fileName"}
	p.want(t, "201", "POST", "/v1/kyc/documents", file)
}
