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
	"time"

	"phonon.in/central/cmd/local/id"
)

// fault lets calls of one service go wrong (docs/faults.md).
type fault struct {
	Service   string  `json:"service"`
	Mode      string  `json:"mode"`
	Operation string  `json:"operation,omitempty"` // regular expression; "" is every operation
	Table     string  `json:"table,omitempty"`     // regular expression for the names of its tables
	Function  string  `json:"function,omitempty"`  // that calls; "" is any, and who is none
	Rate      float64 `json:"rate,omitempty"`      // share of the calls; 0 is all
	Seed      uint64  `json:"seed,omitempty"`      // of the chance of Rate; 0 is another one each time
	Nth       int     `json:"nth,omitempty"`       // only the n-th call that fits, counted from 1
	Count     int     `json:"count,omitempty"`     // so many calls, then no more; 0 is without end
	Ms        int     `json:"ms,omitempty"`        // of a delay
	Seen      int     `json:"seen"`                // calls that fit
	Hits      int     `json:"hits"`                // of them, those that went wrong

	operation, table *regexp.Regexp
	chance           *rand.Rand
}

var (
	faultServices = []string{serviceDynamoDB, serviceS3, serviceSES, serviceSNS, serviceVoice, serviceSecrets, serviceCalls, serviceCaptcha, serviceScanner}
	faultModes    = []string{
		"throttle", "500", "conflict", "reset", "reset_after", "delay", "slow", "blackhole", "duplicate", "stale", "kill", "kill_after", "held", "refused", "off",
	}
	// scannerModes are what can become of a scan, which is no call.
	scannerModes = []string{"500", "delay", "blackhole", "duplicate", "off"}
)

// faults has at most one fault for each service, operation, table and function; of those that strike by chance one for each mode.
type faults struct {
	mu  sync.Mutex
	all []*fault
}

// what is called, and by whom.
type called struct {
	service, operation, table, function string
	writes                              bool // of DynamoDB
	stale                               bool // DynamoDB may answer with what was true a moment ago
}

// set puts a fault in the place of that with the same service, operation, table and function. Those that strike by chance, in different ways, stand
// beside each other. Mode "off" removes those of the service that name this operation, or all of the service when it names none.
func (f *faults) set(text []byte) error {
	n := &fault{}
	if err := json.Unmarshal(text, n); err != nil {
		return err
	}
	n.Seen, n.Hits = 0, 0
	switch {
	case !slices.Contains(faultServices, n.Service):
		return fmt.Errorf("service must be one of %s", strings.Join(faultServices, ", "))
	case !slices.Contains(faultModes, n.Mode):
		return fmt.Errorf("mode must be one of %s", strings.Join(faultModes, ", "))
	case (n.Mode == "held" || n.Mode == "refused") && failures[n.Service][n.Mode].code == "":
		return fmt.Errorf("mode %s is for what carries messages", n.Mode)
	case (n.Mode == "conflict" || n.Mode == "stale" || n.Table != "") && n.Service != serviceDynamoDB:
		return fmt.Errorf("conflict, stale and table are for %s", serviceDynamoDB)
	case n.Service == serviceScanner && !slices.Contains(scannerModes, n.Mode):
		return fmt.Errorf("mode of %s must be one of %s", serviceScanner, strings.Join(scannerModes, ", "))
	case n.Rate < 0 || n.Rate > 1:
		return fmt.Errorf("rate must be between 0 and 1")
	case n.Count < 0 || n.Nth < 0 || n.Nth > 0 && (n.Count > 0 || n.Rate > 0):
		return fmt.Errorf("count and nth must not be negative, and nth stands alone")
	case (n.Mode == "delay") != (n.Ms > 0) || n.Ms < 0:
		return fmt.Errorf("ms says how long a delay is, and is of nothing else")
	}
	var err error
	if n.operation, err = regexp.Compile(n.Operation); err != nil {
		return err
	}
	if n.table, err = regexp.Compile(n.Table); err != nil {
		return err
	}
	seed := n.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	n.chance = rand.New(rand.NewPCG(seed, 0))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(old *fault) bool {
		if n.Mode == "off" {
			return old.Service == n.Service && (n.Operation == "" || old.Operation == n.Operation)
		}
		beside := old.Rate > 0 && n.Rate > 0 && old.Mode != n.Mode
		return old.Service == n.Service && old.Operation == n.Operation && old.Table == n.Table && old.Function == n.Function && !beside
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

// hit returns in which mode a call goes wrong, "" for none, and by how much a delay delays it. The first fault that strikes counts.
func (f *faults) hit(c called) (mode string, delay time.Duration) {
	if c.operation == "" {
		return "", 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if r.fits(c) && r.strikes() {
			return r.Mode, time.Duration(r.Ms) * time.Millisecond
		}
	}
	return "", 0
}

func (r *fault) fits(c called) bool {
	return r.Service == c.service && (r.Function == "" || r.Function == c.function) && r.operation.MatchString(c.operation) &&
		r.table.MatchString(c.table) && (r.Mode != "conflict" || c.writes) && (r.Mode != "stale" || c.stale)
}

func (r *fault) strikes() bool {
	r.Seen++
	if r.Nth > 0 && r.Seen != r.Nth || r.Count > 0 && r.Hits >= r.Count || r.Rate > 0 && r.chance.Float64() >= r.Rate {
		return false
	}
	r.Hits++
	return true
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
	serviceCaptcha: {"throttle": {429, "too-many-requests", made, ""}, "500": {500, "internal-error", made, ""}},
}

// conflict is how DynamoDB refuses a write that another transaction is at work on.
func conflict(w http.ResponseWriter, operation string, body []byte) int {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	if operation != "TransactWriteItems" {
		fmt.Fprintf(w, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":%q}`, made)
		return http.StatusBadRequest
	}
	var in struct{ TransactItems []json.RawMessage }
	json.Unmarshal(body, &in) // it was understood when its tables were read
	reasons := strings.Repeat(`,{"Code":"None"}`, max(0, len(in.TransactItems)-1))
	fmt.Fprintf(w, `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":%q,"CancellationReasons":[{"Code":"TransactionConflict","Message":%q}%s]}`, made, made, reasons)
	return http.StatusBadRequest
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
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>", f.code, f.text, id.UUID())
	case serviceCaptcha:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		fmt.Fprintf(w, `{"success":false,"error-codes":[%q]}`, f.code)
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
