package awsenv

import "os"

// bundles are the files in which Amazon Linux and Debian keep all root certificates that they trust.
var bundles = []string{"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"}

// trustOneFile has crypto/x509 read the machine's root certificates from their one file alone. By itself it reads them again from the folders
// beside it, where each has a file of its own: on Amazon Linux 2023 that is three quarters of the work (golang/go#79018), and most of what a process's
// first connection costs. What is trusted stays the same. Who says by SSL_CERT_FILE or SSL_CERT_DIR what to trust is obeyed.
func trustOneFile() {
	if os.Getenv("SSL_CERT_FILE") != "" || os.Getenv("SSL_CERT_DIR") != "" {
		return
	}
	for _, file := range bundles {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 {
			os.Setenv("SSL_CERT_DIR", "/nonexistent")
			return
		}
	}
}
