package cost

// step is one request, or one event, as it was counted: the calls are those that /_local/requests of the local run shows for it.
type step struct {
	name      string
	memoryMB  float64 // of its function, in template.yaml
	rounds    float64 // calls of AWS one after the other; docs/performance.md
	hashes    float64 // passwords hashed
	rendersMs float64 // what pages take; docs/performance.md
	writes    float64 // single writes of items under 1 KB: a unit each
	actions   float64 // of transactions: two units each
	batched   float64 // items written in batches: a unit each
	reads     float64 // consistent reads under 4 KB: a unit each
	puts      float64 // of S3, and lists
	gets      float64
	index     float64 // entries of an index that are written: a unit each
	event     bool    // no request of the API
}

// Milliseconds of billed time: of a request by itself, of a call of DynamoDB or S3 within the region, and of a hash with argon2id (19 MiB, t=2) at
// 1769 MB on arm64, and of a call of SES, SNS or End User Messaging. Measured elsewhere than on AWS, or estimated; none was measured on AWS.
const (
	baseMs  = 1.5
	roundMs = 4
	hashMs  = 55
	sendMs  = 60
)

// The requests of each part of the journey. A browser asks for more than a program: pages, their files, who it is.
var (
	page       = step{name: "page or file", memoryMB: 512}
	whoAmI     = step{name: "GET /v1/account", memoryMB: 1769, rounds: 1, reads: 2}
	captcha    = step{name: "GET /v1/captcha", memoryMB: 1769}
	signup     = step{name: "POST /v1/signup", memoryMB: 1769, rounds: 3, hashes: 1, writes: 7, actions: 2, reads: 5}
	verify     = step{name: "POST /v1/verify", memoryMB: 1769, rounds: 2, writes: 1, actions: 5, reads: 3}
	login      = step{name: "POST /v1/login", memoryMB: 1769, rounds: 2, hashes: 1, writes: 6, batched: 2, reads: 8}
	codeSent   = step{name: "POST /v1/otp", memoryMB: 512, rounds: 3, writes: 8, actions: 2, reads: 8}
	codeProven = step{name: "POST /v1/otp/verify", memoryMB: 512, rounds: 3, writes: 4, actions: 4, reads: 3}
	details    = step{name: "PUT /v1/account/details", memoryMB: 1769, rounds: 2, writes: 2, reads: 3}
	caseRead   = step{name: "GET /v1/kyc", memoryMB: 512, rounds: 2, reads: 3}
	caseSaved  = step{name: "PUT /v1/kyc", memoryMB: 512, rounds: 3, writes: 1, actions: 2, reads: 4, index: 2}
	formMade   = step{name: "POST /v1/kyc/documents", memoryMB: 512, rounds: 4, writes: 2, actions: 2, reads: 5}
	uploadDone = step{name: "POST /v1/kyc/documents/{id}/complete", memoryMB: 512, rounds: 4, actions: 2, reads: 4, puts: 1, index: 2}
	uploaded   = step{name: "upload and intake", memoryMB: 1024, rounds: 5, actions: 2, reads: 1, puts: 2, gets: 1, event: true}
	rendered   = step{name: "pictures of two pages", memoryMB: 3008, rounds: 6, rendersMs: 200, actions: 2, reads: 1, puts: 3, gets: 1, event: true}
	submitted  = step{name: "POST /v1/kyc/submit", memoryMB: 512, rounds: 6, writes: 2, batched: 8, actions: 9, reads: 5, index: 2}
)

const (
	filesOfAll   = 16 // scripts, styles, font: fetched once and kept
	pagesSignup  = 3  // sign-up, inbox, verify
	pagesMember  = 2  // log-in, account details
	pagesKYC     = 3  // home, KYC, edit
	readsPerCase = 2  // of the case, besides one after each document

	eventsPerCase = 2 // that it was handed in, and what became of it; a mail with each
)

// Calls is how many calls of DynamoDB one run of a step makes: single writes, and consistent reads of one item or one query.
type Calls struct{ Writes, Reads float64 }

// Counted lists the calls of each request, by method and route. A test compares them with what a local run does.
func Counted() map[string]Calls {
	all := map[string]Calls{}
	for _, s := range []step{
		captcha, signup, verify, login, codeSent, codeProven, details, caseRead, caseSaved, formMade, uploadDone, submitted,
	} {
		all[s.name] = Calls{s.writes, s.reads}
	}
	return all
}

// ms is the billed time of one run.
func (s step) ms() float64 { return baseMs + s.rounds*roundMs + s.hashes*hashMs + s.rendersMs }
