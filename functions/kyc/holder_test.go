package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
	"phonon.in/central/web/legal"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// world is the function with the engines that it works on.
type world struct {
	storetest.Fixture
	api    http.Handler
	h      *handler
	s3     *s3.Client
	bucket string
	clock  time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), clock: now}
	w.s3, w.bucket = uploadtest.Bucket(t)
	keys, err := token.ParseKeyring([]byte(`{"current":"0123456789abcdefghijklmnopqrstuvwxyz"}`))
	must(t, err)
	w.h = &handler{store: w.Store, bucket: upload.New(w.s3, w.bucket), keys: keys, notice: legal.KYC(), pages: "https://central.example.com", log: slog.New(slog.DiscardHandler)}
	w.api = w.h.routes(httpapi.Config{
		PublicURL: "https://central.example.com", Now: func() time.Time { return w.clock }, Sessions: w.Store, Limits: w.Store, Log: slog.New(slog.DiscardHandler),
	})
	return w
}

// holder is somebody who is logged in.
type holder struct {
	*world
	id     account.ID
	bearer string
}

func (w *world) holder(t *testing.T) *holder {
	t.Helper()
	id := account.ID(token.NewID())
	email, err := account.ParseEmail(strings.ToLower(string(id)) + "@example.com")
	must(t, err)
	signup := account.Signup{
		ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), Consent: account.Consent{Document: "terms", AcceptedAt: now},
		CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	must(t, w.StartSignup(t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: now, NotAfter: now}))
	must(t, w.CompleteSignup(t.Context(), signup, account.Profile{
		ID: id, Email: email, Status: account.Active, KYC: "not_started", CredentialVersion: 1, Version: 1, CreatedAt: now, UpdatedAt: now,
		Details: account.Details{Type: account.Individual, FirstName: "Asha", Sector: "other"},
	}, account.Activity{Kind: "account_created", At: now}, now))
	bearer, digest := token.NewSession(string(id))
	must(t, w.StartSession(t.Context(), account.Session{
		Digest: digest, AccountID: id, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(account.SessionLife), CredentialVersion: 1,
		ProvenAt: now.AddDate(10, 0, 0), ProvenBy: account.ByPassword, // tests that are about something else play years later
	}, account.Activity{Kind: "logged_in", At: now}))
	return &holder{w, id, bearer.Reveal()}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reply is an answer of the API.
type reply struct {
	status int
	etag   string
	body   map[string]any
	raw    string
}

func (r reply) code() string { s, _ := r.body["code"].(string); return s }

// says is the status, with the code of a problem: "409 case_locked".
func (r reply) says() string { return strings.TrimSpace(fmt.Sprint(r.status, " ", r.code())) }

// missing lists what a problem, or a case, names: "/fields/pan pan_length".
func (r reply) missing() string {
	list, _ := r.body["errors"].([]any)
	if list == nil {
		list, _ = r.body["missing"].([]any)
	}
	var all []string
	for _, e := range list {
		all = append(all, fmt.Sprint(e.(map[string]any)["pointer"], " ", e.(map[string]any)["code"]))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (p *holder) call(method, path string, body any, headers ...string) reply {
	r, _ := p.send(method, path, body, headers...)
	return r
}

// send returns the headers of the answer, too.
func (p *holder) send(method, path string, body any, headers ...string) (reply, http.Header) {
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
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, r)
	out := reply{status: w.Code, etag: w.Header().Get("ETag"), raw: w.Body.String()}
	json.Unmarshal(w.Body.Bytes(), &out.body)
	return out, w.Header()
}

type m = map[string]any

// agreed is what a submission accepts and declares.
func agreed() m {
	return m{"notice": m{"version": legal.KYC().Version, "accepted": true}, "declared": true}
}

// want calls and fails unless the answer says that.
func (p *holder) want(t *testing.T, says, method, path string, body any, headers ...string) reply {
	t.Helper()
	r := p.call(method, path, body, headers...)
	if r.says() != says {
		t.Fatalf("%s %s answered %s: %s", method, path, r.says(), r.raw)
	}
	return r
}

// set changes attributes of an item of the account, as somebody does whose code is not here, such as a reviewer.
func (p *holder) set(t *testing.T, sk string, attributes map[string]any) {
	t.Helper()
	key, err := attributevalue.MarshalMap(map[string]string{"pk": "account#" + string(p.id), "sk": sk})
	must(t, err)
	for name, value := range attributes {
		v, err := attributevalue.Marshal(value)
		must(t, err)
		_, err = p.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &p.Users, Key: key, UpdateExpression: new("SET #a = :v"),
			ExpressionAttributeNames: map[string]string{"#a": name}, ExpressionAttributeValues: map[string]types.AttributeValue{":v": v},
		})
		must(t, err)
	}
}

