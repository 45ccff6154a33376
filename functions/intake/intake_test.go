package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
)

// table holds one document, as the store would.
type table struct {
	document kyc.Document
	locked   bool
	finished int
}

func (s *table) Document(_ context.Context, _ account.ID, _ int, id string) (kyc.Document, error) {
	if id != s.document.ID {
		return kyc.Document{}, kyc.ErrDocumentUnknown
	}
	return s.document, nil
}

func (s *table) DocumentScanning(_ context.Context, _ account.ID, _ int, id string, _ time.Time) error {
	if id == s.document.ID && s.document.State.Unchecked() {
		s.document.State = kyc.DocScanning
	}
	return nil
}

func (s *table) FinishDocument(_ context.Context, _ account.ID, _ int, d kyc.Document) error {
	switch {
	case s.locked:
		return kyc.ErrLocked
	case !s.document.State.Unchecked():
		return store.ErrDocumentDone
	}
	s.document = d
	s.finished++
	return nil
}

// storage holds objects by key, one version each.
type storage struct {
	objects map[string][]byte
	down    bool
	tag     string // of the newest copy
}

func (b *storage) Read(_ context.Context, key, _ string, most int64) ([]byte, error) {
	if b.down {
		return nil, fault.Down(errors.New("S3 is down"))
	}
	body, ok := b.objects[key]
	switch {
	case !ok:
		return nil, upload.ErrAbsent
	case int64(len(body)) > most:
		return nil, upload.ErrTooLarge
	}
	return body, nil
}

func (b *storage) Pin(_ context.Context, from, _, to, _, tag string) (string, error) {
	if b.objects[from] == nil {
		return "", upload.ErrAbsent
	}
	b.objects[to], b.tag = b.objects[from], tag
	return "pinned", nil
}

func (b *storage) Remove(_ context.Context, key, _ string) error {
	delete(b.objects, key)
	return nil
}

func (b *storage) Purge(_ context.Context, key, keep string) error {
	if b.down {
		return fault.Down(errors.New("S3 is down"))
	}
	if keep != "pinned" {
		delete(b.objects, key)
	}
	return nil
}

var holder = account.ID(token.NewID())

func setting(t *testing.T, file []byte) (h *handler, s *table, b *storage, e event) {
	t.Helper()
	id := token.NewID()
	key := kyc.IncomingKey(holder, 1, id)
	s = &table{document: kyc.Document{ID: id, ContentType: "application/pdf", State: kyc.DocRequested, Key: key}}
	b = &storage{objects: map[string][]byte{key: file}}
	h = &handler{store: s, bucket: b, now: func() time.Time { return time.Unix(1_800_000_000, 0) }, log: slog.New(slog.DiscardHandler)}
	e.Records = []events.S3EventRecord{{S3: events.S3Entity{Object: events.S3Object{Key: strings.ReplaceAll(key, "/", "%2F"), VersionID: "v1"}}}}
	return h, s, b, e
}

func goodPDF(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "shared", "document", "testdata", "scan.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestAGoodFileIsInTheVaultForRenderAndGoneFromIncoming(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	if err := h.all(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	vault := kyc.VaultKey(holder, 1, s.document.ID)
	if s.document.State != kyc.DocRendering || s.document.Key != vault || s.document.VersionID != "" || b.tag != "" || len(s.document.SHA256) != 64 {
		t.Errorf("the document is %+v", s.document)
	}
	if _, there := b.objects[vault]; !there || len(b.objects) != 1 {
		t.Errorf("storage holds %d objects", len(b.objects))
	}
}

