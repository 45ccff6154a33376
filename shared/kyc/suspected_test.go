package kyc

import (
	"testing"

	"phonon.in/central/shared/account"
)

// 2341 2341 2346 passes the check digit of an Aadhaar number, as one in ten numbers of twelve digits does.
func TestANumberThatMayBeAnAadhaarIsAskedAboutOnce(t *testing.T) {
	c := honest("private_limited", nil)
	plot := "Plot 2341/2341/2346, Station Road"
	one := func(name, text string, sure ...string) (Case, error) {
		return c.Patch(Patch{Fields: map[string]*string{name: &text}, Confirmed: sure}, account.Company, now)
	}
	for _, text := range []string{plot, "२३४१ २३४१ २३४६", "2341--2341 / 2346", "VID 5123 7891 6234 1237"} {
		if _, err := one("addressLine1", text); pointers(err) != "/fields/addressLine1 aadhaar_number_suspected" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := one("addressLine1", plot, "/fields/addressLine2"); pointers(err) != "/fields/addressLine1 aadhaar_number_suspected" {
		t.Errorf("an answer for another field: %v", err)
	}
	if _, err := one("legalName", "Zaveri 2341 2341 2346", "/fields/legalName"); pointers(err) != "/fields/legalName aadhaar_number_present" {
		t.Errorf("a name: %v", err)
	}
	saved, err := one("addressLine1", plot, "/fields/addressLine1")
	if err != nil || saved.Fields["addressLine1"] != plot {
		t.Fatalf("%q, %v", saved.Fields["addressLine1"], err)
	}
	if again, err := saved.Edit(Given{EntityType: saved.EntityType, Fields: saved.Fields}, account.Company, now); err != nil || again.Fields["addressLine1"] != plot {
		t.Errorf("saved as a whole it is asked about again: %v", err)
	}
	if e := Evaluate(filled(t, saved, account.Company), account.Company, now); !e.CanSubmit {
		t.Errorf("it is asked about when it is handed in: %+v", e.Missing)
	}
	other := "Plot 9999 4105 7058"
	if _, err := saved.Patch(Patch{Fields: map[string]*string{"addressLine1": &other}}, account.Company, now); pointers(err) != "/fields/addressLine1 aadhaar_number_suspected" {
		t.Errorf("another number is not asked about: %v", err)
	}
}

func TestANumberInAnAnswerOrAFileNameIsAskedAboutToo(t *testing.T) {
	c, text := flagged("/fields/pan"), "See 2341 2341 2346."
	answers := Patch{Answers: map[string]*string{"/fields/pan": &text}}
	_, err := c.Patch(answers, account.Individual, now)
	if pointers(err) != "/answers/~1fields~1pan aadhaar_number_suspected" {
		t.Errorf("an answer: %v", err)
	}
	answers.Confirmed = []string{"/answers/~1fields~1pan"}
	if saved, err := c.Patch(answers, account.Individual, now); err != nil || saved.Answers["/fields/pan"] != text {
		t.Errorf("%v, %v", saved.Answers, err)
	}
	file := Upload{Requirement: "personal_id", DocumentType: "passport", FileName: "order 2341 2341 2346.pdf", ContentType: "application/pdf", Size: 9}
	if _, err := NewDocument(draft("individual", nil), file, "DOCUMENT", now); pointers(err) != "/fileName aadhaar_number_suspected" {
		t.Errorf("a file name: %v", err)
	}
	file.Confirmed = []string{"/fileName"}
	if d, err := NewDocument(draft("individual", nil), file, "DOCUMENT", now); err != nil || d.FileName != file.FileName {
		t.Errorf("%+v, %v", d, err)
	}
}
