package capture

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// refusal is an error as AWS answers it. reason is a member of some errors, and field of those of validation.
type refusal struct {
	status                    int
	code, text, reason, field string
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, text: fmt.Sprintf(format, args...)}
}

func broken(code string, err error) *refusal {
	return &refusal{status: http.StatusInternalServerError, code: code, text: err.Error()}
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/\s]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}$`)

// signed refuses a request that bears no signature for the service. The signature itself is not checked here.
func signed(r *http.Request, service string) *refusal {
	header := r.Header.Get("Authorization")
	if header == "" {
		return &refusal{status: http.StatusForbidden, code: "MissingAuthenticationToken", text: "Request is missing Authentication Token"}
	}
	m := authorization.FindStringSubmatch(header)
	switch {
	case m == nil:
		return &refusal{status: http.StatusForbidden, code: "IncompleteSignature", text: "The Authorization header is not of the form of Signature Version 4."}
	case m[1] != service:
		return &refusal{status: http.StatusForbidden, code: "SignatureDoesNotMatch", text: "Credential should be scoped to correct service: '" + service + "'."}
	case r.Header.Get("X-Amz-Date") == "":
		return &refusal{status: http.StatusForbidden, code: "IncompleteSignature", text: "Authorization header requires existence of a 'X-Amz-Date' header."}
	}
	return nil
}

const maxBody = 16 << 20

// query serves one service of the Query protocol: a form in, XML out. An operation returns the members of its result.
func query(service, namespace, version string, operations map[string]func(url.Values) (string, *refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.ToLower(rand.Text())
		w.Header().Set("Content-Type", "text/xml")
		w.Header().Set("X-Amzn-Requestid", id)
		action, result, bad := "", "", signed(r, service)
		if bad == nil {
			action, result, bad = perform(r, version, operations)
		}
		if bad != nil {
			kind := "Sender"
			if bad.status >= 500 {
				kind = "Receiver"
			}
			w.WriteHeader(bad.status)
			fmt.Fprintf(w, `<ErrorResponse xmlns="%s"><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`,
				namespace, kind, bad.code, escape(bad.text), id)
			return
		}
		fmt.Fprintf(w, `<%[1]sResponse xmlns="%[2]s"><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>%[4]s</RequestId></ResponseMetadata></%[1]sResponse>`,
			action, namespace, result, id)
	})
}

func perform(r *http.Request, version string, operations map[string]func(url.Values) (string, *refusal)) (action, result string, bad *refusal) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return "", "", refuse("MalformedQueryString", "The form cannot be read.")
	}
	action = r.PostForm.Get("Action")
	operation, ok := operations[action]
	if !ok || r.PostForm.Get("Version") != version {
		return "", "", refuse("InvalidAction", "Could not find operation %s for version %s", action, r.PostForm.Get("Version"))
	}
	result, bad = operation(r.PostForm)
	return action, result, bad
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// jsonRPC serves one service of AWS's JSON protocol, version 1.0 or 1.1: a target header, JSON in and out.
func jsonRPC(service, prefix, version string, operations map[string]func(body []byte) (any, *refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-"+version)
		w.Header().Set("X-Amzn-Requestid", strings.ToLower(rand.Text()))
		bad := signed(r, service)
		var out any
		if bad == nil {
			body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
			name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), prefix+".")
			switch {
			case err != nil:
				bad = refuse("SerializationException", "The body cannot be read.")
			case !ok || operations[name] == nil:
				bad = refuse("UnknownOperationException", "")
			default:
				out, bad = operations[name](body)
			}
		}
		if bad != nil {
			w.Header().Set("X-Amzn-Errortype", bad.code)
			w.WriteHeader(bad.status)
			members := map[string]any{"__type": bad.code, "message": bad.text, "Message": bad.text}
			if bad.reason != "" {
				members["Reason"] = bad.reason
			}
			if bad.field != "" {
				members["Fields"] = []map[string]string{{"Name": bad.field, "Message": bad.text}}
			}
			out = members
		}
		json.NewEncoder(w).Encode(out)
	})
}
