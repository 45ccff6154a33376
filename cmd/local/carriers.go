package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/wire"
)

// variable is what the template sets for the functions under this name, or "".
func (l *local) variable(name string) string {
	for _, f := range l.template.Functions {
		if v := f.Env[name]; v != "" {
			return v
		}
	}
	return ""
}

// registeredTexts are the texts of SMS, under the ids that the template has for them; nil in a project without SMS.
func (l *local) registeredTexts() (capture.Registered, error) {
	if l.variable("SMS_TEMPLATE_ID") == "" {
		return nil, nil
	}
	file := filepath.Join(l.options.root, "shared", "sms", "templates.json")
	return capture.ReadRegistered(file, map[string]string{
		"phone_code_sms en": l.variable("SMS_TEMPLATE_ID"), "phone_code_sms hi": l.variable("SMS_TEMPLATE_ID_HI"),
		"phone_changed_sms en": l.variable("SMS_CHANGED_TEMPLATE_ID"), "phone_changed_sms hi": l.variable("SMS_CHANGED_TEMPLATE_ID_HI"),
	})
}

// callAPI is the stand-in of the company's call API; nil where the template names a real one, or makes no calls.
func (l *local) callAPI(box *capture.Box, secrets map[string]string) (*service, error) {
	if l.variable("CALL_PROVIDER") == "" || l.variable("CALL_API_URL") != "" {
		return nil, nil
	}
	file := secrets[l.template.Secrets[0].Name]
	key := make([]byte, 32)
	rand.Read(key)
	if err := addMember(file, "callSecret", "whsec_"+base64.StdEncoding.EncodeToString(key)); err != nil {
		return nil, err
	}
	read := func() ([]string, error) {
		members, err := secretMembers(file)
		var all []string
		for _, name := range []string{"callSecret", "callSecretPrevious"} {
			if v, ok := members[name].(string); ok {
				all = append(all, v)
			}
		}
		return all, err
	}
	return &service{name: wire.Calls, variable: "CALL_API_URL", handler: capture.Calls(box, read, l.postEvent)}, nil
}

func secretMembers(file string) (members map[string]any, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return members, json.Unmarshal(text, &members)
}

// captchaProvider is the stand-in of a captcha's provider; nil where the captcha is our own, or none.
func (l *local) captchaProvider(secrets map[string]string) (*service, error) {
	switch l.variable("CAPTCHA_PROVIDER") {
	case "", "altcha", "off":
		return nil, nil
	}
	home, err := url.Parse(l.home)
	if err != nil {
		return nil, err
	}
	file := secrets[l.template.Secrets[0].Name]
	if err := addMember(file, "captchaSecret", id.Hex(16)); err != nil {
		return nil, err
	}
	read := func() (string, error) {
		members, err := secretMembers(file)
		known, _ := members["captchaSecret"].(string)
		return known, err
	}
	return &service{name: wire.Captcha, variable: "CAPTCHA_VERIFY_URL", handler: capture.SiteVerify(read, home.Hostname())}, nil
}

// addMember gives the secret what an operator adds on AWS, where it is not there yet.
func addMember(file, name, value string) error {
	members, err := secretMembers(file)
	if err != nil || members[name] != nil {
		return err
	}
	members[name] = value
	return writeMembers(file, members)
}

func writeMembers(file string, members map[string]any) error {
	text, err := json.Marshal(members)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".part", text, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

const (
	eventTries = 5
	eventPause = time.Second
)

// postEvent posts an event of the call API until it is taken, a few times.
func (l *local) postEvent(url string, h http.Header, body []byte) {
	l.ticking.Go(func() {
		answer := ""
		for range eventTries {
			if answer = post(l.ctx, url, h, body); answer == "" {
				return
			}
			select {
			case <-l.ctx.Done():
				return
			case <-time.After(eventPause):
			}
		}
		l.journal.Wrong("an event of the call API was not taken: %s", answer)
	})
}

// post returns what went wrong, or "".
func post(ctx context.Context, url string, h http.Header, body []byte) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.Header = h.Clone()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	if answer.StatusCode >= 300 {
		return answer.Status
	}
	return ""
}
