package store

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

type signatoryRow struct {
	key
	ID        string `dynamodbav:"id"`
	CaseNo    int    `dynamodbav:"caseNo"`
	Round     int    `dynamodbav:"round"`
	Device    string `dynamodbav:"device,omitempty"`
	CreatedAt stamp  `dynamodbav:"createdAt"`
	OpenedAt  stamp  `dynamodbav:"openedAt,omitempty"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

// StartSignatoryLink writes a link to the case as it was read. It takes the place of an older one.
func (s *Store) StartSignatoryLink(ctx context.Context, c kyc.Case, l kyc.SignatoryLink, r kyc.Record, seen account.Activity) error {
	row := signatoryRow{
		key: signatoryKey(l.AccountID), ID: l.ID, CaseNo: l.CaseNo, Round: l.Round, CreatedAt: stampOf(l.CreatedAt), ExpiresAt: l.ExpiresAt.Unix(),
	}
	return s.transact(ctx, "start signatory link", putOver(s.tokens, row), putNew(s.users, recordToRow(c, r)), putNew(s.users, activityToRow(l.AccountID, seen)))
}

// SignatoryLink reads the link of an account and the account's profile. Where there is no account or no link, the link is zero.
func (s *Store) SignatoryLink(ctx context.Context, id account.ID) (kyc.SignatoryLink, account.Profile, error) {
	var row signatoryRow
	var profile profileRow
	if err := s.pair(ctx, "read signatory link", signatoryKey(id), &row, profileKey(id), &profile); err != nil {
		return kyc.SignatoryLink{}, account.Profile{}, err
	}
	if row.SK == "" || profile.SK == "" {
		return kyc.SignatoryLink{}, account.Profile{}, nil
	}
	p, err := profile.profile()
	return kyc.SignatoryLink{
		ID: row.ID, AccountID: id, CaseNo: row.CaseNo, Round: row.Round, Device: row.Device, CreatedAt: row.CreatedAt.time(), OpenedAt: row.OpenedAt.time(),
		ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC(),
	}, p, err
}

// OpenSignatoryLink binds a link to the device that opens it first. It returns kyc.ErrSignatoryLinkTaken when another was faster, and
// kyc.ErrSignatoryLinkOver when the link was replaced, ended or is too old.
func (s *Store) OpenSignatoryLink(ctx context.Context, c kyc.Case, l kyc.SignatoryLink, r kyc.Record, seen account.Activity) error {
	err := s.transact(ctx, "open signatory link",
		updateIn(s.tokens, change{
			key: signatoryKey(l.AccountID), set: "SET device = :device, openedAt = :opened",
			when:   "id = :id AND attribute_not_exists(device) AND expiresAt > :now",
			values: values{":device": l.Device, ":opened": stampOf(l.OpenedAt), ":id": l.ID, ":now": l.OpenedAt.Unix()},
		}),
		putNew(s.users, recordToRow(c, r)), putNew(s.users, activityToRow(l.AccountID, seen)))
	index, found, failed := failedAt(err)
	var row signatoryRow
	switch {
	case !failed:
		return err
	case index == 0 && found != nil && unmarshal(found, &row) == nil && row.ID == l.ID && row.Device != "":
		return kyc.ErrSignatoryLinkTaken.Because(err)
	}
	return kyc.ErrSignatoryLinkOver.Because(err)
}

// EndSignatoryLink ends the link of an account, if it has one.
func (s *Store) EndSignatoryLink(ctx context.Context, id account.ID, now time.Time) error {
	_, err := s.update(ctx, "end signatory link", s.tokens, change{
		key: signatoryKey(id), set: "SET expiresAt = :now", when: "expiresAt > :now", values: values{":now": now.Unix()},
	})
	if _, none := conditionFailed(err); none {
		return nil
	}
	return err
}
