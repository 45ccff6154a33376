// Package awsenv reads what Lambda puts into the environment for AWS clients: region, credentials, and the endpoints that the
// local run replaces. The SDK's own loader would also look for profiles, SSO and instance roles, which no function has:
// leaving it out makes a binary 1.5 MB smaller and its start a third faster.
//
// Each client has a package of its own below this one, because the tables of a service's endpoints cost time at every start
// of a function that links them.
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
	"github.com/aws/smithy-go/middleware"

	"phonon.in/central/shared/spent"
)

// The SDK waits for ever by default. Retrying stays within the deadline that each caller sets, 2 s for most calls.
const (
	dialTimeout = 700 * time.Millisecond
	maxAttempts = 6
	maxBackoff  = 300 * time.Millisecond
)

var trust = sync.OnceFunc(trustOneFile)

// Client makes an HTTP client that gives up an attempt when no answer begins within patience. It speaks HTTP/1.1 alone: a
// connection that died silently is then given up with the one request on it, while over HTTP/2 every repetition would go the same dead way.
func Client(patience time.Duration) *http.Client {
	trust()
	return &http.Client{Transport: wholeBodies{&http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: patience,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
	}}}
}

// Retryer repeats more often, and waits less in between, than the SDK does by itself: three attempts would lose one call in a
// hundred when one in five fails. Its budget of repetitions still ends a storm.
func Retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.MaxBackoff = maxBackoff
	})
}

// Region is where the function runs.
func Region() string { return os.Getenv("AWS_REGION") }

// Endpoint returns the address that replaces a service's own, or nil.
func Endpoint(variable string) *string {
	for _, name := range []string{variable, "AWS_ENDPOINT_URL"} {
		if v := os.Getenv(name); v != "" {
			return &v
		}
	}
	return nil
}

// Credentials are those of the function's role. Lambda replaces the process before they expire.
var Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "lambda",
	}, nil
})

// Timed has each operation of a client measured as a call of the dependency, its repetitions included.
func Timed(dependency string) []func(*middleware.Stack) error {
	timed := middleware.InitializeMiddlewareFunc("Timed", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		defer spent.On(ctx, dependency)()
		return next.HandleInitialize(ctx, in)
	})
	return []func(*middleware.Stack) error{func(s *middleware.Stack) error { return s.Initialize.Add(timed, middleware.Before) }}
}
