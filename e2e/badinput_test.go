package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// form is one route with a body that is right, and for each field values that are not.
type form struct {
	method, path string
	good         func(p *person) m
	bad          map[string][]any // by pointer
}

var long = strings.Repeat("x", 5000)

var forms = []form{
	{"POST", "/v1/signup", func(p *person) m { return p.signupBody() }, map[string][]any{
		"/email":          {"", "no at sign", "two@@example.com", "a b@example.com", "a@b", "a@127.0.0.1", "m\u0130ke@example.com", long + "@example.com", "a@example.com\r\nBcc: b@example.com", 7, nil},
		"/password":       {"", "short", "alllowercase1!", "ALLUPPERCASE1!", "NoDigitsHere!", "NoSpecial123", "Password1!", strings.Repeat("aA1!", 40), 7, nil},
		"/captcha":        {"", "bm90IGEgc29sdXRpb24=", long, 7, nil},
		"/terms/version":  {"", "1999-01-01", 7, nil},
		"/terms/accepted": {false, "yes", nil},
		"/locale":         {"x", "english please", 7, nil},
	}},
	{"POST", "/v1/signup/resend", func(p *person) m { return m{"signupId": p.signup().text("signupId")} }, map[string][]any{
		"/signupId": {"", "x", "a.b", long, "outbox#01.x", 7, nil},
	}},
	{"POST", "/v1/verify", func(p *person) m { p.signup(); return m{"token": p.linkToken()} }, map[string][]any{
		"/token": {"", "x", "a.b.c", "....", long, 7, nil}, "/password": {7, false},
	}},
	{"POST", "/v1/verify/check", func(p *person) m { p.signup(); return m{"token": p.linkToken()} }, map[string][]any{
		"/token": {"", "x", "a.b.c", "....", long, 7, nil},
	}},
	{"POST", "/v1/login", func(p *person) m { return m{"email": p.email, "password": goodPassword, "transport": "bearer"} }, map[string][]any{
		"/email": {"", "x", long, 7, nil}, "/password": {strings.Repeat("x", 129), 7, nil}, "/transport": {"pigeon", 7, nil}, "/remember": {"yes", 1, nil}, "/captcha": {7, nil},
	}},
	{"POST", "/v1/password/forgot", func(p *person) m { return m{"email": p.email, "captcha": p.captcha()} }, map[string][]any{
		"/email": {"", "x", 7, nil}, "/captcha": {"", "x", 7, nil},
	}},
	{"POST", "/v1/password/reset", func(p *person) m {
		p.want(p.call("POST", "/v1/password/forgot", m{"email": p.email, "captcha": p.captcha()}), 202)
		return m{"token": p.message(p.email, `/reset-password#(\S+)`), "password": "River stone 77!"}
	}, map[string][]any{
		"/token": {"", "x", "a.b.c", long, 7, nil}, "/password": {"", "short", "Password1!", 7, nil},
	}},
	{"PUT", "/v1/account/details", func(p *person) m {
		return m{"type": "company", "firstName": "Asha", "lastName": "Rao", "companyName": "Rao Traders", "sector": "other"}
	}, map[string][]any{
		"/type": {"", "alien", 7, nil}, "/firstName": {"", "  ", "\u2800", "2341-2341-2346", "a\u0000b", "a\u202eb", strings.Repeat("x", 101), 7, nil},
		"/lastName": {"\u3164", "a\nb", "2341 2341 2346", strings.Repeat("x", 101), 7}, "/companyName": {"", nil, strings.Repeat("x", 201), 7}, "/sector": {"", "astrology", 7, nil},
	}},
	{"PUT", "/v1/account/locale", func(p *person) m { return m{"locale": "hi"} }, map[string][]any{
		"/locale": {"", "x", "english", "e1", "\u0939\u093f", long, 7, nil},
	}},
	{"PUT", "/v1/account/password", func(p *person) m { return m{"currentPassword": goodPassword, "newPassword": "River stone 77!"} }, map[string][]any{
		"/currentPassword": {"", "Wrong-Horse-9", long, 7, nil}, "/newPassword": {"", "short", "Password1!", long, 7, nil},
	}},
	{"POST", "/v1/otp", func(p *person) m { return m{"phone": mobile(), "kind": "mobile"} }, map[string][]any{
		"/phone":   {"", "12", "abc", "+12015550123", "1800123456", "1401234567", "98765 43210 ext 12", strings.Repeat("9", 40), 7, nil},
		"/kind":    {"", "pager", "landline", 7, nil},
		"/channel": {"pigeon", 7, nil},
	}},
	{"POST", "/v1/otp/verify", func(p *person) m {
		return m{"challengeId": p.want(p.call("POST", "/v1/otp", m{"phone": mobile(), "kind": "mobile"}), 202).text("challengeId"), "code": "000000"}
	}, map[string][]any{
		"/challengeId": {"", "x", long, "account#1", 7, nil}, "/code": {"", "12345", "1234567", "abcdef", "\u0967\u0968\u0969\u096a\u096b", 7, nil},
	}},
	{"PUT", "/v1/kyc", func(p *person) m { return m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}} }, map[string][]any{
		"/entityType": {"", "alien", "private_limited", 7, nil}, "/fields": {"x", []string{"x"}}, "/answers": {"x", 7, nil},
		"/fields/pan":     {"ABCDE1234F", "ZZZCZ9999Z", "AAAPL0000C", "AAAPL1234", long, 7, nil},
		"/fields/unknown": {"x"},
	}},
	{"PATCH", "/v1/kyc", func(p *person) m { return m{"fields": m{"pan": "ZZZPZ9999Z"}, "answers": m{}} }, map[string][]any{
		"/fields": {"x", []string{"x"}, nil}, "/fields/pan": {"ABCDE1234F", "ZZZCZ9999Z", "AAAPL1234", long, 7, []string{}},
		"/fields/unknown": {"x"}, "/answers": {"x", 7, nil}, "/answers/x": {"Nobody asked.", 7},
	}},
	{"POST", "/v1/kyc/documents", func(p *person) m {
		requirement, option := p.firstRequirement()
		return m{"requirement": requirement, "documentType": option, "fileName": "a.pdf", "contentType": "application/pdf", "size": 1000}
	}, map[string][]any{
		"/requirement": {"", "alien", "#", 7, nil}, "/documentType": {"", "alien", 7, nil},
		"/fileName": {"", "../../etc/passwd", "a\u0000.pdf", "2341 2341 2346.pdf", strings.Repeat("x", 300) + ".pdf", 7, nil}, "/contentType": {"", "text/html", "image/svg+xml", "image/heic", 7, nil},
		"/size": {0, -1, 1 << 40, "big", 1.5, nil}, "/sha256": {"x", strings.Repeat("z", 64), 7, nil},
	}},
}

