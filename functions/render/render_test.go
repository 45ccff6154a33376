package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// printing is shared by all tests, and its compiled form by all runs on this machine.
var printing = newPrinter(filepath.Join("..", "..", ".local", "tmp", "central-pdfium"), time.Minute)

// table holds one document, as the store would.
type table struct {
	document kyc.Document
	known    bool
	meddle   func() // before a document is written
	finished int
}

func (s *table) Document(context.Context, account.ID, int, string) (kyc.Document, error) {
	if !s.known {
		return kyc.Document{}, kyc.ErrDocumentUnknown
	}
	return s.document, nil
}

func (s *table) RenderDocument(_ context.Context, _ account.ID, _ int, d kyc.Document) error {
	if s.meddle != nil {
		s.meddle()
	}
	if !s.known || s.document.State != kyc.DocRendering {
		return store.ErrDocumentDone
	}
	s.document = d
	s.finished++
	return nil
}

func (s *table) AddPages(_ context.Context, _ account.ID, _ int, d kyc.Document) error {
	s.document.Pages, s.document.RenderedAt = d.Pages, d.RenderedAt
	return nil
}

// storage holds the versions of objects: "key version", and of pages without a version.
type storage struct {
	objects map[string][]byte
	fails   int // the write that fails, from 1
	writes  int
}

func (b *storage) Read(_ context.Context, key, version string, _ int64) ([]byte, error) {
	body, ok := b.objects[key+" "+version]
	if !ok {
		return nil, upload.ErrAbsent
	}
	return body, nil
}

func (b *storage) Put(_ context.Context, key, _ string, body []byte) error {
	if b.writes++; b.writes == b.fails {
		return fault.Down(errors.New("S3 is down"))
	}
	b.objects[key] = body
	return nil
}

func (b *storage) Remove(_ context.Context, key, version string) error {
	delete(b.objects, key+" "+version)
	return nil
}

func (b *storage) Purge(_ context.Context, key, keep string) error {
	maps.DeleteFunc(b.objects, func(k string, _ []byte) bool { return strings.HasPrefix(k, key+" ") && k != key+" "+keep })
	return nil
}

func (b *storage) PurgeBelow(_ context.Context, prefix string) error {
	maps.DeleteFunc(b.objects, func(k string, _ []byte) bool { return strings.HasPrefix(k, prefix) })
	return nil
}

func (b *storage) keys() string { return strings.Join(slices.Sorted(maps.Keys(b.objects)), ", ") }

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "shared", "document", "testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func hexSum(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

const documentID = "DDDDDDDDDDDDDDDDDDDDDDDDDD"

var (
	holder = account.ID(token.NewID())
	vault  = kyc.VaultKey(holder, 1, documentID)
	page   = func(n int) string { return kyc.PageKey(holder, 1, documentID, n) }
)

// setting is a document that waits for its pages, with two copies of its file in the vault.
func setting(t *testing.T, name string) (*handler, *table, *storage) {
	t.Helper()
	body := testFile(t, name)
	s := &table{known: true, document: kyc.Document{ID: documentID, ContentType: "application/pdf", State: kyc.DocRendering, Key: vault, SHA256: hexSum(body)}}
	b := &storage{objects: map[string][]byte{vault + " v1": body, vault + " v2": body}}
	return &handler{store: s, bucket: b, printer: printing, now: func() time.Time { return time.Unix(1_800_000_000, 0) }, log: slog.New(slog.DiscardHandler)}, s, b
}

func of(key string, versions ...string) (e events.S3Event) {
	for _, v := range versions {
		e.Records = append(e.Records, events.S3EventRecord{S3: events.S3Entity{Object: events.S3Object{Key: strings.ReplaceAll(key, "/", "%2F"), VersionID: v}}})
	}
	return e
}

