package rotate

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"phonon.in/central/cmd/central/fleet/fleettest"
	"phonon.in/central/shared/jose"
)

const signing = "arn:signing"

func signingWorld(t *testing.T) (*world, *Rotation) {
	w := newWorld(t, `{}`)
	w.Secret[signing] = `{"keys":[]}`
	w.Funcs["oidc"] = &fleettest.Func{Code: "c", Env: map[string]string{"SECRET_ID": app, "SIGNING_SECRET_ID": signing}, Memory: 512, Timeout: 10}
	return w, &Rotation{
		Kind: Signing, Fleet: w.Fleet(), Say: func(s string) { w.said = append(w.said, s) },
		Vault: &Vault{Client: secretsmanager.NewFromConfig(w.Config()), ID: signing, Pause: fleettest.NoPause},
	}
}

func at(now time.Time) func(jose.Keyset) (jose.Keyset, error) {
	return func(s jose.Keyset) (jose.Keyset, error) { return s.Rotate(now) }
}

func TestKeysArePublishedToWhoReadsThem(t *testing.T) {
	w, r := signingWorld(t)
	first, err := r.ChangeKeys(t.Context(), at(w.Now))
	if err != nil {
		t.Fatal(err)
	}
	known := w.Funcs["oidc"].Env["SECRET_VERSION"]
	if known == "" || w.Funcs["login"].Env["SECRET_VERSION"] != "" {
		t.Error("those that have the secret read it again, and no others")
	}
	second, err := r.ChangeKeys(t.Context(), at(w.Now.Add(time.Hour)))
	if err != nil || w.Funcs["oidc"].Env["SECRET_VERSION"] == known {
		t.Errorf("the next keys are known to nobody: %v", err)
	}
	there, err := r.Vault.Keys(t.Context())
	if err != nil || string(there.Public(w.Now)) != string(second.Public(w.Now)) || len(there.Keys()) != 4 || len(first.Keys()) != 2 {
		t.Errorf("%v: %s", err, there.Public(w.Now))
	}
	secret := w.Secret[signing]
	for _, k := range there.Keys() {
		if !strings.Contains(secret, k.ID) {
			t.Error("it stands elsewhere")
		}
	}
	if said := fmt.Sprint(w.said); strings.Contains(said, "pkcs8") || len(w.said) != 2 {
		t.Error(said)
	}
}

func TestAnInterruptedRotationOfKeysIsEndedByRepeatingIt(t *testing.T) {
	w, r := signingWorld(t)
	if _, err := r.ChangeKeys(t.Context(), at(w.Now)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ChangeKeys(t.Context(), at(w.Now.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	there, stale := w.Secret[signing], w.Funcs["oidc"].Env["SECRET_VERSION"]
	w.Funcs["oidc"].Env["SECRET_VERSION"] = "that of before"
	_, err := r.ChangeKeys(t.Context(), at(w.Now.Add(2*time.Hour)))
	if _, waits := errors.AsType[*jose.RotatingError](err); !waits || w.Secret[signing] != there || w.Funcs["oidc"].Env["SECRET_VERSION"] != stale {
		t.Errorf("%v, %s", err, w.Funcs["oidc"].Env["SECRET_VERSION"])
	}
}

func TestASecretThatHasNoKeysInItIsLeftAlone(t *testing.T) {
	w, r := signingWorld(t)
	for _, text := range []string{`{"keys":[{"kid":"a"}]}`, `[]`} {
		w.Secret[signing] = text
		if _, err := r.ChangeKeys(t.Context(), at(w.Now)); err == nil || w.Secret[signing] != text {
			t.Errorf("%s: %v", text, err)
		}
	}
}
