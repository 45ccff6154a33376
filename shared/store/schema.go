package store

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
)

// Keys, items and access patterns: everything that is in the two tables, in one place.
//
//	users    account#<id>        profile                      the account without credentials
//	         account#<id>        consent#<time>#<document>    one per acceptance, never changed
//	         account#<id>        activity#<time>#<id>         one per event, gone after 400 days
//	         account#<id>        event#<time>#<id>            what the products beside this one were told, gone after 400 days
//	         account#<id>        kyc#<caseNo>                 a KYC case
//	         account#<id>        kyc#<caseNo>#doc#<docID>     a document of the case
//	         account#<id>        round#<caseNo>#<round>       what a reviewer asked for after a submission, and the answers
//	         reference#<ref>     case                         leads from a case's reference to the case
//	         account#<id>        factors                      what proves its holder beside the password
//	         account#<id>        app#<client>                 what its holder lets a client have
//	         clients             client#<id>                  a product or another party that logs people in with Central
//	         email#<address>     login                        the claim on an address: its existence is the uniqueness
//	         email#<address>     kept                         an address that an account gave up: nobody else's until the change cannot be undone
//	         phone#<e164>        claim                        the accounts that have proven the number, at most 5
//	         role#reviewer       account#<id>                 who may decide on cases
//	         account#<id>        review#<caseNo>#<time>#<id>  what happened to a case, kept as long as it
//	         desk                lanes#<0..7>                 about how many cases are in each lane
//	         desk                trace-key                    the key of the digests below
//	         ident#<digest>      account#<id>                 an account that handed a PAN, GSTIN or CIN in, and its newest case with it
//	         seen#<digest>       account#<id>                 the same of a file
//	         account#<id>        traces                       the digests that lead to the account
//	         restricted#<id>     held                         until when the law has what follows kept of an account that is erased
//	         restricted#<id>     kyc#..., round#..., review#... its cases that were approved, out of reach of every function but the clock
//	         index queue: queue, queueKey
//	                             lane#<lane>                  cases that wait for a reviewer, by <due time>#<account>#<caseNo>
//	                             clock                        cases that time will do something to, by <when>#<account>#<caseNo>
//	                             closing                      accounts that are erased when their time comes, and what is held, by <when>#<account>
//	                             decided#<yyyy-mm>#<0..7>     records of decisions, by <time>#<id>
//	         index review-queue: of the release before, which nothing is written to any more
//	tokens   signup#<digest>     <id>                         a sign-up whose address is not proven yet
//	         account#<id>        session#<digest>             a session
//	         account#<id>        reset                        the open password reset
//	         account#<id>        email-change                 the open request for another address
//	         account#<id>        email-undo                   the last change of address, while it can be taken back
//	         account#<id>        notice#<digest>              what disowns a session from a device that was not known
//	         account#<id>        signatory                    the open link for the signatory of the newest case
//	         account#<id>        challenge#phone              the open phone challenge
//	         account#<id>        login#<digest>               a log-in that waits for its second factor
//	         account#<id>        grant#<sid>#<id>             what one authorization gave to a client: its code and all tokens die with it
//	         request#<id>        authorization                a request that a client has pushed
//	         spent#<who>         <digest>                     an assertion of a client, or a DPoP proof, that was seen
//	         passkey#<challenge> spent                        a question to a passkey that was answered
//	         captcha#<signature> spent                        a solved captcha that was used
//	         limit#<rule>#<who>  <window start>               a counter
//	         outbox#<00..15>     <time>#<id>                  a message that is not delivered yet
//	         outbox#dead         <time>#<id>                  a message that could not be delivered
//
// Reads are consistent and by full key, or by one partition and a prefix of the sort key. No function scans;
// only an operator who lists accounts does. DynamoDB deletes expired items days late: every condition and every read compares expiresAt itself.
type key struct {
	PK string `dynamodbav:"pk"`
	SK string `dynamodbav:"sk"`
}

const (
	activityLife  = account.RecordsLife
	deadLife      = 30 * 24 * time.Hour
	phoneAccounts = 5
	outboxShards  = 16

	// Queue is the sparse index of what waits: for a reviewer, for time to pass, for a report.
	Queue = "queue"
)

// sortTime is RFC 3339 in UTC with a fixed width, so that it sorts as text.
const sortTime = "2006-01-02T15:04:05.000000Z"

