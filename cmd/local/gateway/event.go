package gateway

import (
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"phonon.in/central/cmd/local/template"
)

// httpEvent is an event of an HTTP API in payload format 2.0 (AWS, "Create AWS Lambda proxy integrations for HTTP APIs").
type httpEvent struct {
	Version         string            `json:"version"`
	RouteKey        string            `json:"routeKey"`
	RawPath         string            `json:"rawPath"`
	RawQueryString  string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies,omitempty"`
	Headers         map[string]string `json:"headers"`
	Query           map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext  requestContext    `json:"requestContext"`
	PathParameters  map[string]string `json:"pathParameters,omitempty"`
	Body            string            `json:"body,omitempty"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

type requestContext struct {
	AccountID    string         `json:"accountId"`
	APIID        string         `json:"apiId"`
	DomainName   string         `json:"domainName"`
	DomainPrefix string         `json:"domainPrefix"`
	HTTP         requestContent `json:"http"`
	RequestID    string         `json:"requestId"`
	RouteKey     string         `json:"routeKey"`
	Stage        string         `json:"stage"`
	Time         string         `json:"time"`
	TimeEpoch    int64          `json:"timeEpoch"`
}

type requestContent struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// newHTTPEvent makes the event of a request. The path in it is decoded: API Gateway hands it over like that in HTTP APIs, and only there.
func newHTTPEvent(r *http.Request, body []byte, key string, parameters map[string]string, id, trace string, now time.Time) httpEvent {
	peer, _, _ := net.SplitHostPort(r.RemoteAddr)
	domain, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		domain, port = r.Host, "80"
	}
	e := httpEvent{
		Version: "2.0", RouteKey: key, RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery,
		Cookies: cookies(r), Headers: headers(r, peer, port, trace, len(body)), Query: query(r.URL.RawQuery), PathParameters: parameters,
		RequestContext: requestContext{
			AccountID: template.Account, APIID: "local", DomainName: domain, DomainPrefix: strings.Split(domain, ".")[0],
			HTTP:      requestContent{r.Method, r.URL.Path, r.Proto, peer, r.UserAgent()},
			RequestID: id, RouteKey: key, Stage: "$default",
			Time: now.UTC().Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
		},
	}
	if isText(r.Header.Get("Content-Type")) && utf8.Valid(body) || len(body) == 0 {
		e.Body = string(body)
	} else {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

func headers(r *http.Request, peer, port, trace string, bodyLength int) map[string]string {
	all := map[string]string{"host": r.Host, "content-length": strconv.Itoa(bodyLength)}
	for name, values := range r.Header {
		if name != "Cookie" && name != "Connection" {
			all[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	// What a client claims about the way here is not believed, but for earlier hops, which stay before the one we see.
	if before := all["x-forwarded-for"]; before != "" {
		all["x-forwarded-for"] = before + ", " + peer
	} else {
		all["x-forwarded-for"] = peer
	}
	all["x-forwarded-proto"], all["x-forwarded-port"] = "http", port
	all["x-amzn-trace-id"], _, _ = strings.Cut(trace, ";")
	return all
}

// blanks are what may stand around a cookie (RFC 6265 5.2). What Unicode calls white space besides is a part of it.
const blanks = " \t"

func cookies(r *http.Request) []string {
	var all []string
	for _, line := range r.Header["Cookie"] {
		for c := range strings.SplitSeq(line, ";") {
			if c = strings.Trim(c, blanks); c != "" {
				all = append(all, c)
			}
		}
	}
	return all
}

func query(raw string) map[string]string {
	values, _ := url.ParseQuery(raw) // what cannot be read is left out
	all := make(map[string]string, len(values))
	for name, v := range values {
		all[name] = strings.Join(v, ",")
	}
	return all
}

// isText says whether API Gateway hands a body over as text. It does so for these types only; forms, and bodies without a type, are
// base64 (observed of AWS; its documentation only says "binary").
func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch kind {
	case "application/json", "application/xml", "application/javascript":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}
