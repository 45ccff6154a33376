package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/store"
)

// assertion is how a passkey answers, all of it base64url: what navigator.credentials.get gives.
type assertion struct {
	ID                string `json:"id"`
	ClientData        string `json:"clientData"`
	AuthenticatorData string `json:"authenticatorData"`
	Signature         string `json:"signature"`
	UserHandle        string `json:"userHandle"`
}

// askAnswer is what a browser needs to ask a passkey.
type askAnswer struct {
	Challenge string    `json:"challenge"` // base64url
	RPID      string    `json:"rpId"`
	Passkeys  []string  `json:"passkeys"` // ids of those that may answer; empty where any of this site may
	Verified  bool      `json:"userVerification"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (h *handler) askAbout(why purpose, who string, set account.FactorSet, now time.Time) askAnswer {
	q, challenge := h.ask(why, who, now)
	a := askAnswer{challenge, h.party.id, []string{}, why.verified, q.until.UTC()}
	for _, p := range set.Passkeys {
		a.Passkeys = append(a.Passkeys, p.ID)
	}
	return a
}

func (h *handler) askToStepUp(ctx context.Context, c *httpapi.Call, _ httpapi.None) (askAnswer, error) {
	set, err := h.store.Factors(ctx, c.Profile.ID)
	return h.askAbout(forStepUp, string(c.Profile.ID), set, c.Now), err
}

// askAnybody begins a log-in without a password. It is the same for everybody: which passkeys there are, the browser knows alone.
func (h *handler) askAnybody(ctx context.Context, c *httpapi.Call, _ httpapi.None) (askAnswer, error) {
	if _, err := c.Take(ctx, limit.PasskeyIP.By(c.Network)); err != nil {
		return askAnswer{}, err
	}
	return h.askAbout(forLogin, anybody, account.FactorSet{}, c.Now), nil
}

var errPasskey = fault.New(fault.Forbidden, "passkey_wrong", "This passkey does not open this account. Choose another one, or another way.").On("/passkey")

// mostOfPasskey is how long a part of what a passkey says may be, in code points.
const mostOfPasskey = 8192

// short refuses parts that are longer than any passkey makes them, and names each.
func short(parts map[string]string) error {
	var fields []fault.Field
	for name, text := range parts {
		if utf8.RuneCountInString(text) > mostOfPasskey {
			fields = append(fields, fault.Field{Pointer: "/passkey/" + name, Code: "passkey_too_long", Detail: "This is longer than a passkey makes it."})
		}
	}
	return fault.InvalidFields(fields)
}

// fits reports by an error what is longer than any passkey makes it.
func (a assertion) fits() error {
	return short(map[string]string{"id": a.ID, "clientData": a.ClientData, "authenticatorData": a.AuthenticatorData, "signature": a.Signature, "userHandle": a.UserHandle})
}

// parse reads an answer with the library. Whatever is wrong with it, the answer is the same.
func (a assertion) parse() (*protocol.ParsedCredentialAssertionData, error) {
	text, err := json.Marshal(map[string]any{
		"id": a.ID, "rawId": a.ID, "type": "public-key",
		"response": map[string]any{"clientDataJSON": a.ClientData, "authenticatorData": a.AuthenticatorData, "signature": a.Signature, "userHandle": a.UserHandle},
	})
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(text)
	if err != nil {
		return nil, errPasskey.Because(err)
	}
	return parsed, nil
}

// answered checks the answer of one of the account's passkeys.
func (h *handler) answered(c *httpapi.Call, p account.Profile, set account.FactorSet, a assertion, why purpose) (store.FactorUse, error) {
	parsed, err := a.parse()
	if err != nil {
		return store.FactorUse{}, err
	}
	q, err := h.asked(parsed.Raw.AssertionResponse.ClientDataJSON, why, string(p.ID), c.Now)
	if err != nil {
		return store.FactorUse{}, err
	}
	found, err := h.party.auth.ValidateLogin(holder{p, set}, q.session(why, []byte(p.ID)), parsed)
	if err != nil {
		return store.FactorUse{}, errPasskey.Because(err)
	}
	return useOf(set, found, q)
}

// useOf is a right answer as the store lets it happen once. A counter that went back is a copied passkey.
func useOf(set account.FactorSet, found *webauthn.Credential, q question) (store.FactorUse, error) {
	id := base64.RawURLEncoding.EncodeToString(found.ID)
	at := slices.IndexFunc(set.Passkeys, func(p account.Passkey) bool { return p.ID == id })
	if at < 0 || found.Authenticator.CloneWarning {
		return store.FactorUse{}, errPasskey
	}
	after := set.Passkeys[at]
	after.SignCount, after.BackedUp = found.Authenticator.SignCount, found.Flags.BackupState
	return store.FactorUse{Passkey: &after, Place: at, Challenge: q.id, Until: q.until}, nil
}
