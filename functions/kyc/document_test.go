package main

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

func TestRemovingADocumentLeavesNoVersionOfItsFile(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	pan, id := p.drafted(t)
	vault := kyc.VaultKey(p.id, 1, pan)
	p.put(t, vault, []byte("a second copy"))
	_, err := p.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &w.bucket, Key: &vault}) // leaves a mark, as removing did once
	must(t, err)
	p.put(t, kyc.IncomingKey(p.id, 1, pan), []byte("sent again by the same form"))

	for range 2 {
		p.want(t, "204", "DELETE", "/v1/kyc/documents/"+pan, nil)
		if left := p.versions(t); !slices.Equal(left, []string{kyc.VaultKey(p.id, 1, id)}) {
			t.Errorf("left: %v", left)
		}
	}
	p.want(t, "404 document_unknown", "GET", "/v1/kyc/documents/"+pan+"/content", nil)
	p.want(t, "404 document_unknown", "DELETE", "/v1/kyc/documents/CCCCCCCCCCCCCCCCCCCCCCCCCC", nil)
	if got := atOnce(10, func(int) reply { return p.call("DELETE", "/v1/kyc/documents/"+id, nil) }); got["204"] != 10 || len(p.versions(t)) != 0 {
		t.Errorf("removing at once: %v, left %v", got, p.versions(t))
	}
}

