package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

// place is where uploads really arrive: the function on a store and a storage that are no fakes, and a case of somebody.
type place struct {
	storetest.Fixture
	h      *handler
	s3     *s3.Client
	bucket string
	id     account.ID
}

var today = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{Fixture: storetest.Open(t), id: account.ID(token.NewID())}
	p.s3, p.bucket = uploadtest.Bucket(t)
	p.h = &handler{store: p.Store, bucket: upload.New(p.s3, p.bucket), now: func() time.Time { return today }, log: slog.New(slog.DiscardHandler)}
	email, err := account.ParseEmail(strings.ToLower(string(p.id)) + "@example.com")
	must(t, err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), CreatedAt: today, ExpiresAt: today.Add(time.Hour)}
	must(t, p.StartSignup(t.Context(), signup, message.Message{ID: token.NewID(), CreatedAt: today, NotAfter: today}))
	must(t, p.CompleteSignup(t.Context(), signup, account.Profile{
		ID: p.id, Email: email, Status: account.Active, KYC: "not_started", Version: 1, Details: account.Details{Type: account.Individual},
	}, account.Activity{At: today}, today))
	read := p.read(t)
	edited, err := read.Edit(kyc.Given{EntityType: "individual"}, account.Individual, today)
	must(t, err)
	_, err = p.SaveCase(t.Context(), read, edited)
	must(t, err)
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *place) read(t *testing.T) kyc.Case {
	t.Helper()
	c, err := p.Case(t.Context(), p.id)
	must(t, err)
	return c
}

// asked is a document that an upload was allowed for.
func (p *place) asked(t *testing.T) kyc.Document {
	t.Helper()
	c := p.read(t)
	d, err := kyc.NewDocument(c, kyc.Upload{
		Requirement: "entity_pan", DocumentType: "epan", FileName: "a.pdf", ContentType: "application/pdf", Size: 1000,
	}, token.NewID(), today)
	must(t, err)
	must(t, p.AddDocument(t.Context(), c, d))
	return d
}

// arrives puts a file under a key and returns the event that storage sends.
func (p *place) arrives(t *testing.T, key string, file []byte) event {
	t.Helper()
	out, err := p.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &p.bucket, Key: &key, Body: bytes.NewReader(file)})
	must(t, err)
	return created(key, *out.VersionId)
}

func created(key, version string) event {
	return event{Records: []events.S3EventRecord{{S3: events.S3Entity{Object: events.S3Object{Key: key, VersionID: version}}}}}
}

// holds fails unless storage has versions of these keys, and nothing else. A check that was done twice leaves two copies of the same bytes:
// render keeps one.
func (p *place) holds(t *testing.T, keys ...string) {
	t.Helper()
	all, err := upload.New(p.s3, p.bucket).Versions(t.Context(), "")
	must(t, err)
	all = slices.CompactFunc(all, func(a, b upload.Version) bool { return a.Key == b.Key })
	if len(all) != len(keys) {
		t.Errorf("storage holds %v, want %v", all, keys)
		return
	}
	for i, v := range all {
		if v.Key != keys[i] {
			t.Errorf("storage holds %v, want %v", all, keys)
		}
	}
}

func (p *place) document(t *testing.T, id string) kyc.Document {
	t.Helper()
	d, err := p.Document(t.Context(), p.id, 1, id)
	must(t, err)
	return d
}

func TestAnEventThatComesAgainNeverFails(t *testing.T) {
	p := newPlace(t)
	good, d := goodPDF(t), p.asked(t)
	vault := kyc.VaultKey(p.id, 1, d.ID)
	e := p.arrives(t, d.Key, good)
	must(t, p.h.all(t.Context(), e))
	checked := p.document(t, d.ID)
	for range 3 {
		must(t, p.h.all(t.Context(), e))
	}
	if again := p.document(t, d.ID); !reflect.DeepEqual(again, checked) || again.State != kyc.DocRendering {
		t.Errorf("%+v became %+v", checked, again)
	}
	p.holds(t, vault)
	if body, err := upload.New(p.s3, p.bucket).Read(t.Context(), vault, "", 1<<20); err != nil || !bytes.Equal(body, good) {
		t.Errorf("what was pinned: %d bytes, %v", len(body), err)
	}
}

// atomic does one operation after the other, as S3 does with those on one key. This engine may lose a file when two are under way.
type atomic struct {
	bucket
	mu sync.Mutex
}

