package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

// patience is how long somebody waits for one answer: as long as API Gateway does, and a little.
const patience = 32 * time.Second

// errRefused is an answer that says when to come again: 503 or 429 with Retry-After. Nothing was done.
var errRefused = errors.New("refused, with a time to come again")

// person is somebody with a browser and a network of their own, as the limits see it: an address of 127.0.0.0/8.
type person struct {
	origin    string
	client    *http.Client
	from      net.IP
	email     string
	number    string // E.164
	bearer    string
	has       string // for the next request: a captcha that is solved, or what stood in a message
	challenge string // of the code that was sent last
}

type object map[string]any

const password = "Mango tree 42"

// newPerson makes the n-th one, who shares their address and number with nobody below 2^22.
func newPerson(origin string, n int) *person {
	from := net.IPv4(127, byte(2+n>>16), byte(n>>8), byte(n))
	return &person{
		origin: origin, client: browser(from), from: from,
		email:  fmt.Sprintf("person%d@load.example.com", n),
		number: fmt.Sprintf("+9198%04d%04d", n%10_000, n/10_000), // a prefix of its own: what goes to neighbours is limited
	}
}

// browser keeps cookies, and connects from an address.
func browser(from net.IP) *http.Client {
	jar, _ := cookiejar.New(nil) // it never fails
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	return &http.Client{Jar: jar, Transport: &http.Transport{DialContext: dialer.DialContext}, Timeout: patience}
}

// leave closes the connections.
func (p *person) leave() { p.client.CloseIdleConnections() }

// call sends a request, and decodes the answer where it has the status that is wanted. Any other is an error, errRefused where it says when
// to come again.
func (p *person) call(ctx context.Context, method, path string, body object, want int, into any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.origin+path, reader)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", method, path, err)
	case answer.StatusCode == want && into != nil:
		return json.Unmarshal(text, into)
	case answer.StatusCode == want:
		return nil
	case answer.Header.Get("Retry-After") != "" && (answer.StatusCode == http.StatusServiceUnavailable || answer.StatusCode == http.StatusTooManyRequests):
		return fmt.Errorf("%s %s: %d %w: %.200s", method, path, answer.StatusCode, errRefused, text)
	}
	return fmt.Errorf("%s %s: %d, want %d: %.200s", method, path, answer.StatusCode, want, text)
}

// inbox is the text of the newest message to an address or a number, as the local run shows it; "" while there is none.
func (p *person) inbox(ctx context.Context, to string) (string, error) {
	var found []struct{ Text string }
	err := p.call(ctx, http.MethodGet, "/_local/messages?to="+url.QueryEscape(to), nil, http.StatusOK, &found)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Text, nil
}

// errNoMessage says that nothing came within the time that somebody waits for it. What is not delivered at once goes out within the minute.
var errNoMessage = errors.New("no message came")

const (
	messagePatience = 5 * time.Second
	messageEvery    = 100 * time.Millisecond
)

// message waits for a message.
func (p *person) message(ctx context.Context, to string) (string, error) {
	late := time.NewTimer(messagePatience)
	defer late.Stop()
	tick := time.NewTicker(messageEvery)
	defer tick.Stop()
	for {
		text, err := p.inbox(ctx, to)
		if text != "" || err != nil {
			return text, err
		}
		select {
		case <-tick.C:
		case <-late.C:
			return "", errNoMessage
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
