package message

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

// AboutDevice asks the holder of an account whether a log-in from a device that was not known was theirs. Until then the answer is of use.
func AboutDevice(p account.Profile, s account.Session, until time.Time) Message {
	return Message{
		ID: token.NewID(), Kind: NewDevice, To: p.Email.String(), Locale: p.Locale, Account: string(p.ID), CreatedAt: s.CreatedAt, NotAfter: until,
		Refs: []string{string(p.ID), s.Digest, account.DeviceOf(s.UserAgent), account.NetworkOf(s.IP)},
	}
}

// Device is which device logged in, from which network: "" where that is not known, and for other kinds.
func (m Message) Device() (device, network string) {
	if m.Kind != NewDevice || len(m.Refs) < 4 {
		return "", ""
	}
	return m.Refs[2], m.Refs[3]
}
