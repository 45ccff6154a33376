package rules

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`(Test[A-Z]\\w+)`")
	testFunc  = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)
	moduleRow = regexp.MustCompile(`(?m)^\| ((?:oidcc-|[a-z]+-)\S+) \| (.+) \|$`)
)

func TestEachModuleOfTheConformancePlansHasATestOrSaysThatItHasNone(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := testsOfOurs(t)
	modules := moduleRow.FindAllStringSubmatch(string(text), -1)
	if len(modules) < 100 {
		t.Errorf("only %d modules are in the tables", len(modules))
	}
	seen := map[string]bool{}
	for _, m := range modules {
		name, stands := m[1], m[2]
		if seen[name] && strings.HasPrefix(name, "oidcc-") {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		named := namedTest.FindAllStringSubmatch(stands, -1)
		if len(named) == 0 && !strings.HasPrefix(stands, "none yet") {
			t.Errorf("%s: nothing stands for it, and it does not say so", name)
		}
		for _, n := range named {
			if !there[n[1]] {
				t.Errorf("%s: there is no %s", name, n[1])
			}
		}
	}
}

// testsOfOurs are the names of all tests in Go.
func testsOfOurs(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root(t)):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(source), -1) {
			there[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}
