// Package event names what Central tells the products that stand beside it: what happened to an account, with nothing about the person
// but the account's id. docs/events.md is for those who read them.
package event

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

// Type says what happened.
type Type string

const (
	AccountVerified Type = "account.verified" // the account exists: its address is proven
	AccountClosed   Type = "account.closed"   // its holder closes it; it may come back until it is erased
	AccountReopened Type = "account.reopened" // its holder took it back
	AccountErased   Type = "account.erased"   // nothing says any more whose it was, and it comes back no more
	KYCSubmitted    Type = "kyc.submitted"    // a case was handed in, for the first time or again
	KYCApproved     Type = "kyc.approved"     // the account is verified, for the first time or again
	KYCRejected     Type = "kyc.rejected"     // the case is decided; one before it that was approved stays in force
	KYCExpired      Type = "kyc.expired"      // the account is not verified any more: its time has passed, or it was suspended
)

// Types are all types.
var Types = []Type{AccountVerified, AccountClosed, AccountReopened, AccountErased, KYCSubmitted, KYCApproved, KYCRejected, KYCExpired}

// Event is one thing that happened. It is told at least once, always with the same ID and Time.
type Event struct {
	ID      string // from token.NewID
	Type    Type
	Account account.ID
	CaseNo  int       // 0 where it concerns no case
	Time    time.Time // UTC, of whole microseconds
	Data    Data
}

// Data is what else there is to say.
type Data struct {
	EntityType string    `json:"entityType,omitempty"` // a code of the catalogue
	ValidUntil time.Time `json:"validUntil,omitzero"`  // of an approval
	EraseAt    time.Time `json:"eraseAt,omitzero"`     // of an account that is closed
	Final      *bool     `json:"final,omitempty"`      // of a rejection: there is nothing to be mended
}

// NewAccountVerified is that somebody has proven the address of a sign-up.
func NewAccountVerified(id account.ID, at time.Time) Event {
	return made(AccountVerified, id, 0, at, Data{})
}

// NewAccountClosed is that the holder closes an account, which is erased at a time unless it is taken back.
func NewAccountClosed(id account.ID, eraseAt, at time.Time) Event {
	return made(AccountClosed, id, 0, at, Data{EraseAt: eraseAt.UTC().Truncate(time.Second)})
}

// NewAccountReopened is that the holder took an account back.
func NewAccountReopened(id account.ID, at time.Time) Event {
	return made(AccountReopened, id, 0, at, Data{})
}

// NewAccountErased is that an account was erased.
func NewAccountErased(id account.ID, at time.Time) Event {
	return made(AccountErased, id, 0, at, Data{})
}

// NewKYCSubmitted is that a case was handed in.
func NewKYCSubmitted(id account.ID, caseNo int, entityType string, at time.Time) Event {
	return made(KYCSubmitted, id, caseNo, at, Data{EntityType: entityType})
}

// NewKYCApproved is that an approved case holds, until a time.
func NewKYCApproved(id account.ID, caseNo int, entityType string, validUntil, at time.Time) Event {
	return made(KYCApproved, id, caseNo, at, Data{EntityType: entityType, ValidUntil: validUntil.UTC().Truncate(time.Second)})
}

// NewKYCRejected is that a case was rejected; final where no other may follow it.
func NewKYCRejected(id account.ID, caseNo int, final bool, at time.Time) Event {
	return made(KYCRejected, id, caseNo, at, Data{Final: &final})
}

// NewKYCExpired is that an approved case does not hold any more.
func NewKYCExpired(id account.ID, caseNo int, at time.Time) Event {
	return made(KYCExpired, id, caseNo, at, Data{})
}

func made(t Type, id account.ID, caseNo int, at time.Time, d Data) Event {
	return Event{ID: token.NewID(), Type: t, Account: id, CaseNo: caseNo, Time: at.UTC().Truncate(time.Microsecond), Data: d}
}

// Life is how long an event that cannot be published waits in the outbox.
const Life = 14 * 24 * time.Hour

// Message is the event as the outbox takes it. Nobody delivers it before due; the zero time is at once.
func (e Event) Message(due time.Time) message.Message {
	if due.Before(e.Time) {
		due = e.Time
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		panic("event: " + err.Error()) // Data has nothing that JSON has not
	}
	return message.Message{
		ID: e.ID, Kind: message.Event, Account: string(e.Account), Refs: []string{string(e.Type), strconv.Itoa(e.CaseNo), string(data)},
		CreatedAt: e.Time, Due: due, NotAfter: due.Add(Life),
	}
}

// Of reads the event that a message carries.
func Of(m message.Message) (Event, error) {
	e := Event{ID: m.ID, Account: account.ID(m.Account), Time: m.CreatedAt.UTC()}
	if m.Kind != message.Event || len(m.Refs) != 3 {
		return Event{}, fmt.Errorf("event: a message of the kind %q with %d references carries none", m.Kind, len(m.Refs))
	}
	e.Type = Type(m.Refs[0])
	no, err := strconv.Atoi(m.Refs[1])
	if err != nil {
		return Event{}, fmt.Errorf("event: the number of the case: %w", err)
	}
	e.CaseNo = no
	if err := json.Unmarshal([]byte(m.Refs[2]), &e.Data); err != nil {
		return Event{}, fmt.Errorf("event: the data: %w", err)
	}
	return e, nil
}

// prefix makes a type unique among those of other organisations.
const prefix = "in.phonon.central."

// envelope is CloudEvents 1.0 in its JSON format, structured mode.
type envelope struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            string    `json:"type"`
	Subject         string    `json:"subject"`
	Time            time.Time `json:"time"`
	DataContentType string    `json:"datacontenttype"`
	DataSchema      string    `json:"dataschema"`
	Data            payload   `json:"data"`
}

type payload struct {
	AccountID account.ID `json:"accountId"`
	CaseNo    int        `json:"caseNo,omitempty"`
	Data
}

// FullName is the type as consumers see it, such as "in.phonon.central.kyc.approved".
func (t Type) FullName() string { return prefix + string(t) }

// TypeNamed reads a type with or without its prefix; known is false where none is called so.
func TypeNamed(name string) (t Type, known bool) {
	name = strings.TrimPrefix(name, prefix)
	for _, t := range Types {
		if string(t) == name {
			return t, true
		}
	}
	return "", false
}

// SchemaPath is where the schema of a type's data is, below the origin and in this repository.
func (t Type) SchemaPath() string { return "/api/events/" + string(t) + ".schema.json" }

// Envelope is what consumers get: a CloudEvent 1.0 as JSON. source is the origin of this Central (PUBLIC_URL).
func (e Event) Envelope(source string) ([]byte, error) {
	return json.Marshal(envelope{
		SpecVersion: "1.0", ID: e.ID, Source: source, Type: e.Type.FullName(), Subject: string(e.Account), Time: e.Time,
		DataContentType: "application/json", DataSchema: source + e.Type.SchemaPath(), Data: payload{e.Account, e.CaseNo, e.Data},
	})
}
