package store

import (
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
)

// grantRow is one authorization. Its sort key holds the session's SID, so that one Query finds what ends with a session.
type grantRow struct {
	key
	Client            string   `dynamodbav:"client"`
	Session           string   `dynamodbav:"session"`
	Scopes            []string `dynamodbav:"scopes"`
	Nonce             string   `dynamodbav:"nonce,omitempty"`
	Redirect          string   `dynamodbav:"redirect"`
	Challenge         string   `dynamodbav:"challenge,omitempty"`
	ACR               string   `dynamodbav:"acr,omitempty"`
	AMR               []string `dynamodbav:"amr,omitempty"`
	JKT               string   `dynamodbav:"jkt,omitempty"`
	Resource          string   `dynamodbav:"resource,omitempty"`
	AuthTime          stamp    `dynamodbav:"authTime"`
	CreatedAt         stamp    `dynamodbav:"createdAt"`
	CodeExpiresAt     stamp    `dynamodbav:"codeExpiresAt"`
	RedeemedAt        stamp    `dynamodbav:"redeemedAt,omitempty"`
	Generation        int      `dynamodbav:"generation"`
	RotatedAt         stamp    `dynamodbav:"rotatedAt,omitempty"`
	UsedAt            stamp    `dynamodbav:"usedAt,omitempty"`
	CredentialVersion int      `dynamodbav:"credentialVersion"`
	By                string   `dynamodbav:"by,omitempty"` // the request that wrote it last, to be known by its own retry
	EndsAt            stamp    `dynamodbav:"endsAt"`
	ExpiresAt         int64    `dynamodbav:"expiresAt"` // that of the code until it is redeemed: a code that nobody fetches leaves nothing behind
}

func grantToRow(g oidc.Grant) grantRow {
	expires := g.ExpiresAt
	if g.RedeemedAt.IsZero() {
		expires = g.CodeExpiresAt
	}
	return grantRow{
		key: grantKey(g.Ref()), Client: string(g.Client), Session: g.Session, Scopes: g.Scopes, Nonce: g.Nonce, Redirect: g.Redirect,
		Challenge: g.Challenge, ACR: g.ACR, AMR: g.AMR, JKT: g.JKT, Resource: g.Resource, AuthTime: stampOf(g.AuthTime),
		CreatedAt: stampOf(g.CreatedAt), CodeExpiresAt: stampOf(g.CodeExpiresAt), RedeemedAt: stampOf(g.RedeemedAt),
		Generation: g.Generation, RotatedAt: stampOf(g.RotatedAt), UsedAt: stampOf(g.UsedAt), CredentialVersion: g.CredentialVersion,
		EndsAt: stampOf(g.ExpiresAt), ExpiresAt: expires.Unix(),
	}
}

// grant is the zero Grant where the row was absent.
func (r grantRow) grant() oidc.Grant {
	if r.SK == "" {
		return oidc.Grant{}
	}
	return oidc.Grant{
		ID: r.SK[len(r.SK)-idLength:], Account: account.ID(r.PK[len("account#"):]), Client: oidc.ClientID(r.Client), Session: r.Session,
		Scopes: r.Scopes, Nonce: r.Nonce, Redirect: r.Redirect, Challenge: r.Challenge, ACR: r.ACR, AMR: r.AMR, JKT: r.JKT, Resource: r.Resource,
		AuthTime: r.AuthTime.time(), CreatedAt: r.CreatedAt.time(), CodeExpiresAt: r.CodeExpiresAt.time(), RedeemedAt: r.RedeemedAt.time(),
		Generation: r.Generation, RotatedAt: r.RotatedAt.time(), UsedAt: r.UsedAt.time(), CredentialVersion: r.CredentialVersion,
		ExpiresAt: r.EndsAt.time(),
	}
}

// idLength is that of token.NewID.
const idLength = 26
