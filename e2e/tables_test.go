package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

type item map[string]any

// itemsOf returns the items of one table that fit.
func itemsOf(t *testing.T, table string, fits func(item) bool) (found []item) {
	t.Helper()
	var tables map[string][]item
	local(t, "/tables", &tables)
	for _, i := range tables[table] {
		if fits(i) {
			found = append(found, i)
		}
	}
	return found
}

func cut(text, before string) (head, token string, ok bool) {
	head, rest, ok := strings.Cut(text, before)
	return head, regexp.MustCompile(`^\S*`).FindString(rest), ok
}

func TestTheTablesOfAFinishedJourneyHoldNoSecret(t *testing.T) {
	p := newPerson(t)
	number := mobile()
	journey(t, p, "individual", "mobile", number)
	p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
	secrets := map[string]string{
		"the password":         goodPassword,
		"the code":             p.code(number),
		"the link token":       p.linkToken(),
		"the reset token":      p.message(p.email, `/reset-password#(\S+)`),
		"the session token":    p.bearer,
		"the session secret":   strings.SplitN(p.bearer, ".", 2)[1],
		"the link token's MAC": lastPart(p.linkToken()),
	}
	var tables map[string]any
	local(t, "/tables", &tables)
	dump, err := json.Marshal(tables)
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range secrets {
		pattern := regexp.MustCompile(`(^|[^0-9A-Za-z])` + regexp.QuoteMeta(secret) + `($|[^0-9A-Za-z])`)
		if len(secret) < 4 || pattern.Match(dump) {
			t.Errorf("the tables hold %s", what)
		}
	}
	if strings.Contains(strings.ToLower(string(dump)), "captchasecret") {
		t.Error("the tables hold the captcha's secret")
	}
	if system.log != nil {
		if !strings.Contains(system.log.String(), "signup | {") {
			t.Error("the functions' logs were not looked at")
		}
		for what, secret := range secrets {
			if what != "the code" && strings.Contains(system.log.String(), secret) {
				t.Errorf("the log holds %s", what)
			}
		}
		if strings.Contains(system.log.String(), p.email) {
			t.Error("the log holds an email address")
		}
	}
}

func lastPart(token string) string { return token[strings.LastIndex(token, ".")+1:] }
