package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/typed"
)

// whoHelp says how an account is named.
const whoHelp = `An account is named by its email address, its phone number (+919876543210, or as people write it), its id, or the
reference number of its KYC case.`

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

// find finds an account by its email address, its number, its id, or the reference number of its case.
func (c *cli) find(ctx context.Context, s *store.Store, who string) (account.Profile, error) {
	who = typed.Trim(who)
	var id account.ID
	var err error
	number, isNumber := e164(who)
	switch {
	case strings.Contains(who, "@"):
		id, err = c.byAddress(ctx, s, who)
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

func (c *cli) byAddress(ctx context.Context, s *store.Store, who string) (account.ID, error) {
	email, err := account.ParseEmail(who)
	if err != nil {
		return "", usageError{err}
	}
	login, found, err := s.Login(ctx, email)
	if err != nil {
		return "", err
	}
	if !found {
		return "", c.noAccount(ctx, s, email)
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

// e164 reads a number as people write it: "+91 98765 43210", "098765-43210", "९८७६५४३२१०". Without a country it is of India.
func e164(text string) (string, bool) {
	compact := compactNumber(text)
	digits := strings.TrimPrefix(compact, "+")
	if len(digits) < 10 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if compact != digits && !strings.HasPrefix(digits, "91") {
		return "+" + digits, true
	}
	if national := strings.TrimLeft(digits, "0"); len(national) == 10 || len(national) == 12 && strings.HasPrefix(national, "91") {
		return "+91" + national[len(national)-10:], true
	}
	return "", false
}

var brackets = strings.NewReplacer("(", "", ")", "", ".", "")

// compactNumber leaves the digits of a number, in ASCII, and its plus.
func compactNumber(text string) string { return typed.Digits(typed.Compact(brackets.Replace(text))) }

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
