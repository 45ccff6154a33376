package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Calls stands in for a company's call API, as docs/call-api.md has it: it refuses what is wrong, keeps the calls, and posts how each ended.
// secrets are those of Central, the current one first.
func Calls(box *Box, secrets func() ([]string, error), post Post) http.Handler {
	return &callAPI{box: box, secrets: secrets, post: post, taken: map[string][]byte{}}
}

// Post sends an event. It returns at once.
type Post func(url string, header http.Header, body []byte)

type callAPI struct {
	box     *Box
	secrets func() ([]string, error)
	post    Post

	mu    sync.Mutex
	taken map[string][]byte // body by id
}

type callRequest struct {
	ID          string     `json:"id"`
	To          string     `json:"to"`
	Language    string     `json:"language"`
	Say         []callPart `json:"say"`
	StartWithin int        `json:"startWithin"`
	NotAfter    time.Time  `json:"notAfter"`
	Events      string     `json:"events"`
}

type callPart struct {
	Text   string   `json:"text"`
	Digits []string `json:"digits"`
	Pause  int      `json:"pause"`
}

// outcomes are those of numbers that end like this. Any other answers; one that ends in 0005 is never heard of again.
var outcomes = map[string]string{"0001": "busy", "0002": "no_answer", "0003": "rejected", "0004": "failed", "0005": ""}

const skew = 5 * time.Minute

func (a *callAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		problem(w, http.StatusRequestEntityTooLarge, "body_too_large", "The body is larger than 64 KiB.")
		return
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method != http.MethodPost || media != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "not_json", "POST a call as application/json.")
		return
	}
	key, err := a.prove(r.Header, body)
	if err != nil {
		problem(w, http.StatusUnauthorized, "signature_invalid", err.Error())
		return
	}
	var in callRequest
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || d.More() {
		problem(w, http.StatusBadRequest, "body_malformed", "The body is not one call: "+errText(err))
		return
	}
	if status, code, text := in.wrong(r.Header.Get("webhook-id"), a.box.now()); status != 0 {
		problem(w, status, code, text)
		return
	}
	a.take(w, in, body, key)
}

// prove finds the secret that the request was signed with.
func (a *callAPI) prove(h http.Header, body []byte) (*webhooks.Webhook, error) {
	all, err := a.secrets()
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || a.box.now().Sub(time.Unix(seconds, 0)).Abs() > skew {
		return nil, errors.New("webhook-timestamp is missing, or more than five minutes off")
	}
	for _, secret := range all {
		key, err := webhooks.NewWebhook(secret)
		if err != nil {
			return nil, err
		}
		if key.VerifyIgnoringTimestamp(body, h) == nil {
			return key, nil
		}
	}
	return nil, errors.New("webhook-signature is not one of webhook-id, webhook-timestamp and the body with the secret that is known here")
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// wrong says what a call API would refuse, with the status; 0 for nothing.
func (in callRequest) wrong(webhookID string, now time.Time) (status int, code, text string) {
	events, err := url.Parse(in.Events)
	const malformed = http.StatusBadRequest
	switch {
	case in.ID == "" || len(in.ID) > 64 || in.ID != webhookID:
		return malformed, "body_malformed", "id must be 1 to 64 characters, and the webhook-id"
	case !e164.MatchString(in.To):
		return http.StatusUnprocessableEntity, "number_invalid", "to must be a number in E.164"
	case !languageTag.MatchString(in.Language):
		return malformed, "body_malformed", "language must be a language tag"
	case in.spoken() == "":
		return malformed, "body_malformed", "say must be parts of one member each: text, digits (groups of digits), or pause (milliseconds, at most 5000)"
	case in.StartWithin < 1 || in.StartWithin > 600:
		return malformed, "body_malformed", "startWithin must be 1 to 600 seconds"
	case in.NotAfter.Before(now):
		return malformed, "too_late", "notAfter has passed"
	case in.Events != "" && (err != nil || events.Host == "" || events.Scheme != "https" && events.Scheme != "http"):
		return malformed, "body_malformed", "events must be an address"
	}
	return 0, "", ""
}

// spoken is what the voice says, or "" where a part is not as it should be.
func (in callRequest) spoken() string {
	var words []string
	for _, p := range in.Say {
		members := 0
		for _, set := range []bool{p.Text != "", len(p.Digits) > 0, p.Pause > 0 && p.Pause <= 5000} {
			if set {
				members++
			}
		}
		if members != 1 || p.Pause < 0 {
			return ""
		}
		for _, group := range p.Digits {
			if group == "" || strings.Trim(group, "0123456789") != "" {
				return ""
			}
		}
		words = append(words, strings.Fields(p.Text+" "+strings.Join(p.Digits, " "))...)
	}
	return strings.Join(words, " ")
}

func (a *callAPI) take(w http.ResponseWriter, in callRequest, body []byte, key *webhooks.Webhook) {
	a.mu.Lock()
	defer a.mu.Unlock()
	status := http.StatusAccepted
	switch earlier, known := a.taken[in.ID]; {
	case known && !bytes.Equal(earlier, body):
		problem(w, http.StatusConflict, "id_reused", "Another call was taken with this id.")
		return
	case known:
		status = http.StatusOK
	default:
		_, err := a.box.add(Message{Kind: "call", From: "call API", To: in.To, Text: in.spoken(), Attributes: map[string]string{
			"id": in.ID, "language": in.Language, "startWithin": strconv.Itoa(in.StartWithin), "notAfter": in.NotAfter.Format(time.RFC3339), "events": in.Events,
		}})
		if err != nil {
			problem(w, http.StatusInternalServerError, "internal_error", err.Error())
			return
		}
		a.taken[in.ID] = body
		a.ended(in, key)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"id": in.ID})
}

// ended posts at once how the call ended: nobody waits for a phone to ring here.
func (a *callAPI) ended(in callRequest, key *webhooks.Webhook) {
	outcome, special := outcomes[in.To[len(in.To)-4:]]
	if !special {
		outcome = "answered"
	}
	if outcome == "" || in.Events == "" {
		return
	}
	body, _ := json.Marshal(map[string]string{"id": in.ID, "outcome": outcome}) // two texts can be encoded
	now, id := a.box.now(), "event-"+in.ID
	signature, err := key.Sign(id, now, body)
	if err != nil {
		return
	}
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set(webhooks.HeaderWebhookID, id)
	h.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	h.Set(webhooks.HeaderWebhookSignature, signature)
	a.post(in.Events, h, body)
}

// problem answers with a document of RFC 9457.
func problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "code": code, "detail": detail})
}

func errText(err error) string {
	if err == nil {
		return "something stands behind it"
	}
	return err.Error()
}
