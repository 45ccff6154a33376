package capture

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"strings"

	"phonon.in/central/cmd/local/template"
)

// Secrets serves GetSecretValue for the secrets by their name or ARN. Each is in a file, which is read each time: it may be changed by hand,
// to try out a rotation.
func Secrets(files map[string]string) http.Handler {
	return jsonRPC("secretsmanager", "secretsmanager", "1.1", map[string]func([]byte) (any, *refusal){
		"GetSecretValue": func(body []byte) (any, *refusal) {
			var in struct{ SecretId, VersionStage string }
			if err := json.Unmarshal(body, &in); err != nil {
				return nil, refuse("SerializationException", "%v", err)
			}
			file, ok := files[in.SecretId]
			if !ok || in.VersionStage != "" && in.VersionStage != "AWSCURRENT" {
				return nil, refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, broken("InternalServiceError", err)
			}
			return map[string]any{
				"ARN": in.SecretId, "Name": in.SecretId, "SecretString": string(text), "VersionId": "local", "VersionStages": []string{"AWSCURRENT"},
			}, nil
		},
	})
}

const (
	lower       = "abcdefghijklmnopqrstuvwxyz"
	upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// Generate makes a secret as its SecretString says, or its GenerateSecretString asks.
func Generate(s template.Secret) (string, error) {
	if s.Text != "" {
		return s.Text, nil
	}
	alphabet := ""
	for _, kind := range []struct {
		letters string
		without bool
	}{{lower, s.NoLowercase}, {upper, s.NoUppercase}, {digits, s.NoNumbers}, {punctuation, s.NoPunctuation}} {
		if !kind.without {
			alphabet += kind.letters
		}
	}
	alphabet = strings.Map(func(r rune) rune {
		if strings.ContainsRune(s.ExcludeCharacters, r) {
			return -1
		}
		return r
	}, alphabet)
	if alphabet == "" {
		return "", fmt.Errorf("capture: %s: no characters are left to make a secret of", s.ID)
	}
	word := make([]byte, s.Length)
	for i := range word {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		word[i] = alphabet[n.Int64()]
	}
	if s.Key == "" {
		return string(word), nil
	}
	members := map[string]any{}
	if err := json.Unmarshal([]byte(s.Template), &members); err != nil {
		return "", fmt.Errorf("capture: %s: the template of the secret is not a JSON object: %w", s.ID, err)
	}
	members[s.Key] = string(word)
	text, err := json.Marshal(members)
	return string(text), err
}
