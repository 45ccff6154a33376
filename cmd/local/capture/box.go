// Package capture stands in for the AWS services that reach people (SES, SNS, End User Messaging) and for Secrets Manager. It
// speaks their wire protocols, refuses what they refuse, and keeps what they would have sent.
package capture

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Message is one mail, SMS or call.
type Message struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind"` // "email", "sms" or "call"
	From       string            `json:"from"`
	To         string            `json:"to"`
	Subject    string            `json:"subject"`
	Text       string            `json:"text"`
	HTML       string            `json:"html"`
	At         time.Time         `json:"at"`
	Attributes map[string]string `json:"attributes,omitempty"` // what else an SMS or a call was asked for with
}

// Box keeps messages, also over a restart: one JSON line each in a file.
type Box struct {
	now  func() time.Time
	path string

	mu  sync.Mutex
	all []Message
}

// OpenBox reads the messages in the file, which need not exist. A line that a killed process left unfinished is skipped.
func OpenBox(path string, now func() time.Time) (*Box, error) {
	b := &Box{path: path, now: now}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var m Message
		if json.Unmarshal(lines.Bytes(), &m) == nil {
			b.all = append(b.all, m)
		}
	}
	return b, lines.Err()
}

func (b *Box) add(m Message) (id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.ID, m.At = strings.ToLower(rand.Text()), b.now().UTC()
	line, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	// A line break first ends a line that was left unfinished. Empty lines are no messages.
	if _, err := fmt.Fprintf(f, "\n%s\n", line); err != nil {
		return "", err
	}
	b.all = append(b.all, m)
	return m.ID, nil
}

// Messages returns the messages to an address or number ("" is all), the newest first.
func (b *Box) Messages(to string) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Message{}
	for _, m := range slices.Backward(b.all) {
		if to == "" || strings.EqualFold(m.To, to) {
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
		return fmt.Errorf("capture: %w", err)
	}
	return nil
}
