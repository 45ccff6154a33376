package cost

import (
	"slices"
	"strings"
)

// step is one request, or one event: what it was counted to take, and what cannot be counted on the wire.
type step struct {
	Operation
	hashes    float64 // passwords hashed
	rendersMs float64 // what pages take; docs/performance.md
}

// memoryMB is what each function has in template.yaml; a test compares them.
var memoryMB = map[string]float64{
	"web": 512, "account": 1769, "signup": 1769, "verify": 1769, "login": 1769, "otp": 512, "oidc": 512, "kyc": 512, "intake": 1024, "render": 3008,
	"notify": notifyMB, "clock": clockMB,
}

// Milliseconds of billed time: of a request by itself, of a call of DynamoDB or S3 within the region, and of a hash with argon2id (19 MiB, t=2) at
// 1769 MB on arm64, and of a call of SES, SNS or End User Messaging. Measured elsewhere than on AWS, or estimated; none was measured on AWS.
const (
	baseMs  = 1.5
	roundMs = 4
	hashMs  = 55
	sendMs  = 60
	pageMs  = 200 // two pages of a document
)

// The requests of each part of the journey, and their events. A browser asks for more than a program: pages, their files, who it is.
var (
	page       = step{Operation: Operation{Name: "page or file", Function: "web"}}
	captcha    = stepOf("GET /v1/captcha")
	signup     = stepOf("POST /v1/signup")
	verify     = stepOf("POST /v1/verify")
	login      = stepOf("POST /v1/login")
	whoAmI     = stepOf("GET /v1/account")
	refreshed  = stepOf("POST /oauth2/token")
	codeSent   = stepOf("POST /v1/otp")
	codeProven = stepOf("POST /v1/otp/verify")
	details    = stepOf("PUT /v1/account/details")
	caseRead   = stepOf("GET /v1/kyc")
	caseSaved  = stepOf("PUT /v1/kyc")
	formMade   = stepOf("POST /v1/kyc/documents")
	uploadDone = stepOf("POST /v1/kyc/documents/{id}/complete")
	uploaded   = stepOf("S3 intake")
	scanned    = stepOf("GuardDuty intake")
	rendered   = stepOf("S3 render")
	submitted  = stepOf("POST /v1/kyc/submit")
)

// stepOf is a row of the table of what was counted. A name that it lacks is found by a test.
func stepOf(name string) step {
	all := Counted()
	s := step{Operation: Operation{Name: name}}
	if i := slices.IndexFunc(all, func(o Operation) bool { return o.Name == name }); i >= 0 {
		s.Operation = all[i]
	}
	switch name {
	case "POST /v1/signup", "POST /v1/login":
		s.hashes = 1
	case "S3 render":
		s.rendersMs = pageMs
	}
	return s
}

// event reports that no request of the API is paid.
func (s step) event() bool { return s.Name != page.Name && !strings.Contains(s.Name, " /") }

// ms is the billed time of one run.
func (s step) ms() float64 {
	return baseMs + float64(s.Sequence)*roundMs + s.hashes*hashMs + s.rendersMs
}

const (
	filesOfAll   = 16 // scripts, styles, font: fetched once and kept
	pagesSignup  = 3  // sign-up, inbox, verify
	pagesMember  = 2  // log-in, account details
	pagesKYC     = 3  // home, KYC, edit
	readsPerCase = 2  // of the case, besides one after each document

	eventsPerCase = 2 // that it was handed in, and what became of it; a mail with each
)
