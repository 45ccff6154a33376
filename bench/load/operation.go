package load

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"phonon.in/central/shared/captcha"
	"phonon.in/central/shared/captcha/captchatest"
)

// operation is one request of the journey, as the tables call it.
type operation string

const (
	signUp      operation = "sign-up"
	verify      operation = "address verified"
	logIn       operation = "log-in"
	readAccount operation = "account read"
	sendCode    operation = "code sent"
	prove       operation = "code verified"
	saveDetails operation = "details saved"
	readCase    operation = "KYC read"
	saveCase    operation = "KYC saved"
)

// operations in the order of the journey.
var operations = []operation{signUp, verify, logIn, readAccount, sendCode, prove, saveDetails, readCase, saveCase}

// route is the request of an operation, and the status of its right answer.
type route struct {
	method, path string
	right        int
}

var routes = map[operation]route{
	signUp:      {http.MethodPost, "/v1/signup", http.StatusAccepted},
	verify:      {http.MethodPost, "/v1/verify", http.StatusOK},
	logIn:       {http.MethodPost, "/v1/login", http.StatusOK},
	readAccount: {http.MethodGet, "/v1/account", http.StatusOK},
	sendCode:    {http.MethodPost, "/v1/otp", http.StatusAccepted},
	prove:       {http.MethodPost, "/v1/otp/verify", http.StatusOK},
	saveDetails: {http.MethodPut, "/v1/account/details", http.StatusOK},
	readCase:    {http.MethodGet, "/v1/kyc", http.StatusOK},
	saveCase:    {http.MethodPut, "/v1/kyc", http.StatusOK},
}

var details = object{"type": "individual", "firstName": "Asha", "lastName": "Rao", "sector": "other"}

// An identifier that nobody has: the registrars never gave out what begins with ZZZ.
var fields = object{
	"pan": "ZZZPZ9999Z", "legalName": "Asha Rao", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
}

// prepare gets what an operation needs beforehand: a captcha that is solved, or the message that has to be answered.
func (w *world) prepare(ctx context.Context, p *person, o operation) error {
	switch o {
	case signUp:
		challenge, err := captcha.Issuer{Keys: w.keys, Work: captchatest.Cheap}.New(time.Now())
		if err != nil {
			return err
		}
		p.has = captchatest.Solve(challenge)
	case verify:
		return p.find(ctx, p.email, link)
	case prove:
		return p.find(ctx, p.number, sixDigits)
	}
	return nil
}

var (
	link      = regexp.MustCompile(`/verify#(\S+)`)
	sixDigits = regexp.MustCompile(`(\d{6})`)
)

// find waits for a message and takes what the first group of a pattern finds in it.
func (p *person) find(ctx context.Context, to string, pattern *regexp.Regexp) error {
	text, err := p.message(ctx, to)
	if err != nil {
		return err
	}
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		return fmt.Errorf("a message to %s has nothing like %s", to, pattern)
	}
	p.has = found[1]
	return nil
}

// do makes the request of an operation that was prepared.
func (w *world) do(ctx context.Context, p *person, o operation) error {
	switch o {
	case signUp:
		return p.ask(ctx, o, object{
			"email": p.email, "password": password, "captcha": p.has, "locale": "en", "terms": object{"version": w.terms, "accepted": true},
		}, nil)
	case verify:
		return p.ask(ctx, o, object{"token": p.has}, nil)
	case logIn:
		var in struct{ Session string }
		err := p.ask(ctx, o, object{"email": p.email, "password": password, "transport": "bearer"}, &in)
		p.bearer = in.Session
		return err
	case sendCode:
		var sent struct{ ChallengeID string }
		err := p.ask(ctx, o, object{"phone": p.number, "kind": "mobile"}, &sent)
		p.challenge = sent.ChallengeID
		return err
	case prove:
		return p.ask(ctx, o, object{"challengeId": p.challenge, "code": p.has}, nil)
	case saveDetails:
		return p.ask(ctx, o, details, nil)
	case saveCase:
		return p.ask(ctx, o, object{"entityType": "individual", "fields": fields}, nil)
	}
	return p.ask(ctx, o, nil, nil)
}

func (p *person) ask(ctx context.Context, o operation, body object, into any) error {
	r := routes[o]
	return p.call(ctx, r.method, r.path, body, r.right, into)
}
