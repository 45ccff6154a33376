package store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// ErrDocumentDone is the error for a document that was checked or removed before.
var ErrDocumentDone = errors.New("store: the document is not waiting for a check")

func setState(c kyc.Case, documentID string, to kyc.DocState) change {
	return change{
		key: documentKey(c.AccountID, c.No, documentID), set: "SET #state = :to", when: "attribute_exists(pk)",
		names: map[string]string{"#state": "state"}, values: values{":to": string(to)},
	}
}

// changeCase is touchCase for what was decided by the case as it was read (c): it fails when that has changed.
func (s *Store) changeCase(c kyc.Case, now time.Time) types.TransactWriteItem {
	return updateIn(s.users, change{
		key: caseKey(c.AccountID, c.No), set: "SET updatedAt = :now, version = :next", when: "version = :version AND " + editable, names: statusName,
		values: editableValues(values{":now": stampOf(now), ":version": c.Version, ":next": c.Version + 1}),
	})
}

// AddDocument writes a document that an upload was allowed for, in the case as it was read (c). It returns account.ErrBusy when the case
// changed since.
func (s *Store) AddDocument(ctx context.Context, c kyc.Case, d kyc.Document) error {
	return busy(s.transact(ctx, "add document", s.changeCase(c, d.CreatedAt), putNew(s.users, documentToRow(c.AccountID, d))))
}

// RemoveDocument takes a document out of the case as it was read (c). It returns account.ErrBusy when the case changed since.
func (s *Store) RemoveDocument(ctx context.Context, c kyc.Case, documentID string, now time.Time) error {
	return busy(s.transact(ctx, "remove document", s.changeCase(c, now), updateIn(s.users, setState(c, documentID, kyc.DocSuperseded))))
}

func busy(err error) error {
	if _, _, failed := failedAt(err); failed {
		return account.ErrBusy.Because(err)
	}
	return err
}

// Document reads one document. It returns kyc.ErrDocumentUnknown when there is none.
func (s *Store) Document(ctx context.Context, id account.ID, no int, documentID string) (kyc.Document, error) {
	var row documentRow
	found, err := s.get(ctx, "read document", s.users, documentKey(id, no, documentID), &row)
	if err != nil {
		return kyc.Document{}, err
	}
	if !found {
		return kyc.Document{}, kyc.ErrDocumentUnknown
	}
	return row.document(), nil
}

// DocumentUploaded notes that the browser has finished its upload. A document that is further already stays as it is. It returns
// kyc.ErrLocked when the case cannot be changed any more.
func (s *Store) DocumentUploaded(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error {
	err := s.transact(ctx, "note upload",
		updateIn(s.users, change{
			key: documentKey(id, no, documentID), set: "SET #state = :uploaded, uploadedAt = :now", when: "#state = :requested",
			names:  map[string]string{"#state": "state"},
			values: values{":uploaded": string(kyc.DocUploaded), ":requested": string(kyc.DocRequested), ":now": stampOf(now)},
		}),
		s.touchCase(id, no, now))
	index, _, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		return nil
	}
	return kyc.ErrLocked.Because(err)
}

// FinishDocument writes what the check of a document found: d is clean or refused. It happens once, whatever the number of
// events: ErrDocumentDone after that, and kyc.ErrLocked when the case was submitted without the document.
func (s *Store) FinishDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error {
	err := s.transact(ctx, "finish document",
		updateIn(s.users, change{
			key: documentKey(id, no, d.ID),
			set: "SET #state = :to, sha256 = :sum, #key = :key, versionId = :version, checkedAt = :now, uploadedAt = :uploaded, " +
				"reasonCode = :code, reasonDetail = :detail",
			when:  "#state IN (:requested, :was)",
			names: map[string]string{"#state": "state", "#key": "objectKey"},
			values: values{
				":to": string(d.State), ":sum": d.SHA256, ":key": d.Key, ":version": d.VersionID, ":now": stampOf(d.CheckedAt),
				":uploaded": stampOf(d.UploadedAt), ":code": d.Reason.Code, ":detail": d.Reason.Detail,
				":requested": string(kyc.DocRequested), ":was": string(kyc.DocUploaded),
			},
		}),
		s.touchCase(id, no, d.CheckedAt))
	index, _, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		return ErrDocumentDone
	}
	return kyc.ErrLocked.Because(err)
}

// DocumentPurged notes that no file of a superseded document is in storage any more. One that is gone, or not superseded, stays as it is.
func (s *Store) DocumentPurged(ctx context.Context, id account.ID, d kyc.Document, now time.Time) error {
	_, err := s.update(ctx, "note purge", s.users, change{
		key: documentKey(id, d.CaseNo, d.ID), set: "SET purgedAt = :now", when: "#state = :superseded",
		names: map[string]string{"#state": "state"}, values: values{":now": stampOf(now), ":superseded": string(kyc.DocSuperseded)},
	})
	if _, other := conditionFailed(err); other {
		return nil
	}
	return err
}
