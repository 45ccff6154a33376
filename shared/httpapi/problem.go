package httpapi

import (
	"context"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"

	"phonon.in/central/shared/fault"
)

// statuses maps what a client can do about an error to HTTP (RFC 9110, RFC 6585).
var statuses = map[fault.Kind]int{
	fault.Malformed:          http.StatusBadRequest,
	fault.Unauthenticated:    http.StatusUnauthorized,
	fault.Forbidden:          http.StatusForbidden,
	fault.NotFound:           http.StatusNotFound,
	fault.Conflict:           http.StatusConflict,
	fault.Gone:               http.StatusGone,
	fault.PreconditionFailed: http.StatusPreconditionFailed,
	fault.TooLarge:           http.StatusRequestEntityTooLarge,
	fault.UnsupportedMedia:   http.StatusUnsupportedMediaType,
	fault.Invalid:            http.StatusUnprocessableEntity,
	fault.TooMany:            http.StatusTooManyRequests,
	fault.Unavailable:        http.StatusServiceUnavailable,
	methodNotAllowed:         http.StatusMethodNotAllowed,
}

// methodNotAllowed is a kind that means nothing outside of HTTP.
const methodNotAllowed fault.Kind = -1

var errInternal = &fault.Error{
	Code: "internal_error", Detail: "Something went wrong on our side. It is noted; try again, or write to support with the request id.",
}

type problemField struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// answerFault is the one place that turns an error into an answer. The text of an error that is not a fault goes to the log only.
func answerFault(w http.ResponseWriter, c *Call, err error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = errInternal
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			f = fault.Down(err)
		}
	}
	code, known := statuses[f.Kind]
	if !known {
		code = http.StatusInternalServerError
	}
	if s, ok := w.(*status); ok {
		s.fault, s.cause = f, err
	}
	if f.RetryAfter > 0 || code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds(f.RetryAfter))))
	}
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="central"`)
	}
	answer(w, code, "application/problem+json", problem(f, code, c.RequestID))
}

// problem makes the document of RFC 9457.
func problem(f *fault.Error, code int, requestID string) map[string]any {
	p := maps.Clone(f.Extra)
	if p == nil {
		p = map[string]any{}
	}
	p["type"] = "urn:central:error:" + f.Code
	p["title"] = http.StatusText(code)
	p["status"] = code
	p["code"] = f.Code
	p["detail"] = f.Detail
	if requestID != "" {
		p["instance"] = "urn:central:request:" + requestID
	}
	if len(f.Fields) > 0 {
		fields := make([]problemField, len(f.Fields))
		for i, field := range f.Fields {
			fields[i] = problemField(field)
		}
		p["errors"] = fields
	}
	return p
}

// seconds rounds up: a client that waits as long as it was told must not come too early.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
