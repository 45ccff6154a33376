package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func day(n int) time.Time { return noon.AddDate(0, 0, n) }

// world is the function on real engines.
type world struct {
	storetest.Fixture
	s3   *s3.Client
	name string // of the bucket
	log  *bytes.Buffer
	*handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Fixture: storetest.Open(t), log: &bytes.Buffer{}}
	w.s3, w.name = uploadtest.Bucket(t)
	w.handler = &handler{store: w.Store, bucket: upload.New(w.s3, w.name), log: slog.New(slog.NewJSONHandler(w.log, nil))}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// holder is the account of somebody with a draft, whose two papers were checked at noon.
type holder struct {
	*world
	id account.ID
}

func (w *world) holder(t *testing.T) *holder {
	t.Helper()
	p := &holder{w, account.ID(token.NewID())}
	email, err := account.ParseEmail(strings.ToLower(string(p.id)) + "@example.com")
	must(t, err)
	signup := account.Signup{
		ID: token.NewID(), Email: email, PasswordHash: token.NewSecret("x"), Consent: account.Consent{Document: "terms", AcceptedAt: noon},
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
	must(t, w.StartSignup(t.Context(), signup, message.Message{ID: token.NewID(), Kind: message.VerifyEmail, CreatedAt: noon, NotAfter: noon}))
	must(t, w.CompleteSignup(t.Context(), signup, account.Profile{
		ID: p.id, Email: email, Status: account.Active, KYC: "not_started", CredentialVersion: 1, Version: 1, CreatedAt: noon, UpdatedAt: noon,
		Details: account.Details{Type: account.Individual, FirstName: "Asha", Sector: "other"}, Locale: "en",
	}, account.Activity{Kind: "account_created", At: noon}, noon))
	edited, err := p.newest(t).Edit(kyc.Given{EntityType: "individual", Fields: map[string]string{
		"pan": "ZZZPZ9999Z", "legalName": "Zoya Zaveri", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
	}}, account.Individual, noon)
	must(t, err)
	_, err = w.SaveCase(t.Context(), p.newest(t), edited)
	must(t, err)
	p.upload(t, "entity_pan", "epan", noon)
	p.upload(t, "personal_id", "passport", noon)
	return p
}

func (p *holder) newest(t *testing.T) kyc.Case {
	t.Helper()
	c, err := p.Case(t.Context(), p.id)
	must(t, err)
	return c
}

// upload adds a document with everything that is kept of one.
func (p *holder) upload(t *testing.T, requirement, typ string, at time.Time) kyc.Document {
	t.Helper()
	c := p.newest(t)
	d, err := kyc.NewDocument(c, kyc.Upload{Requirement: requirement, DocumentType: typ, FileName: "a.pdf", ContentType: "application/pdf", Size: 9}, token.NewID(), at)
	must(t, err)
	must(t, p.AddDocument(t.Context(), c, d))
	for _, prefix := range d.FilePrefixes(p.id) {
		if strings.HasSuffix(prefix, "/") {
			prefix += "1.jpg"
		}
		p.put(t, prefix)
		p.put(t, prefix)
	}
	p.change(t, caseKey(c.No)+"#doc#"+d.ID, map[string]any{"state": "clean", "checkedAt": at.Format(time.RFC3339)})
	return d
}

func (p *holder) put(t *testing.T, key string) {
	t.Helper()
	_, err := p.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &p.name, Key: &key, Body: strings.NewReader("%PDF-1.7\n")})
	must(t, err)
}

func caseKey(no int) string { return fmt.Sprintf("kyc#%04d", no) }

// change sets attributes of an item of the account, as other functions do; nil takes one away.
func (p *holder) change(t *testing.T, sk string, attributes map[string]any) {
	t.Helper()
	key, err := attributevalue.MarshalMap(map[string]string{"pk": "account#" + string(p.id), "sk": sk})
	must(t, err)
	for name, value := range attributes {
		in := &dynamodb.UpdateItemInput{TableName: &p.Users, Key: key, ExpressionAttributeNames: map[string]string{"#a": name}, UpdateExpression: new("REMOVE #a")}
		if value != nil {
			v, err := attributevalue.Marshal(value)
			must(t, err)
			in.UpdateExpression, in.ExpressionAttributeValues = new("SET #a = :v"), map[string]types.AttributeValue{":v": v}
		}
		_, err := p.DB.UpdateItem(t.Context(), in)
		must(t, err)
	}
}

// files counts the versions of everything that is kept for the account.
func (p *holder) files(t *testing.T) (n int) {
	t.Helper()
	for _, place := range []string{"incoming/", "vault/", "pages/"} {
		versions, err := p.bucket.Versions(t.Context(), place+string(p.id)+"/")
		must(t, err)
		n += len(versions)
	}
	return n
}

// story is what the records say of a case: "told draft, purged draft".
func (p *holder) story(t *testing.T, no int) string {
	t.Helper()
	records, err := p.Records(t.Context(), p.id, no)
	must(t, err)
	var all []string
	for _, r := range records {
		all = append(all, r.Kind+" "+string(r.To))
	}
	return strings.Join(all, ", ")
}

// mails are the kinds of messages that wait for the holder, sorted.
func (p *holder) mails(t *testing.T) string {
	t.Helper()
	waiting, err := p.Waiting(t.Context())
	must(t, err)
	profile, err := p.Profile(t.Context(), p.id)
	must(t, err)
	var all []string
	for _, q := range waiting {
		if q.To == profile.Email.String() {
			all = append(all, string(q.Kind))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// due reports that the clock has something to do with a case of the account, at that time or before.
func (p *holder) due(t *testing.T, at time.Time) bool {
	t.Helper()
	found, _, err := p.Ticking(t.Context(), at, "", 100)
	must(t, err)
	for _, q := range found {
		if q.AccountID == p.id {
			return true
		}
	}
	return false
}
