package message

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/token"
)

// The mails about a KYC case. Refs: the case's reference and a time as RFC 3339, each "" where there is none. They say where to look,
// never what was found, who is named or which paper it is about: a mailbox is read by more people than an account.
const (
	KYCSubmitted   Kind = "kyc_submitted"    // when it is usually decided
	KYCAnswered    Kind = "kyc_answered"     // when it is usually decided
	KYCQuestion    Kind = "kyc_question"     // until when the holder can answer
	KYCApproved    Kind = "kyc_approved"     // until when it is valid
	KYCRejected    Kind = "kyc_rejected"     // no time
	KYCExpiring    Kind = "kyc_expiring"     // until when it is valid
	KYCExpired     Kind = "kyc_expired"      // until when it was valid
	KYCReminder    Kind = "kyc_reminder"     // until when the holder can answer
	KYCLapsed      Kind = "kyc_lapsed"       // no time
	KYCSuspended   Kind = "kyc_suspended"    // no time
	KYCResumed     Kind = "kyc_resumed"      // no time
	KYCReopened    Kind = "kyc_reopened"     // no time
	KYCDraftEnding Kind = "kyc_draft_ending" // when what was entered and uploaded is removed
)

// overdue is what a mail says once its time has come.
var overdue = map[Kind]Kind{KYCReminder: KYCLapsed, KYCExpiring: KYCExpired}

// caseMailLife is how long such a mail is of use where its own time does not end it sooner.
const caseMailLife = 7 * 24 * time.Hour

// AboutCase is a mail to the holder of a case. The reference may be "" and the time zero. A mail whose time comes before it could be sent is of no
// use any more; a KYCReminder whose time has come is a KYCLapsed, and a KYCExpiring a KYCExpired.
func AboutCase(kind Kind, p account.Profile, reference string, date, now time.Time) Message {
	if late, is := overdue[kind]; is && !date.After(now) {
		kind = late
	}
	m := Message{
		ID: token.NewID(), Kind: kind, To: p.Email.String(), Locale: p.Locale, Refs: []string{reference, ""}, Account: string(p.ID),
		CreatedAt: now, NotAfter: now.Add(caseMailLife),
	}
	if !date.IsZero() {
		m.Refs[1] = date.UTC().Format(time.RFC3339)
	}
	if date.After(now) && date.Before(m.NotAfter) {
		m.NotAfter = date
	}
	return m
}

// OfCase reports that a kind of message is about a KYC case.
func (k Kind) OfCase() bool {
	switch k {
	case KYCSubmitted, KYCAnswered, KYCQuestion, KYCApproved, KYCRejected, KYCExpiring, KYCExpired, KYCReminder, KYCLapsed, KYCDraftEnding, KYCSuspended,
		KYCResumed, KYCReopened:
		return true
	}
	return false
}

// Case is what a message about a KYC case refers to: "" and the zero time where there is none, and for other kinds.
func (m Message) Case() (reference string, date time.Time) {
	if !m.Kind.OfCase() || len(m.Refs) < 2 {
		return "", time.Time{}
	}
	date, _ = time.Parse(time.RFC3339, m.Refs[1]) // zero where it is none
	return m.Refs[0], date
}
