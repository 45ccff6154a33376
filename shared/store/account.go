package store

import (
	"context"
	"errors"
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

// SaveDetails replaces the details of the account as it was read (p) and returns it as it is now. It returns
// account.ErrPhoneNotVerified while no phone is proven, and account.ErrVersion when the account changed since it was read.
func (s *Store) SaveDetails(ctx context.Context, p account.Profile, d account.Details, now time.Time) (account.Profile, error) {
	c := change{
		key: profileKey(p.ID),
		set: "SET #type = :type, firstName = :first, lastName = :last, sector = :sector, companyName = :company, " +
			"updatedAt = :now ADD version :one",
		when:  "version = :version AND attribute_exists(phone)",
		names: map[string]string{"#type": "type"},
		values: values{
			":type": string(d.Type), ":first": d.FirstName, ":last": d.LastName, ":sector": d.Sector, ":company": d.CompanyName,
			":now": stampOf(now), ":one": 1, ":version": p.Version,
		},
	}
	saved, err := s.update(ctx, "save details", s.users, c)
	if found, failed := conditionFailed(err); failed {
		if found != nil && found["phone"] == nil {
			return account.Profile{}, account.ErrPhoneNotVerified.Because(err)
		}
		return s.alreadySaved(found, p, d, account.ErrVersion.Because(err))
	}
	if err != nil {
		return account.Profile{}, err
	}
	return decodeProfile(saved)
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

// alreadySaved recognises the outcome of this very change, when the answer to it was lost and the SDK sent it again.
func (s *Store) alreadySaved(found item, p account.Profile, d account.Details, otherwise error) (account.Profile, error) {
	if found == nil {
		return account.Profile{}, otherwise
	}
	there, err := decodeProfile(found)
	if err == nil && there.Version == p.Version+1 && there.Details == d {
		return there, nil
	}
	return account.Profile{}, otherwise
}

func decodeProfile(i item) (account.Profile, error) {
	var row profileRow
	if err := unmarshal(i, &row); err != nil {
		return account.Profile{}, err
	}
	return row.profile()
}
