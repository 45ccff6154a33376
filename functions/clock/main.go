// Command clock is the Lambda that does to KYC cases what time does: it reminds, lets lapse and expire, brings back what was put off, and removes
// what was kept long enough. And to accounts that were closed: it erases them.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/awsenv/s3"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/upload"
)

// tick is the event of a schedule, of which the clock reads one thing. It is the only clock here: an event with another time runs as of then.
type tick struct {
	Time time.Time `json:"time"`
}

func main() {
	log := obs.Setup(os.Stdout, "clock")
	r := env.New(os.LookupEnv)
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket := r.Text("UPLOADS_BUCKET")
	retention := time.Duration(r.Int("KYC_RETENTION_DAYS", 400, 3660)) * 24 * time.Hour
	err := r.Err()
	h := &handler{store: store.New(dynamodb.Client(), users, tokens), bucket: upload.New(s3.Client(), bucket), log: log, retention: retention}
	lambda.Start(func(ctx context.Context, e tick) error {
		if err != nil {
			return err
		}
		return h.run(ctx, e.Time)
	})
}
