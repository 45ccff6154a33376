// Command intake is the Lambda that looks at what was really uploaded: it checks each new file, once the
// scanner has spoken where there is one, keeps a good one under a key of its own for render, and says why it refuses another.
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

func main() {
	log := obs.Setup(os.Stdout, "intake")
	r := env.New(os.LookupEnv)
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	bucket, scans := r.Text("UPLOADS_BUCKET"), r.Choice("MALWARE_SCAN", "on", "off") == "on"
	err := r.Err()
	h := &handler{store: store.New(dynamodb.Client(), users, tokens), bucket: upload.New(s3.Client(), bucket), scans: scans, now: time.Now, log: log}
	lambda.Start(func(ctx context.Context, e event) error {
		if err != nil {
			return err
		}
		return h.all(ctx, e)
	})
}
