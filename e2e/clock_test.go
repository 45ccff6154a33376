package e2e

import (
	"net/http"
	"testing"
	"time"

	"phonon.in/central/shared/upload"
)

// tick has the clock run as of some days from now. It does so to all cases there are, so no other test may run beside it.
func tick(t *testing.T, days int) {
	t.Helper()
	at := time.Now().AddDate(0, 0, days).UTC().Format(time.RFC3339)
	answer, err := http.Post(system.local+"/schedule?function=clock&at="+at, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the clock answered %d", answer.StatusCode)
	}
}

// pages are the versions of pictures of an account's documents.
func (p *person) pages(form map[string]any) []upload.Version {
	p.t.Helper()
	all, err := p.bucket(form).Versions(p.t.Context(), "pages/"+p.call("GET", "/v1/account", nil).text("id")+"/")
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

func TestADraftThatIsLeftAloneIsEmptiedAndLeavesNoFile(t *testing.T) {
	p := applicant(t)
	file := pdf(t)
	id, form := p.form("entity_pan", "epan", file)
	p.send(form, file)
	if d := p.settled(id); d["state"] != "clean" {
		t.Fatalf("the file became %v", d)
	}
	p.stored(form) // skips where storage is not ours to look into
	tick(t, 77)
	if c := p.kycCase(); c["entityType"] != "individual" || len(p.stored(form)) == 0 || len(p.pages(form)) == 0 {
		t.Fatalf("it was only to be warned about: %v", c)
	}
	tick(t, 91)
	c := p.kycCase()
	if c["status"] != "draft" || c["entityType"] != nil || len(c["fields"].(map[string]any)) != 0 || len(c["requirements"].([]any)) != 0 {
		t.Errorf("%v", c)
	}
	tick(t, 92)
	if left, pages := p.stored(form), p.pages(form); len(left) != 0 || len(pages) != 0 {
		t.Errorf("left: %v %v", left, pages)
	}
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}}), 200)
}
