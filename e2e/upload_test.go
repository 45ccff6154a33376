package e2e

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// applicant is a person with a case in draft, as an individual.
func applicant(t *testing.T) *person {
	t.Helper()
	p := member(t)
	p.provePhone(mobile(), "mobile")
	p.saveDetails("individual")
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}}), 200)
	return p
}

// firstRequirement is some requirement of the case, with one of its options.
func (p *person) firstRequirement() (id, option string) {
	r := p.kycCase()["requirements"].([]any)[0].(map[string]any)
	return r["id"].(string), r["options"].([]any)[0].(map[string]any)["id"].(string)
}

func TestStorageRefusesWhatWasNotAgreed(t *testing.T) {
	p := applicant(t)
	requirement, option := p.firstRequirement()
	file := pdf(t)
	var last string // document that was asked for last
	ask := func() (string, map[string]any) {
		r := p.want(p.call("POST", "/v1/kyc/documents", m{
			"requirement": requirement, "documentType": option, "fileName": "a.pdf", "contentType": "application/pdf", "size": len(file),
		}), 201)
		last = r.text("documentId")
		form := r.body["upload"].(map[string]any)
		return form["url"].(string), form["fields"].(map[string]any)
	}
	for what, spoil := range map[string]func(fields map[string]any, file []byte) []byte{
		"a byte too many":      func(_ map[string]any, f []byte) []byte { return append(f, '\n') },
		"a byte too few":       func(_ map[string]any, f []byte) []byte { return f[:len(f)-1] },
		"another content type": func(fields map[string]any, f []byte) []byte { fields["Content-Type"] = "text/html"; return f },
		"a changed key":        func(fields map[string]any, f []byte) []byte { fields["key"] = "vault/x/1/y"; return f },
		"a field of its own":   func(fields map[string]any, f []byte) []byte { fields["acl"] = "public-read"; return f },
		"a changed policy": func(fields map[string]any, f []byte) []byte {
			fields["policy"] = fields["policy"].(string)[4:]
			return f
		},
		"a changed signature": func(fields map[string]any, f []byte) []byte {
			fields["X-Amz-Signature"] = strings.Repeat("0", 64)
			return f
		},
		"no policy at all": func(fields map[string]any, f []byte) []byte { delete(fields, "policy"); return f },
	} {
		url, fields := ask()
		sent := spoil(fields, bytes.Clone(file))
		contentType, _ := fields["Content-Type"].(string)
		if status, answer := postForm(t, url, fields, contentType, sent); status < 400 || status >= 500 {
			t.Errorf("%s: storage answered %d %s", what, status, answer)
		}
	}
	url, fields := ask()
	if r := p.call("POST", "/v1/kyc/documents/"+last+"/complete", nil); r.status != 409 || r.code() != "upload_missing" {
		t.Errorf("a browser that says it is done before it is: %d %s", r.status, r.raw)
	}
	if status, answer := postForm(t, url, fields, "application/pdf", file); status != 201 {
		t.Errorf("the right upload was answered %d %s", status, answer)
	}
}

// scanned reports that the system has a scanner. A machine without ClamAV runs without one, and CI must not.
func scanned(t *testing.T) bool {
	if os.Getenv("CENTRAL_URL") != "" {
		return false
	}
	_, err := os.Stat(filepath.Join(projectRoot(), ".local", "tools", "clamav", "usr", "sbin", "clamd"))
	if err != nil && os.Getenv("CENTRAL_ENGINES") == "required" {
		t.Fatal("no scanner: tools/install.sh clamav")
	}
	return err == nil
}

// eicar is the file that every scanner of malware takes for malware: it is harmless (eicar.org). It is put together here, so that none
// removes this source.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*")

