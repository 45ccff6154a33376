package store

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
)

// told is what a move of a case tells its holder and the products. Of a decision nobody hears before it can no longer be taken back.
func (s *Store) told(p account.Profile, c kyc.Case, r kyc.Record) (actions []types.TransactWriteItem) {
	if r.Undoes.ID != "" {
		return s.untold(c, r)
	}
	if r.Kind == string(kyc.End) && p.Verified.CaseNo > c.No {
		return nil // it was suspended, and the account is verified by the next case
	}
	var due time.Time
	if decides(r.Kind) {
		due = r.At.Add(kyc.UndoLife)
	}
	if m, tells := caseMail(p, c, r); tells {
		m.Due = due
		actions = append(actions, putNew(s.tokens, pendingRow(m)))
	}
	if e, tells := caseEvent(c, r); tells {
		actions = append(actions, s.emit(e, due)...)
	}
	return actions
}

// untold takes back what a decision was about to tell. The transaction fails once somebody has begun to tell it.
func (s *Store) untold(c kyc.Case, undo kyc.Record) (actions []types.TransactWriteItem) {
	was := kyc.Record{ID: undo.Undoes.ID, Kind: undo.Undoes.Kind, At: undo.Undoes.At, Before: undo.Before}
	if decides(was.Kind) {
		actions = append(actions, s.unsend(message.Message{ID: mailID(was.ID), CreatedAt: was.At}))
	}
	if e, tells := caseEvent(c, was); tells {
		actions = append(actions, s.unemit(e)...)
	}
	return actions
}

func decides(kind string) bool {
	return kind == string(kyc.Approve) || kind == string(kyc.Question) || kind == string(kyc.Reject)
}

// mailID is the id of the mail about a record; the event has that of the record.
func mailID(record string) string { return "mail-" + record }

// caseEvent is the event of a record, if the products hear of it.
func caseEvent(c kyc.Case, r kyc.Record) (e event.Event, tells bool) {
	switch r.Kind {
	case string(kyc.Submit):
		e = event.NewKYCSubmitted(c.AccountID, c.No, c.EntityType, r.At)
	case string(kyc.Approve), string(kyc.Resume):
		e = event.NewKYCApproved(c.AccountID, c.No, c.EntityType, c.ValidUntil, r.At)
	case string(kyc.Reject):
		e = event.NewKYCRejected(c.AccountID, c.No, c.Final, r.At)
	case string(kyc.End), string(kyc.Suspend):
		e = event.NewKYCExpired(c.AccountID, c.No, r.At)
	case string(kyc.Question): // of an approved case that was reopened: until it is answered, the account is not verified
		if r.Before.Verified.CaseNo != c.No {
			return e, false
		}
		e = event.NewKYCExpired(c.AccountID, c.No, r.At)
	default:
		return e, false
	}
	e.ID = r.ID
	return e, true
}