func (b *atomic) Pin(ctx context.Context, from, version, to, contentType, tag string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bucket.Pin(ctx, from, version, to, contentType, tag)
}

func (b *atomic) Remove(ctx context.Context, key, version string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bucket.Remove(ctx, key, version)
}

func (b *atomic) Purge(ctx context.Context, key, keep string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bucket.Purge(ctx, key, keep)
}

func TestTheSameEventEightTimesAtOnceKeepsOneFile(t *testing.T) {
	p := newPlace(t)
	p.h.bucket = &atomic{bucket: p.h.bucket}
	d := p.asked(t)
	e := p.arrives(t, d.Key, goodPDF(t))
	errs := make(chan error)
	for range 8 {
		go func() { errs <- p.h.all(t.Context(), e) }()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	must(t, p.h.all(t.Context(), e))
	if got := p.document(t, d.ID); got.State != kyc.DocRendering {
		t.Errorf("%+v", got)
	}
	p.holds(t, kyc.VaultKey(p.id, 1, d.ID))
}

func TestEventsInAnyOrderNeverFail(t *testing.T) {
	p := newPlace(t)
	d := p.asked(t)
	first := p.arrives(t, d.Key, goodPDF(t))
	second := p.arrives(t, d.Key, []byte("another file by the same form"))
	for _, e := range []event{second, first, second, first} {
		must(t, p.h.all(t.Context(), e))
	}
	if got := p.document(t, d.ID); got.State != kyc.DocRefused {
		t.Errorf("%+v", got)
	}
	p.holds(t)

	d = p.asked(t)
	first = p.arrives(t, d.Key, goodPDF(t))
	marked, err := p.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &d.Key})
	must(t, err)
	for _, e := range []event{created(d.Key, *marked.VersionId), created(d.Key, "01ARZ3NDEKTSV4RRFFQ69G5FAV"), created(d.Key, "v1"), first, created(d.Key, "v1"), first} {
		must(t, p.h.all(t.Context(), e))
	}
	if got := p.document(t, d.ID); got.State != kyc.DocRendering {
		t.Errorf("%+v", got)
	}
}

func TestWhatComesForADocumentThatIsGoneLeavesNothing(t *testing.T) {
	p := newPlace(t)
	removed, erased := p.asked(t), token.NewID()
	e := p.arrives(t, removed.Key, goodPDF(t))
	p.arrives(t, kyc.VaultKey(p.id, 1, removed.ID), goodPDF(t)) // by a check that ended halfway
	must(t, p.RemoveDocument(t.Context(), p.read(t), removed.ID, today))
	other := p.arrives(t, kyc.IncomingKey(p.id, 1, erased), goodPDF(t))
	p.arrives(t, kyc.VaultKey(p.id, 1, erased), goodPDF(t))
	foreign := p.arrives(t, "incoming/somewhere/else", goodPDF(t))
	for range 2 {
		for _, e := range []event{e, other, foreign} {
			must(t, p.h.all(t.Context(), e))
		}
	}
	p.holds(t)
	if got := p.document(t, removed.ID); got.State != kyc.DocSuperseded {
		t.Errorf("%+v", got)
	}
}

// brittle is a storage that fails once, just after it made a copy.
type brittle struct {
	bucket
	failed bool
}

func (b *brittle) Pin(ctx context.Context, from, version, to, contentType, tag string) (string, error) {
	pinned, err := b.bucket.Pin(ctx, from, version, to, contentType, tag)
	if err == nil && !b.failed {
		b.failed = true
		return "", fault.Down(errors.New("the answer was lost"))
	}
	return pinned, err
}

func TestACheckThatEndsHalfwayIsEndedByTheNextDelivery(t *testing.T) {
	p := newPlace(t)
	d := p.asked(t)
	p.h.bucket = &brittle{bucket: p.h.bucket}
	e := p.arrives(t, d.Key, goodPDF(t))
	if err := p.h.all(t.Context(), e); err == nil {
		t.Fatal("the first delivery counts as done")
	}
	must(t, p.h.all(t.Context(), e))
	must(t, p.h.all(t.Context(), e)) // and one more finds the copy that was left
	if got := p.document(t, d.ID); got.State != kyc.DocRendering {
		t.Errorf("%+v", got)
	}
	p.holds(t, kyc.VaultKey(p.id, 1, d.ID))
}
