package oidc

// Hint is what an ID token of ours says that comes back as id_token_hint. It may be over.
type Hint struct {
	Client  ClientID
	Subject string
	SID     string // "" where the client gets none
}
