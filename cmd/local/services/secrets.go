package services

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/template"
)

// makeSecrets makes the secrets that have no file yet, and returns the files by the secrets' names.
func makeSecrets(data string, secrets []template.Secret) (map[string]string, error) {
	files := map[string]string{}
	for i, s := range secrets {
		file := filepath.Join(data, "secret.json")
		if i > 0 {
			file = filepath.Join(data, "secret-"+strings.ToLower(s.ID)+".json")
		}
		files[s.Name] = file
		if old, err := os.ReadFile(file); err == nil && fits(old, s) {
			continue
		}
		text, err := capture.Generate(s)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(file+".part", []byte(text), 0o600); err != nil {
			return nil, err
		}
		if err := os.Rename(file+".part", file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// fits says whether a secret has the generated member. One that has not is of no use to any function, and is made anew.
func fits(text []byte, s template.Secret) bool {
	var members map[string]any
	return s.Key == "" || json.Unmarshal(text, &members) == nil && members[s.Key] != nil
}

func secretMembers(file string) (members map[string]any, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return members, json.Unmarshal(text, &members)
}

// addMember gives the secret what an operator adds on AWS, where it is not there yet.
func addMember(file, name, value string) error {
	members, err := secretMembers(file)
	if err != nil || members[name] != nil {
		return err
	}
	members[name] = value
	return writeMembers(file, members)
}

func writeMembers(file string, members map[string]any) error {
	text, err := json.Marshal(members)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".part", text, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

// addSigningKeys gives the secret what `central client add` does on AWS, where it is not there yet: one key of each algorithm.
func addSigningKeys(file string, now time.Time) error {
	members, err := secretMembers(file)
	if err != nil {
		return err
	}
	if there, _ := members["keys"].([]any); len(there) > 0 {
		return nil
	}
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	withRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	var keys []map[string]any
	for alg, key := range map[string]crypto.Signer{"ES256": elliptical, "RS256": withRSA} {
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		public, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			return err
		}
		name := sha256.Sum256(public)
		keys = append(keys, map[string]any{
			"kid": base64.RawURLEncoding.EncodeToString(name[:]), "alg": alg, "pkcs8": private, "from": now.UTC().Truncate(time.Second),
		})
	}
	members["keys"] = keys
	return writeMembers(file, members)
}
