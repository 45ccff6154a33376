package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// withCalls makes a run of its own the system: one whose calls go this way.
func withCalls(t *testing.T, provider string) {
	if system.cmd == nil {
		t.Skip("the run under test calls as it was started")
	}
	r, err := start(t.TempDir(), portsInARow(t), "--set", "CallProvider="+provider)
	if err != nil {
		t.Fatal(err)
	}
	shared := system
	system = r
	t.Cleanup(func() {
		system = shared
		r.stop()
	})
}

// portsInARow is a port with seven free ones after it: the last is the call API's.
func portsInARow(t *testing.T) string {
	t.Helper()
	for range 50 {
		first, err := strconv.Atoi(freePort())
		if err != nil {
			t.Fatal(err)
		}
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+7)); err == nil {
			l.Close()
			return strconv.Itoa(first)
		}
	}
	t.Fatal("no ports are free")
	return ""
}

// ending is a landline that nobody else uses and that ends like this: the stand-in lets the call end by it.
func ending(end string) string { return fmt.Sprintf("+91265%03d%s", 200+numbers.Add(1)%400, end) }

type challenge struct{ id, number string }

// called asks for a call to the number.
func (p *person) called(number string) challenge {
	p.t.Helper()
	sent := p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "landline"}), 202)
	return challenge{sent.text("challengeId"), number}
}

// outcome is what the person is told of the call, or "".
func (p *person) outcome(c challenge) string {
	p.t.Helper()
	r := p.want(p.call("GET", "/v1/otp/"+c.id, nil), 200)
	call, _ := r.body["call"].(map[string]any)
	outcome, _ := call["outcome"].(string)
	return outcome
}

func (p *person) inHindi() *person {
	p.want(p.call("PUT", "/v1/account/locale", m{"locale": "hi"}), 200)
	return p
}

// GET /v1/otp/{id} would take "verify" for an id.
func TestVerifyingACodeIsNoChallengeToLookAt(t *testing.T) {
	answer, err := http.Get(system.url + "/v1/otp/verify")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 405 || answer.Header.Get("Allow") != "POST" {
		t.Errorf("answered %d, Allow %q", answer.StatusCode, answer.Header.Get("Allow"))
	}
}

func TestCallsThroughTheCompanysOwnAPI(t *testing.T) {
	withCalls(t, "api")
	t.Run("a landline is proven, in the person's language", func(t *testing.T) {
		p := newPerson(t)
		number := landline()
		journey(t, p, "company", "landline", number)
		got := p.messages(number)
		if len(got) != 1 || got[0].Kind != "call" || got[0].Attributes["language"] != "en" || !strings.HasPrefix(got[0].Text, "Hello.") {
			t.Errorf("the landline got %+v", got)
		}
		hindi := member(t).inHindi()
		c := hindi.called(ending("9999"))
		if got := hindi.messages(c.number); len(got) != 1 || got[0].Attributes["language"] != "hi" || !strings.HasPrefix(got[0].Text, "नमस्ते।") {
			t.Errorf("the landline got %+v", got)
		}
		hindi.want(hindi.call("POST", "/v1/otp/verify", m{"challengeId": c.id, "code": hindi.code(c.number)}), 200)
		hindi.want(hindi.call("GET", "/v1/otp/"+c.id, nil), 404, "not_found")
	})
	t.Run("who picked up, or did not, is told to the person alone", func(t *testing.T) {
		for end, want := range map[string]string{"0001": "busy", "0002": "no_answer", "0003": "rejected", "0004": "failed", "9999": "answered"} {
			p := member(t)
			c := p.called(ending(end))
			eventually(t, "the call has ended: "+want, func() bool { return p.outcome(c) == want })
			other := member(t)
			other.want(other.call("GET", "/v1/otp/"+c.id, nil), 404, "not_found")
			newPerson(t).want(newPerson(t).call("GET", "/v1/otp/"+c.id, nil), 401, "unauthenticated")
			p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": c.id, "code": p.code(c.number)}), 200)
		}
		if log := system.log.String(); strings.Count(log, `"CallsUnanswered":1`) < 4 || strings.Count(log, `"CallsAnswered":1`) < 1 {
			t.Error("an operator cannot count them")
		}
	})
	t.Run("an event that is not as it should be changes nothing", wrongEvents)
	t.Run("a call whose answer is late or lost rings once", func(t *testing.T) {
		for _, mode := range []string{"slow", "reset_after"} {
			p := member(t)
			fault(t, m{"service": "calls", "mode": mode, "count": 1})
			c := p.called(ending("9999"))
			soon(t, c.number)
			eventually(t, "the outbox is empty", func() bool {
				return len(p.messages(c.number)) > 0 && len(itemsOf(t, "tokens", func(i item) bool { return i["to"] == c.number })) == 0
			})
			if got := p.messages(c.number); len(got) != 1 {
				t.Errorf("%s: it rang %d times", mode, len(got))
			}
		}
	})
	t.Run("a function that is killed while it asks for a call leaves one call and blocks nothing", func(t *testing.T) {
		for _, dies := range []m{
			{"mode": "kill_after", "operation": "^TransactWriteItems$"}, // before it asks
			{"mode": "kill", "operation": "^DeleteItem$"},               // it rang, and that is not noted
		} {
			p, mode := member(t), dies["mode"]
			dies["service"], dies["function"], dies["nth"] = "dynamodb", "otp", 1
			p.http.Transport = p.storage // the gateway's own answers are not in the contract
			number := ending("9999")
			fault(t, dies)
			if r := p.call("POST", "/v1/otp", m{"phone": number, "kind": "landline"}); r.status < 500 {
				t.Errorf("%s: it is answered %d %s", mode, r.status, r.raw)
			}
			mend(t, dies)
			allGoOut(t, map[string]*person{number: p})
			if got := p.messages(number); len(got) != 1 {
				t.Errorf("%s: it rang %d times", mode, len(got))
			}
			forget(t, "code-gap")
			c := p.called(number)
			p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": c.id, "code": p.code(number)}), 200)
		}
	})
	t.Run("a call that the API holds up is made once that is mended", func(t *testing.T) { heldAndMended(t, "calls", "landline", ending("9999")) })
	t.Run("a number that the API refuses for good is given up at once", func(t *testing.T) { refusedForGood(t, "calls", "landline", ending("9999")) })
	t.Run("the documentation's commands work", callCommands)
	t.Run("the secret can be replaced", secretIsReplaced)
}

