package message

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// sessionEndedLife is how long a client may be out of reach and still hear that a session is over.
const sessionEndedLife = 24 * time.Hour

// AboutEnded tells a client that a session of an account is over, by the name that the session's tokens have; "" for all its sessions there.
func AboutEnded(id account.ID, client oidc.ClientID, sid string, now time.Time) Message {
	return Message{
		ID: token.NewID(), Kind: SessionsEnded, Refs: []string{string(client), sid}, Account: string(id), CreatedAt: now, NotAfter: now.Add(sessionEndedLife),
	}
}

// Ended is what AboutEnded has put into a message; zero for other kinds.
func (m Message) Ended() (id account.ID, client oidc.ClientID, sid string) {
	if m.Kind != SessionsEnded || len(m.Refs) < 2 {
		return "", "", ""
	}
	return account.ID(m.Account), oidc.ClientID(m.Refs[0]), m.Refs[1]
}
