package store

import (
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
)

// caseMail is the mail to the holder about what has just happened to a case, if it is worth one. Its id is made of that of the record: what has happened
// once is told once.
func caseMail(p account.Profile, c kyc.Case, r kyc.Record) (m message.Message, tells bool) {
	kind, date := mailFor(p, c, r)
	if kind == "" {
		return m, false
	}
	m = message.AboutCase(kind, p, c.Reference, date, r.At)
	m.ID = mailID(r.ID)
	return m, true
}

// mailFor is the kind of that mail and its time; "" for none.
func mailFor(p account.Profile, c kyc.Case, r kyc.Record) (message.Kind, time.Time) {
	switch r.Kind {
	case string(kyc.Submit):
		return submittedMail(c), ahead(c.DueAt, r.At)
	case string(kyc.Question):
		return message.KYCQuestion, c.DueBy
	case string(kyc.Approve):
		return message.KYCApproved, c.ValidUntil
	case string(kyc.Reject):
		return message.KYCRejected, time.Time{}
	case string(kyc.Lapse):
		return message.KYCLapsed, time.Time{}
	case string(kyc.Suspend):
		return message.KYCSuspended, time.Time{}
	case string(kyc.Resume):
		return message.KYCResumed, time.Time{}
	case string(kyc.Reopen):
		return message.KYCReopened, time.Time{}
	case string(kyc.NearEnd):
		return reminderOf(p, c)
	case string(kyc.End):
		return message.KYCExpired, c.ValidUntil
	case kyc.RecordToldHolder:
		return reminderOf(p, c)
	}
	return "", time.Time{}
}

func submittedMail(c kyc.Case) message.Kind {
	if c.Round > 1 {
		return message.KYCAnswered
	}
	return message.KYCSubmitted
}

// reminderOf says once more what the status of a case has the holder do.
func reminderOf(p account.Profile, c kyc.Case) (message.Kind, time.Time) {
	switch {
	case c.Status == kyc.NeedsInfo:
		return message.KYCReminder, c.DueBy
	case c.Status == kyc.Draft || c.Status == kyc.Withdrawn:
		return message.KYCDraftEnding, c.NextTick()
	case p.KYCCase > c.No && (p.KYC == string(kyc.Submitted) || p.KYC == string(kyc.UnderReview)):
		return "", time.Time{} // the next case is with us
	case c.Status.InForce(), c.Status == kyc.Expired && p.Verified.CaseNo == 0:
		return message.KYCExpiring, c.ValidUntil
	}
	return "", time.Time{} // suspended, or verified by another case
}

// ahead is a time that a mail may promise: none that has come.
func ahead(t, now time.Time) time.Time {
	if t.After(now) {
		return t
	}
	return time.Time{}
}