// callEvents is the address that the newest call to a number came with, and its id.
func (p *person) callEvents(number string) (address, id string) {
	p.t.Helper()
	got := p.messages(number)
	if len(got) == 0 {
		p.t.Fatalf("nobody called %s", number)
	}
	return got[0].Attributes["events"], got[0].Attributes["id"]
}

func callSecret(t *testing.T) string {
	t.Helper()
	return secretMembers(t)["callSecret"]
}

func secretMembers(t *testing.T) (members map[string]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(system.data, "secret.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

// event posts to an address of events, signed with the secret at that time.
func (p *person) event(address, secret string, at time.Time, body m, headers ...string) reply {
	p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		p.t.Fatal(err)
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "event-1.%s.%s", timestamp, text)
	signed := []string{"Webhook-Id", "event-1", "Webhook-Timestamp", timestamp, "Webhook-Signature", "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}
	return p.call("POST", strings.TrimPrefix(address, system.url), string(text), append(signed, headers...)...)
}

func wrongEvents(t *testing.T) {
	p, dialer := member(t), newPerson(t)
	c := p.called(ending("0005")) // the stand-in says nothing of it
	other := member(t)
	theirs := other.called(ending("0005"))
	address, id := p.callEvents(c.number)
	otherAddress, otherID := other.callEvents(theirs.number)
	secret, now := callSecret(t), time.Now()
	good := m{"id": id, "outcome": "busy"}
	wrong := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), 32))
	for name, r := range map[string]struct {
		reply
		status int
		code   string
	}{
		"another secret":                  {dialer.event(address, wrong, now, good), 403, "signature_invalid"},
		"no signature":                    {dialer.event(address, secret, now, good, "Webhook-Signature", "v1,"), 403, "signature_invalid"},
		"another event's signature":       {dialer.event(address, secret, now, good, "Webhook-Id", "event-2"), 403, "signature_invalid"},
		"an hour old":                     {dialer.event(address, secret, now.Add(-time.Hour), good), 403, "signature_expired"},
		"an hour ahead":                   {dialer.event(address, secret, now.Add(time.Hour), good), 403, "signature_expired"},
		"the call of another":             {dialer.event(address, secret, now, m{"id": otherID, "outcome": "busy"}), 422, "call_id_invalid"},
		"the address of another":          {dialer.event(otherAddress, secret, now, good), 422, "call_id_invalid"},
		"an address that nobody made":     {dialer.event("/v1/calls/x/events", secret, now, good), 404, "call_unknown"},
		"an address that somebody edited": {dialer.event(strings.Replace(address, id, otherID, 1), secret, now, m{"id": otherID, "outcome": "busy"}), 404, "call_unknown"},
		"an outcome that is none":         {dialer.event(address, secret, now, m{"id": id, "outcome": "maybe"}), 422, "outcome_invalid"},
		"no outcome":                      {dialer.event(address, secret, now, m{"id": id}), 422, "outcome_invalid"},
		"an unknown member":               {dialer.event(address, secret, now, m{"id": id, "outcome": "busy", "code": "1"}), 400, "body_malformed"},
		"from a page of another site":     {dialer.event(address, secret, now, good, "Origin", "https://evil.example"), 403, "cross_site"},
	} {
		if r.reply.status != r.status || r.reply.code() != r.code {
			t.Errorf("%s: %d %s", name, r.reply.status, r.reply.raw)
		}
	}
	if got := p.outcome(c) + other.outcome(theirs); got != "" {
		t.Fatalf("it was written: %s", got)
	}
	for _, outcome := range []string{"no_answer", "no_answer", "answered"} { // said twice, then otherwise
		dialer.want(dialer.event(address, secret, now, m{"id": id, "outcome": outcome}), 204)
	}
	if got := p.outcome(c); got != "no_answer" {
		t.Errorf("the call ended as %s", got)
	}
	p.want(p.call("POST", "/v1/otp/verify", m{"challengeId": c.id, "code": p.code(c.number)}), 200)
	dialer.want(dialer.event(otherAddress, secret, now, m{"id": otherID, "outcome": "busy"}), 204)
	if got := p.want(p.call("GET", "/v1/account", nil), 200); got.body["phone"] == nil {
		t.Errorf("the number is gone: %s", got.raw)
	}
}

