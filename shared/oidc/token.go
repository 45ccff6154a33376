package oidc

import (
	"errors"
	"time"

	"phonon.in/central/shared/account"
)

// The errors of the store of grants.
var (
	ErrCodeUsed    = errors.New("oidc: the code was used before")
	ErrGrantGone   = errors.New("oidc: the grant is over")
	ErrReused      = errors.New("oidc: a refresh token that was replaced was used again")
	ErrReplayed    = errors.New("oidc: the proof was seen before")
	ErrRequestUsed = errors.New("oidc: the pushed request was used, or is too old")
)

// GrantRef is what leads from a token to its grant, and to the session and the client that it stands on.
type GrantRef struct {
	Account account.ID
	Client  ClientID
	Session string // digest of the session, or OfflineSession
	ID      string
}

// Ref is what leads to the grant.
func (g Grant) Ref() GrantRef { return GrantRef{g.Account, g.Client, g.Session, g.ID} }

// Offline reports a grant that outlives the log-in.
func (g Grant) Offline() bool { return g.Session == OfflineSession }

// EndOfUse is when a grant that is used now ends, unless it is used again. One of a session ends with that.
func (g Grant) EndOfUse(now time.Time) time.Time {
	if !g.Offline() {
		return g.ExpiresAt
	}
	idle, most := now.Add(OfflineIdle), g.CreatedAt.Add(OfflineMost)
	if idle.Before(most) {
		return idle
	}
	return most
}

// CodeJKT is the key that whoever redeems the code must have; "" for none. Once it is redeemed, JKT is that of the tokens.
func (g Grant) CodeJKT() string {
	if g.RedeemedAt.IsZero() {
		return g.JKT
	}
	return ""
}

// MayRepeat reports that the refresh token of this generation is the one before the valid one, and that the answer with that one may have been lost.
func (g Grant) MayRepeat(presented int, now time.Time) bool {
	return presented > 0 && presented == g.Generation-1 && now.Before(g.RotatedAt.Add(RefreshGrace))
}

// Authorization is all that decides about a request for a code. What is absent is zero.
type Authorization struct {
	Session account.Session
	Profile account.Profile
	Client  Client
	App     App
}

// TokenState is all that decides about a token. What is absent is zero.
type TokenState struct {
	Grant   Grant
	Session account.Session
	Profile account.Profile
	Client  Client
}

// Alive reports that the grant still yields something: it belongs to the client, which is not disabled, and account, password and session
// are as they were.
func (s TokenState) Alive(now time.Time) bool {
	g := s.Grant
	switch {
	case g.ID == "", s.Client.ID == "", g.Client != s.Client.ID, s.Client.Disabled, !now.Before(g.ExpiresAt):
		return false
	case s.Profile.ID == "", s.Profile.Status != account.Active, g.CredentialVersion != s.Profile.CredentialVersion:
		return false
	}
	if g.Offline() {
		return s.Client.Offline
	}
	return s.Session.Digest != "" && s.Session.Open(s.Profile, now)
}

// Spent is a proof that is good once: an assertion of a client, or a DPoP proof.
type Spent struct {
	Who   string // a client's id, or the thumbprint of a key
	JTI   string
	Until time.Time // when it is too old anyway
}

// Pushed is a request that a client has sent beforehand (RFC 9126). It may be opened again until its code is issued.
type Pushed struct {
	ID        string // 26 characters from token.NewID
	Client    ClientID
	Query     string // the parameters, as they were checked
	JKT       string // thumbprint of the key that its code is bound to; "" for none
	CreatedAt time.Time
	OpenedAt  time.Time // zero until somebody opens it, within PushedLife
	ExpiresAt time.Time // PushedWaits after CreatedAt
}

// ProofAlgorithms are those by which a client may sign assertions and DPoP proofs.
func ProofAlgorithms() []string { return []string{"ES256", "PS256"} }
