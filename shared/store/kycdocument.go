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
// kyc.ErrLocked when the case cannot be changed any more, and account.ErrBusy while others are changing it.
func (s *Store) DocumentUploaded(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error {
	return s.arrived(ctx, id, no, documentID, kyc.DocUploaded, now)
}

// DocumentScanning notes that a file is in storage and waits for the scanner, in the same way.
func (s *Store) DocumentScanning(ctx context.Context, id account.ID, no int, documentID string, now time.Time) error {
	return s.arrived(ctx, id, no, documentID, kyc.DocScanning, now)
}

// lookTogether rounds the time up at which the clock looks for files that came: those of the same minutes leave the case's entry of the index
// where it is, and only the first pays for moving it, which is four write units.
const lookTogether = 5 * time.Minute

// touchAndLook is touchCase for a file that is to be checked: the clock looks later whether it was.
func (s *Store) touchAndLook(id account.ID, no int, now time.Time) types.TransactWriteItem {
	look := ticking(id, no, now.Add(kyc.CheckLife+lookTogether-1).Truncate(lookTogether))
	return updateIn(s.users, change{
		key: caseKey(id, no), set: "SET updatedAt = :now, queue = :queue, queueKey = :place ADD version :one", when: editable, names: statusName,
		values: editableValues(values{":now": stampOf(now), ":one": 1, ":queue": look.Queue, ":place": look.QueueKey}),
	})
}

func (s *Store) arrived(ctx context.Context, id account.ID, no int, documentID string, to kyc.DocState, now time.Time) error {
	from := []kyc.DocState{kyc.DocRequested, kyc.DocRequested}
	if to == kyc.DocScanning {
		from[1] = kyc.DocUploaded
	}
	err := s.transact(ctx, "note upload",
		updateIn(s.users, change{
			key: documentKey(id, no, documentID), set: "SET #state = :to, uploadedAt = if_not_exists(uploadedAt, :now)", when: "#state IN (:from, :or)",
			names:  map[string]string{"#state": "state"},
			values: values{":to": string(to), ":from": string(from[0]), ":or": string(from[1]), ":now": stampOf(now)},
		}),
		s.touchAndLook(id, no, now))
	index, _, failed := failedAt(err)
	switch {
	case !failed:
		return busy(err)
	case index == 0:
		return nil
	}
	return kyc.ErrLocked.Because(err)
}

// FinishDocument writes what the check of a document found: d is rendering, refused or infected. It happens once, whatever the number of
// events: ErrDocumentDone after that, and kyc.ErrLocked when the case was submitted without the document.
func (s *Store) FinishDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error {
	err := s.transact(ctx, "finish document",
		updateIn(s.users, change{
			key: documentKey(id, no, d.ID),
			set: "SET #state = :to, sha256 = :sum, #key = :key, versionId = :version, checkedAt = :now, uploadedAt = :uploaded, " +
				"reasonCode = :code, reasonDetail = :detail, flattened = :flattened, scannedAt = :scanned, " +
				"program = :program, signature = :signature, signer = :signer, #extended = :extended",
			when:  "#state IN (:requested, :was, :scanning)",
			names: map[string]string{"#state": "state", "#key": "objectKey", "#extended": "extended"},
			values: values{
				":to": string(d.State), ":sum": d.SHA256, ":key": d.Key, ":version": d.VersionID, ":now": stampOf(d.CheckedAt),
				":uploaded": stampOf(d.UploadedAt), ":code": d.Reason.Code, ":detail": d.Reason.Detail,
				":requested": string(kyc.DocRequested), ":was": string(kyc.DocUploaded), ":scanning": string(kyc.DocScanning),
				":flattened": d.Flattened, ":scanned": stampOf(d.ScannedAt), ":program": d.Origin.Program, ":signature": string(d.Origin.Signature),
				":signer": d.Origin.Signer, ":extended": d.Origin.Extended,
			},
		}),
		s.touchCase(id, no, d.CheckedAt))
	return done(err)
}

// done says why a document cannot be finished, where the case is the second action.
func done(err error) error {
	index, _, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0:
		return ErrDocumentDone
	}
	return kyc.ErrLocked.Because(err)
}

// RenderDocument writes what came of the pages of a document that was rendering: d is clean, with its pages, or refused. It happens once,
// as FinishDocument does.
func (s *Store) RenderDocument(ctx context.Context, id account.ID, no int, d kyc.Document) error {
	return done(s.transact(ctx, "note pages",
		updateIn(s.users, change{
			key:   documentKey(id, no, d.ID),
			set:   "SET #state = :to, versionId = :version, pages = :pages, renderedAt = :now, reasonCode = :code, reasonDetail = :detail",
			when:  "#state = :rendering",
			names: map[string]string{"#state": "state"},
			values: values{
				":to": string(d.State), ":version": d.VersionID, ":pages": d.Pages, ":now": stampOf(d.RenderedAt), ":code": d.Reason.Code,
				":detail": d.Reason.Detail, ":rendering": string(kyc.DocRendering),
			},
		}),
		s.touchCase(id, no, d.RenderedAt)))
}

// AddPages writes the pages of a document that was kept before pages were made; whatever its case is now. A document that has its pages
// stays as it is.
func (s *Store) AddPages(ctx context.Context, id account.ID, no int, d kyc.Document) error {
	_, err := s.update(ctx, "add pages", s.users, change{
		key: documentKey(id, no, d.ID), set: "SET pages = :pages, renderedAt = :now",
		when:   "versionId = :version AND attribute_not_exists(renderedAt)",
		values: values{":pages": d.Pages, ":now": stampOf(d.RenderedAt), ":version": d.VersionID},
	})
	if _, other := conditionFailed(err); other {
		return nil
	}
	return err
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
