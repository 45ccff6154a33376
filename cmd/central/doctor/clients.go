package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
)

// keysAge is after how long keys should have been replaced: a year, and a month to think of it.
const keysAge = 395 * 24 * time.Hour

var (
	errNoSecret = errors.New("the signing secret's id is not known")
	errNoKeys   = errors.New("the secret cannot be used")
)

func (s *Subject) readKeys(ctx context.Context) (jose.Keyset, error) {
	if s.Signing == "" {
		return jose.Keyset{}, errNoSecret
	}
	found, err := s.Secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.Signing})
	if err != nil {
		return jose.Keyset{}, err
	}
	set, err := jose.ParseKeyset([]byte(aws.ToString(found.SecretString)))
	if err != nil {
		err = fmt.Errorf("%w: %w", errNoKeys, err)
	}
	return set, err
}

func (s *Subject) readClients(ctx context.Context) ([]oidc.Client, error) {
	return store.New(s.DynamoDB, s.Users, s.Tokens).Clients(ctx)
}

// signingKeys looks at what ID tokens are signed with.
func (s *Subject) signingKeys(ctx context.Context) Finding {
	set, err := s.readKeys(ctx)
	switch {
	case errors.Is(err, errNoSecret):
		return skip("%v", err)
	case code(err) == noTable:
		return bad("look whether the id is right, and the region; or deploy the stack", "no secret %s", s.Signing)
	case errors.Is(err, errNoKeys):
		return bad("put the document of before back (aws secretsmanager list-secret-version-ids), or: central keys rotate --leaked", "%v", err)
	case err != nil:
		return s.failed(err)
	case len(set.Keys()) == 0:
		return s.withoutKeys(ctx)
	}
	for _, alg := range []string{jose.ES256, jose.RS256} {
		key, err := set.Signer(alg, s.Now())
		if err != nil {
			return bad("central keys rotate --leaked --stack ...", "no key signs with %s now", alg)
		}
		if !key.Until.IsZero() {
			continue // the next one waits
		}
		if age := s.Now().Sub(key.From); age > keysAge {
			return warn("central keys rotate --stack ...", "the key of %s signs for %d days", alg, int(age.Hours()/24))
		}
	}
	return ok("%d keys are published, and each algorithm has one that signs", len(set.Keys()))
}

func (s *Subject) withoutKeys(ctx context.Context) Finding {
	all, err := s.readClients(ctx)
	if err != nil {
		return s.failed(err)
	}
	if len(all) > 0 {
		return bad("central keys rotate --stack ...", "there are no keys: none of the %d clients can log anybody in", len(all))
	}
	return ok("there are no keys yet; the first client makes them (central client add)")
}

// discovered is what products learn of this provider from outside.
type discovered struct {
	Issuer  string `json:"issuer"`
	JWKSURI string `json:"jwks_uri"`
}

// discovery looks at the provider from outside, as a product does.
func (s *Subject) discovery(ctx context.Context) Finding {
	if s.PublicURL == "" {
		return skip("the public URL is not known")
	}
	where := s.PublicURL + "/.well-known/openid-configuration"
	var d discovered
	if err := s.fetch(ctx, where, &d); err != nil {
		return bad("look whether PublicUrl leads to the API, and into the log of the function oidc", "%s: %v", where, err)
	}
	if d.Issuer != s.PublicURL {
		return bad("set PublicUrl to the origin that people see, and deploy", "%s says that it is %s", where, d.Issuer)
	}
	set, unread := s.readKeys(ctx)
	if unread == nil && len(set.Keys()) == 0 {
		return ok("%s is right; there are no keys yet", where)
	}
	var published struct{ Keys []struct{ Kid string } }
	if err := s.fetch(ctx, d.JWKSURI, &published); err != nil {
		return bad("look into the log of the function oidc", "%s: %v", d.JWKSURI, err)
	}
	ids := map[string]bool{}
	for _, k := range published.Keys {
		ids[k.Kid] = true
	}
	if unread != nil { // said by signing-keys
		return ok("%s is right", where)
	}
	for _, k := range set.Keys() {
		if _, still := set.Published(k.ID, s.Now()); still && !ids[k.ID] {
			return bad("have the function oidc start anew: repeat central keys rotate --stack ...", "%s does not have the key %s of the secret", d.JWKSURI, k.ID)
		}
	}
	return ok("%s is right, and so are its %d keys", where, len(ids))
}

const maxDocument = 1 << 20

func (s *Subject) fetch(ctx context.Context, url string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return errors.New("it is no URL")
	}
	answer, err := s.HTTP.Do(r)
	if err != nil {
		return unwrapped(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d", answer.StatusCode)
	}
	if json.NewDecoder(io.LimitReader(answer.Body, maxDocument)).Decode(into) != nil {
		return errors.New("it is no JSON")
	}
	return nil
}

// clients looks at what is registered: rules may have become stricter since.
func (s *Subject) clients(ctx context.Context) Finding {
	if s.Users == "" || s.Tokens == "" || s.PublicURL == "" {
		return skip("the tables' names, or the public URL, are not known")
	}
	all, err := s.readClients(ctx)
	if code(err) == noTable {
		return skip("see users-table")
	}
	if err != nil {
		return s.failed(err)
	}
	var wrong, weak []string
	disabled := 0
	for _, c := range all {
		if c.Disabled {
			disabled++
		}
		if err := c.Check(s.PublicURL); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", c.Name, err))
		}
		if c.PKCE == oidc.PKCEOff {
			weak = append(weak, c.Name+" needs no PKCE")
		}
		if len(c.Secrets) > 1 {
			weak = append(weak, c.Name+" has two secrets")
		}
	}
	switch {
	case len(wrong) > 0:
		return bad("central client set ...", "%s", strings.Join(wrong, "; "))
	case len(weak) > 0:
		return warn("central client set ... --pkce required; central client secret ... --done", "%s", strings.Join(weak, "; "))
	}
	return ok("%d clients are registered rightly, %d of them disabled", len(all), disabled)
}
