package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsAndKeysDoNotPrint(t *testing.T) {
	const secret = "hunter2-hunter2"
	s, k := NewSecret(secret), keyring(t, oneKey, otherKey)
	holder := struct {
		s, S Secret
		k, K Keyring
		list []Secret
		m    map[string]Secret
	}{s, s, k, k, []Secret{s}, map[string]Secret{"s": s}}

	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("x", "s", s, "k", k, "holder", holder, "pointer", &holder, "map", map[string]any{"s": s, "k": k})
	}
	asJSON, err := json.Marshal([]any{s, k, holder, map[Secret]int{s: 1}})
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{log.String(), string(asJSON), fmt.Errorf("failed: %v %w", s, fmt.Errorf("%+v", k)).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{s, &s, k, &k, holder, &holder, []any{s, k}} {
			outputs = append(outputs, fmt.Sprintf(verb, v))
		}
	}
	for _, out := range outputs {
		for _, clear := range []string{secret, oneKey, otherKey} {
			hex := fmt.Sprintf("%x", clear)
			bytes := strings.Trim(fmt.Sprint([]byte(clear)), "[]")
			if strings.Contains(out, clear) || strings.Contains(strings.ToLower(out), hex) || strings.Contains(out, bytes) {
				t.Errorf("a secret is in %s", out)
			}
		}
	}
}

func TestSecretComparesAndReveals(t *testing.T) {
	s := NewSecret("hunter2")
	if s.Reveal() != "hunter2" || !s.Equal("hunter2") || s.Equal("hunter3") || s.Equal("") || s.IsZero() {
		t.Error("a secret is not itself")
	}
	if s != NewSecret("hunter2") || s == NewSecret("hunter3") {
		t.Error("== does not compare what is inside")
	}
	var zero Secret
	if !zero.IsZero() || zero.Reveal() != "" || !zero.Equal("") || zero.Equal("x") || NewSecret("") != zero {
		t.Error("the zero secret is not the empty one")
	}
}
