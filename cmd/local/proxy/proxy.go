// Package proxy stands in front of each AWS service that a function calls. It writes down each call, lets calls go wrong on demand, and says
// which objects of S3 were created.
package proxy

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"time"

	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/wire"
	"phonon.in/central/cmd/local/xray"
)

// Proxy stands in front of one engine.
type Proxy struct {
	Service string       // as wire has it
	Engine  http.Handler // what answers
	Traces  *xray.Traces
	Used    *iam.Permissions
	Faults  *faults.Faults
	Created func(wire.Object)                // of S3 only; runs before the client learns that its write succeeded
	Hangs   func(trace string)               // is told that a fault keeps an invocation waiting
	Kill    func(trace string)               // ends the process whose invocation it is, as a crash would
	Wrong   func(format string, args ...any) // of what this process serves itself: tells people what was refused

	server *http.Server
	reads  staleReads
}

// Serve listens on the address, or on any free port of this machine when that one is taken, and returns the endpoint.
func (p *Proxy) Serve(address string) (endpoint string, err error) {
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

// ForwardTo passes requests on to an engine. The Host header stays as it is: signatures cover it.
func ForwardTo(endpoint string) (http.Handler, error) {
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

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	operation, table := wire.Operation(p.Service, r)
	var body []byte
	if p.Service == wire.DynamoDB || p.Service == wire.SNS {
		body = wire.Peek(r)
	}
	c := xray.Call{Service: p.Service, Operation: operation, Table: table}
	w, r = measured(&c.Use, w, r)
	defer func() {
		p.Traces.Add(r.Header.Get("X-Amzn-Trace-Id"), c, began)
	}()
	what := faults.Call{
		Service: p.Service, Operation: operation, Table: table, Function: p.caller(r),
		Writes: p.Service == wire.DynamoDB && wire.Writes(operation), Stale: p.Service == wire.DynamoDB && wire.MayBeStale(operation, body),
	}
	mode, delay := p.Faults.Hit(what)
	if c.Fault = mode; mode != "" {
		p.wait(r)
	}
	c.Status = p.answer(w, r, mode, delay, operation, body)
}

// answer lets the engine answer, or goes wrong in a mode; the status is 0 where nothing was answered.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request, mode string, delay time.Duration, operation string, body []byte) (status int) {
	// With it the effect happens even if the client has given up.
	stays := func() *http.Request { return r.WithContext(context.WithoutCancel(r.Context())) }
	switch mode {
	case "throttle", "500", "held", "refused":
		return p.Faults.Answer(w, p.Service, mode)
	case "conflict":
		return faults.Conflict(w, operation, body)
	case "stale":
		return p.stale(w, r, operation, body)
	case "duplicate":
		return p.twice(w, r, operation)
	case "delay", "slow":
		time.Sleep(cmp.Or(delay, slowness))
		return p.pass(w, stays(), operation, body)
	case "blackhole":
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case "reset_after":
		p.pass(httptest.NewRecorder(), stays(), operation, body)
		reset(w)
	case "reset":
		reset(w)
	case "kill":
		p.Kill(r.Header.Get("X-Amzn-Trace-Id"))
		reset(w)
	case "kill_after":
		p.pass(httptest.NewRecorder(), stays(), operation, body)
		p.Kill(r.Header.Get("X-Amzn-Trace-Id"))
		reset(w)
	default:
		return p.pass(w, r, operation, body)
	}
	return 0
}

// wait lets others have the place of an invocation that is kept waiting, by the fault or by its own pause before it tries again.
func (p *Proxy) wait(r *http.Request) {
	if p.Hangs != nil {
		p.Hangs(r.Header.Get("X-Amzn-Trace-Id"))
	}
}

// twice lets the engine do the same again, as a network may that delivers a request twice. The second answer counts.
func (p *Proxy) twice(w http.ResponseWriter, r *http.Request, operation string) int {
	whole := wire.Peek(r)
	p.pass(httptest.NewRecorder(), r, operation, whole)
	r.Body = io.NopCloser(bytes.NewReader(whole))
	return p.pass(w, r, operation, whole)
}

// pass lets the engine answer and returns the status. body is that of a call to DynamoDB or SNS.
func (p *Proxy) pass(w http.ResponseWriter, r *http.Request, operation string, body []byte) int {
	rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK, keep: p.Wrong != nil}
	if p.Created != nil && wire.Creates(operation) {
		head := &headOf{ReadCloser: r.Body}
		r.Body = head
		defer func() { p.Used.Add(p.caller(r), r, p.Service, operation, head.bytes(), rec.status) }()
		rec.before = func(status int, h http.Header) {
			if o, ok := wire.CreatedObject(r, operation, head.bytes(), status, h); ok {
				p.Created(o)
			}
		}
	}
	p.Engine.ServeHTTP(rec, r)
	if who := p.caller(r); p.Wrong != nil && who != "" && rec.status >= http.StatusBadRequest { // not what an operator tries
		p.Wrong("%s refused %s, which %s asked for: %d %s", p.Service, operation, who, rec.status, reason(rec.refusal))
	}
	if p.Created == nil || !wire.Creates(operation) {
		p.Used.Add(p.caller(r), r, p.Service, operation, body, rec.status)
	}
	return rec.status
}

// caller is the function that the call's trace belongs to; "" where it belongs to none.
func (p *Proxy) caller(r *http.Request) string {
	return p.Traces.Function(r.Header.Get("X-Amzn-Trace-Id"))
}

// Close ends it, with the calls that are under way.
func (p *Proxy) Close() { p.server.Close() }

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