func TestAnUploadThatIsTakenBackLeavesNothing(t *testing.T) {
	for _, stage := range []string{"allowed", "sent", "said to be there", "copied by a check that is under way", "being rendered", "refused"} {
		t.Run(stage, func(t *testing.T) {
			p := newWorld(t).holder(t)
			p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
			id := p.asked(t, "entity_pan", "epan")
			if stage != "allowed" && stage != "refused" {
				p.put(t, kyc.IncomingKey(p.id, 1, id), []byte("%PDF-1.7\n"))
			}
			switch stage {
			case "said to be there":
				p.want(t, "200", "POST", "/v1/kyc/documents/"+id+"/complete", nil)
			case "copied by a check that is under way":
				p.put(t, kyc.VaultKey(p.id, 1, id), []byte("%PDF-1.7\n"))
			case "being rendered":
				must(t, p.FinishDocument(t.Context(), p.id, 1, kyc.Document{ID: id, CaseNo: 1, State: kyc.DocRendering, Key: kyc.VaultKey(p.id, 1, id), CheckedAt: now}))
				p.put(t, kyc.VaultKey(p.id, 1, id), []byte("%PDF-1.7\n"))
				for n := range 3 {
					p.put(t, kyc.PageKey(p.id, 1, id, n+1), []byte("a page"))
				}
			case "refused":
				must(t, p.FinishDocument(t.Context(), p.id, 1, kyc.Document{ID: id, CaseNo: 1, State: kyc.DocRefused, Reason: kyc.FileReason("file_corrupt", ""), CheckedAt: now}))
			}
			for range 2 {
				p.want(t, "204", "DELETE", "/v1/kyc/documents/"+id, nil)
			}
			if left := p.versions(t); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

func TestAnotherEntityTypePurgesWhatNoLongerFits(t *testing.T) {
	p := newWorld(t).holder(t)
	pan, _ := p.drafted(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "huf"})
	if left := p.versions(t); !slices.Equal(left, []string{kyc.VaultKey(p.id, 1, pan)}) {
		t.Errorf("left: %v", left)
	}
}

// What storage does not remove now is removed with the next change, whichever it is; the holder is not told, and does not wait.
func TestWhatCouldNotBePurgedIsPurgedLater(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	must(t, err)
	defer silent.Close()
	for what, endpoint := range map[string]string{"storage that is down": "http://127.0.0.1:9", "storage that hangs": "http://" + silent.Addr().String()} {
		for _, next := range []string{"patch", "upload", "remove", "submit", "next case", "version before"} {
			t.Run(what+", then "+next, func(t *testing.T) {
				w := newWorld(t)
				p := w.holder(t)
				p.drafted(t)
				extra := p.given(t, "bank_proof", "passbook", "passbook")
				other := p.given(t, "personal_address", "utility_bill", "bill")
				up := w.h.bucket
				w.h.bucket = upload.New(uploadtest.Client(endpoint), w.bucket)
				began := time.Now()
				p.want(t, "204", "DELETE", "/v1/kyc/documents/"+extra, nil)
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("the answer took %s", took)
				}
				w.h.bucket = up
				if !slices.Contains(p.versions(t), kyc.VaultKey(p.id, 1, extra)) {
					t.Fatal("it was purged, and storage was down")
				}
				switch next {
				case "next case":
					p.review(t, kyc.Rejected)
					p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380015"}})
				case "version before": // superseded by code that did not know of purging
					p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380015"}})
					p.put(t, kyc.VaultKey(p.id, 1, other), []byte("bill"))
					p.set(t, "kyc#0001#doc#"+other, map[string]any{"state": "superseded"})
					p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380016"}})
				default:
					if r := p.does(next, other, ""); r.status >= 300 {
						t.Fatalf("answered %s: %s", r.says(), r.raw)
					}
				}
				for _, key := range p.versions(t) {
					if strings.HasSuffix(key, extra) || next == "version before" && strings.HasSuffix(key, other) {
						t.Errorf("left: %s", key)
					}
				}
				c, err := p.Case(t.Context(), p.id)
				if err != nil || len(c.Unpurged()) != 0 {
					t.Errorf("still due: %v, %v", c.Unpurged(), err)
				}
			})
		}
	}
}

// The form that a document was asked for with takes ten minutes at most; what never came does not stand in the way of another.
func TestAnUploadThatNeverCameIsForgotten(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
	for range kyc.MaxFiles {
		p.asked(t, "entity_pan", "epan")
	}
	again := m{"requirement": "entity_pan", "documentType": "epan", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9}
	p.want(t, "422 too_many_documents", "POST", "/v1/kyc/documents", again)
	w.clock = w.clock.Add(kyc.UploadLife + time.Second)
	if got := p.call("GET", "/v1/kyc", nil); strings.Contains(got.raw, `"state":"requested"`) {
		t.Errorf("it is still shown: %s", got.raw)
	}
	p.want(t, "201", "POST", "/v1/kyc/documents", again)
}

func TestTheTypeOfADocumentIsAskedForWhereThereAreSeveral(t *testing.T) {
	p := newWorld(t).holder(t)
	p.set(t, "profile", m{"type": "company"})
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "partnership"})
	ask := m{"requirement": "business_address", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9}
	if r := p.want(t, "422 document_type_required", "POST", "/v1/kyc/documents", ask); r.missing() != "/documentType document_type_required" {
		t.Errorf("it names %s", r.missing())
	}
	ask["requirement"] = "partnership_deed"
	id := p.want(t, "201", "POST", "/v1/kyc/documents", ask).body["documentId"].(string)
	if d, err := p.Document(t.Context(), p.id, 1, id); err != nil || d.Type != "partnership_deed" {
		t.Errorf("the deed is filed as %q, %v", d.Type, err)
	}
}

func TestAStorageThatIsDownWhileAFileIsAskedForIsA503AndLosesNothing(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
	id := p.asked(t, "entity_pan", "epan")
	p.put(t, kyc.IncomingKey(p.id, 1, id), []byte("%PDF-1.7\n"))
	up := w.h.bucket
	w.h.bucket = upload.New(uploadtest.Client("http://127.0.0.1:9"), w.bucket)
	p.want(t, "503 temporarily_unavailable", "POST", "/v1/kyc/documents/"+id+"/complete", nil)
	w.h.bucket = up
	p.want(t, "200", "POST", "/v1/kyc/documents/"+id+"/complete", nil)
	if _, err := p.s3.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &w.bucket, Key: aws.String(kyc.IncomingKey(p.id, 1, id))}); err != nil {
		t.Error(errors.Unwrap(err))
	}
}
