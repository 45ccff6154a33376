// Command intake is the Lambda that looks at what was really uploaded: it checks each new file, keeps a clean one under a
// key of its own, and says why it refuses another.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
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
	bucket := r.Text("UPLOADS_BUCKET")
	err := r.Err()
	h := &handler{store: store.New(dynamodb.Client(), users, tokens), bucket: upload.New(s3.Client(), bucket), now: time.Now, log: log}
	lambda.Start(func(ctx context.Context, e events.S3Event) error {
		if err != nil {
			return err
		}
		return h.all(ctx, e)
	})
}
