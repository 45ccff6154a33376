package rules

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// large are tracked files of more than a megabyte, with the reason of each.
var large = map[string]string{
	"web/static/pdfjs-6.5.438/pdf.worker.min.js": "PDF.js as it was released: the page that covers an Aadhaar opens PDFs with it",
}

// built are the first bytes of programs: ELF, Mach-O (either order of bytes, 32 and 64 bit) with the universal one, and PE.
var built = []string{"\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "MZ"}

// TestWhatIsTrackedIsSources: a program that was built, or anything large without a reason, stays in every clone for good.
func TestWhatIsTrackedIsSources(t *testing.T) {
	list, err := exec.Command("git", "-C", root(t), "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	names := strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 })
	if len(names) < 500 {
		t.Fatalf("git names %d files", len(names))
	}
	seen := 0
	for _, name := range names {
		size, begins, err := look(filepath.Join(root(t), name))
		if os.IsNotExist(err) { // deleted, and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if what := wrongly(name, size, begins); what != "" {
			t.Errorf("%s is tracked: %s", name, what)
		}
		if large[name] != "" && size > 1e6 {
			seen++
		}
	}
	if seen != len(large) {
		t.Errorf("%d files are named as large, %d are", len(large), seen)
	}
	for name, what := range map[string]string{"\x7fELF\x02": "a program", "\xcf\xfa\xed\xfe": "a program", "MZ\x90": "a program", "package main": ""} {
		if got := wrongly("factor", 4, []byte(name)); got != what {
			t.Errorf("what begins with %q is %q", name, got)
		}
	}
	if wrongly("factor", 28e6, []byte("text")) == "" {
		t.Error("28 MB are not large")
	}
}

// wrongly says why a file of that size, which begins so, may not be tracked, or "".
func wrongly(name string, size int64, begins []byte) string {
	for _, magic := range built {
		if bytes.HasPrefix(begins, []byte(magic)) {
			return "a program"
		}
	}
	if size > 1e6 && large[name] == "" {
		return "more than 1 MB, for no reason that stands in this test"
	}
	return ""
}

// look is the size of a file, and its first bytes.
func look(path string) (size int64, begins []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return 0, nil, err
	}
	begins, err = io.ReadAll(io.LimitReader(f, 4))
	return info.Size(), begins, err
}
