package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

// openAccount finds the system that the flags mean, and an account in it.
func (c *cli) openAccount(ctx context.Context, who string) (*system, *store.Store, account.Profile, error) {
	sys, err := c.open(ctx)
	if err != nil {
		return nil, nil, account.Profile{}, err
	}
	s := sys.store()
	p, err := c.find(ctx, s, who)
	return sys, s, p, err
}

// find finds an account by its e-mail address or its id.
func (c *cli) find(ctx context.Context, s *store.Store, who string) (account.Profile, error) {
	id := account.ID(strings.ToUpper(who))
	if strings.Contains(who, "@") {
		email, err := account.ParseEmail(who)
		if err != nil {
			return account.Profile{}, usageError{err}
		}
		login, found, err := s.Login(ctx, email)
		if err != nil {
			return account.Profile{}, err
		}
		if !found {
			return account.Profile{}, c.noAccount(ctx, s, email)
		}
		id = login.AccountID
	}
	p, err := s.Profile(ctx, id)
	if errors.Is(err, account.ErrNotFound) {
		return p, fmt.Errorf("no account is called %q", who)
	}
	return p, err
}

// noAccount says what there is in the place of an account.
func (c *cli) noAccount(ctx context.Context, s *store.Store, email account.Email) error {
	pending, err := s.OpenSignups(ctx, email.Digest(), c.now())
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return fmt.Errorf("no account has this address yet: a sign-up of %s waits until its mail is answered", day(pending[0].CreatedAt))
	}
	return errors.New("no account has this address")
}

// masked hides most of an address: "a***@example.com".
func masked(e account.Email) string { return e.LogValue().String() }
