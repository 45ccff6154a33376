package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // a Monday, 15:30 in India

// world is the function on a real engine. Every request and answer is held to the contract.
type world struct {
	storetest.Fixture
	h     *handler
	api   http.Handler
	clock time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), clock: start}
	bucket := upload.New(uploadtest.Client("http://127.0.0.1:1"), "uploads") // addresses are signed without it
	w.h = &handler{store: w.Store, bucket: bucket, policy: kyc.DefaultPolicy, scanner: "off", log: slog.New(slog.DiscardHandler)}
	w.api = contract.Check(t, w.h.routes(httpapi.Config{
		PublicURL: "https://central.example.com", Now: w.now, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler),
	}))
	return w
}

// person is somebody who is logged in.
type person struct {
	*world
	account.Profile
	bearer string
	digest string
}

func (w *world) now() time.Time { return w.clock }

// passes lets a second pass, so that what comes next comes later.
func (w *world) passes() { w.clock = w.clock.Add(time.Second) }

func (w *world) person(t *testing.T, name, number string) *person {
	t.Helper()
	id := account.ID(token.NewID())
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	must(t, err)
	signup := account.Signup{ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), Consent: account.Consent{Document: "terms", AcceptedAt: start}, CreatedAt: start, ExpiresAt: start.Add(time.Hour)}
	must(t, w.StartSignup(t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: start, NotAfter: start}))
	p := account.Profile{
		ID: id, Email: email, Status: account.Active, KYC: "not_started", Locale: "hi", CredentialVersion: 1, Version: 1, CreatedAt: start, UpdatedAt: start,
		Details: account.Details{Type: account.Individual, FirstName: name, LastName: "Rao", Sector: "other"},
		Phone:   account.Phone{Number: phone.FromStored(number, phone.Mobile), VerifiedAt: start},
	}
	must(t, w.CompleteSignup(t.Context(), signup, p, account.Activity{Kind: "account_created", At: start}, start))
	bearer, digest := token.NewSession(string(id))
	must(t, w.StartSession(t.Context(), w.session(id, digest), account.Activity{Kind: "logged_in", At: start}))
	return &person{w, p, bearer.Reveal(), digest}
}

func (w *world) session(id account.ID, digest string) account.Session {
	return account.Session{Digest: digest, AccountID: id, CreatedAt: w.clock, LastSeenAt: w.clock, ExpiresAt: w.clock.Add(account.SessionLife), CredentialVersion: 1, ProvenAt: w.clock, ProvenBy: account.ByFactor}
}

var numbers = 9_820_000_000

func newNumber() string { numbers++; return fmt.Sprintf("+91%d", numbers) }

// reviewer is a reviewer whose desk is open.
func (w *world) reviewer(t *testing.T, name string, lead bool) *person {
	t.Helper()
	p := w.person(t, name, newNumber())
	must(t, w.ChangeFactors(t.Context(), p.Profile, store.FactorChange{
		Next: account.FactorSet{TOTP: account.TOTP{Sealed: "sealed", AddedAt: start}}, By: w.session(p.ID, p.digest), Seen: account.Activity{Kind: "totp_added", At: start}, At: w.clock,
	}))
	fresh, err := w.Store.Profile(t.Context(), p.ID)
	must(t, err)
	p.Profile = fresh
	must(t, w.AddReviewer(t.Context(), p.ID, lead, store.Deed{Kind: "reviewer_added", By: "ops", Reason: "a test", At: start}))
	p.open(t)
	return p
}

func (p *person) open(t *testing.T) {
	t.Helper()
	must(t, p.OpenDesk(t.Context(), p.session(p.ID, p.digest), p.clock.Add(deskIdle)))
}

// submitted is a new account whose case was handed in: an individual with two documents of a page each.
func (w *world) submitted(t *testing.T) kyc.Case {
	t.Helper()
	return w.person(t, "Asha", newNumber()).submits(t, "AAAPL1234C", "11")
}

