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
	Function  string  `json:"function,omitempty"`  // that calls; "" is any, and who is none
	Rate      float64 `json:"rate,omitempty"`      // share of the calls; 0 is all
	Count     int     `json:"count,omitempty"`     // so many calls, then no more; 0 is without end
	Hits      int     `json:"hits"`

	matches *regexp.Regexp
}

var (
	faultServices = []string{serviceDynamoDB, serviceS3, serviceSES, serviceSNS, serviceVoice, serviceSecrets, serviceCalls}
	faultModes    = []string{"throttle", "500", "reset", "reset_after", "blackhole", "slow", "kill", "kill_after", "held", "refused", "off"}
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
	case (n.Mode == "held" || n.Mode == "refused") && failures[n.Service][n.Mode].code == "":
		return fmt.Errorf("mode %s is for what carries messages", n.Mode)
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

// hit returns the mode in which the call of a function goes wrong, or "".
func (f *faults) hit(service, operation, function string) string {
	if operation == "" {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		spent := r.Count > 0 && r.Hits >= r.Count
		if r.Service != service || spent || r.Function != "" && r.Function != function || !r.matches.MatchString(operation) || r.Rate > 0 && rand.Float64() >= r.Rate {
			continue
		}
		r.Hits++
		return r.Mode
	}
	return ""
}

// failure is how a service answers when it is overloaded ("throttle") or broken ("500"), when the operator's side is not in order
// ("held"), and when it will never take a message for this recipient ("refused").
type failure struct {
	status             int
	code, text, reason string
}

const made = "made to fail in the local run"

var failures = map[string]map[string]failure{
	serviceDynamoDB: {"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServerError", made, ""}},
	serviceS3:       {"throttle": {503, "SlowDown", made, ""}, "500": {500, "InternalError", made, ""}},
	serviceSecrets:  {"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServiceError", made, ""}},
	serviceSES: {
		"throttle": {400, "Throttling", made, ""}, "500": {500, "InternalFailure", made, ""},
		"held":    {400, "MessageRejected", "Email address is not verified. The following identities failed the check in region AP-SOUTH-1: " + mailFrom, ""},
		"refused": {400, "InvalidParameterValue", "Domain contains illegal character", ""},
	},
	serviceSNS: {
		"throttle": {400, "Throttling", made, ""}, "500": {500, "InternalError", made, ""},
		"held": {403, "AuthorizationError", made, ""}, "refused": {400, "OptedOut", made, ""},
	},
	serviceVoice: {
		"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServerException", made, ""},
		"held": {400, "ResourceNotFoundException", made, ""}, "refused": {400, "ConflictException", made, "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
	},
	serviceCalls: {
		"throttle": {429, "too_many_requests", made, ""}, "500": {500, "internal_error", made, ""},
		"held": {403, "caller_forbidden", made, ""}, "refused": {422, "number_blocked", made, ""},
	},
}

// fail answers like the service itself, in its protocol.
func (p *proxy) fail(w http.ResponseWriter, mode string) int {
	f := failures[p.service][mode]
	switch p.service {
	case serviceS3:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(f.status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", f.code, f.text)
	case serviceSES, serviceSNS:
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(f.status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>", f.code, f.text, uuid())
	case serviceCalls:
		w.Header().Set("Content-Type", "application/problem+json")
		if mode == "throttle" {
			w.Header().Set("Retry-After", "1")
		}
		w.WriteHeader(f.status)
		fmt.Fprintf(w, `{"status":%d,"code":%q,"detail":%q}`, f.status, f.code, f.text)
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amzn-Errortype", f.code)
		w.WriteHeader(f.status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q,"Reason":%q}`, f.code, f.text, f.reason)
	}
	return f.status
}
