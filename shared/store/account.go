package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"phonon.in/central/shared/account"
)

var errUnprocessed = errors.New("store: DynamoDB left keys unprocessed")

// Profile reads an account. It returns account.ErrNotFound when there is none.
func (s *Store) Profile(ctx context.Context, id account.ID) (account.Profile, error) {
	var row profileRow
	found, err := s.get(ctx, "read profile", s.users, profileKey(id), &row)
	if err != nil {
		return account.Profile{}, err
	}
	if !found {
		return account.Profile{}, account.ErrNotFound
	}
	return row.profile()
}

// SaveDetails replaces the details of the account p and returns it as it is now. With onlyAsRead the account must still be as it was read:
// account.ErrVersion. Without it, of two at once the later one stays. Other faults are account.ErrPhoneNotVerified while no phone is proven,
// and account.ErrIdentityLocked when the KYC case keeps names and type as they are and d would change them.
func (s *Store) SaveDetails(ctx context.Context, p account.Profile, d account.Details, onlyAsRead bool, now time.Time) (account.Profile, error) {
	c := change{
		key: profileKey(p.ID),
		set: "SET #type = :type, firstName = :first, lastName = :last, sector = :sector, companyName = :company, " +
			"updatedAt = :now ADD version :one",
		when: "attribute_exists(phone) AND (" + identityFree +
			" OR #type = :type AND firstName = :first AND lastName = :last AND companyName = :company)",
		names: map[string]string{"#type": "type"},
		values: identityFreeValues(values{
			":type": string(d.Type), ":first": d.FirstName, ":last": d.LastName, ":sector": d.Sector, ":company": d.CompanyName,
			":now": stampOf(now), ":one": 1,
		}),
	}
	if onlyAsRead {
		c.when, c.values[":version"] = c.when+" AND version = :version", p.Version
	}
	saved, err := s.update(ctx, "save details", s.users, c)
	if found, failed := conditionFailed(err); failed {
		return s.whyNotSaved(found, p, d, err)
	}
	if err != nil {
		return account.Profile{}, err
	}
	return decodeProfile(saved)
}

// identityFree is the condition under which an account may become somebody else's; account.Profile.IdentityLocked says the opposite of
// what was read.
var identityFree = func() string {
	var names []string
	for i := range account.LockedBy() {
		names = append(names, fmt.Sprintf(":locked%d", i))
	}
	return "NOT kyc IN (" + strings.Join(names, ", ") + ")"
}()

func identityFreeValues(v values) values {
	for i, state := range account.LockedBy() {
		v[fmt.Sprintf(":locked%d", i)] = state
	}
	return v
}

// whyNotSaved names the condition that failed. It recognises the outcome of this very change, when the answer to it was lost and the SDK
// sent it again.
func (s *Store) whyNotSaved(found item, p account.Profile, d account.Details, cause error) (account.Profile, error) {
	if found == nil {
		return account.Profile{}, account.ErrNotFound.Because(cause)
	}
	there, err := decodeProfile(found)
	switch {
	case err != nil:
		return account.Profile{}, err
	case there.Version == p.Version+1 && there.Details == d:
		return there, nil
	case there.Phone.Number.IsZero():
		return account.Profile{}, account.ErrPhoneNotVerified.Because(cause)
	case there.IdentityLocked() && !there.Details.SameIdentity(d):
		return account.Profile{}, account.ErrIdentityLocked.Because(cause)
	}
	return account.Profile{}, account.ErrVersion.Because(cause)
}

// SaveLocale sets the language of an account and returns it as it is now. Of two at once the later one stays. It returns
// account.ErrNotFound when there is no such account.
func (s *Store) SaveLocale(ctx context.Context, id account.ID, locale string, now time.Time) (account.Profile, error) {
	saved, err := s.update(ctx, "save locale", s.users, change{
		key: profileKey(id), set: "SET locale = :locale, updatedAt = :now ADD version :one", when: "attribute_exists(pk)",
		values: values{":locale": locale, ":now": stampOf(now), ":one": 1},
	})
	if _, failed := conditionFailed(err); failed {
		return account.Profile{}, account.ErrNotFound.Because(err)
	}
	if err != nil {
		return account.Profile{}, err
	}
	return decodeProfile(saved)
}

func decodeProfile(i item) (account.Profile, error) {
	var row profileRow
	if err := unmarshal(i, &row); err != nil {
		return account.Profile{}, err
	}
	return row.profile()
}
