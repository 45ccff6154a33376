package rules

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var sizeRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ([0-9.]+) \\|")

// TestBinariesStayAsSmallAsTheTableSays builds the functions as they are released. A binary may grow by 3 %; more needs a new measurement for
// docs/performance.md (make bench ARGS="--only start"), and a line that says why. What usually makes it jump is an import that calls methods by name.
func TestBinariesStayAsSmallAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "<!-- bench: start -->")
	part, _, _ = strings.Cut(part, "<!-- bench: end of start -->")
	rows := sizeRow.FindAllStringSubmatch(part, -1)
	if _, found := functions(t); len(rows) != len(found) {
		t.Fatalf("docs/performance.md has %d rows of sizes, want one for each function", len(rows))
	}
	if said, err := exec.Command("make", "-C", root(t), "build", "ARCH=arm64").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, row := range rows {
		written, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(root(t), ".local", "build", row[1], "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		size := float64(info.Size()) / 1e6
		if size > written*1.03 {
			t.Errorf("%s is %.2f MB, docs/performance.md says %.2f", row[1], size, written)
		}
		if row[1] == "signup" && size > 11 {
			t.Errorf("signup is %.2f MB, at most 11 are allowed", size)
		}
	}
}

// A regular expression of a package is compiled at every start of every function that links it, unless it is a pattern.Pattern.
func TestNoRegularExpressionIsCompiledAtAStart(t *testing.T) {
	atStart := regexp.MustCompile(`(?m)^(?:var |\t(?:\w+ += |\{)).*regexp\.MustCompile`)
	for _, text := range []string{"var a = regexp.MustCompile(`a`)", "var (\n\ta = regexp.MustCompile(`a`)\n)", "\t{\"a\", regexp.MustCompile(`a`)},"} {
		if !atStart.MatchString(text) {
			t.Errorf("%q is not seen", text)
		}
	}
	for _, folder := range []string{"shared", "functions", "web"} {
		err := filepath.WalkDir(filepath.Join(root(t), folder), func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go") {
				return err
			}
			text, err := os.ReadFile(file)
			if found := atStart.Find(text); found != nil {
				t.Errorf("%s: %s: use shared/pattern, or sync.OnceValue", file, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
