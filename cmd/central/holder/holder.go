// Package holder finds an account as people name it.
package holder

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/typed"
)

// Help says how an account is named.
const Help = `An account is named by its email address, its phone number (+919876543210, or as people write it), its id, or the
reference number of its KYC case.`

// Open finds the system that the flags mean, and an account in it.
func Open(ctx context.Context, c *where.Call, who string) (*where.System, *store.Store, account.Profile, error) {
	sys, err := c.Open(ctx)
	if err != nil {
		return nil, nil, account.Profile{}, err
	}
	s := sys.Store()
	p, err := Find(ctx, c, s, who)
	return sys, s, p, err
}

// Find finds an account by its email address, its number, its id, or the reference number of its case.
func Find(ctx context.Context, c *where.Call, s *store.Store, who string) (account.Profile, error) {
	who = typed.Trim(who)
	var id account.ID
	var err error
	number, isNumber := e164(who)
	switch {
	case strings.Contains(who, "@"):
		id, err = byAddress(ctx, c, s, who)
	case isNumber:
		id, err = byNumber(ctx, s, number)
	default:
		id = account.ID(strings.ToUpper(who))
	}
	if err != nil {
		return account.Profile{}, err
	}
	p, err := s.Profile(ctx, id)
	if !errors.Is(err, account.ErrNotFound) {
		return p, err
	}
	if reference, ok := kyc.ParseReference(who); ok {
		holder, _, found, err := s.CaseOf(ctx, reference)
		if err != nil {
			return account.Profile{}, err
		}
		if found {
			return s.Profile(ctx, holder)
		}
	}
	return account.Profile{}, fmt.Errorf("no account is called %q: it is no address, no number, no id and no reference of any", who)
}

func byAddress(ctx context.Context, c *where.Call, s *store.Store, who string) (account.ID, error) {
	email, err := account.ParseEmail(who)
	if err != nil {
		return "", console.Misused(err)
	}
	login, found, err := s.Login(ctx, email)
	if err != nil {
		return "", err
	}
	if !found {
		return "", noAccount(ctx, c, s, email)
	}
	return login.AccountID, nil
}

func byNumber(ctx context.Context, s *store.Store, number string) (account.ID, error) {
	ids, err := s.AccountsWithPhone(ctx, number)
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fmt.Errorf("no account has proven the number %s", number)
	case len(ids) > 1:
		return "", fmt.Errorf("%d accounts have proven the number %s; name one by its id: %v", len(ids), number, ids)
	}
	return ids[0], nil
}

// noAccount says what there is in the place of an account.
func noAccount(ctx context.Context, c *where.Call, s *store.Store, email account.Email) error {
	pending, err := s.OpenSignups(ctx, email.Digest(), c.Now())
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return fmt.Errorf("no account has this address yet: a sign-up of %s waits until its mail is answered", console.Day(pending[0].CreatedAt))
	}
	return errors.New("no account has this address")
}