// submits hands a case in, with files whose digests begin so.
func (p *person) submits(t *testing.T, pan, files string) kyc.Case {
	t.Helper()
	draft := kyc.Case{AccountID: p.ID, No: 1, Status: kyc.Draft, EntityType: "individual", Catalogue: "2026-11", Fields: map[string]string{"pan": pan}, CreatedAt: start, UpdatedAt: start}
	_, err := p.SaveCase(t.Context(), kyc.NewCase(p.ID), draft)
	must(t, err)
	for requirement, typ := range map[string]string{"entity_pan": "pan_card", "personal_id": "passport"} {
		p.adds(t, requirement, typ, files)
	}
	return p.handsIn(t)
}

func (p *person) adds(t *testing.T, requirement, typ, files string) {
	t.Helper()
	c, err := p.Case(t.Context(), p.ID)
	must(t, err)
	id := token.NewID()
	must(t, p.AddDocument(t.Context(), c, kyc.Document{
		ID: id, CaseNo: 1, Requirement: requirement, Type: typ, FileName: typ + ".pdf", ContentType: "application/pdf", Size: 1000, State: kyc.DocClean,
		SHA256: digest(files, requirement), Pages: []string{digest("aa", id)}, Key: kyc.VaultKey(p.ID, 1, id), VersionID: "v1", CreatedAt: p.clock, CheckedAt: p.clock,
	}))
}

// digest looks like a SHA-256.
func digest(begin, of string) string {
	return (begin + fmt.Sprintf("%x", of) + strings.Repeat("0", 64))[:64]
}

func (p *person) handsIn(t *testing.T) kyc.Case {
	t.Helper()
	c, err := p.Case(t.Context(), p.ID)
	must(t, err)
	profile, err := p.world.Profile(t.Context(), p.ID)
	must(t, err)
	next, r, err := c.Submit(profile, kyc.NewReference(), p.clock)
	must(t, err)
	must(t, p.SubmitCase(t.Context(), c, next, r, profile, account.Activity{Kind: "kyc_submitted", At: p.clock}))
	return next
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type m = map[string]any

type reply struct {
	status int
	header http.Header
	body   m
	raw    string
}

// says is the status, with the code of a problem: "409 case_claimed".
func (r reply) says() string {
	code, _ := r.body["code"].(string)
	return strings.TrimSpace(fmt.Sprint(r.status, " ", code))
}

func (r reply) text(name string) string { s, _ := r.body[name].(string); return s }

// at walks down by names of members and numbers of elements.
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, _ := v.(m)
			v = object[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

func (p *person) call(method, path string, body any) reply {
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body) // of maps and strings
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(text))
	if p.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, r)
	out := reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	json.Unmarshal(w.Body.Bytes(), &out.body)
	return out
}

// want calls and fails unless the answer says that.
func (p *person) want(t *testing.T, says, method, path string, body any) reply {
	t.Helper()
	r := p.call(method, path, body)
	if r.says() != says {
		t.Fatalf("%s %s answered %s, want %s: %s", method, path, r.says(), says, r.raw)
	}
	return r
}

func caseAt(c kyc.Case) string { return "/v1/review/cases/" + c.Reference }

// takes claims a case.
func (p *person) takes(t *testing.T, c kyc.Case) m {
	t.Helper()
	return p.want(t, "200", "POST", caseAt(c)+"/claim", m{"takeOver": ""}).body
}

// verdicts are a decision on the case as the reviewer sees it: yes to all documents, but for what refused says, by requirement.
func decision(view m, outcome string, refused map[string]string) m {
	parts := []any{}
	for _, r := range view["requirements"].([]any) {
		for _, d := range at(r, "documents").([]any) {
			part := m{"pointer": at(r, "pointer"), "documentId": at(d, "id"), "verdict": "yes", "checklist": m{"legible": "y"}}
			if code := refused[at(r, "id").(string)]; code != "" {
				part["verdict"], part["code"] = "no", code
			}
			parts = append(parts, part)
		}
	}
	return m{"leaseId": at(view, "lease", "id"), "version": view["version"], "outcome": outcome, "risk": "low", "note": "", "parts": parts}
}
