package awsenv

import (
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRootCertificatesAreReadFromTheirOneFileWhereThereIsOne(t *testing.T) {
	bundle := filepath.Join(t.TempDir(), "bundle.crt")
	if err := os.WriteFile(bundle, []byte("certificates"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.crt")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing.crt")
	for _, row := range []struct {
		name, file, dir string
		bundles         []string
		want            string // SSL_CERT_DIR
	}{
		{"a bundle", "", "", []string{missing, bundle}, "/nonexistent"},
		{"no bundle", "", "", []string{missing}, ""},
		{"a bundle with nothing in it", "", "", []string{empty}, ""},
		{"a file that somebody chose", "/own.pem", "", []string{bundle}, ""},
		{"a folder that somebody chose", "", "/own", []string{bundle}, "/own"},
	} {
		t.Run(row.name, func(t *testing.T) {
			defer func(kept []string) { bundles = kept }(bundles)
			bundles = row.bundles
			t.Setenv("SSL_CERT_FILE", row.file)
			t.Setenv("SSL_CERT_DIR", row.dir)
			trustOneFile()
			if got := os.Getenv("SSL_CERT_DIR"); got != row.want {
				t.Errorf("SSL_CERT_DIR is %q, want %q", got, row.want)
			}
		})
	}
}

func TestAServerThatTheMachineDoesNotTrustIsRefused(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	var unknown x509.UnknownAuthorityError
	if answer, err := Client(time.Second).Get(server.URL); !errors.As(err, &unknown) {
		t.Errorf("%v, %v", answer, err)
	}
}
