// Package dynamodb makes the client of Amazon DynamoDB.
package dynamodb

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/awsenv"
)

// patience lets one lost or slow answer be asked for again within the deadline of a call. DynamoDB answers in milliseconds.
const patience = 900 * time.Millisecond

// Client makes the client, and opens its connection while the function starts, so that the first request need not wait for it.
func Client() *dynamodb.Client {
	at, client := awsenv.Endpoint("AWS_ENDPOINT_URL_DYNAMODB"), awsenv.Client(patience)
	url := "https://dynamodb." + awsenv.Region() + ".amazonaws.com"
	if at != nil {
		url = *at
	}
	go func() {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodHead, url, nil)
		if err != nil {
			return
		}
		if answer, err := client.Do(request); err == nil { // a failure shows at the first real call
			answer.Body.Close()
		}
	}()
	return dynamodb.New(dynamodb.Options{
		APIOptions: awsenv.Timed("dynamodb"),
		Region:     awsenv.Region(), Credentials: awsenv.Credentials, BaseEndpoint: at, HTTPClient: client, Retryer: awsenv.Retryer(),
	})
}
