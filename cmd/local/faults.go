package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// fault lets calls of one service go wrong.
type fault struct {
	Service   string  `json:"service"`
	Mode      string  `json:"mode"`
	Operation string  `json:"operation,omitempty"` // regular expression; "" is every operation
	Rate      float64 `json:"rate,omitempty"`      // share of the calls; 0 is all
	Count     int     `json:"count,omitempty"`     // so many calls, then no more; 0 is without end
	Hits      int     `json:"hits"`

	matches *regexp.Regexp
}

var (
	faultServices = []string{serviceDynamoDB, serviceS3, serviceSES, serviceSNS, serviceVoice, serviceSecrets}
	faultModes    = []string{"throttle", "500", "reset", "reset_after", "blackhole", "off"}
)

// faults has at most one fault per service and operation.
type faults struct {
	mu  sync.Mutex
	all []*fault
}

// set puts a fault in the place of that with the same service and operation. Mode "off" removes it, or all of the service when it names
// no operation.
func (f *faults) set(text []byte) error {
	n := &fault{}
	if err := json.Unmarshal(text, n); err != nil {
		return err
	}
	n.Hits = 0
	switch {
	case !slices.Contains(faultServices, n.Service):
		return fmt.Errorf("service must be one of %s", strings.Join(faultServices, ", "))
	case !slices.Contains(faultModes, n.Mode):
		return fmt.Errorf("mode must be one of %s", strings.Join(faultModes, ", "))
	case n.Rate < 0 || n.Rate > 1:
		return fmt.Errorf("rate must be between 0 and 1")
	case n.Count < 0:
		return fmt.Errorf("count must not be negative")
	}
	var err error
	if n.matches, err = regexp.Compile(n.Operation); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(old *fault) bool {
		return old.Service == n.Service && (old.Operation == n.Operation || n.Mode == "off" && n.Operation == "")
	})
	if n.Mode != "off" {
		f.all = append(f.all, n)
	}
	return nil
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = nil
}

func (f *faults) list() []fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]fault, 0, len(f.all))
	for _, r := range f.all {
		all = append(all, *r)
	}
	return all
}

// hit returns the mode in which a call goes wrong, or "".
func (f *faults) hit(service, operation string) string {
	if operation == "" {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		spent := r.Count > 0 && r.Hits >= r.Count
		if r.Service != service || spent || !r.matches.MatchString(operation) || r.Rate > 0 && rand.Float64() >= r.Rate {
			continue
		}
		r.Hits++
		return r.Mode
	}
	return ""
}

// awsFailure is how a service answers when it is overloaded ("throttle") or broken ("500").
type awsFailure struct {
	status int
	code   string
}

var awsFailures = map[string]map[string]awsFailure{
	serviceDynamoDB: {"throttle": {400, "ThrottlingException"}, "500": {500, "InternalServerError"}},
	serviceS3:       {"throttle": {503, "SlowDown"}, "500": {500, "InternalError"}},
	serviceSES:      {"throttle": {400, "Throttling"}, "500": {500, "InternalFailure"}},
	serviceSNS:      {"throttle": {400, "Throttling"}, "500": {500, "InternalError"}},
	serviceVoice:    {"throttle": {400, "ThrottlingException"}, "500": {500, "InternalServerException"}},
	serviceSecrets:  {"throttle": {400, "ThrottlingException"}, "500": {500, "InternalServiceError"}},
}

// fail answers like the service itself, in its protocol.
func (p *proxy) fail(w http.ResponseWriter, mode string) int {
	f := awsFailures[p.service][mode]
	const text = "made to fail in the local run"
	switch p.service {
	case serviceS3:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(f.status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", f.code, text)
	case serviceSES, serviceSNS:
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(f.status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>", f.code, text, uuid())
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amzn-Errortype", f.code)
		w.WriteHeader(f.status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q}`, f.code, text)
	}
	return f.status
}
