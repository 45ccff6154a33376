package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// The services, as /_local names them.
const (
	serviceDynamoDB = "dynamodb"
	serviceS3       = "s3"
	serviceSES      = "ses"
	serviceSNS      = "sns"
	serviceVoice    = "voice"
	serviceSecrets  = "secretsmanager"
	serviceSQS      = "sqs"
	serviceCalls    = "calls"   // of the company itself
	serviceCaptcha  = "captcha" // of a third party
	serviceScanner  = "scanner" // stands for GuardDuty, which nobody calls
)

// proxy stands in front of one engine. It writes down each call, lets calls go wrong on demand, and says which objects were created.
type proxy struct {
	service  string
	engine   http.Handler
	requests *traces
	used     *permissions
	faults   *faults
	created  func(object)                     // of S3 only; runs before the client learns that its write succeeded
	hangs    func(trace string)               // is told that a fault keeps an invocation waiting
	kill     func(trace string)               // ends the process whose invocation it is, as a crash would
	wrong    func(format string, args ...any) // of what this process serves itself: tells people what was refused
	server   *http.Server
	reads    staleReads
}

// serve listens on the address, or on any free port of this machine when that one is taken, and returns the endpoint.
func (p *proxy) serve(address string) (endpoint string, err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", err
		}
	}
	p.server = &http.Server{Handler: p}
	go p.server.Serve(l)
	return "http://" + l.Addr().String(), nil
}

// forwardTo passes requests on. The Host header stays as it is: signatures cover it.
func forwardTo(endpoint string) (http.Handler, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
		DisableCompression: true, ExpectContinueTimeout: time.Second,
	}
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}, nil
}

// slowness is longer than anybody waits for an answer: the effect happens all the same.
const slowness = 3 * time.Second

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	operation, table := p.operation(r)
	var body []byte
	if p.service == serviceDynamoDB || p.service == serviceSNS {
		body = peek(r)
	}
	c := call{Service: p.service, Operation: operation, Table: table, use: use{began: began}}
	w, r = c.measured(w, r)
	defer func() {
		c.Ms = milliseconds(time.Since(began))
		p.requests.add(r.Header.Get("X-Amzn-Trace-Id"), c)
	}()
	what := called{p.service, operation, table, p.caller(r), p.service == serviceDynamoDB && writes[operation], p.service == serviceDynamoDB && mayBeStale(operation, body)}
	mode, delay := p.faults.hit(what)
	if c.Fault = mode; mode != "" {
		p.wait(r)
	}
	switch mode {
	case "":
		c.Status = p.pass(w, r, operation, body)
	case "throttle", "500", "held", "refused":
		c.Status = p.fail(w, mode)
	case "conflict":
		c.Status = conflict(w, operation, body)
	case "stale":
		c.Status = p.stale(w, r, operation, body)
	case "duplicate":
		c.Status = p.twice(w, r, operation)
	case "delay", "slow":
		time.Sleep(cmp.Or(delay, slowness))
		c.Status = p.pass(w, r.WithContext(context.WithoutCancel(r.Context())), operation, body)
	case "blackhole":
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case "reset_after":
		// The effect happens even if the client has given up.
		p.pass(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())), operation, body)
		reset(w)
	case "reset":
		reset(w)
	case "kill":
		p.kill(r.Header.Get("X-Amzn-Trace-Id"))
		reset(w)
	case "kill_after":
		p.pass(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())), operation, body)
		p.kill(r.Header.Get("X-Amzn-Trace-Id"))
		reset(w)
	}
}

// wait lets others have the place of an invocation that is kept waiting, by the fault or by its own pause before it tries again.
func (p *proxy) wait(r *http.Request) {
	if p.hangs != nil {
		p.hangs(r.Header.Get("X-Amzn-Trace-Id"))
	}
}

// twice lets the engine do the same again, as a network may that delivers a request twice. The second answer counts.
func (p *proxy) twice(w http.ResponseWriter, r *http.Request, operation string) int {
	whole := peek(r)
	p.pass(httptest.NewRecorder(), r, operation, whole)
	r.Body = io.NopCloser(bytes.NewReader(whole))
	return p.pass(w, r, operation, whole)
}

// pass lets the engine answer and returns the status. body is that of a call to DynamoDB or SNS.
func (p *proxy) pass(w http.ResponseWriter, r *http.Request, operation string, body []byte) int {
	rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK, keep: p.wrong != nil}
	if p.created != nil && creates[operation] {
		head := &headOf{ReadCloser: r.Body}
		r.Body = head
		defer func() { p.used.add(p.caller(r), r, p.service, operation, head.bytes(), rec.status) }()
		rec.before = func(status int, h http.Header) {
			if o, ok := createdObject(r, operation, head.bytes(), status, h); ok {
				p.created(o)
			}
		}
	}
	p.engine.ServeHTTP(rec, r)
	if who := p.caller(r); p.wrong != nil && who != "" && rec.status >= http.StatusBadRequest { // not what an operator tries
		p.wrong("%s refused %s, which %s asked for: %d %s", p.service, operation, who, rec.status, reason(rec.refusal))
	}
	if p.created == nil || !creates[operation] {
		p.used.add(p.caller(r), r, p.service, operation, body, rec.status)
	}
	return rec.status
}

// caller is the function that the call's trace belongs to; "" where it belongs to none.
func (p *proxy) caller(r *http.Request) string {
	return p.requests.function(r.Header.Get("X-Amzn-Trace-Id"))
}

// statusRecorder notes the status, and calls before ahead of sending it.
type statusRecorder struct {
	http.ResponseWriter
	status int
	before func(status int, h http.Header)

	keep    bool
	refusal []byte // the beginning of the body of an error, if it is to be kept
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.keep && s.status >= http.StatusBadRequest {
		s.refusal = append(s.refusal, b[:min(len(b), keptHead-len(s.refusal))]...)
	}
	return s.ResponseWriter.Write(b)
}

// errorMembers are what AWS's protocols call the code and the text of an error, in XML and in JSON.
var errorMembers = regexp.MustCompile(`<(?:Code|Message)>([^<]*)|"(?:__type|message|detail)" *: *("(?:[^"\\]|\\.)*")`)

// reason is the code and the text of an error, in words.
func reason(body []byte) string {
	var words []string
	for _, m := range errorMembers.FindAllSubmatch(body, -1) {
		text := html.UnescapeString(string(m[1]))
		if len(m[2]) > 0 && json.Unmarshal(m[2], &text) != nil {
			continue
		}
		words = append(words, text)
	}
	if len(words) == 0 {
		return string(body)
	}
	return strings.Join(words, ": ")
}

func (s *statusRecorder) WriteHeader(status int) {
	if status >= 200 {
		s.status = status
		if s.before != nil {
			s.before(status, s.Header())
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// headOf keeps the beginning of a body that is read: the fields of a form, which come before the file.
type headOf struct {
	io.ReadCloser
	mu   sync.Mutex
	kept []byte
}

const keptHead = 64 << 10

func (h *headOf) Read(b []byte) (int, error) {
	n, err := h.ReadCloser.Read(b)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = append(h.kept, b[:min(n, keptHead-len(h.kept))]...)
	return n, err
}

func (h *headOf) bytes() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.kept)
}

// reset ends the connection so that the client sees "connection reset by peer".
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}
