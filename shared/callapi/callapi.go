// Package callapi speaks one-time codes on the phone through the company's own call API: a signed JSON request that whoever has dialers
// answers, and a signed event that says how the call ended. docs/call-api.md is the contract.
package callapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/speech"
	"phonon.in/central/shared/spent"
)

// Deadline of one request.
const Deadline = 2 * time.Second

// startWithin is how long a call may wait its turn, in seconds: one that comes later comes when nobody sits by the phone any more.
const startWithin = 120

// Caller asks one call API.
type Caller struct {
	url     string
	secrets Secrets
	client  *http.Client
	now     func() time.Time
}

// New makes a caller. The address is https, but on a developer's machine. client follows no redirect: a redirected request would carry
// number and code to another host. Without secrets each call is held: the operator has not agreed on one with the call API yet.
func New(address string, secrets Secrets, client *http.Client, now func() time.Time) (*Caller, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return nil, errors.New("callapi: CALL_API_URL must be an address such as https://calls.example.com/v1/calls")
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())):
		return nil, errors.New("callapi: CALL_API_URL must begin with https")
	}
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Caller{address, secrets, &c, now}, nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// call is the body of a request. It is the same for each try of a message, so that the call API can tell a repetition.
type call struct {
	ID          string    `json:"id"`
	To          string    `json:"to"`       // E.164
	Language    string    `json:"language"` // BCP 47: "en", "hi"
	Say         []part    `json:"say"`
	StartWithin int       `json:"startWithin"`      // seconds from when the call is taken
	NotAfter    time.Time `json:"notAfter"`         // in whole seconds, as the outbox keeps it
	Events      string    `json:"events,omitempty"` // where to post how the call ended
}

// part has one member: text to be read, groups of digits to be said one by one, or a pause in milliseconds.
type part struct {
	Text   string   `json:"text,omitempty"`
	Digits []string `json:"digits,omitempty"`
	Pause  int64    `json:"pause,omitempty"`
}

// Call hands one call over. The same message is one call, however often it is handed over. The error wraps message.ErrRefused when the
// call will never be made, message.ErrHeld when it is once the operator has mended something, message.Later when it is to be tried later.
func (c *Caller) Call(ctx context.Context, m message.ToPhone) error {
	if len(c.secrets) == 0 {
		return fmt.Errorf("callapi: the secret has no member callSecret: %w", message.ErrHeld)
	}
	language, said, err := speech.Of(m)
	if err != nil {
		return err
	}
	body, err := json.Marshal(call{
		ID: m.ID, To: m.To, Language: language, Say: parts(said), StartWithin: startWithin, NotAfter: m.NotAfter.UTC().Truncate(time.Second), Events: m.Events.Reveal(),
	})
	if err != nil {
		return fmt.Errorf("callapi: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("callapi: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", m.ID) // net/http then repeats the request by itself where a connection had died
	c.secrets.sign(request.Header, m.ID, c.now(), body)
	done := spent.On(ctx, "callapi")
	response, err := c.client.Do(request)
	done()
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the address, which may have a secret of its own
		}
		return fmt.Errorf("callapi: %w", err)
	}
	defer response.Body.Close()
	return verdict(response, m.ID, c.now())
}

func parts(said []speech.Part) []part {
	all := make([]part, len(said))
	for i, p := range said {
		all[i] = part{p.Text, p.Digits, p.Pause.Milliseconds()}
	}
	return all
}

const maxAnswer = 16 << 10

// finals are the codes of problems that are about the number. A problem of any other code is none of the person's making.
var finals = map[string]bool{"number_invalid": true, "number_blocked": true, "number_unreachable": true}

// verdict reads the answer to the call with this id. Of its body an error keeps a code that is known here alone: anything else may repeat
// number or code, and errors are logged.
func verdict(r *http.Response, id string, now time.Time) error {
	said := fmt.Errorf("the call API says %d", r.StatusCode)
	if passing := []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}; r.StatusCode >= 500 || slices.Contains(passing, r.StatusCode) {
		if after := retryAfter(r.Header.Get("Retry-After"), now); after > 0 {
			return message.Later{After: after, Err: said}
		}
		return said
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w: %w", said, err)
	}
	var answer struct{ ID, Code string }
	known := json.Unmarshal(text, &answer) == nil
	switch {
	case !known: // such as the page of a server that is not the call API
	case (r.StatusCode == http.StatusAccepted || r.StatusCode == http.StatusOK) && answer.ID == id:
		return nil
	case r.StatusCode == http.StatusConflict && answer.Code == "id_reused": // an earlier try, of another release or key, was taken
		return nil
	case r.StatusCode >= 400 && finals[answer.Code]:
		return fmt.Errorf("%w: %w, %s", message.ErrRefused, said, answer.Code)
	}
	return fmt.Errorf("%w: %w", message.ErrHeld, said)
}

// retryAfter reads both forms of the header (RFC 9110, section 10.2.3); 0 is none.
func retryAfter(v string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(v); err == nil {
		return time.Duration(max(0, min(seconds, 24*60*60))) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}
