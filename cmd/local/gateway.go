package main

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
	"phonon.in/central/cmd/local/journal"
	"phonon.in/central/cmd/local/xray"
)

// What an HTTP API allows.
const (
	maxRequestBody     = 10 << 20
	maxRequestHeader   = 10240
	integrationTimeout = 30 * time.Second
)

// gateway answers HTTP as API Gateway's HTTP API does, in its stage $default.
type gateway struct {
	routes    routes
	requests  *xray.Traces
	log       *journal.Journal
	admission *admission
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	leave := g.admission.enter(r.Context(), trace)
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
	ended := g.requests.Begin(trace, xray.Request{ID: id, At: now.UTC(), Method: r.Method, Path: r.URL.Path, Function: route.function.spec.Name})
	// The function runs to its end even when the client does not wait for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), integrationTimeout)
	defer cancel()
	out := route.function.invoke(ctx, payload, trace)
	status := answer(w, r.Method, out.result)
	ended(status, out.cold)
	switch {
	case out.err != nil:
		g.log.Wrong("%s %s: %s failed: %v", r.Method, r.URL.Path, route.function.spec.Name, out.err)
	case status >= http.StatusInternalServerError:
		g.log.Wrong("%s %s: %s answered %d", r.Method, r.URL.Path, route.function.spec.Name, status)
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
func answer(w http.ResponseWriter, method string, r result) int {
	if errors.Is(r.err, errTimedOut) {
		return refuse(w, http.StatusServiceUnavailable)
	}
	if r.err != nil {
		return refuse(w, http.StatusInternalServerError)
	}
	a, err := parseAnswer(r.payload)
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
