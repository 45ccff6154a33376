package clients

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/shared/oidc"
)

// clientFlags are what an operator says of a client. Only what was said counts.
type clientFlags struct {
	name, auth, jwks, backchannel, login, product, alg, access, audience, pkce, profile string
	redirects, postLogouts, origins, scopes, needs                                      []string
	native, thirdParty, par, dpop, offline, claims                                      bool
	maxAge                                                                              time.Duration
}

const (
	bySecret = "secret" // the short name of client_secret_basic
	fapi2    = "fapi2"
)

func (f *clientFlags) on(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "`name` as people read it, 60 letters at most")
	flags.StringArrayVar(&f.redirects, "redirect", nil, "`URI` that codes are sent to, letter for letter; may be repeated")
	flags.StringArrayVar(&f.postLogouts, "post-logout", nil, "`URI` that a log-out may lead to; may be repeated")
	flags.StringVar(&f.backchannel, "backchannel", "", "`URL` that is told of the end of sessions; https and public")
	flags.StringVar(&f.login, "initiate-login", "", "`URL` that begins a log-in there")
	flags.StringVar(&f.product, "product", "", "`code` of the home page's tile that leads there, as in web/products.json")
	flags.StringArrayVar(&f.origins, "origin", nil, "`origin` of pages that fetch tokens themselves, of a public client; may be repeated")
	flags.StringSliceVar(&f.scopes, "scope", []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}, "`scopes` that it may ask for: "+fmt.Sprint(oidc.Scopes()))
	flags.StringSliceVar(&f.needs, "needs", []string{oidc.NeedDetails}, "`what` an account must have first: details, kyc; \"\" for nothing")
	flags.StringVar(&f.auth, "auth", bySecret, "`how` it proves itself: secret, client_secret_post, private_key_jwt, none")
	flags.StringVar(&f.jwks, "jwks", "", "`file` with its public keys, a JSON Web Key Set, for private_key_jwt")
	flags.BoolVar(&f.native, "native", false, "an app on a device: no secret; http on loopback, and schemes of its own")
	flags.BoolVar(&f.thirdParty, "third-party", false, "not one of our own: people are asked, and known to it by a name that nobody else has")
	flags.StringVar(&f.alg, "id-token-alg", "ES256", "`algorithm` of its ID tokens: ES256 or RS256")
	flags.StringVar(&f.access, "access-token", string(oidc.Opaque), "`form` of its access tokens: opaque, or jwt with --audience")
	flags.StringVar(&f.audience, "audience", "", "`URI` of the API that verifies access tokens by itself")
	flags.StringVar(&f.pkce, "pkce", string(oidc.PKCERequired), "`mode`: required, optional (then a nonce is), off (doctor warns)")
	flags.BoolVar(&f.par, "par", false, "every request must be pushed (RFC 9126)")
	flags.BoolVar(&f.dpop, "dpop", false, "every token is bound to a key (RFC 9449)")
	flags.StringVar(&f.profile, "profile", "", "fapi2: PAR, DPoP and private_key_jwt, as FAPI 2.0 has them; \"\" for none")
	flags.BoolVar(&f.offline, "offline", false, "may ask for offline_access: its tokens live on when the session has ended")
	flags.BoolVar(&f.claims, "claims-in-id-token", false, "claims are in the ID token too, where they age")
	flags.DurationVar(&f.maxAge, "max-age", 0, "`how old` a log-in may be, such as 1h; 0 for any age")
}

// apply puts what was said into a client; with all also what was not, as its default says.
func (f *clientFlags) apply(cmd *cobra.Command, c oidc.Client, all bool) (oidc.Client, error) {
	said := func(name string) bool { return all || cmd.Flags().Changed(name) }
	text := func(name string, to *string, from string) {
		if said(name) {
			*to = from
		}
	}
	list := func(name string, to *[]string, from []string) {
		if said(name) {
			*to = slices.DeleteFunc(slices.Clone(from), func(s string) bool { return s == "" })
		}
	}
	yes := func(name string, to *bool, from bool) {
		if said(name) {
			*to = from
		}
	}
	text("name", &c.Name, f.name)
	text("backchannel", &c.BackchannelURI, f.backchannel)
	text("initiate-login", &c.InitiateLoginURI, f.login)
	text("product", &c.Product, f.product)
	text("id-token-alg", &c.IDTokenAlg, f.alg)
	text("audience", &c.Audience, f.audience)
	text("access-token", (*string)(&c.AccessToken), f.access)
	text("pkce", (*string)(&c.PKCE), f.pkce)
	list("redirect", &c.RedirectURIs, f.redirects)
	list("post-logout", &c.PostLogoutURIs, f.postLogouts)
	list("origin", &c.Origins, f.origins)
	list("scope", &c.Scopes, f.scopes)
	list("needs", &c.Needs, f.needs)
	yes("native", &c.Native, f.native)
	yes("par", &c.PAR, f.par)
	yes("dpop", &c.DPoP, f.dpop)
	yes("claims-in-id-token", &c.ClaimsInIDToken, f.claims)
	if said("max-age") {
		c.DefaultMaxAge = f.maxAge
	}
	if said("third-party") {
		c.FirstParty, c.Pairwise = !f.thirdParty, f.thirdParty
	}
	if said("offline") {
		c.Offline = f.offline
		c.Scopes = slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == oidc.ScopeOffline })
		if f.offline {
			c.Scopes = append(c.Scopes, oidc.ScopeOffline)
		}
	}
	return f.applyProof(cmd, c, all)
}

func (f *clientFlags) applyProof(cmd *cobra.Command, c oidc.Client, all bool) (oidc.Client, error) {
	changed := cmd.Flags().Changed
	if all || changed("profile") {
		if f.profile != "" && f.profile != fapi2 {
			return c, console.BadUsage("--profile is %q; there is fapi2", f.profile)
		}
		if c.FAPI = f.profile == fapi2; c.FAPI {
			c.PAR, c.DPoP, c.Auth = true, true, oidc.PrivateKeyJWT
		}
	}
	if changed("jwks") {
		set, err := os.ReadFile(f.jwks)
		if err != nil {
			return c, fmt.Errorf("--jwks: %w", err)
		}
		c.Auth, c.JWKS = oidc.PrivateKeyJWT, set
	}
	if all && f.native && !changed("auth") {
		c.Auth = oidc.AuthNone
	}
	if c.Auth == "" || changed("auth") {
		c.Auth = oidc.AuthMethod(f.auth)
		if f.auth == bySecret {
			c.Auth = oidc.ClientSecretBasic
		}
	}
	if c.Auth != oidc.PrivateKeyJWT {
		c.JWKS = nil
	}
	if !provenBySecret(c) {
		c.Secrets = nil
	}
	return c, nil
}

func provenBySecret(c oidc.Client) bool {
	return c.Auth == oidc.ClientSecretBasic || c.Auth == oidc.ClientSecretPost
}
