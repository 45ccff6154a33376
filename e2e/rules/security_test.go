package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// securityPages are held to what there is.
var securityPages = []string{"security.md", "asvs.md"}

var (
	inCode     = regexp.MustCompile("`([^`]+)`")
	testName   = regexp.MustCompile(`^(Test|Fuzz)[A-Z]\w+$`)
	fileName   = regexp.MustCompile(`^[\w.-]*(/[\w.-]+)*(\.(go|js|ts|html|yaml|yml|txt|md|sh|json)|/)$|^Makefile$`)
	written    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	asvsRow    = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+)( ★)? \| (\d) \| (.+) \| (.+) \| (.+) \|$`)
	asvsID     = regexp.MustCompile(`\d+\.\d+\.\d+`)
	checksOnly = []string{"go vet", "staticcheck", "gosec", "govulncheck", "cfn-lint", "checkov", "by reading"}
)

func TestThePagesAboutSecurityNameWhatThereIs(t *testing.T) {
	tests := map[string]bool{}
	err := filepath.WalkDir(root(t), func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range written.FindAllStringSubmatch(string(source), -1) {
			tests[m[1]] = true
		}
		return err
	})
	if err != nil || len(tests) < 800 {
		t.Fatalf("%d tests were found, %v", len(tests), err)
	}
	for _, name := range securityPages {
		named := 0
		for _, m := range inCode.FindAllStringSubmatch(page(t, name), -1) {
			what := m[1]
			switch {
			case testName.MatchString(what):
				named++
				if !tests[what] {
					t.Errorf("docs/%s: there is no test %s", name, what)
				}
			case strings.HasSuffix(what, ".spec.ts"):
				exists(t, name, filepath.Join("e2e", "browser", "tests", what))
			case fileName.MatchString(what):
				exists(t, name, what)
			}
		}
		if named < 20 {
			t.Errorf("docs/%s names only %d tests", name, named)
		}
	}
}

func exists(t *testing.T, page, path string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root(t), path)); err != nil {
		t.Errorf("docs/%s: there is no %s", page, path)
	}
}

// TestEveryRequirementOfASVSHasOneRow: all of level 1 and 2, and those of level 3 that testdata has.
func TestEveryRequirementOfASVSHasOneRow(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "asvs-5.0.0.txt"))
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{}
	for line := range strings.Lines(string(list)) {
		id, level, _ := strings.Cut(strings.TrimSpace(line), " ")
		levels[id] = level
	}
	text := page(t, "asvs.md")
	_, open, _ := strings.Cut(text, "\n## Open\n")
	open, _, _ = strings.Cut(open, "\n## ")
	listed := asvsID.FindAllString(open, -1)
	checks := page(t, filepath.Join("..", "tools", "check.sh"))
	seen := map[string]bool{}
	for _, m := range asvsRow.FindAllStringSubmatch(text, -1) {
		id, star, level, what, where, held := m[1], m[2] != "", m[3], m[4], m[5], m[6]
		isOpen, isNone := strings.HasPrefix(what, "open: "), strings.HasPrefix(what, "not applicable: ")
		switch {
		case seen[id]:
			t.Errorf("%s has two rows", id)
		case levels[id] != level || star != (level == "3"):
			t.Errorf("%s is of level %q, not %s", id, levels[id], level)
		case isOpen != slices.Contains(listed, id):
			t.Errorf("%s: open is %t, and otherwise at the top of the page", id, isOpen)
		case !isOpen && !isNone && (where == "—" || held == "—"):
			t.Errorf("%s is met nowhere, or held by nothing", id)
		}
		seen[id] = true
		for _, by := range strings.Split(held, ", ") {
			if by == "—" || strings.HasPrefix(by, "`") {
				continue
			}
			if !slices.Contains(checksOnly, by) || by != "by reading" && !strings.Contains(checks, by) {
				t.Errorf("%s is held by %q, which tools/check.sh does not run", id, by)
			}
		}
	}
	for id := range levels {
		if !seen[id] {
			t.Errorf("%s has no row", id)
		}
	}
	if len(levels) != 70+183+17 {
		t.Errorf("%d requirements", len(levels))
	}
}
