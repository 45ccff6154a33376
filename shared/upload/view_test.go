package upload

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDownloadsHaveSafeNames(t *testing.T) {
	long := strings.Repeat("न", 100)
	for _, c := range []struct{ name, fileName, contentType, want string }{
		{"a plain name stays", "PAN card (1).pdf", "application/pdf", "PAN card (1).pdf"},
		{"letters of any script stay", "आधार मास्क.pdf", "application/pdf", "आधार मास्क.pdf"},
		{"both spellings of JPEG stay", "a.JPEG", "image/jpeg", "a.JPEG"},
		{"a program becomes a document", "invoice.exe", "application/pdf", "invoice.exe.pdf"},
		{"a page becomes an image", "x.html", "image/png", "x.html.png"},
		{"no extension gets one", "scan", "image/jpeg", "scan.jpg"},
		{"folders are no part of it", `..\..\etc/passwd`, "application/pdf", "_.._etc_passwd.pdf"},
		{"a header cannot be ended", "a\r\nSet-Cookie: x=y\".pdf", "application/pdf", "aSet-Cookie_ x=y_.pdf"},
		{"text cannot be turned around", "invoice\u202efdp.exe", "application/pdf", "invoicefdp.exe.pdf"},
		{"what is not UTF-8 is dropped", "a\xff\xfeb.pdf", "application/pdf", "ab.pdf"},
		{"an empty name gets one", "", "application/pdf", "document.pdf"},
		{"a name of dots gets one", "...", "application/pdf", "document.pdf"},
		{"nothing but an extension gets a name", ".pdf", "application/pdf", "pdf.pdf"},
		{"a long name is cut between letters", long + ".pdf", "application/pdf", strings.Repeat("न", 40) + ".pdf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := safeName(c.fileName, c.contentType); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func FuzzDisposition(f *testing.F) {
	for _, name := range []string{"a.pdf", "आधार.pdf", "a\"; filename=b.exe", "a\r\nX: y", "100%.pdf", "\u202e", strings.Repeat("a", 500), `a\`, "%22", "a'b.pdf", "a;b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		header := disposition("attachment", name, "application/pdf")
		for _, c := range []byte(header) {
			if c < ' ' || c > '~' {
				t.Fatalf("%q has the byte %#x", header, c)
			}
		}
		if len(header) > 800 {
			t.Fatalf("%d bytes", len(header))
		}
		// Readers that know both spellings take the second one; mime refuses a header that says filename twice otherwise.
		first, second, _ := strings.Cut(header, "; filename*=")
		_, plain, err := mime.ParseMediaType(first)
		if err != nil {
			t.Fatalf("%q: %v", header, err)
		}
		kind, full, err := mime.ParseMediaType("attachment; filename*=" + second)
		if err != nil || kind != "attachment" {
			t.Fatalf("%q: %v", header, err)
		}
		got := full["filename"]
		if want := safeName(name, "application/pdf"); got != want || !utf8.ValidString(got) || !strings.HasSuffix(strings.ToLower(got), ".pdf") {
			t.Fatalf("a browser reads %q, want %q", got, want)
		}
		if strings.ContainsAny(plain["filename"], `"\/`) || utf8.RuneCountInString(plain["filename"]) != utf8.RuneCountInString(got) {
			t.Fatalf("old browsers read %q", plain["filename"])
		}
	})
}