func TestEventsInAnyOrderEndWithOneFileAndItsPages(t *testing.T) {
	for _, versions := range [][]string{{"v1", "v2"}, {"v2", "v1"}, {"v1", "v1", "v2"}, {"v2", "v2"}} {
		h, s, b := setting(t, "scan.pdf")
		if err := h.all(t.Context(), of(vault, versions...)); err != nil {
			t.Fatal(err)
		}
		want := strings.Join([]string{page(1), page(2), vault + " " + versions[0]}, ", ")
		if s.finished != 1 || s.document.State != kyc.DocClean || s.document.VersionID != versions[0] || s.document.RenderedAt.IsZero() || b.keys() != want {
			t.Errorf("%v: finished %d times, %+v, %s", versions, s.finished, s.document, b.keys())
		}
		for i, sum := range s.document.Pages {
			if sum != hexSum(b.objects[page(i+1)]) {
				t.Errorf("page %d is not what its sum says", i+1)
			}
		}
		if len(s.document.Pages) != 2 {
			t.Errorf("%d pages", len(s.document.Pages))
		}
	}
}

func TestARenderingThatEndsHalfwayIsEndedByTheNextDelivery(t *testing.T) {
	h, s, b := setting(t, "scan.pdf")
	b.fails = 2
	if err := h.all(t.Context(), of(vault, "v1")); err == nil || s.document.State != kyc.DocRendering {
		t.Fatalf("%v, %s", err, s.document.State)
	}
	if err := h.all(t.Context(), of(vault, "v1")); err != nil || s.document.State != kyc.DocClean || len(s.document.Pages) != 2 {
		t.Errorf("%v, %+v", err, s.document)
	}
}

func TestADocumentThatIsRemovedMeanwhileLeavesNothing(t *testing.T) {
	for what, row := range map[string]func(*table){
		"before it is rendered":   func(s *table) { s.document.State = kyc.DocSuperseded },
		"with its account":        func(s *table) { s.known = false },
		"while it is rendered":    func(s *table) { s.meddle = func() { s.document.State = kyc.DocSuperseded } },
		"while its account goes":  func(s *table) { s.meddle = func() { s.known = false } },
		"after it was refused":    func(s *table) { s.document.State = kyc.DocRefused },
		"after malware was found": func(s *table) { s.document.State = kyc.DocInfected },
	} {
		h, s, b := setting(t, "scan.pdf")
		b.objects[page(7)] = []byte("of an earlier delivery")
		row(s)
		if err := h.all(t.Context(), of(vault, "v1")); err != nil || b.keys() != "" || s.finished != 0 {
			t.Errorf("%s: %v, left %s", what, err, b.keys())
		}
	}
}

func TestWhatIsNotWhatWasCheckedIsNotRendered(t *testing.T) {
	h, s, b := setting(t, "scan.pdf")
	b.objects[vault+" v3"] = testFile(t, "links-and-form.pdf")
	if err := h.all(t.Context(), of(vault, "v3")); err != nil || s.finished != 0 || s.document.State != kyc.DocRendering || b.objects[vault+" v3"] != nil {
		t.Errorf("%v, %+v, %s", err, s.document, b.keys())
	}
	b.objects["vault/x v1"] = nil
	if err := h.all(t.Context(), of("vault/x", "v1")); err != nil || strings.Contains(b.keys(), "vault/x") {
		t.Errorf("a foreign key: %v, %s", err, b.keys())
	}
	s.document.State = kyc.DocUploaded
	if err := h.all(t.Context(), of(vault, "v1")); !errors.Is(err, errUnchecked) || b.objects[vault+" v1"] == nil {
		t.Errorf("before its check: %v", err)
	}
}

func TestARefusedDocumentKeepsNeitherFileNorPages(t *testing.T) {
	h, s, b := setting(t, "encrypted.pdf")
	b.objects[page(1)] = []byte("of an earlier delivery")
	if err := h.all(t.Context(), of(vault, "v1")); err != nil {
		t.Fatal(err)
	}
	if s.document.State != kyc.DocRefused || s.document.Reason.Code != "file_password_protected" || s.document.Reason.Detail == "" || len(s.document.Pages) != 0 || b.keys() != "" {
		t.Errorf("%+v, left %s", s.document, b.keys())
	}
}

func TestADocumentFromBeforeThereWerePagesGetsThem(t *testing.T) {
	h, s, _ := setting(t, "scan.pdf")
	s.document.State, s.document.VersionID = kyc.DocAccepted, "v2"
	if err := h.all(t.Context(), of(vault, "v2")); err != nil || s.document.State != kyc.DocAccepted || len(s.document.Pages) != 2 || s.finished != 0 {
		t.Errorf("%v, %+v", err, s.document)
	}
}
