package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"phonon.in/central/shared/oidc"
)

// said applies a command line to a client, as add does without one and set with one.
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

func TestClientsOfALocalRun(t *testing.T) {
	l := startLocal(t)
	command := func(args ...string) result {
		return central(t, "", append(args, "--yes", "--json", "--local", l.url)...)
	}
	view := func(r result) (v clientView) { r.want(t, exitGood).json(t, &v); return v }
	made := view(command("client", "add", "--name", "Sentinel", "--redirect", "https://calls.example.com/cb", "--needs", "details,kyc"))
	id := string(made.ID)
	if len(id) != 26 || len(made.Secret) != 43 || made.Issuer != l.url {
		t.Fatalf("%+v", made)
	}
	t.Run("its secret was shown once, and is nowhere", func(t *testing.T) {
		for _, r := range []result{command("client", "show", id), command("client", "list")} {
			if strings.Contains(r.want(t, exitGood).out, made.Secret) {
				t.Error(r.out)
			}
		}
		c, err := l.store.Client(t.Context(), made.ID)
		if text, _ := json.Marshal(c); err != nil || strings.Contains(string(text), made.Secret) || !c.HasSecret(made.Secret) {
			t.Errorf("%v %s", err, text)
		}
	})
	t.Run("a client that cannot be is refused, and nothing changes", func(t *testing.T) {
		r := command("client", "set", "sentinel", "--redirect", "https://calls.example.com/cb?state=1", "--pkce", "plain").want(t, exitWrong)
		for _, part := range []string{"redirect_uris[0] must not have state", "pkce must be"} {
			if !strings.Contains(r.out, part) {
				t.Errorf("%q is not in %s", part, r.out)
			}
		}
		if v := view(command("client", "show", id)); v.Redirects[0] != "https://calls.example.com/cb" || v.PKCE != "required" {
			t.Errorf("%+v", v)
		}
	})
	t.Run("what an operator did not confirm is not done", func(t *testing.T) {
		r := central(t, "no\n", "client", "remove", "Sentinel", "--local", l.url).want(t, exitWrong)
		if !strings.Contains(r.err, "FOR GOOD") || view(command("client", "show", id)).Disabled {
			t.Error(r.err)
		}
	})
	t.Run("it is disabled, enabled and removed", func(t *testing.T) {
		if !view(command("client", "disable", "Sentinel")).Disabled || view(command("client", "enable", id)).Disabled {
			t.Error("it is not")
		}
		view(command("client", "remove", id))
		if r := command("client", "show", id).want(t, exitWrong); !strings.Contains(r.out, "no client is called") {
			t.Error(r.out)
		}
	})
	t.Run("the local run has keys from its start", func(t *testing.T) {
		var keys []keyView
		command("keys", "list").want(t, exitGood).json(t, &keys)
		algs := []string{}
		for _, k := range keys {
			if k.State == "signs" {
				algs = append(algs, k.Alg)
			}
		}
		if slices.Sort(algs); !slices.Equal(algs, []string{"ES256", "RS256"}) {
			t.Errorf("%+v", keys)
		}
	})
}