func profileKey(id account.ID) key { return key{"account#" + string(id), "profile"} }
func consentKey(id account.ID, c account.Consent) key {
	return key{"account#" + string(id), "consent#" + c.AcceptedAt.UTC().Format(sortTime) + "#" + c.Document}
}
func activityKey(id account.ID, at time.Time, eventID string) key {
	return key{"account#" + string(id), "activity#" + at.UTC().Format(sortTime) + "#" + eventID}
}
func eventKey(e event.Event) key {
	return key{"account#" + string(e.Account), eventPrefix + e.Time.UTC().Format(sortTime) + "#" + e.ID}
}
func caseKey(id account.ID, no int) key {
	return key{"account#" + string(id), fmt.Sprintf(casePrefix+"%04d", no)}
}
func referenceKey(reference string) key { return key{"reference#" + reference, "case"} }
func reviewerKey(id account.ID) key     { return key{"role#reviewer", "account#" + string(id)} }
func loginKey(e account.Email) key      { return key{"email#" + e.String(), "login"} }
func keptKey(e account.Email) key       { return key{"email#" + e.String(), "kept"} }
func phoneKey(e164 string) key          { return key{"phone#" + e164, "claim"} }
func signupKey(digest, id string) key   { return key{"signup#" + digest, id} }
func resetKey(id account.ID) key        { return key{"account#" + string(id), "reset"} }
func emailChangeKey(id account.ID) key  { return key{"account#" + string(id), "email-change"} }
func emailUndoKey(id account.ID) key    { return key{"account#" + string(id), "email-undo"} }
func noticeKey(id account.ID, digest string) key {
	return key{"account#" + string(id), "notice#" + digest}
}
func signatoryKey(id account.ID) key { return key{"account#" + string(id), "signatory"} }
func challengeKey(id account.ID) key { return key{"account#" + string(id), "challenge#phone"} }
func factorsKey(id account.ID) key   { return key{"account#" + string(id), "factors"} }
func clientKey(id oidc.ClientID) key { return key{"clients", clientPrefix + string(id)} }
func appKey(id account.ID, client oidc.ClientID) key {
	return key{profileKey(id).PK, appPrefix + string(client)}
}
func grantKey(ref oidc.GrantRef) key {
	return key{profileKey(ref.Account).PK, grantPrefix + oidc.SID(ref.Session) + "#" + ref.ID}
}
func pushedKey(id string) key { return key{pushedPrefix + id, "authorization"} }
func proofKey(p oidc.Spent) key {
	sum := sha256.Sum256([]byte(p.JTI))
	return key{"spent#" + p.Who, base64.RawURLEncoding.EncodeToString(sum[:])}
}
func pendingLoginKey(id account.ID, digest string) key {
	return key{"account#" + string(id), "login#" + digest}
}
func passkeyChallengeKey(id string) key { return key{"passkey#" + id, "spent"} }
func captchaKey(signature string) key   { return key{"captcha#" + signature, "spent"} }
func limitKey(u limit.Use, now time.Time) key {
	window := "gap"
	if !u.Rule.IsGap() {
		window = u.WindowStart(now).UTC().Format(sortTime)
	}
	return key{"limit#" + u.Rule.Name + "#" + u.Who, window}
}

const (
	sessionPrefix = "session#"
	casePrefix    = "kyc#"
	documentInfix = "#doc#"
	roundPrefix   = "round#"
	recordPrefix  = "review#"
	eventPrefix   = "event#"
	appPrefix     = "app#"
	clientPrefix  = "client#"
	grantPrefix   = "grant#"
	pushedPrefix  = "request#"
)

func sessionKey(id account.ID, digest string) key {
	return key{"account#" + string(id), sessionPrefix + digest}
}

func documentKey(id account.ID, no int, documentID string) key {
	return key{"account#" + string(id), caseKey(id, no).SK + documentInfix + documentID}
}

func roundKey(id account.ID, caseNo, round int) key {
	return key{"account#" + string(id), fmt.Sprintf("%s%04d#%04d", roundPrefix, caseNo, round)}
}

func outboxKey(m message.Message) key {
	h := fnv.New32a()
	h.Write([]byte(m.ID))
	return key{outboxPartition(int(h.Sum32() % outboxShards)), m.CreatedAt.UTC().Format(sortTime) + "#" + m.ID}
}

func roundsOf(caseNo int) string  { return fmt.Sprintf("%s%04d#", roundPrefix, caseNo) }
func recordsOf(caseNo int) string { return fmt.Sprintf("%s%04d#", recordPrefix, caseNo) }

func recordKey(id account.ID, caseNo int, r kyc.Record) key {
	return key{profileKey(id).PK, recordsOf(caseNo) + r.At.UTC().Format(sortTime) + "#" + r.ID}
}

func lanesKey(shard int) key { return key{"desk", fmt.Sprintf("lanes#%d", shard)} }

func decidedPartition(month time.Time, shard int) string {
	return fmt.Sprintf("decided#%s#%d", month.UTC().Format("2006-01"), shard)
}

func traceKey(digest string, id account.ID) key { return key{digest, profileKey(id).PK} }
func tracesKey(id account.ID) key               { return key{profileKey(id).PK, "traces"} }

func outboxPartition(shard int) string { return fmt.Sprintf("outbox#%02d", shard) }

func deadKey(m message.Message) key { return key{"outbox#dead", outboxKey(m).SK} }
