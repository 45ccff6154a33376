package capture_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"phonon.in/central/cmd/local/capture"
)

const (
	callSecret   = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	callPrevious = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

type posted struct {
	url    string
	header http.Header
	body   []byte
}

type calls struct {
	*capture.Box
	url    string
	posted []posted
}

func newCalls(t *testing.T) *calls {
	t.Helper()
	c := &calls{}
	c.Box, _ = newBox(t)
	secrets := func() ([]string, error) { return []string{callSecret, callPrevious}, nil }
	c.url = *serve(t, capture.Calls(c.Box, secrets, func(url string, h http.Header, body []byte) {
		c.posted = append(c.posted, posted{url, h, body})
	}))
	return c
}

// now is the time of the box.
var now = time.Unix(1_800_000_000, 0)

// goodCall is the body of a call that is as it should be.
func goodCall() map[string]any {
	return map[string]any{
		"id": "CALL1", "to": "+912212345678", "language": "hi", "startWithin": 120, "notAfter": now.Add(10 * time.Minute).UTC().Format(time.RFC3339),
		"say":    []any{map[string]any{"text": "कोड है:"}, map[string]any{"pause": 500}, map[string]any{"digits": []any{"012", "345"}}},
		"events": "https://central.example.com/v1/calls/x/events",
	}
}

func (c *calls) ask(t *testing.T, body []byte, secret string, at time.Time, change func(http.Header)) (status int, answer map[string]any) {
	t.Helper()
	key, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign("CALL1", at, body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", c.url+"/calls", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {"CALL1"}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signature},
	}
	if change != nil {
		change(r.Header)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || json.Unmarshal(text, &answer) != nil {
		t.Fatalf("%s %v", text, err)
	}
	return resp.StatusCode, answer
}

func encoded(t *testing.T, body any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheCallAPITakesACallOnceAndSaysHowItEnded(t *testing.T) {
	c := newCalls(t)
	body := encoded(t, goodCall())
	for try, want := range []int{202, 200, 200} {
		if status, answer := c.ask(t, body, callSecret, now.Add(time.Duration(try)*time.Minute), nil); status != want || answer["id"] != "CALL1" {
			t.Errorf("try %d: %d %v", try, status, answer)
		}
	}
	other := goodCall()
	other["to"] = "+912212345679"
	if status, answer := c.ask(t, encoded(t, other), callSecret, now, nil); status != 409 || answer["code"] != "id_reused" {
		t.Errorf("the id with another body: %d %v", status, answer)
	}
	all := c.Messages("")
	if len(all) != 1 || all[0].Kind != "call" || all[0].To != "+912212345678" || all[0].Text != "कोड है: 012 345" || all[0].Attributes["language"] != "hi" {
		t.Fatalf("%+v", all)
	}
	if len(c.posted) != 1 || c.posted[0].url != "https://central.example.com/v1/calls/x/events" || string(c.posted[0].body) != `{"id":"CALL1","outcome":"answered"}` {
		t.Fatalf("posted %+v", c.posted)
	}
	key, err := webhooks.NewWebhook(callSecret)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.VerifyIgnoringTimestamp(c.posted[0].body, c.posted[0].header); err != nil {
		t.Errorf("the event is not signed: %v", err)
	}
}

func TestTheEndOfANumberChoosesHowItsCallEnds(t *testing.T) {
	for end, want := range map[string]string{
		"0001": `{"id":"CALL1","outcome":"busy"}`, "0002": `{"id":"CALL1","outcome":"no_answer"}`, "0003": `{"id":"CALL1","outcome":"rejected"}`,
		"0004": `{"id":"CALL1","outcome":"failed"}`, "0005": "", "0006": `{"id":"CALL1","outcome":"answered"}`,
	} {
		c := newCalls(t)
		body := goodCall()
		body["to"] = "+91221234" + end
		if status, answer := c.ask(t, encoded(t, body), callPrevious, now, nil); status != 202 {
			t.Fatalf("%d %v", status, answer)
		}
		got := ""
		for _, p := range c.posted {
			got += string(p.body)
		}
		if got != want {
			t.Errorf("%s: posted %s", end, got)
		}
	}
}

func TestTheCallAPIRefusesWhatIsWrong(t *testing.T) {
	with := func(name string, v any) func(map[string]any) { return func(b map[string]any) { b[name] = v } }
	header := func(name, v string) func(http.Header) { return func(h http.Header) { h.Set(name, v) } }
	part := func(p map[string]any) func(map[string]any) { return with("say", []any{p}) }
	for name, c := range map[string]struct {
		change func(map[string]any)
		header func(http.Header)
		at     time.Time
		secret string
		status int
		code   string
	}{
		"another secret":           {secret: "whsec_" + strings.Repeat("QUJD", 8), status: 401, code: "signature_invalid"},
		"no signature":             {header: header("Webhook-Signature", ""), status: 401, code: "signature_invalid"},
		"the signature of another": {header: header("Webhook-Signature", "v1,AAAA"), status: 401, code: "signature_invalid"},
		"an id that is not signed": {header: header("Webhook-Id", "CALL2"), status: 401, code: "signature_invalid"},
		"a request of yesterday":   {at: now.Add(-301 * time.Second), status: 401, code: "signature_invalid"},
		"a request of tomorrow":    {at: now.Add(301 * time.Second), status: 401, code: "signature_invalid"},
		"no timestamp":             {header: header("Webhook-Timestamp", ""), status: 401, code: "signature_invalid"},
		"no JSON":                  {header: header("Content-Type", "text/plain"), status: 415, code: "not_json"},

		"an unknown member":              {change: with("priority", 1), status: 400, code: "body_malformed"},
		"an id that is not the header's": {change: with("id", "CALL2"), status: 400, code: "body_malformed"},
		"no id":                          {change: func(b map[string]any) { delete(b, "id") }, status: 400, code: "body_malformed"},
		"a number without its country":   {change: with("to", "02212345678"), status: 422, code: "number_invalid"},
		"a number with a blank":          {change: with("to", "+91 2212345678"), status: 422, code: "number_invalid"},
		"no language":                    {change: with("language", ""), status: 400, code: "body_malformed"},
		"nothing to say":                 {change: with("say", []any{}), status: 400, code: "body_malformed"},
		"a part of two members":          {change: part(map[string]any{"text": "x", "pause": 5}), status: 400, code: "body_malformed"},
		"a part of none":                 {change: part(map[string]any{}), status: 400, code: "body_malformed"},
		"a part of another kind":         {change: part(map[string]any{"play": "x"}), status: 400, code: "body_malformed"},
		"digits that are none":           {change: part(map[string]any{"digits": []any{"12a"}}), status: 400, code: "body_malformed"},
		"digits in one text":             {change: part(map[string]any{"digits": "123456"}), status: 400, code: "body_malformed"},
		"a pause of a minute":            {change: part(map[string]any{"pause": 60000}), status: 400, code: "body_malformed"},
		"a call at any time":             {change: with("startWithin", 0), status: 400, code: "body_malformed"},
		"a call that is too late":        {change: with("notAfter", now.Add(-time.Second).UTC().Format(time.RFC3339)), status: 400, code: "too_late"},
		"a time that is none":            {change: with("notAfter", "soon"), status: 400, code: "body_malformed"},
		"events to nowhere":              {change: with("events", "/v1/calls"), status: 400, code: "body_malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			api := newCalls(t)
			body := maps.Clone(goodCall())
			if c.change != nil {
				c.change(body)
			}
			if c.at.IsZero() {
				c.at = now
			}
			if c.secret == "" {
				c.secret = callSecret
			}
			status, answer := api.ask(t, encoded(t, body), c.secret, c.at, c.header)
			if status != c.status || answer["code"] != c.code || answer["detail"] == "" {
				t.Errorf("%d %v", status, answer)
			}
			if len(api.Messages("")) != 0 || len(api.posted) != 0 {
				t.Error("a call was made")
			}
		})
	}
}