func TestWhatGotThroughIsRefusedWithWhatToDo(t *testing.T) {
	p := applicant(t)
	requirement, option := p.firstRequirement()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	w.Write(eicar)
	w.Close()
	attached := fmt.Sprintf("90 0 obj<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\ntrailer", packed.Len(), packed.Bytes())
	exe := append([]byte("MZ\x90\x00\x03\x00\x00\x00"), bytes.Repeat([]byte{0}, 2000)...)
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	encrypted := bytes.Replace(pdf(t), []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt 5 0 R"), 1)
	script := bytes.Replace(pdf(t), []byte("/Type /Catalog"), []byte("/Type /Catalog /OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>"), 1)
	for _, row := range []struct {
		what, name, contentType, code string
		file                          []byte
	}{
		{"a program with another name", "scan.pdf", "application/pdf", "file_type_mismatch", exe},
		{"an SVG", "scan.png", "image/png", "file_type_mismatch", svg},
		{"a PDF with a password", "aadhaar.pdf", "application/pdf", "file_password_protected", encrypted},
		{"a PDF with a script", "form.pdf", "application/pdf", "", script},
		{"a PDF that opens without its password", "deed.pdf", "application/pdf", "", ofCorpus(t, "flattened/qpdf-r6.pdf")},
		{"malware", "scan.pdf", "application/pdf", "file_infected", eicar},
		{"malware in a PDF", "deed.pdf", "application/pdf", "file_infected", bytes.Replace(pdf(t), []byte("trailer"), []byte(attached), 1)},
		{"a PDF of empty pages", "deed.pdf", "application/pdf", "file_blank", ofCorpus(t, "file_blank/ghostscript-3-empty.pdf")},
		{"a JPEG that browsers do not show", "photo.jpg", "image/jpeg", "image_not_shown", ofCorpus(t, "image_not_shown/libjpeg-arithmetic.jpg")},
		{"half a PDF", "half.pdf", "application/pdf", "file_corrupt", pdf(t)[:400]},
		{"a JPEG that says it is a PDF", "photo.pdf", "application/pdf", "file_type_mismatch", jpeg(t)},
	} {
		state := map[string]string{"": "clean", "file_infected": "infected"}[row.code]
		if state == "" {
			state = "refused"
		}
		if state == "infected" && !scanned(t) {
			continue
		}
		id, status := p.upload(requirement, option, row.name, row.contentType, row.file)
		if status != 201 {
			t.Errorf("%s: storage answered %d", row.what, status)
			continue
		}
		d := p.settled(id)
		reason, _ := d["reason"].(map[string]any)
		code, _ := reason["code"].(string)
		detail, _ := reason["detail"].(string)
		if d["state"] != state || code != row.code || code != "" && len(detail) < 30 {
			t.Errorf("%s became %v: %v", row.what, d["state"], reason)
		}
		if state != "clean" {
			p.want(p.call("GET", "/v1/kyc/documents/"+id+"/content", nil), 409, "document_not_ready")
		}
		p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
	}
}

func TestADocumentIsSeenOnlyByItsHolder(t *testing.T) {
	p, stranger := applicant(t), applicant(t)
	requirement, option := p.firstRequirement()
	id, _ := p.upload(requirement, option, "a.pdf", "application/pdf", pdf(t))
	p.settled(id)
	for _, call := range [][2]string{{"POST", "/complete"}, {"GET", "/content"}, {"DELETE", ""}} {
		stranger.want(stranger.call(call[0], "/v1/kyc/documents/"+id+call[1], nil), 404)
	}
	url := p.want(p.call("GET", "/v1/kyc/documents/"+id+"/content", nil), 200).text("url")
	answer, err := p.storage.RoundTrip(newRequest(t, url))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Disposition"); answer.StatusCode != 200 || !strings.HasPrefix(got, "attachment") {
		t.Errorf("%d, Content-Disposition %q", answer.StatusCode, got)
	}
	bad, err := p.storage.RoundTrip(newRequest(t, strings.Replace(url, "X-Amz-Signature=", "X-Amz-Signature=0", 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Body.Close()
	if bad.StatusCode != 403 {
		t.Errorf("a forged address was answered %d", bad.StatusCode)
	}
	p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
	p.want(p.call("GET", "/v1/kyc/documents/"+id+"/content", nil), 404)
}

func TestAnotherEntityTypePutsAsideWhatNoLongerFits(t *testing.T) {
	p := member(t)
	p.provePhone(mobile(), "mobile")
	p.saveDetails("company")
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "individual"}), 422)
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "private_limited", "fields": m{"pan": "ZZZCZ9999Z"}}), 200)
	var moa string
	for _, x := range p.kycCase()["requirements"].([]any) {
		if id := x.(map[string]any)["id"].(string); strings.Contains(id, "moa") || strings.Contains(id, "memorandum") {
			moa = id
		}
	}
	if moa == "" {
		t.Fatal("the catalogue asks no memorandum of a private limited company")
	}
	id, _ := p.upload(moa, "", "moa.pdf", "application/pdf", pdf(t))
	p.settled(id)
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "partnership", "fields": m{"pan": "ZZZFZ9999Z"}}), 200)
	if _, there := p.documents()[id]; there {
		t.Error("a document of the old entity type still counts")
	}
	p.want(p.call("PUT", "/v1/kyc", m{"entityType": "partnership", "fields": m{"pan": "ZZZCZ9999Z"}}), 422)
}