// review ends a review of the case with flags, by pointer. What comes after it is a minute later.
func (p *holder) review(t *testing.T, to kyc.Status, flags ...string) {
	t.Helper()
	rows := map[string]map[string]string{}
	for _, pointer := range flags {
		rows[pointer] = map[string]string{"code": "check", "detail": "Look at this again."}
	}
	p.set(t, "kyc#0001", map[string]any{"status": string(to), "lane": "", "flags": rows, "submittedAt": p.clock.Format("2006-01-02T15:04:05.000000Z")})
	p.set(t, "profile", map[string]any{"kyc": string(to)})
	p.clock = p.clock.Add(time.Minute)
}

// asked asks for an upload of a PDF and returns the document's id.
func (p *holder) asked(t *testing.T, requirement, typ string) string {
	t.Helper()
	return p.want(t, "201", "POST", "/v1/kyc/documents", m{
		"requirement": requirement, "documentType": typ, "fileName": requirement + ".pdf", "contentType": "application/pdf", "size": 9,
	}).body["documentId"].(string)
}

// put puts bytes where storage has the document, and returns their version.
func (p *holder) put(t *testing.T, key string, file []byte) string {
	t.Helper()
	out, err := p.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &p.world.bucket, Key: &key, Body: bytes.NewReader(file)})
	must(t, err)
	return *out.VersionId
}

// given is a document that was uploaded, checked and found clean, with these bytes.
func (p *holder) given(t *testing.T, requirement, typ, file string) string {
	t.Helper()
	id := p.asked(t, requirement, typ)
	key := kyc.VaultKey(p.id, 1, id)
	d, err := p.Document(t.Context(), p.id, 1, id)
	must(t, err)
	d.State, d.Key, d.VersionID, d.SHA256, d.CheckedAt, d.UploadedAt = kyc.DocClean, key, p.put(t, key, []byte(file)), fmt.Sprintf("%064x", file), p.clock, p.clock
	must(t, p.FinishDocument(t.Context(), p.id, 1, d))
	return id
}

// whole are the fields of an individual that lack nothing.
func whole() m {
	return m{
		"pan": "ZZZPZ9999Z", "legalName": "Zoya Zaveri", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
	}
}

// drafted gives the holder a whole case: it lacks nothing. It returns the ids of its documents.
func (p *holder) drafted(t *testing.T) (pan, id string) {
	t.Helper()
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": whole()})
	return p.given(t, "entity_pan", "epan", "pan"), p.given(t, "personal_id", "passport", "passport")
}

// versions lists every version of everything that storage has of the account, by key.
func (p *holder) versions(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, folder := range []string{"incoming/", "vault/"} {
		all, err := p.h.bucket.Versions(t.Context(), folder+string(p.id)+"/")
		must(t, err)
		for _, v := range all {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// rows is what the users table holds of the account, as text.
func (p *holder) rows(t *testing.T) string {
	t.Helper()
	out, err := p.DB.Query(t.Context(), &dynamodb.QueryInput{
		TableName: &p.Users, ConsistentRead: new(true), KeyConditionExpression: new("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "account#" + string(p.id)}},
	})
	must(t, err)
	var all []string
	for _, i := range out.Items {
		var row map[string]any
		must(t, attributevalue.UnmarshalMap(i, &row))
		if !strings.HasPrefix(fmt.Sprint(row["sk"]), "session#") {
			all = append(all, fmt.Sprint(row))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// meddled is a store before whose next submission something else happens.
type meddled struct {
	cases
	before func(submitted kyc.Case)
}

func (s *meddled) SubmitCase(ctx context.Context, read, submitted kyc.Case, r kyc.Record, holder account.Profile, seen account.Activity, accepted ...account.Consent) error {
	if before := s.before; before != nil {
		s.before = nil
		before(submitted)
	}
	return s.cases.SubmitCase(ctx, read, submitted, r, holder, seen, accepted...)
}
