package main

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
)

// party is this site to a passkey. Its name and origin come from the configuration, never from a request.
type party struct {
	id   string // the host of the pages
	auth *webauthn.WebAuthn
}

func newParty(origin string) (party, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return party{}, err
	}
	host := u.Hostname()
	if net.ParseIP(host) != nil { // no browser has passkeys for an address: nothing answers, and all else works
		host = "localhost"
	}
	auth, err := webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: "Central", RPOrigins: []string{origin}})
	return party{host, auth}, err
}

// purpose is what a passkey is asked for. What answers one purpose answers no other.
type purpose struct {
	key      token.Purpose
	verified bool // the passkey has to know its holder by finger, face or PIN
}

var (
	forStepUp = purpose{token.PasskeyProof, false}
	forFactor = purpose{token.PasskeyProof + "-login", false}
	forLogin  = purpose{token.PasskeyLogin, true}
	forAdding = purpose{token.PasskeyAdd, true}
)

const (
	questionLife   = 5 * time.Minute
	questionPlaces = 3
	anybody        = "-" // whoever answers
)

// question is a challenge as it was asked.
type question struct {
	id    string
	until time.Time
	text  string // as the passkey signs it
}

// ask makes a challenge for one account, or for anybody. Nothing of it is kept until it is answered.
func (h *handler) ask(why purpose, who string, now time.Time) (question, string) {
	q := question{id: token.NewID(), until: now.Add(questionLife)}
	q.text = h.keys.Issue(why.key, q.id, strconv.FormatInt(q.until.Unix(), 10), who).Reveal()
	return q, encode(q.text)
}

var errQuestion = fault.New(fault.Gone, "passkey_challenge_expired", "This took too long, or was not asked here. Try again.")

// asked finds the question that a passkey has answered, by what its browser says: one that was asked for this purpose of this account, and not
// too long ago.
func (h *handler) asked(clientData []byte, why purpose, who string, now time.Time) (question, error) {
	var said struct{ Challenge string }
	if err := json.Unmarshal(clientData, &said); err != nil {
		return question{}, errQuestion.Because(err)
	}
	text, err := base64.RawURLEncoding.DecodeString(said.Challenge)
	if err != nil {
		return question{}, errQuestion.Because(err)
	}
	parts, err := h.keys.Open(why.key, string(text), questionPlaces)
	if err != nil || parts[2] != who {
		return question{}, errQuestion.Because(err)
	}
	until, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || until <= now.Unix() {
		return question{}, errQuestion.Because(err)
	}
	return question{parts[0], time.Unix(until, 0), string(text)}, nil
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// session is what the library compares an answer with.
func (q question) session(why purpose, user []byte) webauthn.SessionData {
	s := webauthn.SessionData{Challenge: encode(q.text), UserID: user, UserVerification: protocol.VerificationPreferred, CredParams: algorithms}
	if why.verified {
		s.UserVerification = protocol.VerificationRequired
	}
	return s
}

// algorithms are those that every passkey knows one of: EdDSA, ES256, RS256.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// holder is an account with its passkeys, as the library sees it. Its handle is the account's id, which says nothing of who that is.
type holder struct {
	account.Profile
	set account.FactorSet
}

func (u holder) WebAuthnID() []byte          { return []byte(u.ID) }
func (u holder) WebAuthnName() string        { return u.Email.String() }
func (u holder) WebAuthnDisplayName() string { return u.Email.String() }

func (u holder) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, p := range u.set.Passkeys {
		id, _ := base64.RawURLEncoding.DecodeString(p.ID) // it was encoded here
		all = append(all, webauthn.Credential{
			ID: id, PublicKey: p.PublicKey, Flags: webauthn.CredentialFlags{BackupEligible: p.BackupEligible, BackupState: p.BackedUp},
			Authenticator: webauthn.Authenticator{SignCount: p.SignCount},
		})
	}
	return all
}
