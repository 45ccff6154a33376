package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// examplesMade is where tools/install.sh puts the products of examples/.
func examplesMade() string { return filepath.Join(projectRoot(), ".local", "tools", "examples") }

// needExamples skips a test whose products are not made, or that runs beside clients which are not ours to register.
func needExamples(t *testing.T, names ...string) {
	t.Helper()
	if system.cmd == nil {
		t.Skip("the clients of the run under test are not ours to register")
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(examplesMade(), name, "sources")); err != nil {
			if os.Getenv("CENTRAL_ENGINES") == "required" {
				t.Fatalf("the example %s is not made; run tools/install.sh examples", name)
			}
			t.Skipf("the example %s is not made; run tools/install.sh examples", name)
		}
	}
}

// enrolled makes a client of Central's own and returns the settings of its product.
func enrolled(t *testing.T, c oidc.Client) []string {
	t.Helper()
	c.ID, c.FirstParty, c.PKCE, c.AccessToken = oidc.ClientID(token.NewID()), true, oidc.PKCERequired, oidc.Opaque
	c.Scopes = []string{oidc.ScopeOpenID, oidc.ScopeEmail, oidc.ScopeProfile, oidc.ScopeAccount, oidc.ScopeKYC}
	c.Needs, c.CreatedAt, c.UpdatedAt = []string{oidc.NeedDetails}, time.Now().UTC(), time.Now().UTC()
	env := []string{"CENTRAL_ISSUER=" + system.url, "CLIENT_ID=" + string(c.ID)}
	switch c.Auth {
	case oidc.ClientSecretBasic:
		secret, digest := oidc.NewSecret()
		c.Secrets = []string{digest}
		env = append(env, "CLIENT_SECRET="+secret.Reveal())
	case oidc.PrivateKeyJWT:
		file, public := newJWK(t)
		c.JWKS = public
		env = append(env, "CLIENT_KEY="+file)
	}
	if err := c.Check(system.url); err != nil {
		t.Fatal(err)
	}
	if _, err := accountsStore(t).AddClient(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return env
}

// launched starts a product and waits until it answers. It returns what the product says.
func launched(t *testing.T, at, path string, env, command []string) *syncBuffer {
	t.Helper()
	said := &syncBuffer{}
	program := command[0]
	if strings.Contains(program, "/") {
		program = filepath.Join(examplesMade(), program)
	}
	cmd := exec.Command(program, command[1:]...)
	address := strings.TrimPrefix(at, "http://")
	_, port, _ := strings.Cut(address, ":")
	cmd.Env = append(os.Environ(), append(env, "ADDRESS="+address, "PORT="+port)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = examplesMade(), said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Log(said)
		}
	})
	unled := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	within(t, time.Minute, command[0]+" answers", func() bool {
		answer, err := unled.Get(at + path)
		if err != nil {
			return false
		}
		answer.Body.Close()
		return true
	})
	return said
}

// sample starts the sample product, as one of several, at an address of this machine that it has for itself: browsers keep the cookies of all
// ports of an address together.
func sample(t *testing.T, host string) (at string, said *syncBuffer) {
	t.Helper()
	at = "http://" + host + ":" + freePort()
	env := enrolled(t, oidc.Client{
		Name: "Product at " + host, Auth: oidc.ClientSecretBasic, IDTokenAlg: "ES256", RedirectURIs: []string{at + "/callback"}, PostLogoutURIs: []string{at + "/"},
		BackchannelURI: at + "/backchannel-logout",
	})
	return at, launched(t, at, "/", append(env, "PRODUCT_URL="+at, "EVENTS_QUEUE_URL="), []string{"product/product"})
}

func TestWhoIsLoggedInAtOneProductIsAtTheOthersAndLeavesAllAtOnce(t *testing.T) {
	needExamples(t, "product")
	t.Parallel()
	one, _ := sample(t, "127.0.0.2")
	two, said := sample(t, "127.0.0.3")
	v := newVisitor(t)
	const landing, known = "Log in with Central", "Closed for now"
	shows := func(what, at, text string, page page) {
		t.Helper()
		if page.url != at+"/" || page.status != http.StatusOK || !strings.Contains(page.raw, text) {
			t.Fatalf("%s: %d at %s: %s", what, page.status, page.url, page.raw)
		}
	}
	shows("whether a new browser is logged in is asked without a page", one, landing, v.get("GET", one+"/"))
	shows("who logs in comes back and is known", one, known, v.entersBy(one))
	shows("who is logged in is known at another product, without a page", two, known, v.get("GET", two+"/"))
	shows("a log-out leads back", one, landing, v.get("POST", one+"/logout"))
	within(t, 5*time.Second, "the other product is told", func() bool { return strings.Contains(said.String(), "Central ended a session: 1 ended here") })
	shows("the other product knows nobody any more", two, landing, v.get("GET", two+"/"))
}