// secretIsReplaced while functions that know the old one alone are running: the call API has both meanwhile.
func secretIsReplaced(t *testing.T) {
	p, dialer := member(t), newPerson(t)
	c := p.called(ending("0005"))
	address, id := p.callEvents(c.number)
	before := secretMembers(t)
	fresh := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("n"), 32))
	after := map[string]string{"current": before["current"], "callSecret": fresh, "callSecretPrevious": before["callSecret"]}
	text, err := json.Marshal(after)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(system.data, "secret.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := member(t).called(ending("9999")); len(p.messages(got.number)) != 1 {
		t.Error("a function that was started before cannot call any more")
	}
	// notify reads the secret each time: what it sends is signed with both.
	q := member(t)
	fault(t, m{"service": "calls", "mode": "500", "count": 1})
	late := q.called(ending("9999"))
	soon(t, late.number)
	eventually(t, "the call is made by a function that knows both", func() bool { return len(q.messages(late.number)) == 1 })
	dialer.want(dialer.event(address, before["callSecret"], time.Now(), m{"id": id, "outcome": "busy"}), 204)
}

// callCommands runs the commands of docs/call-api.md as they stand there, against this run.
func callCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(projectRoot(), "docs", "call-api.md"))
	if err != nil {
		t.Fatal(err)
	}
	var script []string
	for _, block := range regexp.MustCompile("(?s)```bash\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		script = append(script, block[1])
	}
	if len(script) != 3 {
		t.Fatalf("the page has %d blocks of commands", len(script))
	}
	p := member(t)
	c := p.called(ending("0005"))
	port, err := strconv.Atoi(system.port)
	if err != nil {
		t.Fatal(err)
	}
	commands := strings.NewReplacer(
		"http://127.0.0.1:3000", system.url, "http://127.0.0.1:3007", fmt.Sprintf("http://127.0.0.1:%d", port+7), ".local/secret.json", filepath.Join(system.data, "secret.json"),
	).Replace("set -euo pipefail\n" + strings.Join(script, "\n"))
	cmd := exec.Command("bash", "-c", commands)
	cmd.Dir, cmd.WaitDelay = projectRoot(), time.Second
	kill := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer kill.Stop()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if got := regexp.MustCompile(`(?m)\d{3}$`).FindAllString(string(said), -1); strings.Join(got, " ") != "202 200 204 204" {
		t.Errorf("the commands are answered %v:\n%s", got, said)
	}
	if got := p.outcome(c); got != "no_answer" {
		t.Errorf("the call ended as %q", got)
	}
	if answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d", port+7)); err != nil || answer.StatusCode != 415 {
		t.Errorf("the stand-in answers a browser with %v %v", answer, err)
	}
}

func TestWhereNobodyMakesCallsNoneIsOffered(t *testing.T) {
	withCalls(t, "none")
	p, number := member(t), mobile()
	for _, body := range []m{
		{"phone": landline(), "kind": "landline"}, {"phone": landline(), "kind": "landline", "channel": "voice"}, {"phone": number, "kind": "mobile", "channel": "voice"},
	} {
		if r := p.want(p.call("POST", "/v1/otp", body), 422); r.pointers() != "/kind" || !strings.Contains(r.raw, `"calls_not_offered"`) {
			t.Errorf("answered %s", r.raw)
		}
	}
	p.want(p.call("POST", "/v1/otp", m{"phone": number, "kind": "mobile"}), 202) // nothing was counted
	page, err := http.Get(system.url + "/account-details")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	text, err := io.ReadAll(page.Body)
	if err != nil || !strings.Contains(string(text), `value="mobile"`) || strings.Contains(string(text), `value="landline"`) {
		t.Errorf("the page offers a landline, or nothing: %v", err)
	}
}