func TestTheSameEventThreeTimesHasOneEffect(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	e.Records = append(e.Records, e.Records[0], e.Records[0])
	if err := h.all(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if s.finished != 1 || len(b.objects) != 1 {
		t.Errorf("finished %d times, %d objects", s.finished, len(b.objects))
	}
}

func TestASecondFileUnderAUsedFormIsThrownAway(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	if err := h.all(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	before := s.document
	incoming := kyc.IncomingKey(holder, 1, s.document.ID)
	b.objects[incoming] = []byte("another file")
	if err := h.all(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if _, there := b.objects[incoming]; there || !reflect.DeepEqual(s.document, before) {
		t.Errorf("the document is now %+v, storage %v", s.document, there)
	}
	if !bytes.Equal(b.objects[before.Key], goodPDF(t)) {
		t.Error("what was checked was overwritten")
	}
}

func TestARefusedFileIsNotKept(t *testing.T) {
	for what, row := range map[string]struct {
		file []byte
		sum  string
		code string
	}{
		"a program":             {[]byte("MZ\x90\x00 and so on"), "", "file_type_mismatch"},
		"nothing":               {nil, "", "file_empty"},
		"too large":             {make([]byte, 11<<20), "", "file_too_large"},
		"other bytes than said": {goodPDF(t), strings.Repeat("0", 64), "file_corrupt"},
	} {
		h, s, b, e := setting(t, row.file)
		s.document.SHA256 = row.sum
		if err := h.all(t.Context(), e); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if s.document.State != kyc.DocRefused || s.document.Reason.Code != row.code || s.document.Reason.Detail == "" || len(b.objects) != 0 {
			t.Errorf("%s: %+v, %d objects", what, s.document, len(b.objects))
		}
	}
}

func TestWhatBelongsToNoDocumentIsRemoved(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	s.document.ID = "another"
	if err := h.all(t.Context(), e); err != nil || len(b.objects) != 0 || s.finished != 0 {
		t.Errorf("%v, %d objects, finished %d times", err, len(b.objects), s.finished)
	}
	e.Records[0].S3.Object.Key = "incoming/x"
	b.objects["incoming/x"] = []byte("x")
	if err := h.all(t.Context(), e); err != nil || len(b.objects) != 0 {
		t.Errorf("%v, %d objects", err, len(b.objects))
	}
}

func TestAFileForASubmittedCaseIsThrownAway(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	s.locked = true
	if err := h.all(t.Context(), e); err != nil || s.finished != 0 {
		t.Errorf("%v, finished %d times", err, s.finished)
	}
	if len(b.objects) != 0 {
		t.Errorf("%d objects stayed", len(b.objects))
	}
}

func TestADependencyThatIsDownMakesTheEventComeAgain(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	b.down = true
	if err := h.all(t.Context(), e); err == nil {
		t.Fatal("the run counts as done")
	}
	b.down = false
	if err := h.all(t.Context(), e); err != nil || s.document.State != kyc.DocRendering {
		t.Errorf("%v, %s", err, s.document.State)
	}
}

// scanned is GuardDuty's event for the object of an event of S3.
func scanned(of event, status scan) (e event) {
	e.Source = "aws.guardduty"
	e.Detail.Object.Key, e.Detail.Object.Version = strings.ReplaceAll(of.Records[0].S3.Object.Key, "%2F", "/"), of.Records[0].S3.Object.VersionID
	e.Detail.Result.Status = status
	return e
}

func TestWhereThereIsAScannerItsResultDecides(t *testing.T) {
	for status, want := range map[scan]struct {
		state     kyc.DocState
		code, tag string
		kept      int
	}{
		"NO_THREATS_FOUND": {kyc.DocRendering, "", upload.Scanned, 1},
		"THREATS_FOUND":    {kyc.DocInfected, "file_infected", "", 0},
		"UNSUPPORTED":      {kyc.DocRefused, "file_not_scanned", "", 0},
	} {
		for what, arrives := range map[string]func(h *handler, e event) []event{
			"after the event of S3":  func(_ *handler, e event) []event { return []event{e, scanned(e, status)} },
			"before the event of S3": func(_ *handler, e event) []event { return []event{scanned(e, status), e} },
			"twice":                  func(_ *handler, e event) []event { return []event{e, scanned(e, status), scanned(e, status)} },
		} {
			h, s, b, e := setting(t, goodPDF(t))
			h.scans = true
			for _, e := range arrives(h, e) {
				if err := h.all(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			if d := s.document; d.State != want.state || d.Reason.Code != want.code || b.tag != want.tag || len(b.objects) != want.kept || d.ScannedAt.IsZero() || s.finished != 1 {
				t.Errorf("%s, %s: %+v, tag %q, %d objects", status, what, d, b.tag, len(b.objects))
			}
		}
	}
}

func TestNothingIsOpenedBeforeTheScannerHasSpoken(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	h.scans = true
	b.down = true // whoever reads, fails
	if err := h.all(t.Context(), e); err != nil || s.document.State != kyc.DocScanning || s.finished != 0 {
		t.Errorf("%v, %+v", err, s.document)
	}
	for _, status := range []scan{"FAILED", "ACCESS_DENIED", "", "SOMETHING_NEW"} {
		if err := h.all(t.Context(), scanned(e, status)); !errors.Is(err, errNotScanned) || s.document.State != kyc.DocScanning || len(b.objects) != 1 {
			t.Errorf("%q: %v, %+v", status, err, s.document)
		}
	}
	b.down = false
	if err := h.all(t.Context(), scanned(e, noThreats)); err != nil || s.document.State != kyc.DocRendering {
		t.Errorf("scanned again: %v, %+v", err, s.document)
	}
}

func TestACheckThatEndedBeforeItsCopyIsEndedByTheNextDelivery(t *testing.T) {
	h, s, b, e := setting(t, goodPDF(t))
	s.document.State, s.document.SHA256 = kyc.DocRendering, fmt.Sprintf("%x", sha256.Sum256(goodPDF(t)))
	s.document.Key = kyc.VaultKey(holder, 1, s.document.ID)
	if err := h.all(t.Context(), e); err != nil || len(b.objects) != 1 || b.objects[s.document.Key] == nil {
		t.Errorf("%v, %d objects", err, len(b.objects))
	}
	b.objects[kyc.IncomingKey(holder, 1, s.document.ID)] = []byte("%PDF-1.7 another file by the same form")
	if err := h.all(t.Context(), e); err != nil || len(b.objects) != 1 || !bytes.Equal(b.objects[s.document.Key], goodPDF(t)) {
		t.Errorf("another file: %v, %d objects", err, len(b.objects))
	}
}
