package clients

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/oidc"
)

// clientOf applies a command line to a client, as add does without one and set with one.
func clientOf(t *testing.T, was *oidc.Client, args ...string) (oidc.Client, error) {
	t.Helper()
	var f clientFlags
	var made oidc.Client
	cmd := &cobra.Command{SilenceErrors: true, SilenceUsage: true, RunE: func(cmd *cobra.Command, _ []string) (err error) {
		if was == nil {
			made, err = f.apply(cmd, oidc.Client{}, true)
		} else {
			made, err = f.apply(cmd, *was, false)
		}
		made, _ = withSecret(made)
		return err
	}}
	f.on(cmd)
	cmd.SetArgs(args)
	err := cmd.Execute()
	return made, err
}

const issuer = "https://central.example.com"

func TestWhatIsNotSaidOfAClientIsSafe(t *testing.T) {
	c, err := clientOf(t, nil, "--name", "Calls", "--redirect", "https://calls.example.com/cb")
	if err != nil || c.Check(issuer) != nil {
		t.Fatal(err, c.Check(issuer))
	}
	if c.Auth != oidc.ClientSecretBasic || len(c.Secrets) != 1 || c.PKCE != oidc.PKCERequired || !c.FirstParty || c.Offline || c.AccessToken != oidc.Opaque || c.IDTokenAlg != "ES256" ||
		!slices.Equal(c.Needs, []string{"details"}) || !slices.Equal(c.Scopes, []string{"openid", "profile", "email"}) {
		t.Errorf("%+v", c)
	}
}

func TestAKindOfClientIsSaidInOneWord(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "jwks.json")
	jwks := `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`
	if err := os.WriteFile(keys, []byte(jwks), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		args []string
		is   func(oidc.Client) bool
	}{
		"native":      {[]string{"--native"}, func(c oidc.Client) bool { return c.Auth == oidc.AuthNone && c.Native && len(c.Secrets) == 0 }},
		"third party": {[]string{"--third-party"}, func(c oidc.Client) bool { return !c.FirstParty && c.Pairwise }},
		"by a key": {[]string{"--jwks", keys}, func(c oidc.Client) bool {
			return c.Auth == oidc.PrivateKeyJWT && string(c.JWKS) == jwks && len(c.Secrets) == 0
		}},
		"FAPI":     {[]string{"--profile", "fapi2", "--jwks", keys}, func(c oidc.Client) bool { return c.FAPI && c.PAR && c.DPoP }},
		"it stays": {[]string{"--offline"}, func(c oidc.Client) bool { return slices.Contains(c.Scopes, "offline_access") }},
		"no needs": {[]string{"--needs", ""}, func(c oidc.Client) bool { return len(c.Needs) == 0 }},
		"an API":   {[]string{"--access-token", "jwt", "--audience", "https://api.example.com"}, func(c oidc.Client) bool { return c.AccessToken == oidc.JWT }},
	} {
		c, err := clientOf(t, nil, append([]string{"--name", "Calls", "--redirect", "https://calls.example.com/cb"}, row.args...)...)
		if err != nil || c.Check(issuer) != nil || !row.is(c) {
			t.Errorf("%s: %v %v %+v", what, err, c.Check(issuer), c)
		}
	}
	for _, args := range [][]string{{"--jwks", keys + "x"}, {"--profile", "fapi3"}} {
		if _, err := clientOf(t, nil, args...); err == nil {
			t.Errorf("%v is understood", args)
		}
	}
}

func TestSetChangesWhatIsSaidAlone(t *testing.T) {
	was, err := clientOf(t, nil, "--name", "Calls", "--redirect", "https://calls.example.com/cb", "--scope", "openid,kyc", "--pkce", "off", "--max-age", "1h", "--post-logout", "https://calls.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	same, err := clientOf(t, &was)
	if err != nil || len(differences(viewClient(was, issuer), viewClient(same, issuer))) != 0 || same.Secrets[0] != was.Secrets[0] {
		t.Errorf("%v %v", err, differences(viewClient(was, issuer), viewClient(same, issuer)))
	}
	to, err := clientOf(t, &was, "--name", "Click to call", "--post-logout", "", "--pkce", "required")
	changes := strings.Join(differences(viewClient(was, issuer), viewClient(to, issuer)), "\n")
	if err != nil || changes != "  name: Calls -> Click to call\n  after log-out: https://calls.example.com/ -> -\n  PKCE: off -> required" {
		t.Errorf("%v\n%s", err, changes)
	}
	public, err := clientOf(t, &was, "--auth", "none")
	if err != nil || len(public.Secrets) != 0 {
		t.Errorf("a public client keeps a secret: %v %+v", err, public)
	}
	back, err := clientOf(t, &public, "--auth", "client_secret_post")
	if err != nil || len(back.Secrets) != 1 || back.Secrets[0] == was.Secrets[0] {
		t.Errorf("%v %+v", err, back)
	}
}

func TestASecretIsReplacedWithNobodyLockedOut(t *testing.T) {
	c, err := clientOf(t, nil, "--name", "Calls", "--redirect", "https://calls.example.com/cb")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := replaceSecret(c, true, false); err == nil {
		t.Error("nothing was begun that could be ended")
	}
	two, secret, _, err := replaceSecret(c, false, false)
	if err != nil || len(two.Secrets) != 2 || !two.HasSecret(secret.Reveal()) || two.Secrets[1] != c.Secrets[0] || two.Check(issuer) != nil {
		t.Fatalf("%v %+v", err, two)
	}
	if _, _, _, err := replaceSecret(two, false, false); err == nil {
		t.Error("a third pushes out one that is in use")
	}
	done, _, _, err := replaceSecret(two, true, false)
	if err != nil || len(done.Secrets) != 1 || !done.HasSecret(secret.Reveal()) {
		t.Errorf("%v %+v", err, done)
	}
	leaked, fresh, _, err := replaceSecret(two, false, true)
	if err != nil || len(leaked.Secrets) != 1 || leaked.HasSecret(secret.Reveal()) || !leaked.HasSecret(fresh.Reveal()) {
		t.Errorf("%v %+v", err, leaked)
	}
	c.Auth, c.Secrets = oidc.AuthNone, nil
	if _, _, _, err := replaceSecret(c, false, false); err == nil {
		t.Error("a public client gets a secret")
	}
}
