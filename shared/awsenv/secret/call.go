package secret

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"phonon.in/central/shared/awsenv"
)

const (
	patience = time.Second
	most     = 1 << 18 // bytes of an answer; a secret has 64 KiB at most
)

// client is one for all secrets, so that the second comes over the connection of the first: sooner than over one of its own beside it.
var client = sync.OnceValue(func() *http.Client { return awsenv.Client(patience) })

// get calls GetSecretValue, signed and repeated as the SDK does it. It is the only call that any function makes of Secrets Manager, once, while
// it starts: to get the SDK's client ready for it takes longer than the call (docs/decisions/0039).
func get(ctx context.Context, id string) (string, error) {
	body, err := json.Marshal(map[string]string{"SecretId": id})
	if err != nil {
		return "", err
	}
	retryer := awsenv.Retryer()
	for attempt := 1; ; attempt++ {
		text, err := try(ctx, body)
		if err == nil || attempt == retryer.MaxAttempts() || !retryer.IsErrorRetryable(err) {
			return text, err
		}
		delay, unknown := retryer.RetryDelay(attempt, err)
		if unknown != nil {
			return "", err
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return "", err
		}
	}
}

func try(ctx context.Context, body []byte) (string, error) {
	request, err := awsenv.Signed(ctx, "secretsmanager", "secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER", map[string]string{
		"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue",
	}, body)
	if err != nil {
		return "", err
	}
	response, err := client().Do(request)
	if err != nil {
		return "", sent(ctx, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return "", sent(ctx, err)
	}
	if response.StatusCode != http.StatusOK {
		return "", &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: failure(answer)}
	}
	var out struct{ SecretString string }
	err = json.Unmarshal(answer, &out)
	return out.SecretString, err
}

// sent is an error of the connection, which may be repeated, unless it is that of the caller's deadline.
func sent(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &smithyhttp.RequestSendError{Err: err}
}

// failure is what an answer says: {"__type": "com.amazonaws.secretsmanager#ResourceNotFoundException", "message": "..."}.
func failure(answer []byte) error {
	var said struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if json.Unmarshal(answer, &said) != nil || said.Type == "" {
		said.Type = "UnknownError"
	}
	return &smithy.GenericAPIError{Code: said.Type[strings.LastIndexByte(said.Type, '#')+1:], Message: said.Message}
}
