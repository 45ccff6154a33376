package store

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

// StartSignup writes a sign-up and the mail that belongs to it.
func (s *Store) StartSignup(ctx context.Context, p account.Signup, m message.Message) error {
	return s.transact(ctx, "start sign-up", putNew(s.tokens, signupToRow(p)), putNew(s.tokens, pendingRow(m)))
}

// Signup reads one sign-up by the digest of its address and its id. It returns account.ErrLinkExpired when there is none.
func (s *Store) Signup(ctx context.Context, digest, id string) (account.Signup, error) {
	var row signupRow
	found, err := s.get(ctx, "read sign-up", s.tokens, signupKey(digest, id), &row)
	if err != nil {
		return account.Signup{}, err
	}
	if !found {
		return account.Signup{}, account.ErrLinkExpired
	}
	return row.signup()
}

// OpenSignups returns the sign-ups for the address with this digest that are neither used nor expired, the newest first; among them those
// that can never be verified because the address has an account.
func (s *Store) OpenSignups(ctx context.Context, digest string, now time.Time) ([]account.Signup, error) {
	items, err := s.query(ctx, "read sign-ups", s.tokens, signupKey(digest, "").PK, "")
	if err != nil {
		return nil, err
	}
	var open []account.Signup
	for _, i := range items {
		var row signupRow
		if err := unmarshal(i, &row); err != nil {
			return nil, err
		}
		p, err := row.signup()
		if err != nil {
			return nil, err
		}
		if p.Open(now) {
			open = append(open, p)
		}
	}
	slices.SortStableFunc(open, func(a, b account.Signup) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return open, nil
}

// CompleteSignup turns a sign-up into an account: profile, claim on the address, consent, first activity and event, all or none.
// It returns account.ErrAlreadyVerified when the sign-up was used or the address was claimed meanwhile,
// account.ErrLinkExpired when the sign-up is too old or gone, and account.ErrEmailKept while the address is kept for the account that it was of.
func (s *Store) CompleteSignup(ctx context.Context, p account.Signup, profile account.Profile, seen account.Activity, now time.Time) error {
	actions := []types.TransactWriteItem{
		updateIn(s.tokens, change{
			key: signupKey(p.Email.Digest(), p.ID), set: "SET usedAt = :used",
			when:   "attribute_not_exists(usedAt) AND expiresAt > :now AND known = :no",
			values: values{":used": stampOf(now), ":now": now.Unix(), ":no": false},
		}),
		putNew(s.users, loginRow{
			key: loginKey(p.Email), AccountID: string(profile.ID), PasswordHash: p.PasswordHash.Reveal(),
			CredentialVersion: profile.CredentialVersion,
		}),
		putNew(s.users, profileToRow(profile)),
		putNew(s.users, consentToRow(profile.ID, p.Consent)),
		putNew(s.users, activityToRow(profile.ID, seen)),
		s.notKept(p.Email, now),
	}
	kept := len(actions) - 1
	err := s.transact(ctx, "complete sign-up", append(actions, s.emit(event.NewAccountVerified(profile.ID, now), time.Time{})...)...)
	index, found, failed := failedAt(err)
	switch {
	case !failed:
		return err
	case index == 0 && found["usedAt"] == nil:
		return account.ErrLinkExpired.Because(err)
	case index == kept:
		return account.ErrEmailKept.Because(err)
	}
	return account.ErrAlreadyVerified.Because(err)
}

// Login reads the claim on an address; found is false when no account has it.
func (s *Store) Login(ctx context.Context, email account.Email) (l account.Login, found bool, err error) {
	var row loginRow
	found, err = s.get(ctx, "read login", s.users, loginKey(email), &row)
	if err != nil || !found {
		return l, false, err
	}
	return row.login(email), true, nil
}
