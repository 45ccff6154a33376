// Package capture stands in for the AWS services that reach people: SES, SNS and End User Messaging, and for Secrets Manager.
// It speaks their wire protocols, refuses what they refuse, and keeps what they would have sent.
package capture

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Message is one mail, SMS or call.
type Message struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind"` // "email", "sms" or "call"
	To         string            `json:"to"`
	Subject    string            `json:"subject"`
	Text       string            `json:"text"`
	HTML       string            `json:"html"`
	At         time.Time         `json:"at"`
	Attributes map[string]string `json:"attributes,omitempty"` // of an SMS or a call, as it was asked for
}

// Box keeps messages, also over a restart: one JSON line each in a file.
type Box struct {
	mu   sync.Mutex
	path string
	all  []Message
}

// OpenBox reads the messages in the file, which need not exist.
func OpenBox(path string) (*Box, error) {
	b := &Box{path: path}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var m Message
		if json.Unmarshal(lines.Bytes(), &m) == nil { // the last line of a killed process may be cut off
			b.all = append(b.all, m)
		}
	}
	return b, lines.Err()
}

func (b *Box) add(m Message) (id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.ID, m.At = strings.ToLower(rand.Text()), time.Now().UTC()
	line, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := f.Write(append(line, '\n')); err != nil {
		return "", err
	}
	b.all = append(b.all, m)
	return m.ID, nil
}

// Messages returns the messages to an address or number ("" means all), the newest first.
func (b *Box) Messages(to string) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Message{}
	for i := len(b.all) - 1; i >= 0; i-- {
		if m := b.all[i]; to == "" || strings.EqualFold(m.To, to) {
			list = append(list, m)
		}
	}
	return list
}

// Clear forgets all messages.
func (b *Box) Clear() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = nil
	if err := os.Remove(b.path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// refusal is an error as AWS answers it.
type refusal struct {
	status     int
	code, text string
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

var signature = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$`)

// signed refuses what has no signature for the service. The signature itself is not computed: that is left to S3's engine,
// where it is part of what we rely on.
func signed(r *http.Request, service string) *refusal {
	m := signature.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return &refusal{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}
	}
	if m[1] != service {
		return &refusal{http.StatusForbidden, "SignatureDoesNotMatch", "Credential should be scoped to correct service: '" + service + "'."}
	}
	return nil
}

// query serves one service of the Query protocol: a form in, XML out.
func query(service, namespace string, operations map[string]func(url.Values) (string, *refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		w.Header().Set("Content-Type", "text/xml")
		bad := signed(r, service)
		action, result := "", ""
		if bad == nil {
			if err := r.ParseForm(); err != nil {
				bad = refuse("MalformedQueryString", "the form cannot be read")
			} else if action = r.PostForm.Get("Action"); operations[action] == nil {
				bad = refuse("InvalidAction", "Could not find operation %s", action)
			} else {
				result, bad = operations[action](r.PostForm)
			}
		}
		if bad != nil {
			w.WriteHeader(bad.status)
			fmt.Fprintf(w, `<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`,
				namespace, bad.code, escape(bad.text), id)
			return
		}
		fmt.Fprintf(w, `<%[1]sResponse xmlns="%[2]s"><%[1]sResult>%[3]s</%[1]sResult><ResponseMetadata><RequestId>%[4]s</RequestId></ResponseMetadata></%[1]sResponse>`,
			action, namespace, result, id)
	})
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// jsonRPC serves one service of the JSON protocol: a target header, JSON in and out.
func jsonRPC(service, prefix string, operations map[string]func(body []byte) (any, *refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		bad := signed(r, service)
		var result any
		if bad == nil {
			body, err := readAll(r)
			name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), prefix+".")
			switch {
			case err != nil:
				bad = refuse("SerializationException", "the body cannot be read")
			case !ok || operations[name] == nil:
				bad = refuse("UnknownOperationException", "")
			default:
				result, bad = operations[name](body)
			}
		}
		if bad != nil {
			w.Header().Set("X-Amzn-Errortype", bad.code)
			w.WriteHeader(bad.status)
			json.NewEncoder(w).Encode(map[string]string{"__type": bad.code, "message": bad.text, "Message": bad.text, "Reason": "OTHER"})
			return
		}
		json.NewEncoder(w).Encode(result)
	})
}
