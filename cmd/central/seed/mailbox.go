package seed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// Mailbox is where somebody reads what they were sent.
type Mailbox interface {
	// LinkToken is the token of the link that verifies the address.
	LinkToken(ctx context.Context, email string) (string, error)
	// Code is the code that proves the number (E.164).
	Code(ctx context.Context, challengeID, number string) (string, error)
}

// shown reads the messages that a local run shows, as a person would.
type shown struct{ *person }

var (
	link         = regexp.MustCompile(`/verify#(\S+)`)
	sixDigits    = regexp.MustCompile(`\d{6}`)
	spacedDigits = regexp.MustCompile(`(?:\d\s*){6}`) // as they are read out
)

func (s shown) LinkToken(ctx context.Context, email string) (string, error) {
	mail, err := s.message(ctx, email)
	if err != nil {
		return "", err
	}
	found := link.FindStringSubmatch(mail)
	if found == nil {
		return "", errors.New("the mail has no link")
	}
	return found[1], nil
}

func (s shown) Code(ctx context.Context, _, number string) (string, error) {
	said, err := s.message(ctx, number)
	if err != nil {
		return "", err
	}
	if code := sixDigits.FindString(said); code != "" {
		return code, nil
	}
	return strings.Join(strings.Fields(spacedDigits.FindString(said)), ""), nil
}

// message is the text of the newest message to an address or number.
func (s shown) message(ctx context.Context, to string) (string, error) {
	var found []struct{ Text string }
	if err := s.call(ctx, http.MethodGet, "/_local/messages?to="+url.QueryEscape(to), nil, &found); err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("nothing was sent to %s", to)
	}
	return found[0].Text, nil
}

// Derived is the mailbox of who has the keys: it says what a message would, without having got it.
type Derived struct {
	Keys  token.Keyring
	Store *store.Store
	Now   func() time.Time
}

func (d Derived) LinkToken(ctx context.Context, email string) (string, error) {
	address, err := account.ParseEmail(email)
	if err != nil {
		return "", err
	}
	open, err := d.Store.OpenSignups(ctx, address.Digest(), d.Now())
	if err != nil {
		return "", err
	}
	if len(open) == 0 {
		return "", errors.New("there is no sign-up to verify")
	}
	return d.Keys.Issue(token.VerifyEmail, address.Digest(), open[0].ID).Reveal(), nil
}

func (d Derived) Code(_ context.Context, challengeID, number string) (string, error) {
	return d.Keys.Code(token.PhoneCode, challengeID, number).Reveal(), nil
}
