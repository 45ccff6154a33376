package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codes     = regexp.MustCompile(`(?:fault\.New\(fault\.\w+, |fault\.At\([^,]+, |invalid\(|Code: |need\([^"]*|\{[a-z]*[^"\n]*Pointer: [^,]+, Code: )"([a-z0-9]+(?:_[a-z0-9]+)+)"`)
	described = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)`")
)

// TestEveryErrorCodeIsDocumented looks for the codes in the sources: clients match on them.
func TestEveryErrorCodeIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, match := range described.FindAllStringSubmatch(string(text), -1) {
		known = append(known, match[1])
	}
	used := map[string]bool{}
	for _, dir := range []string{"shared", "functions"} {
		sources(t, dir, func(path string, _ []string) {
			if isTestSupport(filepath.ToSlash(path)) {
				return
			}
			source, err := os.ReadFile(filepath.Join(root(t), path))
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range codes.FindAllStringSubmatch(string(source), -1) {
				used[match[1]] = true
				if !slices.Contains(known, match[1]) {
					t.Errorf("%s: docs/errors.md does not list %s", path, match[1])
				}
			}
		})
	}
	if len(used) < 80 {
		t.Errorf("only %d codes were found in the sources", len(used))
	}
	for _, code := range known {
		if strings.Count(string(text), "| `"+code+"`") > 1 {
			t.Errorf("docs/errors.md lists %s twice", code)
		}
	}
}

func TestTranslatedErrorsAreErrorsThatExist(t *testing.T) {
	manual, err := os.ReadFile(filepath.Join(root(t), "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root(t), "web", "messages", "*.json"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d languages: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		messages := map[string]string{}
		if err := json.Unmarshal(text, &messages); err != nil {
			t.Fatal(err)
		}
		for key := range messages {
			if code, is := strings.CutPrefix(key, "error."); is && !strings.Contains(string(manual), "| `"+code+"` |") {
				t.Errorf("%s translates %s, which docs/errors.md does not know", filepath.Base(file), code)
			}
		}
	}
}
