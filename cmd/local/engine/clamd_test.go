package engine

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// eicar is put together here, so that no scanner removes this source.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*")

func TestTheScannerFindsMalwareAlsoInsideAPDF(t *testing.T) {
	i := Installation{Root: "../../..", Wrong: t.Logf}
	if !i.HasScanner() {
		if os.Getenv("CENTRAL_ENGINES") == "required" {
			t.Fatal("no scanner: tools/install.sh clamav")
		}
		t.Skip("tools/install.sh clamav installs the scanner")
	}
	c, err := i.StartScanner(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	w.Write(eicar)
	w.Close()
	const pdf = "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]>>endobj\n3 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
	for what, row := range map[string]struct {
		file  []byte
		found bool
	}{
		"nothing":               {nil, false},
		"an honest file":        {[]byte("%PDF-1.7 a letter %%EOF"), false},
		"ten megabytes of it":   {bytes.Repeat([]byte("letter "), 10<<20/7), false},
		"malware":               {eicar, true},
		"malware inside a PDF":  {fmt.Appendf(nil, pdf, packed.Len(), packed.Bytes()), true},
		"a script with escapes": {[]byte(strings.Replace(fmt.Sprintf(pdf, 1, "x"), "/Type/Catalog", "/Type/Catalog/OpenAction<</S/J#61vaScript/JS(1)>>", 1)), false},
	} {
		threat, err := c.Scan(t.Context(), row.file)
		if err != nil || (threat != "") != row.found {
			t.Errorf("%s: %q, %v", what, threat, err)
		}
	}
	c.engine.Stop()
	if threat, err := c.Scan(t.Context(), eicar); err == nil {
		t.Errorf("a scanner that is down says %q", threat)
	}
}
