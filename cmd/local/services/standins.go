package services

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/id"
	"phonon.in/central/cmd/local/wire"
)

// variable is what the template sets for the functions under this name, or "".
func (s *Services) variable(name string) string {
	for _, f := range s.config.Template.Functions {
		if v := f.Env[name]; v != "" {
			return v
		}
	}
	return ""
}

// registeredTexts are the texts of SMS, under the ids that the template has for them; nil in a project without SMS.
func (s *Services) registeredTexts() (capture.Registered, error) {
	if s.variable("SMS_TEMPLATE_ID") == "" {
		return nil, nil
	}
	file := filepath.Join(s.config.Root, "shared", "sms", "templates.json")
	return capture.ReadRegistered(file, map[string]string{
		"phone_code_sms en": s.variable("SMS_TEMPLATE_ID"), "phone_code_sms hi": s.variable("SMS_TEMPLATE_ID_HI"),
		"phone_changed_sms en": s.variable("SMS_CHANGED_TEMPLATE_ID"), "phone_changed_sms hi": s.variable("SMS_CHANGED_TEMPLATE_ID_HI"),
	})
}

// callAPI is the stand-in of the company's call API; nil where the template names a real one, or makes no calls.
func (s *Services) callAPI(secrets map[string]string) (*service, error) {
	if s.variable("CALL_PROVIDER") == "" || s.variable("CALL_API_URL") != "" {
		return nil, nil
	}
	file := secrets[s.config.Template.Secrets[0].Name]
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
	return &service{name: wire.Calls, variable: "CALL_API_URL", handler: capture.Calls(s.Box, read, s.postEvent)}, nil
}

// captchaProvider is the stand-in of a captcha's provider; nil where the captcha is our own, or none.
func (s *Services) captchaProvider(secrets map[string]string) (*service, error) {
	switch s.variable("CAPTCHA_PROVIDER") {
	case "", "altcha", "off":
		return nil, nil
	}
	home, err := url.Parse(s.config.Home)
	if err != nil {
		return nil, err
	}
	file := secrets[s.config.Template.Secrets[0].Name]
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

const (
	eventTries = 5
	eventPause = time.Second
)

// postEvent posts an event of the call API until it is taken, a few times.
func (s *Services) postEvent(url string, h http.Header, body []byte) {
	s.posting.Go(func() {
		answer := ""
		for range eventTries {
			if answer = post(s.config.Stop, url, h, body); answer == "" {
				return
			}
			select {
			case <-s.config.Stop.Done():
				return
			case <-time.After(eventPause):
			}
		}
		s.config.Wrong("an event of the call API was not taken: %s", answer)
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
