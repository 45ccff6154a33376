package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

const unmasked = "aadhaar_unmasked"

// byItself asks for another file; withARejection proposes to reject the case for its other document, which somebody else has to confirm.
var (
	byItself       = map[string]string{"personal_id": unmasked}
	withARejection = map[string]string{"personal_id": unmasked, "entity_pan": "manipulated"}
)

// refusesAnAadhaar has the holder's passport refused as an Aadhaar that can be read, with whatever storage may have of it there.
func (w *world) refusesAnAadhaar(t *testing.T, refusing map[string]string, down bool) (kyc.Case, kyc.Document) {
	t.Helper()
	api, name := uploadtest.Bucket(t)
	up := upload.New(api, name)
	c := w.submitted(t)
	found, err := w.CaseByReference(t.Context(), c.Reference)
	must(t, err)
	var refused, kept kyc.Document
	for _, d := range found.Documents {
		if d.Requirement == "personal_id" {
			refused = d
		} else {
			kept = d
		}
	}
	for _, d := range found.Documents {
		for _, key := range append(d.FilePrefixes(c.AccountID)[:2], kyc.PageKey(c.AccountID, d.CaseNo, d.ID, 1), kyc.PageKey(c.AccountID, d.CaseNo, d.ID, 2)) {
			for range 2 { // versions
				_, err := api.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: bytes.NewReader([]byte("a file"))})
				must(t, err)
			}
		}
	}
	if w.h.bucket = up; down {
		w.h.bucket = upload.New(uploadtest.Client("http://127.0.0.1:9"), name)
	}
	p, outcome := w.reviewer(t, "Ravi", false), "needs_info"
	if len(refusing) > 1 {
		outcome = "reject"
	}
	began := time.Now()
	r := p.want(t, "200", "POST", caseAt(c)+"/decision", decision(p.takes(t, c), outcome, refusing))
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the answer took %s", took)
	}
	w.h.bucket = up
	if left := w.stored(t, c, kept); left != 8 {
		t.Errorf("%d of 8 versions are left of what was not refused", left)
	}
	p.want(t, "409 undo_over", "POST", caseAt(c)+"/undo", m{"recordId": r.text("recordId")})
	return c, refused
}

// stored counts the versions of everything that storage has of a document.
func (w *world) stored(t *testing.T, c kyc.Case, d kyc.Document) (n int) {
	t.Helper()
	for _, prefix := range d.FilePrefixes(c.AccountID) {
		all, err := w.h.bucket.Versions(t.Context(), prefix)
		must(t, err)
		n += len(all)
	}
	return n
}

func TestAnAadhaarThatCanBeReadIsGoneWithTheDecision(t *testing.T) {
	w := newWorld(t)
	c, refused := w.refusesAnAadhaar(t, byItself, false)
	if left := w.stored(t, c, refused); left != 0 {
		t.Errorf("%d versions are left", left)
	}
	found, err := w.CaseByReference(t.Context(), c.Reference)
	must(t, err)
	if flag := found.Flags["/requirements/personal_id"]; flag.Code != unmasked || flag.Detail != kyc.ReasonText(unmasked, "hi") || found.Status != kyc.NeedsInfo {
		t.Errorf("the holder is told %+v in %s", flag, found.Status)
	}
	if len(found.Unwanted()) != 0 {
		t.Errorf("still due: %v", found.Unwanted())
	}
	reviewer := w.reviewer(t, "Meena", false)
	path := caseAt(c) + "/documents/" + refused.ID
	reviewer.want(t, "404 document_unknown", http.MethodGet, path+"/pages/1", nil)
	reviewer.want(t, "404 document_unknown", http.MethodPost, path+"/original", m{"reason": "Curious."})
}

func TestAnAadhaarThatCanBeReadDoesNotWaitForASecondLook(t *testing.T) {
	w := newWorld(t)
	c, refused := w.refusesAnAadhaar(t, withARejection, false)
	if left := w.stored(t, c, refused); left != 0 {
		t.Errorf("%d versions are left", left)
	}
	second := w.reviewer(t, "Meena", false)
	view := second.takes(t, c)
	shown := documentsOf(view, "personal_id")
	if len(shown) != 1 || at(shown[0], "state") != "superseded" || at(shown[0], "verdict", "code") != unmasked || len(at(shown[0], "pages").([]any)) != 0 {
		t.Fatalf("the second reviewer sees %v", shown)
	}
	second.want(t, "404 document_unknown", http.MethodPost, caseAt(c)+"/documents/"+refused.ID+"/original", m{"reason": "Curious."})
	w.confirms(t, second, c, view)
}

func TestWhatStorageDoesNotRemoveWithTheFirstLookGoesWithTheSecond(t *testing.T) {
	w := newWorld(t)
	c, refused := w.refusesAnAadhaar(t, withARejection, true)
	if left := w.stored(t, c, refused); left != 8 {
		t.Errorf("storage was down, and %d of 8 versions are left", left)
	}
	second := w.reviewer(t, "Meena", false)
	w.confirms(t, second, c, second.takes(t, c))
	if left := w.stored(t, c, refused); left != 0 {
		t.Errorf("%d versions are left", left)
	}
}

// confirms has the second reviewer reject the case, with verdicts on what is still there.
func (w *world) confirms(t *testing.T, second *person, c kyc.Case, view m) {
	t.Helper()
	d := decision(view, "reject", map[string]string{"entity_pan": "manipulated"})
	gone := documentsOf(view, "personal_id")
	d["parts"] = slices.DeleteFunc(d["parts"].([]any), func(p any) bool { return p.(m)["documentId"] == at(gone[0], "id") })
	second.want(t, "200", "POST", caseAt(c)+"/decision", d)
	if found, err := w.CaseByReference(t.Context(), c.Reference); err != nil || found.Status != kyc.Rejected {
		t.Errorf("the case is %s, %v", found.Status, err)
	}
}

func documentsOf(view m, requirement string) []any {
	for _, r := range view["requirements"].([]any) {
		if at(r, "id") == requirement {
			return at(r, "documents").([]any)
		}
	}
	return nil
}

func TestWhatStorageDoesNotRemoveWithTheDecisionIsDueAtOnce(t *testing.T) {
	w := newWorld(t)
	var said bytes.Buffer
	w.h.log = slog.New(slog.NewJSONHandler(&said, nil))
	c, refused := w.refusesAnAadhaar(t, byItself, true)
	if left := w.stored(t, c, refused); left != 8 {
		t.Errorf("storage was down, and %d of 8 versions are left", left)
	}
	due, _, err := w.Ticking(t.Context(), w.clock, "", 10)
	must(t, err)
	if len(due) != 1 || due[0].Reference != c.Reference {
		t.Errorf("the clock finds %+v", due)
	}
	found, err := w.CaseByReference(t.Context(), c.Reference)
	must(t, err)
	if left := found.Leftovers(w.clock); len(left) != 1 || left[0].ID != refused.ID {
		t.Errorf("it removes %v", left)
	}
	if !bytes.Contains(said.Bytes(), []byte("left to be purged")) || bytes.Contains(said.Bytes(), []byte("AAAPL1234C")) {
		t.Errorf("the log says %s", said.String())
	}
}
