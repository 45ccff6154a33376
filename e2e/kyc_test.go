package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

// bucket is the storage that a form leads to.
func (p *person) bucket(form map[string]any) *upload.Bucket {
	p.t.Helper()
	if system.cmd == nil {
		p.t.Skip("the storage of the run under test is not ours to look into")
	}
	at, err := url.Parse(form["url"].(string))
	if err != nil {
		p.t.Fatal(err)
	}
	return upload.New(uploadtest.Client(at.Scheme+"://"+at.Host), strings.Trim(at.Path, "/"))
}

// stored lists what storage has of a person: the key of every version of every object.
func (p *person) stored(form map[string]any) []string {
	p.t.Helper()
	account := p.call("GET", "/v1/account", nil).text("id")
	var keys []string
	for _, folder := range []string{"incoming/", "vault/"} {
		all, err := p.bucket(form).Versions(p.t.Context(), folder+account+"/")
		if err != nil {
			p.t.Fatal(err)
		}
		for _, v := range all {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// form asks for an upload of a PDF.
func (p *person) form(requirement, documentType string, file []byte) (documentID string, form map[string]any) {
	p.t.Helper()
	r := p.want(p.call("POST", "/v1/kyc/documents", m{
		"requirement": requirement, "documentType": documentType, "fileName": "a.pdf", "contentType": "application/pdf", "size": len(file),
	}), 201)
	return r.text("documentId"), r.body["upload"].(map[string]any)
}

func (p *person) send(form map[string]any, file []byte) {
	p.t.Helper()
	if status, answer := postForm(p.t, form["url"].(string), form["fields"].(map[string]any), "application/pdf", file); status != 201 {
		p.t.Fatalf("storage answered %d %s", status, answer)
	}
}

func TestADocumentThatIsRemovedLeavesNoVersionInStorage(t *testing.T) {
	p := applicant(t)
	file := pdf(t)
	id, form := p.form("entity_pan", "epan", file)
	p.send(form, file)
	if d := p.settled(id); d["state"] != "clean" {
		t.Fatalf("the file became %v", d)
	}
	p.send(form, file) // once more, by the same form
	eventually(t, "the second file is thrown away, and the first is kept", func() bool {
		left := p.stored(form)
		return len(left) == 1 && strings.HasPrefix(left[0], "vault/")
	})
	for range 2 {
		p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
		if left := p.stored(form); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	}
}

func TestAnUploadWhoseCheckFailedCanBeTakenBack(t *testing.T) {
	p := applicant(t)
	file := pdf(t)
	fault(t, m{"service": "s3", "operation": "GetObject", "mode": "500"})
	id, form := p.form("entity_pan", "epan", file)
	p.send(form, file)
	p.want(p.call("POST", "/v1/kyc/documents/"+id+"/complete", nil), 200)
	if left := p.stored(form); !slices.ContainsFunc(left, func(key string) bool { return strings.HasPrefix(key, "incoming/") }) {
		t.Fatalf("storage holds %v", left)
	}
	p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
	if left := p.stored(form); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAnUploadThatIsGoneBeforeItIsLookedAtIsNoFailure(t *testing.T) {
	p := applicant(t)
	file := pdf(t)
	fault(t, m{"service": "s3", "operation": "GetObject", "mode": "500"})
	id, form := p.form("entity_pan", "epan", file)
	p.send(form, file)
	key := form["fields"].(map[string]any)["key"].(string)
	if err := p.bucket(form).Purge(t.Context(), key, ""); err != nil {
		t.Fatal(err)
	}
	fault(t, m{"service": "s3", "mode": "off"})
	eventually(t, "the event is done", func() bool {
		left, err := filepath.Glob(filepath.Join(system.data, "events", "*"))
		return err == nil && !slices.ContainsFunc(left, func(file string) bool {
			text, _ := os.ReadFile(file) // gone meanwhile: it is done
			return strings.Contains(string(text), id)
		})
	})
	p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
}

func TestAStaleTabIsToldAndASubmissionCanBeQuoted(t *testing.T) {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	p.saveDetails("individual")
	p.fillCase("individual")
	stale := p.call("GET", "/v1/kyc", nil).header.Get("ETag")
	p.want(p.call("PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380001"}}, "If-Match", stale), 200)
	p.want(p.call("PATCH", "/v1/kyc", m{"fields": m{"pinCode": "x"}}), 422, "pin_length")
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual", "fields": wholeFields()}, "If-Match", stale), 412, "version_mismatch")
	if got := p.kycCase()["fields"].(map[string]any)["pinCode"]; got != "380001" {
		t.Errorf("the stale tab has left %v", got)
	}
	reference := p.want(p.call("POST", "/v1/kyc/submit", agreed()), 202).text("reference")
	if !regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`).MatchString(reference) || p.kycCase()["reference"] != reference {
		t.Errorf("the reference is %q, and the case says %v", reference, p.kycCase()["reference"])
	}
	if n := len(itemsOf(t, "users", func(i item) bool { return i["pk"] == "reference#"+reference && i["no"] == 1.0 })); n != 1 {
		t.Errorf("%d items lead to the case", n)
	}
}
