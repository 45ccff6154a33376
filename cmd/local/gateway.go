package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// gateway answers HTTP as API Gateway's HTTP API does, with payload format 2.0 and the stage $default.
type gateway struct {
	routes   []gatewayRoute
	requests *traces
}

type gatewayRoute struct {
	RouteSpec
	segments []string
	function *function
}

const maxRequestBody = 10 << 20

func newGateway(functions []*function, requests *traces) *gateway {
	g := &gateway{requests: requests}
	for _, f := range functions {
		for _, r := range f.spec.Routes {
			g.routes = append(g.routes, gatewayRoute{r, strings.Split(strings.Trim(r.Path, "/"), "/"), f})
		}
	}
	return g
}

// match finds the most specific route, as API Gateway does: literal segments win over {name}, those over {name+}, and $default is last.
func (g *gateway) match(method, path string) (*gatewayRoute, map[string]string) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	var best *gatewayRoute
	var bestParams map[string]string
	bestScore := -1
	for i := range g.routes {
		r := &g.routes[i]
		if r.Method != method && r.Method != "ANY" && r.Path != "$default" {
			continue
		}
		if params, score, ok := r.fits(segments); ok && score > bestScore {
			best, bestParams, bestScore = r, params, score
		}
	}
	return best, bestParams
}

func (r *gatewayRoute) fits(segments []string) (params map[string]string, score int, ok bool) {
	if r.Path == "$default" {
		return nil, 0, true
	}
	params = map[string]string{}
	for i, s := range r.segments {
		switch {
		case strings.HasSuffix(s, "+}"):
			params[strings.Trim(s, "{+}")] = strings.Join(segments[i:], "/")
			return params, score + 1, len(segments) > i
		case i >= len(segments):
			return nil, 0, false
		case strings.HasPrefix(s, "{") && segments[i] != "":
			params[strings.Trim(s, "{}")] = segments[i]
			score += 2
		case s == segments[i]:
			score += 3
		default:
			return nil, 0, false
		}
	}
	return params, score, len(r.segments) == len(segments)
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Apigw-Requestid", randomHex(8))
	route, params := g.match(r.Method, r.URL.Path)
	if route == nil {
		plainAnswer(w, http.StatusNotFound, "Not Found")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBody+1))
	switch {
	case err != nil:
		plainAnswer(w, http.StatusBadRequest, "Bad Request")
		return
	case len(body) > maxRequestBody:
		plainAnswer(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	id := randomHex(8)
	payload, err := json.Marshal(eventOf(r, body, route, params, id))
	if err != nil {
		plainAnswer(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	trace := newTrace()
	done := g.requests.begin(trace, id, r.Method, r.URL.Path, route.function.spec.Name)
	out := route.function.invoke(r.Context(), payload, trace)
	done(writeAnswer(w, out), out.coldStart)
}

func plainAnswer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":%q}`, text)
}

func writeAnswer(w http.ResponseWriter, out outcome) int {
	if out.timedOut {
		plainAnswer(w, http.StatusServiceUnavailable, "Service Unavailable")
		return http.StatusServiceUnavailable
	}
	var a struct {
		StatusCode      int
		Headers         map[string]string
		Cookies         []string
		Body            string
		IsBase64Encoded bool
	}
	if out.failed != "" || json.Unmarshal(out.payload, &a) != nil || a.StatusCode < 100 || a.StatusCode > 599 {
		plainAnswer(w, http.StatusInternalServerError, "Internal Server Error")
		return http.StatusInternalServerError
	}
	body := []byte(a.Body)
	if a.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			plainAnswer(w, http.StatusInternalServerError, "Internal Server Error")
			return http.StatusInternalServerError
		}
	}
	for name, v := range a.Headers {
		w.Header().Set(name, v)
	}
	for _, c := range a.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(a.StatusCode)
	w.Write(body)
	return a.StatusCode
}

type event map[string]any

// eventOf makes the event as AWS documents it ("Working with AWS Lambda proxy integrations for HTTP APIs").
func eventOf(r *http.Request, body []byte, route *gatewayRoute, params map[string]string, id string) event {
	peer, _, _ := net.SplitHostPort(r.RemoteAddr)
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		if name != "Cookie" {
			headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	forwarded := peer
	if before := headers["x-forwarded-for"]; before != "" {
		forwarded = before + ", " + peer
	}
	headers["x-forwarded-for"], headers["x-forwarded-proto"], headers["x-forwarded-port"] = forwarded, "http", "80"
	key := route.Method + " " + route.Path
	if route.Path == "$default" {
		key = "$default"
	}
	now := time.Now().UTC()
	e := event{
		"version": "2.0", "routeKey": key, "rawPath": r.URL.EscapedPath(), "rawQueryString": r.URL.RawQuery, "headers": headers,
		"requestContext": event{
			"accountId": localAccount, "apiId": "local", "domainName": r.Host, "domainPrefix": "local", "requestId": id,
			"routeKey": key, "stage": "$default", "time": now.Format("02/Jan/2006:15:04:05 -0700"), "timeEpoch": now.UnixMilli(),
			"http": event{
				"method": r.Method, "path": r.URL.Path, "protocol": r.Proto, "sourceIp": peer, "userAgent": r.UserAgent(),
			},
		},
	}
	if cookies := r.Header["Cookie"]; len(cookies) > 0 {
		var all []string
		for _, line := range cookies {
			for _, c := range strings.Split(line, ";") {
				all = append(all, strings.TrimSpace(c))
			}
		}
		e["cookies"] = all
	}
	if query := joined(r.URL.RawQuery); len(query) > 0 {
		e["queryStringParameters"] = query
	}
	if len(params) > 0 {
		e["pathParameters"] = params
	}
	encodeBody(e, body)
	return e
}

func joined(raw string) map[string]string {
	values, _ := url.ParseQuery(raw) // what cannot be read is left out, as at AWS
	all := make(map[string]string, len(values))
	for name, v := range values {
		all[name] = strings.Join(v, ",")
	}
	return all
}

func encodeBody(e event, body []byte) {
	e["isBase64Encoded"] = false
	switch {
	case len(body) == 0:
	case utf8.Valid(body):
		e["body"] = string(body)
	default:
		e["body"], e["isBase64Encoded"] = base64.StdEncoding.EncodeToString(body), true
	}
}
