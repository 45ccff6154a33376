package kyc

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/document"
)

// good is an upload that nothing is wrong with, as the first type of document that proves the requirement.
func good(requirement string) Upload {
	u := Upload{Requirement: requirement, FileName: "scan.pdf", ContentType: "application/pdf", Size: 1000}
	for _, et := range Current().EntityTypes {
		if r, ok := et.Requirement(requirement); ok {
			u.DocumentType = r.Options[0].ID
		}
	}
	return u
}

func TestNewDocument(t *testing.T) {
	sum := strings.Repeat("aB", 32)
	d, err := NewDocument(draft("individual", nil), Upload{
		"personal_id", "passport", " मेरा पासपोर्ट.JPG ", "image/jpeg", 5 << 20, sum, nil,
	}, "DOCUMENT", now)
	want := Document{
		ID: "DOCUMENT", CaseNo: 1, Requirement: "personal_id", Type: "passport", FileName: "मेरा पासपोर्ट.JPG", ContentType: "image/jpeg", Size: 5 << 20,
		State: DocRequested, SHA256: strings.ToLower(sum), Key: "incoming/ACCOUNT/1/DOCUMENT", CreatedAt: now,
	}
	if err != nil || !reflect.DeepEqual(d, want) {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name       string
		entityType string
		change     func(*Upload)
		want       string
	}{
		{"nothing wrong", "individual", func(u *Upload) {}, ""},
		{"no extension", "individual", func(u *Upload) { u.FileName = "image" }, ""},
		{"another requirement", "individual", func(u *Upload) { u.Requirement = "memorandum" }, "/requirement requirement_unknown"},
		{"another type", "individual", func(u *Upload) { u.DocumentType = "passport" }, "/documentType document_type_unknown"},
		{"no type where there are several", "individual", func(u *Upload) { u.DocumentType = "" }, "/documentType document_type_required"},
		{"no type where two are needed", "sole_proprietorship", func(u *Upload) { u.Requirement, u.DocumentType = "activity_proof", "" }, "/documentType document_type_required"},
		{"no type where there is one alone", "partnership", func(u *Upload) { u.Requirement, u.DocumentType = "partnership_deed", "" }, ""},
		{"no name", "individual", func(u *Upload) { u.FileName = "  " }, "/fileName file_name_required"},
		{"a long name", "individual", func(u *Upload) { u.FileName = strings.Repeat("न", 200) + ".pdf" }, "/fileName file_name_too_long"},
		{"a long name that is short in NFC", "individual", func(u *Upload) { u.FileName = strings.Repeat("e\u0301", 99) + ".pdf" }, "/fileName file_name_too_long"},
		{"the longest name", "individual", func(u *Upload) { u.FileName = strings.Repeat("न", 196) + ".pdf" }, ""},
		{"a path", "individual", func(u *Upload) { u.FileName = "../../etc/a.pdf" }, "/fileName file_name_characters"},
		{"a path of Windows", "individual", func(u *Upload) { u.FileName = `C:\a.pdf` }, "/fileName file_name_characters"},
		{"a line break", "individual", func(u *Upload) { u.FileName = "a\r\nb.pdf" }, "/fileName file_name_characters"},
		{"a name that reads backwards", "individual", func(u *Upload) { u.FileName = "a\u202efdp.pdf" }, "/fileName file_name_characters"},
		{"broken UTF-8", "individual", func(u *Upload) { u.FileName = "a\xff.pdf" }, "/fileName file_name_characters"},
		{"an Aadhaar number", "individual", func(u *Upload) { u.FileName = "aadhaar 2341 2341 2346.pdf" }, "/fileName aadhaar_number_suspected"},
		{"the wrong extension", "individual", func(u *Upload) { u.FileName = "a.pdf.exe" }, "/fileName file_extension_mismatch"},
		{"a picture of an iPhone", "individual", func(u *Upload) { u.FileName, u.ContentType = "a.heic", "image/heic" }, "/contentType file_type_not_supported"},
		{"a content type with parameters", "individual", func(u *Upload) { u.ContentType = "application/pdf; a=b" }, "/contentType file_type_not_supported"},
		{"no content type", "individual", func(u *Upload) { u.ContentType = "" }, "/contentType file_type_not_supported"},
		{"nothing in it", "individual", func(u *Upload) { u.Size = 0 }, "/size file_empty"},
		{"a negative size", "individual", func(u *Upload) { u.Size = -1 }, "/size file_empty"},
		{"too much in it", "individual", func(u *Upload) { u.Size = 5<<20 + 1 }, "/size file_too_large"},
		{"a long deed", "partnership", func(u *Upload) { *u = good("partnership_deed"); u.Size = 10 << 20 }, ""},
		{"a deed that is too long", "partnership", func(u *Upload) { *u = good("partnership_deed"); u.Size = 10<<20 + 1 }, "/size file_too_large"},
		{"a sum that is none", "individual", func(u *Upload) { u.SHA256 = "abc" }, "/sha256 sha256_format"},
		{"a sum in base64", "individual", func(u *Upload) { u.SHA256 = strings.Repeat("Zz", 32) }, "/sha256 sha256_format"},
		{
			"everything wrong", "individual", func(u *Upload) { *u = Upload{SHA256: "x"} },
			"/contentType file_type_not_supported, /fileName file_name_required, /requirement requirement_unknown, /sha256 sha256_format, /size file_empty",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := good("entity_pan")
			c.change(&u)
			d, err := NewDocument(draft(c.entityType, nil), u, "DOCUMENT", now)
			if got := pointers(err); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if err != nil && !reflect.DeepEqual(d, Document{}) {
				t.Error("a document with the fault")
			}
		})
	}
}

