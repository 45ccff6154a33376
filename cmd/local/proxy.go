package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// proxy stands in front of one engine: it writes down each call, tells who wants to know of new objects, and lets things go wrong on demand.
type proxy struct {
	service  string
	engine   http.Handler
	requests *traces
	faults   *faults
	created  func(r *http.Request, status int, header http.Header, body []byte) // of S3; may be nil
}

// serve listens on a free port and returns its endpoint. The Host header reaches the engine unchanged: signatures cover it.
func (p *proxy) serve() (endpoint string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go http.Serve(l, p)
	return "http://" + l.Addr().String(), nil
}

func forwardTo(endpoint string) (http.Handler, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	transport.DisableCompression = true
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}, nil
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, table := p.operation(r)
	began := time.Now()
	if f := p.faults.hit(p.service, operation); f != nil {
		p.goWrong(w, r, f, operation)
		return
	}
	if p.created == nil || r.Method != http.MethodPost && r.Method != http.MethodPut {
		rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		p.engine.ServeHTTP(rec, r)
		p.note(r, operation, table, rec.status, began)
		return
	}
	rec := httptest.NewRecorder()
	p.engine.ServeHTTP(rec, r)
	p.note(r, operation, table, rec.Code, began)
	p.created(r, rec.Code, rec.Header(), rec.Body.Bytes())
	for name, v := range rec.Header() {
		w.Header()[name] = v
	}
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
}

func (p *proxy) note(r *http.Request, operation, table string, status int, began time.Time) {
	p.requests.add(r.Header.Get("X-Amzn-Trace-Id"), call{p.service, operation, table, status, ms(time.Since(began))})
}

var tableName = regexp.MustCompile(`"TableName":"([^"]+)"`)

// operation names what the request asks for: by its target header, its form, or its method.
func (p *proxy) operation(r *http.Request) (operation, table string) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, operation, _ = strings.Cut(target, ".")
		if p.service == "dynamodb" {
			body := peek(r)
			var names []string
			for _, m := range tableName.FindAllSubmatch(body, -1) {
				if name := string(m[1]); len(names) == 0 || names[len(names)-1] != name {
					names = append(names, name)
				}
			}
			table = strings.Join(names, " ")
		}
		return operation, table
	}
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(peek(r)))
		return form.Get("Action"), ""
	}
	return r.Method, ""
}

// peek reads the body and puts it back.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(code int) {
	s.status = code
	s.ResponseWriter.WriteHeader(code)
}

// rule lets calls go wrong: some operations of a service, at a rate, a number of times.
type rule struct {
	Service   string  `json:"service"`
	Mode      string  `json:"mode"`
	Operation string  `json:"operation,omitempty"` // regular expression
	Rate      float64 `json:"rate,omitempty"`      // 0 means always
	Count     int     `json:"count,omitempty"`     // 0 means without end
	Hits      int     `json:"hits"`

	matches *regexp.Regexp
}

type faults struct {
	mu    sync.Mutex
	rules []*rule
}

var modes = map[string]bool{"throttle": true, "500": true, "reset": true, "reset_after": true, "blackhole": true, "off": true}

// set adds a rule; mode "off" removes those of the service.
func (f *faults) set(text []byte) error {
	r := &rule{}
	if err := json.Unmarshal(text, r); err != nil {
		return err
	}
	if !modes[r.Mode] || r.Service == "" {
		return fmt.Errorf("a fault needs a service and a mode: throttle, 500, reset, reset_after, blackhole or off")
	}
	var err error
	if r.matches, err = regexp.Compile(r.Operation); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Mode != "off" {
		f.rules = append(f.rules, r)
		return nil
	}
	kept := f.rules[:0]
	for _, old := range f.rules {
		if old.Service != r.Service {
			kept = append(kept, old)
		}
	}
	f.rules = kept
	return nil
}

func (f *faults) list() []rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]rule, 0, len(f.rules))
	for _, r := range f.rules {
		all = append(all, *r)
	}
	return all
}

func (f *faults) hit(service, operation string) *rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		spent := r.Count > 0 && r.Hits >= r.Count
		if r.Service != service || spent || !r.matches.MatchString(operation) || r.Rate > 0 && rand.Float64() >= r.Rate {
			continue
		}
		r.Hits++
		return r
	}
	return nil
}

func (p *proxy) goWrong(w http.ResponseWriter, r *http.Request, f *rule, operation string) {
	began := time.Now()
	status := 0
	defer func() { p.note(r, operation+" ("+f.Mode+")", "", status, began) }()
	switch f.Mode {
	case "throttle":
		status = http.StatusBadRequest
		awsError(w, r, status, "ThrottlingException", "Rate exceeded")
	case "500":
		status = http.StatusInternalServerError
		awsError(w, r, status, "InternalServerError", "internal error")
	case "blackhole":
		peek(r)
		<-r.Context().Done()
	case "reset_after":
		p.engine.ServeHTTP(httptest.NewRecorder(), r)
		reset(w)
	case "reset":
		reset(w)
	}
}

func reset(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// awsError answers in the protocol of the request: JSON or XML.
func awsError(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	if r.Header.Get("X-Amz-Target") != "" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amzn-Errortype", code)
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q}`, code, text)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>",
		code, text, randomHex(8))
}
