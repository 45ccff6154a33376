package work

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
	"phonon.in/central/shared/token"
)

// person is somebody on the way from sign-up to a case, each on a network of their own.
type person struct {
	n                                   int
	keys                                token.Keyring
	terms, email, ip                    string
	signup, browser, session, challenge string
}

const password, wrong = "Mango tree 42", "Mango tree 43!"

func (p *person) address() account.Email {
	address, err := account.ParseEmail(p.email)
	if err != nil {
		panic(err) // it is made of a number
	}
	return address
}

func (p *person) number() string { return fmt.Sprintf("+9198%04d0000", p.n) }

func (p *person) captcha() (string, error) {
	c, err := captcha.Issuer{Keys: p.keys, Work: captchatest.Cheap}.New(time.Now())
	return captchatest.Solve(c), err
}

// step is one kind of request. made makes it for a person, and learn takes from the answer what the next ones need.
type step struct {
	name, function string
	status         int
	hashes         int
	made           func(p *person) (request, error)
	learn          func(p *person, a reply)
}

type request struct {
	method, path string
	body         any
	cookies      []string
	private      bool // it has the session with it
}

// reply is what a function answers to API Gateway.
type reply struct {
	StatusCode int
	Cookies    []string
	Body       string
	fields     map[string]any // of the body, where it is JSON
}

func (r reply) text(name string) string { s, _ := r.fields[name].(string); return s }

type m map[string]any

func with(r request) func(*person) (request, error) {
	return func(*person) (request, error) { return r, nil }
}

func (p *person) logIn(typed string, cookies ...string) (request, error) {
	return request{method: "POST", path: "/v1/login", body: m{"email": p.email, "password": typed, "transport": "bearer"}, cookies: cookies}, nil
}

// steps are in the order of the journey.
var steps = []step{
	{name: "`POST /v1/signup`", function: "signup", status: 202, hashes: 1, made: func(p *person) (request, error) {
		solved, err := p.captcha()
		terms := m{"version": p.terms, "accepted": true}
		return request{method: "POST", path: "/v1/signup", body: m{"email": p.email, "password": password, "captcha": solved, "terms": terms, "locale": "en"}}, err
	}, learn: func(p *person, a reply) {
		p.signup, p.browser = a.text("signupId"), first(a.Cookies)
	}},
	{name: "`POST /v1/verify`", function: "verify", status: 200, made: func(p *person) (request, error) {
		link := p.keys.Issue(token.VerifyEmail, strings.Split(p.signup, ".")...)
		return request{method: "POST", path: "/v1/verify", body: m{"token": link.Reveal()}, cookies: []string{p.browser}}, nil
	}},
	{name: "`POST /v1/login`, a new device", function: "login", status: 200, hashes: 1, made: func(p *person) (request, error) { return p.logIn(password) },
		learn: func(p *person, a reply) { p.session = a.text("session") }},
	{name: logInStep, function: "login", status: 200, hashes: 1, made: func(p *person) (request, error) {
		return p.logIn(password, "__Host-device="+p.keys.Issue(token.KnownDevice, p.address().Digest(), token.NewID()).Reveal())
	}},
	{name: "`POST /v1/login`, refused", function: "login", status: 401, hashes: 2, made: func(p *person) (request, error) { return p.logIn(wrong) }},
	{name: "`GET /v1/account`", function: "account", status: 200, made: with(request{method: "GET", path: "/v1/account", private: true})},
	{name: "`POST /v1/otp`", function: "otp", status: 202, made: func(p *person) (request, error) {
		return request{method: "POST", path: "/v1/otp", private: true, body: m{"phone": p.number(), "kind": "mobile"}}, nil
	}, learn: func(p *person, a reply) { p.challenge = a.text("challengeId") }},
	{name: "`POST /v1/otp/verify`", function: "otp", status: 200, made: func(p *person) (request, error) {
		code := p.keys.Code(token.PhoneCode, p.challenge, p.number())
		return request{method: "POST", path: "/v1/otp/verify", private: true, body: m{"challengeId": p.challenge, "code": code.Reveal()}}, nil
	}},
	{name: "`PUT /v1/account/details`", function: "account", status: 200, made: with(request{method: "PUT", path: "/v1/account/details", private: true,
		body: m{"type": "individual", "firstName": "Asha", "lastName": "Rao", "sector": "other"}})},
	{name: "`PUT /v1/kyc`", function: "kyc", status: 200, made: with(request{method: "PUT", path: "/v1/kyc", private: true,
		body: m{"entityType": "individual", "fields": m{"pinCode": "380001"}}})},
	{name: "`GET /v1/kyc`", function: "kyc", status: 200, made: with(request{method: "GET", path: "/v1/kyc", private: true})},
	{name: "`GET /login`, the page", function: "web", status: 200, made: with(request{method: "GET", path: "/login"})},
}

const logInStep = "`POST /v1/login`, a known device"

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	pair, _, _ := strings.Cut(all[0], ";")
	return pair
}

// event is a request as API Gateway hands it to a function.
func (p *person) event(r request) ([]byte, error) {
	headers := map[string]string{
		"accept": "application/json", "accept-encoding": "gzip, br", "accept-language": "hi-IN,en;q=0.8", "host": "central.example.com",
		"user-agent":      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
		"x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678", "x-forwarded-for": p.ip, "x-forwarded-port": "443", "x-forwarded-proto": "https",
	}
	body := ""
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body, headers["content-type"] = string(text), "application/json"
	}
	if r.private {
		headers["authorization"] = "Bearer " + p.session
	}
	return json.Marshal(m{
		"version": "2.0", "routeKey": "ANY " + r.path, "rawPath": r.path, "rawQueryString": "", "cookies": r.cookies, "headers": headers,
		"requestContext": m{
			"accountId": "123456789012", "apiId": "abcdefghij", "domainName": "central.example.com", "stage": "$default",
			"requestId": token.NewID(), "time": "27/Nov/2026:09:00:00 +0000", "timeEpoch": time.Now().UnixMilli(),
			"http": m{"method": r.method, "path": r.path, "protocol": "HTTP/1.1", "sourceIp": p.ip, "userAgent": headers["user-agent"]},
		},
		"body": body, "isBase64Encoded": false,
	})
}