func TestTheOnlyTypeThatThereIsNeedsNoWord(t *testing.T) {
	u := good("partnership_deed")
	u.DocumentType = ""
	if d, err := NewDocument(draft("partnership", nil), u, "DOCUMENT", now); err != nil || d.Type != "partnership_deed" {
		t.Errorf("%q, %v", d.Type, err)
	}
}

func TestARequirementTakesAFewFiles(t *testing.T) {
	c := draft("individual", nil)
	for range MaxFiles {
		if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); err != nil {
			t.Fatal(err)
		}
		c.Documents = append(c.Documents, doc("entity_pan", "", DocRefused))
	}
	if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); code(err) != "too_many_documents" {
		t.Errorf("one more: %v", err)
	}
	c.Documents[0].State = DocSuperseded
	if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); err != nil {
		t.Errorf("after removing one: %v", err)
	}
	c.Documents[0] = doc("entity_pan", "", DocClean)
	c.Documents[0], c.Documents[MaxFiles-1] = c.Documents[MaxFiles-1], c.Documents[0]
	if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); err != nil {
		t.Errorf("after a good one took the place of the refused ones: %v", err)
	}
	for i := range c.Documents {
		c.Documents[i] = doc("entity_pan", "", DocRequested)
		c.Documents[i].CreatedAt = now.Add(-UploadLife)
	}
	if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); code(err) != "too_many_documents" {
		t.Errorf("with ten uploads on their way: %v", err)
	}
	if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now.Add(time.Second)); err != nil {
		t.Errorf("with ten uploads that never came: %v", err)
	}
}

func TestNoUploadIntoAClosedCase(t *testing.T) {
	for _, s := range []Status{Submitted, UnderReview, Approved, Rejected, Expired} {
		c := draft("individual", nil)
		c.Status = s
		if _, err := NewDocument(c, good("entity_pan"), "DOCUMENT", now); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestKeys(t *testing.T) {
	key := IncomingKey("ACCOUNT", 12, "DOCUMENT")
	if id, no, d, ok := ParseIncomingKey(key); !ok || id != "ACCOUNT" || no != 12 || d != "DOCUMENT" {
		t.Errorf("%s: %s %d %s %v", key, id, no, d, ok)
	}
	for _, key := range []string{
		"", "incoming", "incoming/A/1", "incoming/A/1/D/E", "vault/A/1/D", "incoming/A/x/D", "incoming/A/01/D", "incoming/A/+1/D", "incoming//1/D", "incoming/A/1/",
	} {
		if _, _, _, ok := ParseIncomingKey(key); ok {
			t.Errorf("%q is taken", key)
		}
	}
	if VaultKey("ACCOUNT", 12, "DOCUMENT") != "vault/ACCOUNT/12/DOCUMENT" {
		t.Error(VaultKey("ACCOUNT", 12, "DOCUMENT"))
	}
}

func TestEveryFindingHasASentence(t *testing.T) {
	for _, r := range document.Reasons() {
		if fileReasons[string(r)] == "" {
			t.Errorf("%s has none", r)
		}
		if got := FileReason(string(r), ""); got.Code != string(r) || !strings.HasSuffix(got.Detail, ".") {
			t.Errorf("%+v", got)
		}
	}
	if got := FileReason("file_type_mismatch", "image/heic"); !strings.Contains(got.Detail, "iPhone") {
		t.Errorf("a HEIC picture: %s", got.Detail)
	}
	if got := FileReason("file_type_mismatch", "image/png"); !strings.Contains(got.Detail, ".png") || strings.Contains(got.Detail, "Save") {
		t.Errorf("a PNG picture with another name: %s", got.Detail)
	}
	if got := FileReason("file_password_protected", "application/pdf"); !strings.Contains(got.Detail, "e-Aadhaar") || strings.Contains(got.Detail, "really") {
		t.Errorf("a protected PDF: %s", got.Detail)
	}
	if document.MaxBytes != MaxDocumentBytes {
		t.Error("the two limits differ")
	}
}

func TestWhatAStateOfADocumentSays(t *testing.T) {
	for s, want := range map[DocState]string{
		DocRequested: "true false false", DocUploaded: "true true false", DocScanning: "true true false", DocRendering: "false true false", DocClean: "false false true",
		DocAccepted: "false false true", DocRejected: "false false true", DocRefused: "false false false", DocInfected: "false false false", DocSuperseded: "false false false",
	} {
		if got := fmt.Sprint(s.Unchecked(), s.Checking(), s.Kept()); got != want {
			t.Errorf("%s: unchecked, checking, kept: %s, want %s", s, got, want)
		}
	}
}
