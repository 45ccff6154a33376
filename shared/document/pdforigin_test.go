package document

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
)

// identity is a key with a certificate that names somebody.
func identity(t *testing.T, name string) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

// signed is a page with a signature over all of it but the signature.
func signed(t *testing.T, name string) []byte {
	t.Helper()
	const room = 4096
	file := parts{catalog: "/AcroForm<</Fields[110 0 R]/SigFlags 3>>", objects: []string{
		"110 0 obj<</FT/Sig/T(Signature)/V 111 0 R>>endobj",
		"111 0 obj<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC]/Contents<" + strings.Repeat("0", room) + ">>>endobj",
	}}.plain()
	open := bytes.Index(file, []byte("/Contents<"+strings.Repeat("0", 9))) + len("/Contents")
	after := open + room + 2
	for mark, n := range map[string]int{"AAAAAAAAAA": open, "BBBBBBBBBB": after, "CCCCCCCCCC": len(file) - after} {
		file = bytes.Replace(file, []byte(mark), fmt.Appendf(nil, "%-10d", n), 1)
	}
	data, err := pkcs7.NewSignedData(append(bytes.Clone(file[:open]), file[after:]...))
	if err != nil {
		t.Fatal(err)
	}
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	key, certificate := identity(t, name)
	if err := data.AddSigner(certificate, key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	data.Detach()
	sealed, err := data.Finish()
	if err != nil {
		t.Fatal(err)
	}
	copy(file[open+1:], hex.EncodeToString(sealed))
	return file
}

func TestASignatureIsIntactOrNotAndSomethingMayHaveBeenAddedBehindIt(t *testing.T) {
	whole := signed(t, "Asha Rao")
	changed := bytes.Replace(whole, []byte("0 0 90 90 re f"), []byte("0 0 80 80 re f"), 1)
	extended := append(bytes.Clone(whole), "105 0 obj<</Note(added)>>endobj\ntrailer <</Root 101 0 R>>\n%%EOF\n"...)
	reaching := bytes.Replace(whole, []byte("/ByteRange[0 "), []byte("/ByteRange[9 "), 1)
	nonsense := bytes.Replace(whole, []byte("/Contents<30"), []byte("/Contents<FF"), 1)
	for _, row := range []struct {
		what string
		file []byte
		want Origin
	}{
		{"as it was signed", whole, Origin{Signature: SignatureIntact, Signer: "Asha Rao"}},
		{"with another picture on the page", changed, Origin{Signature: SignatureBroken, Signer: "Asha Rao"}},
		{"with something added", extended, Origin{Signature: SignatureIntact, Signer: "Asha Rao", Extended: true}},
		{"over something else than it says", reaching, Origin{Signature: SignatureBroken}},
		{"with a seal that nobody reads", nonsense, Origin{Signature: SignatureUnread}},
		{"without one", parts{}.plain(), Origin{}},
	} {
		f := inspect(t, row.file, "application/pdf")
		if f.Origin != row.want || f.Reason != "" {
			t.Errorf("%s: %+v, refused as %q", row.what, f.Origin, f.Reason)
		}
	}
}

func TestAProgramIsNamedAsTheFileNamesIt(t *testing.T) {
	for _, row := range []struct{ info, want string }{
		{"/Producer(Adobe Photoshop 25.0)", "Adobe Photoshop 25.0"},
		{"/Creator(Writer)/Producer(LibreOffice 7.4)", "Writer, LibreOffice 7.4"},
		{"/Creator(GIMP)/Producer(GIMP)", "GIMP"},
		{"/Producer<FEFF0043006100F1006F006E>", "Cañon"},
		{"/Producer(\x80\xff)", "ÿ"},
		{"/Producer()", ""},
		{"/Producer(" + strings.Repeat("long ", 40) + ")", strings.Repeat("long ", 19) + "long…"},
		{"/Producer[1 2]", ""},
	} {
		file := []byte("%PDF-1.7\n" + strings.Join(parts{objects: []string{"120 0 obj<<" + row.info + ">>endobj"}}.all(), "\n") + "\ntrailer <</Root 101 0 R/Info 120 0 R>>\n%%EOF\n")
		if f := inspect(t, file, "application/pdf"); f.Origin.Program != row.want {
			t.Errorf("%q: %q, want %q", row.info, f.Origin.Program, row.want)
		}
	}
}
