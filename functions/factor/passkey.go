package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/typed"
)

type userRef struct {
	ID   string `json:"id"` // base64url
	Name string `json:"name"`
}

// creationAnswer is what a browser needs to make a passkey.
type creationAnswer struct {
	Challenge  string    `json:"challenge"`
	RPID       string    `json:"rpId"`
	User       userRef   `json:"user"`
	Algorithms []int     `json:"algorithms"` // of COSE, the best first
	Exclude    []string  `json:"exclude"`    // ids of those that are there already
	ExpiresAt  time.Time `json:"expiresAt"`
}

// attestation is a new passkey, all of it base64url: what navigator.credentials.create gives.
type attestation struct {
	ID                string `json:"id"`
	ClientData        string `json:"clientData"`
	AttestationObject string `json:"attestationObject"`
}

type addPasskeyRequest struct {
	Name    string      `json:"name"`
	Passkey attestation `json:"passkey"`
}

type renameRequest struct {
	Name string `json:"name"`
}

var (
	errName         = fault.At("/name", "passkey_name_invalid", "Call it something of 1 to 40 characters.")
	errManyPasskeys = fault.New(fault.Conflict, "too_many_passkeys", "Ten passkeys are the most. Remove one that you do not use.")
	errPasskeyThere = fault.New(fault.Conflict, "passkey_present", "This passkey is there already.")
	errNewPasskey   = fault.At("/passkey", "passkey_invalid", "This passkey could not be taken in. Try again, or with another device.")
)

// longestName of a passkey, in code points.
const longestName = 40

func (h *handler) beginPasskey(ctx context.Context, c *httpapi.Call, _ httpapi.None) (creationAnswer, error) {
	if err := c.SteppedUp(); err != nil {
		return creationAnswer{}, err
	}
	set, err := h.store.Factors(ctx, c.Profile.ID)
	if err != nil {
		return creationAnswer{}, err
	}
	if len(set.Passkeys) >= account.MaxPasskeys {
		return creationAnswer{}, errManyPasskeys
	}
	asked := h.askAbout(forAdding, string(c.Profile.ID), set, c.Now)
	a := creationAnswer{
		Challenge: asked.Challenge, RPID: asked.RPID, User: userRef{encode(string(c.Profile.ID)), c.Profile.Email.String()},
		Exclude: asked.Passkeys, ExpiresAt: asked.ExpiresAt,
	}
	for _, p := range algorithms {
		a.Algorithms = append(a.Algorithms, int(p.Algorithm))
	}
	return a, nil
}

// addPasskey takes a new passkey in. It has known its holder by finger, face or PIN, so that it can open the account without a password.
func (h *handler) addPasskey(ctx context.Context, c *httpapi.Call, in addPasskeyRequest) (factorsView, error) {
	name, err := parseName(in.Name)
	if err != nil {
		return factorsView{}, err
	}
	if err := c.SteppedUp(); err != nil {
		return factorsView{}, err
	}
	made, err := h.made(c, in.Passkey)
	if err != nil {
		return factorsView{}, err
	}
	made.Name = name
	return h.change(ctx, c, edit{message.FactorAdded, "passkey_added", false, func(f account.FactorSet) (account.FactorSet, error) {
		switch {
		case len(f.Passkeys) >= account.MaxPasskeys:
			return f, errManyPasskeys
		case slices.ContainsFunc(f.Passkeys, func(p account.Passkey) bool { return p.ID == made.ID }):
			return f, errPasskeyThere
		}
		f.Passkeys = append(slices.Clone(f.Passkeys), made)
		return f, nil
	}})
}

// made checks a new passkey with the library: that it was made here, for this account, for the question that was asked.
func (h *handler) made(c *httpapi.Call, a attestation) (account.Passkey, error) {
	if err := short(map[string]string{"id": a.ID, "clientData": a.ClientData, "attestationObject": a.AttestationObject}); err != nil {
		return account.Passkey{}, err
	}
	text, err := json.Marshal(map[string]any{
		"id": a.ID, "rawId": a.ID, "type": "public-key",
		"response": map[string]any{"clientDataJSON": a.ClientData, "attestationObject": a.AttestationObject},
	})
	if err != nil {
		return account.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(text)
	if err != nil {
		return account.Passkey{}, errNewPasskey.Because(err)
	}
	q, err := h.asked(parsed.Raw.AttestationResponse.ClientDataJSON, forAdding, string(c.Profile.ID), c.Now)
	if err != nil {
		return account.Passkey{}, err
	}
	made, err := h.party.auth.CreateCredential(holder{Profile: c.Profile}, q.session(forAdding, []byte(c.Profile.ID)), parsed)
	if err != nil {
		return account.Passkey{}, errNewPasskey.Because(err)
	}
	return account.Passkey{
		ID: base64.RawURLEncoding.EncodeToString(made.ID), PublicKey: made.PublicKey, SignCount: made.Authenticator.SignCount,
		BackupEligible: made.Flags.BackupEligible, BackedUp: made.Flags.BackupState, AddedAt: c.Now,
	}, nil
}

func parseName(text string) (string, error) {
	name := typed.Trim(text)
	if n := utf8.RuneCountInString(name); n == 0 || n > longestName || !typed.Shows(name) || strings.ContainsFunc(name, typed.Hidden) {
		return "", errName
	}
	return name, nil
}

func (h *handler) renamePasskey(ctx context.Context, c *httpapi.Call, in renameRequest) (factorsView, error) {
	name, err := parseName(in.Name)
	if err != nil {
		return factorsView{}, err
	}
	return h.onPasskey(ctx, c, edit{seen: "passkey_renamed"}, func(all []account.Passkey, at int) []account.Passkey {
		all[at].Name = name
		return all
	})
}

// removePasskey takes a passkey away. The other sessions are over.
func (h *handler) removePasskey(ctx context.Context, c *httpapi.Call, _ httpapi.None) (factorsView, error) {
	return h.onPasskey(ctx, c, edit{kind: message.FactorRemoved, seen: "passkey_removed", ends: true}, func(all []account.Passkey, at int) []account.Passkey {
		return slices.Delete(all, at, at+1)
	})
}

// onPasskey changes the passkey that the path names.
func (h *handler) onPasskey(ctx context.Context, c *httpapi.Call, e edit, do func(all []account.Passkey, at int) []account.Passkey) (factorsView, error) {
	e.to = func(f account.FactorSet) (account.FactorSet, error) {
		at := slices.IndexFunc(f.Passkeys, func(p account.Passkey) bool { return p.ID == c.Path("id") })
		if at < 0 {
			return f, account.ErrNotFound
		}
		f.Passkeys = do(slices.Clone(f.Passkeys), at)
		return f, nil
	}
	return h.change(ctx, c, e)
}
