// Package ses calls Amazon SES by its Query protocol.
package ses

import (
	"cmp"
	"context"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"phonon.in/central/shared/awsenv"
	"phonon.in/central/shared/spent"
)

const (
	patience = 2 * time.Second
	most     = 1 << 16 // bytes of an answer
)

// SES is the service. Client makes it.
type SES struct{ client *http.Client }

// Client makes the client.
func Client() SES { return SES{awsenv.Client(patience)} }

// Do calls an action, such as SendEmail, with its parameters as the API Reference of 2010-12-01 names them. What the service says no with is a
// smithy.APIError. Nothing is repeated: the outbox knows whether it may send twice.
func (s SES) Do(ctx context.Context, action string, parameters url.Values) error {
	defer spent.On(ctx, "ses")()
	form := url.Values{"Action": {action}, "Version": {"2010-12-01"}}
	for name, values := range parameters {
		form[name] = values
	}
	request, err := awsenv.Signed(ctx, "email", "ses", "AWS_ENDPOINT_URL_SES", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(form.Encode()))
	if err != nil {
		return err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return &smithyhttp.RequestSendError{Err: err}
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, most))
	if response.StatusCode == http.StatusOK {
		return nil // it was taken, whatever became of the rest of the answer
	}
	if err != nil {
		return &smithyhttp.RequestSendError{Err: err}
	}
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: response}, Err: failure(string(answer))}
}

// failure is what an answer says: <ErrorResponse><Error><Type>Sender</Type><Code>MessageRejected</Code><Message>...</Message></Error></ErrorResponse>.
func failure(answer string) error {
	const unsaid = "UnknownError" // as the SDK has it
	return &smithy.GenericAPIError{Code: cmp.Or(element(answer, "Code"), unsaid), Message: cmp.Or(element(answer, "Message"), unsaid)}
}

// element is the text of the first element of a name, which has no other in it.
func element(document, name string) string {
	_, rest, _ := strings.Cut(document, "<"+name+">")
	text, _, whole := strings.Cut(rest, "</"+name+">")
	if !whole {
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(text))
}
