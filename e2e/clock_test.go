package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/upload/uploadtest"
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

// page puts a picture of a page where those of a document are kept.
func (p *person) page(form map[string]any) {
	p.t.Helper()
	at, err := url.Parse(form["url"].(string))
	if err != nil {
		p.t.Fatal(err)
	}
	bucket, key := strings.Trim(at.Path, "/"), strings.Replace(form["fields"].(map[string]any)["key"].(string), "incoming/", "pages/", 1)+"/1.jpg"
	if _, err := uploadtest.Client(at.Scheme+"://"+at.Host).PutObject(p.t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")}); err != nil {
		p.t.Fatal(err)
	}
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
	p.page(form)
	tick(t, 77)
	if c := p.kycCase(); c["entityType"] != "individual" || len(p.stored(form)) == 0 {
		t.Fatalf("it was only to be warned about: %v", c)
	}
	tick(t, 91)
	c := p.kycCase()
	if c["status"] != "draft" || c["entityType"] != nil || len(c["fields"].(map[string]any)) != 0 || len(c["requirements"].([]any)) != 0 {
		t.Errorf("%v", c)
	}
	tick(t, 92)
	pages, err := p.bucket(form).Versions(t.Context(), "pages/"+p.call("GET", "/v1/account", nil).text("id")+"/")
	if left := p.stored(form); len(left) != 0 || len(pages) != 0 || err != nil {
		t.Errorf("left: %v %v %v", left, pages, err)
	}
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}}), 200)
}
