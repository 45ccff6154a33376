package awsenv

import (
	"bytes"
	"io"
	"net/http"
)

// wholeBodies sends what is small in one piece. net/http sends a request's header before a body that it does not know to be in memory, and the SDK
// wraps its bodies: each call would be two writes, and two packets.
type wholeBodies struct{ *http.Transport }

const smallBody = 64 << 10

// RoundTrip implements http.RoundTripper.
func (t wholeBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength <= 0 || r.ContentLength > smallBody {
		return t.Transport.RoundTrip(r)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	r.Body.Close()
	if err != nil {
		return nil, err
	}
	whole := *r // a RoundTripper leaves the request as it is
	whole.Body = io.NopCloser(bytes.NewReader(body))
	return t.Transport.RoundTrip(&whole)
}
