// Command review is the Lambda for the review desk: what reviewers see of cases, and what they decide.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/apigw"
	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/awsenv/secret"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

func main() { apigw.Start(setup, secret.ReadEdge) }

func setup(context.Context) (http.Handler, error) {
	log := obs.Setup(os.Stdout, "review")
	r := env.New(os.LookupEnv)
	publicURL := r.Origin("PUBLIC_URL")
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket := r.Text("UPLOADS_BUCKET")
	scanner := r.Choice("MALWARE_SCAN", "on", "off")
	policy := kyc.NewPolicy(r.Int("REKYC_YEARS_HIGH", 1, 10), r.Int("REKYC_YEARS_MEDIUM", 1, 10), r.Int("REKYC_YEARS_LOW", 1, 10))
	if err := r.Err(); err != nil {
		return nil, err
	}
	s := store.New(dynamodb.Client(), users, tokens)
	h := &handler{store: s, bucket: upload.New(s3.Client(), bucket), policy: policy, scanner: scanner, log: log}
	return h.routes(httpapi.Config{PublicURL: publicURL, Now: time.Now, Sessions: s, Limits: s, RequestID: apigw.RequestID, Log: log}), nil
}

type cases interface {
	Reviewer(ctx context.Context, id account.ID) (store.Reviewer, bool, error)
	OpenDesk(ctx context.Context, session account.Session, until time.Time) error
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	Profile(ctx context.Context, id account.ID) (account.Profile, error)

	Lane(ctx context.Context, lane kyc.Lane, after string, most int) ([]store.QueuedCase, string, error)
	LaneCounts(ctx context.Context) (map[kyc.Lane]int, error)
	Case(ctx context.Context, id account.ID) (kyc.Case, error)
	CaseByReference(ctx context.Context, reference string) (kyc.Case, error)
	HandedInBy(ctx context.Context, t kyc.Trace) ([]store.Traced, error)
	SharedWith(ctx context.Context, c kyc.Case) ([]store.Shared, error)
	Rounds(ctx context.Context, id account.ID, caseNo int) ([]kyc.Round, error)
	Records(ctx context.Context, id account.ID, caseNo int) ([]kyc.Record, error)
	DecidedIn(ctx context.Context, month time.Time) ([]store.DecidedCase, error)

	MoveCase(ctx context.Context, read, next kyc.Case, r kyc.Record, also ...store.Also) error
	ProlongLease(ctx context.Context, c kyc.Case, leaseID string, now time.Time) (until time.Time, err error)
	AddRecord(ctx context.Context, c kyc.Case, r kyc.Record) error
	DocumentPurged(ctx context.Context, id account.ID, d kyc.Document, now time.Time) error
}

type handler struct {
	store   cases
	bucket  *upload.Bucket
	policy  kyc.Policy
	scanner string // "on" where files are looked through for malware, else "off"
	log     *slog.Logger
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Private("POST /v1/review/unlock", httpapi.Event(ocsf.Privileges, httpapi.JSON(http.StatusNoContent, h.unlock)))
	api.Private("GET /v1/review", desk(h, h.overview))
	api.Private("GET /v1/review/cases", desk(h, h.lane))
	api.Private("POST /v1/review/search", desk(h, h.search))
	api.Private("GET /v1/review/report", desk(h, h.report))
	api.Private("POST /v1/review/next", desk(h, h.next))
	api.Private("GET /v1/review/cases/{reference}", desk(h, h.read))
	api.Private("POST /v1/review/cases/{reference}/claim", desk(h, h.claim))
	api.Private("POST /v1/review/cases/{reference}/release", desk(h, h.release))
	api.Private("POST /v1/review/cases/{reference}/heartbeat", desk(h, h.heartbeat))
	api.Private("POST /v1/review/cases/{reference}/decision", desk(h, h.decide))
	api.Private("POST /v1/review/cases/{reference}/preview", desk(h, h.preview))
	api.Private("POST /v1/review/cases/{reference}/undo", desk(h, h.undo))
	api.Private("POST /v1/review/cases/{reference}/hold", desk(h, h.hold))
	api.Private("POST /v1/review/cases/{reference}/ask", desk(h, h.ask))
	api.Private("POST /v1/review/cases/{reference}/answer", desk(h, h.answer))
	api.Private("POST /v1/review/cases/{reference}/reopen", desk(h, h.reopen))
	api.Private("GET /v1/review/cases/{reference}/history", desk(h, h.history))
	api.Private("GET /v1/review/cases/{reference}/documents/{id}/pages/{n}", desk(h, h.page))
	api.Private("POST /v1/review/cases/{reference}/documents/{id}/original", desk(h, h.original))
	return api
}
