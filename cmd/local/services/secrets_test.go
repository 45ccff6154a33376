package services

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"phonon.in/central/cmd/local/template"
)

func TestASecretIsMadeOnceAndGetsWhatIsMissingOnce(t *testing.T) {
	data := t.TempDir()
	of := []template.Secret{{ID: "AppSecret", Name: "app", Template: "{}", Key: "current", Length: 40}, {ID: "SigningSecret", Name: "signing", Text: `{"keys":[]}`}}
	read := func(file string) []byte {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	complete := func() (app, signing []byte) {
		t.Helper()
		files, err := makeSecrets(data, of)
		if err != nil {
			t.Fatal(err)
		}
		if files["app"] != filepath.Join(data, "secret.json") || files["signing"] != filepath.Join(data, "secret-signingsecret.json") {
			t.Fatalf("%v", files)
		}
		if err := addMember(files["app"], "callSecret", "a secret"); err != nil {
			t.Fatal(err)
		}
		if err := addSigningKeys(files["signing"], time.Now()); err != nil {
			t.Fatal(err)
		}
		return read(files["app"]), read(files["signing"])
	}
	app, signing := complete()
	if !bytes.Contains(app, []byte(`"callSecret":"a secret"`)) || !bytes.Contains(app, []byte(`"current":"`)) {
		t.Errorf("%s", app)
	}
	if bytes.Count(signing, []byte(`"kid"`)) != 2 || !bytes.Contains(signing, []byte(`"ES256"`)) || !bytes.Contains(signing, []byte(`"RS256"`)) {
		t.Errorf("%s", signing)
	}
	if again, keys := complete(); !bytes.Equal(app, again) || !bytes.Equal(signing, keys) {
		t.Error("the next start makes other secrets")
	}
	if err := os.WriteFile(filepath.Join(data, "secret.json"), []byte(`{"callSecret":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if anew, _ := complete(); !bytes.Contains(anew, []byte(`"current":"`)) {
		t.Errorf("one without what every function needs is kept: %s", anew)
	}
}
