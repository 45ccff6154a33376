package awsenv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Signed makes the request of one call of a service, with these headers and this body, signed by the SDK's signer: for what takes the SDK's client
// longer to get ready than the call takes (docs/decisions/0039). service is its name in addresses, signedAs in signatures; variable is the setting that
// replaces its address.
func Signed(ctx context.Context, service, signedAs, variable string, header map[string]string, body []byte) (*http.Request, error) {
	url := "https://" + service + "." + Region() + ".amazonaws.com"
	if at := Endpoint(variable); at != nil {
		url = *at
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(url, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	if trace := os.Getenv("_X_AMZN_TRACE_ID"); trace != "" {
		request.Header.Set("X-Amzn-Trace-Id", trace)
	}
	credentials, err := Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(body)
	return request, v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(hash[:]), signedAs, Region(), time.Now())
}
