package lambda

import (
	"slices"
	"strings"
	"testing"

	"phonon.in/central/cmd/local/template"
)

func TestAFunctionHasNothingOfThisMachineButWhomItTrusts(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "/trusted.pem")
	t.Setenv("SSL_CERT_DIR", "")
	t.Setenv("HTTPS_PROXY", "http://proxy.example.com")
	f := &Function{Spec: template.Function{Name: "oidc", Env: map[string]string{"PUBLIC_URL": "http://127.0.0.1:3000"}}}
	env := f.environment("127.0.0.1:9001")
	if !slices.Contains(env, "SSL_CERT_FILE=/trusted.pem") || !slices.Contains(env, "PUBLIC_URL=http://127.0.0.1:3000") {
		t.Errorf("something is missing: %v", env)
	}
	if slices.ContainsFunc(env, func(v string) bool {
		return strings.HasPrefix(v, "SSL_CERT_DIR=") || strings.HasPrefix(v, "HTTPS_PROXY=") || strings.HasPrefix(v, "HOME=")
	}) {
		t.Errorf("something of this machine is there: %v", env)
	}
}
