package message

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

// AboutClosing is a mail to the holder of an account that is closed, or erased, at a time. What identified the holder is kept until the time
// kept, or not at all where that is zero.
func AboutClosing(kind Kind, p account.Profile, at, kept, now time.Time) Message {
	m := Message{
		ID: token.NewID(), Kind: kind, To: p.Email.String(), Locale: p.Locale, Refs: []string{at.UTC().Format(time.RFC3339), ""}, Account: string(p.ID),
		CreatedAt: now, NotAfter: now.Add(account.ClosingLife),
	}
	if !kept.IsZero() {
		m.Refs[1] = kept.UTC().Format(time.RFC3339)
	}
	return m
}

// Closing is when an account is erased and until when something is kept: the zero time where there is none, and for other kinds.
func (m Message) Closing() (at, kept time.Time) {
	if m.Kind != AccountClosing && m.Kind != AccountErased || len(m.Refs) < 2 {
		return time.Time{}, time.Time{}
	}
	at, _ = time.Parse(time.RFC3339, m.Refs[0])
	kept, _ = time.Parse(time.RFC3339, m.Refs[1]) // zero where it is none
	return at, kept
}
