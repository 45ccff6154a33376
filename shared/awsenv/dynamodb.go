package awsenv

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// DynamoDB makes the client, and opens its connection while the function starts, so that the first request need not wait for it.
func DynamoDB() *dynamodb.Client {
	at := endpoint("AWS_ENDPOINT_URL_DYNAMODB")
	url := "https://dynamodb." + Region() + ".amazonaws.com"
	if at != nil {
		url = *at
	}
	go func() {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodHead, url, nil)
		if err != nil {
			return
		}
		if answer, err := client().Do(request); err == nil { // a failure shows at the first real call
			answer.Body.Close()
		}
	}()
	return dynamodb.New(dynamodb.Options{
		Region: Region(), Credentials: credentials, BaseEndpoint: at, HTTPClient: client(), Retryer: retryer(),
	})
}
