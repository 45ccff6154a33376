// Package secret reads the secrets of the application and of the edge from AWS Secrets Manager.
package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"phonon.in/central/shared/token"
)

// Secret is the one secret of the application: the keys, and where there are such the secrets of the captcha's provider and of the
// call API, the one before it too while it is being replaced.
type Secret struct {
	Keys               token.Keyring
	Captcha            token.Secret
	Call, CallPrevious token.Secret
}

func value(ctx context.Context, id string) ([]byte, error) {
	text, err := get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("secret: read: %w", err)
	}
	return []byte(text), nil
}

// Read reads the application's secret, which has this id or ARN, from Secrets Manager.
func Read(ctx context.Context, id string) (Secret, error) {
	text, err := value(ctx, id)
	if err != nil {
		return Secret{}, err
	}
	keys, err := token.ParseKeyring(text)
	if err != nil {
		return Secret{}, err
	}
	var other struct {
		CaptchaSecret      string `json:"captchaSecret"`
		CallSecret         string `json:"callSecret"`
		CallSecretPrevious string `json:"callSecretPrevious"`
	}
	if err := json.Unmarshal(text, &other); err != nil {
		return Secret{}, fmt.Errorf("secret: it is not a JSON object: %w", err)
	}
	return Secret{
		Keys: keys, Captcha: token.NewSecret(other.CaptchaSecret),
		Call: token.NewSecret(other.CallSecret), CallPrevious: token.NewSecret(other.CallSecretPrevious),
	}, nil
}

// ReadEdge reads what an edge sends to prove itself: {"current": "...", "previous": "..."} of the secret with this id or ARN. previous is
// the one that is being replaced, or empty.
func ReadEdge(ctx context.Context, id string) ([]token.Secret, error) {
	text, err := value(ctx, id)
	if err != nil {
		return nil, err
	}
	var edge struct{ Current, Previous string }
	if err := json.Unmarshal(text, &edge); err != nil || len(edge.Current) < 32 {
		return nil, errors.New("secret: the edge's has no member current of 32 characters or more")
	}
	return []token.Secret{token.NewSecret(edge.Current), token.NewSecret(edge.Previous)}, nil
}

// ReadSigning reads what Central signs tokens with, of the secret with this id or ARN: a document for jose.ParseKeyset.
func ReadSigning(ctx context.Context, id string) (token.Secret, error) {
	text, err := value(ctx, id)
	return token.NewSecret(string(text)), err
}
