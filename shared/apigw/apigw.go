// Package apigw runs an http.Handler behind API Gateway's HTTP API, payload format 2.0.
package apigw

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"phonon.in/central/shared/deadline"
)

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
	ctx, done := deadline.Before(ctx, margin)
	defer done()
	event, err := readEvent(payload)
	if err != nil {
		return nil, fmt.Errorf("apigw: the event is not of an HTTP API: %w", err)
	}
	r, err := event.http(ctx)
	if err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}, head: r.Method == http.MethodHead}
	i.handler.ServeHTTP(w, r)
	return w.answer(), nil
}

// http makes the request that a server would have read from the wire.
func (e request) http(ctx context.Context) (*http.Request, error) {
	if e.method == "" {
		return nil, errors.New("apigw: the event has no method")
	}
	body := e.body
	if e.base64 {
		decoded, err := base64.StdEncoding.DecodeString(e.body)
		if err != nil {
			return nil, fmt.Errorf("apigw: the body is not base64: %w", err)
		}
		body = string(decoded)
	}
	r := new(http.Request).WithContext(context.WithValue(ctx, requestIDKey{}, e.id))
	r.Method, r.URL, r.RemoteAddr = e.method, target(e.path, e.query), e.sourceIP
	r.RequestURI, r.Proto, r.ProtoMajor, r.ProtoMinor = r.URL.RequestURI(), "HTTP/1.1", 1, 1
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	r.Header = e.header()
	r.Host = r.Header.Get("Host")
	r.Header.Del("Host")
	return r, nil
}

// header has its values in one piece of memory.
func (e request) header() http.Header {
	header, values := make(http.Header, len(e.headers)+1), make([]string, len(e.headers)+1)
	for i, h := range e.headers {
		values[i] = h[1]
		header[http.CanonicalHeaderKey(h[0])] = values[i : i+1 : i+1]
	}
	if len(e.cookies) > 0 {
		last := len(values) - 1
		values[last] = strings.Join(e.cookies, "; ")
		header["Cookie"] = values[last:]
	}
	return header
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
