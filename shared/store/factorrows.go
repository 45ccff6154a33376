package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"phonon.in/central/shared/account"
)

type factorsRow struct {
	key
	TOTP       string       `dynamodbav:"totp,omitempty"` // sealed
	TOTPAt     stamp        `dynamodbav:"totpAt,omitempty"`
	TOTPStep   int64        `dynamodbav:"totpStep"`
	Recovery   []string     `dynamodbav:"recovery,stringset,omitempty"`
	Passkeys   []passkeyRow `dynamodbav:"passkeys,omitempty"`
	RecoveryAt stamp        `dynamodbav:"recoveryAt,omitempty"`
	ResetID    string       `dynamodbav:"resetId,omitempty"`
	ResetAt    stamp        `dynamodbav:"resetAt,omitempty"`
	Version    int          `dynamodbav:"version"`
	UpdatedAt  stamp        `dynamodbav:"updatedAt"`
}

type passkeyRow struct {
	ID             string `dynamodbav:"id"`
	Name           string `dynamodbav:"name"`
	PublicKey      []byte `dynamodbav:"publicKey"`
	SignCount      uint32 `dynamodbav:"signCount"`
	BackupEligible bool   `dynamodbav:"backupEligible"`
	BackedUp       bool   `dynamodbav:"backedUp"`
	AddedAt        stamp  `dynamodbav:"addedAt"`
	UsedAt         stamp  `dynamodbav:"usedAt,omitempty"`
}

func factorsToRow(id account.ID, f account.FactorSet) factorsRow {
	row := factorsRow{
		key: factorsKey(id), TOTP: f.TOTP.Sealed, TOTPAt: stampOf(f.TOTP.AddedAt), TOTPStep: f.TOTP.Step, Recovery: f.Recovery,
		RecoveryAt: stampOf(f.RecoveryAt), ResetID: f.ResetID, ResetAt: stampOf(f.ResetAt), Version: f.Version, UpdatedAt: stampOf(f.UpdatedAt),
	}
	for _, p := range f.Passkeys {
		row.Passkeys = append(row.Passkeys, passkeyRow{p.ID, p.Name, p.PublicKey, p.SignCount, p.BackupEligible, p.BackedUp, stampOf(p.AddedAt), stampOf(p.UsedAt)})
	}
	return row
}

func (r factorsRow) set() account.FactorSet {
	f := account.FactorSet{
		TOTP: account.TOTP{Sealed: r.TOTP, AddedAt: r.TOTPAt.time(), Step: r.TOTPStep}, Recovery: slices.Clone(r.Recovery),
		RecoveryAt: r.RecoveryAt.time(), ResetID: r.ResetID, ResetAt: r.ResetAt.time(), Version: r.Version, UpdatedAt: r.UpdatedAt.time(),
	}
	for _, p := range r.Passkeys {
		f.Passkeys = append(f.Passkeys, account.Passkey{
			ID: p.ID, Name: p.Name, PublicKey: p.PublicKey, SignCount: p.SignCount, BackupEligible: p.BackupEligible, BackedUp: p.BackedUp,
			AddedAt: p.AddedAt.time(), UsedAt: p.UsedAt.time(),
		})
	}
	return f
}

// answeredRow says that a challenge was answered.
type answeredRow struct {
	key
	ExpiresAt int64 `dynamodbav:"expiresAt"`
}

func passkeyPath(place int) string { return fmt.Sprintf("passkeys[%d]", place) }

type pendingLoginRow struct {
	key
	CredentialVersion int   `dynamodbav:"credentialVersion"`
	Remember          bool  `dynamodbav:"remember"`
	ExpiresAt         int64 `dynamodbav:"expiresAt"`
}

// StartPendingLogin notes that the password of an account was right.
func (s *Store) StartPendingLogin(ctx context.Context, p account.PendingLogin) error {
	row := pendingLoginRow{pendingLoginKey(p.AccountID, p.Digest), p.CredentialVersion, p.Remember, p.ExpiresAt.Unix()}
	return s.put(ctx, "start pending log-in", s.tokens, row, "")
}

// PendingLogin reads a log-in that waits for its second factor, and its account. It returns account.ErrLoginExpired when there is none, or
// the password was changed since.
func (s *Store) PendingLogin(ctx context.Context, id account.ID, digest string, now time.Time) (account.PendingLogin, account.Profile, error) {
	var row pendingLoginRow
	var profile profileRow
	if err := s.pair(ctx, "read pending log-in", pendingLoginKey(id, digest), &row, profileKey(id), &profile); err != nil {
		return account.PendingLogin{}, account.Profile{}, err
	}
	if row.SK == "" || profile.SK == "" || row.ExpiresAt <= now.Unix() || row.CredentialVersion != profile.CredentialVersion {
		return account.PendingLogin{}, account.Profile{}, account.ErrLoginExpired
	}
	p, err := profile.profile()
	return account.PendingLogin{
		Digest: digest, AccountID: id, CredentialVersion: row.CredentialVersion, Remember: row.Remember, ExpiresAt: time.Unix(row.ExpiresAt, 0).UTC(),
	}, p, err
}
