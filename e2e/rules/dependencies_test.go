package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// direct finds the requirements of a go.mod that are not only there for others.
var direct = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

func TestEveryDependencyIsAccountedFor(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"go.mod", "cmd/local/s3engine/go.mod", "cmd/central/go.mod"} {
		mod, err := os.ReadFile(filepath.Join(root(t), file))
		if err != nil {
			t.Fatal(err)
		}
		found := direct.FindAllStringSubmatch(string(mod), -1)
		if len(found) == 0 {
			t.Errorf("no requirement was found in %s", file)
		}
		for _, m := range found {
			// github.com/aws/aws-sdk-go-v2/service/s3: the table has the repository, and the services by name.
			name := strings.TrimPrefix(m[1], "github.com/")
			service := name[strings.LastIndex(name, "/")+1:]
			if repository, _, ok := strings.Cut(name, "/service/"); ok && strings.Contains(string(text), repository) && strings.Contains(string(text), service) {
				continue
			}
			if repository, _, ok := strings.Cut(name, "/feature/"); ok && strings.Contains(string(text), repository) && strings.Contains(string(text), service) {
				continue
			}
			if !strings.Contains(string(text), name) {
				t.Errorf("%s needs %s: docs/dependencies.md does not say what for", file, m[1])
			}
		}
	}
}
