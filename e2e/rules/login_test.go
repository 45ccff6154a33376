package rules

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the listings of docs/log-people-in.md anew")

// listing is one in docs/log-people-in.md: the file that it is, and its text.
var listing = regexp.MustCompile("(?s)<!-- (examples/\\S+) -->\n```(\\w+)\n(.*?)```\n")

// What a page shows and nobody runs is wrong one day. e2e logs people in with these very files.
func TestThePageForProductsHasTheCodeThatTheTestsRun(t *testing.T) {
	page := filepath.Join(root(t), "docs", "log-people-in.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	fresh := listing.ReplaceAllStringFunc(string(text), func(found string) string {
		m := listing.FindStringSubmatch(found)
		file, err := os.ReadFile(filepath.Join(root(t), m[1]))
		if err != nil {
			t.Fatal(err)
		}
		shown[m[1]] = true
		if m[3] != string(file) && !*update {
			t.Errorf("the page shows another %s: go test ./e2e/rules -run ThePageForProducts -update", m[1])
		}
		return "<!-- " + m[1] + " -->\n```" + m[2] + "\n" + string(file) + "```\n"
	})
	if *update {
		if err := os.WriteFile(page, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{"go/*.go", "node/*.js", "python/*.py", "java/src/main/java/*/*.java", "java/src/main/resources/*"} {
		files, err := filepath.Glob(filepath.Join(root(t), "examples", "clients", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			name, err := filepath.Rel(root(t), file)
			if err != nil {
				t.Fatal(err)
			}
			if !shown[filepath.ToSlash(name)] {
				t.Errorf("the page does not show %s", name)
			}
		}
	}
	if strings.Count(string(text), "```")%2 != 0 {
		t.Error("a listing has no end")
	}
}
