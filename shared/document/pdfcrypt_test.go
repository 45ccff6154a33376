package document

import (
	"bytes"
	"path/filepath"
	"testing"
)

// The corpus has a file of each revision with and without a password to open it. These are spelled in other ways.
func TestWhetherThePasswordIsNeeded(t *testing.T) {
	open := file(t, filepath.Join("corpus", "flattened", "qpdf-r4-rc4.pdf"))
	locked := file(t, filepath.Join("corpus", "file_password_protected", "qpdf-r4-rc4.pdf"))
	for _, c := range []struct {
		name     string
		data     []byte
		from, to string
		reason   Reason
	}{
		{"with no password", open, "", "", flattened},
		{"with no password, and no length of the key", open, "/Length 128", "/Lenght 128", flattened},
		{"with a password, and no length of the key", locked, "/Length 128", "/Lenght 128", PasswordProtected},
		{"of another file", open, "/ID [<", "/ID [<ff", PasswordProtected},
		{"by a handler that asks for a certificate", open, "/R 4", "/X 4", PasswordProtected},
		{"with a key that is cut off", open, "/U <", "/U <> /X <", PasswordProtected},
		{"with a key for its owner that is cut off", open, "/O <", "/O <> /X <", PasswordProtected},
		{"with another key for its owner", open, "/O <", "/O <ff", PasswordProtected},
		{"not at all", open, "/Encrypt ", "/Ecnrypt ", Corrupt}, // its object streams cannot be read
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.from != "" && bytes.Count(c.data, []byte(c.from)) != 1 {
				t.Fatalf("%d times %q", bytes.Count(c.data, []byte(c.from)), c.from)
			}
			data := bytes.Replace(c.data, []byte(c.from), []byte(c.to), 1)
			if f := inspect(t, data, pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
	for _, trailer := range []string{"<</Encrypt 99 0 R>>", "<</Encrypt<<>>>>"} {
		if f := inspect(t, pdf("trailer"+trailer), pdfType); f.Reason != PasswordProtected {
			t.Errorf("%s: %q", trailer, f.Reason)
		}
	}
	for _, none := range []string{"trailer<</Encrypt null>>", "5 0 obj<</Title(a)/Encrypt 6 0 R>>endobj", "5 0 obj(/Encrypt 6 0 R)endobj"} {
		if f := inspect(t, pdf(none), pdfType); f.Reason != "" {
			t.Errorf("%s: %q", none, f.Reason)
		}
	}
}
