// Package apigw runs an http.Handler behind API Gateway's HTTP API, payload format 2.0.
package apigw

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"phonon.in/central/shared/deadline"
)

// request is the part of an HTTP API event that makes an HTTP request.
type request struct {
	RawPath         string            `json:"rawPath"`
	RawQueryString  string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	RequestContext  struct {
		RequestID string `json:"requestId"`
		HTTP      struct {
			Method   string `json:"method"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
}

type requestIDKey struct{}

// RequestID returns API Gateway's id of the request, or "" outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Invoker is the function behind one Lambda: bytes of an event in, bytes of an answer out.
type Invoker struct{ handler http.Handler }

// Wrap makes an Invoker of h. It is a lambda.Handler.
func Wrap(h http.Handler) Invoker { return Invoker{h} }

// margin is what remains of Lambda's time when the handler's context ends, so that even then there is an answer.
const margin = 500 * time.Millisecond

// Invoke answers one event, with a context that ends when the answer is due. A panic of the handler is not recovered: the runtime reports it
// and starts a fresh process.
func (i Invoker) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	ctx, done := deadline.Within(ctx)
	defer done()
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-margin))
		defer cancel()
	}
	var event request
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("apigw: the event is not of an HTTP API: %w", err)
	}
	r, err := event.http(ctx)
	if err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}, head: r.Method == http.MethodHead}
	i.handler.ServeHTTP(w, r)
	return json.Marshal(w.response())
}

// http makes the request that a server would have read from the wire.
func (e request) http(ctx context.Context) (*http.Request, error) {
	if e.RequestContext.HTTP.Method == "" {
		return nil, errors.New("apigw: the event has no method")
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, fmt.Errorf("apigw: the body is not base64: %w", err)
		}
	}
	target := target(e.RawPath, e.RawQueryString)
	header := make(http.Header, len(e.Headers)+1)
	for name, value := range e.Headers {
		header.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	r := &http.Request{
		Method: e.RequestContext.HTTP.Method, URL: target, RequestURI: target.RequestURI(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Host: header.Get("Host"), RemoteAddr: e.RequestContext.HTTP.SourceIP,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	header.Del("Host")
	return r.WithContext(context.WithValue(ctx, requestIDKey{}, e.RequestContext.RequestID)), nil
}

// target joins path and query by hand: parsing "path?query" again would cut a path at a '?' or a query at a '#'.
// API Gateway hands over the path decoded in part, so a '%' that begins no escape stands for itself.
func target(path, query string) *url.URL {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := &url.URL{Path: path, RawQuery: query}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path = decoded
		if u.EscapedPath() != path { // net/url keeps the raw path only where it says more than the decoded one
			u.RawPath = path
		}
	}
	return u
}