// needs prepares a person for a form's route.
func (f form) person(t *testing.T) *person {
	switch {
	case strings.HasPrefix(f.path, "/v1/signup"), f.path == "/v1/verify":
		return newPerson(t)
	case strings.HasPrefix(f.path, "/v1/kyc"):
		return applicant(t)
	case f.path == "/v1/account/details":
		p := member(t)
		p.provePhone(mobile(), "mobile")
		return p
	}
	return member(t)
}

func set(body m, pointer string, value any) m {
	out := maps.Clone(body)
	if out == nil { // the member around this one is not in the body
		out = m{}
	}
	parts := strings.Split(pointer[1:], "/")
	if len(parts) == 2 {
		inner, _ := out[parts[0]].(m)
		out[parts[0]] = set(inner, "/"+parts[1], value)
		return out
	}
	out[parts[0]] = value
	return out
}

func TestBadInputOnEveryFieldNamesTheFieldAndChangesNothing(t *testing.T) {
	for _, f := range forms {
		t.Run(f.method+" "+f.path, func(t *testing.T) {
			t.Parallel()
			p := f.person(t)
			good := f.good(p)
			before := p.traces(t)
			for _, pointer := range slices.Sorted(maps.Keys(f.bad)) {
				for _, value := range f.bad[pointer] {
					r := p.call(f.method, f.path, set(good, pointer, value))
					if r.status == 429 { // the route's own limit on wrong passwords: as good a refusal
						continue
					}
					if r.status < 400 || r.status >= 500 || !strings.Contains(" "+r.pointers()+" ", " "+pointer+" ") && !broad(r, pointer, value) {
						t.Errorf("%s = %.40q: %d %s names %q", pointer, fmt.Sprint(value), r.status, r.code(), r.pointers())
					}
				}
			}
			if after := p.traces(t); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// broad reports answers that are right without the pointer: a null where an object is wanted, or a kind that does not fit the number.
func broad(r reply, pointer string, value any) bool {
	return pointer == "/kind" && value == "landline" && strings.Contains(r.pointers(), "/kind") ||
		strings.HasPrefix(pointer, "/fields/") && strings.Contains(r.pointers(), "/fields") ||
		pointer == "/token" && r.status == 410
}

// traces is what the tables hold of a person, but for counters, sessions' times and captchas.
func (p *person) traces(t *testing.T) string {
	t.Helper()
	account := p.call("GET", "/v1/account", nil)
	id := account.text("id")
	keep := func(i item) bool {
		pk, sk := fmt.Sprint(i["pk"]), fmt.Sprint(i["sk"])
		return id != "" && pk == "account#"+id && !strings.HasPrefix(sk, "session#") && sk != "challenge#phone" || pk == "email#"+p.email || i["email"] == p.email || i["to"] == p.email
	}
	found := append(itemsOf(t, "users", keep), itemsOf(t, "tokens", keep)...)
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %d mails", text, len(p.messages(p.email)))
}

// TestTwoThousandMutatedBodiesNeverCauseAServerError spoils right bodies at random. The contract's transport fails the test at any 5xx.
func TestTwoThousandMutatedBodiesNeverCauseAServerError(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	perForm := 2000/len(forms) + 1
	accepted := 0
	for _, f := range forms {
		p := f.person(t)
		text, err := json.Marshal(f.good(p))
		if err != nil {
			t.Fatal(err)
		}
		for range perForm {
			if r := p.call(f.method, f.path, mutate(random, string(text))); r.status < 400 {
				accepted++
			}
		}
	}
	t.Logf("%d of %d were still right", accepted, perForm*len(forms))
}

var spices = []string{`"`, `{`, `}`, `[`, `]`, `,`, `:`, `null`, `true`, `1e999`, `-0`, `\u0000`, `\ud800`, "\x00", "\xff", `{"S":"x"}`, `"email":"x",`, `#a`, `:v`, "\u212a", " ", `\`, `account#`, long}

func mutate(random *rand.Rand, text string) string {
	for range 1 + random.IntN(3) {
		at := random.IntN(len(text) + 1)
		switch random.IntN(4) {
		case 0:
			text = text[:at]
		case 1:
			text = text[:at] + spices[random.IntN(len(spices))] + text[at:]
		case 2:
			if at < len(text) {
				text = text[:at] + string(rune(random.IntN(256))) + text[at+1:]
			}
		case 3:
			end := min(len(text), at+random.IntN(12))
			text = text[:at] + text[end:]
		}
	}
	return text
}

func TestWhatIsNoBodyOfOursIsRefused(t *testing.T) {
	p := newPerson(t)
	for _, row := range []struct {
		what, body, contentType string
		status                  int
	}{
		{"not JSON", `{`, "application/json", 400},
		{"not an object", `[]`, "application/json", 400},
		{"a name twice", `{"signupId":"a","signupId":"b"}`, "application/json", 400},
		{"a name in another case", `{"SignupID":"a"}`, "application/json", 400},
		{"a name that folds to ours", `{"\u017fignupId":"a"}`, "application/json", 400},
		{"an unknown name", `{"signupId":"a","admin":true}`, "application/json", 400},
		{"something behind it", `{"signupId":"a"} {}`, "application/json", 400},
		{"bytes that are no text", "{\"signupId\":\"\xff\"}", "application/json", 400},
		{"another media type", `{"signupId":"a"}`, "text/plain", 415},
		{"no media type", `{"signupId":"a"}`, "", 415},
		{"more than 64 KiB", `{"signupId":"` + strings.Repeat("a", 65<<10) + `"}`, "application/json", 413},
	} {
		if r := p.call("POST", "/v1/signup/resend", row.body, "Content-Type", row.contentType); r.status != row.status {
			t.Errorf("%s: got %d %s, want %d", row.what, r.status, r.raw, row.status)
		}
	}
}
