package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files of a corpus are in folders named for the reason that they are refused with, "clean" or "flattened", and begin with the program that made them.
// tools/corpus.sh makes one of 140; a few of them are in testdata, for whoever has none of the programs.
func TestCorpusIsJudgedAsItsFoldersSay(t *testing.T) {
	for _, c := range []struct {
		name, folder           string
		files, clean, notClean int // at least so many
		programs               int
		required               bool
	}{
		{"of testdata", filepath.Join("testdata", "corpus"), 30, 12, 15, 7, true},
		{"of this machine's programs", filepath.Join("..", "..", ".local", "corpus"), 130, 80, 45, 8, os.Getenv("CENTRAL_ENGINES") == "required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(c.folder, "*", "*.*"))
			if err != nil {
				t.Fatal(err)
			}
			if len(files) == 0 && !c.required {
				t.Skip("make corpus makes it")
			}
			var programs []string
			clean := 0
			for _, file := range files {
				program, _, _ := strings.Cut(filepath.Base(file), "-")
				programs = append(programs, program)
				want := Reason(filepath.Base(filepath.Dir(file)))
				if want == "clean" {
					want = ""
					clean++
				}
				judgeFile(t, file, want)
			}
			slices.Sort(programs)
			programs = slices.Compact(programs)
			if len(files) < c.files || clean < c.clean || len(files)-clean < c.notClean || len(programs) < c.programs {
				t.Errorf("%d files, %d of them clean, by %v: tools/corpus.sh makes more", len(files), clean, programs)
			}
		})
	}
}

// judgeFile holds a file to a reason. What is clean is flattened when an update makes it open an address.
func judgeFile(t *testing.T, file string, want Reason) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]string{".pdf": pdfType, ".jpg": jpegType, ".png": pngType}[filepath.Ext(file)]
	if f := inspect(t, data, declared); f.Reason != want {
		t.Errorf("%s: reason %q, want %q", file, f.Reason, want)
	}
	if want == "" && declared == pdfType {
		updated := append(data, "1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(https://example.com)>>>>endobj\n%%EOF\n"...)
		if f := inspect(t, updated, declared); !f.Flattens {
			t.Errorf("%s with an update: reason %q", file, f.Reason)
		}
	}
}
