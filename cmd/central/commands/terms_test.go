package commands

import "testing"

func TestTheProjectsOwnTermsHaveAVersion(t *testing.T) {
	if v, err := templateTerms("../../../template.yaml"); err != nil || len(v) != len("2026-11-01") {
		t.Errorf("%q %v", v, err)
	}
}
