package seed

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
)

// ProductID is the id of Product.
const ProductID = "SAMPLEPRODUCTAAAAAAAAAAAAA"

// Product is the client of every local run that was filled: a native app, so that a developer tries log-in with any library, on any port and
// without a secret.
func Product(now time.Time) oidc.Client {
	return oidc.Client{
		ID: ProductID, Name: "Sample product", FirstParty: true, Native: true, Auth: oidc.AuthNone, PKCE: oidc.PKCERequired,
		RedirectURIs: []string{"http://127.0.0.1/callback"}, PostLogoutURIs: []string{"http://127.0.0.1/"}, InitiateLoginURI: "http://127.0.0.1:4000/login", Product: "click-to-call",
		Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopePhone, oidc.ScopeAccount, oidc.ScopeKYC}, Needs: []string{oidc.NeedDetails},
		IDTokenAlg: "ES256", AccessToken: oidc.Opaque, CreatedAt: now, UpdatedAt: now,
	}
}

// AddProduct registers it, unless it is there.
func AddProduct(ctx context.Context, s *store.Store, now time.Time) error {
	_, err := s.AddClient(ctx, Product(now.UTC().Truncate(time.Second)))
	if errors.Is(err, oidc.ErrClientExists) {
		return nil
	}
	return err
}
