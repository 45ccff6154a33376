// Package gateway is an HTTP API of Amazon API Gateway on one machine: it finds the route of a request, makes the event of payload format 2.0, has the
// function of the route run it, and answers with what that says.
package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/xray"
)

// What an HTTP API allows.
const (
	maxRequestBody     = 10 << 20
	maxRequestHeader   = 10240
	integrationTimeout = 30 * time.Second
)

// Gateway answers HTTP as API Gateway's HTTP API does, in its stage $default.
type Gateway struct {
	routes    routes
	traces    *xray.Traces
	admission *lambda.Admission
	wrong     func(format string, args ...any)
}

// New has the routes of the functions. wrong tells people which request failed.
func New(functions []*lambda.Function, traces *xray.Traces, a *lambda.Admission, wrong func(format string, args ...any)) *Gateway {
	return &Gateway{newRoutes(functions), traces, a, wrong}
}

// Server serves a handler within what an HTTP API allows for the header of a request.
func Server(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, MaxHeaderBytes: maxRequestHeader, ReadHeaderTimeout: integrationTimeout}
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := id.Hex(8)
	w.Header().Set("Apigw-Requestid", id)
	route, parameters := g.routes.match(r.Method, r.URL.Path)
	if route == nil {
		refuse(w, http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBody+1))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest)
		return
	case len(body) > maxRequestBody:
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	trace := xray.NewHeader()
	leave := g.admission.Enter(r.Context(), trace)
	if leave == nil {
		w.Header().Set("Retry-After", "2")
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	defer leave()
	now := time.Now()
	payload, err := json.Marshal(newHTTPEvent(r, body, route.Key(), parameters, id, trace, now))
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	ended := g.traces.Begin(trace, xray.Request{ID: id, At: now.UTC(), Method: r.Method, Path: r.URL.Path, Function: route.function.Spec.Name})
	// The function runs to its end even when the client does not wait for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), integrationTimeout)
	defer cancel()
	out := route.function.Invoke(ctx, payload, trace)
	status := answer(w, r.Method, out)
	ended(status, out.Cold)
	switch {
	case out.Err != nil:
		g.wrong("%s %s: %s failed: %v", r.Method, r.URL.Path, route.function.Spec.Name, out.Err)
	case status >= http.StatusInternalServerError:
		g.wrong("%s %s: %s answered %d", r.Method, r.URL.Path, route.function.Spec.Name, status)
	}
}

// refuse answers for the gateway itself.
func refuse(w http.ResponseWriter, status int) int {
	text := http.StatusText(status)
	body, _ := json.Marshal(map[string]string{"message": text})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
	return status
}

// proxyAnswer is what a function answers in format 2.0.
type proxyAnswer struct {
	StatusCode        int                 `json:"statusCode"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Cookies           []string            `json:"cookies"`
	Body              string              `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// answer writes what the function answered and returns the status.
func answer(w http.ResponseWriter, method string, out lambda.Outcome) int {
	if errors.Is(out.Err, lambda.ErrTimedOut) {
		return refuse(w, http.StatusServiceUnavailable)
	}
	if out.Err != nil {
		return refuse(w, http.StatusInternalServerError)
	}
	a, err := parseAnswer(out.Payload)
	if err != nil {
		return refuse(w, http.StatusInternalServerError)
	}
	body := []byte(a.Body)
	if a.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			return refuse(w, http.StatusInternalServerError)
		}
	}
	h := w.Header()
	if len(body) > 0 {
		h.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	for name, values := range a.MultiValueHeaders {
		h[http.CanonicalHeaderKey(name)] = values
	}
	for name, v := range a.Headers {
		if http.CanonicalHeaderKey(name) != "Content-Length" || method == http.MethodHead { // it is computed where there is a body
			h.Set(name, v)
		}
	}
	for _, c := range a.Cookies {
		h.Add("Set-Cookie", c)
	}
	w.WriteHeader(a.StatusCode)
	w.Write(body) // fails where there is no body, as it should: HEAD, 204, 304
	return a.StatusCode
}

// parseAnswer reads an answer. Without a status code the whole payload is the body of a 200, as documented.
func parseAnswer(payload []byte) (proxyAnswer, error) {
	var members map[string]json.RawMessage
	isObject := json.Unmarshal(payload, &members) == nil
	if _, ok := members["statusCode"]; !isObject || !ok {
		if !json.Valid(payload) {
			return proxyAnswer{}, errors.New("the answer is not JSON")
		}
		return proxyAnswer{
			StatusCode: http.StatusOK, Headers: map[string]string{"Content-Type": "application/json"}, Body: string(bytes.TrimSpace(payload)),
		}, nil
	}
	var a proxyAnswer
	if err := json.Unmarshal(payload, &a); err != nil {
		return a, err
	}
	if a.StatusCode < 200 || a.StatusCode > 599 {
		return a, errors.New("the answer has no valid status code")
	}
	return a, nil
}
