// Command feedback is the Lambda that hears what became of mails: SES publishes bounces and complaints to a topic of SNS.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"phonon.in/central/shared/awsenv/dynamodb"
	"phonon.in/central/shared/env"
	"phonon.in/central/shared/obs"
	"phonon.in/central/shared/store"
)

func main() {
	log := obs.Setup(os.Stdout, "feedback")
	r := env.New(os.LookupEnv)
	users, tokens := r.Text("USERS_TABLE"), r.Text("TOKENS_TABLE")
	err := r.Err()
	h := &handler{store: store.New(dynamodb.Client(), users, tokens), now: time.Now, log: log}
	lambda.Start(func(ctx context.Context, e events.SNSEvent) error {
		if err != nil {
			return err
		}
		return h.all(ctx, e)
	})
}
