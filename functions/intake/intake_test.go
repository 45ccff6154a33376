package main

import (
	"bytes"
	"context"
	"errors"
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

func (s *table) FinishDocument(_ context.Context, _ account.ID, _ int, d kyc.Document) error {
	switch {
	case s.locked:
		return kyc.ErrLocked
	case s.document.State != kyc.DocRequested && s.document.State != kyc.DocUploaded:
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

func (b *storage) Pin(_ context.Context, from, _, to, _ string) (string, error) {
	b.objects[to] = b.objects[from]
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

func setting(t *testing.T, file []byte) (h *handler, s *table, b *storage, event events.S3Event) {
	t.Helper()
	id := token.NewID()
	key := kyc.IncomingKey(holder, 1, id)
	s = &table{document: kyc.Document{ID: id, ContentType: "application/pdf", State: kyc.DocRequested, Key: key}}
	b = &storage{objects: map[string][]byte{key: file}}
	h = &handler{store: s, bucket: b, now: func() time.Time { return time.Unix(1_800_000_000, 0) }, log: slog.New(slog.DiscardHandler)}
	event.Records = []events.S3EventRecord{{S3: events.S3Entity{Object: events.S3Object{Key: strings.ReplaceAll(key, "/", "%2F"), VersionID: "v1"}}}}
	return h, s, b, event
}

func goodPDF(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "shared", "document", "testdata", "scan.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestAGoodFileIsPinnedInTheVaultAndGoneFromIncoming(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	if err := h.all(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	vault := kyc.VaultKey(holder, 1, s.document.ID)
	if s.document.State != kyc.DocClean || s.document.Key != vault || s.document.VersionID != "pinned" || len(s.document.SHA256) != 64 {
		t.Errorf("the document is %+v", s.document)
	}
	if _, there := b.objects[vault]; !there || len(b.objects) != 1 {
		t.Errorf("storage holds %d objects", len(b.objects))
	}
}

func TestTheSameEventThreeTimesHasOneEffect(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	event.Records = append(event.Records, event.Records[0], event.Records[0])
	if err := h.all(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	if s.finished != 1 || len(b.objects) != 1 {
		t.Errorf("finished %d times, %d objects", s.finished, len(b.objects))
	}
}

func TestASecondFileUnderAUsedFormIsThrownAway(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	if err := h.all(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	before := s.document
	incoming := kyc.IncomingKey(holder, 1, s.document.ID)
	b.objects[incoming] = []byte("another file")
	if err := h.all(t.Context(), event); err != nil {
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
		h, s, b, event := setting(t, row.file)
		s.document.SHA256 = row.sum
		if err := h.all(t.Context(), event); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if s.document.State != kyc.DocRefused || s.document.Reason.Code != row.code || s.document.Reason.Detail == "" || len(b.objects) != 0 {
			t.Errorf("%s: %+v, %d objects", what, s.document, len(b.objects))
		}
	}
}

func TestWhatBelongsToNoDocumentIsRemoved(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	s.document.ID = "another"
	if err := h.all(t.Context(), event); err != nil || len(b.objects) != 0 || s.finished != 0 {
		t.Errorf("%v, %d objects, finished %d times", err, len(b.objects), s.finished)
	}
	event.Records[0].S3.Object.Key = "incoming/x"
	b.objects["incoming/x"] = []byte("x")
	if err := h.all(t.Context(), event); err != nil || len(b.objects) != 0 {
		t.Errorf("%v, %d objects", err, len(b.objects))
	}
}

func TestAFileForASubmittedCaseIsThrownAway(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	s.locked = true
	if err := h.all(t.Context(), event); err != nil || s.finished != 0 {
		t.Errorf("%v, finished %d times", err, s.finished)
	}
	if len(b.objects) != 0 {
		t.Errorf("%d objects stayed", len(b.objects))
	}
}

func TestADependencyThatIsDownMakesTheEventComeAgain(t *testing.T) {
	h, s, b, event := setting(t, goodPDF(t))
	b.down = true
	if err := h.all(t.Context(), event); err == nil {
		t.Fatal("the run counts as done")
	}
	b.down = false
	if err := h.all(t.Context(), event); err != nil || s.document.State != kyc.DocClean {
		t.Errorf("%v, %s", err, s.document.State)
	}
}
