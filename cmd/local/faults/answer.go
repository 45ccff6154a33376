package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/wire"
)

// failure is how a service answers. {sender} in the text is for the address of Faults.Sender.
type failure struct {
	status             int
	code, text, reason string
}

const made = "made to fail in the local run"

var failures = map[string]map[string]failure{
	wire.DynamoDB: {"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServerError", made, ""}},
	wire.S3:       {"throttle": {503, "SlowDown", made, ""}, "500": {500, "InternalError", made, ""}},
	wire.Secrets:  {"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServiceError", made, ""}},
	wire.SES: {
		"throttle": {400, "Throttling", made, ""}, "500": {500, "InternalFailure", made, ""},
		"held":    {400, "MessageRejected", "Email address is not verified. The following identities failed the check in region AP-SOUTH-1: {sender}", ""},
		"refused": {400, "InvalidParameterValue", "Domain contains illegal character", ""},
	},
	wire.SNS: {
		"throttle": {400, "Throttling", made, ""}, "500": {500, "InternalError", made, ""},
		"held": {403, "AuthorizationError", made, ""}, "refused": {400, "OptedOut", made, ""},
	},
	wire.Voice: {
		"throttle": {400, "ThrottlingException", made, ""}, "500": {500, "InternalServerException", made, ""},
		"held": {400, "ResourceNotFoundException", made, ""}, "refused": {400, "ConflictException", made, "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
	},
	wire.Calls: {
		"throttle": {429, "too_many_requests", made, ""}, "500": {500, "internal_error", made, ""},
		"held": {403, "caller_forbidden", made, ""}, "refused": {422, "number_blocked", made, ""},
	},
	wire.Captcha: {"throttle": {429, "too-many-requests", made, ""}, "500": {500, "internal-error", made, ""}},
}

// Conflict is how DynamoDB refuses a write that another transaction is at work on.
func Conflict(w http.ResponseWriter, operation string, body []byte) int {
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

// Answer answers like the service itself, in its protocol: with mode "throttle" when it is overloaded, with "500" when it is broken, with "held"
// when the operator's side is not in order, and with "refused" when it will never take a message for this recipient.
func (f *Faults) Answer(w http.ResponseWriter, service, mode string) (status int) {
	a := failures[service][mode]
	switch service {
	case wire.S3:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(a.status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", a.code, a.text)
	case wire.SES, wire.SNS:
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(a.status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>", a.code, strings.ReplaceAll(a.text, "{sender}", f.Sender), id.UUID())
	case wire.Captcha:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.status)
		fmt.Fprintf(w, `{"success":false,"error-codes":[%q]}`, a.code)
	case wire.Calls:
		w.Header().Set("Content-Type", "application/problem+json")
		if mode == "throttle" {
			w.Header().Set("Retry-After", "1")
		}
		w.WriteHeader(a.status)
		fmt.Fprintf(w, `{"status":%d,"code":%q,"detail":%q}`, a.status, a.code, a.text)
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amzn-Errortype", a.code)
		w.WriteHeader(a.status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q,"Reason":%q}`, a.code, a.text, a.reason)
	}
	return a.status
}
